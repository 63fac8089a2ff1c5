"""Influence of items on RSA: against numerical derivatives, the jackknife and scipy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats
from scipy.spatial.distance import squareform

from humanlike.errors import HumanlikeError
from humanlike.stats import rdm, rsa
from humanlike.stats.influence import METHODS, Ranked, rsa_influence

Floats = NDArray[np.float64]


def rdms(n_items: int, seed: int, digits: int = 6) -> tuple[Floats, Floats]:
    random = np.random.default_rng(seed)
    features = random.normal(size=(n_items, 3))
    noisy = features + random.normal(size=features.shape)
    one, two = (rdm(part, "euclidean") for part in (features, noisy))
    return one.round(digits), two.round(digits)


def weighted(x: Floats, y: Floats, items: Floats, method: str) -> float:
    """Correlate distances with the pair (i, j) weighing w_i w_j, ranks weighted too."""
    i, j = np.triu_indices(len(items), 1)
    known = ~(np.isnan(x) | np.isnan(y))
    w, x, y = (items[i] * items[j])[known], x[known], y[known]
    if method == "spearman":
        x, y = (((v[:, None] > v) @ w + (v[:, None] == v) @ w / 2) / w.sum() for v in (x, y))
    x, y = (v - np.average(v, weights=w) for v in (x, y))
    return float((w * x * y).sum() / np.sqrt((w * x * x).sum() * (w * y * y).sum()))


@settings(max_examples=15, deadline=None)
@given(st.integers(5, 9), st.integers(0, 10_000), st.sampled_from([0, 1, 6]))
@pytest.mark.parametrize("method", METHODS)
def test_the_derivatives_are_those_of_weighted_correlations(
    method: str, n_items: int, seed: int, digits: int
) -> None:
    x, y = rdms(n_items, seed, digits)
    if min(len(set(x)), len(set(y))) < 2:
        return
    found = rsa_influence(Ranked(x), Ranked(y), method)
    step = 1e-5
    for item in range(n_items):
        up, down = np.ones(n_items), np.ones(n_items)
        up[item] += step
        down[item] -= step
        slope = (weighted(x, y, up, method) - weighted(x, y, down, method)) / (2 * step)
        assert found.items[item] == pytest.approx(slope, abs=1e-6)


def test_the_estimates_are_the_usual_correlations_also_with_unknown_distances() -> None:
    x, y = rdms(12, 3, 1)
    x[[4, 7]], y[[7, 20]] = np.nan, np.nan
    known = ~(np.isnan(x) | np.isnan(y))
    spearman = rsa_influence(Ranked(x), Ranked(y))
    pearson = rsa_influence(Ranked(x), Ranked(y), "pearson")
    assert spearman.estimate == pytest.approx(rsa(x, y), abs=1e-12)
    assert pearson.estimate == pytest.approx(stats.pearsonr(x[known], y[known]).statistic)
    assert spearman.pairs == pearson.pairs == known.sum()


@pytest.mark.parametrize("method", METHODS)
def test_the_standard_error_agrees_with_the_jackknife(method: str) -> None:
    x, y = rdms(120, 5)
    whole = [squareform(part) for part in (x, y)]
    left_out = []
    for item in range(120):
        keep = np.arange(120) != item
        parts = [squareform(square[np.ix_(keep, keep)]) for square in whole]
        left_out.append(rsa_influence(Ranked(parts[0]), Ranked(parts[1]), method).estimate)
    jackknife = np.sqrt(119 / 120 * ((left_out - np.mean(left_out)) ** 2).sum())
    assert rsa_influence(Ranked(x), Ranked(y), method).standard_error == pytest.approx(
        jackknife, rel=0.05
    )


@pytest.mark.parametrize("method", METHODS)
def test_weighing_all_items_alike_changes_nothing(method: str) -> None:
    x, y = rdms(30, 8, 1)
    assert rsa_influence(Ranked(x), Ranked(y), method).items.sum() == pytest.approx(0, abs=1e-12)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000), st.floats(0.1, 10))
def test_spearman_ignores_any_increasing_change_of_a_distance(seed: int, power: float) -> None:
    x, y = rdms(10, seed, 2)
    plain, bent = (rsa_influence(Ranked(x), Ranked(values)) for values in (y, (1 + y) ** power))
    np.testing.assert_allclose(plain.items, bent.items, atol=1e-12)


def test_a_perfect_match_has_no_uncertainty() -> None:
    x, _ = rdms(20, 1)
    assert rsa_influence(Ranked(x), Ranked(2 * x), "pearson").standard_error < 1e-9


@pytest.mark.parametrize(
    ("x", "y", "method", "message"),
    [
        (np.arange(6.0), np.arange(6.0), "kendal", "pearson"),
        (np.arange(6.0), np.arange(10.0), "pearson", "6 and 10 pairs"),
        (np.arange(6.0), np.ones(6), "spearman", "second RDM that both know are all alike"),
        (np.full(6, np.nan), np.arange(6.0), "spearman", "The 0 distances of the first RDM"),
    ],
)
def test_rdms_that_cannot_be_compared_are_refused(
    x: Floats, y: Floats, method: str, message: str
) -> None:
    with pytest.raises(HumanlikeError, match=message):
        rsa_influence(Ranked(x), Ranked(y), method)
