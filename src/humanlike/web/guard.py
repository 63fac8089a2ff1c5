"""Who may ask what: the checks that stand before every answer.

The dangers are other pages in the same browser (they can send requests here, and by rebinding a
name can pretend to come from here), other people on the same machine or network, and requests made
to break something. Against the first two stand the checks of ``Host``, ``Origin`` and
``Sec-Fetch-Site`` and a token in each write; against the third a secret in the start address, which
becomes a cookie; against the last limits on size, time, methods and types.
"""

from __future__ import annotations

import hmac
import ipaddress
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from humanlike.web.exchange import Refused

TOKEN_HEADER = "X-Humanlike-Token"  # noqa: S105
LOOPBACK = ("127.0.0.1", "localhost", "::1")
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104
MAX_HEADERS = 16 * 1024
MAX_PATH = 2048


@dataclass(frozen=True)
class Guard:
    """The checks of one server.

    Attributes
    ----------
    host : str
        Address the server is bound to.
    port : int
        Its port.
    max_body : int
        Largest body of a write, in bytes.
    secret : str
        In the start address and then in a cookie: who has it is the owner.
    token : str
        In every write, to show that a page of this server sends it.
    """

    host: str
    port: int
    max_body: int
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)

    @property
    def cookie(self) -> str:
        """Name of the cookie; cookies are shared by all ports of a host."""
        return f"humanlike-{self.port}"

    def is_owner(self, shown: str | None) -> bool:
        """Whether somebody shows the secret."""
        return _equal(shown, self.secret)

    def check_size(self, method: str, path: str, headers: Iterable[tuple[str, str]]) -> None:
        """Refuse what is too long or has a body where none belongs."""
        lengths = 0
        for name, value in headers:
            lengths += len(name) + len(value) + 4
            if name.lower() == "content-length" and method == "POST":
                short = value.isdecimal() and len(value) < 12
                self.check_body(int(value) if short else self.max_body + 1)
        if lengths > MAX_HEADERS:
            raise Refused(431, f"The headers are longer than {MAX_HEADERS:,} bytes.")
        if len(path) > MAX_PATH:
            raise Refused(414, f"The address is longer than {MAX_PATH:,} characters.")

    def check_body(self, length: int) -> None:
        """Refuse a body that is too long."""
        if length > self.max_body:
            raise Refused(413, f"The body is longer than the {self.max_body:,} bytes allowed.")

    def check_place(self, headers: Mapping[str, str]) -> None:
        """Refuse a request sent to another name than ours, or by a page of somebody else."""
        host = headers.get("Host", "")
        if not self._is_ours(host):
            raise Refused(
                421, f"This server is not called '{host[:80]}'. Open the address it printed."
            )
        origin = headers.get("Origin")
        if origin is not None and origin != f"http://{host}":
            raise Refused(403, "The request comes from a page of another origin.")
        if headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none"):
            mode = headers.get("Sec-Fetch-Mode", "")
            if mode != "navigate" or "Origin" in headers:
                raise Refused(403, "The request comes from a page of another site.")

    def check_write(self, headers: Mapping[str, str]) -> None:
        """Refuse a write that no page of this server sent."""
        kind = headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise Refused(415, f"A write takes application/json; got '{kind[:80]}'.")
        if headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
            raise Refused(403, "The request comes from a page of another site.")
        if not _equal(headers.get(TOKEN_HEADER), self.token):
            raise Refused(
                403, "The page was opened before the server was started again. Open it once more."
            )

    def _is_ours(self, host: str) -> bool:
        try:
            parts = urlsplit(f"http://{host}")
            name, port = parts.hostname or "", parts.port or 80
        except ValueError:
            return False
        if host not in (parts.netloc, name) or "@" in host or port != self.port:
            return False
        if name in _names(self.host):
            return True
        return self.host in EVERYWHERE and (_is_address(name) or name in _own_names())


def _names(host: str) -> tuple[str, ...]:
    return LOOPBACK if host in (*LOOPBACK, *EVERYWHERE) else (host.lower(),)


def _is_address(name: str) -> bool:
    """Whether it is a bare number: no name server can turn one into another machine."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _own_names() -> tuple[str, ...]:
    import socket

    name = socket.gethostname().lower()
    return name, f"{name.partition('.')[0]}.local"


def _equal(shown: str | None, wanted: str) -> bool:
    return shown is not None and hmac.compare_digest(shown.encode(), wanted.encode())


def decode(body: bytes) -> Any:
    """Return the content of a JSON body.

    Raises
    ------
    Refused
        If it is no JSON, not UTF-8, names a key twice, or holds what no command line can.
    """
    try:
        content = json.loads(body.decode(), parse_constant=_no_constant, object_pairs_hook=_once)
        json.dumps(content, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as problem:
        raise Refused(400, f"The body is no JSON: {str(problem)[:120]}.") from None
    return content


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands there twice")
    return found
