"""The cache of executions, and the small parts of the worker; nothing is executed here."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from book.made_up import make_chapter
from humanlike.book import worker
from humanlike.book.execute import KEPT_PER_CHAPTER, Cache, scratch
from humanlike.book.fingerprint import key_of
from humanlike.book.record import SESSION_MIME, VALUE_MIME

CHAPTER = make_chapter("rsa", {})


def keep(cache: Cache, code: str, *, age: float = 0.0) -> Path:
    """Put an execution into the cache."""
    parts = {"code": code}
    folder = cache.folder / "rsa" / key_of(parts)
    folder.mkdir(parents=True)
    (folder / "executed.ipynb").write_text("{}")
    (folder / "result.json").write_text(json.dumps({"chapter": "rsa", "values": {"code": code}}))
    (folder / "parts.json").write_text(json.dumps(parts))
    os.utime(folder, (2e9 - age, 2e9 - age))
    return folder


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


def test_an_execution_is_found_by_exactly_its_dependencies(cache: Cache) -> None:
    folder = keep(cache, "a")
    found = cache.find(CHAPTER, {"code": "a"})
    assert found is not None
    assert (found.folder, found.result["values"]) == (folder, {"code": "a"})
    assert found.parts == {"code": "a"}
    assert cache.find(CHAPTER, {"code": "b"}) is None


def test_the_newest_execution_is_the_one_used_last(cache: Cache) -> None:
    assert cache.newest(CHAPTER) is None
    keep(cache, "old", age=200)
    keep(cache, "new", age=100)
    newest = cache.newest(CHAPTER)
    assert newest is not None
    assert newest.result["values"] == {"code": "new"}


def test_finding_an_execution_makes_it_the_newest(cache: Cache) -> None:
    old = keep(cache, "old", age=4e8)
    keep(cache, "new", age=3e8)
    cache.find(CHAPTER, {"code": "old"})
    newest = cache.newest(CHAPTER)
    assert newest is not None
    assert newest.folder == old


def test_the_reason_for_executing_names_what_changed(cache: Cache) -> None:
    assert cache.why(CHAPTER, {"code": "a"}) == "never executed"
    keep(cache, "a")
    assert cache.why(CHAPTER, {"code": "b"}) == "its code cells"


def test_only_the_last_executions_are_kept(cache: Cache) -> None:
    folders = [keep(cache, str(n), age=n) for n in range(KEPT_PER_CHAPTER + 3)]
    cache._prune(CHAPTER)
    assert [folder.exists() for folder in folders] == [True] * KEPT_PER_CHAPTER + [False] * 3


@pytest.mark.parametrize("content", ["", "{", "{}", '{"values": {}}'])
def test_a_damaged_entry_is_dropped_and_counts_as_not_executed(cache: Cache, content: str) -> None:
    folder = keep(cache, "a")
    (folder / "result.json").write_text(content)
    assert cache.find(CHAPTER, {"code": "a"}) is None
    assert not folder.exists()


def test_an_entry_without_notebook_is_not_used(cache: Cache) -> None:
    (keep(cache, "a") / "executed.ipynb").unlink()
    assert cache.find(CHAPTER, {"code": "a"}) is None


def test_failed_and_unfinished_executions_are_never_the_newest(cache: Cache) -> None:
    for name in ("failed", ".abc-unfinished"):
        keep(cache, name).rename(cache.folder / "rsa" / name)
    assert cache.newest(CHAPTER) is None


def test_an_execution_whose_dependencies_were_lost_has_none(cache: Cache) -> None:
    (keep(cache, "a") / "parts.json").write_text("{")
    found = cache.find(CHAPTER, {"code": "a"})
    assert found is not None
    assert found.parts == {}


def test_a_scratch_folder_is_gone_after_an_error_and_after_being_left(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), scratch(tmp_path / "a", "x") as folder:
        (folder / "half").write_text("")
        raise KeyboardInterrupt
    assert list((tmp_path / "a").iterdir()) == []
    with scratch(tmp_path / "a", "x") as folder:
        folder.rename(tmp_path / "a" / "final")
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["final"]


def show(mime: str, data: Any) -> Any:
    return new_output("display_data", data={mime: data})


def test_values_are_collected_by_key_and_the_last_one_counts() -> None:
    first, again = {"key": "a", "value": 1}, {"key": "a", "value": 2, "interval": [1, 3]}
    other = {"key": "b", "value": "x"}
    cells = [
        new_code_cell("", outputs=[show(VALUE_MIME, first), show("text/plain", "no")]),
        new_markdown_cell("text"),
        new_code_cell("", outputs=[show(VALUE_MIME, other), show(VALUE_MIME, again)]),
    ]
    assert worker.collect_values(new_notebook(cells=cells)) == {
        "a": {"value": 2, "interval": [1, 3]},
        "b": {"value": "x"},
    }


def test_the_session_note_is_collected_and_empty_without_one() -> None:
    note = {"chapter": "rsa", "real": True, "data": []}
    cell = new_code_cell("", outputs=[show(SESSION_MIME, note)])
    assert worker.collect_session(new_notebook(cells=[cell])) == note
    assert worker.collect_session(new_notebook()) == {}


def test_time_stamps_are_dropped_so_that_equal_results_are_equal_files() -> None:
    stamp = {"iopub.status.busy": "2026-01-01T00:00:00Z"}
    cell = new_code_cell("1", metadata={"papermill": stamp, "execution": stamp, "tags": ["x"]})
    notebook = worker.clean(new_notebook(cells=[cell], metadata={"papermill": stamp}))
    assert notebook.metadata == {}
    assert notebook.cells[0].metadata == {"tags": ["x"]}
    nbformat.validate(notebook)


def test_the_failing_cell_is_counted_as_in_the_chapters_source() -> None:
    error = new_output("error", ename="E", evalue="", traceback=[])

    def tagged(tag: str, **more: Any) -> Any:
        return new_code_cell("", metadata={"tags": [tag]}, **more)

    cells = [
        new_markdown_cell("# Title"),
        tagged("parameters"),
        tagged("injected-parameters"),
        tagged("papermill-error-cell-tag"),
        new_code_cell("1 / 0", outputs=[error]),
        new_code_cell("never reached"),
    ]
    assert worker._failing_cell(new_notebook(cells=cells)) == 3


def test_kernels_listen_in_a_folder_of_their_own_so_that_none_takes_the_port_of_another(
    tmp_path: Path,
) -> None:
    first = worker.transport(tmp_path / "a")["KernelManager"]
    second = worker.transport(tmp_path / "b")["KernelManager"]
    assert first["transport"] == second["transport"] == "ipc"
    assert first["ip"] != second["ip"]


def test_a_folder_too_long_for_a_socket_leaves_the_kernel_on_tcp(tmp_path: Path) -> None:
    assert worker.transport(tmp_path / ("x" * 100)) == {}
