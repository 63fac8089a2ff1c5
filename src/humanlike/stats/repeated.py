"""The same items rated twice by the same rater: how alike, and how far apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from humanlike.errors import HumanlikeError
from humanlike.stats.intervals import percentiles
from humanlike.stats.similarity import resamples

Floats = NDArray[np.float64]
Interval = tuple[float, float, float]
"""Estimate, lower and upper end."""
ROUNDING = 1e-9
"""Two ratings apart by this much more than ``near`` still count as near."""


@dataclass(frozen=True)
class Repeated:
    """How a second rating of the same items compares with the first.

    All intervals are 95 % percentile intervals over items; NaN where nothing is defined.

    Attributes
    ----------
    valid : Interval
        Share of the second ratings that are there, 0 to 1.
    near : Interval
        Share of ratings, among those there both times, that differ by half a point at most.
    distance : Interval
        Mean absolute difference, in scale points.
    shift : Interval
        Mean of the second minus the first, in scale points.
    rho : Interval
        Spearman's ρ over all ratings that are there both times, dimensions together.
    """

    valid: Interval
    near: Interval
    distance: Interval
    shift: Interval
    rho: Interval


def rated_twice(
    first: ArrayLike, second: ArrayLike, n_boot: int, seed: int, *, near: float = 0.5
) -> Repeated:
    """Compare two ratings of the same items on the same dimensions, resampling the items.

    Parameters
    ----------
    first, second : array_like, (items, dimensions)
        In scale points; NaN for a rating that is not there.
    n_boot, seed : int
        Number of resamples, at least 2, and their seed; drawn as in
        `humanlike.stats.similarity.resamples`, so that comparisons of the same items are paired.
    near : float
        Largest difference that counts as near, in scale points.

    Raises
    ------
    HumanlikeError
        If the shapes differ, there is nothing, or there are fewer than 2 resamples.
    """
    one, two = np.asarray(first, float), np.asarray(second, float)
    if one.ndim != 2 or one.shape != two.shape or not one.size:
        raise HumanlikeError(
            "Expected two tables of ratings of the same items and dimensions, but their shapes are "
            f"{one.shape} and {two.shape}."
        )
    if n_boot < 2:
        raise HumanlikeError(f"Expected at least 2 resamples, but {n_boot} came.")
    counts = np.vstack([np.ones((1, len(one)), np.int64), resamples(len(one), n_boot, seed)])
    both = np.isfinite(one) & np.isfinite(two)
    gap = np.where(both, two - one, 0.0)
    of_both, of_all = counts @ both.sum(axis=1), np.full(len(counts), one.size)

    def mean(values: NDArray[np.generic], n: NDArray[np.int64]) -> Interval:
        total = counts @ values.sum(axis=1)
        return _interval(np.divide(total, n, out=np.full(len(n), np.nan), where=n > 0))

    return Repeated(
        valid=mean(np.isfinite(two), of_all),
        near=mean(both & (np.abs(gap) <= near + ROUNDING), of_both),
        distance=mean(np.abs(gap), of_both),
        shift=mean(gap, of_both),
        rho=_interval(_spearman(one[both], two[both], np.nonzero(both)[0], counts)),
    )


def _interval(drawn: Floats) -> Interval:
    """Return the first value with the interval of the others."""
    return float(drawn[0]), *percentiles(drawn[1:])


def _spearman(
    one: Floats, two: Floats, items: NDArray[np.int64], counts: NDArray[np.int64]
) -> Floats:
    """Return Spearman's ρ of ratings (ratings,) of items (ratings,), each as often as counted.

    The mid-rank of a value is the number of ratings below it, plus half of one more than the number
    at it; nothing is sorted again. NaN where one of the two does not vary.
    """
    levels = [np.unique(part, return_inverse=True)[1] for part in (one, two)]
    found = np.full(len(counts), np.nan)
    for row, of_items in enumerate(counts if len(items) else ()):
        count = of_items[items]
        x, y = (_centred_ranks(part, count) for part in levels)
        size = np.sqrt((count @ x**2) * (count @ y**2))
        if size > 0:
            found[row] = np.clip((count * x) @ y / size, -1, 1)
    return found


def _centred_ranks(levels: NDArray[np.int64], count: NDArray[np.int64]) -> Floats:
    held = np.bincount(levels, count)
    middle: Floats = held.cumsum() - held / 2 - held.sum() / 2
    return middle[levels]
