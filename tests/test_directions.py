"""Imports point one way: data, tasks, models, store, query; statistics know none of them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[1] / "src" / "humanlike"
FORBIDDEN = {
    "data": {
        "evaluate",
        "tasks",
        "models",
        "store",
        "query",
        "stats",
        "finetune",
        "plots",
        "book",
        "cli",
    },
    "tasks": {"models", "store", "query", "stats", "finetune", "plots", "book", "cli"},
    "models": {"store", "query", "stats", "finetune", "plots", "book", "cli"},
    "store": {"query", "stats", "finetune", "plots", "book", "cli", "data"},
    "query": {"stats", "finetune", "plots", "book", "cli"},
    "finetune": {"analysis", "plots", "book", "cli", "doctor"},
    "analysis": {"plots", "book", "cli", "doctor"},
    "evaluate": {"plots", "book", "cli", "doctor", "sweep"},
    "plots": {"tasks", "models", "store", "query", "finetune", "book", "cli", "doctor"},
    "web": {"cli", "doctor", "data", "tasks", "models", "store", "query", "stats", "plots"},
    "book": {"teach", "web", "classroom", "cli", "doctor", "pdf", "trust"},
    "teach": {"classroom", "cli", "doctor"},
    "classroom": {"cli", "doctor"},
    "sweep": {"plots", "book", "cli", "doctor"},
    "doctor": {"cli", "pdf", "trust"},
    "pdf": {"cli", "trust"},
    "trust": {"cli"},
    "stats": {
        "evaluate",
        "data",
        "tasks",
        "models",
        "store",
        "query",
        "finetune",
        "plots",
        "book",
        "cli",
    },
}
LATE = {"evaluate", "sweep", "book", "doctor"}
"""Parts that may know of evaluations."""


def imported(file: Path) -> Iterator[str]:
    """Yield the parts of the package that a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        yield from (name.split(".")[1] for name in names if name.startswith("humanlike."))


@pytest.mark.parametrize("part", FORBIDDEN)
def test_a_part_imports_nothing_that_comes_after_it(part: str) -> None:
    files = sorted((SOURCE / part).rglob("*.py"))
    assert files
    later = FORBIDDEN[part] | ({"evaluate", "sweep"} if part not in LATE else set())
    wrong = {f"{f.name}: {name}" for f in files for name in imported(f) if name in later}
    assert wrong == set()
