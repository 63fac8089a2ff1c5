"""Which sources and which packages a result was made from."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from humanlike.book.chapters import find_chapters
from humanlike.book.fingerprint import versions
from humanlike.data.digest import sha256_of

_PIN = re.compile(r"^([\w.-]+)==([^\s;#]+)", re.MULTILINE)
_PACKAGE = ("*.py", "*.yml", "*.csv")


def sources_digest(root: Path) -> str:
    """Return one checksum of all that verdicts follow from: chapters, claims, data, package.

    Prose pages are left out: they show results and make none.
    """
    package = Path(__file__).resolve().parents[1]
    files = [f for pattern in _PACKAGE for f in package.rglob(pattern)]
    files += [f for f in (root / "data").rglob("*") if f.is_file() and f.suffix != ".md"]
    for chapter in find_chapters(root).values():
        files += [chapter.source, chapter.source.with_suffix(".yml")]
        files += [root / name for name in chapter.files]
    total = hashlib.sha256()
    for name, file in sorted((_name(f, root, package), f) for f in set(files)):
        total.update(f"{name}\0{sha256_of(file)}\n".encode())
    return total.hexdigest()


def _name(file: Path, root: Path, package: Path) -> str:
    if file.is_relative_to(package):
        return f"package/{file.relative_to(package).as_posix()}"
    return file.relative_to(root).as_posix()


def off_pins(root: Path) -> dict[str, str]:
    """Return packages that differ from ``requirements.txt``: by name, what is here and was pinned.

    A build tag after the version, such as ``+cpu``, is no difference. Empty without that file.
    """
    file = root / "requirements.txt"
    if not file.is_file():
        return {}
    pinned = {_plain(n): v for n, v in _PIN.findall(file.read_text(encoding="utf-8"))}
    here = {_plain(n): v.partition("+")[0] for n, v in versions().items()}
    tools = {"python", "system", "pip"}
    return {
        name: f"{here.get(name, 'missing')}, pinned: {pinned.get(name, 'not')}"
        for name in sorted(({*pinned} | {*here}) - tools)
        if here.get(name) != pinned.get(name)
    }


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
