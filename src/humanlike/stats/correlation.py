"""Correlations with intervals, and tests of two correlations that share a variable.

The tests take three correlations of the same n items: of j (people) with k (one model), of j with h
(another model), and of k with h. They are the ones R's cocor offers under ``steiger1980``,
``dunn1969``, ``meng1992`` and ``zou2007`` (Diedenhofen & Musch, 2015, doi
10.1371/journal.pone.0121945). They were derived for Pearson correlations of normal variables; with
rank correlations they are an approximation.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from humanlike.errors import HumanlikeError, unknown
from humanlike.stats.checks import Floats
from humanlike.stats.intervals import normal_reach

METHODS = ("spearman", "kendall", "pearson")
MIN_ITEMS = 5


@dataclass(frozen=True)
class Correlation:
    """A correlation of two variables.

    Attributes
    ----------
    estimate : float
        The coefficient, -1 to 1.
    low, high : float
        Bounds of its interval at ``level``.
    p : float
        Two-sided p against no association.
    n : int
        Number of items.
    method : str
        One of :data:`METHODS`.
    level : float
        Level of the interval.
    """

    estimate: float
    low: float
    high: float
    p: float
    n: int
    method: str
    level: float


@dataclass(frozen=True)
class Comparison:
    """Two correlations with the same variable: model ``a`` against model ``b``.

    Attributes
    ----------
    a, b : str
        Names of the two models.
    r_a, r_b, r_ab : float
        Correlation of each with the common variable, and with each other.
    n : int
        Number of items.
    difference : float
        r_a - r_b.
    low, high : float
        Zou's interval of the difference.
    q : float
        Cohen's q, the difference of the Fisher-transformed correlations.
    z, p : float
        Steiger's Z and its two-sided p.
    p_dunn, p_meng : float
        Two-sided p of Dunn & Clark and of Meng, Rosenthal & Rubin.
    """

    a: str
    b: str
    r_a: float
    r_b: float
    r_ab: float
    n: int
    difference: float
    low: float
    high: float
    q: float
    z: float
    p: float
    p_dunn: float
    p_meng: float


def correlate(
    x: ArrayLike, y: ArrayLike, method: str = "spearman", level: float = 0.95
) -> Correlation:
    r"""Correlate two variables and give an interval by Fisher's z.

    With :math:`\zeta = \tanh^{-1} r` the interval is :math:`\tanh(\zeta \pm z_\alpha\, s)`, where

    - Spearman: :math:`s^2 = (1 + \rho^2 / 2) / (n - 3)` (Bonett & Wright)
    - Kendall: :math:`s^2 = 0.437 / (n - 4)` (Fieller, Hartley & Pearson)
    - Pearson: :math:`s^2 = 1 / (n - 3)` (Fisher)

    Parameters
    ----------
    x, y : array_like, shape (items,)
        Values of the same items, at least five, none missing, not all alike.
    method : {"spearman", "kendall", "pearson"}
        Spearman's rho, Kendall's tau-b or Pearson's r.
    level : float
        Level of the interval, between 0 and 1.

    Raises
    ------
    HumanlikeError
        If the method is unknown, the level is not between 0 and 1, or the values do not fit.

    References
    ----------
    Bonett & Wright (2000), Psychometrika 65, 23–28, doi 10.1007/BF02294183. Fieller, Hartley &
    Pearson (1957), Biometrika 44, 470–481, doi 10.1093/biomet/44.3-4.470. Fisher (1921), Metron 1,
    3–32.

    Examples
    --------
    >>> round(correlate([1, 2, 3, 4, 5, 6], [2, 1, 4, 3, 6, 5]).estimate, 3)
    0.829
    """
    from scipy import stats

    if method not in METHODS:
        raise HumanlikeError(unknown("correlation", method, METHODS))
    one, two = paired(x, y)
    names = {"spearman": "spearmanr", "kendall": "kendalltau", "pearson": "pearsonr"}
    result = getattr(stats, names[method])(one, two)
    r, n = float(np.clip(result.statistic, -1, 1)), len(one)
    if abs(r) > 1 - 1e-12:
        return Correlation(round(r), round(r), round(r), float(result.pvalue), n, method, level)
    variance = {
        "spearman": (1 + r * r / 2) / (n - 3),
        "kendall": 0.437 / (n - 4),
        "pearson": 1 / (n - 3),
    }
    half = normal_reach(level) * math.sqrt(variance[method])
    low, high = math.tanh(math.atanh(r) - half), math.tanh(math.atanh(r) + half)
    return Correlation(r, low, high, float(result.pvalue), n, method, level)


def spearman(x: ArrayLike, y: ArrayLike, level: float = 0.95) -> Correlation:
    """Spearman's rho with the interval of Bonett & Wright; see `correlate`."""
    return correlate(x, y, "spearman", level)


def kendall(x: ArrayLike, y: ArrayLike, level: float = 0.95) -> Correlation:
    """Kendall's tau-b with the interval of Fieller, Hartley & Pearson; see `correlate`."""
    return correlate(x, y, "kendall", level)


def partial(r_xy: float, r_xz: float, r_yz: float) -> float:
    r"""Correlation of x and y with z held constant.

    .. math:: r_{xy \cdot z} = (r_{xy} - r_{xz} r_{yz}) / \sqrt{(1 - r_{xz}^2)(1 - r_{yz}^2)}

    Parameters
    ----------
    r_xy, r_xz, r_yz : float
        The three correlations, between -1 and 1.

    Raises
    ------
    HumanlikeError
        If three variables cannot have these correlations, or z determines one of the others.
    """
    _possible(r_xy, r_xz, r_yz, MIN_ITEMS)
    return (r_xy - r_xz * r_yz) / math.sqrt((1 - r_xz**2) * (1 - r_yz**2))


def steiger_z(r_jk: float, r_jh: float, r_kh: float, n: int) -> tuple[float, float]:
    r"""Test two correlations that share variable j: Steiger's modification of Dunn & Clark's Z.

    With :math:`\bar r = (r_{jk} + r_{jh}) / 2` in place of both correlations in the covariance of
    their Fisher transforms,

    .. math::
        Z = (\tanh^{-1} r_{jk} - \tanh^{-1} r_{jh}) \sqrt{n - 3} / \sqrt{2 - 2c}, \qquad
        c = \frac{r_{kh}(1 - 2\bar r^2) - \bar r^2 (1 - 2\bar r^2 - r_{kh}^2) / 2}{(1 - \bar r^2)^2}

    Parameters
    ----------
    r_jk, r_jh : float
        The correlations compared, between -1 and 1.
    r_kh : float
        Correlation of the other two variables.
    n : int
        Number of items, at least 5.

    Returns
    -------
    z, p : float
        Standard normal under equal correlations, positive if r_jk is larger; two-sided p.

    Raises
    ------
    HumanlikeError
        If a correlation is not between -1 and 1, three variables cannot have these correlations, or
        there are too few items.

    References
    ----------
    Steiger (1980), Psychological Bulletin 87, 245–251, formula 14, doi
    10.1037/0033-2909.87.2.245; as ``steiger1980`` of R's cocor.

    Examples
    --------
    >>> z, p = steiger_z(0.3, 0.4, 0.5, 100)
    >>> round(z, 4), round(p, 4)
    (-1.0718, 0.2838)
    """
    _possible(r_jk, r_jh, r_kh, n)
    mean = (r_jk + r_jh) / 2
    return _z_test(r_jk, r_jh, _covariance(mean, mean, r_kh), n)


def dunn_clark_z(r_jk: float, r_jh: float, r_kh: float, n: int) -> tuple[float, float]:
    """Test two correlations that share a variable, without pooling; see `steiger_z`.

    The covariance of the Fisher transforms takes each correlation as observed.

    References
    ----------
    Dunn & Clark (1969), Journal of the American Statistical Association 64, 366–377, doi
    10.1080/01621459.1969.10500981; as ``dunn1969`` of R's cocor.
    """
    _possible(r_jk, r_jh, r_kh, n)
    return _z_test(r_jk, r_jh, _covariance(r_jk, r_jh, r_kh), n)


def meng_z(r_jk: float, r_jh: float, r_kh: float, n: int) -> tuple[float, float]:
    r"""Test two correlations that share a variable, after Meng et al.; see `steiger_z`.

    .. math::
        Z = (z_{jk} - z_{jh}) \sqrt{\frac{n - 3}{2 (1 - r_{kh}) h}}, \quad
        h = \frac{1 - f \overline{r^2}}{1 - \overline{r^2}}, \quad
        f = \min\left(1, \frac{1 - r_{kh}}{2 (1 - \overline{r^2})}\right)

    References
    ----------
    Meng, Rosenthal & Rubin (1992), Psychological Bulletin 111, 172–175, doi
    10.1037/0033-2909.111.1.172; as ``meng1992`` of R's cocor.
    """
    _possible(r_jk, r_jh, r_kh, n)
    square = (r_jk**2 + r_jh**2) / 2
    f = min(1.0, (1 - r_kh) / (2 * (1 - square)))
    # Half of 2 - 2c, so that all three tests share the last step.
    return _z_test(r_jk, r_jh, 1 - (1 - r_kh) * (1 - f * square) / (1 - square), n)


def zou_interval(
    r_jk: float, r_jh: float, r_kh: float, n: int, level: float = 0.95
) -> tuple[float, float]:
    r"""Interval of the difference r_jk - r_jh, from the Fisher intervals of both.

    With :math:`l_1, u_1` and :math:`l_2, u_2` the bounds of :math:`r_{jk}` and :math:`r_{jh}` and
    :math:`c` their correlation (the covariance of `dunn_clark_z`),

    .. math:: L = r_{jk} - r_{jh} - \sqrt{(r_{jk} - l_1)^2 + (u_2 - r_{jh})^2
                  - 2c (r_{jk} - l_1)(u_2 - r_{jh})}

    and U likewise with the bounds exchanged and the root added.

    Parameters
    ----------
    r_jk, r_jh, r_kh, n
        As in `steiger_z`, with the same errors.
    level : float
        Level of all three intervals, between 0 and 1.

    References
    ----------
    Zou (2007), Psychological Methods 12, 399–413, doi 10.1037/1082-989X.12.4.399; as ``zou2007`` of
    R's cocor.
    """
    _possible(r_jk, r_jh, r_kh, n)
    half = normal_reach(level) / math.sqrt(n - 3)
    low_1, high_1 = math.tanh(math.atanh(r_jk) - half), math.tanh(math.atanh(r_jk) + half)
    low_2, high_2 = math.tanh(math.atanh(r_jh) - half), math.tanh(math.atanh(r_jh) + half)
    c = _covariance(r_jk, r_jh, r_kh)

    def root(one: float, two: float) -> float:
        return math.sqrt(max(0.0, one**2 + two**2 - 2 * c * one * two))

    gap = r_jk - r_jh
    return gap - root(r_jk - low_1, high_2 - r_jh), gap + root(high_1 - r_jk, r_jh - low_2)


def compare_models(
    human: ArrayLike,
    models: Mapping[str, ArrayLike],
    method: str = "spearman",
    level: float = 0.95,
) -> list[Comparison]:
    """Compare every two models by their correlation with the same human ratings.

    Parameters
    ----------
    human : array_like, shape (items,)
        The common variable.
    models : mapping of str to array_like, shape (items,)
        At least two, of the same items. Later ones are compared with earlier ones: ``a`` is the
        later, ``b`` the earlier.
    method : {"spearman", "kendall", "pearson"}
        Which correlation enters the tests.
    level : float
        Level of Zou's interval.
    """
    names = list(models)
    r = {name: correlate(human, models[name], method).estimate for name in names}
    found = []
    for b, a in combinations(names, 2):
        between = correlate(models[a], models[b], method).estimate
        n = int(np.size(np.asarray(human)))
        three = (r[a], r[b], between, n)
        z, p = steiger_z(*three)
        low, high = zou_interval(*three, level)
        found.append(
            Comparison(
                a, b, r[a], r[b], between, n, r[a] - r[b], low, high,
                math.atanh(r[a]) - math.atanh(r[b]), z, p,
                dunn_clark_z(*three)[1], meng_z(*three)[1],
            )
        )  # fmt: skip
    return found


def paired(x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    """Return two variables as arrays of the same items.

    Parameters
    ----------
    x, y : array_like, shape (items,)
        The variables.

    Raises
    ------
    HumanlikeError
        If the lengths differ, fewer than five items came, a value is missing or one does not vary.
    """
    one, two = (np.asarray(part, dtype=np.float64).ravel() for part in (x, y))
    if len(one) != len(two) or len(one) < MIN_ITEMS:
        raise HumanlikeError(
            f"A correlation needs at least {MIN_ITEMS} items with a value on both sides; "
            f"{len(one)} and {len(two)} values came."
        )
    missing = int((np.isnan(one) | np.isnan(two)).sum())
    if missing:
        raise HumanlikeError(
            f"{missing} of {len(one)} items lack a value; leave them out before correlating."
        )
    if np.ptp(one) == 0 or np.ptp(two) == 0:
        raise HumanlikeError(
            f"All {len(one)} values of one variable are alike, so there is no correlation. "
            "Use more items, or leave this variable out."
        )
    return one, two


def _covariance(r_jk: float, r_jh: float, r_kh: float) -> float:
    """Correlation of the two Fisher transforms (Dunn & Clark 1969, formula 8)."""
    one, two = r_jk**2, r_jh**2
    top = r_kh * (1 - one - two) - r_jk * r_jh * (1 - one - two - r_kh**2) / 2
    return top / ((1 - one) * (1 - two))


def _z_test(r_jk: float, r_jh: float, c: float, n: int) -> tuple[float, float]:
    from scipy.stats import norm

    if c >= 1 - 1e-12:
        raise HumanlikeError(
            f"The two correlations ({r_jk:.3f} and {r_jh:.3f}) vary together so closely that their "
            "difference has no spread. Compare variables that are not copies of each other."
        )
    z = (math.atanh(r_jk) - math.atanh(r_jh)) * math.sqrt((n - 3) / (2 - 2 * c))
    return z, float(2 * norm.sf(abs(z)))


def _possible(r_jk: float, r_jh: float, r_kh: float, n: int) -> None:
    for r in (r_jk, r_jh, r_kh):
        if not -1 < r < 1:
            raise HumanlikeError(f"Expected correlations between -1 and 1, but {r} came.")
    if n < MIN_ITEMS:
        raise HumanlikeError(f"Expected at least {MIN_ITEMS} items, but {n} came. Add items.")
    if 1 + 2 * r_jk * r_jh * r_kh - r_jk**2 - r_jh**2 - r_kh**2 < -1e-9:
        raise HumanlikeError(
            f"No three variables can have the correlations {r_jk}, {r_jh} and {r_kh}. Compute all "
            "three on the same items."
        )
