"""Nothing is computed twice: results of long computations by their code and all that goes in."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import numpy as np

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
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(prefix=".unfinished-", dir=place.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    Path(part).replace(place)
    _prune(place.parent)
    return json.loads(text)


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
    digest = hashlib.sha256(" ".join(f"{one} {version(one)}" for one in _LIBRARIES).encode())
    for file in sorted(file for part in _PARTS for file in top.glob(part)):
        digest.update(f"{file.relative_to(top)}\n".encode() + file.read_bytes())
    return digest.hexdigest()


def _prune(folder: Path) -> None:
    """Remove what was not used for longest; other processes may do so at the same time."""
    files = sorted(folder.glob("*.json"), key=_age, reverse=True)
    for file in files[MOST:]:
        file.unlink(missing_ok=True)


def _age(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0
