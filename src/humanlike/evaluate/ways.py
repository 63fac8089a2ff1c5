"""Ways of asking that both tests share, and asking in each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from humanlike.errors import HumanlikeError
from humanlike.query.plans import Plan

if TYPE_CHECKING:
    from humanlike.evaluate.asking import Asking
    from humanlike.models.base import Form, Mode, ModelInfo
    from humanlike.query.run import Result
    from humanlike.tasks.prompt import Prompt

SAMPLES: Final = ("hf", "openai")
"""Kinds of models that draw their words by temperature."""
FIXED: Final = ("encoder", "replay", "scripted")
"""Kinds whose answer to the same question is always the same."""
TEMPERATURES: Final = (0.0, 1.0)


@dataclass(frozen=True)
class Way:
    """One way of asking.

    Attributes
    ----------
    kind : str
        What is varied: ``baseline``, ``wording``, ``order``, ``turned``, ``form``, ``mode``,
        ``temperature`` or ``again``.
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
    expected : bool
        Whether the mean under the scores is taken instead of the likeliest answer.
    """

    kind: str
    label: str
    why_not: str = ""
    plan: Callable[[Plan], Plan] = lambda made: made
    mode: Mode | None = None
    temperature: float | None = None
    expected: bool = False


BASELINE: Final = Way("baseline", "as published")


def common_ways(
    ask: Asking, made: Plan, mode: Mode, formed: Callable[[Prompt, Form], Prompt]
) -> list[Way]:
    """List the ways that any test may be asked in, with a reason where one does not apply.

    Parameters
    ----------
    ask : Asking
    made : Plan
        What was asked.
    mode : {"generate", "score"}
        How.
    formed : callable
        From a prompt and a form to the same question in that form.
    """
    info, form, temperature = ask.model.info(), ask.form, ask.temperature(made)
    other_form = next((one for one in info.forms if one != form), None)
    reads = "it answers the question as data and reads no prompt" if info.reads_question else ""
    why = reads or ("" if other_form else f"it takes prompts of form {form} only")
    label = f"form {other_form}" if other_form and not reads else "chat template or bare text"
    change = prompts(lambda one: formed(one, other_form or form))
    found = [Way("form", label, why, change), _other_mode(info, form, mode)]
    for value in TEMPERATURES:
        why = _no_temperature(info.kind, mode, same=value == temperature)
        found.append(Way("temperature", f"temperature {value:g}", why, temperature=value))
    fixed = info.kind in FIXED or mode == "score" or (info.kind == "hf" and temperature == 0)
    why = "the same question always has the same answer" if fixed else ""
    return [*found, Way("again", "asked once more", why, prompts(_repeated))]


def _other_mode(info: ModelInfo, form: Form, mode: Mode) -> Way:
    label = "scored instead of written" if mode == "generate" else "written instead of scored"
    other = next((one for one in info.modes if one != mode), None)
    if other and form in info.scored_forms:
        return Way("mode", label, mode=other)
    lacks = "it has no probabilities to score" if mode == "generate" else "it cannot write"
    return Way("mode", label, lacks)


def _no_temperature(kind: str, mode: Mode, same: bool) -> str:
    if mode == "score":
        return "scores do not depend on the temperature"
    if kind not in SAMPLES:
        return "it draws no words"
    return "it was asked at this temperature" if same else ""


def _repeated(one: Prompt) -> Prompt:
    return replace(one, trial=one.trial + 1)


def prompts(change: Callable[[Prompt], Prompt]) -> Callable[[Plan], Plan]:
    """Return what changes every prompt of a plan."""
    return lambda made: replace(made, prompts=[change(one) for one in made.prompts])


def ask_each(
    ask: Asking, made: Plan, mode: Mode, ways: Sequence[Way], **changes: Any
) -> Iterator[tuple[Way, Result | None]]:
    """Ask a plan in every way that applies.

    Parameters
    ----------
    ask : Asking
    made : Plan
        As published.
    mode : {"generate", "score"}
        How the model was asked.
    ways : sequence of Way
    **changes
        For `humanlike.query.query`.

    Yields
    ------
    tuple of Way and Result or None
        None where it does not apply; the way then says why.
    """
    for way in ways:
        if way.why_not:
            yield way, None
            continue
        warmth = {} if way.temperature is None else {"temperature": way.temperature}
        try:
            result = ask.ask(way.plan(made), way.mode or mode, **warmth, **changes)
        except HumanlikeError as problem:
            yield replace(way, why_not=str(problem)), None
        else:
            yield way, result
