"""A sweep as a table: what is done, what came of it, what failed and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from humanlike.query.meter import duration
from humanlike.sweep.journal import Entry
from humanlike.sweep.listing import Cell

Row = tuple[Cell, Entry]
WIDEST = 48
FEW = 40
BEST = 10
STATES = ("done", "running", "interrupted", "failed", "waiting")


def lines(rows: Sequence[Row], whole: bool = True) -> list[str]:
    """Return the table.

    Parameters
    ----------
    rows : sequence of (Cell, Entry)
    whole : bool
        Whether to show every row even if there are many; otherwise the best, and all failures.
    """
    shown = sorted(rows, key=_order)
    left_out = 0
    if not whole and len(shown) > FEW:
        kept = [row for n, row in enumerate(shown) if n < BEST or row[1].state == "failed"]
        left_out, shown = len(shown) - len(kept), kept
    width = max((len(cell.label) for cell, _ in shown), default=5)
    width = min(max(width, 5), WIDEST)
    head = f"{'model':<{width}}  {'state':<11} {'asked':>8} {'valid':>7} {'R2':>7} {'RSA':>7} time"
    found = [head, *(_line(cell, entry, width) for cell, entry in shown)]
    if left_out:
        found.append(f"… {left_out:,} more: --status shows all.")
    return [*found, summary(rows)]


def summary(rows: Sequence[Row]) -> str:
    """Return how many are in which state."""
    counts = Counter(str(entry.state) for _, entry in rows)
    parts = ", ".join(f"{counts[state]:,} {state}" for state in STATES if counts[state])
    return f"{len(rows):,} evaluations: {parts}."


def _line(cell: Cell, entry: Entry, width: int) -> str:
    label = cell.label if len(cell.label) <= width else cell.label[: width - 1] + "…"
    scores = entry.scores
    asked, valid = scores.get("asked"), scores.get("valid")
    numbers = [
        f"{asked:,.0f}" if asked else "",
        f"{valid / asked:.1%}" if asked and valid is not None else "",
        *(f"{scores[name]:.3f}" if name in scores else "" for name in ("r2", "rsa")),
    ]
    row = " ".join(f"{text:>{size}}" for text, size in zip(numbers, (8, 7, 7, 7), strict=True))
    last = entry.message or (duration(entry.seconds) if entry.seconds else "")
    return f"{label:<{width}}  {entry.state:<11} {row} {last}".rstrip()


def _order(row: Row) -> tuple[int, float]:
    """Done ones first, the best first, then in the order of the list."""
    _, entry = row
    score = entry.scores.get("r2", entry.scores.get("rsa", -1.0))
    return STATES.index(entry.state), -score if entry.state == "done" else 0.0
