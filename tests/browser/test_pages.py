"""Every page: clean, self-contained, readable on a phone, accessible."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from humanlike.book.chapters import toc_files

from .conftest import serious

ROOT = Path(__file__).resolve().parents[2]
PAGES = [f"{page}.html" for page in toc_files(ROOT)]
CHAPTERS = [page for page in PAGES if page.startswith("notebooks/")]

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module", params=PAGES)
def seen(request, visit_once):
    """Each page in turn, opened once for all tests that need nothing of their own."""
    return visit_once(request.param)


def test_a_page_opens_from_disk_without_a_problem_and_asks_no_other_host(seen):
    assert seen.problems == []
    assert seen.foreign == []


def test_a_page_fits_a_phone_and_what_scrolls_is_reached_by_keyboard(seen):
    seen.page.set_viewport_size({"width": 390, "height": 844})
    # the theme looks for what scrolls 300 ms after a change of size
    seen.page.wait_for_timeout(400)
    over = seen.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    found = serious(seen.page, ["scrollable-region-focusable"])
    seen.page.set_viewport_size({"width": 1280, "height": 900})
    assert over <= 0
    assert found == []


def test_a_page_has_no_serious_accessibility_finding_in_either_theme(seen):
    assert serious(seen.page) == []
    seen.page.emulate_media(color_scheme="dark")
    seen.page.wait_for_function("document.documentElement.dataset.theme === 'dark'")
    found = serious(seen.page, ["color-contrast"])
    seen.page.emulate_media(color_scheme="light")
    assert found == []


HEAVIEST = 5_000_000  # bytes


def test_a_page_with_all_it_loads_is_below_five_megabytes(seen):
    """The page and every file the browser asked for, as large as they are on disk."""
    files = {Path(unquote(urlsplit(address).path)) for address in seen.loaded}
    assert len(files) > 5
    sizes = {file.name: file.stat().st_size for file in files}
    assert sum(sizes.values()) < HEAVIEST, sorted(sizes.items(), key=lambda one: -one[1])[:5]


class Sources(HTMLParser):
    """Collect addresses a browser loads by itself, and the images' alternative texts."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.alts: list[str | None] = []

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag in ("script", "img", "iframe", "source"):
            self.loaded.append(values.get("src") or "")
        if tag == "link" and values.get("rel") in (
            "stylesheet",
            "preload",
            "icon",
            "modulepreload",
        ):
            self.loaded.append(values.get("href") or "")
        if tag == "img":
            self.alts.append(values.get("alt"))


@pytest.mark.parametrize("page", PAGES)
def test_no_script_style_or_image_has_a_remote_address(book, page):
    sources = Sources()
    sources.feed((book / page).read_text(encoding="utf-8"))
    assert [s for s in sources.loaded if re.match(r"(https?:)?//", s)] == []


@pytest.mark.parametrize("page", CHAPTERS)
def test_every_figure_has_a_number_a_caption_and_words_as_alternative(book, page):
    text = (book / page).read_text(encoding="utf-8")
    sources = Sources()
    sources.feed(text)
    figures = re.findall(r"<figure.*?</figure>", text, re.DOTALL)
    assert figures, "a chapter shows something"
    for figure in figures:
        assert 'class="caption-number"' in figure
        caption = figure.partition('class="caption-text">')[2]
        assert len(re.sub(r"<[^>]*>", "", caption).strip()) >= 20
    logo = [alt for alt in sources.alts if alt and alt.endswith("Home")]
    for alt in sources.alts:
        if alt in logo or alt == "Logo image":
            continue
        assert alt, "an image without alternative text"
        assert not re.search(r"\.(png|svg|jpe?g)$", alt), f"a file name is no description: {alt}"


@pytest.mark.parametrize("page", CHAPTERS)
def test_what_a_chapter_links_to_exists_in_the_repository(book, page):
    text = (book / page).read_text(encoding="utf-8")
    launch = re.findall(r'href="https://mybinder\.org/[^"]*urlpath=([^"]+)"', text)
    assert launch
    for target in launch:
        path = re.sub(r"^lab/tree/", "", target.replace("%2F", "/"))
        assert (ROOT / path.partition("?")[0]).is_file(), path
    sources = re.findall(r'href="(?:\.\./)*(_sources/[^"]+\.ipynb)"', text)
    assert sources, "no notebook to download"
    for source in sources:
        assert (book / source).is_file()


def test_every_link_of_the_ledger_leads_to_something(visit, book):
    seen = visit("book/ledger.html")
    links = seen.page.eval_on_selector_all(
        "table.hl-ledger td a", "links => links.map(link => link.getAttribute('href'))"
    )
    assert links
    for link in set(links):
        file, _, anchor = link.partition("#")
        target = (book / "book" / file).resolve() if file else book / "book" / "ledger.html"
        assert target.is_file(), link
        if anchor:
            assert f'id="{anchor}"' in target.read_text(encoding="utf-8"), link


@pytest.mark.parametrize("page", PAGES)
def test_a_link_into_the_repository_names_a_file_that_is_there(book, page):
    text = (book / page).read_text(encoding="utf-8")
    home = r'href="https://github\.com/[\w.-]+/[\w.-]+'
    assert re.search(home, text), "no way from the page to the repository"
    for path in re.findall(home + r'/(?:blob|tree|edit|raw)/main/([^"#?]+)', text):
        assert (ROOT / path).exists(), path
