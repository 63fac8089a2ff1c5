"""What came of it: how much is valid, why the rest is not, likings and steadiness."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from humanlike.models.base import Answer
from humanlike.query.plans import Plan
from humanlike.tasks.text import Outcome

UNANSWERED = "unanswered"
LEFT_OUT = ("not given", "not sent")
WHO = ("model", "system_fingerprint")


@dataclass(frozen=True)
class Summary:
    """Counts over all prompts of a plan.

    Attributes
    ----------
    prompts : int
        Prompts of the plan.
    before : int
        Answers that were in the store already.
    new : int
        Answers this command brought.
    valid : int
        Answers that give a value.
    invalid : dict of str to int
        The others, by name of the reason, most frequent first; ``unanswered`` have no answer yet.
    positions : dict of str to float
        Share of the valid answers at each place of the options; empty where there are none.
    same_option : float or None
        Of pairs of both orders, the share that chose the same thing twice; 1 without position bias.
    same_again : float or None
        Of pairs of repetitions of one prompt, the share with the same value.
    seconds : float
        Time this command spent asking.
    tokens_per_second : float or None
        Tokens read and written per second of asking, where the model counts them.
    notes : dict of str to int
        In how many answers a server did not do as asked, by what it left out, and who answered if
        it was not always the same.
    cost : float or None
        US dollars for the tokens of this command's answers, where the price is known.
    """

    prompts: int
    before: int
    new: int
    valid: int
    invalid: dict[str, int]
    positions: dict[str, float]
    same_option: float | None
    same_again: float | None
    seconds: float
    tokens_per_second: float | None
    notes: dict[str, int] = field(default_factory=dict)
    cost: float | None = None

    def lines(self) -> list[str]:
        """Return the summary as sentences."""
        share = f" ({self.valid / self.prompts:.1%})" if self.prompts else ""
        found = [
            f"{self.prompts:,} prompts: {self.before:,} answered before, {self.new:,} now"
            + (f" in {self.seconds:.1f} s" if self.new else ""),
            f"{self.valid:,} valid{share}",
        ]
        if self.invalid:
            found.append("not valid: " + ", ".join(f"{n:,} {k}" for k, n in self.invalid.items()))
        if self.positions:
            shown = ", ".join(f"{place} {share:.1%}" for place, share in self.positions.items())
            found.append(f"chosen places: {shown}")
        if self.same_option is not None:
            found.append(f"same choice in both orders: {self.same_option:.1%}")
        if self.same_again is not None:
            found.append(f"same answer when asked again: {self.same_again:.1%}")
        if self.tokens_per_second:
            found.append(f"{self.tokens_per_second:,.0f} tokens/s")
        if self.cost is not None and self.new:
            found.append(f"about {self.cost:.4f} US dollars for these tokens")
        if self.notes:
            found.append("note: " + ", ".join(f"{k} {n:,}" for k, n in self.notes.items()))
        return found


def outcome_of(plan: Plan, place: int, answer: Answer | None) -> Outcome:
    """Parse one answer; a problem is the failure of its name."""
    if answer is None:
        return Outcome(failure=UNANSWERED)
    if answer.problem is not None:
        return Outcome(failure=answer.problem.kind)
    return plan.parse(answer.text, plan.prompts[place].question)


def summarise(
    plan: Plan,
    answers: Sequence[Answer | None],
    before: int,
    new: Sequence[int],
    seconds: float,
    price: Any = None,
) -> Summary:
    """Count.

    Parameters
    ----------
    plan : Plan
        What was asked.
    answers : sequence of Answer or None
        One per prompt.
    before : int
        How many were there before.
    new : sequence of int
        Places of the prompts answered now.
    seconds : float
        Time spent asking.
    price : optional
        Anything with ``of(read, written)`` in US dollars; None where it is unknown.
    """
    outcomes = [outcome_of(plan, place, answer) for place, answer in enumerate(answers)]
    failures = Counter(outcome.failure for outcome in outcomes if not outcome.ok)
    values = [outcome.value for outcome in outcomes]
    read = sum(a.usage.prompt or 0 for a in _at(answers, new))
    written = sum(a.usage.completion or 0 for a in _at(answers, new))
    return Summary(
        prompts=len(answers),
        before=before,
        new=len(new),
        valid=len(outcomes) - failures.total(),
        invalid=dict(failures.most_common()),
        positions=_positions(plan, values) if plan.choice else {},
        same_option=_same_option(plan, values) if plan.choice else None,
        same_again=_same_again(plan, values),
        seconds=seconds,
        tokens_per_second=(read + written) / seconds if seconds > 0 and read + written else None,
        notes=_notes(answers),
        cost=None if price is None else float(price.of(read, written)),
    )


def _at(answers: Sequence[Answer | None], places: Sequence[int]) -> list[Answer]:
    return [answer for place in places if (answer := answers[place]) is not None]


def _notes(answers: Sequence[Answer | None]) -> dict[str, int]:
    """Count what servers left out, and who they were if they were several."""
    origins = [answer.origin for answer in answers if answer is not None and answer.origin]
    left_out = Counter(
        f"{name} {how}" for o in origins for how in LEFT_OUT for name in o.get(how, ())
    )
    served = Counter(f"served by {' '.join(str(o[n]) for n in WHO if n in o)}" for o in origins)
    return dict(left_out.most_common()) | (dict(served.most_common()) if len(served) > 1 else {})


def _positions(plan: Plan, values: Sequence[Any]) -> dict[str, float]:
    """Return the share of valid answers at each place, named by letter or number."""
    counts = Counter(value for value in values if value is not None)
    if not counts:
        return {}
    answers = plan.prompts[0].question.answers  # type: ignore[union-attr]
    names = answers if plan.task == "qa" else ("first", "second")
    return {name: counts[place] / counts.total() for place, name in enumerate(names)}


def _same_option(plan: Plan, values: Sequence[Any]) -> float | None:
    """Compare the two orders of the same triplet in the same trial."""
    groups: dict[tuple[Any, Any], dict[int, Any]] = defaultdict(dict)
    keys = zip(plan.columns["item"], plan.columns["trial"], plan.columns["order"], strict=True)
    for (item, trial, order), value in zip(keys, values, strict=True):
        if value is not None:
            groups[item, trial][order] = value
    pairs = [bool(orders[0] != orders[1]) for orders in groups.values() if len(orders) == 2]
    return sum(pairs) / len(pairs) if pairs else None


def _same_again(plan: Plan, values: Sequence[Any]) -> float | None:
    """Compare the repetitions of the same prompt, all pairs of them."""
    groups: dict[tuple[Any, Any], list[Any]] = defaultdict(list)
    keys = zip(plan.columns["item"], plan.columns["order"], strict=True)
    for key, value in zip(keys, values, strict=True):
        if value is not None:
            groups[key].append(value)
    same = [bool(a == b) for found in groups.values() for a, b in combinations(found, 2)]
    return sum(same) / len(same) if same else None
