"""Whether a worker and the one who sent the work see the same store: the same file, one machine.

The store is one SQLite file whose users share memory, so that it must not be used over a network
file system. A worker on another machine therefore keeps answers in a store of its own.
"""

from __future__ import annotations

import hashlib
import os
import platform
import tempfile
import uuid
from dataclasses import dataclass
from pathlib import Path

BOOT = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True)
class StoreMark:
    """Which store is meant.

    Attributes
    ----------
    path : str
        Where it lies for who sent the work.
    machine : str
        The running system, as `this_machine` names it.
    file : tuple of int
        Device and number of the file there.
    """

    path: str
    machine: str
    file: tuple[int, int]


def this_machine() -> str:
    """Return a name that no other running system has."""
    try:
        boot = BOOT.read_text(encoding="ascii").strip()
    except OSError:
        boot = f"{uuid.getnode():x}"
    return f"{platform.node()}/{boot}"


def mark(store: Path) -> StoreMark:
    """Return the mark of a store, which is made when it is missing."""
    from humanlike.store.store import Store

    Store(store).close()
    return StoreMark(str(store.resolve()), this_machine(), _file(store))


def store_here(wanted: StoreMark) -> tuple[Path, bool]:
    """Return the store a worker uses, and whether it is the one that is meant.

    The worker's own store lies on the local disk (``TMPDIR``) and survives the worker, so that one
    started again on the same machine goes on where it stopped.
    """
    path = Path(wanted.path)
    if wanted.machine == this_machine() and _file(path) == wanted.file:
        return path, True
    label = hashlib.sha256(f"{wanted.machine}{wanted.path}".encode()).hexdigest()[:12]
    user = os.getuid() if hasattr(os, "getuid") else "user"
    folder = Path(tempfile.gettempdir()) / f"humanlike-{user}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / f"sweep-{label}.sqlite", False


def _file(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return (0, 0)
    return found.st_dev, found.st_ino
