"""What takes long is made once, whichever worker needs it first."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def once(factory: pytest.TempPathFactory, worker_id: str, name: str) -> Iterator[tuple[Path, bool]]:
    """Give a folder that all workers of this session see, and whether it is still to be filled.

    The others wait until the first one leaves without an error.
    """
    base = factory.getbasetemp()
    shared = (base if worker_id == "master" else base.parent) / name
    shared.mkdir(exist_ok=True)
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        folder, done = shared / "work", shared / "done"
        first = not done.exists()
        if first:
            shutil.rmtree(folder, ignore_errors=True)
        yield folder, first
        done.touch()
