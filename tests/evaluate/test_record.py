"""An evaluation as a file: whole or not at all, and read back as it was."""

from __future__ import annotations

import json
import math
import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from humanlike.errors import HumanlikeError
from humanlike.evaluate import Evaluation, evaluations, read_evaluation, write_evaluation
from humanlike.evaluate.files import find_evaluation
from humanlike.evaluate.record import Measured, from_json

from .conftest import COINS, LIKING, PERFECT


def test_what_is_written_is_read_back(found: dict[str, Evaluation], tmp_path: Path) -> None:
    for one in found.values():
        assert read_evaluation(write_evaluation(one, tmp_path)) == one
    assert {one.id for one in evaluations(tmp_path)} == {one.id for one in found.values()}
    assert len({one.id for one in found.values()}) == 3


@given(share=st.floats(0, 1))
def test_no_part_of_a_file_passes_for_a_whole(found: dict[str, Evaluation], share: float) -> None:
    text = found[COINS].as_json()
    cut = text[: int(share * (len(text) - 2))]
    with pytest.raises(HumanlikeError, match="cut off or damaged"):
        from_json(cut, "file")


def changed(one: Evaluation, **entries: object) -> str:
    return json.dumps(json.loads(one.as_json()) | entries)


def test_other_files_are_refused_with_what_to_do(found: dict[str, Evaluation]) -> None:
    one = found[COINS]
    body = json.loads(one.as_json())
    without = json.dumps({k: v for k, v in body.items() if k != "model"})
    bad_triplets = body["triplets"] | {"agreement": {"value": "much"}}
    for text, message in (
        ("[1]", "is no evaluation"),
        (changed(one, kind="leaderboard"), "is no evaluation"),
        (changed(one, schema=99), "schema 99, this version reads 1. Evaluate the model again"),
        (changed(one, extra=1), "has unknown extra"),
        (without, "lacks model"),
        (changed(one, triplets=bad_triplets), "'much' where <class 'float'> was expected"),
        (changed(one, triplets=3), "where a record was expected"),
        (changed(one, identity={"spec": "other"}), "changed by hand, or made by another version"),
        (changed(one, model={"spec": "simulated"}), "file.json lacks name"),
        (changed(one, parameters=body["parameters"] | {"n_boot": 0}), "file.json: n_boot must be"),
        ("[" * 10**5, "is not complete JSON"),
    ):
        with pytest.raises(HumanlikeError, match=message):
            from_json(text, "file.json")


def test_a_number_that_is_none_is_never_written(found: dict[str, Evaluation]) -> None:
    part = found[COINS].triplets
    assert part
    wrong = replace(found[COINS], triplets=replace(part, r2=Measured(math.nan)))
    with pytest.raises(ValueError, match="JSON compliant"):
        wrong.as_json()


def test_a_write_that_fails_leaves_the_old_file(
    found: dict[str, Evaluation], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write_evaluation(found[COINS], tmp_path)
    before = file.read_bytes()

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(HumanlikeError, match=r"could not be written \(.*No space"):
        write_evaluation(found[COINS], tmp_path)
    assert file.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == [file.name]


def test_a_bad_file_does_not_hide_the_others(found: dict[str, Evaluation], tmp_path: Path) -> None:
    write_evaluation(found[COINS], tmp_path)
    (tmp_path / "torn.json").write_text("{", encoding="utf-8")
    problems: list[str] = []
    assert len(list(evaluations(tmp_path, problems=problems))) == 1
    assert "torn.json" in problems[0]
    with pytest.raises(HumanlikeError, match=r"torn\.json"):
        list(evaluations(tmp_path))


def test_an_evaluation_is_found_by_name_spec_and_id(
    found: dict[str, Evaluation], tmp_path: Path
) -> None:
    with pytest.raises(HumanlikeError, match="nor has any other model"):
        find_evaluation("human", tmp_path)
    for one in found.values():
        write_evaluation(one, tmp_path)
    one = found[LIKING]
    for name in (one.name, one.name.upper(), one.spec, one.id, one.id[:6]):
        assert find_evaluation(name, tmp_path).id == one.id
    assert find_evaluation("human", tmp_path).id == found[PERFECT].id
    with pytest.raises(HumanlikeError, match="Did you mean 'human'"):
        find_evaluation("humann", tmp_path)
    with pytest.raises(HumanlikeError, match="There is no evaluation"):
        read_evaluation(tmp_path / "none.json")
