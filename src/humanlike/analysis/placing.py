"""Place a model on the scale of Paper B's leaderboard, with an interval, or say why it has none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from humanlike.analysis.asked import judgements
from humanlike.errors import HumanlikeError
from humanlike.stats.intervals import recentred

if TYPE_CHECKING:
    import pandas as pd

    from humanlike.analysis.ceilings import Limits
    from humanlike.analysis.observers import Mind
    from humanlike.stats import OrdinalEmbedding
    from humanlike.stats.categories import CategoryStructure

Floats = NDArray[np.float64]
NOT_A_KIND = "other"
"""Category of Paper B that is no kind of thing; left out where categories are measured."""


@dataclass(frozen=True)
class Target:
    """What models are compared with.

    Attributes
    ----------
    concepts, categories : tuple of str, (concepts,)
        Names and categories, in the order of the human space.
    human : ndarray, (concepts, dimensions)
        The human space.
    """

    concepts: tuple[str, ...]
    categories: tuple[str, ...]
    human: Floats

    def structure(self, space: Floats, n_perm: int = 0, seed: int = 0) -> CategoryStructure:
        """Measure how far the categories show in a space; `NOT_A_KIND` is left out."""
        from humanlike.stats.categories import category_structure

        kept = [name != NOT_A_KIND for name in self.categories]
        names = [name for name in self.categories if name != NOT_A_KIND]
        return category_structure(space[kept], names, n_perm=n_perm, seed=seed)


@dataclass(frozen=True)
class Rules:
    """How a place is found; the defaults are Paper B's design.

    Attributes
    ----------
    n_triplets, n_dims : int
        Questions of the design, and dimensions of the fitted space.
    least_valid : float
        A model with valid answers to a smaller share of the design's questions is not placed.
    n_refits : int
        Resamples of the judgements for the intervals.
    n_starts : int
        Fits from different starts whose mean R² is the estimate: a single one moves by 0.01.
    """

    n_triplets: int = 35_000
    n_dims: int = 30
    least_valid: float = 0.5
    n_refits: int = 200
    n_starts: int = 10


@dataclass(frozen=True, eq=False)
class Placed:
    """One model.

    Attributes
    ----------
    name, spec, form, mode : str
        Who was asked, in which form of prompt, and how the answer was taken.
    asked, valid : int
        Questions, and answers that give a judgement.
    reason : str
        Why the model has no place; empty if it has one. Without a place all that follows is None.
    r2 : float or None
        Procrustes R² with the human space, mean over the starts; low and high bound 95 % of the
        refits, see `around`.
    accuracy : float or None
        Share of the held-out judgements that the space predicts.
    space : ndarray or None, (concepts, dimensions)
        The fitted space of the start that predicts the held-out judgements best.
    structure : CategoryStructure or None
        Of that space; silhouette_low and silhouette_high bound 95 % of the refits'.
    """

    name: str
    spec: str
    form: str
    mode: str
    asked: int
    valid: int
    reason: str = ""
    r2: float | None = None
    low: float | None = None
    high: float | None = None
    accuracy: float | None = None
    space: Floats | None = None
    structure: CategoryStructure | None = None
    silhouette_low: float | None = None
    silhouette_high: float | None = None

    @property
    def has_place(self) -> bool:
        """Whether there is anything to show."""
        return not self.reason


def place(
    table: pd.DataFrame, target: Target, rules: Rules, *, seed: int = 0, n_jobs: int = -1
) -> Placed:
    """Fit a space to a model's judgements and compare it with people's.

    The interval comes from fits to resamples of the judgements: how far R² would move with other
    answers and other starts, see `around`. It says nothing of other concepts.

    Parameters
    ----------
    table : DataFrame
        As from `humanlike.analysis.asked.ask_triplets` or
        `humanlike.analysis.stored.stored_triplets`.
    target : Target
        With the concepts that were asked about.
    rules : Rules
    seed : int
        Of starts, held-out questions and resamples.
    n_jobs : int
        Threads, -1 for all cores; the numbers do not depend on it.

    Returns
    -------
    Placed
        With a reason instead of numbers if too little is valid, or the judgements determine no
        space.
    """
    known = table.attrs
    head = {"name": known["name"], "spec": known["model"], "asked": known["asked"],
            "valid": known["valid"], "form": known.get("form", "chat"),
            "mode": known.get("mode", "generate")}  # fmt: skip
    reason = too_little(known["asked"], known["valid"], known["failures"], rules)
    if reason:
        return Placed(**head, reason=reason)
    try:
        found = _fitted(judgements(table, target.concepts), target, rules, seed, n_jobs)
    except HumanlikeError as problem:
        return Placed(**head, reason=str(problem))
    return Placed(**head, **found)


def too_little(asked: int, valid: int, failures: Mapping[str, int], rules: Rules) -> str:
    """Say why so many answers do not suffice; empty if they do.

    Parameters
    ----------
    asked, valid : int
        Questions, and answers that give a judgement.
    failures : mapping of str to int
        The other answers by the name of the reason, most frequent first.
    rules : Rules
    """
    least = round(rules.least_valid * rules.n_triplets)
    if valid >= least and valid >= rules.least_valid * asked:
        return ""
    if asked < least:
        return f"asked {asked:,} of the design's {rules.n_triplets:,} questions, not enough"
    named = ", ".join(f"{count:,} {name}" for name, count in [*failures.items()][:3])
    return (
        f"only {100 * valid / asked:.1f} % of {asked:,} answers are valid ({named}); the "
        "judgements that are left would be another, self-chosen sample"
    )


def _fitted(
    rows: NDArray[np.int64], target: Target, rules: Rules, seed: int, n_jobs: int
) -> dict[str, Any]:
    fit, found = fit_space(rows, target.human, rules, seed=seed, n_jobs=n_jobs)
    structure = target.structure(fit.embedding_, n_perm=1000, seed=seed)
    shapes = np.array([target.structure(space).silhouette for space in found.refits])
    shape_low, shape_high = around(structure.silhouette, shapes)
    return {
        "r2": found.r2,
        "low": found.low,
        "high": found.high,
        "accuracy": fit.score(rows[fit.held_out_]),
        "space": fit.embedding_,
        "structure": structure,
        "silhouette_low": shape_low,
        "silhouette_high": shape_high,
    }


class Recovered(NamedTuple):
    """How much of the human space was found.

    Attributes
    ----------
    r2, low, high : float
        Procrustes R², mean over the starts, and the ends of the interval, see `around`.
    refits : ndarray, (refits, concepts, dimensions)
        Spaces fitted to resampled judgements.
    """

    r2: float
    low: float
    high: float
    refits: Floats


def fit_space(
    rows: NDArray[np.int64],
    human: Floats,
    rules: Rules,
    *,
    seed: int = 0,
    n_jobs: int = -1,
    allow_few: bool = False,
) -> tuple[OrdinalEmbedding, Recovered]:
    """Fit a space to judgements, again to resamples of them, and compare all with the human one.

    Parameters
    ----------
    rows : ndarray of int, (judgements, 3)
        Anchor, nearer, farther.
    human : ndarray, (concepts, dimensions)
    rules, seed, n_jobs
        As for `place`.
    allow_few : bool
        Fit even if there are fewer judgements than free coordinates.

    Returns
    -------
    fit : OrdinalEmbedding
        Of the start that predicts the held-out judgements best.
    found : Recovered
    """
    from humanlike.stats import OrdinalEmbedding, align_refits, procrustes_r2
    from humanlike.stats import bootstrap_embeddings as refit

    n_items = len(human)
    fit = OrdinalEmbedding(
        rules.n_dims, seed=seed, n_restarts=rules.n_starts, allow_few=allow_few
    ).fit(rows, n_items)
    again = refit(
        rows, n_items, rules.n_refits, rules.n_dims, seed=seed, n_jobs=n_jobs, allow_few=allow_few
    )
    r2 = float(np.mean([procrustes_r2(human, one.embedding) for one in fit.searches_]))
    low, high = around(r2, align_refits(human, again))
    return fit, Recovered(r2, max(low, 0.0), min(high, 1.0), again)


def around(estimate: float, drawn: Floats) -> tuple[float, float]:
    """Return the 95 % interval of resampled values, `recentred`, widened to hold the estimate."""
    low, high = recentred(drawn, estimate)
    return min(low, estimate), max(high, estimate)


def people_in_design(mind: Mind, rules: Rules, *, seed: int = 0) -> Floats:
    """Return the space that the design makes of people's own answers, with their noise.

    A fitted space may show categories more or less sharply than the mind behind the answers; this
    is what a model's space is to be compared with.

    Parameters
    ----------
    mind : Mind
        From `humanlike.analysis.ceilings.load_minds`.
    rules : Rules
    seed : int
        Of questions, noise and start.

    Returns
    -------
    ndarray, (concepts, dimensions)
    """
    from humanlike.analysis.observers import CROWD, answer
    from humanlike.stats import OrdinalEmbedding
    from humanlike.tasks.triplets import design

    n_items = len(mind.human)
    asked = design(n_items, rules.n_triplets, seed=seed).triplets
    rows = answer(CROWD, mind, asked, seed)
    return OrdinalEmbedding(rules.n_dims, seed=seed).fit(rows, n_items).embedding_


def labelled(placed: Sequence[Placed]) -> dict[str, Placed]:
    """Return models by a name that says what tells them apart: form, mode, or a number."""
    found: dict[str, Placed] = {}
    for one in placed:
        odd = [one.form] * (one.form != "chat") + [one.mode] * (one.mode != "generate")
        label = ", ".join([one.name, *odd])
        same = sum(name == label or name.startswith(f"{label} (") for name in found)
        found[f"{label} ({same + 1})" if same else label] = one
    return found


def load_target(human_space: int = 66, *, missing: str = "raise") -> Target:
    """Load the human space of the 128 concepts.

    Parameters
    ----------
    human_space : {66, 49}
        Dimensions of the SPoSE embedding.
    missing : {"raise", "simulate"}
        What to do if THINGS cannot be had.
    """
    from humanlike.data.concepts import load_concept_ids, load_concept_space

    ids = load_concept_ids(missing=missing)
    space = load_concept_space(human_space, missing=missing).to_numpy()
    return Target(tuple(ids["concept"]), tuple(ids["category"]), space)


def rank_among(r2: float, ranked: Sequence[float]) -> int:
    """Return the rank a value would take, 1 for the best."""
    return 1 + int(np.sum(np.asarray(ranked) > r2))


def placed_table(placed: Sequence[Placed], limits: Limits, ranked: Sequence[float]) -> pd.DataFrame:
    """Return one row per model for a page; numbers that do not exist are missing.

    Columns: name (as `labelled`), asked, valid (share), r2, interval (text), rank, corrected,
    accuracy, reason (missing for models with a place).
    """
    import pandas as pd

    rows = [
        {
            "name": name,
            "asked": one.asked,
            "valid": one.valid / one.asked,
            "r2": one.r2,
            "interval": None if one.r2 is None else f"{one.low:.3f} to {one.high:.3f}",
            "rank": None if one.r2 is None else rank_among(one.r2, ranked),
            "corrected": None if one.r2 is None else limits.corrected(one.r2),
            "accuracy": one.accuracy,
            "reason": one.reason or None,
        }
        for name, one in labelled(placed).items()
    ]
    return pd.DataFrame(rows).astype({"r2": float, "rank": "Int64", "corrected": float})
