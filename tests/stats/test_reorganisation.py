"""Errors before and after: known mechanisms must come out as what they are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr
from statsmodels.api import OLS, add_constant

from humanlike.errors import HumanlikeError
from humanlike.stats.reorganisation import (
    UniformBoost,
    improvement,
    recalibrate,
    split_half,
    uniform_boost,
)

RANDOM = np.random.default_rng(0)
LEVEL = RANDOM.uniform(0.5, 3, (400, 1))
BEFORE = LEVEL + RANDOM.normal(0, 1, (400, 8))
AFTER = RANDOM.normal(0, 0.5, (400, 8))
SHARES = [0, 0.05, 0.1, 0.2, 0.5, 1]


def length(table: np.ndarray) -> np.ndarray:
    return np.linalg.norm(table, axis=1)


def test_a_boost_that_leaves_nothing_gives_no_correlation_and_one_that_leaves_all_gives_one() -> (
    None
):
    boost = uniform_boost(BEFORE, AFTER, SHARES, 200, 1)
    assert boost.mean[0] == pytest.approx(0, abs=0.02)
    assert boost.mean[-1] == pytest.approx(1)
    low, high = boost.band()
    assert low[0] < 0 < high[0]
    assert high[0] - low[0] == pytest.approx(2 * 1.96 / np.sqrt(399), rel=0.25)


def test_one_simulation_by_hand() -> None:
    boost = uniform_boost(BEFORE, AFTER, [0, 0.1], 2, 7)
    random, expected = np.random.default_rng(7), []
    k = np.sqrt(1 - 0.01 * (BEFORE**2).sum() / (AFTER**2).sum())
    for _ in range(2):
        made = 0.1 * BEFORE + k * AFTER[random.permutation(400)]
        expected.append(spearmanr(length(BEFORE), length(made)).statistic)
    assert boost.rho[1] == pytest.approx(expected)


@pytest.mark.parametrize("share", [0.05, 0.1])
def test_a_real_uniform_boost_is_compatible_with_its_own_share(share: float) -> None:
    after = share * BEFORE + RANDOM.normal(0, 0.5, BEFORE.shape)
    observed = float(spearmanr(length(BEFORE), length(after)).statistic)
    ranges = uniform_boost(BEFORE, after, np.linspace(0, 0.4, 21).tolist(), 200, 1).compatible(
        observed, 0.99
    )
    assert any(low - 0.04 <= share <= high + 0.04 for low, high in ranges)


def test_what_no_share_gives_is_ruled_out() -> None:
    boost = uniform_boost(BEFORE, AFTER, SHARES, 50, 1)
    assert boost.compatible(-0.9) == []
    assert len(boost.compatible(float(boost.mean[3]))) == 1


def test_unrelated_distances_give_the_expected_correlation_of_gain_and_start() -> None:
    found = improvement(BEFORE, AFTER, 20, 0)
    assert found.raw == pytest.approx(found.expected, abs=0.03)
    assert found.raw > 0.8
    b, a = length(BEFORE), length(AFTER)
    assert found.raw == pytest.approx(np.corrcoef(b - a, b)[0, 1])
    assert found.share_improved == np.mean(a < b)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1000))
def test_oldhams_correlation_has_the_sign_of_the_difference_of_spreads(seed: int) -> None:
    random = np.random.default_rng(seed)
    first, second = (random.normal(0, s, (30, 4)) for s in random.uniform(0.5, 2, 2))
    found = improvement(first, second, 2, 0)
    assert np.sign(found.oldham) == np.sign(found.spread_before - found.spread_after)


def test_without_a_common_level_split_dimensions_show_no_relation() -> None:
    before, after = (RANDOM.normal(0, s, (2000, 8)) for s in (1.0, 0.5))
    found = improvement(before, after, 20, 0)
    assert found.raw > 0.5
    assert abs(found.split) < 0.05


def test_halves_agree_where_items_differ_in_level_and_not_where_they_do_not() -> None:
    far_apart = 10 * LEVEL + BEFORE
    assert split_half(far_apart, far_apart, 20, 0) > 0.98
    assert abs(split_half(AFTER, AFTER, 20, 0)) < 0.1
    assert split_half(BEFORE, AFTER, 5, 0) == split_half(BEFORE, AFTER, 5, 0)


def test_recalibration_of_a_straight_distortion_is_exact() -> None:
    human = RANDOM.uniform(0, 5, (60, 3))
    assert recalibrate(human * [2, 0.5, -1] + [1, 2, 3], human, 5, 0) == pytest.approx(human)


def test_recalibration_uses_the_lines_of_the_other_folds() -> None:
    human, model = RANDOM.uniform(0, 5, (20, 2)), RANDOM.uniform(0, 5, (20, 2))
    made = recalibrate(model, human, 4, 9)
    fold = np.random.default_rng(9).permutation(np.arange(20) % 4)
    for dimension in range(2):
        out = fold == 2
        line = OLS(human[~out, dimension], add_constant(model[~out, dimension])).fit()
        assert made[out, dimension] == pytest.approx(
            line.predict(add_constant(model[out, dimension]))
        )


def test_a_dimension_without_spread_becomes_the_human_mean_of_the_other_folds() -> None:
    human = RANDOM.uniform(0, 5, (40, 1))
    made = recalibrate(np.full((40, 1), 3.0), human, 2, 0)
    fold = np.random.default_rng(0).permutation(np.arange(40) % 2)
    assert made[fold == 0] == pytest.approx(np.full((20, 1), human[fold == 1].mean()))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: uniform_boost(BEFORE, AFTER[:, :3], SHARES, 5, 0), "in the shape"),
        (lambda: uniform_boost(BEFORE, AFTER, [0, 1.5], 5, 0), "rising shares between 0 and 1"),
        (lambda: uniform_boost(BEFORE, AFTER, [0.5, 0.2], 5, 0), "rising shares between 0 and 1"),
        (lambda: uniform_boost(BEFORE, AFTER, SHARES, 1, 0), "Expected n_sim"),
        (lambda: uniform_boost(BEFORE[:3], AFTER[:3], SHARES, 5, 0), "at least 4 items"),
        (lambda: improvement(BEFORE[:, :1], AFTER[:, :1], 5, 0), "at least 2 dimensions"),
        (lambda: improvement(BEFORE, BEFORE, 5, 0), "are the same for all items"),
        (lambda: improvement(BEFORE, AFTER, 0, 0), "Expected n_splits"),
        (lambda: split_half(BEFORE[:, :1], AFTER[:, :1], 5, 0), "at least 2 dimensions"),
        (lambda: recalibrate(BEFORE[:6], AFTER[:6], 4, 0), "at least 8 items for 4 folds"),
        (lambda: recalibrate(BEFORE, AFTER, 1, 0), "Expected folds"),
    ],
)
def test_bad_input_is_refused(call: object, message: str) -> None:
    with pytest.raises(HumanlikeError, match=message):
        call()  # type: ignore[operator]


def test_the_compatible_shares_are_those_whose_band_holds_the_observed_one() -> None:
    share = np.linspace(0, 1, 11)
    rho = share[:, None] + np.linspace(-0.1, 0.1, 2001)
    (found,) = UniformBoost(share, rho).compatible(0.5, level=0.8)
    assert found == pytest.approx((0.42, 0.58), abs=1e-3)
    assert UniformBoost(share, rho).compatible(1.5) == []
