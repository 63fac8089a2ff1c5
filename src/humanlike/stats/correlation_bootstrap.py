"""Bootstrap of Spearman's rho of several models with the same human ratings.

A resample is a vector of multiplicities. Items are sorted once; the mid-rank of a group of tied
items in a resample follows from the running sum of the multiplicities, so that ranks are computed
anew in every resample without sorting again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from humanlike.errors import HumanlikeError, unknown
from humanlike.stats.correlation import paired

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

BLOCK = 256  # resamples whose ranks are held in memory together


@dataclass(frozen=True, eq=False)
class SpearmanBootstrap:
    """Spearman correlations of models with people, with every resample of the items.

    Attributes
    ----------
    names : tuple of str
        The models.
    rho : dict of str to float
        Correlation of each on all items.
    samples : ndarray, shape (resamples, models)
        The same in every resample, NaN where one side did not vary.
    level : float
        Level of the intervals.
    """

    names: tuple[str, ...]
    rho: dict[str, float]
    samples: Floats
    level: float

    def interval(self, name: str) -> tuple[float, float]:
        """Percentile interval of one model's correlation."""
        return self._percentiles(self.samples[:, self._at(name)])

    def difference(self, a: str, b: str) -> tuple[float, float, float]:
        """Return rho(a) - rho(b) and its percentile interval over the shared resamples."""
        low, high = self._percentiles(self.samples[:, self._at(a)] - self.samples[:, self._at(b)])
        return self.rho[a] - self.rho[b], low, high

    def _at(self, name: str) -> int:
        if name not in self.names:
            raise HumanlikeError(unknown("model", name, self.names))
        return self.names.index(name)

    def _percentiles(self, values: Floats) -> tuple[float, float]:
        defined = values[np.isfinite(values)]
        if not defined.size:
            raise HumanlikeError("No resample has a correlation; use more items.")
        low, high = np.quantile(defined, [(1 - self.level) / 2, (1 + self.level) / 2])
        return float(low), float(high)


def spearman_bootstrap(
    human: ArrayLike,
    models: Mapping[str, ArrayLike],
    n_boot: int,
    seed: int,
    level: float = 0.95,
) -> SpearmanBootstrap:
    r"""Correlate models with people by rank and resample the items with replacement.

    All models share the resamples. With w the multiplicities of a resample and R mid-ranks in it,

    .. math:: \rho = \frac{\sum w (R - \bar R)(R' - \bar R)}
                          {\sqrt{\sum w (R - \bar R)^2 \sum w (R' - \bar R)^2}}

    Parameters
    ----------
    human : array_like, shape (items,)
        At least five items, none missing.
    models : mapping of str to array_like, shape (items,)
        The same items in the same order.
    n_boot : int
        Number of resamples, at least 2.
    seed : int
        Seed of ``numpy.random.default_rng``; resamples are multinomial counts.
    level : float
        Level of the intervals, between 0 and 1.

    Raises
    ------
    HumanlikeError
        If the items do not fit or do not vary, a number is out of range, or no model came.

    References
    ----------
    Efron & Tibshirani (1993), An introduction to the bootstrap, doi 10.1007/978-1-4899-4541-9.
    """
    if not models:
        raise HumanlikeError("Expected at least one model, but none came. Pass {name: ratings}.")
    if n_boot < 2 or not 0 < level < 1:
        raise HumanlikeError(
            f"Expected at least 2 resamples and a level between 0 and 1; {n_boot} and {level} came."
        )
    columns = [np.asarray(human, dtype=np.float64).ravel()]
    columns += [paired(human, values)[1] for values in models.values()]
    n = len(columns[0])
    whole = _correlations(columns, np.ones((1, n), np.int64))[0]
    random = np.random.default_rng(seed)
    parts = []
    for start in range(0, n_boot, BLOCK):
        size = min(BLOCK, n_boot - start)
        parts.append(_correlations(columns, random.multinomial(n, np.full(n, 1 / n), size=size)))
    samples = np.concatenate(parts)
    samples.setflags(write=False)
    rho = dict(zip(models, whole.tolist(), strict=True))
    return SpearmanBootstrap(tuple(models), rho, samples, level)


def _correlations(columns: list[Floats], counts: Counts) -> Floats:
    """Correlate the first column with each other one: (resamples, models)."""
    first, *others = (_centred_ranks(column, counts) for column in columns)
    spread = np.einsum("bi,bi,bi->b", counts, first, first)
    found = []
    for other in others:
        own = np.einsum("bi,bi,bi->b", counts, other, other)
        with np.errstate(invalid="ignore", divide="ignore"):
            found.append(np.einsum("bi,bi,bi->b", counts, first, other) / np.sqrt(spread * own))
    return np.asarray(np.clip(np.stack(found, axis=1), -1, 1), dtype=np.float64)


def _centred_ranks(values: Floats, counts: Counts) -> Floats:
    """Mid-ranks of items within each resample, less their mean: (resamples, items)."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    starts = np.append(0, np.flatnonzero(ordered[1:] != ordered[:-1]) + 1)
    sizes = np.add.reduceat(counts[:, order], starts, axis=1)
    # Twice the mid-rank of a group, less one, is what lies before it plus what lies before its end.
    after = np.cumsum(sizes, axis=1)
    ranks = (2 * after - sizes - counts.shape[1]) / 2
    group = np.empty(len(values), np.int64)
    group[order] = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(values))))
    return np.asarray(ranks[:, group], dtype=np.float64)
