"""Progress of several jobs: bars on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from humanlike.bars import Bars

if TYPE_CHECKING:
    from rich.progress import TaskID


class Progress(Bars):
    """Show how far each of several jobs is.

    Parameters
    ----------
    names : list of str
        The jobs.
    """

    def __init__(self, names: list[str]) -> None:
        super().__init__(drawn=bool(names) and sys.stderr.isatty())
        self._tasks: dict[str, TaskID] = {}

    def columns(self) -> tuple[Any, ...]:
        """Return name, bar, cells and time."""
        from rich.progress import BarColumn, TextColumn, TimeElapsedColumn

        name = TextColumn("  {task.description:<16}")
        cells = TextColumn("cell {task.completed:.0f} of {task.total:.0f}")
        return name, BarColumn(), cells, TimeElapsedColumn()

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
            print(line, file=self._stream, flush=True)
