"""A server that speaks like OpenAI and fails as a test wants it to.

``python endpoint.py PORT LATENCY`` answers triplets after so many seconds; in a test, `Endpoint`
runs in a thread and `start_process` in a process of its own.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import multiprocessing
import os
import random
import re
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any

OPTIONS = re.compile(r": ([^:]+) or ([^:]+)\? Respond")
FAULTS = (
    "429",
    "429 date",
    "500",
    "503",
    "reset",
    "hang",
    "cut",
    "truncated",
    "empty",
    "types",
    "slow",
)
SLOW_SECONDS = 60.0


@dataclass
class Request:
    """One request as it came.

    Attributes
    ----------
    method, path : str
        From the first line.
    headers : dict of str to str
        By lower-case name.
    raw : bytes
        The body.
    count : int
        How often the same prompt has been asked before.
    """

    method: str
    path: str
    headers: dict[str, str]
    raw: bytes
    count: int = 0

    @property
    def body(self) -> dict[str, Any]:
        """The body as JSON; empty if it is none."""
        try:
            return dict(json.loads(self.raw))
        except ValueError:
            return {}

    @property
    def prompt(self) -> str:
        """The text that asks."""
        body = self.body
        return str(
            body["messages"][-1]["content"] if "messages" in body else body.get("prompt", "")
        )


@dataclass
class Say:
    """What to answer: status, JSON or bytes, headers; or a fault of the line."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    fault: str = ""
    latency: float = 0.0

    def bytes(self) -> bytes:
        """Return the answer as it is sent."""
        data = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()
        head = {"Content-Type": "application/json", "Content-Length": str(len(data))} | self.headers
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        return f"HTTP/1.1 {self.status} X\r\n{lines}\r\n".encode() + data


Script = Callable[[Request], Say]


def expected(user: str) -> str:
    """Return the answer to a triplet's text: one of its options, decided by the text."""
    match = OPTIONS.search(user)
    assert match is not None, user
    return match[1 + hashlib.sha256(user.encode()).digest()[0] % 2]


def completion(request: Request, text: str, **more: Any) -> dict[str, Any]:
    """Return a whole answer of the form that was asked for."""
    chat = "messages" in request.body
    what: dict[str, Any] = (
        {"message": {"role": "assistant", "content": text}} if chat else {"text": text}
    )
    choice = {"index": 0, "finish_reason": "stop", "logprobs": None} | what
    return {
        "id": "x",
        "object": "chat.completion" if chat else "text_completion",
        "created": 0,
        "model": "fake-2026-01-01",
        "system_fingerprint": "fp_1",
        "choices": [choice],
        "usage": {"prompt_tokens": 30, "completion_tokens": 2, "total_tokens": 32},
    } | more


def error(status: int, message: str, **more: Any) -> Say:
    """Return an error of the usual shape."""
    return Say(
        {"error": {"message": message, "type": "x", "param": None, "code": None} | more}, status
    )


def triplets(request: Request) -> Say:
    """Answer a triplet."""
    return Say(completion(request, expected(request.prompt)))


def faulty(share: float, seed: int, retry_after: float = 0.05) -> Script:
    """Return a script that answers triplets and fails in a share of the attempts, in every way."""

    def script(request: Request) -> Say:
        dice = random.Random(f"{seed} {request.prompt} {request.count}")
        good = triplets(request)
        good.latency = 0.002
        if dice.random() >= share:
            return good
        fault = dice.choice(FAULTS)
        if fault.startswith("429"):
            date = formatdate(time.time(), usegmt=True)
            wait = date if fault.endswith("date") else str(retry_after)
            return Say(b"slow down", 429, {"Retry-After": wait})
        if fault in ("500", "503"):
            return error(int(fault), "overloaded")
        if fault == "truncated":
            return Say(json.dumps(good.body).encode()[: dice.randrange(80)])
        if fault == "empty":
            return Say(completion(request, "", choices=[]))
        if fault == "types":
            wrong = [{"choices": {}}, {"choices": [{"message": {"content": 7}}]}, [], "x", None, {}]
            return Say(dice.choice(wrong))
        return Say(good.body, fault=fault)

    return script


class Endpoint:
    """A server; a context manager that runs it in a thread of this process.

    Parameters
    ----------
    script : callable
        From request to answer.
    log : str
        File to which each prompt that is asked is written, with the time.

    Attributes
    ----------
    requests : list of Request
        What came, in order.
    most : int
        Most requests that were on their way at once.
    """

    def __init__(self, script: Script = triplets, log: str = "") -> None:
        self.script = script
        self.requests: list[Request] = []
        self.asked: Counter[str] = Counter()
        self.open, self.most, self.lines = 0, 0, 0
        self.open_lines: set[_Line] = set()
        self.keep = True
        self._log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND) if log else -1
        self._loop = asyncio.new_event_loop()
        self.port = 0

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}/v1"

    def hear(self, request: Request) -> Say:
        """Count and answer a request."""
        if self.keep or self._log >= 0:
            self.count(request)
        return self.script(request)

    def count(self, request: Request) -> None:
        """Remember a request, and how often its prompt has been asked before."""
        if request.method == "POST" and "/completions" in request.path:
            prompt = request.prompt
            request.count = self.asked[prompt]
            self.asked[prompt] += 1
            if self._log >= 0:
                os.write(self._log, f"{time.time()} {prompt}\n".encode())
        if self.keep:
            self.requests.append(request)

    def drop(self, line: _Line) -> None:
        """Close a connection from this side."""
        self._loop.call_soon_threadsafe(line.transport.close)

    async def serve(self, port: int = 0, ready: Callable[[int], object] = print) -> None:
        """Serve until cancelled."""
        server = await asyncio.get_running_loop().create_server(
            lambda: _Line(self), "127.0.0.1", port, backlog=1000
        )
        ready(server.sockets[0].getsockname()[1])
        async with server:
            await server.serve_forever()

    def __enter__(self) -> Endpoint:
        ready = threading.Event()

        def told(port: int) -> None:
            self.port = port
            ready.set()

        self._task = self._loop.create_task(self.serve(0, told))
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert ready.wait(10)
        return self

    def _run(self) -> None:
        with suppress(asyncio.CancelledError):
            self._loop.run_until_complete(self._task)

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(10)


class _Line(asyncio.Protocol):
    """One connection."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self.buffer = b""
        self.transport: Any = None

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.endpoint.lines += 1
        self.endpoint.open_lines.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.endpoint.open_lines.discard(self)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            first, *rest = self.buffer[:end].decode("latin-1").split("\r\n")
            headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in rest)}
            length = int(headers.get("content-length", 0))
            if len(self.buffer) < end + 4 + length:
                return
            raw = self.buffer[end + 4 : end + 4 + length]
            self.buffer = self.buffer[end + 4 + length :]
            method, path, _ = first.split(" ")
            self.answer(self.endpoint.hear(Request(method, path, headers, raw)))

    def answer(self, say: Say) -> None:
        loop, whole = asyncio.get_running_loop(), say.bytes()
        self.endpoint.open += 1
        self.endpoint.most = max(self.endpoint.most, self.endpoint.open)
        if say.fault == "hang":
            return
        if say.fault == "reset":
            self.transport.abort()
        elif say.fault == "cut":
            self.transport.write(whole[: len(whole) * 2 // 3])
            loop.call_soon(self.transport.close)
        elif say.fault == "slow":
            for place in range(len(whole)):
                loop.call_later(
                    SLOW_SECONDS * place / len(whole),
                    self.transport.write,
                    whole[place : place + 1],
                )
        elif say.latency:
            loop.call_later(say.latency, self.done, whole)
            return
        else:
            self.done(whole)
            return
        self.endpoint.open -= 1

    def done(self, whole: bytes) -> None:
        self.endpoint.open -= 1
        if not self.transport.is_closing():
            self.transport.write(whole)


def serve_process(told: Any, share: float, seed: int, log: str) -> None:
    """Serve triplets with faults; the port goes into a pipe."""
    endpoint = Endpoint(faulty(share, seed), log)
    endpoint.keep = False
    asyncio.run(endpoint.serve(0, told.send))


@contextmanager
def start_process(share: float, seed: int, log: str) -> Iterator[str]:
    """Run a faulty server in a process of its own and give its address."""
    context = multiprocessing.get_context("forkserver")
    here, there = context.Pipe()
    process = context.Process(target=serve_process, args=(there, share, seed, log), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{here.recv()}/v1"
    finally:
        process.kill()
        process.join()


if __name__ == "__main__":

    def late(request: Request) -> Say:
        text = expected(request.prompt)
        return Say(ANSWER.replace(b"ANSWER", text.encode()), latency=float(sys.argv[2]))

    chat = Request("POST", "/v1/chat/completions", {}, b'{"messages": [{"content": "x"}]}')
    ANSWER = json.dumps(completion(chat, "ANSWER")).encode()
    plain = Endpoint(late)
    plain.keep = False
    asyncio.run(plain.serve(int(sys.argv[1]), lambda port: print(port, flush=True)))
