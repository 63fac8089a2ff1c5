"""Odd-one-out judgements under a space of dot products (SPoSE), so that people can be scored too.

A row names three items, the odd one last. Of the three pairs the judge has chosen the first two
items as the most similar. With ``s_ab = x_a . x_b``

    p(k is odd in {i, j, k}) = exp(s_ij) / (exp(s_ij) + exp(s_ik) + exp(s_jk))

Zheng, Pereira, Baker & Hebart (2019), Revealing interpretable object representations from human
behavior, ICLR, arXiv:1901.02915, equation 1; Hebart et al. (2020), doi:10.1038/s41562-020-00951-3.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from humanlike.stats.checks import matrix
from humanlike.stats.triplets import check_triplets

Floats = NDArray[np.float64]
BLOCK = 250_000  # judgements worked on at once


def odd_one_out_probabilities(embedding: ArrayLike, triplets: ArrayLike) -> Floats:
    """Return how probable each item of a triplet is as the odd one.

    Parameters
    ----------
    embedding : array_like, shape (n_items, n_dims)
        Points; only their dot products matter.
    triplets : array_like of int, shape (n_triplets, 3)
        Three items a row, numbered from 0.

    Returns
    -------
    ndarray, shape (n_triplets, 3)
        Probabilities in [0, 1] in the order of the columns; each row sums to one.

    Raises
    ------
    HumanlikeError
        If the embedding is no table of finite numbers, or a triplet has another shape, gaps,
        unknown items or an item twice.
    """
    logs: Floats = np.exp(_log_probabilities(embedding, triplets))
    return logs


def odd_one_out_loss(embedding: ArrayLike, triplets: ArrayLike) -> float:
    """Return the mean surprise at the last item of each triplet being the odd one, in nats.

    A judge that knows nothing costs log 3. Parameters and errors as for
    `odd_one_out_probabilities`; the odd item stands last.
    """
    return float(-_log_probabilities(embedding, triplets)[:, 2].mean())


def odd_one_out_score(embedding: ArrayLike, triplets: ArrayLike) -> float:
    """Return the share of triplets whose last item the embedding also finds odd, in [0, 1].

    Items that tie for odd share the point. Parameters and errors as for
    `odd_one_out_probabilities`; the odd item stands last.
    """
    logs = _log_probabilities(embedding, triplets)
    best = logs == logs.max(axis=1, keepdims=True)
    return float((best[:, 2] / best.sum(axis=1)).mean())


def _log_probabilities(embedding: ArrayLike, triplets: ArrayLike) -> Floats:
    """Return log probabilities of each item as the odd one; (n_triplets, 3)."""
    points = matrix(embedding, "the embedding")
    rows = check_triplets(triplets, len(points))
    logs = np.empty(rows.shape)
    for low in range(0, len(rows), BLOCK):
        one, two, three = points[rows[low : low + BLOCK].T]
        dots = [(a * b).sum(axis=1) for a, b in ((two, three), (one, three), (one, two))]
        pairs = np.stack(dots, axis=1)
        pairs -= pairs.max(axis=1, keepdims=True)
        logs[low : low + BLOCK] = pairs - np.log(np.exp(pairs).sum(axis=1, keepdims=True))
    return logs
