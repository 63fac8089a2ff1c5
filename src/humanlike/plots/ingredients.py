"""Figures of the ingredients: transformations, collinearity, leverage, the printed table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from humanlike.plots.style import BLACK, BLUE, GREY, VERMILION

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from humanlike.stats.linear import LinearFit


def plain(value: object) -> str:
    """Write a cell of mixed kind: a number without needless digits, a dash for none, or a text."""
    if isinstance(value, str):
        return value
    number = float(value)  # type: ignore[arg-type]
    return f"{number:g}" if np.isfinite(number) else "–"


def raw_and_log(
    models: pd.DataFrame, name: str, label: str, marked: Sequence[bool], mark: str
) -> Figure:
    """Draw R² against an ingredient as it is and as a logarithm, each with its straight line.

    Parameters
    ----------
    models : DataFrame
        Columns ``r2`` and ``name``.
    name, label : str
        Column and its label with unit.
    marked : sequence of bool
        Models drawn apart, left out of the dashed line.
    mark : str
        What the legend calls them.
    """
    import matplotlib.pyplot as plt
    from matplotlib.ticker import MaxNLocator

    figure, panels = plt.subplots(1, 2, figsize=(7.4, 3.4), sharey=True)
    apart = np.asarray(marked, bool)
    for panel, log in zip(panels, (False, True), strict=True):
        x, y = models[name].to_numpy(float), models["r2"].to_numpy(float)
        x = np.log2(x) if log else x
        panel.scatter(x[~apart], y[~apart], s=22, color=BLUE, alpha=0.75, label="other models")
        panel.scatter(x[apart], y[apart], s=46, marker="D", color=VERMILION, label=mark)
        for chosen, style, text in ((x == x, "-", "all"), (~apart, "--", f"without {mark}")):
            _line(panel, x[chosen], y[chosen], style, text)
        panel.xaxis.set_major_locator(MaxNLocator(5))
        panel.set_xlabel(f"{label}, log₂" if log else label)
    panels[0].set_ylabel("Procrustes R² (0 to 1)")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=4)
    return figure


def _line(panel: Axes, x: np.ndarray, y: np.ndarray, style: str, label: str) -> None:
    known = np.isfinite(x)
    slope, level = np.polyfit(x[known], y[known], 1)
    ends = np.array([np.nanmin(x), np.nanmax(x)])
    panel.plot(ends, level + slope * ends, style, color=BLACK, linewidth=1.2, label=label)


def correlation_matrix(frame: pd.DataFrame, labels: Sequence[str]) -> Figure:
    """Draw the correlations of all pairs of columns, with their numbers.

    Parameters
    ----------
    frame : DataFrame
        One column per ingredient, one row per model, no gaps.
    labels : sequence of str
        In the order of the columns.
    """
    import matplotlib.pyplot as plt

    r = np.atleast_2d(np.corrcoef(frame.to_numpy(float), rowvar=False))
    size = 1.9 + 0.46 * len(labels)
    figure, axes = plt.subplots(figsize=(size + 0.9, size))
    image = axes.imshow(r, cmap="RdBu_r", vmin=-1, vmax=1)
    for i in range(len(labels)):
        for j in range(len(labels)):
            colour = "white" if abs(r[i, j]) > 0.6 else BLACK
            axes.text(
                j,
                i,
                f"{r[i, j]:.1f}".replace("-0.0", "0.0"),
                ha="center",
                va="center",
                fontsize=7.5,
                color=colour,
            )
    axes.set_xticks(range(len(labels)), labels, rotation=55, ha="right", fontsize=8.5)
    axes.set_yticks(range(len(labels)), labels, fontsize=8.5)
    axes.grid(visible=False)
    figure.colorbar(image, ax=axes, shrink=0.75, label="Pearson's r")
    return figure


def leverage(fit: LinearFit, models: Sequence[str], n_named: int) -> Figure:
    """Draw each model's leverage and Cook's distance, the most extreme ones named.

    Parameters
    ----------
    fit : LinearFit
        Least squares on the coded ingredients.
    models : sequence of str
        Names, in the order of the fit's rows.
    n_named : int
        How many of the highest on each axis get a name.
    """
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 4.0))
    axes.scatter(fit.leverage, fit.cook, s=30, color=BLUE, alpha=0.8)
    axes.axvline(2 * len(fit.coefficients) / fit.n, color=GREY, linestyle="--", linewidth=1.1)
    known = np.nan_to_num(fit.cook)
    named = {*np.argsort(fit.leverage)[-n_named:], *np.argsort(known)[-n_named:]}
    for at in named:
        right = fit.leverage[at] > 0.6
        axes.annotate(
            models[at], (fit.leverage[at], known[at]), xytext=(-6 if right else 6, 3),
            textcoords="offset points", fontsize=8, ha="right" if right else "left",
        )  # fmt: skip
    axes.set_xlim(0, 1.02)
    axes.margins(y=0.12)
    axes.set_xlabel("Leverage (0 to 1); dashed: twice its mean")
    axes.set_ylabel("Cook's distance (no unit)")
    return figure


def printed_against_real(cells: pd.DataFrame, shown: dict[str, str]) -> Figure:
    """Draw printed numbers against real ones, agreement on the diagonal.

    Parameters
    ----------
    cells : DataFrame
        As from `humanlike.data.suite.printed_cells`.
    shown : dict of str to str
        By column: its label with unit.
    """
    import matplotlib.pyplot as plt

    figure, panels = plt.subplots(1, len(shown), figsize=(3.7 * len(shown), 3.6), squeeze=False)
    for panel, (cell, label) in zip(panels[0], shown.items(), strict=True):
        rows = cells[cells["cell"] == cell].dropna(subset=["compiled"])
        x, y = rows["compiled"].to_numpy(float), rows["printed"].to_numpy(float)
        same = rows["agrees"].to_numpy(bool)
        ends = np.array([min(x.min(), y.min()) * 0.8, max(x.max(), y.max()) * 1.25])
        panel.plot(ends, ends, color=GREY, linewidth=1)
        panel.scatter(x[same], y[same], s=30, color=BLUE, alpha=0.7, label="agree")
        panel.scatter(x[~same], y[~same], s=36, marker="X", color=VERMILION, label="differ")
        panel.set_xscale("log", base=2)
        panel.set_yscale("log", base=2)
        for axis in (panel.xaxis, panel.yaxis):
            axis.set_major_formatter(lambda value, _: f"{value:g}")
        panel.set_xlabel(f"{label}, configuration")
        panel.set_ylabel(f"{label}, as printed")
    figure.legend(*panels[0][0].get_legend_handles_labels(), loc="outside upper center", ncols=2)
    return figure
