"""Adjusted p-values: the definitions written out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from humanlike.errors import HumanlikeError
from humanlike.stats.multiplicity import adjust

P = st.lists(st.floats(0, 1), min_size=1, max_size=15)


FEW = settings(max_examples=20)  # statsmodels collects garbage at every call


@FEW
@given(P)
def test_holm_steps_down(p: list[float]) -> None:
    order, expected, worst = np.argsort(p), np.empty(len(p)), 0.0
    for rank, index in enumerate(order):
        worst = max(worst, min(1.0, (len(p) - rank) * p[index]))
        expected[index] = worst
    assert adjust(p, "holm") == pytest.approx(expected)


@given(P)
def test_benjamini_and_hochberg_step_up(p: list[float]) -> None:
    order, expected, best = np.argsort(p)[::-1], np.empty(len(p)), 1.0
    for place, index in enumerate(order):
        best = min(best, p[index] * len(p) / (len(p) - place))
        expected[index] = best
    assert adjust(p, "fdr_bh") == pytest.approx(expected)


@FEW
@given(P)
def test_stricter_methods_give_larger_values(p: list[float]) -> None:
    none, holm, bonferroni = (adjust(p, m) for m in ("none", "holm", "bonferroni"))
    assert none == pytest.approx(p)
    assert (none <= holm + 1e-12).all() and (holm <= bonferroni + 1e-12).all()
    assert (adjust(p, "fdr_bh") <= adjust(p, "fdr_by") + 1e-12).all()


def test_no_test_gives_no_value() -> None:
    assert len(adjust([], "holm")) == 0


@pytest.mark.parametrize("p", [[0.5, 1.5], [-0.1], [float("nan")]])
def test_what_is_no_p_value_is_refused(p: list[float]) -> None:
    with pytest.raises(HumanlikeError, match="p-values from 0 to 1"):
        adjust(p)


def test_an_unknown_method_is_refused() -> None:
    with pytest.raises(HumanlikeError, match="Did you mean 'holm'"):
        adjust([0.1], "holms")
