"""Figures of a class that answered triplets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from humanlike.plots.style import BLACK, BLUE, GREEN, GREY, VERMILION

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Range = tuple[float, float, float]
"""Estimate, lower and upper end."""
MARKERS = "osv^pX"
_AXIS = "Procrustes R² with the human space (0 to 1)"


def same_questions(
    group: Range, models: Mapping[str, Range], observers: Mapping[str, Range]
) -> Figure:
    """Draw R² of a class, of models and of known observers, all from the same questions.

    Parameters
    ----------
    group : tuple of float
        The class: R² with its interval.
    models, observers : mapping of str to tuple of float
        The same of others, by name; of observers the mean and the middle 95 % of simulated classes.
    """
    import matplotlib.pyplot as plt

    rows = [(name, one, "observer") for name, one in observers.items()]
    rows += [(name, one, "model") for name, one in models.items()]
    rows += [("this class", group, "class")]
    figure, axes = plt.subplots(figsize=(7, 0.45 * len(rows) + 1.2))
    looks = {"observer": (GREY, "|"), "model": (BLUE, "s"), "class": (VERMILION, "D")}
    for place, (_, (r2, low, high), kind) in enumerate(rows):
        colour, marker = looks[kind]
        axes.errorbar(
            r2, place, xerr=[[r2 - low], [high - r2]], fmt=marker, color=colour, markersize=9,
            capsize=4, linewidth=1.6,
        )  # fmt: skip
    axes.set_yticks(range(len(rows)), [name for name, *_ in rows])
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.set_xlim(0, None)
    axes.grid(axis="x")
    axes.set_xlabel(_AXIS)
    return figure


def beside_models(scores: Sequence[float], group: Range, models: Mapping[str, Range]) -> Figure:
    """Draw a class among the ranked models, each corrected by the limits of its own design.

    Parameters
    ----------
    scores : sequence of float
        Corrected R² of the ranked models, highest first.
    group : tuple of float
        Corrected R² of the class, with its interval.
    models : mapping of str to tuple of float
        The same of models that answered the class's questions.
    """
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 3.6))
    places = np.arange(1, len(scores) + 1)
    axes.bar(places, scores, width=0.85, color="white", edgecolor=GREY, hatch="////",
             label="ranked models, 35,000 answers each")  # fmt: skip
    looks = [("this class", group, VERMILION, "D")]
    looks += [(f"{name}, questions of the class", one, GREEN, MARKERS[n % len(MARKERS)])
              for n, (name, one) in enumerate(models.items())]  # fmt: skip
    for name, (value, low, high), colour, marker in looks:
        x = float(np.sum(np.asarray(scores) > value)) + 0.5
        axes.errorbar(x, value, yerr=[[value - low], [high - value]], fmt=marker, color=colour,
                      markersize=8, capsize=4, markeredgecolor="white", label=name)  # fmt: skip
    for level, name in ((0.0, "random answers"), (1.0, "human space, as noisy as people")):
        axes.axhline(level, color=BLACK, linewidth=0.9, linestyle=":")
        axes.text(len(scores) + 0.5, level, name, ha="right", va="bottom", fontsize=8)
    axes.set_xlim(0, len(scores) + 1)
    axes.set_xlabel("Rank (1 = highest R²)")
    axes.set_ylabel("Corrected R² (0 to 1)")
    figure.legend(loc="outside upper center", ncols=2)
    return figure


def predicted(
    others: Mapping[str, Range], person: Range | None, again: Range | None, ceiling: Range | None,
    bounds: tuple[float, float] | None,
) -> Figure:  # fmt: skip
    """Draw which share of a class's answers others give too, against the noise ceiling.

    Parameters
    ----------
    others : mapping of str to tuple of float
        Share of the answers that a model gives, with its interval.
    person, again : tuple of float or None
        Share that another person, and the same person a second time, gives.
    ceiling : tuple of float or None
        Share that the best prediction gets right.
    bounds : tuple of float or None
        What the ceiling is at least and at most.
    """
    import matplotlib.pyplot as plt

    rows = [(name, one, BLUE, "s") for name, one in others.items()]
    known = (("another person", person, VERMILION, "D"),
             ("same person again", again, VERMILION, "o"),
             ("noise ceiling", ceiling, BLACK, "*"))  # fmt: skip
    rows += [(name, one, colour, mark) for name, one, colour, mark in known if one is not None]
    figure, axes = plt.subplots(figsize=(7, 0.45 * len(rows) + 1.2))
    if bounds is not None:
        axes.axvspan(*bounds, color=BLACK, alpha=0.12, linewidth=0)
    for place, (_, (share, low, high), colour, marker) in enumerate(rows):
        axes.errorbar(share, place, xerr=[[share - low], [high - share]], fmt=marker, color=colour,
                      markersize=8, capsize=4, linewidth=1.6)  # fmt: skip
    axes.axvline(0.5, color=BLACK, linewidth=0.9, linestyle=":")
    axes.set_yticks(range(len(rows)), [name for name, *_ in rows])
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.set_xlim(min([0.4, *(one[1] for _, one, *_ in rows)]), 1)
    axes.grid(axis="x")
    axes.set_xlabel("Share of the class's answers (0.5 = guessing)")
    return figure
