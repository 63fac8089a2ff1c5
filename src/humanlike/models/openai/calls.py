"""Calls that are no questions: files handed over, jobs started, looked after and fetched."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from humanlike.errors import HumanlikeError
from humanlike.models.openai.asking import OK, Server
from humanlike.models.openai.connections import Headers, Reply, Unanswered
from humanlike.models.openai.faults import Fault, of_missing, of_reply
from humanlike.models.openai.model import OpenAIModel

TRANSFER_SECONDS = 600.0
_BOUNDARY = "humanlike-d1f5a6c2b7e84903"


class Fruitless(HumanlikeError):
    """Nothing will ever come of it: the server does not know it, or refused all of it."""


class Caller:
    """Calls to a model's server, repeated until they are answered.

    Parameters
    ----------
    model : OpenAIModel
        Who is asked; stays open.
    """

    purpose = ""
    """What files are handed over for."""

    def __init__(self, model: OpenAIModel) -> None:
        self.model = model

    def upload(self, label: str, content: bytes) -> str:
        """Hand over a file of lines and return the server's name of it."""
        head = (
            f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="purpose"\r\n\r\n'
            f"{self.purpose}\r\n"
            f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; '
            f'filename="{label}.jsonl"\r\nContent-Type: application/jsonl\r\n\r\n'
        )
        body = head.encode() + content + f"\r\n--{_BOUNDARY}--\r\n".encode()
        kind = f"multipart/form-data; boundary={_BOUNDARY}"
        return str(told(self.call("POST", "/files", body, kind))["id"])

    def call(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        kind: str = "application/json",
        before_again: Callable[[], Any] | None = None,
    ) -> Any:
        """Send a request until it is answered; ``before_again`` may find that it was.

        Raises
        ------
        Fruitless
            If the server does not know what is meant.
        HumanlikeError
            If it refuses, or is not to be reached.
        """
        loop, server = self.model.connected()
        headers = [*server.headers[1:], ("Content-Type", kind)]
        attempt = 0
        while True:
            fault = loop.result(_sent(server, method, path, headers, body))
            if not isinstance(fault, Fault):
                return fault
            attempt += 1
            if fault.action != "again" or attempt > server.limits.retries:
                break
            wait = fault.wait if fault.wait is not None else 0.0
            wait = max(wait, server.limits.wait(attempt, server.dice))
            loop.result(asyncio.sleep(min(wait, server.limits.patience)))
            if before_again is not None and fault.billed and (found := before_again()) is not None:
                return found
        if fault.kind == "not found":
            raise Fruitless(
                f"{server.place} offers no such {self.purpose} ({method} {path}): {fault.message}"
            )
        raise HumanlikeError(
            f"{server.place} did not take '{method} {path}' ({fault.kind}): {fault.message} "
            "Nothing is lost; the same command goes on from here."
        )


async def _sent(
    server: Server, method: str, path: str, headers: Headers, body: bytes
) -> Reply | Fault:
    try:
        reply = await server.connections.request(
            method, path, headers=headers, body=body, seconds=TRANSFER_SECONDS, fresh=True
        )
    except Unanswered as problem:
        return of_missing(problem, server.secret)
    if reply.status == OK:
        return reply
    fault = of_reply(reply, server.secret)
    return replace(fault, billed=reply.status >= 500)


def told(reply: Reply) -> dict[str, Any]:
    """Return what a server said, an object.

    Raises
    ------
    HumanlikeError
        If it is none.
    """
    try:
        found = json.loads(reply.body)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise HumanlikeError(f"The server's answer is no object of JSON: {reply.body[:100]!r}.")
    return found
