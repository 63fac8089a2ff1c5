"""How well the models' answers, and their expected ratings, agree with people's ratings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from humanlike.data.norms import complete_words, features
from humanlike.errors import HumanlikeError


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
