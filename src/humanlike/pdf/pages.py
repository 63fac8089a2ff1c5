"""One rendered page made ready for paper: nothing to click, anchors of its own, links inside."""

from __future__ import annotations

import posixpath
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from humanlike.errors import HumanlikeError
from humanlike.pdf.contents import PageEntry, Section, anchor_of

if TYPE_CHECKING:
    from bs4 import BeautifulSoup
    from bs4.element import Tag

_GONE = (
    "script", "noscript", "button", "input", "select", "textarea", "form", "template",
    "a.headerlink", ".hl-tools", ".hl-widget-tools", ".d-print-none", ".hl-screen",
)  # fmt: skip
_NAMES = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "headers")


def read_page(file: Path) -> BeautifulSoup:
    """Read a rendered page.

    Raises
    ------
    HumanlikeError
        If it does not exist.
    """
    from bs4 import BeautifulSoup

    if not file.is_file():
        raise HumanlikeError(f"The page {file.name} is missing. Build the book: humanlike build")
    return BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser")


def for_paper(
    soup: BeautifulSoup, page: str, pages: set[str], up: str, code: bool
) -> tuple[PageEntry, Tag]:
    """Take a page's text out of its frame and make it ready for paper.

    Parameters
    ----------
    soup : BeautifulSoup
        The rendered page; it is taken apart.
    page : str
        Its name, such as ``notebooks/rsa``.
    pages : set of str
        All pages of the book; links to them become links inside the document.
    up : str
        Way from the joined document to the folder of the pages, such as ``../html``.
    code : bool
        Whether folded code is shown; otherwise it is left out.

    Returns
    -------
    entry : PageEntry
        Title and sections.
    text : Tag
        A ``section`` that holds the page.
    """
    article = soup.select_one("article.bd-article") or soup.body or soup
    for selector in _GONE:
        for node in article.select(selector):
            node.decompose()
    _unfold(article, code)
    _rename(article, page)
    for node in article.select("a[href]"):
        _link(node, page, pages)
    for node in article.select("img[src]"):
        if not urlsplit(str(node["src"])).scheme:
            node["src"] = posixpath.join(up, _inside(page, str(node["src"])))
        node.attrs.pop("loading", None)
    article.name = "section"
    article["id"] = anchor_of(page, "")
    return _entry(article, page), article


def _unfold(article: Tag, code: bool) -> None:
    """Open what is folded; folded code goes unless it is wanted."""
    if not code:
        for source in article.select("details.hide div.cell_input"):
            source.decompose()
    for fold in article.select("details"):
        if fold.select_one(":scope > :not(summary)"):
            fold["open"] = ""
        else:
            fold.decompose()
    for cell in article.select("div.cell"):  # an empty one parts a heading from its figure
        if not cell.get_text(strip=True) and cell.select_one("img, svg, math") is None:
            cell.decompose()
    for label in article.select("label.sd-tab-label"):
        label.name = "p"
    for label in article.select("label"):
        label.decompose()


def _rename(article: Tag, page: str) -> None:
    """Give every name that the page defines or refers to the page's own prefix."""
    for node in article.select("[id]"):
        if node.find_parent("svg") is None and node.name != "svg":
            node["id"] = anchor_of(page, str(node["id"]))
    for name in _NAMES:
        for node in article.select(f"[{name}]"):
            text = node[name] if isinstance(node[name], str) else " ".join(node[name])
            node[name] = " ".join(anchor_of(page, word) for word in str(text).split())


def _inside(page: str, address: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(address)))


def _link(node: Tag, page: str, pages: set[str]) -> None:
    """Lead a link to another page into the document; one to a file beside the pages is text."""
    address = urlsplit(str(node["href"]))
    if address.scheme in ("http", "https", "mailto"):
        return
    target = page
    if address.path:
        target = _inside(page, address.path).removesuffix(".html")
    if address.scheme or target not in pages:
        node.name = "span"
        del node["href"]
        return
    node["href"] = f"#{anchor_of(target, unquote(address.fragment))}"


def _entry(article: Tag, page: str) -> PageEntry:
    heading = article.find("h1")
    entry = PageEntry(page, heading.get_text(" ", strip=True) if heading else page)
    for title in article.find_all("h2"):
        holder = title.find_parent(attrs={"id": True})
        if holder is not None and holder is not article:
            entry.sections.append(Section(title.get_text(" ", strip=True), str(holder["id"])))
    return entry
