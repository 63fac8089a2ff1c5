"""Slides: from a small book, complete in themselves, every figure with a text."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from book.sample import Project

from humanlike.classroom.deck import parts, write_decks
from humanlike.classroom.prose import plain, to_html

ROOT = Path(__file__).resolve().parents[2]
TITLES = {"notebooks/rsa": "Overall structure"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("See {doc}`/notebooks/rsa`.", "See *Overall structure*."),
        ("See {doc}`the other <words>`.", "See the other."),
        ("It falls ({ref}`sec-a`, {ref}`sec-b`).", "It falls."),
        ("Paper A {cite:p}`wu2026` asks", "Paper A asks"),
        ("as {numref}`fig-a` shows", "as the figure shows"),
        ("eleven {term}`dimension`s", "eleven dimensions"),
        (r"gain in $R^2$, $\rho$ = 1", "gain in R², ρ = 1"),
        (r"$\frac{a}{b}$", r"`\frac{a}{b}`"),
        ("code `{doc}` and `$x$` stay", "code `{doc}` and `$x$` stay"),
        ("costs 5 $ and no more", "costs 5 $ and no more"),
    ],
)
def test_roles_become_words(text: str, expected: str) -> None:
    assert plain(text, TITLES) == expected


def test_markup_in_prose_is_text() -> None:
    found = to_html("<script>alert(1)</script> *a* [b](javascript:alert(1)) <img src=x>", {})
    assert "<script" not in found and "<img" not in found and "href" not in found
    assert "<em>a</em>" in found


PROSE = """
# %% [markdown]
# **Question.** How large is the <b>mean</b>?
#
# ## What was found
#
# - The mean is {value}`mean` {interval}`mean`.
"""


class Reader(HTMLParser):
    """Collects the elements of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [about for name, about in self.found if name == tag]


@pytest.fixture(scope="module")
def decks(built_once: Project, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Slides of the small book's chapters, with its kept executions."""
    project = built_once.copy(tmp_path_factory.mktemp("slides"))
    toc = project.root / "_toc.yml"
    pages = re.findall(r"file: (notebooks/\w+)", toc.read_text())
    listed = "\n".join(f"      - file: {page}" for page in pages)
    head = "format: jb-book\nroot: index\nparts:\n  - caption: I. All <b>\n    chapters:"
    toc.write_text(f"{head}\n{listed}\n")
    alpha = project.root / "notebooks" / "alpha.py"
    alpha.write_text(alpha.read_text() + PROSE)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in project.environment().items():
            if name.startswith("HUMANLIKE_"):
                patch.setenv(name, value)
        (project.root / "book" / "classroom").mkdir(parents=True, exist_ok=True)
        for end in ("css", "js"):
            text = (ROOT / "book" / "classroom" / f"deck.{end}").read_text()
            (project.root / "book" / "classroom" / f"deck.{end}").write_text(text)
        first = write_decks(project.root, project.root / "slides")
        before = [file.read_bytes() for file in first]
        again = write_decks(project.root, project.root / "slides")
        assert before == [file.read_bytes() for file in again]
    return first


def test_a_deck_is_complete_in_itself(decks: list[Path]) -> None:
    text = decks[0].read_text()
    page = Reader(text)
    assert [file.name for file in decks] == ["part-i.html"]
    assert not [one for one in page.all("script") + page.all("iframe") if "src" in one]
    assert all((one["href"] or "").startswith("data:") for one in page.all("link"))
    assert not re.search(r"url\(|@import|https?:", text)
    assert "I. All &lt;b&gt;" in text
    images = page.all("img")
    assert images
    for image in images:
        assert (image["src"] or "").startswith("data:image/svg+xml;base64,")
        assert len(image["alt"] or "") > 10
    assert "How large is the &lt;b&gt;mean&lt;/b&gt;?" in text
    assert "<li>The mean is 2.00 [1.00, 3.00].</li>" in text
    assert (
        "<td>mean of the numbers <code>mean</code></td><td>2.00</td><td>[1.00, 3.00]</td>" in text
    )
    assert len(page.all("section")) >= 5


def test_the_numbered_parts_of_the_book_are_found() -> None:
    found = parts(ROOT)
    assert [one.number for one in found][:2] == ["I", "II"]
    assert "rsa" in found[0].chapters
