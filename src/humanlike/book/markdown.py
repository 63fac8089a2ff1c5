"""Small pieces of MyST markdown, with everything in them escaped."""

from __future__ import annotations

import re
from collections.abc import Sequence

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|$#~@^&])")


def escape(text: str) -> str:
    """Return a text that markdown shows as it is, on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(str(text).split()))


def code(text: str) -> str:
    """Return a text on one line as inline code, whatever backticks it holds."""
    ticks = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    pad = " " if "`" in text else ""
    return f"{ticks}{pad}{' '.join(text.split())}{pad}{ticks}"


def table(
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    caption: str = "",
    name: str = "",
    classes: str = "",
) -> str:
    """Return a table directive; cells are markdown and must be escaped by the caller.

    Parameters
    ----------
    head : sequence of str
        Column headings.
    rows : sequence of sequence of str
        Cells of each row.
    caption, name, classes : str
        Caption, label for references and CSS classes, each optional.
    """
    options = [f":class: {classes}"] if classes else []
    options += [f":name: {name}"] if name else []
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    lines += [f"| {' | '.join(cells)} |" for cells in rows]
    if not (caption or options):
        return "\n".join(lines)
    return "\n".join([f":::{{table}} {caption}".rstrip(), *options, "", *lines, ":::"])
