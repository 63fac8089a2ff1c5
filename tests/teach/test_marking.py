"""A student's notebook is executed in a kernel of its own, and each exercise gets a verdict."""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
import pytest

from humanlike.errors import HumanlikeError
from humanlike.teach.exercise import Exercise
from humanlike.teach.marking import finished, mark, read_parts, summary
from humanlike.teach.workbook import TAG, without_roles, workbook, write

from .made_up import SECRETS

SPY = """
import os, pathlib
assert not list(pathlib.Path.cwd().iterdir()), "not an empty folder"
assert os.environ["HUMANLIKE_OFFLINE"] == "1"
assert "MY_API_KEY" not in os.environ
"""


@pytest.fixture
def book(found, tmp_path):
    """Write the notebook that somebody filled in: ``book({id: code or words})``."""

    def fill(answers: dict[str, str], name: str = "my.ipynb") -> Path:
        notebook = workbook("alpha", found)
        for cell in notebook.cells:
            for tag in cell.metadata.get("tags", []):
                cell.source = answers.get(tag.removeprefix(TAG), cell.source)
        nbformat.write(notebook, tmp_path / name)
        return tmp_path / name

    return fill


def test_a_work_notebook_has_a_cell_for_each_exercise_and_no_solution(found, tmp_path) -> None:
    write(workbook("alpha", found), tmp_path / "my.ipynb")
    text = (tmp_path / "my.ipynb").read_text("utf-8")
    assert [secret for secret in SECRETS if secret in text.lower()] == []
    parts = read_parts(tmp_path / "my.ipynb")
    assert [part.id for part in parts] == ["", "alpha-guess", "alpha-spread", "alpha-claim"]
    assert "About 30 minutes" in text
    assert "see *beta*" in text
    assert text.count("<summary>Hint") == 4
    with pytest.raises(HumanlikeError, match="exists and may hold your work"):
        write(workbook("alpha", found), tmp_path / "my.ipynb")
    with pytest.raises(HumanlikeError, match=r"ends with \.ipynb"):
        write(workbook("alpha", found), tmp_path / "my.txt")
    with pytest.raises(HumanlikeError, match="does not exist"):
        write(workbook("alpha", found), tmp_path / "no" / "my.ipynb")


def test_roles_become_words() -> None:
    text = "See {doc}`/notebooks/rsa`, {ref}`the gains <sec-gains>`, {term}`dimension` and `code`."
    assert without_roles(text) == "See *rsa*, *the gains*, *dimension* and `code`."


@pytest.mark.slow
def test_right_wrong_raised_and_empty_are_told_apart(book, found, project, monkeypatch) -> None:
    monkeypatch.setenv("MY_API_KEY", "secret")
    right = f"{SPY}\nnumbers = range(5)\nanswer = 'b'"
    file = book({"alpha-guess": right, "alpha-spread": "answer = -1.2345678 * 2.5"})
    before = file.read_bytes()
    guess, spread, claim = mark(found, file, project)
    assert (guess.state, guess.says) == ("right", "")
    assert (spread.state, spread.says) == ("not yet", "Right but for the sign: which minus which?")
    assert claim.state == "not attempted"
    assert not finished([guess, spread, claim])
    assert summary([guess, spread]) == "2 exercises: 1 right, 1 not yet."
    assert file.read_bytes() == before


@pytest.mark.slow
def test_an_error_stays_with_its_exercise_and_an_old_answer_does_not_carry_over(
    book, found, project
) -> None:
    raises = "answer = 'b'\nundefined_thing"
    file = book({"alpha-guess": raises, "alpha-claim": "Enough for a mean, not for its interval."})
    guess, spread, claim = mark(found, file, project)
    assert guess.state == "raised an error"
    assert "NameError: name 'undefined_thing' is not defined" in guess.says
    assert spread.state == "not attempted"
    assert claim.state == "yours to judge"


@pytest.mark.slow
def test_answers_from_simulated_data_and_strange_ones_are_not_judged(book, found, project) -> None:
    simulated = """
from types import SimpleNamespace
from humanlike.data import usage
usage.used = lambda: [SimpleNamespace(real=False)]
answer = 1.2345678 * 2.5
"""
    guess, spread, _ = mark(
        found, book({"alpha-guess": "answer = print", "alpha-spread": simulated}), project
    )
    assert (guess.state, "a builtin_function_or_method" in guess.says) == ("not yet", True)
    assert (spread.state, "simulated" in spread.says) == ("cannot be checked", True)


@pytest.mark.slow
def test_an_endless_cell_and_a_dead_kernel_are_named(book, found, project) -> None:
    file = book({"alpha-guess": "answer = 'b'", "alpha-spread": "while True: pass"})
    guess, spread, _ = mark(found, file, project, seconds=6)
    assert guess.state == "right"
    assert "took longer than 6 s" in spread.says
    file = book({"alpha-guess": "import os; os._exit(1)"}, "dead.ipynb")
    assert "The kernel died here" in mark(found, file, project)[0].says


def test_a_file_that_is_no_work_notebook_is_refused(found, project, tmp_path) -> None:
    with pytest.raises(HumanlikeError, match="There is no notebook"):
        mark(found, tmp_path / "none.ipynb", project)
    (tmp_path / "bad.ipynb").write_text("{", "utf-8")
    with pytest.raises(HumanlikeError, match="is not a readable notebook"):
        mark(found, tmp_path / "bad.ipynb", project)
    nbformat.write(nbformat.v4.new_notebook(), tmp_path / "empty.ipynb")
    with pytest.raises(HumanlikeError, match="holds none of these exercises: alpha-claim"):
        mark(found, tmp_path / "empty.ipynb", project)
    if os.name == "posix":
        with pytest.raises(HumanlikeError, match="cannot be read"):
            mark(found, tmp_path, project)


@pytest.mark.slow
def test_an_exercise_that_was_not_sealed_or_has_no_cell_says_so(book, found, project) -> None:
    file = book({"alpha-guess": "answer = 'b'"})
    new = Exercise(**{**vars(found[0]), "id": "alpha-new"})
    assert mark([found[0], new], file, project)[1].says == "Its cell is not in this notebook."
    notebook = nbformat.read(file, 4)
    for cell in notebook.cells:
        if cell.metadata.get("tags") == [f"{TAG}alpha-spread"]:
            cell.metadata["tags"] = [f"{TAG}alpha-new"]
    nbformat.write(notebook, file)
    assert mark([found[0], new], file, project)[1].state == "cannot be checked"
