"""The PDF edition of the demonstration: opens, complete, linked, nothing wider than its page."""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from humanlike.doctor.access import find_browser
from humanlike.errors import HumanlikeError
from humanlike.pdf.chromium import print_page
from humanlike.pdf.finish import finish, page_numbers
from humanlike.pdf.joined import Document, Title, join
from humanlike.pdf.make import print_document

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]
TITLE = Title('A "small" book </style>', "Nobody", "9.8.7", "2026-01-02T03:04:05", ("A note.",))


@pytest.fixture(scope="module")
def document(demo: Path) -> Document:
    return join(demo.parent / "stage", demo, "../html", TITLE)


@pytest.fixture(scope="module")
def printed(demo: Path, document: Document) -> tuple[Path, list[str]]:
    if find_browser() is None:
        pytest.skip("no Chromium")
    folder = demo.parent / "print"
    folder.mkdir()
    overfull = print_document(document, folder)
    finish(folder / "printed.pdf", folder / "book.pdf", TITLE, document.parts)
    return folder / "book.pdf", overfull


@pytest.fixture(scope="module")
def reader(printed: tuple[Path, list[str]]) -> Any:
    return pytest.importorskip("pypdf").PdfReader(printed[0])


@pytest.fixture(scope="module")
def text(reader: Any) -> str:
    return "\n".join(page.extract_text() for page in reader.pages)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def figures(file: Path) -> list[str]:
    soup = BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser")
    for link in soup.select("a.headerlink"):
        link.decompose()
    return [f.get_text() for f in soup.select("figure figcaption")]


def tagged(reader: Any, kind: str) -> int:
    """Count the elements of a kind in the tree that a tagged document has."""
    count, waiting, seen = 0, [reader.trailer["/Root"]["/StructTreeRoot"]], set()
    while waiting:
        node = waiting.pop().get_object()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict) and id(node) not in seen:
            seen.add(id(node))
            count += node.get("/S") == kind
            waiting += [node["/K"]] if "/K" in node else []
    return count


def test_it_says_what_it_is(reader: Any, text: str) -> None:
    assert reader.metadata.title == TITLE.title
    assert reader.metadata.author == "Nobody"
    assert "20260102" in reader.metadata["/CreationDate"]
    first = squeezed(reader.pages[0].extract_text())
    for words in (TITLE.title, "Nobody", "9.8.7", "A note."):
        assert squeezed(words) in first
    assert squeezed(f"{TITLE.title} · version 9.8.7") in squeezed(text)


def test_contents_and_outline_lead_to_the_pages_they_name(reader: Any, document: Document) -> None:
    titles = {item.title: reader.get_destination_page_number(item) + 1
              for item in flat(reader.outline)}  # fmt: skip
    assert {"Demonstration", "Tables", "Figures", "Other"} <= set(titles)
    contents = squeezed(reader.pages[1].extract_text())
    for title, number in titles.items():
        assert squeezed(f"{title}{number}") in contents
        assert squeezed(title) in squeezed(reader.pages[number - 1].extract_text())


def flat(outline: list[Any]) -> list[Any]:
    return [one for item in outline for one in (flat(item) if isinstance(item, list) else [item])]


def test_every_figure_is_there_with_its_caption(reader: Any, text: str, demo: Path) -> None:
    captions = figures(demo / "index.html")
    assert captions
    for caption in captions:
        assert squeezed(caption) in squeezed(text)
    assert tagged(reader, "/Figure") >= len(captions)


def test_nothing_is_wider_than_its_page_and_a_wide_table_is_whole(
    printed: tuple[Path, list[str]], text: str
) -> None:
    assert printed[1] == []
    words = Counter(re.findall(r"\b99\b", text))
    assert words["99"] >= 12  # the last row of the table with twelve columns


def test_what_cannot_be_made_to_fit_is_reported(document: Document, demo: Path) -> None:
    page = '<section><p style="width:400mm">too wide</p></section>'
    wide = Document(TITLE, [], document.head, {"odd": page})
    source = demo.parent / "print" / "wide.html"
    wide.write(source, {})
    overfull = print_page(source, source.with_suffix(".pdf"))
    assert any("p in in-odd" in one and "too wide" in one for one in overfull), overfull


def test_mathematics_is_set_folds_are_open_and_code_is_gone(text: str) -> None:
    assert "operatorname" not in text
    assert "\\frac" not in text
    assert "Hidden until asked for." in text
    assert "draw()" not in text
    assert "Show code cell source" not in text


def test_code_is_there_when_asked_for(demo: Path) -> None:
    whole = join(demo.parent / "stage", demo, "../html", TITLE, code=True)
    assert "draw" in BeautifulSoup(whole.pages["index"], "html.parser").get_text()


def test_links_stay_inside_or_lead_to_the_web(reader: Any) -> None:
    inside, outside = 0, []
    known = set(reader.named_destinations)
    for page in reader.pages:
        for annotation in page.get("/Annots", []):
            link = annotation.get_object()
            if "/Dest" in link:
                inside += 1
                assert link["/Dest"] in known
            elif "/A" in link:
                outside.append(str(link["/A"].get("/URI", "")))
    assert inside >= 6
    assert [a for a in outside if not a.startswith(("https://", "http://", "mailto:"))] == []


def test_no_page_is_empty(reader: Any) -> None:
    bare = [n for n, p in enumerate(reader.pages, 1) if len(p.extract_text().strip()) < 60]
    assert [n for n in bare if not reader.pages[n - 1].images] == []


def test_printing_again_gives_the_same_pages_outline_and_dates(
    reader: Any, document: Document, demo: Path
) -> None:
    """Not always the same bytes: Chromium orders objects as they become ready."""
    folder = demo.parent / "print"
    source, again = folder / "book.html", folder / "again.pdf"
    assert page_numbers(folder / "printed.pdf")
    print_page(source, folder / "second.pdf")
    finish(folder / "second.pdf", again, TITLE, document.parts)
    second = pytest.importorskip("pypdf").PdfReader(again)
    assert second.metadata == reader.metadata
    assert [i.title for i in flat(second.outline)] == [i.title for i in flat(reader.outline)]
    first_text = [page.extract_text() for page in reader.pages]
    assert [page.extract_text() for page in second.pages] == first_text


def test_without_chromium_it_says_what_to_install(
    document: Document, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUMANLIKE_CHROMIUM", str(tmp_path / "none"))
    with pytest.raises(HumanlikeError, match="apt-get install chromium"):
        print_page(tmp_path / "book.html", tmp_path / "book.pdf")


def test_a_chromium_that_fails_is_named_with_what_it_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\necho no display >&2\nexit 3\n", encoding="utf-8")
    broken.chmod(0o755)
    monkeypatch.setenv("HUMANLIKE_CHROMIUM", str(broken))
    with pytest.raises(HumanlikeError, match=r"(?s)exit status 3.*no display"):
        print_page(tmp_path / "book.html", tmp_path / "book.pdf")


@pytest.mark.slow
def test_the_whole_book_is_printed_with_every_figure_and_nothing_wider_than_its_page(
    book: Path, tmp_path: Path
) -> None:
    if find_browser() is None:
        pytest.skip("no Chromium")
    whole = join(ROOT, book, os.path.relpath(book, tmp_path), TITLE)
    whole.write(tmp_path / "book.html", {})
    overfull = print_page(tmp_path / "book.html", tmp_path / "book.pdf")
    assert overfull == []
    pytest.importorskip("pypdf")
    pages = [entry.page for part in whole.parts for entry in part.pages]
    text = "".join((book / f"{page}.html").read_text(encoding="utf-8") for page in pages)
    shown = len(re.findall("<figure", text))
    assert shown > 50
    raw = (tmp_path / "book.pdf").read_bytes()
    others = len(re.findall('class="hl-picture"', text)) + len(re.findall('role="img"', text))
    found = len(re.findall(rb"/S\s*/Figure\b", raw))
    assert found == 2 * shown + others  # each figure and its image; pictures on the first page
    anchors = {s.anchor for part in whole.parts for entry in part.pages for s in entry.sections}
    assert anchors <= set(page_numbers(tmp_path / "book.pdf"))
