"""Read a table the project holds: text first, then each column with its type, strictly."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from humanlike.errors import HumanlikeError

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["text", "whole", "number", "flag", "month"]
Schema = dict[str, Kind]

_EXPECTED: Final[dict[Kind, str]] = {
    "whole": "a whole number",
    "number": "a number or nothing",
    "flag": "0 or 1",
    "month": "a month such as 2024-09",
}


def problem(path: Path, what: str) -> HumanlikeError:
    return HumanlikeError(f"{path.name}: {what}. Restore or correct the file: {path}")


def listed(names: Iterable[object]) -> str:
    return ", ".join(sorted(str(name) for name in names)) or "none"


def read_table(path: Path, schema: Schema, rows: int) -> pd.DataFrame:
    """Read a table as text, then give every column its type."""
    import pandas as pd

    if not path.is_file():
        raise HumanlikeError(f"There is no table {path}. It is part of the project: restore it.")
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    except (ValueError, pd.errors.ParserError) as error:
        raise problem(path, f"not a table of comma-separated UTF-8 text ({error})") from error
    missing, extra = set(schema) - set(frame.columns), set(frame.columns) - set(schema)
    if missing or extra:
        raise problem(path, f"columns missing: {listed(missing)}; not expected: {listed(extra)}")
    if len(frame) != rows:
        raise problem(path, f"expected {rows} rows, found {len(frame)}")
    return frame.assign(**{name: typed(frame[name], kind, path) for name, kind in schema.items()})


def typed(column: pd.Series[str], kind: Kind, path: Path) -> pd.Series[Any]:
    """Convert a column of text; the first cell that cannot be converted is an error."""
    import pandas as pd

    if kind == "text":
        return column
    values: pd.Series[Any]
    if kind == "flag":
        values = column.map({"1": True, "0": False})
    elif kind == "month":
        values = pd.to_datetime(column, format="%Y-%m", errors="coerce")
    else:
        pattern = r"\d+" if kind == "whole" else r"-?\d+(?:\.\d+)?"
        values = pd.to_numeric(column.where(column.str.fullmatch(pattern)), errors="coerce")
    bad = values.isna() & ((column != "") | (kind != "number"))
    if bad.any():
        row = int(bad.to_numpy().argmax())
        where = f"row {row + 1}, column {column.name}"
        raise problem(path, f"{where}: expected {_EXPECTED[kind]}, got '{column.iloc[row]}'")
    if kind == "month":
        return values
    return values.astype(bool if kind == "flag" else "int64" if kind == "whole" else "float64")


def check_unique(frame: pd.DataFrame, columns: list[str], path: Path) -> None:
    twice = frame.loc[frame.duplicated(columns), columns]
    if len(twice):
        names = " / ".join(str(value) for value in twice.iloc[0])
        raise problem(path, f"{' and '.join(columns)} should be unique, but {names} occurs twice")


def parts(frame: pd.DataFrame, column: str, pattern: str, path: Path) -> pd.DataFrame:
    """Take a column's cells apart; empty cells give missing parts, any other misfit is an error."""
    found = frame[column].str.extract(f"^{pattern}$")
    bad = frame.index[found[0].isna() & (frame[column] != "")]
    if len(bad):
        raise problem(
            path, f"row {bad[0] + 1}, column {column}: cannot read '{frame[column].iloc[bad[0]]}'"
        )
    return found
