"""What a check found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "note", "warning", "problem"]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes
    ----------
    check : str
        What was looked at, in a word or two.
    state : {"ok", "note", "warning", "problem"}
        ``note``: something optional is not there. ``warning``: it works, but less or otherwise than
        it could. ``problem``: something that is needed is broken.
    message : str
        What was found.
    fix : str
        What to do about it; empty where there is nothing to do.
    """

    check: str
    state: State
    message: str
    fix: str = ""


def size(count: float) -> str:
    """Return a number of bytes as people write it."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"
