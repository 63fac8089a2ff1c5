"""A model behind an OpenAI-compatible server, such as OpenAI, vLLM, TGI or llama.cpp."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from urllib.parse import urlsplit

from humanlike.errors import HumanlikeError
from humanlike.models.base import Answer, ModelInfo, Prompt, Settings
from humanlike.models.openai.asking import Asking, Limits, Server
from humanlike.models.openai.connections import Connections
from humanlike.models.openai.loop import Loop
from humanlike.models.openai.spending import Price, Spending, known_price
from humanlike.models.openai.wire import NEW_LIMIT, OLD_LIMIT, Wire

OPENAI = "https://api.openai.com/v1"
OPENAI_KEY, OTHER_KEY = "OPENAI_API_KEY", "HUMANLIKE_API_KEY"
BASE_VARIABLE = "OPENAI_BASE_URL"
CHUNK = 10_000


class OpenAIModel:
    """Asks a server, many prompts at a time.

    Parameters
    ----------
    name : str
        What the server calls the model.
    url : str
        Address before ``/chat/completions``, usually ending in ``/v1``.
    limits : Limits, optional
        How hard the server is pressed.
    price : Price, optional
        What tokens cost; by default as known of OpenAI's models, and unknown elsewhere.
    max_cost : float, optional
        Most US dollars to be spent while this is open.

    Raises
    ------
    HumanlikeError
        If name or address make no sense, or costs are limited and no price is known.

    Notes
    -----
    Keys come from the environment only. ``OPENAI_API_KEY`` is sent to OpenAI's own hosts and to
    nobody else; any other server gets ``HUMANLIKE_API_KEY``, if that is set.

    Part of an answer's key are name and address. What the server says of itself with an answer
    (the name of what it ran, its fingerprint) is recorded as the answer's origin.
    """

    def __init__(
        self,
        name: str,
        url: str = OPENAI,
        *,
        limits: Limits | None = None,
        price: Price | None = None,
        max_cost: float | None = None,
    ) -> None:
        if not name:
            raise HumanlikeError("Which model? Write openai:NAME or openai:NAME@URL.")
        self.name, self.url = name, _checked(url)
        self.limits = limits or Limits()
        self.price = price or (known_price(name) if self.at_openai else None)
        self.spending = Spending(self.price, max_cost)
        self.wire = Wire(name, NEW_LIMIT if self.at_openai else OLD_LIMIT)
        self._loop: Loop | None = None
        self._server: Server | None = None

    @property
    def at_openai(self) -> bool:
        """Whether the address is one of OpenAI's own."""
        parts = urlsplit(self.url)
        host = parts.hostname or ""
        own = host == "api.openai.com" or host.endswith(".api.openai.com")
        return own and parts.scheme == "https"

    def info(self) -> ModelInfo:
        """Say who this is; weights and number format are the server's own business."""
        spec = f"openai:{self.name}" + ("" if self.url == OPENAI else f"@{self.url}")
        return ModelInfo(
            spec,
            "openai",
            self.name,
            scored_forms=("base",),
            device=urlsplit(self.url).hostname or "",
            versions={"h11": version("h11")},
            chunk=max(CHUNK, self.limits.concurrency),
        )

    def answer(self, prompts: Sequence[Prompt], settings: Settings) -> Iterator[tuple[int, Answer]]:
        """Ask the server; see `humanlike.models.openai.asking` for what happens when it fails."""
        self.info().check(prompts, settings)
        loop, server = self.connected()

        async def ask(give: Callable[[tuple[int, Answer]], None]) -> None:
            await Asking(server, prompts, settings, lambda *both: give(both)).run()

        yield from loop.stream(ask)

    def connected(self) -> tuple[Loop, Server]:
        """Return the loop requests run in, and the server; the key is read here.

        Raises
        ------
        HumanlikeError
            If OpenAI is asked and there is no key.
        """
        if self._loop is None or self._server is None:
            key = self._key()
            headers = [("Content-Type", "application/json")]
            headers += [("Authorization", f"Bearer {key}")] if key else []
            host = urlsplit(self.url).netloc
            self._server = Server(
                f"{self.name} at {host}",
                Connections(self.url),
                headers,
                key,
                self.wire,
                self.limits,
                self.spending,
            )
            self._loop = Loop()
        return self._loop, self._server

    def close(self) -> None:
        """Close connections and end the thread."""
        if self._loop is not None and self._server is not None:
            self._loop.result(_closed(self._server))
            self._loop.close()
        self._loop = self._server = None

    def _key(self) -> str:
        key = os.environ.get(OPENAI_KEY if self.at_openai else OTHER_KEY, "").strip()
        if self.at_openai and not key:
            raise HumanlikeError(
                f"OpenAI wants a key. Set the variable {OPENAI_KEY}; it is never stored. For a "
                "server of your own write openai:NAME@URL."
            )
        if not key.isascii() or not key.isprintable():
            raise HumanlikeError("The key in the environment holds signs no key has; set it anew.")
        return key


async def _closed(server: Server) -> None:
    server.connections.close()
    await asyncio.sleep(0)


def _checked(url: str) -> str:
    """Return an address in its one form: no slash at its end, ``/v1`` where no path is."""
    parts = urlsplit(url.strip())
    named = parts.hostname and parts.netloc.isascii() and parts.netloc.isprintable()
    if parts.scheme not in ("http", "https") or not named:
        raise HumanlikeError(f"A server's address begins with http:// or https://; got '{url}'.")
    if "@" in parts.netloc:
        raise HumanlikeError(
            "An address must not hold a password: it would be stored with every answer. Put the "
            f"key into the variable {OTHER_KEY}."
        )
    if parts.query or parts.fragment:
        raise HumanlikeError(f"A server's address ends with its path; got '{url}'.")
    try:
        parts.port  # noqa: B018
    except ValueError as problem:
        raise HumanlikeError(f"The port of '{url}' is none.") from problem
    path = parts.path.rstrip("/").removesuffix("/chat/completions").removesuffix("/completions")
    return f"{parts.scheme}://{parts.netloc.lower()}{path or '/v1'}"


def open_spec(
    rest: str,
    *,
    concurrency: int | None = None,
    timeout: float | None = None,
    retries: int | None = None,
    max_cost: float | None = None,
    price_in: float | None = None,
    price_out: float | None = None,
) -> OpenAIModel:
    """Open ``openai:NAME`` or ``openai:NAME@URL``.

    Parameters
    ----------
    rest : str
        What follows the colon.
    concurrency, timeout, retries
        As in `Limits`.
    max_cost : float, optional
        Most US dollars to be spent.
    price_in, price_out : float, optional
        US dollars per million tokens read and written.

    Raises
    ------
    HumanlikeError
        If the spec is not understood, or the variable ``OPENAI_BASE_URL`` names another server.
    """
    name, url = _parted(rest)
    given = {"concurrency": concurrency, "timeout": timeout, "retries": retries}
    limits = Limits(**{k: v for k, v in given.items() if v is not None})  # type: ignore[arg-type]
    if (price_in is None) != (price_out is None):
        raise HumanlikeError("Give both prices, --price-in and --price-out, or neither.")
    price = None
    if price_in is not None and price_out is not None:
        price = Price(price_in, price_out)
    return OpenAIModel(name, url, limits=limits, price=price, max_cost=max_cost)


def _parted(rest: str) -> tuple[str, str]:
    match = re.fullmatch(r"(.*?)@(https?://.*)", rest.strip())
    if match:
        return match[1].strip(), match[2]
    elsewhere = os.environ.get(BASE_VARIABLE, "").strip()
    if elsewhere and _checked(elsewhere) != OPENAI:
        raise HumanlikeError(
            f"{BASE_VARIABLE} names the server {_checked(elsewhere)}. An answer's key holds its "
            f"server, so say it in the spec: openai:{rest}@{_checked(elsewhere)}"
        )
    if "@" in rest and re.search(r"@[^@]*[:/.]", rest):
        raise HumanlikeError(
            f"A server's address begins with http:// or https://; got '{rest.rpartition('@')[2]}'."
        )
    return rest.strip(), OPENAI
