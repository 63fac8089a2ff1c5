"""Exact tests for a handful of differences: what so few can and cannot show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import ArrayLike

from humanlike.errors import HumanlikeError
from humanlike.stats.checks import vector

LARGEST = 20
LARGEST_PAIRINGS = 8
"""All pairings of so many numbers are tried; of more, some are drawn."""


@dataclass(frozen=True)
class SignFlip:
    """Exact sign-flip test of a few differences.

    Attributes
    ----------
    mean : float
        Mean difference, in the unit of the values.
    n, n_positive : int
        Differences, and those above zero.
    p : float
        Two-sided p: share of all assignments of signs whose mean is as far from zero.
    p_least : float
        The smallest p that any n differences can reach, 2 / 2^n.
    """

    mean: float
    n: int
    n_positive: int
    p: float
    p_least: float


def sign_flip(differences: ArrayLike) -> SignFlip:
    r"""Test whether differences centre on zero, by all :math:`2^n` assignments of signs.

    If a difference is as likely up as down, each pattern of signs is equally probable. With n of
    them no p below :math:`2 / 2^n` exists: three series cannot be significant, whatever they show.

    Parameters
    ----------
    differences : array_like, shape (n,)
        One to twenty finite numbers.

    Raises
    ------
    HumanlikeError
        If a value is missing, or there are none or too many.

    References
    ----------
    Fisher (1935), The design of experiments, section 21.

    Examples
    --------
    >>> sign_flip([1.0, 2.0, 3.0]).p
    0.25
    """
    values = vector(differences, "the differences", 1)
    if len(values) > LARGEST:
        raise HumanlikeError(
            f"Expected at most {LARGEST} differences, but {len(values)} came; all patterns of "
            "signs would be too many. Use a paired test."
        )
    signs = np.array(list(product((1.0, -1.0), repeat=len(values))))
    means, own = np.abs(signs @ values), abs(float(values.sum()))
    p = float(np.mean(means >= own - 1e-12 * max(own, 1e-300)))
    least = min(2.0 / 2 ** len(values), 1.0)
    return SignFlip(float(values.mean()), len(values), int((values > 0).sum()), p, least)


def rising(rows: Sequence[ArrayLike]) -> tuple[float, float]:
    r"""Test whether every series tends to rise over its stages: Page's L with its exact p.

    .. math:: L = \sum_j j R_j, \qquad R_j \text{ the sum over series of the rank of stage } j

    Parameters
    ----------
    rows : sequence of array_like, shape (stages,)
        One row per series, at least two, with the same stages in order, at least three, no ties
        within a series.

    Returns
    -------
    l, p : float
        Statistic and exact one-sided p: large L means rising.

    Raises
    ------
    HumanlikeError
        If rows differ in length, miss a value or have ties, or there are too few.

    References
    ----------
    Page (1963), JASA 58, 216–230, doi 10.1080/01621459.1963.10500843.
    """
    from scipy.stats import page_trend_test

    values = [vector(row, "a series", 3) for row in rows]
    lengths = {len(row) for row in values}
    if len(values) < 2 or len(lengths) != 1:
        raise HumanlikeError(
            f"Expected at least two series with the same stages, but {len(values)} came, with "
            f"{sorted(lengths)} stages."
        )
    if any(len(set(row.tolist())) < len(row) for row in values):
        raise HumanlikeError("Two stages of a series are equal; the exact p needs an order.")
    test = page_trend_test(np.stack(values), method="exact")
    return float(test.statistic), float(test.pvalue)


@dataclass(frozen=True)
class RankTest:
    """Exact or drawn permutation test of a rank correlation of a few pairs.

    Attributes
    ----------
    rho : float
        Spearman's ρ.
    n : int
        Pairs.
    p : float
        Two-sided: share of pairings whose ρ is at least as far from zero.
    p_least : float
        The smallest p that n pairs without ties can reach: 2 / n!.
    exact : bool
        Whether all pairings were tried.
    """

    rho: float
    n: int
    p: float
    p_least: float
    exact: bool


def rank_test(x: ArrayLike, y: ArrayLike, *, n_perm: int = 20_000, seed: int = 0) -> RankTest:
    """Test whether two lists of numbers go together, by re-pairing them.

    Parameters
    ----------
    x, y : array_like, shape (n,)
        At least three pairs; neither constant.
    n_perm, seed : int
        If there are more than `LARGEST_PAIRINGS` numbers, so many pairings are drawn instead.

    Raises
    ------
    HumanlikeError
        If lengths differ, a value is missing, or all values of one are equal.

    References
    ----------
    Pitman (1937), doi:10.2307/2983647.

    Examples
    --------
    >>> round(rank_test([1, 2, 3, 4], [1, 2, 3, 4]).p, 4)
    0.0833
    """
    from math import factorial

    from scipy.stats import permutation_test, rankdata

    one, two = vector(x, "the first list", 3), vector(y, "the second list", 3)
    if len(one) != len(two) or np.ptp(one) == 0 or np.ptp(two) == 0:
        raise HumanlikeError(
            f"Expected two lists of the same length in which values differ; got {len(one)} and "
            f"{len(two)} values."
        )
    ranks = rankdata(one), rankdata(two) - (len(two) + 1) / 2
    scale = float(np.sqrt(np.sum((ranks[0] - ranks[0].mean()) ** 2) * np.sum(ranks[1] ** 2)))
    exact = len(one) <= LARGEST_PAIRINGS
    found = permutation_test(
        (ranks[0],),
        lambda drawn, axis: np.sum(drawn * ranks[1], axis=axis) / scale,
        permutation_type="pairings",
        vectorized=True,
        n_resamples=factorial(LARGEST_PAIRINGS) if exact else n_perm,
        rng=np.random.default_rng(seed),
    )
    rho = float(found.statistic)
    far = np.abs(found.null_distribution) >= abs(rho) - 1e-12
    p = float(np.mean(far)) if exact else (1 + int(far.sum())) / (1 + len(far))
    return RankTest(rho, len(one), p, min(1.0, 2 / factorial(len(one))), exact)
