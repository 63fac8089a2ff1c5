"""Agreement of people and the noise ceiling, against integrals, enumeration and simulated truth."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import beta
from scipy.stats import t as student

from humanlike.errors import HumanlikeError
from humanlike.stats.consistency import between_people, bounds, ceiling, interval, within_people

SHARES = st.floats(0.5, 1)


@pytest.mark.parametrize("alpha", [0.2, 0.7, 1.0, 3.0, 20.0])
def test_the_ceiling_is_that_of_a_beta_distribution(alpha: float) -> None:
    density = beta(alpha, alpha).pdf
    same = 1 - 4 * quad(lambda q: q * (1 - q) * density(q), 0.5, 1)[0]
    best = 2 * quad(lambda q: q * density(q), 0.5, 1)[0]
    assert same == pytest.approx((alpha + 1) / (2 * alpha + 1), abs=1e-6)
    assert ceiling(same) == pytest.approx(best, abs=1e-6)


@given(SHARES)
def test_the_ceiling_lies_within_its_bounds(same: float) -> None:
    low, high = bounds(same)
    assert low - 1e-9 <= ceiling(same) <= high + 1e-9
    assert 0.5 <= low <= high <= 1


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_the_bounds_hold_whatever_the_items_are(shares: list[float]) -> None:
    q = np.array(shares)
    low, high = bounds(float(np.clip((q**2 + (1 - q) ** 2).mean(), 0.5, 1)))
    assert low - 1e-9 <= np.maximum(q, 1 - q).mean() <= high + 1e-9


def test_chance_and_certainty() -> None:
    assert (ceiling(0.3), ceiling(0.5), ceiling(1.0)) == (0.5, 0.5, 1.0)
    assert bounds(0.4) == (0.5, 0.5)
    with pytest.raises(HumanlikeError, match=r"0 to 1, not 1\.2"):
        ceiling(1.2)


def test_pairs_are_counted_as_by_hand() -> None:
    table = np.array([[1, 1, np.nan], [1, -1, 1], [-1, -1, np.nan]])
    pairs = [
        a == b
        for column in table.T
        for a, b in itertools.combinations(column[np.isfinite(column)], 2)
    ]
    found = between_people(table)
    assert found.n_pairs == len(pairs) == 6
    assert found.same == pytest.approx(np.mean(pairs))
    assert (found.n_people, found.n_items) == (3, 2)
    again = within_people(table, table * np.array([1, -1, 1]))
    assert (again.same, again.n_pairs) == (4 / 7, 7)


def test_nothing_to_compare_is_said() -> None:
    with pytest.raises(HumanlikeError, match="Collect more answers"):
        between_people([[1.0, np.nan], [np.nan, 1.0]])
    with pytest.raises(HumanlikeError, match="1 and -1"):
        between_people([[1.0, 0.5]])
    with pytest.raises(HumanlikeError, match="same people and items"):
        within_people([[1.0]], [[1.0, 1.0]])
    lonely = within_people([[1.0, 1.0]], [[1.0, 1.0]])
    assert (lonely.low, lonely.high) == (0.0, 1.0)  # of one person nothing follows about others


BLOCKS = np.arange(20)[:, None] // 5 == np.arange(48) // 12


@pytest.mark.parametrize("lapse", [0.0, 0.3])
@pytest.mark.parametrize("blocks", [False, True])
def test_intervals_hold_the_truth(blocks: bool, lapse: float) -> None:
    """People differ in lapses, items in how clear they are; both are drawn anew each time."""
    alpha, n = 0.7, 150
    signal = 1 / (2 * alpha + 1)  # of E[(2q - 1)^2]
    between = (1 + signal * (1 - lapse) ** 2) / 2
    within = (1 + signal * ((1 - lapse) ** 2 + lapse**2 / 3)) / 2
    random, hits, again, estimates = np.random.default_rng(4), 0, 0, []
    for _ in range(n):
        q, own = random.beta(alpha, alpha, 48), random.uniform(0, 2 * lapse, 20)[:, None]
        share = (1 - own) * q + own / 2
        first, second = (np.where(random.random(share.shape) < share, 1.0, -1.0) for _ in "12")
        if blocks:
            first[~BLOCKS] = second[~BLOCKS] = np.nan
        one, two = between_people(first), within_people(first, second)
        hits += one.low <= between <= one.high
        again += two.low <= within <= two.high
        estimates.append(one.same)
    # 95 % nominal: fewer than 0.88 of 150 would have a chance below 0.001 if it were exact
    assert hits / n > 0.88
    assert again / n > 0.88
    assert np.mean(estimates) == pytest.approx(between, abs=4 * np.std(estimates) / np.sqrt(n))


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_the_interval_of_independent_values_is_students(level: float) -> None:
    values = np.array([0.2, 0.4, 0.5, 0.55, 0.7])
    found = interval(values, [(np.arange(5), 1)], 4, level)
    expected = student.interval(level, 4, loc=values.mean(), scale=values.std() / np.sqrt(5))
    assert found == pytest.approx(expected)


def test_comparisons_that_share_a_person_or_an_item_count_once() -> None:
    """The variance, summed over all pairs of comparisons that have somebody or something common."""
    choices = np.where(np.random.default_rng(3).random((5, 6)) < 0.3, -1.0, 1.0)
    choices[0] = -1  # people differ more than items do
    choices[0, 1] = choices[3, 4] = np.nan
    found = between_people(choices)
    made = [
        ({a, b}, item, (1 + choices[a, item] * choices[b, item]) / 2)
        for a, b in itertools.combinations(range(5), 2)
        for item in range(6)
        if np.isfinite(choices[a, item] * choices[b, item])
    ]
    mean = np.mean([same for *_, same in made])
    pairs = [
        ((one[2] - mean) * (two[2] - mean), one[1] == two[1], one[0] & two[0])
        for one, two in itertools.product(made, made)
    ]
    total = sum(product for product, item, person in pairs if item or person)
    assert total > sum(product for product, item, _ in pairs if item)  # which would be the least
    half = student.ppf(0.975, 4) * np.sqrt(total) / len(made)
    assert found.same == pytest.approx(mean)
    assert (found.low, found.high) == pytest.approx((max(0, mean - half), min(1, mean + half)))
