"""An event loop in a thread of its own, for callers that are not async, notebooks included."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, TypeVar

LOT_SECONDS = 0.02
"""What is given within this time is handed over together: waking the other thread takes time."""
T = TypeVar("T")
Give = Callable[[T], None]


class Loop:
    """Runs coroutines in a background thread."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="server-requests", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        self._loop.close()

    def result(self, work: Coroutine[Any, Any, T]) -> T:
        """Return what a coroutine returns; stop it when interrupted."""
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        finally:
            future.cancel()

    def stream(self, work: Callable[[Give[T]], Coroutine[Any, Any, None]]) -> Iterator[T]:
        """Yield what a coroutine gives, as it gives it; stop it when the iterator is closed.

        Parameters
        ----------
        work : callable
            From the function that takes what is given, to the coroutine.
        """
        found: queue.SimpleQueue[list[T] | None] = queue.SimpleQueue()
        lot: list[T] = []

        def hand_over() -> None:
            found.put(lot.copy())
            lot.clear()

        def give(item: T) -> None:
            if not lot:
                self._loop.call_later(LOT_SECONDS, hand_over)
            lot.append(item)

        async def whole() -> None:
            try:
                await work(give)
            finally:
                hand_over()  # here, in the thread that fills the lot, so that none slips through

        future = asyncio.run_coroutine_threadsafe(whole(), self._loop)
        future.add_done_callback(lambda _: found.put(None))
        try:
            while (items := found.get()) is not None:
                yield from items
            future.result()
        finally:
            if future.cancel() or future.cancelled():
                self.result(_others_ended())

    def close(self) -> None:
        """End the thread; may be called twice."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()


async def _others_ended() -> None:
    """Wait until nothing else is running in the loop."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    await asyncio.gather(*others, return_exceptions=True)
