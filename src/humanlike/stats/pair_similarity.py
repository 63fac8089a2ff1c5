"""Similarity as the odd-one-out task measures it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from humanlike.stats.dissimilarity import check_features


def pair_similarity(embedding: Any) -> NDArray[np.float64]:
    r"""Return how often two items are kept together when a third is to be named the odd one out.

    Under the SPoSE model the pair (i, j) of a triplet with k is kept with probability

    .. math:: p_{ij|k} = e^{x_i \cdot x_j}
              / (e^{x_i \cdot x_j} + e^{x_i \cdot x_k} + e^{x_j \cdot x_k});

    the similarity is its mean over all other items k. One third is what indifference gives.

    Parameters
    ----------
    embedding : ndarray or DataFrame, (items, dimensions)
        Loadings x; at least four items, no gaps.

    Returns
    -------
    ndarray, (items, items)
        Symmetric, in (0, 1); the diagonal is 1 by definition.

    References
    ----------
    Hebart, Zheng, Pereira & Baker (2020), doi:10.1038/s41562-020-00951-3.

    Examples
    --------
    >>> import numpy as np
    >>> pair_similarity(np.zeros((4, 2))).round(3)[0].tolist()
    [1.0, 0.333, 0.333, 0.333]
    """
    values = check_features(embedding, "the embedding").values
    products = values @ values.T
    n_items = len(products)
    total = np.zeros_like(products)
    with np.errstate(over="ignore"):  # an infinite rival leaves a probability of 0
        for third in range(n_items):
            other = products[third]
            rivals = np.exp(other[:, None] - products) + np.exp(other[None, :] - products)
            kept = 1 / (1 + rivals)
            kept[third, :] = kept[:, third] = 0
            total += kept
    similarity: NDArray[np.float64] = total / (n_items - 2)
    np.fill_diagonal(similarity, 1.0)
    return similarity
