"""Independent groups: Welch's tests of their means, effect size, cluster bootstrap."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from humanlike.errors import HumanlikeError
from humanlike.stats.intervals import percentiles


@dataclass(frozen=True)
class WelchTest:
    """Welch's t-test of two independent groups.

    Attributes
    ----------
    difference : float
        Mean of the first group minus mean of the second, in the unit of the values.
    low, high : float
        Bounds of the interval of the difference.
    t, df, p : float
        Test statistic, degrees of freedom (Welch–Satterthwaite), two-sided p.
    d : float
        Cohen's d with the pooled standard deviation, no unit.
    n : tuple of int
        Sizes of the groups.
    """

    difference: float
    low: float
    high: float
    t: float
    df: float
    p: float
    d: float
    n: tuple[int, int]


def welch(first: ArrayLike, second: ArrayLike, level: float = 0.95) -> WelchTest:
    r"""Compare the means of two independent groups without assuming equal variances.

    .. math:: t = (\bar x - \bar y) / \sqrt{s_x^2 / n_x + s_y^2 / n_y}

    Parameters
    ----------
    first, second : array_like, shape (n,)
        Values of each group, at least two each, no NaN.
    level : float
        Level of the interval, between 0 and 1.

    Raises
    ------
    HumanlikeError
        If a group has fewer than two values, a NaN, or both groups do not vary at all.

    References
    ----------
    Welch (1947), Biometrika 34, 28–35, doi 10.1093/biomet/34.1-2.28. Cohen (1988), Statistical
    power analysis for the behavioral sciences.
    """
    from scipy import stats

    x, y = _group(first, "first"), _group(second, "second")
    if not x.std() and not y.std():
        raise HumanlikeError("Neither group varies; a t-test says nothing about them.")
    result = stats.ttest_ind(x, y, equal_var=False)
    interval = result.confidence_interval(level)
    pooled = ((len(x) - 1) * x.var(ddof=1) + (len(y) - 1) * y.var(ddof=1)) / (len(x) + len(y) - 2)
    difference = float(x.mean() - y.mean())
    return WelchTest(
        difference=difference,
        low=float(interval.low),
        high=float(interval.high),
        t=float(result.statistic),
        df=float(result.df),
        p=float(result.pvalue),
        d=difference / math.sqrt(pooled),
        n=(len(x), len(y)),
    )


@dataclass(frozen=True)
class WelchAnova:
    """Welch's test of several means.

    Attributes
    ----------
    f, df_between, df_within, p : float
        Test statistic, its degrees of freedom, p.
    eta_squared : float
        Share of the variance that lies between the groups, 0 to 1.
    n : tuple of int
        Sizes of the groups.
    """

    f: float
    df_between: float
    df_within: float
    p: float
    eta_squared: float
    n: tuple[int, ...]


def welch_anova(groups: Sequence[ArrayLike]) -> WelchAnova:
    """Compare the means of several independent groups without assuming equal variances.

    Parameters
    ----------
    groups : sequence of array_like, shape (n,)
        At least two groups of at least two values that vary, none missing.

    Raises
    ------
    HumanlikeError
        If there are fewer groups, or one has too few values, does not vary or misses a value.

    References
    ----------
    Welch (1951), Biometrika 38, 330–336, doi 10.1093/biomet/38.3-4.330.
    """
    from statsmodels.stats.oneway import anova_oneway

    arrays = [_group(values, f"{at}.") for at, values in enumerate(groups, start=1)]
    if len(arrays) < 2 or not all(array.std() for array in arrays):
        raise HumanlikeError(
            f"Expected at least two groups whose values vary, but {len(arrays)} came. Leave out "
            "groups of equal values, or pool small groups."
        )
    test = anova_oneway(arrays, use_var="unequal", welch_correction=True)
    every = np.concatenate(arrays)
    between = sum(len(array) * (array.mean() - every.mean()) ** 2 for array in arrays)
    return WelchAnova(
        float(test.statistic), float(test.df_num), float(test.df_denom), float(test.pvalue),
        float(between / ((every - every.mean()) ** 2).sum()), tuple(len(array) for array in arrays),
    )  # fmt: skip


def _group(values: ArrayLike, name: str) -> NDArray[np.float64]:
    array = np.asarray(values, dtype=float).ravel()
    if len(array) < 2 or np.isnan(array).any():
        raise HumanlikeError(
            f"The {name} group has {len(array)} values, {int(np.isnan(array).sum())} of them "
            "missing; a comparison of means needs at least two, none missing."
        )
    return array


def cluster_bootstrap_difference(
    values: ArrayLike,
    group: ArrayLike,
    cluster: Sequence[object],
    n_boot: int,
    seed: int,
    level: float = 0.95,
) -> tuple[float, float]:
    """Return the bootstrap interval of a difference of means when whole clusters are resampled.

    Models of one family resemble each other, so families, not models, are drawn with replacement.
    A resample in which one of the groups is empty is drawn again.

    Parameters
    ----------
    values : array_like, shape (n,)
        The measure.
    group : array_like of bool, shape (n,)
        True for the group whose mean comes first in the difference.
    cluster : sequence, shape (n,)
        Cluster of each value.
    n_boot : int
        Number of resamples.
    seed : int
        Seed of the resampling.
    level : float
        Level of the percentile interval, between 0 and 1.

    Raises
    ------
    HumanlikeError
        If the lengths differ or there is but one cluster.

    References
    ----------
    Davison & Hinkley (1997), Bootstrap methods and their application, section 3.8, doi
    10.1017/CBO9780511802843.
    """
    x, first = np.asarray(values, dtype=float), np.asarray(group, dtype=bool)
    names, index = np.unique(np.asarray([str(c) for c in cluster]), return_inverse=True)
    if not len(x) == len(first) == len(index):
        raise HumanlikeError(
            f"Lengths differ: {len(x)} values, {len(first)} groups, {len(index)} clusters."
        )
    if len(names) < 2:
        raise HumanlikeError("There is only one cluster; resampling clusters needs at least two.")
    sums = np.stack([np.bincount(index, x * chosen, len(names)) for chosen in (first, ~first)])
    counts = np.stack([np.bincount(index, chosen, len(names)) for chosen in (first, ~first)])
    random = np.random.default_rng(seed)
    kept: list[float] = []
    while len(kept) < n_boot:
        draws = random.multinomial(len(names), np.full(len(names), 1 / len(names)))
        n_first, n_second = counts @ draws
        if n_first and n_second:
            total_first, total_second = sums @ draws
            kept.append(total_first / n_first - total_second / n_second)
    return percentiles(kept, level)
