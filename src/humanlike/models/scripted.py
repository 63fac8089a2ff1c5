"""A fake that says what a test wants, faults included."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

from humanlike.models.base import Answer, ModelInfo, Prompt, Settings, Usage

Script = Callable[[Prompt], Answer]


class Scripted:
    """Answers by calling a function.

    Parameters
    ----------
    script : str or callable
        The text of every answer, or a function from prompt to answer; what it raises is raised.
    name : str
        Name in the spec.
    delay : float
        Seconds before each answer.
    order : callable, optional
        Puts the places of the prompts into the order in which they finish.
    chunk : int
        How many prompts to be handed at once.

    Attributes
    ----------
    asked : list of Prompt
        Every prompt that was asked, in order.
    closed : bool
        Whether it was closed.
    """

    def __init__(
        self,
        script: str | Script,
        *,
        name: str = "",
        delay: float = 0.0,
        order: Callable[[list[int]], list[int]] | None = None,
        chunk: int = 2000,
    ) -> None:
        self.asked: list[Prompt] = []
        self.closed = False
        self._delay = delay
        self._order = order or (lambda places: places)
        if isinstance(script, str):
            self._name, text = name or script, script
            self._script: Script = lambda _: Answer(text, finish="stop", usage=Usage(1, 1))
        else:
            self._name, self._script = name or "function", script
        self._chunk = chunk

    def info(self) -> ModelInfo:
        """Say who this is."""
        spec = f"scripted:{self._name}"
        return ModelInfo(spec, "scripted", self._name, chunk=self._chunk)

    def answer(
        self,
        prompts: Sequence[Prompt],
        settings: Settings,  # noqa: ARG002
    ) -> Iterator[tuple[int, Answer]]:
        """Yield the scripted answers."""
        for place in self._order(list(range(len(prompts)))):
            if self._delay:
                time.sleep(self._delay)
            self.asked.append(prompts[place])
            yield place, self._script(prompts[place])

    def close(self) -> None:
        """Remember that this was called."""
        self.closed = True


def open_spec(rest: str) -> Scripted:
    """Open ``scripted:TEXT``: every answer is the text."""
    return Scripted(rest)
