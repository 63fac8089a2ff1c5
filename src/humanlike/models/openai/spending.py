"""What a server's answers cost, and how a limit is kept while many are on their way."""

from __future__ import annotations

import asyncio
import math
import re
from dataclasses import dataclass
from typing import Any

from humanlike.errors import HumanlikeError
from humanlike.models.base import Usage

PER = 1_000_000
OVERHEAD_TOKENS = 64
"""Tokens a chat template may add to a prompt of one or two messages; generous."""
_DATED = re.compile(r"-\d{4}-\d{2}-\d{2}$")


class CostLimit(HumanlikeError):
    """No further request fits under the limit of costs."""


@dataclass(frozen=True, slots=True)
class Price:
    """What tokens cost.

    Attributes
    ----------
    read, written : float
        US dollars per million tokens.
    batch : float
        Share of that for requests in a batch, in (0, 1].
    """

    read: float
    written: float
    batch: float = 1.0

    def __post_init__(self) -> None:
        finite = 0 <= self.read < math.inf and 0 <= self.written < math.inf
        if not finite or not 0 < self.batch <= 1:
            raise HumanlikeError(
                "Prices are at least 0 dollars per million tokens, a batch's share above 0 and at "
                f"most 1; got {self.read:g}, {self.written:g}, {self.batch:g}."
            )

    def in_batch(self) -> Price:
        """Return the price of requests in a batch."""
        return Price(self.read * self.batch, self.written * self.batch)

    def of(self, read: float, written: float) -> float:
        """Return the dollars for so many tokens read and written."""
        return (read * self.read + written * self.written) / PER


def known_price(name: str) -> Price | None:
    """Return the price of an OpenAI model by ``data/prices.yml``, or None.

    Parameters
    ----------
    name : str
        The model; a date at its end is ignored, and of a fine-tuned model (``ft:…``) the base
        counts.
    """
    from humanlike.data.prices import load_prices

    start, _, rest = name.partition(":")
    base = f"ft:{_DATED.sub('', rest.split(':')[0])}" if start == "ft" else _DATED.sub("", name)
    found = load_prices().get(base)
    return Price(**found) if found else None


class Spending:
    """Adds up what is spent and lets nobody send what might not fit; for one event loop.

    Parameters
    ----------
    price : Price or None
        None counts nothing.
    limit : float or None
        Most dollars of all requests together; None for no limit.

    Raises
    ------
    HumanlikeError
        If there is a limit and no price, or the limit is negative.
    """

    def __init__(self, price: Price | None, limit: float | None) -> None:
        if limit is not None and price is None:
            raise HumanlikeError(
                "The price of this model is not known, so its cost cannot be limited. Say what a "
                "million tokens cost with --price-in and --price-out."
            )
        if limit is not None and not limit >= 0:
            raise HumanlikeError(f"The cost limit is at least 0 dollars; got {limit:g}.")
        self.price, self.limit = price, limit
        self.spent = 0.0
        self._reserved, self._sent = 0.0, 0
        self._freed = asyncio.Condition()

    def worst(self, body: dict[str, Any], most_written: int) -> float:
        """Return what a request costs at most; no token is shorter than one byte of UTF-8."""
        if self.price is None:
            return 0.0
        texts = [m["content"] for m in body.get("messages", ())] or [body["prompt"]]
        read = sum(len(text.encode("utf-8", "replace")) for text in texts) + OVERHEAD_TOKENS
        return self.price.of(read, most_written)

    async def reserve(self, cost: float) -> None:
        """Wait until there is room for a request.

        Raises
        ------
        CostLimit
            If there is none and nothing on its way can make any.
        """
        if self.limit is None:
            return
        async with self._freed:
            while self.spent + self._reserved + cost > self.limit:
                if not self._sent:
                    raise CostLimit(self._message())
                await self._freed.wait()
            self._reserved, self._sent = self._reserved + cost, self._sent + 1

    async def settle(self, reserved: float, usage: Usage | None, billed: bool) -> None:
        """Replace a reservation by what a request really cost; by all of it where that is unknown.

        Parameters
        ----------
        reserved : float
            What was reserved.
        usage : Usage or None
            What the server counted.
        billed : bool
            False if the server charges nothing for what came.
        """
        cost = reserved if billed else 0.0
        known = usage is not None and None not in (usage.prompt, usage.completion)
        if billed and known and self.price is not None and usage is not None:
            cost = self.price.of(usage.prompt or 0, usage.completion or 0)
        self.spent += cost
        if self.limit is not None:
            async with self._freed:
                self._reserved, self._sent = self._reserved - reserved, self._sent - 1
                self._freed.notify_all()

    def _message(self) -> str:
        return (
            f"Stopped before the next request could cost more than --max-cost {self.limit:g}: "
            f"about {self.spent:.4f} dollars were spent. All answers are stored; the same command "
            "with a higher limit goes on from here."
        )
