"""Expected ratings and the way back from a published rating to its response."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from humanlike.analysis import expected, trace
from humanlike.analysis.agreement import (
    by_dimension,
    common_words,
    compare_structure,
    who_was_asked,
)
from humanlike.data.norms import MODELS, features, load_ratings
from humanlike.data.responses import load_responses
from humanlike.errors import HumanlikeError


def test_whole_numbers_are_weighed_by_brute_force(simulated):
    answers = expected.answer_table("English", ["Foot"], ["base"])
    raw = load_responses(language="English", dimensions=["Foot"], models=["base"])
    by_hand = [
        sum(int(t) * math.exp(p) for t, p in one[0].items()) / sum(map(math.exp, one[0].values()))
        for one in raw["logprobs"]
    ]
    assert answers["expected"].to_numpy() == pytest.approx(by_hand)
    assert list(answers["word"]) == list(raw["word"])
    assert answers["value"].to_numpy() == pytest.approx(raw["text"].astype(float).to_numpy())
    assert set(answers["failure"]) == {""}


def test_a_table_is_a_copy_and_is_cut_to_what_was_asked(simulated):
    first = expected.answer_table("Dutch", ["Visual", "Haptic"], ["base"])
    first["expected"] = -1
    again = expected.answer_table("Dutch", ["Visual", "Haptic"], ["base"])
    assert set(again["dimension"]) == {"Visual", "Haptic"}
    assert (again["expected"] >= 0).all()
    with pytest.raises(HumanlikeError, match="Did you mean 'Visual'"):
        expected.answer_table("Dutch", ["Visuel"])


def test_expected_ratings_have_the_schema_of_the_answers(simulated):
    plain = load_ratings("Dutch")
    table = expected.load_expected_ratings("Dutch", models=["base"])
    assert list(table.columns) == list(plain.columns)
    pd.testing.assert_frame_equal(table.drop(columns="base"), plain.drop(columns="base"))
    assert table["base"].between(0, 5).all()
    assert (table["base"] - plain["base"]).abs().max() > 0.01
    assert table.attrs["expected"] == ("base",)
    with pytest.raises(HumanlikeError, match="Did you mean 'base'"):
        expected.load_expected_ratings("Dutch", models=["bass"])


def test_ratings_with_too_little_on_the_scale_are_missing(simulated):
    assert (
        expected.load_expected_ratings("Dutch", models=["base"], min_on_scale=1.1)["base"]
        .isna()
        .all()
    )


@pytest.mark.parametrize(
    ("text", "tokens", "likeliest"),
    [
        ("3.94", [{"3": -0.1, "2": -2}, {".": 0}, {"94": -1.0, "5": -2}], True),
        ("3.5", [{"3": -0.1, "2": -2}, {".": 0}, {"94": -1.0, "5": -2}], False),
        ("3.9", [{"3": -0.1}, {".": 0}, {"5": -1.0, "9": -1.0}], True),
        ("2", [{"3": -0.1, "2": -2}], False),
        ("Please give", [{"Please": -0.1}, {" give": -0.1}], True),
    ],
)
def test_likeliest_tokens(text, tokens, likeliest):
    assert expected._is_likeliest(text, tokens) is likeliest


def test_traces_count_what_became_of_the_ratings():
    rows = [
        (1.0, 1.0, ""),
        (2.0, 3.0, ""),
        (2.0, np.nan, "no number"),
        (np.nan, 3.0, ""),
        (np.nan, np.nan, "no number"),
        (np.nan, np.nan, "no response"),
    ]
    traced = pd.DataFrame(rows, columns=["published", "value", "failure"])
    found = trace.trace_summary(traced.assign(language="English", model="base")).iloc[0].to_dict()
    assert found == {
        "language": "English", "model": "base", "asked": 6, "published": 3, "equal": 1,
        "different": 1, "invented": 1, "lost": 1, "no_number": 2, "no_response": 1,
    }  # fmt: skip


def test_agreement_is_that_of_pandas_on_the_common_words(simulated):
    greedy = load_ratings("English")
    table = greedy.copy()
    table.loc[0, "base"] = np.nan
    words = common_words(greedy, table, ["base"])
    assert len(words) == greedy["word"].nunique() - 1
    found = by_dimension(greedy, table, ["base"]).set_index("dimension").loc["Hand"]
    human, base = features(greedy, "human").loc[words], features(greedy, "base").loc[words]
    assert found["greedy"] == pytest.approx(human["Hand"].corr(base["Hand"], method="spearman"))
    assert found["greedy"] == found["expected"]
    assert found["apart"] == 0


def test_only_languages_with_answers_are_compared(simulated):
    tables = {language: load_ratings(language) for language in ("English", "Dutch")}
    assert who_was_asked(tables, ["qa_ft"]) == {"English": ["qa_ft"]}
    assert who_was_asked(tables, ["base", "qa_ft"])["Dutch"] == ["base"]
    with pytest.raises(HumanlikeError, match="None of qa_ft was asked in Dutch"):
        who_was_asked({"Dutch": tables["Dutch"]}, ["qa_ft"])


def test_the_same_ratings_have_the_same_structure(simulated):
    table = load_ratings("Dutch")
    some = table[table["word"].isin(table["word"].unique()[:60])]
    some.attrs = table.attrs
    found = compare_structure(some, some, ["base"], 20, 1).iloc[0]
    assert found["greedy"] == found["expected"]
    assert found["gain"] == found["low"] == found["high"] == 0


def test_real_ratings_are_the_numbers_of_the_responses(real):
    summary = trace.trace_summary(trace.trace_ratings()).sum(numeric_only=True)
    assert summary["equal"] == summary["published"] == 97_455
    assert (summary["no_number"], summary["no_response"]) == (8, 1)
    table = expected.load_expected_ratings("English")
    assert table[list(MODELS)].isna().sum().to_dict() == {
        "base": 9,
        "en_ft": 0,
        "nl_ft": 0,
        "qa_ft": 0,
    }
    answers = expected.answer_table()
    assert answers["likeliest"].all()
    assert len(answers) == 97_463
