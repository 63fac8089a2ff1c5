"""Procrustes R²: scipy as reference, cases worked out by hand, invariances, every error."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import procrustes as scipy_procrustes
from scipy.stats import ortho_group

from humanlike.errors import HumanlikeError
from humanlike.stats import procrustes_r2, variance_shares
from humanlike.stats.procrustes import permuted_r2, procrustes, weighted_r2

seeds = st.integers(0, 2**32 - 1)
RECTANGLE = np.array([[0.0, 0], [2, 0], [2, 1], [0, 1]])


def pair(seed: int, items: int = 12, human: int = 4, model: int = 4):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(items, human)), rng.normal(size=(items, model))


def padded(space, width: int):
    return np.pad(space, ((0, 0), (0, width - space.shape[1])))


@given(seeds, st.integers(1, 6), st.integers(1, 6))
@settings(max_examples=40)
def test_it_is_one_minus_the_disparity_of_scipy(seed, p, q):
    human, model = pair(seed, human=p, model=q)
    _, _, disparity = scipy_procrustes(padded(human, max(p, q)), padded(model, max(p, q)))
    assert procrustes_r2(human, model) == pytest.approx(1 - disparity, abs=1e-10)


@given(seeds, st.floats(0.01, 100), st.floats(-50, 50))
@settings(max_examples=40)
def test_turning_mirroring_scaling_and_shifting_the_model_changes_nothing(seed, scale, shift):
    human, model = pair(seed)
    turn = ortho_group.rvs(4, random_state=seed)
    moved = scale * model @ turn + shift
    assert procrustes_r2(human, moved) == pytest.approx(procrustes_r2(human, model), abs=1e-9)
    assert procrustes_r2(model, moved) == pytest.approx(1.0, abs=1e-9)


@given(seeds)
@settings(max_examples=25)
def test_the_fit_explains_what_it_says_and_no_other_rotation_explains_more(seed):
    human, model = pair(seed, human=3, model=3)
    fit = procrustes(human, model)
    centred = human - human.mean(axis=0)
    residual = np.sum((human - fit.fitted) ** 2)
    assert fit.r2 == pytest.approx(1 - residual / np.sum(centred**2))
    np.testing.assert_allclose(fit.rotation @ fit.rotation.T, np.eye(3), atol=1e-12)
    np.testing.assert_allclose(fit.scale * model @ fit.rotation + fit.translation, fit.fitted)
    other = (model - model.mean(axis=0)) @ ortho_group.rvs(3, random_state=seed)
    scale = np.vdot(other, centred) / np.vdot(other, other)
    assert fit.r2 >= 1 - np.sum((centred - scale * other) ** 2) / np.sum(centred**2) - 1e-12


def test_a_rectangle_fitted_by_a_line_keeps_the_share_of_its_longer_side():
    # Variances 1 and 1/4: a one-dimensional model explains 4/5 of them, and no more.
    assert procrustes_r2(RECTANGLE, RECTANGLE[:, :1]) == pytest.approx(0.8)
    assert procrustes_r2(RECTANGLE, RECTANGLE[:, 1:]) == pytest.approx(0.2)


def test_a_square_fitted_to_the_rectangle_by_hand():
    # Sides 2 and 1 against 1 and 1: (2 + 1)² / ((4 + 1)(1 + 1)) = 0.9.
    square = np.array([[0.0, 0], [1, 0], [1, 1], [0, 1]])
    assert procrustes_r2(RECTANGLE, square) == pytest.approx(0.9)
    assert procrustes_r2(square, RECTANGLE) == pytest.approx(0.9)


def test_direction_and_norm_matter_without_the_best_scale():
    human, model = pair(1)
    model = 0.1 * human + 0.02 * model
    best = procrustes_r2(human, model)
    assert procrustes_r2(model, human) == pytest.approx(best)
    assert procrustes(human, model, scaling="norm").r2 == pytest.approx(2 * np.sqrt(best) - 1)
    forth = procrustes(human, model, scaling="none").r2
    back = procrustes(model, human, scaling="none").r2
    assert forth < best and back < 0 < forth


def test_without_reflection_a_mirror_image_fits_worse():
    human = pair(2, human=2, model=2)[0]
    mirrored = human * [1, -1]
    assert procrustes_r2(human, mirrored) == pytest.approx(1.0)
    fit = procrustes(human, mirrored, reflection=False)
    assert np.linalg.det(fit.rotation) == pytest.approx(1.0)
    share = variance_shares(human)
    assert fit.r2 == pytest.approx((share[0] - share[1]) ** 2)


def test_weights_of_a_resample_equal_drawing_the_items():
    human, model = pair(3, human=5, model=3)
    rng = np.random.default_rng(0)
    drawn = rng.integers(12, size=(300, 12))
    counts = np.stack([np.bincount(row, minlength=12) for row in drawn])
    expected = [procrustes_r2(human[row], model[row]) for row in drawn]
    np.testing.assert_allclose(weighted_r2(human + 9, model - 9, counts), expected, atol=1e-10)


def test_orders_of_the_items_equal_shuffling_them():
    human, model = pair(4, human=3, model=5)
    rng = np.random.default_rng(0)
    orders = np.stack([rng.permutation(12) for _ in range(300)])
    expected = [procrustes_r2(human, model[order]) for order in orders]
    np.testing.assert_allclose(permuted_r2(human, model, orders), expected, atol=1e-10)


def test_a_model_whose_points_coincide_explains_nothing():
    human = pair(5)[0]
    assert procrustes_r2(human, np.ones((12, 2))) == 0.0
    assert procrustes(human, np.ones((12, 2))).r2 == 0.0


@pytest.mark.parametrize(
    ("human", "model", "message"),
    [
        (np.ones((5, 2)), np.eye(5), "all coincide"),
        (np.eye(5), np.eye(4), "human one has 5 and the model's 4"),
        (np.eye(5), np.full((5, 2), np.nan), "the model's space without gaps"),
        (np.eye(5)[0], np.eye(5), "the human space as a table"),
    ],
)
def test_spaces_that_do_not_fit_are_refused(human, model, message):
    with pytest.raises(HumanlikeError, match=message):
        procrustes_r2(human, model)


def test_an_unknown_scaling_is_refused():
    with pytest.raises(HumanlikeError, match="Known: best, none, norm"):
        procrustes(np.eye(4), np.eye(4), scaling="max")  # type: ignore[arg-type]


def test_a_mirrored_line_explains_nothing_unless_it_may_be_mirrored() -> None:
    line = np.array([[0.0], [1.0], [3.0], [7.0]])
    assert procrustes(line, -line).r2 == pytest.approx(1)
    found = procrustes(line, -line, reflection=False)
    assert (found.r2, found.scale) == (0, 0)
