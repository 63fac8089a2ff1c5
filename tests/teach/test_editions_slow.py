"""Both editions of a book from the same sources: every solution in one, none in the other."""

from __future__ import annotations

from pathlib import Path

import pytest
from book.sample import Project

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
    for shown in ("What comes out?", "Hint 2", "Judge your answer", "humanlike check alpha"):
        assert shown in page
    answer = book.build("--edition", "instructor")
    assert "_build/instructor/html/index.html" in answer.out
    instructor = book.path("_build/instructor/html")
    assert [s for s in SECRETS if not holding(instructor, s)] == []
    shown = (instructor / "notebooks" / "alpha.html").read_text("utf-8")
    assert "quokka printed 2.0" in shown
    assert "Instructor edition" in shown
    assert [s for s in SECRETS if holding(student / "html", s)] == []
    assert book.kept("alpha") == kept  # nothing was executed for either edition
    assert "Pages were up to date" in book.build().out


def test_exercises_without_solutions_can_be_built_but_not_for_instructors(book: Project) -> None:
    from humanlike.teach.handout import student_copy

    book.write("book/exercises/alpha.md", student_copy(SOURCE))
    answer = book.cli("build", "--edition", "instructor")
    assert answer.code == 1
    assert "alpha-guess: this copy of the sources holds no solutions" in answer.err
    assert "Judge your answer" in (book.build(), book.page("notebooks/alpha"))[1]
    unknown = book.cli("build", "--edition", "teacher")
    assert (unknown.code, "nknown command or value 'teacher'" in unknown.err) == (2, True)
