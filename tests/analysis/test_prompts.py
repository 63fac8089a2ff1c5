"""Prompts taken apart and compared."""

from __future__ import annotations

import pandas as pd
import pytest

from humanlike.analysis.prompts import PRINTED, as_printed, describe_prompts, only_language_differs
from humanlike.data.prompts import load_prompts


def prompts(**changes):
    rating = PRINTED["rating"].replace("‘apple’", '"{Word}"')
    dutch = rating.replace("of English", "of Dutch").replace("{Word}", "{Woord}")
    rows = [
        ("rating", "English", "Visual", changes.get("english", rating)),
        ("rating", "Dutch", "Visual", changes.get("dutch", dutch)),
        ("question", "English", "", changes.get("question", PRINTED["question"])),
    ]
    table = pd.DataFrame(rows, columns=["task", "language", "dimension", "template"])
    return table.assign(trailing_space=table["template"].str.endswith(" "))


def test_quotation_marks_and_line_breaks_do_not_count():
    question = PRINTED["question"].replace("{index}", '"{index}"').replace("\n", "\n\n")
    assert as_printed(prompts(question=question)) == {"rating": True, "question": True}


def test_another_word_does():
    other = PRINTED["question"].replace("single", "one")
    assert as_printed(prompts(question=other))["question"] is False


def test_prompts_are_taken_apart():
    found = describe_prompts(prompts())
    assert list(found["experience"]) == ["seeing", "seeing"]
    assert "experienced by … on a scale" in found["rest"][0]


def test_only_the_language_differs():
    assert only_language_differs(describe_prompts(prompts()))
    assert not only_language_differs(
        describe_prompts(prompts(dutch="experienced by touching on a scale"))
    )


def test_real_prompts(real):
    table = load_prompts()
    assert as_printed(table) == {"rating": True, "question": True}
    found = describe_prompts(table).set_index(["language", "dimension"])
    assert found.loc[("Dutch", "Haptic"), "experience"] == "touching"
    assert found.loc[("English", "Haptic"), "experience"] == "feeling through touch"
    assert not only_language_differs(found.reset_index())


@pytest.mark.parametrize("language", ["English", "Dutch"])
def test_simulated_prompts_can_be_described(simulated, language):
    assert language in set(describe_prompts(load_prompts())["language"])
