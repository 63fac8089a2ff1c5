"""How well a pupil agrees with people after each training, and how many words that takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from humanlike.analysis.finetuning import Run
from humanlike.data.norms import DIMENSIONS, MOTOR

MEASURES = ("rsa", "spearman", "similarity")


def score_runs(taught: Mapping[Run, pd.DataFrame], human: pd.DataFrame) -> pd.DataFrame:
    """Score every training on the evaluated words that each of them rated throughout.

    Returns
    -------
    DataFrame
        Columns training, method, words, draw, rsa, spearman, similarity, motor (RSA on the motor
        dimensions). A score is NaN where a dimension does not vary.
    """
    from humanlike.stats import rdm

    whole = set(human.index).intersection(*(table.dropna().index for table in taught.values()))
    human = human[human.index.isin(whole)]
    people = {name: rdm(human[list(names)]) for name, names in _SETS.items()}
    rows = [
        (*run, *_scores(rated.loc[human.index], human, people)) for run, rated in taught.items()
    ]
    columns = ["training", "method", "words", "draw", *MEASURES, "motor"]
    return pd.DataFrame(rows, columns=columns)


_SETS = {"all": DIMENSIONS, "motor": MOTOR}


def _scores(
    ratings: pd.DataFrame, human: pd.DataFrame, people: Mapping[str, np.ndarray]
) -> tuple[float, ...]:
    from humanlike.stats import rdm, rsa
    from humanlike.stats.agreement import mean_similarity, mean_spearman

    structure = {
        name: rsa(people[name], rdm(ratings[list(names)]))
        if (ratings[list(names)].nunique() > 1).all()
        else np.nan
        for name, names in _SETS.items()
    }
    one, two = human.to_numpy(float), ratings.to_numpy(float)
    order, near = float(mean_spearman(one, two)), float(mean_similarity(one, two))
    return structure["all"], order, near, structure["motor"]


def dose_response(scores: pd.DataFrame, doses: Sequence[int]) -> pd.DataFrame:
    """Average the draws of every dose.

    Parameters
    ----------
    scores : DataFrame
        From `score_runs`.
    doses : sequence of int
        Numbers of training words.

    Returns
    -------
    DataFrame
        Columns method, words, short (measure), draws, mean, low, high: the 95 % interval of the
        mean over draws by Student's t; the mean itself where there is one draw.
    """
    from scipy.stats import t

    own = scores[(scores["training"] == "all") & scores["words"].isin(list(doses))]
    rows = []
    for (method, words), part in own.groupby(["method", "words"]):
        count = len(part)
        for short in MEASURES:
            mean, wide = float(part[short].mean()), 0.0
            if count > 1:
                wide = float(t.ppf(0.975, count - 1) * part[short].std() / np.sqrt(count))
            rows.append((method, words, short, count, mean, mean - wide, mean + wide))
    columns = ["method", "words", "short", "draws", "mean", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def enough_words(curve: pd.DataFrame, method: str, short: str, level: float) -> int:
    """Return the smallest dose whose mean score reaches a level; 0 if none does."""
    own = curve[(curve["method"] == method) & (curve["short"] == short)].sort_values("words")
    reached = own.loc[own["mean"] >= level, "words"]
    return int(reached.iloc[0]) if len(reached) else 0
