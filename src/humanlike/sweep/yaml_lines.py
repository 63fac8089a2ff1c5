"""A YAML file with the lines of its parts, so that a message can say where something is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from humanlike.errors import HumanlikeError
from humanlike.readyaml import read_yaml

Steps = tuple[str | int, ...]


@dataclass(frozen=True)
class Place:
    """A part of a file.

    Attributes
    ----------
    file : Path
    steps : tuple of str or int
        Keys and places that lead there from the top.
    lines : dict
        Line of every part, from 1.
    """

    file: Path
    steps: Steps = ()
    lines: dict[Steps, int] = field(default_factory=dict, repr=False)

    def __truediv__(self, step: str | int) -> Place:
        """Return the place of a part of this part."""
        return Place(self.file, (*self.steps, step), self.lines)

    def error(self, message: str) -> HumanlikeError:
        """Return the error that says where something is wrong, and what."""
        steps = self.steps
        while steps and steps not in self.lines:
            steps = steps[:-1]
        line = f", line {self.lines[steps]}" if steps in self.lines else ""
        named = ".".join(str(s + 1) if isinstance(s, int) else str(s) for s in self.steps)
        return HumanlikeError(f"{self.file}{line}{f', {named}' if named else ''}: {message}")


def read_with_lines(file: Path) -> tuple[Any, Place]:
    """Return the content of a YAML file and the place of its top.

    Raises
    ------
    HumanlikeError
        If it cannot be read, or a key is there twice.
    """
    import yaml

    found = read_yaml(file)
    tree = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    top = Place(file)
    for steps, line in _walk(tree, (), set()):
        if steps in top.lines:
            first = top.lines[steps]
            raise HumanlikeError(f"{file}, line {line}: '{steps[-1]}' is there twice, first in "
                                 f"line {first}.")  # fmt: skip
        top.lines[steps] = line
    return found, top


def _walk(node: Any, steps: Steps, seen: set[int]) -> Iterator[tuple[Steps, int]]:
    """Yield every part of a tree with its line; what is referred to again only once.

    An anchor may refer to itself, or a few lines stand for very many.
    """
    import yaml

    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield (*steps, key.value), key.start_mark.line + 1
            yield from _walk(value, (*steps, key.value), seen)
    elif isinstance(node, yaml.SequenceNode):
        for place, value in enumerate(node.value):
            yield (*steps, place), value.start_mark.line + 1
            yield from _walk(value, (*steps, place), seen)
