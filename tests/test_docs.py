"""What the pages name exists: commands, options, parameters, specs, paths, names, variables."""

from __future__ import annotations

import argparse
import ast
import re
import shlex
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from humanlike.book.chapters import find_chapters, read_parameters
from humanlike.book.parameters import resolve
from humanlike.cli.main import parser
from humanlike.models import KINDS
from humanlike.models.hf.spec import read_spec
from humanlike.teach.sessions import gather

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "humanlike"
FOLDERS = (ROOT, SOURCE, SOURCE / "book", SOURCE / "models", ROOT / "book" / "assets")
CHAPTERS = find_chapters(ROOT)
PARSER = parser()
FILLED_IN = "1"
NOT_OURS = {"--nthreads"}  # of 'dask worker'
MADE = (".venv/", "_build/", "adapters/", "evaluations/", "sweeps/")
OUTPUTS = {"MANIFEST.txt", "about.json", "store.sqlite", "verify.json", "words.csv"}
PLACEHOLDER = re.compile(r"name\b|my_|[A-Z]{2}|" + FILLED_IN)

TYPED = re.compile(r"^(?:\$ | {2,4}|example: )(?:\.venv/bin/)?(humanlike .+)$", re.MULTILINE)
MENTIONED = re.compile(r"[`'](?:\.venv/bin/)?(humanlike(?: [\w./:=<>@+~-]+)+)[ …]*[`']")
TICKED = re.compile(r"(?<![}`])`([^`\n]+)`")
FILE = re.compile(r"[\w.{}-]*[\w-]/[\w./-]*|[\w./*-]+\.(?:py|yml|md|json|js|css|csv|cff|txt)")


def pages() -> Iterator[tuple[str, str]]:
    """Yield name and text of every page that people read in the repository or the book."""
    for file in sorted([*ROOT.glob("*.md"), *(ROOT / "book").rglob("*.md")]):
        if file.name != "CHANGELOG.md":  # tells of what was
            yield str(file.relative_to(ROOT)), file.read_text(encoding="utf-8")
    for file in sorted((ROOT / "notebooks").glob("*.py")):
        lines = file.read_text(encoding="utf-8").splitlines()
        yield str(file.relative_to(ROOT)), "\n".join(x[2:] for x in lines if x.startswith("# "))


def messages() -> Iterator[tuple[str, str]]:
    """Yield each text of the package, with a 1 where a value is filled in."""
    for file in sorted(SOURCE.rglob("*.py")):
        source = file.read_text(encoding="utf-8")
        if not re.search(r"['\"/$ ] ?humanlike [a-z]", source):
            continue
        nodes = [*ast.walk(ast.parse(source))]
        within = {part for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values}
        for node in nodes:
            parts = node.values if isinstance(node, ast.JoinedStr) else {node} - within
            text = [part.value if isinstance(part, ast.Constant) else FILLED_IN for part in parts]
            if all(isinstance(part, str) for part in text):
                said = re.sub(r"\{\w*\}", FILLED_IN, "".join(map(str, text)))
                yield str(file.relative_to(ROOT)), said


PAGES = dict(pages())
TEXTS = [*PAGES.items(), *((where, text) for where, text in messages() if "humanlike " in text)]
LINES = {line: where for where, text in TEXTS for line in TYPED.findall(text)}
MENTIONS = {line: where for where, text in TEXTS for line in MENTIONED.findall(text)}
TERMS = {term: where for where, text in PAGES.items() for term in TICKED.findall(text)}


def read(line: str) -> argparse.Namespace:
    words = shlex.split(line, comments=True)[1:]
    return PARSER.parse_args([FILLED_IN if word in ("NUMBER", "…") else word for word in words])


def known_options() -> set[str]:
    """Return every option of every command."""
    found, todo = set(), [PARSER]
    while todo:
        for action in todo.pop()._actions:
            found |= set(action.option_strings)
            if isinstance(action, argparse._SubParsersAction):
                todo += action.choices.values()
    return found


@pytest.mark.parametrize("line", LINES)
def test_a_command_to_be_typed_is_understood_with_what_it_names(line: str) -> None:
    options = vars(read(line))
    assert callable(options["func"])
    for chapter in (options.get("chapter"), options.get("only")):
        if chapter and not PLACEHOLDER.match(chapter):
            known = read_parameters(CHAPTERS[chapter])
            given = options.get("parameters", [])
            resolve(known, {}, dict(one.split("=", 1) for one in given), chapter)
    if options["command"] in ("exercises", "check") and not PLACEHOLDER.match(options["name"]):
        assert gather(options["name"], ROOT)
    specs = options.get("model") or []
    for spec in [specs] if isinstance(specs, str) else specs:
        kind, colon, rest = spec.partition(":")
        assert not colon or kind in KINDS
        if kind == "hf" and not rest.startswith("."):
            read_spec(rest)


@pytest.mark.parametrize("line", MENTIONS)
def test_a_command_that_is_mentioned_exists(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    try:
        read(line)
    except SystemExit:
        assert "arguments are required" in capsys.readouterr().err
    assert {word for word in line.split() if word.startswith("--")} <= known_options()


def test_every_option_in_backticks_is_one_of_ours() -> None:
    named = {term.split()[0] for term in TERMS if term.startswith("--")}
    assert named - NOT_OURS <= known_options()


def test_every_file_in_backticks_is_there() -> None:
    """Placeholders, what is made, and what no path can be (prompts, addresses) aside."""
    named = {term for term in TERMS if FILE.fullmatch(term) and not PLACEHOLDER.search(term)}
    assert len(named) > 50
    missing = {
        f"{TERMS[term]}: {term}"
        for term in named - OUTPUTS
        if not term.startswith(MADE) and not any([*at.glob(term.rstrip("/"))] for at in FOLDERS)
    }
    assert missing == set()


def test_every_name_of_the_package_in_backticks_can_be_imported() -> None:
    named = [term for term in TERMS if re.fullmatch(r"humanlike(\.\w+)+", term)]
    assert named
    for term in named:
        module, _, name = term.rpartition(".")
        assert hasattr(import_module(module), name) or find_spec(term), term


def test_variables_of_the_environment_are_told_and_are_asked_for() -> None:
    pattern = re.compile(r"\bHUMANLIKE_[A-Z_]+\b")
    told = {name for text in PAGES.values() for name in pattern.findall(text)}
    used = {name for file in SOURCE.rglob("*.py") for name in pattern.findall(file.read_text())}
    assert told == used


def test_every_target_of_make_that_is_named_exists() -> None:
    named = {term.split()[1] for term in TERMS if re.fullmatch(r"make \w+", term)}
    assert {"book", "test"} <= named
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert named <= set(targets)
