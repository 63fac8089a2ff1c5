"""Ingredients of models as predictors: what each is, how it is coded, which models have it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from humanlike.data.families import group_models
from humanlike.data.published import load_leaderboard, load_suite
from humanlike.data.suite import with_source
from humanlike.errors import HumanlikeError, unknown
from humanlike.stats.correlation import correlate
from humanlike.stats.correlation_bootstrap import correlation_bootstrap
from humanlike.stats.groups import WelchTest, welch
from humanlike.stats.linear import LinearFit, least_squares, variance_inflation
from humanlike.stats.mixed import MixedFit, random_intercept
from humanlike.stats.multiplicity import adjust

Floats = NDArray[np.float64]
CODINGS = ("raw", "log")
SAMPLES = ("all", "without T5", "plain decoders", "surely known")
MISSING = ("left out", "median")
UNDEFINED = 0.05  # an interval needs the correlation to exist in all but this share of resamples


@dataclass(frozen=True)
class Ingredient:
    """One property of a model: its label with unit, and whether it is a yes or no."""

    label: str
    flag: bool = False


INGREDIENTS = {
    "instruction_tuned": Ingredient("instruction tuning", flag=True),
    "multimodal": Ingredient("images in training", flag=True),
    "swiglu": Ingredient("SwiGLU activation", flag=True),
    "n_params_billion": Ingredient("parameters (billions)"),
    "n_layers": Ingredient("layers"),
    "hidden_size": Ingredient("embedding width"),
    "n_heads": Ingredient("attention heads"),
    "attention_dim": Ingredient("attention width"),
    "mlp_size": Ingredient("MLP width"),
    "context_length": Ingredient("context length (tokens)"),
    "vocab_size": Ingredient("vocabulary (tokens)"),
    "training_tokens_trillion": Ingredient("training data (trillions of tokens)"),
    "head_dim": Ingredient("width of one head"),
    "n_kv_heads": Ingredient("key-value heads"),
    "release_year": Ingredient("release date (years)"),
    "decoder_only": Ingredient("decoder-only architecture", flag=True),
}
PAPER = tuple(INGREDIENTS)[:12]
"""The ingredients that the paper names; it does not print its design."""


@dataclass(frozen=True, eq=False)
class Coded:
    """Models ready for a regression.

    ``table`` has one row per model: ``model``, ``r2``, ``group`` and one column per ingredient,
    flags as 0 and 1, all others in standard deviations from their mean. ``left_out`` names the
    models that lack an ingredient; ``filled`` the cells that got the median instead.
    """

    table: pd.DataFrame
    names: tuple[str, ...]
    left_out: tuple[str, ...]
    filled: tuple[str, ...]

    @property
    def design(self) -> dict[str, Floats]:
        """The predictors by name."""
        return {name: self.table[name].to_numpy(float) for name in self.names}

    @property
    def outcome(self) -> Floats:
        """Procrustes R²."""
        return self.table["r2"].to_numpy(float)

    @property
    def groups(self) -> list[str]:
        """Group of each model."""
        return [str(group) for group in self.table["group"]]


def load_models(source: str = "compiled") -> pd.DataFrame:
    """Load the ranked models with every ingredient of `INGREDIENTS` as a number.

    Parameters
    ----------
    source : {"compiled", "printed"}
        See `humanlike.data.suite.with_source`.

    Returns
    -------
    DataFrame
        The columns of `humanlike.data.published.load_leaderboard`, and ``swiglu``,
        ``decoder_only`` (bool) and ``release_year`` (years, months as fractions).
    """
    board = with_source(load_leaderboard(), load_suite(), source)
    date = board["release_date"].dt
    return board.assign(
        swiglu=board["activation"] == "swiglu",
        decoder_only=board["architecture"].isin(["decoder-only", "moe"]),
        release_year=date.year + (date.month - 1) / 12,
    )


def choose(models: pd.DataFrame, sample: str) -> pd.DataFrame:
    """Return all models, or those of a sample.

    Parameters
    ----------
    models : DataFrame
        As from `load_models`.
    sample : {"all", "without T5", "plain decoders", "surely known"}
        Without the two T5 models, one of which has by far the widest MLP and attention;
        decoder-only transformers without mixtures of experts; models whose configuration was read
        first-hand.

    Raises
    ------
    HumanlikeError
        If there is no such sample.
    """
    keep = {
        "all": models["model"].notna(),
        "without T5": models["family"] != "t5",
        "plain decoders": models["architecture"] == "decoder-only",
        "surely known": models["confidence"] == "high",
    }
    if sample not in keep:
        raise HumanlikeError(unknown("sample of models", sample, keep))
    return models[keep[sample]]


def code(
    models: pd.DataFrame,
    names: Sequence[str],
    coding: str = "raw",
    grouping: str = "family",
    missing: str = "left out",
) -> Coded:
    """Code ingredients as predictors of R².

    Parameters
    ----------
    models : DataFrame
        As from `load_models`.
    names : sequence of str
        Keys of `INGREDIENTS`, each once.
    coding : {"raw", "log"}
        Whether numbers enter as they are or as logarithms, before they are standardised over the
        models that stay. Dates are never logarithms.
    grouping : {"family", "generation", "organisation"}
        See `humanlike.data.families.group_models`.
    missing : {"left out", "median"}
        What happens to a model without a number: a state-space model has no attention heads, one
        developer disclosed no token count.

    Raises
    ------
    HumanlikeError
        If a name or an option is unknown, or no ingredient is named.
    """
    for name in names:
        if name not in INGREDIENTS:
            raise HumanlikeError(unknown("ingredient", name, INGREDIENTS))
    for kind, option, known in (("coding", coding, CODINGS), ("way", missing, MISSING)):
        if option not in known:
            raise HumanlikeError(unknown(kind, option, known))
    values: dict[str, Floats] = {name: models[name].to_numpy(float) for name in names}
    present = {name: np.isfinite(column) for name, column in values.items()}
    who = [str(model) for model in models["model"]]
    keep, filled = np.ones(len(who), np.bool_), list[str]()
    for name in names:
        if missing == "median" and not present[name].all():
            filled += [f"{who[at]}: {name}" for at in np.flatnonzero(~present[name]).tolist()]
            values[name] = np.where(present[name], values[name], np.nanmedian(values[name]))
        else:
            keep &= present[name]
    kept = {name: _standard(values[name][keep], name, coding) for name in names}
    first = {"model": np.array(who)[keep], "r2": models["r2"].to_numpy(float)[keep]}
    table = pd.DataFrame({**first, "group": np.array(group_models(models, grouping))[keep], **kept})
    left_out = tuple(who[at] for at in np.flatnonzero(~keep).tolist())
    return Coded(table, tuple(names), left_out, tuple(filled))


def _standard(values: Floats, name: str, coding: str) -> Floats:
    if INGREDIENTS[name].flag:
        return values
    if coding == "log" and name != "release_year":
        values = np.log(values)
    spread = float(values.std(ddof=1)) or 1.0
    return np.asarray((values - values.mean()) / spread, np.float64)


def fit(coded: Coded) -> MixedFit:
    """Fit R² on all coded ingredients, with a random intercept per group."""
    return random_intercept(coded.outcome, coded.design, coded.groups)


def fit_plain(coded: Coded) -> LinearFit:
    """Fit R² on all coded ingredients by least squares, ignoring groups."""
    return least_squares(coded.outcome, coded.design)


def effects(coded: Coded) -> pd.DataFrame:
    """Tell what each ingredient adds to the others, with and without groups.

    Returns
    -------
    DataFrame
        One row per ingredient: ``name``, ``label``, ``estimate`` (R² per standard deviation, or
        between no and yes), ``low``, ``high``, ``se``, ``z``, ``p``, ``p_holm`` of the mixed model;
        ``plain`` (estimate of least squares); ``vif``; ``least``, ``most`` (estimates with one
        group left out at a time) and ``decisive`` (the group whose absence moves the estimate
        furthest).
    """
    mixed, plain = fit(coded), fit_plain(coded)
    without = leave_one_group_out(coded)
    inflation = variance_inflation(coded.design) if len(coded.names) > 1 else {}
    rows = []
    for name in coded.names:
        one, others = mixed.coefficients[name], without[name].dropna()
        moved = (others - one.estimate).abs()
        rows.append({
            "name": name, "label": INGREDIENTS[name].label, "estimate": one.estimate,
            "low": one.low, "high": one.high, "se": one.se, "z": one.z, "p": one.p,
            "plain": plain.coefficients[name].estimate, "vif": inflation.get(name, 1.0),
            "least": others.min(), "most": others.max(), "decisive": moved.idxmax(),
        })  # fmt: skip
    table = pd.DataFrame(rows)
    return table.assign(p_holm=adjust(table["p"]))


def plain_effects(coded: Coded) -> pd.DataFrame:
    """Return ``name``, ``estimate``, ``low``, ``high`` of least squares, which ignores groups."""
    found = fit_plain(coded).coefficients
    rows = [(n, found[n].estimate, found[n].low, found[n].high) for n in coded.names]
    return pd.DataFrame(rows, columns=["name", "estimate", "low", "high"])


def leave_one_group_out(coded: Coded) -> pd.DataFrame:
    """Fit again without each group in turn.

    Returns
    -------
    DataFrame
        Index: the group left out. Columns: ingredients; NaN where the model cannot be fitted
        without that group, because an ingredient no longer varies.
    """
    rows = {}
    for group in dict.fromkeys(coded.groups):
        rest = coded.table[coded.table["group"] != group]
        names = [name for name in coded.names if rest[name].nunique() > 1]
        found = random_intercept(
            rest["r2"], {name: rest[name] for name in names}, list(rest["group"])
        ).coefficients
        rows[group] = {n: found[n].estimate if n in found else np.nan for n in coded.names}
    return pd.DataFrame.from_dict(rows, orient="index")


def associations(
    models: pd.DataFrame,
    names: Sequence[str],
    grouping: str,
    n_boot: int,
    seed: int,
    coding: str = "raw",
) -> pd.DataFrame:
    """Correlate R² with each ingredient on its own.

    Parameters
    ----------
    models : DataFrame
        As from `load_models`.
    names : sequence of str
        Keys of `INGREDIENTS`.
    grouping : str
        What is resampled for the second interval; see `code`.
    n_boot, seed : int
        Of the resampling.
    coding : {"raw", "log"}
        For Pearson's r; ranks do not depend on it.

    Returns
    -------
    DataFrame
        One row per ingredient: ``name``, ``label``, ``n``, ``r`` (Pearson), ``low``, ``high``
        (Fisher), ``p``, ``p_holm``, ``group_low``, ``group_high`` (groups resampled; NaN if the
        ingredient does not vary in too many resamples), ``rho`` (Spearman).
    """
    rows = []
    for name in names:
        coded = code(models, [name], coding, grouping)
        x, y = coded.design[name], coded.outcome
        one = correlate(y, x, "pearson")
        boot = correlation_bootstrap(
            y, {name: x}, n_boot, seed, method="pearson", clusters=coded.groups
        )
        enough = boot.share_defined(name) >= 1 - UNDEFINED
        low, high = boot.interval(name) if enough else (np.nan, np.nan)
        rows.append({
            "name": name, "label": INGREDIENTS[name].label, "n": one.n, "r": one.estimate,
            "low": one.low, "high": one.high, "p": one.p, "group_low": low, "group_high": high,
            "rho": correlate(y, x, "spearman").estimate,
        })  # fmt: skip
    table = pd.DataFrame(rows)
    return table.assign(p_holm=adjust(table["p"]))


def flag_tests(models: pd.DataFrame) -> dict[str, WelchTest]:
    """Compare mean R² with and without each yes-or-no ingredient by Welch's test."""
    flags = [name for name, one in INGREDIENTS.items() if one.flag]
    return {n: welch(models["r2"][models[n]], models["r2"][~models[n]]) for n in flags}
