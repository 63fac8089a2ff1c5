"""THINGS concepts whose names people rated, and the shape that any data give to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from humanlike.data.norms import DIMENSIONS, MODELS
from humanlike.errors import HumanlikeError

Floats = NDArray[np.float64]
SIMULATED = 600
"""Concepts that are given rated words where one of the two is simulated."""


@dataclass(frozen=True, eq=False)
class RatedThings:
    """Concepts with both kinds of human data, in the order of the embedding.

    Attributes
    ----------
    words : DataFrame, (concepts, dimensions)
        People's mean ratings of each concept's name, 0 to 5; index the name in lower case.
    errors : DataFrame, (concepts, dimensions)
        Standard errors of these means, in scale points; NaN where unknown.
    space, other : DataFrame, (concepts, dimensions)
        People's SPoSE embedding, and the other one, with the same index.
    n_named : int
        Concepts of THINGS whose name was rated, before those were left out that share it.
    """

    words: pd.DataFrame
    errors: pd.DataFrame
    space: pd.DataFrame
    other: pd.DataFrame
    n_named: int

    def only(self, names: Sequence[str]) -> RatedThings:
        """Return the same for some of the concepts, in this object's order."""
        keep = self.words.index.isin(set(names))
        return RatedThings(
            self.words[keep], self.errors[keep], self.space[keep], self.other[keep], self.n_named
        )

    @property
    def similarity(self) -> Floats:
        """People's similarities: cosines of the embedding."""
        from humanlike.analysis.observers import similarities

        return similarities(self.space.to_numpy(float))

    @property
    def distances(self) -> Floats:
        """One minus `similarity`, condensed: (pairs,)."""
        return condensed(1 - self.similarity)


def load_rated_things(human_space: int = 66, *, missing: str = "raise") -> RatedThings:
    """Join the THINGS concepts with people's ratings of their names.

    Ratings come from all words the authors of Paper A released. A name that several concepts share
    (*bat*) is left out: nobody knows which one was rated.

    Parameters
    ----------
    human_space : {66, 49}
        Dimensions of the embedding; the other one is the `RatedThings.other`.
    missing : {"raise", "simulate"}
        What to do if data cannot be had. Simulated concepts are given rated words in order, and
        the first of them the names of Paper B's concepts.

    Raises
    ------
    HumanlikeError
        If no concept has a rated name.
    """
    from humanlike.data.things import load_spose, load_things_words

    rated = _rated_words(missing)
    space = load_spose(human_space, missing=missing)
    other = load_spose(49 if human_space == 66 else 66, missing=missing)
    names = load_things_words(missing=missing).set_index("unique_id")["word"].str.lower()
    if not (space.attrs["real"] and rated.attrs["real"]):
        rated = _renamed(rated.head(SIMULATED))
        names = names.head(len(rated))
        names[:] = rated.index
    named = names[names.isin(rated.index)]
    single = named[~named.isin(names[names.duplicated()])]
    if single.empty:
        raise HumanlikeError("None of the THINGS concepts has a name that people rated.")
    own = rated.loc[list(single)]
    means = own[list(DIMENSIONS)]
    raters = {name: "n_known_sensory" if n < 6 else "n_known_motor"
              for n, name in enumerate(DIMENSIONS)}  # fmt: skip
    errors = pd.DataFrame(
        {name: own[f"{name}_sd"] / np.sqrt(own[count]) for name, count in raters.items()}
    )
    one, two = (table.loc[single.index].set_axis(means.index) for table in (space, other))
    return RatedThings(means, errors, one, two, len(named))


def _rated_words(missing: str) -> pd.DataFrame:
    """Return all released English ratings, one row per word in lower case."""
    from humanlike.data.splits import load_pool, load_splits

    parts = [load_pool(missing=missing), load_splits("current", missing=missing)]
    real = all(part.attrs["real"] for part in parts)
    table = pd.concat(parts, ignore_index=True)
    table.index = table["word"].str.lower().rename("word")
    table = table[~table.index.duplicated()]
    table.attrs = {"real": real}
    return table


@dataclass(frozen=True, eq=False)
class Geometry:
    """Concepts as points, and how far apart they are.

    Attributes
    ----------
    points : ndarray, (concepts, dimensions)
    distances : ndarray, (pairs,)
        One minus the cosine of two points, condensed.
    """

    points: Floats
    distances: Floats

    @classmethod
    def of_ratings(cls, ratings: pd.DataFrame) -> Geometry:
        """Take ratings, each dimension z-scored over the concepts, as in Paper A's RSA."""
        from humanlike.stats.dissimilarity import check_features, z_scores

        points = z_scores(check_features(ratings, "the ratings"), "the ratings")
        return cls.of_space(points)

    @classmethod
    def of_space(cls, points: Any) -> Geometry:
        """Take points whose axes have no unit of their own, as they are."""
        from humanlike.stats import rdm

        values = np.asarray(points, float)
        return cls(values, rdm(values, standardize=False))


def _renamed(rated: pd.DataFrame) -> pd.DataFrame:
    """Give the first words the names of Paper B's concepts, so that simulated ones have ratings."""
    from humanlike.data.published import load_concepts

    named = list(load_concepts()["concept"].str.lower())
    return rated.set_axis([*named, *rated.index[len(named) :]], axis="index")


def condensed(square: Floats) -> Floats:
    """Return what lies above the diagonal of a symmetric table: (pairs,)."""
    return np.asarray(square, float)[np.triu_indices(len(square), 1)]


def rating_tables(things: RatedThings, ratings: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the ratings of those concepts that people and GPT-4o-mini rated on all dimensions.

    Parameters
    ----------
    things : RatedThings
    ratings : DataFrame
        From `humanlike.data.norms.load_ratings`.

    Returns
    -------
    dict of str to DataFrame
        ``human`` and the models of `humanlike.data.norms.MODELS`: (concepts, dimensions), index the
        name in lower case, the order of `things`.
    """
    from humanlike.data.norms import complete_words, features

    sources = ["human", *MODELS]
    whole = {word.lower(): word for word in complete_words(ratings, sources)}
    names = [str(name) for name in things.words.index if name in whole]
    spelled = [whole[name] for name in names]
    return {
        source: features(ratings, source).loc[spelled].set_axis(names, axis="index")
        for source in sources
    }
