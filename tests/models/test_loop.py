"""The loop behind servers: whatever was given arrives, also when the work ends or fails at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from humanlike.models.openai import loop as loops
from humanlike.models.openai.loop import Loop

ROUNDS = 300


@pytest.fixture
def loop(monkeypatch: pytest.MonkeyPatch) -> Iterator[Loop]:
    monkeypatch.setattr(loops, "LOT_SECONDS", 0.0)
    opened = Loop()
    yield opened
    opened.close()


async def gives(give: Callable[[int], None]) -> None:
    for number in range(5):
        give(number)


async def gives_and_fails(give: Callable[[int], None]) -> None:
    await gives(give)
    raise ValueError("over")


def test_what_was_given_last_arrives(loop: Loop) -> None:
    for _ in range(ROUNDS):
        assert list(loop.stream(gives)) == [0, 1, 2, 3, 4]


def test_what_was_given_before_a_failure_arrives_before_it(loop: Loop) -> None:
    for _ in range(ROUNDS):
        found = []
        with pytest.raises(ValueError, match="over"):
            for number in loop.stream(gives_and_fails):
                found.append(number)
        assert found == [0, 1, 2, 3, 4]
