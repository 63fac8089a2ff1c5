"""Specification curves, and the data of a chooser that shows any specification."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from humanlike.errors import HumanlikeError
from humanlike.plots.style import BLACK, BLUE, GREY, MODEL_LABELS, VERMILION
from humanlike.plots.widget import widget

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DIGITS = 4


def specification_curve(
    rows: pd.DataFrame,
    axes: Mapping[str, Sequence[str]],
    published: Sequence[bool],
    label: str,
    mark: str = "published",
) -> Figure:
    """Draw sorted estimates with their intervals above the choices behind each of them.

    Parameters
    ----------
    rows : DataFrame
        One row per specification, in the order to draw: ``estimate``, ``low``, ``high`` and axes.
    axes : mapping of str to sequence of str
        Choices to show, with their options in order; those with one option are left out.
    published : sequence of bool
        Which row is the published specification.
    label : str
        What the estimate is, for the axis.
    mark : str
        What the legend calls the marked specification.
    """
    import matplotlib.pyplot as plt

    shown = {axis: [option for option in options if (rows[axis] == option).any()]
             for axis, options in axes.items() if rows[axis].nunique() > 1}  # fmt: skip
    lines = sum(len(options) + 0.6 for options in shown.values())
    figure, (curve, board) = plt.subplots(
        2, 1, figsize=(7.4, 2.5 + 0.19 * lines), sharex=True,
        height_ratios=[2.3, max(0.19 * lines, 0.2)],
    )  # fmt: skip
    _curve(curve, rows, np.flatnonzero(np.asarray(published, bool)), label, mark)
    _board(board, rows, shown, np.flatnonzero(np.asarray(published, bool)))
    return figure


def _curve(panel: Axes, rows: pd.DataFrame, at: Any, label: str, mark: str) -> None:
    x, known = np.arange(len(rows)), rows["low"].notna().to_numpy()
    panel.axhline(0, color=BLACK, linewidth=0.9)
    low, high = (rows[end][known] for end in ("low", "high"))
    panel.vlines(x[known], low, high, color=BLUE, alpha=0.35, linewidth=1.2)
    panel.scatter(x[known], rows["estimate"][known], s=9, color=BLUE, label="with interval")
    if (~known).any():
        panel.scatter(
            x[~known], rows["estimate"][~known], s=11, facecolor="white", edgecolor=GREY,
            linewidth=0.9, label="Kendall, no interval",
        )  # fmt: skip
    if len(at):
        panel.scatter(
            at, rows["estimate"].iloc[at], s=60, marker="D", color=VERMILION, zorder=5,
            label=mark,
        )  # fmt: skip
    panel.set_ylabel(label)
    panel.legend(loc="upper left", fontsize=8.5, ncols=3)
    panel.margins(x=0.01, y=0.12)


def _board(panel: Axes, rows: pd.DataFrame, shown: Mapping[str, list[str]], at: Any) -> None:
    places, names, y = [], [], 0.0
    for axis, options in shown.items():
        for option in options:
            x = np.flatnonzero((rows[axis] == option).to_numpy())
            panel.scatter(x, np.full(len(x), y), marker="|", s=22, linewidth=1.1, color=GREY)
            chosen = np.intersect1d(x, at)
            panel.scatter(chosen, np.full(len(chosen), y), marker="D", s=22, color=VERMILION)
            places.append(y)
            names.append(f"{axis}: {option}" if option == options[0] else option)
            y += 1
        y += 0.6
    panel.set_yticks(places, names, fontsize=8)
    panel.set_ylim(y - 0.4, -0.7)
    panel.grid(visible=False)
    panel.tick_params(axis="y", length=0)
    panel.set_xlabel("Specifications, sorted by estimate")


def chooser(
    sets: Mapping[str, Mapping[str, Any]],
    still: str,
    note: str = "",
    words: Mapping[str, str] | None = None,
) -> str:
    """Write the data of a chooser of specifications; ``book/assets/multiverse.js`` shows them.

    Parameters
    ----------
    sets : mapping of str to mapping
        By label of a set (a language): ``axes`` (mapping of axis to options), ``table`` (as
        `humanlike.stats.multiverse.Multiverse.table`, of every combination of the axes) and
        ``published`` (mapping of axis to option).
    still : str
        HTML that stands in where no script runs, such as a table; escaped already.
    note : str
        Plain text above the numbers, such as a warning that data are simulated.
    words : mapping of str to str, optional
        Plain words for this use: ``caption`` of the table, ``marked`` (what the marked
        specification is), ``sets`` (what a set is). They have defaults in the script.

    Returns
    -------
    str
        HTML; nothing in the data can be taken for markup or end the script element.

    Raises
    ------
    HumanlikeError
        If a table does not hold every combination of its axes for each name.
    """
    shown = [_set(label, one) for label, one in sets.items()]
    data = {"note": note, "words": dict(words or {}), "sets": shown}
    warning = f"<p>{html.escape(note)}</p>" if note else ""
    return widget("multiverse", data, warning + still)


def _set(label: str, one: Mapping[str, Any]) -> dict[str, Any]:
    axes, table = one["axes"], one["table"]
    count = int(np.prod([len(options) for options in axes.values()]))
    names = list(dict.fromkeys(table["name"]))
    values = []
    for name in names:
        rows = table[table["name"] == name].sort_values("spec")
        if list(rows["spec"]) != list(range(count)):
            raise HumanlikeError(
                f"'{name}' has {len(rows)} specifications, but the axes have {count} combinations."
            )
        numbers = rows[["estimate", "low", "high"]].to_numpy(float)
        values.append([[_number(number) for number in row] for row in numbers])
    return {
        "label": label,
        "axes": [{"name": axis, "options": list(options)} for axis, options in axes.items()],
        "published": [str(one["published"].get(axis, "")) for axis in axes],
        "names": [_readable(name) for name in names],
        "contrast": [" - " in name for name in names],
        "values": values,
    }


def _readable(name: str) -> str:
    return " − ".join(MODEL_LABELS.get(part, part) for part in name.split(" - "))


def _number(value: float) -> float | None:
    return round(float(value), DIGITS) if np.isfinite(value) else None
