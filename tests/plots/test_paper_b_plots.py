"""Figures of ingredients, stages and benchmarks: what is drawn is what was given."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from humanlike.errors import HumanlikeError
from humanlike.plots import benchmarks, ingredients, stages
from humanlike.plots.forest import forest
from humanlike.stats.linear import least_squares

mpl.use("agg")


def rows(*estimates: float) -> pd.DataFrame:
    values = np.array(estimates)
    return pd.DataFrame({"estimate": values, "low": values - 0.1, "high": values + 0.1})


def texts(axes: object) -> list[str]:
    return [text.get_text() for text in axes.texts]  # type: ignore[attr-defined]


def test_a_forest_has_the_first_label_on_top_and_a_marker_per_estimate() -> None:
    figure = forest(["one", "two"], {"a": rows(0.1, 0.2), "b": rows(0.3, np.nan)}, "r")
    axes = figure.axes[0]
    assert axes.yaxis_inverted()
    points = [part.get_offsets().compressed().reshape(-1, 2) for part in axes.collections[1::2]]
    assert points[0][:, 0].tolist() == [0.1, 0.2] and points[1][:, 0].tolist() == [0.3]
    with pytest.raises(HumanlikeError, match="2 rows, but 'a' has 1"):
        forest(["one", "two"], {"a": rows(0.1)}, "r")
    with pytest.raises(HumanlikeError, match="one to 4 series, but 5"):
        forest(["one"], {str(i): rows(0.1) for i in range(5)}, "r")


def test_marked_models_are_left_out_of_the_dashed_line() -> None:
    frame = pd.DataFrame({"r2": [0.1, 0.2, 0.3, 0.0], "width": [1.0, 2.0, 4.0, 64.0]})
    figure = ingredients.raw_and_log(frame, "width", "Width", [False, False, False, True], "T5")
    solid, dashed = figure.axes[1].lines
    slope = np.polyfit([0, 1, 2], [0.1, 0.2, 0.3], 1)[0]
    x, y = dashed.get_data()
    assert (y[1] - y[0]) / (x[1] - x[0]) == pytest.approx(slope)
    assert np.ptp(solid.get_xdata()) == pytest.approx(6)


def test_the_matrix_prints_correlations_without_a_negative_zero() -> None:
    frame = pd.DataFrame({"a": [1.0, 2, 3, 4], "b": [1.0, -1, -1, 1.001]})
    figure = ingredients.correlation_matrix(frame, ["a", "b"])
    assert texts(figure.axes[0]) == ["1.0", "0.0", "0.0", "1.0"]


def test_extreme_models_are_named() -> None:
    x = np.array([0.0, 1, 2, 3, 4, 50])
    fit = least_squares([0.1, 0.3, 0.2, 0.4, 0.3, 0.9], {"x": x})
    figure = ingredients.leverage(fit, list("abcdef"), 1)
    assert "f" in texts(figure.axes[0])


def test_cells_without_a_configuration_are_not_drawn() -> None:
    cells = pd.DataFrame(
        {"cell": "n", "printed": [8.0, 16.0, 4.0], "compiled": [8.0, 32.0, np.nan]}
    )
    cells["agrees"] = [True, False, False]
    agree, differ = ingredients.printed_against_real(cells, {"n": "Heads"}).axes[0].collections
    assert agree.get_offsets().tolist() == [[8, 8]] and differ.get_offsets().tolist() == [[32, 16]]
    assert [ingredients.plain(v) for v in (2048.0, 0.402, np.nan, "GQA")] == [
        "2048", "0.402", "–", "GQA"
    ]  # fmt: skip


def test_stage_lines_stop_where_a_series_does() -> None:
    frame = pd.DataFrame({"base": [0.1, np.nan], "sft": [0.2, 0.4]}, index=["A", "B"])
    figure = stages.stage_lines({"real": frame}, {"base": "Base", "sft": "SFT"})
    mean, a, b = figure.axes[0].lines
    assert mean.get_ydata() == pytest.approx([0.1, 0.3])
    assert a.get_ydata().tolist() == [0.1, 0.2] and np.isnan(b.get_ydata()[0])


def test_twins_are_ordered_by_gain() -> None:
    pairs = pd.DataFrame({"tuned": ["x", "y"], "r2_base": [0.1, 0.3], "r2_tuned": [0.4, 0.2],
                          "gain": [0.3, -0.1]})  # fmt: skip
    axes = stages.twins(pairs).axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["y", "x"]


def test_base_and_tuned_models_have_lines_of_their_own() -> None:
    frame = pd.DataFrame({"r2": [0.1, 0.2, 0.3, 0.3, 0.5, np.nan], "bbh": [1.0, 2, 3, 1, 2, 3],
                          "tuned": [False, False, False, True, True, True]})  # fmt: skip
    axes = benchmarks.by_training(frame.dropna(), {"bbh": "BBH"}).axes[0]
    assert len(axes.lines) == 1  # two tuned models are no line
    assert len(axes.collections) == 2
