"""The document that is printed: title page, contents, all pages, in one HTML file."""

from __future__ import annotations

import html
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from humanlike.pdf.contents import PageEntry, Part, read_parts, slug
from humanlike.pdf.pages import for_paper, read_page

if TYPE_CHECKING:
    from bs4 import BeautifulSoup


@dataclass(frozen=True)
class Title:
    """What the title page and the foot of every page say.

    Attributes
    ----------
    title, author : str
        Of the book.
    version, date : str
        Of the package, and of the newest execution.
    lines : tuple of str
        Further lines of the title page.
    """

    title: str
    author: str
    version: str
    date: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Document:
    """Everything but the page numbers of the contents."""

    title: Title
    parts: list[Part]
    head: str
    pages: dict[str, str]

    def write(self, file: Path, numbers: dict[str, int]) -> None:
        """Write the document; ``numbers`` gives the page on which each anchor stands."""
        body = [_title_page(self.title), _contents(self.parts, numbers)]
        body += [f'<div class="hl-page" id="in-{slug(p)}">{t}</div>' for p, t in self.pages.items()]
        rules = _page_rules(self.title, self.parts)
        text = (
            f'<!doctype html>\n<html lang="en" data-theme="light" data-mode="light"><head>'
            f'<meta charset="utf-8"><title>{html.escape(self.title.title)}</title>{self.head}'
            f"<style>{rules}</style>"
            f'</head><body class="bd-article">{"".join(body)}</body></html>\n'
        )
        file.write_text(text, encoding="utf-8")


def join(root: Path, pages: Path, up: str, title: Title, *, code: bool = False) -> Document:
    """Join the rendered pages of a book.

    Parameters
    ----------
    root : Path
        The project, whose ``_toc.yml`` gives parts and order.
    pages : Path
        Folder of the rendered pages.
    up : str
        Way to that folder from where the document will lie.
    title : Title
        Words for the title page and the foot of the pages.
    code : bool
        Whether folded code is shown.

    Raises
    ------
    HumanlikeError
        If a page is missing.
    """
    listed = read_parts(root)
    names = {page for _, inside in listed for page in inside}
    parts, texts, head = [], {}, ""
    for caption, inside in listed:
        part = Part(caption)
        for page in inside:
            soup = read_page(pages / f"{page}.html")
            head = head or _head(soup, up)
            entry, text = for_paper(soup, page, names, up, code)
            part.pages.append(entry)
            texts[page] = str(text)
        parts.append(part)
    return Document(title, parts, head + _mathematics(pages, up), texts)


def _head(soup: BeautifulSoup, up: str) -> str:
    """Return the style sheets of the first page, which lies at the top, and those for paper."""
    sheets = [str(s["href"]).partition("?")[0] for s in soup.select("link[rel=stylesheet]")]
    sheets.append("_static/paper.css")
    links = [f'<link rel="stylesheet" href="{up}/{html.escape(sheet)}">' for sheet in sheets]
    return "".join([*links, f'<script src="{up}/_static/paper.js"></script>'])


def _mathematics(pages: Path, up: str) -> str:
    """Return the script that sets mathematics, from the book's own files."""
    found = sorted((pages / "_static" / "mathjax").glob("tex-*.js"))
    if not found:
        return ""
    settings = '{"options":{"processHtmlClass":"math"}}'
    return (
        f"<script>window.MathJax={settings}</script>"
        f'<script defer src="{up}/_static/mathjax/{found[0].name}"></script>'
    )


def _title_page(title: Title) -> str:
    lines = "".join(f"<p>{html.escape(line)}</p>" for line in title.lines)
    return (
        f'<header class="hl-title"><p class="hl-book">{html.escape(title.title)}</p>'
        f"<p>{html.escape(title.author)}</p>"
        f"<p>Version {html.escape(title.version)}, {html.escape(title.date)}</p>"
        f'<div class="hl-about">{lines}</div></header>'
    )


def _contents(parts: list[Part], numbers: dict[str, int]) -> str:
    rows = []
    for part in parts:
        rows += [f"<h2>{html.escape(part.title)}</h2>"] if part.title else []
        for entry in part.pages:
            rows.append(_row("hl-entry", entry.anchor, entry.title, numbers))
            rows += [_row("hl-section", s.anchor, s.title, numbers) for s in entry.sections]
    return f'<nav class="hl-contents"><h1 id="contents">Contents</h1>{"".join(rows)}</nav>'


def _row(kind: str, anchor: str, title: str, numbers: dict[str, int]) -> str:
    number = numbers.get(anchor, "")
    return (
        f'<p class="{kind}"><a href="#{html.escape(anchor)}"><span>{html.escape(title)}</span>'
        f'<span class="hl-dots"></span><span class="hl-at">{number}</span></a></p>'
    )


def _page_rules(title: Title, parts: list[Part]) -> str:
    """Return a named page for each page of the book, so that its head can name it."""
    foot = f"{title.title} · version {title.version} · {title.date}"
    rules = [f"@page {{ @bottom-left {{ content: {_quoted(foot)} }} }}"]
    for part in parts:
        for entry in part.pages:
            rules += _named(entry, part.title)
    return "\n".join(rules)


def _named(entry: PageEntry, part: str) -> list[str]:
    name = f"at-{entry.anchor}"
    left, right = _quoted(part), _quoted(entry.title)
    margins = f"@top-left {{ content: {left} }} @top-right {{ content: {right} }}"
    return [
        f"@page {name} {{ {margins} }}",
        f"@page {name}-wide {{ size: A4 landscape; {margins} }}",
        f"#in-{entry.anchor} {{ page: {name} }}",
        f"#in-{entry.anchor} .hl-wide {{ page: {name}-wide }}",
    ]


def _quoted(text: str) -> str:
    """Write a text as a string of a style sheet; nothing in it can end string or sheet."""
    safe = "".join(c if c.isalnum() or c in " .,-·:" else f"\\{ord(c):x} " for c in text)
    return f'"{safe}"'
