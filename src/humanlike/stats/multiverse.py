"""The same comparison under every combination of defensible analysis choices.

A specification names one option on each axis: of the data (which dimensions, which ratings) and of
the analysis (scale, distance, correlation). What specifications share is computed once: a matrix of
distances serves every correlation and every contrast that needs it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import kendalltau

from humanlike.errors import HumanlikeError, unknown
from humanlike.stats.dissimilarity import METRICS, rdm
from humanlike.stats.influence import Ranked, rsa_influence
from humanlike.stats.intervals import normal_reach

Floats = NDArray[np.float64]
Choice = Mapping[str, str]
Tables = Mapping[str, pd.DataFrame]
KNOWN = {
    "scale": ("z-scored", "raw"),
    "metric": METRICS,
    "correlation": ("spearman", "pearson", "kendall"),
}
"""The axes of the analysis and their options; any other axis is one of the data."""
REFERENCE = "human"


@dataclass(frozen=True, eq=False)
class Multiverse:
    """Every specification with its estimates.

    ``axes`` maps each axis to its options. ``table`` has one row per specification and name:
    ``spec`` (number), one column per axis, ``name`` (a model, or ``a - b``), ``estimate``, ``low``
    and ``high`` (NaN where no interval is computed), ``pairs`` (pairs of items compared: those
    with a defined distance for people and every model, so that all answer for the same pairs) and
    ``share`` (of all pairs).
    """

    axes: dict[str, tuple[str, ...]]
    table: pd.DataFrame

    def contrast(self, name: str, **fixed: str) -> pd.DataFrame:
        """Return the rows of one name, sorted by estimate, with axes fixed where asked.

        Raises
        ------
        HumanlikeError
            If the name, an axis or an option is unknown.
        """
        if name not in set(self.table["name"]):
            raise HumanlikeError(unknown("comparison", name, sorted(set(self.table["name"]))))
        chosen = self.table["name"] == name
        for axis, option in fixed.items():
            if axis not in self.axes:
                raise HumanlikeError(unknown("axis", axis, self.axes))
            if option not in self.axes[axis]:
                raise HumanlikeError(unknown(f"option of {axis}", option, self.axes[axis]))
            chosen &= self.table[axis] == option
        return self.table[chosen].sort_values(["estimate", "spec"], ignore_index=True)


@dataclass(frozen=True)
class Summary:
    """What a set of specifications agrees on.

    ``n`` specifications, of which ``n_positive`` have an estimate above zero; ``n_interval`` have
    an interval, of which ``n_above`` lie wholly above zero and ``n_below`` wholly below; ``low``,
    ``median`` and ``high`` describe the estimates.
    """

    n: int
    n_positive: int
    n_interval: int
    n_above: int
    n_below: int
    low: float
    median: float
    high: float

    @property
    def share_positive(self) -> float:
        """Share of all specifications with an estimate above zero."""
        return self.n_positive / self.n


def specifications(axes: Mapping[str, Sequence[str]]) -> list[dict[str, str]]:
    """List every combination of one option per axis, the last axis varying fastest.

    Parameters
    ----------
    axes : mapping of str to sequence of str
        Options by axis.

    Raises
    ------
    HumanlikeError
        If an axis has no or a repeated option, or an analysis axis an unknown one.
    """
    for axis, options in axes.items():
        if not options or len(set(options)) != len(options):
            raise HumanlikeError(f"Axis '{axis}' needs options, each once; got {list(options)}.")
        for option in options:
            if option not in KNOWN.get(axis, options):
                raise HumanlikeError(unknown(f"option of {axis}", option, KNOWN[axis]))
    return [dict(zip(axes, options, strict=True)) for options in product(*axes.values())]


def evaluate(
    axes: Mapping[str, Sequence[str]],
    features: Callable[[Choice], Tables],
    contrasts: Sequence[tuple[str, str]],
    *,
    kendall_items: int = 0,
    seed: int = 1,
    level: float = 0.95,
    n_jobs: int = 1,
) -> Multiverse:
    """Compute every specification.

    Intervals are estimate +- z times the standard error of `humanlike.stats.influence`; a contrast
    uses the difference of both models' influences, so what they share cancels. Kendall's tau comes
    without an interval.

    Parameters
    ----------
    axes : mapping of str to sequence of str
        ``scale``, ``metric`` and ``correlation`` are read here (options: ``KNOWN``; the first one
        given stands where an axis is absent: z-scored, cosine, spearman). All others are passed on.
    features : callable
        From the options on the other axes to tables (items, dimensions): ``human`` and each model.
    contrasts : sequence of (str, str)
        Models a and b; the estimate is that of a minus that of b. Contrasts with a model that a
        choice lacks are left out.
    kendall_items : int
        Kendall's tau is taken on this many items, drawn at random from those that all choices
        share; 0 takes all items of each choice.
    seed : int
        Seed of that draw.
    level : float
        Of the intervals, in (0, 1).
    n_jobs : int
        Threads; the numbers do not depend on it.

    Raises
    ------
    HumanlikeError
        If an axis, an option or the level makes no sense, or the human table is missing.

    References
    ----------
    Steegen, Tuerlinckx, Gelman & Vanpaemel (2016), doi:10.1177/1745691616658637; Simonsohn, Simmons
    & Nelson (2020), doi:10.1038/s41562-020-0912-z.
    """
    reach = normal_reach(level)
    specs = specifications(axes)
    data_axes = [axis for axis in axes if axis not in KNOWN]
    tables = {_key(spec, data_axes): spec for spec in specs}
    found = {key: _checked(features(_only(spec, data_axes))) for key, spec in tables.items()}
    few = _shared_items(found.values(), kendall_items, seed)
    shared = [*data_axes, "scale", "metric"]
    groups: dict[tuple[str, ...], list[tuple[int, dict[str, str]]]] = {}
    for number, spec in enumerate(specs):
        groups.setdefault(_key(spec, shared), []).append((number, spec))

    def work(group: list[tuple[int, dict[str, str]]]) -> list[dict[str, Any]]:
        sources = found[_key(group[0][1], data_axes)]
        return list(_group_rows(group, sources, contrasts, few, reach))

    with ThreadPoolExecutor(n_jobs) as pool:
        rows = [row for part in pool.map(work, groups.values()) for row in part]
    table = pd.DataFrame(rows).sort_values("spec", kind="stable", ignore_index=True)
    return Multiverse({axis: tuple(options) for axis, options in axes.items()}, table)


def _key(spec: Choice, axes: Sequence[str]) -> tuple[str, ...]:
    return tuple(spec.get(axis, "") for axis in axes)


def _only(spec: Choice, axes: Sequence[str]) -> dict[str, str]:
    return {axis: spec[axis] for axis in axes}


def _checked(tables: Tables) -> Tables:
    if REFERENCE not in tables:
        raise HumanlikeError(f"Expected a table '{REFERENCE}' to compare with; got {[*tables]}.")
    return tables


def _shared_items(tables: Any, wanted: int, seed: int) -> list[Any]:
    """Draw items that every choice has; empty stands for all."""
    if not wanted:
        return []
    first, *others = (sources[REFERENCE].index.tolist() for sources in tables)
    everywhere = set(first).intersection(*others)
    common = [item for item in first if item in everywhere]
    places = np.random.default_rng(seed).permutation(len(common))[:wanted]
    return [common[place] for place in sorted(places)]


def _group_rows(
    group: list[tuple[int, dict[str, str]]],
    sources: Tables,
    contrasts: Sequence[tuple[str, str]],
    few: list[Any],
    z: float,
) -> Iterator[dict[str, Any]]:
    """Yield the rows of all specifications that share features, scale and metric."""
    first = group[0][1]
    metric, scaled = first.get("metric", "cosine"), first.get("scale", "z-scored") == "z-scored"
    distances = {name: rdm(table, metric, scaled) for name, table in sources.items()}
    known = np.isfinite(np.stack(list(distances.values()))).all(axis=0)
    known = np.asarray(known, bool)
    ready = {name: Ranked(condensed, known) for name, condensed in distances.items()}
    human, n_items = ready.pop(REFERENCE), len(sources[REFERENCE])
    at = (
        _pairs_of(sources[REFERENCE].index.get_indexer(pd.Index(few)), n_items)
        if few
        else slice(None)
    )
    for number, spec in group:
        method = spec.get("correlation", "spearman")
        parts: dict[str, tuple[float, Floats | None, int]] = {}
        for name, model in ready.items():
            if method == "kendall":
                one, two = (r.values[at][r.known[at]] for r in (human, model))
                parts[name] = float(kendalltau(one, two).statistic), None, one.size
            else:
                found = rsa_influence(human, model, method)
                parts[name] = found.estimate, found.items, found.pairs
        yield from _rows(number, spec, parts, contrasts, z, n_items)


def _pairs_of(places: NDArray[Any], n_items: int) -> NDArray[Any]:
    """Find the condensed places of all pairs of some items, given in increasing order."""
    i, j = np.triu_indices(len(places), 1)
    i, j = np.minimum(places[i], places[j]), np.maximum(places[i], places[j])
    at: NDArray[Any] = n_items * i - i * (i + 1) // 2 + j - i - 1
    return at


def _rows(
    number: int,
    spec: dict[str, str],
    parts: Mapping[str, tuple[float, Floats | None, int]],
    contrasts: Sequence[tuple[str, str]],
    z: float,
    n_items: int,
) -> Iterator[dict[str, Any]]:
    entries = dict(parts)
    for a, b in contrasts:
        if a in parts and b in parts:
            (one, left, n_one), (two, right, n_two) = parts[a], parts[b]
            gap = None if left is None or right is None else left - right
            entries[f"{a} - {b}"] = one - two, gap, min(n_one, n_two)
    for name, (estimate, items, pairs) in entries.items():
        reach = np.nan if items is None else z * float(np.sqrt(items @ items))
        yield {
            "spec": number, **spec, "name": name, "estimate": estimate, "low": estimate - reach,
            "high": estimate + reach, "pairs": pairs,
            "share": 2 * pairs / (n_items * (n_items - 1)),
        }  # fmt: skip


def summarise(rows: pd.DataFrame) -> Summary:
    """Count what the specifications agree on.

    Parameters
    ----------
    rows : DataFrame
        One row per specification, with ``estimate``, ``low`` and ``high``.

    Raises
    ------
    HumanlikeError
        If there is no row.
    """
    if not len(rows):
        raise HumanlikeError("Expected at least one specification, but none came.")
    estimates = rows["estimate"].to_numpy(float)
    known = rows["low"].notna()
    return Summary(
        len(rows), int((estimates > 0).sum()), int(known.sum()), int((rows["low"] > 0).sum()),
        int((rows["high"] < 0).sum()), float(estimates.min()), float(np.median(estimates)),
        float(estimates.max()),
    )  # fmt: skip


def main_effects(rows: pd.DataFrame, axes: Sequence[str]) -> pd.DataFrame:
    """Say which choices move the estimate.

    In a full crossing of all axes the sum of squares of an axis is the sum over its options of n
    (option mean - grand mean)^2; its share of the total is eta squared. What main effects leave is
    interaction: choices that matter only in company.

    Parameters
    ----------
    rows : DataFrame
        One row per specification, with the axes and ``estimate``; every combination equally often.
    axes : sequence of str
        Axes with at least two options among the rows are kept.

    Returns
    -------
    DataFrame
        One row per axis and option: ``axis``, ``option``, ``n``, ``mean`` (of the estimates),
        ``effect`` (mean minus grand mean), ``share`` (eta squared of the axis, 0 to 1); axes in
        falling order of their share.

    Raises
    ------
    HumanlikeError
        If the rows are no full crossing, or all estimates are alike.
    """
    varied = [axis for axis in axes if rows[axis].nunique() > 1]
    cells = rows.groupby(varied, observed=True).size() if varied else pd.Series([len(rows)])
    full = int(np.prod([rows[axis].nunique() for axis in varied]))
    if len(cells) != full or cells.nunique() != 1:
        raise HumanlikeError("Main effects need every combination of the options equally often.")
    grand = rows["estimate"].mean()
    total = float(((rows["estimate"] - grand) ** 2).sum())
    if total == 0:
        raise HumanlikeError("All estimates are alike, so no choice has an effect.")
    parts = []
    for axis in varied:
        by_option = rows.groupby(axis, sort=False)["estimate"].agg(["size", "mean"])
        effect = by_option["mean"] - grand
        share = float((by_option["size"] * effect**2).sum()) / total
        parts += [
            (axis, option, int(row["size"]), row["mean"], row["mean"] - grand, share)
            for option, row in by_option.iterrows()
        ]
    table = pd.DataFrame(parts, columns=["axis", "option", "n", "mean", "effect", "share"])
    return table.sort_values("share", ascending=False, kind="stable", ignore_index=True)
