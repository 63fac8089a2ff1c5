"""Figures of the chapter on the two tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from humanlike.plots.style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NUMBERS = "number"
LOOKS = {
    "random": ("random weights", GREY, "x"),
    "layer": ("layers, from 0", BLACK, NUMBERS),
    "whole": ("encoder", BLUE, "o"),
    "readout": ("linear read-out", GREEN, "s"),
    "taught": ("taught ratings", VERMILION, "D"),
    "shuffled": ("taught shuffled ratings", ORANGE, "d"),
    "stored": ("asked before", PURPLE, "^"),
}
"""Label, colour and marker of each kind of judge."""


def both_tests(judges: pd.DataFrame, simulated: pd.DataFrame) -> Figure:
    """Draw the result of one test against that of the other.

    Parameters
    ----------
    judges : DataFrame
        Columns ``kind``, ``name``, ``rsa``, ``agreement``, each with ``_low`` and ``_high``. Layers
        are drawn as numbers, from 0 in their order.
    simulated : DataFrame
        Columns ``rsa`` and ``agreement`` of observers whose errors are independent.
    """
    import matplotlib.pyplot as plt

    figure, (whole, near) = plt.subplots(
        1, 2, figsize=(8.2, 4.0), gridspec_kw={"width_ratios": (1, 1.5)}
    )
    whole.scatter(simulated["rsa"], simulated["agreement"], s=14, marker=".", color=BLACK,
                  label="simulated, independent errors")  # fmt: skip
    for panel in (whole, near):
        for kind, (label, colour, marker) in LOOKS.items():
            own = judges[judges["kind"] == kind]
            if len(own):
                _points(panel, own, label, colour, marker)
        panel.axhline(0.5, color=GREY, linewidth=0.9, linestyle="--")
        panel.axvline(0, color=GREY, linewidth=0.9, linestyle="--")
        panel.grid(axis="x")
        panel.set_xlabel("Ratings: RSA with people (Spearman's ρ)", fontsize=9)
    whole.set_ylabel("Triplets: share judged as people's space", fontsize=9)
    whole.set_title("Everybody")
    near.set_title("Models only")
    handles, labels = whole.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4, fontsize=8.5)
    return figure


def _points(panel: Axes, own: pd.DataFrame, label: str, colour: str, marker: str) -> None:
    """Draw judges of one kind with both intervals; layers as numbers."""
    panel.hlines(own["agreement"], own["rsa_low"], own["rsa_high"], color=colour, linewidth=0.7)
    panel.vlines(own["rsa"], own["agreement_low"], own["agreement_high"], color=colour,
                 linewidth=0.7)  # fmt: skip
    places = own[["rsa", "agreement"]].to_numpy(float)
    for number, (across, up) in enumerate(places):
        shape = f"${number}$" if marker == NUMBERS else marker
        panel.scatter(across, up, s=46, marker=shape, color=colour, zorder=3 + number,
                      label=label if number == 0 else None)  # fmt: skip


def explained(space: pd.DataFrame, ratings: pd.DataFrame, n: int) -> Figure:
    """Draw how well each test's dimensions are predicted from the other test.

    Parameters
    ----------
    space : DataFrame
        Columns ``dimension``, ``r2``, ``other_r2``; the n best and the n worst are drawn.
    ratings : DataFrame
        Columns ``dimension``, ``r2``, ``reliable``.
    n : int
        How many.
    """
    import matplotlib.pyplot as plt

    ordered = space.sort_values("r2", ascending=False)
    ends = ordered if len(ordered) <= 2 * n else _ends(ordered, n)
    figure, (left, right) = plt.subplots(1, 2, figsize=(8.4, 0.2 * len(ends) + 1.5))
    _against(left, ends, "other_r2", "from the other embedding")
    _against(right, ratings.sort_values("r2", ascending=False), "reliable", "not rater noise")
    left.set_title("Dimensions of triplets")
    right.set_title("Rated dimensions")
    left.set_xlabel("R² from ratings", fontsize=9)
    right.set_xlabel("R² from people's space", fontsize=9)
    for panel in (left, right):
        panel.legend(fontsize=8, loc="upper center", bbox_to_anchor=(0.5, -0.07))
    return figure


def _ends(ordered: pd.DataFrame, n: int) -> pd.DataFrame:
    import pandas as pd

    return pd.concat([ordered.head(n), ordered.tail(n)])


def _against(panel: Axes, rows: pd.DataFrame, limit: str, label: str) -> None:
    places = np.arange(len(rows))
    panel.barh(places, rows["r2"], color=SKY, height=0.7)
    panel.scatter(rows[limit], places, marker="|", s=70, color=BLACK, label=label, zorder=3)
    panel.set_yticks(places, [str(name) for name in rows["dimension"]], fontsize=8)
    panel.invert_yaxis()
    panel.axvline(0, color=BLACK, linewidth=0.8)
    panel.set_xlim(min(-0.02, float(rows["r2"].min())), 1.02)
    panel.grid(axis="y", visible=False)
    panel.grid(axis="x")


def rows_of(panels: Mapping[str, pd.DataFrame], marks: Mapping[str, tuple[float, str]]) -> Figure:
    """Draw estimates with intervals in rows, one panel per measure.

    Parameters
    ----------
    panels : mapping of str to DataFrame
        By the label of the axis: columns ``label``, ``estimate``, ``low``, ``high``.
    marks : mapping of str to (float, str)
        A dashed line in the panel of that label, with its name.
    """
    import matplotlib.pyplot as plt

    most = max(map(len, panels.values()))
    figure, axes = plt.subplots(1, len(panels), figsize=(8.2, 0.34 * most + 1.5), squeeze=False)
    for panel, (label, rows) in zip(axes[0], panels.items(), strict=True):
        places = np.arange(len(rows))
        panel.hlines(places, rows["low"], rows["high"], color=BLUE, linewidth=1.6)
        panel.scatter(rows["estimate"], places, s=34, color=BLUE, zorder=3)
        panel.set_yticks(places, list(rows["label"]), fontsize=9)
        panel.invert_yaxis()
        panel.set_xlabel(label, fontsize=9)
        panel.grid(axis="y", visible=False)
        panel.grid(axis="x")
        if label in marks:
            at, name = marks[label]
            panel.axvline(at, color=GREY, linestyle="--", linewidth=1)
            panel.annotate(name, (at, 0.99), xycoords=("data", "axes fraction"), fontsize=8,
                           xytext=(3, 0), textcoords="offset points", va="top")  # fmt: skip
    return figure
