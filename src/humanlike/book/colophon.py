"""The end of every page: how to cite it, and where to report a problem with it.

The page of a run says besides how it came about, and how to make it again. Title, author and
address come from ``_config.yml``. Without an address the page says so and shows what a report
should hold, instead of a link that leads nowhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from humanlike.book.chapters import toc_files
from humanlike.book.execute import Execution
from humanlike.book.markdown import code, escape
from humanlike.book.values import Values
from humanlike.readyaml import read_yaml
from humanlike.revision import Revision

TITLE = re.compile(r"^# +(.+?)\s*$", re.MULTILINE)
_TEX = str.maketrans(
    {c: f"\\{c}" for c in "&%$#_{}"} | {"~": r"\~{}", "^": r"\^{}", "\\": r"\textbackslash{}"}
)


@dataclass(frozen=True)
class Imprint:
    """What is the same on all pages.

    Attributes
    ----------
    title, author : str
        Of the book.
    address : str
        Of the repository; empty when none is set.
    branch : str
        Branch that addresses of pages name.
    date : str
        Day of the newest execution in the book, as ``2026-01-31``; empty when nothing was executed.
    """

    title: str
    author: str
    address: str
    branch: str
    date: str


@dataclass(frozen=True)
class Origin:
    """How a run came about that is no part of the book.

    Attributes
    ----------
    command : str
        What makes it again.
    revision : Revision
        The sources it was made from.
    """

    command: str
    revision: Revision

    @property
    def line(self) -> str:
        """The command on one line, whatever its parameters hold."""
        return "".join(c if c.isprintable() else f"'$'\\u{ord(c):04x}''" for c in self.command)

    @property
    def sources(self) -> str:
        """Commit and changes in a few words."""
        if not self.revision.commit:
            return "sources that are no git checkout"
        n = len(self.revision.changed)
        changed = f" with {n} changed {'file' if n == 1 else 'files'}" if n else ""
        return f"commit {self.revision.commit[:12]}{changed}"


@dataclass(frozen=True)
class Leaf:
    """One page: address within the book, file in the repository, title, and its execution.

    A page of a run of its own has an origin too.
    """

    docname: str
    file: str
    title: str
    execution: Execution | None = None
    origin: Origin | None = None

    def date(self, imprint: Imprint) -> str:
        """Return the day of the page's execution, or of the newest one for a page of prose."""
        return str(self.execution.result["started"])[:10] if self.execution else imprint.date


def add_colophons(stage: Path, root: Path, values: Values) -> None:
    """Write the end of every page of a staging copy.

    Parameters
    ----------
    stage : Path
        Folder with all pages.
    root : Path
        The project, whose ``_config.yml`` and ``_toc.yml`` are read.
    values : Values
        Chapters and executions.
    """
    import nbformat

    imprint = read_imprint(root, values)
    chapters = {chapter.docname: chapter for chapter in values.chapters.values()}
    for page in toc_files(root):
        notebook = stage / f"{page}.ipynb"
        if page in chapters and notebook.is_file():
            chapter = chapters[page]
            leaf = Leaf(page, f"{page}.py", chapter.title, values.executions.get(chapter.name))
            content = nbformat.read(notebook, as_version=4)
            text = colophon(leaf, imprint)
            content.cells.append(nbformat.v4.new_markdown_cell(text, id="colophon"))
            nbformat.write(content, notebook)
            continue
        file = stage / f"{page}.md"
        text = file.read_text(encoding="utf-8").rstrip()
        found = TITLE.search(text)
        leaf = Leaf(page, f"{page}.md", found[1] if found else page)
        file.write_text(f"{text}\n\n{colophon(leaf, imprint)}\n", encoding="utf-8")


def read_imprint(root: Path, values: Values) -> Imprint:
    """Read title, author and address of the book; the address may be missing."""
    config: dict[str, Any] = read_yaml(root / "_config.yml") or {}
    repository = config.get("repository") or {}
    address = str(repository.get("url") or "").rstrip("/")
    days = [str(e.result["started"])[:10] for e in values.executions.values()]
    return Imprint(
        title=str(config.get("title") or "").strip(),
        author=str(config.get("author") or "").strip(),
        address=address if urlsplit(address).scheme in ("http", "https") else "",
        branch=str(repository.get("branch") or "main"),
        date=max(days, default=""),
    )


def colophon(leaf: Leaf, imprint: Imprint) -> str:
    """Return the end of one page as markdown: citation, and a link for reports."""
    return "\n".join(
        [
            ":::::{container} hl-colophon",
            *_again(leaf, imprint),
            f"::::{{dropdown}} How to cite this {'run' if leaf.origin else 'page'}",
            _shown(leaf, citation(leaf, imprint)),
            "",
            "```bibtex",
            bibtex(leaf, imprint),
            "```",
            "",
            "Where you use their data or claims, cite the papers this book re-does as well.",
            "::::",
            "",
            _report(leaf, imprint),
            ":::::",
        ]
    )


def _shown(leaf: Leaf, cited: str) -> str:
    """Return a citation as markdown; a command in it stays as it is typed."""
    text = escape(cited)
    return text.replace(escape(leaf.origin.line), code(leaf.origin.line)) if leaf.origin else text


def _again(leaf: Leaf, imprint: Imprint) -> list[str]:
    """Say what a run is and how to make it again; nothing for a page of the book."""
    if leaf.origin is None or leaf.execution is None:
        return []
    result, commit = leaf.execution.result, leaf.origin.revision.commit
    data = "real" if leaf.execution.real else "**simulated**"
    where = f" In a checkout of <{imprint.address}>:" if imprint.address else " In a checkout:"
    checkout = [f"$ git checkout {commit}"] if commit else []
    changed = leaf.origin.revision.changed
    return [
        "::::{dropdown} How to make this run again",
        f"This page is no page of the book. It is a run of the chapter *{escape(leaf.title)}* of "
        f"{result['started'][:16].replace('T', ' ')} UTC, profile `{result['profile']}`, on {data} "
        f"data, from {leaf.origin.sources}.{where}",
        "",
        "```console",
        *checkout,
        f"$ {leaf.origin.line}",
        "```",
        "",
        "Same parameters, data and versions (all stand under *Provenance*) give the same numbers."
        + (" What was changed is not in the commit." if changed else ""),
        "::::",
        "",
    ]


def page_address(leaf: Leaf, imprint: Imprint) -> str:
    """Return the address of the page's source; empty when the book names no repository."""
    return f"{imprint.address}/blob/{imprint.branch}/{leaf.file}" if imprint.address else ""


def citation(leaf: Leaf, imprint: Imprint) -> str:
    """Return one sentence that cites a page: who, when, what, in which version, where."""
    from humanlike import __version__

    date = leaf.date(imprint)
    when = f", executed {date}" if leaf.execution else ""
    when = f", {_own(leaf.origin, date)}" if leaf.origin else when
    where = page_address(leaf, imprint)
    title = leaf.title if leaf.title.endswith(("?", "!")) else f"{leaf.title}."
    book = "" if leaf.title == imprint.title else f" In: {imprint.title}"
    who = f"{imprint.author} ({date[:4] or 'n.d.'})"
    return f"{who}. {title}{book} Version {__version__}{when}. {where}".strip()


def bibtex(leaf: Leaf, imprint: Imprint) -> str:
    """Return a BibTeX entry of a page."""
    from humanlike import __version__

    whole = leaf.title == imprint.title
    date = leaf.date(imprint)
    fields = {
        "author": f"{{{imprint.author.translate(_TEX)}}}",
        "title": leaf.title.translate(_TEX),
        "booktitle": "" if whole else imprint.title.translate(_TEX),
        "year": date[:4],
        "version": __version__,
        "note": _note(leaf, date).translate(_TEX),
        "url": page_address(leaf, imprint),
    }
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    kind = "book" if whole else "incollection"
    name = leaf.docname.rsplit("/", 1)[-1]
    return f"@{kind}{{humanlike-{name},\n" + ",\n".join(lines) + "\n}"


def _own(origin: Origin, date: str) -> str:
    return f"own run of {date}: {origin.line} ({origin.sources})"


def _note(leaf: Leaf, date: str) -> str:
    if leaf.origin:
        return f"O{_own(leaf.origin, date)[1:]}"
    return f"Executed {date}, profile {leaf.execution.result['profile']}" if leaf.execution else ""


def details(leaf: Leaf, imprint: Imprint) -> str:
    """Return what a report needs to say of the page it is about."""
    from humanlike import __version__

    lines = [f"Page: {leaf.docname} ({leaf.title})", f"Version: humanlike {__version__}"]
    if leaf.execution is None:
        return "\n".join([*lines, f"Newest execution in the book: {imprint.date or 'none'}"])
    result = leaf.execution.result
    data = "real" if leaf.execution.real else "simulated"
    own = [f"Own run: {leaf.origin.line}", f"From: {leaf.origin.sources}"] if leaf.origin else []
    return "\n".join(
        [
            *lines,
            *own,
            f"Executed: {result['started'][:16]} UTC, profile {result['profile']}, {data} data",
            f"Key: {leaf.execution.key}",
        ]
    )


def report_address(leaf: Leaf, imprint: Imprint) -> str:
    """Return the address of a new report with the page's details filled in."""
    body = f"What is wrong, and where on the page?\n\n\n---\n{details(leaf, imprint)}\n"
    title = quote(f"Page {leaf.docname}: ", safe="")
    return f"{imprint.address}/issues/new?title={title}&body={quote(body, safe='')}"


def _report(leaf: Leaf, imprint: Imprint) -> str:
    if imprint.address:
        return f"[Report a problem with this page](<{report_address(leaf, imprint)}>)"
    return (
        "To report a problem, send this along (`_config.yml` of this copy names no repository):\n\n"
        f"```text\n{details(leaf, imprint)}\n```"
    )
