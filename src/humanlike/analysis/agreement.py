"""How well the models' answers, and their expected ratings, agree with people's ratings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from humanlike.data.norms import complete_words, features
from humanlike.errors import HumanlikeError
from humanlike.stats.intervals import percentiles

FEWEST = 5
"""Words a correlation needs."""


def who_was_asked(
    tables: Mapping[str, pd.DataFrame], models: Sequence[str]
) -> dict[str, list[str]]:
    """Return, by language, those of the models that were asked in it.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Rating tables by language, as from `humanlike.data.norms.load_ratings`.
    models : sequence of str
        The models in question.

    Returns
    -------
    dict of str to list of str
        Languages in which none of them was asked are left out.

    Raises
    ------
    HumanlikeError
        If none of them was asked in any of the languages.
    """
    found = {
        language: [model for model in models if table[model].notna().any()]
        for language, table in tables.items()
    }
    asked = {language: names for language, names in found.items() if names}
    if not asked:
        raise HumanlikeError(
            f"None of {', '.join(models)} was asked in {' or '.join(tables)}. QA_FT was asked in "
            "English only: add English or another model."
        )
    return asked


def by_dimension(
    greedy: pd.DataFrame, expected: pd.DataFrame, models: Sequence[str]
) -> pd.DataFrame:
    """Correlate answers and expected ratings with people's ratings, dimension by dimension.

    Only words count that every one of the models rated, in both ways.

    Parameters
    ----------
    greedy, expected : DataFrame
        As from `humanlike.data.norms.load_ratings` and
        `humanlike.analysis.expected.load_expected_ratings`, of one language.
    models : sequence of str
        Models that were asked in this language.

    Returns
    -------
    DataFrame
        One row per model and dimension. Columns: model, dimension; greedy, expected (Spearman's ρ
        with people); error_greedy, error_expected (mean absolute error, scale points); apart (mean
        absolute difference of answer and expected rating, scale points); n (words).
    """
    words = common_words(greedy, expected, models)
    human = features(greedy, "human").loc[words]
    rows = []
    for model in models:
        answers, means = (features(table, model).loc[words] for table in (greedy, expected))
        for name in human.columns:
            rows.append(
                {
                    "model": model,
                    "dimension": name,
                    "greedy": answers[name].corr(human[name], method="spearman"),
                    "expected": means[name].corr(human[name], method="spearman"),
                    "error_greedy": (answers[name] - human[name]).abs().mean(),
                    "error_expected": (means[name] - human[name]).abs().mean(),
                    "apart": (answers[name] - means[name]).abs().mean(),
                    "n": len(words),
                }
            )
    return pd.DataFrame(rows)


def asked_by_dimension(
    asked: pd.DataFrame, released: pd.DataFrame, n_boot: int, seed: int, beside: str = "base"
) -> pd.DataFrame:
    """Correlate the ratings of a model asked here with people's, beside a released model's.

    Only words count that people and both models rated on every dimension.

    Parameters
    ----------
    asked : DataFrame
        As from `humanlike.analysis.asked.ask_ratings`.
    released : DataFrame
        As from `humanlike.data.norms.load_ratings`, of the same language.
    n_boot, seed
        Resamples of the words, the same ones for every dimension.
    beside : str
        The released model.

    Returns
    -------
    DataFrame
        One row per dimension and a last one, ``mean``, over them. Columns: dimension; rho, low,
        high (Spearman's ρ with people, 95 % percentile interval); beside (ρ of the other model);
        gap, gap_low, gap_high (rho minus beside, with its interval); n (words).

    Raises
    ------
    HumanlikeError
        If fewer than `FEWEST` words have all ratings.
    """
    from humanlike.stats import spearman_bootstrap

    wide = asked.pivot(index="word", columns="dimension", values="rating").dropna()
    words = [word for word in complete_words(released, ["human", beside]) if word in wide.index]
    if len(words) < FEWEST:
        raise HumanlikeError(
            f"{len(words)} words have a rating of people, of the model that was asked and of "
            f"{beside} on every dimension; {FEWEST} are needed. See which answers were not valid."
        )
    human, other = (features(released, who).loc[words] for who in ("human", beside))
    found = {
        name: spearman_bootstrap(
            human[name], {"asked": wide.loc[words, name], "beside": other[name]}, n_boot, seed
        )
        for name in human.columns
        if name in wide.columns
    }
    estimates = {name: [*boot.rho.values()] for name, boot in found.items()}
    samples = {name: boot.samples for name, boot in found.items()}
    estimates["mean"] = list(np.mean([*estimates.values()], axis=0))
    samples["mean"] = np.mean([*samples.values()], axis=0)
    rows = [_beside(name, estimates[name], samples[name]) for name in estimates]
    return pd.DataFrame(rows).assign(n=len(words))


def _beside(name: str, both: list[float], samples: NDArray[np.float64]) -> dict[str, Any]:
    rho, other = both
    low, high = percentiles(samples[:, 0])
    gap_low, gap_high = percentiles(samples[:, 0] - samples[:, 1])
    found = {"dimension": name, "rho": rho, "low": low, "high": high, "beside": other}
    return found | {"gap": rho - other, "gap_low": gap_low, "gap_high": gap_high}


def compare_structure(
    greedy: pd.DataFrame, expected: pd.DataFrame, models: Sequence[str], n_boot: int, seed: int
) -> pd.DataFrame:
    """Compare the RSA of answers and of expected ratings in the same resamples of words.

    Parameters
    ----------
    greedy, expected, models
        As in `by_dimension`.
    n_boot, seed
        Resamples of the words, see `humanlike.stats.rsa_bootstrap`.

    Returns
    -------
    DataFrame
        One row per model. Columns: model; greedy, expected (Spearman's ρ between RDMs); gain
        (expected minus greedy), low, high (95 % percentile interval).
    """
    from humanlike.stats import rsa_bootstrap

    words = common_words(greedy, expected, models)
    human = features(greedy, "human").loc[words]
    tables = {f"{m} greedy": features(greedy, m).loc[words] for m in models}
    tables |= {f"{m} expected": features(expected, m).loc[words] for m in models}
    found = rsa_bootstrap(human, tables, n_boot, seed, n_jobs=-1)
    rows = []
    for model in models:
        gap = found.difference(f"{model} expected", f"{model} greedy")
        one, two = found.rho[f"{model} greedy"], found.rho[f"{model} expected"]
        rows.append((model, one, two, gap.estimate, gap.low, gap.high))
    return pd.DataFrame(rows, columns=["model", "greedy", "expected", "gain", "low", "high"])


def common_words(greedy: pd.DataFrame, expected: pd.DataFrame, models: Sequence[str]) -> list[str]:
    """Return the words that have every rating in both tables."""
    whole = set(complete_words(expected, ["human", *models]))
    return [word for word in complete_words(greedy, ["human", *models]) if word in whole]
