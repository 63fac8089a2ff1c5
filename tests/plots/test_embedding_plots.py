"""Figures of the embedding chapter show what they are given."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from humanlike.plots import embedding as figures


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def table(dims=(2, 30), losses=("crowd_kernel", "soe")) -> pd.DataFrame:
    rows = [
        {"judge": judge, "loss": loss, "n_dims": size, "accuracy": 0.7, "low": 0.6, "high": 0.8,
         "ceiling": ceiling}
        for judge, ceiling in (("known", 0.9), ("model", np.nan))
        for loss in losses
        for size in dims
    ]  # fmt: skip
    return pd.DataFrame(rows)


def test_one_line_per_loss() -> None:
    ratios = np.geomspace(0.5, 2, 5)
    panel = figures.loss_shapes(ratios, {"one": {"ste": 1 / ratios, "soe": ratios}}).axes[0]
    np.testing.assert_array_equal(panel.lines[0].get_ydata(), 1 / ratios)
    assert [text.get_text() for text in panel.get_legend().get_texts()] == ["STE", "SOE"]


def test_the_kept_step_is_marked() -> None:
    course = np.column_stack([[3.0, 2.0, 1.0], [3.0, 2.5, 2.7]])
    figure = figures.courses({"crowd_kernel": (course, 1), "ste": (course, 1)})
    assert [panel.get_title() for panel in figure.axes] == ["crowd kernel", "STE"]
    mark = figure.axes[0].lines[2]
    assert (mark.get_xdata()[0], mark.get_ydata()[0]) == (1, 2.5)


def test_ceilings_only_where_they_are_known() -> None:
    figure = figures.by_loss(table(dims=(30,)))
    labels = [line.get_label() for line in figure.axes[0].lines]
    assert labels.count("knows all the judge knows") == 1
    assert [tick.get_text() for tick in figure.axes[0].get_yticklabels()] == ["model", "known"]


def test_one_panel_per_judge() -> None:
    figure = figures.by_dims(table(), 30)
    assert [panel.get_title() for panel in figure.axes] == ["known", "model"]
    assert len(figure.axes[0].lines) == 4 and len(figure.axes[1].lines) == 3
