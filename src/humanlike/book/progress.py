"""Progress of several jobs: bars on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import threading
from types import TracebackType
from typing import Any


class Progress:
    """Show how far each of several jobs is.

    Use as a context manager; methods may be called from any thread.

    Parameters
    ----------
    names : list of str
        The jobs.
    """

    def __init__(self, names: list[str]) -> None:
        self._names = names
        self._lock = threading.Lock()
        self._bars: Any = None
        self._tasks: dict[str, Any] = {}

    def __enter__(self) -> Progress:
        if sys.stderr.isatty() and self._names:
            from rich.console import Console
            from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
            from rich.progress import Progress as Bars

            self._bars = Bars(
                TextColumn("  {task.description:<16}"),
                BarColumn(),
                TextColumn("cell {task.completed:.0f} of {task.total:.0f}"),
                TimeElapsedColumn(),
                console=Console(stderr=True),
            )
            self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bars:
            self._bars.stop()

    def start(self, name: str, why: str) -> None:
        """Say that a job starts, and why."""
        if self._bars:
            with self._lock:
                self._tasks[name] = self._bars.add_task(name, total=1)
        else:
            self._say(f"  {name}: executing ({why})")

    def step(self, name: str, done: int, total: int) -> None:
        """Say how many of a job's cells are finished."""
        if self._bars:
            self._bars.update(self._tasks[name], completed=done, total=total)

    def finish(self, name: str, words: str) -> None:
        """Say how a job ended."""
        if self._bars:
            self._bars.console.print(f"  {name}: {words}", markup=False, highlight=False)
        else:
            self._say(f"  {name}: {words}")

    def _say(self, line: str) -> None:
        with self._lock:
            print(line, file=sys.stderr, flush=True)
