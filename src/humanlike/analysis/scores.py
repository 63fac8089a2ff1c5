"""What an alignment score tells: how it goes with agreement, and which scores differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from humanlike.analysis import observers as minds_of
from humanlike.analysis.observers import FAMILIES
from humanlike.stats.alignment import MEASURES
from humanlike.stats.intervals import percentiles

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]


def averages(table: pd.DataFrame, loss: str, measure: str = "procrustes") -> pd.DataFrame:
    """Average over replicates.

    Parameters
    ----------
    table, loss, measure
        As in `curves`.

    Returns
    -------
    DataFrame
        Index ``observer``; ``family``, ``agreement``, ``value``, ``low``, ``high`` as in `curves`,
        ``varies`` as in `humanlike.analysis.observers.Observer`.
    """
    chosen = table[table["loss"] == loss]
    groups = chosen.groupby("observer")
    mean = groups[["agreement", measure]].mean().rename(columns={measure: "value"})
    mean.insert(0, "family", groups["family"].first())
    mean["varies"] = groups["varies"].first()
    scatter = mean["varies"].map(spread(chosen, measure))
    half = 1.96 * scatter / np.sqrt(chosen["replicate"].nunique())
    mean["low"], mean["high"] = mean["value"] - half, mean["value"] + half
    return mean


def curves(table: pd.DataFrame, loss: str, measure: str = "procrustes") -> pd.DataFrame:
    """Average over replicates, and complete every family from perfect to nothing human.

    Parameters
    ----------
    table : DataFrame
        From `humanlike.analysis.ceilings.measure_observers`.
    loss : {"design", "chosen"}
    measure : str
        Column to average.

    Returns
    -------
    DataFrame
        One row per family and observer, each family from its best observer to its worst:
        ``family``, ``observer``, ``agreement``, ``value``, ``low``, ``high`` (95 % interval of the
        mean, from the spread pooled over observers), ``end`` (borrowed from another family).
    """
    import pandas as pd

    mean = averages(table, loss, measure).reset_index()
    ends = {name: mean[mean["observer"] == name] for name in
            (minds_of.PERFECT.name, minds_of.RANDOM.name)}  # fmt: skip
    parts = []
    for family in FAMILIES:
        own = mean[mean["family"] == family].assign(end=False)
        first = ends[minds_of.PERFECT.name].assign(end=True)
        last = ends[minds_of.RANDOM.name].assign(end=True)
        joined = [own] if family == "crowd" else [first, own]
        joined += [] if family == "stranger" else [last]
        parts.append(pd.concat(joined).assign(family=family))
    full = pd.concat(parts, ignore_index=True)
    order = full["family"].map(FAMILIES.index)
    return full.assign(order=order).sort_values(
        ["order", "agreement"], ascending=[True, False], ignore_index=True
    ).drop(columns="order")  # fmt: skip


def overview(table: pd.DataFrame) -> pd.DataFrame:
    """Put every observer's means side by side, the most agreeing first.

    Returns
    -------
    DataFrame
        ``observer``, ``agreement``, the measures and ``dimensions`` with the design's loss, and
        ``chosen``, R² with the tail chosen.
    """
    columns = ["agreement", *MEASURES, "dimensions"]
    mean = table[table["loss"] == "design"].groupby("observer")[columns].mean()
    mean["chosen"] = averages(table, "chosen")["value"]
    return mean.sort_values("agreement", ascending=False).reset_index()


def spread(table: pd.DataFrame, measure: str = "procrustes") -> dict[bool, float]:
    """Return the standard deviation between replicates, pooled over observers.

    Returns
    -------
    dict of bool to float
        For observers whose mind varies between replicates (True), and for the others.
    """
    variances = table.groupby(["varies", "observer"])[measure].var()
    pooled = variances.groupby(level="varies").mean()
    return {bool(key): float(np.sqrt(value)) for key, value in pooled.items()}


def rank_agreement(
    table: pd.DataFrame, loss: str, measure: str, n_boot: int, seed: int
) -> pd.DataFrame:
    """Correlate a measure with agreement by rank, in each family and over all observers.

    Kendall's τ-b of the means over replicates. Intervals come from a bootstrap of residuals: each
    mean is moved by the mean of as many draws from the pooled deviations of replicates from their
    observer's mean as there are replicates.

    Parameters
    ----------
    table, loss, measure
        As in `curves`.
    n_boot, seed : int
        Resamples and their seed.

    Returns
    -------
    DataFrame
        Columns ``family`` (or "all observers"), ``tau``, ``low``, ``high`` (95 %).
    """
    import pandas as pd

    full = curves(table, loss, measure)
    sets: dict[str, pd.DataFrame] = {str(name): part for name, part in full.groupby("family")}
    sets["all observers"] = averages(table, loss, measure)
    noise = _residual_means(table[table["loss"] == loss], measure, n_boot, seed)
    rows = []
    for name, part in sets.items():
        agreement, value = part["agreement"].to_numpy(), part["value"].to_numpy()
        drawn = _taus(agreement, value + noise(part["varies"].to_numpy()))
        rows.append((name, float(_taus(agreement, value[None])[0]), *percentiles(drawn)))
    return pd.DataFrame(rows, columns=["family", "tau", "low", "high"])


def peaks(table: pd.DataFrame, loss: str, n_boot: int, seed: int) -> pd.DataFrame:
    """Compare the best observer of each family with the one of the highest R².

    Returns
    -------
    DataFrame
        One row per family: ``family``, ``best`` (R² of its most agreeing observer), ``peak``
        (highest R²), ``agreement`` (at the peak), ``gain`` (peak minus best), ``low``, ``high``
        (95 % interval of the gain; as in `rank_agreement`, with the observer of the peak fixed).
    """
    import pandas as pd

    noise = _residual_means(table[table["loss"] == loss], "procrustes", n_boot, seed)
    rows = []
    for family, part in curves(table, loss).groupby("family", sort=False):
        values, at = part["value"].to_numpy(), int(part["value"].to_numpy().argmax())
        gain = float(values[at] - values[0])
        drawn = noise(part["varies"].to_numpy()[[at, 0]])
        moved = gain + drawn[:, 0] - drawn[:, 1]
        low, high = percentiles(moved) if at else (0.0, 0.0)
        agreement = float(part["agreement"].iloc[at])
        rows.append((family, values[0], values[at], agreement, gain, low, high))
    names = ["family", "best", "peak", "agreement", "gain", "low", "high"]
    return pd.DataFrame(rows, columns=names)


def compatible(table: pd.DataFrame, loss: str, r2: float) -> pd.DataFrame:
    """Find the agreements at which each family of observers has a given R².

    Between two neighbouring observers of a family R² and agreement are taken to change in
    proportion.

    Returns
    -------
    DataFrame
        Columns ``family`` and ``agreement``, one row per crossing; empty if no family has this R².
    """
    import pandas as pd

    rows = []
    for family, part in curves(table, loss).groupby("family", sort=False):
        x, y = part["agreement"].to_numpy(), part["value"].to_numpy()
        rows += [(family, at) for at in _crossings(x, y, r2)]
    return pd.DataFrame(rows, columns=["family", "agreement"])


def agreement_of_measures(table: pd.DataFrame, loss: str) -> dict[str, float]:
    """Correlate the Procrustes R² with the other measures over all observers, by rank.

    Returns
    -------
    dict of str to float
        Spearman's ρ of the means over replicates, by measure.
    """
    means = table[table["loss"] == loss].groupby("observer")[list(MEASURES)].mean()
    found = means.corr(method="spearman")["procrustes"].drop("procrustes")
    return {str(name): float(value) for name, value in found.items()}


def steps_apart(table: pd.DataFrame, loss: str, column: str) -> float:
    """Count the differences that fresh answers could tell between random and perfect.

    Returns
    -------
    float
        Difference of the means of both observers, in units of the smallest difference that can be
        told from zero: 1.96 √2 times the standard deviation between replicates.
    """
    chosen = table[table["loss"] == loss]
    means = chosen.groupby("observer")[column].mean()
    gap = means[minds_of.PERFECT.name] - means[minds_of.RANDOM.name]
    return float(gap / (1.96 * np.sqrt(2) * spread(chosen, column)[False]))


def standing(r2: Floats, chance: tuple[float, float], resolution: float) -> Mapping[str, Any]:
    """Say which of many scores differ from chance and from each other.

    Parameters
    ----------
    r2 : ndarray, (models,)
    chance : tuple of float
        Interval that holds 95 % of random observers.
    resolution : float
        Smallest difference that counts.

    Returns
    -------
    dict
        ``above``, ``within``, ``below`` (models above, within and below the interval),
        ``with_best`` (models that cannot be told from the best, itself included), ``pairs`` (share
        of pairs that can be told apart), ``steps`` (how often the resolution fits between best and
        worst).
    """
    low, high = chance
    gaps = np.abs(r2[:, None] - r2[None, :])[np.triu_indices(len(r2), 1)]
    return {
        "above": int(np.sum(r2 > high)),
        "within": int(np.sum((r2 >= low) & (r2 <= high))),
        "below": int(np.sum(r2 < low)),
        "with_best": int(np.sum(r2 >= r2.max() - resolution)),
        "pairs": float(np.mean(gaps > resolution)),
        "steps": float((r2.max() - r2.min()) / resolution),
    }


def _residual_means(
    table: pd.DataFrame, measure: str, n_boot: int, seed: int
) -> Callable[[NDArray[np.bool_]], Floats]:
    """Return a function that draws how far the means of replicates are off.

    It takes whether each observer varies (observers,) and returns (resamples, observers).
    """
    groups = table.groupby("observer")[measure]
    count = int(groups.size().min())
    off = (table[measure] - groups.transform("mean")) * np.sqrt(count / (count - 1))
    pools = {bool(key): part.to_numpy() for key, part in off.groupby(table["varies"])}
    rng = np.random.default_rng([seed, n_boot])

    def draw(varies: NDArray[np.bool_]) -> Floats:
        columns = [rng.choice(pools[bool(one)], size=(n_boot, count)) for one in varies]
        return np.stack([column.mean(axis=1) for column in columns], axis=1)

    return draw


def _taus(x: Floats, y: Floats) -> Floats:
    """Return Kendall's τ-b of x (observers,) with each row of y (resamples, observers)."""
    one, two = np.triu_indices(len(x), 1)
    left, right = np.sign(x[one] - x[two]), np.sign(y[:, one] - y[:, two])
    ties = np.sqrt(np.sum(left != 0) * np.sum(right != 0, axis=1))
    taus: Floats = right @ left / ties
    return taus


def _crossings(x: Floats, y: Floats, level: float) -> Iterator[float]:
    for k in range(len(x) - 1):
        a, b = y[k] - level, y[k + 1] - level
        if a == 0 or a * b < 0:
            yield float(x[k] + (x[k + 1] - x[k]) * a / (a - b)) if a else float(x[k])
    if len(y) and y[-1] == level:
        yield float(x[-1])
