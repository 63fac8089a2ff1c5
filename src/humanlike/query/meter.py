"""How far it is: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import threading
import time
from types import TracebackType
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

LINE_SECONDS = 10.0


class Meter:
    """Counts answers; a context manager that several threads may call.

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
        self.total, self.done, self.valid = total, 0, 0
        self._stream = stream or sys.stderr
        self._shown = shown
        self._begun = self._said = time.monotonic()
        self._lock = threading.Lock()
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Meter:
        if self._shown and self._stream.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
            from rich.progress import TimeRemainingColumn as Remaining

            columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
            self._bar = Progress(*columns, Remaining(), console=Console(file=self._stream))
            self._bar.start()
            self._task = self._bar.add_task("", total=self.total)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def add(self, answers: int, valid: int) -> None:
        """Count answers that are safely stored, and how many of them are valid."""
        with self._lock:
            self.done += answers
            self.valid += valid
            if self._bar is not None and self._task is not None:
                self._bar.update(self._task, completed=self.done, description=self._words())
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
