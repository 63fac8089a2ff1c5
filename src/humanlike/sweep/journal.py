"""What came of each cell of a sweep: a line whenever something is known, the last one counts."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from humanlike.errors import HumanlikeError
from humanlike.paths import home
from humanlike.store.store import is_alive

State = Literal["waiting", "running", "done", "failed", "interrupted"]


@dataclass(frozen=True)
class Entry:
    """What is known of a cell.

    Attributes
    ----------
    cell : str
        Its id.
    state : {"waiting", "running", "done", "failed", "interrupted"}
    at : float
        Since when, in seconds since 1970 (UTC).
    host : str
        Machine that worked on it.
    pid : int
        Process that does.
    seconds : float
        How long it took.
    message : str
        Why it failed, or what else must be said.
    evaluation : str
        Id of its evaluation.
    scores : dict of str to float
        Asked, valid and the main measures, for the table.
    simulated : bool
        Whether simulated data took the place of real ones that could not be had.
    """

    cell: str
    state: State = "waiting"
    at: float = 0.0
    host: str = ""
    pid: int = 0
    seconds: float = 0.0
    message: str = ""
    evaluation: str = ""
    scores: dict[str, float] = field(default_factory=dict)
    simulated: bool = False


class Journal:
    """The journal of a sweep, in a file under the user's own folder.

    Parameters
    ----------
    file : Path
        The journal.

    Notes
    -----
    A line is appended in one go, by the sweep or a worker on its machine; a torn last line, as a
    killed machine leaves it, is not read.
    """

    def __init__(self, file: Path) -> None:
        self.file = file

    def alone(self) -> AbstractContextManager[Any]:
        """Let one sweep at a time work with it.

        Raises
        ------
        HumanlikeError
            If another one does.
        """
        from filelock import FileLock, Timeout

        self.file.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.file.with_suffix(".lock"))
        try:
            return lock.acquire(timeout=0.2)
        except Timeout:
            raise HumanlikeError(
                f"This sweep, or that of another list named {self.file.stem}, is going on already "
                f"({self.file} is locked). --status shows how far it is."
            ) from None

    def note(self, entry: Entry) -> None:
        """Add what is known now."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        line = json.dumps(asdict(entry), ensure_ascii=False) + "\n"
        handle = os.open(self.file, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            size = os.fstat(handle).st_size
            torn = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
            os.write(handle, ("\n" * torn + line).encode("utf-8", "replace"))
        finally:
            os.close(handle)

    def read(self, cells: Iterable[str]) -> dict[str, Entry]:
        """Return what is known of these cells, each by its id; of most nothing may be known."""
        found = {cell: Entry(cell) for cell in cells}
        try:
            with self.file.open(encoding="utf-8", errors="replace") as lines:
                for line in lines:
                    entry = _entry(line)
                    if entry is not None and entry.cell in found:
                        found[entry.cell] = entry
        except FileNotFoundError:
            return found
        return {cell: _now(entry) for cell, entry in found.items()}


def journal_of(listing: Path) -> Journal:
    """Return the journal of the sweep that a file lists; it goes by the file's name."""
    return Journal(home() / "sweeps" / f"{listing.stem}.jsonl")


def started(cell: str) -> Entry:
    """Return the entry that says that this process works on a cell."""
    return Entry(cell, "running", time.time(), platform.node(), os.getpid())


def _entry(line: str) -> Entry | None:
    try:
        return Entry(**json.loads(line))
    except (ValueError, TypeError):
        return None


def _now(entry: Entry) -> Entry:
    """Tell from a cell that is worked on one whose process is no more."""
    from dataclasses import replace

    alive = entry.state != "running" or is_alive(entry.host, entry.pid, time.time())
    return entry if alive else replace(entry, state="interrupted")
