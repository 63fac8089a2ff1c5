"""Figures of the leaderboard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from humanlike.plots.style import BLACK, BLUE, GREEN, GREY, VERMILION

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MARKERS = "odsv^pX"
NEAR = 0.03
"""Names of reference values nearer than this would overlap."""


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


def ranked(
    board: pd.DataFrame,
    top: int,
    bounds: Mapping[str, tuple[float, float]] | None = None,
    placed: Mapping[str, tuple[float, float, float]] | None = None,
) -> Figure:
    """Draw R² against rank, base and tuned models told apart, with the boundary of the top marked.

    Parameters
    ----------
    board : pandas.DataFrame
        Columns ``rank``, ``r2`` and ``instruction_tuned``.
    top : int
        Rank after which the boundary is drawn.
    bounds : mapping of str to (float, float), optional
        Reference values by name, each with its lower and upper end; equal ends are a line.
    placed : mapping of str to (float, float, float), optional
        Further models by name: R² with lower and upper end of its interval.
    """
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(7.4, 4.2))
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
    above = axes.get_xaxis_transform()
    axes.text(top + 1.2, 0.985, f"top {top}", color=BLUE, va="top", transform=above)
    _bounds(axes, bounds or {}, len(board))
    for place, (name, (r2, low, high)) in enumerate((placed or {}).items()):
        x = float((board["r2"] > r2).sum()) + 0.5
        marker = MARKERS[place % len(MARKERS)]
        axes.errorbar(
            x, r2, [[r2 - low], [high - r2]], fmt=marker, color=GREEN, markersize=7, capsize=3,
            markeredgecolor="white", label=name,
        )  # fmt: skip
    axes.set_xlim(0, len(board) + 1)
    axes.set_xlabel("Rank (1 = highest R²)")
    axes.set_ylabel("Procrustes R² (0 to 1)")
    figure.legend(loc="outside upper center", ncols=4)
    return figure


def _bounds(axes: Axes, bounds: Mapping[str, tuple[float, float]], right: int) -> None:
    """Draw reference values across the bars; names of near neighbours stand on opposite sides."""
    middles = sorted((low + high) / 2 for low, high in bounds.values())
    for name, (low, high) in bounds.items():
        middle = (low + high) / 2
        if high > low:
            axes.axhspan(low, high, color=BLACK, alpha=0.15, linewidth=0)
        axes.axhline(middle, color=BLACK, linewidth=0.9, linestyle=":")
        crowded = any(middle < other < middle + NEAR for other in middles)
        axes.text(
            right + 0.6, middle, name, fontsize=8, ha="right", va="top" if crowded else "bottom",
            path_effects=_outline(),
        )  # fmt: skip


def _outline() -> list[Any]:
    from matplotlib.patheffects import withStroke

    return [withStroke(linewidth=3, foreground="white")]
