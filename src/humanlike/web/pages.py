"""The pages of the local application; every text that comes from elsewhere is escaped."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

from humanlike.book.chapters import Chapter
from humanlike.book.form import form

STYLES = ("app.css", "book.css", "form.css")
SCRIPTS = ("parts.js", "form.js", "app.js")


def shell(
    title: str,
    body: str,
    token: str,
    *,
    styles: Sequence[str] = STYLES,
    scripts: Sequence[str] = SCRIPTS,
) -> str:
    """Return a whole page.

    Parameters
    ----------
    title : str
        Plain text.
    body : str
        Markup.
    token : str
        What the page's scripts must send back when they write.
    styles, scripts : sequence of str
        Files under ``/assets/``.
    """
    links = "".join(f'<link rel="stylesheet" href="/assets/{name}">' for name in styles)
    tags = "".join(f'<script defer src="/assets/{name}"></script>' for name in scripts)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="humanlike-token" content="{html.escape(token)}">'
        f"<title>{html.escape(title)}</title>"
        f'<link rel="icon" href="/assets/logo.svg">{links}{tags}</head>'
        f"<body>{body}</body></html>"
    )


def overview(chapters: Iterable[Chapter], book: bool, token: str) -> str:
    """The first page: chapters to run, and the jobs."""
    rows = "".join(
        f'<li><a href="/chapters/{html.escape(c.name)}">{html.escape(c.title)}</a> '
        f"<code>{html.escape(c.name)}</code></li>"
        for c in chapters
    )
    read = '<p><a href="/book/index.html">Read the book</a></p>' if book else ""
    body = (
        '<main class="hl-app"><h1>Run a chapter</h1>'
        f"<p>Choose a chapter, change its parameters, watch it run.</p>{read}"
        f'<h2>Chapters</h2><ul class="hl-app-chapters">{rows}</ul>'
        '<h2 id="jobs-heading">Runs asked for</h2>'
        '<div id="hl-jobs" aria-live="polite">None yet.</div></main>'
    )
    return shell("Run a chapter", body, token)


def chapter_page(chapter: Chapter, has_parameters: bool, book: bool, token: str) -> str:
    """The form of one chapter."""
    title = html.escape(chapter.title)
    read = (
        f' · <a href="/book/{html.escape(chapter.docname)}.html">Read this chapter</a>'
        if book
        else ""
    )
    note = "" if has_parameters else "<p>This chapter has no parameters.</p>"
    body = (
        f'<main class="hl-app"><p><a href="/">All chapters</a>{read}</p><h1>{title}</h1>'
        f"{note}{form(chapter)}</main>"
    )
    return shell(chapter.title, body, token)


def job_page(title: str, name: str, token: str) -> str:
    """The page that shows how far a job is."""
    body = (
        '<main class="hl-app"><p><a href="/">All chapters and runs</a></p>'
        f"<h1>{html.escape(title)}</h1>"
        f'<div id="hl-job" data-job="{html.escape(name)}"><p>…</p></div>'
        "<noscript>This page needs scripts to show how far the run is.</noscript></main>"
    )
    return shell(title, body, token)
