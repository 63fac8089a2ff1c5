"""What went wrong, and what follows: ask again, give this prompt up, adapt the request, or stop."""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Literal

from humanlike.models.openai.connections import Reply, Unanswered

Action = Literal["again", "refused", "stop"]
AGAIN = (408, 409, 425, 429)
REFUSED = (400, 413, 422)
NO_MONEY = ("insufficient_quota", "billing_hard_limit_reached", "credit_balance_exhausted")
LONGEST_MESSAGE = 300
_SECRET = re.compile(r"\b(sk|pk)-[A-Za-z0-9_*-]{6,}|(?<=Bearer )\S+")


class Malformed(Exception):
    """An answer that is no answer: its name, and what was wrong."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Fault:
    """One failed attempt.

    Attributes
    ----------
    kind : str
        Its name, as kept with a prompt that is given up.
    message : str
        What was said, without secrets.
    action : {"again", "refused", "stop"}
        Try again; the server will not answer this prompt; no prompt can be answered.
    wait : float or None
        Seconds the server asks to wait.
    billed : bool
        Whether tokens may have been charged for.
    parameter : str
        The parameter the server objects to, where it names one.
    """

    kind: str
    message: str
    action: Action
    wait: float | None = None
    billed: bool = False
    parameter: str = ""


def of_missing(problem: Unanswered | Malformed, secret: str = "") -> Fault:
    """Return the fault of an attempt without a complete or sensible answer."""
    billed = problem.kind != "unreachable"
    return Fault(problem.kind, redacted(str(problem), secret), "again", billed=billed)


def of_reply(reply: Reply, secret: str = "") -> Fault:
    """Return the fault of an answer whose status is not 200.

    Parameters
    ----------
    reply : Reply
        The answer.
    secret : str
        The key that was sent, to be taken out of the message.
    """
    said = _error(reply.body)
    message = redacted(_message(said, reply), secret)
    code = str(said.get("code") or said.get("type") or "")
    status = reply.status
    if status == 429 and (code in NO_MONEY or str(said.get("type")) in NO_MONEY):
        return Fault("no money", message, "stop")
    if status in AGAIN or (status >= 500 and status not in (501, 505)):
        kind = "rate limit" if status == 429 else "server error"
        return Fault(kind, message, "again", _retry_after(reply))
    if status in REFUSED:
        return Fault("request refused", message, "refused", parameter=str(said.get("param") or ""))
    kinds = {401: "key", 402: "no money", 403: "not allowed", 404: "not found"}
    return Fault(kinds.get(status, "no such server"), message, "stop")


def redacted(text: str, secret: str = "") -> str:
    """Return a message without anything that looks like a key, and not too long."""
    if secret:
        text = text.replace(secret, "***")
    text = " ".join(_SECRET.sub("***", text).split())
    return text if len(text) <= LONGEST_MESSAGE else text[:LONGEST_MESSAGE] + "…"


def _error(body: bytes) -> dict[str, Any]:
    """Return the error object of the usual shapes: ``error``, ``detail``, or the body itself."""
    try:
        data = json.loads(body)
    except ValueError:
        return {}
    if not isinstance(data, dict):
        return {}
    found = data.get("error") or data.get("detail") or data
    return found if isinstance(found, dict) else {"message": found}


def _message(said: dict[str, Any], reply: Reply) -> str:
    found = said.get("message")
    text = found if isinstance(found, str) else json.dumps(found) if found else ""
    return text or reply.body[:LONGEST_MESSAGE].decode("utf-8", "replace") or f"HTTP {reply.status}"


def _retry_after(reply: Reply) -> float | None:
    """Return the seconds of ``Retry-After``: a number of them, or a date (RFC 9110, 10.2.3)."""
    exact = reply.headers.get("retry-after-ms", "")
    text = reply.headers.get("retry-after", "").strip()
    for value, unit in ((exact, 1000.0), (text, 1.0)):
        try:
            return max(0.0, float(value) / unit)
        except ValueError:
            continue
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, TypeError):
        return None
