"""Figures of one evaluated model: where it stands, and how that depends on the number asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from humanlike.plots.style import BLACK, BLUE, GREY, ORANGE, VERMILION

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MARKERS = "Dsv^PX"


def standing(
    published: Sequence[float],
    triplets: pd.DataFrame,
    chance: tuple[float, float],
    lines: Mapping[str, float],
    ratings: pd.DataFrame,
    ceilings: Mapping[str, float],
) -> Figure:
    """Draw where a model stands in both tests, each in a panel of its own.

    Parameters
    ----------
    published : sequence of float
        R² of the published models.
    triplets : DataFrame
        Index: models asked here, the one in question first; columns estimate, low, high of R². With
        no row there is no such panel.
    chance : (float, float)
        Ends of the band that holds random answers.
    lines : mapping of str to float
        R² of observers of known agreement, by name.
    ratings : DataFrame
        The same of RSA, versions of GPT-4o-mini after the models asked here.
    ceilings : mapping of str to float
        RSA by name.
    """
    import matplotlib.pyplot as plt

    panels = [name for name, table in (("r2", triplets), ("rsa", ratings)) if len(table)]
    heights = {"r2": 2.1 + 0.3 * len(triplets), "rsa": 1.3 + 0.3 * len(ratings)}
    figure, axes = plt.subplots(
        len(panels), 1, figsize=(7.4, sum(heights[name] for name in panels)), squeeze=False,
        height_ratios=[heights[name] for name in panels],
    )  # fmt: skip
    shown = dict(zip(panels, axes[:, 0], strict=True))
    if "r2" in shown:
        _published(shown["r2"], published, len(triplets))
        _rows(shown["r2"], triplets)
        shown["r2"].axvspan(*chance, color=GREY, alpha=0.3, linewidth=0, label="random answers")
        _lines(shown["r2"], lines)
        shown["r2"].set_xlabel("Procrustes R² with the human space (share of variance, 0 to 1)")
    if "rsa" in shown:
        _rows(shown["rsa"], ratings)
        shown["rsa"].axvline(0, color=BLACK, linewidth=0.9)
        _lines(shown["rsa"], ceilings)
        shown["rsa"].set_xlabel("RSA with people's ratings (Spearman's ρ, −1 to 1)")
    return figure


def _published(axes: Axes, values: Sequence[float], row: int) -> None:
    """Draw every published model as a point; heights only keep them apart."""
    spread = (np.arange(len(values)) * 0.618034 % 1 - 0.5) * 0.7
    axes.scatter(values, row + spread, s=15, color=GREY, marker="o", linewidths=0)
    axes.set_ylim(row + 0.9, -0.7)
    axes.set_yticks([row], [f"{len(values)} published models"])


def _rows(axes: Axes, table: pd.DataFrame) -> None:
    """Draw one row per model, the first one emphasised."""
    ticks: list[float] = list(axes.get_yticks()) if axes.collections else []
    labels = [text.get_text() for text in axes.get_yticklabels()] if ticks else []
    for row, (estimate, low, high) in enumerate(table[["estimate", "low", "high"]].to_numpy(float)):
        colour = VERMILION if row == 0 else BLUE
        axes.hlines(row, low, high, color=colour, linewidth=2)
        axes.plot(estimate, row, MARKERS[row % len(MARKERS)], color=colour, markersize=8)
    axes.set_yticks([*range(len(table)), *ticks], [*map(str, table.index), *labels])
    if not ticks:
        axes.set_ylim(len(table) - 0.4, -0.6)
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")


def _lines(axes: Axes, values: Mapping[str, float]) -> None:
    """Draw reference values across, named in the legend below."""
    styles: list[Any] = ["--", ":", "-.", (0, (6, 1)), (0, (1, 3))]
    for place, (name, value) in enumerate(values.items()):
        colour = ORANGE if place % 2 else BLACK
        axes.axvline(
            value, color=colour, linewidth=1.4, linestyle=styles[place % len(styles)], label=name
        )
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.22), ncols=2, fontsize=8.5)


def by_size(triplets: pd.DataFrame, chance: tuple[float, float], ratings: pd.DataFrame) -> Figure:
    """Draw R² against the number of answers, and RSA against the number of words.

    Parameters
    ----------
    triplets, ratings : DataFrame
        Index: number of answers a space is fitted to, or of words that are compared; columns
        estimate, low, high. One without rows has no panel.
    chance : (float, float)
        Ends of the band that holds R² of random answers to the whole design.
    """
    import matplotlib.pyplot as plt

    labels = {"Answers": "Procrustes R² (0 to 1)", "Words": "RSA (Spearman's ρ, −1 to 1)"}
    tables = zip(labels.items(), (triplets, ratings), strict=True)
    panels = [(names, table) for names, table in tables if len(table)]
    figure, axes = plt.subplots(1, len(panels), figsize=(3.6 * len(panels) + 0.4, 3.2),
                                squeeze=False)  # fmt: skip
    for panel, ((count, label), table) in zip(axes[0], panels, strict=True):
        estimate, low, high = (table[name].to_numpy(float) for name in ("estimate", "low", "high"))
        ends = [estimate - low, high - estimate]
        panel.errorbar(table.index, estimate, ends, fmt="D-", color=VERMILION, capsize=4,
                       markersize=6)  # fmt: skip
        if count == "Answers":
            name = "random answers,\nwhole design"
            panel.axhspan(*chance, color=GREY, alpha=0.3, linewidth=0, label=name)
            panel.legend(loc="lower right")
        panel.set(xlabel=count, ylabel=label)
        panel.locator_params(axis="x", nbins=4)
        panel.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        panel.set_ylim(bottom=min(0.0, low.min()))
    return figure
