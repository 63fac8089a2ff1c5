"""Progress bars on a stream, or nothing: what all meters share."""

from __future__ import annotations

import sys
import threading
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TextIO

if TYPE_CHECKING:
    from rich.progress import Progress


class Bars:
    """A context manager that shows bars while it is open; its methods may be called by any thread.

    Parameters
    ----------
    drawn : bool
        Whether to draw bars at all; False keeps it silent.
    stream : text stream, optional
        Where to; the standard error by default.
    """

    def __init__(self, *, drawn: bool, stream: TextIO | None = None) -> None:
        self._drawn = drawn
        self._stream = stream or sys.stderr
        self._lock = threading.Lock()
        self._bars: Progress | None = None

    def columns(self) -> tuple[Any, ...]:
        """Return what a line shows; rich is imported here and no earlier."""
        raise NotImplementedError

    def opened(self, bars: Progress) -> None:
        """Add the bars that are there from the start."""

    def __enter__(self) -> Self:
        if self._drawn:
            from rich.console import Console
            from rich.progress import Progress

            self._bars = Progress(*self.columns(), console=Console(file=self._stream))
            self._bars.start()
            self.opened(self._bars)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bars is not None:
            self._bars.stop()
