"""The bootstrap of rank correlations: scipy on the very same resamples."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr

from humanlike.errors import HumanlikeError
from humanlike.stats.correlation_bootstrap import BLOCK, spearman_bootstrap


def ratings(seed: int, n: int) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    random = np.random.default_rng(seed)
    human, one, two = random.integers(0, 4, (3, n)).astype(float)
    human[:2], one[:2], two[:2] = (0, 1), (0, 1), (1, 0)
    return human, {"one": one, "two": two}


@settings(max_examples=25)
@given(st.integers(0, 1000), st.integers(5, 20))
def test_each_resample_is_what_scipy_gives_on_it(seed: int, n: int) -> None:
    human, models = ratings(seed, n)
    result = spearman_bootstrap(human, models, 8, seed)
    draws = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=8)
    for counts, row in zip(draws, result.samples, strict=True):
        for name, value in zip(result.names, row, strict=True):
            x, y = np.repeat(human, counts), np.repeat(models[name], counts)
            expected = spearmanr(x, y).statistic if np.ptp(x) and np.ptp(y) else math.nan
            assert value == pytest.approx(expected, abs=1e-9, nan_ok=True)
    assert result.rho["one"] == pytest.approx(spearmanr(human, models["one"]).statistic)


def test_intervals_and_differences_are_quantiles_of_the_shared_resamples() -> None:
    human, models = ratings(3, 60)
    result = spearman_bootstrap(human, models, BLOCK + 10, 4, level=0.8)
    assert result.samples.shape == (BLOCK + 10, 2)
    assert result.interval("two") == pytest.approx(
        tuple(np.quantile(result.samples[:, 1], [0.1, 0.9]))
    )
    gap, low, high = result.difference("one", "two")
    drawn = result.samples[:, 0] - result.samples[:, 1]
    assert (low, high) == pytest.approx(tuple(np.quantile(drawn, [0.1, 0.9])))
    assert gap == pytest.approx(result.rho["one"] - result.rho["two"])
    assert result.difference("two", "one")[0] == -gap


def test_the_interval_has_the_width_theory_gives() -> None:
    random = np.random.default_rng(0)
    x, e = random.normal(size=(2, 800))
    result = spearman_bootstrap(x, {"m": x + e}, 1500, 1)
    low, high = result.interval("m")
    rho = result.rho["m"]
    half = 1.96 * math.sqrt((1 + rho**2 / 2) / 797) * (1 - rho**2)
    assert (high - low) / 2 == pytest.approx(half, rel=0.12)


def test_the_same_seed_gives_the_same_resamples() -> None:
    human, models = ratings(3, 30)
    first, again, other = (spearman_bootstrap(human, models, 20, seed) for seed in (1, 1, 2))
    assert np.array_equal(first.samples, again.samples)
    assert not np.array_equal(first.samples, other.samples)


def test_a_resample_that_does_not_vary_is_left_out_of_the_interval() -> None:
    human = np.array([0.0, 0.0, 0.0, 0.0, 0.0, 1.0])
    result = spearman_bootstrap(human, {"m": human * 2}, 200, 0)
    assert np.isnan(result.samples).any()
    assert result.interval("m") == (1.0, 1.0)


@pytest.mark.parametrize(
    ("models", "n_boot", "level", "message"),
    [
        ({}, 10, 0.95, "at least one model"),
        ({"m": [1, 2, 3, 4, 6]}, 1, 0.95, "at least 2 resamples"),
        ({"m": [1, 2, 3, 4, 6]}, 10, 1.0, "a level between 0 and 1"),
        ({"m": [1, 2, 3]}, 10, 0.95, "5 and 3 values came"),
    ],
)
def test_bad_input_is_refused(models, n_boot: int, level: float, message: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(HumanlikeError, match=message):
        spearman_bootstrap([1, 2, 3, 4, 5], models, n_boot, 0, level)


def test_unknown_models_and_empty_samples_are_refused() -> None:
    human, models = ratings(1, 10)
    result = spearman_bootstrap(human, models, 5, 0)
    with pytest.raises(HumanlikeError, match="Did you mean 'two'"):
        result.interval("tow")
    result.samples.setflags(write=True)
    result.samples[:] = np.nan
    with pytest.raises(HumanlikeError, match="No resample has a correlation"):
        result.interval("two")
