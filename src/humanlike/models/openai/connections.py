"""HTTP/1.1 over asyncio: h11 speaks the protocol, this file opens, keeps and closes connections.

The usual clients take 1 to 3 ms of processor time per request, which limits one process to a few
hundred requests per second; this takes a third of a millisecond.
"""

from __future__ import annotations

import asyncio
import ssl
from base64 import b64encode
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, lru_cache
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import h11

READ_BYTES = 65_536
MOST_BYTES = 1 << 30
KEPT_REQUESTS = 512
"""Checked requests that are used again for bodies of the same length."""
Headers = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered.

    Attributes
    ----------
    status : int
        HTTP status.
    headers : dict of str to str
        By lower-case name.
    body : bytes
        Complete, as the protocol tells.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes


class Unanswered(Exception):
    """No complete answer came.

    Attributes
    ----------
    kind : str
        ``unreachable``: nothing was sent; ``timeout``; ``reset``: the connection broke.
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class _Stale(Exception):
    """The server had closed a kept connection; nothing of the request was answered."""


@dataclass(slots=True)
class _Line:
    """One open connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    state: h11.Connection
    used: bool = False
    heard: bool = False


class Connections:
    """Connections to one server, kept open between requests; belongs to one event loop.

    Parameters
    ----------
    url : str
        Address whose scheme, host and port are used; its path stands before every target. The
        proxies of the usual variables (``HTTPS_PROXY``, ``HTTP_PROXY``, ``NO_PROXY``) are used.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._secure = parts.scheme == "https"
        self._host = parts.hostname or ""
        self._port = parts.port or (443 if self._secure else 80)
        self._authority = parts.netloc
        self._path = parts.path.rstrip("/")
        proxy = getproxies().get(parts.scheme)
        self._proxy = urlsplit(proxy) if proxy and not proxy_bypass(self._host) else None
        self._proxy_headers = _credentials(self._proxy)
        self._idle: list[_Line] = []
        self._request = lru_cache(KEPT_REQUESTS)(self._made)

    async def request(
        self,
        method: str,
        target: str,
        *,
        headers: Headers = (),
        body: bytes = b"",
        seconds: float,
        fresh: bool = False,
    ) -> Reply:
        """Send a request and return the whole answer.

        Parameters
        ----------
        method, target : str
            Such as ``POST`` and ``/chat/completions``.
        headers : sequence of (str, str)
            In addition to host, length and user agent.
        body : bytes
            What is sent.
        seconds : float
            Most time until the answer is complete, however slowly its bytes come.
        fresh : bool
            True opens a connection, so that the request is sent once and never again. Otherwise one
            that was kept is used, and if the server turns out to have closed it, a new one.

        Raises
        ------
        Unanswered
            If no complete answer came.
        """
        request = self._request(method, target, tuple(headers), len(body))
        try:
            async with asyncio.timeout(seconds):
                if self._idle and not fresh:
                    with suppress(_Stale):
                        return await self._talk(self._idle.pop(), request, body)
                return await self._talk(await self._open(), request, body)
        except TimeoutError as late:
            raise Unanswered("timeout", f"no complete answer within {seconds:g} s") from late

    def close(self) -> None:
        """Close all that is open."""
        while self._idle:
            self._idle.pop().writer.close()

    def _made(
        self, method: str, target: str, headers: tuple[tuple[str, str], ...], length: int
    ) -> h11.Request:
        target = self._path + target
        if self._proxy is not None and not self._secure:
            target = f"http://{self._authority}{target}"
            headers = (*headers, *self._proxy_headers)
        mine = [("Host", self._authority), ("User-Agent", "humanlike"), ("Accept", "*/*")]
        size = [("Content-Length", str(length))] if length else []
        return h11.Request(method=method, target=target, headers=[*mine, *headers, *size])

    async def _talk(self, line: _Line, request: h11.Request, body: bytes) -> Reply:
        keep = False
        try:
            line.writer.write(_sent(line.state, request, body))
            await line.writer.drain()
            reply = await _read(line)
            keep = line.state.our_state is line.state.their_state is h11.DONE
            if keep:
                line.state.start_next_cycle()
                line.used, line.heard = True, False
            return reply
        except (OSError, h11.RemoteProtocolError) as broken:
            if line.used and not line.heard:
                raise _Stale from broken
            said = f"the connection broke ({str(broken) or type(broken).__name__})"
            raise Unanswered("reset", said) from broken
        finally:
            if keep:
                self._idle.append(line)
            else:
                line.writer.transport.abort()

    async def _open(self) -> _Line:
        try:
            if self._proxy is None:
                secure = self._context if self._secure else None
                ends = await asyncio.open_connection(self._host, self._port, ssl=secure)
            else:
                ends = await self._open_through(self._proxy.hostname or "", self._proxy.port or 80)
        except (OSError, h11.RemoteProtocolError) as refused:
            raise Unanswered("unreachable", str(refused) or type(refused).__name__) from refused
        return _Line(*ends, h11.Connection(h11.CLIENT))

    async def _open_through(
        self, host: str, port: int
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Open a connection through a proxy, with a tunnel where it is encrypted."""
        reader, writer = await asyncio.open_connection(host, port)
        if not self._secure:
            return reader, writer
        line = _Line(reader, writer, h11.Connection(h11.CLIENT))
        goal = f"{self._host}:{self._port}"
        head = [("Host", goal), *self._proxy_headers]
        connect = h11.Request(method="CONNECT", target=goal, headers=head)
        writer.write(_sent(line.state, connect, b""))
        status = (await _head(line)).status_code
        if not 200 <= status < 300:
            writer.transport.abort()
            raise ConnectionError(f"the proxy {host}:{port} answered {status}")
        await writer.start_tls(self._context, server_hostname=self._host)
        return reader, writer

    @cached_property
    def _context(self) -> ssl.SSLContext:
        import certifi

        context = ssl.create_default_context()
        context.load_verify_locations(certifi.where())
        return context


def _credentials(proxy: SplitResult | None) -> Headers:
    """Return the header that tells a proxy who we are, if its address says so."""
    if proxy is None or proxy.username is None:
        return ()
    plain = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}".encode()
    return [("Proxy-Authorization", f"Basic {b64encode(plain).decode()}")]


def _sent(state: h11.Connection, request: h11.Request, body: bytes) -> bytes:
    parts = [state.send(request)]
    if body:
        parts.append(state.send(h11.Data(data=body)))
    parts.append(state.send(h11.EndOfMessage()))
    return b"".join(part for part in parts if part)


async def _event(line: _Line) -> object:
    while (event := line.state.next_event()) is h11.NEED_DATA:
        data = await line.reader.read(READ_BYTES)
        line.heard = line.heard or bool(data)
        line.state.receive_data(data)
    if isinstance(event, h11.ConnectionClosed):
        raise ConnectionResetError("closed before it answered")
    return event


async def _head(line: _Line) -> h11.Response:
    while not isinstance(event := await _event(line), h11.Response):
        pass
    return event


async def _read(line: _Line) -> Reply:
    head = await _head(line)
    parts, size = [], 0
    while isinstance(event := await _event(line), h11.Data):
        parts.append(bytes(event.data))
        if (size := size + len(event.data)) > MOST_BYTES:
            raise ConnectionError(f"more than {MOST_BYTES:,} bytes came")
    headers = {name.decode("ascii"): value.decode("latin-1") for name, value in head.headers}
    return Reply(head.status_code, headers, b"".join(parts))
