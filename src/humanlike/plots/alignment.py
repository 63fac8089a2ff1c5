"""Figures of the chapter on measuring alignment."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from humanlike.plots.style import BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE, VERMILION

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from humanlike.analysis.ceilings import Limits

LOOKS: Final = {
    "softmax": ("softmax noise", BLUE, "o", "-"),
    "gaussian": ("normal noise", GREEN, "s", "--"),
    "lapses": ("lapses", ORANGE, "^", "-."),
    "crowd": ("noise of SPoSE", PURPLE, "D", ":"),
    "stranger": ("mixed with a stranger", VERMILION, "v", (0, (5, 1))),
}
SCORE: Final = "Procrustes R² with the human space"


def against_agreement(panels: dict[str, pd.DataFrame], chance: tuple[float, float]) -> Figure:
    """Draw R² against agreement, one line per family of observers, one panel per loss.

    Parameters
    ----------
    panels : dict of str to DataFrame
        Title, and what `humanlike.analysis.scores.curves` gives.
    chance : tuple of float
        Interval of random observers, shaded.
    """
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(
        1, len(panels), figsize=(4.1 * len(panels), 4.4), sharey=True, squeeze=False
    )
    for panel, (title, frame) in zip(axes[0], panels.items(), strict=True):
        panel.axhspan(*chance, color="#DDDDDD", zorder=0)
        panel.text(0.995, chance[1] + 0.006, "random answers", ha="right", color=GREY, fontsize=8.5)
        for family, part in frame.groupby("family", sort=False):
            label, colour, marker, line = LOOKS[str(family)]
            error = np.abs(part[["low", "high"]].to_numpy() - part[["value"]].to_numpy()).T
            panel.errorbar(
                part["agreement"], part["value"], yerr=error, color=colour, marker=marker,
                linestyle=line, linewidth=1.6, markersize=5.5, label=label,
            )  # fmt: skip
        panel.set_title(title)
        panel.set_xlabel("Answers like the human space's (share)")
        panel.set_xlim(0.48, 1.015)
    axes[0, 0].set_ylim(bottom=0)
    axes[0, 0].set_ylabel(SCORE)
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, title="Kind of fault")
    return figure


def dimensions_against_agreement(panels: dict[str, pd.DataFrame], human: float) -> Figure:
    """Draw how many dimensions the fitted spaces use, against agreement.

    Parameters
    ----------
    panels : dict of str to DataFrame
        Title, and what `humanlike.analysis.scores.curves` gives for ``dimensions``.
    human : float
        Effective dimensions of the human space.
    """
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(
        1, len(panels), figsize=(4.1 * len(panels), 4.0), sharey=True, squeeze=False
    )
    for panel, (title, frame) in zip(axes[0], panels.items(), strict=True):
        panel.axhline(human, color=BLACK, linewidth=1.2, linestyle="--")
        panel.text(1.01, human * 1.05, "human space", ha="right", fontsize=9)
        for family, part in frame.groupby("family", sort=False):
            label, colour, marker, line = LOOKS[str(family)]
            panel.plot(
                part["agreement"], part["value"], color=colour, marker=marker, linestyle=line,
                linewidth=1.6, markersize=5.5, label=label,
            )  # fmt: skip
        panel.set_yscale("log")
        panel.set_yticks([1, 2, 4, 8, 16, 32], ["1", "2", "4", "8", "16", "32"])
        panel.minorticks_off()
        panel.set_title(title)
        panel.set_xlabel("Answers like the human space's (share)")
        panel.set_xlim(0.48, 1.03)
    axes[0, 0].set_ylabel("Effective dimensions (participation ratio)")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, title="Kind of fault")
    return figure


def own_chance(frame: pd.DataFrame) -> Figure:
    """Draw each observer's R² beside the values its own space gives with the concepts shuffled.

    Parameters
    ----------
    frame : DataFrame
        From `humanlike.analysis.alignment.own_chance`.
    """
    import matplotlib.pyplot as plt

    rows = frame.sort_values("agreement", ignore_index=True)
    y = np.arange(len(rows))
    figure, panel = plt.subplots(figsize=(7.4, 0.36 * len(rows) + 1.5))
    panel.hlines(y, 0, rows["high"], color="#BBBBBB", linewidth=7, label="shuffled, up to 95 %")
    panel.scatter(rows["chance"], y, marker="|", s=110, color=BLACK, label="shuffled, mean")
    told = (rows["p"] < 0.05).to_numpy()
    for chosen, fill, label in ((told, BLUE, "R², p < 0.05"), (~told, "white", "R², p ≥ 0.05")):
        panel.scatter(
            rows["r2"][chosen], y[chosen], s=46, facecolor=fill, edgecolor=BLUE, linewidth=1.6,
            zorder=3, label=label,
        )  # fmt: skip
    names = [f"{name} ({share:.0%})" for name, share in
             zip(rows["observer"], rows["agreement"], strict=True)]  # fmt: skip
    panel.set_yticks(y, names)
    panel.grid(axis="x")
    panel.set_xlim(left=0)
    panel.set_xlabel(SCORE)
    panel.legend(loc="lower right")
    return figure


def printed_scores(board: pd.DataFrame, found: Limits) -> Figure:
    """Draw the printed R² of every model above what known observers reach.

    Parameters
    ----------
    board : DataFrame
        Columns ``rank``, ``r2`` and ``instruction_tuned``.
    found : Limits
        Chance, ceilings and spread of the design.
    """
    import matplotlib.pyplot as plt

    figure, panel = plt.subplots(figsize=(7.6, 4.6))
    last = len(board)
    panel.axhspan(found.chance_low, found.chance_high, color="#DDDDDD", zorder=0)
    lines: tuple[tuple[str, float, str, Any], ...] = (
        ("human similarities, noise of the crowd", found.crowd, PURPLE, ":"),
        ("human similarities, no error", found.perfect, BLUE, "-"),
        ("knows the categories only", found.categories, GREEN, "--"),
        ("answers at random", found.chance, GREY, "-"),
        ("decided, but unrelated to people", found.stranger, VERMILION, (0, (5, 1))),
    )
    heights = _apart([value for _, value, _, _ in lines], 0.026)
    for (label, value, colour, style), height in zip(lines, heights, strict=True):
        panel.axhline(value, color=colour, linestyle=style, linewidth=1.4, zorder=1)
        panel.text(last + 2.5, height, label, color=colour, va="center", fontsize=8.5)
    looks = ((True, "tuned", VERMILION, "D"), (False, "base", BLACK, "o"))
    for tuned, label, colour, marker in looks:
        chosen = board[board["instruction_tuned"] == tuned]
        panel.errorbar(
            chosen["rank"], chosen["r2"], yerr=found.resolution / 2, fmt=marker, color=colour,
            markerfacecolor=colour if tuned else "white", markersize=4.5, elinewidth=0.9,
            label=label, zorder=3,
        )  # fmt: skip
    panel.set_xlim(0, last + 1)
    panel.set_ylim(0, max(found.crowd, board["r2"].max()) * 1.08)
    panel.set_xlabel("Rank (1 = highest R²)")
    panel.set_ylabel(SCORE)
    panel.legend(loc=(0.03, 0.35), title="Training")
    return figure


def _apart(values: list[float], least: float) -> list[float]:
    """Move heights of labels apart until no two are nearer than asked."""
    order = np.argsort(values)
    placed = np.array(values, float)
    for one, other in pairwise(order):
        placed[other] = max(placed[other], placed[one] + least)
    found: list[float] = placed.tolist()
    return found
