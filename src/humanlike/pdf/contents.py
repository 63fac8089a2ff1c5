"""What stands where in the book: parts, pages, sections, and the anchors that lead to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from humanlike.readyaml import read_yaml


@dataclass
class Section:
    """A section of a page, with the anchor it has in the joined document."""

    title: str
    anchor: str


@dataclass
class PageEntry:
    """A page of the book, with its sections."""

    page: str
    title: str
    sections: list[Section] = field(default_factory=list)

    @property
    def anchor(self) -> str:
        """Where the page begins in the joined document."""
        return slug(self.page)


@dataclass
class Part:
    """A part of the book; the title is empty where pages stand in none."""

    title: str
    pages: list[PageEntry] = field(default_factory=list)


def slug(page: str) -> str:
    """Return a page's name in anchors: ``notebooks/rsa`` becomes ``notebooks-rsa``."""
    return page.replace("/", "-")


def anchor_of(page: str, target: str) -> str:
    """Return the anchor in the joined document of an element that a page holds."""
    return f"{slug(page)}--{target}" if target else slug(page)


def read_parts(root: Path) -> list[tuple[str, list[str]]]:
    """Return title and pages of each part of ``_toc.yml``; the root page is a part of its own."""
    toc = read_yaml(root / "_toc.yml")
    parts = [("", [str(toc["root"])])]
    for part in toc.get("parts") or []:
        parts.append((str(part.get("caption") or ""), _pages(part)))
    loose = _pages({k: toc[k] for k in ("chapters", "sections") if k in toc})
    return parts + ([("", loose)] if loose else [])


def _pages(node: Any) -> list[str]:
    found = []
    for name in ("chapters", "sections"):
        for entry in node.get(name) or []:
            found += [str(entry["file"])] if "file" in entry else []
            found += _pages(entry)
    return found
