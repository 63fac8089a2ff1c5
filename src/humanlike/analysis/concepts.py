"""Paper B's 128 concepts among the 1,854 of THINGS: dimensions, categories, misfits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from humanlike.data.concepts import load_concept_ids
from humanlike.data.things import DIMS, load_spose, load_things_words
from humanlike.stats.spectrum import dims_needed, variance_shares

if TYPE_CHECKING:
    from humanlike.data.concepts import Senses

Array = NDArray[np.float64]
ITEMS = ("all", "128")


def readings(share: float, by: Senses = "definition", *, missing: str = "raise") -> pd.DataFrame:
    """Count the dimensions that hold a share of the variance, under each reading of the paper.

    Parameters
    ----------
    share : float
        Share of the variance, in (0, 1].
    by, missing
        As in `humanlike.data.concepts.load_concept_ids`.

    Returns
    -------
    DataFrame
        One row per reading: ``dims`` (66 or 49), ``items`` (``all`` 1,854 or the ``128``),
        ``centred`` (bool), ``needed`` (number of axes), ``share_29`` and ``share_30`` (what the
        first 29 and 30 hold), ``held`` (the cumulative shares).
    """
    ids = load_concept_ids(by, missing=missing)["unique_id"]
    rows = []
    for dims in sorted(DIMS, reverse=True):
        table = load_spose(dims, missing=missing)
        for items, centred in product(ITEMS, (True, False)):
            space = table if items == "all" else table.loc[ids]
            shares = variance_shares(space, centred=centred)
            held = np.cumsum(shares)
            rows.append((dims, items, centred, dims_needed(shares, share), *held[28:30], held))
    columns = ["dims", "items", "centred", "needed", "share_29", "share_30", "held"]
    return pd.DataFrame(rows, columns=columns)


def needed_by_choice(dims: int, share: float, *, missing: str = "raise") -> list[int]:
    """Count the dimensions under every way to choose objects for the words that name several.

    Parameters
    ----------
    dims : {66, 49}
        Which embedding.
    share : float
        Share of the (centred) variance, in (0, 1].
    missing : {"raise", "simulate"}
        What to do if THINGS cannot be had.

    Returns
    -------
    list of int
        Number of axes for each combination of objects.
    """
    concepts = load_concept_ids(missing=missing)
    words, table = load_things_words(missing=missing), load_spose(dims, missing=missing)
    shared = concepts["n_objects"] > 1
    fixed = concepts.loc[~shared, "unique_id"].tolist()
    known = words["word"].str.casefold()
    options = [words.loc[known == name, "unique_id"] for name in concepts.loc[shared, "concept"]]
    return [
        dims_needed(variance_shares(table.loc[[*fixed, *chosen]]), share)
        for chosen in product(*options)
    ]


@dataclass(frozen=True)
class Coverage:
    """The concepts beside random choices of as many.

    Attributes
    ----------
    dimensions : DataFrame
        Index: dimensions. ``mean`` over the concepts, ``everything`` over all items, ``low`` and
        ``high`` (95 % of the random choices), ``outside`` (bool).
    needed : int
        Axes that hold the share of the concepts' variance.
    random_needed : ndarray of int, (choices,)
        The same for the random choices.
    p : float
        Share of random choices whose means lie at least as far from those of all items, over all
        dimensions together (each in its own standard deviations); the choice itself counts as one.
    """

    dimensions: pd.DataFrame
    needed: int
    random_needed: NDArray[np.int64]
    p: float


def coverage(
    everything: pd.DataFrame, chosen: Sequence[str], share: float, n_choices: int, seed: int
) -> Coverage:
    """Compare a choice of items with random choices of the same number.

    Parameters
    ----------
    everything : DataFrame, (items, dimensions)
        The whole space, index of ids.
    chosen : sequence of str
        Ids of the choice.
    share : float
        Share of the variance for the number of axes, in (0, 1].
    n_choices : int
        Random choices, without replacement.
    seed : int
        Seed of the choices.
    """
    values = everything.to_numpy(float)
    random = np.random.default_rng(seed)
    means, needed = np.empty((n_choices, values.shape[1])), np.empty(n_choices, dtype=np.int64)
    for number in range(n_choices):
        drawn = values[random.choice(len(values), len(chosen), replace=False)]
        means[number] = drawn.mean(axis=0)
        needed[number] = dims_needed(variance_shares(drawn), share)
    own, whole = everything.loc[list(chosen)], values.mean(axis=0)
    low, high = np.quantile(means, [0.025, 0.975], axis=0)
    mean, spread = own.to_numpy(float).mean(axis=0), means.std(axis=0)
    far = (((means - whole) / spread) ** 2).sum(axis=1)
    distance = (((mean - whole) / spread) ** 2).sum()
    table = pd.DataFrame(
        {"mean": mean, "everything": whole, "low": low, "high": high}, index=everything.columns
    )
    table["outside"] = (mean < low) | (mean > high)
    p = (1 + int((far >= distance).sum())) / (1 + n_choices)
    return Coverage(table, dims_needed(variance_shares(own), share), needed, p)


def by_category(similarity: Array, categories: Sequence[str]) -> pd.DataFrame:
    """Average the similarity within each category and to the concepts outside it.

    Parameters
    ----------
    similarity : ndarray, (items, items)
        Symmetric.
    categories : sequence of str, (items,)
        One per item.

    Returns
    -------
    DataFrame
        Index: categories in order of appearance. ``n``, ``within`` (NaN for a single item),
        ``between``.
    """
    names = np.asarray(categories)
    rows = {}
    for name in dict.fromkeys(categories):
        own = names == name
        inside = similarity[np.ix_(own, own)]
        count = int(own.sum())
        within = (inside.sum() - np.trace(inside)) / (count * (count - 1)) if count > 1 else np.nan
        rows[name] = (count, within, similarity[np.ix_(own, ~own)].mean())
    return pd.DataFrame.from_dict(rows, orient="index", columns=["n", "within", "between"])


def placement(similarity: Array, categories: Sequence[str], names: Sequence[str]) -> pd.DataFrame:
    """Say for each concept which category it is most similar to, and which concept.

    Parameters
    ----------
    similarity : ndarray, (items, items)
        Symmetric.
    categories, names : sequence of str, (items,)
        One per item.

    Returns
    -------
    DataFrame
        Index: names. ``own`` (mean similarity to the others of the own category, NaN if there is
        none), ``best`` (that of the most similar category), ``best_category``, ``nearest`` (the
        most similar concept), ``nearest_same`` (bool: of the same category).
    """
    labels = np.asarray(categories)
    others = similarity.copy()
    np.fill_diagonal(others, np.nan)
    groups = list(dict.fromkeys(categories))
    means = np.column_stack([_mean_rows(others[:, labels == group]) for group in groups])
    nearest = np.nanargmax(others, axis=1)
    at = [groups.index(label) for label in categories]
    return pd.DataFrame(
        {
            "own": means[np.arange(len(labels)), at],
            "best": np.nanmax(means, axis=1),
            "best_category": [groups[place] for place in np.nanargmax(means, axis=1)],
            "nearest": [names[place] for place in nearest],
            "nearest_same": labels[nearest] == labels,
        },
        index=list(names),
    )


def _mean_rows(block: Array) -> Array:
    """Average each row over its known values; NaN where none is known."""
    known = (~np.isnan(block)).sum(axis=1)
    total = np.nansum(block, axis=1)
    means: Array = np.divide(total, known, out=np.full(len(block), np.nan), where=known > 0)
    return means


def dimension_table(space: pd.DataFrame, everything: pd.DataFrame, n: int = 5) -> pd.DataFrame:
    """Describe each dimension: who loads on it, and how much the concepts do beside all items.

    Parameters
    ----------
    space : DataFrame, (concepts, dimensions)
        The chosen concepts.
    everything : DataFrame, (items, dimensions)
        All items.
    n : int
        Concepts named per dimension.

    Returns
    -------
    DataFrame
        One row per dimension: ``dimension``, ``concepts`` (the n with the largest loading),
        ``mean`` and ``everything`` (mean loading of the concepts and of all items), ``share``
        (of the concepts' variance, 0 to 1).
    """
    variance = space.var(axis=0, ddof=0)
    return pd.DataFrame(
        {
            "dimension": [str(name) for name in space.columns],
            "concepts": [", ".join(space[name].nlargest(n).index) for name in space.columns],
            "mean": space.mean(axis=0).to_numpy(),
            "everything": everything.mean(axis=0).to_numpy(),
            "share": (variance / variance.sum()).to_numpy(),
        }
    )


def twins(known: pd.DataFrame, unlabelled: pd.DataFrame) -> pd.DataFrame:
    """Find for each dimension of one embedding the most correlated one of another.

    Parameters
    ----------
    known, unlabelled : DataFrame, (items, dimensions)
        Two embeddings of the same items in the same order.

    Returns
    -------
    DataFrame
        One row per dimension of ``unlabelled``: ``dimension``, ``twin`` (name of the most
        correlated dimension of ``known``), ``r`` (Pearson's correlation over items).
    """
    both = np.corrcoef(known.to_numpy(float).T, unlabelled.to_numpy(float).T)
    block = both[: known.shape[1], known.shape[1] :]
    return pd.DataFrame(
        {
            "dimension": list(unlabelled.columns),
            "twin": [str(known.columns[place]) for place in block.argmax(axis=0)],
            "r": block.max(axis=0),
        }
    )
