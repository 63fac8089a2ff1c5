"""Imports point one way: data, tasks, models, store, query; statistics know none of them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[1] / "src" / "humanlike"
FORBIDDEN = {
    "data": {"tasks", "models", "store", "query", "stats", "finetune", "plots", "book", "cli"},
    "tasks": {"models", "store", "query", "stats", "finetune", "plots", "book", "cli"},
    "models": {"store", "query", "stats", "finetune", "plots", "book", "cli"},
    "store": {"query", "stats", "finetune", "plots", "book", "cli", "data"},
    "query": {"stats", "finetune", "plots", "book", "cli"},
    "finetune": {"analysis", "plots", "book", "cli", "doctor"},
    "analysis": {"plots", "book", "cli", "doctor"},
    "plots": {"tasks", "models", "store", "query", "finetune", "book", "cli", "doctor"},
    "book": {"cli", "doctor", "pdf", "trust"},
    "doctor": {"cli", "pdf", "trust"},
    "pdf": {"cli", "trust"},
    "trust": {"cli"},
    "stats": {"data", "tasks", "models", "store", "query", "finetune", "plots", "book", "cli"},
}


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
    wrong = {f"{f.name}: {name}" for f in files for name in imported(f) if name in FORBIDDEN[part]}
    assert wrong == set()
