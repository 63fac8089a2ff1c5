"""Proportions: one with its interval, and two of the same items compared."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from humanlike.errors import HumanlikeError
from humanlike.stats.intervals import check_level, normal_reach


@dataclass(frozen=True)
class Proportion:
    """``count`` of ``n``, their ``share``, and its interval, ``low`` to ``high`` at ``level``."""

    count: int
    n: int
    share: float
    low: float
    high: float
    level: float

    def __str__(self) -> str:
        return (
            f"{self.count}/{self.n} = {self.share:.3f}, {100 * self.level:g} % interval "
            f"[{self.low:.3f}, {self.high:.3f}]"
        )


@dataclass(frozen=True)
class PairedProportions:
    """Two proportions of the same items.

    ``both``, ``only_a``, ``only_b`` and ``neither`` count items; ``difference`` is the share of a
    minus that of b, with the interval from ``low`` to ``high`` at ``level``; ``p`` is McNemar's
    exact two-sided p-value.
    """

    both: int
    only_a: int
    only_b: int
    neither: int
    difference: float
    low: float
    high: float
    p: float
    level: float


def wilson(count: int, n: int, level: float = 0.95) -> Proportion:
    """Give a proportion with Wilson's score interval.

    The interval holds every share p for which |count / n - p| is at most z sqrt(p (1 - p) / n).

    Parameters
    ----------
    count, n : int
        Successes and items, 0 <= count <= n, n at least 1.
    level : float
        In (0, 1).

    Returns
    -------
    Proportion

    Raises
    ------
    HumanlikeError
        If the counts or the level make no sense.

    References
    ----------
    Wilson (1927), doi:10.1080/01621459.1927.10502953; computed by statsmodels.
    """
    from statsmodels.stats.proportion import proportion_confint

    if not 0 <= count <= n or n < 1:
        raise HumanlikeError(f"Expected 0 <= count <= n and n of at least 1; got {count} of {n}.")
    check_level(level)
    low, high = proportion_confint(count, n, alpha=1 - level, method="wilson")
    return Proportion(int(count), int(n), count / n, float(low), float(high), level)


def paired_proportions(a: ArrayLike, b: ArrayLike, level: float = 0.95) -> PairedProportions:
    """Compare two proportions of the same items.

    McNemar's exact test asks of the items on which the two differ whether either side gets more
    than a fair coin would give it: p = min(1, 2 P(X <= min(b, c))), X ~ Binomial(b + c, 1/2). The
    interval of the difference is the adjusted Wald interval: with n + 2 items and one more of
    each kind of disagreement, p12 = (b + 1) / (n + 2) and p21 = (c + 1) / (n + 2), it is
    p12 - p21 +- z sqrt((p12 + p21 - (p12 - p21)^2) / (n + 2)), cut at -1 and 1.

    Parameters
    ----------
    a, b : array_like of bool, (items,)
        Whether each item is a success.
    level : float
        In (0, 1).

    Returns
    -------
    PairedProportions

    Raises
    ------
    HumanlikeError
        If there are no items, the lengths differ, or values are not true or false.

    References
    ----------
    McNemar (1947), doi:10.1007/BF02295996; Bonett & Price (2012), doi:10.3102/1076998611411915.
    """
    from statsmodels.stats.contingency_tables import mcnemar

    reach, one, two = normal_reach(level), _truths(a), _truths(b)
    if one.shape != two.shape or not one.size:
        raise HumanlikeError(
            f"Expected the same items twice, but {one.size} and {two.size} came. Align them first."
        )
    both, only_a = int((one & two).sum()), int((one & ~two).sum())
    only_b, neither = int((~one & two).sum()), int((~one & ~two).sum())
    p = float(mcnemar([[both, only_a], [only_b, neither]], exact=True).pvalue)
    p12, p21 = (only_a + 1) / (one.size + 2), (only_b + 1) / (one.size + 2)
    reach *= math.sqrt((p12 + p21 - (p12 - p21) ** 2) / (one.size + 2))
    low, high = max(-1.0, p12 - p21 - reach), min(1.0, p12 - p21 + reach)
    gap = (only_a - only_b) / one.size
    return PairedProportions(
        both, only_a, only_b, neither, gap, float(low), float(high), min(p, 1.0), level
    )


def _truths(values: ArrayLike) -> NDArray[np.bool_]:
    array = np.asarray(values)
    if array.ndim != 1 or array.dtype != np.bool_:
        raise HumanlikeError(
            "Expected one true or false per item, but an array of type "
            f"{array.dtype} and shape {array.shape} came. Compare answers with the key first."
        )
    return array
