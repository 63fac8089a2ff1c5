"""Does the result depend on how the questions were put? The same ones, asked in other ways."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
from numpy.typing import NDArray

from humanlike.analysis.asked import judgements, triplet_table
from humanlike.analysis.placing import Rules, fit_space
from humanlike.errors import HumanlikeError
from humanlike.evaluate.agreement import answers_of, marks_of, resampled_agreement, values_of
from humanlike.evaluate.asking import Asking, beginning, needs_form
from humanlike.evaluate.kept import kept
from humanlike.evaluate.parameters import Parameters
from humanlike.evaluate.record import Measured
from humanlike.query.plans import Plan
from humanlike.query.run import REACH
from humanlike.stats.proportions import wilson
from humanlike.tasks import triplets
from humanlike.tasks.prompt import Choice, Prompt

if TYPE_CHECKING:
    import pandas as pd

    from humanlike.evaluate.record import Evaluation
    from humanlike.evaluate.triplets import Scale
    from humanlike.models.base import Form, Mode, Model
    from humanlike.query.run import Result

LEAST_TRIPLETS: Final = 5000
SIZES: Final = (5_000, 10_000, 20_000)
REFITS, STARTS = 40, 5
TEMPLATES: Final = ("a photo of a {}", "an object called {}", "the word {}")
"""Texts in which an encoder reads a name; by itself it is the name alone."""
SAMPLES: Final = ("hf", "openai")
"""Kinds of models that draw their words by temperature."""
FIXED: Final = ("encoder", "replay", "scripted")
"""Kinds whose answer to the same question is always the same."""


@dataclass(frozen=True)
class Way:
    """One way of asking.

    Attributes
    ----------
    kind : str
        What is varied: ``baseline``, ``wording``, ``order``, ``form``, ``mode``, ``temperature``
        or ``again``.
    label : str
        What is different, in words.
    why_not : str
        Why this model cannot be asked so; empty if it can.
    plan : callable
        From the plan as published to the one asked.
    mode : {"generate", "score"} or None
        None leaves it.
    temperature : float or None
        None leaves it.
    """

    kind: str
    label: str
    why_not: str = ""
    plan: Callable[[Plan], Plan] = lambda made: made
    mode: Mode | None = None
    temperature: float | None = None


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


def ways(model: Model, form: Form, mode: Mode) -> list[Way]:
    """List the ways of asking, with a reason where one does not apply to this kind of model.

    Parameters
    ----------
    model : Model
    form, mode
        How it was asked.
    """
    info = model.info()
    found = [Way("baseline", "as published"), *_wordings(info.kind, info.reads_question)]
    found.append(Way("order", "options in the other order", plan=_swapped))
    other_form = [one for one in info.forms if one != form]
    reads = "it answers the question as data and reads no prompt" if info.reads_question else ""
    why = reads or ("" if other_form else f"it takes prompts of form {form} only")
    label = f"form {other_form[0]}" if other_form and not reads else "chat template or bare text"
    found.append(Way("form", label, why, lambda made: _formed(made, other_form[0])))
    can = [one for one in info.modes if one != mode]
    why = (
        ""
        if can and form in info.scored_forms
        else ("it has no probabilities to score" if mode == "generate" else "it cannot write")
    )
    label = "scored instead of written" if mode == "generate" else "written instead of scored"
    found.append(Way("mode", label, why, mode=can[0] if can else None))
    cold = _without_temperature(info.kind, mode)
    found += [Way("temperature", f"temperature {t:g}", cold, temperature=t) for t in (0.0, 1.0)]
    fixed = info.kind in FIXED or mode == "score"
    why = "the same question always has the same answer" if fixed else ""
    return [*found, Way("again", "asked once more", why, _repeated)]


def _without_temperature(kind: str, mode: Mode) -> str:
    if mode == "score":
        return "scores do not depend on the temperature"
    return "" if kind in SAMPLES else "it draws no words"


def _wordings(kind: str, reads_question: bool) -> list[Way]:
    if kind == "encoder":
        return [Way("wording", f"“{text.format('…')}”", plan=_templated(text))
                for text in TEMPLATES]  # fmt: skip
    others = [name for name in triplets.WORDINGS if name != "paper"]
    why = "it answers the question as data and reads no wording" if reads_question else ""
    return [Way("wording", f"wording “{name}”", why, _worded(name)) for name in others]


def _prompts(made: Plan, change: Callable[[Prompt], Prompt]) -> Plan:
    return replace(made, prompts=[change(one) for one in made.prompts])


def _choice(one: Prompt) -> Choice:
    return cast("Choice", one.question)


def _templated(text: str) -> Callable[[Plan], Plan]:
    def change(one: Prompt) -> Prompt:
        asked = _choice(one)
        first, second = (text.format(name) for name in asked.options)
        question = Choice(text.format(asked.anchor), (first, second), (first, second))
        return replace(one, question=question)

    return lambda made: _prompts(made, change)


def _worded(name: str) -> Callable[[Plan], Plan]:
    return lambda made: _prompts(made, lambda one: _asked(one, wording=name))


def _formed(made: Plan, form: Form) -> Plan:
    return _prompts(made, lambda one: _asked(one, form=form))


def _swapped(made: Plan) -> Plan:
    columns = made.columns | {"first": made.columns["second"], "second": made.columns["first"]}
    return replace(_prompts(made, lambda one: _asked(one, swap=True)), columns=columns)


def _asked(
    one: Prompt, *, wording: str = "paper", form: Form | None = None, swap: bool = False
) -> Prompt:
    question = _choice(one)
    first, second = question.options[::-1] if swap else question.options
    return triplets.prompt(
        question.anchor, first, second, form=form or one.form, trial=one.trial, wording=wording
    )


def _repeated(made: Plan) -> Plan:
    return _prompts(made, lambda one: replace(one, trial=one.trial + 1))


@contextmanager
def asking(
    model: str | Model,
    parameters: Parameters,
    *,
    store: Path | None = None,
    missing: str = "raise",
    **reach: Any,
) -> Iterator[Asking]:
    """Open a model to be asked in several ways, and close it again."""
    from humanlike.evaluate.run import opened

    known = {name: reach.get(name) for name in REACH}
    with opened(model, {k: v for k, v in known.items() if v is not None}) as ready:
        needs_form(ready.info(), parameters)
        yield Asking(ready, parameters, store, missing, False, lambda _: None)


def robustness(
    model: str | Model,
    found: Evaluation,
    n: int,
    *,
    store: Path | None = None,
    missing: str = "raise",
    n_jobs: int = -1,
) -> tuple[list[Varied], Mapping[int, Measured]]:
    """Ask an evaluated model in other ways, and fit spaces to fewer of its answers.

    Parameters
    ----------
    model : str or Model
        The one evaluated.
    found : Evaluation
    n : int
        Questions asked again; 0 asks nothing.
    store, missing, n_jobs
        As for `humanlike.evaluate.run.evaluate`.

    Returns
    -------
    ways : list of Varied
        From `vary`; empty without valid answers to triplets.
    sizes : dict of int to Measured
        From `by_size`.
    """
    from humanlike.evaluate.run import scale_of

    part, parameters = found.triplets, found.parameters
    if part is None or not part.asked.valid:
        return [], {}
    scale = scale_of(parameters, missing, n_jobs)
    questions = triplets.design(len(part.concepts), parameters.n_triplets, seed=parameters.seed)
    rows = answers_of(part.marks, questions.triplets, scale.mind.similarities["human"])
    varied: list[Varied] = []
    if n:
        with asking(model, parameters, store=store, missing=missing) as ask:
            varied = vary(ask, cast("Mode", part.asked.mode), scale, n, n_jobs=n_jobs)
    return varied, by_size(rows, scale, parameters, n_jobs=n_jobs)


def vary(ask: Asking, mode: Mode, scale: Scale, n: int, *, n_jobs: int = -1) -> list[Varied]:
    """Ask the first questions of the design again in every way that applies.

    Parameters
    ----------
    ask : Asking
        From `asking`.
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
    for way in ways(ask.model, ask.form, mode):
        if way.why_not:
            found.append(Varied(way.kind, way.label, way.why_not))
            continue
        changes = {} if way.temperature is None else {"temperature": way.temperature}
        try:
            result = ask.ask(way.plan(made), way.mode or mode, **changes)
        except HumanlikeError as problem:
            found.append(Varied(way.kind, way.label, str(problem)))
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
        same=_share(same, int(both.sum())) if both.any() else None,
        first=_share(int(firsts.sum()), len(firsts)),
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
    rows: NDArray[np.int64], scale: Scale, parameters: Parameters, *, n_jobs: int = -1
) -> Mapping[int, Measured]:
    """Return R² of the space fitted to the first answers only, by their number.

    Parameters
    ----------
    rows : ndarray of int, (answers, 3)
        Anchor, chosen option, other option, in the order of asking.
    scale : Scale
    parameters : Parameters
    n_jobs : int

    Returns
    -------
    dict of int to Measured
        For `SIZES` and all answers; sizes too small for a space are left out.
    """
    sizes = [size for size in SIZES if size < len(rows)] + [len(rows)]
    fits = {size: _r2(rows[:size], scale, parameters, n_jobs) for size in sizes}
    return {size: one for size, one in fits.items() if one is not None}


def _share(count: int, n: int) -> Measured:
    found = wilson(count, n)
    return Measured(found.share, found.low, found.high)
