"""Restriction of range: closed forms, simulations with a known answer, plain recounts."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.stats import spearmanr

from humanlike.errors import HumanlikeError
from humanlike.stats.restriction import (
    matched_spearman,
    noise_ceiling,
    tie_ceiling,
    unrestricted,
)


def normal_pair(n: int, r: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    x, e = np.random.default_rng(seed).normal(size=(2, n))
    return x, r * x + math.sqrt(1 - r * r) * e


class TestUnrestricted:
    def test_recovers_the_correlation_before_selection(self) -> None:
        x, y = normal_pair(200_000, 0.6)
        kept = (x > 0.3) & (x < 1.5)
        ratio = x.std() / x[kept].std()
        restricted = np.corrcoef(x[kept], y[kept])[0, 1]
        assert restricted < 0.3
        assert unrestricted(restricted, ratio) == pytest.approx(0.6, abs=0.02)

    @given(st.floats(-1, 1), st.floats(0.1, 10))
    def test_going_there_and_back_changes_nothing(self, r: float, ratio: float) -> None:
        assert unrestricted(unrestricted(r, ratio), 1 / ratio) == pytest.approx(r, abs=1e-9)

    @pytest.mark.parametrize(("r", "ratio"), [(1.2, 1.0), (0.5, 0.0), (0.5, math.nan)])
    def test_bad_input_is_refused(self, r: float, ratio: float) -> None:
        with pytest.raises(HumanlikeError, match="a positive ratio"):
            unrestricted(r, ratio)


class TestMatched:
    def test_the_distribution_is_the_targets(self) -> None:
        human = np.tile(np.arange(5.0), 200)
        target = np.repeat([0.0, 1.0, 4.0], [60, 30, 10])
        # With these counts per bin the only free bins are those the target uses.
        result = matched_spearman(human, human + 0.1, target, 3, 0)
        assert result is not None
        assert result.rho == pytest.approx(1.0)
        assert result.n == 333  # 200 zeros are 60 % of it

    def test_restriction_lowers_the_correlation_as_cutting_does(self) -> None:
        x, y = normal_pair(4000, 0.7)
        narrow = np.random.default_rng(1).uniform(-0.5, 0.5, 3000)
        result = matched_spearman(x, y, narrow, 40, 0, n_bins=20)
        assert result is not None
        cut = np.abs(x) < 0.5
        # The outer bins reach to the ends of x, so the match is looser than the cut.
        assert spearmanr(x[cut], y[cut]).statistic < result.rho < spearmanr(x, y).statistic

    def test_matching_to_itself_changes_nothing(self) -> None:
        x, y = normal_pair(400, 0.7)
        result = matched_spearman(x, y, x, 5, 0)
        assert result is not None
        assert result.n == 400
        assert result.rho == pytest.approx(spearmanr(x, y).statistic)

    def test_the_same_seed_gives_the_same_draws(self) -> None:
        x, y = normal_pair(300, 0.7)
        target = np.abs(x)
        assert matched_spearman(x, y, target, 5, 3) == matched_spearman(x, y, target, 5, 3)
        assert matched_spearman(x, y, target, 5, 3) != matched_spearman(x, y, target, 5, 4)

    def test_too_few_items_give_nothing(self) -> None:
        x, y = normal_pair(300, 0.7)
        assert matched_spearman(x + 20, y, np.linspace(-3, 3, 100), 5, 0) is None
        assert matched_spearman(x[:29], y[:29], x[:29], 5, 0) is None
        assert matched_spearman(x[:30], y[:30], x[:30], 5, 0, 1) is not None

    def test_a_model_that_does_not_vary_there_gives_nothing(self) -> None:
        human = np.repeat([0.0, 1.0, 5.0], 40)
        model = np.repeat([0.0, 0.0, 3.0], [40, 79, 1])
        found = matched_spearman(human, model, np.repeat([0.0, 1.0], 40), 3, 0, 2)
        assert found is None or found.n >= 30
        assert matched_spearman(human[:80], np.r_[model[:79], 1.0], human[:80], 1, 0, 2) is not None

    @pytest.mark.parametrize(("draws", "bins"), [(0, 10), (5, 0)])
    def test_bad_input_is_refused(self, draws: int, bins: int) -> None:
        x, y = normal_pair(30, 0.5)
        with pytest.raises(HumanlikeError, match="at least 1 draw and 1 bin"):
            matched_spearman(x, y, x, draws, 0, bins)


class TestCeilings:
    def test_ties_cap_the_correlation_as_every_arrangement_shows(self) -> None:
        from itertools import permutations

        human, model = [0.0, 0.5, 1.0, 2.0, 3.0, 3.0], [0.0, 0.0, 0.0, 0.0, 1.0, 2.0]
        best = max(spearmanr(human, p).statistic for p in set(permutations(model)))
        assert tie_ceiling(human, model) == pytest.approx(best)
        assert tie_ceiling(human, human) == pytest.approx(1.0)

    def test_noise_caps_the_correlation_as_the_reliability_says(self) -> None:
        truth = np.random.default_rng(0).normal(2.5, 0.5, 3000)
        sd, raters = np.full(3000, 1.0), np.full(3000, 16)
        ceiling = noise_ceiling(truth, sd, raters, 20, 1, scale=(-100, 100))
        pearson = math.sqrt(0.25 / (0.25 + 1 / 16))
        assert ceiling == pytest.approx(6 / math.pi * math.asin(pearson / 2), abs=0.01)

    def test_raters_who_agree_leave_no_noise(self) -> None:
        truth = np.linspace(0, 5, 50)
        assert noise_ceiling(truth, truth * 0 + np.arange(50) * 1e-9, np.ones(50), 3, 0) == 1

    @pytest.mark.parametrize(
        ("sd", "raters", "n_sim"),
        [
            ([1, 1, 1, 1, -1], [5] * 5, 3),
            ([1, 1, 1, 1, 2], [5, 5, 5, 5, 0], 3),
            ([1, 1, 1, 1, 2], [5] * 4, 3),
            ([1, 1, 1, 1, 2], [5] * 5, 0),
        ],
    )
    def test_bad_input_is_refused(self, sd: list[float], raters: list[int], n_sim: int) -> None:
        with pytest.raises(HumanlikeError, match="at least one rater"):
            noise_ceiling([1, 2, 3, 4, 5], sd, raters, n_sim, 0)


def test_a_noisy_panel_stays_on_the_scale() -> None:
    mean, sd, raters = [0.0, 0.0, 0.1, 2.0, 3.0, 4.9, 5.0, 5.0], [2.0] * 8, [4] * 8
    noise = np.random.default_rng(3).normal(size=(20, 8)) * 2 / 2
    panels = np.minimum(np.maximum(np.array(mean) + noise, 0), 5)
    expected = np.mean([stats.spearmanr(mean, panel).statistic for panel in panels])
    assert noise_ceiling(mean, sd, raters, 20, 3) == pytest.approx(expected)
