"""Derived tables on the norms of Paper A: spread, reliability, the draw, traces of training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from humanlike.data.norms import DIMENSIONS, DUTCH, MODELS, SENSORY, features
from humanlike.errors import HumanlikeError, unknown
from humanlike.stats.groups import welch
from humanlike.stats.reliability import rating_reliability, standard_errors

STATED = (
    ("Dutch words with norms", "> 24,000", "dutch_words", ""),
    ("Translation pairs kept", "10,677", "included", ""),
    ("Pairs with norms in both languages", "7,861", "pool", ""),
    ("Pairs drawn", "3,930", "sampled.earlier", "sampled.current"),
    ("Training pairs", "2,358", "train.earlier", "train.current"),
    ("Test pairs", "1,572", "test.earlier", "test.current"),
    ("Training examples, English", "25,938", "examples_en.earlier", "examples_en.current"),
    ("Training examples, Dutch", "14,148", "examples_nl.earlier", "examples_nl.current"),
    ("Questions", "1,400", "", "questions"),
    ("Training questions", "800", "", "questions_train"),
    ("Test questions", "600", "", "questions_test"),
    ("Evaluated words in the training file", "", "evaluated_in_train.earlier",
     "evaluated_in_train.current"),
    ("Words in training and test file", "", "shared.earlier", "shared.current"),
    ("Pairs marked as included", "", "filtered.earlier", "filtered.current"),
    ("Pairs spelled alike in both languages", "", "cognates.earlier", "cognates.current"),
)  # fmt: skip
"""What is counted, the printed number, and the keys of the counts of both commits."""


def counts_table(counts: Mapping[str, int | bool]) -> pd.DataFrame:
    """Set the printed counts beside those of the files.

    Parameters
    ----------
    counts : mapping of str to int or bool
        As from `humanlike.data.audit.count_files`.

    Returns
    -------
    DataFrame
        Columns: What, Paper, Earlier commit, Current release; texts, empty where nothing is stated
        or counted.
    """
    rows = [
        (what, printed, *(f"{counts[key]:,}" if key else "" for key in keys))
        for what, printed, *keys in STATED
    ]
    return pd.DataFrame(rows, columns=["What", "Paper", "Earlier commit", "Current release"])


def spread_table(
    pairs: pd.DataFrame, dimensions: Sequence[str] = DIMENSIONS, *, n_boot: int = 0, seed: int = 0
) -> pd.DataFrame:
    """Describe how the human means of each dimension spread over words, and how reliably.

    Parameters
    ----------
    pairs : DataFrame
        As from `humanlike.data.splits.load_splits`: a row per word, with means, standard deviations
        over raters and numbers of raters.
    dimensions : sequence of str
        Which ones.
    n_boot, seed
        Resamples of the words for the interval of the reliability.

    Returns
    -------
    DataFrame
        One row per dimension. Columns: dimension, mean, variance, iqr (interquartile range),
        below_one (share of words with a mean below 1), noise (mean squared standard error),
        standard_error (its root), reliability, low, high, ceiling; see
        `humanlike.stats.reliability.Reliability`.

    Raises
    ------
    HumanlikeError
        If a dimension is unknown or there are too few words.
    """
    rows = []
    for name in dimensions:
        if name not in DIMENSIONS:
            raise HumanlikeError(unknown("dimension", name, DIMENSIONS))
        known = pairs["n_known_sensory" if name in SENSORY else "n_known_motor"]
        found = rating_reliability(pairs[name], pairs[f"{name}_sd"], known, n_boot, seed)
        quarter, three_quarters = pairs[name].quantile([0.25, 0.75])
        rows.append(
            {
                "dimension": name,
                "mean": pairs[name].mean(),
                "variance": found.observed_variance,
                "iqr": three_quarters - quarter,
                "below_one": (pairs[name] < 1).mean(),
                "noise": found.error_variance,
                "standard_error": found.standard_error,
                "reliability": found.reliability,
                "low": found.low,
                "high": found.high,
                "ceiling": found.ceiling,
            }
        )
    return pd.DataFrame(rows)


def word_table(table: pd.DataFrame) -> pd.DataFrame:
    """Describe how exactly each English word was rated.

    Parameters
    ----------
    table : DataFrame
        As from `humanlike.data.norms.load_ratings`, in English.

    Returns
    -------
    DataFrame
        One row per word. Columns: word; raters_sensory, raters_motor; standard_error (root mean
        square over dimensions, scale points); reliability (share of the variance of its profile
        over dimensions that is not rater noise).
    """
    rows = []
    for word, part in table.groupby("word", sort=False):
        error = standard_errors(part["human_sd"], part["n_known"]) ** 2
        raters = part.groupby("group")["n_known"].first()
        spread = part["human"].var()
        rows.append(
            {
                "word": word,
                "raters_sensory": raters["sensory"],
                "raters_motor": raters["motor"],
                "standard_error": np.sqrt(error.mean()),
                "reliability": 1 - error.mean() / spread if spread else np.nan,
            }
        )
    return pd.DataFrame(rows)


def draw_check(pool: pd.DataFrame, split: pd.DataFrame) -> pd.DataFrame:
    """Compare drawn pairs with the rest of the pool, and training with test pairs.

    Every rating, concreteness, log frequency and prevalence is compared by Welch's test; p-values
    are adjusted over all comparisons of a kind (Holm, 1979).

    Returns
    -------
    DataFrame
        Columns: comparison (``drawn`` or ``training``), variable, difference (in standard
        deviations), p, p_holm.
    """
    from statsmodels.stats.multitest import multipletests

    names = [*DIMENSIONS, *DUTCH.values(), "concreteness", "frequency", "prevalence"]
    drawn = pool["translation"].isin(split["translation"])
    groups = {
        "drawn": (pool[drawn], pool[~drawn]),
        "training": (split[split["part"] == "train"], split[split["part"] == "test"]),
    }
    tables = []
    for comparison, (one, two) in groups.items():
        rows = []
        for name in names:
            first, second = (_plain(side[name]) for side in (one, two))
            found = welch(first, second)
            rows.append((comparison, name, found.d, found.p))
        table = pd.DataFrame(rows, columns=["comparison", "variable", "difference", "p"])
        tables.append(table.assign(p_holm=multipletests(table["p"], method="holm")[1]))
    return pd.concat(tables, ignore_index=True)


def _plain(values: pd.Series[float]) -> pd.Series[float]:
    known = pd.to_numeric(values, errors="coerce").dropna().astype(float)
    return pd.Series(np.log10(known + 1)) if values.name == "frequency" else known


def training_traces(ratings: pd.DataFrame, seen: Sequence[str]) -> pd.DataFrame:
    """Compare the models' errors on words of a training file with those on other words.

    A model that was trained on these words would be nearer to people on them, and would more often
    give their mean exactly; a model that never saw them shows by how much the words differ anyway.

    Parameters
    ----------
    ratings : DataFrame
        As from `humanlike.data.norms.load_ratings`.
    seen : sequence of str
        Words of the training file, in the language of the ratings.

    Returns
    -------
    DataFrame
        One row per model that was asked. Columns: model, n_seen, n_other; error_seen, error_other
        (mean absolute error per word, scale points); difference, low, high, p (Welch's test over
        words); exact_seen, exact_other (share of ratings equal to the human mean at two decimals).
    """
    human = features(ratings, "human")
    inside = human.index.isin(list(seen))
    rows = []
    for model in MODELS:
        if ratings[model].isna().all():
            continue
        gap = (features(ratings, model) - human).abs()
        error, exact = gap.mean(axis=1), (gap < 0.005).mean(axis=1)
        found = welch(error[inside], error[~inside])
        rows.append(
            {
                "model": model,
                "n_seen": found.n[0],
                "n_other": found.n[1],
                "error_seen": error[inside].mean(),
                "error_other": error[~inside].mean(),
                "difference": found.difference,
                "low": found.low,
                "high": found.high,
                "p": found.p,
                "exact_seen": exact[inside].mean(),
                "exact_other": exact[~inside].mean(),
            }
        )
    return pd.DataFrame(rows)


def languages_agree(english: pd.DataFrame, dutch: pd.DataFrame) -> pd.DataFrame:
    """Correlate the human means of words with those of their translations.

    Parameters
    ----------
    english, dutch : DataFrame
        As from `humanlike.data.norms.load_ratings`.

    Returns
    -------
    DataFrame
        One row per sensory dimension. Columns: dimension, rho (Spearman), r (Pearson), rho_low
        (Spearman among words with a mean below 1 in both languages; NaN if fewer than three), n_low
        (these words), difference (English minus Dutch mean, scale points), n.
    """
    keys = {"word": "translation", "translation": "word"}
    other = dutch.rename(columns=keys)[["word", "translation", "dimension", "human"]]
    both = english.merge(other, on=["word", "translation", "dimension"], suffixes=("", "_nl"))
    rows = []
    for name in SENSORY:
        part = both[both["dimension"] == name]
        low = part[(part["human"] < 1) & (part["human_nl"] < 1)]
        rho_low = low["human"].corr(low["human_nl"], method="spearman", min_periods=3)
        rows.append(
            {
                "dimension": name,
                "rho": part["human"].corr(part["human_nl"], method="spearman"),
                "r": part["human"].corr(part["human_nl"]),
                "rho_low": rho_low,
                "n_low": len(low),
                "difference": part["human"].mean() - part["human_nl"].mean(),
                "n": len(part),
            }
        )
    return pd.DataFrame(rows)
