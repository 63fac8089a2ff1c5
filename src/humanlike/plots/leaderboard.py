"""Figures of the leaderboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from humanlike.plots.style import BLUE, GREY, VERMILION

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


def by_family(board: pd.DataFrame, smallest: int) -> Figure:
    """Draw every model's R² in one row per family, base and tuned models told apart.

    Parameters
    ----------
    board : pandas.DataFrame
        Columns ``family``, ``r2`` and ``instruction_tuned``, one row per model.
    smallest : int
        Families with fewer models share the row *other*.
    """
    import matplotlib.pyplot as plt

    sizes = board["family"].map(board["family"].value_counts())
    family = board["family"].where(sizes >= smallest, "other")
    order = list(board["r2"].groupby(family).max().sort_values().index)
    if "other" in order:
        order = ["other", *(name for name in order if name != "other")]
    figure, axes = plt.subplots(figsize=(7, 0.42 * len(order) + 1.4))
    looks = {False: ("base", GREY, "o", "none", -0.12), True: ("tuned", VERMILION, "D", None, 0.12)}
    for tuned, (label, colour, marker, fill, shift) in looks.items():
        chosen = (board["instruction_tuned"] == tuned).to_numpy()
        rows = np.array([order.index(name) for name in family[chosen]], dtype=float)
        axes.scatter(
            board["r2"][chosen], rows + shift, s=38, marker=marker, label=label,
            facecolor=fill or colour, edgecolor=colour, linewidth=1.4, zorder=3,
        )  # fmt: skip
    axes.set_yticks(range(len(order)), order)
    axes.grid(axis="x")
    axes.set_xlim(0, 0.55)
    axes.set_xlabel("Procrustes R² with the human embedding (share of variance, 0 to 1)")
    axes.legend(loc="lower right", title="Training")
    return figure


def ranked(board: pd.DataFrame, top: int) -> Figure:
    """Draw R² against rank, base and tuned models told apart, with the boundary of the top marked.

    Parameters
    ----------
    board : pandas.DataFrame
        Columns ``rank``, ``r2`` and ``instruction_tuned``.
    top : int
        Rank after which the boundary is drawn.
    """
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 3.4))
    for tuned, label, colour, hatch in (
        (True, "tuned", VERMILION, ""),
        (False, "base", GREY, "////"),
    ):
        chosen = board[board["instruction_tuned"] == tuned]
        axes.bar(
            chosen["rank"], chosen["r2"], width=0.85, label=label, hatch=hatch,
            color=colour if tuned else "white", edgecolor=colour, linewidth=0.8,
        )  # fmt: skip
    axes.axvline(top + 0.5, color=BLUE, linewidth=1.2, linestyle="--")
    axes.text(top + 1.2, 0.47, f"top {top}", color=BLUE, va="top")
    axes.set_xlim(0, len(board) + 1)
    axes.set_xlabel("Rank (1 = most human-like)")
    axes.set_ylabel("Procrustes R² (0 to 1)")
    axes.legend(title="Training", loc="upper right")
    return figure
