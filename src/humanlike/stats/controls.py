"""Predictors to compare a model with: the nearest spelling, and a second panel of raters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from humanlike.errors import HumanlikeError
from humanlike.stats.checks import Floats, matrix


def nearest_by_spelling(
    words: Sequence[str], among: Sequence[str], length: int = 2
) -> tuple[NDArray[np.int64], Floats]:
    r"""Find for every word the one of a list that is spelt most like it.

    Spellings are compared by the letter groups they share, Dice's coefficient

    .. math:: D = 2\,|A \cap B| \,/\, (|A| + |B|),

    where A and B are the sets of groups of ``length`` letters of the two words, with a mark for
    the word's begin and end; capitals do not count. Of several words equally near, the first is
    taken.

    Parameters
    ----------
    words, among : sequence of str
        Words to match, and the list to choose from.
    length : int
        Letters per group, at least 1.

    Returns
    -------
    index : ndarray of int, shape (words,)
        Place of the nearest one in ``among``.
    dice : ndarray, shape (words,)
        Its coefficient, 0 (nothing shared) to 1.

    Raises
    ------
    HumanlikeError
        If a list is empty, or groups have no letter.

    References
    ----------
    Dice (1945), doi:10.2307/1932409.
    """
    if not len(words) or not len(among) or length < 1:
        raise HumanlikeError(
            f"Expected words, words to choose from and groups of at least 1 letter, but "
            f"{len(words)}, {len(among)} and {length} came."
        )
    left, right = _group_tables(words, among, length)
    shared = (left @ right.T).toarray()
    sizes = np.asarray(left.sum(axis=1)) + np.asarray(right.sum(axis=1)).T
    dice = 2.0 * shared / sizes
    index = dice.argmax(axis=1)
    return index, dice[np.arange(len(index)), index]


def _group_tables(words: Sequence[str], among: Sequence[str], length: int) -> list[Any]:
    """Mark which word has which letter group, as two sparse tables with the same columns."""
    from scipy.sparse import csr_matrix

    known: dict[str, int] = {}
    places: list[tuple[list[int], list[int]]] = []
    for side in (words, among):
        rows, columns = [], []
        for row, word in enumerate(side):
            marked = f"^{word.lower()}$"
            own = {marked[i : i + length] for i in range(max(1, len(marked) - length + 1))}
            rows += [row] * len(own)
            columns += [known.setdefault(group, len(known)) for group in sorted(own)]
        places.append((rows, columns))
    return [
        csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(side), len(known)))
        for (rows, columns), side in zip(places, (words, among), strict=True)
    ]


def second_panel(mean: ArrayLike, sd: ArrayLike, n: ArrayLike, seed: int) -> Floats:
    r"""Draw the means that a second, independent panel of raters would give.

    With the sampling variance :math:`v_{ik} = s_{ik}^2 / n_{ik}` of a mean, and per dimension the
    mean :math:`m_k` and variance :math:`\tau_k^2` of true values over the items
    (:math:`\tau_k^2 = \operatorname{var}(h_k) - \bar v_k`, not below 0), the reliability is
    :math:`\lambda_{ik} = \tau_k^2 / (\tau_k^2 + v_{ik})`, and given the first panel

    .. math:: h'_{ik} \sim N\big(m_k + \lambda_{ik}(h_{ik} - m_k),\; v_{ik}(1 + \lambda_{ik})\big).

    Raters are taken as independent over dimensions, means as normal; both are approximations.
    Values are cut off at the ends of the first panel's range.

    Parameters
    ----------
    mean, sd, n : array_like, shape (items, dimensions)
        Mean, standard deviation over raters and number of raters of the first panel.
    seed : int
        Seed of the draw.

    Returns
    -------
    ndarray, shape (items, dimensions)
        Means of the second panel.

    Raises
    ------
    HumanlikeError
        If the tables do not fit, a deviation is negative or a number of raters below 1.

    References
    ----------
    Lord & Novick (1968), Statistical Theories of Mental Test Scores (estimating true scores).
    """
    h = matrix(mean, "the means")
    s, raters = matrix(sd, "the deviations", h), matrix(n, "the numbers of raters", h)
    if (s < 0).any() or (raters < 1).any():
        raise HumanlikeError(
            "Expected deviations of 0 or more and at least 1 rater, but smaller values came."
        )
    v = s**2 / raters
    centre = h.mean(axis=0)
    true = np.maximum(h.var(axis=0) - v.mean(axis=0), 0.0)
    total = true + v
    trust = np.divide(true, total, out=np.ones_like(v), where=total > 0)
    noise = np.random.default_rng(seed).normal(size=h.shape)
    drawn = centre + trust * (h - centre) + noise * np.sqrt(v * (1 + trust))
    cut: Floats = np.clip(drawn, h.min(), h.max())
    return cut
