"""Paper A's test of one model, beside the four versions of GPT-4o-mini."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from humanlike.analysis.asked import rating_table
from humanlike.analysis.transfer import MEASURES, measure
from humanlike.data.norms import DIMENSIONS, complete_words, features
from humanlike.errors import HumanlikeError
from humanlike.evaluate.asking import check_valid
from humanlike.evaluate.bias import rating_bias
from humanlike.evaluate.kept import kept
from humanlike.evaluate.parameters import Parameters
from humanlike.evaluate.record import Asked, Measured, RatingResult
from humanlike.evaluate.verdict import rating_verdict
from humanlike.stats.agreement import Scores, bootstrap_spearman

if TYPE_CHECKING:
    from humanlike.query.run import Result

GPT: Final = ("base", "qa_ft", "nl_ft", "en_ft")
OWN: Final = "model"
EACH: Final = "dimension "
"""Begins the name of the measure of one dimension."""
LEAST_WORDS: Final = 10
CEILING_SAMPLES: Final = 20


@dataclass(frozen=True)
class Norms:
    """What people and the versions of GPT-4o-mini said.

    Attributes
    ----------
    tables : dict of str to DataFrame, each (words, dimensions)
        ``human`` and `GPT`, the same words: those that all rated on all dimensions.
    spread : DataFrame, (words, dimensions)
        Standard error of people's mean ratings of these words.
    """

    tables: dict[str, pd.DataFrame]
    spread: pd.DataFrame


def load_norms(*, missing: str = "raise") -> Norms:
    """Load people's ratings and those of the versions of GPT-4o-mini."""
    from humanlike.data.norms import load_ratings
    from humanlike.stats.reliability import standard_errors

    table = load_ratings("English", missing=missing)
    words = complete_words(table, ["human", *GPT])
    tables = {name: features(table, name, DIMENSIONS).loc[words] for name in ("human", *GPT)}
    table = table.assign(error=standard_errors(table["human_sd"], table["n_known"]))
    spread = table.pivot(index="word", columns="dimension", values="error")
    return Norms(tables, spread.loc[words, list(DIMENSIONS)])


def measure_ratings(
    result: Result, asked: Asked, parameters: Parameters, norms: Norms, *, n_jobs: int = -1
) -> RatingResult:
    """Compare a model's ratings with people's.

    Parameters
    ----------
    result : Result
        Of a query for ratings in English on all dimensions.
    asked : Asked
        The same in numbers.
    parameters : Parameters
    norms : Norms
    n_jobs : int
        Threads, -1 for all cores; no number depends on it.
    """
    table = rating_table(result)
    own = table.pivot(index="word", columns="dimension", values="rating")
    own = own.reindex(index=table["word"].unique(), columns=list(DIMENSIONS))
    bias, used = rating_bias(own)
    head: dict[str, Any] = {
        "asked": asked,
        "bias": bias,
        "used": used,
        "words": tuple(own.index),
        "ratings": {name: _listed(own[name]) for name in own.columns},
    }
    words = [word for word in norms.tables["human"].index if word in own.index]
    words = list(own.loc[words].dropna().index)
    reason = check_valid(asked, parameters.least_valid, len(table))
    reason = reason or _unfit(own.loc[words], norms.tables["human"].loc[words])
    if reason:
        return RatingResult(**head, reason=reason, n_words=len(words))
    tables = {name: part.loc[words] for name, part in norms.tables.items()} | {OWN: own.loc[words]}
    known = [who for who in GPT if not _flat(tables[who])]
    tables = {name: part for name, part in tables.items() if name in ("human", OWN, *known)}
    scores = paired_scores(tables, parameters.n_boot, parameters.seed)
    chance, ceilings = _chance(tables, norms.spread.loc[words], parameters, n_jobs)
    mine = {short: _interval(one, OWN) for short, one in scores.items()}
    rsa = replace(mine["rsa"], p=chance)
    return RatingResult(
        **head, n_words=len(words), rsa=rsa, spearman=mine["spearman"],
        similarity=mine["similarity"], verdict=rating_verdict(rsa, ceilings), ceilings=ceilings,
        dimensions={
            name.removeprefix(EACH): _interval(one, OWN)
            for name, one in scores.items() if name.startswith(EACH)
        },
        references={who: {m: _interval(scores[m], who) for m in scores} for who in known},
        gains={who: {m: _gain(scores[m], OWN, who) for m in MEASURES} for who in known},
    )  # fmt: skip


def _unfit(own: pd.DataFrame, human: pd.DataFrame) -> str:
    """Return why ratings cannot be compared; empty if they can."""
    if len(own) < LEAST_WORDS:
        return f"only {len(own)} words have a valid rating on every dimension"
    for who, part in (("the model", own), ("people", human)):
        if flat := _flat(part):
            return f"{who} rated all {len(own)} words alike on {', '.join(flat)}"
    return ""


def _flat(table: pd.DataFrame) -> list[str]:
    """Return the dimensions on which all words have the same rating: nothing to correlate."""
    return [str(name) for name in table.columns[table.nunique() < 2]]


def _listed(column: pd.Series[float]) -> list[float | None]:
    return [None if np.isnan(value) else round(float(value), 4) for value in column]


def _interval(scores: Scores, name: str) -> Measured:
    return Measured(scores.estimate[name], *scores.interval(name))


def _gain(scores: Scores, name: str, other: str) -> Measured:
    return Measured(*scores.gain(name, other))


def paired_scores(tables: Mapping[str, pd.DataFrame], n_boot: int, seed: int) -> dict[str, Scores]:
    """Score models by all measures on the same resamples of the words.

    Each model is computed, and kept, by itself; the resamples depend on nothing but the number of
    words and the seed (`humanlike.stats.similarity.resamples`), so any models can be paired.

    Parameters
    ----------
    tables : mapping of str to DataFrame, each (words, dimensions)
        ``human`` and models, the same words.
    n_boot, seed : int

    Returns
    -------
    dict of str to Scores
        By `MEASURES`, and Spearman's ρ of each dimension under `EACH` and its name.
    """
    human = tables["human"]
    found = {
        name: kept(
            "ratings", partial(_scored, human, table, n_boot, seed),
            human.to_numpy(), table.to_numpy(), n_boot, seed,
        )
        for name, table in tables.items() if name != "human"
    }  # fmt: skip
    first = next(iter(found.values()))
    return {
        measure: Scores(
            {name: one[measure]["estimate"] for name, one in found.items()},
            {name: np.array(one[measure]["samples"], float) for name, one in found.items()},
        )
        for measure in first
    }


def _scored(
    human: pd.DataFrame, model: pd.DataFrame, n_boot: int, seed: int
) -> dict[str, dict[str, Any]]:
    """Return estimate and resamples of one model by every measure, as plain JSON.

    A resample in which a dimension does not vary has no value: None.
    """
    results = measure({"human": human, OWN: model}, n_boot, seed)
    drawn = bootstrap_spearman(human, {OWN: model}, n_boot, seed)[OWN]
    for name, one in zip(human.columns, drawn.T, strict=True):
        results[EACH + str(name)] = Scores({OWN: float(one[0])}, {OWN: one[1:]})
    return {
        name: {
            "estimate": scores.estimate[OWN],
            "samples": [
                None if np.isnan(one) else round(float(one), 6) for one in scores.samples[OWN]
            ],
        }
        for name, scores in results.items()
    }


def _chance(
    tables: Mapping[str, pd.DataFrame], spread: pd.DataFrame, parameters: Parameters, n_jobs: int
) -> tuple[float, dict[str, float]]:
    """Return the share of shuffled words with an RSA as high, and the ceilings."""
    from humanlike.stats import mantel, rdm

    n_perm, seed, human = parameters.n_perm, parameters.seed, tables["human"]

    def shuffled() -> float:
        return mantel(rdm(human), rdm(tables[OWN]), n_perm, seed, n_jobs=n_jobs).p

    p = kept("mantel", shuffled, human.to_numpy(), tables[OWN].to_numpy(), n_perm, seed)
    ceilings = kept(
        "ceilings", lambda: _ceilings(human, spread, seed),
        human.to_numpy(), spread.to_numpy(), seed,
    )  # fmt: skip
    return float(p), dict(ceilings)


def _ceilings(human: pd.DataFrame, spread: pd.DataFrame, seed: int) -> dict[str, float]:
    """Return how well a perfect model and other raters would do; empty where spread is unknown."""
    from humanlike.stats.ceiling import rsa_noise_ceiling

    try:
        found = rsa_noise_ceiling(human, spread, CEILING_SAMPLES, seed)
    except HumanlikeError:
        return {}
    return {"perfect": found.perfect, "raters": found.raters}
