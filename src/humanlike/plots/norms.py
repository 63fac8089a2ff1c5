"""Figures of the chapter on norms and data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from humanlike.plots.style import BLUE, GREY, ORANGE, VERMILION

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

Floats = NDArray[np.float64]
COLUMNS = 4


def rating_histograms(values: Mapping[str, Floats], groups: Mapping[str, str]) -> Figure:
    """Draw the distribution of mean ratings over words, one panel per dimension.

    Parameters
    ----------
    values : mapping of str to array, shape (words,)
        Mean ratings by dimension, 0 to 5.
    groups : mapping of str to str
        ``sensory`` or ``motor`` by dimension.
    """
    import matplotlib.pyplot as plt

    rows = -(-len(values) // COLUMNS)
    figure, axes = plt.subplots(
        rows, COLUMNS, figsize=(7.6, 1.75 * rows + 0.3), sharex=True, sharey=True, squeeze=False
    )
    bins = np.linspace(0, 5, 21)
    for panel, (name, ratings) in zip(axes.flat, values.items(), strict=False):
        sensory = groups[name] == "sensory"
        weights = np.full(len(ratings), 100 / len(ratings))
        panel.hist(
            ratings, bins, weights=weights, color=BLUE if sensory else ORANGE,
            hatch="" if sensory else "///", edgecolor="white", linewidth=0.4,
        )  # fmt: skip
        panel.set_title(f"{name} ({groups[name]})", fontsize=9)
        text = f"SD {ratings.std(ddof=1):.2f}\nbelow 1: {100 * (ratings < 1).mean():.0f} %"
        panel.text(0.97, 0.92, text, transform=panel.transAxes, ha="right", va="top", fontsize=8)
        panel.set_xticks(range(6))
    for panel in axes.flat[len(values) :]:
        panel.set_visible(False)
    for place in range(max(0, len(values) - COLUMNS), len(values)):
        axes.flat[place].tick_params(labelbottom=True)
    figure.supxlabel("Mean rating of people, 0 to 5", fontsize=10)
    figure.supylabel("Words, %", fontsize=10)
    return figure


def variance_and_reliability(table: pd.DataFrame) -> Figure:
    """Draw each dimension's variance, split into signal and rater noise, and its reliability.

    Parameters
    ----------
    table : DataFrame
        Columns dimension, variance, noise, reliability, low, high; drawn from the bottom up.
    """
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(
        1, 2, figsize=(7.6, 0.28 * len(table) + 1.2), sharey=True, width_ratios=[1.2, 1]
    )
    places = np.arange(len(table))
    signal = np.maximum(table["variance"] - table["noise"], 0)
    left.barh(places, signal, color=BLUE, label="differences of words")
    left.barh(
        places, table["noise"], left=signal, color=ORANGE, hatch="///", edgecolor="white",
        label="rater noise",
    )  # fmt: skip
    left.set_yticks(places, list(table["dimension"]))
    left.set_xlabel("Variance of mean ratings, squared scale points")
    left.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, fontsize=8)
    errors = np.abs(table[["low", "high"]].to_numpy().T - table["reliability"].to_numpy())
    right.errorbar(
        table["reliability"], places, xerr=errors, fmt="o", color=VERMILION, capsize=2, markersize=4
    )
    right.set_xlabel("Reliability of mean ratings")
    right.set_xlim(min(0.5, float(table["low"].min()) - 0.05), 1)
    for panel in (left, right):
        panel.grid(visible=True, axis="x")
        panel.grid(visible=False, axis="y")
    return figure


def raters_and_error(
    raters: Floats, error: Floats, labels: Sequence[str], many: float, jitter_seed: int
) -> Figure:
    """Draw how exactly each word was rated against how many people rated it.

    Parameters
    ----------
    raters : array, shape (words,)
        Larger of the two numbers of raters of a word.
    error : array, shape (words,)
        Standard error of its means, in scale points.
    labels : sequence of str, length words
        Names; shown for words with more than ``many`` raters.
    many : float
        From here on words are named.
    jitter_seed : int
        Seed of the small shift that keeps equal numbers of raters apart.
    """
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(7.2, 3.3))
    shift = np.random.default_rng(jitter_seed).uniform(0.98, 1.02, len(raters))
    crowded = raters > many
    axes.scatter(raters * shift, error, s=7, alpha=0.35, color=GREY, label="words")
    axes.scatter(
        raters[crowded], error[crowded], s=28, marker="D", color=VERMILION,
        label=f"more than {many:,.0f} raters",
    )  # fmt: skip
    named = sorted(np.flatnonzero(crowded).tolist(), key=lambda place: error[place])
    for rank, place in enumerate(named):
        axes.annotate(
            labels[place].lower(), (raters[place], error[place]), textcoords="offset points",
            xytext=(-8, (rank - 2) * 11), ha="right", va="center", fontsize=8,
            arrowprops={"arrowstyle": "-", "color": GREY, "linewidth": 0.5},
        )  # fmt: skip
    axes.set_xscale("log")
    axes.set_xlabel("People who knew and rated the word (larger of the two lists)")
    axes.set_ylabel("Standard error of a mean,\nscale points")
    axes.legend()
    return figure
