"""The end of every page: a citation other programs read, a report that says what it is about."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from book.made_up import make_values
from humanlike import __version__
from humanlike.book.colophon import (
    Imprint,
    Leaf,
    add_colophons,
    bibtex,
    citation,
    colophon,
    read_imprint,
    report_address,
)  # fmt: skip
from humanlike.book.execute import Execution

IMPRINT = Imprint(
    "A book & its 2 papers", "The {makers}", "https://github.com/x/y", "main", "2026-02-03"
)
RAN = Execution("rsa", Path("cache/abc123"), {
    "started": "2026-01-02T03:04:05", "profile": "quick", "session": {"real": True},
})  # fmt: skip
CHAPTER = Leaf("notebooks/rsa", "notebooks/rsa.py", "Structure (RSA)", RAN)
PROSE = Leaf("book/guide", "book/guide.md", "How?")


def fields(text: str) -> dict[str, str]:
    """Read an entry back with pybtex, a BibTeX reader of its own."""
    from pybtex.database import parse_string

    (entry,) = parse_string(text, "bibtex").entries.values()
    return {**entry.fields, "author": " and ".join(map(str, entry.persons["author"]))}


def test_the_entry_is_read_by_another_program() -> None:
    read = fields(bibtex(CHAPTER, IMPRINT))
    assert read["title"] == "Structure (RSA)"
    assert read["booktitle"] == r"A book \& its 2 papers"
    assert read["author"] == r"{The \{makers\}}"
    assert (read["year"], read["version"]) == ("2026", __version__)
    assert read["note"] == "Executed 2026-01-02, profile quick"
    assert read["url"] == "https://github.com/x/y/blob/main/notebooks/rsa.py"


@given(
    st.text(st.characters(codec="ascii", min_codepoint=32, exclude_characters="{}\\"), min_size=1)
)
def test_no_title_breaks_the_entry(title: str) -> None:
    from pybtex.richtext import Text

    read = fields(bibtex(Leaf("p", "p.md", title), IMPRINT))
    back = str(Text.from_latex(read["title"])).split() if title.strip() else []
    kept = title.replace("``", "“").replace("''", "”")
    assert read["version"] == __version__
    if not set(title) & set("`'-~^$\""):
        assert back == kept.split()


def test_a_page_of_prose_has_the_day_of_the_newest_execution() -> None:
    assert citation(PROSE, IMPRINT) == (
        f"The {{makers}} (2026). How? In: A book & its 2 papers Version {__version__}. "
        "https://github.com/x/y/blob/main/book/guide.md"
    )
    assert "executed 2026-01-02" in citation(CHAPTER, IMPRINT)


def test_the_first_page_is_the_whole_book() -> None:
    whole = Leaf("index", "index.md", IMPRINT.title)
    assert bibtex(whole, IMPRINT).startswith("@book{humanlike-index,")
    assert " In: " not in citation(whole, IMPRINT)


def test_a_report_says_which_page_version_and_execution_it_is_about() -> None:
    address = urlsplit(report_address(CHAPTER, IMPRINT))
    assert address.netloc + address.path == "github.com/x/y/issues/new"
    asked = parse_qs(address.query)
    assert asked["title"] == ["Page notebooks/rsa: "]
    for part in (f"humanlike {__version__}", "2026-01-02T03:04 UTC, profile quick, real data",
                 "Key: abc123", "notebooks/rsa (Structure (RSA))"):  # fmt: skip
        assert part in asked["body"][0]


@pytest.mark.parametrize("repository", ["", "repository: {}\n", "repository: {url: TODO}\n"])
def test_without_an_address_no_link_is_made_up(tmp_path: Path, repository: str) -> None:
    (tmp_path / "_config.yml").write_text(f"title: T\nauthor: N\n{repository}", encoding="utf-8")
    imprint = read_imprint(tmp_path, make_values({}))
    text = colophon(CHAPTER, imprint)
    assert "http" not in text and "](" not in text
    assert "names no repository" in text and "Key: abc123" in text
    assert "url" not in fields(bibtex(CHAPTER, imprint))


def test_every_page_of_the_contents_gets_one(tmp_path: Path) -> None:
    (tmp_path / "_config.yml").write_text("title: T\nauthor: N\n", encoding="utf-8")
    toc = "format: jb-book\nroot: index\nchapters:\n  - file: book/a\n"
    (tmp_path / "_toc.yml").write_text(toc, encoding="utf-8")
    (tmp_path / "book").mkdir()
    for page in ("index", "book/a"):
        (tmp_path / f"{page}.md").write_text(f"# Page {page}\n\nText.\n", encoding="utf-8")
    add_colophons(tmp_path, tmp_path, make_values({}))
    for page in ("index", "book/a"):
        text = (tmp_path / f"{page}.md").read_text(encoding="utf-8")
        assert text.startswith(f"# Page {page}\n\nText.\n")
        assert (
            text.count("How to cite this page") == 1 and f"Page {page}" in text.partition("How")[2]
        )
