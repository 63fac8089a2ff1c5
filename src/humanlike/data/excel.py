"""Read published workbooks strictly: no guessing of missing values, no unnamed failures."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from python_calamine import CalamineError

from humanlike.errors import HumanlikeError

SHOWN = 5


def read_excel(path: Path) -> pd.DataFrame:
    """Read the first sheet of a workbook; only empty cells count as missing.

    By default pandas would also take words such as ``null`` or ``NA`` for missing values. A
    workbook that was read in this process, and has not changed, is not parsed again.

    Raises
    ------
    HumanlikeError
        If the file is not a workbook.
    """
    stat = path.stat()
    return _read(str(path), stat.st_size, stat.st_mtime_ns).copy()


@lru_cache(maxsize=128)
def _read(path: str, _size: int, _mtime: int) -> pd.DataFrame:
    try:
        return pd.read_excel(path, engine="calamine", keep_default_na=False, na_values=[""])
    except (CalamineError, ValueError, KeyError) as problem:
        raise HumanlikeError(f"{path} is not a readable Excel workbook ({problem}).") from problem


def need_columns(table: pd.DataFrame, columns: Iterable[str], what: str) -> None:
    """Refuse a table that lacks columns, and name them."""
    absent = [column for column in columns if column not in table.columns]
    if absent:
        found = ", ".join(map(str, table.columns[:SHOWN]))
        raise HumanlikeError(
            f"{what}: {len(absent)} columns are missing: {', '.join(absent)}. "
            f"The table has {len(table.columns)} columns, starting with {found or 'none'}."
        )


def need_rows(table: pd.DataFrame, expected: int | None, what: str) -> None:
    """Refuse a table that has another number of rows than expected; None expects nothing."""
    if expected is not None and len(table) != expected:
        raise HumanlikeError(f"{what}: expected {expected:,} rows, found {len(table):,}.")


def need_unique(values: pd.Series[Any], what: str) -> None:
    """Refuse empty or repeated labels, and name them."""
    empty = np.flatnonzero(values.isna().to_numpy())
    if len(empty):
        raise HumanlikeError(f"{what}: {len(empty)} labels are empty, first in row {empty[0] + 2}.")
    repeated = values[values.duplicated()].unique()
    if len(repeated):
        named = ", ".join(map(str, repeated[:SHOWN]))
        raise HumanlikeError(f"{what}: {len(repeated)} labels appear twice or more: {named}.")


def numbers(
    values: pd.Series[Any], labels: pd.Series[Any], low: float, high: float, what: str
) -> pd.Series[float]:
    """Return a column as floats, NaN where empty, refusing text and values outside a range.

    Parameters
    ----------
    values : Series
        The column.
    labels : Series
        The word of each row, for the message.
    low, high : float
        The allowed range, ends included.
    what : str
        What the column is, for the message.

    Raises
    ------
    HumanlikeError
        Naming the first words with such a value.
    """
    result = pd.to_numeric(values, errors="coerce").astype(float)
    text = result.isna() & values.notna()
    outside = (result < low) | (result > high)
    for wrong, problem in ((text, "not a number"), (outside, f"outside {low:g} to {high:g}")):
        if wrong.any():
            cells = [f"{labels[row]}: {values[row]}" for row in values.index[wrong][:SHOWN]]
            raise HumanlikeError(
                f"{what}: {wrong.sum()} values are {problem} ({'; '.join(cells)})."
            )
    return result
