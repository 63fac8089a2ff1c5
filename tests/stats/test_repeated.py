"""The same items rated twice, against scipy and plain loops."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr

from humanlike.errors import HumanlikeError
from humanlike.stats.repeated import rated_twice
from humanlike.stats.similarity import resamples


@given(st.integers(0, 10_000), st.integers(2, 15), st.integers(1, 4), st.floats(0, 0.5))
@settings(max_examples=20)
def test_values_and_intervals_are_those_of_plain_loops(
    seed: int, n: int, size: int, gone: float
) -> None:
    random = np.random.default_rng(seed)
    one, two = random.integers(0, 11, (2, n, size)) / 2
    one[random.random(one.shape) < gone] = np.nan
    two[random.random(two.shape) < gone] = np.nan
    found = rated_twice(one, two, 8, seed)
    drawn = [np.arange(n), *(np.repeat(np.arange(n), c) for c in resamples(n, 8, seed))]
    rows = []
    for items in drawn:
        x, y = one[items].ravel(), two[items].ravel()
        both = np.isfinite(x) & np.isfinite(y)
        gap = (y - x)[both]
        varies = len(gap) > 1 and np.ptp(x[both]) > 0 and np.ptp(y[both]) > 0
        rho = spearmanr(x[both], y[both]).statistic if varies else np.nan
        means = [np.mean(np.abs(gap) <= 0.5), np.abs(gap).mean(), gap.mean()] if len(gap) else []
        rows.append([np.isfinite(y).mean(), *(means or [np.nan] * 3), rho])
    values = np.array(rows)
    shown = (found.valid, found.near, found.distance, found.shift, found.rho)
    for (value, low, high), column in zip(shown, values.T, strict=True):
        assert value == pytest.approx(column[0], nan_ok=True, abs=1e-12)
        known = column[1:][np.isfinite(column[1:])]
        ends = np.quantile(known, [0.025, 0.975]) if len(known) else [np.nan, np.nan]
        assert (low, high) == pytest.approx(tuple(ends), nan_ok=True, abs=1e-12)


def test_a_known_shift_is_found_exactly() -> None:
    one = np.arange(12.0).reshape(4, 3) / 4
    found = rated_twice(one, one + 0.75, 50, 0)
    assert found.shift == pytest.approx((0.75, 0.75, 0.75))
    assert found.distance == pytest.approx((0.75, 0.75, 0.75))
    assert found.near == (0, 0, 0)
    assert found.rho[0] == pytest.approx(1)


def test_what_cannot_be_compared_is_refused() -> None:
    for one, two, n_boot, message in (
        (np.ones((2, 3)), np.ones((3, 2)), 9, "two tables of ratings of the same items"),
        (np.ones((0, 3)), np.ones((0, 3)), 9, "two tables of ratings of the same items"),
        (np.ones((2, 3)), np.ones((2, 3)), 1, "at least 2 resamples"),
    ):
        with pytest.raises(HumanlikeError, match=message):
            rated_twice(one, two, n_boot, 0)
