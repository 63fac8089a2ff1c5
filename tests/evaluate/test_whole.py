"""What is kept of a whole evaluation, and what makes it anew."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from humanlike.data import usage
from humanlike.evaluate import Evaluation, evaluate, run
from humanlike.evaluate.robust import robustness
from humanlike.evaluate.whole import Whole, _code
from humanlike.query import query
from humanlike.store.store import default_path

from .conftest import COINS, PERFECT, SMALL


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note which tasks are measured."""
    tasks: list[str] = []
    real = run._measured

    def note(task: str, *rest: object) -> object:
        tasks.append(task)
        return real(task, *rest)

    monkeypatch.setattr(run, "_measured", note)
    return tasks


def test_nothing_is_done_twice_while_nothing_changes(
    found: dict[str, Evaluation], measured: list[str]
) -> None:
    first = evaluate(PERFECT, **SMALL)
    measured.clear()
    usage.clear()
    lines: list[str] = []
    again = evaluate(PERFECT, **SMALL, tell=lines.append)
    assert again == first
    assert measured == []
    assert lines[0].startswith("Nothing has changed since 20")
    assert {use.id for use in usage.used()} >= {"things-spose", "wu2026-ratings"}
    assert again.simulated == found[PERFECT].simulated != ()


def test_other_ways_of_asking_change_nothing_of_what_is_kept(
    found: dict[str, Evaluation], measured: list[str]
) -> None:
    first = evaluate(PERFECT, **SMALL)
    before = default_path().stat().st_mtime_ns
    robustness(PERFECT, first, {"triplets": 37}, missing="simulate", n_jobs=1)
    assert default_path().stat().st_mtime_ns > before
    measured.clear()
    usage.clear()
    assert evaluate(PERFECT, **SMALL) == first
    assert measured == []
    assert {use.id for use in usage.used()} >= {"things-spose", "wu2026-ratings"}


def test_other_parameters_and_new_answers_are_measured_anew(
    found: dict[str, Evaluation], measured: list[str]
) -> None:
    evaluate(PERFECT, **SMALL)
    measured.clear()
    assert evaluate(PERFECT, **SMALL | {"seed": 3, "n_triplets": 1200}).id != found[PERFECT].id
    assert measured == ["triplets", "ratings"]
    evaluate(PERFECT, **SMALL)
    measured.clear()
    query("triplets", COINS, n=7, seed=99)
    evaluate(PERFECT, **SMALL)
    assert measured == ["triplets", "ratings"]


def whole(one: Evaluation) -> Whole:
    return Whole(one.identity, one.parameters, default_path())


def test_simulated_data_that_nobody_asked_for_are_not_kept(
    found: dict[str, Evaluation], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = replace(found[PERFECT], simulated=("things-spose",))
    monkeypatch.delenv("HUMANLIKE_DATA")
    whole(one).keep(one, [])
    assert whole(one).recall() is None
    real = replace(one, simulated=())
    whole(real).keep(real, [])
    assert whole(real).recall() == real


def test_a_torn_file_is_as_good_as_none_and_code_is_part_of_the_key(
    found: dict[str, Evaluation], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = found[COINS]
    whole(one).keep(one, [])
    assert whole(one).recall() == one
    place = whole(one)._place
    place.write_text(place.read_text(encoding="utf-8")[:-40], encoding="utf-8")
    assert whole(one).recall() is None
    whole(one).keep(one, [])
    monkeypatch.setattr("humanlike.evaluate.whole._code", lambda: _code() + "changed")
    assert whole(one).recall() is None


def test_an_evaluation_names_the_simulated_data_it_read_itself_and_no_other() -> None:
    """Whatever the process did before: a worker of a sweep evaluates one model after the other."""
    tasks = ("ratings",), ("triplets",), ("ratings",)
    few = SMALL | {"n_words": 11, "n_triplets": 50, "n_boot": 2, "n_perm": 1}
    rated, chosen, again = (
        evaluate(f"simulated:seed={n}", task, **few) for n, task in enumerate(tasks)
    )
    assert "wu2026-ratings" in rated.simulated
    assert "wu2026-ratings" not in chosen.simulated
    assert again.simulated == rated.simulated
    usage.clear()
    last = evaluate("simulated:seed=3", ("ratings",), **few)
    assert last.simulated == rated.simulated, "what is at hand from before was simulated too"
