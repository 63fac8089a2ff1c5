"""Figures of the chapter on languages and tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from humanlike.plots.style import BLACK, BLUE, GREEN, MODEL_COLOURS, MODEL_LABELS

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MARKERS = {"base": "o", "qa_ft": "s", "nl_ft": "^", "en_ft": "D", "lancaster_ft": "D"}
COLOURS = MODEL_COLOURS | {"lancaster_ft": MODEL_COLOURS["en_ft"]}
LABELS = MODEL_LABELS | {"lancaster_ft": "Rating_FT"}


def transfer_dots(table: pd.DataFrame) -> Figure:
    """Draw every score of every model, one panel per measure, one row per test.

    Parameters
    ----------
    table : DataFrame
        Columns ``measure``, ``test``, ``model``, ``estimate``, ``low``, ``high``.
    """
    import matplotlib.pyplot as plt

    measures, tests = list(table["measure"].unique()), list(table["test"].unique())
    models = [m for m in MARKERS if m in set(table["model"])]
    figure, axes = plt.subplots(
        1, len(measures), figsize=(7.6, 0.75 * len(tests) + 1.7), sharey=True, squeeze=False
    )
    for panel, measure in zip(axes[0], measures, strict=True):
        rows = table[table["measure"] == measure]
        for place, model in enumerate(models):
            own = rows[rows["model"] == model]
            shift = 0.6 * (place - (len(models) - 1) / 2) / max(len(models), 2)
            y = [tests.index(test) + shift for test in own["test"]]
            _dots(panel, own, y, model)
        panel.set_xlabel(measure)
        panel.grid(axis="x")
        panel.grid(visible=False, axis="y")
    axes[0][0].set_yticks(range(len(tests)), tests)
    axes[0][0].invert_yaxis()
    handles, labels = axes[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=len(models))
    return figure


def _dots(panel: Axes, rows: pd.DataFrame, y: Sequence[float], model: str) -> None:
    panel.hlines(y, rows["low"], rows["high"], color=COLOURS[model], linewidth=1.6)
    panel.scatter(
        rows["estimate"], y, color=COLOURS[model], marker=MARKERS[model], s=26, zorder=3,
        label=LABELS[model],
    )  # fmt: skip


def motor_bars(table: pd.DataFrame) -> Figure:
    """Draw what predicts the motor ratings, read-outs apart from the models' own answers.

    Parameters
    ----------
    table : DataFrame
        Columns ``label``, ``kind`` (``answer`` or ``read-out``), ``estimate``, ``low``, ``high``.
    """
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 0.42 * len(table) + 1.3))
    looks = {
        "answer": (BLUE, "", "model's own motor ratings"),
        "read-out": (GREEN, "////", "linear read-out"),
    }
    for kind, (colour, hatch, label) in looks.items():
        rows = table[table["kind"] == kind]
        at = np.flatnonzero(table["kind"] == kind)
        axes.barh(
            at, rows["estimate"], 0.7, color="white" if hatch else colour, edgecolor=colour,
            hatch=hatch, label=label,
        )  # fmt: skip
    axes.hlines(range(len(table)), table["low"], table["high"], color=BLACK, linewidth=1.3)
    for place, (estimate, high) in enumerate(zip(table["estimate"], table["high"], strict=True)):
        axes.text(high + 0.008, place, f"{estimate:.2f}", va="center", fontsize=8.5)
    axes.set_yticks(range(len(table)), list(table["label"]))
    axes.invert_yaxis()
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")
    axes.set_xlabel("Spearman's ρ between RDMs, five motor dimensions")
    figure.legend(loc="outside lower center", ncols=2)
    return figure


def accuracy_dots(table: pd.DataFrame, chance: float, counts: Mapping[str, int]) -> Figure:
    """Draw the accuracy of each model by modality.

    Parameters
    ----------
    table : DataFrame
        Columns ``modality``, ``model_key``, ``share``, ``low``, ``high``.
    chance : float
        Accuracy of guessing.
    counts : mapping of str to int
        Questions per modality, in the order to show.
    """
    import matplotlib.pyplot as plt

    names = list(counts)
    models = [m for m in MARKERS if m in set(table["model_key"])]
    figure, axes = plt.subplots(figsize=(7, 0.6 * len(names) + 1.5))
    for place, model in enumerate(models):
        own = table[table["model_key"] == model].rename(columns={"share": "estimate"})
        shift = 0.2 * (place - (len(models) - 1) / 2)
        y = [names.index(name) + shift for name in own["modality"]]
        _dots(axes, own, y, model)
    axes.axvline(chance, color=BLACK, linestyle="--", linewidth=1)
    axes.text(chance + 0.01, -0.42, "chance", va="center", fontsize=9)
    axes.set_yticks(range(len(names)), [f"{name} ({counts[name]})" for name in names])
    axes.invert_yaxis()
    axes.set_xlim(0, 1)
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")
    axes.set_xlabel("Share of questions answered correctly")
    figure.legend(loc="outside lower center", ncols=len(models))
    return figure
