"""The five losses against hand-computed values, and every gradient against differences."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from humanlike.errors import HumanlikeError
from humanlike.stats._triplet_kernels import distances, each_loss, loss_and_slopes, pull
from humanlike.stats.triplet_losses import (
    CrowdKernel,
    HeavyTailedTriplet,
    Hinge,
    SoftOrdinal,
    StochasticTriplet,
    open_loss,
)
from humanlike.stats.triplets import prepare

EACH = [
    CrowdKernel(),
    CrowdKernel(0.05),
    StochasticTriplet(),
    HeavyTailedTriplet(3.0),
    SoftOrdinal(),
    Hinge(),
]
DISTANCE = st.floats(0.01, 50)


@pytest.mark.parametrize(
    ("loss", "expected"),
    [
        (CrowdKernel(), math.log(10 / 9)),
        (CrowdKernel(1.0), math.log(12 / 10)),
        (StochasticTriplet(), math.log(1 + math.exp(1 - 9))),
        (HeavyTailedTriplet(3.0), math.log(1 + (1 + 9 / 3) ** -2 / (1 + 1 / 3) ** -2)),
        (SoftOrdinal(), 0.0),
        (SoftOrdinal(2.5), 0.25),
        (Hinge(), 0.0),
        (Hinge(10.0), 2.0),
    ],
    ids=str,
)
def test_a_triplet_at_distances_one_and_three(loss, expected):
    assert loss.value(1.0, 9.0) == pytest.approx(expected, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("loss", EACH, ids=str)
@settings(deadline=None)
@given(near=DISTANCE, far=DISTANCE)
def test_slopes_are_those_of_the_values(loss, near, far):
    gap = near - far if isinstance(loss, Hinge) else math.sqrt(near) - math.sqrt(far)
    step = 1e-6 * (near + far)
    if isinstance(loss, Hinge | SoftOrdinal) and abs(gap + loss.margin) < 0.1:
        return  # a kink
    by_near = (loss.value(near + step, far) - loss.value(near - step, far)) / (2 * step)
    by_far = (loss.value(near, far + step) - loss.value(near, far - step)) / (2 * step)
    if min(near, far) > 100 * step:
        assert loss.slopes(near, far) == pytest.approx((by_near, by_far), rel=1e-4, abs=1e-7)


@settings(deadline=None)
@given(near=DISTANCE, far=DISTANCE)
def test_t_ste_with_one_degree_is_the_crowd_kernel_with_offset_one(near, far):
    one, other = HeavyTailedTriplet(1.0), CrowdKernel(1.0)
    assert one.value(near, far) == pytest.approx(other.value(near, far), rel=1e-9)


@settings(deadline=None)
@given(near=DISTANCE, far=DISTANCE, factor=st.floats(0.1, 10))
def test_without_offset_the_crowd_kernel_knows_no_scale(near, far, factor):
    loss = CrowdKernel()
    assert loss.value(factor * near, factor * far) == pytest.approx(
        float(loss.value(near, far)), rel=1e-7
    )


@pytest.mark.parametrize("loss", EACH, ids=str)
def test_the_gradient_by_points_is_that_of_the_loss(loss):
    random = np.random.default_rng(3)
    points = random.normal(size=(9, 3))
    rows = np.array([random.choice(9, 3, replace=False) for _ in range(60)])
    weights = random.integers(1, 4, size=60).astype(float)
    parts = prepare(rows, 9, weights, np.zeros(60, bool))
    squared, slopes = np.empty(parts.pairs.shape[1]), np.empty(parts.pairs.shape[1])
    gradient, expected = np.empty_like(points), np.empty_like(points)

    def total(where):
        near, far = (((where[rows[:, 0]] - where[rows[:, k]]) ** 2).sum(axis=1) for k in (1, 2))
        return float(loss.value(near, far) @ weights / weights.sum())

    distances(points, *parts.pairs, squared)
    common = (loss.kind, loss.constant, squared, *parts.train, parts.weights)
    assert loss_and_slopes(*common, slopes) == pytest.approx(total(points))
    each = np.empty(60)
    each_loss(*common[:-1], each)
    assert each @ parts.weights == pytest.approx(total(points))
    pull(points, *parts.pairs, slopes, gradient)
    for place in np.ndindex(points.shape):
        step = np.zeros_like(points)
        step[place] = 1e-6
        expected[place] = (total(points + step) - total(points - step)) / 2e-6
    np.testing.assert_allclose(gradient, expected, atol=1e-7)


def test_defaults_are_those_of_the_authors():
    assert open_loss("t_ste", 30).constant == 29
    assert open_loss("crowd_kernel", 30) == CrowdKernel(0.0)


@pytest.mark.parametrize(
    ("loss", "message"),
    [
        ("crowd", "Unknown loss 'crowd'. Did you mean 'crowd_kernel'?"),
        (CrowdKernel(-1.0), "Expected offset of at least 0, but -1.0 came."),
        (Hinge(0.0), "Expected margin above 0, but 0.0 came."),
        (HeavyTailedTriplet(math.nan), "Expected alpha above 0"),
        (7, "Expected the name of a loss"),
    ],
)
def test_what_is_wrong_is_said(loss, message):
    with pytest.raises(HumanlikeError, match=message):
        open_loss(loss, 2)
