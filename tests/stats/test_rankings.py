"""Rank correlations against scipy, partial ones against residuals of ranks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import pearsonr, rankdata, spearmanr

from humanlike.errors import HumanlikeError
from humanlike.stats.rankings import rank_matrix


def scores(seed: int, n: int = 40) -> dict[str, np.ndarray]:
    random = np.random.default_rng(seed)
    common = random.normal(size=n)
    return {
        "a": common + random.normal(size=n),
        "b": np.round(common + random.normal(size=n)),
        "c": random.normal(size=n),
    }


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1000))
def test_correlation_and_p_are_scipys_with_ties_too(seed: int) -> None:
    table = scores(seed)
    ours = rank_matrix(table, 5, 0)
    for x in table:
        for y in table:
            if x != y:
                theirs = spearmanr(table[x], table[y])
                expected = (theirs.statistic, theirs.pvalue)
                assert ours.pair(x, y)[:2] == pytest.approx(expected)
    assert np.diag(ours.rho) == pytest.approx(np.ones(3))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1000))
def test_a_partial_correlation_is_that_of_the_residuals_of_ranks(seed: int) -> None:
    table = scores(seed)
    ours = rank_matrix({"a": table["a"], "b": table["b"]}, 5, 0, given=table["c"])
    x, y, z = (rankdata(values) for values in table.values())
    left = [v - np.polyval(np.polyfit(z, v, 1), z) for v in (x, y)]
    assert ours.pair("a", "b")[0] == pytest.approx(pearsonr(*left).statistic)


def test_the_interval_is_that_of_a_plain_loop() -> None:
    table = scores(3)
    ours = rank_matrix(table, 60, seed=8, level=0.8)
    random, drawn = np.random.default_rng(8), []
    for _ in range(60):
        at = random.integers(40, size=40)
        drawn.append(spearmanr(table["a"][at], table["b"][at]).statistic)
    assert ours.pair("a", "b")[2:] == pytest.approx(tuple(np.quantile(drawn, [0.1, 0.9])))


def test_a_common_cause_vanishes_when_it_is_held_constant() -> None:
    random = np.random.default_rng(1)
    cause = random.normal(size=4000)
    a, b = cause + random.normal(size=4000), cause + random.normal(size=4000)
    assert rank_matrix({"a": a, "b": b}, 2, 0).pair("a", "b")[0] > 0.4
    assert abs(rank_matrix({"a": a, "b": b}, 2, 0, given=cause).pair("a", "b")[0]) < 0.05


ROW = [1.0, 4.0, 2.0, 3.0]


@pytest.mark.parametrize(
    ("table", "options", "message"),
    [
        ({"a": ROW}, {}, "at least 2 scores"),
        ({"a": ROW, "b": [1.0] * 4}, {}, "'b' is the same for all items"),
        ({"a": ROW, "b": [1.0, 2.0, 3.0, 4.0, 5.0]}, {}, "'a' has 4 and 'b' 5"),
        ({"a": ROW, "b": [1.0, 2.0, np.nan, 3.0]}, {}, "score 'b' as at least 4 finite"),
        ({"a": ROW, "b": [4.0, 1.0, 2.0, 3.0]}, {"given": ROW}, "nothing is left to correlate"),
        ({"a": ROW, "b": [4.0, 1.0, 2.0, 3.0]}, {"n_boot": 1}, "Expected n_boot"),
    ],
)
def test_scores_that_cannot_be_correlated_are_refused(
    table: dict[str, list[float]], options: dict[str, object], message: str
) -> None:
    settings_ = {"n_boot": 5, "seed": 0} | options
    with pytest.raises(HumanlikeError, match=message):
        rank_matrix(table, **settings_)  # type: ignore[arg-type]


def test_an_unknown_score_is_refused() -> None:
    with pytest.raises(HumanlikeError, match="Unknown score 'z'"):
        rank_matrix(scores(0), 5, 0).pair("a", "z")


def test_the_p_of_a_partial_correlation_is_that_of_a_regression_of_ranks() -> None:
    import statsmodels.api as sm

    made = scores(7, 25)
    found = rank_matrix({"a": made["a"], "b": made["b"]}, 2, 0, given=made["c"])
    a, b, c = (rankdata(made[name]) for name in "abc")
    fit = sm.OLS(a, sm.add_constant(np.column_stack([b, c]))).fit()
    assert found.pair("a", "b")[1] == pytest.approx(fit.pvalues[1])
