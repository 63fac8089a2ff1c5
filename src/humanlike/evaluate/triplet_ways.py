"""Does the result of triplets depend on how they were put? The same ones, asked in other ways."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Final, cast

import numpy as np
from numpy.typing import NDArray

from humanlike.analysis.asked import judgements, triplet_table
from humanlike.analysis.placing import Rules, fit_space
from humanlike.errors import HumanlikeError
from humanlike.evaluate.agreement import answers_of, marks_of, resampled_agreement, values_of
from humanlike.evaluate.asking import Asking, beginning
from humanlike.evaluate.bias import share
from humanlike.evaluate.kept import kept
from humanlike.evaluate.parameters import Parameters
from humanlike.evaluate.record import Measured
from humanlike.evaluate.ways import BASELINE, Way, ask_each, common_ways, prompts
from humanlike.query.plans import Plan
from humanlike.tasks import triplets
from humanlike.tasks.prompt import Choice, Prompt

if TYPE_CHECKING:
    import pandas as pd

    from humanlike.evaluate.record import TripletResult
    from humanlike.evaluate.triplets import Scale
    from humanlike.models.base import Form, Mode, ModelInfo
    from humanlike.query.run import Result

SIZES: Final = (5_000, 10_000, 20_000)
REFITS, STARTS = 40, 5
TEMPLATES: Final = ("a photo of a {}", "an object called {}", "the word {}")
"""Texts in which an encoder reads a name; by itself it is the name alone."""


@dataclass(frozen=True)
class Varied:
    """What came of one way of asking.

    Attributes
    ----------
    kind, label, why_not : str
        As in `Way`.
    asked, valid : int
        Questions and answers with a value; 0 where it does not apply.
    same : Measured or None
        Share of questions with the same choice as when asked as published, among those with a valid
        answer both times; Wilson interval.
    agreement : Measured or None
        Share of the answers that the human space gives too, interval over concepts.
    first : Measured or None
        Share of answers that name the first option.
    r2 : Measured or None
        Procrustes R² of the space fitted to these answers alone.
    """

    kind: str
    label: str
    why_not: str = ""
    asked: int = 0
    valid: int = 0
    same: Measured | None = None
    agreement: Measured | None = None
    first: Measured | None = None
    r2: Measured | None = None


def triplet_ways(ask: Asking, made: Plan, mode: Mode) -> list[Way]:
    """List the ways of asking, with a reason where one does not apply to this kind of model.

    Parameters
    ----------
    ask : Asking
    made : Plan
        What was asked.
    mode : {"generate", "score"}
        How.
    """
    return [
        BASELINE,
        *_wordings(ask.model.info()),
        Way("order", "options in the other order", plan=_swapped),
        *common_ways(ask, made, mode, lambda one, form: _asked(one, form=form)),
    ]


def _wordings(info: ModelInfo) -> list[Way]:
    if info.kind == "encoder":
        return [Way("wording", f"“{text.format('…')}”", plan=_templated(text))
                for text in TEMPLATES]  # fmt: skip
    others = [name for name in triplets.WORDINGS if name != "paper"]
    why = "it answers the question as data and reads no wording" if info.reads_question else ""
    return [Way("wording", f"wording “{name}”", why, _worded(name)) for name in others]


def _choice(one: Prompt) -> Choice:
    return cast("Choice", one.question)


def _templated(text: str) -> Callable[[Plan], Plan]:
    def change(one: Prompt) -> Prompt:
        asked = _choice(one)
        first, second = (text.format(name) for name in asked.options)
        question = Choice(text.format(asked.anchor), (first, second), (first, second))
        return replace(one, question=question)

    return prompts(change)


def _worded(name: str) -> Callable[[Plan], Plan]:
    return prompts(lambda one: _asked(one, wording=name))


def _swapped(made: Plan) -> Plan:
    columns = made.columns | {"first": made.columns["second"], "second": made.columns["first"]}
    return replace(prompts(lambda one: _asked(one, swap=True))(made), columns=columns)


def _asked(
    one: Prompt, *, wording: str = "paper", form: Form | None = None, swap: bool = False
) -> Prompt:
    question = _choice(one)
    first, second = question.options[::-1] if swap else question.options
    return triplets.prompt(
        question.anchor, first, second, form=form or one.form, trial=one.trial, wording=wording
    )


def vary(ask: Asking, mode: Mode, scale: Scale, n: int, *, n_jobs: int = -1) -> list[Varied]:
    """Ask the first questions of the design again in every way that applies.

    Parameters
    ----------
    ask : Asking
    mode : {"generate", "score"}
        How the model was asked.
    scale : Scale
    n : int
        Questions.
    n_jobs : int
        Threads, -1 for all cores.

    Returns
    -------
    list of Varied
        The first one as published; ways that do not apply, with the reason.
    """
    made = beginning(ask.plan("triplets"), n)
    found: list[Varied] = []
    base: pd.DataFrame | None = None
    for way, result in ask_each(ask, made, mode, triplet_ways(ask, made, mode)):
        if result is None:
            found.append(Varied(way.kind, way.label, way.why_not))
            continue
        table = _table(result)
        base = table if base is None else base
        found.append(_varied(way, table, base, scale, ask.parameters, n_jobs))
    return found


def _table(result: Result) -> pd.DataFrame:
    """Return answers with the concepts' names, whatever the options were called in the prompt."""
    table = triplet_table(result)
    said = table["nearer"].to_numpy()
    options = [_choice(one).options[0] for one in result.plan.prompts]
    valid, is_first = table["nearer"].notna().to_numpy(), said == np.array(options, dtype=object)
    first, second = (table[name].to_numpy() for name in ("first", "second"))
    for name, one, other in (("nearer", first, second), ("farther", second, first)):
        said_so = np.where(is_first, one, other).astype(object)
        said_so[~valid] = None
        table[name] = said_so
    return table


def _varied(
    way: Way, table: pd.DataFrame, base: pd.DataFrame, scale: Scale, parameters: Parameters,
    n_jobs: int,
) -> Varied:  # fmt: skip
    valid = table["nearer"].notna().to_numpy()
    head = Varied(way.kind, way.label, asked=len(table), valid=int(valid.sum()))
    if not valid.any():
        return head
    both = valid & base["nearer"].notna().to_numpy()
    same = int((table["nearer"] == base["nearer"]).to_numpy()[both].sum())
    rows = judgements(table, scale.target.concepts)
    firsts = (table["nearer"] == table["first"]).to_numpy()[valid]
    return replace(
        head,
        same=share(same, int(both.sum())) if both.any() else None,
        first=share(int(firsts.sum()), len(firsts)),
        agreement=_agreement(rows, scale, parameters),
        r2=_r2(rows, scale, parameters, n_jobs) if valid.mean() >= parameters.least_valid else None,
    )


def _agreement(rows: NDArray[np.int64], scale: Scale, parameters: Parameters) -> Measured:
    human = scale.mind.similarities["human"]
    values = values_of(marks_of(rows, np.ones(len(rows), bool), human))
    n_boot, seed = min(parameters.n_boot, 300), parameters.seed

    def compute() -> list[float]:
        drawn = resampled_agreement(rows, values, len(human), n_boot, seed)
        return [float(end) for end in np.nanquantile(drawn, [0.025, 0.975])]

    ends = kept("variant agreement", compute, rows, human, n_boot, seed)
    return Measured(float(values.mean()), *ends)


def _r2(
    rows: NDArray[np.int64], scale: Scale, parameters: Parameters, n_jobs: int
) -> Measured | None:
    """Fit the space of some answers; None where they are too few for it."""
    rules = Rules(len(rows), parameters.n_dims, 0.0, REFITS, STARTS)
    human, seed = scale.target.human, parameters.seed

    def compute() -> list[float]:
        try:
            _, found = fit_space(rows, human, rules, seed=seed, n_jobs=n_jobs, allow_few=True)
        except HumanlikeError:
            return []
        return [found.r2, found.low, found.high]

    found = kept("variant space", compute, rows, human, asdict(rules), seed)
    return Measured(*found) if found else None


def by_size(
    part: TripletResult, scale: Scale, parameters: Parameters, *, n_jobs: int = -1
) -> Mapping[int, Measured]:
    """Return R² of the space fitted to the first answers only, by their number.

    Parameters
    ----------
    part : TripletResult
        With answers.
    scale : Scale
    parameters : Parameters
    n_jobs : int

    Returns
    -------
    dict of int to Measured
        For `SIZES` and all answers; sizes too small for a space are left out.
    """
    questions = triplets.design(len(part.concepts), parameters.n_triplets, seed=parameters.seed)
    rows = answers_of(part.marks, questions.triplets, scale.mind.similarities["human"])
    sizes = [size for size in SIZES if size < len(rows)] + [len(rows)]
    fits = {size: _r2(rows[:size], scale, parameters, n_jobs) for size in sizes}
    return {size: one for size, one in fits.items() if one is not None}
