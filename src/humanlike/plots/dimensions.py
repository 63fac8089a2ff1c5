"""Figures of the chapter that goes through the dimensions one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from humanlike.plots.style import BLUE, GREEN, GREY, MODEL_COLOURS, MODEL_LABELS, ORANGE, VERMILION

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MARKERS = {"base": "o", "qa_ft": "s", "nl_ft": "^", "en_ft": "D"}
CEILINGS = {
    "spearman": ("Reached", "D", VERMILION, True),
    "digits": ("Reached, ties resolved", "D", VERMILION, False),
    "ties": ("Best with the same answers", "<", ORANGE, True),
    "people": ("Dutch-speaking people", "^", BLUE, True),
    "noise": ("Perfect rater, noisy panel", "|", GREEN, True),
}


def agreement_dots(table: pd.DataFrame) -> Figure:
    """Draw rho of every model on every dimension, one panel per language.

    Parameters
    ----------
    table : DataFrame
        Columns language, dimension, model, rho, low, high; dimensions in the order to show.
    """
    import matplotlib.pyplot as plt

    languages = list(table["language"].unique())
    rows = max(table[table["language"] == name]["dimension"].nunique() for name in languages)
    figure, axes = plt.subplots(
        1, len(languages), figsize=(7.6, 1.4 + 0.42 * rows), squeeze=False, sharex=True
    )
    for panel, language in zip(axes[0], languages, strict=True):
        own = table[table["language"] == language]
        names = list(own["dimension"].unique())
        present = list(own["model"].unique())
        for place, model in enumerate(present):
            rows_of = own[own["model"] == model]
            shift = (place - (len(present) - 1) / 2) * 0.18
            y = np.array([names.index(name) for name in rows_of["dimension"]]) + shift
            colour = MODEL_COLOURS[model]
            panel.hlines(y, rows_of["low"], rows_of["high"], color=colour, linewidth=1.6)
            panel.plot(
                rows_of["rho"], y, MARKERS[model], color=colour, markersize=5,
                label=MODEL_LABELS[model],
            )  # fmt: skip
        _name_rows(panel, names)
        panel.axvline(0, color="black", linewidth=0.8)
        panel.set_title(f"{language} words")
        panel.set_xlabel("Spearman's ρ with people")
    handles, labels = axes[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4)
    return figure


def pair_grid(table: pd.DataFrame, alpha: float) -> Figure:
    """Draw the difference of rho for every two models and every dimension as a coloured grid.

    Parameters
    ----------
    table : DataFrame
        Columns language, dimension, pair, difference, p (uncorrected), adjusted.
    alpha : float
        Threshold of significance. Cells above it before correction are framed and marked ``ns``;
        cells above it only after correction are marked ``†``.
    """
    import matplotlib.pyplot as plt

    languages = list(table["language"].unique())
    counts = [table[table["language"] == name]["pair"].nunique() for name in languages]
    figure, axes = plt.subplots(
        len(languages), 1, figsize=(7.6, 0.9 + 0.62 * sum(counts)), squeeze=False,
        height_ratios=counts,
    )  # fmt: skip
    limit = float(table["difference"].abs().max())
    for panel, language in zip(axes[:, 0], languages, strict=True):
        own = table[table["language"] == language]
        wide = own.pivot(index="pair", columns="dimension", values="difference")
        wide = wide.loc[own["pair"].unique(), own["dimension"].unique()]
        image = panel.pcolormesh(
            wide.to_numpy(), cmap="PuOr_r", vmin=-limit, vmax=limit, edgecolors="white"
        )
        columns, pairs = list(wide.columns), list(wide.index)
        for row in own.itertuples():
            _cell(panel, row, columns.index(row.dimension), pairs.index(row.pair), alpha, limit)
        panel.set_xticks(np.arange(len(columns)) + 0.5, columns, rotation=35, ha="right")
        panel.set_yticks(np.arange(len(pairs)) + 0.5, pairs)
        panel.set_title(f"{language} words")
        panel.grid(visible=False)
        panel.tick_params(length=0)
        panel.set_xlim(0, max(len(columns), 6))
        panel.invert_yaxis()
    figure.colorbar(image, ax=list(axes[:, 0]), shrink=0.6, label="difference of ρ")
    return figure


def _cell(panel: Axes, row: object, x: int, y: int, alpha: float, limit: float) -> None:
    from matplotlib.patches import Rectangle

    difference = float(row.difference)  # type: ignore[attr-defined]
    before, after = row.p, row.adjusted  # type: ignore[attr-defined]
    mark = "\nns" if before >= alpha else "\n†" if after >= alpha else ""
    dark = abs(difference) > 0.6 * limit
    panel.text(
        x + 0.5, y + 0.5, f"{difference:+.2f}".replace("-", "−") + mark, ha="center", va="center",
        fontsize=7.5, color="white" if dark else "black",
    )  # fmt: skip
    if mark:
        frame = Rectangle(
            (x + 0.04, y + 0.05), 0.92, 0.9, fill=False, linewidth=1.4,
            edgecolor=VERMILION, linestyle="-" if before >= alpha else ":",
        )  # fmt: skip
        panel.add_patch(frame)


def rating_distributions(ratings: Mapping[str, ArrayLike]) -> Figure:
    """Draw the distribution of the human ratings of each dimension with its quartiles.

    Parameters
    ----------
    ratings : mapping of str to array_like, shape (words,)
        Mean human ratings, 0 to 5, by dimension; the share below 1 is written beside each.
    """
    import matplotlib.pyplot as plt

    names = list(ratings)
    figure, axes = plt.subplots(figsize=(7, 1 + 0.42 * len(names)))
    values = [np.asarray(ratings[name], dtype=float) for name in names]
    violins: dict[str, Any] = axes.violinplot(
        values, range(len(names)), orientation="horizontal", widths=0.85, showextrema=False
    )
    for body in violins["bodies"]:
        body.set(facecolor=BLUE, edgecolor="none", alpha=0.35)
    for place, own in enumerate(values):
        low, middle, high = np.quantile(own, [0.25, 0.5, 0.75])
        axes.hlines(place, low, high, color=BLUE, linewidth=4)
        axes.plot(middle, place, "o", color="white", markeredgecolor="black", markersize=5)
        axes.text(5.15, place, f"{100 * (own < 1).mean():.0f} %", va="center", fontsize=9)
    axes.axvline(1, color=VERMILION, linestyle="--", linewidth=1)
    axes.text(5.15, -0.85, "below 1", fontsize=9, va="center")
    _name_rows(axes, names)
    axes.set(xlim=(0, 5.7), xticks=range(6), xlabel="Mean human rating (0 to 5)")
    return figure


def spread_and_agreement(table: pd.DataFrame, label: str) -> Figure:
    """Draw agreement by rank and linearly, dimensions in the order of their spread.

    Parameters
    ----------
    table : DataFrame
        Index dimension; columns sd (scale points), spearman, pearson.
    label : str
        Name of the model.
    """
    import matplotlib.pyplot as plt

    table = table.sort_values("sd")
    figure, axes = plt.subplots(figsize=(7, 1.4 + 0.38 * len(table)))
    places = range(len(table))
    axes.hlines(places, table["spearman"], table["pearson"], color="#BBBBBB", linewidth=2)
    axes.plot(table["spearman"], places, "D", color=VERMILION, markersize=7, label="By rank, ρ")
    axes.plot(
        table["pearson"], places, "o", color=BLUE, markersize=7, markerfacecolor="white",
        markeredgewidth=1.6, label="Linear, r",
    )  # fmt: skip
    _name_rows(axes, [f"{name}  (SD {row['sd']:.2f})" for name, row in table.iterrows()])
    axes.set_xlabel(f"Correlation of {label} with people: Spearman's ρ and Pearson's r")
    figure.legend(loc="outside lower center", ncols=2)
    return figure


def ceiling_dots(table: pd.DataFrame) -> Figure:
    """Draw what was reached on each dimension beside what could be.

    Parameters
    ----------
    table : DataFrame
        Index dimension; any of the columns of ``CEILINGS``, all Spearman correlations, NaN where
        one does not exist.
    """
    import matplotlib.pyplot as plt

    names = list(table.index)
    figure, axes = plt.subplots(figsize=(7, 1.4 + 0.4 * len(names)))
    for column, (label, marker, colour, filled) in CEILINGS.items():
        if column in table and table[column].notna().any():
            axes.plot(
                table[column], range(len(names)), marker, color=colour, label=label,
                markersize=11 if marker == "|" else 7, markeredgewidth=2 if marker == "|" else 1.2,
                markerfacecolor=colour if filled else "white",
            )  # fmt: skip
    _name_rows(axes, names)
    axes.set(xlim=(None, 1.02), xlabel="Spearman's ρ with (English-speaking) people")
    figure.legend(loc="outside lower center", ncols=3, fontsize=9)
    return figure


def answers_against(
    panels: Mapping[str, tuple[ArrayLike, ArrayLike]], ylabels: Sequence[str]
) -> Figure:
    """Draw a variable for each whole-number answer of a model: all words and their quartiles.

    Parameters
    ----------
    panels : mapping of str to (answers, values), both of shape (words,)
        By panel title; answers are rounded to whole numbers.
    ylabels : sequence of str
        What the values of each panel are, with their unit.
    """
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, len(panels), figsize=(7.6, 3.8), squeeze=False)
    random = np.random.default_rng(0)
    for panel, (title, (answers, values)), label in zip(
        axes[0], panels.items(), ylabels, strict=True
    ):
        x, y = np.asarray(answers, dtype=float).round(), np.asarray(values, dtype=float)
        known = np.isfinite(x) & np.isfinite(y)
        x, y = x[known], y[known]
        panel.plot(
            x + random.uniform(-0.3, 0.3, len(x)), y, ".", color=GREY, markersize=2, alpha=0.6,
            rasterized=True,
        )  # fmt: skip
        for answer in np.unique(x):
            own = y[x == answer]
            low, middle, high = np.quantile(own, [0.25, 0.5, 0.75])
            panel.vlines(answer, low, high, color=BLUE, linewidth=4)
            panel.plot(answer, middle, "o", color="white", markeredgecolor="black", markersize=6)
            panel.annotate(
                f"{len(own):,}", (answer, 1), xycoords=("data", "axes fraction"), ha="center",
                va="bottom", fontsize=7.5,
            )  # fmt: skip
        panel.set_title(title, pad=18)
        panel.set(xticks=range(6), xlim=(-0.5, 5.5), xlabel="Rating by Base", ylabel=label)
    return figure


def _name_rows(panel: Axes, names: Sequence[str]) -> None:
    panel.set_yticks(range(len(names)), names)
    panel.set_ylim(len(names) - 0.5, -0.5)
    panel.grid(axis="x")
    panel.grid(visible=False, axis="y")
    for place in range(len(names) - 1):
        panel.axhline(place + 0.5, color="#EEEEEE", linewidth=0.8, zorder=0)
