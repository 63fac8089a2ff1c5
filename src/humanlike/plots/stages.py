"""Figures of the stages of post-training."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from humanlike.plots.style import BLUE, GREEN, GREY, ORANGE, VERMILION

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

LOOKS = ((BLUE, "o"), (VERMILION, "D"), (GREEN, "s"), (ORANGE, "^"))


def stage_lines(layouts: dict[str, pd.DataFrame], names: dict[str, str]) -> Figure:
    """Draw R² over the stages, one line per series, one panel per way to lay the rows out.

    Parameters
    ----------
    layouts : dict of str to DataFrame
        By title: index series, columns stages in order, NaN where a series has none. The thick
        grey line is the mean over the series that have the stage.
    names : dict of str to str
        Names of the stages as shown.
    """
    import matplotlib.pyplot as plt

    figure, panels = plt.subplots(1, len(layouts), figsize=(7.6, 3.7), sharey=True, squeeze=False)
    for panel, (title, frame) in zip(panels[0], layouts.items(), strict=True):
        x = np.arange(len(frame.columns))
        panel.plot(x, frame.mean(), color=GREY, linewidth=5, alpha=0.45, label="mean")
        for (series, line), (colour, marker) in zip(frame.iterrows(), LOOKS, strict=False):
            panel.plot(x, line, marker=marker, color=colour, linewidth=1.6, label=str(series))
        panel.set_xticks(x, [names[str(stage)] for stage in frame.columns], rotation=30, ha="right")
        panel.set_title(title)
        panel.set_xlabel("Stage")
    panels[0][0].set_ylabel("Procrustes R² (0 to 1)")
    panels[0][0].set_ylim(0, None)
    figure.legend(*panels[0][0].get_legend_handles_labels(), loc="outside upper center", ncols=5)
    return figure


def twins(pairs: pd.DataFrame) -> Figure:
    """Draw each base model and its tuned twin on a line of their own, largest gain on top.

    Parameters
    ----------
    pairs : DataFrame
        As from `humanlike.data.stages.pair_base_tuned`.
    """
    import matplotlib.pyplot as plt

    rows = pairs.sort_values("gain", ignore_index=True)
    y = np.arange(len(rows))
    figure, axes = plt.subplots(figsize=(7, 0.27 * len(rows) + 1.3))
    axes.hlines(y, rows["r2_base"], rows["r2_tuned"], color=GREY, linewidth=1.6)
    axes.scatter(
        rows["r2_base"], y, s=40, facecolor="white", edgecolor=GREY, linewidth=1.5, zorder=3,
        label="base",
    )  # fmt: skip
    axes.scatter(rows["r2_tuned"], y, s=40, marker="D", color=VERMILION, zorder=3, label="tuned")
    axes.set_yticks(y, rows["tuned"], fontsize=8.5)
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x")
    axes.set_xlim(0, 0.55)
    axes.set_xlabel("Procrustes R² (0 to 1)")
    axes.legend(loc="lower right", title="Training")
    return figure
