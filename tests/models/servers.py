"""Asking a server of the tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from humanlike.models.base import Answer, Prompt, Settings
from humanlike.models.openai import OpenAIModel
from humanlike.models.openai.asking import Limits
from humanlike.tasks.triplets import prompt
from models.endpoint import Endpoint, Request, Say, triplets

QUICK = Limits(timeout=0.4, first_wait=0.005, longest_wait=0.02)
ONE = [prompt("cat", "dog", "car")]
GREEDY = Settings(temperature=0)
SECRET = "sk-test-0123456789abcdef"


def some(n: int) -> list[Prompt]:
    return [prompt(f"thing {i}", f"left {i}", f"right {i}") for i in range(n)]


def asked(
    endpoint: Endpoint, prompts: list[Prompt], settings: Settings = GREEDY, **more: Any
) -> list[Answer]:
    """Ask, and return the answers in the order of the prompts; each place comes once."""
    model = OpenAIModel("fake", endpoint.url, **({"limits": QUICK} | more))
    try:
        pairs = list(model.answer(prompts, settings))
    finally:
        model.close()
    assert sorted(place for place, _ in pairs) == list(range(len(prompts)))
    found = dict(pairs)
    return [found[n] for n in range(len(prompts))]


def once(first: Say | Callable[[Request], Say]) -> Callable[[Request], Say]:
    """Return a script that fails the first time a prompt is asked."""

    def script(request: Request) -> Say:
        if request.count == 0:
            return first if isinstance(first, Say) else first(request)
        return triplets(request)

    return script
