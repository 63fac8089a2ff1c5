"""Both editions of a book from the same sources: every solution in one, none in the other."""

from __future__ import annotations

from pathlib import Path

import pytest
from book.sample import Project

from humanlike.teach.handout import student_copy
from humanlike.teach.page import section
from humanlike.teach.source import parse

from .made_up import SECRETS, SOURCE

pytestmark = pytest.mark.slow


def holding(folder: Path, secret: str) -> list[str]:
    """Return the files of a folder that hold a text, whatever kind of file they are."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    return [
        str(file.relative_to(folder))
        for file in files
        if secret in file.read_bytes().decode("utf-8", errors="ignore").lower()
    ]


@pytest.fixture
def book(built: Project) -> Project:
    built.write("book/exercises/alpha.md", SOURCE)
    answer = built.cli("exercises", "--seal")
    assert (answer.code, answer.out) == (0, "alpha: sealed, 3 exercises\n"), answer.err
    return built


def test_the_student_edition_holds_no_solution_and_the_instructors_all(book: Project) -> None:
    kept = book.kept("alpha")
    assert "Executed: none. Unchanged: alpha, beta. Rendered" in book.build().out
    student = book.path("_build")
    assert [s for s in SECRETS if holding(student, s)] == []
    page = book.page("notebooks/alpha")
    assert page.index(">Exercises<a") < page.index(">Provenance<a")
    for shown in ("What comes out?", "Hint 2", "Judge your answer", "my_alpha.ipynb"):
        assert shown in page
    answer = book.build("--edition", "instructor")
    assert "_build/instructor/html/index.html" in answer.out
    instructor = book.path("_build/instructor/html")
    unseen = {"pvariance", "3.0864"}  # the code of a slip; the answer is shown with four digits
    assert {s for s in SECRETS if not holding(instructor, s)} == unseen
    shown = (instructor / "notebooks" / "alpha.html").read_text("utf-8")
    assert "quokka printed 2.0" in shown
    assert "3.086<" in shown
    assert "Instructor edition" in shown
    assert [s for s in SECRETS if holding(student / "html", s)] == []
    assert book.kept("alpha") == kept  # nothing was executed for either edition
    assert "Pages were up to date" in book.build().out


def test_a_student_copy_gives_the_same_student_edition_and_no_other(book: Project) -> None:
    copied = student_copy(SOURCE)
    assert section(parse(copied, "alpha", "")) == section(parse(SOURCE, "alpha", ""))
    book.write("book/exercises/alpha.md", copied)
    answer = book.cli("build", "--edition", "instructor")
    assert answer.code == 1
    assert "alpha-guess: this copy of the sources holds no solutions" in answer.err
    wrong = book.cli("build", "--edition", "teacher")
    assert (wrong.code, "nknown command or value 'teacher'" in wrong.err) == (2, True)
