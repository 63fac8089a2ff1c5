"""How many answers people's own similarities would give too: marks, intervals, chance."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from humanlike.analysis.observers import CROWD, Mind, first_shares
from humanlike.stats.similarity import resamples

Floats = NDArray[np.float64]
Triplets = NDArray[np.int64]
MARKS: Final = {"1": 1.0, "0": 0.0, "=": 0.5}
"""An answer people's similarities give too, one they do not, and one of a tie; ``-``: none."""
CHUNK: Final = 50


def marks_of(rows: Triplets, valid: NDArray[np.bool_], similarity: Floats) -> str:
    """Mark every question by whether the answer is the one of given similarities.

    Parameters
    ----------
    rows : ndarray of int, (answers, 3)
        Anchor, chosen option, other option of the valid answers, in the order of asking.
    valid : ndarray of bool, (questions,)
    similarity : ndarray, (concepts, concepts)

    Returns
    -------
    str
        One character of `MARKS` or ``-`` per question.
    """
    anchor, chosen, other = rows.T
    sign = np.sign(similarity[anchor, chosen] - similarity[anchor, other]).astype(int)
    found = np.full(len(valid), "-")
    found[valid] = np.array(["=", "1", "0"])[sign]
    return "".join(found)


def values_of(marks: str) -> Floats:
    """Turn marks into 1, 0, ½, and NaN for no answer; (questions,)."""
    return np.array([MARKS.get(mark, np.nan) for mark in marks])


def answers_of(marks: str, questions: Triplets, similarity: Floats) -> Triplets:
    """Return the answers that were marked; those of a tie cannot be told and are left out.

    Parameters
    ----------
    marks : str
        From `marks_of`.
    questions : ndarray of int, (questions, 3)
        Places of anchor and options.
    similarity : ndarray, (concepts, concepts)
        The same as for `marks_of`.

    Returns
    -------
    ndarray of int, (answers, 3)
        Anchor, chosen option, other option.
    """
    anchor, first, second = questions.T
    values, gap = values_of(marks), similarity[anchor, first] - similarity[anchor, second]
    told = np.isin(values, (0.0, 1.0))
    said_first = (gap > 0) == (values == 1)
    rows = np.where(said_first[:, None], questions, questions[:, [0, 2, 1]])
    return rows[told]


def resampled_agreement(
    questions: Triplets, values: Floats, n_concepts: int, n_boot: int, seed: int
) -> Floats:
    """Resample the concepts, and return the share of agreeing answers in each resample.

    A question weighs as much as its three concepts together: the product of how often each was
    drawn. So what hangs together because it is about the same concept is drawn together, whichever
    of the three places it has. Models that were asked the same are compared on the same draws.

    Parameters
    ----------
    questions : ndarray of int, (questions, 3)
        Places of anchor and options.
    values : ndarray, (questions,)
        As from `values_of`.
    n_concepts, n_boot, seed : int
        Concepts, resamples and seed; the draws are those of `humanlike.stats.similarity.resamples`.

    Returns
    -------
    ndarray, (resamples,)
        NaN where no answered question was drawn.

    References
    ----------
    Owen (2007), The pigeonhole bootstrap, doi:10.1214/07-AOAS122.
    """
    known = np.isfinite(values)
    places, right = questions[known], values[known]
    counts = resamples(n_concepts, n_boot, seed).astype(np.float64)
    found = []
    for start in range(0, n_boot, CHUNK):
        part = counts[start : start + CHUNK]
        weight = part[:, places[:, 0]] * part[:, places[:, 1]] * part[:, places[:, 2]]
        with np.errstate(invalid="ignore"):
            found.append(weight @ right / weight.sum(axis=1))
    return np.concatenate(found)


def shuffled_agreement(rows: Triplets, similarity: Floats, n_perm: int, seed: int) -> Floats:
    """Shuffle which concept is which in the similarities, and return the agreement of each.

    That keeps all that the answers have among themselves, a liking for a place or for a concept
    too, and takes away what they could know of the concepts: it is chance for *these* answers.

    Parameters
    ----------
    rows : ndarray of int, (answers, 3)
        Anchor, chosen option, other option.
    similarity : ndarray, (concepts, concepts)
    n_perm, seed : int

    Returns
    -------
    ndarray, (permutations,)
    """
    rng, (anchor, chosen, other) = np.random.default_rng(seed), rows.T
    n = len(similarity)
    found = np.empty(n_perm)
    for number in range(n_perm):
        order = rng.permutation(n)
        moved = similarity[np.ix_(order, order)]
        gap = moved[anchor, chosen] - moved[anchor, other]
        found[number] = np.mean(0.5 + 0.5 * np.sign(gap))
    return found


def two_sided(value: float, null: Floats) -> float:
    """Return the share of chance values that are at least as far from their mean, 0 to 1."""
    centre = null.mean()
    return float((1 + np.sum(abs(null - centre) >= abs(value - centre) - 1e-12)) / (1 + len(null)))


def human_ceilings(mind: Mind, questions: Triplets) -> dict[str, float]:
    """Return how many answers of other humans the human similarities give.

    Parameters
    ----------
    mind : Mind
    questions : ndarray of int, (questions, 3)

    Returns
    -------
    dict of str to float
        ``other``: the other human space, without error, got from other people's answers; ``crowd``:
        people's answers with the noise the human space's own model finds in them.
    """
    human, other = mind.similarities["human"], mind.similarities["other"]
    anchor, first, second = questions.T
    own, theirs = (table[anchor, first] - table[anchor, second] for table in (human, other))
    said_first = first_shares(CROWD, mind, questions)
    return {
        "other": float(np.mean(np.sign(own) == np.sign(theirs))),
        "crowd": float(np.mean(np.where(own > 0, said_first, 1 - said_first))),
    }
