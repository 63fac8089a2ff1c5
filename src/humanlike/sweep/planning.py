"""From measured throughput to hours, money and disk: plain arithmetic, every step shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from humanlike.errors import HumanlikeError

HOUR, MILLION, GIGA = 3600, 1e6, 1e9
INFINITE = float("inf")
LARGEST = 1e6
"""Billions of parameters beyond which a size must be a slip."""


@dataclass(frozen=True)
class Size:
    """Models of one size.

    Attributes
    ----------
    models : int
    billions : float
        Parameters of each, in billions.
    """

    models: int
    billions: float


@dataclass(frozen=True)
class Wish:
    """What is to be reckoned; what is None is unknown and left out of the reckoning.

    Attributes
    ----------
    models, ways, seeds : int
        How many models, ways of asking each, and seeds.
    prompts : int
        Prompts of one evaluation.
    unseeded : int
        Those of them that are the same whatever the seed, and are therefore asked only once of a
        model in one way.
    read, written : float
        Tokens of a prompt and of an answer.
    per_second : float or None
        Prompts a second on one device.
    reference : float or None
        Parameters in billions of the model whose throughput that is; needed with sizes.
    sizes : tuple of Size
        Models by size; empty if all are as fast.
    load : float
        Seconds to load a model, once for each evaluation.
    devices : int
        Graphics cards, or processor cores, that work at once; an evaluation is the work of one.
    device_price : float or None
        US dollars for an hour of one device.
    read_price, written_price : float or None
        US dollars for a million tokens.
    prompt_bytes, answer_bytes : float
        Disk that a prompt takes, kept once whoever is asked, and an answer.
    record_bytes : float
        Disk that the record of an evaluation takes.
    weight_bytes : float
        Disk for one parameter; 2 for bfloat16.
    """

    models: int
    prompts: int
    read: float
    written: float
    ways: int = 1
    seeds: int = 1
    unseeded: int = 0
    per_second: float | None = None
    reference: float | None = None
    sizes: tuple[Size, ...] = ()
    load: float = 0.0
    devices: int = 1
    device_price: float | None = None
    read_price: float | None = None
    written_price: float | None = None
    prompt_bytes: float = 0.0
    answer_bytes: float = 0.0
    record_bytes: float = 0.0
    weight_bytes: float = 2.0

    def __post_init__(self) -> None:
        for name in ("models", "prompts", "ways", "seeds", "devices"):
            if getattr(self, name) < 1:
                raise HumanlikeError(f"{name} must be at least 1; got {getattr(self, name)}.")
        if not 0 <= self.unseeded <= self.prompts:
            raise HumanlikeError(
                f"unseeded must be between 0 and the {self.prompts:,} prompts; got {self.unseeded}."
            )
        for name in ("per_second", "reference", "weight_bytes"):
            value = getattr(self, name)
            if value is not None and not 0 < value < INFINITE:
                raise HumanlikeError(f"{name} must be above 0 and finite; got {value:g}.")
        for name in ("read", "written", "load", "device_price", "read_price", "written_price"):
            value = getattr(self, name)
            if value is not None and not 0 <= value < INFINITE:
                raise HumanlikeError(f"{name} must not be negative or infinite; got {value:g}.")
        if self.sizes and sum(size.models for size in self.sizes) != self.models:
            raise HumanlikeError("The sizes do not add up to the number of models.")
        if self.sizes and self.per_second is not None and self.reference is None:
            raise HumanlikeError(
                "A throughput was measured on a model of some size: give it in billions of "
                "parameters (--reference), so that it can be carried over to the others."
            )

    @property
    def each(self) -> int:
        """Prompts that a model is asked in one way, with all seeds."""
        return self.seeds * (self.prompts - self.unseeded) + self.unseeded


@dataclass(frozen=True)
class Outlay:
    """What it takes.

    Attributes
    ----------
    evaluations, answers : int
    read, written : float
        Tokens of all prompts, of all answers.
    hours : float or None
        Hours of one device.
    wall : float or None
        Hours on all devices at once, at the least: as if the work divided evenly, but no shorter
        than the rounds it takes while each device does one evaluation after the other.
    device_cost, token_cost : float or None
        US dollars.
    store, records, weights : float
        Bytes of answers and prompts; of the evaluations, of the weights, 0 where unknown.
    """

    evaluations: int
    answers: int
    read: float
    written: float
    hours: float | None
    wall: float | None
    device_cost: float | None
    token_cost: float | None
    store: float
    records: float
    weights: float


def reckon(wish: Wish) -> Outlay:
    """Reckon what a sweep takes.

    Parameters
    ----------
    wish : Wish

    Returns
    -------
    Outlay

    Notes
    -----
    With a throughput :math:`v` measured on a model of :math:`P_0` parameters, a model of :math:`P`
    takes :math:`t = n / (v P_0 / P) + l` seconds for :math:`n` prompts and the loading time
    :math:`l`: reading a token takes about :math:`2P` operations (J. Kaplan et al., 2020, Scaling
    laws for neural language models, arXiv:2001.08361, Equation 2.2), so that at equal use of the
    device time goes with size. Small models use a device less well than large ones do; measure near
    the sizes that matter.
    """
    evaluations = wish.models * wish.ways * wish.seeds
    answers = wish.models * wish.ways * wish.each
    read, written = answers * wish.read, answers * wish.written
    hours = _hours(wish)
    prices = (wish.read_price, wish.written_price)
    token_cost = None
    if prices[0] is not None and prices[1] is not None:
        token_cost = (read * prices[0] + written * prices[1]) / MILLION
    distinct = wish.ways * wish.each
    return Outlay(
        evaluations,
        answers,
        read,
        written,
        hours,
        None if hours is None else max(hours / wish.devices, *_rounds(wish)),
        None if hours is None or wish.device_price is None else hours * wish.device_price,
        token_cost,
        distinct * wish.prompt_bytes + answers * wish.answer_bytes,
        evaluations * wish.record_bytes,
        sum(s.models * s.billions for s in wish.sizes) * GIGA * wish.weight_bytes,
    )


def speed(wish: Wish, billions: float) -> float:
    """Return prompts a second of a model of a size, in billions of parameters."""
    if wish.per_second is None or wish.reference is None:
        raise HumanlikeError("No throughput is known that could be carried over.")
    return wish.per_second * wish.reference / billions


def _hours(wish: Wish) -> float | None:
    if wish.per_second is None:
        return None
    return (
        sum(size.models * wish.ways * _of_model(wish, pace) for size, pace in _paces(wish)) / HOUR
    )


def _paces(wish: Wish) -> Iterator[tuple[Size, float]]:
    """Yield every size with the prompts a second of a model of it."""
    for size in wish.sizes:
        yield size, speed(wish, size.billions)
    if not wish.sizes:
        yield Size(wish.models, 0.0), wish.per_second or 0.0


def _of_model(wish: Wish, pace: float) -> float:
    """Return the seconds that a model takes in one way, with all seeds."""
    return wish.each / pace + wish.seeds * wish.load


def _rounds(wish: Wish) -> Iterator[float]:
    """Yield for every size the hours in which the devices get through its evaluations alone.

    The first seed of a model asks all prompts, each further one those that depend on the seed.
    """
    for size, pace in _paces(wish):
        first = wish.prompts / pace + wish.load
        further = (wish.prompts - wish.unseeded) / pace + wish.load
        begun = size.models * wish.ways
        rounds = -(-begun * wish.seeds // wish.devices)
        whole = min(rounds, -(-begun // wish.devices))
        yield (whole * first + (rounds - whole) * further) / HOUR


def steps(wish: Wish) -> Iterator[tuple[str, str]]:
    """Yield each step of the reckoning: what it is, and the arithmetic."""
    found = reckon(wish)
    yield (
        "evaluations",
        f"{wish.models:,} (models) × {wish.ways:,} (ways of asking) × {wish.seeds:,} (seeds) = "
        f"{found.evaluations:,}",
    )
    yield from _steps_of_answers(wish, found)
    yield "tokens read", f"{found.answers:,} × {wish.read:,.1f} = {found.read:,.0f}"
    yield "tokens written", f"{found.answers:,} × {wish.written:,.1f} = {found.written:,.0f}"
    yield from _steps_of_time(wish, found)
    if found.token_cost is not None:
        yield (
            "tokens, US dollars",
            f"({found.read:,.0f} × {wish.read_price:g} + {found.written:,.0f} × "
            f"{wish.written_price:g}) / {MILLION:,.0f} = {found.token_cost:,.2f}",
        )
    distinct = wish.ways * wish.each
    yield (
        "store",
        f"{distinct:,} prompts × {wish.prompt_bytes:,.0f} bytes + {found.answers:,} answers × "
        f"{wish.answer_bytes:,.0f} bytes = {found.store / GIGA:,.2f} GB",
    )
    if wish.record_bytes:
        yield (
            "evaluations, disk",
            f"{found.evaluations:,} × {wish.record_bytes:,.0f} bytes = "
            f"{found.records / GIGA:,.2f} GB",
        )
    if wish.sizes:
        billions = sum(size.models * size.billions for size in wish.sizes)
        yield (
            "weights",
            f"{billions:,.1f} billion parameters × {wish.weight_bytes:g} bytes = "
            f"{found.weights / GIGA:,.1f} GB",
        )


def _steps_of_answers(wish: Wish, found: Outlay) -> Iterator[tuple[str, str]]:
    if wish.each == wish.prompts * wish.seeds:
        yield "answers", f"{found.evaluations:,} × {wish.prompts:,} prompts = {found.answers:,}"
        return
    yield (
        "prompts of a model",
        f"{wish.seeds:,} (seeds) × {wish.prompts - wish.unseeded:,} + {wish.unseeded:,} that no "
        f"seed changes = {wish.each:,}",
    )
    yield "answers", f"{wish.models * wish.ways:,} × {wish.each:,} prompts = {found.answers:,}"


def _steps_of_time(wish: Wish, found: Outlay) -> Iterator[tuple[str, str]]:
    if wish.per_second is None or found.hours is None or found.wall is None:
        yield "time", "unknown: give --per-second, or --measured SPEC of a model asked before"
        return
    for size, pace in _paces(wish):
        name = "device hours"
        if size.billions:
            name += f", {size.billions:g} billion"
            yield (
                f"prompts/s, {size.billions:g} billion",
                f"{wish.per_second:,.2f} × {wish.reference:g} / {size.billions:g} = {pace:,.2f}",
            )
        hours = size.models * wish.ways * _of_model(wish, pace) / HOUR
        yield (
            name,
            f"{size.models * wish.ways:,} × ({wish.each:,} / {pace:,.2f} + "
            f"{wish.seeds * wish.load:g}) s / {HOUR:,} = {hours:,.2f}",
        )
    if len(wish.sizes) > 1:
        yield "device hours", f"together {found.hours:,.2f}"
    even = found.hours / wish.devices
    more = (
        ""
        if even == found.wall
        else (f", but {found.wall:,.2f} because one device does the whole of an evaluation")
    )
    yield "hours", f"{found.hours:,.2f} / {wish.devices:,} devices = {even:,.2f}{more}"
    if found.device_cost is not None:
        yield (
            "devices, US dollars",
            f"{found.hours:,.2f} × {wish.device_price:g} = {found.device_cost:,.2f}",
        )


def read_sizes(text: str) -> tuple[Size, ...]:
    """Read sizes written as ``700x8,300x70``: models, then billions of parameters of each.

    Raises
    ------
    HumanlikeError
        If it is written otherwise.
    """
    found = []
    for part in text.split(","):
        count, times, billions = part.strip().partition("x")
        try:
            size = Size(int(count), float(billions))
        except ValueError:
            times = ""
        if not times or size.models < 1 or not 0 < size.billions <= LARGEST:
            raise HumanlikeError(
                f"Sizes are written as 700x8,300x70 (models, then billions of parameters); got "
                f"'{part.strip()}'."
            )
        found.append(size)
    return tuple(found)
