"""The exercises of the book itself: enough of each kind, and every solution executed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from humanlike.book.chapters import find_chapters
from humanlike.data.fetch import available
from humanlike.teach.exercise import KINDS
from humanlike.teach.handout import student_copy
from humanlike.teach.page import section
from humanlike.teach.seal import seal, sealed
from humanlike.teach.sessions import gather, sessions
from humanlike.teach.solve import solve
from humanlike.teach.source import FOLDER, exercises, strays
from humanlike.teach.verdict import judge
from humanlike.teach.workbook import workbook

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = list(find_chapters(ROOT))


def test_no_exercises_stand_without_their_chapter() -> None:
    assert strays(ROOT, CHAPTERS) == []


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_each_chapter_has_exercises_of_every_kind(chapter: str) -> None:
    found = exercises(chapter, ROOT)
    assert {one.kind for one in found} == set(KINDS), f"{FOLDER}/{chapter}.md"
    assert all(5 <= one.minutes <= 20 for one in found)
    assert set(sealed(chapter, ROOT)) == {one.id for one in found}


def test_every_chapter_belongs_to_a_session_and_every_session_can_be_worked_on() -> None:
    listed = [name for entries in sessions(ROOT).values() for name in entries]
    assert set(CHAPTERS) <= {name.partition("-")[0] for name in listed}
    assert all(gather(name, ROOT) for name in sessions(ROOT))


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_nothing_a_student_gets_holds_a_line_of_a_solution(chapter: str) -> None:
    found = exercises(chapter, ROOT)
    source = (ROOT / FOLDER / f"{chapter}.md").read_text(encoding="utf-8")
    notebook = "\n".join(cell.source for cell in workbook(chapter, found).cells)
    given = [section(found), student_copy(source), notebook, json.dumps(sealed(chapter, ROOT))]
    for one in found:
        parts = [one.code, one.solution, *(f"{slip.says}\n{slip.code}" for slip in one.slips)]
        secret = {line.strip() for line in "\n".join(parts).splitlines() if len(line.strip()) > 9}
        secret -= {line.strip() for other in found for line in other.stub.splitlines()}
        assert secret
        assert [line for line in secret for text in given if line in text] == []


@pytest.mark.slow
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_solutions_run_and_are_what_answers_are_checked_by(chapter: str) -> None:
    missing = [name for name in find_chapters(ROOT)[chapter].data if not available(name)]
    if missing:
        pytest.skip(f"needs {', '.join(missing)}")
    found, entries = exercises(chapter, ROOT), sealed(chapter, ROOT)
    solved = solve(found)
    assert seal(found, solved)["exercises"].keys() == entries.keys()
    for one in found:
        if not one.checked:
            continue
        assert judge(one.id, entries[one.id], solved[one.id].answer).state == "right"
        for slip, wrong in zip(one.slips, solved[one.id].slips, strict=True):
            assert judge(one.id, entries[one.id], wrong).says == slip.says
