"""The staging copy: what jupyter-book renders, made from sources and executions.

It has the repository's own layout, so that every launch button points to a file that exists there;
an executed notebook takes the place of its pair. Everything the pages show is in this copy, so two
equal copies give the same book.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Callable
from pathlib import Path

from humanlike.book.assemble import assemble, figure_names
from humanlike.book.blocks import Book, fill_blocks
from humanlike.book.chapters import toc_files
from humanlike.book.colophon import add_colophons
from humanlike.book.values import Values
from humanlike.errors import HumanlikeError
from humanlike.readyaml import read_yaml

_LABEL = re.compile(r"^\(([\w-]+)\)=\s*$", re.MULTILINE)
_NAME = re.compile(r"^:name: ([\w-]+)\s*$", re.MULTILINE)
UNAVAILABLE = """

:::{{admonition}} Some numbers are missing
:class: warning
Numbers shown as *n/a* come from chapters that were not executed in this build or whose data could
not be had ({chapters}).
:::
"""


Endings = Callable[[str], str]


def write_chapters(stage: Path, values: Values, endings: Endings) -> set[str]:
    """Write the page of every chapter and return the labels they define.

    Parameters
    ----------
    stage : Path
        The staging copy.
    values : Values
        Chapters, executions and recorded values.
    endings : callable
        Gives for a chapter's name the markdown that ends its page before the provenance.

    Raises
    ------
    HumanlikeError
        If a page uses a value that does not exist.
    """
    import nbformat

    labels: set[str] = set()
    for chapter in values.chapters.values():
        execution, ending = values.executions.get(chapter.name), endings(chapter.name)
        notebook = assemble(chapter, execution, values, ending)
        target = stage / f"{chapter.docname}.ipynb"
        target.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, target)
        labels.update(figure_names(notebook))
        prose = "\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")
        labels.update(find_labels(prose))
    return labels


def find_labels(text: str) -> set[str]:
    """Return the labels a markdown text defines with ``(label)=`` or ``:name: label``."""
    return {*_LABEL.findall(text), *_NAME.findall(text)}


def write_pages(stage: Path, root: Path, book: Book) -> None:
    """Write settings, assets, prose pages with their generated parts, and the end of every page.

    Raises
    ------
    HumanlikeError
        If the table of contents names a page that does not exist, or a page a value or block that
        does not.
    """
    for name in ("_config.yml", "_toc.yml"):
        read_yaml(root / name)
        shutil.copy2(root / name, stage / name)
    copy_book(root, stage)
    for page in toc_files(root):
        if (stage / f"{page}.ipynb").is_file():
            continue
        source = root / f"{page}.md"
        if not source.is_file():
            raise HumanlikeError(f"_toc.yml names '{page}', but {page}.md does not exist.")
        target = stage / f"{page}.md"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_fill(source, book, f"{page}.md"), encoding="utf-8")
    add_colophons(stage, root, book.values)


def copy_book(root: Path, stage: Path) -> None:
    """Copy pages and assets; sources that hold solutions stay where they are."""
    ignore = shutil.ignore_patterns("exercises")
    shutil.copytree(root / "book", stage / "book", dirs_exist_ok=True, ignore=ignore)


def _fill(source: Path, book: Book, where: str) -> str:
    book.values.missing.clear()
    text = book.values.fill(source.read_text(encoding="utf-8"), where)
    text = fill_blocks(text, book, where)
    if book.values.missing:
        note = UNAVAILABLE.format(chapters=", ".join(sorted(book.values.missing)))
        title, _, rest = text.partition("\n\n")
        text = f"{title}{note}\n{rest}"
    return text


def digest(folder: Path, pattern: str = "*") -> str:
    """Return one checksum of the files of a folder whose names fit, by name and content."""
    total = hashlib.sha256()
    for file in sorted(folder.rglob(pattern)):
        if file.is_file():
            total.update(f"{file.relative_to(folder)}\0".encode())
            total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()
