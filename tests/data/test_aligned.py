"""Ratings side by side: which words stay, who is beside whom, what the digits say."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from humanlike.data.aligned import by_dimension, comparable, leading_digit, other_people
from humanlike.data.simulated import simulate_ratings
from humanlike.data.simulated_answers import simulate_responses
from humanlike.errors import HumanlikeError


@pytest.fixture
def table() -> pd.DataFrame:
    return simulate_ratings("English", n_words=12, seed=1)


def test_a_missing_rating_leaves_the_word_out_on_that_dimension_only(table: pd.DataFrame) -> None:
    row = (table["word"] == "word-0003") & (table["dimension"] == "Foot")
    table.loc[row, "base"] = np.nan
    frames = by_dimension(table, ["base", "en_ft"], ["Foot", "Visual"])
    assert list(frames) == ["Foot", "Visual"]
    assert list(frames["Foot"].columns) == ["human", "base", "en_ft"]
    assert "word-0003" not in frames["Foot"].index and len(frames["Foot"]) == 11
    assert "word-0003" in frames["Visual"].index and len(frames["Visual"]) == 12
    assert len(by_dimension(table, ["en_ft"], ["Foot"])["Foot"]) == 12


def test_values_are_those_of_the_table(table: pd.DataFrame) -> None:
    frame = by_dimension(table, ["qa_ft"], ["Torso"])["Torso"]
    own = table[table["dimension"] == "Torso"].set_index("word")
    pd.testing.assert_frame_equal(frame, own[["human", "qa_ft"]], check_names=False)


def test_a_subset_is_drawn_once_for_all_dimensions(table: pd.DataFrame) -> None:
    frames = by_dimension(table, ["base"], ["Foot", "Visual"], subset=6, seed=2)
    assert list(frames["Foot"].index) == list(frames["Visual"].index)
    assert len(frames["Foot"]) == 6
    order = [word for word in table["word"].unique() if word in frames["Foot"].index]
    assert list(frames["Foot"].index) == order
    other = by_dimension(table, ["base"], ["Foot"], subset=6, seed=3)
    assert list(other["Foot"].index) != order
    assert len(by_dimension(table, ["base"], ["Foot"], subset=99)["Foot"]) == 12


def test_too_few_words_and_unknown_names_are_refused(table: pd.DataFrame) -> None:
    with pytest.raises(HumanlikeError, match="Only 4 words have a rating of Foot"):
        by_dimension(table, ["base"], ["Foot"], subset=4)
    with pytest.raises(HumanlikeError, match="Unknown source 'bass'"):
        by_dimension(table, ["bass"], ["Foot"])
    with pytest.raises(HumanlikeError, match="qa_ft was not evaluated in Dutch"):
        by_dimension(simulate_ratings("Dutch", n_words=9), ["qa_ft"], ["Visual"])


def test_dimensions_that_cannot_be_compared_are_named() -> None:
    good = pd.DataFrame({"human": [0.1, 2, 3, 1, 4], "base": [0, 1, 2, 3, 1]})
    two_values = good.assign(base=[0, 1, 0, 0, 1])
    same_order = good.assign(base=-2 * good["human"])
    kept, left = comparable({"a": good, "b": two_values, "c": same_order})
    assert list(kept) == ["a"]
    assert left == ["b", "c"]


def test_other_people_rated_the_translation(table: pd.DataFrame) -> None:
    dutch = simulate_ratings("Dutch", n_words=12, seed=1)
    joined = other_people(table, dutch)
    assert len(joined) == 12 * 6
    row = joined[(joined["word"] == "word-0007") & (joined["dimension"] == "Haptic")].iloc[0]
    theirs = dutch[(dutch["word"] == "woord-0007") & (dutch["dimension"] == "Haptic")]
    assert row["other"] == theirs["human"].item()
    with pytest.raises(HumanlikeError, match="No English word has its translation"):
        other_people(table, dutch.assign(word="no-" + dutch["word"]))


def test_the_leading_digit_is_averaged_over_its_probabilities() -> None:
    options = {"0": math.log(0.5), "2": math.log(0.25), "7": math.log(0.1), " 2": math.log(0.1)}
    responses = pd.DataFrame(
        {"word": ["a", "b", "c"], "logprobs": [(options, {}), ({"x": -0.1},), ()]}
    )
    digits = leading_digit(responses)
    assert digits["a"] == pytest.approx(2 * 0.25 / 0.75)
    assert digits[["b", "c"]].isna().all()
    with pytest.raises(HumanlikeError, match="no log-probabilities"):
        leading_digit(responses[["word"]])


def test_simulated_responses_have_leading_digits() -> None:
    from humanlike.data.responses import Part

    part = Part("English", "Auditory", "en_ft")
    digits = leading_digit(simulate_responses([part], seed=0))
    assert digits.between(0, 5).all()
