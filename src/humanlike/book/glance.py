"""Findings at a glance on prose pages: values as bars, verdicts as a strip, chapters' figures.

All three are made of what the chapters recorded when they were executed; simulated values are
left out.
"""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

from humanlike.book.claims import Finding, totals
from humanlike.book.markdown import escape
from humanlike.errors import HumanlikeError

if TYPE_CHECKING:
    from humanlike.book.blocks import Book

SYMBOLS = {
    "reproduced": "✓",
    "reproduced with a caveat": "≈",
    "contradicted": "✗",
    "inconsistent within the paper": "⇄",
    "not testable": "?",
    "not run": "–",
}


def bars(book: Book, body: str) -> str:
    """Draw recorded values as bars from zero, with whiskers where an interval was recorded.

    Each line of the block is ``label: chapter/key``; a line ``scale: low high`` sets the ends,
    numbers or recorded values, else 0 and 1.

    Raises
    ------
    HumanlikeError
        If a line is something else, or names a value that does not exist.
    """
    low, high, rows = 0.0, 1.0, []
    for line in filter(None, map(str.strip, body.splitlines())):
        label, colon, reference = (part.strip() for part in line.rpartition(": "))
        if not colon:
            raise HumanlikeError(f"a bar is 'label: chapter/key', not '{line}'.")
        if label == "scale":
            low, high = _ends(book, reference)
        else:
            rows.append((label, reference))
    drawn = "".join(_bar(book, label, reference, low, high) for label, reference in rows)
    return _raw(f'<dl class="hl-bars">{drawn}</dl>')


def _ends(book: Book, text: str) -> tuple[float, float]:
    try:
        low, high = (float(_recorded(book, end) if "/" in end else end) for end in text.split())
    except ValueError:
        low = high = 0.0
    if not low <= 0 < high:
        raise HumanlikeError(f"a scale is two numbers around zero, such as '0 1', not '{text}'.")
    return low, high


def _recorded(book: Book, reference: str) -> Any:
    chapter, _, key = reference.partition("/")
    entry = book.values.lookup(chapter, key)
    return 1.0 if entry is None else entry["value"]


def _bar(book: Book, label: str, reference: str, low: float, high: float) -> str:
    chapter = reference.partition("/")[0]
    shown = book.values.fill(f"{{value}}`{reference}`", "a bar")
    entry = book.values.lookup(chapter, reference.partition("/")[2])
    real = entry is not None and book.values.executions[chapter].real
    name = f"<dt>{html.escape(label)}</dt>"
    if entry is None or not real:
        return f"<div>{name}<dd>{html.escape(shown)}</dd></div>"
    if isinstance(entry["value"], str | bool):
        raise HumanlikeError(f"'{reference}' is no number and has no bar.")

    def place(value: float) -> float:
        return round(100 * (min(max(value, low), high) - low) / (high - low), 2)

    zero, end = place(0), place(entry["value"])
    marks = f'<i class="hl-bar" style="left:{min(zero, end)}%;width:{abs(end - zero):.2f}%"></i>'
    if "interval" in entry:
        first, last = map(place, entry["interval"])
        marks += f'<i class="hl-whisker" style="left:{first}%;width:{last - first:.2f}%"></i>'
    track = f'<span class="hl-track" aria-hidden="true">{marks}</span>'
    return f"<div>{name}<dd>{track}<b>{html.escape(shown)}</b></dd></div>"


def verdicts(book: Book, body: str) -> str:
    """Draw the ledger's verdicts as one strip for each paper, with a legend that has the counts."""
    del body
    strips = "".join(
        _strip(f"Paper {paper}", [f for f in book.findings if f.claim.paper == paper])
        for paper in ("A", "B")
    )
    every = totals(book.findings)
    legend = "".join(
        f'<li><i class="hl-v{n}" aria-hidden="true">{SYMBOLS[verdict]}</i> '
        f"<b>{every[verdict]}</b> {html.escape(verdict)}</li>"
        for n, verdict in enumerate(SYMBOLS)
        if every[verdict]
    )
    return _raw(f'<div class="hl-verdicts">{strips}<ul>{legend}</ul></div>')


def _strip(title: str, findings: list[Finding]) -> str:
    counts = {verdict: n for verdict, n in totals(findings).items() if n}
    told = ", ".join(f"{n} {verdict}" for verdict, n in counts.items()) or "no claims"
    order = list(SYMBOLS)
    parts = "".join(
        f'<i class="hl-v{order.index(verdict)}" style="flex-grow:{n}" '
        f'title="{n} {html.escape(verdict)}">{n}</i>'
        for verdict, n in counts.items()
    )
    words = html.escape(f"{title}, {len(findings)} claims: {told}")
    strip = f'<div class="hl-strip" role="img" aria-label="{words}">{parts}</div>'
    return f"<div><span>{title}</span>{strip}</div>"


def picture(book: Book, body: str) -> str:
    """Show a chapter's figure once more, with its alternative text and a link to the original.

    The block holds one line, ``chapter fig-label``.

    Raises
    ------
    HumanlikeError
        If there is no such chapter, or it was executed and has no such figure.
    """
    name, _, label = body.strip().partition(" ")
    if name not in book.values.chapters:
        raise HumanlikeError(f"'{name}' is not a chapter; a picture is 'chapter fig-label'.")
    chapter = book.values.chapters[name]
    execution = book.values.executions.get(name)
    if execution is None or not execution.real:
        return f"*The figure is missing: chapter {escape(name)} was not executed on real data.*"
    found = book.picture(name, label)
    if found is None:
        raise HumanlikeError(f"chapter {name} has no figure '{label}'.")
    svg, alt = found
    file = book.stage / "book" / "pictures" / f"{label}.svg"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(svg, encoding="utf-8")
    return "\n".join(
        [
            f"```{{image}} /book/pictures/{label}.svg",
            f":alt: {' '.join(alt.split())}",
            ":class: hl-picture",
            ":loading: lazy",
            "```",
            "",
            f"{{numref}}`{label}` of {{doc}}`/{chapter.docname}`",
        ]
    )


def _raw(markup: str) -> str:
    return f"```{{raw}} html\n{markup}\n```"
