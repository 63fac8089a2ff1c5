"""Check every address in the rendered pages: links, anchors, images, scripts, downloads."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from humanlike.errors import HumanlikeError

_LOADS = {
    "img": ("src", "srcset"), "script": ("src",), "iframe": ("src",), "source": ("src", "srcset"),
    "video": ("src", "poster"), "audio": ("src",), "object": ("data",), "embed": ("src",),
    "track": ("src",), "image": ("href", "xlink:href"), "use": ("href", "xlink:href"),
}  # fmt: skip
_NAMED = ("for", "aria-labelledby", "aria-describedby", "aria-controls")
_STYLE_URL = re.compile(r"url\(\s*['\"]?([^'\")]+)")
_IGNORED = ("mailto", "tel", "javascript", "data", "blob")


@dataclass(frozen=True)
class Use:
    """One address on one page.

    Attributes
    ----------
    page : str
        The page, from the top of the book.
    kind : str
        ``link``, ``load`` (fetched by the browser itself) or ``name`` (an element referred to).
    address : str
        As written.
    line : int
        Line of the page.
    """

    page: str
    kind: str
    address: str
    line: int


@dataclass(frozen=True)
class Broken:
    """An address that leads nowhere, and why."""

    use: Use
    why: str

    def __str__(self) -> str:
        return f"{self.use.page}:{self.use.line}: {self.use.address}: {self.why}"


@dataclass
class Links:
    """What the check of a book found.

    Attributes
    ----------
    pages, checked : int
        Pages read and addresses inside the book that were followed.
    broken : list of Broken
        Those that lead nowhere.
    external : dict of str to list of str
        Addresses of other hosts without their anchors, each with the pages that link to it.
    """

    pages: int = 0
    checked: int = 0
    broken: list[Broken] = field(default_factory=list)
    external: dict[str, list[str]] = field(default_factory=dict)


class Reader(HTMLParser):
    """Collect the addresses and the anchors of one page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page = page
        self.uses: list[Use] = []
        self.anchors: set[str] = set()
        self.repeated: list[Use] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what an element is called and what it refers to."""
        given = {name: value or "" for name, value in attrs}
        if given.get("id"):
            self._define(given["id"])
        if tag == "a" and given.get("name"):
            self.anchors.add(given["name"])
        if tag in ("a", "area") and "href" in given:
            self._use("link", given["href"])
        if tag == "link" and "href" in given and "canonical" not in given.get("rel", ""):
            self._use("load", given["href"])
        for name in _LOADS.get(tag, ()):
            for address in _addresses(name, given.get(name, "")):
                self._use("load", address)
        for name in _NAMED:
            for word in given.get(name, "").split():
                self._use("name", f"#{word}")
        for address in _STYLE_URL.findall(given.get("style", "")):
            self._use("load", address)

    def _define(self, name: str) -> None:
        if name in self.anchors:
            self.repeated.append(Use(self.page, "name", f"#{name}", self.getpos()[0]))
        self.anchors.add(name)

    def _use(self, kind: str, address: str) -> None:
        self.uses.append(Use(self.page, kind, address.strip(), self.getpos()[0]))


def _addresses(name: str, value: str) -> list[str]:
    if name == "srcset":
        return [part.split()[0] for part in value.split(",") if part.strip()]
    return [value] if value else []


def check_links(html: Path) -> Links:
    """Follow every address of a rendered book that stays inside it; list those that leave it.

    Parameters
    ----------
    html : Path
        Folder of the rendered pages.

    Returns
    -------
    Links
        With ``broken`` empty when everything leads somewhere.

    Raises
    ------
    HumanlikeError
        If the folder holds no pages.
    """
    files = sorted(html.rglob("*.html"))
    pages = {str(f.relative_to(html).as_posix()): f for f in files if "_static" not in f.parts}
    if "index.html" not in pages:
        raise HumanlikeError(f"There is no book in {html}. Build it first: humanlike build")
    readers = {name: _read(name, file) for name, file in pages.items()}
    found = Links(pages=len(pages))
    for reader in readers.values():
        for use in reader.repeated:
            found.broken.append(Broken(use, "two elements of the page have this name"))
        for use in reader.uses:
            _follow(use, html, readers, found)
    for use in _style_sheets(html):
        _follow(use, html, readers, found)
    found.external = {a: sorted(set(p)) for a, p in sorted(found.external.items())}
    return found


def _read(name: str, file: Path) -> Reader:
    reader = Reader(name)
    reader.feed(file.read_text(encoding="utf-8"))
    reader.close()
    return reader


def _style_sheets(html: Path) -> Iterator[Use]:
    for sheet in sorted(html.rglob("*.css")):
        name = sheet.relative_to(html).as_posix()
        lines = sheet.read_text(encoding="utf-8", errors="replace").splitlines()
        for number, line in enumerate(lines, start=1):
            yield from (Use(name, "load", a.strip(), number) for a in _STYLE_URL.findall(line))


def _follow(use: Use, html: Path, readers: dict[str, Reader], found: Links) -> None:
    try:
        address = urlsplit(use.address)
    except ValueError as problem:
        found.broken.append(Broken(use, f"is no address ({problem})"))
        return
    if address.scheme in _IGNORED:
        return
    if address.scheme in ("http", "https") or address.netloc:
        _leaves(use, found)
        return
    found.checked += 1
    why = _inside(use, html, readers)
    if why:
        found.broken.append(Broken(use, why))


def _leaves(use: Use, found: Links) -> None:
    if use.kind == "load":
        found.broken.append(Broken(use, "is loaded from another host; a page must need none"))
        return
    whole = use.address if urlsplit(use.address).scheme else f"https:{use.address}"
    found.external.setdefault(whole.partition("#")[0], []).append(use.page)


def _inside(use: Use, html: Path, readers: dict[str, Reader]) -> str:
    """Say why an address inside the book leads nowhere; nothing if it leads somewhere."""
    address = urlsplit(use.address)
    if address.scheme:
        return f"the scheme '{address.scheme}:' works on nobody else's machine"
    target = use.page
    if address.path:
        if address.path.startswith("/"):
            return "begins at the top of a server; the book also opens from disk"
        joined = posixpath.join(posixpath.dirname(use.page), unquote(address.path))
        target = posixpath.normpath(joined)
        if target.startswith(".."):
            return "leaves the folder of the book"
        if not (html / target).is_file():
            return "there is no such file"
    anchor = unquote(address.fragment)
    if not anchor or anchor == "top" or target not in readers:
        return ""
    known = readers[target].anchors
    return "" if anchor in known else f"{target} has no element of this name"
