"""Prompts to requests, and what comes back to answers; nothing that comes back is trusted.

Sources: the API reference of OpenAI (chat completions, completions) and what vLLM,
text-generation-inference, llama.cpp and ``transformers serve`` make of it.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from typing import Any

from humanlike.models.base import Answer, Prompt, Settings, Token, Usage
from humanlike.models.openai.faults import Fault, Malformed

CHAT, COMPLETIONS = "/chat/completions", "/completions"
NEW_LIMIT, OLD_LIMIT = "max_completion_tokens", "max_tokens"
DISPENSABLE = ("logprobs", "top_logprobs", "seed")
"""Parameters an answer can do without; that they were not sent is recorded with it."""


def path(prompt: Prompt) -> str:
    """Return where a prompt is sent."""
    return CHAT if prompt.form == "chat" else COMPLETIONS


def derived_seed(settings: Settings, prompt: Prompt) -> int:
    """Return the seed of one request, 0 to 2³¹ - 1: every prompt and trial has its own."""
    text = f"{settings.seed}\x1f{prompt.trial}\x1f{prompt.text}"
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "replace")).digest()[:4]) >> 1


class Wire:
    """Writes requests for one model, and learns what its server does not take.

    Parameters
    ----------
    name : str
        The model's name at the server.
    limit_name : str
        What the server calls the most tokens of an answer in chats, as far as is known.

    Attributes
    ----------
    dropped : set of str
        Parameters the server refused and that are no longer sent.
    """

    def __init__(self, name: str, limit_name: str = OLD_LIMIT) -> None:
        self.name = name
        self.dropped: set[str] = set()
        self._limit_name, self._renamed = limit_name, False

    def body(self, prompt: Prompt, settings: Settings) -> dict[str, Any]:
        """Return the request that lets the model write."""
        sampled = settings.temperature != 0
        wanted = {
            "temperature": settings.temperature,
            "top_p": settings.top_p,
            "seed": derived_seed(settings, prompt) if sampled else None,
        }
        n = settings.top_logprobs
        if prompt.form == "chat":
            head: dict[str, Any] = {"model": self.name, "messages": _messages(prompt)}
            wanted[self._limit_name] = settings.max_tokens
            wanted |= {"logprobs": True, "top_logprobs": n} if n else {}
        else:
            head = {"model": self.name, "prompt": prompt.text}
            wanted[OLD_LIMIT] = settings.max_tokens
            wanted["logprobs"] = n or None
        return head | {k: v for k, v in wanted.items() if v is not None and k not in self.dropped}

    def adapt(self, body: dict[str, Any], fault: Fault) -> bool:
        """Learn from a refusal; True if the request may be sent again in another form."""
        named = fault.parameter if fault.parameter in body else _named(fault.message, body)
        if named in DISPENSABLE:
            self.dropped |= {named} if named == "seed" else {"logprobs", "top_logprobs"}
            return True
        if named not in (OLD_LIMIT, NEW_LIMIT) or "messages" not in body:
            return False
        if named == self._limit_name:
            other = NEW_LIMIT if named == OLD_LIMIT else OLD_LIMIT
            if self._renamed or (other == NEW_LIMIT and NEW_LIMIT not in fault.message):
                return False
            self._limit_name, self._renamed = other, True
        return True

    def read(self, body: dict[str, Any], data: bytes) -> Answer:
        """Return the answer that came for a request.

        Raises
        ------
        Malformed
            If it is none.
        """
        answer, choice = parsed(data)
        if "messages" in body:
            text, finish = _chat_text(choice)
        else:
            text, finish = choice.get("text"), choice.get("finish_reason")
        if not isinstance(text, str):
            raise Malformed("malformed", f"the text of the answer is {_shown(text)}")
        tokens = _tokens(choice.get("logprobs"))
        origin = origin_of(answer)
        if self.dropped:
            origin["not sent"] = sorted(self.dropped)
        if "logprobs" in body and not tokens:
            origin["not given"] = ["logprobs"]
        said = finish if isinstance(finish, str) else ""
        return Answer(text, None, tokens, said, usage_of(answer.get("usage")), origin=origin)


def _messages(prompt: Prompt) -> list[dict[str, str]]:
    system = [{"role": "system", "content": prompt.system}] if prompt.system else []
    return [*system, {"role": "user", "content": prompt.user}]


def _named(message: str, body: dict[str, Any]) -> str:
    """Return the optional parameter that a message speaks of, or nothing."""
    words = set(re.findall(r"[a-z_]+", message))
    found = [name for name in body if name in words and name not in ("model", "messages", "prompt")]
    return found[0] if len(found) == 1 else next((n for n in found if n in DISPENSABLE), "")


def parsed(data: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return an answer and its first choice."""
    try:
        answer = json.loads(data)
    except (ValueError, RecursionError) as problem:
        raise Malformed("malformed", f"the answer is no JSON ({problem})") from problem
    if not isinstance(answer, dict):
        raise Malformed("malformed", f"the answer is {_shown(answer)}")
    if answer.get("error"):
        raise Malformed("server error", f"an error instead of an answer: {_shown(answer['error'])}")
    choices = answer.get("choices")
    if choices == []:
        raise Malformed("empty", "the answer holds no choices")
    if not isinstance(choices, list) or not isinstance(choices[0], dict):
        raise Malformed("malformed", f"the choices of the answer are {_shown(choices)}")
    return answer, choices[0]


def _chat_text(choice: dict[str, Any]) -> tuple[Any, Any]:
    """Return text and finish reason; a refusal is the text, with its own name."""
    message, finish = choice.get("message"), choice.get("finish_reason")
    if not isinstance(message, dict):
        raise Malformed("malformed", f"the message of the answer is {_shown(message)}")
    text = message.get("content")
    if isinstance(text, list) and all(isinstance(part, dict) for part in text):
        texts = [part.get("text") for part in text if part.get("type") == "text"]
        text = "".join(part for part in texts if isinstance(part, str))
    if text is None and isinstance(message.get("refusal"), str):
        return message["refusal"], "refusal"
    if text is None and isinstance(finish, str):
        return "", finish
    return text, finish


def _shown(value: Any) -> str:
    return f"{type(value).__name__} {json.dumps(value)[:100]}"


def origin_of(answer: dict[str, Any]) -> dict[str, Any]:
    found = {name: answer.get(name) for name in ("model", "system_fingerprint")}
    return {name: value for name, value in found.items() if isinstance(value, str) and value}


def usage_of(found: Any) -> Usage:
    if not isinstance(found, dict):
        return Usage()
    return Usage(_count(found.get("prompt_tokens")), _count(found.get("completion_tokens")))


def _count(value: Any) -> int | None:
    whole = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53
    return value if whole else None


def _tokens(found: Any) -> tuple[Token, ...]:
    """Return the tokens of either form of log-probabilities; none if one of them is no number."""
    try:
        if isinstance(found.get("content"), list):
            return tuple(
                Token(
                    text_of(entry["token"]),
                    number_of(entry["logprob"]),
                    {
                        text_of(other["token"]): number_of(other["logprob"])
                        for other in entry.get("top_logprobs") or ()
                    },
                )
                for entry in found["content"]
            )
        tops = found.get("top_logprobs") or [{}] * len(found["tokens"])
        return tuple(
            Token(
                text_of(text),
                number_of(logprob),
                {text_of(t): number_of(p) for t, p in top.items()},
            )
            for text, logprob, top in zip(
                found["tokens"], found["token_logprobs"], tops, strict=True
            )
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        return ()


def text_of(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def number_of(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
        raise TypeError(value)
    return float(value)
