"""Marks, resamples and chance of the agreement with people, against plain counting."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from humanlike.analysis.observers import CROWD, Mind, agreement, answer, minds
from humanlike.evaluate.agreement import (
    answers_of,
    human_ceilings,
    marks_of,
    resampled_agreement,
    shuffled_agreement,
    two_sided,
    values_of,
)
from humanlike.evaluate.bias import rating_bias, triplet_bias
from humanlike.stats.similarity import resamples
from humanlike.tasks.triplets import design

N = 16


def questions(n: int = 200, seed: int = 0) -> np.ndarray:
    return design(N, n, seed=seed).triplets


def similarity(seed: int = 0) -> np.ndarray:
    space = np.random.default_rng(seed).normal(size=(N, 3))
    return space @ space.T


@given(seed=st.integers(0, 1000), share=st.floats(0.3, 1))
def test_answers_are_got_back_from_their_marks(seed: int, share: float) -> None:
    random = np.random.default_rng(seed)
    asked, known = questions(), similarity(seed)
    said = np.where(random.random(len(asked))[:, None] < 0.5, asked, asked[:, [0, 2, 1]])
    valid = random.random(len(asked)) < share
    marks = marks_of(said[valid], valid, known)
    assert len(marks) == len(asked)
    assert (answers_of(marks, asked, known) == said[valid]).all()
    assert np.nanmean(values_of(marks)) == pytest.approx(agreement(said[valid], known))
    assert (np.isnan(values_of(marks)) == ~valid).all()


def test_a_resample_weighs_a_question_by_its_three_concepts() -> None:
    asked = questions()
    values = np.random.default_rng(1).choice([0.0, 1.0, 0.5, np.nan], len(asked))
    drawn = resampled_agreement(asked, values, N, 60, 3)
    for counts, found in zip(resamples(N, 60, 3), drawn, strict=True):
        copies = [value for row, value in zip(asked, values, strict=True) if not np.isnan(value)
                  for _ in range(int(np.prod(counts[row])))]  # fmt: skip
        assert found == pytest.approx(np.mean(copies))


def test_chance_keeps_likings_and_forgets_who_is_who() -> None:
    """One who always prefers some concepts hangs together, yet is at chance; a knower is not."""
    asked, known = questions(1000), similarity()
    liking = np.random.default_rng(2).permutation(N)
    prefers = liking[asked[:, 1]] > liking[asked[:, 2]]
    said = np.where(prefers[:, None], asked, asked[:, [0, 2, 1]])
    knows = known[asked[:, 0], asked[:, 1]] > known[asked[:, 0], asked[:, 2]]
    right = np.where(knows[:, None], asked, asked[:, [0, 2, 1]])
    for rows, at_chance in ((said, True), (right, False)):
        null = shuffled_agreement(rows, known, 400, 0)
        assert (two_sided(agreement(rows, known), null) > 0.05) is at_chance
    wide = shuffled_agreement(said, known, 400, 0).std()
    coins = np.random.default_rng(3).random(len(asked))[:, None] < 0.5
    flipped = shuffled_agreement(np.where(coins, asked, asked[:, [0, 2, 1]]), known, 400, 0)
    assert wide > flipped.std()


def test_people_with_their_noise_agree_as_often_as_such_answers_do() -> None:
    space = np.random.default_rng(0).gamma(1, size=(N, 5))
    mind: Mind = minds(space, space[:, ::-1] ** 2, ["a", "b"] * (N // 2), "cosine")
    asked = questions(600)
    found = human_ceilings(mind, asked)
    drawn = [agreement(answer(CROWD, mind, asked, seed), mind.similarities["human"])
             for seed in range(40)]  # fmt: skip
    assert found["crowd"] == pytest.approx(np.mean(drawn), abs=0.01)
    own, other = mind.similarities["human"], mind.similarities["other"]
    right = np.array([a[0] for a in asked])
    same = np.mean([(own[a, b] > own[a, c]) == (other[a, b] > other[a, c]) for a, b, c in asked])
    assert len(right) == 600
    assert found["other"] == pytest.approx(same)


def test_likings_of_known_answers() -> None:
    asked = questions(800)
    liking = np.arange(N)
    prefers = liking[asked[:, 1]] > liking[asked[:, 2]]
    rows = np.where(prefers[:, None], asked, asked[:, [0, 2, 1]])
    found = triplet_bias(rows, np.ones(len(rows), bool))
    assert found["first"].value == 1
    assert found["liking"].value > 0.95
    assert found["favourite"].value == 1
    known = similarity()
    near = known[asked[:, 0], asked[:, 1]] > known[asked[:, 0], asked[:, 2]]
    fair = triplet_bias(np.where(near[:, None], asked, asked[:, [0, 2, 1]]), near)
    assert fair["liking"].value < 0.9


def test_use_of_the_scale_is_counted() -> None:
    table = pd.DataFrame({"a": [0, 5, 2.5, np.nan], "b": [0, 5, 1, 5]})
    bias, used = rating_bias(table)
    assert list(used.items()) == [("5", 3), ("0", 2), ("2.5", 1), ("1", 1)]
    assert bias["top"].value == pytest.approx(3 / 7)
    assert bias["ends"].value == pytest.approx(5 / 7)
    assert bias["whole"].value == pytest.approx(6 / 7)
    assert bias["same"].value == pytest.approx(2 / 3)
    assert rating_bias(table * np.nan) == ({}, {})
