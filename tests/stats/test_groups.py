"""Two groups: Welch's test against scipy and statsmodels, the bootstrap against a plain loop."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from humanlike.errors import HumanlikeError
from humanlike.stats.groups import cluster_bootstrap_difference, welch

NUMBERS = st.lists(st.floats(-100, 100).map(lambda x: round(x, 3)), min_size=2, max_size=12)


@settings(max_examples=50)
@given(NUMBERS, NUMBERS)
def test_welch_agrees_with_scipy_and_statsmodels(first: list[float], second: list[float]) -> None:
    assume(np.std(first) > 0.01 and np.std(second) > 0.01)
    ours = welch(first, second, level=0.9)
    theirs = stats.ttest_ind(first, second, equal_var=False)
    compared = CompareMeans(DescrStatsW(first), DescrStatsW(second))
    t, p, df = compared.ttest_ind(usevar="unequal")
    low, high = compared.tconfint_diff(alpha=0.1, usevar="unequal")
    close = {"rel": 1e-6, "abs": 1e-9}
    assert (ours.t, ours.p) == pytest.approx((theirs.statistic, theirs.pvalue), **close)
    assert (ours.t, ours.p, ours.df) == pytest.approx((t, p, df), **close)
    assert (ours.low, ours.high) == pytest.approx((low, high), **close)
    assert ours.n == (len(first), len(second))


def test_the_effect_size_is_cohens_d_with_the_pooled_deviation() -> None:
    x, y = [2.0, 4.0, 6.0], [1.0, 2.0, 3.0, 4.0]
    pooled = math.sqrt((2 * 4 + 3 * np.var(y, ddof=1)) / 5)
    assert welch(x, y).d == pytest.approx((4 - 2.5) / pooled)


def test_swapping_the_groups_changes_signs_only() -> None:
    x, y = [2.0, 4.0, 7.0], [1.0, 2.0, 3.0, 4.0]
    there, back = welch(x, y), welch(y, x)
    assert (back.difference, back.t, back.d) == (-there.difference, -there.t, -there.d)
    assert (back.low, back.high) == pytest.approx((-there.high, -there.low))
    assert (back.p, back.df) == pytest.approx((there.p, there.df))


def test_a_higher_level_gives_a_wider_interval() -> None:
    x, y = [2.0, 4.0, 7.0], [1.0, 2.0, 3.0]
    assert welch(x, y, 0.99).low < welch(x, y, 0.9).low < welch(x, y, 0.9).high


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        ([1.0], [1.0, 2.0], "The first group has 1 values, 0 of them missing"),
        ([1.0, 2.0], [], "The second group has 0 values"),
        ([1.0, 2.0], [1.0, math.nan], "The second group has 2 values, 1 of them missing"),
        ([1.0, 1.0], [2.0, 2.0], "Neither group varies"),
    ],
)
def test_groups_that_cannot_be_compared_are_refused(
    first: list[float], second: list[float], message: str
) -> None:
    with pytest.raises(HumanlikeError, match=message):
        welch(first, second)


def by_hand(
    values: list[float], group: list[bool], cluster: list[str], n_boot: int, seed: int
) -> list[float]:
    """Draw clusters one by one and collect every member, as the definition says."""
    names = sorted(set(cluster))
    random, kept = np.random.default_rng(seed), []
    while len(kept) < n_boot:
        times = random.multinomial(len(names), np.full(len(names), 1 / len(names)))
        sides: dict[bool, list[float]] = {True: [], False: []}
        for name, count in zip(names, times, strict=True):
            for value, side, own in zip(values, group, cluster, strict=True):
                sides[side] += [value] * (int(count) if own == name else 0)
        if sides[True] and sides[False]:
            kept.append(float(np.mean(sides[True]) - np.mean(sides[False])))
    return kept


MEASURE = [0.1, 0.5, 0.2, 0.9, 0.4, 0.3, 0.7, 0.65]
SIDE = [True, False, True, True, False, False, True, False]
FAMILY = ["q", "q", "a", "a", "z", "z", "z", "b"]


@pytest.mark.parametrize("level", [0.95, 0.5])
def test_the_cluster_bootstrap_agrees_with_a_plain_loop(level: float) -> None:
    kept = by_hand(MEASURE, SIDE, FAMILY, 300, seed=4)
    expected = np.quantile(kept, [(1 - level) / 2, (1 + level) / 2])
    ours = cluster_bootstrap_difference(MEASURE, SIDE, FAMILY, 300, 4, level)
    assert ours == pytest.approx(tuple(expected))


def test_the_same_seed_gives_the_same_interval_and_another_seed_another_one() -> None:
    def interval(seed: int) -> tuple[float, float]:
        return cluster_bootstrap_difference(MEASURE, SIDE, FAMILY, 50, seed)

    assert interval(1) == interval(1)
    assert interval(1) != interval(2)


def test_resamples_without_one_of_the_groups_are_drawn_again() -> None:
    low, high = cluster_bootstrap_difference([1.0, 3.0], [True, False], ["a", "b"], 100, 0)
    assert (low, high) == (-2.0, -2.0)


def test_clusters_of_one_value_each_give_the_ordinary_bootstrap_width() -> None:
    random = np.random.default_rng(0)
    values = random.normal(size=400)
    group = np.arange(400) < 200
    low, high = cluster_bootstrap_difference(values, group, list(range(400)), 2000, 1)
    test = welch(values[group], values[~group])
    assert (low, high) == pytest.approx((test.low, test.high), abs=0.03)


@pytest.mark.parametrize(
    ("values", "group", "cluster", "message"),
    [
        ([1.0, 2.0], [True], ["a", "b"], "Lengths differ: 2 values, 1 groups, 2 clusters"),
        ([1.0, 2.0], [True, False], ["a"], "Lengths differ: 2 values, 2 groups, 1 clusters"),
        ([1.0, 2.0], [True, False], ["a", "a"], "There is only one cluster"),
    ],
)
def test_clusters_that_do_not_fit_are_refused(
    values: list[float], group: list[bool], cluster: list[str], message: str
) -> None:
    with pytest.raises(HumanlikeError, match=message):
        cluster_bootstrap_difference(values, group, cluster, 10, 0)
