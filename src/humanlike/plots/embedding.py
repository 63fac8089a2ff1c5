"""Figures of the chapter from judgements to a space."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from humanlike.plots.style import BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE, VERMILION

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Floats = NDArray[np.float64]
LOOKS = {
    "crowd_kernel": ("crowd kernel", BLUE, "-", "o"),
    "ste": ("STE", ORANGE, "--", "s"),
    "t_ste": ("t-STE", GREEN, "-.", "^"),
    "soe": ("SOE", VERMILION, ":", "D"),
    "gnmds": ("GNMDS", PURPLE, (0, (5, 1, 1, 1, 1, 1)), "v"),
}


def loss_shapes(ratios: Floats, panels: Mapping[str, Mapping[str, Floats]]) -> Figure:
    """Draw what each loss charges against the ratio of the two distances.

    Parameters
    ----------
    ratios : ndarray, (points,)
        Distance of the farther item over that of the nearer one; 1 is a tie.
    panels : mapping of str to mapping of str to ndarray, (points,)
        By title, then by loss: the charge relative to that for a tie.
    """
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, len(panels), figsize=(7.6, 3.5), sharey=True, squeeze=False)
    for panel, (title, values) in zip(axes[0], panels.items(), strict=True):
        for loss, charge in values.items():
            label, colour, line, _ = LOOKS[loss]
            panel.plot(ratios, charge, color=colour, linestyle=line, linewidth=1.9, label=label)
        panel.axvline(1, color=GREY, linewidth=0.8)
        panel.set_xscale("log", base=2)
        panel.set_xticks([0.25, 0.5, 1, 2, 4], ["¼", "½", "1", "2", "4"])
        panel.set_ylim(-0.1, 6)
        panel.set_title(title)
        panel.set_xlabel("Ratio of distances, farther to nearer")
    axes[0][0].set_ylabel("Loss (a tie costs 1)")
    axes[0][-1].legend()
    return figure


def courses(panels: Mapping[str, tuple[Floats, int]]) -> Figure:
    """Draw training and held-out loss against the steps of the search, one panel per loss.

    Parameters
    ----------
    panels : mapping of str to tuple
        By loss: the course (steps + 1, 2) and the step whose points are kept.
    """
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, len(panels), figsize=(7.4, 3.3), squeeze=False)
    for panel, (loss, (course, best)) in zip(axes[0], panels.items(), strict=True):
        steps = np.arange(len(course))
        panel.plot(steps, course[:, 0], color=GREY, linestyle="--", label="training answers")
        panel.plot(steps, course[:, 1], color=BLUE, label="held-out answers")
        panel.plot(best, course[best, 1], "o", color=VERMILION, markersize=7, label="kept")
        low, high = course[best:, 0].min(), course[best:, 1].max()
        panel.set_ylim(low - 0.1 * (high - low), high + 0.6 * (high - low))
        panel.set_title(LOOKS[loss][0])
        panel.set_xlabel("Step of the search")
    axes[0][0].set_ylabel("Mean loss per answer (nats)")
    axes[0][-1].legend()
    return figure


def by_loss(table: pd.DataFrame) -> Figure:
    """Draw held-out accuracy for every judge and loss, with each judge's ceiling.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns ``judge``, ``loss``, ``accuracy``, ``low``, ``high``, ``ceiling``.
    """
    import matplotlib.pyplot as plt

    judges, losses = list(dict.fromkeys(table["judge"])), list(dict.fromkeys(table["loss"]))
    figure, axes = plt.subplots(figsize=(7, 0.95 * len(judges) + 1.3))
    for row, judge in enumerate(reversed(judges)):
        part = table[table["judge"] == judge].set_index("loss")
        for place, loss in enumerate(losses):
            label, colour, _, marker = LOOKS[loss]
            y = row + 0.3 - 0.15 * place
            one = part.loc[loss]
            axes.plot([one["low"], one["high"]], [y, y], color=colour, linewidth=1.6)
            axes.plot(one["accuracy"], y, marker, color=colour, markersize=6.5,
                      label=label if row == 0 else None)  # fmt: skip
        ceiling = part["ceiling"].iloc[0]
        if np.isfinite(ceiling):
            known = "knows all the judge knows" if row == len(judges) - 1 else None
            axes.plot(
                [ceiling] * 2, [row - 0.4, row + 0.4], color=BLACK, linewidth=1.5, label=known
            )
    axes.set_yticks(range(len(judges)), list(reversed(judges)))
    axes.grid(axis="x")
    axes.set_xlim(0.5, 1.01)
    axes.set_xlabel("Held-out answers predicted (share; guessing gives 0.5)")
    figure.legend(loc="outside lower center", ncols=6, columnspacing=1, handletextpad=0.4)
    return figure


def by_dims(table: pd.DataFrame, chosen: int) -> Figure:
    """Draw held-out accuracy against the number of dimensions, one panel per judge.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns ``judge``, ``loss``, ``n_dims``, ``accuracy``, ``low``, ``high``, ``ceiling``.
    chosen : int
        Number of dimensions to mark.
    """
    import matplotlib.pyplot as plt

    judges: Sequence[str] = list(dict.fromkeys(table["judge"]))
    figure, axes = plt.subplots(1, len(judges), figsize=(7.6, 3.4), sharey=True, squeeze=False)
    for panel, judge in zip(axes[0], judges, strict=True):
        _curves(panel, table[table["judge"] == judge])
        panel.axvline(chosen, color=GREY, linewidth=1, linestyle=":")
        panel.set_xscale("log")
        ticks = [2, 5, 10, 30, 60]
        panel.set_xticks(ticks, [str(tick) for tick in ticks])
        panel.minorticks_off()
        panel.set_title(judge)
        panel.set_xlabel("Dimensions")
    axes[0][0].set_ylabel("Held-out answers predicted (share)")
    handles, labels = axes[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4)
    return figure


def _curves(panel: Axes, part: pd.DataFrame) -> None:
    for loss, rows in part.groupby("loss", sort=False):
        label, colour, line, marker = LOOKS[str(loss)]
        panel.fill_between(rows["n_dims"], rows["low"], rows["high"], color=colour, alpha=0.18)
        panel.plot(rows["n_dims"], rows["accuracy"], color=colour, linestyle=line, marker=marker,
                   markersize=4.5, label=label)  # fmt: skip
    ceiling = part["ceiling"].iloc[0]
    if np.isfinite(ceiling):
        panel.axhline(ceiling, color=BLACK, linewidth=1.3, label="knows all the judge knows")
