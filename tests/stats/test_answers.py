"""Distributions of answers: constructed cases, brute force and bounds."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from humanlike.errors import HumanlikeError
from humanlike.stats.answers import answer_distribution, digit_entropy, expected_ratings


def step(shares):
    return {token: math.log(share) for token, share in shares.items()}


def expected(found, **options):
    return expected_ratings([found.digits], [found.decided], [found.decimals], **options)[0]


def test_whole_numbers():
    found = answer_distribution([step({"2": 0.5, "3": 0.25, "A": 0.125, "7": 0.0625})])
    assert found.digits == pytest.approx((0, 0, 0.5, 0.25, 0, 0))
    assert found.off_scale == pytest.approx(0.1875)
    assert found.covered == found.on_scale == pytest.approx(0.75)
    assert found.answer == pytest.approx(0.5)
    assert found.decided == 2
    assert math.isnan(found.decimals)
    assert expected(found) == pytest.approx((2 * 0.5 + 3 * 0.25) / 0.75)


def test_decimals_are_known_after_the_decided_digit_only():
    found = answer_distribution(
        [step({"3": 0.6, "2": 0.3, "-": 0.1}), step({".": 1.0}), step({"94": 0.5, "5": 0.3})]
    )
    assert found.decimals == pytest.approx((0.94 * 0.5 + 0.5 * 0.3) / 0.8)
    assert found.covered == pytest.approx(0.6 * 0.8)
    assert found.answer == pytest.approx(0.6 * 0.5)
    for elsewhere in (0, 0.5, 1):
        by_hand = (0.6 * (3 + found.decimals) + 0.3 * (2 + elsewhere)) / 0.9
        assert expected(found, elsewhere=elsewhere) == pytest.approx(by_hand)


def test_it_is_the_mean_of_all_answers_where_everything_was_reported():
    shares = {"0": 0.2, "08": 0.3, "5": 0.5}
    found = answer_distribution([step({"4": 1.0}), step({".": 1.0}), step(shares)])
    values = [float(f"4.{token}") for token in shares]
    assert expected(found) == pytest.approx(np.average(values, weights=list(shares.values())))
    assert found.covered == pytest.approx(1)


def test_ratings_above_the_scale_count_as_its_end():
    found = answer_distribution([step({"5": 1.0}), step({".": 1.0}), step({"5": 1.0})])
    assert expected(found) == 5


def test_decimals_that_are_no_digits_are_left_out():
    found = answer_distribution([step({"1": 1.0}), step({".": 0.9}), step({"5": 0.5, " ": 0.5})])
    assert found.decimals == 0.5
    assert found.decimals_mass == pytest.approx(0.45)
    none = answer_distribution([step({"1": 1.0}), step({".": 1.0}), step({"x": 1.0})])
    assert expected(none) == 1


def test_an_answer_in_words_has_no_rating():
    found = answer_distribution([step({"Please": 0.9}), step({" give": 1.0}), step({" it": 1.0})])
    assert found.decided == -1
    assert found.off_scale == pytest.approx(0.9)
    assert math.isnan(expected(found))
    assert math.isnan(digit_entropy([found.digits])[0])


def test_the_likeliest_token_may_be_no_digit_and_there_is_still_an_expectation():
    found = answer_distribution([step({"A": 0.6, "4": 0.4})])
    assert found.decided == -1
    assert expected(found) == 4


def test_full_width_digits_and_numbers_of_two_digits_are_not_on_the_scale():
    found = answer_distribution([step({"４": 0.5, "00": 0.25, " 4": 0.25})])
    assert found.on_scale == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("shares", "bits"),
    [([1, 0, 0, 0, 0, 0], 0), ([0.25] * 4 + [0, 0], 2), ([0.1, 0.1] + [0] * 4, 1)],
)
def test_entropy_in_closed_form(shares, bits):
    assert digit_entropy([shares])[0] == pytest.approx(bits)


SHARES = st.lists(st.floats(0.001, 1), min_size=6, max_size=6)


@given(SHARES, st.integers(0, 5), st.floats(0, 0.99), st.floats(0, 1))
def test_expectation_stays_within_what_the_unknown_allows(shares, decided, decimals, elsewhere):
    low, middle, high = (
        expected_ratings([shares], [decided], [decimals], e)[0] for e in (0, elsewhere, 1)
    )
    assert 0 <= low <= middle + 1e-12
    assert middle <= high + 1e-12 <= 5 + 1e-9


@given(SHARES, st.floats(0.1, 3))
def test_only_relative_probabilities_count(shares, factor):
    one, two = np.array([shares]), np.array([shares]) * factor
    nothing = [np.nan]
    assert expected_ratings(one, [0], nothing) == pytest.approx(expected_ratings(two, [0], nothing))
    assert digit_entropy(one) == pytest.approx(digit_entropy(two))


def test_sampling_agrees():
    shares = np.array([0.1, 0.2, 0.05, 0.4, 0.2, 0.05])
    drawn = stats.rv_discrete(values=(np.arange(6), shares)).rvs(size=200_000, random_state=1)
    assert expected_ratings([shares], [3], [np.nan])[0] == pytest.approx(drawn.mean(), abs=0.02)


@pytest.mark.parametrize(
    ("alternatives", "message"),
    [
        ([], "at least one answer token"),
        ([{}], "at least one answer token"),
        ([{"1": 0.5}], "but they reach 0.5"),
        ([{"1": math.nan}], "reach nan"),
        ([{"1": -0.1, "2": -0.1}], "add up to probability 1.8"),
    ],
)
def test_bad_alternatives_are_refused(alternatives, message):
    with pytest.raises(HumanlikeError, match=message):
        answer_distribution(alternatives)


def test_bad_arrays_are_refused():
    with pytest.raises(HumanlikeError, match="the shapes are"):
        expected_ratings([[1, 0]], [0], [np.nan])
    with pytest.raises(HumanlikeError, match="'elsewhere' is 2"):
        expected_ratings([[1, 0, 0, 0, 0, 0]], [0], [np.nan], 2)
