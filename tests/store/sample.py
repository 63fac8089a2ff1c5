"""Made-up answers for the store's tests."""

from __future__ import annotations

from humanlike.models.base import Answer, Choice, ModelInfo, Prompt, Settings, Token, Usage
from humanlike.store import Store
from humanlike.store.key import Keys
from humanlike.store.rows import Entry

INFO = ModelInfo("scripted:x", "scripted", "x", revision="r1", dtype="float32")
SETTINGS = Settings()


def prompts(count: int, start: int = 0) -> list[Prompt]:
    """Return prompts that all differ."""
    return [
        Prompt(
            f"Which is most like item {number}: a or b?",
            "You answer.",
            allowed=("a", "b"),
            question=Choice(f"item {number}", ("a", "b"), ("a", "b")),
        )
        for number in range(start, start + count)
    ]


def entries(count: int, start: int = 0, text: str = "a") -> list[Entry]:
    """Return answers with everything an answer can have."""
    asked = prompts(count, start)
    answer = Answer(
        text,
        {"a": -0.1, "b": -2.5},
        (Token(text, -0.1, {"a": -0.1, "b": -2.5}),),
        "stop",
        Usage(12, 1),
        0.25,
    )
    keys = Keys.of_model(INFO, SETTINGS).of(asked)
    return [Entry(key, prompt, answer) for key, prompt in zip(keys, asked, strict=True)]


def keys_of(found: list[Entry]) -> list[bytes]:
    return [entry.key for entry in found]


def begin(store: Store) -> int:
    return store.start(INFO, SETTINGS, "triplets")
