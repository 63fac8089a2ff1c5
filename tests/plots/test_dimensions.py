"""Figures of the chapter on dimensions: what is drawn is what was given."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

mpl.use("agg")

from humanlike.plots import dimensions as plots


@pytest.fixture(autouse=True)
def no_figures_left():  # type: ignore[no-untyped-def]
    import matplotlib.pyplot as plt

    yield
    plt.close("all")


def texts(axes) -> list[str]:  # type: ignore[no-untyped-def]
    return [text.get_text() for text in axes.texts]


def test_dots_stand_at_the_values_in_the_order_of_the_table() -> None:
    table = pd.DataFrame(
        {
            "language": ["English"] * 4,
            "dimension": ["Visual", "Visual", "Foot", "Foot"],
            "model": ["base", "en_ft"] * 2,
            "rho": [-0.1, 0.8, 0.3, 0.7],
        }
    )
    figure = plots.agreement_dots(table.assign(low=table["rho"] - 0.1, high=table["rho"] + 0.1))
    (panel,) = figure.axes
    assert [label.get_text() for label in panel.get_yticklabels()] == ["Visual", "Foot"]
    drawn = {line.get_label(): line for line in panel.lines}
    assert list(drawn["Base"].get_xdata()) == [-0.1, 0.3]
    assert list(drawn["En_FT"].get_xdata()) == [0.8, 0.7]
    assert drawn["Base"].get_marker() != drawn["En_FT"].get_marker()
    assert panel.get_ylim()[0] > panel.get_ylim()[1]


def test_the_grid_marks_what_is_not_significant() -> None:
    table = pd.DataFrame(
        {
            "language": "English",
            "dimension": ["Foot", "Hand", "Head"],
            "pair": "b − a",
            "difference": [0.5, -0.04, 0.01],
            "p": [1e-9, 0.02, 0.6],
            "adjusted": [1e-8, 0.2, 1.0],
        }
    )
    panel = plots.pair_grid(table, 0.05).axes[0]
    assert texts(panel) == ["+0.50", "−0.04\n†", "+0.01\nns"]
    assert len(panel.patches) == 2


def test_shares_below_one_are_written_beside_the_distributions() -> None:
    figure = plots.rating_distributions({"Foot": [0.0, 0.5, 2.0, 3.0], "Hand": [1.0, 2, 3, 4]})
    assert texts(figure.axes[0]) == ["50 %", "0 %", "below 1"]


def test_dimensions_are_sorted_by_their_spread() -> None:
    table = pd.DataFrame(
        {"sd": [0.9, 0.7, 1.0], "spearman": [0.8, 0.5, 0.9], "pearson": [0.7, 0.9, 0.85]},
        index=["Hand", "Gustatory", "Foot"],
    )
    (panel,) = plots.spread_and_agreement(table, "En_FT").axes
    names = [label.get_text() for label in panel.get_yticklabels()]
    assert names == ["Gustatory  (SD 0.70)", "Hand  (SD 0.90)", "Foot  (SD 1.00)"]
    drawn = {line.get_label(): list(line.get_xdata()) for line in panel.lines}
    assert drawn["By rank, ρ"] == [0.5, 0.8, 0.9]
    assert drawn["Linear, r"] == [0.9, 0.7, 0.85]
    assert "En_FT" in panel.get_xlabel()


def test_a_yardstick_that_does_not_exist_is_not_drawn() -> None:
    table = pd.DataFrame(
        {"spearman": [0.5, 0.6], "people": [0.4, np.nan], "noise": np.nan}, index=["Visual", "Foot"]
    )
    figure = plots.ceiling_dots(table)
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert names == ["Reached", "Dutch-speaking people"]


def test_answers_are_counted_above_their_column() -> None:
    answers, values = [0, 0, 3, 3, np.nan], [1.0, 2.0, 3.0, 4.0, 5.0]
    panel = plots.answers_against({"People": (answers, values)}, ["rating"]).axes[0]
    assert texts(panel) == ["2", "2"]
    medians = [line.get_ydata()[0] for line in panel.lines[1:]]
    assert medians == [1.5, 3.5]
