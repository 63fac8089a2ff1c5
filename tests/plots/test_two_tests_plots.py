"""Figures of the two tests: what is drawn is what was given."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

mpl.use("agg")

from humanlike.plots import two_tests


@pytest.fixture(autouse=True)
def no_figures_left():  # type: ignore[no-untyped-def]
    import matplotlib.pyplot as plt

    yield
    plt.close("all")


def test_judges_lie_where_their_results_are() -> None:
    rows = [
        ("tokens", "layer", 0.1, 0.55),
        ("layer 1", "layer", 0.2, 0.6),
        ("m", "taught", 0.5, 0.7),
    ]
    judges = pd.DataFrame(rows, columns=["name", "kind", "rsa", "agreement"])
    for name in ("rsa", "agreement"):
        judges[f"{name}_low"], judges[f"{name}_high"] = judges[name] - 0.05, judges[name] + 0.02
    simulated = pd.DataFrame({"rsa": [0.0, 1.0], "agreement": [0.5, 1.0]})
    figure = two_tests.both_tests(judges, simulated)
    _, near = figure.axes
    points = [
        c.get_offsets().tolist()[0]
        for c in near.collections
        if hasattr(c, "get_sizes") and len(c.get_sizes())
    ]
    assert points == [[0.1, 0.55], [0.2, 0.6], [0.5, 0.7]]
    texts = [text.get_text() for text in figure.legends[0].get_texts()]
    assert texts == ["simulated, independent errors", "layers, from 0", "taught ratings"]


def test_best_and_worst_dimensions_are_shown() -> None:
    space = pd.DataFrame(
        {"dimension": list("abcdef"), "r2": [0.1, 0.9, -0.1, 0.5, 0.4, 0.3], "other_r2": 0.8}
    )
    rated = pd.DataFrame({"dimension": ["x", "y"], "r2": [0.2, 0.6], "reliable": [0.7, 0.9]})
    left, right = two_tests.explained(space, rated, 2).axes
    assert [t.get_text() for t in left.get_yticklabels()] == ["b", "d", "a", "c"]
    assert [bar.get_width() for bar in left.patches] == [0.9, 0.5, 0.1, -0.1]
    assert [t.get_text() for t in right.get_yticklabels()] == ["y", "x"]
    assert np.asarray(right.collections[0].get_offsets())[:, 0].tolist() == [0.9, 0.7]
    assert len(two_tests.explained(space, rated, 9).axes[0].patches) == 6


def test_rows_have_their_intervals() -> None:
    rows = pd.DataFrame(
        {"label": ["a", "b"], "estimate": [0.2, 0.4], "low": [0.1, 0.3], "high": [0.3, 0.5]}
    )
    (panel,) = two_tests.rows_of({"ρ": rows}, {"ρ": (0.5, "guessing")}).axes
    assert [line[:, 0].tolist() for line in panel.collections[0].get_segments()] == [
        [0.1, 0.3],
        [0.3, 0.5],
    ]
    assert [text.get_text() for text in panel.texts] == ["guessing"]
