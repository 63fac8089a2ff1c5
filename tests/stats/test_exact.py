"""Exact tests against enumeration, scipy and Welch's printed formula."""

from __future__ import annotations

from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from humanlike.errors import HumanlikeError
from humanlike.stats.correlation_bootstrap import correlation_bootstrap
from humanlike.stats.exact import rank_test, rising, sign_flip
from humanlike.stats.groups import welch, welch_anova


@given(st.lists(st.integers(-50, 50).filter(bool), min_size=2, max_size=7))
def test_sign_flips_are_scipys_exact_permutations(values: list[int]) -> None:
    found = sign_flip(values)
    scipy = stats.permutation_test(
        (np.array(values, float),), np.mean, permutation_type="samples", n_resamples=np.inf
    )
    assert found.p == pytest.approx(min(1.0, scipy.pvalue))
    assert found.p >= found.p_least
    assert found.n_positive == sum(value > 0 for value in values)


def test_three_or_five_differences_decide_nothing_and_six_can() -> None:
    assert sign_flip([1, 1, 1]).p == sign_flip([1, 1, 1]).p_least == 0.25
    assert sign_flip([1.0] * 5).p_least > 0.05 > sign_flip([1.0] * 6).p_least
    assert sign_flip([2.0]).p == 1


def test_page_p_is_the_share_of_all_orders() -> None:
    rows = [[1.0, 2.0, 3.0], [0.1, 0.3, 0.2]]

    def score(orders: tuple[tuple[int, ...], ...]) -> int:
        return sum((place + 1) * rank for order in orders for place, rank in enumerate(order))

    every = [score(both) for both in product(permutations((1, 2, 3)), repeat=2)]
    largest, p = rising(rows)
    assert largest == score(((1, 2, 3), (1, 3, 2)))
    assert p == pytest.approx(np.mean(np.array(every) >= largest))


def test_two_groups_are_welchs_t_squared() -> None:
    random = np.random.default_rng(1)
    one, two = random.normal(size=8), 2 * random.normal(size=13) + 1
    both, pair = welch_anova([one, two]), welch(one, two)
    assert both.f == pytest.approx(pair.t**2)
    assert (both.df_between, both.df_within) == pytest.approx((1, pair.df))
    assert both.p == pytest.approx(pair.p)
    every = np.append(one, two)
    inside = one.var() * len(one) + two.var() * len(two)
    assert both.eta_squared == pytest.approx(1 - inside / (every.var() * len(every)))


def test_clusters_are_drawn_whole_and_pearson_is_numpys() -> None:
    random = np.random.default_rng(2)
    x, y = random.normal(size=(2, 30))
    groups = np.repeat(list("abcdef"), 5)
    found = correlation_bootstrap(x, {"y": y}, 20, 4, method="pearson", clusters=list(groups))
    draws = np.random.default_rng(4).multinomial(6, np.full(6, 1 / 6), size=20)
    for counts, row in zip(draws, found.samples, strict=True):
        items = np.concatenate(
            [np.flatnonzero(groups == g) for g in np.repeat(list("abcdef"), counts)]
        )
        assert row[0] == pytest.approx(np.corrcoef(x[items], y[items])[0, 1])
    assert found.rho["y"] == pytest.approx(np.corrcoef(x, y)[0, 1])


@pytest.mark.parametrize("method", ["spearman", "pearson"])
def test_a_resample_without_variation_has_no_correlation(method: str) -> None:
    flag = [1.0, 1, 0, 0, 0, 0]
    found = correlation_bootstrap(
        range(6), {"flag": flag}, 400, 1, method=method, clusters=["a", "a", "b", "b", "c", "c"]
    )
    # Without cluster a, or with nothing else, the flag is constant: (2/3)^3 + (1/3)^3.
    assert found.share_defined("flag") == pytest.approx(1 - 8 / 27 - 1 / 27, abs=0.07)
    assert np.isfinite(found.interval("flag")).all()


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(HumanlikeError, match="at most 20"):
        sign_flip(np.ones(21))
    with pytest.raises(HumanlikeError, match="1 missing"):
        sign_flip([np.nan])
    with pytest.raises(HumanlikeError, match="same stages"):
        rising([[1.0, 2.0, 3.0], [1.0, 2.0, 3.0, 4.0]])
    with pytest.raises(HumanlikeError, match="needs an order"):
        rising([[1.0, 2.0, 2.0], [1.0, 2.0, 3.0]])
    with pytest.raises(HumanlikeError, match="values vary"):
        welch_anova([[1.0, 1.0], [1.0, 2.0]])
    with pytest.raises(HumanlikeError, match="at least two clusters"):
        correlation_bootstrap(range(6), {"m": [1, 2, 3, 4, 6, 5]}, 9, 1, clusters=["a"] * 6)
    with pytest.raises(HumanlikeError, match="Unknown correlation 'kendall'"):
        correlation_bootstrap(range(6), {"m": [1, 2, 3, 4, 6, 5]}, 9, 1, method="kendall")


# --- rank correlations of a few pairs ------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
def test_ranks_re_paired_in_every_way(seed: int) -> None:
    """Against a loop over all permutations with scipy's own coefficient."""
    random = np.random.default_rng(seed)
    x, y = np.append(random.integers(0, 4, 4), 9.0), random.random(5)
    own = stats.spearmanr(x, y).statistic
    every = [abs(stats.spearmanr(x, order).statistic) for order in permutations(y)]
    found = rank_test(x, y)
    assert found.rho == pytest.approx(own)
    assert found.p == pytest.approx(np.mean(np.array(every) >= abs(own) - 1e-12))
    assert found.exact


def test_few_pairs_cannot_show_much() -> None:
    """The printed tables of Spearman's ρ have no two-sided 5 % value for four pairs."""
    found = rank_test([1, 2, 3, 4], [10, 20, 30, 40])
    assert found.p == found.p_least == pytest.approx(1 / 12)
    assert rank_test(range(5), range(5)).p == pytest.approx(2 / 120)


def test_many_pairs_are_re_paired_at_random_under_a_seed() -> None:
    random = np.random.default_rng(1)
    x, y = random.random((2, 12))
    found = rank_test(x, y, n_perm=2000, seed=3)
    assert found == rank_test(x, y, n_perm=2000, seed=3)
    assert not found.exact
    assert found.p == pytest.approx(stats.spearmanr(x, y).pvalue, abs=0.05)


def test_ranks_that_say_nothing_are_refused() -> None:
    with pytest.raises(HumanlikeError, match="values differ"):
        rank_test([1, 1, 1], [1, 2, 3])
    with pytest.raises(HumanlikeError, match="got 4 and 3"):
        rank_test([1, 2, 3, 4], [1, 2, 3])


def test_few_pairs_are_tried_in_all_orders_and_more_are_drawn() -> None:
    assert rank_test(range(8), range(8)).exact
    found = rank_test(range(9), range(9), n_perm=99)
    assert not found.exact
    assert found.p == pytest.approx(1 / 100)  # the pairing at hand counts among the drawn
