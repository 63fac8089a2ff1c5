"""How far people agree in questions with two answers, and how well they could be predicted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaln
from scipy.stats import t as student

from humanlike.errors import HumanlikeError
from humanlike.stats.intervals import check_level

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Consistency:
    """Share of pairs of answers that are the same, with an interval.

    Attributes
    ----------
    n_people, n_items, n_pairs : int
        People and items with at least one pair, and the pairs.
    same, low, high : float
        Share of pairs with the same answer, 0 to 1, and its interval.
    """

    n_people: int
    n_items: int
    n_pairs: int
    same: float
    low: float
    high: float

    @property
    def ceiling(self) -> tuple[float, float, float]:
        """Ceiling at `same`, `low` and `high`, see `ceiling`."""
        return ceiling(self.same), ceiling(self.low), ceiling(self.high)

    @property
    def bounds(self) -> tuple[float, float]:
        """What the ceiling is at least and at most, whatever the items are, see `bounds`."""
        return bounds(self.same)

    def __str__(self) -> str:
        return (
            f"{self.same:.3f} [{self.low:.3f}, {self.high:.3f}] of {self.n_pairs:,} pairs of "
            f"answers are the same ({self.n_people} people, {self.n_items} items)"
        )


def bounds(same: float) -> tuple[float, float]:
    r"""Bound the share of single answers that the best prediction can get right.

    Where a share q of people choose one of two options, two people agree with probability
    :math:`a = q^2 + (1 - q)^2`, and who always names the more frequent option is right with
    probability :math:`m = \max(q, 1 - q) = (1 + \sqrt{2a - 1}) / 2`. As :math:`m \ge a`, and m is
    concave in a (Jensen), the means over items obey

    .. math:: \bar a \le \bar m \le \tfrac12 (1 + \sqrt{2 \bar a - 1}).

    The lower bound is what one person's answer predicts of another's; in the upper one
    :math:`2 \bar a - 1` is a reliability and its root the largest correlation (Spearman, 1904, doi
    10.2307/1412159). Both ends as in the noise ceiling of Nili et al. (2014, doi
    10.1371/journal.pcbi.1003553).

    Parameters
    ----------
    same : float
        Mean agreement of two people, 0 to 1; below ½, which is chance, it counts as ½.

    Returns
    -------
    tuple of float
        0.5 to 1 each.
    """
    _check_share(same)
    agreement = max(same, 0.5)
    return agreement, float((1 + np.sqrt(2 * agreement - 1)) / 2)


def ceiling(same: float) -> float:
    r"""Estimate the share of single answers that the best prediction can get right.

    Between the `bounds`, the value depends on how unlike the items are. With shares that follow a
    symmetric beta distribution over items,

    .. math:: q \sim \mathrm{Beta}(\alpha, \alpha), \qquad
              \bar a = \frac{\alpha + 1}{2 \alpha + 1}, \qquad
              \bar m = \frac12 + \frac{4^{-\alpha}}{\alpha\, B(\alpha, \alpha)},

    so that :math:`\alpha = (1 - \bar a) / (2 \bar a - 1)`. The first is the beta-binomial's moment
    (Skellam, 1948, J. R. Stat. Soc. B 10, 257-261), the second follows with
    :math:`u = q (1 - q)`, :math:`du = (1 - 2q)\, dq`.

    Parameters
    ----------
    same : float
        As for `bounds`.

    Returns
    -------
    float
        0.5 (people answer at random) to 1 (they always agree).
    """
    _check_share(same)
    if same <= 0.5:
        return 0.5
    if same == 1:
        return 1.0
    alpha = (1 - same) / (2 * same - 1)
    return float(0.5 + np.exp(-alpha * np.log(4) - np.log(alpha) - betaln(alpha, alpha)))


def _check_share(same: float) -> None:
    if not 0 <= same <= 1:
        raise HumanlikeError(f"An agreement is a share from 0 to 1, not {same}.")


def between_people(choices: ArrayLike, level: float = 0.95) -> Consistency:
    """Compare the answers of different people to the same items.

    The share is over all pairs of different people and items that both answered: Fleiss' observed
    agreement (1971, doi 10.1037/h0031619), unbiased however few people there are. The interval is
    `interval`'s, for pairs of people (Fafchamps & Gubert, 2007, doi
    10.1016/j.jdeveco.2006.05.005; Aronow, Samii & Assenova, 2015, doi 10.1093/pan/mpv018).

    Parameters
    ----------
    choices : array_like, (people, items)
        1 for one option, -1 for the other, the same for everybody; NaN where not answered.
    level : float
        Of the interval, in (0, 1).

    Raises
    ------
    HumanlikeError
        If values are others, or no two people answered the same item.
    """
    table = _checked(choices, level)
    left, right = np.triu_indices(len(table), 1)
    product = table[left] * table[right]
    pair, item = np.nonzero(np.isfinite(product))
    one, two = left[pair], right[pair]
    n_items = table.shape[1]
    persons, cells = np.stack([one, two]), np.stack([one, two]) * n_items + item
    # every two comparisons that share an item or a person once: inclusion and exclusion
    groups = [(item, 1), (persons, 1), (pair, -1), (cells, -1), (np.arange(len(item)), 1)]
    return _consistency(product[pair, item], groups, persons, item, level)


def within_people(first: ArrayLike, again: ArrayLike, level: float = 0.95) -> Consistency:
    """Compare each person's two answers to the same item.

    Parameters
    ----------
    first, again : array_like, (people, items)
        As for `between_people`; the first answers and the second ones.
    level : float
        Of the interval, see `interval`.

    Raises
    ------
    HumanlikeError
        If values are others, shapes differ, or nobody answered an item twice.
    """
    one, two = _checked(first, level), _checked(again, level)
    if one.shape != two.shape:
        raise HumanlikeError(f"Expected the same people and items twice: {one.shape}, {two.shape}.")
    product = one * two
    person, item = np.nonzero(np.isfinite(product))
    groups = [(item, 1), (person, 1), (np.arange(len(item)), -1)]
    return _consistency(product[person, item], groups, person, item, level)


def _consistency(
    products: Floats, groups: list[tuple[Any, int]], people: Any, items: Any, level: float
) -> Consistency:
    if not products.size:
        raise HumanlikeError("There is no item with two answers to compare. Collect more answers.")
    same = (1 + products) / 2
    n_people, n_items = np.unique(people).size, np.unique(items).size
    low, high = interval(same, groups, min(n_people, n_items) - 1, level)
    return Consistency(n_people, n_items, same.size, float(same.mean()), low, high)


def interval(
    values: Floats, groups: list[tuple[Any, int]], df: int, level: float
) -> tuple[float, float]:
    r"""Bound the mean of values that hang together in several ways at once.

    .. math:: V = \frac{1}{n^2} \sum_g s_g \sum_{c \in g}
              \Bigl(\sum_{i \in c} (z_i - \bar z)\Bigr)^2

    with groupings g of sign s, so that each two values that share a person or an item count once
    (Cameron, Gelbach & Miller, 2011, doi 10.1198/jbes.2010.07136), but at least what the first
    grouping alone gives. The interval is Student's with `df` degrees of freedom, cut at 0 and 1.

    Parameters
    ----------
    values : ndarray, (values,)
        In 0 to 1.
    groups : list of (ndarray of int, int)
        Labels of the values, (values,) or (labels, values) where a value has several; the sign.
    df : int
        Without any, nothing is known: the interval is 0 to 1.
    level : float

    Returns
    -------
    tuple of float
    """
    mean = float(values.mean())
    if df < 1:
        return 0.0, 1.0
    rest, sums = values - mean, []
    for labels, sign in groups:
        _, place = np.unique(labels, return_inverse=True)
        weights = np.broadcast_to(rest, np.shape(labels)).ravel()
        sums.append(sign * float((np.bincount(place.ravel(), weights) ** 2).sum()))
    reach = float(student.ppf((1 + level) / 2, df)) * np.sqrt(max(sum(sums), sums[0])) / rest.size
    return max(0.0, mean - float(reach)), min(1.0, mean + float(reach))


def _checked(choices: ArrayLike, level: float) -> Floats:
    table = np.asarray(choices, dtype=float)
    if table.ndim != 2 or not np.isin(table[np.isfinite(table)], (-1, 1)).all():
        raise HumanlikeError(
            "Expected a table (people, items) of 1 and -1, NaN where there is no answer; got "
            f"shape {table.shape}."
        )
    check_level(level)
    return table
