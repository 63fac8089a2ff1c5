"""How far a sweep is: a bar on a terminal, a line for each model elsewhere."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, TextIO

from humanlike.bars import Bars
from humanlike.query.meter import duration
from humanlike.sweep.journal import Entry

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class Meter(Bars):
    """Counts models.

    Parameters
    ----------
    total : int
        How many are to be done.
    shown : bool
        False keeps it silent.
    stream : text stream, optional
        Where to; the standard error by default.
    """

    def __init__(self, total: int, *, shown: bool = True, stream: TextIO | None = None) -> None:
        super().__init__(drawn=False, stream=stream)
        self._drawn = shown and self._stream.isatty()
        self._shown = shown
        self.total, self.done, self.failed = total, 0, 0
        self._begun = time.monotonic()
        self._task: TaskID | None = None

    def columns(self) -> tuple[Any, ...]:
        """Return bar, count, failures and the last model, time left."""
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

        words = TextColumn("{task.description}", markup=False)
        return BarColumn(), MofNCompleteColumn(), words, TimeRemainingColumn()

    def opened(self, bars: Progress) -> None:
        """Show all models as one bar."""
        self._task = bars.add_task("", total=self.total)

    def add(self, label: str, entry: Entry) -> None:
        """Count a model that is done or has failed."""
        with self._lock:
            self.done += 1
            self.failed += entry.state == "failed"
            said = f"{label}: {entry.message or f'done in {duration(entry.seconds)}'}"
            if self._bars is not None and self._task is not None:
                words = f"{self.failed} failed, {label[:40]}"
                self._bars.update(self._task, completed=self.done, description=words)
                if entry.state == "failed":
                    self._bars.print(said, markup=False, highlight=False)
            elif self._shown:
                gone = time.monotonic() - self._begun
                left = duration(gone / self.done * (self.total - self.done))
                print(f"{self.done} of {self.total}, {left} left. {said}", file=self._stream,
                      flush=True)  # fmt: skip
