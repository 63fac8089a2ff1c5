"""One request from its first byte to its answer, on tornado."""

from __future__ import annotations

import html
import inspect
import json
import sys
import traceback
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import unquote

from tornado.web import RequestHandler, stream_request_body

from humanlike.errors import HumanlikeError
from humanlike.web.exchange import Refused, Reply, Request, Route, data, moved, page
from humanlike.web.guard import Guard, decode

if TYPE_CHECKING:
    from collections.abc import Sequence

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
TITLES = {403: "Not from here", 404: "Not found", 405: "Not possible", 413: "Too long"}
OWNERS_ONLY = (
    "This page is for whoever started the server. Open the address that the terminal shows; it "
    "holds a secret that is new at every start."
)


@stream_request_body
class Handler(RequestHandler):
    """Checks a request, finds its route, and writes the answer."""

    SUPPORTED_METHODS: ClassVar[tuple[str, ...]] = (  # type: ignore[misc]
        "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS",
    )  # fmt: skip

    def initialize(self, guard: Guard, routes: Sequence[Route]) -> None:
        """Take over what the server knows."""
        self.guard, self.routes = guard, routes
        self.received = bytearray()

    def set_default_headers(self) -> None:
        """Dress every answer, also those that refuse."""
        self.clear_header("Server")
        for name, value in HEADERS.items():
            self.set_header(name, value)

    def prepare(self) -> None:
        """Check all that can be known before the body is read."""
        try:
            path, method = _plain(self.request.path), self.request.method or ""
            self.guard.check_size(method, self.request.uri or "", self.request.headers.get_all())
            self.guard.check_place(self.request.headers)
            self.route, self.places = self._find(method, path)
            self.owner = self.guard.is_owner(self.get_cookie(self.guard.cookie))
            if method == "POST":
                self.guard.check_write(self.request.headers)
        except Refused as refused:
            self._refuse(refused)

    def data_received(self, chunk: bytes) -> None:
        """Collect the body; one without a length may still be too long."""
        if self._finished:
            return
        self.received += chunk
        try:
            self.guard.check_body(len(self.received) if self.request.method == "POST" else 0)
        except Refused as refused:
            self._refuse(refused)

    async def get(self) -> None:
        """Answer a ``GET``."""
        await self._answer(None)

    async def head(self) -> None:
        """Answer a ``HEAD``: a ``GET`` without its content."""
        await self._answer(None)

    async def post(self) -> None:
        """Answer a ``POST``."""
        try:
            content = decode(bytes(self.received))
        except Refused as refused:
            self._refuse(refused)
            return
        await self._answer(content)

    async def _answer(self, content: Any) -> None:
        if self._finished:
            return
        query = {k: v[-1].decode("utf-8", "replace") for k, v in self.request.arguments.items()}
        if self.guard.is_owner(query.pop("secret", None)):
            self._send(self._let_in())
            return
        if self.route.owner and not self.owner:
            self._refuse(Refused(403, OWNERS_ONLY))
            return
        client = str(self.request.remote_ip or "")
        asked = Request(self.places, query, content, client, self.guard.token, self.owner)
        try:
            reply = self.route.answer(asked)
            self._send(await reply if inspect.isawaitable(reply) else reply)
        except Refused as refused:
            self._refuse(refused)
        except HumanlikeError as error:
            self._refuse(Refused(400, str(error)))

    def _let_in(self) -> Reply:
        """Turn the secret of the start address into a cookie, and take it out of the address."""
        cookie = f"{self.guard.cookie}={self.guard.secret}; HttpOnly; SameSite=Strict; Path=/"
        return moved(_plain(self.request.path), **{"Set-Cookie": cookie})

    def _find(self, method: str, path: str) -> tuple[Route, dict[str, str]]:
        method = "GET" if method == "HEAD" else method
        fitting = [(r, places) for r in self.routes if (places := r.match(path)) is not None]
        for route, places in fitting:
            if route.method == method:
                return route, places
        if fitting:
            allowed = ", ".join(sorted({route.method for route, _ in fitting}))
            raise Refused(405, f"This address takes {allowed}, not {method[:20]}.", Allow=allowed)
        raise Refused(404, "There is no such page.")

    def _send(self, reply: Reply) -> None:
        self.set_status(reply.status)
        self.set_header("Content-Type", reply.kind)
        self.set_header("Content-Security-Policy", reply.policy)
        for name, value in reply.headers.items():
            self.set_header(name, value)
        self.finish(reply.content)

    def _refuse(self, refused: Refused) -> None:
        """Say why, as a page to people and as JSON to scripts."""
        if "text/html" in self.request.headers.get("Accept", ""):
            title = TITLES.get(refused.status, "Refused")
            words = f"<h1>{title}</h1><p>{html.escape(refused.message)}</p>"
            reply = page(f"<!doctype html><meta charset=utf-8><title>{title}</title>{words}",
                         status=refused.status)  # fmt: skip
        else:
            reply = data({"error": refused.message}, status=refused.status)
        for name, value in refused.headers.items():
            self.set_header(name, value)
        self._send(reply)

    def write_error(self, status_code: int, **details: Any) -> None:
        """Answer what went wrong in here without showing how."""
        if status_code == 500:
            print("humanlike: the server made a mistake:", file=sys.stderr)
            traceback.print_exception(*details["exc_info"])
        message = "Something went wrong in the server; its terminal shows what."
        if status_code != 500:
            message = "The request cannot be understood."
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps({"error": message}))

    def log_exception(self, *details: Any) -> None:
        """Leave it to `write_error`."""

    def check_etag_header(self) -> bool:
        """Always answer in full."""
        return False


def _plain(path: str) -> str:
    try:
        return unquote(path, errors="strict")
    except UnicodeDecodeError:
        raise Refused(400, "The address is not UTF-8.") from None
