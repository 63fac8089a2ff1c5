"""What can go wrong with the store's file, each as one clear message."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from humanlike.errors import HumanlikeError


class StoreError(HumanlikeError):
    """The store cannot be read or written."""


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn an error of SQLite or the disk into a `StoreError` that says what to do."""
    try:
        yield
    except (sqlite3.Error, OSError) as problem:
        raise StoreError(_message(path, problem)) from problem


def _message(path: Path, problem: Exception) -> str:
    text = str(problem)
    low = text.lower()
    if "full" in low or "no space" in low or getattr(problem, "errno", None) in (28, 122, 27):
        return (
            f"The disk is full: the store {path} could not grow. Everything stored before is safe. "
            "Free some space and give the same command again; it goes on where it stopped."
        )
    if "malformed" in low or "not a database" in low or "corrupt" in low:
        return (
            f"The store {path} is damaged ({text}). Nothing was changed. "
            "'humanlike responses verify --repair' saves all that can be read into a new store and "
            "keeps the damaged file beside it."
        )
    if "locked" in low or "busy" in low:
        return (
            f"Another process has kept the store {path} locked for too long. "
            "End it, or try again when it has finished."
        )
    if "readonly" in low or "read-only" in low or "permission" in low:
        return f"The store {path} cannot be written ({text}). Give yourself the right to write it."
    if "unable to open" in low:
        return (
            f"The store {path} cannot be opened. Check that its folder exists and can be written."
        )
    return f"The store {path} could not be used: {text}."
