"""Is the store whole? And if not, what of it can be saved."""

from __future__ import annotations

import json
import shutil
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from humanlike.errors import HumanlikeError
from humanlike.store.key import Keys
from humanlike.store.problems import explained
from humanlike.store.rows import ANSWER_COLUMNS, PROMPT_COLUMNS, checksum, prompt_from
from humanlike.store.schema import KEPT, Column, Table
from humanlike.store.store import Store

SHOWN = 5
BATCH = 5000
ROWS_PER_PAGE = 100
_CHECKED = (
    f"SELECT responses.key, trial, checksum, {ANSWER_COLUMNS}, {PROMPT_COLUMNS}, "  # noqa: S608
    "model, settings, info FROM responses "
    "JOIN prompts ON prompts.id = prompt JOIN runs ON runs.id = run "
    "WHERE responses.id BETWEEN ? AND ?"
)
_LAST = {
    "runs": "SELECT max(run) FROM responses INDEXED BY responses_run WHERE run > 0",
    "prompts": "SELECT max(id) FROM prompts INDEXED BY sqlite_autoindex_prompts_1 "
    "WHERE digest >= x'00'",
    "responses": "SELECT max(id) FROM responses INDEXED BY responses_run WHERE run > 0",
}
_N_ANSWER = ANSWER_COLUMNS.count(",") + 1
_N_PROMPT = PROMPT_COLUMNS.count(",") + 1


@dataclass(frozen=True)
class Report:
    """What a check found.

    Attributes
    ----------
    answers : int
        Answers checked.
    problems : tuple of str
        What is wrong, in sentences; empty for a whole store.
    """

    answers: int
    problems: tuple[str, ...]


def verify(path: Path) -> Report:
    """Check the file's pages, the links between tables, every checksum and every key.

    Raises
    ------
    StoreError
        If it cannot even be opened.
    """
    with Store(path) as store:
        try:
            found = [str(row[0]) for row in store.connection.execute("PRAGMA integrity_check(5)")]
            links = store.connection.execute("PRAGMA foreign_key_check").fetchmany(SHOWN)
        except sqlite3.DatabaseError as problem:
            return Report(0, (f"The file is damaged: {problem}.",))
        problems = [f"The file is damaged: {text}." for text in found if text != "ok"]
        problems += [f"Table {row[0]}, row {row[1]}: its {row[2]} is missing." for row in links]
        if problems:
            return Report(0, tuple(problems))
        count, wrong = _check_answers(store)
    return Report(count, tuple(wrong))


def _check_answers(store: Store) -> tuple[int, list[str]]:
    makers: dict[tuple[str, str, str], Keys] = {}
    count, bad = 0, []
    last = int(store.rows("SELECT coalesce(max(id), 0) FROM responses")[0][0])
    for start in range(1, last + 1, BATCH):
        for row in store.rows(_CHECKED, (start, start + BATCH - 1)):
            count += 1
            key, trial, crc = row[:3]
            answer, rest = row[3 : 3 + _N_ANSWER], row[3 + _N_ANSWER :]
            made_by = rest[_N_PROMPT:]
            maker = makers.get(made_by) or makers.setdefault(made_by, _keys(*made_by))
            if checksum(answer) != crc:
                bad.append(f"Answer {key.hex()[:12]} does not have its checksum.")
            elif maker.of([prompt_from(rest[:_N_PROMPT], trial)])[0] != key:
                bad.append(f"Answer {key.hex()[:12]} belongs to another request than its key says.")
    more = [f"… and {len(bad) - SHOWN} more."] if len(bad) > SHOWN else []
    return count, bad[:SHOWN] + more


def _keys(model: str, settings: str, info: str) -> Keys:
    return Keys(json.loads(model), json.loads(settings), bool(json.loads(info)["reads_question"]))


@dataclass(frozen=True)
class Repair:
    """What a repair saved.

    Attributes
    ----------
    saved : int
        Answers in the new store.
    kept : Path
        Where the damaged file lies now.
    """

    saved: int
    kept: Path


def repair(path: Path) -> Repair:
    """Copy all that can be read into a new store and put it in place; keep the damaged file.

    Nobody may be writing meanwhile. Answers that cannot be read are simply asked for again.

    Raises
    ------
    HumanlikeError
        If nothing at all can be read.
    """
    fresh, reading = (path.with_name(path.name + end) for end in (".repaired", ".reading"))
    _remove(fresh)
    with Store(fresh) as store, explained(path):
        _copy_whole(path, reading)
        broken = sqlite3.connect(reading, isolation_level=None)
        broken.text_factory = bytes
        store.connection.execute("PRAGMA foreign_keys = OFF")
        try:
            for table in KEPT:
                _copy(broken, store, table)
        finally:
            broken.close()
            _remove(reading)
        _drop_orphans(store)
        saved = len(store)
    kept = path.with_name(f"{path.name}.damaged-{time.strftime('%Y%m%d-%H%M%S')}")
    for ending in ("", "-wal", "-shm"):
        part = path.with_name(path.name + ending)
        if part.exists():
            part.rename(kept.with_name(kept.name + ending))
    fresh.rename(path)
    return Repair(saved, kept)


def _copy_whole(path: Path, target: Path) -> None:
    """Copy a store; pages its header promises and the file lacks become empty ones."""
    _remove(target)
    shutil.copyfile(path, target)
    log = path.with_name(path.name + "-wal")
    if log.exists():
        shutil.copyfile(log, target.with_name(target.name + "-wal"))
    with target.open("r+b") as file:
        header = file.read(100)
        if len(header) == 100:
            page = int.from_bytes(header[16:18], "big")
            promised = int.from_bytes(header[28:32], "big") * (65536 if page == 1 else page)
            file.truncate(max(promised, file.seek(0, 2)))


def _remove(path: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


def _copy(broken: sqlite3.Connection, store: Store, table: Table) -> None:
    columns = _columns(broken, table)
    names = ", ".join(column.name for column in columns)
    marks = ", ".join("?" * len(columns))
    insert = f"INSERT OR IGNORE INTO {table.name} ({names}) VALUES ({marks})"  # noqa: S608
    texts = [column.type.startswith("TEXT") for column in columns]
    for rows in _salvage(broken, table.name, names):
        with store.transaction() as connection:
            connection.executemany(insert, filter(None, (_decoded(row, texts) for row in rows)))


def _columns(broken: sqlite3.Connection, table: Table) -> list[Column]:
    """Return the columns a damaged store has, which may be one of an earlier version."""
    try:
        found = broken.execute(f"PRAGMA table_info({table.name})").fetchall()
        there = {bytes(row[1]).decode("utf-8", "replace") for row in found}
    except sqlite3.DatabaseError:
        there = set()
    return [column for column in table.columns if not there or column.name in there]


def _decoded(row: tuple[Any, ...], texts: list[bool]) -> tuple[Any, ...] | None:
    try:
        return tuple(
            value.decode() if text and isinstance(value, bytes) else value
            for value, text in zip(row, texts, strict=True)
        )
    except UnicodeDecodeError:
        return None


def _salvage(broken: sqlite3.Connection, table: str, names: str) -> Iterator[list[tuple[Any, ...]]]:
    """Yield the readable rows of a table, halving ranges until the unreadable ones are alone."""
    select = f"SELECT {names} FROM {table} NOT INDEXED WHERE id BETWEEN ? AND ?"  # noqa: S608
    pending = [(1, _last(broken, table))]
    while pending:
        low, high = pending.pop()
        if high - low >= BATCH:
            pending += [
                (start, min(start + BATCH - 1, high)) for start in range(low, high + 1, BATCH)
            ]
            continue
        try:
            rows = broken.execute(select, (low, high)).fetchall()
            if rows:
                yield rows
        except sqlite3.DatabaseError:
            if low < high:
                middle = (low + high) // 2
                pending += [(low, middle), (middle + 1, high)]


def _last(broken: sqlite3.Connection, table: str) -> int:
    """Return a number no row exceeds, from an index; the table's own last page may be torn."""
    try:
        pages = int(broken.execute("PRAGMA page_count").fetchone()[0])
    except sqlite3.DatabaseError as problem:
        raise HumanlikeError(f"Nothing in the store can be read ({problem}).") from problem
    try:
        return int(broken.execute(_LAST[table]).fetchone()[0] or 0)
    except sqlite3.DatabaseError:
        return pages * ROWS_PER_PAGE


def _drop_orphans(store: Store) -> None:
    """Remove answers whose prompt or run is lost, and those whose content was changed."""
    select = f"SELECT id, checksum, {ANSWER_COLUMNS} FROM responses"  # noqa: S608
    bad = [(row[0],) for row in store.rows(select) if checksum(row[2:]) != row[1]]
    with store.transaction() as connection:
        connection.executemany("DELETE FROM responses WHERE id = ?", bad)
        connection.execute(
            "DELETE FROM responses WHERE prompt NOT IN (SELECT id FROM prompts) "
            "OR run NOT IN (SELECT id FROM runs)"
        )
