"""Records to rows of the store and back."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from functools import lru_cache
from json.encoder import encode_basestring_ascii as quoted
from typing import Any, NamedTuple

from humanlike.models.base import Answer, Problem, Prompt, Token, Usage
from humanlike.store.key import canonical, digest
from humanlike.tasks.prompt import question_from

ANSWER_COLUMNS = (
    "text, scores, tokens, finish, prompt_tokens, completion_tokens, seconds, problem, message, "
    "settled, origin"
)
PROMPT_COLUMNS = "user, system, form, allowed, question"


class Entry(NamedTuple):
    """An answer on its way into the store.

    Attributes
    ----------
    key : bytes
        Its key.
    prompt : Prompt
        What was asked.
    answer : Answer
        What came.
    """

    key: bytes
    prompt: Prompt
    answer: Answer


def clean(text: str) -> str:
    """Replace what no file can hold: halves of surrogate pairs, as broken servers send them."""
    if text.isascii():
        return text
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def prompt_row(prompt: Prompt) -> tuple[bytes, str, str, str, str | None, str | None]:
    """Return digest, user, system, form, allowed, question; a prompt's trial is no part of it."""
    allowed = f"[{','.join(map(quoted, prompt.allowed))}]" if prompt.allowed else None
    question = canonical(prompt.question.as_dict()) if prompt.question else None
    user, system = clean(prompt.user), clean(prompt.system)
    checksum = digest((user, system, prompt.form, allowed or "", question or ""))
    return checksum, user, system, prompt.form, allowed, question


def answer_row(answer: Answer) -> tuple[Any, ...]:
    """Return the values of `ANSWER_COLUMNS`."""
    problem = answer.problem
    return (
        clean(answer.text),
        json.dumps(dict(answer.scores)) if answer.scores is not None else None,
        _packed(answer.tokens),
        answer.finish,
        answer.usage.prompt,
        answer.usage.completion,
        answer.seconds,
        problem.kind if problem else None,
        clean(problem.message) if problem else None,
        int(answer.settled),
        canonical(answer.origin) if answer.origin else None,
    )


def checksum(row: Sequence[Any]) -> int:
    """Return the CRC-32 of a row of `ANSWER_COLUMNS`: text, scores, tokens, finish, problem."""
    parts = f"{row[0]}\x1f{row[1]}\x1f{row[2]}\x1f{row[3]}\x1f{row[7]}"
    return zlib.crc32(parts.encode())


def answer_from(row: Sequence[Any]) -> Answer:
    """Return the answer of a row of `ANSWER_COLUMNS`."""
    text, scores, tokens, finish, read, written, seconds, problem, message, settled, origin = row
    return Answer(
        text,
        json.loads(scores) if scores else None,
        tuple(Token(*token) for token in json.loads(tokens)) if tokens else (),
        finish,
        Usage(read, written),
        seconds,
        Problem(problem, message or "", bool(settled)) if problem else None,
        _origin(origin) if origin else {},
    )


@lru_cache(maxsize=256)
def _origin(text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text)
    return found


def prompt_from(row: Sequence[Any], trial: int) -> Prompt:
    """Return the prompt of a row of `PROMPT_COLUMNS`."""
    user, system, form, allowed, question = row
    return Prompt(
        user,
        system,
        form,
        tuple(json.loads(allowed)) if allowed else None,
        trial,
        question_from(json.loads(question)) if question else None,
    )


def _packed(tokens: Sequence[Token]) -> str | None:
    if not tokens:
        return None
    return json.dumps([[token.text, token.logprob, dict(token.top)] for token in tokens])
