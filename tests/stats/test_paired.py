"""Paired scores: against scipy, statsmodels and pencil and paper."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.weightstats import DescrStatsW

from humanlike.errors import HumanlikeError
from humanlike.stats.paired import paired_test

PAIRS = st.lists(st.tuples(st.integers(-50, 50), st.integers(-50, 50)), min_size=3, max_size=30)


@settings(max_examples=50, deadline=None)
@given(PAIRS)
def test_it_agrees_with_scipy_and_statsmodels(pairs: list[tuple[int, int]]) -> None:
    x, y = np.array(pairs, float).T
    assume(np.ptp(x - y) > 0)
    ours = paired_test(x, y, level=0.9)
    described = DescrStatsW(x - y)
    t, p, df = described.ttest_mean(0)
    assert (ours.t, ours.p, ours.df) == pytest.approx((t, p, df))
    assert (ours.low, ours.high) == pytest.approx(described.tconfint_mean(alpha=0.1), abs=1e-9)
    assert ours.wilcoxon_p == pytest.approx(stats.wilcoxon(x - y).pvalue)
    assert ours.t == pytest.approx(ours.dz * math.sqrt(ours.n))


def test_the_sleep_data_of_student_give_the_printed_numbers() -> None:
    """Student (1908), ten patients under two drugs: mean 1.58, t 4.0621 (R's t.test)."""
    dextro = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
    laevo = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    test = paired_test(laevo, dextro)
    assert test.difference == pytest.approx(1.58)
    assert test.t == pytest.approx(4.0621, abs=5e-5)
    assert test.p == pytest.approx(0.002833, abs=5e-7)
    assert (test.low, test.high) == pytest.approx((0.7001142, 2.4598858), abs=1e-6)
    assert test.share_higher == 0.9


@settings(max_examples=30, deadline=None)
@given(PAIRS, st.floats(-9, 9), st.floats(0.5, 4))
def test_shift_and_unit_leave_the_effect_size_alone(
    pairs: list[tuple[int, int]], shift: float, unit: float
) -> None:
    x, y = np.array(pairs, float).T
    assume(np.ptp(x - y) > 0)
    plain, other = paired_test(x, y), paired_test(unit * x + shift, unit * y + shift)
    assert other.dz == pytest.approx(plain.dz, abs=1e-6)
    assert other.difference == pytest.approx(unit * plain.difference, abs=1e-9)
    assert paired_test(y, x).dz == pytest.approx(-plain.dz)


@pytest.mark.parametrize(
    ("first", "second", "level", "message"),
    [
        ([1.0, 2.0], [1.0, 3.0], 0.95, "Expected the first scores as at least 3 finite numbers"),
        ([1.0, 2.0, 3.0], [1.0, math.nan, 4.0], 0.95, "Expected the second scores .* 1 missing"),
        ([1.0, 2.0, 3.0], [1.0, 2.0, 4.0, 5.0], 0.95, "same items, but 3 and 4 came"),
        ([1.0, 2.0, 3.0], [2.0, 3.0, 4.0], 0.95, "All differences are alike"),
        ([1.0, 2.0, 3.0], [2.0, 3.0, 5.0], 95, "Expected a level between 0 and 1"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    first: list[float], second: list[float], level: float, message: str
) -> None:
    with pytest.raises(HumanlikeError, match=message):
        paired_test(first, second, level)
