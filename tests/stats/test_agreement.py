"""Agreement of ratings: against scipy and plain loops."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from humanlike.errors import HumanlikeError
from humanlike.stats import rsa_bootstrap
from humanlike.stats.agreement import (
    bootstrap_scores,
    bootstrap_spearman,
    mean_similarity,
    mean_spearman,
    spearman_scores,
)

RANDOM = np.random.default_rng(2)
HUMAN = RANDOM.random((40, 3)) * 5
NEAR, FAR = HUMAN + RANDOM.normal(size=(40, 3)), HUMAN + 4 * RANDOM.normal(size=(40, 3))


@settings(max_examples=30)
@given(st.integers(0, 1000), st.integers(3, 30), st.integers(0, 2))
def test_the_mean_correlation_is_that_of_scipy(seed: int, n_items: int, digits: int) -> None:
    random = np.random.default_rng(seed)
    one, two = (random.random((n_items, 3)).round(digits + 1) for _ in range(2))
    each = [stats.spearmanr(one[:, d], two[:, d]).statistic for d in range(3)]
    assert mean_spearman(one, two) == pytest.approx(np.mean(each), nan_ok=True)


def test_a_dimension_without_variation_has_no_correlation() -> None:
    flat = HUMAN.copy()
    flat[:, 1] = 2
    assert math.isnan(mean_spearman(HUMAN, flat))


def test_similarity_falls_from_one_with_the_distance() -> None:
    assert mean_similarity(HUMAN, HUMAN) == 1
    one, two = np.zeros((2, 2)), np.array([[3.0, 4.0], [0.0, 0.0]])
    assert mean_similarity(one, two) == pytest.approx((1 / 6 + 1) / 2)


def test_the_resamples_are_those_of_rsa() -> None:
    from humanlike.stats.similarity import resamples

    found = bootstrap_scores(mean_spearman, HUMAN, {"near": NEAR}, 5, seed=7)
    for sample, counts in zip(found.samples["near"], resamples(40, 5, 7), strict=True):
        rows = np.repeat(np.arange(40), counts)
        each = [stats.spearmanr(HUMAN[rows, d], NEAR[rows, d]).statistic for d in range(3)]
        assert sample == pytest.approx(np.mean(each))
    assert rsa_bootstrap(HUMAN, {"near": NEAR}, 5, 7).n_boot == 5


def test_gains_and_recoveries_use_the_same_resamples() -> None:
    middle = (NEAR + FAR) / 2
    found = bootstrap_scores(
        mean_similarity, HUMAN, {"far": FAR, "middle": middle, "near": NEAR}, 400, seed=1
    )
    gain, low, high = found.gain("near", "far")
    drawn = found.samples["near"] - found.samples["far"]
    assert gain == found.estimate["near"] - found.estimate["far"]
    assert (low, high) == pytest.approx(tuple(np.quantile(drawn, [0.025, 0.975])))
    share, low, high = found.recovery("middle", "near", "far")
    ratio = (found.samples["middle"] - found.samples["far"]) / drawn
    assert share == pytest.approx((found.estimate["middle"] - found.estimate["far"]) / gain)
    assert (low, high) == pytest.approx(tuple(np.quantile(ratio, [0.025, 0.975])))
    assert found.recovery("near", "near", "far") == (1.0, 1.0, 1.0)
    assert found.recovery("far", "near", "far") == (0.0, 0.0, 0.0)


def test_what_cannot_be_scored_is_refused() -> None:
    gap = NEAR.copy()
    gap[0, 0] = np.nan
    with pytest.raises(HumanlikeError, match="at least 2 resamples"):
        bootstrap_scores(mean_spearman, HUMAN, {"near": NEAR}, 1, 0)
    with pytest.raises(HumanlikeError, match="'short'"):
        bootstrap_scores(mean_spearman, HUMAN, {"short": NEAR[:5]}, 2, 0)
    with pytest.raises(HumanlikeError, match="ratings are missing"):
        bootstrap_scores(mean_spearman, HUMAN, {"gap": gap}, 2, 0)
    found = bootstrap_scores(mean_spearman, HUMAN, {"near": NEAR}, 9, 0)
    with pytest.raises(HumanlikeError, match="near"):
        found.interval("neat")
    with pytest.raises(HumanlikeError, match="does not gain"):
        found.recovery("near", "near", "near")
    with pytest.raises(HumanlikeError, match="level"):
        found.interval("near", 2)


def test_resampled_ranks_are_those_of_sorting_every_resample_again() -> None:
    random = np.random.default_rng(4)
    human = random.integers(0, 6, (40, 3)) / 2
    models = {
        "ties": random.integers(0, 4, (40, 3)) / 2,
        "near": human + random.normal(size=(40, 3)),
    }
    slow = bootstrap_scores(mean_spearman, human, models, 30, seed=5)
    fast = spearman_scores(human, models, 30, seed=5)
    for name in models:
        assert fast.estimate[name] == pytest.approx(slow.estimate[name])
        np.testing.assert_allclose(fast.samples[name], slow.samples[name])
    each = bootstrap_spearman(human, models, 30, seed=5)["ties"]
    for place in range(3):
        own = [part[:, [place]] for part in (human, models["ties"])]
        alone = bootstrap_scores(mean_spearman, own[0], {"ties": own[1]}, 30, seed=5)
        np.testing.assert_allclose(each[1:, place], alone.samples["ties"])
        assert each[0, place] == pytest.approx(
            stats.spearmanr(human[:, place], models["ties"][:, place])[0]
        )
    flat = np.column_stack([models["ties"][:, :2], np.ones(40)])
    found = bootstrap_spearman(human, {"flat": flat}, 3, seed=5)["flat"]
    assert np.isnan(found[:, 2]).all()
    assert np.isfinite(found[:, :2]).all()
