"""Figures of the concepts: similarity, map, dimensions needed, coverage."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from humanlike.errors import HumanlikeError
from humanlike.plots import style
from humanlike.plots.style import BLACK, BLUE, ORANGE, SKY, VERMILION
from humanlike.plots.widget import widget

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from humanlike.analysis.concepts import Coverage

# in step with MARKS and colours of book/assets/concepts.js and book.css
MARKERS = ("o", "s", "^", "D", "v", "P", "*", "p")
COLOURS = (VERMILION, BLUE, style.GREEN, ORANGE, style.PURPLE, style.GREY, style.YELLOW, SKY)
NEIGHBOURS = 8
DIGITS = 3


def similarity_map(similarity: NDArray[np.float64], categories: Sequence[str]) -> Figure:
    """Draw the similarity matrix with concepts ordered by category, similar ones side by side.

    Parameters
    ----------
    similarity : ndarray, (items, items)
        Symmetric, in 0 to 1.
    categories : sequence of str, (items,)
        One per item.
    """
    import matplotlib.pyplot as plt

    order, sizes = _ordered(similarity, categories)
    figure, panel = plt.subplots(figsize=(7.4, 7.0))
    shown = similarity[np.ix_(order, order)].copy()
    np.fill_diagonal(shown, np.nan)
    image = panel.imshow(shown, cmap="viridis", vmin=0, vmax=1, interpolation="nearest")
    ends = np.cumsum([0, *sizes.values()]) - 0.5
    for end in ends[1:-1]:
        panel.axhline(end, color="white", linewidth=1.2)
        panel.axvline(end, color="white", linewidth=1.2)
    middles = (ends[:-1] + ends[1:]) / 2
    labels = [f"{name} ({count})" for name, count in sizes.items()]
    panel.set_xticks(middles, list(sizes), rotation=60, ha="right", rotation_mode="anchor")
    panel.set_yticks(middles, labels)
    panel.grid(visible=False)
    panel.tick_params(length=0)
    figure.colorbar(image, ax=panel, shrink=0.8, label="Kept together, share of third things")
    return figure


def _ordered(
    similarity: NDArray[np.float64], categories: Sequence[str]
) -> tuple[list[int], dict[str, int]]:
    """Order items by category and, within it, so that neighbours in the tree stand together."""
    from scipy.cluster.hierarchy import leaves_list, linkage
    from scipy.spatial.distance import squareform

    labels, order, sizes = np.asarray(categories), [], {}
    for name in dict.fromkeys(categories):
        own = np.flatnonzero(labels == name)
        sizes[name] = len(own)
        if len(own) > 2:
            distances = squareform(1 - similarity[np.ix_(own, own)], checks=False)
            own = own[leaves_list(linkage(distances, "average", optimal_ordering=True))]
        order += own.tolist()
    return order, sizes


def variance_curves(readings: pd.DataFrame, share: float) -> Figure:
    """Draw the share of variance against the number of dimensions, one line per reading.

    Parameters
    ----------
    readings : DataFrame
        As `humanlike.analysis.concepts.readings` gives.
    share : float
        Share that is asked for, in (0, 1].
    """
    import matplotlib.pyplot as plt

    figure, panels = plt.subplots(1, 2, figsize=(7.4, 3.8), sharey=True)
    for panel, dims in zip(panels, (66, 49), strict=True):
        own = readings[readings["dims"] == dims]
        for place in range(len(own)):
            row = own.iloc[place]
            colour, count = (BLUE, "128") if row["items"] == "128" else (VERMILION, "1,854")
            panel.plot(
                np.arange(1, len(row["held"]) + 1), row["held"], color=colour,
                linestyle="-" if row["centred"] else ":", linewidth=1.8,
                label=f"{count}, {'centred' if row['centred'] else 'not centred'}: {row['needed']}",
            )  # fmt: skip
            marker, needed = "o" if row["items"] == "128" else "s", int(row["needed"])
            panel.plot(needed, row["held"][needed - 1], marker, color=colour, zorder=5)
        panel.axhline(share, color=BLACK, linewidth=0.9, linestyle="--")
        panel.axvspan(29, 30, color=ORANGE, alpha=0.35, linewidth=0)
        panel.set(
            title=f"{dims} dimensions", xlabel="Principal axes", ylim=(0.4, 1.01), xlim=(1, dims)
        )
        panel.legend(fontsize=8, loc="lower right", title="items: axes needed", title_fontsize=8)
    panels[0].set_ylabel("Share of variance held")
    return figure


def coverage_plot(found: Coverage) -> Figure:
    """Draw, for the dimensions outside the band, the concepts' mean loading beside random choices.

    Parameters
    ----------
    found : Coverage
        The comparison; at least one dimension lies outside, or all are drawn.
    """
    import matplotlib.pyplot as plt

    table = found.dimensions[found.dimensions["outside"]]
    table = found.dimensions if table.empty else table
    middle, half = (table["low"] + table["high"]) / 2, (table["high"] - table["low"]) / 2
    place = ((table["mean"] - middle) / half).sort_values()
    figure, panel = plt.subplots(figsize=(7.0, 0.8 + 0.21 * len(place)))
    y, more = np.arange(len(place)), place.to_numpy() > 0
    panel.axvspan(-1, 1, color=SKY, alpha=0.3, linewidth=0, label="95 % of random choices")
    panel.scatter(place[more], y[more], s=34, color=VERMILION, marker="D", label="over-represented")
    panel.scatter(place[~more], y[~more], s=34, color=BLUE, label="under-represented")
    panel.set_yticks(y, [str(name) for name in place.index], fontsize=8)
    panel.set_xlabel("Mean loading of the concepts, in half-widths of the band")
    panel.grid(visible=False)
    panel.margins(y=0.03)
    panel.legend(loc="lower right", fontsize=8.5)
    return figure


def concept_map(
    places: NDArray[np.float64],
    names: Sequence[str],
    categories: Sequence[str],
    axes: Sequence[str],
) -> Figure:
    """Draw the concepts on two axes; as many names as fit without covering each other.

    Parameters
    ----------
    places : ndarray, (items, 2)
        Where each concept lies.
    names, categories : sequence of str, (items,)
        One per item; at most eight different categories.
    axes : sequence of str, (2,)
        What the axes are.
    """
    import matplotlib.pyplot as plt

    groups = _groups(categories)
    figure, panel = plt.subplots(figsize=(7.4, 6.2))
    labels = np.asarray(categories)
    for number, group in enumerate(groups):
        own = labels == group
        panel.scatter(
            places[own, 0], places[own, 1], s=34, marker=MARKERS[number], color=COLOURS[number],
            label=group, edgecolor=BLACK, linewidth=0.5,
        )  # fmt: skip
    panel.set(xlabel=axes[0], ylabel=axes[1])
    panel.grid(visible=False)
    panel.legend(fontsize=8.5, ncols=4, loc="upper center", bbox_to_anchor=(0.5, -0.1))
    _write_names(panel, places, names)
    return figure


def _groups(categories: Sequence[str]) -> list[str]:
    groups = list(dict.fromkeys(categories))
    if len(groups) > len(MARKERS):
        raise HumanlikeError(
            f"A map tells at most {len(MARKERS)} categories apart; there are {len(groups)}. "
            "Join some of them."
        )
    return groups


def _write_names(panel: Axes, places: NDArray[np.float64], names: Sequence[str]) -> None:
    """Write names beside their points, skipping those that would cover a name or a point."""
    width, height = np.ptp(places, axis=0) * [0.0135, 0.024]
    taken: list[tuple[float, float, float]] = []
    for place, ((x, y), name) in enumerate(zip(places, names, strict=True)):
        start, end = x + width, x + width * (len(name) + 1.5)
        inside = (abs(places[:, 1] - y) < height / 2) & (places[:, 0] > x) & (places[:, 0] < end)
        inside[place] = False
        free = all(abs(y - b) > height or end < a or start > c for a, b, c in taken)
        if free and not inside.any():
            taken.append((start, y, end))
            panel.annotate(
                name, (x, y), fontsize=7, xytext=(5, 0), textcoords="offset points", va="center"
            )


def concept_map_widget(
    concepts: pd.DataFrame,
    axes: pd.DataFrame,
    n_principal: int,
    similarity: NDArray[np.float64],
    start: str,
    still: str,
) -> str:
    """Write the data of a map of concepts; ``book/assets/concepts.js`` draws it.

    Parameters
    ----------
    concepts : DataFrame
        Columns ``concept``, ``category`` (at most eight different) and ``definition``.
    axes : DataFrame, (concepts, axes)
        Places on every axis that can be chosen: first principal axes, then named dimensions.
    n_principal : int
        How many are principal axes; they are not listed among a concept's dimensions.
    similarity : ndarray, (concepts, concepts)
        Symmetric.
    start : str
        Concept shown first.
    still : str
        What stands in for the map where no script runs, as plain text.

    Returns
    -------
    str
        HTML; nothing in it can be taken for markup or end the script element.

    Raises
    ------
    HumanlikeError
        If the tables do not fit, a number is missing, or the first concept is not in them.
    """
    names, groups = concepts["concept"].tolist(), _groups(concepts["category"].tolist())
    if len(axes) != len(names) or similarity.shape != (len(names), len(names)):
        raise HumanlikeError(
            f"{len(names)} concepts, but places of {len(axes)} and similarities of "
            f"{similarity.shape[0]} by {similarity.shape[1]}. Select the same concepts."
        )
    if not (np.isfinite(axes.to_numpy()).all() and np.isfinite(similarity).all()):
        raise HumanlikeError("Places and similarities need a finite number for every concept.")
    if start not in names:
        raise HumanlikeError(f"The map cannot begin with '{start}': it is not one of the concepts.")
    data = {
        "axes": [str(name) for name in axes.columns],
        "principal": n_principal,
        "categories": groups,
        "concepts": [
            {"name": name, "category": groups.index(category), "text": text}
            for name, category, text in concepts[["concept", "category", "definition"]].to_numpy()
        ],
        "places": [[round(float(value), DIGITS) for value in row] for row in axes.to_numpy()],
        "near": [_nearest(row, place) for place, row in enumerate(similarity)],
        "start": names.index(start),
    }
    return widget("concepts", data, f"<p>{html.escape(still)}</p>")


def _nearest(row: NDArray[np.float64], own: int) -> list[list[Any]]:
    """List the most similar others with their similarity."""
    order = [int(place) for place in np.argsort(-row, kind="stable") if place != own]
    return [[place, round(float(row[place]), DIGITS)] for place in order[:NEIGHBOURS]]
