"""The store's tables, each column explained; statements and documentation are made from this."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from humanlike.errors import HumanlikeError

VERSION = 3


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes
    ----------
    name : str
        Its name.
    type : str
        SQLite type and constraints.
    doc : str
        What it holds, in a sentence.
    """

    name: str
    type: str
    doc: str


@dataclass(frozen=True)
class Table:
    """One table.

    Attributes
    ----------
    name : str
        Its name.
    doc : str
        What a row is.
    columns : tuple of Column
        In order.
    indexes : tuple of str
        Statements that make its indexes.
    ending : str
        What follows the closing bracket of ``CREATE TABLE``.
    """

    name: str
    doc: str
    columns: tuple[Column, ...]
    indexes: tuple[str, ...] = ()
    ending: str = ""

    @property
    def statement(self) -> str:
        """Return ``CREATE TABLE``."""
        lines = ",\n  ".join(f"{column.name} {column.type}" for column in self.columns)
        return f"CREATE TABLE {self.name} (\n  {lines}\n){self.ending}"


RUNS = Table(
    "runs",
    "One command that asked: who was asked, how, with what and when.",
    (
        Column("id", "INTEGER PRIMARY KEY", "Number of the run."),
        Column("task", "TEXT NOT NULL", "The task as the command named it; empty for an import."),
        Column("spec", "TEXT NOT NULL", "The model's spec."),
        Column("model", "TEXT NOT NULL", "Part of every key: the model's identity (JSON)."),
        Column("settings", "TEXT NOT NULL", "Part of every key: the settings (JSON)."),
        Column("info", "TEXT NOT NULL", "All the model says of itself, with device (JSON)."),
        Column("versions", "TEXT NOT NULL", "Versions of Python, this package, libraries (JSON)."),
        Column("host", "TEXT NOT NULL", "Name of the machine."),
        Column("pid", "INTEGER NOT NULL", "Number of the process."),
        Column("started", "REAL NOT NULL", "When it began, in seconds since 1970 (UTC)."),
        Column("beat", "REAL NOT NULL", "When it last showed that it was alive."),
        Column("ended", "REAL", "When it ended; empty while it runs or if it was killed."),
        Column("state", "TEXT NOT NULL", "running, finished, stopped, failed or imported."),
    ),
)
PROMPTS = Table(
    "prompts",
    "One text that was asked, kept once whoever was asked it.",
    (
        Column("id", "INTEGER PRIMARY KEY", "Number of the prompt."),
        Column("digest", "BLOB NOT NULL UNIQUE", "SHA-256 of the five columns that follow."),
        Column("user", "TEXT NOT NULL", "The text that asks."),
        Column("system", "TEXT NOT NULL", "The instruction before it; may be empty."),
        Column("form", "TEXT NOT NULL", "chat or base."),
        Column("allowed", "TEXT", "Answers to be scored (JSON list)."),
        Column("question", "TEXT", "What is asked, as data (JSON); answers are parsed with it."),
    ),
)
RESPONSES = Table(
    "responses",
    "One answer, exactly as it came, or the named reason why none came.",
    (
        Column("id", "INTEGER PRIMARY KEY", "Number of the answer, in the order of arrival."),
        Column("key", "BLOB NOT NULL UNIQUE", "SHA-256 of all that can change the answer."),
        Column("prompt", "INTEGER NOT NULL REFERENCES prompts(id)", "What was asked."),
        Column("run", "INTEGER NOT NULL REFERENCES runs(id)", "Which run asked."),
        Column("trial", "INTEGER NOT NULL", "Which repetition, from 0."),
        Column("text", "TEXT NOT NULL", "The answer, unparsed."),
        Column("scores", "TEXT", "Log-probability of each allowed answer (JSON)."),
        Column("tokens", "TEXT", "Tokens, their log-probabilities and alternatives (JSON)."),
        Column("finish", "TEXT NOT NULL", "Why the answer ended: stop, length, ..."),
        Column("prompt_tokens", "INTEGER", "Tokens read."),
        Column("completion_tokens", "INTEGER", "Tokens written."),
        Column("seconds", "REAL", "Time it took."),
        Column("problem", "TEXT", "Name of what went wrong; empty when all went well."),
        Column("message", "TEXT", "What was said about it."),
        Column("settled", "INTEGER NOT NULL", "1: never asked again. 0: a problem that may pass."),
        Column("created", "REAL NOT NULL", "When it was stored, in seconds since 1970 (UTC)."),
        Column("checksum", "INTEGER NOT NULL", "CRC-32 of text, scores, tokens, finish, problem."),
        Column("origin", "TEXT", "What a server said of itself, and what it did not do (JSON)."),
    ),
    (
        "CREATE INDEX responses_run ON responses(run)",
        "CREATE INDEX responses_open ON responses(key) WHERE settled = 0",
    ),
)
CLAIMS = Table(
    "claims",
    "One prompt that a living run has taken on, so that no other run asks it too.",
    (
        Column("key", "BLOB PRIMARY KEY", "The key its answer will have."),
        Column(
            "run",
            "INTEGER NOT NULL REFERENCES runs(id)",
            "Who took it on; all of a run's claims end with the run.",
        ),
    ),
    ending=" WITHOUT ROWID",
)
BATCHES = Table(
    "batches",
    "One file of requests handed to a server, which answers them when it likes.",
    (
        Column("id", "INTEGER PRIMARY KEY", "Number of the batch."),
        Column("run", "INTEGER NOT NULL REFERENCES runs(id)", "The run that looks after it."),
        Column("label", "TEXT NOT NULL UNIQUE", "Our own name of it, also told to the server."),
        Column("path", "TEXT NOT NULL", "Which requests: /chat/completions or /completions."),
        Column("file", "TEXT", "The server's name of the file of requests."),
        Column("name", "TEXT", "The server's name of the batch; empty until it has taken it."),
        Column("state", "TEXT NOT NULL", "new, sent or done."),
        Column("requests", "INTEGER NOT NULL", "How many requests."),
        Column("created", "REAL NOT NULL", "When it was made, in seconds since 1970 (UTC)."),
    ),
)
WAITING = Table(
    "waiting",
    "One prompt in a batch that has not been fetched; nobody else asks it meanwhile.",
    (
        Column("key", "BLOB PRIMARY KEY", "The key its answer will have."),
        Column("batch", "INTEGER NOT NULL REFERENCES batches(id)", "In which batch."),
        Column("prompt", "INTEGER NOT NULL REFERENCES prompts(id)", "What was asked."),
        Column("trial", "INTEGER NOT NULL", "Which repetition, from 0."),
    ),
    ("CREATE INDEX waiting_batch ON waiting(batch)",),
    ending=" WITHOUT ROWID",
)
TRAININGS = Table(
    "trainings",
    "One fine-tuning job at a server, and the model that came of it.",
    (
        Column("id", "INTEGER PRIMARY KEY", "Number of the training."),
        Column("label", "TEXT NOT NULL UNIQUE", "Our own name of it, also told to the server."),
        Column("digest", "TEXT NOT NULL", "SHA-256 of all that makes it; equal for a second try."),
        Column("base", "TEXT NOT NULL", "Spec of the model that is fine-tuned."),
        Column("examples", "TEXT NOT NULL", "The training set: name, counts, checksums (JSON)."),
        Column("settings", "TEXT NOT NULL", "Epochs, seed and the like (JSON)."),
        Column("estimate", "REAL", "Dollars it was expected to cost; empty if unknown."),
        Column("files", "TEXT NOT NULL", "The server's names of the files handed over (JSON)."),
        Column("name", "TEXT", "The server's name of the job; empty until it has taken it."),
        Column("state", "TEXT NOT NULL", "new, or what the server calls its state."),
        Column("result", "TEXT", "Spec of the trained model."),
        Column("told", "TEXT", "What the server says: job, events, checkpoints (JSON)."),
        Column("created", "REAL NOT NULL", "When it was made, in seconds since 1970 (UTC)."),
    ),
    ("CREATE INDEX trainings_digest ON trainings(digest)",),
)
TABLES = (RUNS, PROMPTS, RESPONSES, CLAIMS, BATCHES, WAITING, TRAININGS)
KEPT = (RUNS, PROMPTS, RESPONSES)
"""Tables that hold what was answered; the others hold what is going on."""

MIGRATIONS: dict[int, tuple[str, ...]] = {
    1: (
        "ALTER TABLE responses ADD COLUMN origin TEXT",
        *(s for table in (BATCHES, WAITING) for s in (table.statement, *table.indexes)),
    ),
    2: (TRAININGS.statement, *TRAININGS.indexes),
}
"""Statements that lead from each version to the next; an empty file is made anew."""


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the open file to this version; several processes may try at once.

    Raises
    ------
    HumanlikeError
        If the file was written by a later version of the package, or is no store.
    """
    if _version(connection) == VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        found = _version(connection)
        if found > VERSION:
            raise HumanlikeError(
                f"The store has version {found}, this package knows up to {VERSION}. "
                "Use the version of humanlike that wrote it, or a newer one."
            )
        if found == 0 and connection.execute("SELECT 1 FROM sqlite_master").fetchone():
            raise HumanlikeError("The file is an SQLite database, but no store of humanlike.")
        for statement in _statements(found):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _statements(found: int) -> Iterator[str]:
    if found == 0:
        for table in TABLES:
            yield from (table.statement, *table.indexes)
    else:
        for version in range(found, VERSION):
            yield from MIGRATIONS[version]


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def describe() -> str:
    """Return the documentation of all tables as Markdown."""
    parts = [f"Schema version {VERSION}.\n"]
    for table in TABLES:
        parts += [
            f"### `{table.name}`\n",
            f"{table.doc}\n",
            "| column | type | holds |",
            "|---|---|---|",
        ]
        parts += [f"| {c.name} | {c.type.lower()} | {c.doc} |" for c in table.columns]
        parts.append("")
    return "\n".join(parts)
