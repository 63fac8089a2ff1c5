"""R² beside public benchmark scores: which models have both, and how they go together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from humanlike.data.benchmarks import BENCHMARKS, load_benchmarks, load_reevaluations
from humanlike.data.families import group_models
from humanlike.data.published import (
    load_leaderboard,
)
from humanlike.errors import HumanlikeError, unknown
from humanlike.stats.correlation import Comparison, compare_models, correlate
from humanlike.stats.correlation_bootstrap import CorrelationBootstrap, correlation_bootstrap
from humanlike.stats.linear import least_squares
from humanlike.stats.multiplicity import adjust

LABELS = {
    "ifeval": "IFEval",
    "bbh": "BBH",
    "math_lvl5": "MATH level 5",
    "gpqa": "GPQA",
    "musr": "MuSR",
    "mmlu_pro": "MMLU-Pro",
}
SCORES = ("leaderboard", "normalised", "one protocol", "all found")
LEAST = 5


def in_order(benchmarks: Sequence[str]) -> list[str]:
    """Return benchmarks in the order of `LABELS`.

    Raises
    ------
    HumanlikeError
        If one is unknown, or fewer than two came.
    """
    for name in benchmarks:
        if name not in LABELS:
            raise HumanlikeError(unknown("benchmark", name, LABELS))
    if len(set(benchmarks)) < 2:
        raise HumanlikeError(
            f"Expected at least two benchmarks to compare, but only {', '.join(benchmarks)} came."
        )
    return [name for name in LABELS if name in benchmarks]


def load_scores(scores: str = "leaderboard", grouping: str = "family") -> pd.DataFrame:
    """Load R² and benchmark scores of the ranked models.

    Parameters
    ----------
    scores : {"leaderboard", "normalised", "one protocol", "all found"}
        Fractions correct of the Open LLM Leaderboard; the same on its own scale, on which guessing
        is 0; a re-evaluation of base and tuned models alike without chat template; or every score
        found, whatever its protocol.
    grouping : {"family", "generation", "organisation"}
        See `humanlike.data.families.group_models`.

    Returns
    -------
    DataFrame
        75 rows: ``model``, ``r2``, ``tuned`` (bool), ``group``, the six benchmarks and
        ``math_before`` (MATH before it was scored anew); NaN where no score was found.

    Raises
    ------
    HumanlikeError
        If there are no such scores or no such grouping.
    """
    if scores not in SCORES:
        raise HumanlikeError(unknown("kind of scores", scores, SCORES))
    board = load_leaderboard()
    table = load_benchmarks()
    before = table.set_index("model")["math_lvl5_before_rescoring"]
    if scores == "leaderboard":
        table = table[table["protocol"] == "leaderboard"]
    elif scores == "normalised":
        table = load_benchmarks(scale="normalised")
    elif scores == "one protocol":
        again = load_reevaluations()
        table = again[again["set"] == "B"]
    found = table.set_index("model")[list(BENCHMARKS)]
    frame = board[["model", "r2"]].assign(
        tuned=board["instruction_tuned"], group=group_models(board, grouping)
    )
    return frame.join(found, on="model").assign(math_before=frame["model"].map(before))


def correlations(
    frame: pd.DataFrame, benchmarks: Sequence[str], n_boot: int, seed: int
) -> pd.DataFrame:
    """Correlate R² with each benchmark over the models that have a score.

    Parameters
    ----------
    frame : DataFrame
        As from `load_scores`, or some of its rows.
    benchmarks : sequence of str
        Columns of ``frame``.
    n_boot, seed : int
        Of the resampling.

    Returns
    -------
    DataFrame
        One row per benchmark with at least five models: ``name``, ``label``, ``n``, ``groups``,
        ``r`` (Pearson), ``low``, ``high`` (models resampled), ``group_low``, ``group_high`` (whole
        groups resampled; NaN with fewer than three), ``fisher_low``, ``fisher_high``, ``p``,
        ``p_holm``, ``rho`` (Spearman).
    """
    rows = []
    for name in benchmarks:
        have = frame.dropna(subset=[name])
        if len(have) < LEAST:
            continue
        x, y, groups = have[name], have["r2"], list(have["group"])
        one = correlate(y, x, "pearson")
        low, high = _interval(y, {name: x}, n_boot, seed, None)
        group_low, group_high = np.nan, np.nan
        if len(set(groups)) > 2:
            group_low, group_high = _interval(y, {name: x}, n_boot, seed, groups)
        rows.append({
            "name": name, "label": LABELS.get(name, name), "n": one.n, "groups": len(set(groups)),
            "r": one.estimate, "low": low, "high": high, "group_low": group_low,
            "group_high": group_high, "fisher_low": one.low, "fisher_high": one.high, "p": one.p,
            "rho": correlate(y, x, "spearman").estimate,
        })  # fmt: skip
    table = pd.DataFrame(rows)
    return table.assign(p_holm=adjust(table["p"]) if len(table) else [])


def _interval(
    y: pd.Series[float],
    one: Mapping[str, pd.Series[float]],
    n_boot: int,
    seed: int,
    groups: list[object] | None,
) -> tuple[float, float]:
    boot = correlation_bootstrap(y, one, n_boot, seed, method="pearson", clusters=groups)
    return boot.interval(next(iter(one)))


def complete(frame: pd.DataFrame, benchmarks: Sequence[str]) -> pd.DataFrame:
    """Return the models that have a score on every benchmark.

    Raises
    ------
    HumanlikeError
        If fewer than five have.
    """
    have = frame.dropna(subset=list(benchmarks))
    if len(have) < LEAST:
        raise HumanlikeError(
            f"Only {len(have)} models have a score on all of {', '.join(benchmarks)}; a comparison "
            f"needs {LEAST}. Choose other scores, or fewer benchmarks."
        )
    return have


def differences(
    frame: pd.DataFrame, benchmarks: Sequence[str], n_boot: int, seed: int
) -> tuple[pd.DataFrame, CorrelationBootstrap]:
    """Compare every two benchmarks by their correlation with R², on the models that have both.

    Returns
    -------
    table : DataFrame
        One row per pair, the higher correlation first: ``a``, ``b`` (labels), ``r_a``, ``r_b``,
        ``r_ab``, ``difference``, ``low``, ``high`` (Zou), ``p`` (Steiger), ``p_holm``,
        ``group_low``, ``group_high`` (groups resampled).
    boot : CorrelationBootstrap
        The correlations in every resample of the groups, shared by all benchmarks.
    """
    have = complete(frame, benchmarks)
    scores = {name: have[name] for name in benchmarks}
    boot = correlation_bootstrap(
        have["r2"], scores, n_boot, seed, method="pearson", clusters=list(have["group"])
    )
    order = sorted(benchmarks, key=lambda name: boot.rho[name])
    pairs = compare_models(have["r2"], {name: scores[name] for name in order}, "pearson")
    table = pd.DataFrame([_row(pair, boot) for pair in pairs])
    return table.assign(p_holm=adjust(table["p"])), boot


def _row(pair: Comparison, boot: CorrelationBootstrap) -> dict[str, object]:
    _, low, high = boot.difference(pair.a, pair.b)
    return {
        "a": LABELS.get(pair.a, pair.a), "b": LABELS.get(pair.b, pair.b), "r_a": pair.r_a,
        "r_b": pair.r_b, "r_ab": pair.r_ab, "difference": pair.difference, "low": pair.low,
        "high": pair.high, "p": pair.p, "group_low": low, "group_high": high,
    }  # fmt: skip


def first_places(boot: CorrelationBootstrap) -> dict[str, float]:
    """Share of the resamples in which each benchmark has the highest correlation with R²."""
    best = np.argmax(boot.samples, axis=1)
    return {name: float((best == at).mean()) for at, name in enumerate(boot.names)}


def residuals(frame: pd.DataFrame, benchmark: str) -> pd.Series[float]:
    """R² beyond what a straight line through one benchmark gives, for models that have a score."""
    have = complete(frame, [benchmark])
    line = least_squares(have["r2"], {benchmark: have[benchmark]}).coefficients
    expected = line["intercept"].estimate + line[benchmark].estimate * have[benchmark]
    return have["r2"] - expected


def compare_scores(frame: pd.DataFrame, a: str, b: str) -> Comparison:
    """Compare the correlations of two scores of the same models with R²."""
    have = complete(frame, [a, b])
    return compare_models(have["r2"], {b: have[b], a: have[a]}, "pearson")[0]


def compare_links(frame: pd.DataFrame, a: str, b: str) -> pd.DataFrame:
    """Ask whether two benchmarks go with R² more than with each other.

    Returns
    -------
    DataFrame
        One row per benchmark: ``name``, ``shared`` (its label), ``other``, ``with_r2``,
        ``between`` (correlation of the two), ``difference``, ``low``, ``high`` (Zou), ``z``,
        ``p`` (Steiger).
    """
    have, rows = complete(frame, [a, b]), []
    for one, other in ((a, b), (b, a)):
        found = compare_models(have[one], {other: have[other], "r2": have["r2"]}, "pearson")[0]
        rows.append({
            "name": one, "shared": LABELS[one], "other": LABELS[other], "with_r2": found.r_a,
            "between": found.r_b, "difference": found.difference, "low": found.low,
            "high": found.high, "z": found.z, "p": found.p,
        })  # fmt: skip
    return pd.DataFrame(rows)


def joint_fits(frame: pd.DataFrame, benchmarks: Sequence[str]) -> pd.DataFrame:
    """Say how much of R² a benchmark explains alone, and with being tuned beside it.

    Returns
    -------
    DataFrame
        One row per benchmark: ``name``, ``label``, ``alone`` and ``with_tuning`` (shares of the
        variance, 0 to 1).
    """
    rows = []
    for name in benchmarks:
        have = complete(frame, [name])
        score, tuned = have[name], have["tuned"].astype(float)
        alone = least_squares(have["r2"], {name: score}).r2
        both = least_squares(have["r2"], {name: score, "tuned": tuned}).r2
        rows.append((name, LABELS[name], alone, both))
    return pd.DataFrame(rows, columns=["name", "label", "alone", "with_tuning"])


def same_models(first: str, second: str, benchmarks: Sequence[str]) -> pd.DataFrame:
    """Correlate R² with two kinds of scores on the models that have both.

    Returns
    -------
    DataFrame
        One row per benchmark: ``name``, ``n``, ``first`` and ``second`` (Pearson's r).
    """
    rows = []
    one, two = load_scores(first), load_scores(second)
    for name in benchmarks:
        both = one[name].notna() & two[name].notna()
        r = [correlate(f["r2"][both], f[name][both], "pearson").estimate for f in (one, two)]
        rows.append((name, int(both.sum()), *r))
    return pd.DataFrame(rows, columns=["name", "n", "first", "second"])
