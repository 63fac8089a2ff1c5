"""One progress bar for many files that arrive at once."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import TYPE_CHECKING

from humanlike.data.registry import DataFile

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class Meter:
    """A bar over the bytes of all files; used as a context manager.

    Parameters
    ----------
    total : int
        Bytes of all files together.
    shown : bool
        False keeps it silent.
    """

    def __init__(self, total: int, *, shown: bool) -> None:
        self.total = total
        self.shown = shown
        self._lock = threading.Lock()
        self._progress: Progress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Meter:
        if self.shown:
            from rich.console import Console
            from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn
            from rich.progress import TimeRemainingColumn as Remaining

            columns = (BarColumn(), DownloadColumn(), Remaining(), TextColumn("{task.description}"))
            self._progress = Progress(*columns, console=Console(stderr=True))
            self._progress.start()
            self._task = self._progress.add_task("", total=self.total)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._progress is not None:
            self._progress.stop()

    def bar(self, file: DataFile) -> FileBar:
        """Return the share of one file in the bar."""
        return FileBar(self, file)

    def move(self, amount: int, name: str) -> None:
        """Move the bar by so many bytes, backwards if negative."""
        if self._progress is not None and self._task is not None:
            with self._lock:
                self._progress.update(self._task, advance=amount, description=name)


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
