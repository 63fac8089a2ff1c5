"""What may be read and where it comes from: pinned addresses, checksums, licences, citations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

from humanlike.errors import HumanlikeError, unknown
from humanlike.paths import project_root


@dataclass(frozen=True)
class DataFile:
    """One published file."""

    path: str
    """Its place in the mirror and in the cache, with forward slashes and without ``.xz``."""
    url: str
    """Where it is downloaded from, at a pinned commit."""
    sha256: str
    """Checksum of the uncompressed content, 64 hexadecimal digits."""
    bytes: int
    """Size of the uncompressed content."""

    @property
    def name(self) -> str:
        """The file's name without its folders."""
        return PurePosixPath(self.path).name


@dataclass(frozen=True)
class Dataset:
    """Files that belong together, with what has to be said about them."""

    id: str
    title: str
    licence: str
    """What is known of the licence, in words."""
    citation: str
    """The sources to cite, in words."""
    citation_keys: tuple[str, ...]
    """The same sources as keys of ``book/references.bib``."""
    chapters: tuple[str, ...]
    """Names of the chapters that use it."""
    files: tuple[DataFile, ...]

    @property
    def bytes(self) -> int:
        """Size of all files together, uncompressed."""
        return sum(file.bytes for file in self.files)

    def file(self, path: str) -> DataFile:
        """Return the file with this path, or with this name if only one file has it.

        Raises
        ------
        HumanlikeError
            If no file, or more than one, answers to it.
        """
        found = [file for file in self.files if file.path == path]
        found = found or [file for file in self.files if file.name == path]
        if len(found) == 1:
            return found[0]
        if found:
            places = ", ".join(file.path for file in found)
            raise HumanlikeError(f"'{path}' is ambiguous in data set '{self.id}': {places}.")
        known = [file.name for file in self.files]
        raise HumanlikeError(unknown(f"file of data set '{self.id}'", path, known))


def load_registry(folder: Path | None = None) -> dict[str, Dataset]:
    """Read every ``*.yml`` of the registry folder.

    Parameters
    ----------
    folder : Path, optional
        Where the files are; the project's ``data/registry`` by default.

    Returns
    -------
    dict of str to Dataset
        By id, in the order of the files.

    Raises
    ------
    HumanlikeError
        If the folder has no such file, or an entry is malformed; the message names file and entry.
    """
    folder = project_root() / "data" / "registry" if folder is None else Path(folder)
    files = sorted(folder.glob("*.yml"))
    if not files:
        raise HumanlikeError(f"No data registry: {folder} holds no .yml file.")
    stamps = tuple((str(file), file.stat().st_size, file.stat().st_mtime_ns) for file in files)
    return dict(_read(stamps))


def dataset(dataset_id: str) -> Dataset:
    """Return one data set of the project's registry.

    Raises
    ------
    HumanlikeError
        If there is none of that name; the message suggests the nearest one.
    """
    known = load_registry()
    if dataset_id not in known:
        raise HumanlikeError(unknown("data set", dataset_id, known))
    return known[dataset_id]


def select(ids: str | Iterable[str] | None = None) -> list[Dataset]:
    """Return the data sets of these ids, or all of them for ``None``."""
    if ids is None:
        return list(load_registry().values())
    return [dataset(name) for name in ([ids] if isinstance(ids, str) else ids)]


@lru_cache(maxsize=8)
def _read(stamps: tuple[tuple[str, int, int], ...]) -> dict[str, Dataset]:
    import yaml

    found: dict[str, Dataset] = {}
    owner: dict[str, str] = {}
    for name, _, _ in stamps:
        try:
            content = yaml.safe_load(Path(name).read_text(encoding="utf-8"))
        except (yaml.YAMLError, UnicodeDecodeError) as problem:
            raise HumanlikeError(f"{name} is not readable YAML: {problem}") from problem
        for entry in _get(content, "datasets", list, name):
            parsed = _dataset(entry, name)
            if parsed.id in found:
                raise HumanlikeError(f"{name}: data set '{parsed.id}' is defined twice.")
            found[parsed.id] = parsed
            for file in parsed.files:
                if file.path in owner:
                    both = f"'{owner[file.path]}' and '{parsed.id}'"
                    raise HumanlikeError(f"{name}: {file.path} is listed twice, in {both}.")
                owner[file.path] = parsed.id
    return found


def _dataset(entry: Any, source: str) -> Dataset:
    where = f"{source}, data set '{entry.get('id', '?')}'" if isinstance(entry, Mapping) else source
    base = _get(entry, "base", str, where)
    if not re.match(r"https?://", base):
        raise HumanlikeError(f"{where}: 'base' must be an http address, not '{base}'.")
    citation = _get(entry, "citation", Mapping, where)
    files = tuple(_file(file, base, where) for file in _get(entry, "files", list, where))
    if not files:
        raise HumanlikeError(f"{where}: 'files' is empty.")
    return Dataset(
        id=_get(entry, "id", str, where),
        title=_get(entry, "title", str, where),
        licence=_get(entry, "licence", str, where),
        citation=_get(citation, "text", str, f"{where}, citation"),
        citation_keys=_names(citation, "keys", f"{where}, citation"),
        chapters=_names(entry, "chapters", where),
        files=files,
    )


def _file(entry: Any, base: str, where: str) -> DataFile:
    path = _get(entry, "path", str, f"{where}, one of its files")
    where = f"{where}, file {path}"
    parts = PurePosixPath(path)
    if parts.is_absolute() or ".." in parts.parts or "\\" in path or path.endswith(".xz"):
        raise HumanlikeError(
            f"{where}: 'path' must be relative, with forward slashes, without '..' and '.xz'."
        )
    digest = _get(entry, "sha256", str, where)
    if not re.fullmatch(r"[0-9a-f]{64}", digest):
        raise HumanlikeError(f"{where}: 'sha256' must be 64 hexadecimal digits, not '{digest}'.")
    size = _get(entry, "bytes", int, where)
    if size < 0:
        raise HumanlikeError(f"{where}: 'bytes' must not be negative.")
    url = f"{base.rstrip('/')}/{quote(_get(entry, 'source', str, where))}"
    return DataFile(path=path, url=url, sha256=digest, bytes=size)


def _get(entry: Any, key: str, kind: type[Any], where: str) -> Any:
    if not isinstance(entry, Mapping):
        raise HumanlikeError(f"{where}: expected named fields, found {type(entry).__name__}.")
    if key not in entry:
        raise HumanlikeError(f"{where}: the field '{key}' is missing.")
    value = entry[key]
    if not isinstance(value, kind) or isinstance(value, bool):
        found = type(value).__name__
        raise HumanlikeError(f"{where}: '{key}' must be of type {kind.__name__}, not {found}.")
    return value


def _names(entry: Any, key: str, where: str) -> tuple[str, ...]:
    values = _get(entry, key, list, where)
    if not all(isinstance(value, str) for value in values):
        raise HumanlikeError(f"{where}: '{key}' must be a list of names.")
    return tuple(values)
