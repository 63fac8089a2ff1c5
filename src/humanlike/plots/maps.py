"""Concepts of several minds in two dimensions, and how far categories show in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from humanlike.plots.concepts import COLOURS, MARKERS
from humanlike.plots.style import BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, VERMILION

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Floats = NDArray[np.float64]
LOOKS = (
    (BLUE, "o"),
    (VERMILION, "s"),
    (GREEN, "^"),
    (ORANGE, "D"),
    (PURPLE, "v"),
    (SKY, "P"),
    (BLACK, "X"),
)
REST = "other"
COLUMNS = 3


def concept_maps(
    views: Mapping[str, Floats], categories: Sequence[str], axes_name: str, *, shared: bool
) -> Figure:
    """Draw one panel per mind; categories differ in colour and marker.

    Parameters
    ----------
    views : mapping of str to ndarray, each (concepts, 2)
        By the title of the panel.
    categories : sequence of str, (concepts,)
        Looks are those of `humanlike.plots.concepts.concept_map`; categories beyond these share
        one, and ``other`` is a grey dot.
    axes_name : str
        What both axes show.
    shared : bool
        Whether all panels have the same axes.
    """
    import matplotlib.pyplot as plt

    width = min(len(views), COLUMNS)
    height = -(-len(views) // width)
    figure, axes = plt.subplots(
        height, width, figsize=(7.4, 0.9 + 7.0 * height / max(width, 2)), squeeze=False,
        sharex=shared, sharey=shared,
    )  # fmt: skip
    for panel in axes.ravel()[len(views) :]:
        panel.set_visible(False)
    for panel, (title, view) in zip(axes.ravel(), views.items(), strict=False):
        _map(panel, view, np.asarray(categories))
        panel.set_title(title, fontsize=10)
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=4, fontsize=9)
    figure.supxlabel(axes_name, fontsize=9)
    return figure


def _map(panel: Axes, view: Floats, categories: NDArray[np.str_]) -> None:
    kinds = list(dict.fromkeys(categories.tolist()))
    looks = dict(zip(kinds, zip(COLOURS, MARKERS, strict=True), strict=False))
    for name in sorted(kinds, key=lambda kind: kind == REST):
        colour, marker = looks.get(name, (BLACK, "X")) if name != REST else (GREY, ".")
        own = view[categories == name]
        if len(own):
            panel.scatter(
                own[:, 0], own[:, 1], s=26 if name != REST else 18, c=colour, marker=marker,
                label=name, linewidths=0, alpha=0.9,
            )  # fmt: skip
    panel.set_aspect("equal", adjustable="box")
    panel.set_xticks([])
    panel.set_yticks([])
    for side in ("top", "right"):
        panel.spines[side].set_visible(True)
    panel.grid(visible=False)


def structure_dots(table: pd.DataFrame) -> Figure:
    """Draw the silhouette of each category in each mind's space.

    Parameters
    ----------
    table : DataFrame
        Index: categories in the order to show, the mean over all items last; one column per mind.
    """
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 0.9 + 0.36 * len(table)))
    rows = np.arange(len(table))[::-1]
    for place, name in enumerate(table.columns):
        colour, marker = LOOKS[place % len(LOOKS)]
        shift = ((len(table.columns) - 1) / 2 - place) * 0.14
        axes.plot(
            table[name], rows + shift, marker, color=colour, markersize=6, label=name,
            fillstyle="full" if place == 0 else "none", markeredgewidth=1.5,
        )  # fmt: skip
    axes.axvline(0, color=BLACK, linewidth=0.8)
    axes.set_yticks(rows, table.index)
    axes.grid(visible=True, axis="both")
    axes.set_xlabel("Mean silhouette (−1 to 1; above 0: nearer to its own category)")
    figure.legend(loc="outside upper center", ncols=3)
    return figure
