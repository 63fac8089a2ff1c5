"""What a class's answers give: agreement, the ceiling, a space and its place beside the models."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from humanlike.classroom.questions import Lesson, asked_of
from humanlike.errors import HumanlikeError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from humanlike.analysis.observers import Mind
    from humanlike.analysis.people import Answered, Judge
    from humanlike.stats.consistency import Consistency

LEAST_VALID: Final = 0.5
FACTORS: Final = (0.5, 1.0, 2.0, 4.0)


@dataclass(frozen=True, eq=False)
class Results:
    """All that is estimated from the answers of a class.

    Attributes
    ----------
    lesson : Lesson
        What was asked.
    real : bool
        Whether the human space is the real one.
    categories : tuple of str, (concepts,)
    human : ndarray, (concepts, dimensions)
        The human space of the lesson's concepts.
    n_people, n_answers : int
        People with an answer; answers, without those that only check attention.
    checks, missed, left_out : int
        People who came to a question with an obvious answer; who missed one; who were left out.
    within, between : Consistency or None
        Agreement of a person with herself, and of two people; None where nothing can be compared.
    n_dims : int
        Dimensions fitted.
    judges : list of Judge
        The class, then the models.
    reasons : dict of str to str
        Why a model has no place.
    observers : DataFrame
        ``observer``, ``r2``, ``low``, ``high``: observers of known agreement, same questions.
    growth : DataFrame
        As `expected` gives it: what more people would give, by simulation.
    """

    lesson: Lesson
    real: bool
    categories: tuple[str, ...]
    human: NDArray[np.float64]
    n_people: int
    n_answers: int
    checks: int
    missed: int
    left_out: int
    within: Consistency | None
    between: Consistency | None
    n_dims: int
    judges: list[Judge]
    reasons: dict[str, str]
    observers: pd.DataFrame
    growth: pd.DataFrame

    @property
    def group(self) -> Judge:
        """The class."""
        return self.judges[0]

    def observer(self, name: str) -> tuple[float, float, float] | None:
        """Return mean R² of an observer and its middle 95 %; None if there is none."""
        found = self.observers[self.observers["observer"] == name]
        return None if found.empty else tuple(found.iloc[0, 1:])

    def as_dict(self) -> dict[str, Any]:
        """Return the numbers as plain data."""
        return {
            "people": self.n_people, "answers": self.n_answers, "left_out": self.left_out,
            "checks": {"people": self.checks, "missed": self.missed},
            "concepts": len(self.lesson.concepts), "dimensions": self.n_dims,
            "real_human_space": self.real,
            "within": _consistency(self.within), "between": _consistency(self.between),
            "judges": [
                {"name": one.name, "r2": one.r2, "r2_interval": [one.r2_low, one.r2_high],
                 "same_as_class": one.same, "same_interval": [one.same_low, one.same_high],
                 "held_out_accuracy": one.accuracy}
                for one in self.judges
            ],
            "no_place": self.reasons,
            "observers": self.observers.to_dict("records"),
            "more_answers": self.growth.to_dict("records"),
        }  # fmt: skip

    def text(self) -> str:
        """Return the numbers as lines for a terminal."""
        lines = [
            f"{self.n_people} people, {self.n_answers:,} answers, {len(self.lesson.concepts)} "
            f"concepts, {self.n_dims} dimensions fitted",
            f"missed a question with an obvious answer: {self.missed} of {self.checks} people, "
            f"{self.left_out} left out",
            f"a person and herself: {self.within or 'nothing to compare yet'}",
            f"two people: {self.between or 'nothing to compare yet'}",
        ]
        if not self.real:
            lines.insert(0, "The human space is SIMULATED: nothing here says anything of people.")
        if self.between:
            (low, high), (at, least, most) = self.between.bounds, self.between.ceiling
            lines.append(
                f"noise ceiling of single answers: {at:.3f} [{least:.3f}, {most:.3f}], in any case "
                f"between {low:.3f} and {high:.3f}"
            )
        for judge in self.judges:
            lines.append(
                f"{judge.name}: R² {judge.r2:.3f} [{judge.r2_low:.3f}, {judge.r2_high:.3f}], same "
                f"answer as the class {judge.same:.3f}"
            )
        lines += [f"{name}: {why}" for name, why in self.reasons.items()]
        for name, r2, low, high in self.observers.itertuples(index=False):
            lines.append(f"({name}: R² {r2:.3f} [{low:.3f}, {high:.3f}])")
        return "\n".join(lines)


def _consistency(one: Consistency | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {
        "people": one.n_people, "items": one.n_items, "pairs": one.n_pairs, "same": one.same,
        "interval": [one.low, one.high], "ceiling": list(one.ceiling), "bounds": list(one.bounds),
    }  # fmt: skip


def results(
    table: pd.DataFrame,
    lesson: Lesson,
    models: Sequence[str] = ("encoder:",),
    *,
    attentive: bool = False,
    n_boot: int = 100,
    n_replicates: int = 20,
    seed: int = 0,
    n_jobs: int = -1,
    missing: str = "raise",
) -> Results:
    """Estimate everything from the answers of a class.

    Parameters
    ----------
    table : DataFrame
        As `humanlike.classroom.answers.Answers.table` gives it.
    lesson : Lesson
        What was asked.
    models : sequence of str
        Specs of models that are put the same questions; their answers go to the user's store.
    attentive : bool
        Whether people who missed a question with an obvious answer are left out.
    n_boot, n_replicates, seed, n_jobs : int
        Resamples of the people, simulated classes per observer, seed, threads.
    missing : {"raise", "simulate"}
        What to do if the human space cannot be had.

    Raises
    ------
    HumanlikeError
        If there are too few answers, or a model cannot be asked.
    """
    from humanlike.analysis import people

    out = people.inattentive(table) if attentive else []
    answered = people.sort_answers(table[~table["person"].isin(out)])
    n_people = int(answered.people.max()) + 1
    mind, categories, real = _mind(lesson, missing)
    n_dims = people.dimensions_for(answered.triplets, len(lesson.concepts))
    others, reasons = _ask_all(models, answered.triplets, lesson.concepts, seed)
    judges = people.place_judges(
        answered, others, mind.human, n_dims, n_boot=n_boot, seed=seed, n_jobs=n_jobs
    )
    within, between = _agreement(answered)
    ceiling = between.ceiling[0] if between else 0.5
    known = people.reference_observers(mind, ceiling)
    scores = people.observer_scores(
        mind, known, answered.triplets, n_dims, n_replicates, seed, n_jobs
    )
    return Results(
        lesson, real, categories, mind.human, n_people,
        len(answered.triplets), answered.checks, answered.missed, len(out), within, between,
        n_dims, judges, reasons, people.summary_of_observers(scores),
        expected(lesson, mind, ceiling, n_people, n_replicates // 2, seed, n_jobs),
    )  # fmt: skip


def _mind(lesson: Lesson, missing: str) -> tuple[Mind, tuple[str, ...], bool]:
    """Return what observers know of the lesson's concepts, their categories, whether it is real."""
    from humanlike.analysis.ceilings import load_minds
    from humanlike.analysis.people import part_of
    from humanlike.data.concepts import load_concept_ids

    table = load_concept_ids(missing=missing)
    place = {name: number for number, name in enumerate(table["concept"])}
    strange = [name for name in lesson.concepts if name not in place]
    if strange:
        raise HumanlikeError(f"Not among Paper B's concepts: {', '.join(strange[:5])}.")
    at = [place[name] for name in lesson.concepts]
    mind = part_of(load_minds(missing=missing), at)
    return mind, tuple(table["category"].iloc[at]), bool(table.attrs["real"])


def _agreement(
    answered: Answered,
) -> tuple[Consistency | None, Consistency | None]:
    from humanlike.stats.consistency import between_people, within_people

    within = between = None
    with suppress(HumanlikeError):
        within = within_people(answered.shared, answered.again)
    with suppress(HumanlikeError):
        between = between_people(answered.shared)
    return within, between


def _ask_all(
    models: Sequence[str], asked: NDArray[np.int64], concepts: Sequence[str], seed: int
) -> tuple[dict[str, NDArray[np.int64]], dict[str, str]]:
    """Put the class's questions to models; a model with too few valid answers has a reason."""
    found, reasons = {}, {}
    for spec in models:
        name, rows = ask_same(spec, asked, concepts, seed)
        share = float((rows[:, 1] >= 0).mean())
        if share < LEAST_VALID:
            reasons[name] = f"only {100 * share:.0f} % of its answers are valid"
        else:
            found[name] = rows
    return found, reasons


def ask_same(
    spec: str, asked: NDArray[np.int64], concepts: Sequence[str], seed: int
) -> tuple[str, NDArray[np.int64]]:
    """Put the same questions to a model, each different one once.

    Returns
    -------
    name : str
    rows : ndarray of int, (answers, 3)
        Anchor, chosen, other; -1 where the model gave no valid answer.
    """
    import numpy as np

    from humanlike.query.plans import Plan
    from humanlike.query.run import query
    from humanlike.tasks import triplets

    keys = np.column_stack([asked[:, 0], np.sort(asked[:, 1:], axis=1)])
    distinct, place = np.unique(keys, axis=0, return_inverse=True)
    swap = np.random.default_rng([seed, 6]).random(len(distinct)) < 0.5
    distinct[swap] = distinct[swap][:, [0, 2, 1]]
    prompts = [triplets.prompt(*(concepts[one] for one in row)) for row in distinct.tolist()]
    columns: dict[str, Sequence[Any]] = {"item": range(len(prompts)), "order": [0] * len(prompts)}
    columns |= {"trial": [0] * len(prompts)}
    done = query(Plan("triplets", prompts, columns, triplets.parse, True, None), spec)
    value = done.frame()["value"].fillna(-1).to_numpy("int64")
    rows = np.where(value[:, None] == 0, distinct, distinct[:, [0, 2, 1]])
    rows[value < 0] = -1
    return done.info.name, rows[place.ravel()]


def expected(
    lesson: Lesson,
    mind: Mind,
    ceiling: float,
    n_people: int,
    n_replicates: int,
    seed: int,
    n_jobs: int = -1,
) -> pd.DataFrame:
    """Simulate classes of other sizes: what R² they get by chance, and if they think as expected.

    Parameters
    ----------
    lesson : Lesson
    mind : Mind
        Of the lesson's concepts.
    ceiling : float
        How predictable single answers are, 0.5 to 1; the good class has the human space and noise
        of this size.
    n_people : int
        Size of the class as it is; simulated are multiples of it, see `FACTORS`.
    n_replicates, seed, n_jobs : int

    Returns
    -------
    DataFrame
        ``people``, ``answers``, ``dimensions``, ``r2`` (mean of the good class), ``random``; sizes
        that determine no space, or for which there are not enough questions, are left out.
    """
    import pandas as pd

    from humanlike.analysis import people

    known = people.reference_observers(mind, ceiling)
    names = (people.NOISY_PEOPLE, "at random")
    chosen = {name: one for name, one in known.items() if name in names}
    rows = []
    for size in sorted({max(1, round(factor * n_people)) for factor in FACTORS}):
        try:
            asked = asked_of(lesson, size)
            n_dims = people.dimensions_for(asked, len(lesson.concepts))
            scores = people.observer_scores(mind, chosen, asked, n_dims, n_replicates, seed, n_jobs)
        except HumanlikeError:
            continue
        mean = scores.groupby("observer")["r2"].mean()
        good = mean.get(people.NOISY_PEOPLE)
        rows.append((size, len(asked), n_dims, good, mean["at random"]))
    return pd.DataFrame(rows, columns=["people", "answers", "dimensions", "r2", "random"])


def expected_for(lesson: Lesson, n_people: int, agreement: float) -> pd.DataFrame:
    """Simulate classes before there is one, see `expected`.

    Parameters
    ----------
    lesson : Lesson
    n_people : int
        At least 1.
    agreement : float
        How often two people agree, above 0.5, below 1.

    Raises
    ------
    HumanlikeError
        If a number is out of range.
    """
    from humanlike.stats.consistency import ceiling

    if n_people < 1 or not 0.5 < agreement < 1:
        raise HumanlikeError(
            "Expected at least one person, and an agreement above 0.5 (guessing) and below 1; got "
            f"{n_people} and {agreement:g}."
        )
    mind, _, _ = _mind(lesson, "simulate")
    return expected(lesson, mind, ceiling(agreement), n_people, 10, 0)
