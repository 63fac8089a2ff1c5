"""A thread that commits answers as they arrive, many at a time."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from pathlib import Path

from humanlike.errors import HumanlikeError
from humanlike.store.rows import Entry
from humanlike.store.store import BEAT_SECONDS, Store

WINDOW_SECONDS = 0.1
BATCH = 20_000
WAITING = 50_000
"""Most answers that wait for the disk; whoever asks is held up beyond that."""


class Writer:
    """Stores answers of one run; no answer waits longer than `WINDOW_SECONDS` for its commit.

    Parameters
    ----------
    path : Path
        The store.
    run : int
        Number of the run.
    committed : callable, optional
        Called in the writer's thread with each list of entries after its commit: the place to
        parse them.

    Attributes
    ----------
    unsaved : list of Entry
        After a failure: what had arrived and could not be stored.
    """

    def __init__(
        self, path: Path, run: int, committed: Callable[[list[Entry]], None] | None = None
    ) -> None:
        self.path = path
        self.run = run
        self.unsaved: list[Entry] = []
        self._committed = committed
        self._failure: HumanlikeError | None = None
        self._ended = False
        self._queue: queue.Queue[Entry | None] = queue.Queue(WAITING)
        self._thread = threading.Thread(target=self._work, name="store-writer", daemon=True)
        self._thread.start()

    def put(self, entry: Entry) -> None:
        """Hand over an answer.

        Raises
        ------
        StoreError
            If an earlier one could not be stored.
        """
        self._queue.put(entry)
        if self._failure is not None:
            raise self._failure

    def close(self) -> None:
        """Store what is waiting and end.

        Raises
        ------
        StoreError
            If something could not be stored; see `unsaved`.
        """
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()
        if self._failure is not None:
            raise self._failure

    def _work(self) -> None:
        try:
            with Store(self.path) as store:
                self._loop(store)
        except HumanlikeError as problem:
            self._fail(problem)
        except Exception as problem:
            self._fail(HumanlikeError(f"Answers could not be stored: {problem!r}."))

    def _loop(self, store: Store) -> None:
        beaten = time.monotonic()
        while True:
            self._collect(min(BEAT_SECONDS, WINDOW_SECONDS * 10))
            if self.unsaved:
                store.add(self.run, self.unsaved)
                batch, self.unsaved = self.unsaved, []
                if self._committed is not None:
                    self._committed(batch)
            if self._ended:
                return
            if time.monotonic() - beaten > BEAT_SECONDS:
                store.beat(self.run)
                beaten = time.monotonic()

    def _collect(self, patience: float) -> None:
        """Gather into `unsaved` until the window or the batch is full, or the end has come."""
        until = time.monotonic() + patience
        while len(self.unsaved) < BATCH:
            try:
                entry = self._queue.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                return
            if entry is None:
                self._ended = True
                return
            if not self.unsaved:
                until = time.monotonic() + WINDOW_SECONDS
            self.unsaved.append(entry)

    def _fail(self, problem: HumanlikeError) -> None:
        """Keep all that still comes, so that the caller can save it elsewhere."""
        self._failure = problem
        while not self._ended and (entry := self._queue.get()) is not None:
            self.unsaved.append(entry)
