"""A local application that runs in a thread, and requests made byte by byte."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from humanlike.web.server import LocalApp

PATIENCE = 20


@dataclass
class Said:
    """An answer as it came; its status is 0 when the server closed without a word."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def error(self) -> str:
        """The sentence of a refusal."""
        return str(json.loads(self.body)["error"])


class Client:
    """Speaks to a running application with whatever headers a test wants."""

    def __init__(self, app: LocalApp) -> None:
        self.app = app
        self._know(app.guard.port, app.guard.secret, app.guard.token)

    @classmethod
    def from_address(cls, address: str) -> Client:
        """Speak to an application in another process, whose start address is known."""
        client = cls.__new__(cls)
        start, _, secret = address.partition("?secret=")
        client._know(int(start.rstrip("/").rpartition(":")[2]), secret, "")
        found = re.search(rb'name="humanlike-token" content="([^"]+)"', client.get("/").body)
        assert found
        client.token = found[1].decode()
        return client

    def _know(self, port: int, secret: str, token: str) -> None:
        self.port, self.token = port, token
        self.host = f"127.0.0.1:{port}"
        self.cookie = f"humanlike-{port}={secret}"

    def headers(self, **changes: str | None) -> dict[str, str]:
        """The headers that a page of the server sends, with changes; None leaves one out."""
        usual: dict[str, str | None] = {
            "Host": self.host,
            "Cookie": self.cookie,
            "Origin": f"http://{self.host}",
            "Sec-Fetch-Site": "same-origin",
            "Content-Type": "application/json",
            "X-Humanlike-Token": self.token,
        }
        usual |= {name.replace("_", "-"): value for name, value in changes.items()}
        return {name: value for name, value in usual.items() if value is not None}

    def get(self, path: str, **changes: str | None) -> Said:
        return self.send("GET", path, b"", self.headers(**changes))

    def post(self, path: str, content: Any, **changes: str | None) -> Said:
        return self.send("POST", path, json.dumps(content).encode(), self.headers(**changes))

    def send(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Said:
        lines = [f"{method} {path} HTTP/1.1", *(f"{n}: {v}" for n, v in headers.items())]
        if body or method == "POST":
            lines.append(f"Content-Length: {len(body)}")
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "surrogatepass")
        return self.raw(head + body) or Said(0, {}, b"")

    def raw(self, message: bytes, *, seconds: float = PATIENCE) -> Said | None:
        """Send bytes as they are; None when the server closed without a word."""
        with socket.create_connection(("127.0.0.1", self.port), seconds) as line:
            with suppress(OSError):  # it may have answered and closed before all was sent
                line.sendall(message)
            return read_answer(line)


def read_answer(line: socket.socket) -> Said | None:
    received = b""
    try:
        while not _whole(received):
            piece = line.recv(65536)
            if not piece:
                break
            received += piece
    except ConnectionResetError:
        pass
    if not received:
        return None
    head, _, body = received.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    pairs = (one.split(": ", 1) for one in rest)
    return Said(int(first.split()[1]), {n.title(): v for n, v in pairs}, body)


def _whole(received: bytes) -> bool:
    head, end, body = received.partition(b"\r\n\r\n")
    lengths = [x for x in head.lower().split(b"\r\n") if x.startswith(b"content-length:")]
    return bool(end) and bool(lengths) and len(body) >= int(lengths[0].split(b":")[1])


@contextmanager
def running(app: LocalApp) -> Iterator[Client]:
    """Run an application in a thread of its own."""
    loop, stop, up = asyncio.new_event_loop(), asyncio.Event(), threading.Event()
    thread = threading.Thread(
        target=lambda: loop.run_until_complete(app.run(stop, lambda _app: up.set())), daemon=True
    )
    thread.start()
    assert up.wait(PATIENCE)
    try:
        yield Client(app)
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(PATIENCE)
        loop.close()
