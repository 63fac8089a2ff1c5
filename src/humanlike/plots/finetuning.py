"""Figures of the chapter on fine-tuning a model oneself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from humanlike.plots.style import BLACK, BLUE, GREEN, GREY, MODEL_COLOURS, VERMILION

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LOOKS = {"readout": (GREEN, "s", "--"), "tuned": (VERMILION, "D", "-")}
PUPIL = {"zero": (GREY, "o"), "readout": (GREEN, "s"), "tuned": (VERMILION, "D")}
GPT_MARKER = "^"


def compared(table: pd.DataFrame) -> Figure:
    """Draw scores with intervals, one panel per measure, one row per model.

    Parameters
    ----------
    table : DataFrame
        Columns ``measure``, ``name``, ``label``, ``estimate``, ``low``, ``high``; names that end in
        ``readout`` or ``tuned`` or are ``zero`` belong to the pupil, the others to GPT-4o-mini.
    """
    import matplotlib.pyplot as plt

    measures, labels = list(table["measure"].unique()), list(table["label"].unique())
    figure, axes = plt.subplots(
        1, len(measures), figsize=(7.6, 0.36 * len(labels) + 1.1), sharey=True, squeeze=False
    )
    for panel, measure in zip(axes[0], measures, strict=True):
        for row in table[table["measure"] == measure].itertuples():
            place = labels.index(row.label)
            colour, marker = _look(str(row.name))
            open_ = "shuffled" in row.name
            panel.hlines(place, row.low, row.high, color=colour, linewidth=1.6)
            panel.scatter(row.estimate, place, marker=marker, s=34, zorder=3, edgecolor=colour,
                          color="white" if open_ else colour)  # fmt: skip
        panel.axvline(0, color=BLACK, linewidth=0.7)
        panel.set_xlabel(measure)
        panel.grid(axis="x")
        panel.grid(visible=False, axis="y")
    axes[0][0].set_yticks(range(len(labels)), labels)
    axes[0][0].invert_yaxis()
    return figure


def _look(name: str) -> tuple[str, str]:
    method = name.rpartition(".")[2]
    return PUPIL[method] if method in PUPIL else (MODEL_COLOURS[name], GPT_MARKER)


def dose_curves(
    curve: pd.DataFrame,
    scores: pd.DataFrame,
    marks: Mapping[str, Mapping[str, float]],
    titles: Mapping[str, str],
) -> Figure:
    """Draw scores against the number of training words, one panel per measure.

    Parameters
    ----------
    curve : DataFrame
        From `humanlike.analysis.finetuning.dose_response`.
    scores : DataFrame
        Single draws, columns ``training``, ``method``, ``words`` and one per measure.
    marks : dict of str to dict of str to float
        Per measure, levels to mark with a horizontal line, by label.
    titles : dict of str to str
        Name of each measure.
    """
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, len(titles), figsize=(7.8, 3.5))
    single = scores[scores["training"].eq("all") & scores["words"].isin(curve["words"])]
    for panel, (short, title) in zip(axes, titles.items(), strict=True):
        for method, (colour, marker, line) in LOOKS.items():
            own = curve[(curve["method"] == method) & (curve["short"] == short)]
            dots = single[single["method"] == method]
            panel.scatter(dots["words"], dots[short], color=colour, s=9, alpha=0.5, linewidth=0)
            panel.errorbar(
                own["words"], own["mean"], (own["mean"] - own["low"], own["high"] - own["mean"]),
                color=colour, marker=marker, linestyle=line, markersize=5, capsize=2,
                label={"readout": "linear read-out", "tuned": "trained"}[method],
            )  # fmt: skip
        _levels(panel, marks.get(short, {}))
        panel.set_xscale("log")
        doses = sorted(set(curve["words"]))
        panel.set_xticks(doses, [f"{dose:,}" for dose in doses], rotation=45, fontsize=8)
        panel.set_xticks([], minor=True)
        panel.set_xlabel("Training words")
        panel.set_title(title, fontsize=9.5)
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2)
    return figure


def _levels(panel: Axes, levels: Mapping[str, float]) -> None:
    for label, level in levels.items():
        panel.axhline(level, color=BLUE, linewidth=1, linestyle=":")
        panel.annotate(
            label, (0.98, level), xycoords=("axes fraction", "data"), fontsize=7.5, color=BLUE,
            va="bottom", ha="right", bbox={"fc": "white", "alpha": 0.8, "lw": 0, "pad": 0.5},
        )  # fmt: skip
