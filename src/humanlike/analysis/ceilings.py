"""Chance and ceiling of Paper B's alignment score, by observers whose agreement is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from humanlike.analysis import observers as minds_of
from humanlike.analysis.observers import Mind, Observer, Similarity
from humanlike.data.concepts import load_concept_ids, load_concept_space
from humanlike.errors import HumanlikeError
from humanlike.stats import align, effective_dimension, fit_many
from humanlike.stats.alignment import MEASURES
from humanlike.stats.triplet_losses import CrowdKernel, HeavyTailedTriplet, TripletLoss
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
    loss : str or TripletLoss
        Loss of the ordinal embedding, see `humanlike.stats.OrdinalEmbedding`.
    held_out : float
        Share of the questions held out.
    """

    n_triplets: int = 35_000
    n_dims: int = 30
    loss: str | TripletLoss = "crowd_kernel"
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
        Of the stranger and the order of liking, see `Mind.drawn`.
    missing : {"raise", "simulate"}
        What to do if THINGS cannot be had.
    """
    other = 49 if human_space == 66 else 66
    human, second = (
        load_concept_space(dims, missing=missing).to_numpy() for dims in (human_space, other)
    )
    categories = list(load_concept_ids(missing=missing)["category"])
    return minds_of.minds(human, second, categories, similarity).drawn(seed)


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

    Every replicate has questions, answers and starts of its own, and strangers and preferences are
    drawn anew; the observers of a replicate share the questions. Each is fitted twice: with the
    design's own loss, and with the tail of the t-distributed loss
    (`humanlike.stats.triplet_losses.HeavyTailedTriplet`) set free. Tail 1 is the crowd kernel; of
    it and of `tails`, the one that predicts the observer's own held-out answers best is chosen. The
    human space takes no part in the choice.

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
        ``replicate``, ``varies`` (see `Observer`), ``loss`` ("design" or "chosen"), ``tail`` (the
        one chosen, NaN for the design's loss), ``agreement`` (share of answers the human space
        gives), the measures, ``held_out_loss``, ``held_out_accuracy``, ``dimensions`` (effective).
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
    mind = mind.drawn(number)
    asked = design(len(mind.human), plan.n_triplets, seed=number, held_out=plan.held_out)
    answers = [minds_of.answer(one, mind, asked.triplets, number + 7919 * place)
               for place, one in enumerate(observers)]  # fmt: skip
    fitted = _fits(answers, asked.held_out, len(mind.human), plan, tails, number, n_jobs)
    rows = []
    for place, one in enumerate(observers):
        held = answers[place][asked.held_out]
        head = {"observer": one.name, "family": one.family, "level": one.level}
        head |= {"replicate": replicate, "varies": one.varies}
        head["agreement"] = minds_of.agreement(answers[place], mind.similarities["human"])
        rows.append({**head, "loss": "design", "tail": np.nan,
                     **_measured(fitted[None][place], held, mind.human, measures)})  # fmt: skip
        if tails:
            best = min((1.0, *tails), key=lambda tail: fitted[tail][place].loss(held))
            rows.append({**head, "loss": "chosen", "tail": best,
                         **_measured(fitted[best][place], held, mind.human, measures)})  # fmt: skip
    return rows


def _fits(
    answers: Sequence[Any],
    held_out: NDArray[np.bool_],
    n_concepts: int,
    plan: Design,
    tails: Sequence[float],
    seed: int,
    n_jobs: int,
) -> dict[float | None, list[OrdinalEmbedding]]:
    """Fit every set of answers with the design's loss (None) and with each tail."""

    def fit(loss: str | TripletLoss) -> list[OrdinalEmbedding]:
        marks = [held_out] * len(answers)
        return fit_many(answers, n_concepts, plan.n_dims, loss, seed, held_out=marks, n_jobs=n_jobs)

    found: dict[float | None, list[OrdinalEmbedding]] = {None: fit(plan.loss)}
    if tails:
        same = plan.loss == "crowd_kernel"
        found[1.0] = found[None] if same else fit("crowd_kernel")
        found |= {tail: fit(HeavyTailedTriplet(tail)) for tail in tails}
    return found


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
        Standard deviation of R² between replicates of one mind: new questions, new answers.
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

    The spread is pooled over all observers of the table whose mind stays the same.

    Raises
    ------
    HumanlikeError
        If an observer of `LIMITS` is missing or answered once only.
    """
    own = table[table["loss"] == "design"]
    r2 = own.groupby("observer")["procrustes"]
    counts = r2.size().reindex([one.name for one in LIMITS]).fillna(0)
    if counts.min() < 2:
        raise HumanlikeError(
            f"Limits need at least 2 replicates of each observer, but '{counts.idxmin()}' has "
            f"{int(counts.min())}. Raise n_replicates."
        )
    same_minds = own[~own["varies"]].groupby("observer")["procrustes"]
    mean, pooled = r2.mean(), float(np.sqrt(same_minds.var().mean()))
    chance = float(mean[minds_of.RANDOM.name])
    width = 1.96 * pooled * float(np.sqrt(1 + 1 / counts.min()))
    return Limits(
        chance=chance,
        chance_low=chance - width,
        chance_high=chance + width,
        stranger=float(mean[minds_of.STRANGER.name]),
        categories=float(mean[minds_of.CATEGORIES.name]),
        perfect=float(mean[minds_of.PERFECT.name]),
        crowd=float(mean[minds_of.CROWD.name]),
        spread=pooled,
        n_replicates=int(counts.min()),
    )


def across_minds(plan: Design, seed: int, *, missing: str = "raise") -> pd.DataFrame:
    """Compare a perfect and a noisy observer for both human spaces and all rules of similarity.

    Parameters
    ----------
    plan : Design
    seed : int
    missing
        As in `load_minds`.

    Returns
    -------
    DataFrame
        One row per space and rule: ``human_space``, ``similarity``; R² of the observer without
        noise and of `observers.SOFT`, with the design's loss (``perfect``, ``noisy``) and with
        the tail chosen (``perfect_chosen``, ``noisy_chosen``).
    """
    import pandas as pd

    rows = []
    for space, kind in product((66, 49), minds_of.SIMILARITIES):
        mind = load_minds(space, kind, seed=seed, missing=missing)
        pair = [minds_of.PERFECT, minds_of.SOFT]
        found = measure_observers(mind, pair, 1, seed, plan=plan, measures=("procrustes",))
        r2 = found.set_index(["loss", "observer"])["procrustes"]
        values = [r2[loss, one.name] for loss in ("design", "chosen") for one in pair]
        rows.append((space, kind, *values))
    names = ["perfect", "noisy", "perfect_chosen", "noisy_chosen"]
    return pd.DataFrame(rows, columns=["human_space", "similarity", *names])


def variations(mind: Mind, plan: Design, most_triplets: int, seed: int) -> pd.DataFrame:
    """Change one thing at a time about how a perfect observer's space is got.

    Parameters
    ----------
    mind : Mind
    plan : Design
        What is varied.
    most_triplets : int
        Size of the largest design tried.
    seed : int

    Returns
    -------
    DataFrame
        One row per variation: ``change``, ``r2``, ``cka``, ``rsa``, ``dimensions`` (effective),
        ``accuracy`` (share of held-out answers predicted).
    """
    import pandas as pd

    kinds: tuple[Similarity, ...] = ("dot", "euclidean")
    dot, near = (
        replace(mind, similarities={"human": minds_of.similarities(mind.human, kind)})
        for kind in kinds
    )
    ways: dict[str, tuple[Mind, Design]] = {
        "none": (mind, plan),
        "compares inner products": (dot, plan),
        "compares distances": (near, plan),
        f"{2 * plan.n_dims} dimensions": (mind, replace(plan, n_dims=2 * plan.n_dims)),
        f"{plan.n_dims // 3} dimensions": (mind, replace(plan, n_dims=plan.n_dims // 3)),
        f"{most_triplets:,} triplets": (mind, replace(plan, n_triplets=most_triplets)),
        "crowd kernel, offset 0.05": (mind, replace(plan, loss=CrowdKernel(0.05))),
        "t-STE, tail 3": (mind, replace(plan, loss=HeavyTailedTriplet(3.0))),
        "t-STE, tail 10": (mind, replace(plan, loss=HeavyTailedTriplet(10.0))),
        "t-STE, tail 30": (mind, replace(plan, loss=HeavyTailedTriplet(30.0))),
        "STE": (mind, replace(plan, loss="ste")),
    }
    rows = []
    for change, (knows, how) in ways.items():
        found = measure_observers(
            knows, [minds_of.PERFECT], 1, seed, plan=how, tails=(),
            measures=("procrustes", "cka", "rsa"),
        ).iloc[0]  # fmt: skip
        rows.append((change, *found[["procrustes", "cka", "rsa", "dimensions"]],
                     found["held_out_accuracy"]))  # fmt: skip
    return pd.DataFrame(rows, columns=["change", "r2", "cka", "rsa", "dimensions", "accuracy"])
