"""Figures of the chapter on overall structure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from humanlike.plots.matrices import cluster_order
from humanlike.plots.style import MODEL_COLOURS, MODEL_LABELS

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from humanlike.stats.ceiling import NoiseCeiling
    from humanlike.stats.similarity import RsaBootstrap

Floats = NDArray[np.float64]
HATCHES = {"base": "", "qa_ft": "....", "nl_ft": "////", "en_ft": "xx"}


def agreement_bars(results: Mapping[str, Mapping[str, RsaBootstrap]]) -> Figure:
    """Draw the RSA correlation of every model, one panel per language, one group per dimension set.

    Parameters
    ----------
    results : mapping of str to mapping of str to RsaBootstrap
        By language, then by dimension set; error bars are 95 % bootstrap intervals.
    """
    import matplotlib.pyplot as plt

    widths = [len(sets) * 4 for sets in results.values()]
    figure, axes = plt.subplots(
        1, len(results), figsize=(7.6, 3.8), sharey=True, width_ratios=widths, squeeze=False
    )
    for panel, (language, sets) in zip(axes[0], results.items(), strict=True):
        _bars(panel, sets)
        panel.set_title(f"{language} words")
    axes[0][0].set_ylabel("Spearman's ρ between RDMs")
    seen: dict[str, Artist] = {}
    for panel in axes[0]:
        seen |= dict(zip(*panel.get_legend_handles_labels()[::-1], strict=True))
    figure.legend(list(seen.values()), list(seen), loc="outside lower center", ncols=4)
    return figure


def _bars(panel: Axes, sets: Mapping[str, RsaBootstrap]) -> None:
    for group, result in enumerate(sets.values()):
        width = 0.8 / len(result.names)
        for place, name in enumerate(result.names):
            rho = result.rho[name]
            low, high = result.interval(name)
            x = group + (place - (len(result.names) - 1) / 2) * width
            panel.bar(
                x, rho, width * 0.92, color=MODEL_COLOURS[name], hatch=HATCHES[name],
                edgecolor="white", linewidth=0.5,
                label=MODEL_LABELS[name] if group == 0 else None,
            )  # fmt: skip
            panel.plot([x, x], [low, high], color="black", linewidth=1.1)
            panel.text(x, high + 0.012, f"{rho:.2f}", ha="center", va="bottom", fontsize=7.5)
    panel.set_xticks(range(len(sets)), list(sets))
    panel.set_ylim(0, 0.85)


def against_marks(
    sets: Mapping[str, RsaBootstrap], ceilings: Mapping[str, NoiseCeiling], null: float
) -> Figure:
    """Draw each model's correlation between the null and the noise ceiling, by dimension set.

    Parameters
    ----------
    sets : mapping of str to RsaBootstrap
        By dimension set.
    ceilings : mapping of str to NoiseCeiling
        By dimension set.
    null : float
        Upper quantile of the permutation null.
    """
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 3.6))
    markers = dict(zip(MODEL_LABELS, "xosD^", strict=True))
    for group, (name, result) in enumerate(sets.items()):
        band = ceilings[name]
        axes.fill_between(
            [group - 0.4, group + 0.4], band.raters, band.perfect, color="#BBBBBB",
            label="noise ceiling" if group == 0 else None,
        )  # fmt: skip
        for place, model in enumerate(result.names):
            x = group + (place - (len(result.names) - 1) / 2) * 0.17
            axes.plot([x, x], result.interval(model), color=MODEL_COLOURS[model], linewidth=1.6)
            axes.plot(
                x, result.rho[model], markers[model], color=MODEL_COLOURS[model], markersize=6,
                label=MODEL_LABELS[model] if group == 0 else None,
            )  # fmt: skip
    axes.axhline(null, color="black", linewidth=1, linestyle=":", label="null, 99.9 %")
    axes.set_xticks(range(len(sets)), list(sets))
    axes.set_ylim(-0.02, 1)
    axes.set_ylabel("Spearman's ρ between RDMs")
    figure.legend(loc="outside right upper")
    return figure


def rdm_panels(squares: Mapping[str, Floats], words: Sequence[str], metric: str) -> Figure:
    """Draw one dissimilarity matrix per source, all in the order of the human one.

    Parameters
    ----------
    squares : mapping of str to array, shape (words, words)
        Distance of every two words; the key ``human`` comes first and sets the order.
    words : sequence of str
        Names in the order of the rows.
    metric : str
        Name of the distance, for the colour bar.
    """
    import matplotlib.pyplot as plt

    order = cluster_order(squares["human"])
    ceiling = float(np.nanmax([np.nanmax(square) for square in squares.values()]))
    models = [name for name in squares if name != "human"]
    figure = plt.figure(figsize=(7.6, 4.3))
    grid = figure.add_gridspec(2, 2 + -(-len(models) // 2))
    places = {"human": figure.add_subplot(grid[:, :2])}
    places |= {m: figure.add_subplot(grid[i % 2, 2 + i // 2]) for i, m in enumerate(models)}
    for name, panel in places.items():
        image = panel.imshow(
            squares[name][np.ix_(order, order)],
            cmap="viridis",
            vmin=0,
            vmax=ceiling,
            rasterized=True,
        )
        panel.set(title=MODEL_LABELS[name], xticks=[], yticks=[])
        panel.grid(visible=False)
    size = min(6.5, 230 / len(words))
    names = [words[int(i)].lower() for i in order]
    places["human"].set_yticks(range(len(words)), names, fontsize=size)
    places["human"].tick_params(axis="y", length=0, pad=1)
    figure.colorbar(
        image, ax=list(places.values()), location="bottom", shrink=0.4, label=f"{metric} distance"
    )
    return figure


def bootstrap_densities(result: RsaBootstrap) -> Figure:
    """Draw the distribution of each model's correlation over the resamples.

    Parameters
    ----------
    result : RsaBootstrap
        The resamples; the vertical line of a model is its value on all words.
    """
    import matplotlib.pyplot as plt
    import seaborn as sns

    styles = dict(zip(result.names, ("-", ":", "--", "-."), strict=False))
    figure, axes = plt.subplots(figsize=(7, 3.4))
    for column, name in enumerate(result.names):
        colour = MODEL_COLOURS[name]
        sns.kdeplot(
            x=result.samples[:, column], ax=axes, color=colour, fill=True, alpha=0.2,
            linewidth=1.8, linestyle=styles[name], label=MODEL_LABELS[name],
        )  # fmt: skip
        axes.axvline(result.rho[name], color=colour, linewidth=1, linestyle=styles[name])
    axes.set_xlabel("Spearman's ρ between RDMs, motor dimensions")
    axes.set_ylabel("Density over resamples")
    axes.legend()
    return figure
