"""Observers with known minds: the rule of the simulated model, faults that do what they say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from humanlike.analysis import observers as o
from humanlike.errors import HumanlikeError
from humanlike.models.base import Choice
from humanlike.models.simulated import Options, Simulated
from humanlike.tasks.triplets import design

RNG = np.random.default_rng(0)
SPACE = RNG.gamma(0.5, 1.0, size=(20, 6))
CATEGORIES = ["animal", "tool", "food", "plant"] * 5
MIND = o.minds(SPACE, SPACE[:, :4], CATEGORIES, "cosine")
TRIPLETS = design(20, seed=1).triplets


def pick(**options: float) -> o.Observer:
    return o.Observer("one", "family", **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(("noise", "lapse"), [(0.0, 0.0), (0.2, 0.0), (0.05, 0.3), (0.0, 0.5)])
def test_it_chooses_as_often_as_the_simulated_model(noise: float, lapse: float) -> None:
    names = [f"thing{number}" for number in range(20)]
    model = Simulated(
        Options(noise=noise, lapse=lapse), dict(zip(names, SPACE, strict=True)), "sample"
    )
    unit = o.similarities(SPACE)[np.triu_indices(20, 1)].std()
    shares = o.first_shares(pick(noise=noise / unit, lapse=lapse), MIND, TRIPLETS[:60])
    for (a, b, c), share in zip(TRIPLETS[:60], shares, strict=True):
        question = Choice(names[a], (names[b], names[c]), (names[b], names[c]))
        assert share == pytest.approx(model.probabilities(question)[0])


def test_normal_noise_on_both_similarities_is_what_drawing_it_gives() -> None:
    table = MIND.similarities["human"]
    a, b, c = TRIPLETS[5]
    noisy = RNG.normal(size=(200_000, 2)) * 0.3
    drawn = np.mean(table[a, b] + noisy[:, 0] > table[a, c] + noisy[:, 1])
    share = o.first_shares(pick(blur=0.3), MIND, TRIPLETS[5:6])[0]
    assert share == pytest.approx(drawn, abs=0.005)
    assert share == pytest.approx(norm.cdf((table[a, b] - table[a, c]) / (0.3 * np.sqrt(2))))


def test_special_observers_do_what_their_names_say() -> None:
    perfect = o.answer(o.PERFECT, MIND, TRIPLETS, 1)
    assert o.agreement(perfect, MIND.similarities["human"]) == 1.0
    np.testing.assert_array_equal(o.answer(o.FIRST, MIND, TRIPLETS, 1), TRIPLETS)
    random = o.answer(o.RANDOM, MIND, TRIPLETS, 1)
    assert o.agreement(random, MIND.similarities["human"]) == pytest.approx(0.5, abs=0.04)
    liked = o.answer(o.PREFERENCE, MIND, TRIPLETS, 1)
    order = MIND.similarities["preference"][0]
    assert (order[liked[:, 1]] > order[liked[:, 2]]).all()
    names = np.array(CATEGORIES)
    anchor, chosen, other = names[o.answer(o.CATEGORIES, MIND, TRIPLETS, 1).T]
    assert not ((anchor == other) & (anchor != chosen)).any()
    known = MIND.similarities["crowd"]
    assert o.agreement(o.answer(o.CROWD, MIND, TRIPLETS, 1), known) > 0.6


@given(st.sampled_from(o.suite()), st.integers(0, 1000))
@settings(max_examples=40, deadline=None)
def test_an_answer_keeps_the_question_and_the_seed_decides(one: o.Observer, seed: int) -> None:
    first, again = (o.answer(one, MIND, TRIPLETS, seed) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    np.testing.assert_array_equal(first[:, 0], TRIPLETS[:, 0])
    np.testing.assert_array_equal(np.sort(first[:, 1:]), np.sort(TRIPLETS[:, 1:]))


@pytest.mark.parametrize("family", o.FAMILIES)
def test_a_stronger_fault_lowers_the_expected_agreement(family: str) -> None:
    levels = sorted((one for one in o.suite() if one.family == family), key=lambda one: one.level)
    table = MIND.similarities["human"]
    sure = np.sign(table[TRIPLETS[:, 0], TRIPLETS[:, 1]] - table[TRIPLETS[:, 0], TRIPLETS[:, 2]])
    expected = [np.mean(0.5 + sure * (o.first_shares(one, MIND, TRIPLETS) - 0.5)) for one in levels]
    assert len(levels) >= 4 and (np.diff(expected) < 0).all()


def test_another_stranger_keeps_the_human_mind_and_is_marked() -> None:
    other = MIND.drawn(5)
    assert other.similarities["human"] is MIND.similarities["human"]
    assert not np.array_equal(other.similarities["stranger"], MIND.similarities["stranger"])
    np.testing.assert_array_equal(
        other.similarities["stranger"], MIND.drawn(5).similarities["stranger"]
    )
    assert [one.name for one in o.suite() if one.varies and one.family == "uninformed"] == [
        o.PREFERENCE.name, o.DRIFTING.name,
    ]  # fmt: skip


def test_similarities_are_what_they_are_called() -> None:
    distances = ((SPACE[:, None] - SPACE[None]) ** 2).sum(axis=-1)
    np.testing.assert_allclose(o.similarities(SPACE, "euclidean"), -distances, atol=1e-10)
    np.testing.assert_allclose(o.similarities(SPACE, "dot"), SPACE @ SPACE.T)
    np.testing.assert_allclose(np.diag(o.similarities(SPACE)), 1.0)


def test_what_is_unknown_is_refused() -> None:
    with pytest.raises(HumanlikeError, match="Known: cosine, dot, euclidean"):
        o.similarities(SPACE, "angle")  # type: ignore[arg-type]
    with pytest.raises(HumanlikeError, match="mind"):
        o.first_shares(pick(mind="martian"), MIND, TRIPLETS)  # type: ignore[arg-type]
