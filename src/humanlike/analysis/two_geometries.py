"""The geometry of ratings beside that of triplets: how alike, and what one holds of the other."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from humanlike.analysis.rated_things import Geometry, RatedThings, condensed
from humanlike.stats.agreement import Scores

FOLDS = 10


def geometry_scores(
    things: RatedThings, spaces: Mapping[str, Geometry], n_boot: int, seed: int
) -> Scores:
    """Correlate the distances in other spaces with people's triplet geometry.

    Parameters
    ----------
    things : RatedThings
    spaces : mapping of str to Geometry
        Of the same concepts.
    n_boot, seed : int
        Resamples of the concepts.

    Returns
    -------
    Scores
        Spearman's ρ over pairs of concepts.
    """
    from humanlike.stats.rdm_bootstrap import rdm_bootstrap

    made = {name: space.distances for name, space in spaces.items()}
    return rdm_bootstrap(things.distances, made, n_boot, seed, n_jobs=-1)


def space_scores(
    things: RatedThings, spaces: Mapping[str, Geometry], n_perm: int, seed: int
) -> pd.DataFrame:
    """Lay other spaces onto people's, and the same with the concepts shuffled.

    Returns
    -------
    DataFrame
        One row per space: ``name``, ``r2`` (Procrustes), ``chance`` (mean R² of shuffled concepts),
        ``p`` (one-sided), ``cka`` (debiased), ``mantel_p`` (of the RSA).
    """
    from humanlike.stats import alignment_null, cka, mantel

    human = things.space.to_numpy(float)
    rows = []
    for name, space in spaces.items():
        null = alignment_null(human, space.points, n_perm=n_perm, seed=seed)
        found = mantel(things.distances, space.distances, n_perm, seed, n_jobs=-1)
        rows.append((name, null.estimate, null.mean, null.p,
                     cka(human, space.points, debiased=True), found.p))  # fmt: skip
    return pd.DataFrame(rows, columns=["name", "r2", "chance", "p", "cka", "mantel_p"])


# --- what does one test hold of the other? -------------------------------------------------------


def predicted_space(things: RatedThings, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Predict each concept's place in people's space from its ratings, by ridge regression.

    Returns
    -------
    predicted : DataFrame, (concepts, dimensions)
        Of concepts the regression did not see (`FOLDS` parts).
    explained : DataFrame
        One row per dimension of the space: ``dimension``, ``r2`` (of held-out concepts; 0 or less
        says that the ratings are no better than the mean), ``other_r2`` (predicted from the other
        embedding instead: what can be expected), ``share`` (of the space's variance).
    """
    from humanlike.stats.ridge import ridge_predictions

    goal = things.space.to_numpy(float)
    made = ridge_predictions(things.words.to_numpy(float), goal, FOLDS, seed)
    known = ridge_predictions(things.other.to_numpy(float), goal, FOLDS, seed)
    variance = goal.var(axis=0)
    columns, index = things.space.columns, things.space.index
    explained = pd.DataFrame(
        {"dimension": list(map(str, columns)), "r2": made.r2, "other_r2": known.r2,
         "share": variance / variance.sum()}
    )  # fmt: skip
    return pd.DataFrame(made.predicted, index, columns), explained


def predicted_ratings(things: RatedThings, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Predict each concept's ratings from its place in people's space: the other way round.

    Returns
    -------
    predicted : DataFrame, (concepts, dimensions)
        Of concepts the regression did not see, cut to the scale.
    explained : DataFrame
        One row per rated dimension: ``dimension``, ``r2``, ``reliable`` (share of its variance that
        is no rater noise; NaN where standard errors are missing).
    """
    from humanlike.stats.ridge import ridge_predictions
    from humanlike.tasks.numbers import SCALE

    goal = things.words.to_numpy(float)
    made = ridge_predictions(things.space.to_numpy(float), goal, FOLDS, seed)
    reliable = 1 - (things.errors**2).mean() / goal.var(axis=0)
    explained = pd.DataFrame(
        {"dimension": list(things.words.columns), "r2": made.r2, "reliable": reliable.to_numpy()}
    )
    cut = np.clip(made.predicted, *SCALE)
    return pd.DataFrame(cut, things.words.index, things.words.columns), explained


def explained_share(explained: pd.DataFrame, column: str = "r2") -> float:
    """Return the share of the whole space's variance that is predicted, of `predicted_space`."""
    return float((explained[column] * explained["share"]).sum())


def triplet_choices(
    things: RatedThings,
    spaces: Mapping[str, Geometry],
    n_triplets: int,
    n_boot: int,
    seed: int,
) -> Scores:
    """Let distances in other spaces choose in triplets, and compare with people's space.

    ``one answer`` is added: choices by people's space with the noise that SPoSE finds in a single
    answer of theirs.

    Returns
    -------
    Scores
        Share of the choices that people's space gives without noise; guessing has 0.5.
    """
    from scipy.spatial.distance import squareform

    from humanlike.analysis.observers import CROWD, Mind, answer, similarities
    from humanlike.stats.triplet_agreement import choose, triplet_agreement

    asked = draw_triplets(len(things.words), n_triplets, seed)
    judged = {name: choose(-squareform(space.distances), asked) for name, space in spaces.items()}
    values = things.space.to_numpy(float)
    mind = Mind({"crowd": similarities(values, "dot")}, values)
    judged["one answer"] = answer(CROWD, mind, asked, seed)
    return triplet_agreement(judged, things.similarity, n_boot, seed)


def draw_triplets(n_items: int, n_triplets: int, seed: int) -> NDArray[np.int64]:
    """Draw triplets of different items with replacement: anchor, first, second."""
    random = np.random.default_rng([seed, 9])
    first = random.integers(n_items, size=n_triplets)
    second = (first + random.integers(1, n_items, size=n_triplets)) % n_items
    third = random.integers(n_items - 2, size=n_triplets)
    low, high = np.minimum(first, second), np.maximum(first, second)
    third = third + (third >= low)
    third = third + (third >= high)
    return np.stack([first, second, third], axis=1)


def within_categories(
    things: RatedThings,
    spaces: Mapping[str, Geometry],
    categories: Mapping[str, str],
) -> pd.DataFrame:
    """Ask how much of the agreement lies in the categories.

    Parameters
    ----------
    things : RatedThings
        Concepts with a category.
    spaces : mapping of str to Geometry
    categories : mapping of str to str
        Category of each concept by its name; `humanlike.analysis.placing.NOT_A_KIND` is none.

    Returns
    -------
    DataFrame
        One row per space: ``name``; Spearman's ρ with people's distances over ``all`` pairs, pairs
        ``within`` a category and ``between`` two; ``partial``, over all pairs with sameness of
        category held fixed; ``n_within``, ``n_between`` pairs.
    """
    from humanlike.analysis.placing import NOT_A_KIND
    from humanlike.stats import rsa
    from humanlike.stats.correlation import partial

    labels = np.array([categories[str(name)] for name in things.words.index])
    same = condensed((labels[:, None] == labels) & (labels != NOT_A_KIND)) > 0
    human, rows = things.distances, []
    for name, space in spaces.items():
        own, apart = space.distances, (~same).astype(float)
        whole = rsa(human, own)
        left = partial(whole, rsa(human, apart), rsa(own, apart))
        inside, across = (rsa(np.where(part, human, np.nan), np.where(part, own, np.nan))
                          for part in (same, ~same))  # fmt: skip
        rows.append((name, whole, inside, across, left, int(same.sum()), int((~same).sum())))
    columns = ["name", "all", "within", "between", "partial", "n_within", "n_between"]
    return pd.DataFrame(rows, columns=columns)
