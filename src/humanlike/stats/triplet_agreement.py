"""How often does a judge of triplets choose as a table of similarities would?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from humanlike.errors import HumanlikeError
from humanlike.stats.agreement import Scores
from humanlike.stats.similarity import resamples

Floats = NDArray[np.float64]
Triplets = NDArray[np.int64]


def choose(similarity: NDArray[np.floating[Any]], asked: Triplets) -> Triplets:
    """Judge triplets by a table of similarities: the option more similar to the anchor.

    Parameters
    ----------
    similarity : ndarray, (items, items)
    asked : ndarray of int, (triplets, 3)
        Anchor, first option, second option.

    Returns
    -------
    ndarray of int, (triplets, 3)
        Anchor, chosen option, other option; the first of equals is chosen.
    """
    anchor, first, second = asked.T
    takes_second = similarity[anchor, second] > similarity[anchor, first]
    return np.where(takes_second[:, None], asked[:, [0, 2, 1]], asked)


def shares(judged: Triplets, similarity: Floats) -> Floats:
    """Return 1 where a judgement is what the similarities say, 0 where not, 0.5 at a tie.

    Parameters
    ----------
    judged : ndarray of int, (triplets, 3)
        Anchor, chosen option, other option.
    similarity : ndarray, (items, items)
    """
    anchor, chosen, other = judged.T
    gap = similarity[anchor, chosen] - similarity[anchor, other]
    found: Floats = 0.5 + 0.5 * np.sign(gap)
    return found


def triplet_agreement(
    judged: Mapping[str, Triplets], similarity: Floats, n_boot: int, seed: int
) -> Scores:
    r"""Score judges by the share of judgements that a table of similarities would give as well.

    Resamples draw the items with replacement. A triplet counts as often as its three items were
    drawn together, :math:`w = c_a c_b c_c`, so that the interval covers other items, not only other
    questions about these.

    Parameters
    ----------
    judged : mapping of str to ndarray of int, each (triplets, 3)
        Anchor, chosen option, other option of every judge; triplets may differ between judges.
    similarity : ndarray, (items, items)
        People's.
    n_boot, seed : int
        Resamples of the items, the same for every judge.

    Returns
    -------
    Scores
        Shares in [0, 1]; guessing gives 0.5, ties count half.

    Raises
    ------
    HumanlikeError
        If a judge has no judgement.

    References
    ----------
    Efron & Tibshirani (1993), An introduction to the bootstrap, chapter 13, for percentile
    intervals.
    """
    counts = resamples(len(similarity), n_boot, seed).astype(float)
    estimate, samples = {}, {}
    for name, rows in judged.items():
        if not len(rows):
            raise HumanlikeError(f"{name} judged no triplet, so there is nothing to compare.")
        hits = shares(rows, similarity)
        drawn = np.empty(n_boot)
        for number, times in enumerate(counts):
            weights = times[rows[:, 0]] * times[rows[:, 1]] * times[rows[:, 2]]
            total = weights.sum()
            drawn[number] = weights @ hits / total if total else np.nan
        estimate[name], samples[name] = float(hits.mean()), drawn
    return Scores(estimate, samples)
