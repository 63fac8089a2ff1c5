"""What a fine-tuning job is expected to cost, and whether that is allowed."""

from __future__ import annotations

from dataclasses import dataclass

from humanlike.errors import HumanlikeError

PER = 1_000_000
BYTES_PER_TOKEN = 4.0
FEWEST_BYTES_PER_TOKEN = 3.0
"""English and Dutch text has four to five bytes a token; for the limit, three are assumed."""
TOKENS_PER_EXAMPLE = 16
"""Tokens of the form of a chat around question and answer; generous."""


@dataclass(frozen=True)
class Cost:
    """What a job is expected to cost.

    Attributes
    ----------
    tokens : int
        Tokens that will be charged, all epochs together; estimated from the length of the text.
    dollars, most : float or None
        That in US dollars, and with as many tokens as a text of this length may well have; None
        where no price is known.
    """

    tokens: int
    dollars: float | None
    most: float | None

    def __str__(self) -> str:
        money = "at an unknown price"
        if self.dollars is not None:
            money = f"about ${self.dollars:.2f}, at most ${self.most:.2f}"
        return f"about {self.tokens:,} tokens to train on, {money}"


def cost_of(content: bytes, count: int, epochs: int, price: float | None) -> Cost:
    """Estimate what training on a file costs.

    Parameters
    ----------
    content : bytes
        The file.
    count : int
        Examples in it.
    epochs : int
        Passes through it.
    price : float or None
        US dollars per million tokens.
    """
    tokens, most = (
        round(epochs * (len(content) / share + TOKENS_PER_EXAMPLE * count))
        for share in (BYTES_PER_TOKEN, FEWEST_BYTES_PER_TOKEN)
    )
    if price is None:
        return Cost(tokens, None, None)
    return Cost(tokens, tokens * price / PER, most * price / PER)


def affordable(cost: Cost, limit: float | None, name: str, *, needed: bool) -> None:
    """Refuse what may cost more than allowed.

    Parameters
    ----------
    cost : Cost
        What it is expected to cost.
    limit : float or None
        Most US dollars.
    name : str
        The model, for messages.
    needed : bool
        Whether there must be a limit.

    Raises
    ------
    HumanlikeError
        If there is no limit where one is needed, no price is known, or the limit is too low.
    """
    if limit is None and not needed:
        return
    if limit is None:
        raise HumanlikeError(f"Say with --max-cost how many dollars this may cost: {cost}.")
    if cost.most is None:
        raise HumanlikeError(
            f"What training {name} costs is not known. Say with --price-train what a million "
            "tokens cost."
        )
    if cost.most > limit:
        raise HumanlikeError(
            f"This may cost ${cost.most:.2f}, more than --max-cost {limit:g}: {cost}. Nothing was "
            "sent. Take fewer words or epochs, or raise the limit."
        )
