"""Figures of learning curves and the calculator's data."""

from __future__ import annotations

import json
import re

import numpy as np
import pandas as pd
import pytest

from humanlike.analysis.forecast import DIMS, Forecast
from humanlike.plots import triplets as plots

ROWS = pd.DataFrame(
    {
        "loss": ["crowd_kernel"] * 4 + ["ste"] * 4,
        "observer": ["noiseless", "noiseless", "80%", "80%"] * 2,
        "n_triplets": [1000, 2000] * 4,
        "n_dims": [5, 30] * 4,
        "factor": [0.5, 1.0] * 4,
        "level": [1.0, 1.0, 0.8, 0.8] * 2,
        "fault": ["noise", "noise", "lapses", "lapses"] * 2,
        "agreement": [1.0, 1.0, 0.8, 0.8] * 2,
        "r2": np.linspace(0.1, 0.8, 8),
        "accuracy": np.linspace(0.6, 0.95, 8),
    }
)


def test_every_loss_has_a_panel_and_every_observer_a_line_of_means() -> None:
    import matplotlib.pyplot as plt

    figure = plots.learning_curves(ROWS, "r2", "R²", {"asked": 1500})
    titles = [panel.get_title() for panel in figure.axes]
    lines = {line.get_label(): line for line in figure.axes[1].get_lines()}
    assert titles == ["Crowd kernel", "STE"]
    assert lines["80%"].get_ydata() == pytest.approx(ROWS["r2"][6:].to_numpy())  # type: ignore[arg-type]
    assert [t.get_text() for t in figure.axes[0].texts] == ["asked"]
    plt.close(figure)


@pytest.mark.parametrize("draw", [plots.dimension_curves, plots.rule_curves, plots.fault_curves])
def test_the_other_figures_are_drawn_with_a_legend(draw: object) -> None:
    import matplotlib.pyplot as plt

    figure = draw(ROWS)  # type: ignore[operator]
    assert figure.legends or figure.axes[-1].get_legend()
    plt.close(figure)


def test_the_calculator_has_the_grid() -> None:
    values = np.arange(len(DIMS) * 4.0).reshape(len(DIMS), 2, 2) / 100
    grid = Forecast(
        np.array([1.0, 2]), np.array([0.8, 1]), {"ste": {"r2": values, "fresh": values}}
    )
    markup = plots.calculator(grid, {"ste": 0.05}, {"items": 64}, "<p>s</p>")
    found = re.search(r'<script type="application/json">(.*?)</script>', markup, re.DOTALL)
    assert found and markup.count("</script>") == 1
    data = json.loads(found[1])
    assert data["losses"] == [
        {"name": "STE", "error": 0.05, "r2": values.tolist(), "fresh": values.tolist()}
    ]
    assert data["levels"] == [0.8, 1] and data["dims"] == list(DIMS)
