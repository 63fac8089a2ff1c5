"""Figures of R² beside benchmark scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from humanlike.plots.style import GREY, VERMILION

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

LOOKS = {False: ("base", GREY, "o", "--"), True: ("tuned", VERMILION, "D", "-")}


def by_training(frame: pd.DataFrame, shown: dict[str, str]) -> Figure:
    """Draw R² against scores, base and tuned models told apart, each with its straight line.

    Parameters
    ----------
    frame : DataFrame
        Columns ``r2``, ``tuned`` and those shown; models without a score are not drawn.
    shown : dict of str to str
        By column: its label with unit.
    """
    import matplotlib.pyplot as plt

    figure, panels = plt.subplots(
        1, len(shown), figsize=(3.8 * len(shown), 3.6), sharey=True, squeeze=False
    )
    for panel, (name, label) in zip(panels[0], shown.items(), strict=True):
        have = frame.dropna(subset=[name])
        for tuned, (text, colour, marker, style) in LOOKS.items():
            part = have[have["tuned"] == tuned]
            x, y = part[name].to_numpy(float), part["r2"].to_numpy(float)
            panel.scatter(
                x, y, s=34, marker=marker, label=text, edgecolor=colour, linewidth=1.3,
                facecolor=colour if tuned else "white", zorder=3,
            )  # fmt: skip
            if len(x) > 2 and np.ptp(x):
                slope, level = np.polyfit(x, y, 1)
                ends = np.array([x.min(), x.max()])
                panel.plot(ends, level + slope * ends, style, color=colour, linewidth=1.4)
        panel.set_xlabel(label)
        panel.set_ylim(0, 0.6)
    panels[0][0].set_ylabel("Procrustes R² (0 to 1)")
    panels[0][0].legend(title="Training", loc="lower right")
    return figure
