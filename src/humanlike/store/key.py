"""The key of an answer: SHA-256 over all that can change it, the model first of all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from json.encoder import encode_basestring_ascii as quoted
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from humanlike.models.base import ModelInfo, Prompt, Settings

_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False).encode


def canonical(value: Any) -> str:
    """Return JSON with sorted keys, no blanks and ASCII only: equal data give equal text.

    Raises
    ------
    ValueError
        If a number is not finite.
    """
    return _CANONICAL(value)


class Keys:
    """Makes the keys of one model with one group of settings.

    Parameters
    ----------
    model, settings : dict
        Their identities, as `ModelInfo.identity` and `Settings.identity` give them.
    with_question : bool
        Whether the question, as data, is part of the key.

    Notes
    -----
    The hashed text is ``canonical`` of `content`. What stands before the user's text is the same
    for many prompts; its hash is computed once and continued for each.
    """

    def __init__(
        self, model: Mapping[str, Any], settings: Mapping[str, Any], with_question: bool = False
    ) -> None:
        self.model = dict(model)
        self.settings = dict(settings)
        self.with_question = with_question
        self._scoring = settings.get("mode") == "score"
        self._tail = f'}},"settings":{canonical(self.settings)},"trial":'
        self._heads: dict[tuple[object, ...], Any] = {}

    @classmethod
    def of_model(cls, info: ModelInfo, settings: Settings) -> Keys:
        """Return the keys of a model."""
        return cls(info.identity(), settings.identity(), info.reads_question)

    def content(self, prompt: Prompt) -> dict[str, Any]:
        """Return what is hashed: model, settings, prompt and trial."""
        return {
            "model": self.model,
            "prompt": self._fixed(prompt) | {"user": prompt.user},
            "settings": self.settings,
            "trial": prompt.trial,
        }

    def _fixed(self, prompt: Prompt) -> dict[str, Any]:
        question = prompt.question if self.with_question else None
        return {
            "allowed": list(prompt.allowed) if self._scoring and prompt.allowed else None,
            "form": prompt.form,
            "question": question.as_dict() if question else None,
            "system": prompt.system,
        }

    def of(self, prompts: Iterable[Prompt]) -> list[bytes]:
        """Return the key of each prompt, 32 bytes each."""
        heads, tail, found = self._heads, self._tail, []
        for prompt in prompts:
            allowed = prompt.allowed if self._scoring else None
            group = (prompt.system, prompt.form, allowed)
            head = None if self.with_question else heads.get(group)
            if head is None:
                head = heads[group] = self._head(prompt)
            whole = head.copy()
            whole.update(f"{quoted(prompt.user)}{tail}{prompt.trial}}}".encode("ascii"))
            found.append(whole.digest())
        return found

    def _head(self, prompt: Prompt) -> Any:
        fixed = canonical(self._fixed(prompt))[:-1]
        text = f'{{"model":{canonical(self.model)},"prompt":{fixed},"user":'
        return hashlib.sha256(text.encode("ascii"))


def digest(parts: Iterable[str]) -> bytes:
    """Return a checksum of several texts and of where each ends, 32 bytes."""
    return hashlib.sha256(",".join(map(quoted, parts)).encode("ascii")).digest()
