"""The notebook a student works in: tasks, cells to fill, hints to open, no solutions."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from humanlike.errors import HumanlikeError
from humanlike.teach.exercise import KINDS, LEVELS, Exercise

if TYPE_CHECKING:
    from nbformat import NotebookNode

TAG, CHECK_TAG = "exercise:", "check"
PLACEHOLDER = "*Write your answer here.*"
_ROLE = re.compile(r"\{[\w:-]+\}`(?:([^`<]+?) *<[^`]*>|/?(?:notebooks/)?([^`]+))`")
_KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def workbook(name: str, found: list[Exercise]) -> NotebookNode:
    """Return the work notebook.

    Parameters
    ----------
    name : str
        Chapter or session, as the notebook will be checked.
    found : list of Exercise
        What it holds.
    """
    from nbformat import v4

    cells = [v4.new_markdown_cell(_introduction(name, found), id="introduction")]
    for one in found:
        cells.append(v4.new_markdown_cell(_task(one), id=f"{one.id}-task"[:64]))
        if one.checked:
            tags = {"tags": [TAG + one.id]}
            cells.append(v4.new_code_cell(one.stub.strip(), metadata=tags, id=one.id[:64]))
            call = f'check("{one.id}", answer)'
            own = {"tags": [CHECK_TAG]}
            cells.append(v4.new_code_cell(call, metadata=own, id=f"{one.id}-check"[:64]))
        else:
            tags = {"tags": [TAG + one.id]}
            cells.append(v4.new_markdown_cell(PLACEHOLDER, metadata=tags, id=one.id[:64]))
            cells.append(v4.new_markdown_cell(_fold("Judge your answer", one.rubric),
                                              id=f"{one.id}-rubric"[:64]))  # fmt: skip
    start = v4.new_code_cell("from humanlike.teach import check", id="start")
    ordered = [cells[0], start, *cells[1:]]
    made: NotebookNode = v4.new_notebook(cells=ordered, metadata={"kernelspec": _KERNEL})
    return made


def write(notebook: NotebookNode, file: Path) -> None:
    """Write a notebook where there is none yet.

    Raises
    ------
    HumanlikeError
        If the file exists, since it may hold somebody's work; or its folder does not.
    """
    import nbformat

    if file.exists():
        raise HumanlikeError(f"{file} exists and may hold your work; name another file with --out.")
    if file.suffix != ".ipynb":
        raise HumanlikeError(f"A notebook's name ends with .ipynb; '{file.name}' does not.")
    if not file.parent.is_dir():
        raise HumanlikeError(f"The folder {file.parent} does not exist.")
    nbformat.validate(notebook)
    file.write_text(nbformat.writes(notebook).rstrip("\n") + "\n", encoding="utf-8")


def _introduction(name: str, found: list[Exercise]) -> str:
    return (
        f"# Exercises: {name}\n\nAbout {sum(one.minutes for one in found)} minutes. In each cell, "
        "replace `...` and leave the result in `answer`; the cell below it says if it is right. "
        "Write as many cells in between as you like. For all at once:\n\n"
        f"```console\n$ humanlike check {name} THIS_FILE.ipynb\n```"
    )


def _task(one: Exercise) -> str:
    facts = f"*{KINDS[one.kind]}, {one.minutes} minutes, {LEVELS[one.level]}* (`{one.id}`)"
    hints = [
        _fold("Hint" if len(one.hints) == 1 else f"Hint {n}", hint)
        for n, hint in enumerate(one.hints, start=1)
    ]
    return "\n\n".join([f"## {one.title}", facts, without_roles(one.text), *hints])


def _fold(title: str, text: str) -> str:
    return f"<details><summary>{title}</summary>\n\n{without_roles(text)}\n\n</details>"


def without_roles(text: str) -> str:
    """Return MyST markdown as a notebook shows it: the words of a role stand for the role."""
    return _ROLE.sub(lambda role: f"*{role[1] or role[2]}*", text)
