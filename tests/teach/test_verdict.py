"""Digests and verdicts: what is right, what is not, and what a student is told."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from humanlike.data import usage
from humanlike.errors import HumanlikeError
from humanlike.teach import check, digests
from humanlike.teach.answers import plain
from humanlike.teach.seal import NOTE, seal, sealed
from humanlike.teach.solve import Solved
from humanlike.teach.verdict import judge

from .made_up import RIGHT

ENTRY = {"kind": "compute", "tolerance": 0.01, "slips": []}


def hide(number: float, step: float = 0.01) -> dict:
    near = digests.of_number(number, digests.COARSE * step, "x-y/near")
    return ENTRY | {"answer": "number", "tolerance": step, "near": near,
                    "is": digests.of_number(number, step, "x-y")}  # fmt: skip


@pytest.fixture
def fast(monkeypatch):
    monkeypatch.setattr(digests, "ROUNDS", 1)


@settings(max_examples=200)
@given(
    st.floats(-1e6, 1e6), st.floats(1e-4, 10), st.floats(-1, 1), st.floats(2.01, 1e3), st.booleans()
)
def test_right_is_what_lies_within_the_tolerance(right, step, within, beyond, below) -> None:
    k = digests.grid_point(right, step)
    assert abs(digests.grid_point(right + 0.999999 * within * step, step) - k) <= 1
    away = right + (-beyond if below else beyond) * step
    assert abs(digests.grid_point(away, step) - k) >= 2


def test_a_digest_hides_its_text_and_depends_on_its_salt(fast) -> None:
    assert digests.digest("b", "one") != digests.digest("b", "two")
    assert digests.of_text(" The  Mouse ", "s") == digests.of_text("the mouse", "s")
    assert len(digests.digest("b", "one")) == 32


def test_nothing_that_is_kept_shows_an_answer(entries) -> None:
    text = json.dumps(entries)
    assert "3.0864" not in text
    assert '"b"' not in text
    assert NOTE.endswith("A curtain, not a lock.")


def test_the_right_answers_are_right(entries) -> None:
    for name, answer in RIGHT.items():
        assert judge(name, entries[name], answer).state == "right"


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("0.5", "'0.5' is a text. Leave the quotation marks out"),
        (True, "this is True or False"),
        ([1.0, 2.0], "these are 2 values"),
        (math.nan, "This is NaN"),
        (math.inf, "This is infinite"),
        (-0.4321, "Right but for the sign"),
        (43.21, "A hundred times too large"),
        (0.004321, "A hundred times too small"),
        (1 - 0.4321, "one minus the answer"),
        (0.46, "Near: within some tens of tolerances"),
        (7.0, "Open the hints"),
    ],
)
def test_a_wrong_number_gets_a_helpful_word(fast, answer, says) -> None:
    step = 0.002 if answer == 0.46 else 0.0001
    verdict = judge("x-y", hide(0.4321, step) if answer != 0.46 else hide(0.455, step), answer)
    assert verdict.state == "not yet"
    assert says in verdict.says


def test_a_known_slip_is_answered_in_its_own_words(entries) -> None:
    verdict = judge("alpha-spread", entries["alpha-spread"], 1.2345678 * 2.0)
    assert verdict.says == "You divided by the number itself."


def test_whole_numbers_are_exact(fast) -> None:
    assert judge("x-y", hide(12, 0), 12).state == "right"
    assert judge("x-y", hide(12, 0), 13).state == "not yet"
    assert judge("x-y", hide(12, 0), 12.4).says == "A whole number is asked for."


def test_choices_and_names(entries, fast) -> None:
    entry = entries["alpha-guess"]
    assert judge("alpha-guess", entry, "a and b").says.startswith("The letter of one option")
    assert judge("alpha-guess", entry, 2).says.startswith("A text in quotation marks")
    names = ENTRY | {"answer": "names", "is": [digests.of_text(n, "x-y") for n in ("ant", "bee")]}
    assert judge("x-y", names, ["Bee", "ant"]).state == "right"
    assert judge("x-y", names, "ant").says.startswith(
        "1 of your 1 belong to the answer, which has 2"
    )
    assert judge("x-y", names, [1.5]).says.startswith("A list of names")


def test_a_table_names_the_labels_that_are_wrong(fast) -> None:
    right = {"a": 0.5, "b": 0.25}
    hidden = {k: digests.of_number(v, 0.01, f"x-y/{k}") for k, v in right.items()}
    table = ENTRY | {"answer": "table", "is": hidden}
    assert judge("x-y", table, right).state == "right"
    assert judge("x-y", table, right | {"b": 0.9}).says == "1 of 2 are right. Look again at b."
    assert judge("x-y", table, {"a": 0.5}).says.startswith("No value for b.")
    assert "b: This is NaN" in judge("x-y", table, right | {"b": math.nan}).says
    assert "with their labels" in judge("x-y", table, 0.5).says


def test_answers_of_numpy_and_pandas_become_plain() -> None:
    assert plain(...) is None
    assert plain(np.float64(1.5)) == plain(np.array([1.5])) == plain(np.array(1.5)) == 1.5
    assert type(plain(np.float64(1.5))) is float
    assert plain(pd.Series({"a": np.int64(1)})) == {"a": 1}
    assert plain(pd.DataFrame({"x": [1, 2]}, index=["a", "b"])) == {"a": 1, "b": 2}
    assert plain(np.arange(3)) == [0, 1, 2]
    assert plain({"b", "a"}) == ["a", "b"]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (print, "this is a builtin_function_or_method"),
        (np.zeros((2, 2)), "An array as an answer has one axis; this one has 2"),
        (pd.DataFrame(np.zeros((2, 2))), "has one column of numbers; this one has 2"),
        (pd.Series([1, 2], index=["a", "a"]), "Some labels of this table stand there twice"),
        (range(100), "at most 64 values"),
    ],
)
def test_an_answer_that_is_none_is_refused_with_its_kind(answer, message) -> None:
    with pytest.raises(HumanlikeError, match=message):
        plain(list(answer) if isinstance(answer, range) else answer)


@pytest.mark.parametrize(
    ("name", "answer", "message"),
    [
        ("alpha-spread", "x", "is 'x', no number"),
        ("alpha-spread", math.nan, "is nan, no number"),
        ("alpha-spread", 0.001, "the answer 0 would be right"),
        ("alpha-guess", 3, "answer is no text"),
    ],
)
def test_a_solution_that_cannot_be_checked_is_refused(found, solved, name, answer, message) -> None:
    wrong = solved | {name: Solved(answer, solved[name].slips, "")}
    with pytest.raises(HumanlikeError, match=message):
        seal(found, wrong)


def test_a_slip_that_counts_as_right_is_refused(found, solved) -> None:
    one = solved["alpha-spread"]
    wrong = solved | {"alpha-spread": Solved(one.answer, (one.answer + 0.015,), "")}
    with pytest.raises(HumanlikeError, match="counts as right"):
        seal(found, wrong)


def test_check_in_a_notebook(project, monkeypatch) -> None:
    monkeypatch.setenv("HUMANLIKE_PROJECT", str(project))
    usage.clear()
    assert str(check("alpha-spread", RIGHT["alpha-spread"])) == "✓ alpha-spread: right"
    assert str(check("alpha-spread", ...)) == "· alpha-spread: not attempted"
    assert "this is a builtin" in check("alpha-spread", print).says
    with pytest.raises(HumanlikeError, match="Did you mean 'alpha-spread'"):
        check("alpha-spred", 1)
    with pytest.raises(HumanlikeError, match=r"There is no .*omega.json"):
        check("omega-one", 1)
    monkeypatch.setenv("HUMANLIKE_DATA", "simulated")
    verdict = check("alpha-spread", RIGHT["alpha-spread"])
    assert verdict.state == "cannot be checked"
    assert "simulated" in verdict.says


def test_a_damaged_file_of_digests_is_named(project, tmp_path) -> None:
    folder = tmp_path / "book" / "exercises" / "checks"
    folder.mkdir(parents=True)
    (folder / "alpha.json").write_text("{", "utf-8")
    with pytest.raises(HumanlikeError, match="is damaged; restore it"):
        sealed("alpha", tmp_path)
