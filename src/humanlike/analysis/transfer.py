"""Trained on one thing, tested on another: scores, gains, and references for the motor ratings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from humanlike.data.norms import DIMENSIONS, MOTOR, SENSORY, complete_words, features
from humanlike.stats import rsa_bootstrap
from humanlike.stats.agreement import (
    Scores,
    bootstrap_scores,
    mean_similarity,
    spearman_scores,
)
from humanlike.stats.ridge import ridge_predictions

Floats = NDArray[np.float64]
Ratings = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Test:
    """Words and dimensions on which models are compared.

    ``key`` names it in recorded values, ``matched`` is the model tuned in its language and
    ``others`` are those whose share of the matched gain is of interest.
    """

    key: str
    language: str
    dimensions: tuple[str, ...]
    matched: str
    others: tuple[str, ...]


TESTS = {
    "English, all 11": Test("en_all", "English", DIMENSIONS, "en_ft", ("nl_ft", "qa_ft")),
    "English, sensory": Test("en_sensory", "English", SENSORY, "en_ft", ("nl_ft", "qa_ft")),
    "English, motor": Test("en_motor", "English", MOTOR, "en_ft", ("nl_ft", "qa_ft")),
    "Dutch, sensory": Test("nl_sensory", "Dutch", SENSORY, "nl_ft", ("en_ft",)),
}
TRAINING = {
    "base": "nothing",
    "qa_ft": "English questions",
    "nl_ft": "Dutch ratings, sensory",
    "en_ft": "English ratings, all",
}
LABELS = {"base": "Base", "qa_ft": "QA_FT", "nl_ft": "Nl_FT", "en_ft": "En_FT"}
MEASURES = {
    "rsa": "RSA (Spearman's ρ)",
    "spearman": "Mean ρ per dimension",
    "similarity": "Mean similarity",
}
REFERENCES = {
    "readout.human": "people's sensory ratings",
    "readout.nl_ft": "Nl_FT's sensory, people's relation",
    "readout.base_fitted": "Base's sensory, fitted",
}


def ratings_for(
    table: pd.DataFrame, test: Test, models: list[str], subset: int, seed: int
) -> dict[str, pd.DataFrame]:
    """Select the ratings of one test: words that people and all models rated on all dimensions.

    Parameters
    ----------
    table : DataFrame
        As `humanlike.data.norms.load_ratings` gives it.
    test : Test
    models : list of str
        Those not asked in this language are left out.
    subset, seed : int
        Number of words drawn at random, 0 for all, and the seed of the draw.

    Returns
    -------
    dict of str to DataFrame
        ``human`` first, then models: (words, dimensions), the same words.
    """
    who = ["human", *(m for m in models if table[m].notna().any())]
    words = complete_words(table, who)
    if subset and subset < len(words):
        words = sorted(np.random.default_rng(seed).choice(words, subset, replace=False))
    return {name: features(table, name, test.dimensions).loc[words] for name in who}


def measure(ratings: Ratings, n_boot: int, seed: int) -> dict[str, Scores]:
    """Score all models by three measures on the same resamples of the words.

    Returns
    -------
    dict of str to Scores
        Keys of `MEASURES`.
    """
    human = ratings["human"]
    models = {name: table for name, table in ratings.items() if name != "human"}
    drawn = rsa_bootstrap(human, models, n_boot, seed, n_jobs=-1)
    columns = {name: drawn.samples[:, place] for place, name in enumerate(drawn.names)}
    return {
        "rsa": Scores(drawn.rho, columns),
        "spearman": spearman_scores(human, models, n_boot, seed),
        "similarity": bootstrap_scores(mean_similarity, human, models, n_boot, seed),
    }


def score_table(results: Mapping[str, Mapping[str, Scores]], level: float) -> pd.DataFrame:
    """List every score of every test with its interval, and its gain over the base model.

    Returns
    -------
    DataFrame
        Columns test, measure, model, trained on, estimate, low, high, gain, gain low, gain high.
    """
    rows = []
    for test, by_measure in results.items():
        for short, scores in by_measure.items():
            for model, estimate in scores.estimate.items():
                low, high = scores.interval(model, level)
                gain = scores.gain(model, "base", level) if model != "base" else (np.nan,) * 3
                name, trained = MEASURES[short], TRAINING[model]
                rows.append((test, name, model, trained, estimate, low, high, *gain))
    columns = ["test", "measure", "model", "trained on", "estimate", "low", "high"]
    return pd.DataFrame(rows, columns=[*columns, "gain", "gain low", "gain high"])


def recovery_table(results: Mapping[str, Mapping[str, Scores]], level: float) -> pd.DataFrame:
    """List which share of the matched model's gain other training recovers.

    A row is missing where the matched model does not gain beyond doubt, or was not asked for.

    Returns
    -------
    DataFrame
        Columns test, key, model, model_key, matched, measure, short, share, low, high.
    """
    rows = []
    for name, by_measure in results.items():
        test = TESTS[name]
        for short, scores in by_measure.items():
            known = scores.estimate
            if test.matched not in known or scores.gain(test.matched, "base", level)[1] <= 0:
                continue
            for model in test.others:
                if model in known:
                    share = scores.recovery(model, test.matched, "base", level)
                    who = (LABELS[model], model, LABELS[test.matched])
                    rows.append((name, test.key, *who, MEASURES[short], short, *share))
    columns = ["test", "key", "model", "model_key", "matched", "measure", "short"]
    return pd.DataFrame(rows, columns=[*columns, "share", "low", "high"])


def motor_references(
    sensory: Ratings, motor: Ratings, folds: int, seed: int
) -> tuple[dict[str, pd.DataFrame], Floats]:
    """Predict people's motor ratings from sensory ratings, by cross-validated ridge regression.

    Parameters
    ----------
    sensory, motor : mapping of str to DataFrame
        By source, ``human`` among them: (words, dimensions), the same words.
    folds, seed : int
        Of the cross-validation; folds are at most half the number of words.

    Returns
    -------
    references : dict of str to DataFrame
        The motor ratings of ``human`` and every model, and the predictions named in `REFERENCES`:
        from people's sensory ratings; from Nl_FT's by the relation fitted to people's; from the
        base model's by a relation fitted to them.
    r2 : ndarray, (motor dimensions,)
        Explained share of the variance of held-out words, from people's sensory ratings.
    """
    human, target = sensory["human"], motor["human"]
    folds = min(folds, len(human) // 2)
    first = ridge_predictions(human, target, folds, seed)
    predicted = {"readout.human": first.predicted}
    if "nl_ft" in sensory:
        second = ridge_predictions(human, target, folds, seed, x_new=sensory["nl_ft"])
        predicted["readout.nl_ft"] = second.predicted
    predicted["readout.base_fitted"] = ridge_predictions(
        sensory["base"], target, folds, seed
    ).predicted
    tables = {
        name: pd.DataFrame(values, index=target.index, columns=target.columns)
        for name, values in predicted.items()
    }
    return {**motor, **tables}, first.r2


def reference_table(scores: Scores, level: float) -> pd.DataFrame:
    """List models' own motor ratings and the read-outs, for `humanlike.plots.transfer.motor_bars`.

    Returns
    -------
    DataFrame
        Columns label, kind, estimate, low, high.
    """
    rows = []
    for name, estimate in scores.estimate.items():
        kind = "read-out" if name in REFERENCES else "answer"
        tuned = f"on {TRAINING[name]}" if name in TRAINING and name != "base" else "not tuned"
        label = REFERENCES.get(name) or f"{LABELS[name]} ({tuned})"
        rows.append((label, kind, estimate, *scores.interval(name, level)))
    return pd.DataFrame(rows, columns=["label", "kind", "estimate", "low", "high"])
