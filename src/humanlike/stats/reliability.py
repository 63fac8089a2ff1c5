"""How much of the spread of mean ratings is more than noise of the raters."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from humanlike.errors import HumanlikeError
from humanlike.stats.intervals import percentiles

Floats = NDArray[np.float64]
MIN_ITEMS = 3


@dataclass(frozen=True)
class Reliability:
    """Reliability of the mean ratings of a set of items.

    Attributes
    ----------
    n_items : int
        Items with a mean, a standard deviation and a number of raters.
    observed_variance : float
        Variance of the means over items, in squared scale points.
    error_variance : float
        Mean squared standard error of the means, in squared scale points.
    reliability : float
        Share of the observed variance that is not rater noise; at most 1, below 0 if the means
        differ less than noise alone would make them.
    low, high : float
        Percentile bootstrap interval of the reliability over items; NaN if none was asked for.
    """

    n_items: int
    observed_variance: float
    error_variance: float
    reliability: float
    low: float = math.nan
    high: float = math.nan

    @property
    def standard_error(self) -> float:
        """Root mean squared standard error of a mean, in scale points."""
        return math.sqrt(self.error_variance)

    @property
    def ceiling(self) -> float:
        """Largest Pearson correlation that an errorless predictor can be expected to reach.

        The square root of the reliability (Spearman, 1904, doi 10.2307/1412159); 0 if the latter
        is negative.
        """
        return math.sqrt(max(0.0, self.reliability))

    def __str__(self) -> str:
        return (
            f"reliability {self.reliability:.3f} [{self.low:.3f}, {self.high:.3f}] of "
            f"{self.n_items} means, standard error {self.standard_error:.3f}"
        )


def standard_errors(sd: ArrayLike, n: ArrayLike) -> Floats:
    r"""Return the standard error of each mean rating.

    .. math:: \mathrm{SE}_i = s_i / \sqrt{n_i}

    Parameters
    ----------
    sd : array_like, shape (items,)
        Standard deviation over raters, in scale points, at least 0.
    n : array_like, shape (items,)
        Number of raters, at least 1.

    Returns
    -------
    ndarray, shape (items,)
        In scale points.

    Raises
    ------
    HumanlikeError
        If the shapes differ, a value is missing, a deviation is negative or a count below 1.
    """
    spread, count = np.asarray(sd, dtype=float), np.asarray(n, dtype=float)
    if spread.shape != count.shape:
        raise HumanlikeError(
            f"Expected one number of raters per standard deviation, but the shapes are "
            f"{spread.shape} and {count.shape}."
        )
    if not (np.isfinite(spread).all() and np.isfinite(count).all()):
        raise HumanlikeError(
            "Expected a standard deviation and a number of raters for every item, but some are "
            "missing. Leave these items out."
        )
    if (spread < 0).any() or (count < 1).any():
        raise HumanlikeError(
            f"Expected standard deviations of at least 0 and at least 1 rater, but the smallest "
            f"are {spread.min():g} and {count.min():g}."
        )
    return np.asarray(spread / np.sqrt(count), dtype=float)


def rating_reliability(
    mean: ArrayLike,
    sd: ArrayLike,
    n: ArrayLike,
    n_boot: int = 0,
    seed: int = 0,
    level: float = 0.95,
) -> Reliability:
    r"""Estimate the reliability of mean ratings from the spread among each item's raters.

    .. math:: R = 1 - \frac{\frac1k \sum_i s_i^2 / n_i}{\frac{1}{k-1} \sum_i (\bar x_i - \bar x)^2}

    The means vary because items differ and because each mean rests on few raters; the second part
    is known from the raters' spread. With the same number of raters throughout this is
    :math:`1 - MS_\mathrm{within} / MS_\mathrm{between}`, the intraclass correlation ICC(1, k). It
    assumes that raters answer independently and that different items are as good as rated by
    different people, so differences between raters count as noise.

    Parameters
    ----------
    mean : array_like, shape (items,)
        Mean rating of each item, in scale points.
    sd : array_like, shape (items,)
        Standard deviation over the item's raters (n - 1 in the denominator), in scale points.
    n : array_like, shape (items,)
        Number of raters of the item.
    n_boot : int
        Resamples of the items for the interval; 0 gives none.
    seed : int
        Seed of the resampling.
    level : float
        Level of the percentile interval, between 0 and 1.

    Raises
    ------
    HumanlikeError
        If there are fewer than three items, the shapes differ, values are missing or impossible, or
        all means are alike.

    References
    ----------
    Shrout & Fleiss (1979), Psychological Bulletin 86, 420-428, doi 10.1037/0033-2909.86.2.420;
    McGraw & Wong (1996), Psychological Methods 1, 30-46, doi 10.1037/1082-989X.1.1.30.

    Examples
    --------
    >>> round(rating_reliability([1, 2, 3, 4], [1, 1, 1, 1], [10, 10, 10, 10]).reliability, 2)
    0.94
    """
    values = np.asarray(mean, dtype=float)
    squared = standard_errors(sd, n) ** 2
    if values.shape != squared.shape or values.ndim != 1:
        raise HumanlikeError(
            f"Expected one mean per standard deviation, but the shapes are {values.shape} and "
            f"{squared.shape}."
        )
    if len(values) < MIN_ITEMS or not np.isfinite(values).all():
        raise HumanlikeError(
            f"Expected at least {MIN_ITEMS} means, none missing, but {len(values)} came, "
            f"{int((~np.isfinite(values)).sum())} of them missing."
        )
    if values.min() == values.max():
        raise HumanlikeError("All means are alike; there is no variance to take apart.")
    observed, error = float(values.var(ddof=1)), float(squared.mean())
    low = high = math.nan
    if n_boot:
        rows = np.random.default_rng(seed).integers(len(values), size=(n_boot, len(values)))
        spread = values[rows].var(axis=1, ddof=1)
        drawn = 1 - squared[rows].mean(axis=1)[spread > 0] / spread[spread > 0]
        low, high = percentiles(drawn, level)
    return Reliability(len(values), observed, error, 1 - error / observed, low, high)
