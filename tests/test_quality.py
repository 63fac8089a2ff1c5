"""The state of the code itself: linters, types, light imports, short functions, clean files."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
MAX_FUNCTION, MAX_FILE = 40, 400
HEAVY = ("torch", "pandas", "numpy", "papermill", "sphinx", "matplotlib", "scipy", "transformers")
REGISTRY = re.compile(
    r"(?:(?:pypi|python[h]osted|anaconda)[.]org|files[.]pypi|artifactory|index-url|registry[.]npm)"
)
MACHINE = re.compile(r"(?<![\w.])/(?:home/\w+|Users/\w+|root|work|tmp/pytest)/")
GENERATED = {"book/vendor", "papers"}


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def tracked() -> list[Path]:
    """Return the files git knows; skip the test where this is no checkout."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z"], capture_output=True, text=True, check=True
    )
    files = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [f for f in files if f.is_file() and not is_generated(f.relative_to(ROOT))]


def is_generated(name: Path) -> bool:
    return any(name.is_relative_to(folder) for folder in GENERATED)


def functions(file: Path) -> Iterator[tuple[str, int]]:
    """Yield each function of a file with its number of lines, its docstring not counted."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0]
            has_words = ast.get_docstring(node) is not None
            words = (first.end_lineno or 0) - first.lineno + 1 if has_words else 0
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1 - words


def offending_lines(pattern: re.Pattern[str]) -> list[str]:
    """Return every line of a tracked text file the pattern is found in."""
    found = []
    for file in tracked():
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        if file == Path(__file__).resolve():
            continue
        lines = enumerate(text.splitlines(), start=1)
        name = file.relative_to(ROOT)
        found += [f"{name}:{n}: {line.strip()[:100]}" for n, line in lines if pattern.search(line)]
    return found


@pytest.mark.parametrize(
    "command",
    [
        ("ruff", "check", "."),
        ("ruff", "format", "--check", "src", "tests"),
    ],
    ids=["check", "format"],
)
def test_ruff_has_nothing_to_say(command: tuple[str, ...]) -> None:
    pytest.importorskip("ruff")
    done = run("-m", *command)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_mypy_has_nothing_to_say() -> None:
    pytest.importorskip("mypy")
    done = run("-m", "mypy")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_command_line_starts_without_heavy_packages() -> None:
    program = (
        "import sys, humanlike.cli.main as m\nm.parser()\n"
        f"print(*sorted(set({HEAVY!r}) & set(sys.modules)))"
    )
    done = run("-c", program)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == ""


def test_functions_are_short() -> None:
    long = [
        f"{file.relative_to(ROOT)}: {name} has {lines} lines"
        for file in SOURCES
        for name, lines in functions(file)
        if lines > MAX_FUNCTION
    ]
    assert long == []


def test_files_are_short() -> None:
    counts = {f: len(f.read_text(encoding="utf-8").splitlines()) for f in SOURCES}
    assert {str(f.relative_to(ROOT)): n for f, n in counts.items() if n > MAX_FILE} == {}


def test_no_tracked_file_names_a_package_registry() -> None:
    assert offending_lines(REGISTRY) == []


def test_no_tracked_file_holds_a_path_of_somebodys_machine() -> None:
    assert offending_lines(MACHINE) == []


def test_nothing_built_is_tracked() -> None:
    built = {"_build", "__pycache__", ".ipynb_checkpoints", ".venv", ".hypothesis"}
    assert [f for f in tracked() if built & set(f.relative_to(ROOT).parts)] == []
