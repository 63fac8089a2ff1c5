"""The page of a run: one chapter that stands without the book, beside it the glossary.

Sections, figures and pages that only the book has are named in words where the chapter refers to
them.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from humanlike.book.assemble import assemble, below_heading, render_parameter
from humanlike.book.chapters import Chapter, read_notebook, read_parameters, toc_files
from humanlike.book.colophon import TITLE, Leaf, Origin, colophon, read_imprint
from humanlike.book.execute import Execution
from humanlike.book.stage import copy_book
from humanlike.book.values import Values
from humanlike.readyaml import read_yaml

GLOSSARY = "book/glossary"
SOURCES = "## References\n\n```{bibliography}\n:filter: docname in docnames\n```"
RERUN = """:::{{admonition}} A run of your own
:class: note
Executed with {settings}. Numbers and figures are of this run, *n/a* where it gave none; the
sentences around them were written for the book's settings and may not fit. The end of the page says
how to make it again.
:::"""

_SECTION = re.compile(r"^\(([\w-]+)\)=\s*\n+#+ +(.+?)\s*$", re.MULTILINE)
_SHOWN = re.compile(r"[\"']((?:fig|tab)-[\w-]+)[\"']")


def write_single(stage: Path, root: Path, chapter: Chapter, values: Values, origin: Origin) -> None:
    """Write the staging copy of one chapter alone.

    Parameters
    ----------
    stage : Path
        An empty folder.
    root : Path
        The project.
    chapter : Chapter
        The chapter.
    values : Values
        With the chapter's execution.
    origin : Origin
        How the run came about.
    """
    import nbformat
    import yaml

    copy_book(root, stage)
    execution = values.executions[chapter.name]
    notebook = assemble(chapter, execution, values)
    below_heading(notebook, "# ", RERUN.format(settings=_settings(chapter, execution)))
    end = colophon(_leaf(chapter, execution, origin), read_imprint(root, values))
    sources = [SOURCES] if any("{cite" in cell.source for cell in notebook.cells) else []
    notebook.cells += [nbformat.v4.new_markdown_cell(text) for text in (*sources, end)]
    nbformat.write(notebook, stage / f"{chapter.name}.ipynb")
    toc: dict[str, Any] = {"format": "jb-book", "root": chapter.name}
    glossary = stage / f"{GLOSSARY}.md"
    if glossary.is_file():
        toc["chapters"] = [{"file": GLOSSARY}]
        with glossary.open("a", encoding="utf-8") as page:
            page.write(f"\n{SOURCES}\n")
    config = _config(root, chapter, elsewhere(root, values.chapters))
    for name, content in (("_toc.yml", toc), ("_config.yml", config)):
        text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
        (stage / name).write_text(text, encoding="utf-8")


def _leaf(chapter: Chapter, execution: Execution, origin: Origin) -> Leaf:
    page = chapter.docname
    return Leaf(page, f"{page}.py", chapter.title, execution, origin)


def _config(root: Path, chapter: Chapter, names: dict[str, str]) -> dict[str, Any]:
    """Return the book's settings without buttons that lead out of a run."""
    config: dict[str, Any] = read_yaml(root / "_config.yml")
    config.pop("launch_buttons", None)
    for key in ("use_repository_button", "use_issues_button", "use_edit_page_button"):
        config.get("html", {}).pop(key, None)
    sphinx = config.setdefault("sphinx", {}).setdefault("config", {})
    sphinx |= {"humanlike_chapters": chapter.name, "humanlike_elsewhere": names}
    return config


def _settings(chapter: Chapter, execution: Execution) -> str:
    """List the parameters that differ from the chapter's defaults."""
    defaults = {name: p.default for name, p in read_parameters(chapter).items()}
    changed = [
        f"`{name} = {render_parameter(value)}`"
        for name, value in execution.result["parameters"].items()
        if value != defaults[name]
    ]
    return ", ".join(changed) or "the defaults"


def elsewhere(root: Path, chapters: dict[str, Chapter]) -> dict[str, str]:
    """Return what the book's pages, sections and figures are called, for a page without them.

    Parameters
    ----------
    root : Path
        The project.
    chapters : dict of str to Chapter
        All chapters.

    Returns
    -------
    dict of str to str
        Words by the last part of a page's address, and by label.
    """
    names: dict[str, str] = {}
    for page in toc_files(root):
        file = root / f"{page}.md"
        found = TITLE.search(file.read_text(encoding="utf-8")) if file.is_file() else None
        if found:
            names[page.rpartition("/")[2]] = found[1]
    for chapter in chapters.values():
        names[chapter.name] = chapter.title
        for cell in read_notebook(chapter).cells:
            if cell.cell_type == "markdown":
                names |= {label: _plain(words) for label, words in _SECTION.findall(cell.source)}
            else:
                shown = f"a figure of “{chapter.title}”"
                names |= dict.fromkeys(_SHOWN.findall(cell.source), shown)
    return names


def _plain(words: str) -> str:
    return re.sub(r"[*`$]", "", words)
