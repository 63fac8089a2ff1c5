"""How many dimensions a space has, and how many it effectively uses."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from humanlike.stats.checks import matrix

Floats = NDArray[np.float64]


def variance_shares(space: ArrayLike) -> Floats:
    """Return the share of variance on each principal component, largest first.

    Parameters
    ----------
    space : array_like, (items, dimensions)
        Centred here. At least two different points.

    Returns
    -------
    ndarray, (min(items, dimensions),)
        Shares that add up to 1; NaN if all points coincide.
    """
    x = matrix(space, "the space")
    power = np.linalg.svd(x - x.mean(axis=0), compute_uv=False) ** 2
    with np.errstate(invalid="ignore"):
        shares: Floats = power / power.sum()
    return shares


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
