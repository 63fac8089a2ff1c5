"""Profiles: distances against scipy, shape agreement against corrcoef, and what leaves it alone."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import euclidean
from scipy.stats import spearmanr, zscore

from humanlike.errors import HumanlikeError
from humanlike.stats.profiles import (
    profile_distance,
    profile_fit,
    profile_strength,
    shape_agreement,
    similarity,
)

RANDOM = np.random.default_rng(0)
HUMAN = RANDOM.uniform(0, 5, (30, 6))
MODEL = HUMAN + RANDOM.normal(0, 1, HUMAN.shape)
seeds = st.integers(0, 1000)


def test_distances_are_scipys() -> None:
    expected = [euclidean(x, h) for x, h in zip(MODEL, HUMAN, strict=True)]
    assert profile_distance(MODEL, HUMAN) == pytest.approx(expected)


def test_similarity_is_one_at_no_distance_and_falls() -> None:
    assert similarity([0, 0.25, 1, 9]) == pytest.approx([1, 0.8, 0.5, 0.1])
    with pytest.raises(HumanlikeError, match="Expected distances of 0 or more"):
        similarity([1.0, -0.1])
    with pytest.raises(HumanlikeError, match="missing one came"):
        similarity([math.nan])


def test_shape_agreement_is_the_correlation_of_z_scores() -> None:
    x, h = zscore(MODEL), zscore(HUMAN)
    expected = [np.corrcoef(a, b)[0, 1] for a, b in zip(x, h, strict=True)]
    assert shape_agreement(MODEL, HUMAN) == pytest.approx(expected)


@settings(max_examples=30, deadline=None)
@given(seeds)
def test_level_and_spread_of_a_dimension_do_not_matter_to_shape(seed: int) -> None:
    random = np.random.default_rng(seed)
    shift, scale = random.normal(0, 3, 6), random.uniform(0.2, 4, 6)
    moved = MODEL * scale + shift
    assert shape_agreement(moved, HUMAN) == pytest.approx(shape_agreement(MODEL, HUMAN))
    assert shape_agreement(HUMAN * scale + shift, HUMAN) == pytest.approx(np.ones(30))
    assert profile_distance(moved, HUMAN).mean() > profile_distance(HUMAN, HUMAN).mean()


def test_a_predictor_that_says_the_same_of_every_item_has_no_shape() -> None:
    blank = np.tile(HUMAN.mean(axis=0), (30, 1))
    assert np.isnan(shape_agreement(blank, HUMAN)).all()
    fit = profile_fit(blank, HUMAN)
    assert (fit.shape, fit.rsa, fit.dimension_rho) == (None, None, None)
    assert fit.rmse == pytest.approx(np.sqrt(HUMAN.var(axis=0).mean()))


def test_strength_is_the_length_of_the_z_scores_less_their_mean() -> None:
    z = zscore(HUMAN)
    expected = z.std(axis=1) * math.sqrt(6)
    assert profile_strength(HUMAN) == pytest.approx(expected)


def test_the_five_scores_of_a_fit() -> None:
    fit = profile_fit(MODEL, HUMAN)
    rho = [spearmanr(MODEL[:, k], HUMAN[:, k]).statistic for k in range(6)]
    assert fit.dimension_rho == pytest.approx(np.mean(rho))
    assert fit.rmse == pytest.approx(math.sqrt(((MODEL - HUMAN) ** 2).mean()))
    assert fit.similarity == pytest.approx(np.mean(1 / (1 + profile_distance(MODEL, HUMAN))))
    assert fit.shape == pytest.approx(shape_agreement(MODEL, HUMAN).mean())
    assert profile_fit(HUMAN, HUMAN).rsa == pytest.approx(1)


@pytest.mark.parametrize(
    ("model", "human", "message"),
    [
        (MODEL[:, :5], HUMAN, r"in the shape \(30, 6\)"),
        (MODEL[:, 0], HUMAN, r"as a table \(items, dimensions\)"),
        (np.where(MODEL > 4, np.nan, MODEL), HUMAN, "without gaps"),
        (MODEL, HUMAN[:0], "the human profiles as a table"),
    ],
)
def test_tables_that_do_not_fit_are_refused(
    model: np.ndarray, human: np.ndarray, message: str
) -> None:
    with pytest.raises(HumanlikeError, match=message):
        profile_distance(model, human)


def test_a_correlation_of_two_dimensions_is_refused() -> None:
    with pytest.raises(HumanlikeError, match="at least 3 dimensions"):
        shape_agreement(MODEL[:, :2], HUMAN[:, :2])
