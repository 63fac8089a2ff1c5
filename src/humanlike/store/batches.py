"""Batches in the store: what was handed to a server for later, and who looks after it."""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from humanlike.store.key import canonical
from humanlike.store.rows import PROMPT_COLUMNS, Entry, prompt_from
from humanlike.store.store import Store, is_alive

if TYPE_CHECKING:
    from humanlike.models.base import ModelInfo, Prompt, Settings

_FIELDS = "batches.id, run, label, path, file, name, batches.state, requests, created, spec, task"
_SELECT = f"SELECT {_FIELDS} FROM batches JOIN runs ON runs.id = run"  # noqa: S608


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch.

    Attributes
    ----------
    id, run : int
        Its number, and the run that looks after it.
    label : str
        Our own name of it, also told to the server.
    path : str
        Which requests: ``/chat/completions`` or ``/completions``.
    file, name : str or None
        The server's names of the file of requests and of the batch.
    state : str
        ``new``, ``sent`` or ``done``.
    requests : int
        How many.
    created : float
        When it was made, in seconds since 1970 (UTC).
    spec, task : str
        Who was asked, and what.
    """

    id: int
    run: int
    label: str
    path: str
    file: str | None
    name: str | None
    state: str
    requests: int
    created: float
    spec: str
    task: str


def make(
    store: Store, run: int, path: str, asked: Sequence[tuple[bytes, Prompt]]
) -> tuple[Batch | None, set[bytes]]:
    """Enter a batch of those prompts nobody has answered, claimed or put into another batch.

    Returns
    -------
    tuple
        The batch, or None if no prompt was left, and the keys in it.
    """
    label = f"humanlike-{uuid.uuid4().hex}"
    with store.transaction() as connection:
        free = store.free(run, [key for key, _ in asked])
        if not free:
            return None, free
        prompts = {key: prompt for key, prompt in asked if key in free}
        numbers = store.put_prompts(prompts.values())
        values = (run, label, path, "new", len(prompts), time.time())
        row = connection.execute(
            "INSERT INTO batches (run, label, path, state, requests, created) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            values,
        )
        connection.executemany(
            "INSERT INTO waiting (key, batch, prompt, trial) VALUES (?, ?, ?, ?)",
            [
                (key, row.lastrowid, number, prompt.trial)
                for (key, prompt), number in zip(prompts.items(), numbers, strict=True)
            ],
        )
    return one(store, int(row.lastrowid or 0)), free


def one(store: Store, number: int) -> Batch:
    """Return a batch as it stands."""
    return Batch(*store.rows(f"{_SELECT} WHERE batches.id = ?", (number,))[0])


def going_on(store: Store, of: tuple[ModelInfo, Settings, str] | None = None) -> list[Batch]:
    """Return the batches that are not done, the oldest first: all, or those of a query."""
    if of is None:
        rows = store.rows(f"{_SELECT} WHERE batches.state != 'done' ORDER BY batches.id")
    else:
        info, settings, task = of
        rows = store.rows(
            f"{_SELECT} WHERE batches.state != 'done' AND model = ? AND settings = ? AND task = ? "
            "ORDER BY batches.id",
            (canonical(info.identity()), canonical(settings.identity()), task),
        )
    return [Batch(*row) for row in rows]


def take_over(store: Store, batch: Batch, run: int) -> bool:
    """Make a run look after a batch; False if a living one does, or it is done meanwhile."""
    with store.transaction() as connection:
        found = connection.execute(
            "SELECT batches.state, run, host, pid, beat, ended FROM batches "
            "JOIN runs ON runs.id = run WHERE batches.id = ?",
            (batch.id,),
        ).fetchone()
        state, holder, host, pid, beat, ended = found
        if state == "done" or (holder != run and ended is None and is_alive(host, pid, beat)):
            return False
        connection.execute("UPDATE batches SET run = ? WHERE id = ?", (run, batch.id))
    return True


def note(store: Store, batch: Batch, **columns: Any) -> Batch:
    """Write down what happened to a batch: ``file``, ``name`` or ``state``."""
    sets = ", ".join(f"{name} = ?" for name in columns)
    with store.transaction() as connection:
        connection.execute(
            f"UPDATE batches SET {sets} WHERE id = ?",  # noqa: S608
            (*columns.values(), batch.id),
        )
    return one(store, batch.id)


def prompts_of(store: Store, batch: Batch) -> dict[bytes, Prompt]:
    """Return what a batch asks, by key."""
    rows = store.rows(
        f"SELECT key, trial, {PROMPT_COLUMNS} FROM waiting "  # noqa: S608
        "JOIN prompts ON prompts.id = prompt WHERE batch = ? ORDER BY prompt, trial",
        (batch.id,),
    )
    return {row[0]: prompt_from(row[2:], row[1]) for row in rows}


def end(store: Store, batch: Batch, run: int, entries: Sequence[Entry]) -> None:
    """Store a batch's answers and free what it did not answer, all or nothing."""
    with store.transaction() as connection:
        store.put(run, entries)
        connection.execute("DELETE FROM waiting WHERE batch = ?", (batch.id,))
        connection.execute("UPDATE batches SET state = 'done' WHERE id = ?", (batch.id,))
