"""How answers came about: likings, repetitions, use of the scale."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from humanlike.evaluate.record import Measured
from humanlike.stats.proportions import wilson

if TYPE_CHECKING:
    import pandas as pd

TRIPLET_BIAS: Final = {
    "first": "answers that name the first option",
    "liking": "answers that a fixed order of liking gives, whatever the anchor",
    "favourite": "how often the favourite concept is chosen when offered",
}
RATING_BIAS: Final = {
    "top": "answers that are the most frequent value",
    "ends": "answers at one of the two ends of the scale",
    "whole": "answers that are whole numbers",
    "same": "words with the same rating on all dimensions",
}
SHOWN: Final = 50


def triplet_bias(rows: NDArray[np.int64], firsts: NDArray[np.bool_]) -> dict[str, Measured]:
    """Measure likings in answers to triplets; the keys are those of `TRIPLET_BIAS`.

    Parameters
    ----------
    rows : ndarray of int, (answers, 3)
        Anchor, chosen option, other option.
    firsts : ndarray of bool, (answers,)
        Whether the chosen option was named first.

    Returns
    -------
    dict of str to Measured
        Shares, 0 to 1, with Wilson intervals. ``first`` is ½ without a liking for a place. The
        order of ``liking`` is that of how often a concept is chosen when it is offered, found on
        one half of the answers and judged on the other.
    """
    n_items = int(rows.max()) + 1
    half = np.arange(len(rows)) % 2 == 0
    rate = _chosen_rate(rows[half], n_items)
    gap = rate[rows[~half, 1]] - rate[rows[~half, 2]]
    liked = round(float(np.sum(0.5 + 0.5 * np.sign(gap))))
    whole, offered = _chosen_rate(rows, n_items), np.bincount(rows[:, 1:].ravel())
    best = int(whole.argmax())
    return {
        "first": share(int(firsts.sum()), len(firsts)),
        "liking": share(liked, int((~half).sum())),
        "favourite": share(round(float(whole[best] * offered[best])), int(offered[best])),
    }


def _chosen_rate(rows: NDArray[np.int64], n_items: int) -> NDArray[np.float64]:
    """Return how often each item was chosen when offered; ½ where it never was."""
    chosen = np.bincount(rows[:, 1], minlength=n_items).astype(float)
    offered = chosen + np.bincount(rows[:, 2], minlength=n_items)
    rate = np.full(n_items, 0.5)
    np.divide(chosen, offered, out=rate, where=offered > 0)
    return rate


def rating_bias(ratings: pd.DataFrame) -> tuple[dict[str, Measured], dict[str, int]]:
    """Look at how a scale from 0 to 5 was used.

    Parameters
    ----------
    ratings : DataFrame, (words, dimensions)
        NaN for an answer without a value.

    Returns
    -------
    bias : dict of str to Measured
        Shares by the keys of `RATING_BIAS`, with Wilson intervals.
    used : dict of str to int
        How often each value was given, the most frequent first; at most `SHOWN`.
    """
    values = ratings.to_numpy(float)
    given = values[np.isfinite(values)]
    if not len(given):
        return {}, {}
    counts = Counter(f"{value:g}" for value in given)
    whole_rows = values[np.isfinite(values).all(axis=1)]
    same = int((np.ptp(whole_rows, axis=1) == 0).sum()) if len(whole_rows) else 0
    n = len(given)
    found: dict[str, Any] = {
        "top": share(counts.most_common(1)[0][1], n),
        "ends": share(int(np.isin(given, (0.0, 5.0)).sum()), n),
        "whole": share(int((given % 1 == 0).sum()), n),
    }
    if len(whole_rows):
        found["same"] = share(same, len(whole_rows))
    return found, dict(counts.most_common(SHOWN))


def share(count: int, n: int) -> Measured:
    """Return a share, 0 to 1, with its Wilson interval."""
    found = wilson(count, n)
    return Measured(found.share, found.low, found.high)
