"""Verified local copies: from the mirror, else the cache, else the pinned address."""

from __future__ import annotations

import hashlib
import lzma
import os
import warnings
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from humanlike.data.digest import BLOCK, checked, remember, remembered, replacing, sha256_of
from humanlike.data.download import NotDownloaded, WrongContent, download, forget_unreachable
from humanlike.data.problems import (
    MIRROR_VARIABLE,
    BadCopy,
    ChecksumMismatch,
    DataUnavailable,
    DataWarning,
    Failure,
    describe_bad,
    error_for,
)
from humanlike.data.progress import Meter
from humanlike.data.registry import DataFile, Dataset, dataset, select
from humanlike.paths import home

if TYPE_CHECKING:
    from humanlike.data.download import Bar

__all__ = [
    "ChecksumMismatch",
    "DataUnavailable",
    "DataWarning",
    "FileState",
    "available",
    "cache_path",
    "fetch",
    "forget_unreachable",
    "path_of",
    "paths_of",
    "verify",
    "where",
]

WORKERS = 4


@dataclass(frozen=True)
class FileState:
    """Where one file is, and whether its content is the published one."""

    dataset: str
    file: DataFile
    source: str
    """``mirror``, ``mirror.xz``, ``cache`` or ``missing``."""
    path: Path | None
    """The copy that was looked at; None if missing."""
    found: str | None = None
    """Its checksum, or why it has none; None if it was not hashed."""

    @property
    def ok(self) -> bool:
        """Whether the copy is there and, if it was hashed, has the published content."""
        return self.path is not None and self.found in (None, self.file.sha256)


def cache_path(file: DataFile) -> Path:
    """Return where the cache holds the uncompressed content of a file."""
    return home() / "data" / file.path


def path_of(dataset_id: str, file_path: str) -> Path:
    """Return a verified local path of one file's uncompressed content.

    Looked for in the folder ``HUMANLIKE_DATA_MIRROR`` (plain, or with ``.xz`` added: then unpacked
    into the cache), in the cache, and at the pinned address unless ``HUMANLIKE_OFFLINE`` is set.

    Parameters
    ----------
    dataset_id : str
        Id in the registry.
    file_path : str
        Path of the file in the registry, or its name if that is unambiguous.

    Returns
    -------
    Path
        The content has the registered checksum.

    Raises
    ------
    DataUnavailable
        If the file is nowhere; the message lists the ways to get it.
    ChecksumMismatch
        If only damaged copies are found. A damaged copy is passed over with a `DataWarning` while
        another place has a good one, and never replaces it.
    """
    return paths_of(dataset_id, [file_path])[0]


def paths_of(
    dataset_id: str, files: Iterable[str] | None = None, *, progress: bool = False
) -> list[Path]:
    """Return verified local paths of some files, or all files, of a data set.

    Same search and errors as `path_of`; one error speaks for all files that are missing.
    """
    chosen = dataset(dataset_id)
    wanted = chosen.files if files is None else tuple(chosen.file(name) for name in files)
    return _obtain_all([(chosen, file) for file in wanted], progress)


def fetch(
    ids: str | Iterable[str] | None = None, *, progress: bool = False
) -> dict[str, list[Path]]:
    """Make sure that data sets are here and verified.

    Parameters
    ----------
    ids : str, iterable of str, or None
        Which ones; None for all.
    progress : bool
        Show a progress bar on standard error.

    Returns
    -------
    dict of str to list of Path
        Local paths, by data set, in the order of the registry.

    Raises
    ------
    DataUnavailable, ChecksumMismatch
        After everything that could be fetched was fetched.
    """
    chosen = select(ids)
    jobs = [(data, file) for data in chosen for file in data.files]
    paths = dict(zip([file.path for _, file in jobs], _obtain_all(jobs, progress), strict=True))
    return {data.id: [paths[file.path] for file in data.files] for data in chosen}


def available(dataset_id: str) -> bool:
    """Tell whether all files of a data set are on this machine, without hashing or network."""
    return all(state.path is not None for state in where(dataset_id))


def where(ids: str | Iterable[str] | None = None) -> list[FileState]:
    """Say for each file where its copy lies; nothing is hashed or downloaded.

    A plain copy of another size than registered counts as missing.
    """
    return [_place(data, file) for data in select(ids) for file in data.files]


def verify(ids: str | Iterable[str] | None = None) -> list[FileState]:
    """Hash every local copy again, trusting no memo, and report each file's state."""
    with ThreadPoolExecutor(WORKERS) as pool:
        return list(
            pool.map(
                lambda job: _verified(*job),
                [(data, file) for data in select(ids) for file in data.files],
            )
        )


def mirror() -> Path | None:
    """Return the mirror folder that ``HUMANLIKE_DATA_MIRROR`` names, if any."""
    named = os.environ.get(MIRROR_VARIABLE)
    return Path(named).expanduser().resolve() if named else None


def _obtain_all(jobs: Sequence[tuple[Dataset, DataFile]], progress: bool) -> list[Path]:
    with Meter(sum(file.bytes for _, file in jobs), shown=progress) as meter:
        if len(jobs) == 1:
            results = [_obtain(jobs[0][0], jobs[0][1], meter.bar(jobs[0][1]))]
        else:
            with ThreadPoolExecutor(WORKERS) as pool:
                bars = [meter.bar(file) for _, file in jobs]
                results = list(pool.map(_obtain, *zip(*jobs, strict=True), bars))
    failures = [result for result in results if isinstance(result, Failure)]
    if failures:
        raise error_for(failures, len(jobs))
    return [result for result in results if isinstance(result, Path)]


def _obtain(data: Dataset, file: DataFile, bar: Bar) -> Path | Failure:
    bad: list[BadCopy] = []
    found = _in_mirror(file, bad) or _in_cache(file, bad)
    reason = ""
    if found is None:
        try:
            found = download(file, cache_path(file), bar)
        except NotDownloaded as problem:
            reason = str(problem)
        except WrongContent as problem:
            bad.append(problem.copy)
            reason = "the download is damaged too"
    if found is None:
        return Failure(data.id, file, cache_path(file), reason + _mirror_note(), tuple(bad))
    bar.close()
    if bad:
        text = f"{describe_bad(file, bad)}\nUsed the good copy instead: {found}"
        warnings.warn(text, DataWarning, stacklevel=2)
    return found


def _mirror_note() -> str:
    folder = mirror()
    if folder is None or folder.is_dir():
        return ""
    return f"; and {MIRROR_VARIABLE} names {folder}, which is not a folder"


def _in_mirror(file: DataFile, bad: list[BadCopy]) -> Path | None:
    folder = mirror()
    if folder is None:
        return None
    plain, packed = folder / file.path, folder / f"{file.path}.xz"
    if plain.is_file() and _good(plain, file, bad):
        return plain
    return _unpack(packed, file, bad) if packed.is_file() else None


def _in_cache(file: DataFile, bad: list[BadCopy]) -> Path | None:
    path = cache_path(file)
    return path if path.is_file() and _good(path, file, bad) else None


def _good(path: Path, file: DataFile, bad: list[BadCopy]) -> bool:
    try:
        digest = checked(path, file.sha256)
    except OSError as problem:
        bad.append(BadCopy(str(path), f"unreadable file ({problem})"))
        return False
    if digest != file.sha256:
        bad.append(BadCopy(str(path), f"sha256 {digest}"))
    return digest == file.sha256


def _unpack(packed: Path, file: DataFile, bad: list[BadCopy]) -> Path | None:
    target = cache_path(file)
    # For a packed file the memo holds the checksum of its content: no need to unpack it again.
    if remembered(packed) == file.sha256 and target.is_file() and _good(target, file, []):
        return target
    stamp = packed.stat()
    try:
        with lzma.open(packed) as source, replacing(target) as stream:
            digest = hashlib.sha256()
            for block in iter(lambda: source.read(BLOCK), b""):
                digest.update(block)
                stream.write(block)
            if digest.hexdigest() != file.sha256:
                raise WrongContent(BadCopy(str(packed), f"content sha256 {digest.hexdigest()}"))
            stream.flush()
            written = os.fstat(stream.fileno())
    except WrongContent as problem:
        bad.append(problem.copy)
        return None
    except (OSError, lzma.LZMAError, EOFError) as problem:
        bad.append(BadCopy(str(packed), f"unreadable xz file ({problem})"))
        return None
    remember(packed, file.sha256, stamp)
    remember(target, file.sha256, written)
    return target


def _place(data: Dataset, file: DataFile) -> FileState:
    folder = mirror()
    places = [("cache", cache_path(file))]
    if folder is not None:
        places.insert(0, ("mirror.xz", folder / f"{file.path}.xz"))
        places.insert(0, ("mirror", folder / file.path))
    for source, path in places:
        if path.is_file() and (source == "mirror.xz" or path.stat().st_size == file.bytes):
            return FileState(data.id, file, source, path)
    return FileState(data.id, file, "missing", None)


def _verified(data: Dataset, file: DataFile) -> FileState:
    folder = mirror()
    wrong: FileState | None = None
    places = [("cache", cache_path(file))]
    if folder is not None:
        places = [
            ("mirror", folder / file.path),
            ("mirror.xz", folder / f"{file.path}.xz"),
            *places,
        ]
    for source, path in places:
        if path.is_file():
            state = FileState(data.id, file, source, path, _fresh(path))
            if not state.ok:
                return state
            wrong = wrong or state
    return wrong or FileState(data.id, file, "missing", None)


def _fresh(path: Path) -> str:
    try:
        if path.suffix != ".xz":
            return sha256_of(path)
        with lzma.open(path) as source:
            return hashlib.file_digest(source, "sha256").hexdigest()
    except (OSError, lzma.LZMAError, EOFError) as problem:
        return f"unreadable ({problem})"
