"""How many dimensions a space has, and how many it effectively uses."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from humanlike.errors import HumanlikeError
from humanlike.stats.checks import matrix

Floats = NDArray[np.float64]


def variance_shares(space: ArrayLike, *, centred: bool = True) -> Floats:
    r"""Return the share of variance on each principal component, largest first.

    With the singular values :math:`s_k` of the (centred) space it is :math:`s_k^2 / \sum_j s_j^2`.

    Parameters
    ----------
    space : array_like, (items, dimensions)
        At least two different points.
    centred : bool
        Whether each dimension's mean is taken off first. If not, it is the share of the sum of
        squares about the origin, and the first component mostly points at the mean.

    Returns
    -------
    ndarray, (min(items, dimensions),)
        Shares that add up to 1; NaN if all points coincide.

    References
    ----------
    Jolliffe (2002), Principal Component Analysis, section 6.1, doi:10.1007/b98835.

    Examples
    --------
    >>> variance_shares([[2.0, 0], [-2, 0], [0, 1], [0, -1]]).tolist()
    [0.8, 0.2]
    """
    x = matrix(space, "the space")
    power = np.linalg.svd(x - x.mean(axis=0) if centred else x, compute_uv=False) ** 2
    with np.errstate(invalid="ignore"):
        shares: Floats = power / power.sum()
    return shares


def dims_needed(shares: ArrayLike, share: float) -> int:
    """Return the smallest number of components that hold at least a share of the variance.

    Parameters
    ----------
    shares : array_like, (components,)
        As `variance_shares` gives.
    share : float
        In (0, 1].

    Raises
    ------
    HumanlikeError
        If the share is none, or the space does not vary.
    """
    held = np.cumsum(np.asarray(shares, dtype=np.float64))
    if not 0 < share <= 1:
        raise HumanlikeError(f"A share of variance is above 0 and at most 1; got {share}.")
    if not held[-1] > 0:
        raise HumanlikeError("The space does not vary, so no component holds any variance.")
    # what rounding alone takes from 1 is not missing
    return int(np.argmax(held >= share - 1e-12)) + 1


def effective_dimension(space: ArrayLike) -> float:
    r"""Return the participation ratio of a space's variances.

    With the shares of variance :math:`p_k` on the principal components it is :math:`1 / \sum_k
    p_k^2`: as many as there are dimensions if all vary equally, 1 if all lies on one line.

    Parameters
    ----------
    space : array_like, (items, dimensions)

    References
    ----------
    Gao et al. (2017), doi:10.1101/214262.
    """
    return float(1 / np.sum(variance_shares(space) ** 2))
