"""Ends of intervals: of resampled values, and of the normal distribution."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from humanlike.errors import HumanlikeError

Floats = NDArray[np.float64]


def check_level(level: float) -> None:
    """Check the level of an interval.

    Parameters
    ----------
    level : float
        Share of cases the interval is to cover.

    Raises
    ------
    HumanlikeError
        If it is not between 0 and 1.
    """
    if not 0 < level < 1:
        raise HumanlikeError(f"Expected a level between 0 and 1, such as 0.95, but {level} came.")


def normal_reach(level: float) -> float:
    """Return how many standard errors an interval of the normal distribution reaches to each side.

    Parameters
    ----------
    level : float
        Level of the interval, between 0 and 1; 0.95 gives 1.96.

    Returns
    -------
    float
        The quantile (1 + level) / 2 of the standard normal distribution.

    Raises
    ------
    HumanlikeError
        If the level is not between 0 and 1.
    """
    from scipy.special import ndtri

    check_level(level)
    return float(ndtri((1 + level) / 2))


def percentiles(drawn: ArrayLike, level: float = 0.95) -> tuple[float, float]:
    """Cut the same share off both ends of the defined values.

    Parameters
    ----------
    drawn : array_like, shape (resamples,)
        Resampled values, NaN where one is undefined.
    level : float
        Share of the defined values that is kept, between 0 and 1.

    Returns
    -------
    low, high : float
        The quantiles (1 - level) / 2 and (1 + level) / 2; NaN if no value is defined.

    Raises
    ------
    HumanlikeError
        If the level is not between 0 and 1.

    References
    ----------
    Efron & Tibshirani (1993), An introduction to the bootstrap, section 13.3, doi
    10.1007/978-1-4899-4541-9.
    """
    check_level(level)
    defined = _defined(drawn)
    if not defined.size:
        return float("nan"), float("nan")
    low, high = np.quantile(defined, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def recentred(drawn: ArrayLike, estimate: float, level: float = 0.95) -> tuple[float, float]:
    """Return the percentiles of resampled values whose mean was moved to the estimate.

    For a measure that resampling moves as a whole: a resample that holds some items twice and
    others never is easier, or harder, to fit. Its width is what is wanted.

    Parameters
    ----------
    drawn : array_like, shape (resamples,)
        Resampled values, NaN where one is undefined.
    estimate : float
        The value without resampling.
    level : float
        As in `percentiles`.

    Returns
    -------
    low, high : float
        NaN if no value is defined.

    Raises
    ------
    HumanlikeError
        If the level is not between 0 and 1.
    """
    low, high = percentiles(drawn, level)
    defined = _defined(drawn)
    shift = estimate - float(defined.mean()) if defined.size else 0.0
    return low + shift, high + shift


def two_sided_p(drawn: ArrayLike) -> float:
    """Return the two-sided p-value of resampled differences.

    With n defined differences d it is 2 min(1 + #{d <= 0}, 1 + #{d >= 0}) / (1 + n), at most 1. It
    falls below 1 - level where the percentile interval excludes zero, up to the resolution of n.

    Parameters
    ----------
    drawn : array_like, shape (resamples,)
        Resampled differences, NaN where one is undefined.

    Returns
    -------
    float
        In (0, 1].

    References
    ----------
    Davison & Hinkley (1997), Bootstrap methods and their application, section 4.2.3 (the count of
    the observed value among the resampled), doi 10.1017/CBO9780511802843.
    """
    defined = _defined(drawn)
    fewer = min(int(np.sum(defined <= 0)), int(np.sum(defined >= 0)))
    return min(1.0, 2 * (1 + fewer) / (1 + defined.size))


def _defined(drawn: ArrayLike) -> Floats:
    values = np.asarray(drawn, dtype=np.float64)
    return values[np.isfinite(values)]
