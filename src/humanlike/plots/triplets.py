"""Figures of learning curves, and the data of a calculator that reads them off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from humanlike.analysis.forecast import DIMS, HELD_OUT, ITEMS_CHECKED
from humanlike.plots.style import BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE, VERMILION
from humanlike.plots.widget import widget

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from humanlike.analysis.forecast import Forecast

LOSS_LABELS = {
    "crowd_kernel": "Crowd kernel", "ste": "STE", "t_ste": "t-STE", "soe": "SOE", "gnmds": "GNMDS",
}  # fmt: skip
COLOURS = (BLACK, BLUE, VERMILION, GREEN, PURPLE, ORANGE, GREY)
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
DIGITS = 4


def learning_curves(
    simulated: pd.DataFrame,
    measure: str,
    label: str,
    marks: Mapping[str, float],
    reference: str = "",
) -> Figure:
    """Draw a measure against the number of triplets, a panel per loss, a line per observer.

    Parameters
    ----------
    simulated : DataFrame
        As `humanlike.analysis.learning.simulate` gives.
    measure, label : str
        Column to draw, and what the axis calls it.
    marks : mapping of str to float
        Numbers of triplets to mark with a line, by the name written at it.
    reference : str
        Column to draw as a dotted line in each observer's colour, where it has values.
    """
    import matplotlib.pyplot as plt

    losses = list(dict.fromkeys(simulated["loss"]))
    figure, panels = plt.subplots(
        1, len(losses), figsize=(7.4, 3.7), sharey=True, squeeze=False
    )  # fmt: skip
    for panel, loss in zip(panels[0], losses, strict=True):
        for name, number in marks.items():
            panel.axvline(number, color=GREY, linewidth=1, linestyle="--")
            panel.annotate(
                name, (number, 1), xycoords=("data", "axes fraction"), rotation=90, fontsize=7,
                xytext=(-2, -3), textcoords="offset points", ha="right", va="top",
            )  # fmt: skip
        _lines(panel, simulated[simulated["loss"] == loss], "n_triplets", measure, reference)
        panel.set(
            title=LOSS_LABELS.get(loss, loss), xscale="log", xlabel="Triplets asked, thousands"
        )
        ticks = _ticks(simulated["n_triplets"])
        panel.set_xticks(ticks, [f"{tick / 1000:g}" for tick in ticks])
        panel.minorticks_off()
    panels[0][0].set_ylabel(label)
    figure.legend(
        *panels[0][0].get_legend_handles_labels(), loc="outside lower center", ncols=4, fontsize=8.5
    )
    return figure


def _ticks(numbers: pd.Series[int], apart: float = 1.6) -> list[int]:
    """Choose from numbers those that are far enough apart on a logarithmic axis."""
    chosen: list[int] = []
    for number in sorted(set(numbers)):
        if not chosen or number >= apart * chosen[-1]:
            chosen.append(int(number))
    return chosen


def _lines(panel: Axes, rows: pd.DataFrame, x: str, y: str, reference: str = "") -> None:
    """Draw the mean over replicates of each observer, with every replicate as a faint mark."""
    for number, (name, own) in enumerate(rows.groupby("observer", sort=False)):
        colour, marker = COLOURS[number % 7], MARKERS[number % 7]
        mean = own.groupby(x)[y].mean()
        panel.plot(mean.index, mean, marker=marker, color=colour, markersize=5, label=str(name))
        panel.scatter(own[x], own[y], marker=marker, s=10, color=colour, alpha=0.4)
        if reference and own[reference].notna().any():
            other = own.groupby(x)[reference].mean()
            panel.plot(other.index, other, color=colour, linestyle=":", linewidth=1.4)


def dimension_curves(simulated: pd.DataFrame) -> Figure:
    """Draw recovered R² and held-out accuracy against the dimension fitted, a line per loss.

    Parameters
    ----------
    simulated : DataFrame
        As `humanlike.analysis.learning.simulate` gives; levels are agreements.
    """
    import matplotlib.pyplot as plt

    figure, panels = plt.subplots(1, 2, figsize=(7.4, 3.5))
    for panel, measure, label in zip(
        panels, ("r2", "accuracy"), ("Recovered R²", "Accuracy on held-out answers"), strict=True
    ):
        number = 0
        for loss, rows in simulated.groupby("loss", sort=False):
            for name, own in rows.groupby("observer", sort=False):
                mean = own.groupby("n_dims")[measure].mean()
                panel.plot(
                    mean.index, mean, marker=MARKERS[number], color=COLOURS[number], markersize=5,
                    linestyle="-" if loss == simulated["loss"].iloc[0] else "--",
                    label=f"{LOSS_LABELS.get(str(loss), loss)}, {name}",
                )  # fmt: skip
                number += 1
        panel.set(xlabel="Dimensions fitted", ylabel=label)
    figure.legend(
        *panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=2, fontsize=8.5
    )
    return figure


def rule_curves(simulated: pd.DataFrame, level: float = 1.0) -> Figure:
    """Draw recovered R² against n d log2(n), a panel per loss, a line per dimension.

    Parameters
    ----------
    simulated : DataFrame
        As `humanlike.analysis.learning.simulate` gives for the grid of the calculator.
    level : float
        Agreement of the answers to draw.
    """
    import matplotlib.pyplot as plt

    losses = list(dict.fromkeys(simulated["loss"]))
    figure, panels = plt.subplots(
        1, len(losses), figsize=(7.4, 3.5), sharey=True, squeeze=False
    )  # fmt: skip
    for panel, loss in zip(panels[0], losses, strict=True):
        rows = simulated[(simulated["loss"] == loss) & (simulated["level"] == level)]
        panel.axvline(1, color=GREY, linewidth=1, linestyle="--")
        names = rows["n_dims"].map(lambda d: f"{d} dimensions")
        _lines(panel, rows.assign(observer=names), "factor", "r2")
        panel.set(title=LOSS_LABELS.get(loss, loss), xscale="log", ylim=(0, 1.03),
                  xlabel="Training triplets / (n d log₂ n)")  # fmt: skip
        ticks = sorted(rows["factor"].unique())
        panel.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        panel.minorticks_off()
    panels[0][0].set_ylabel("Recovered R²")
    panels[0][-1].legend(loc="lower right", fontsize=8.5)
    return figure


def fault_curves(simulated: pd.DataFrame) -> Figure:
    """Draw recovered R² against the agreement of the answers, a line per kind of fault.

    Parameters
    ----------
    simulated : DataFrame
        As `humanlike.analysis.learning.simulate` gives, with a column ``fault``.
    """
    import matplotlib.pyplot as plt

    losses = list(dict.fromkeys(simulated["loss"]))
    figure, panels = plt.subplots(
        1, len(losses), figsize=(7.4, 3.7), sharey=True, squeeze=False
    )  # fmt: skip
    for panel, loss in zip(panels[0], losses, strict=True):
        rows = simulated[simulated["loss"] == loss]
        for number, (name, own) in enumerate(rows.groupby("fault", sort=False)):
            mean = own.groupby("level")[["agreement", "r2"]].mean().sort_values("agreement")
            panel.plot(
                mean["agreement"], mean["r2"], marker=MARKERS[number], color=COLOURS[number],
                markersize=5, label=str(name), linestyle=("-", "--", "-.", ":")[number % 4],
            )  # fmt: skip
        panel.set(title=LOSS_LABELS.get(loss, loss), xlabel="Agreement with noiseless answers")
    panels[0][0].set_ylabel("Recovered R²")
    figure.legend(
        *panels[0][0].get_legend_handles_labels(), loc="outside lower center", ncols=2, fontsize=8.5
    )
    return figure


def calculator(
    grid: Forecast,
    errors: Mapping[str, float],
    start: Mapping[str, float],
    still: str,
) -> str:
    """Write the data of a calculator; ``book/assets/calculator.js`` shows it.

    Parameters
    ----------
    grid : Forecast
        Simulated studies.
    errors : mapping of str to float
        By loss: the error that nine in ten forecasts stayed below.
    start : mapping of str to float
        First values of ``items``, ``dims``, ``triplets`` and ``agreement``.
    still : str
        HTML that stands in where no script runs, such as a table; escaped already.

    Returns
    -------
    str
        HTML; nothing in it can be taken for markup or end the script element.
    """
    losses = [
        {
            "name": LOSS_LABELS.get(loss, loss),
            "error": round(float(errors[loss]), DIGITS),
            **{name: np.round(table, DIGITS).tolist() for name, table in tables.items()},
        }
        for loss, tables in grid.values.items()
    ]
    data = {
        "dims": list(DIMS),
        "items": list(ITEMS_CHECKED),
        "heldOut": HELD_OUT,
        "levels": [float(level) for level in grid.levels],
        "factors": [float(factor) for factor in grid.factors],
        "losses": losses,
        "start": dict(start),
    }
    return widget("calculator", data, still)
