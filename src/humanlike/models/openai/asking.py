"""Many prompts at once: bounded concurrency, retries by cause, limited costs, one way to stop."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from humanlike.errors import HumanlikeError
from humanlike.models.base import Answer, Problem, Prompt, Settings, Usage
from humanlike.models.openai import scoring, wire
from humanlike.models.openai.connections import Connections, Headers, Reply, Unanswered
from humanlike.models.openai.faults import Fault, Malformed, of_missing, of_reply
from humanlike.models.openai.spending import CostLimit, Spending

MakeBody = Callable[[], dict[str, Any]]
ReadBody = Callable[[dict[str, Any], bytes], Answer]
OK = 200
FIRST_CONTACT_RETRIES = 2
REFUSED_BEFORE_ANY = 10
"""So many prompts refused and none answered: then it is not the prompts."""
FAILED_IN_A_ROW = 20
"""So many prompts given up one after the other and none answered: then nobody is there."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How hard a server is pressed, and for how long.

    Attributes
    ----------
    concurrency : int
        Most requests on their way at once, at least 1.
    timeout : float
        Seconds until an attempt must be complete, above 0.
    retries : int
        Attempts after the first, at least 0. Those the server turned away because of its rate do
        not count as long as it answers others.
    first_wait, longest_wait : float
        Seconds before the first and at most before any further attempt; doubled each time.
    patience : float
        Longest wait in seconds a server may ask for.
    """

    concurrency: int = 64
    timeout: float = 120.0
    retries: int = 6
    first_wait: float = 0.5
    longest_wait: float = 60.0
    patience: float = 900.0

    def __post_init__(self) -> None:
        if self.concurrency < 1 or self.retries < 0 or not self.timeout > 0:
            raise HumanlikeError(
                "At least one request at a time, no fewer than 0 retries and a time-out above 0 "
                f"are needed; got {self.concurrency}, {self.retries} and {self.timeout:g}."
            )

    def wait(self, attempt: int, dice: random.Random) -> float:
        """Return the seconds before an attempt, from 1: exponential, half of it at random."""
        full = min(self.first_wait * 2.0 ** min(attempt - 1, 30), self.longest_wait)
        return full * (0.5 + 0.5 * dice.random())


@dataclass(slots=True)
class Server:
    """What is known of a server, and how to reach it; lives as long as the open model.

    Attributes
    ----------
    place : str
        The model and its server, for messages.
    connections : Connections
        Open connections.
    headers : sequence of (str, str)
        Sent with every request, key included.
    secret : str
        The key, never to be shown.
    wire : Wire
        Writes requests.
    limits : Limits
        How hard it is pressed.
    spending : Spending
        What was spent.
    good, failed : int
        Answers so far; prompts given up since the last of them.
    resume : float
        Time of the loop before which nothing is sent, because the server asked to wait.
    """

    place: str
    connections: Connections
    headers: Headers
    secret: str
    wire: wire.Wire
    limits: Limits
    spending: Spending
    good: int = 0
    failed: int = 0
    resume: float = 0.0
    dice: random.Random = field(default_factory=random.Random)

    async def send(
        self, path: str, body: dict[str, Any] | None = None, method: str = "POST"
    ) -> Reply:
        """Send one request; without a body it is a question, such as for the models there are."""
        return await self.connections.request(
            method,
            path,
            headers=self.headers,
            body=json.dumps(body).encode() if body is not None else b"",
            seconds=self.limits.timeout,
        )


class Asking:
    """Puts prompts to a server and delivers each place once.

    Parameters
    ----------
    server : Server
        Whom.
    prompts : sequence of Prompt
        What.
    settings : Settings
        How.
    deliver : callable
        Given each place and its answer, in the order of arrival.
    """

    def __init__(
        self,
        server: Server,
        prompts: Sequence[Prompt],
        settings: Settings,
        deliver: Callable[[int, Answer], None],
    ) -> None:
        self.server, self.prompts, self.settings = server, prompts, settings
        self._deliver = deliver
        self._places = iter(range(len(prompts)))
        self._refused: list[tuple[int, Answer]] = []
        self._over: CostLimit | None = None

    async def run(self) -> None:
        """Ask all.

        Raises
        ------
        HumanlikeError
            If no further prompt can be answered; what had been answered was delivered.
        """
        count = min(self.server.limits.concurrency, len(self.prompts))
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(count):
                    group.create_task(self._work())
        except BaseExceptionGroup as several:
            raise next(
                (e for e in several.exceptions if isinstance(e, HumanlikeError)), several
            ) from None
        for place, answer in self._refused:
            self._deliver(place, _open_again(answer))
        if self._over is not None:
            raise self._over

    async def _work(self) -> None:
        for place in self._places:
            if self._over is not None:
                return
            try:
                answer = await self._answer(self.prompts[place])
            except CostLimit as over:
                self._over = over
                return
            self._settle(place, answer)

    def _settle(self, place: int, answer: Answer) -> None:
        """Deliver an answer; refusals wait until one answer shows that it was the prompt."""
        server = self.server
        if answer.problem is None:
            server.good, server.failed = server.good + 1, 0
            for held in self._refused:
                self._deliver(*held)
            self._refused = []
        elif answer.problem.final and not server.good:
            self._refused.append((place, answer))
            if len(self._refused) >= REFUSED_BEFORE_ANY:
                raise HumanlikeError(
                    f"{server.place} refused the first {len(self._refused)} prompts and answered "
                    f"none: {answer.problem.message} Nothing more was asked."
                )
            return
        elif not answer.problem.final:
            server.failed += 1
            nobody = answer.problem.kind == "unreachable" and not server.good
            if nobody or server.failed >= max(FAILED_IN_A_ROW, server.limits.concurrency):
                raise HumanlikeError(_gone(server, answer.problem))
        self._deliver(place, answer)

    async def _answer(self, prompt: Prompt) -> Answer:
        if self.settings.mode == "generate":
            return await self._generated(prompt)
        return await self._scored(prompt)

    async def _generated(self, prompt: Prompt) -> Answer:
        return await self._asked(
            wire.path(prompt),
            lambda: self.server.wire.body(prompt, self.settings),
            self.server.wire.read,
        )

    async def _scored(self, prompt: Prompt) -> Answer:
        """Return an answer with the scores of all allowed ones, each a request of its own."""
        scores: dict[str, float] = {}
        took, read, last = 0.0, 0, Answer()
        for allowed in prompt.allowed or ():
            last = await self._asked(
                scoring.PATH,
                partial(scoring.request, self.server.wire.name, prompt, allowed),
                partial(scoring.score, allowed),
            )
            if last.problem is not None:
                return last
            scores |= last.scores or {}
            took, read = took + (last.seconds or 0.0), read + (last.usage.prompt or 0)
        return Answer.of_scores(
            scores, finish="score", usage=Usage(read or None), seconds=took, origin=last.origin
        )

    async def _asked(self, path: str, body: MakeBody, read: ReadBody) -> Answer:
        """Return the answer to a request, or the problem that remains after all attempts."""
        attempt, good = 0, self.server.good
        while True:
            found, sent = await self._attempt(path, body(), read)
            if isinstance(found, Answer):
                return found
            if found.action == "stop":
                raise HumanlikeError(await self._stop_message(found))
            if found.action == "refused":
                if self.server.wire.adapt(sent, found):
                    continue
                return Answer(problem=self._refusal(sent, found))
            if found.kind != "rate limit" or self.server.good == good:
                attempt += 1
            good = self.server.good
            if attempt > self._retries(found) or (found.wait or 0) > self.server.limits.patience:
                return Answer(problem=Problem(found.kind, found.message))
            await self._pause(max(attempt, 1), found)

    async def _attempt(
        self, path: str, body: dict[str, Any], read: ReadBody
    ) -> tuple[Answer | Fault, dict[str, Any]]:
        """Send once; return what came or a fault, and what was sent."""
        server, loop = self.server, asyncio.get_running_loop()
        while (rest := server.resume - loop.time()) > 0:
            await asyncio.sleep(rest)
        reserved = server.spending.worst(body, self.settings.max_tokens)
        await server.spending.reserve(reserved)
        usage, billed, begun = None, True, time.monotonic()
        try:
            reply = await server.send(path, body)
            if reply.status != OK:
                billed = False
                return of_reply(reply, server.secret), body
            answer = read(body, reply.body)
            usage = answer.usage
            return replace(answer, seconds=time.monotonic() - begun), body
        except scoring.Straddling as problem:
            return Fault(problem.kind, str(problem), "refused"), body
        except (Unanswered, Malformed) as problem:
            fault = of_missing(problem, server.secret)
            billed = fault.billed
            return fault, body
        except scoring.NoEcho as lacking:
            raise HumanlikeError(
                f"{server.place} cannot score answers: {lacking}. Scoring needs a server whose "
                "/completions takes echo and logprobs, such as vLLM, or a local model (hf:)."
            ) from lacking
        finally:
            await server.spending.settle(reserved, usage, billed)

    def _retries(self, fault: Fault) -> int:
        """Return how many retries a fault is worth; a server never heard of soon is no server."""
        retries = self.server.limits.retries
        unknown = fault.kind == "unreachable" and not self.server.good
        return min(retries, FIRST_CONTACT_RETRIES) if unknown else retries

    async def _pause(self, attempt: int, fault: Fault) -> None:
        """Wait as long as the server asks, and let everybody wait; otherwise back off alone."""
        wait = self.server.limits.wait(attempt, self.server.dice)
        if fault.wait is not None:
            until = asyncio.get_running_loop().time() + fault.wait
            self.server.resume = max(self.server.resume, until)
            wait = fault.wait + wait * 0.1
        await asyncio.sleep(wait)

    def _refusal(self, sent: dict[str, Any], fault: Fault) -> Problem:
        """Return a prompt's own refusal; one of a setting concerns all prompts and stops."""
        if fault.parameter in ("temperature", "top_p") and fault.parameter in sent:
            raise HumanlikeError(
                f"{self.server.place} does not take {fault.parameter}={sent[fault.parameter]:g}: "
                f"{fault.message} Choose another value, or the model's own settings with "
                "--default-sampling."
            )
        return Problem(fault.kind, fault.message, final=True)

    async def _stop_message(self, fault: Fault) -> str:
        place, said = self.server.place, fault.message
        if fault.kind == "not found":
            return f"{place} is not there: {said}{await self._models()}"
        reasons = {
            "key": "does not accept the key",
            "not allowed": "does not allow this",
            "no money": "has no credit left for this key",
        }
        what = reasons.get(fault.kind, "is no OpenAI-compatible server")
        return f"{place} {what}: {said} Nothing more was asked; all answers so far are stored."

    async def _models(self) -> str:
        """Return the models the server says it has, as an ending of a message."""
        try:
            reply = await self.server.send("/models", method="GET")
            names = sorted(str(entry["id"]) for entry in json.loads(reply.body)["data"])
        except (Unanswered, ValueError, KeyError, TypeError):
            return " Check the name, and the address, which usually ends in /v1."
        shown = ", ".join(names[:20]) + (", …" if len(names) > 20 else "")
        return f" The server has: {shown}." if names else " The server names no models."


def _open_again(answer: Answer) -> Answer:
    """Return a refusal as one that may pass: with no answer beside it nobody can tell."""
    assert answer.problem is not None  # noqa: S101
    return replace(answer, problem=replace(answer.problem, final=False))


def _gone(server: Server, problem: Problem) -> str:
    if problem.kind == "unreachable" and not server.good:
        return (
            f"Nobody answers for {server.place} ({problem.message}). Check the address, and that "
            "the server is running."
        )
    return (
        f"{server.place} has stopped answering: {server.failed} prompts in a row failed, the last "
        f"one with '{problem.kind}' ({problem.message}). All answers so far are stored; the same "
        "command goes on from here."
    )
