"""Words one by one, on simulated tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from humanlike.data.norms import DIMENSIONS, DUTCH, SENSORY, features
from humanlike.data.simulated import simulate_ratings
from humanlike.data.splits import simulate_pairs
from humanlike.data.words import (
    dimension_set,
    draw_words,
    evaluated,
    find_word,
    rater_spread,
    training_ratings,
    translated_ratings,
)
from humanlike.errors import HumanlikeError

ENGLISH = simulate_ratings("English", n_words=12)
DUTCH_TABLE = simulate_ratings("Dutch", n_words=12)


def renamed(real: bool) -> pd.DataFrame:
    table = ENGLISH.replace({"word-0002": "SHOUTER", "woord-0002": "schreeuwer"})
    table.attrs = {"real": real, "language": "English"}
    return table


def test_sets_of_dimensions_follow_the_language() -> None:
    assert dimension_set("all", "English") == list(DIMENSIONS)
    assert dimension_set("all", "Dutch") == dimension_set("sensory", "English") == list(SENSORY)
    with pytest.raises(HumanlikeError, match="No motor dimension was rated in Dutch"):
        dimension_set("motor", "Dutch")
    with pytest.raises(HumanlikeError, match="Did you mean 'motor'"):
        dimension_set("motors", "English")


def test_only_models_of_the_language_are_evaluated() -> None:
    assert evaluated(DUTCH_TABLE, ["qa_ft", "en_ft"]) == ["base", "en_ft"]
    assert evaluated(DUTCH_TABLE, ["qa_ft"], needed=False) == ["base"]
    with pytest.raises(HumanlikeError, match="None of qa_ft was evaluated in Dutch"):
        evaluated(DUTCH_TABLE, ["qa_ft"])


def test_words_are_drawn_in_order_and_by_seed() -> None:
    words = [f"w{n:03d}" for n in range(100)]
    drawn = draw_words(words, 20, 1)
    assert drawn == sorted(drawn)
    assert len(set(drawn)) == 20
    assert drawn == draw_words(words, 20, 1) != draw_words(words, 20, 2)
    assert draw_words(words, 0, 1) == draw_words(words, 500, 1) == words
    with pytest.raises(HumanlikeError, match="at least 10 words, or 0 for all; 9 came"):
        draw_words(words, 9, 1)


@pytest.mark.parametrize("asked", ["SHOUTER", "shouter", " Schreeuwer "])
def test_a_word_is_found_by_either_spelling(asked: str) -> None:
    assert find_word(renamed(real=True), asked) == "SHOUTER"


def test_an_unknown_word_is_refused_with_the_nearest_and_replaced_only_in_simulations() -> None:
    with pytest.raises(HumanlikeError, match=r"'shoter' is not one of the 12 .*shouter"):
        find_word(renamed(real=True), "shoter")
    assert find_word(renamed(real=False), "shoter") == "word-0001"


def test_training_ratings_are_those_of_the_language() -> None:
    splits = simulate_pairs(8, 0)
    splits.insert(0, "part", ["train"] * 5 + ["test"] * 3)
    english, dutch = training_ratings(splits, "English"), training_ratings(splits, "Dutch")
    assert english.shape == (5, 11)
    assert dutch.shape == (5, 6)
    assert np.array_equal(dutch["Visual"], splits[DUTCH["Visual"]][:5])
    assert np.array_equal(english["Visual"], splits["Visual"][:5])
    assert list(dutch.index) == list(splits["translation"][:5])


def test_translations_keep_the_order_of_the_words() -> None:
    other = DUTCH_TABLE.iloc[::-1]
    found = translated_ratings(ENGLISH, other)
    assert list(found.index) == list(ENGLISH["word"].unique())
    expected = features(DUTCH_TABLE, "human", SENSORY).loc["woord-0003"]
    assert found.loc["word-0003"].tolist() == expected.tolist()
    with pytest.raises(HumanlikeError, match="1 translations were not rated, such as woord-0001"):
        translated_ratings(ENGLISH, DUTCH_TABLE[DUTCH_TABLE["word"] != "woord-0001"])


def test_raters_are_given_in_the_order_asked_for_or_not_at_all() -> None:
    words = ["word-0004", "word-0002"]
    spread = rater_spread(ENGLISH, words, ["Visual", "Foot"])
    assert spread is not None
    sd, known = spread
    row = ENGLISH[(ENGLISH["word"] == "word-0004") & (ENGLISH["dimension"] == "Foot")].iloc[0]
    assert sd.loc["word-0004", "Foot"] == row["human_sd"]
    assert known.loc["word-0004", "Foot"] == row["n_known"]
    assert list(sd.index) == words
    assert rater_spread(DUTCH_TABLE, ["woord-0002"], ["Visual"]) is None
