"""Estimates with their intervals in rows, one marker per way of estimating."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from humanlike.errors import HumanlikeError
from humanlike.plots.style import BLACK, BLUE, GREEN, VERMILION

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

LOOKS = ((BLUE, "o"), (VERMILION, "D"), (GREEN, "s"), (BLACK, "^"))


def forest(
    labels: Sequence[str], series: Mapping[str, pd.DataFrame], label: str, width: float = 7.0
) -> Figure:
    """Draw estimates and intervals, the first label on top.

    Parameters
    ----------
    labels : sequence of str
        Rows.
    series : mapping of str to DataFrame
        By name in the legend, at most four: columns ``estimate``, ``low``, ``high``, one row per
        label. A missing estimate or interval is not drawn.
    label : str
        What is estimated, with its unit.
    width : float
        Inches.

    Raises
    ------
    HumanlikeError
        If there are more than four series, or one has another number of rows.
    """
    import matplotlib.pyplot as plt

    if not 0 < len(series) <= len(LOOKS):
        raise HumanlikeError(f"Expected one to {len(LOOKS)} series, but {len(series)} came.")
    step = 0.62 / len(series)
    figure, axes = plt.subplots(figsize=(width, (0.2 + 0.1 * len(series)) * len(labels) + 1.4))
    for at, ((name, rows), (colour, marker)) in enumerate(zip(series.items(), LOOKS, strict=False)):
        if len(rows) != len(labels):
            raise HumanlikeError(f"{len(labels)} rows, but '{name}' has {len(rows)} estimates.")
        y = np.arange(len(labels)) + (at - (len(series) - 1) / 2) * step
        estimate, low, high = (rows[c].to_numpy(float) for c in ("estimate", "low", "high"))
        axes.hlines(y, low, high, color=colour, linewidth=1.6)
        axes.scatter(estimate, y, s=34, marker=marker, color=colour, label=name, zorder=3)
    axes.axvline(0, color=BLACK, linewidth=0.9)
    axes.set_yticks(range(len(labels)), labels)
    axes.invert_yaxis()
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x")
    axes.set_xlabel(label)
    if len(series) > 1:
        figure.legend(loc="outside upper center", ncols=2 if len(series) == 4 else len(series))
    return figure
