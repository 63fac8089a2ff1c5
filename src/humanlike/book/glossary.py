"""Words of the glossary in the pages: the first use in a chapter links to its definition.

A word is found when it stands in a paragraph as it stands in the glossary, or in the plural. A
glossary word with an addition in parentheses, such as *profile (of a word)*, is never found by
itself, because the word alone may mean something else.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform

CHAPTERS = "notebooks/"
_SKIPPED = (
    nodes.reference, nodes.literal, nodes.table, nodes.figure, nodes.title, nodes.footnote,
    nodes.math, nodes.caption, nodes.raw, addnodes.pending_xref,
)  # fmt: skip


@dataclass
class Glossary:
    """The entries of a book's glossary.

    Attributes
    ----------
    entries : dict of str to tuple of (str, str)
        By the address of each word within its page (``term-RDM``): the entry's first word, and its
        definition as plain text.
    addresses : dict of str to str
        Address by word, as it stands in the glossary.
    """

    entries: dict[str, tuple[str, str]] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)

    def entry(self, word: str) -> str:
        """Return the first word of the entry a word belongs to, or nothing."""
        known = {name.lower(): address for name, address in self.addresses.items()}
        return self.entries.get(known.get(word.lower(), ""), ("", ""))[0]

    def pattern(self) -> re.Pattern[str] | None:
        """Return what finds the glossary's words in a text, longer words first."""
        words = sorted((w for w in self.addresses if "(" not in w), key=len, reverse=True)
        if not words:
            return None
        forms = "|".join(f"(?:{_form(word)})" for word in words)
        return re.compile(rf"(?<![\w-])(?P<word>{forms})(?P<plural>e?s)?(?![\w-])")


def _form(word: str) -> str:
    """Return a pattern of one word: capitals count, but any word may begin a sentence."""
    first = f"[{word[0]}{word[0].upper()}]" if word[0].isalpha() else re.escape(word[0])
    rest = re.escape(word[1:]).replace(r"\ ", " ").replace(" ", r"\s+")
    return first + rest.replace("'", "['’]")


def read_glossary(app: Any) -> Glossary:
    """Return the book's glossary; it is read once per process."""
    known: Glossary | None = getattr(app, "humanlike_glossary", None)
    if known is None:
        known = app.humanlike_glossary = Glossary()  # reading its page asks for it again
        terms = app.env.domaindata["std"]["objects"]
        for page in sorted({page for (kind, _), (page, _) in terms.items() if kind == "term"}):
            _read_page(known, app.env.get_and_resolve_doctree(page, app.builder))
    return known


def _read_page(known: Glossary, tree: nodes.document) -> None:
    for item in tree.findall(nodes.definition_list_item):
        words = [w for w in item.findall(nodes.term) if w["ids"]]
        text = " ".join(" ".join(d.astext() for d in item.findall(nodes.definition)).split())
        for word in words:
            known.entries[word["ids"][0]] = (words[0].astext(), text)
            known.addresses[word.astext().replace("’", "'")] = word["ids"][0]


class MarkTerms(SphinxPostTransform):
    """Turn the first use of each entry in a chapter into a link to the glossary."""

    default_priority = 5  # before references are resolved

    def run(self, **options: Any) -> None:
        """Walk through the paragraphs of one page."""
        del options
        if not self.env.docname.startswith(self.config.humanlike_chapters):
            return
        known = read_glossary(self.app)
        pattern = known.pattern()
        if pattern is None:
            return
        links = self.document.findall(addnodes.pending_xref)
        used = {known.entry(link["reftarget"]) for link in links if link["reftype"] == "term"}
        for paragraph in list(self.document.findall(nodes.paragraph)):
            _join_texts(paragraph)
            for text in list(paragraph.findall(nodes.Text)):
                if _is_prose(text):
                    _mark(text, pattern, known, used, self.env.docname)


def _join_texts(paragraph: nodes.paragraph) -> None:
    """Make one text of those that a line's end in the source has separated."""
    for parent in [paragraph, *paragraph.findall(nodes.TextElement)]:
        joined: list[nodes.Node] = []
        for child in parent.children:
            if isinstance(child, nodes.Text) and joined and isinstance(joined[-1], nodes.Text):
                joined[-1] = nodes.Text(joined[-1].astext() + child.astext())
            else:
                joined.append(child)
        if len(joined) < len(parent.children):
            parent.children = []
            parent.extend(joined)


def _is_prose(text: nodes.Text) -> bool:
    node = text.parent
    while node is not None:
        attributes = getattr(node, "attributes", {})
        if isinstance(node, _SKIPPED) or "cell" in attributes.get("classes", []):
            return False
        if "provenance" in attributes.get("ids", []):
            return False
        node = node.parent
    return True


def _mark(
    text: nodes.Text, pattern: re.Pattern[str], known: Glossary, used: set[str], page: str
) -> None:
    """Split a text at the words that are used for the first time."""
    whole, parts, done = text.astext(), [], 0
    for match in pattern.finditer(whole):
        word = re.sub(r"\s+", " ", match["word"]).replace("’", "'")
        entry = known.entry(word)
        if not entry or entry in used:
            continue
        used.add(entry)
        link = addnodes.pending_xref(
            "", nodes.inline("", match[0], classes=["xref", "std", "std-term"]), refdomain="std",
            reftype="term", reftarget=word, refexplicit=True, refwarn=True, refdoc=page,
        )  # fmt: skip
        parts += [nodes.Text(whole[done : match.start()]), link]
        done = match.end()
    if parts:
        text.parent.replace(text, [*parts, nodes.Text(whole[done:])])


def add_definitions(
    app: Any, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Put the definitions a page links to at its end, as data for ``book/assets/glossary.js``."""
    del page, template
    if doctree is None or "body" not in context:
        return
    known = read_glossary(app)
    addresses = (str(link.get("refuri", "")) for link in doctree.findall(nodes.reference))
    marks = (address.partition("#")[2] for address in addresses)
    found = {mark: known.entries[mark] for mark in marks if mark in known.entries}
    if found:
        text = json.dumps(found, ensure_ascii=True, separators=(",", ":"))
        for character in "<>&":
            text = text.replace(character, f"\\u{ord(character):04x}")
        context["body"] += f'<script type="application/json" id="hl-definitions">{text}</script>'
