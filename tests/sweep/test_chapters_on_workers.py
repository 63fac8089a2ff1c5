"""Chapters on workers: the same execution as here, or a clear refusal."""

from __future__ import annotations

from concurrent.futures import Executor, Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from book.sample import Project

import humanlike.book.remote
from humanlike.book.chapters import get_chapter, read_parameters
from humanlike.book.execute import Cache, silent
from humanlike.book.parameters import resolve
from humanlike.book.remote import Place, open_place
from humanlike.errors import HumanlikeError
from humanlike.parallel import Processes
from sweep.helpers import die


class Blind(Executor):
    """Workers that see no file of ours, and refuse all work."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        if fn is Path.is_file:
            done.set_result(False)
        else:
            done.set_exception(OSError("no such worker"))
        return done


def given(root: Path, **changes: Any) -> tuple[Any, ...]:
    chapter = replace(get_chapter("alpha", root), **changes)
    return chapter, resolve(read_parameters(chapter), {}, {}, "alpha"), "quick", root


@pytest.mark.slow
def test_a_worker_executes_the_same_chapter(project_env: Project, tmp_path: Path) -> None:
    there = Cache(tmp_path / "there")
    with Processes(1) as pool:
        found = Place(pool).run(there.run, *given(project_env.root), on_progress=silent)
    assert found.result["error"] is None
    assert found.result["values"]["mean"]["value"] == 2.0
    assert found.folder.is_relative_to(tmp_path / "there")
    chapter, parameters, _, _ = given(project_env.root)
    assert there.newest(chapter) is not None
    assert found.result["parameters"] == parameters


def test_chapters_that_ask_models_stay_here(project_env: Project) -> None:
    def here(chapter: Any, *_: Any, on_progress: Any) -> Any:
        return chapter.name

    for changes in ({"asks": ("model",)}, {"store": True}):
        place = Place(Blind())
        assert place.run(here, *given(project_env.root, **changes), on_progress=silent) == "alpha"


def test_a_worker_that_fails_is_one_message(project_env: Project) -> None:
    cache = Cache(project_env.root / "cache")
    with pytest.raises(HumanlikeError, match="Chapter alpha: OSError: no such worker"):
        Place(Blind()).run(cache.run, *given(project_env.root), on_progress=silent)
    with Processes(1) as pool, pytest.raises(HumanlikeError, match="was killed 3 times"):
        Place(pool).run(die, *given(project_env.root)[:1], on_progress=silent)  # type: ignore[arg-type]


def test_workers_without_the_same_disk_are_refused(
    project_env: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def blind(**_: Any) -> Any:
        from contextlib import nullcontext

        return nullcontext(Blind())

    monkeypatch.setattr(humanlike.book.remote, "open_executor", blind)
    with (
        pytest.raises(HumanlikeError, match="The workers do not see"),
        open_place("tcp://node:8786", project_env.root),
    ):
        pass
    with open_place("", project_env.root) as place:
        assert place.pool is None
