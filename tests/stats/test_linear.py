"""Least squares, collinearity and leverage against their definitions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from humanlike.errors import HumanlikeError
from humanlike.stats.linear import INTERCEPT, least_squares, variance_inflation


def made(seed: int, n: int = 25) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    random = np.random.default_rng(seed)
    a, b, c = random.normal(size=(3, n))
    return random.normal(size=n), {"a": a, "b": 0.7 * a + b, "c": c}


@settings(max_examples=15)
@given(st.integers(0, 10_000))
def test_leverage_and_cook_are_what_leaving_a_row_out_does(seed: int) -> None:
    y, design = made(seed)
    found = least_squares(y, design)
    x = np.column_stack([np.ones(len(y)), *design.values()])
    every = np.linalg.lstsq(x, y)[0]
    s2 = float(((y - x @ every) ** 2).sum()) / (len(y) - 4)
    for row in (0, 7):
        kept = np.delete(np.arange(len(y)), row)
        without = np.linalg.lstsq(x[kept], y[kept])[0]
        assert found.cook[row] == pytest.approx(((x @ (every - without)) ** 2).sum() / (4 * s2))
        moved = y.copy()
        moved[row] += 1
        change = x[row] @ np.linalg.lstsq(x, moved)[0] - x[row] @ every
        assert found.leverage[row] == pytest.approx(change)
    assert found.leverage.sum() == pytest.approx(4)


def test_one_predictor_is_simple_regression() -> None:
    y, design = made(5)
    found, line = least_squares(y, {"a": design["a"]}), stats.linregress(design["a"], y)
    one = found.coefficients["a"]
    assert (one.estimate, one.se) == pytest.approx((line.slope, line.stderr))
    assert found.coefficients[INTERCEPT].estimate == pytest.approx(line.intercept)
    assert found.r2 == pytest.approx(line.rvalue**2)
    assert one.p == pytest.approx(2 * stats.norm.sf(abs(line.slope / line.stderr)))
    assert (one.low + one.high) / 2 == pytest.approx(one.estimate)


def test_a_row_that_only_one_predictor_sees_has_leverage_one_and_no_distance() -> None:
    y, design = made(6)
    found = least_squares(y, {**design, "last": np.eye(len(y))[-1]})
    assert found.leverage[-1] == pytest.approx(1) and np.isnan(found.cook[-1])
    assert np.isfinite(found.cook[:-1]).all()


@settings(max_examples=15)
@given(st.integers(0, 10_000))
def test_inflation_is_that_of_regressing_on_the_others(seed: int) -> None:
    _, design = made(seed)
    found = variance_inflation(design)
    for name, column in design.items():
        others = {other: values for other, values in design.items() if other != name}
        assert found[name] == pytest.approx(1 / (1 - least_squares(column, others).r2))


def test_one_predictor_has_nothing_to_be_collinear_with() -> None:
    with pytest.raises(HumanlikeError, match="only one came"):
        variance_inflation({"a": [1.0, 2.0, 3.0]})
