"""The likelihood of odd-one-out judgements against closed forms and scipy."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import log_softmax

from humanlike.errors import HumanlikeError
from humanlike.stats import odd_one_out_loss, odd_one_out_probabilities, odd_one_out_score

ALL = [[0, 1, 2], [0, 2, 1], [1, 2, 0]]
POINTS = arrays(float, (5, 3), elements=st.floats(-5, 5))


def test_a_judge_that_knows_nothing_pays_log_three():
    same = np.ones((3, 4))
    assert odd_one_out_loss(same, ALL) == pytest.approx(math.log(3))
    assert odd_one_out_score(same, ALL) == pytest.approx(1 / 3)
    np.testing.assert_allclose(odd_one_out_probabilities(same, ALL), 1 / 3)


def test_a_case_by_hand():
    # dot products: s01 = log 2, s02 = s12 = 0, so item 2 is odd with probability 2 / 4
    root = math.sqrt(math.log(2))
    points = np.array([[root, 0], [root, 0], [0, 1.0]])
    expected = [0.25, 0.25, 0.5]
    np.testing.assert_allclose(odd_one_out_probabilities(points, [[0, 1, 2]])[0], expected)
    assert odd_one_out_loss(points, [[0, 1, 2]]) == pytest.approx(math.log(2))
    assert odd_one_out_loss(points, [[2, 0, 1]]) == pytest.approx(math.log(4))
    assert odd_one_out_score(points, ALL) == pytest.approx(1 / 3)


@settings(deadline=None)
@given(POINTS)
def test_the_same_as_a_softmax_of_scipy(points):
    i, j, k = rows = np.array([[0, 1, 2], [4, 3, 0], [2, 4, 1]]).T
    dots = points @ points.T
    logs = log_softmax(np.stack([dots[j, k], dots[i, k], dots[i, j]], axis=1), axis=1)
    found = odd_one_out_probabilities(points, rows.T)
    np.testing.assert_allclose(found, np.exp(logs), atol=1e-12)
    np.testing.assert_allclose(found.sum(axis=1), 1)
    assert odd_one_out_loss(points, rows.T) == pytest.approx(-logs[:, 2].mean(), abs=1e-9)


@settings(deadline=None)
@given(POINTS, st.permutations(range(5)))
def test_names_do_not_matter_and_neither_does_the_order_of_the_two_others(points, order):
    rows = np.array([[0, 1, 2], [4, 3, 0]])
    renamed = np.argsort(order)[rows]
    whole = odd_one_out_loss(points, rows)
    assert odd_one_out_loss(points[list(order)], renamed) == pytest.approx(whole, abs=1e-9)
    assert odd_one_out_loss(points, rows[:, [1, 0, 2]]) == pytest.approx(whole, abs=1e-9)


def test_a_judge_who_follows_the_space_costs_its_entropy():
    random = np.random.default_rng(0)
    points = random.normal(size=(12, 4))
    rows = np.array([random.choice(12, 3, replace=False) for _ in range(4000)])
    shares = odd_one_out_probabilities(points, rows)
    odd = (random.random((4000, 1)) > shares.cumsum(axis=1)).sum(axis=1)
    order = np.array([[1, 2, 0], [0, 2, 1], [0, 1, 2]])[odd]
    entropy = -(shares * np.log(shares)).sum(axis=1)
    spread = np.sqrt((shares * (np.log(shares) + entropy[:, None]) ** 2).sum(axis=1).mean() / 4000)
    said = np.take_along_axis(rows, order, axis=1)
    assert abs(odd_one_out_loss(points, said) - entropy.mean()) < 4 * spread


def test_many_rows_give_the_same_as_a_few_at_a_time(monkeypatch):
    import humanlike.stats.odd_one_out as home

    points = np.random.default_rng(1).normal(size=(6, 3))
    rows = np.array(ALL * 5)
    whole = odd_one_out_probabilities(points, rows)
    monkeypatch.setattr(home, "BLOCK", 4)
    np.testing.assert_array_equal(odd_one_out_probabilities(points, rows), whole)


def test_what_is_wrong_is_said():
    with pytest.raises(HumanlikeError, match="hold the same item twice"):
        odd_one_out_loss(np.eye(3), [[0, 1, 1]])
    with pytest.raises(HumanlikeError, match="outside 0 to 2"):
        odd_one_out_loss(np.eye(3), [[0, 1, 3]])
    with pytest.raises(HumanlikeError, match="without gaps"):
        odd_one_out_loss([[np.nan], [1], [2]], ALL)
