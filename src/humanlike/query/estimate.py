"""What a command is going to do, said before it does it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from humanlike.models.base import ModelInfo, Settings
from humanlike.query.meter import duration

if TYPE_CHECKING:
    from humanlike.query.plans import Plan
    from humanlike.store.store import Store

CHARACTERS_PER_TOKEN = 4


@dataclass(frozen=True)
class Estimate:
    """What a command is going to do.

    Attributes
    ----------
    prompts : int
        Prompts of the plan.
    known : int
        Answers that are in the store.
    to_ask : int
        Prompts this command will ask.
    tokens : int
        About how many tokens these have: as many per character as the last answers of this model
        counted, otherwise one for four characters.
    seconds : float or None
        About how long it takes, going by earlier runs of this model and these settings.
    written : int
        About how many tokens the answers have, going by the last ones; otherwise the most allowed.
    cost : float or None
        About how many US dollars, where the price is known.
    waiting : int
        Prompts in a batch that has not been fetched.
    """

    prompts: int
    known: int
    to_ask: int
    tokens: int
    seconds: float | None
    written: int = 0
    cost: float | None = None
    waiting: int = 0

    def lines(self) -> list[str]:
        """Return the estimate as sentences."""
        found = [f"{self.prompts:,} prompts, {self.known:,} answered already"]
        if self.waiting:
            found.append(f"{self.waiting:,} wait in a batch; the command with --batch fetches them")
        if not self.to_ask:
            return [*found, "nothing to ask"]
        took = (
            "time unknown: the first run of this model with these settings"
            if self.seconds is None
            else f"about {duration(self.seconds)}, going by earlier runs"
        )
        found.append(f"{self.to_ask:,} to ask: about {self.tokens:,} tokens, {took}")
        if self.cost is not None:
            found.append(f"about {self.cost:.4f} US dollars with {self.written:,} tokens written")
        return found


def estimate(
    store: Store,
    info: ModelInfo,
    settings: Settings,
    plan: Plan,
    known: int,
    waiting: int,
    todo: Sequence[int],
    price: Any = None,
) -> Estimate:
    """Estimate tokens, time and cost of the prompts at the places ``todo`` of a plan.

    Parameters
    ----------
    store, info, settings, plan
        What is asked of whom, and where earlier answers lie.
    known, waiting : int
        As in `Estimate`.
    todo : sequence of int
        Places of the prompts to ask.
    price : optional
        Anything with ``of(read, written)`` in US dollars; None where it is unknown.
    """
    characters = sum(len(plan.prompts[n].text) for n in todo)
    took, count = store.pace(info, settings, plan.task)
    seconds = took / count * len(todo) if count else None
    answers, seen, read, wrote = store.measured(info, settings, plan.task)
    per_character = read / seen if seen else 1 / CHARACTERS_PER_TOKEN
    tokens = round(characters * per_character)
    written = round((wrote / answers if answers else settings.max_tokens) * len(todo))
    cost = None if price is None or not todo else float(price.of(tokens, written))
    return Estimate(len(plan.prompts), known, len(todo), tokens, seconds, written, cost, waiting)
