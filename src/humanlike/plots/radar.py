"""Rating profiles as radar charts: a still figure of one word, and data for a chart of any word."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from humanlike.errors import HumanlikeError, unknown
from humanlike.plots.style import GREEN, MODEL_COLOURS, MODEL_LABELS
from humanlike.plots.widget import widget

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LINES = {"human": "-", "base": "--", "qa_ft": ":", "nl_ft": "-.", "en_ft": (0, (6, 1))}
MARKERS = {"human": "P", "base": "o", "qa_ft": "s", "nl_ft": "^", "en_ft": "D"}
TOP = 5.0
DIGITS = 3


def radar(profiles: pd.DataFrame) -> Figure:
    """Draw the profiles of one word, one line per source.

    Parameters
    ----------
    profiles : DataFrame
        Shape (dimensions, sources), ratings from 0 to 5; columns ``human``, versions of
        GPT-4o-mini, and at most one other model under its own name.
    """
    import matplotlib.pyplot as plt

    angles = np.linspace(0, 2 * np.pi, len(profiles), endpoint=False)
    figure = plt.figure(figsize=(6.4, 5.4))
    axes: Any = figure.add_subplot(projection="polar")
    closed = np.append(angles, angles[0])
    for name in profiles.columns:
        values = profiles[name].to_numpy(float)
        width = 2.6 if name == "human" else 1.7
        axes.plot(closed, np.append(values, values[0]), color=MODEL_COLOURS.get(name, GREEN),
                  linestyle=LINES.get(name, "-."), marker=MARKERS.get(name, "v"), markersize=5,
                  linewidth=width, label=MODEL_LABELS.get(name, name), clip_on=False)  # fmt: skip
    axes.set_theta_zero_location("N")
    axes.set_theta_direction(-1)
    axes.set_xticks(angles, list(profiles.index))
    axes.tick_params(axis="x", pad=8)
    for angle, label in zip(angles, axes.get_xticklabels(), strict=True):
        side = np.sin(angle)
        label.set_ha("center" if abs(side) < 0.1 else "left" if side > 0 else "right")
    axes.set_yticks(range(1, 6), [str(tick) for tick in range(1, 6)], fontsize=8)
    axes.set_ylim(0, TOP)
    axes.grid(visible=True)
    figure.legend(loc="outside lower center", ncols=len(profiles.columns))
    return figure


def radar_widget(
    tables: Mapping[str, pd.DataFrame], translations: Sequence[str], start: str, still: str
) -> str:
    """Write the data of a radar chart of any word; ``book/assets/radar.js`` draws it.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        By source, ``human`` first: shape (words, dimensions), ratings from 0 to 5, NaN where there
        is none. All have the same words and dimensions.
    translations : sequence of str
        One per word.
    start : str
        Word shown first.
    still : str
        What stands in for the chart where no script runs, as plain text.

    Returns
    -------
    str
        HTML; nothing in it can be taken for markup or end the script element.

    Raises
    ------
    HumanlikeError
        If the tables do not fit, ``human`` is not the first, or the first word is not in them.
    """
    human = next(iter(tables.values())) if tables else pd.DataFrame()
    if not tables or next(iter(tables)) != "human":
        raise HumanlikeError("Expected tables by source with 'human' first. Reorder them.")
    for name, table in tables.items():
        if not (table.index.equals(human.index) and table.columns.equals(human.columns)):
            raise HumanlikeError(
                f"The words or dimensions of '{name}' are not those of 'human'. Select the same."
            )
    if len(translations) != len(human):
        raise HumanlikeError(f"{len(translations)} translations came for {len(human)} words.")
    if start not in human.index:
        raise HumanlikeError(unknown("word", start, [str(word) for word in human.index[:20]]))
    data = {
        "top": TOP,
        "dimensions": [str(name) for name in human.columns],
        "sources": [{"key": name, "label": MODEL_LABELS[name]} for name in tables],
        "words": [str(word) for word in human.index],
        "translations": [str(word) for word in translations],
        "ratings": [
            _row(rows) for rows in zip(*(t.to_numpy() for t in tables.values()), strict=True)
        ],
        "start": str(start),
    }
    return widget("radar", data, f"<p>{html.escape(still)}</p>")


def _row(rows: Sequence[Any]) -> list[float | int | None]:
    """Put the ratings of one word by all sources in one list, whole numbers without a point."""
    values = []
    for value in np.concatenate(rows):
        number = None if not np.isfinite(value) else round(float(value), DIGITS)
        values.append(int(number) if number is not None and number.is_integer() else number)
    return values
