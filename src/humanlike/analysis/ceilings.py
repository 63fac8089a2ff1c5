"""Chance and ceiling of Paper B's alignment score, by observers whose agreement is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from humanlike.analysis import observers as minds_of
from humanlike.analysis.observers import Mind, Observer, Similarity
from humanlike.data.concepts import load_concept_ids, load_concept_space
from humanlike.errors import HumanlikeError
from humanlike.stats import align, effective_dimension, fit_many
from humanlike.stats.alignment import MEASURES
from humanlike.stats.triplet_losses import HeavyTailedTriplet, TripletLoss
from humanlike.tasks.triplets import design

if TYPE_CHECKING:
    import pandas as pd

    from humanlike.stats import OrdinalEmbedding

Floats = NDArray[np.float64]
TAILS: Final = (3.0, 10.0, 30.0)
"""Degrees of freedom tried beside the crowd kernel's own, which is 1."""


@dataclass(frozen=True)
class Design:
    """How a space is got from answers; the defaults are Paper B's.

    Attributes
    ----------
    n_triplets : int
        Questions asked.
    n_dims : int
        Dimensions fitted.
    loss : str
        Loss of the ordinal embedding, see `humanlike.stats.OrdinalEmbedding`.
    held_out : float
        Share of the questions held out.
    """

    n_triplets: int = 35_000
    n_dims: int = 30
    loss: str = "crowd_kernel"
    held_out: float = 0.2


def load_minds(
    human_space: int = 66,
    similarity: Similarity = "cosine",
    *,
    seed: int = 0,
    missing: str = "raise",
) -> Mind:
    """Load the human space of the 128 concepts and what observers may know of them.

    Parameters
    ----------
    human_space : {66, 49}
        Dimensions of the human space; the other one serves as another human mind.
    similarity : {"cosine", "dot", "euclidean"}
        How the human mind compares two concepts.
    seed : int
        Of what is random about the observers' minds.
    missing : {"raise", "simulate"}
        What to do if THINGS cannot be had.
    """
    other = 49 if human_space == 66 else 66
    human, second = (
        load_concept_space(dims, missing=missing).to_numpy() for dims in (human_space, other)
    )
    categories = list(load_concept_ids(missing=missing)["category"])
    return minds_of.minds(human, second, categories, similarity, seed)


def measure_observers(
    mind: Mind,
    observers: Sequence[Observer],
    n_replicates: int,
    seed: int,
    *,
    plan: Design | None = None,
    tails: Sequence[float] = TAILS,
    measures: Sequence[str] = MEASURES,
    n_jobs: int = -1,
) -> pd.DataFrame:
    """Let observers answer the design again and again, and measure the spaces it makes of that.

    Every replicate has questions, answers and starts of its own; the observers of a replicate
    share the questions. Besides the design's own loss the tail of the t-distributed loss is freed:
    of the crowd kernel (tail 1) and `tails`, the loss that predicts the held-out answers best is
    chosen. Held-out answers are the observer's own; the human space takes no part in the choice.

    Parameters
    ----------
    mind : Mind
    observers : sequence of Observer
    n_replicates, seed : int
        Number of replicates and seed of all that is drawn. Fewer are the beginning of more.
    plan : Design, optional
        Paper B's by default.
    tails : sequence of float
        Degrees of freedom to choose from; none leaves the second estimate out.
    measures : sequence of str
        Of `humanlike.stats.alignment.MEASURES`.
    n_jobs : int
        Threads, -1 for all cores.

    Returns
    -------
    DataFrame
        One row per replicate, observer and loss: ``observer``, ``family``, ``level``,
        ``replicate``, ``loss`` ("design" or "chosen"), ``tail`` (degrees of freedom, NaN for a
        design's loss other than the crowd kernel), ``agreement`` (share of answers the human space
        gives), the measures, ``held_out_loss`` (nats), ``held_out_accuracy``, ``dimensions``
        (effective).
    """
    import pandas as pd

    plan = plan or Design()
    rows: list[dict[str, Any]] = []
    for replicate in range(n_replicates):
        number = seed * 1000 + replicate
        rows += _replicate(mind, observers, plan, tails, measures, replicate, number, n_jobs)
    return pd.DataFrame(rows)


def _replicate(
    mind: Mind,
    observers: Sequence[Observer],
    plan: Design,
    tails: Sequence[float],
    measures: Sequence[str],
    replicate: int,
    number: int,
    n_jobs: int,
) -> list[dict[str, Any]]:
    asked = design(len(mind.human), plan.n_triplets, seed=number, held_out=plan.held_out)
    answers = [minds_of.answer(one, mind, asked.triplets, number + 7919 * place)
               for place, one in enumerate(observers)]  # fmt: skip
    losses: list[str | TripletLoss] = [plan.loss, *(HeavyTailedTriplet(tail) for tail in tails)]
    fits = [
        fit_many(
            answers, len(mind.human), plan.n_dims, loss, number, n_jobs=n_jobs,
            held_out=[asked.held_out] * len(answers),
        )
        for loss in losses
    ]  # fmt: skip
    rows = []
    for place, one in enumerate(observers):
        held = answers[place][asked.held_out]
        head = {"observer": one.name, "family": one.family, "level": one.level,
                "replicate": replicate,
                "agreement": minds_of.agreement(answers[place], mind.similarities["human"])}  # fmt: skip
        options = [fit[place] for fit in fits]
        best = int(np.argmin([fit.loss(held) for fit in options]))
        for name, chosen in (("design", 0), ("chosen", best))[: 1 + bool(tails)]:
            tail = (np.nan if plan.loss != "crowd_kernel" else 1.0, *tails)[chosen]
            found = _measured(options[chosen], held, mind.human, measures)
            rows.append({**head, "loss": name, "tail": tail, **found})
    return rows


def _measured(
    fit: OrdinalEmbedding, held: Any, human: Floats, measures: Sequence[str]
) -> dict[str, float]:
    space = fit.embedding_
    found = {name: align(human, space, name) for name in measures}  # type: ignore[arg-type]
    return found | {
        "held_out_loss": fit.loss(held),
        "held_out_accuracy": fit.score(held),
        "dimensions": effective_dimension(space),
    }


@dataclass(frozen=True)
class Limits:
    """What R² can and cannot be in a design.

    Attributes
    ----------
    chance, chance_low, chance_high : float
        Mean R² of observers who answer at random, and the interval that holds 95 % of them.
    stranger : float
        Mean R² of observers who answer without doubt by similarities unrelated to people's.
    categories : float
        Of observers who know the concepts' categories only.
    perfect : float
        Of observers who answer as the human space does, without error.
    crowd : float
        Of observers with the human similarities and the noise that SPoSE finds in people.
    spread : float
        Standard deviation of R² between replicates of one observer: new questions, new answers.
    n_replicates : int
    """

    chance: float
    chance_low: float
    chance_high: float
    stranger: float
    categories: float
    perfect: float
    crowd: float
    spread: float
    n_replicates: int

    def corrected(self, r2: Any) -> Any:
        """Return R² on the scale where 0 is random answering and 1 the crowd's own answers.

        Parameters
        ----------
        r2 : float or ndarray
        """
        return (r2 - self.chance) / (self.crowd - self.chance)

    @property
    def resolution(self) -> float:
        """Smallest difference of two R² that fresh answers to the design can tell from zero."""
        return float(1.96 * np.sqrt(2) * self.spread)


LIMITS: Final = (
    minds_of.RANDOM, minds_of.STRANGER, minds_of.CATEGORIES, minds_of.PERFECT, minds_of.CROWD,
)  # fmt: skip


def design_limits(
    mind: Mind, n_replicates: int, seed: int, *, plan: Design | None = None, n_jobs: int = -1
) -> Limits:
    """Find chance level and ceilings of the Procrustes R² for a design.

    Parameters
    ----------
    mind : Mind
        From `load_minds`.
    n_replicates, seed : int
        Times each observer answers, at least 2, and the seed of it all.
    plan : Design, optional
        Paper B's by default.
    n_jobs : int
        Threads, -1 for all cores.
    """
    table = measure_observers(
        mind, LIMITS, n_replicates, seed, plan=plan, tails=(), measures=("procrustes",),
        n_jobs=n_jobs,
    )  # fmt: skip
    return limits(table)


def limits(table: pd.DataFrame) -> Limits:
    """Sum up what `measure_observers` found with the design's own loss.

    Raises
    ------
    HumanlikeError
        If an observer of `LIMITS` is missing or answered once only.
    """
    r2 = table[table["loss"] == "design"].groupby("observer")["procrustes"]
    counts = r2.size().reindex([one.name for one in LIMITS]).fillna(0)
    if counts.min() < 2:
        raise HumanlikeError(
            f"Limits need at least 2 replicates of each observer, but '{counts.idxmin()}' has "
            f"{int(counts.min())}. Raise n_replicates."
        )
    mean, sd = r2.mean(), r2.std()
    chance, width = mean[minds_of.RANDOM.name], 1.96 * sd[minds_of.RANDOM.name]
    return Limits(
        chance=float(chance),
        chance_low=float(chance - width),
        chance_high=float(chance + width),
        stranger=float(mean[minds_of.STRANGER.name]),
        categories=float(mean[minds_of.CATEGORIES.name]),
        perfect=float(mean[minds_of.PERFECT.name]),
        crowd=float(mean[minds_of.CROWD.name]),
        spread=float(np.sqrt((sd**2).mean())),
        n_replicates=int(counts.min()),
    )
