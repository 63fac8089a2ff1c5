"""A whole evaluation is kept for as long as model, code, data and answers stay as they are.

A command and the page it writes evaluate the same; the second time nothing has changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from humanlike.data import usage
from humanlike.data.source import simulation_forced
from humanlike.errors import HumanlikeError
from humanlike.evaluate.kept import checksum, keep
from humanlike.evaluate.record import Evaluation, from_json
from humanlike.paths import home, project_root

if TYPE_CHECKING:
    from humanlike.evaluate.parameters import Parameters

_PARTS: Final = ("data", "tasks", "models", "store", "query", "stats", "analysis", "evaluate")
_LIBRARIES: Final = ("numpy", "scipy", "numba", "pandas")
MOST: Final = 100
"""Evaluations that are kept; the oldest go first."""


class Whole:
    """The place of one evaluation.

    Parameters
    ----------
    identity : dict
        All of the model that can change an answer.
    parameters : Parameters
    store : Path
        Where its answers are; any change of the file makes the evaluation anew.
    """

    def __init__(self, identity: dict[str, Any], parameters: Parameters, store: Path) -> None:
        known = [identity, asdict(parameters), simulation_forced(), _code()]
        self._known = json.dumps(known, sort_keys=True)
        self._store = store

    @property
    def _place(self) -> Path:
        text = f"{self._known}\n{_stamp(self._store)}"
        name = hashlib.sha256(text.encode()).hexdigest()[:32]
        return home() / "cache" / "evaluations" / f"{name}.json"

    def recall(self) -> Evaluation | None:
        """Return the evaluation if it is there, and note the data it read as read."""
        place = self._place
        try:
            found = json.loads(place.read_text(encoding="utf-8"))
            evaluation = from_json(found["evaluation"], str(place))
        except (OSError, ValueError, KeyError, HumanlikeError):
            return None
        for name, files, real in found["data"]:
            usage.note(name, files, real)
        return evaluation

    def keep(self, evaluation: Evaluation, read: Iterable[usage.DataUse]) -> None:
        """Keep an evaluation all of whose questions are answered, and what data it read.

        One that had to do with simulated data is not kept: the real ones may come.
        """
        if evaluation.simulated and not simulation_forced():
            return
        data = [[use.id, sorted(use.sha256), use.real] for use in read]
        text = json.dumps({"evaluation": evaluation.as_json(), "data": data})
        keep(self._place, text, MOST)

    @contextmanager
    def kept_through(self) -> Iterator[None]:
        """Keep on what is kept while questions are asked that are no part of it."""
        with usage.watched() as read:
            before = self.recall()
        yield
        if before:
            self.keep(before, read.values())


def _stamp(store: Path) -> list[list[int]]:
    """Return sizes and times of the store's files; reading changes neither."""
    found = []
    for file in (store, store.with_name(f"{store.name}-wal")):
        with suppress(OSError):
            state = file.stat()
            found.append([state.st_size, state.st_mtime_ns] if state.st_size else [0])
    return [one for one in found if one != [0]]


@cache
def _code() -> str:
    """Return a checksum of the code and the project's own data that evaluations come from."""
    top, root = Path(__file__).resolve().parents[1], project_root() / "data"
    code = [file for part in _PARTS for file in (top / part).rglob("*.py")]
    return checksum(_LIBRARIES, [*code, *(file for file in root.rglob("*.*") if file.is_file())])
