"""One progress bar for many files that arrive at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from humanlike.bars import Bars
from humanlike.data.registry import DataFile

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class Meter(Bars):
    """A bar over the bytes of all files.

    Parameters
    ----------
    total : int
        Bytes of all files together.
    shown : bool
        False keeps it silent.
    """

    def __init__(self, total: int, *, shown: bool) -> None:
        super().__init__(drawn=shown)
        self.total = total
        self._task: TaskID | None = None

    def columns(self) -> tuple[Any, ...]:
        """Return bar, bytes, time left and the file that moves."""
        from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn

        name = TextColumn("{task.description}")
        return BarColumn(), DownloadColumn(), TimeRemainingColumn(), name

    def opened(self, bars: Progress) -> None:
        """Show all files as one bar."""
        self._task = bars.add_task("", total=self.total)

    def bar(self, file: DataFile) -> FileBar:
        """Return the share of one file in the bar."""
        return FileBar(self, file)

    def move(self, amount: int, name: str) -> None:
        """Move the bar by so many bytes, backwards if negative."""
        if self._bars is not None and self._task is not None:
            with self._lock:
                self._bars.update(self._task, advance=amount, description=name)


class FileBar:
    """One file's share; has the methods pooch asks for."""

    def __init__(self, meter: Meter, file: DataFile) -> None:
        self.total = file.bytes
        self._meter = meter
        self._size = file.bytes
        self._name = file.name
        self._done = 0

    def update(self, amount: int, /) -> None:
        """Move forward; never beyond the registered size, whatever the transfer encoding says."""
        self._go(min(self._size, self._done + amount))

    def reset(self) -> None:
        """Go back to the start of this file."""
        self._go(0)

    def close(self) -> None:
        """Count the file as complete."""
        self._go(self._size)

    def _go(self, done: int) -> None:
        self._meter.move(done - self._done, self._name)
        self._done = done
