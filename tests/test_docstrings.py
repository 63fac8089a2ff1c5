"""Docstrings of the statistics: parameters, shapes, errors and fields are all told."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import pytest

STATS = Path(__file__).resolve().parents[1] / "src" / "humanlike" / "stats"
FILES = [file for file in sorted(STATS.glob("*.py")) if not file.name.startswith("_")]
ARRAY = re.compile(r"\b(?:ArrayLike|NDArray|Floats|Integers|Ints|Counts)\b")
SHAPE = re.compile(r"\([\w ,*+()/-]*\)|As (?:in|for) `|What `")
Node = TypeVar("Node", ast.FunctionDef, ast.ClassDef)
files = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)


def public(file: Path, kind: type[Node]) -> Iterator[Node]:
    """Yield the public functions, or classes, that a file defines."""
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, kind) and not node.name.startswith("_"):
            yield node


def section(text: str, name: str) -> str:
    """Return a section of a numpy-style docstring, empty if there is none."""
    found = re.search(rf"^{name}\n-+\n(.*?)(?=\n\n\w+\n---|\Z)", text, re.DOTALL | re.MULTILINE)
    return found[1] if found else ""


def entries(text: str) -> dict[str, str]:
    """Return the words on each parameter, by its name."""
    found = {}
    for part in re.split(r"\n(?=\S)", section(text, "Parameters")):
        names = part.partition("\n")[0].partition(" : ")[0]
        found |= dict.fromkeys((name.strip(" *") for name in names.split(",")), part)
    return found


def elsewhere(text: str) -> set[str]:
    """Return the functions a docstring leaves its parameters to: "see `name`", "as for `name`"."""
    return set(re.findall(r"(?:[Ss]ee|[Aa]s(?: for| in)?)\s`(?:\w+\.)?(\w+)`", text))


DOCUMENTED = {
    node.name
    for file in FILES
    for node in public(file, ast.FunctionDef)
    if section(ast.get_docstring(node) or "", "Parameters")
}


@files
def test_every_parameter_is_told_and_arrays_with_their_shape(file: Path) -> None:
    for node in public(file, ast.FunctionDef):
        text, told = ast.get_docstring(node) or "", entries(ast.get_docstring(node) or "")
        for one in [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]:
            if one.arg not in told:
                assert elsewhere(text) & DOCUMENTED, f"{node.name}: {one.arg} is not told"
            elif ARRAY.search(ast.unparse(one.annotation or ast.Constant(""))):
                assert SHAPE.search(told[one.arg]), f"{node.name}: {one.arg} has no shape"


@files
def test_what_a_function_raises_is_told(file: Path) -> None:
    for node in public(file, ast.FunctionDef):
        raised = [one for one in ast.walk(node) if isinstance(one, ast.Raise)]
        assert not raised or section(ast.get_docstring(node) or "", "Raises"), node.name


@files
def test_every_field_of_a_record_is_told(file: Path) -> None:
    for node in public(file, ast.ClassDef):
        text = ast.get_docstring(node) or ""
        fields = [
            ast.unparse(one.target)
            for one in node.body
            if isinstance(one, ast.AnnAssign) and "ClassVar" not in ast.unparse(one.annotation)
        ]
        untold = [name for name in fields if not re.search(rf"\b{name}\b", text)]
        assert untold == [], node.name
