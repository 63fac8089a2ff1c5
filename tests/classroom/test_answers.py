"""The file of a class: nothing twice, nothing of the person, nothing left after deletion."""

from __future__ import annotations

import sqlite3
import stat
from pathlib import Path

import pytest

from humanlike.classroom.answers import CODE, Answers, Refused, place_of
from humanlike.classroom.questions import Lesson, questions
from humanlike.errors import HumanlikeError

LESSON = Lesson(tuple(f"thing {n}" for n in range(16)), 20, 0)


@pytest.fixture
def answers(tmp_path: Path) -> Answers:
    return Answers(tmp_path / "here" / "class.sqlite", LESSON)


def test_answers_come_back_as_they_were_given(answers: Answers) -> None:
    code = answers.join()
    assert CODE.fullmatch(code)
    for place in range(20):
        answers.answer(code, place, place % 3 == 0)
    assert answers.standing(code).question is None
    table = answers.table()
    asked = questions(LESSON, 0)
    for row, one in zip(table.itertuples(), asked, strict=True):
        chosen = one.first if row.place % 3 == 0 else one.second
        assert (row.kind, row.anchor, row.chosen) == (one.kind, one.anchor, chosen)
    assert code not in table.to_csv()


def test_an_answer_is_taken_once(answers: Answers) -> None:
    code = answers.join()
    answers.answer(code, 0, True)
    assert answers.answer(code, 0, False).done == 1  # a second click
    assert answers.table()["first"].tolist() == [True]
    with pytest.raises(Refused, match="Question 1 is next, not 5"):
        answers.answer(code, 5, True)
    with pytest.raises(Refused, match="Question 1 is next, not -1"):
        answers.answer(code, -1, True)
    for place in range(1, 20):
        answers.answer(code, place, True)
    with pytest.raises(Refused):
        answers.answer(code, 20, True)
    assert answers.counts() == (1, 20)


def test_erasing_leaves_no_trace_and_frees_the_number(answers: Answers) -> None:
    first, second = answers.join(), answers.join()
    for place in range(5):
        answers.answer(first, place, True)
    answers.answer(second, 0, False)
    assert answers.erase(first) == 5
    left = b"".join(file.read_bytes() for file in answers.path.parent.iterdir())
    assert first.encode() not in left
    assert second.encode() in left
    assert answers.counts() == (1, 1)
    assert answers.standing(answers.join()).number == 0  # the same questions are asked again
    for unknown in (first, "abcd-abcd-abcd"):
        with pytest.raises(Refused, match="Nobody here has the code"):
            answers.erase(unknown)


def test_the_file_holds_nothing_of_the_person(answers: Answers) -> None:
    answers.answer(answers.join(), 0, True)
    with sqlite3.connect(answers.path) as db:
        columns = {
            (table, row[1])
            for table in ("people", "answers")
            for row in db.execute(f"PRAGMA table_info({table})")
        }
        day = db.execute("SELECT day FROM people").fetchone()[0]
    assert columns == {
        ("people", "code"), ("people", "number"), ("people", "day"),
        ("answers", "code"), ("answers", "place"), ("answers", "first"),
    }  # fmt: skip
    assert len(day) == len("2026-01-31")
    assert stat.S_IMODE(answers.path.stat().st_mode) == 0o600


def test_a_file_keeps_its_lesson(answers: Answers, tmp_path: Path) -> None:
    assert Answers(answers.path).lesson == LESSON
    assert Answers(answers.path, LESSON).lesson == LESSON
    with pytest.raises(HumanlikeError, match="another lesson"):
        Answers(answers.path, Lesson(LESSON.concepts, 30, 0))
    with pytest.raises(HumanlikeError, match="no answers of a class"):
        Answers(tmp_path / "absent.sqlite")
    (tmp_path / "other.sqlite").write_text("not a database, but long enough to look at " * 30)
    with pytest.raises(HumanlikeError, match="holds no answers of a class"):
        Answers(tmp_path / "other.sqlite", LESSON)


@pytest.mark.parametrize("name", ["", "..", "a/b", "Ä", "x" * 50, "-a", "a b"])
def test_a_name_cannot_lead_elsewhere(name: str) -> None:
    with pytest.raises(HumanlikeError, match="A class is named"):
        place_of(name)
