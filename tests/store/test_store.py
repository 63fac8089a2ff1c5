"""Answers go in once, come out as they were, and survive what happens to processes and disks."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from humanlike.errors import HumanlikeError
from humanlike.models.base import Answer, Problem
from humanlike.store import Store, StoreError, schema
from humanlike.store.overview import find, groups
from humanlike.store.rows import answer_from, answer_row, clean
from humanlike.store.store import WAIT_SECONDS
from humanlike.store.writer import Writer
from store.sample import INFO, SETTINGS, begin, entries, keys_of

BUSY = Problem("timeout", "no answer in 60 s")
REFUSED = Problem("refused", "not allowed", final=True)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "store.sqlite"


def test_what_goes_in_comes_out(path: Path) -> None:
    found = entries(3)
    with Store(path) as store:
        store.add(begin(store), found)
    with Store(path) as store:
        assert store.answers(keys_of(found)) == {e.key: e.answer for e in found}
        assert store.settled(keys_of(found)) == set(keys_of(found))
        assert len(store) == 3


def test_the_same_prompt_is_kept_once_whoever_is_asked(path: Path) -> None:
    with Store(path) as store:
        store.add(begin(store), entries(3))
        other = store.start(replace(INFO, spec="scripted:y"), SETTINGS)
        store.add(other, [e._replace(key=os.urandom(32)) for e in entries(3)])
        assert store.rows("SELECT count(*) FROM prompts") == [(3,)]
        assert store.rows("SELECT count(*) FROM responses") == [(6,)]


def test_a_settled_answer_is_never_replaced(path: Path) -> None:
    first, second = entries(1, text="a"), entries(1, text="b")
    with Store(path) as store:
        run = begin(store)
        store.add(run, first)
        store.add(run, second)
        assert store.answers(keys_of(first))[first[0].key].text == "a"


def test_a_problem_that_may_pass_is_kept_and_asked_again(path: Path) -> None:
    entry = entries(1)[0]
    with Store(path) as store:
        run = begin(store)
        store.add(run, [entry._replace(answer=Answer(problem=BUSY))])
        assert store.settled([entry.key]) == set()
        assert store.answers([entry.key])[entry.key].problem == BUSY
        assert len(store) == 0
        store.add(run, [entry])
        assert store.answers([entry.key]) == {entry.key: entry.answer}


def test_a_final_problem_is_an_answer(path: Path) -> None:
    entry = entries(1)[0]._replace(answer=Answer(problem=REFUSED))
    with Store(path) as store:
        store.add(begin(store), [entry])
        assert store.settled([entry.key]) == {entry.key}


@given(st.text(), st.dictionaries(st.text(), st.floats(allow_nan=False)))
@settings(deadline=None)
def test_any_answer_comes_back_as_it_was(text: str, scores: dict[str, float]) -> None:
    answer = Answer(text, scores)
    with sqlite3.connect(":memory:") as memory:
        row = memory.execute(f"SELECT {', '.join('?' * 11)}", answer_row(answer)).fetchone()
    assert answer_from(row) == answer


def test_halves_of_surrogate_pairs_do_not_stop_the_store() -> None:
    assert clean("a\ud83d") == "a\ufffd"
    assert clean("\ud83d\ude00 ok") == "\U0001f600 ok"


def test_two_runs_never_claim_the_same_prompt(path: Path) -> None:
    keys = keys_of(entries(10))
    with Store(path) as one, Store(path) as two:
        first, second = begin(one), begin(two)
        mine = one.claim(first, keys[:6])
        theirs = two.claim(second, keys)
        assert mine == set(keys[:6])
        assert theirs == set(keys[6:])
        two.add(second, entries(1, start=9))
        one.finish(first, "stopped")
        assert two.claim(second, keys) == set(keys[:9])


def test_claims_of_a_dead_process_are_free(path: Path) -> None:
    keys = keys_of(entries(2))
    with Store(path) as store:
        dead = begin(store)
        store.claim(dead, keys)
        gone = subprocess.Popen([sys.executable, "-c", "pass"])
        gone.wait()
        with store.transaction() as connection:
            connection.execute("UPDATE runs SET pid = ?", (gone.pid,))
        assert store.claim(begin(store), keys) == set(keys)
        assert store.rows("SELECT state FROM runs WHERE id = ?", (dead,)) == [("killed",)]


@pytest.mark.parametrize(("silent", "free"), [(10, False), (1000, True)])
def test_another_machine_is_believed_alive_while_it_shows_life(
    path: Path, silent: float, free: bool
) -> None:
    keys = keys_of(entries(2))
    with Store(path) as store:
        store.claim(begin(store), keys)
        with store.transaction() as connection:
            connection.execute("UPDATE runs SET host = 'far', beat = ?", (time.time() - silent,))
        assert store.claim(begin(store), keys) == (set(keys) if free else set())


def test_several_threads_may_make_and_fill_one_store(path: Path) -> None:
    def work(part: int) -> None:
        with Store(path) as store:
            store.add(begin(store), entries(50, start=part * 25))

    threads = [threading.Thread(target=work, args=(part,)) for part in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Store(path) as store:
        assert len(store) == 50 + 5 * 25


def test_the_writer_commits_by_itself_and_tells(path: Path) -> None:
    told: list[int] = []
    with Store(path) as store:
        writer = Writer(path, begin(store), lambda batch: told.append(len(batch)))
        writer.put(entries(1)[0])
        until = time.monotonic() + 10
        while not told and time.monotonic() < until:
            time.sleep(0.01)
        assert len(store) == 1
        for entry in entries(10, start=1):
            writer.put(entry)
        writer.close()
        assert len(store) == sum(told) == 11


def test_a_full_disk_is_one_message_and_nothing_stored_is_lost(path: Path) -> None:
    with Store(path) as store:
        run = begin(store)
        store.add(run, entries(5))
        pages = store.rows("PRAGMA page_count")[0][0]
        store.connection.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(StoreError, match=r"The disk is full: .* Free some space"):
            store.add(run, entries(5000, start=5))
    with Store(path) as store:
        assert len(store) == 5
        store.add(begin(store), entries(5000, start=5))
        assert len(store) == 5005


def test_the_writer_keeps_what_it_could_not_store(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StoreError("The disk is full")

    with Store(path) as store:
        writer = Writer(path, begin(store))
        monkeypatch.setattr(Store, "add", full)
        with pytest.raises(StoreError, match="full"):
            for entry in entries(200):
                writer.put(entry)
                time.sleep(0.002)
        with pytest.raises(StoreError, match="full"):
            writer.close()
        assert len(writer.unsaved) >= 1
        assert writer.unsaved == entries(len(writer.unsaved))


def fill(path: Path, count: int) -> None:
    with Store(path) as store:
        run = begin(store)
        store.add(run, entries(count))
        store.finish(run, "finished")
        store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def test_a_damaged_store_is_one_message_with_the_way_out(path: Path) -> None:
    fill(path, 10)
    with path.open("r+b") as file:
        file.write(b"no database at all")
    with pytest.raises(StoreError, match=r"is damaged .* verify --repair"):
        Store(path)


def test_another_database_is_refused(path: Path) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE birds (name TEXT)")
    other.close()
    with pytest.raises(HumanlikeError, match="no store of humanlike"):
        Store(path)


def test_a_later_version_is_refused_and_left_alone(path: Path) -> None:
    fill(path, 1)
    with sqlite3.connect(path) as other:
        other.execute("PRAGMA user_version = 99")
    other.close()
    with pytest.raises(HumanlikeError, match="version 99"):
        Store(path)


def test_an_earlier_version_is_brought_up(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(path, 3)
    now = schema.VERSION
    steps = {**schema.MIGRATIONS, now: ("ALTER TABLE runs ADD COLUMN note TEXT",)}
    monkeypatch.setattr(schema, "VERSION", now + 1)
    monkeypatch.setattr(schema, "MIGRATIONS", steps)
    with Store(path) as store:
        assert len(store) == 3
        assert store.rows("SELECT note FROM runs") == [(None,)]
    with Store(path) as store:
        assert store.rows("PRAGMA user_version") == [(now + 1,)]


def test_a_migration_that_fails_changes_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(path, 3)
    now = schema.VERSION
    steps = {**schema.MIGRATIONS, now: ("ALTER TABLE runs ADD COLUMN note TEXT", "NONSENSE")}
    with monkeypatch.context() as patch:
        patch.setattr(schema, "VERSION", now + 1)
        patch.setattr(schema, "MIGRATIONS", steps)
        with pytest.raises(StoreError, match="could not be used"):
            Store(path)
    with Store(path) as store:
        assert len(store) == 3


def test_a_locked_store_says_so(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("humanlike.store.store.WAIT_SECONDS", 0.05)
    locked = pytest.raises(StoreError, match="locked for too long")
    with Store(path) as one, Store(path) as two, one.transaction(), locked:
        begin(two)


def test_who_waits_goes_on_when_the_other_has_finished(path: Path) -> None:
    written: list[int] = []

    def write() -> None:
        with Store(path) as two:
            written.append(begin(two))

    waiting = threading.Thread(target=write)
    with Store(path) as one:
        with one.transaction():
            waiting.start()
            waiting.join(0.2)
            assert waiting.is_alive()
            assert not written
        waiting.join(60)
        assert written
        assert one.rows("PRAGMA busy_timeout") == [(WAIT_SECONDS * 1000,)]


def test_a_folder_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="file"):
        Store(tmp_path / "file" / "store.sqlite")


def test_a_torn_last_frame_of_the_log_loses_only_what_was_not_committed(path: Path) -> None:
    with Store(path) as store:
        run = begin(store)
        store.add(run, entries(100))
        before = path.with_name(path.name + "-wal").stat().st_size
        store.add(run, entries(100, start=100))
        copy = path.with_name("copy.sqlite")
        for ending in ("", "-wal"):
            shutil.copy(f"{path}{ending}", f"{copy}{ending}")
    with Path(f"{copy}-wal").open("r+b") as log:
        log.truncate(before + 1000)
    with Store(copy) as torn:
        assert len(torn) == 100
        assert torn.settled(keys_of(entries(200))) == set(keys_of(entries(100)))


def test_the_overview_groups_by_task_model_and_settings(path: Path) -> None:
    with Store(path) as store:
        store.add(begin(store), entries(3))
        bad = entries(1, start=3)[0]._replace(answer=Answer(problem=REFUSED))
        store.add(begin(store), [bad])
        (group,) = groups(store)
        assert (group.task, group.answers, group.problems, group.runs) == ("triplets", 4, 1, 2)
        entry = entries(1)[0]
        (shown,) = find(store, entry.key.hex()[:10])
        assert shown["user"] == entry.prompt.user
        assert shown["model"] == INFO.identity()
        with pytest.raises(HumanlikeError, match="No answer has a key"):
            find(store, "00000000")
        with pytest.raises(HumanlikeError, match="64 digits"):
            find(store, "xyz")


def test_few_keys_among_many_are_looked_up_one_by_one(path: Path) -> None:
    found = entries(200)
    with Store(path) as store:
        store.add(begin(store), found)
        wanted = [*keys_of(found[:20]), *keys_of(entries(20, start=1000))]
        assert store.settled(wanted) == set(keys_of(found[:20]))
