"""What each stage of post-training changes, series by series."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from humanlike.data.stages import STAGES
from humanlike.errors import HumanlikeError, unknown
from humanlike.stats.exact import rising, sign_flip
from humanlike.stats.intervals import percentiles

ORDER = tuple(STAGES.values())
NAMES = {short: name for name, short in STAGES.items()}
MAPPINGS = {"printed": "stage", "real": "checkpoint_stage"}


def by_series(matched: pd.DataFrame, mapping: str) -> pd.DataFrame:
    """Lay R² out by series and stage.

    Parameters
    ----------
    matched : DataFrame
        As from `humanlike.data.stages.match_stages`.
    mapping : {"printed", "real"}
        Whether a row stands in the stage the paper prints or in that of the ranked checkpoint. A
        checkpoint of no stage of its series (Meta's own tuning of Llama) is left out of the latter.

    Returns
    -------
    DataFrame
        Index: series. Columns: stages in order; NaN where a series has none.

    Raises
    ------
    HumanlikeError
        If there is no such mapping.
    """
    if mapping not in MAPPINGS:
        raise HumanlikeError(unknown("mapping", mapping, MAPPINGS))
    rows = matched[matched[MAPPINGS[mapping]].isin(ORDER)]
    wide = rows.pivot(index="series", columns=MAPPINGS[mapping], values="r2")
    return wide.reindex(columns=[stage for stage in ORDER if stage in wide])


def changes(series: pd.DataFrame) -> pd.DataFrame:
    """List the change of R² at every step between neighbouring stages a series has.

    Parameters
    ----------
    series : DataFrame
        As from `by_series`.

    Returns
    -------
    DataFrame
        Columns ``series``, ``step`` (such as ``base to sft``), ``before``, ``after``, ``change``.
    """
    rows = []
    for name, line in series.iterrows():
        for before, after in pairwise(series.columns):
            change = line[after] - line[before]
            if np.isfinite(change):
                rows.append((name, f"{before} to {after}", line[before], line[after], change))
    return pd.DataFrame(rows, columns=["series", "step", "before", "after", "change"])


def step_tests(steps: pd.DataFrame) -> pd.DataFrame:
    """Test the change at each step as far as its few series allow.

    Parameters
    ----------
    steps : DataFrame
        As from `changes`.

    Returns
    -------
    DataFrame
        Columns ``step``, ``n`` (series), ``n_up``, ``mean`` (change), ``low``, ``high`` (t
        interval; NaN below three series), ``p`` (exact, two-sided), ``p_least`` (the smallest p
        that so many series can reach).
    """
    from scipy import stats

    rows: list[dict[str, Any]] = []
    for step, part in steps.groupby("step", sort=False):
        change = part["change"].to_numpy(float)
        test, low, high = sign_flip(change), np.nan, np.nan
        if len(change) > 2:
            spread = change.std(ddof=1) / np.sqrt(len(change))
            low, high = stats.t.interval(0.95, len(change) - 1, change.mean(), spread)
        rows.append({
            "step": step, "n": test.n, "n_up": test.n_positive, "mean": test.mean, "low": low,
            "high": high, "p": test.p, "p_least": test.p_least,
        })  # fmt: skip
    return pd.DataFrame(rows)


def trend(series: pd.DataFrame, stages: list[str]) -> tuple[int, float]:
    """Test whether R² rises over some stages in the series that have all of them.

    Returns
    -------
    n, p : int, float
        Series, and Page's exact one-sided p.
    """
    whole = series[stages].dropna()
    return len(whole), rising(list(whole.to_numpy(float)))[1]


def family_interval(pairs: pd.DataFrame, n_boot: int, seed: int) -> tuple[float, float]:
    """Return the 95 % interval of the mean gain when whole families of pairs are resampled.

    Parameters
    ----------
    pairs : DataFrame
        As from `humanlike.data.stages.pair_base_tuned`.
    n_boot, seed : int
        Of the resampling.
    """
    by_family = pairs.groupby("family")["gain"].agg(["sum", "size"]).to_numpy(float)
    n = len(by_family)
    draws = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=n_boot)
    total, count = (draws @ by_family).T
    return percentiles(total / count)
