"""Chapters and executions that need no files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from humanlike.book.chapters import Chapter, ValueSpec
from humanlike.book.execute import Execution
from humanlike.book.values import Values

Declared = Mapping[str, str]
Recorded = Mapping[str, Mapping[str, Any]]


def make_chapter(name: str, declared: Declared) -> Chapter:
    source = Path("notebooks") / f"{name}.py"
    specs = {key: ValueSpec(f"what {key} is", spec) for key, spec in declared.items()}
    return Chapter(name, source, source.with_suffix(".ipynb"), name.title(), "A", values=specs)


def make_execution(name: str, recorded: Recorded, *, real: bool = True) -> Execution:
    return Execution(name, Path(name), {"values": dict(recorded), "session": {"real": real}})


def make_values(
    content: Mapping[str, tuple[Declared, Recorded]],
    *,
    executed: Iterable[str] | None = None,
    simulated: Iterable[str] = (),
    strict: bool = True,
) -> Values:
    """Return the values of made-up chapters, all executed on real data unless told otherwise."""
    ran = content if executed is None else executed
    chapters = {name: make_chapter(name, declared) for name, (declared, _) in content.items()}
    executions = {
        name: make_execution(name, content[name][1], real=name not in simulated) for name in ran
    }
    return Values(chapters, executions, strict)
