"""Nothing is computed twice: results of long computations by their code and all that goes in."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import numpy as np

from humanlike.data.digest import replacing
from humanlike.paths import home

MOST: Final = 400
"""Results that are kept; the ones not used for longest go first."""
_PARTS: Final = (
    "stats/*.py",
    "analysis/*.py",
    *(f"evaluate/{name}.py" for name in ("agreement", "triplets", "ratings")),
    "evaluate/*_ways.py",
)
_LIBRARIES: Final = ("numpy", "scipy", "numba")


def kept(name: str, compute: Callable[[], Any], *given: Any) -> Any:
    """Return what was computed before from the same, or compute and keep it.

    Parameters
    ----------
    name : str
        Of the computation.
    compute : callable
        Returns plain JSON: numbers that are finite, texts, lists, dictionaries.
    *given : Any
        All that the result depends on besides the code of the package and the versions of the
        libraries: arrays and plain JSON. What computes may name a number of threads, no more.
    """
    place = home() / "cache" / "analysis" / f"{_key(name, given)}.json"
    try:
        found = json.loads(place.read_text(encoding="utf-8"))
        os.utime(place)
        return found
    except (OSError, ValueError):
        found = compute()
    text = json.dumps(found, allow_nan=False)
    keep(place, text, MOST)
    return json.loads(text)


def keep(place: Path, text: str, most: int) -> None:
    """Write a text, and remove of the files beside it what was not used for longest.

    Parameters
    ----------
    place : Path
        Where to; what stands there is replaced as a whole.
    text : str
        What to write.
    most : int
        How many files are left. Other processes may remove some at the same time.
    """
    with replacing(place) as stream:
        stream.write(text.encode())
    files = sorted(place.parent.glob("*.json"), key=_age, reverse=True)
    for file in files[most:]:
        file.unlink(missing_ok=True)


def checksum(libraries: Iterable[str], files: Iterable[Path]) -> str:
    """Return one checksum of versions of libraries and of files by folder, name and content.

    Parameters
    ----------
    libraries : iterable of str
        Installed packages.
    files : iterable of Path
        In any order.
    """
    digest = hashlib.sha256(" ".join(f"{one} {version(one)}" for one in libraries).encode())
    for file in sorted(files):
        digest.update(f"{file.parent.name}/{file.name}\n".encode() + file.read_bytes())
    return digest.hexdigest()


def _key(name: str, given: tuple[Any, ...]) -> str:
    digest = hashlib.sha256(f"{name}\n{code()}\n".encode())
    for one in given:
        if isinstance(one, np.ndarray):
            digest.update(f"{one.dtype} {one.shape}\n".encode())
            digest.update(np.ascontiguousarray(one).tobytes())
        else:
            digest.update(json.dumps(one, sort_keys=True).encode() + b"\n")
    return digest.hexdigest()[:32]


@cache
def code() -> str:
    """Return a checksum of the code that results come from."""
    top = Path(__file__).resolve().parents[1]
    return checksum(_LIBRARIES, (file for part in _PARTS for file in top.glob(part)))


def _age(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0
