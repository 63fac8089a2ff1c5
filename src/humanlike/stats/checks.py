"""Checks that several statistics share: tables of numbers of the same shape, whole numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from humanlike.errors import HumanlikeError
from humanlike.parallel import cores

Floats = NDArray[np.float64]


def matrix(values: ArrayLike, what: str, like: Floats | None = None) -> Floats:
    """Return values as a table of finite numbers.

    Parameters
    ----------
    values : array_like, shape (items, dimensions)
        The table.
    what : str
        How errors call it.
    like : ndarray, shape (items, dimensions), optional
        A table whose shape it must have.

    Raises
    ------
    HumanlikeError
        If it is no such table, has another shape, or holds NaN or infinity.
    """
    table = np.asarray(values, np.float64)
    if table.ndim != 2 or 0 in table.shape:
        raise HumanlikeError(
            f"Expected {what} as a table (items, dimensions), but its shape is {table.shape}. "
            "Give one row per item."
        )
    if like is not None and table.shape != like.shape:
        raise HumanlikeError(
            f"Expected {what} in the shape {like.shape} of the table it is compared with, but it "
            f"is {table.shape}. Keep the items and dimensions that both have, in the same order."
        )
    missing = int((~np.isfinite(table)).any(axis=1).sum())
    if missing:
        raise HumanlikeError(
            f"Expected {what} without gaps, but {missing} of {len(table)} items miss a value. "
            "Drop these items from every table."
        )
    return table


def vector(values: ArrayLike, what: str, smallest: int) -> Floats:
    """Return values as finite numbers in one row, at least ``smallest`` of them.

    Parameters
    ----------
    values : array_like, shape (items,)
        The numbers.
    what : str
        How errors call them.
    smallest : int
        How many there must be.

    Raises
    ------
    HumanlikeError
        If they are fewer, not in one row, or not finite.
    """
    row = np.asarray(values, np.float64)
    if row.ndim != 1 or row.size < smallest or not np.isfinite(row).all():
        raise HumanlikeError(
            f"Expected {what} as at least {smallest} finite numbers in one row, but a shape of "
            f"{row.shape} with {int((~np.isfinite(row)).sum())} missing came. Drop items with "
            "missing values, or add items."
        )
    return row


def whole(name: str, value: int, smallest: int) -> None:
    """Check a count.

    Parameters
    ----------
    name : str
        How errors call it.
    value : int
        The count.
    smallest : int
        The least that is allowed.

    Raises
    ------
    HumanlikeError
        If it is no whole number or too small.
    """
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < smallest:
        raise HumanlikeError(
            f"Expected {name} as a whole number of at least {smallest}, but {value!r} came."
        )


def threads(n_jobs: int) -> int:
    """Resolve a number of threads.

    Parameters
    ----------
    n_jobs : int
        At least 1, or -1 for every core.

    Raises
    ------
    HumanlikeError
        If it is neither -1 nor a whole number above zero.
    """
    if n_jobs == -1:
        return cores()
    whole("n_jobs", n_jobs, 1)
    return n_jobs
