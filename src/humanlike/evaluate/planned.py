"""What an evaluation and its page would ask, said beforehand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from humanlike.evaluate.asking import PILOT, Asking, Tell, at_places, beginning
from humanlike.evaluate.parameters import resolve
from humanlike.evaluate.rating_ways import first_words, rating_ways
from humanlike.evaluate.robust import asking
from humanlike.evaluate.triplet_ways import triplet_ways
from humanlike.evaluate.ways import BASELINE, Way, ask_each
from humanlike.query.estimate import Estimate
from humanlike.query.meter import duration
from humanlike.query.plans import Plan
from humanlike.query.run import REACH, Result
from humanlike.store.key import Keys

if TYPE_CHECKING:
    from humanlike.models.base import Model

Ways = Callable[[Asking, Plan, Any], list[Way]]
TESTS: Final[dict[str, tuple[Callable[[Plan, int], Plan], Ways]]] = {
    "triplets": (beginning, triplet_ways),
    "ratings": (first_words, rating_ways),
}
"""The first questions of each test, and the ways of asking them."""


def planned(
    model: str | Model,
    again: Mapping[str, int],
    *,
    profile: str = "paper",
    store: Path | None = None,
    missing: str = "raise",
    tell: Tell,
    **given: Any,
) -> None:
    """Say what an evaluation would ask, how long it would take and cost; ask nothing.

    Parameters
    ----------
    model, profile, store, missing, tell, given
        As for `humanlike.evaluate.run.evaluate`.
    again : dict of str to int
        As for `robustness`.
    """
    reach = {name: given.pop(name) for name in REACH if name in given}
    parameters = resolve(profile, **given)
    with asking(model, parameters, store=store, missing=missing, tell=tell, **reach) as ask:
        known = ask.estimates()
        seen = {key for result in known.values() for key in _keys(result)}
        found = [result.estimate for result in known.values()]
        for task, result in known.items():
            if n := again.get(task, 0):
                found += _ways_planned(ask, task, result, n, seen)
        tell(in_all(found))
        if ask.may_switch and any(one.settings.mode == "generate" for one in known.values()):
            tell(f"If the first {PILOT} answers it writes are mostly none, answers are scored "
                 "instead, and the counts are others.")  # fmt: skip


def _ways_planned(
    ask: Asking, task: str, known: Result, n: int, seen: set[bytes]
) -> Iterator[Estimate]:
    """Tell what each other way of asking would take; what is asked anyway counts once."""
    first, ways = TESTS[task]
    made, mode = first(known.plan, n), known.settings.mode
    others = [way for way in ways(ask, made, mode) if way is not BASELINE]
    for way, result in ask_each(ask, made, mode, others, dry_run=True):
        if result is None:
            continue
        keys, part = _keys(result), result.estimate
        fresh = [place for place, key in enumerate(keys) if key not in seen]
        seen.update(keys)
        if len(fresh) < len(keys):
            part = ask.ask(at_places(result.plan, fresh), result.settings.mode, dry_run=True,
                           temperature=result.settings.temperature).estimate  # fmt: skip
        ask.tell(f"{task}, {way.label}: {_taken(part, len(keys))}")
        yield part


def _keys(result: Result) -> list[bytes]:
    return Keys.of_model(result.info, result.settings).of(result.plan.prompts)


def _taken(one: Estimate, n: int) -> str:
    text = f"{n:,} prompts, {n - one.to_ask:,} answered or asked already"
    if not one.to_ask:
        return text
    took = "time unknown" if one.seconds is None else f"about {duration(one.seconds)}"
    cost = "" if one.cost is None else f", about {one.cost:.4f} US dollars"
    return f"{text}; {one.to_ask:,} to ask: about {one.tokens:,} tokens, {took}{cost}"


def in_all(found: Sequence[Estimate]) -> str:
    """Return one sentence on all that is to be asked."""
    asked = [one for one in found if one.to_ask]
    if not asked:
        return "in all: nothing to ask"
    text = (
        f"in all: {sum(one.to_ask for one in asked):,} to ask, about "
        f"{sum(one.tokens for one in asked):,} tokens"
    )
    timed = [one.seconds for one in asked if one.seconds is not None]
    text += f", about {duration(sum(timed))}" if timed else ", time unknown"
    if timed and (rest := sum(one.to_ask for one in asked if one.seconds is None)):
        text += f" without {rest:,} of which no earlier run tells the time"
    costs = [one.cost for one in asked if one.cost is not None]
    if costs:
        text += f", about {sum(costs):.4f} US dollars"
    return text
