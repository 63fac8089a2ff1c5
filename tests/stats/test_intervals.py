"""Ends of intervals, against the standard library and counting by hand."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from humanlike.errors import HumanlikeError
from humanlike.stats.intervals import check_level, normal_reach, percentiles, recentred, two_sided_p

values = arrays(float, st.integers(2, 30), elements=st.floats(-10, 10, width=32))


@pytest.mark.parametrize("level", [0.5, 0.8, 0.95, 0.99])
def test_the_reach_is_that_of_the_normal_distribution(level: float) -> None:
    assert normal_reach(level) == pytest.approx(NormalDist().inv_cdf((1 + level) / 2), rel=1e-12)


@pytest.mark.parametrize("level", [0.0, 1.0, -0.5, 95.0, math.nan])
def test_a_level_is_a_share(level: float) -> None:
    for ask in (check_level, normal_reach, lambda level: percentiles([1.0, 2.0], level)):
        with pytest.raises(HumanlikeError, match=r"between 0 and 1, such as 0\.95"):
            ask(level)


def test_percentiles_leave_undefined_resamples_out() -> None:
    assert percentiles([math.nan, 0.0, 1.0], 0.5) == (0.25, 0.75)
    assert all(math.isnan(end) for end in percentiles([math.nan]))
    assert all(math.isnan(end) for end in recentred([math.nan], 1.0))


def test_percentiles_leave_as_much_out_below_as_above() -> None:
    assert percentiles(np.arange(1001.0), 0.9) == pytest.approx((50, 950))


@given(values, st.floats(-5, 5))
def test_recentring_moves_the_mean_to_the_estimate_and_keeps_the_width(
    drawn: np.ndarray, estimate: float
) -> None:
    low, high = percentiles(drawn)
    moved_low, moved_high = recentred(drawn, estimate)
    assert moved_high - moved_low == pytest.approx(high - low, abs=1e-9)
    assert moved_low - estimate == pytest.approx(low - drawn.mean(), abs=1e-9)


@pytest.mark.parametrize(
    ("drawn", "p"),
    [
        ([1.0] * 19, 2 / 20),
        ([-1.0] * 19, 2 / 20),
        ([1.0] * 8 + [-1.0], 4 / 10),
        ([1.0] * 8 + [0.0], 4 / 10),
        ([1.0] * 3 + [-1.0] * 3, 1.0),
        ([1.0] * 3 + [math.nan] * 5, 2 / 4),
    ],
)
def test_the_p_value_counts_what_lies_on_the_other_side(drawn: list[float], p: float) -> None:
    assert two_sided_p(drawn) == pytest.approx(p)
