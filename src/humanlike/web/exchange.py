"""What an application sees of a request, and what it answers: no socket, no framework."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Request:
    """A request that passed every check.

    Attributes
    ----------
    places : dict of str to str
        What stood at the named places of the route's pattern.
    query : dict of str to str
        Arguments after the question mark.
    body : Any
        The decoded JSON of a ``POST``, None for a ``GET``.
    client : str
        Address of who asks; a pupil's telephone, or this machine.
    token : str
        To be put into a page that writes: its script sends it back in ``X-Humanlike-Token``.
    owner : bool
        Whether it came with the secret of the address that the terminal shows.
    """

    places: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    client: str = ""
    token: str = ""
    owner: bool = False


@dataclass(frozen=True)
class Reply:
    """An answer: its bytes, what they are, and what they may do in a browser (``policy``)."""

    content: bytes
    kind: str
    status: int = 200
    policy: str = STRICT
    headers: Mapping[str, str] = field(default_factory=dict)


class Refused(Exception):
    """A request that is not answered, with the status and a sentence that says why.

    Parameters
    ----------
    status : int
        400 and above.
    message : str
        What was expected, what came, what to do.
    """

    def __init__(self, status: int, message: str, **headers: str) -> None:
        super().__init__(message)
        self.status, self.message, self.headers = status, message, headers


Answer = Callable[[Request], Reply | Awaitable[Reply]]


@dataclass(frozen=True)
class Route:
    """Which requests an application answers.

    Attributes
    ----------
    method : str
        ``"GET"``, which must change nothing, or ``"POST"``, which takes and is given JSON.
    pattern : str
        A path such as ``"/jobs/{id}"``; a place stands for letters, digits, ``_``, ``.`` and ``-``.
        A pattern that ends in ``/*`` takes all below; the rest is the place ``"path"``.
    answer : callable
        Takes a `Request`, returns a `Reply` (or awaits one), or raises `Refused`.
    owner : bool
        Whether only who has the secret of the start address is answered.
    """

    method: str
    pattern: str
    answer: Answer
    owner: bool = True

    def match(self, path: str) -> dict[str, str] | None:
        """Return the places of a path that fits, else None."""
        open_end = self.pattern.endswith("/*")
        fixed = re.escape(self.pattern.removesuffix("*")).replace(r"\{", "{").replace(r"\}", "}")
        rule = _PLACE.sub(r"(?P<\1>[A-Za-z0-9_.-]+)", fixed) + ("(?P<path>.*)" if open_end else "")
        found = re.fullmatch(rule, path, re.DOTALL)
        return found.groupdict() if found else None


def page(markup: str, *, status: int = 200) -> Reply:
    """Return a page; everything in it from data is escaped already."""
    return Reply(markup.encode(), "text/html; charset=utf-8", status)


def data(content: Any, *, status: int = 200) -> Reply:
    """Return JSON."""
    text = json.dumps(content, ensure_ascii=True, allow_nan=False)
    return Reply(text.encode(), "application/json", status)


def moved(address: str, **headers: str) -> Reply:
    """Send the browser to another path of the same server."""
    path = "/" + quote(address).lstrip("/")
    return Reply(b"", "text/plain", 303, headers={"Location": path, **headers})
