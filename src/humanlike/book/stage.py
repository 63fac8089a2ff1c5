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

from humanlike.book.assemble import assemble, below_heading, figure_names, render_parameter
from humanlike.book.blocks import Book, fill_blocks
from humanlike.book.chapters import Chapter, read_parameters, toc_files
from humanlike.book.execute import Execution
from humanlike.book.values import Values
from humanlike.errors import HumanlikeError
from humanlike.readyaml import read_yaml

_LABEL = re.compile(r"^\(([\w-]+)\)=\s*$", re.MULTILINE)
_NAME = re.compile(r"^:name: ([\w-]+)\s*$", re.MULTILINE)
SOURCES = "## References\n\n```{bibliography}\n:filter: docname in docnames\n```"
UNAVAILABLE = """

:::{{admonition}} Some numbers are missing
:class: warning
Numbers shown as *n/a* come from chapters that were not executed in this build or whose data could
not be had ({chapters}).
:::
"""

RERUN = """:::{{admonition}} A run of your own
:class: note
Executed with {settings}. Numbers and figures are of this run, *n/a* where it gave none; the
sentences around them were written for the book's settings and may not fit.
:::"""


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


def _settings(chapter: Chapter, execution: Execution) -> str:
    """List the parameters that differ from the chapter's defaults."""
    defaults = {name: p.default for name, p in read_parameters(chapter).items()}
    changed = [
        f"`{name} = {render_parameter(value)}`"
        for name, value in execution.result["parameters"].items()
        if value != defaults[name]
    ]
    return ", ".join(changed) or "the defaults"


def write_pages(stage: Path, root: Path, book: Book) -> None:
    """Write settings, assets and prose pages, with values and generated parts filled in.

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


def copy_book(root: Path, stage: Path) -> None:
    """Copy pages and assets; sources that hold solutions stay where they are."""
    ignore = shutil.ignore_patterns("exercises")
    shutil.copytree(root / "book", stage / "book", dirs_exist_ok=True, ignore=ignore)


def _fill(source: Path, book: Book, where: str) -> str:
    book.values.missing.clear()
    text = book.values.fill(source.read_text(encoding="utf-8"), where)
    if book.values.missing:
        note = UNAVAILABLE.format(chapters=", ".join(sorted(book.values.missing)))
        title, _, rest = text.partition("\n\n")
        text = f"{title}{note}\n{rest}"
    return fill_blocks(text, book, where)


def write_single(stage: Path, root: Path, chapter: Chapter, values: Values) -> None:
    """Write the staging copy of one chapter alone, the look of a run's page."""
    import nbformat
    import yaml

    copy_book(root, stage)
    execution = values.executions[chapter.name]
    notebook = assemble(chapter, execution, values)
    note = RERUN.format(settings=_settings(chapter, execution))
    below_heading(notebook, "# ", note)
    if any("{cite" in cell.source for cell in notebook.cells):
        notebook.cells.append(nbformat.v4.new_markdown_cell(SOURCES))
    nbformat.write(notebook, stage / f"{chapter.name}.ipynb")
    (stage / "_toc.yml").write_text(f"format: jb-book\nroot: {chapter.name}\n", encoding="utf-8")
    config = read_yaml(root / "_config.yml")
    config.pop("launch_buttons", None)
    for key in ("use_repository_button", "use_issues_button", "use_edit_page_button"):
        config.get("html", {}).pop(key, None)
    (stage / "_config.yml").write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")


def digest(folder: Path, pattern: str = "*") -> str:
    """Return one checksum of the files of a folder whose names fit, by name and content."""
    total = hashlib.sha256()
    for file in sorted(folder.rglob(pattern)):
        if file.is_file():
            total.update(f"{file.relative_to(folder)}\0".encode())
            total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()
