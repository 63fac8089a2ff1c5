"""A small Sphinx extension: no page asks another host for anything; slips mended; words defined."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from humanlike.book.glossary import CHAPTERS, MarkTerms, add_definitions

_ICONS = re.compile(r'[ \t]*<script src="[^"]*scripts/fontawesome\.js[^"]*"></script>\n?')

_PER_CENT = re.compile(r"(?<=\d)\s%(?!\w)")
_UNFOLD = '<summary><span class="toctree-toggle"'
_UNFOLD_NAMED = '<summary aria-label="Pages below"><span class="toctree-toggle"'


def setup(app: Any) -> dict[str, bool]:
    """Register with Sphinx.

    ``humanlike_chapters`` is how addresses of pages begin in which words are marked;
    ``humanlike_elsewhere`` says in words what a page refers to that these pages do not have.
    """
    app.add_config_value("humanlike_chapters", CHAPTERS, "env")
    app.add_config_value("humanlike_elsewhere", {}, "env")
    app.connect("missing-reference", _name_elsewhere)
    app.connect("doctree-read", _fix_addresses)
    app.connect("doctree-read", _keep_units)
    app.connect("html-page-context", _drop_thebe, priority=900)
    app.connect("html-page-context", _fix_roles)
    app.connect("html-page-context", _follow_system, priority=900)
    app.add_post_transform(MarkTerms)
    app.connect("html-page-context", add_definitions)
    app.connect("build-finished", _lighten)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _fix_addresses(app: Any, doctree: Any) -> None:
    """Undo MyST's escaping of addresses, which Sphinx escapes when it writes them."""
    from docutils import nodes

    del app
    for link in doctree.findall(nodes.reference):
        if "refuri" in link:
            link["refuri"] = link["refuri"].replace("&amp;", "&")


def _keep_units(app: Any, doctree: Any) -> None:
    """Keep a number and its per cent sign on one line."""
    from docutils import nodes

    del app
    for text in list(doctree.findall(nodes.Text)):
        whole = text.astext()
        kept = _PER_CENT.sub("\u00a0%", whole)
        literal = (nodes.literal, nodes.literal_block, nodes.math, nodes.math_block, nodes.raw)
        if kept != whole and not isinstance(text.parent, literal):
            text.parent.replace(text, nodes.Text(kept))


def _name_elsewhere(app: Any, env: Any, link: Any, words: Any) -> Any:
    """Put words in place of a link to what only the book has."""
    from docutils import nodes

    del env
    target = link.get("reftarget", "").rpartition("/")[2]
    known = app.config.humanlike_elsewhere.get(target)
    if link.get("reftype") not in ("doc", "ref", "numref") or known is None:
        return None
    return nodes.inline("", words.astext() if link.get("refexplicit") else known)


def _drop_thebe(app: Any, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Take out the live-code script, which stands on every page and points to another host."""
    del app, page, template, doctree
    scripts = context.get("script_files", [])
    context["script_files"] = [s for s in scripts if "thebe" not in _address(s)]


def _fix_roles(app: Any, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Take away a list role without list items, and a name that every exercise has."""
    del app, page, template, doctree
    if "body" in context:
        context["body"] = (
            context["body"]
            .replace('<div role="list" class="citation-list">', '<div class="citation-list">')
            .replace('<section id="exercise-content">', "<section>")
        )


def _follow_system(
    app: Any, page: str, template: str, context: dict[str, Any], doctree: Any
) -> None:
    """Name the mode of a first visit; the theme reports an error where none is named."""
    del app, page, template, doctree
    context["default_mode"] = context.get("default_mode") or "auto"


def _lighten(app: Any, exception: Exception | None) -> None:
    """Take out the script that draws icons, 1.5 MB a page; name what unfolds the contents.

    The same icons come as a font.
    """
    if exception is not None or app.builder.format != "html":
        return
    for page in Path(app.outdir).rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        lighter = _ICONS.sub("", text).replace(_UNFOLD, _UNFOLD_NAMED)
        if lighter != text:
            page.write_text(lighter, encoding="utf-8")


def _address(script: Any) -> str:
    return f"{getattr(script, 'filename', script)} {getattr(script, 'attributes', '')}"
