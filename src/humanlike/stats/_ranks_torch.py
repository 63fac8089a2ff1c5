"""Weighted rank correlations of RDMs on any device PyTorch knows, the same numbers as on the CPU.

Pairs are grouped by distance once. A resample gives each pair a weight; the weights of the groups,
summed in order, give the mid-ranks, and three weighted sums give the correlation. Weights and their
sums are integers, so ranks are exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from humanlike.errors import HumanlikeError

Floats = NDArray[np.float64]
PAIRS_PER_BLOCK = 16_000_000  # pairs times resamples held at once: about 128 MB a tensor


def open_device(name: str) -> Any:
    """Return the device PyTorch calls by this name.

    Raises
    ------
    HumanlikeError
        If PyTorch does not know it or cannot reach it.
    """
    import torch

    try:
        device = torch.device(name)
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError) as problem:
        reason = str(problem).splitlines()[0]
        raise HumanlikeError(
            f"The device '{name}' cannot be used here ({reason}). Leave it out to use the CPU."
        ) from None
    return device


def weighted_spearman(
    human: Floats, models: Sequence[Floats], multiplicities: NDArray[np.integer[Any]], device: str
) -> Floats:
    """Correlate a human RDM with model RDMs in every resample of the items.

    Parameters
    ----------
    human : ndarray, (pairs,) or (pairs + items,)
        Condensed distances; with self pairs, followed by each item's distance to itself.
    models : sequence of ndarray
        The same for each model.
    multiplicities : ndarray, (resamples, items)
        How often each item occurs in each resample.
    device : str
        Name of a PyTorch device, such as ``"cuda"``.

    Returns
    -------
    ndarray, (resamples, models)
        Spearman's rho; NaN where a resample leaves an RDM without two different distances.

    Raises
    ------
    HumanlikeError
        If the device cannot be used.
    """
    import torch

    place = open_device(device)
    counts = torch.as_tensor(np.ascontiguousarray(multiplicities, np.int64), device=place)
    n_resamples, n_items = counts.shape
    block = max(1, PAIRS_PER_BLOCK // len(human))
    result = np.empty((n_resamples, len(models)))
    for column, model in enumerate(models):
        known = ~(np.isnan(human) | np.isnan(model))
        groups = [_groups(part[known], place) for part in (human, model)]
        where = torch.as_tensor(np.flatnonzero(known), device=place)
        for low in range(0, n_resamples, block):
            weights = _weights(counts[low : low + block], n_items, len(human))[:, where]
            rho = _correlate(weights, *groups)
            result[low : low + block, column] = rho.cpu().numpy()
    return result


def _groups(distances: Floats, place: Any) -> Any:
    """Number the distances in ascending order, equal ones alike."""
    import torch

    values = torch.as_tensor(distances, device=place)
    return torch.unique(values, return_inverse=True)[1]


def _weights(counts: Any, n_items: int, n_pairs: int) -> Any:
    """Return how often each pair occurs, self pairs last if there are any; (resamples, pairs)."""
    import torch

    first, second = torch.triu_indices(n_items, n_items, 1, device=counts.device)
    weights = counts[:, first] * counts[:, second]
    if n_pairs > weights.shape[1]:
        weights = torch.cat([weights, counts * (counts - 1) // 2], dim=1)
    return weights


def _correlate(weights: Any, human: Any, model: Any) -> Any:
    one, two = (_centred_ranks(weights, groups) for groups in (human, model))
    weights = weights.double()
    cross = (weights * one * two).sum(dim=1)
    spread = (weights * one * one).sum(dim=1) * (weights * two * two).sum(dim=1)
    return cross / spread.sqrt().where(spread > 0, float("nan"))


def _centred_ranks(weights: Any, groups: Any) -> Any:
    """Return weighted mid-ranks minus their mean; (resamples, pairs)."""
    import torch

    shape = (weights.shape[0], int(groups.max()) + 1)
    sums = torch.zeros(shape, dtype=torch.int64, device=weights.device)
    sums.index_add_(1, groups, weights)
    upto = sums.cumsum(dim=1)
    doubled = 2 * upto - sums - upto[:, -1:]
    return doubled[:, groups].double() / 2
