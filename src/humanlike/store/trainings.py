"""Fine-tuning jobs in the store: what was handed over, how far it is, and which model it gave."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

from humanlike.errors import HumanlikeError
from humanlike.store.store import Store

_FIELDS = (
    "id, label, digest, base, examples, settings, estimate, files, name, state, result, told, "
    "created"
)
_JSON = ("examples", "settings", "files", "told")


@dataclass(frozen=True, slots=True)
class Training:
    """One job; the attributes are the columns of the table ``trainings``."""

    id: int
    label: str
    digest: str
    base: str
    examples: dict[str, Any]
    settings: dict[str, Any]
    estimate: float | None
    files: dict[str, str]
    name: str | None
    state: str
    result: str | None
    told: dict[str, Any]
    created: float


def begin(
    store: Store,
    digest: str,
    base: str,
    examples: dict[str, Any],
    settings: dict[str, Any],
    estimate: float | None,
) -> tuple[Training, bool]:
    """Return the job of this digest, entered if there is none, or only failed or cancelled ones.

    Returns
    -------
    Training
        The job.
    bool
        Whether it was there before.
    """
    with store.transaction() as connection:
        rows = connection.execute(
            "SELECT id, state FROM trainings WHERE digest = ? ORDER BY id", (digest,)
        ).fetchall()
        if rows and rows[-1][1] not in ("failed", "cancelled"):
            return one(store, int(rows[-1][0])), True
        label = f"humanlike-{digest[:24]}-{len(rows) + 1}"
        row = connection.execute(
            "INSERT INTO trainings (label, digest, base, examples, settings, estimate, files, "
            "state, created) VALUES (?, ?, ?, ?, ?, ?, '{}', 'new', ?)",
            (label, digest, base, json.dumps(examples), json.dumps(settings), estimate,
             time.time()),
        )  # fmt: skip
    return one(store, int(row.lastrowid or 0)), False


def update(store: Store, number: int, **values: Any) -> Training:
    """Write what became known of a job: ``files``, ``name``, ``state``, ``result``, ``told``."""
    for column, value in values.items():
        if column not in ("files", "name", "state", "result", "told"):
            raise HumanlikeError(f"A training has no changing column '{column}'.")
        text = json.dumps(value) if column in _JSON else value
        with store.transaction() as connection:
            connection.execute(
                f"UPDATE trainings SET {column} = ? WHERE id = ?",  # noqa: S608
                (text, number),
            )
    return one(store, number)


def every(store: Store) -> list[Training]:
    """Return all jobs, the oldest first."""
    return [_from(row) for row in store.rows(f"SELECT {_FIELDS} FROM trainings ORDER BY id")]  # noqa: S608


def one(store: Store, number: int) -> Training:
    """Return a job by its number.

    Raises
    ------
    HumanlikeError
        If there is none.
    """
    rows = store.rows(f"SELECT {_FIELDS} FROM trainings WHERE id = ?", (number,))  # noqa: S608
    if not rows:
        known = ", ".join(str(training.id) for training in every(store)) or "none"
        raise HumanlikeError(f"There is no training {number}. Known: {known}.")
    return _from(rows[0])


def _from(row: tuple[Any, ...]) -> Training:
    values = dict(zip(_FIELDS.split(", "), row, strict=True))
    return Training(**values | {name: json.loads(values[name] or "{}") for name in _JSON})
