"""Paper B's test of one model: its space, where it stands, chance and ceiling."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from humanlike.analysis.asked import judgements, triplet_table
from humanlike.analysis.ceilings import Limits, design_limits, load_minds
from humanlike.analysis.observers import Mind
from humanlike.analysis.placing import Target, fit_space, load_target, rank_among
from humanlike.errors import HumanlikeError
from humanlike.evaluate.agreement import (
    human_ceilings,
    marks_of,
    resampled_agreement,
    shuffled_agreement,
    two_sided,
    values_of,
)
from humanlike.evaluate.asking import check_valid
from humanlike.evaluate.bias import triplet_bias
from humanlike.evaluate.kept import kept
from humanlike.evaluate.parameters import Parameters
from humanlike.evaluate.record import Asked, Measured, TripletResult
from humanlike.evaluate.verdict import triplet_verdict
from humanlike.stats.intervals import percentiles
from humanlike.stats.proportions import wilson

if TYPE_CHECKING:
    from humanlike.query.run import Result

Floats = NDArray[np.float64]
Triplets = NDArray[np.int64]
DIGITS = 5
"""Decimals of the space that is kept, in units of its own size."""


@dataclass(frozen=True)
class Scale:
    """What every model is measured against.

    Attributes
    ----------
    target : Target
    mind : Mind
    limits : Limits or None
        Chance and ceilings of R² in this design; None where it has too few questions for a space.
    published : tuple of float
        R² of the published models.
    """

    target: Target
    mind: Mind
    limits: Limits | None
    published: tuple[float, ...]


def load_scale(parameters: Parameters, *, missing: str = "raise", n_jobs: int = -1) -> Scale:
    """Load the human space and find chance and ceilings of the design, once for all models."""
    from humanlike.data.published import load_ranking

    target = load_target(parameters.human_space, missing=missing)
    mind = load_minds(parameters.human_space, seed=parameters.seed, missing=missing)
    plan, n, seed = parameters.design, parameters.n_replicates, parameters.seed
    limits = None
    if not too_small(parameters, len(target.concepts)):
        found = kept(
            "limits", lambda: asdict(design_limits(mind, n, seed, plan=plan, n_jobs=n_jobs)),
            mind.human, mind.similarities["other"], list(target.categories), asdict(plan), n, seed,
        )  # fmt: skip
        limits = Limits(**found)
    return Scale(target, mind, limits, tuple(load_ranking()["r2"]))


def too_small(parameters: Parameters, n_concepts: int) -> str:
    """Say why a design has too few questions for a space; empty if it has enough.

    A fifth is held out, and a resample of the rest holds 63 % of it at least once: half of the
    questions must be as many as the space has free coordinates.
    """
    from humanlike.stats.triplets import free_coordinates

    free = free_coordinates(n_concepts, parameters.n_dims)
    if parameters.n_triplets >= 2 * free:
        return ""
    return (
        f"{parameters.n_triplets:,} questions are too few for a space of {parameters.n_dims} "
        f"dimensions with an interval, which takes {2 * free:,}"
    )


def measure_triplets(
    result: Result, asked: Asked, parameters: Parameters, scale: Scale, *, n_jobs: int = -1
) -> TripletResult:
    """Fit a space to a model's answers and compare both with people's.

    Parameters
    ----------
    result : Result
        Of a query for triplets of the target's concepts.
    asked : Asked
        The same in numbers.
    parameters : Parameters
    scale : Scale
    n_jobs : int
        Threads, -1 for all cores; no number depends on it.
    """
    table, concepts = triplet_table(result), scale.target.concepts
    valid = table["nearer"].notna().to_numpy()
    if not valid.any():
        reason = check_valid(asked, 1.0, parameters.n_triplets)
        return TripletResult(asked, reason, concepts=concepts)
    rows = judgements(table, concepts)
    firsts = (table["nearer"] == table["first"]).to_numpy()[valid]
    questions = np.where(firsts[:, None], rows, rows[:, [0, 2, 1]])
    ceilings, agreement = _agreement(rows, questions, scale, parameters)
    known: dict[str, Any] = {
        "asked": asked,
        "bias": triplet_bias(rows, firsts),
        "ceilings": ceilings,
        "agreement": agreement,
        "limits": {name: float(one) for name, one in asdict(scale.limits).items()}
        if scale.limits
        else {},
        "concepts": concepts,
        "marks": marks_of(rows, valid, scale.mind.similarities["human"]),
    }
    reason = check_valid(asked, parameters.least_valid, parameters.n_triplets)
    if not reason and scale.limits is None:
        reason = too_small(parameters, len(concepts))
    if not reason and scale.limits is not None:
        try:
            known |= _space(rows, scale, scale.limits, parameters, n_jobs)
        except HumanlikeError as problem:
            reason = f"no space of {parameters.n_dims} dimensions: {problem}"
    verdict = (
        "none"
        if asked.valid_share < parameters.least_valid
        else triplet_verdict(agreement, ceilings)
    )
    return TripletResult(**known, reason=reason, verdict=verdict)


def _agreement(
    rows: Triplets, questions: Triplets, scale: Scale, parameters: Parameters
) -> tuple[dict[str, float], Measured]:
    """Return ceilings and chance of the agreement, and the agreement itself."""
    human, n, seed = scale.mind.similarities["human"], len(scale.target.concepts), parameters.seed
    values = values_of(marks_of(rows, np.ones(len(rows), bool), human))

    def compute() -> dict[str, list[float]]:
        drawn = resampled_agreement(questions, values, n, parameters.n_boot, seed)
        null = shuffled_agreement(rows, human, parameters.n_perm, seed)
        chance = [*percentiles(null), two_sided(values.mean(), null)]
        return {"ends": [*percentiles(drawn)], "chance": chance}

    found = kept("agreement", compute, rows, questions, human, parameters.n_boot,
                 parameters.n_perm, seed)  # fmt: skip
    low, high, p = found["chance"]
    below, above = found["ends"]
    ceilings = {"chance_low": low, "chance_high": high, **human_ceilings(scale.mind, questions)}
    return ceilings, Measured(float(values.mean()), below, above, p)


def _space(
    rows: Triplets, scale: Scale, limits: Limits, parameters: Parameters, n_jobs: int
) -> dict[str, Measured | list[list[float]]]:
    """Fit the space as the leaderboard does, and place it."""
    human, rules = scale.target.human, parameters.rules
    found = kept(
        "space", lambda: _fitted(rows, human, parameters, n_jobs),
        rows, human, asdict(rules), parameters.n_perm, parameters.seed,
    )  # fmt: skip
    low, r2, high = found["r2"]
    share = wilson(found["hits"], found["n_held_out"])
    rank, best, worst = (float(rank_among(one, scale.published)) for one in (r2, high, low))
    corrected = [float(limits.corrected(one)) for one in (r2, low, high)]
    return {
        "r2": Measured(r2, low, high, found["p"]),
        "held_out": Measured(found["accuracy"], share.low, share.high),
        "rank": Measured(rank, best, worst),
        "corrected": Measured(*corrected),
        "space": found["space"],
    }


def _fitted(rows: Triplets, human: Floats, parameters: Parameters, n_jobs: int) -> dict[str, Any]:
    """Place the space, and shuffle the concepts."""
    from humanlike.stats import alignment_null

    fit, found = fit_space(rows, human, parameters.rules, seed=parameters.seed, n_jobs=n_jobs)
    aside = rows[fit.held_out_]
    accuracy = fit.score(aside)
    null = alignment_null(human, fit.embedding_, n_perm=parameters.n_perm, seed=parameters.seed)
    size = np.sqrt((fit.embedding_**2).sum(axis=1).mean())
    return {
        "r2": [found.low, found.r2, found.high],
        "p": null.p,
        "accuracy": accuracy,
        "hits": round(accuracy * len(aside)),
        "n_held_out": len(aside),
        "space": (fit.embedding_ / size).round(DIGITS).tolist(),
    }
