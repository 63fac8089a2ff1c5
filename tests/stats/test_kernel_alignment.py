"""CKA: the definition in the papers' own matrices, exact expectations, invariances, errors."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ortho_group

from humanlike.errors import HumanlikeError
from humanlike.stats import cka, effective_dimension
from humanlike.stats.kernel_alignment import permuted_cka, weighted_cka

seeds = st.integers(0, 2**32 - 1)
both = pytest.mark.parametrize("debiased", [False, True])


def pair(seed: int, items: int = 12, human: int = 4, model: int = 3):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(items, human)), rng.normal(size=(items, model))


def hsic(one, two):
    """Gretton's biased estimator, with the centring matrix written out."""
    n = len(one)
    centre = np.eye(n) - 1 / n
    return np.trace(one @ one.T @ centre @ two @ two.T @ centre)


def hsic_1(one, two):
    """Sums over different items, i != j, i != j != q, i != j != q != r, as Song et al. derive."""
    k, l, n = one @ one.T, two @ two.T, len(one)  # noqa: E741
    pairs = triples = fours = 0.0
    for i, j in permutations(range(n), 2):
        pairs += k[i, j] * l[i, j]
    for i, j, q in permutations(range(n), 3):
        triples += k[i, j] * l[i, q]
    for i, j, q, r in permutations(range(n), 4):
        fours += k[i, j] * l[q, r]
    return (
        pairs / (n * (n - 1))
        - 2 * triples / (n * (n - 1) * (n - 2))
        + fours / (n * (n - 1) * (n - 2) * (n - 3))
    )


@pytest.mark.parametrize(("debiased", "estimator"), [(False, hsic), (True, hsic_1)])
def test_it_follows_the_definition(debiased, estimator):
    human, model = pair(0, items=8)
    expected = estimator(human, model) / np.sqrt(estimator(human, human) * estimator(model, model))
    assert cka(human, model, debiased=debiased) == pytest.approx(expected, abs=1e-12)


def test_crossed_lines_share_nothing_and_a_square_half_of_a_line():
    corners = np.array([[1.0, 1], [1, -1], [-1, 1], [-1, -1]])
    assert cka(corners[:, :1], corners[:, 1:]) == pytest.approx(0.0)
    assert cka(corners, corners[:, :1]) == pytest.approx(1 / np.sqrt(2))


@both
@given(seeds, st.floats(0.01, 100), st.floats(-50, 50))
@settings(max_examples=30)
def test_turning_scaling_and_shifting_the_model_changes_nothing(debiased, seed, scale, shift):
    human, model = pair(seed)
    moved = scale * model @ ortho_group.rvs(3, random_state=seed) + shift
    expected = cka(human, model, debiased=debiased)
    assert cka(human, moved, debiased=debiased) == pytest.approx(expected, abs=1e-8)
    assert cka(model, moved, debiased=debiased) == pytest.approx(1.0, abs=1e-8)
    assert cka(model, human, debiased=debiased) == pytest.approx(expected, abs=1e-12)


def test_stretching_one_axis_does_change_it():
    human, model = pair(1)
    assert cka(human, model) != pytest.approx(cka(human, model * [1, 1, 9]), abs=1e-3)


def test_over_all_orders_chance_is_as_the_docstring_says():
    human, model = pair(2, items=6)
    orders = np.array(list(permutations(range(6))))
    plain = permuted_cka(human, model, orders, debiased=False)
    chance = np.sqrt(effective_dimension(human) * effective_dimension(model)) / 5
    assert plain.mean() == pytest.approx(chance)
    assert permuted_cka(human, model, orders, debiased=True).mean() == pytest.approx(0, abs=1e-12)


@both
def test_orders_of_the_items_equal_shuffling_them(debiased):
    human, model = pair(3)
    rng = np.random.default_rng(0)
    orders = np.stack([rng.permutation(12) for _ in range(300)])
    expected = [cka(human, model[order], debiased=debiased) for order in orders]
    found = permuted_cka(human, model, orders, debiased=debiased)
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_weights_of_a_resample_equal_drawing_the_items():
    human, model = pair(4)
    drawn = np.random.default_rng(0).integers(12, size=(100, 12))
    counts = np.stack([np.bincount(row, minlength=12) for row in drawn])
    expected = [cka(human[row], model[row]) for row in drawn]
    found = weighted_cka(human, model, counts, debiased=False)
    np.testing.assert_allclose(found, expected, atol=1e-10)


def test_debiased_resamples_of_unrelated_spaces_scatter_around_zero():
    human, model = pair(5, items=100, human=30, model=20)
    counts = np.random.default_rng(0).multinomial(100, np.full(100, 0.01), size=400)
    drawn = weighted_cka(human, model, counts, debiased=True)
    assert abs(drawn.mean() - cka(human, model, debiased=True)) < drawn.std()


@both
def test_a_model_whose_points_coincide_is_unlike_everything(debiased):
    assert cka(pair(6)[0], np.ones((12, 2)), debiased=debiased) == 0.0


def test_three_items_are_too_few():
    with pytest.raises(HumanlikeError, match="at least four items, but 3"):
        cka(np.eye(3), np.eye(3))


def test_effective_dimensions_of_known_shapes():
    line, cross = np.arange(5.0)[:, None], np.concatenate([np.eye(3), -np.eye(3)])
    assert effective_dimension(line) == pytest.approx(1.0)
    assert effective_dimension(cross) == pytest.approx(3.0)
    assert effective_dimension(cross * [1, 1, 0]) == pytest.approx(2.0)
