"""Proportions: against scipy, closed forms and printed examples."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from humanlike.errors import HumanlikeError
from humanlike.stats.proportions import paired_proportions, wilson


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_agrees_with_scipy(counts: tuple[int, int]) -> None:
    count, n = counts
    ours = wilson(count, n, 0.9)
    theirs = stats.binomtest(count, n).proportion_ci(0.9, method="wilson")
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-9)
    assert ours.share == count / n


@given(st.integers(1, 50), st.integers(1, 50))
def test_both_ends_of_wilson_lie_z_standard_errors_from_the_share(count: int, more: int) -> None:
    n = count + more
    found = wilson(count, n)
    for end in (found.low, found.high):
        errors = abs(found.share - end) / math.sqrt(end * (1 - end) / n)
        assert errors == pytest.approx(stats.norm.ppf(0.975), rel=1e-6)


def answers(both: int, only_a: int, only_b: int, neither: int) -> tuple[list[bool], list[bool]]:
    a = [True] * (both + only_a) + [False] * (only_b + neither)
    b = [True] * both + [False] * only_a + [True] * only_b + [False] * neither
    return a, b


def test_the_interval_is_that_of_a_printed_example() -> None:
    """Documentation of statpsych::ci.prop.ps: f00, f01, f10, f11 = 12, 4, 26, 6."""
    found = paired_proportions(*answers(both=6, only_a=26, only_b=4, neither=12))
    assert (found.low, found.high) == pytest.approx((0.2548067, 0.6251933), abs=1e-7)
    assert found.difference == pytest.approx(22 / 48)


COUNT = st.integers(0, 30)


@given(COUNT, COUNT, COUNT, COUNT)
def test_the_exact_test_is_a_binomial_test_of_the_disagreements(
    both: int, only_a: int, only_b: int, neither: int
) -> None:
    if both + only_a + only_b + neither == 0:
        return
    a, b = answers(both, only_a, only_b, neither)
    found, back = paired_proportions(a, b), paired_proportions(b, a)
    split = only_a + only_b
    expected = stats.binomtest(only_a, split).pvalue if split else 1.0
    assert found.p == pytest.approx(expected)
    assert (found.both, found.only_a, found.only_b, found.neither) == (
        both, only_a, only_b, neither,
    )  # fmt: skip
    assert found.difference == pytest.approx(np.mean(a) - np.mean(b))
    assert (back.low, back.high, back.p) == pytest.approx((-found.high, -found.low, found.p))
    assert -1 <= found.low <= found.high <= 1


@pytest.mark.parametrize(("count", "n"), [(-1, 3), (4, 3), (0, 0)])
def test_counts_that_make_no_sense_are_refused(count: int, n: int) -> None:
    with pytest.raises(HumanlikeError, match="0 <= count <= n"):
        wilson(count, n)


@pytest.mark.parametrize(
    ("a", "b", "level", "message"),
    [
        ([True], [True, False], 0.95, "1 and 2 came"),
        ([], [], 0.95, "float64"),
        ([1, 0], [0, 1], 0.95, "int64"),
        ([True], [True], 95, "level between 0 and 1"),
    ],
)
def test_answers_that_cannot_be_compared_are_refused(
    a: list[bool], b: list[bool], level: float, message: str
) -> None:
    with pytest.raises(HumanlikeError, match=message):
        paired_proportions(a, b, level)
    if level > 1:
        with pytest.raises(HumanlikeError, match=message):
            wilson(1, 2, level)
