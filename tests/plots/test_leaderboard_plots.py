"""Figures of the leaderboard: what is drawn is what was given."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

mpl.use("agg")

from humanlike.plots import leaderboard, maps


@pytest.fixture(autouse=True)
def no_figures_left():  # type: ignore[no-untyped-def]
    import matplotlib.pyplot as plt

    yield
    plt.close("all")


BOARD = pd.DataFrame(
    {"rank": [1, 2, 3], "r2": [0.4, 0.3, 0.1], "instruction_tuned": [True, False, False]}
)


def test_bars_bounds_and_models_asked_here() -> None:
    bounds = {"chance": (0.05, 0.15), "low": (0.29, 0.29), "high": (0.3, 0.3)}
    figure = leaderboard.ranked(BOARD, 1, bounds, {"mine": (0.2, 0.15, 0.28)})
    (panel,) = figure.axes
    assert [bar.get_height() for bars in panel.containers[:2] for bar in bars] == [0.4, 0.3, 0.1]
    names = {text.get_text(): text for text in panel.texts}
    assert set(names) == {"top 1", "chance", "low", "high"}
    assert (names["low"].get_va(), names["high"].get_va()) == ("top", "bottom")
    point, _, (bar,) = panel.containers[2]
    assert (point.get_xdata()[0], point.get_ydata()[0]) == (2.5, 0.2)
    assert np.asarray(bar.get_segments()[0])[:, 1] == pytest.approx([0.15, 0.28])
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["tuned", "base", "mine"]


def test_maps_show_every_concept_once_per_panel() -> None:
    random = np.random.default_rng(0)
    views = {name: random.normal(size=(9, 2)) for name in ("people", "a", "b", "c")}
    categories = ["x", "y", "other"] * 3
    figure = maps.concept_maps(views, categories, "axes", shared=True)
    panels = [panel for panel in figure.axes if panel.get_visible()]
    assert [panel.get_title() for panel in panels] == list(views)
    for panel, view in zip(panels, views.values(), strict=True):
        drawn = np.concatenate([part.get_offsets() for part in panel.collections])
        np.testing.assert_allclose(np.sort(drawn, axis=0), np.sort(view, axis=0))
    looks = {(*part.get_facecolor()[0],) for part in panels[0].collections}
    assert len(looks) == 3
    assert len({panel.get_xlim() for panel in panels}) == 1


def test_structure_stands_at_its_values() -> None:
    table = pd.DataFrame({"people": [0.3, 0.2], "m": [-0.1, 0.0]}, index=["animal", "all"])
    (panel,) = maps.structure_dots(table).axes
    drawn = {line.get_label(): list(line.get_xdata()) for line in panel.lines}
    assert (drawn["people"], drawn["m"]) == ([0.3, 0.2], [-0.1, 0.0])
    assert [label.get_text() for label in panel.get_yticklabels()] == ["animal", "all"]
