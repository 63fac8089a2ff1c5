"""A server for this machine: bound, guarded, stopped by Ctrl-C.

::

    app = LocalApp([Route("GET", "/", home), Route("POST", "/answers", take, owner=False)])
    app.serve(ready=lambda app: print(app.start_address))
"""

from __future__ import annotations

import asyncio
import errno
import logging
import signal
import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from humanlike.errors import HumanlikeError
from humanlike.web.exchange import Reply, Request, Route, moved
from humanlike.web.folder import file_reply
from humanlike.web.guard import EVERYWHERE, Guard

if TYPE_CHECKING:
    from tornado.httpserver import HTTPServer

MAX_BODY = 64 * 1024
DRAINED = 1 << 30  # of a body that is refused, so that the refusal is read
READ_HEADERS = 1 << 20  # longer ones are cut off, shorter ones are told that they are too long
SLOWEST_HEADERS = 10.0
SLOWEST_BODY = 10.0
Background = Callable[[], AbstractAsyncContextManager[Any]]


class LocalApp:
    """A web application for one machine, or for one class room.

    Parameters
    ----------
    routes : sequence of Route
        What is answered, in the order of looking.
    static : mapping of str to Path
        Folders whose files are shown, by the path they appear under, such as ``{"/assets": …}``.
    open_static : bool
        Whether anybody may read these files, not only the owner.
    host : str
        Address to listen at; the default is reachable from this machine alone.
    port : int
        Port to listen at; 0 takes any free one.
    max_body : int
        Largest body of a write, in bytes.
    background : callable
        Gives an asynchronous context manager that is open while the server runs.

    Raises
    ------
    HumanlikeError
        If the port is taken or may not be used, or the host is none of this machine.
    """

    def __init__(
        self,
        routes: Sequence[Route],
        *,
        static: Mapping[str, Path] | None = None,
        open_static: bool = False,
        host: str = "127.0.0.1",
        port: int = 0,
        max_body: int = MAX_BODY,
        background: Background = nullcontext,
    ) -> None:
        shown = [
            _static(place, folder, not open_static) for place, folder in (static or {}).items()
        ]
        self.routes = (*routes, *shown)
        self.sockets = bind(host, port)
        self.guard = Guard(host, self.sockets[0].getsockname()[1], max_body)
        self.background = background

    @property
    def address(self) -> str:
        """Where it can be reached, without the secret: what a class is told."""
        host = self.guard.host
        name = own_address() if host in EVERYWHERE else host
        return f"http://{f'[{name}]' if ':' in name else name}:{self.guard.port}/"

    @property
    def start_address(self) -> str:
        """Where the owner goes: with the secret, good until the server stops."""
        return f"{self.address}?secret={self.guard.secret}"

    def serve(self, ready: Callable[[LocalApp], None] = lambda _app: None) -> None:
        """Answer until Ctrl-C or the signal to terminate.

        Parameters
        ----------
        ready : callable
            Called with this once requests are answered; prints the address, opens a browser.
        """
        asyncio.run(self._until_signalled(ready))

    async def _until_signalled(self, ready: Callable[[LocalApp], None]) -> None:
        stop, loop = asyncio.Event(), asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        await self.run(stop, ready)

    async def run(
        self, stop: asyncio.Event, ready: Callable[[LocalApp], None] = lambda _app: None
    ) -> None:
        """Answer until an event is set; for a loop that is there already."""
        server = self._server()
        try:
            async with self.background():
                server.add_sockets(self.sockets)
                ready(self)
                await stop.wait()
                server.stop()
        finally:
            server.stop()
            await server.close_all_connections()
            for one in self.sockets:
                one.close()

    def _server(self) -> HTTPServer:
        from tornado.httpserver import HTTPServer
        from tornado.web import Application

        from humanlike.web.handler import Handler

        for name in ("tornado.access", "tornado.general"):
            logging.getLogger(name).setLevel(logging.ERROR)
        known = {"guard": self.guard, "routes": self.routes}
        return HTTPServer(
            Application([(r".*", Handler, known)]),
            max_header_size=READ_HEADERS,
            max_body_size=DRAINED,
            idle_connection_timeout=SLOWEST_HEADERS,
            body_timeout=SLOWEST_BODY,
        )


def _static(place: str, folder: Path, owner: bool) -> Route:
    def answer(request: Request) -> Reply:
        path = request.places["path"]
        if path == "" or path.endswith("/"):
            return moved(f"{place}/{path}index.html")
        return file_reply(folder, path)

    return Route("GET", f"{place}/*", answer, owner)


def bind(host: str, port: int) -> list[socket.socket]:
    """Listen at an address.

    Raises
    ------
    HumanlikeError
        If the port is taken or may not be used, or the host is none of this machine.
    """
    from tornado.netutil import bind_sockets

    if not 0 <= port <= 65535:
        raise HumanlikeError(f"--port is {port}; a port is 0 (any free one) to 65535.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return bind_sockets(port, host, family)
    except socket.gaierror:
        raise HumanlikeError(f"'{host}' is no address of this machine.") from None
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise HumanlikeError(
                f"Port {port} is taken by another program. Give another with --port, or --port 0 "
                "for any free one."
            ) from None
        if error.errno == errno.EACCES:
            raise HumanlikeError(f"Port {port} needs more rights; take one above 1023.") from None
        raise HumanlikeError(f"'{host}' is no address of this machine.") from None


def own_address() -> str:
    """Return this machine's address in its network; nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # an address that is nobody's
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"
