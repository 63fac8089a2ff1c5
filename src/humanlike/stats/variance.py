"""How many dimensions hold a share of an embedding's variance."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from humanlike.errors import HumanlikeError
from humanlike.stats.dissimilarity import check_features


def explained(embedding: Any, *, centred: bool = True) -> NDArray[np.float64]:
    r"""Return the cumulative share of variance of an embedding's principal axes.

    With singular values :math:`s_1 \ge s_2 \ge \dots` of the (centred) embedding the share of the
    first k axes is :math:`\sum_{i \le k} s_i^2 / \sum_i s_i^2`. Without centring the total is the
    sum of squares about the origin, not a variance, and the first axis mostly points at the mean.

    Parameters
    ----------
    embedding : ndarray or DataFrame, (items, dimensions)
        At least four items, no gaps.
    centred : bool
        Whether each dimension's mean over the items is taken off first, as in principal component
        analysis.

    Returns
    -------
    ndarray, (min(items, dimensions),)
        Rising from above 0 to 1.

    Raises
    ------
    HumanlikeError
        If the embedding is no such table, or does not vary.

    References
    ----------
    Jolliffe (2002), Principal Component Analysis, section 6.1, doi:10.1007/b98835.

    Examples
    --------
    >>> import numpy as np
    >>> explained(np.array([[2.0, 0], [-2, 0], [0, 1], [0, -1]])).tolist()
    [0.8, 1.0]
    """
    values = check_features(embedding, "the embedding").values
    if centred:
        values = values - values.mean(axis=0)
    squares = np.linalg.svd(values, compute_uv=False) ** 2
    if not squares.sum() > 0:
        raise HumanlikeError("The embedding does not vary: every item is at the same place.")
    shares: NDArray[np.float64] = np.cumsum(squares) / squares.sum()
    return shares


def dims_needed(shares: NDArray[np.float64], share: float) -> int:
    """Return the smallest number of axes that holds at least a share of the variance.

    Parameters
    ----------
    shares : ndarray, (axes,)
        As `explained` gives.
    share : float
        In (0, 1].

    Raises
    ------
    HumanlikeError
        If the share is none.
    """
    if not 0 < share <= 1:
        raise HumanlikeError(f"A share of variance is above 0 and at most 1; got {share}.")
    # what is missing from 1 by rounding alone is not missing
    return int(np.argmax(shares >= share - 1e-12)) + 1


def principal_axes(embedding: Any, n_axes: int) -> NDArray[np.float64]:
    """Return the places of the items on the first principal axes.

    Parameters
    ----------
    embedding : ndarray or DataFrame, (items, dimensions)
        At least four items, no gaps.
    n_axes : int
        How many axes, at most min(items, dimensions).

    Returns
    -------
    ndarray, (items, n_axes)
        Scores in the unit of the embedding, centred, of falling variance; each axis is turned so
        that its farthest item lies on the positive side.
    """
    values = check_features(embedding, "the embedding").values
    left, sizes, _ = np.linalg.svd(values - values.mean(axis=0), full_matrices=False)
    if not 1 <= n_axes <= len(sizes):
        raise HumanlikeError(f"There are 1 to {len(sizes)} principal axes; asked for {n_axes}.")
    scores: NDArray[np.float64] = (left * sizes)[:, :n_axes]
    farthest = scores[np.abs(scores).argmax(axis=0), np.arange(n_axes)]
    return scores * np.where(farthest < 0, -1.0, 1.0)
