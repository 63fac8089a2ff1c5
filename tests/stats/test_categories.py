"""Silhouettes against scikit-learn, by hand, and what must not change them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ortho_group

from humanlike.errors import HumanlikeError
from humanlike.stats.categories import category_structure


def clumps(seed: int, apart: float, sizes: tuple[int, ...]) -> tuple[np.ndarray, list[str]]:
    """Points of several categories whose centres are so far apart."""
    random = np.random.default_rng(seed)
    labels = np.repeat(np.arange(len(sizes)), sizes)
    centres = random.normal(size=(len(sizes), 4)) * apart
    return centres[labels] + random.normal(size=(len(labels), 4)), [f"c{k}" for k in labels]


@given(st.integers(0, 10_000), st.floats(0, 5), st.lists(st.integers(2, 9), min_size=2, max_size=5))
@settings(max_examples=40, deadline=None)
def test_silhouettes_are_those_of_scikit_learn(seed: int, apart: float, sizes: list[int]) -> None:
    from sklearn.metrics import silhouette_samples

    space, names = clumps(seed, apart, tuple(sizes))
    expected = silhouette_samples(space, names)
    found = category_structure(space, names)
    assert found.silhouette == pytest.approx(expected.mean())
    for name, value in found.by_category.items():
        assert value == pytest.approx(expected[np.array(names) == name].mean())


def test_by_hand() -> None:
    """Two pairs on a line: 0, 1 and 10, 12."""
    found = category_structure([[0.0], [1.0], [10.0], [12.0]], ["a", "a", "b", "b"])
    singles = [1 - 1 / 11, 1 - 1 / 10, 1 - 2 / 9.5, 1 - 2 / 11.5]
    assert found.silhouette == pytest.approx(np.mean(singles))
    assert (found.within, found.between) == (1.5, 10.5)
    assert found.ratio == pytest.approx(1 / 7)


def test_an_item_alone_has_no_silhouette() -> None:
    found = category_structure([[0.0], [1.0], [9.0]], ["a", "a", "alone"])
    assert found.by_category["alone"] == 0


def test_turning_scaling_and_shifting_change_nothing() -> None:
    space, names = clumps(3, 1.0, (5, 6, 7))
    turned = 3.7 * space @ ortho_group.rvs(4, random_state=1) + 12
    one, two = (category_structure(s, names, n_perm=50, seed=4) for s in (space, turned))
    assert two.silhouette == pytest.approx(one.silhouette)
    assert two.ratio == pytest.approx(one.ratio)
    assert two.p == one.p


def test_p_is_small_for_clumps_and_uniform_without() -> None:
    space, names = clumps(1, 3.0, (8, 8, 8))
    assert category_structure(space, names, n_perm=199, seed=1).p == 1 / 200
    null = [category_structure(*clumps(seed, 0.0, (6, 6)), n_perm=19, seed=seed).p
            for seed in range(200)]  # fmt: skip
    assert np.mean(np.array(null) <= 0.1) == pytest.approx(0.1, abs=0.06)
    assert np.isnan(category_structure(space, names).p)


@pytest.mark.parametrize(
    ("space", "names", "message"),
    [
        ([[0.0], [1.0]], ["a", "a"], "at least two different"),
        ([[0.0], [1.0]], ["a", "b", "c"], "each of the 2 items"),
        ([[1.0], [1.0], [1.0]], ["a", "b", "b"], "coincide"),
        ([[0.0], [np.nan], [1.0]], ["a", "b", "b"], "space"),
    ],
)
def test_what_has_no_structure_is_refused(space: list, names: list[str], message: str) -> None:
    with pytest.raises(HumanlikeError, match=message):
        category_structure(space, names)


def test_p_counts_the_arrangement_at_hand_among_the_shuffled() -> None:
    from sklearn.metrics import silhouette_score

    space, names = clumps(3, 0.8, (4, 4))
    found = category_structure(space, names, n_perm=40, seed=6)
    random = np.random.default_rng(6)
    null = [silhouette_score(space, random.permutation(names)) for _ in range(40)]
    above = int(np.sum(np.array(null) >= found.silhouette - 1e-9))
    assert 0 < above < 40
    assert found.p == pytest.approx((1 + above) / 41)
