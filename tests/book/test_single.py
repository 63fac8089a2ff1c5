"""The page of a run: how it came about, how to make it again, and what only the book has."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from book.sample import REPOSITORY
from book.test_colophon import IMPRINT, RAN, fields
from book.test_glossary import CONFIG, WORDS, definitions, marked
from humanlike.book.chapters import PROFILES, Chapter, find_chapters, get_chapter, read_notebook
from humanlike.book.colophon import Leaf, Origin, bibtex, citation, colophon, details
from humanlike.book.form import typed
from humanlike.book.run import _command, checked
from humanlike.book.single import GLOSSARY, elsewhere
from humanlike.revision import Revision, revision

COMMAND = "humanlike run rsa --profile quick -p n_boot=500"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
CHAPTERS = find_chapters(REPOSITORY)
_LINK = re.compile(r"\{(?:doc|ref|numref)\}`(?:[^`<]*<)?([^`>]+)>?`")


def leaf(command: str = COMMAND, commit: str = COMMIT, changed: int = 0) -> Leaf:
    origin = Origin(command, Revision(commit, [f"file {n}" for n in range(changed)]))
    return Leaf("notebooks/rsa", "notebooks/rsa.py", "Structure (RSA)", RAN, origin)


def test_a_run_says_what_it_is_and_how_to_make_it_again() -> None:
    text = colophon(leaf(changed=2), IMPRINT)
    assert "How to make this run again" in text and "How to cite this run" in text
    said = " ".join(text.split())
    assert "no page of the book" in said
    assert (
        "*Structure (RSA)* of 2026-01-02 03:04 UTC, profile `quick`, on real data, from commit "
        "0123456789ab with 2 changed files. In a checkout of <https://github.com/x/y>:" in said
    )
    assert f"$ git checkout {COMMIT}\n$ {COMMAND}\n" in text
    assert "What was changed is not in the commit." in text
    assert "changed file" not in colophon(leaf(), IMPRINT)


def test_without_git_no_commit_is_made_up() -> None:
    text = colophon(leaf(commit=""), IMPRINT)
    assert "git checkout`" not in text and "$ git" not in text
    assert "from sources that are no git checkout" in text
    assert f"$ {COMMAND}\n" in text


def test_a_run_is_cited_and_reported_as_one() -> None:
    said = f"own run of 2026-01-02: {COMMAND} (commit 0123456789ab)"
    assert said in citation(leaf(), IMPRINT)
    assert fields(bibtex(leaf(), IMPRINT))["note"] == "O" + said[1:].replace("_", r"\_")
    report = details(leaf(), IMPRINT)
    assert f"Own run: {COMMAND}\nFrom: commit 0123456789ab" in report


HOSTILE = ["a\n```\n# Heading", "x\n:::::\n", "it's", "\x1b[31m\r\n$HOME `id`", "ü \u2028 &<b>"]


def test_a_shell_reads_the_line_back_whatever_a_parameter_holds() -> None:
    words = [f"value={text}" for text in HOSTILE]
    line = Origin(shlex.join(["humanlike", *words]), Revision("", [])).line
    assert line.isprintable()
    said = subprocess.run(
        ["bash", "-c", line.replace("humanlike ", r"printf '%s\0' ", 1)],
        capture_output=True, check=True, env={"LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    assert said.stdout.decode().split("\0")[:-1] == words


def test_a_cited_command_is_shown_as_it_is_typed() -> None:
    assert f"`{COMMAND}`" in colophon(leaf(), IMPRINT)
    assert "`` humanlike -p 'a=`b`' ``" in colophon(leaf("humanlike -p 'a=`b`'"), IMPRINT)


@given(st.text(max_size=60))
def test_no_parameter_ends_the_block_it_stands_in(text: str) -> None:
    from markdown_it import MarkdownIt

    page = colophon(leaf(shlex.join(["humanlike", "run", "rsa", "-p", f"a={text}"])), IMPRINT)
    lines = page.splitlines()
    assert lines[-1] == ":::::" and lines.count(":::::") == 1
    blocks = [t for t in MarkdownIt().parse(page) if t.type == "fence"]
    assert [block.info for block in blocks] == ["console", "bibtex"]


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("name", ["ratings", "alignment", "leaderboard"])
def test_the_command_gives_the_same_parameters_again(name: str, profile: str) -> None:
    chapter, usual = checked(name, {}, profile, REPOSITORY)
    other = next(p for p in PROFILES if p != profile)
    for parameters in (usual, checked(name, {}, other, REPOSITORY)[1]):
        words = shlex.split(_command(chapter, profile, parameters))
        given = dict(word.split("=", 1) for word in words if "=" in word)
        assert checked(name, given, profile, REPOSITORY)[1] == parameters
        assert set(given) == {k for k, v in parameters.items() if typed(v) != typed(usual[k])}


def links(text: str) -> list[str]:
    return _LINK.findall(text)


@pytest.fixture(scope="module")
def names() -> dict[str, str]:
    return elsewhere(REPOSITORY, CHAPTERS)


@pytest.mark.parametrize("chapter", CHAPTERS.values(), ids=list(CHAPTERS))
def test_all_that_a_chapter_refers_to_has_words_on_the_page_of_a_run(
    chapter: Chapter, names: dict[str, str]
) -> None:
    source = "\n".join(cell.source for cell in read_notebook(chapter).cells)
    for target in links(source):
        assert target.rpartition("/")[2] in names, target


def test_so_has_all_that_the_glossary_refers_to(names: dict[str, str]) -> None:
    text = (REPOSITORY / f"{GLOSSARY}.md").read_text(encoding="utf-8")
    assert links(text)
    assert [t for t in links(text) if t.rpartition("/")[2] not in names] == []
    assert names["rsa"] == get_chapter("rsa", REPOSITORY).title
    assert names["ledger"] == "The ledger of claims"


RUN = """# A run

An RDM, see {doc}`/notebooks/b`, {doc}`that one </notebooks/b>`, {ref}`sec-b-part` and
{numref}`fig-b-line`; {ref}`sec-unknown`.
"""
ELSEWHERE = {"b": "Chapter B", "sec-b-part": "A part", "fig-b-line": "a figure of “Chapter B”"}


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("sphinx")
    source = folder / "source"
    (source / "book").mkdir(parents=True)
    settings = f"humanlike_chapters = 'b'\nhumanlike_elsewhere = {ELSEWHERE!r}\n"
    (source / "conf.py").write_text(CONFIG.replace("nitpicky = True", settings))
    (source / "index.md").write_text("# Pages\n\n```{toctree}\nb\nbook/glossary\n```\n")
    (source / "b.md").write_text(RUN)
    (source / "book" / "glossary.md").write_text(WORDS)
    command = [sys.executable, "-m", "sphinx", "-q", str(source), str(folder / "out")]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    return (folder / "out" / "b.html").read_text(encoding="utf-8")


def test_words_of_the_glossary_are_marked_and_defined_on_the_page_of_a_run(page: str) -> None:
    assert marked(page) == [("RDM", "RDM")]
    assert 'href="book/glossary.html#term-RDM"' in page
    assert definitions(page)["term-RDM"][0] == "RDM"


def test_what_only_the_book_has_is_named_in_words(page: str) -> None:
    text = " ".join(re.sub("<[^>]*>", "", page).split())
    assert "see Chapter B, that one, A part and a figure of “Chapter B”; sec-unknown." in text


def test_the_commit_is_what_git_says(tmp_path: Path) -> None:
    assert revision(tmp_path) == Revision("", [])
    git = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@b.c"]
    (tmp_path / "a").write_text("1")
    for words in (["init", "-q"], ["add", "a"], ["commit", "-qm", "first"]):
        subprocess.run([*git, *words], check=True)
    log = subprocess.run([*git, "log", "--format=%H"], capture_output=True, text=True, check=True)
    assert revision(tmp_path) == Revision(log.stdout.strip(), [])
    (tmp_path / "b").write_text("2")
    assert revision(tmp_path).changed == ["b"]
