"""Stores of earlier versions are brought up, and repaired like others."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from humanlike.models.base import Answer
from humanlike.store import Store, schema
from humanlike.store.transfer import export, load
from humanlike.store.verify import repair, verify
from store.sample import begin, entries, keys_of


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.sqlite"


def as_version_1(path: Path, n: int) -> None:
    """Make what version 1 of the schema would have made."""
    with Store(path) as store:
        store.add(begin(store), entries(n))
    connection = sqlite3.connect(path)
    for statement in (
        "DROP TABLE waiting",
        "DROP TABLE batches",
        "DROP TABLE trainings",
        "ALTER TABLE responses DROP COLUMN origin",
        "PRAGMA user_version = 1",
    ):
        connection.execute(statement)
    connection.commit()
    connection.close()


def test_a_store_of_version_1_becomes_one_like_a_new_one(path: Path, tmp_path: Path) -> None:
    as_version_1(path, 3)
    shape = "SELECT name, sql FROM sqlite_master WHERE name != 'responses' ORDER BY name"
    columns = "SELECT name, type, \"notnull\", pk FROM pragma_table_info('responses')"
    with Store(path) as old, Store(tmp_path / "new.sqlite") as new:
        assert old.rows("PRAGMA user_version") == [(schema.VERSION,)]
        for statement in (shape, columns):
            assert old.rows(statement) == new.rows(statement)
        assert old.answers(keys_of(entries(3))) == {e.key: e.answer for e in entries(3)}
    assert verify(path).problems == ()


def test_a_damaged_store_of_version_1_is_repaired_too(path: Path) -> None:
    as_version_1(path, 2000)
    with path.open("r+b") as file:
        file.seek(-4096, 2)
        file.write(bytes(4096))
    assert repair(path).saved > 1000
    assert verify(path).problems == ()


def test_where_an_answer_came_from_is_kept_and_travels(path: Path, tmp_path: Path) -> None:
    origin = {"model": "m-1", "not given": ["logprobs"]}
    (entry,) = entries(1)
    entry = entry._replace(answer=Answer("a", origin=origin))
    with Store(path) as store, Store(tmp_path / "other.sqlite") as other:
        store.add(begin(store), [entry])
        assert store.answers([entry.key])[entry.key].origin == origin
        export(store, tmp_path / "out.jsonl")
        assert load(other, tmp_path / "out.jsonl").new == 1
        assert other.answers([entry.key])[entry.key].origin == origin


def test_an_export_of_an_earlier_version_is_taken_in(path: Path, tmp_path: Path) -> None:
    with Store(path) as store, Store(tmp_path / "other.sqlite") as other:
        store.add(begin(store), entries(3))
        export(store, tmp_path / "out.jsonl")
        lines = (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()
        older = [{k: v for k, v in json.loads(x).items() if k != "origin"} for x in lines]
        text = "\n".join(map(json.dumps, older))
        (tmp_path / "older.jsonl").write_text(text, encoding="utf-8")
        assert load(other, tmp_path / "older.jsonl").new == 3
