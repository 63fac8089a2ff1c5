"""Archives whose bytes depend on nothing but their content."""

from __future__ import annotations

import hashlib
import io
import tarfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from humanlike.data.digest import BLOCK, replacing, sha256_of
from humanlike.errors import HumanlikeError

MANIFEST = "MANIFEST.txt"
LONGEST = 4 << 30  # bytes of one file in an archive that is checked


@dataclass(frozen=True)
class Item:
    """One file of an archive: its name there, and its content as bytes or as a file on disk."""

    name: str
    content: bytes | Path

    def read(self) -> bytes:
        """Return the content."""
        return self.content if isinstance(self.content, bytes) else self.content.read_bytes()


def pack(items: Iterable[Item], top: str, target: Path) -> str:
    """Write items below one folder into a ``.tar.gz`` with a manifest; return its SHA-256.

    Names are sorted, and every file has the same owner, mode and time, so equal content gives equal
    bytes.

    Parameters
    ----------
    items : iterable of Item
        Names must differ.
    top : str
        The folder.
    target : Path
        Replaced only when all went well.
    """
    ordered = sorted(items, key=lambda item: item.name)
    lines = []
    with (
        replacing(target) as stream,
        _gzip(stream) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        for item in ordered:
            content = item.read()
            digest = hashlib.sha256(content).hexdigest()
            lines.append(f"{digest}  {len(content):>12}  {item.name}")
            _add(tar, f"{top}/{item.name}", content)
        _add(tar, f"{top}/{MANIFEST}", ("\n".join(lines) + "\n").encode())
    return sha256_of(target)


def _gzip(stream: IO[bytes]) -> IO[bytes]:
    import gzip

    return gzip.GzipFile(filename="", mode="wb", fileobj=stream, compresslevel=6, mtime=0)  # type: ignore[return-value]


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o644
    tar.addfile(entry, io.BytesIO(content))


def check(archive: Path) -> tuple[int, list[str]]:
    """Compare an archive with its manifest; nothing is unpacked to disk.

    Returns
    -------
    count : int
        Files that agree.
    problems : list of str
        Files that differ, are missing or are not listed, and entries that are no plain files.

    Raises
    ------
    HumanlikeError
        If it is no readable archive, or has no manifest.
    """
    found: dict[str, tuple[str, int]] = {}
    problems: list[str] = []
    manifest = None
    try:
        with tarfile.open(archive, "r:gz") as tar:
            for entry in tar:
                name = entry.name.partition("/")[2]
                if not entry.isreg() or not _harmless(entry.name) or entry.size > LONGEST:
                    problems.append(f"{entry.name}: not a plain file below the archive's folder")
                elif name in found:
                    problems.append(f"{name}: is there twice")
                elif name == MANIFEST:
                    manifest = (tar.extractfile(entry) or io.BytesIO()).read().decode()
                else:
                    found[name] = _hash(tar.extractfile(entry) or io.BytesIO())
    except (OSError, EOFError, tarfile.TarError, zlib.error, UnicodeDecodeError) as problem:
        raise HumanlikeError(f"{archive} cannot be read as a release: {problem}.") from None
    if manifest is None:
        raise HumanlikeError(f"{archive} has no {MANIFEST}, so it is no release of this book.")
    listed = dict(_listed(manifest))
    problems += [f"{name}: is listed and missing" for name in sorted({*listed} - {*found})]
    problems += [f"{name}: is not listed" for name in sorted({*found} - {*listed})]
    both = sorted({*listed} & {*found})
    problems += [f"{name}: has another content" for name in both if listed[name] != found[name]]
    return sum(listed[name] == found[name] for name in both), problems


def _harmless(name: str) -> bool:
    parts = name.split("/")
    return len(parts) > 1 and not ({"..", ".", ""} & set(parts)) and "\\" not in name


def _hash(stream: IO[bytes]) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    for block in iter(lambda: stream.read(BLOCK), b""):
        digest.update(block)
        size += len(block)
    return digest.hexdigest(), size


def _listed(manifest: str) -> Iterator[tuple[str, tuple[str, int]]]:
    for line in manifest.splitlines():
        digest, _, rest = line.partition("  ")
        size, _, name = rest.strip().partition("  ")
        if not size.isdigit():
            raise HumanlikeError(f"The manifest has a line that is none: {line[:80]}")
        yield name, (digest, int(size))
