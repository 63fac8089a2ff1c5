"""Two scores of the same items: paired t-test, effect size, interval, and a test by ranks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from humanlike.errors import HumanlikeError
from humanlike.stats.checks import vector
from humanlike.stats.intervals import check_level


@dataclass(frozen=True)
class PairedTest:
    """Two scores of the same items, compared.

    Attributes
    ----------
    difference : float
        Mean of first minus second, in the unit of the scores.
    low, high : float
        Bounds of the t interval of the difference.
    t, df, p : float
        Test statistic, degrees of freedom (items - 1), two-sided p.
    dz : float
        Cohen's dz, the difference in standard deviations of the differences; no unit.
    wilcoxon_p : float
        Two-sided p of Wilcoxon's signed-rank test; items without a difference are left out.
    share_higher : float
        Share of items whose first score is the higher one, 0 to 1.
    n : int
        Number of items.
    """

    difference: float
    low: float
    high: float
    t: float
    df: int
    p: float
    dz: float
    wilcoxon_p: float
    share_higher: float
    n: int


def paired_test(first: ArrayLike, second: ArrayLike, level: float = 0.95) -> PairedTest:
    r"""Compare two scores of the same items.

    With the differences :math:`d_i`, their mean :math:`\bar d` and standard deviation :math:`s_d`,

    .. math:: d_z = \bar d / s_d, \qquad t = d_z \sqrt n, \qquad df = n - 1.

    Parameters
    ----------
    first, second : array_like, shape (items,)
        Scores of the same items in the same order, at least three.
    level : float
        Level of the interval, between 0 and 1.

    Returns
    -------
    PairedTest

    Raises
    ------
    HumanlikeError
        If there are too few items, a missing value, unequal lengths, a level that is none, or
        all differences are alike.

    References
    ----------
    Lakens (2013), doi:10.3389/fpsyg.2013.00863 (dz); Wilcoxon (1945), doi:10.2307/3001968.

    Examples
    --------
    >>> test = paired_test([2.0, 4.0, 6.0, 9.0], [1.0, 2.0, 5.0, 5.0])
    >>> test.difference, round(test.t, 3)
    (2.0, 2.828)
    """
    from scipy import stats

    x, y = vector(first, "the first scores", 3), vector(second, "the second scores", 3)
    if len(x) != len(y):
        raise HumanlikeError(
            f"Expected two scores of the same items, but {len(x)} and {len(y)} came. Keep the "
            "items that have both, in the same order."
        )
    check_level(level)
    gap = x - y
    spread = float(gap.std(ddof=1))
    if spread <= 1e-12 * max(1.0, float(np.abs(gap).max())):
        raise HumanlikeError(
            "All differences are alike, so there is no spread to test against. Check that the "
            "two scores are not the same, or the same up to a constant."
        )
    result = stats.ttest_rel(x, y)
    bounds = result.confidence_interval(level)
    return PairedTest(
        difference=float(gap.mean()), low=float(bounds.low), high=float(bounds.high),
        t=float(result.statistic), df=len(gap) - 1, p=float(result.pvalue),
        dz=float(gap.mean()) / spread, wilcoxon_p=float(stats.wilcoxon(x, y).pvalue),
        share_higher=float(np.mean(gap > 0)), n=len(gap),
    )  # fmt: skip
