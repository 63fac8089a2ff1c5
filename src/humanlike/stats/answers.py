"""What a model might have answered: a rating's distribution from the alternatives of each token.

An API that reports the likeliest alternatives of each answer token shows part of the distribution
the answer was taken from. For an answer of one token such as ``3`` that part is nearly all of
it. For three tokens such as ``3``, ``.``, ``94`` the alternatives of the last one are those *after*
``3.`` only; what would have followed another leading digit was never reported.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from humanlike.errors import HumanlikeError

Floats = NDArray[np.float64]
TOP = 5
"""Largest rating; leading digits run from 0 to this."""
_LEADING = re.compile(r"[0-5]")
_DECIMALS = re.compile(r"[0-9]+")
_ROUNDING = 1e-6


@dataclass(frozen=True)
class AnswerDistribution:
    """What the reported alternatives say about one rating, 0 to 5.

    Attributes
    ----------
    digits : tuple of float, length 6
        Probability that the answer begins with the digit 0, 1, … 5.
    off_scale : float
        Probability of the other reported first tokens: letters, words, digits above 5.
    decided : int
        The likeliest leading digit, after which later tokens were reported; -1 if the likeliest
        first token is no digit from 0 to 5.
    decimals : float
        Mean of what follows the decimal point after the decided digit, 0 to below 1, over the
        reported alternatives; NaN if the answer is a whole number.
    decimals_mass : float
        Probability, given the decided digit, that point and decimals are among those reported; 1
        for whole numbers.
    answer : float
        Probability of the whole answer that was given (likeliest token each time).
    """

    digits: tuple[float, ...]
    off_scale: float
    decided: int
    decimals: float
    decimals_mass: float
    answer: float

    @property
    def on_scale(self) -> float:
        """Probability that the answer begins with a digit from 0 to 5."""
        return math.fsum(self.digits)

    @property
    def covered(self) -> float:
        """Probability of complete ratings whose value is known to the last digit."""
        if math.isnan(self.decimals):
            return self.on_scale
        return self.digits[self.decided] * self.decimals_mass


def answer_distribution(alternatives: Sequence[Mapping[str, float]]) -> AnswerDistribution:
    """Summarise the alternatives reported for the tokens of one answer.

    Parameters
    ----------
    alternatives : sequence of mapping of str to float
        For each answer token, in order, the likeliest tokens with their natural log-probability.
        The first token holds the leading digit; a decimal answer goes on with a point and with its
        decimals as one token.

    Raises
    ------
    HumanlikeError
        If there is no token, or log-probabilities are positive, NaN or add up to more than 1.
    """
    if not alternatives or not alternatives[0]:
        raise HumanlikeError(
            "Expected alternatives of at least one answer token, but none came. Load the responses "
            "with their log-probabilities."
        )
    steps = [_probabilities(options) for options in alternatives]
    first = steps[0]
    digits = [0.0] * (TOP + 1)
    for token, share in first.items():
        if _LEADING.fullmatch(token.strip(" ")):
            digits[int(token)] += share
    likeliest = max(first, key=first.__getitem__).strip(" ")
    decided = int(likeliest) if _LEADING.fullmatch(likeliest) else -1
    mean, mass = (math.nan, 1.0) if len(steps) < 3 or decided < 0 else _decimals(*steps[1:3])
    return AnswerDistribution(
        digits=tuple(digits),
        off_scale=max(0.0, math.fsum(first.values()) - math.fsum(digits)),
        decided=decided,
        decimals=mean,
        decimals_mass=mass,
        answer=math.prod(max(step.values()) for step in steps),
    )


def _probabilities(options: Mapping[str, float]) -> dict[str, float]:
    shares = {token: math.exp(log) for token, log in options.items()}
    total, largest = math.fsum(shares.values()), max(options.values())
    if not total <= 1 + _ROUNDING * len(shares) or not largest <= _ROUNDING:
        raise HumanlikeError(
            f"Expected natural log-probabilities, at most 0 and together at most probability 1, "
            f"but they reach {largest:g} and add up to probability {total:g}."
        )
    return shares


def _decimals(point: Mapping[str, float], after: Mapping[str, float]) -> tuple[float, float]:
    """Mean of the reported decimals, and the probability that point and decimals are reported."""
    known = [(float(f"0.{t}"), p) for t, p in after.items() if _DECIMALS.fullmatch(t)]
    mass = math.fsum(share for _, share in known)
    if not mass:
        return math.nan, 1.0
    return math.fsum(v * share for v, share in known) / mass, mass * point.get(".", 0.0)


def expected_ratings(
    digits: ArrayLike, decided: ArrayLike, decimals: ArrayLike, elsewhere: float = 0.5
) -> Floats:
    r"""Return the mean rating under each answer's distribution, renormalised to the scale.

    .. math:: E = \frac{\sum_{k=0}^{5} p_k \min(5, k + f_k)}{\sum_{k=0}^{5} p_k}

    with :math:`p_k` the probability of the leading digit k. What follows the point is known only
    after the decided digit, :math:`f_g` = ``decimals``; after other digits it is assumed to be
    ``elsewhere``. Answers in whole numbers have :math:`f_k = 0`. This is the expectation that
    G-Eval (Liu et al., 2023, EMNLP, doi 10.18653/v1/2023.emnlp-main.153) takes as its score, with
    an explicit assumption where tokens were not reported.

    Parameters
    ----------
    digits : array_like, shape (answers, 6)
        Probability of each leading digit.
    decided : array_like of int, shape (answers,)
        The leading digit after which decimals were reported; -1 for none.
    decimals : array_like, shape (answers,)
        Mean of the reported decimals; NaN for answers in whole numbers.
    elsewhere : float
        Decimals assumed after all other digits, 0 to 1.

    Returns
    -------
    ndarray, shape (answers,)
        0 to 5; NaN where no leading digit is on the scale.

    Raises
    ------
    HumanlikeError
        If shapes do not fit or ``elsewhere`` is outside 0 to 1.
    """
    shares = np.asarray(digits, dtype=float)
    chosen, known = np.asarray(decided, dtype=int), np.asarray(decimals, dtype=float)
    if shares.ndim != 2 or shares.shape != (len(chosen), TOP + 1) or chosen.shape != known.shape:
        raise HumanlikeError(
            f"Expected (answers, {TOP + 1}) digits and one decided digit and decimals per answer, "
            f"but the shapes are {shares.shape}, {chosen.shape} and {known.shape}."
        )
    if not 0 <= elsewhere <= 1:
        raise HumanlikeError(f"Expected decimals from 0 to 1, but 'elsewhere' is {elsewhere}.")
    whole = np.isnan(known)
    follows = np.where(whole[:, None], 0.0, elsewhere) * np.ones(TOP + 1)
    rows = np.flatnonzero(~whole & (chosen >= 0))
    follows[rows, chosen[rows]] = known[rows]
    values = np.minimum(TOP, np.arange(TOP + 1) + follows)
    total = shares.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((shares * values).sum(axis=1) / total, dtype=float)


def digit_entropy(digits: ArrayLike) -> Floats:
    r"""Return the entropy of the leading digit, renormalised to the scale.

    .. math:: H = -\sum_k q_k \log_2 q_k, \quad q_k = p_k / \sum_j p_j

    Parameters
    ----------
    digits : array_like, shape (answers, 6)
        Probability of each leading digit.

    Returns
    -------
    ndarray, shape (answers,)
        In bits, 0 (always the same digit) to log2(6); NaN where no digit is on the scale.

    References
    ----------
    Shannon (1948), doi 10.1002/j.1538-7305.1948.tb01338.x.
    """
    from scipy.stats import entropy

    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(entropy(np.asarray(digits, dtype=float), base=2, axis=1), dtype=float)
