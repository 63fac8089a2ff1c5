"""Figures of the chapter on asking for a rating."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from humanlike.plots.style import BLUE, GREY, MODEL_COLOURS, MODEL_LABELS, VERMILION

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

Floats = NDArray[np.float64]


def value_spikes(values: Mapping[str, Floats]) -> Figure:
    """Draw how often each value from 0 to 5 is given, one panel per source.

    Parameters
    ----------
    values : mapping of str to array, shape (ratings,)
        Ratings by source, 0 to 5; rounded to two decimals.
    """
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(
        len(values), 1, figsize=(7.2, 1.15 * len(values) + 0.6), sharex=True, squeeze=False
    )
    for panel, (name, ratings) in zip(axes[:, 0], values.items(), strict=True):
        levels, counts = np.unique(np.round(ratings, 2), return_counts=True)
        share = 100 * counts / counts.sum()
        panel.vlines(levels, 0, share, color=MODEL_COLOURS[name], linewidth=1.6)
        text = f"{MODEL_LABELS[name]}: {len(levels)} values"
        panel.text(0.99, 0.9, text, transform=panel.transAxes, ha="right", va="top", fontsize=9)
        panel.set_ylim(0, 1.08 * share.max())
    axes[-1, 0].set_xlabel("Rating, 0 to 5")
    figure.supylabel("Share of ratings, %", fontsize=10)
    return figure


def agreement_dumbbells(tables: Mapping[str, pd.DataFrame]) -> Figure:
    """Draw each dimension's correlation with people for answers and for expected ratings.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        By language; columns model, dimension, greedy, expected.
    """
    import matplotlib.pyplot as plt

    models = {language: list(dict.fromkeys(table["model"])) for language, table in tables.items()}
    heights = [table["dimension"].nunique() + 1.5 for table in tables.values()]
    figure, axes = plt.subplots(
        len(tables), max(map(len, models.values())), figsize=(7.6, 0.24 * sum(heights) + 0.9),
        sharex=True, height_ratios=heights, squeeze=False,
    )  # fmt: skip
    for row, (language, table) in zip(axes, tables.items(), strict=True):
        for column, panel in enumerate(row):
            if column >= len(models[language]):
                panel.set_visible(False)
                axes[0, column].tick_params(labelbottom=True)
                continue
            model = models[language][column]
            part = table[table["model"] == model]
            places = np.arange(len(part))[::-1]
            panel.hlines(places, part["greedy"], part["expected"], color=GREY, linewidth=1.2)
            panel.plot(part["greedy"], places, "s", color=BLUE, markersize=4, label="answer")
            panel.plot(
                part["expected"], places, "o", color=VERMILION, markersize=4, fillstyle="none",
                label="expected rating",
            )  # fmt: skip
            names = list(part["dimension"]) if column == 0 else [""] * len(part)
            panel.set_yticks(places, names, fontsize=8)
            panel.set_title(f"{language}, {MODEL_LABELS[model]}", fontsize=9)
            panel.grid(visible=True, axis="x")
    handles = axes[0, 0].get_legend_handles_labels()
    figure.legend(*handles, loc="outside upper center", ncols=2)
    figure.supxlabel("Spearman's ρ with people", fontsize=10)
    return figure
