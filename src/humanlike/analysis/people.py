"""A class of people who answered triplets: how far they agree, and where they stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from humanlike.analysis import observers as minds_of
from humanlike.analysis.learning import noisy
from humanlike.analysis.observers import Mind, Observer
from humanlike.analysis.placing import around
from humanlike.analysis.triplet_rules import scale
from humanlike.errors import HumanlikeError
from humanlike.stats import OrdinalEmbedding, fit_many, procrustes_r2
from humanlike.stats.intervals import percentiles
from humanlike.stats.triplets import free_coordinates, split

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Triplets = NDArray[np.int64]
HELD_OUT: Final = 0.2
MOST_DIMS: Final = 30
CLASS: Final = "class"
NOISY_PEOPLE: Final = "human space, as noisy as the class"


@dataclass(frozen=True)
class Answered:
    """The answers of a class, sorted by what they are for.

    Attributes
    ----------
    people : ndarray of int, (answers,)
        Who answered.
    triplets : ndarray of int, (answers, 3)
        Anchor, chosen and other option; without the questions that only check attention.
    shared, again : ndarray, (people, items)
        Answers to the items that all people get, and to their repetitions: 1 if the option with the
        lower number was chosen, -1 if the other, NaN where there is none.
    checks, missed : int
        People who came to a question with an obvious answer, and those who missed one.
    """

    people: NDArray[np.int64]
    triplets: Triplets
    shared: Floats
    again: Floats
    checks: int
    missed: int


def sort_answers(table: pd.DataFrame) -> Answered:
    """Sort the answers of a class.

    Parameters
    ----------
    table : DataFrame
        One row per answer: ``person``, ``kind`` (own, shared, repeat or check), ``item`` (number of
        a shared item), ``anchor``, ``chosen``, ``other``.

    Raises
    ------
    HumanlikeError
        If there is no answer.
    """
    asked = table[table["kind"] != "check"]
    if asked.empty:
        raise HumanlikeError("Nobody has answered a question yet.")
    names, people = np.unique(asked["person"], return_inverse=True)
    items = int(asked["item"].max()) + 1
    tables = {kind: np.full((len(names), max(items, 1)), np.nan) for kind in ("shared", "repeat")}
    for kind, found in tables.items():
        rows = (asked["kind"] == kind).to_numpy()
        lower = (asked["chosen"] < asked["other"]).to_numpy()[rows]
        found[people[rows], asked["item"].to_numpy()[rows]] = np.where(lower, 1.0, -1.0)
    checks = table[table["kind"] == "check"]
    return Answered(
        people.astype(np.int64),
        asked[["anchor", "chosen", "other"]].to_numpy("int64"),
        tables["shared"],
        tables["repeat"],
        int(checks["person"].nunique()),
        len(inattentive(table)),
    )


def inattentive(table: pd.DataFrame) -> list[int]:
    """Return the people who missed a question with an obvious answer."""
    wrong = table[(table["kind"] == "check") & (table["chosen"] != table["anchor"])]
    return sorted({int(one) for one in wrong["person"]})


def dimensions_for(triplets: Triplets, n_concepts: int) -> int:
    """Choose how many dimensions to fit: as many as n d log2(n) different training questions allow.

    Parameters
    ----------
    triplets : ndarray of int, (answers, 3)
    n_concepts : int

    Returns
    -------
    int
        2 to `MOST_DIMS`.

    Raises
    ------
    HumanlikeError
        If not even a plane is determined.
    """
    different = len(np.unique(np.column_stack([triplets[:, 0], np.sort(triplets[:, 1:])]), axis=0))
    training = (1 - HELD_OUT) * different
    if training < free_coordinates(n_concepts, 2):
        least = int(np.ceil(free_coordinates(n_concepts, 2) / (1 - HELD_OUT)))
        raise HumanlikeError(
            f"Answers to {different:,} different questions about {n_concepts} concepts determine "
            f"no space. At least {least:,} are needed: collect more, or ask about fewer concepts."
        )
    return int(np.clip(training // scale(n_concepts, 1), 2, MOST_DIMS))


@dataclass(frozen=True, eq=False)
class Judge:
    """Somebody who answered the class's questions, or the class itself.

    Attributes
    ----------
    name : str
    r2, r2_low, r2_high : float
        Procrustes R² of the fitted space with the human space, mean over the starts, and its
        interval over resamples of the class's people.
    same, same_low, same_high : float
        Share of the class's answers that this judge gives too; 1 for the class itself.
    accuracy : float
        Share of the judge's own held-out answers that the space predicts.
    space : ndarray, (concepts, dimensions)
    """

    name: str
    r2: float
    r2_low: float
    r2_high: float
    same: float
    same_low: float
    same_high: float
    accuracy: float
    space: Floats


def place_judges(
    answered: Answered,
    others: Mapping[str, Triplets],
    human: Floats,
    n_dims: int,
    *,
    n_boot: int = 100,
    n_starts: int = 5,
    seed: int = 0,
    n_jobs: int = 1,
) -> list[Judge]:
    """Fit a space to the class's answers and to others' answers to the same questions.

    Parameters
    ----------
    answered : Answered
    others : mapping of str to ndarray of int, (answers, 3)
        Answers of models to the same questions in the same order: anchor, chosen, other. A row of
        -1 is a question without a valid answer.
    human : ndarray, (concepts, dimensions)
        What the spaces are compared with.
    n_dims, n_boot, n_starts, seed, n_jobs : int
        Dimensions fitted; resamples of the people, the same for all judges; starts whose mean R² is
        the estimate; seed; threads.

    Returns
    -------
    list of Judge
        The class first.

    Raises
    ------
    HumanlikeError
        If the answers determine no space, or a judge answered something else.
    """
    own = answered.triplets
    weights = resampled_people(answered.people, n_boot, seed)
    found = []
    for name, given in {CLASS: own, **others}.items():
        valid = given[:, 1] >= 0
        rows = np.where(valid[:, None], given, own)
        if rows.shape != own.shape or (np.sort(rows, axis=1) != np.sort(own, axis=1)).any():
            raise HumanlikeError(f"'{name}' did not answer the questions of the class.")
        counted = weights * valid
        fit, drawn = _fits(rows, human, n_dims, valid, counted, n_starts, seed, n_jobs)
        r2 = float(np.mean([procrustes_r2(human, one.embedding) for one in fit.searches_]))
        low, high = around(r2, drawn)
        equal = (rows[:, 1] == own[:, 1]).astype(float)
        shares = counted @ equal / counted.sum(axis=1)
        ends = max(low, 0.0), min(high, 1.0), float(equal[valid].mean()), *percentiles(shares)
        found.append(Judge(name, r2, *ends, fit.score(rows[fit.held_out_ & valid]), fit.embedding_))
    return found


def resampled_people(people: NDArray[np.int64], n_boot: int, seed: int) -> Floats:
    """Return how often each answer stands in resamples of the people; (resamples, answers)."""
    count = int(people.max()) + 1
    random = np.random.default_rng([seed, 5])
    drawn = random.multinomial(count, np.full(count, 1 / count), size=n_boot)
    weights: Floats = drawn[:, people].astype(float)
    return weights


def _fits(
    rows: Triplets,
    human: Floats,
    n_dims: int,
    valid: NDArray[np.bool_],
    weights: Floats,
    n_starts: int,
    seed: int,
    jobs: int,
) -> tuple[OrdinalEmbedding, Floats]:
    """Fit all answers, and resamples; a resample that leaves a concept out is left out itself."""
    n_items, aside = len(human), split(rows, len(human), HELD_OUT, seed)
    fit = OrdinalEmbedding(n_dims, seed=seed, n_restarts=n_starts, allow_few=True)
    fit.fit(rows, n_items, held_out=aside, weights=valid.astype(float))
    train = [w for w in weights if _enough(rows[(w > 0) & ~aside], n_items)]
    if len(train) < len(weights) / 2:
        raise HumanlikeError(
            "Too few people took part: without some of them the answers determine no space. "
            "Collect more."
        )
    again = fit_many(
        [rows] * len(train), n_items, n_dims, seed=[seed + n for n in range(len(train))],
        weights=train, held_out=[aside] * len(train), n_jobs=jobs, allow_few=True,
    )  # fmt: skip
    return fit, np.array([procrustes_r2(human, one.embedding_) for one in again])


def _enough(rows: Triplets, n_items: int) -> bool:
    """Whether answers mention every concept and are no fewer than the coordinates of a line."""
    return len(np.unique(rows)) == n_items and len(rows) >= free_coordinates(n_items, 1)


def part_of(mind: Mind, places: Sequence[int]) -> Mind:
    """Return what a mind knows of some of the concepts."""
    at = np.asarray(places)
    known = {name: table[np.ix_(at, at)] for name, table in mind.similarities.items()}
    return replace(mind, similarities=known, human=mind.human[at])


def reference_observers(mind: Mind, ceiling: float) -> dict[str, Observer]:
    """Return observers to compare a class with.

    Parameters
    ----------
    mind : Mind
        Of the class's concepts.
    ceiling : float
        Share of answers that the best prediction gets right, from `humanlike.stats.consistency`. An
        observer with the human similarities and noise that makes this the share of its own
        noiseless answers stands for a class that thinks as the human space says; left out where
        people do not agree beyond chance.
    """
    found = {
        "at random": minds_of.RANDOM,
        "categories only": minds_of.CATEGORIES,
        "human space, noiseless": minds_of.PERFECT,
    }
    if ceiling > 0.5:
        found[NOISY_PEOPLE] = noisy(mind, min(ceiling, 0.999))
    return found


def observer_scores(
    mind: Mind,
    observers: Mapping[str, Observer],
    asked: Triplets,
    n_dims: int,
    n_replicates: int,
    seed: int,
    n_jobs: int = 1,
) -> pd.DataFrame:
    """Let observers answer the same questions, and fit and compare as for the class.

    Parameters
    ----------
    mind : Mind
        Of the concepts asked about.
    observers : mapping of str to Observer
    asked : ndarray of int, (answers, 3)
        Questions; the order of the options does not matter.
    n_dims, n_replicates, seed, n_jobs : int

    Returns
    -------
    DataFrame
        ``observer``, ``replicate``, ``r2``.
    """
    import pandas as pd

    rows = []
    for name, one in observers.items():
        numbers = [seed * 1000 + n for n in range(n_replicates)]
        data = [minds_of.answer(one, mind, asked, number) for number in numbers]
        fits = fit_many(data, len(mind.human), n_dims, seed=numbers, n_jobs=n_jobs, allow_few=True)
        rows += [(name, n, procrustes_r2(mind.human, fit.embedding_)) for n, fit in enumerate(fits)]
    return pd.DataFrame(rows, columns=["observer", "replicate", "r2"])


def summary_of_observers(scores: pd.DataFrame) -> pd.DataFrame:
    """Return mean and middle 95 % of `observer_scores`: ``observer``, ``r2``, ``low``, ``high``."""
    grouped = scores.groupby("observer", sort=False)["r2"]
    table = grouped.agg(
        r2="mean", low=lambda v: v.quantile(0.025), high=lambda v: v.quantile(0.975)
    )
    return table.reset_index()
