"""Answers leave one store and enter another unchanged; damage is found and what can be is saved."""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
from pathlib import Path

import pytest

from humanlike.cli.main import main
from humanlike.errors import HumanlikeError
from humanlike.models.base import Answer, Problem
from humanlike.paths import project_root
from humanlike.store import Store
from humanlike.store.schema import TABLES, describe
from humanlike.store.transfer import NAMES, Imported, export, load
from humanlike.store.verify import repair, verify
from store.sample import begin, entries, keys_of

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def full(tmp_path: Path) -> Path:
    """A store of 2,000 answers, all of them in the one file."""
    path = tmp_path / "full.sqlite"
    with Store(path) as store:
        run = begin(store)
        store.add(run, entries(2000))
        store.finish(run, "finished")
        store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


def test_export_and_import_give_the_same_answers(full: Path, tmp_path: Path) -> None:
    file = tmp_path / "answers.jsonl"
    with Store(full) as store, Store(tmp_path / "other.sqlite") as other:
        assert export(store, file) == 2000
        assert load(other, file) == Imported(2000, 0, 0)
        keys = keys_of(entries(2000))
        assert other.answers(keys) == store.answers(keys)
        assert load(other, file) == Imported(0, 2000, 0)
        assert other.rows("SELECT count(*), min(state) FROM runs") == [(1, "imported")]
    assert verify(tmp_path / "other.sqlite").problems == ()


def test_import_keeps_what_is_here_and_says_what_differs(full: Path, tmp_path: Path) -> None:
    file = tmp_path / "answers.jsonl"
    with Store(tmp_path / "other.sqlite") as other:
        passing = Answer(problem=Problem("timeout"))
        run = begin(other)
        other.add(run, entries(1, text="b"))
        other.add(run, [entries(1, start=1)[0]._replace(answer=passing)])
        with Store(full) as store:
            export(store, file)
        assert load(other, file) == Imported(1999, 0, 1)
        assert other.answers(keys_of(entries(1)))[keys_of(entries(1))[0]].text == "b"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda line: line.replace("item 1:", "item one:"), "line 2: the key does not belong"),
        (lambda line: line[:50], "line 2 is no record"),
        (lambda line: '{"key": "ab"}', "line 2 .* lacks trial"),
    ],
)
def test_a_changed_line_is_refused(
    full: Path, tmp_path: Path, change: object, message: str
) -> None:
    file = tmp_path / "answers.jsonl"
    with Store(full) as store:
        export(store, file)
        lines = file.read_text(encoding="utf-8").splitlines()
        lines[1] = change(lines[1])  # type: ignore[operator]
        file.write_text("\n".join(lines), encoding="utf-8")
        with pytest.raises(HumanlikeError, match=message):
            load(store, file)


def test_a_field_of_another_type_is_refused(full: Path, tmp_path: Path) -> None:
    """Nothing gets into a store that could not be read out of it again."""
    file = tmp_path / "answers.jsonl"
    with Store(full) as store:
        export(store, file)
        record = json.loads(file.read_text(encoding="utf-8").splitlines()[0])
    with Store(tmp_path / "other.sqlite") as other:
        for name in NAMES:
            file.write_text(json.dumps(record | {name: [[]]}), encoding="utf-8")
            with pytest.raises(HumanlikeError, match="line 1 is no record of an answer"):
                load(other, file)
        file.write_bytes(b"\xff\n")
        with pytest.raises(HumanlikeError, match="is no UTF-8 text"):
            load(other, file)
        assert len(other) == 0


def test_export_can_be_limited(full: Path, tmp_path: Path) -> None:
    with Store(full) as store:
        assert export(store, tmp_path / "a.jsonl", spec="scripted:x", task="triplets") == 2000
        assert export(store, tmp_path / "b.jsonl", spec="scripted:y") == 0
        assert export(store, tmp_path / "c.jsonl", task="qa") == 0


def test_parquet_holds_the_same(full: Path, tmp_path: Path) -> None:
    pd = pytest.importorskip("pandas")
    with Store(full) as store:
        assert export(store, tmp_path / "a.parquet") == 2000
    table = pd.read_parquet(tmp_path / "a.parquet")
    assert list(table["key"]) == [key.hex() for key in keys_of(entries(2000))]
    assert json.loads(table["scores"][0]) == {"a": -0.1, "b": -2.5}


def test_parquet_without_pyarrow_says_what_to_do(
    full: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with Store(full) as store, pytest.raises(HumanlikeError, match=r"Install it, or .* \.jsonl"):
        export(store, tmp_path / "a.parquet")
    assert list(tmp_path.glob("a.parquet*")) == []


def test_other_endings_are_refused(full: Path, tmp_path: Path) -> None:
    with Store(full) as store:
        with pytest.raises(HumanlikeError, match=r"\.jsonl or \.parquet"):
            export(store, tmp_path / "a.csv")
        with pytest.raises(HumanlikeError, match=r"Import reads \.jsonl"):
            load(store, tmp_path / "a.csv")


def test_a_whole_store_is_found_whole(full: Path) -> None:
    assert verify(full).answers == 2000
    assert verify(full).problems == ()


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE responses SET text = 'c' WHERE id = 7", "does not have its checksum"),
        ("UPDATE prompts SET user = 'changed' WHERE id = 7", "belongs to another request"),
        ("UPDATE responses SET trial = 3 WHERE id = 7", "belongs to another request"),
        ("DELETE FROM prompts WHERE id = 7", "its prompts is missing"),
    ],
)
def test_a_change_behind_the_stores_back_is_found(full: Path, statement: str, problem: str) -> None:
    with sqlite3.connect(full) as other:
        other.execute(statement)
    other.close()
    assert any(problem in found for found in verify(full).problems)


@pytest.mark.parametrize("torn", ["last page zero", "last page random", "cut in half", "middle"])
def test_a_torn_page_is_found_and_the_rest_is_saved(full: Path, torn: str) -> None:
    size, whole = full.stat().st_size, full.read_bytes()
    if torn == "cut in half":
        full.write_bytes(whole[: size - 2048])
    else:
        place = size // 2 // 4096 * 4096 if torn == "middle" else size - 4096
        filler = b"\0" * 4096 if "zero" in torn else bytes(range(256)) * 16
        full.write_bytes(whole[:place] + filler + whole[place + 4096 :])
    assert verify(full).problems
    done = repair(full)
    assert done.saved > 1900
    assert done.kept.exists()
    assert verify(full).problems == ()
    keys = keys_of(entries(2000))
    with Store(full) as store:
        lost = [e for e in entries(2000) if e.key not in store.settled(keys)]
        store.add(begin(store), lost)
        assert store.answers(keys) == {e.key: e.answer for e in entries(2000)}


def test_a_changed_answer_does_not_survive_a_repair(full: Path) -> None:
    with sqlite3.connect(full) as other:
        other.execute("UPDATE responses SET text = 'c' WHERE id = 7")
    other.close()
    assert repair(full).saved == 1999
    assert verify(full).problems == ()


def test_the_page_on_the_store_describes_the_schema_as_it_is() -> None:
    page = (project_root() / "book" / "store.md").read_text(encoding="utf-8")
    assert describe() in page


def test_every_column_is_explained_in_a_sentence() -> None:
    for table in TABLES:
        assert table.doc.endswith("."), table.name
        for column in table.columns:
            assert column.doc.endswith("."), column.name


def test_the_command_lists_shows_exports_imports_and_verifies(
    full: Path, tmp_path: Path, capsys: Captured
) -> None:
    at = ["--store", str(full)]
    assert main(["responses", "list", *at]) == 0
    assert "2,000  triplets  generate  scripted:x" in capsys.readouterr().out
    assert main(["responses", "list", "--json", *at]) == 0
    assert json.loads(capsys.readouterr().out)[0]["answers"] == 2000
    assert main(["responses", "show", keys_of(entries(1))[0].hex()[:12], *at]) == 0
    assert json.loads(capsys.readouterr().out)[0]["user"].startswith("Which is most like item 0")
    file = str(tmp_path / "x.jsonl")
    assert main(["responses", "export", file, *at]) == 0
    assert "2,000 answers written" in capsys.readouterr().out
    other = ["--store", str(tmp_path / "other.sqlite")]
    assert main(["responses", "import", file, *other]) == 0
    assert "2,000 new answers" in capsys.readouterr().out
    assert main(["responses", "verify", *other]) == 0
    assert "2,000 answers, all whole" in capsys.readouterr().out


def test_the_command_finds_damage_and_repairs_it(full: Path, capsys: Captured) -> None:
    broken = full.with_name("broken.sqlite")
    shutil.copy(full, broken)
    with broken.open("r+b") as file:
        file.truncate(broken.stat().st_size - 2048)
    at = ["--store", str(broken)]
    assert main(["responses", "verify", *at]) == 1
    assert "verify --repair" in capsys.readouterr().err
    assert main(["responses", "verify", "--repair", *at]) == 0
    assert "The damaged file is kept as" in capsys.readouterr().out
    assert main(["responses", "verify", *at]) == 0
