"""The standard errors of Paper B's joint regression: all its text at hand still shows of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from humanlike.data.typed_table import Schema, check_unique, problem, read_table
from humanlike.paths import project_root

if TYPE_CHECKING:
    import pandas as pd

N_ERRORS: Final = 4
_SCHEMA: Final[Schema] = {"ingredient": "text", "standard_error": "number"}


def load_errors(path: Path | None = None) -> pd.DataFrame:
    """Load the printed standard errors.

    Parameters
    ----------
    path : Path, optional
        Another file with the same columns.

    Returns
    -------
    DataFrame
        4 rows: ``ingredient`` (a column of `humanlike.data.published.load_ingredients`) and
        ``standard_error`` (of its effect on R²).

    Raises
    ------
    HumanlikeError
        If rows are missing, an ingredient occurs twice, or an error is not above 0.
    """
    path = path or project_root() / "data" / "published" / "paper_b_errors.csv"
    frame = read_table(path, _SCHEMA, N_ERRORS)
    check_unique(frame, ["ingredient"], path)
    for row in frame[~(frame["standard_error"] > 0)].itertuples():
        raise problem(path, f"{row.ingredient}: a standard error should be above 0")
    return frame
