"""What is in the store, at a glance."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from humanlike.errors import HumanlikeError
from humanlike.store.store import Store
from humanlike.store.transfer import NAMES, SELECT, plain

HEX = set("0123456789abcdef")
MAX_SHOWN = 20


@dataclass(frozen=True)
class Group:
    """Answers to one task by one model with the same settings.

    Attributes
    ----------
    task, spec : str
        What was asked of whom.
    model : dict
        All of the model that can change an answer.
    settings : dict
        How.
    answers : int
        How many settled answers.
    problems : int
        How many of them are named problems instead of answers.
    runs : int
        Runs that contributed.
    first, last : float
        When the first run began and the last answer came, in seconds since 1970 (UTC).
    """

    task: str
    spec: str
    model: dict[str, Any]
    settings: dict[str, Any]
    answers: int
    problems: int
    runs: int
    first: float
    last: float


def groups(store: Store) -> list[Group]:
    """Return what is in the store by task, model and settings."""
    rows = store.rows(
        "SELECT task, spec, model, settings, sum(n), sum(bad), count(*), min(started), max(latest) "
        "FROM runs JOIN (SELECT run, sum(settled) AS n, count(problem) AS bad, "
        "max(created) AS latest FROM responses GROUP BY run) ON run = runs.id "
        "GROUP BY task, spec, settings, model ORDER BY max(latest) DESC"
    )
    return [Group(row[0], row[1], json.loads(row[2]), json.loads(row[3]), *row[4:]) for row in rows]


def find(store: Store, start: str) -> list[dict[str, Any]]:
    """Return the answers whose key begins so, as plain data; at most `MAX_SHOWN`.

    Raises
    ------
    HumanlikeError
        If the text is no beginning of a key, or no answer has it.
    """
    text = start.lower().strip()
    if not text or len(text) > 64 or set(text) - HEX:
        raise HumanlikeError(f"A key is up to 64 digits 0-9 and a-f; got '{start}'.")
    low, high = bytes.fromhex(text.ljust(64, "0")), bytes.fromhex(text.ljust(64, "f"))
    rows = store.rows(
        f"{SELECT} WHERE responses.key BETWEEN ? AND ? LIMIT {MAX_SHOWN}", (low, high)
    )
    if not rows:
        raise HumanlikeError(f"No answer has a key that begins with '{start}'.")
    return [plain(dict(zip(NAMES, row, strict=True))) for row in rows]
