"""Log-probabilities of allowed answers, from servers that read a text back with its tokens.

What is needed is ``/completions`` with ``echo`` and ``logprobs``, as vLLM has them and OpenAI's
older models had. Chats cannot be scored that way: their template is applied at the server.
"""

from __future__ import annotations

import math
from typing import Any

from humanlike.models.base import Answer, Prompt
from humanlike.models.openai.faults import Malformed
from humanlike.models.openai.wire import number_of, origin_of, parsed, text_of, usage_of

PATH = "/completions"


class NoEcho(Exception):
    """The server cannot be used for scoring, and why."""


class Straddling(Malformed):
    """The server's tokens do not part between prompt and answer."""


def request(name: str, prompt: Prompt, allowed: str) -> dict[str, Any]:
    """Return the request that has a model read prompt and answer, and write one token more."""
    return {
        "model": name,
        "prompt": prompt.text + allowed,
        "echo": True,
        "logprobs": 1,
        "max_tokens": 1,
        "temperature": 0,
    }


def score(allowed: str, body: dict[str, Any], data: bytes) -> Answer:
    """Return an answer with the log-probability of one allowed answer after its prompt.

    Parameters
    ----------
    allowed : str
        The answer.
    body : dict
        What `request` asked.
    data : bytes
        What came.

    Returns
    -------
    Answer
        Its only score is the sum of the natural log-probabilities of the tokens of the allowed
        answer.

    Raises
    ------
    NoEcho
        If the server does not read the text back with log-probabilities.
    Straddling
        If one of its tokens is partly prompt and partly answer: such an answer has no score.
    Malformed
        If the answer is none.

    Notes
    -----
    Places are counted back from the end of the text, because servers count tokens that stand for no
    text, such as a mark of the beginning, in different ways. What the server had to write comes
    after that end and is left out.
    """
    answer, choice = parsed(data)
    found: Any = choice.get("logprobs")
    if not str(choice.get("text", "")).startswith(body["prompt"]):
        raise NoEcho("it does not read the text back")
    usage = usage_of(answer.get("usage"))
    written = 1 if usage.completion is None else usage.completion
    try:
        texts, logprobs = found["tokens"], found["token_logprobs"]
        starts = [*found["text_offset"], found["text_offset"][-1] + len(text_of(texts[-1]))]
        count = len(texts) - written
        first = starts[count] - len(allowed)
        inside = [n for n in range(count) if starts[n] >= first]
        if not inside or len(logprobs) != len(texts):
            raise NoEcho("it does not give log-probabilities of the text it reads")
        if starts[inside[0]] != first:
            raise Straddling("not scorable", f"no token of the server begins with {allowed!r}")
        total = math.fsum(number_of(logprobs[n]) for n in inside)
    except (KeyError, TypeError, IndexError, AttributeError) as problem:
        raise NoEcho("it does not give log-probabilities of the text it reads") from problem
    return Answer(allowed, {allowed: total}, usage=usage, origin=origin_of(answer))
