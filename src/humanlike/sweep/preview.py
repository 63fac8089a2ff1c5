"""What a sweep would ask, how long that would take and what it would cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from humanlike.parallel import reason
from humanlike.query.estimate import Estimate
from humanlike.query.meter import duration
from humanlike.sweep.listing import Cell


@dataclass(frozen=True)
class Preview:
    """What one evaluation, or all of them, would ask.

    Attributes
    ----------
    label : str
        Whose.
    prompts, known, to_ask : int
        Prompts of it, answers that are in the store, prompts that would be asked.
    tokens : int
        About how many tokens these have.
    seconds : float or None
        About how long it takes, one after the other; None where no earlier run tells.
    cost : float or None
        About how many US dollars, where a price is known.
    problem : str
        Why nothing can be said.
    spec : str
        The model; empty for all of them.
    """

    label: str
    prompts: int = 0
    known: int = 0
    to_ask: int = 0
    tokens: int = 0
    seconds: float | None = None
    cost: float | None = None
    problem: str = ""
    spec: str = ""

    def line(self) -> str:
        """Return it as a sentence."""
        if self.problem:
            return f"{self.label}: {self.problem}"
        took = "time unknown" if self.seconds is None else f"about {duration(self.seconds)}"
        parts = [
            f"{self.prompts:,} prompts",
            f"{self.known:,} answered",
            f"{self.to_ask:,} to ask, about {self.tokens:,} tokens, {took}",
        ]
        if self.cost is not None:
            parts.append(f"about {self.cost:.2f} US dollars")
        return f"{self.label}: {'; '.join(parts)}"


def preview(cell: Cell, store: Path | None) -> Preview:
    """Look what an evaluation would ask; what hinders it is said, not raised."""
    from humanlike.evaluate.asking import Asking, needs_form
    from humanlike.evaluate.run import opened

    try:
        with opened(cell.spec, cell.reach) as model:
            needs_form(model.info(), cell.parameters)
            asking = Asking(model, cell.parameters, store, cell.missing, False, lambda _: None)
            found = [result.estimate for result in asking.estimates().values()]
    except Exception as problem:
        return Preview(cell.label, problem=reason(problem), spec=cell.spec)
    return replace(_of(cell.label, found), spec=cell.spec)


def _of(label: str, found: Sequence[Estimate]) -> Preview:
    asked = [one for one in found if one.to_ask]
    seconds = [one.seconds for one in asked]
    costs = [one.cost for one in asked if one.cost is not None]
    return Preview(
        label,
        sum(one.prompts for one in found),
        sum(one.known for one in found),
        sum(one.to_ask for one in found),
        sum(one.tokens for one in asked),
        None if None in seconds else sum(second or 0.0 for second in seconds),
        sum(costs) if costs else None,
    )


def total(found: Sequence[Preview]) -> Iterator[str]:
    """Yield sentences on all evaluations together."""
    known = [one.seconds for one in found if one.seconds is not None]
    unknown = sum(one.seconds is None and not one.problem for one in found)
    costs = [one.cost for one in found if one.cost is not None]
    yield (
        Preview(
            f"{len(found):,} evaluations",
            sum(one.prompts for one in found),
            sum(one.known for one in found),
            sum(one.to_ask for one in found),
            sum(one.tokens for one in found),
            sum(known) if known else None,
            sum(costs) if costs else None,
        ).line()
        + ", one after the other"
    )
    if len({one.spec for one in found}) < len(found):
        yield "What several evaluations of a model ask alike is counted for each, and asked once."
    if unknown:
        yield f"Of {unknown:,} of them no earlier run tells the time; 'humanlike plan' reckons it."
    if problems := sum(bool(one.problem) for one in found):
        yield f"{problems:,} of them would fail."
