"""The figures' shared look: one palette, one style, one stamp for simulated data.

Colours are those of Okabe and Ito (2008, Color Universal Design), told apart in all common forms of
colour blindness; wherever colour carries meaning a label, a marker or a position carries it too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
YELLOW, BLUE, VERMILION, PURPLE, GREY = "#F0E442", "#0072B2", "#D55E00", "#CC79A7", "#767676"
PALETTE = (BLUE, VERMILION, GREEN, ORANGE, PURPLE, SKY, YELLOW, BLACK)

MODEL_COLOURS = {"human": BLACK, "base": GREY, "qa_ft": ORANGE, "nl_ft": BLUE, "en_ft": VERMILION}
MODEL_LABELS = {
    "human": "Human",
    "base": "Base",
    "qa_ft": "QA_FT",
    "nl_ft": "Nl_FT",
    "en_ft": "En_FT",
}


def use_style() -> None:
    """Set fonts, sizes, grid and reproducible SVG output for all following figures."""
    import matplotlib as mpl
    from cycler import cycler

    mpl.use("agg")
    mpl.rcParams.update(
        {
            "figure.figsize": (7.0, 4.0),
            "figure.dpi": 144,
            "figure.constrained_layout.use": True,
            "axes.prop_cycle": cycler(color=list(PALETTE)),
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "axes.grid.axis": "y",
            "grid.color": "#DDDDDD",
            "axes.axisbelow": True,
            "axes.titlesize": 11,
            "axes.titleweight": "bold",
            "axes.labelsize": 10,
            "font.size": 10,
            "legend.frameon": False,
            "svg.fonttype": "path",
            "svg.hashsalt": "humanlike",
        }
    )


def stamp(figure: Figure, text: str) -> None:
    """Write a text across a figure, large and pale, so that no copy of it can hide its nature."""
    from matplotlib.patheffects import withStroke

    outline = withStroke(linewidth=4, foreground="white")
    figure.text(
        0.5, 0.5, text, rotation=25, ha="center", va="center", fontsize=34, weight="bold",
        color=BLACK, alpha=0.55, zorder=100, path_effects=[outline],
    )  # fmt: skip
