"""Tables for pages: escaped, captioned, sortable and searchable in the browser."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from humanlike.errors import HumanlikeError, unknown

if TYPE_CHECKING:
    import pandas as pd

_ZERO = re.compile(r"-0(\.0*)?%?")
"""What rounding leaves of a small negative number."""


def to_html(
    frame: pd.DataFrame,
    *,
    caption: str,
    formats: Mapping[str, str | Callable[[Any], str]] | None = None,
    search: bool = False,
    filters: Sequence[str] = (),
) -> str:
    """Render a table as accessible HTML; every text is escaped.

    The page's script makes columns sortable and adds the search box and the filters; without the
    script the plain table stays readable.

    Parameters
    ----------
    frame : pandas.DataFrame
        Rows in the order to show; the index is not shown.
    caption : str
        What the table holds.
    formats : mapping of str to str or callable, optional
        For a column, a format specification such as ``".3f"`` or a function of the value.
    search : bool
        Whether the page offers a search box for the rows.
    filters : sequence of str
        Columns for which the page offers a choice of values.

    Returns
    -------
    str
        One ``<table>`` element.

    Raises
    ------
    HumanlikeError
        If a format or filter names a column that does not exist.
    """
    formats = formats or {}
    names = [str(column) for column in frame.columns]
    for name in (*formats, *filters):
        if name not in names:
            raise HumanlikeError(unknown("column", name, names))
    numeric = {name for name, kind in zip(names, frame.dtypes, strict=True) if kind.kind in "iuf"}
    head = "".join(
        f'<th scope="col"{_class(name in numeric)}'
        f"{' data-filter' if name in filters else ''}>{html.escape(name)}</th>"
        for name in names
    )
    rows = []
    for row in frame.itertuples(index=False, name=None):
        cells = (
            f"<td{_class(name in numeric)}>{html.escape(_format(value, formats.get(name)))}</td>"
            for name, value in zip(names, row, strict=True)
        )
        rows.append(f"<tr>{''.join(cells)}</tr>")
    kind = "table hl-table hl-search" if search else "table hl-table"
    return (
        f'<table class="{kind}"><caption>{html.escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )


def _class(numeric: bool) -> str:
    return ' class="hl-number"' if numeric else ""


def _format(value: Any, how: str | Callable[[Any], str] | None) -> str:
    import pandas as pd

    if pd.api.types.is_scalar(value) and pd.isna(value):
        return "–"
    if callable(how):
        return how(value)
    if how:
        return typeset(format(value, how))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return typeset(str(value)) if isinstance(value, int | float) else str(value)


def typeset(number: str) -> str:
    """Return a formatted number as it is printed: −0.5, 0.0 without a sign, 12 % unbroken."""
    if _ZERO.fullmatch(number):
        number = number.lstrip("+-")
    return number.replace("-", "−").replace("%", "\u00a0%")
