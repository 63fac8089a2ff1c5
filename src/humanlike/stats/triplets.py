"""Checks and preparation of triplet judgements before a space is fitted to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from humanlike.errors import HumanlikeError

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
TABLE = 16_000_000  # most pairs of items for which a table is faster than sorting


def check_triplets(triplets: ArrayLike, n_items: int) -> Integers:
    """Return triplets as whole numbers.

    Parameters
    ----------
    triplets : array_like of int, shape (n_triplets, 3)
        Anchor, item judged nearer to it, item judged farther; numbers of items from 0.
    n_items : int
        How many items there are.

    Returns
    -------
    ndarray of int, shape (n_triplets, 3)

    Raises
    ------
    HumanlikeError
        If the shape is another, a value is missing or no whole number, an item is unknown, or a
        triplet names an item twice.
    """
    raw = np.asarray(triplets)
    if raw.ndim != 2 or raw.shape[1] != 3 or not len(raw):
        raise HumanlikeError(
            f"Expected triplets in the shape (n_triplets, 3), but {raw.shape} came. "
            "Give one row (anchor, nearer, farther) per judgement."
        )
    if raw.dtype.kind not in "iu":
        raw = _whole(raw)
    rows = raw.astype(np.int64)
    _refuse((rows < 0) | (rows >= n_items), rows, f"an item outside 0 to {n_items - 1}")
    twice = rows == np.roll(rows, 1, axis=1)
    _refuse(twice, rows, "the same item twice")
    return rows


def _whole(raw: NDArray[Any]) -> NDArray[Any]:
    """Check that numbers of another type are whole."""
    try:
        values = raw.astype(np.float64)
    except (TypeError, ValueError):
        raise HumanlikeError(
            f"Expected numbers of items in the triplets, but values like '{raw.flat[0]}' came. "
            "Give the place of each item in the list of items, from 0."
        ) from None
    gaps = int((~np.isfinite(values)).any(axis=1).sum())
    if gaps:
        raise HumanlikeError(
            f"Expected triplets without gaps, but {gaps} of {len(values)} miss a value. "
            "Leave out judgements without a valid answer."
        )
    _refuse(values != np.round(values), values, "a number that is not whole")
    return values


def _refuse(wrong: NDArray[np.bool_], rows: NDArray[Any], what: str) -> None:
    bad = np.flatnonzero(wrong.any(axis=1))
    if bad.size:
        shown = ", ".join(f"{value:g}" for value in rows[bad[0]])
        raise HumanlikeError(
            f"{bad.size} of {len(rows)} triplets hold {what}; the first is row {bad[0]} ({shown})."
        )


def check_design(rows: Integers, n_items: int, n_dims: int) -> None:
    """Check that triplets can determine a space.

    Parameters
    ----------
    rows : ndarray of int, shape (n_triplets, 3)
        From `check_triplets`.
    n_items, n_dims : int
        Size of the space.

    Raises
    ------
    HumanlikeError
        If the items fall into parts that no triplet connects, or there are fewer triplets than
        free coordinates.
    """
    if not len(rows):
        raise HumanlikeError(
            "There is no judgement to train on: all are held out or have no weight. Hold out fewer."
        )
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    first, second = np.concatenate([rows[:, :2], rows[:, ::2]]).T
    graph = coo_array((np.ones(first.size), (first, second)), (n_items, n_items))
    parts, part = connected_components(graph, directed=False)
    if parts > 1:
        alone = np.flatnonzero(part != np.bincount(part).argmax())
        shown = ", ".join(map(str, alone[:5])) + (", …" if alone.size > 5 else "")
        raise HumanlikeError(
            f"The triplets connect the {n_items} items into {parts} separate parts; no judgement "
            f"links these {alone.size} with the rest: {shown}. Add judgements on them or drop them."
        )
    free = free_coordinates(n_items, n_dims)
    if len(rows) < free:
        raise HumanlikeError(
            f"{len(rows):,} triplets cannot determine {free:,} free coordinates of {n_items} items "
            f"in {n_dims} dimensions. Ask more, or fit fewer dimensions (allow_few=True insists)."
        )


def free_coordinates(n_items: int, n_dims: int) -> int:
    """Return the coordinates that remain when shifts and rotations make no difference.

    Parameters
    ----------
    n_items, n_dims : int
        Size of the space.
    """
    used = min(n_dims, n_items - 1)
    return n_items * used - used - used * (used - 1) // 2


def split(rows: Integers, n_items: int, share: float, seed: int) -> NDArray[np.bool_]:
    """Choose triplets to hold out; all judgements of one question stay together.

    Parameters
    ----------
    rows : ndarray of int, shape (n_triplets, 3)
    n_items : int
    share : float
        Share of the questions to hold out, in [0, 1).
    seed : int

    Returns
    -------
    ndarray of bool, shape (n_triplets,)
    """
    low, high = rows[:, 1:].min(axis=1), rows[:, 1:].max(axis=1)
    _, question = np.unique((rows[:, 0] * n_items + low) * n_items + high, return_inverse=True)
    n_questions = int(question.max()) + 1
    order = np.random.default_rng([seed, 1]).permutation(n_questions)
    chosen = np.zeros(n_questions, bool)
    chosen[order[: round(share * n_questions)]] = True
    return chosen[question]


@dataclass(frozen=True)
class Problem:
    """Triplets as the compiled loops take them.

    Attributes
    ----------
    pairs : ndarray of int, shape (2, n_pairs)
        Every pair of items that occurs, each once.
    train, test : ndarray of int, shape (2, n_triplets)
        Number of the pair anchor and nearer, and of the pair anchor and farther item.
    weights, test_weights : ndarray, shape (n_triplets,)
        Each sums to one.
    """

    pairs: NDArray[np.int32]
    train: NDArray[np.int32]
    weights: Floats
    test: NDArray[np.int32]
    test_weights: Floats


def prepare(rows: Integers, n_items: int, weights: Floats, held_out: NDArray[np.bool_]) -> Problem:
    """Number the pairs of items and part the triplets; those without weight are dropped.

    Parameters
    ----------
    rows : ndarray of int, shape (n_triplets, 3)
        From `check_triplets`.
    n_items : int
        How many items there are.
    weights : ndarray, shape (n_triplets,)
        Weight of each judgement, at least 0.
    held_out : ndarray of bool, shape (n_triplets,)
        Which ones are held out.
    """
    kept = np.flatnonzero(weights > 0)
    kept = kept[np.argsort(held_out[kept] * n_items + rows[kept, 0], kind="stable")]
    rows, weights, held_out = rows[kept], weights[kept], held_out[kept]
    low, high = np.minimum(rows[:, :1], rows[:, 1:]), np.maximum(rows[:, :1], rows[:, 1:])
    codes, number = _numbered(np.ascontiguousarray((low * n_items + high).T), n_items)
    pairs = np.stack(np.divmod(codes, n_items)).astype(np.int32)
    border = int((~held_out).sum())
    return Problem(
        pairs,
        np.ascontiguousarray(number[:, :border]),
        weights[:border] / weights[:border].sum(),
        np.ascontiguousarray(number[:, border:]),
        weights[border:] / max(weights[border:].sum(), 1e-300),
    )


def _numbered(codes: Integers, n_items: int) -> tuple[Integers, NDArray[np.int32]]:
    """Return the codes that occur, ascending, and the place of each code among them."""
    if n_items**2 > TABLE:
        found, number = np.unique(codes, return_inverse=True)
        return found, number.reshape(codes.shape).astype(np.int32)
    occurs = np.zeros(n_items**2, bool)
    occurs[codes] = True
    return np.flatnonzero(occurs), (np.cumsum(occurs, dtype=np.int32) - 1)[codes]
