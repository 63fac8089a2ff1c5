"""Work through requests in batches of like length, and in smaller ones when memory runs out."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from humanlike.models.hf.identity import out_of_memory

T = TypeVar("T")
R = TypeVar("R")
MAX_WASTE = 0.1


@dataclass
class Work:
    """What has been computed, and the most tokens of a batch from here on.

    Attributes
    ----------
    budget : int
        Most tokens of a batch, padding included; a single longer prompt is a batch of its own.
    prompts, batches : int
        How many were computed.
    tokens : int
        Tokens of the prompts that were read, those of a shared beginning not counted.
    padding : int
        Places filled with nothing.
    halvings : int
        How often memory ran out.
    """

    budget: int
    prompts: int = 0
    batches: int = 0
    tokens: int = 0
    padding: int = 0
    halvings: int = 0

    @property
    def waste(self) -> float:
        """Share of all places that was padding, 0 to 1."""
        return self.padding / max(self.tokens + self.padding, 1)


def take(lengths: Sequence[int], budget: int, max_waste: float) -> int:
    """Return how many of the first texts make the next batch.

    Parameters
    ----------
    lengths : sequence of int
        Lengths in tokens, longest first.
    budget : int
        Most tokens of the batch, padding included.
    max_waste : float
        Largest share of padding, 0 to 1; 0 allows texts of equal length only.
    """
    width, real = lengths[0], 0
    for count, length in enumerate(lengths):
        real += length
        places = width * (count + 1)
        if count and (places > budget or places - real > max_waste * places):
            return count
    return len(lengths)


def in_batches(
    items: Sequence[T],
    length: Callable[[T], int],
    compute: Callable[[list[T]], list[R]],
    work: Work,
    max_waste: float = MAX_WASTE,
) -> Iterator[tuple[list[T], list[R] | None]]:
    """Compute all items, the longest first.

    When memory runs out the budget is halved, for good, and the same items are tried again.

    Yields
    ------
    list of items, list of results or None
        None for a single item that memory does not suffice for.
    """
    left = sorted(items, key=length, reverse=True)
    while left:
        lengths = [length(item) for item in left]
        count = take(lengths, work.budget, max_waste)
        results = _tried(compute, left[:count])
        if results is None and count > 1:
            work.halvings += 1
            work.budget = max(1, lengths[0] * count // 2)
            continue
        if results is not None:
            real = sum(lengths[:count])
            work.prompts += count
            work.batches += 1
            work.tokens += real
            work.padding += lengths[0] * count - real
        yield left[:count], results
        left = left[count:]


def _tried(compute: Callable[[list[T]], list[R]], items: list[T]) -> list[R] | None:
    """Return the results, or None if memory ran out; what was held is given back first."""
    try:
        return compute(items)
    except (RuntimeError, MemoryError) as problem:
        if not out_of_memory(problem):
            raise
    release()
    return None


def release() -> None:
    """Give back the memory that nothing uses any more."""
    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
