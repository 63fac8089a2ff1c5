"""One SQLite file that keeps every answer for ever, with what produced it."""

from __future__ import annotations

import os
import platform
import sqlite3
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from humanlike.store.key import canonical
from humanlike.store.problems import explained
from humanlike.store.rows import (
    ANSWER_COLUMNS,
    Entry,
    answer_from,
    answer_row,
    checksum,
    prompt_row,
)
from humanlike.store.schema import migrate

if TYPE_CHECKING:
    from humanlike.models.base import Answer, ModelInfo, Prompt, Settings

Row = tuple[Any, ...]
FILE = "store.sqlite"
WAIT_SECONDS = 120.0
LOOK_SECONDS = 0.002
BEAT_SECONDS = 5.0
DEAD_SECONDS = 120.0
"""A run that has shown no life for so long no longer keeps others from asking.

Whether a process of this machine still lives is asked of the system at once, except on Windows,
where asking would end it.
"""
MANY = 10_000
"""Keys in one statement; SQLite allows 32,766 variables by default."""
SCAN = 4
"""Reading all keys is faster than looking up a quarter of them."""
SAMPLE = 1000
"""Answers looked at to tell how many tokens the next ones take."""
CACHE_KIBIBYTES = 256 * 1024
CHECKPOINT_PAGES = 30_000
_INSERT_PROMPT = (
    "INSERT OR IGNORE INTO prompts (digest, user, system, form, allowed, question) "
    "VALUES (?, ?, ?, ?, ?, ?)"
)
_ANSWER = [name.strip() for name in ANSWER_COLUMNS.split(",")]
_REPLACED = ["run", *_ANSWER, "created", "checksum"]
_INSERT_ANSWER = (
    f"INSERT INTO responses (key, prompt, run, trial, {ANSWER_COLUMNS}, created, checksum) "  # noqa: S608
    f"VALUES (?, (SELECT id FROM prompts WHERE digest = ?), ?, ?{', ?' * (len(_ANSWER) + 2)}) "
    f"ON CONFLICT (key) DO UPDATE SET {', '.join(f'{c} = excluded.{c}' for c in _REPLACED)} "
    "WHERE responses.settled = 0"
)


def default_path() -> Path:
    """Return where the user's store lies: ``store.sqlite`` in the folder of their own state."""
    from humanlike.paths import home

    return home() / FILE


class Store:
    """An open store; also a context manager.

    Parameters
    ----------
    path : Path, optional
        The file; by default the user's own. It is made when missing.

    Raises
    ------
    StoreError
        If the file is damaged, locked, not writable, or the disk is full. So do all methods.
    HumanlikeError
        If the file is no store, or one of a later version.

    Notes
    -----
    Several processes may use one file on a local disk at once. One object belongs to one thread.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = Path(path) if path else default_path()
        with explained(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.connection = sqlite3.connect(self.path, timeout=WAIT_SECONDS, isolation_level=None)
            try:
                self._prepare()
            except BaseException:
                self.connection.close()
                raise

    def _prepare(self) -> None:
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            f"cache_size = -{CACHE_KIBIBYTES}",
            f"wal_autocheckpoint = {CHECKPOINT_PAGES}",
            "temp_store = MEMORY",
        ):
            self.connection.execute(f"PRAGMA {pragma}")
        migrate(self.connection)

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self.connection.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Do all or nothing; other processes wait meanwhile."""
        with explained(self.path):
            self._begin()
            try:
                yield self.connection
                self.connection.execute("COMMIT")
            finally:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")

    def _begin(self) -> None:
        """Begin to write as soon as nobody else does; SQLite by itself looks ten times a second."""
        until = time.monotonic() + WAIT_SECONDS
        self.connection.execute("PRAGMA busy_timeout = 0")
        try:
            while True:
                try:
                    self.connection.execute("BEGIN IMMEDIATE")
                except sqlite3.OperationalError as problem:
                    busy = problem.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
                    if not busy or time.monotonic() > until:
                        raise
                else:
                    return
                time.sleep(LOOK_SECONDS)
        finally:
            self.connection.execute(f"PRAGMA busy_timeout = {int(WAIT_SECONDS * 1000)}")

    def rows(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Return what a statement selects."""
        with explained(self.path):
            return self.connection.execute(statement, values).fetchall()

    def start(self, info: ModelInfo, settings: Settings, task: str = "") -> int:
        """Enter a run and return its number."""
        now = time.time()
        row = {
            "task": task,
            "spec": info.spec,
            "model": canonical(info.identity()),
            "settings": canonical(settings.identity()),
            "info": canonical(asdict(info)),
            "versions": canonical(_versions() | dict(info.versions)),
            "host": platform.node(),
            "pid": os.getpid(),
            "started": now,
            "beat": now,
            "state": "running",
        }
        return self.insert_run(row)

    def insert_run(self, row: dict[str, Any]) -> int:
        """Enter a run as it stands and return its number."""
        columns, marks = ", ".join(row), ", ".join("?" * len(row))
        with self.transaction() as connection:
            statement = f"INSERT INTO runs ({columns}) VALUES ({marks})"  # noqa: S608
            return int(connection.execute(statement, tuple(row.values())).lastrowid or 0)

    def beat(self, run: int) -> None:
        """Show that a run is alive."""
        with self.transaction() as connection:
            connection.execute("UPDATE runs SET beat = ? WHERE id = ?", (time.time(), run))

    def finish(self, run: int, state: str) -> None:
        """End a run and give back what it still had claimed."""
        now = time.time()
        with self.transaction() as connection:
            connection.execute("DELETE FROM claims WHERE run = ?", (run,))
            connection.execute(
                "UPDATE runs SET ended = ?, beat = ?, state = ? WHERE id = ?",
                (now, now, state, run),
            )

    def settled(self, keys: Sequence[bytes]) -> set[bytes]:
        """Return those keys whose answer is here and need not be asked for again."""
        with explained(self.path):
            return self._settled(keys)

    def _settled(self, keys: Sequence[bytes]) -> set[bytes]:
        (stored,) = self.connection.execute("SELECT max(id) FROM responses").fetchone()
        if len(keys) * SCAN > (stored or 0):
            everything = self.connection.execute("SELECT key FROM responses").fetchall()
            found = {key for (key,) in everything}
            found.intersection_update(keys)
        else:
            found = set()
            for part in _parts(sorted(keys)):
                marks = ",".join("?" * len(part))
                statement = f"SELECT key FROM responses WHERE key IN ({marks})"  # noqa: S608
                found.update(key for (key,) in self.connection.execute(statement, part))
        unsettled = self.connection.execute("SELECT key FROM responses WHERE settled = 0")
        found.difference_update(key for (key,) in unsettled)
        return found

    def claim(self, run: int, keys: Sequence[bytes]) -> set[bytes]:
        """Reserve keys for a run: those neither answered nor being asked by another living run."""
        with self.transaction() as connection:
            free = self.free(run, keys)
            pairs = [(key, run) for key in sorted(free)]
            connection.executemany("INSERT OR IGNORE INTO claims (key, run) VALUES (?, ?)", pairs)
            return free

    def free(self, run: int, keys: Sequence[bytes]) -> set[bytes]:
        """Return those keys a run may take on; inside a transaction."""
        self._bury(run)
        free = set(keys) - self._settled(keys)
        free -= self._among(free, "claims WHERE run != ? AND", run)
        return free - self._among(free, "waiting WHERE ? AND", 1)

    def waiting(self, keys: Iterable[bytes]) -> set[bytes]:
        """Return those keys that are in a batch a server has not answered yet."""
        with explained(self.path):
            return self._among(keys, "waiting WHERE ? AND", 1)

    def _among(self, keys: Iterable[bytes], where: str, value: int) -> set[bytes]:
        found: set[bytes] = set()
        for part in _parts(sorted(keys)):
            marks = ",".join("?" * len(part))
            statement = f"SELECT key FROM {where} key IN ({marks})"  # noqa: S608
            found.update(key for (key,) in self.connection.execute(statement, [value, *part]))
        return found

    def _bury(self, run: int) -> None:
        """Give back the claims of runs that are no more."""
        holders = self.connection.execute(
            "SELECT id, host, pid, beat FROM runs "
            "WHERE id IN (SELECT DISTINCT run FROM claims) AND id != ?",
            (run,),
        )
        for other, host, pid, beat in holders.fetchall():
            if not is_alive(host, pid, beat):
                self.connection.execute("DELETE FROM claims WHERE run = ?", (other,))
                self.connection.execute(
                    "UPDATE runs SET state = 'killed' WHERE id = ? AND state = 'running'", (other,)
                )

    def add(self, run: int, entries: Iterable[Entry]) -> None:
        """Store answers in one transaction; a settled answer is never replaced."""
        entries = list(entries)
        prompts, answers = _rows(run, entries)
        with self.transaction():
            self._insert(prompts, answers)
            self._give_back(run, entries)

    def put(self, run: int, entries: Iterable[Entry]) -> None:
        """Do what `add` does inside a transaction that is open already."""
        self._insert(*_rows(run, entries))

    def _insert(self, prompts: list[Row], answers: list[Row]) -> None:
        self.connection.executemany(_INSERT_PROMPT, prompts)
        self.connection.executemany(_INSERT_ANSWER, answers)

    def _give_back(self, run: int, entries: Iterable[Entry]) -> None:
        """Give back what was given up: two runs would wait for each other's for ever otherwise."""
        keys = [(entry.key, run) for entry in entries if not entry.answer.settled]
        self.connection.executemany("DELETE FROM claims WHERE key = ? AND run = ?", keys)

    def put_prompts(self, prompts: Iterable[Prompt]) -> list[int]:
        """Enter prompts that are not here yet and return the number of each; in a transaction."""
        rows = [prompt_row(prompt) for prompt in prompts]
        self.connection.executemany(_INSERT_PROMPT, rows)
        select = "SELECT id FROM prompts WHERE digest = ?"
        return [int(self.connection.execute(select, row[:1]).fetchone()[0]) for row in rows]

    def answers(self, keys: Sequence[bytes]) -> dict[bytes, Answer]:
        """Return the answers that are here, by key."""
        found: dict[bytes, Answer] = {}
        for part in _parts(list(keys)):
            marks = ",".join("?" * len(part))
            statement = f"SELECT key, {ANSWER_COLUMNS} FROM responses WHERE key IN ({marks})"  # noqa: S608
            found.update((row[0], answer_from(row[1:])) for row in self.rows(statement, part))
        return found

    def pace(self, info: ModelInfo, settings: Settings, task: str) -> tuple[float, int]:
        """Return how long earlier runs of a model with a task took, and how many answers."""
        identity = (canonical(info.identity()), canonical(settings.identity()), task)
        took, count = self.rows(
            "SELECT coalesce(sum(ended - started), 0), "
            "coalesce(sum((SELECT count(*) FROM responses WHERE run = runs.id)), 0) "
            "FROM runs WHERE model = ? AND settings = ? AND task = ? "
            "AND state IN ('finished', 'stopped') AND id NOT IN (SELECT run FROM batches)",
            identity,
        )[0]
        return float(took), int(count)

    def measured(self, info: ModelInfo, settings: Settings, task: str) -> tuple[int, int, int, int]:
        """Return what the last answers of a model to a task took.

        Returns
        -------
        tuple of int
            Answers looked at, characters of their prompts, tokens read, tokens written.
        """
        identity = (canonical(info.identity()), canonical(settings.identity()), task, SAMPLE)
        row = self.rows(
            "SELECT count(*), coalesce(sum(characters), 0), coalesce(sum(prompt_tokens), 0), "
            "coalesce(sum(completion_tokens), 0) FROM (SELECT prompt_tokens, completion_tokens, "
            "length(user) + length(system) AS characters FROM responses JOIN prompts "
            "ON prompts.id = prompt WHERE prompt_tokens > 0 AND completion_tokens IS NOT NULL "
            "AND run IN (SELECT id FROM runs WHERE model = ? AND settings = ? AND task = ?) "
            "LIMIT ?)",
            identity,
        )[0]
        return int(row[0]), int(row[1]), int(row[2]), int(row[3])

    def __len__(self) -> int:
        """Return the number of settled answers."""
        open_ones = "(SELECT count(*) FROM responses WHERE settled = 0)"
        return int(self.rows(f"SELECT count(*) - {open_ones} FROM responses")[0][0])  # noqa: S608


def _rows(run: int, entries: Iterable[Entry]) -> tuple[list[Row], list[Row]]:
    """Return the rows of prompts and answers, made before others have to wait."""
    now = time.time()
    prompts: list[Row] = []
    answers: list[Row] = []
    for entry in entries:
        prompt, answer = prompt_row(entry.prompt), answer_row(entry.answer)
        prompts.append(prompt)
        head = (entry.key, prompt[0], run, entry.prompt.trial)
        answers.append((*head, *answer, now, checksum(answer)))
    return prompts, answers


def _parts(keys: list[bytes]) -> Iterator[list[bytes]]:
    for start in range(0, len(keys), MANY):
        yield keys[start : start + MANY]


def is_alive(host: str, pid: int, beat: float) -> bool:
    """Tell whether a run's process still lives."""
    if time.time() - beat > DEAD_SECONDS:
        return False
    if host != platform.node() or sys.platform == "win32":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _versions() -> dict[str, str]:
    from humanlike import __version__

    return {"python": platform.python_version(), "humanlike": __version__}
