"""What all parsers share: the part of a text that is the answer, and refusals."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from humanlike.errors import HumanlikeError

_NAMES = r"(?:think|thinking|thought|thoughts|reasoning|reflection|scratchpad)"
_BLOCK = re.compile(rf"<{_NAMES}>.*?</{_NAMES}>", re.IGNORECASE | re.DOTALL)
_CLOSE = re.compile(rf"^.*</{_NAMES}>", re.IGNORECASE | re.DOTALL)
_OPEN = re.compile(rf"<{_NAMES}>", re.IGNORECASE)
_REFUSAL = re.compile(
    r"\b(?:i(?:['’]m| am) (?:sorry|unable|not able)|i (?:can(?:no|['’])t|do not|don['’]t)"
    r"(?: know| answer| determine| decide| help| choose)?|as an ai"
    r"|cannot (?:be )?(?:determine|answer)|unable to|het spijt me|ik weet het niet|sorry)\b",
    re.IGNORECASE,
)
_ANSWER = re.compile(
    r"\b(?:final answer|answer|antwoord|choice|response)\b\s*(?:is|would be|:|=|is:)?\s*[:*_]*\s*",
    re.IGNORECASE,
)
_SPECIAL = re.compile(r"<\|[^|>]{1,40}\|>|</?s>|<(?:eos|bos|pad|end_of_turn)>")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an answer says, or why it says nothing that counts.

    Attributes
    ----------
    value : Any
        The value; None when there is none.
    failure : str
        Name of the reason; empty when there is a value.
    """

    value: Any = None
    failure: str = ""

    def __post_init__(self) -> None:
        if (self.value is None) != bool(self.failure):
            raise HumanlikeError(
                "An outcome has either a value or a failure; got "
                f"{self.value!r} and '{self.failure}'."
            )

    @property
    def ok(self) -> bool:
        """Whether there is a value."""
        return not self.failure


def after_thinking(text: str) -> str | None:
    """Return the text without blocks of thinking; None if the thinking never ends."""
    text = _SPECIAL.sub(" ", text)
    if "<" in text:
        text = _CLOSE.sub("", _BLOCK.sub(" ", text))
        if _OPEN.search(text):
            return None
    return text.strip()


def after_marker(text: str) -> str:
    """Return what follows the last ``Answer:`` or *the answer is*; empty if there is none."""
    found = list(_ANSWER.finditer(text))
    return text[found[-1].end() :].strip() if found else ""


def refuses(text: str) -> bool:
    """Tell whether a text declines to answer."""
    return bool(_REFUSAL.search(text))
