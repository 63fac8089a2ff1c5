"""Bootstrap of the correlations of several variables with the same one, over items or clusters.

A resample is a vector of multiplicities. For rank correlations items are sorted once; the mid-rank
of a group of tied items in a resample follows from the running sum of the multiplicities, so that
ranks are computed anew in every resample without sorting again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from humanlike.errors import HumanlikeError, unknown
from humanlike.stats.correlation import paired
from humanlike.stats.intervals import percentiles

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

BLOCK = 256  # resamples whose ranks are held in memory together
METHODS = ("spearman", "pearson")


@dataclass(frozen=True, eq=False)
class CorrelationBootstrap:
    """Correlations of models with people, with every resample.

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
        return self._interval(self.samples[:, self._at(name)])

    def share_defined(self, name: str) -> float:
        """Share of the resamples in which the correlation exists, 0 to 1."""
        return float(np.isfinite(self.samples[:, self._at(name)]).mean())

    def difference(self, a: str, b: str) -> tuple[float, float, float]:
        """Return rho(a) - rho(b) and its percentile interval over the shared resamples."""
        low, high = self._interval(self.samples[:, self._at(a)] - self.samples[:, self._at(b)])
        return self.rho[a] - self.rho[b], low, high

    def _at(self, name: str) -> int:
        if name not in self.names:
            raise HumanlikeError(unknown("model", name, self.names))
        return self.names.index(name)

    def _interval(self, values: Floats) -> tuple[float, float]:
        if not np.isfinite(values).any():
            raise HumanlikeError("No resample has a correlation; use more items.")
        return percentiles(values, self.level)


def spearman_bootstrap(
    human: ArrayLike,
    models: Mapping[str, ArrayLike],
    n_boot: int,
    seed: int,
    level: float = 0.95,
) -> CorrelationBootstrap:
    """Correlate by rank and resample items; see `correlation_bootstrap`."""
    return correlation_bootstrap(human, models, n_boot, seed, level)


def correlation_bootstrap(
    human: ArrayLike,
    models: Mapping[str, ArrayLike],
    n_boot: int,
    seed: int,
    level: float = 0.95,
    method: str = "spearman",
    clusters: Sequence[object] | None = None,
) -> CorrelationBootstrap:
    r"""Correlate models with people and resample the items, or whole clusters of them.

    All models share the resamples. With w the multiplicities of a resample and R the values, or
    their mid-ranks in it,

    .. math:: r = \frac{\sum w (R - \bar R)(R' - \bar R)}
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
    method : {"spearman", "pearson"}
        Spearman's rho or Pearson's r.
    clusters : sequence, shape (items,), optional
        Cluster of each item. Items of a cluster resemble each other, so clusters are drawn, each
        with all its items; at least two.

    Raises
    ------
    HumanlikeError
        If the items do not fit or do not vary, a number is out of range, the method is unknown, no
        model came, or there is but one cluster.

    References
    ----------
    Efron & Tibshirani (1993), An introduction to the bootstrap, doi 10.1007/978-1-4899-4541-9.
    Davison & Hinkley (1997), section 3.8, doi 10.1017/CBO9780511802843 (clusters).
    """
    if not models:
        raise HumanlikeError("Expected at least one model, but none came. Pass {name: ratings}.")
    if n_boot < 2 or not 0 < level < 1:
        raise HumanlikeError(
            f"Expected at least 2 resamples and a level between 0 and 1; {n_boot} and {level} came."
        )
    if method not in METHODS:
        raise HumanlikeError(unknown("correlation", method, METHODS))
    columns = [np.asarray(human, dtype=np.float64).ravel()]
    columns += [paired(human, values)[1] for values in models.values()]
    n = len(columns[0])
    whole = _correlations(columns, np.ones((1, n), np.int64), method)[0]
    units = _units(clusters, n)
    random, size = np.random.default_rng(seed), int(units.max()) + 1
    parts = []
    for start in range(0, n_boot, BLOCK):
        block = min(BLOCK, n_boot - start)
        draws = random.multinomial(size, np.full(size, 1 / size), size=block)
        parts.append(_correlations(columns, draws[:, units], method))
    samples = np.concatenate(parts)
    samples.setflags(write=False)
    rho = dict(zip(models, whole.tolist(), strict=True))
    return CorrelationBootstrap(tuple(models), rho, samples, level)


def _units(clusters: Sequence[object] | None, n: int) -> Counts:
    """Return which unit of resampling each item belongs to."""
    if clusters is None:
        return np.arange(n)
    index = np.unique([str(cluster) for cluster in clusters], return_inverse=True)[1]
    if len(index) != n or index.max() < 1:
        raise HumanlikeError(
            f"{n} items came with {len(index)} clusters, {len(set(index.tolist()))} of them "
            "different. Give one per item, of at least two clusters."
        )
    return np.asarray(index, np.int64)


def _correlations(columns: list[Floats], counts: Counts, method: str) -> Floats:
    """Correlate the first column with each other one: (resamples, models)."""
    centred = _centred_ranks if method == "spearman" else _centred
    first, *others = (centred(column, counts) for column in columns)
    spread = np.einsum("bi,bi,bi->b", counts, first, first)
    found = []
    for other in others:
        own = np.einsum("bi,bi,bi->b", counts, other, other)
        product = spread * own
        # What rounding leaves of no spread is no spread.
        defined = product > 1e-20 * np.maximum(spread.max(), 1) * np.maximum(own.max(), 1)
        with np.errstate(invalid="ignore", divide="ignore"):
            r = np.einsum("bi,bi,bi->b", counts, first, other) / np.sqrt(product)
        found.append(np.where(defined, r, np.nan))
    return np.asarray(np.clip(np.stack(found, axis=1), -1, 1), dtype=np.float64)


def _centred(values: Floats, counts: Counts) -> Floats:
    """Values less their mean in each resample, in units of their spread: (resamples, items)."""
    scaled = (values - values.mean()) / values.std()
    means = counts @ scaled / counts.sum(axis=1)
    return np.asarray(scaled - means[:, None], dtype=np.float64)


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
