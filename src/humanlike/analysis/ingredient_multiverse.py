"""Every ingredient's effect under every combination of defensible choices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from humanlike.analysis.ingredients import INGREDIENTS, choose, code, load_models
from humanlike.errors import HumanlikeError
from humanlike.stats.linear import Coefficient, least_squares
from humanlike.stats.mixed import random_intercept
from humanlike.stats.multiverse import Multiverse, specifications, summarise

AXES = ("table", "coding", "gaps", "models", "groups", "others")
OTHERS = ("all", "tuning and size", "none")
CONTROLS = ("instruction_tuned", "n_params_billion")
NO_GROUPS = "none"
FIELDS = {
    "least": "low",
    "median": "median",
    "most": "high",
    "n_positive": "n_positive",
    "n_above": "n_above",
    "n_below": "n_below",
}
DESCRIBED = {
    "table": "compiled",
    "coding": "raw",
    "gaps": "left out",
    "models": "all",
    "groups": "family",
    "others": "all",
}
"""The specification nearest to what the paper describes; it prints neither coding nor groups."""


def ingredient_multiverse(names: Sequence[str], axes: Mapping[str, Sequence[str]]) -> Multiverse:
    """Estimate the effect of each ingredient on R² under every combination of choices.

    Parameters
    ----------
    names : sequence of str
        Keys of `humanlike.analysis.ingredients.INGREDIENTS`.
    axes : mapping of str to sequence of str
        Options of the axes in `AXES`: ``table`` (``compiled``, ``printed``), ``coding`` (``raw``,
        ``log``), ``gaps`` (``left out``, ``median``), ``models`` (samples), ``groups`` (a grouping,
        or ``none`` for least squares) and ``others`` (what enters beside the ingredient: ``all``
        others, ``tuning and size``, ``none``).

    Returns
    -------
    Multiverse
        ``table`` has one row per specification and ingredient (``name`` is its label), with
        ``estimate``, ``low``, ``high``, ``n`` (models), ``singular`` (groups estimated not to
        differ) and ``problem``: why there is no estimate, "" where there is one.

    Raises
    ------
    HumanlikeError
        If an axis is missing or unknown, or an option is.
    """
    if set(axes) != set(AXES):
        raise HumanlikeError(f"Expected the axes {', '.join(AXES)}, but got {', '.join(axes)}.")
    unknown = sorted(set(axes["others"]) - set(OTHERS))
    if unknown:
        raise HumanlikeError(f"Expected others among {', '.join(OTHERS)}; got {unknown[0]}.")
    tables = {source: load_models(source) for source in axes["table"]}
    rows: list[dict[str, Any]] = []
    for number, spec in enumerate(specifications({axis: axes[axis] for axis in AXES})):
        models = choose(tables[spec["table"]], spec["models"])
        rows += ({"spec": number, **spec, **row} for row in _effects(models, names, spec))
    return Multiverse({axis: tuple(axes[axis]) for axis in AXES}, pd.DataFrame(rows))


@dataclass(frozen=True)
class _Fit:
    """Coefficients, models, whether groups do not differ, and what went wrong ("" if nothing)."""

    coefficients: dict[str, Coefficient]
    n: int
    singular: bool = False
    problem: str = ""


def _effects(
    models: pd.DataFrame, names: Sequence[str], spec: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    """Yield the effect of each ingredient under one specification."""
    fits: dict[frozenset[str], _Fit] = {}
    for name in names:
        used = _beside(name, names, spec["others"])
        key = frozenset(used)
        if key not in fits:
            fits[key] = _fit(models, used, spec)
        fit = fits[key]
        one = fit.coefficients.get(name)
        numbers = (one.estimate, one.low, one.high) if one else (np.nan,) * 3
        yield {
            "name": INGREDIENTS[name].label,
            **dict(zip(("estimate", "low", "high"), numbers, strict=True)),
            "n": fit.n, "singular": fit.singular, "problem": fit.problem,
        }  # fmt: skip


def _beside(name: str, names: Sequence[str], others: str) -> list[str]:
    if others == "all":
        return list(names)
    return [name] if others == "none" else list(dict.fromkeys([*CONTROLS, name]))


def _fit(models: pd.DataFrame, names: Sequence[str], spec: Mapping[str, str]) -> _Fit:
    alone = spec["groups"] == NO_GROUPS
    grouping = "family" if alone else spec["groups"]
    coded = code(models, names, spec["coding"], grouping, spec["gaps"])
    n = len(coded.table)
    try:
        if alone:
            return _Fit(least_squares(coded.outcome, coded.design).coefficients, n)
        found = random_intercept(coded.outcome, coded.design, coded.groups)
    except HumanlikeError as error:
        return _Fit({}, n, problem=str(error))
    return _Fit(found.coefficients, n, found.singular)


def is_described(rows: pd.DataFrame) -> pd.Series[bool]:
    """Mark the rows of the specification nearest to the paper's description."""
    return (rows[list(DESCRIBED)] == pd.Series(DESCRIBED)).all(axis=1)


def summary(found: Multiverse, names: Sequence[str]) -> pd.DataFrame:
    """Summarise each ingredient's effect over the specifications that have an estimate.

    Returns
    -------
    DataFrame
        Index: ingredient. Columns: ``label``, ``n`` (specifications with an estimate), ``failed``,
        ``described`` (estimate nearest to the paper's description, NaN if not among them),
        ``least``, ``median``, ``most`` (NaN where there is none), ``n_positive``, ``n_above``,
        ``n_below``.
    """
    rows = {}
    for name in names:
        every = found.contrast(INGREDIENTS[name].label)
        specs = every.dropna(subset=["estimate"])
        own = specs.loc[is_described(specs), "estimate"]
        row: dict[str, Any] = {"label": INGREDIENTS[name].label, "n": len(specs)}
        row |= {"failed": len(every) - len(specs), "described": own.iloc[0] if len(own) else np.nan}
        total = summarise(specs) if len(specs) else None
        for column, field in FIELDS.items():
            nothing = 0 if column.startswith("n_") else np.nan
            row[column] = getattr(total, field) if total else nothing
        rows[name] = row
    return pd.DataFrame.from_dict(rows, orient="index")
