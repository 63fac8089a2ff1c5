"""Figures of the chapter on single words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from humanlike.plots.style import BLACK, GREEN, MODEL_COLOURS, MODEL_LABELS, PURPLE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from humanlike.stats.rankings import RankMatrix
    from humanlike.stats.reorganisation import UniformBoost

Floats = NDArray[np.float64]
MARKERS = {"human": "P", "base": "o", "qa_ft": "s", "nl_ft": "^", "en_ft": "D"}


def similarity_violins(scores: Mapping[str, Mapping[str, Floats]]) -> Figure:
    """Draw the distribution of word similarity of every model, one panel per set.

    Parameters
    ----------
    scores : mapping of str to mapping of str to array, shape (words,)
        By panel title, then by model.
    """
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(2, 2, figsize=(7.6, 5.6), sharey=True)
    for panel, (title, by_model) in zip(axes.flat, scores.items(), strict=False):
        values = list(by_model.values())
        drawn = panel.violinplot(values, showextrema=False, widths=0.85)
        for body, name in zip(drawn["bodies"], by_model, strict=True):
            body.set(facecolor=MODEL_COLOURS[name], alpha=0.45, edgecolor=MODEL_COLOURS[name])
        for place, (name, value) in enumerate(by_model.items(), start=1):
            low, high = np.quantile(value, [0.25, 0.75])
            panel.plot([place, place], [low, high], color=BLACK, linewidth=1.6)
            panel.plot(place, value.mean(), MARKERS[name], color=BLACK, markersize=5.5)
            panel.text(place + 0.12, value.mean(), f"{value.mean():.2f}", va="center", fontsize=8.5)
        panel.set_xticks(range(1, len(values) + 1), [MODEL_LABELS[name] for name in by_model])
        panel.set_title(title)
    for panel in axes[:, 0]:
        panel.set_ylabel("Similarity 1/(1 + d)")
    for panel in list(axes.flat)[len(scores) :]:
        panel.set_visible(False)
    return figure


def correlation_maps(matrices: Mapping[str, RankMatrix]) -> Figure:
    """Draw rank correlations between the models' word scores, one heat map per language.

    Parameters
    ----------
    matrices : mapping of str to RankMatrix
        By title.
    """
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, len(matrices), figsize=(7.6, 3.9), squeeze=False)
    for panel, (title, matrix) in zip(axes[0], matrices.items(), strict=True):
        image = panel.imshow(matrix.rho, cmap="PuOr_r", vmin=-1, vmax=1)
        names = [MODEL_LABELS[name] for name in matrix.names]
        panel.set_xticks(range(len(names)), names, fontsize=9)
        panel.set_yticks(range(len(names)), names, fontsize=9)
        panel.grid(visible=False)
        panel.set_title(title)
        for (row, column), value in np.ndenumerate(matrix.rho):
            dark = abs(value) > 0.6
            text = "1" if row == column else f"{value:.3f}".replace("-", "−")
            panel.text(
                column, row, text, ha="center", va="center", fontsize=9,
                color="white" if dark else BLACK,
            )  # fmt: skip
    figure.colorbar(image, ax=list(axes[0]), shrink=0.75, label="Spearman's ρ")
    return figure


def score_scatter(scores: Mapping[str, Floats], pairs: Sequence[tuple[str, str]]) -> Figure:
    """Draw the word scores of pairs of models against each other.

    Parameters
    ----------
    scores : mapping of str to array, shape (words,)
        Similarity of every word, by model.
    pairs : sequence of tuple of str
        Which models, horizontal first; up to four.
    """
    import matplotlib.pyplot as plt
    from scipy.stats import spearmanr

    figure, axes = plt.subplots(-(-len(pairs) // 2), 2, figsize=(7.2, 6.4), squeeze=False)
    for panel, (a, b) in zip(axes.flat, pairs, strict=False):
        colour = MODEL_COLOURS[b]
        panel.scatter(
            scores[a], scores[b], s=6, alpha=0.35, color=colour, linewidths=0, rasterized=True,
            marker=MARKERS[b],
        )  # fmt: skip
        slope, start = np.polyfit(scores[a], scores[b], 1)
        ends = np.array([scores[a].min(), scores[a].max()])
        panel.plot(ends, start + slope * ends, color=BLACK, linewidth=1.2)
        rho = spearmanr(scores[a], scores[b]).statistic
        panel.set(xlabel=f"Similarity, {MODEL_LABELS[a]}", ylabel=f"Similarity, {MODEL_LABELS[b]}")
        panel.set_title(f"ρ = {rho:.3f}".replace("-", "−"), loc="right", weight="normal")
    for panel in list(axes.flat)[len(pairs) :]:
        panel.set_visible(False)
    return figure


def boost_curves(boosts: Mapping[str, UniformBoost], observed: Mapping[str, float]) -> Figure:
    """Draw the rank correlation that a uniform boost gives, by the share of the error left.

    Parameters
    ----------
    boosts : mapping of str to UniformBoost
        By model.
    observed : mapping of str to float
        The correlation the model's real scores have with the base model's.
    """
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(
        1, len(boosts), figsize=(7.6, 3.5), sharey=True, sharex=True, squeeze=False
    )
    for panel, (name, boost) in zip(axes[0], boosts.items(), strict=True):
        colour = MODEL_COLOURS[name]
        low, high = boost.band()
        panel.fill_between(boost.share, low, high, color=colour, alpha=0.3, linewidth=0)
        panel.plot(boost.share, boost.mean, color=colour, marker=MARKERS[name], markersize=3.5,
                   label="uniform boost, mean and 95 % band")  # fmt: skip
        panel.axhline(observed[name], color=BLACK, linestyle="--", linewidth=1.2, label="observed")
        panel.axhline(0, color=BLACK, linewidth=0.5)
        panel.set_title(MODEL_LABELS[name])
        panel.set_xlabel("Share of base error left, c")
    axes[0][0].set_ylabel("Spearman's ρ with base")
    handles, labels = axes[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2)
    return figure


def gain_scatter(before: Floats, after: Mapping[str, Floats]) -> Figure:
    """Draw the gain of every word against its distance before training.

    Parameters
    ----------
    before : array, shape (words,)
        Distances of the base model, in scale points.
    after : mapping of str to array, shape (words,)
        Distances of other predictors, by the name to show.
    """
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(
        1, len(after), figsize=(7.6, 3.4), sharex=True, sharey=True, squeeze=False
    )
    colours = (MODEL_COLOURS["en_ft"], GREEN, PURPLE)
    for panel, (name, distance), colour, marker in zip(
        axes[0], after.items(), colours, "Dov", strict=False
    ):
        panel.scatter(before, before - distance, s=6, alpha=0.35, color=colour, linewidths=0,
                      marker=marker, rasterized=True)  # fmt: skip
        panel.axhline(0, color=BLACK, linewidth=0.8)
        panel.set_title(name)
        panel.set_xlabel("Distance of base (points)")
    axes[0][0].set_ylabel("Gain: distance saved (points)")
    return figure


def pair_dots(table: pd.DataFrame) -> Figure:
    """Draw correlations of pairs by several scores, with intervals.

    Parameters
    ----------
    table : DataFrame
        Columns ``pair``, ``score``, ``rho``, ``low``, ``high``; one row per pair and score.
    """
    import matplotlib.pyplot as plt

    pairs, scores = list(dict.fromkeys(table["pair"])), list(dict.fromkeys(table["score"]))
    figure, axes = plt.subplots(figsize=(7.4, 0.62 * len(pairs) + 1.6))
    looks = (("o", BLACK), ("D", MODEL_COLOURS["nl_ft"]), ("^", MODEL_COLOURS["en_ft"]))
    for number, (score, (marker, colour)) in enumerate(zip(scores, looks, strict=False)):
        rows = table[table["score"] == score]
        height = [
            pairs.index(pair) + (number - (len(scores) - 1) / 2) * 0.22 for pair in rows["pair"]
        ]
        axes.hlines(height, rows["low"], rows["high"], color=colour, linewidth=1.6)
        axes.plot(rows["rho"], height, marker, color=colour, markersize=6, label=score)
    axes.axvline(0, color=BLACK, linewidth=0.8)
    axes.set_yticks(range(len(pairs)), pairs)
    axes.invert_yaxis()
    axes.grid(axis="x")
    axes.set_xlabel("Rank correlation over words")
    figure.legend(loc="outside lower center", ncols=len(scores), fontsize=9)
    return figure


def control_bars(table: pd.DataFrame) -> Figure:
    """Draw the mean similarity of models and control predictors, one panel per dimension set.

    Parameters
    ----------
    table : DataFrame
        Index: names to show, best at the top; one column per set; NaN where there is none.
        ``attrs["models"]`` maps shown names of models to their keys; the others are controls.
    """
    import matplotlib.pyplot as plt

    models = table.attrs.get("models", {})
    figure, axes = plt.subplots(
        1, table.shape[1], figsize=(8.0, 0.36 * len(table) + 1.2), sharey=True, squeeze=False
    )
    for panel, title in zip(axes[0], table.columns, strict=True):
        for row, (name, value) in enumerate(table[title].items()):
            if not np.isfinite(value):
                continue
            model = models.get(name)
            colour, hatch = (MODEL_COLOURS[model], "") if model else ("#E4E4E4", "///")
            panel.barh(row, value, color=colour, hatch=hatch, edgecolor="#555555", linewidth=0.6)
            panel.text(value + 0.008, row, f"{value:.2f}", va="center", fontsize=8)
        panel.set_title(title)
        panel.set_xlim(0, float(np.nanmax(table.to_numpy())) * 1.2)
        panel.grid(visible=False)
        panel.set_xlabel("Mean similarity")
    axes[0][0].set_yticks(range(len(table)), list(table.index))
    axes[0][0].invert_yaxis()
    return figure
