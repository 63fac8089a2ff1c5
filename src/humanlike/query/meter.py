"""How far it is: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, TextIO

from humanlike.bars import Bars

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

LINE_SECONDS = 10.0


class Meter(Bars):
    """Counts answers.

    Parameters
    ----------
    total : int
        How many answers are to come.
    shown : bool
        False keeps it silent.
    stream : text stream
        Where to; the standard error by default.
    """

    def __init__(self, total: int, *, shown: bool = True, stream: TextIO | None = None) -> None:
        super().__init__(drawn=False, stream=stream)
        self._drawn = shown and self._stream.isatty()
        self._shown = shown
        self.total, self.done, self.valid = total, 0, 0
        self._begun = self._said = time.monotonic()
        self._task: TaskID | None = None

    def columns(self) -> tuple[Any, ...]:
        """Return bar, count, rate and share of valid answers, time left."""
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

        words = TextColumn("{task.description}")
        return BarColumn(), MofNCompleteColumn(), words, TimeRemainingColumn()

    def opened(self, bars: Progress) -> None:
        """Show all answers as one bar."""
        self._task = bars.add_task("", total=self.total)

    def add(self, answers: int, valid: int) -> None:
        """Count answers that are safely stored, and how many of them are valid."""
        with self._lock:
            self.done += answers
            self.valid += valid
            if self._bars is not None and self._task is not None:
                self._bars.update(self._task, completed=self.done, description=self._words())
            elif self._shown and time.monotonic() - self._said > LINE_SECONDS:
                self._said = time.monotonic()
                left = (self.total - self.done) / max(self._rate(), 1e-9)
                line = f"{self.done:,} of {self.total:,}, {self._words()}, {duration(left)} left"
                print(line, file=self._stream, flush=True)

    def _rate(self) -> float:
        return self.done / max(time.monotonic() - self._begun, 1e-9)

    def _words(self) -> str:
        return f"{self._rate():,.0f}/s, {self.valid / max(self.done, 1):.1%} valid"


def duration(seconds: float) -> str:
    """Return a time in words that people use."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
