"""The rules for the number of triplets: printed numbers, closed forms, enumeration."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from humanlike.analysis.triplet_rules import RULES, budget, rule_table, scale
from humanlike.errors import HumanlikeError


def test_two_rules_give_the_two_printed_numbers() -> None:
    table = rule_table()
    for row in table[table["printed"] != ""].itertuples():
        printed = int(str(row.printed).replace(",", ""))
        assert abs(float(row.number) - printed) <= 50  # type: ignore[arg-type]
    assert RULES["section"].number == 128 * 30 * 7
    assert RULES["appendix"].number == pytest.approx(4 * 128 * 29 * math.log(128) / math.log(10))
    assert RULES["appendix"].formula == "4 n d log₁₀ n"


def test_the_budget_of_a_small_design_is_that_of_counting() -> None:
    triplets = [(a, *pair) for a in range(5) for pair in combinations(set(range(5)) - {a}, 2)]
    found = budget(5, 2, 15, 0.2)
    assert found.possible == len(triplets) == 30
    assert found.share == 0.5 and found.per_anchor == 3
    assert found.free == 5 * 2 - 2 - 1
    assert found.per_coordinate == pytest.approx(12 / 7)
    assert found.bits == pytest.approx(5 * math.log2(math.factorial(4)))


def test_repeats_are_those_of_drawing_with_replacement() -> None:
    random = np.random.default_rng(0)
    drawn = [15 - len(set(random.integers(30, size=15))) for _ in range(4000)]
    assert budget(5, 2, 15, 0).repeats == pytest.approx(np.mean(drawn), abs=4 * np.std(drawn) / 63)


@given(st.integers(3, 500), st.integers(1, 60))
def test_the_scale_doubles_with_the_dimension_and_grows_faster_than_the_items(
    n: int, d: int
) -> None:
    assert scale(n, 2 * d) == pytest.approx(2 * scale(n, d))
    assert scale(2 * n, d) > 2 * scale(n, d)


def test_a_design_without_items_or_dimensions_is_refused() -> None:
    with pytest.raises(HumanlikeError, match="at least 3 items and 1 dimension; got 2 and 0"):
        scale(2, 0)
