"""What this process has read so far, for the provenance note of a page."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from humanlike.data.registry import dataset

_lock = threading.Lock()
Log = dict[tuple[str, bool], "DataUse"]
_log: Log = {}
_watched: list[Log] = []


@dataclass(frozen=True)
class DataUse:
    """One data set that was read, or whose simulated stand-in was used."""

    id: str
    title: str
    licence: str
    citation: str
    citation_keys: tuple[str, ...]
    """Keys of ``book/references.bib``."""
    real: bool
    """False if simulated data took its place."""
    sha256: dict[str, str] = field(default_factory=dict)
    """Checksum by registry path of each file that was read; empty if simulated."""


def note(dataset_id: str, files: Iterable[str] = (), real: bool = True) -> None:
    """Remember that files of a data set were read.

    Parameters
    ----------
    dataset_id : str
        Id in the registry.
    files : iterable of str
        Registry paths or unambiguous names of the files; ignored if not real.
    real : bool
        False if simulated data took the place of this data set.
    """
    data = dataset(dataset_id)
    read = [data.file(name) for name in files] if real else []
    new = DataUse(data.id, data.title, data.licence, data.citation, data.citation_keys, real)
    with _lock:
        for log in (_log, *_watched):
            known = log.get((data.id, real), new)
            digests = dict(known.sha256) | {file.path: file.sha256 for file in read}
            log[data.id, real] = replace(known, sha256=digests)


def again(uses: Iterable[DataUse]) -> None:
    """Note once more what was read for something that is still at hand."""
    for use in uses:
        note(use.id, use.sha256, use.real)


@contextmanager
def watched() -> Iterator[Log]:
    """Give what is read meanwhile, by id and whether it is real; what was read before is no part.

    What is kept in memory from an earlier reading counts only if its keeper says so (`again`).
    """
    log: Log = {}
    with _lock:
        _watched.append(log)
    try:
        yield log
    finally:
        with _lock:
            _watched[:] = [one for one in _watched if one is not log]


def used() -> list[DataUse]:
    """Return what was read since the start or the last `clear`, in order of first use."""
    with _lock:
        return list(_log.values())


def clear() -> None:
    """Forget what was read, as at the start of a page."""
    with _lock:
        _log.clear()
