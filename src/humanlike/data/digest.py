"""Checksums, and a memo that spares unchanged files a second hashing."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from humanlike.errors import HumanlikeError
from humanlike.paths import home

BLOCK = 1 << 20
PART = ".part"
STALE_SECONDS = 24 * 3600
_lock = threading.Lock()


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's content as 64 hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def memo_path() -> Path:
    """Return the place of the memo, a JSON file that may be deleted at any time."""
    return home() / "data" / "verified.json"


def remembered(path: Path) -> str | None:
    """Return the checksum noted for this file, if size and time have not changed since."""
    with contextlib.suppress(OSError):
        entry = _load().get(str(path.resolve()))
        stat = path.stat()
        if entry is not None and entry[:2] == [stat.st_size, stat.st_mtime_ns]:
            return str(entry[2])
    return None


def remember(path: Path, digest: str, stat: os.stat_result) -> None:
    """Note a file's checksum under the size and time it had *before* it was hashed.

    The memo is read again, changed and replaced as a whole. Of two processes that do so at once,
    one may lose its note; the file is then hashed once more, which is slow but never wrong.
    """
    with _lock, contextlib.suppress(OSError, HumanlikeError):
        entries = _load()
        entries[str(path.resolve())] = [stat.st_size, stat.st_mtime_ns, digest]
        with replacing(memo_path()) as stream:
            stream.write(json.dumps(entries, indent=0).encode())


def _load() -> dict[str, list[object]]:
    try:
        content = json.loads(memo_path().read_bytes())
    except (OSError, ValueError):
        return {}
    if not isinstance(content, dict):
        return {}
    return {
        path: entry
        for path, entry in content.items()
        if isinstance(entry, list) and [type(value) for value in entry] == [int, int, str]
    }


def checked(path: Path, expected: str) -> str:
    """Return a file's checksum, from the memo if that agrees with what is expected.

    A memo that disagrees proves nothing, it may itself be damaged: then the file is hashed.
    """
    if remembered(path) == expected:
        return expected
    stat = path.stat()
    digest = sha256_of(path)
    remember(path, digest, stat)
    return digest


@contextlib.contextmanager
def replacing(target: Path) -> Iterator[IO[bytes]]:
    """Write a file under a temporary name beside it and put it in place only when complete.

    Yields
    ------
    binary stream
        The temporary file, which is removed if the block raises.

    Raises
    ------
    HumanlikeError
        If the folder cannot be written.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _sweep(target.parent)
        handle, name = tempfile.mkstemp(PART, f".{target.name}.", target.parent)
    except OSError as problem:
        raise HumanlikeError(
            f"{target.parent} cannot be written ({problem}). Free it, or set HUMANLIKE_HOME to a "
            "folder that can."
        ) from problem
    try:
        with os.fdopen(handle, "w+b") as stream:
            yield stream
        Path(name).chmod(0o644)
        Path(name).replace(target)
    except OSError as problem:
        raise HumanlikeError(f"{target} could not be written ({problem}).") from problem
    finally:
        with contextlib.suppress(OSError):
            Path(name).unlink(missing_ok=True)


def _sweep(folder: Path) -> None:
    # A killed process cannot clean up after itself; a young one may still be writing.
    for part in folder.glob(f".*{PART}"):
        with contextlib.suppress(OSError):
            if time.time() - part.stat().st_mtime > STALE_SECONDS:
                part.unlink()
