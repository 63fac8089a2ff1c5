"""The one source of exercises: what it must hold, and what is said when it does not."""

from __future__ import annotations

import pytest

from humanlike.errors import HumanlikeError
from humanlike.teach.handout import hand_out, student_copy
from humanlike.teach.sessions import gather, sessions
from humanlike.teach.source import exercise, exercises, parse, strays
from humanlike.teach.stub import difference

from .made_up import SECRETS, SOURCE


def test_a_file_is_read_into_exercises(found) -> None:
    guess, spread, claim = found
    assert [one.kind for one in found] == ["predict", "compute", "criticise"]
    assert (guess.title, guess.answer, guess.checked) == ("What comes out?", "choice", True)
    assert guess.text == "Is the mean of 0 to 4 **a** one, **b** two?"
    assert guess.stub.startswith("numbers = range(5)")
    assert spread.hints == ("Look at `statistics`.", "There are two functions of that kind.")
    assert spread.solution == "Bandicoot prose."
    assert spread.slips[0].says == "You divided by the number itself."
    assert (claim.checked, claim.rubric, claim.code) == (False, "- Do you ask for what?", "")


def test_headings_inside_code_are_code() -> None:
    text = SOURCE.replace("numbers = range(5)\n", "numbers = range(5)\n# Not a heading\n")
    assert len(parse(text, "alpha", "alpha.md")) == 3


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("kind: predict", "kind: guess", "Unknown kind 'guess'"),
        ("kind: predict\n", "", "the fact 'kind' is missing"),
        ("level: 1", "level: 7", "Unknown level '7'"),
        ("level: 1", "lvel: 1", "Unknown fact 'lvel'. Did you mean 'level'?"),
        ("id: alpha-guess", "id: beta-guess", "expected 'alpha-…'"),
        ("id: alpha-spread", "id: alpha-guess", "the id 'alpha-guess' is used twice"),
        ("minutes: 5", "minutes: soon", "'minutes' is 'soon'; give a whole number"),
        ("tolerance: 0.01\n", "", "'tolerance' is None; a number or table needs one"),
        ("answer: choice", "answer: choice\ntolerance: 1", "other answers have none"),
        ("answer: choice", "answer: free", "a critique, and nothing else, is answered"),
        ("answer: free", "answer: text", "a critique, and nothing else, is"),
        ("## Rubric\n- Do you ask for what?\n", "", "it has no rubric"),
        ("## Hint\nEnough for what?\n", "", "it has no hints"),
        ("## Hint\nEnough for what?", "## Hint\n", "the section 'Hint' is empty"),
        ("## Rubric", "## Rubrik", "Unknown section 'Rubrik'. Did you mean 'Rubric'?"),
        ("Kookaburra prose.", "So.\n\n## Solution\nSo.", "'Solution' stands there twice"),
        ("Bandicoot prose.\n", "", "it has no solution"),
        ("numbat_factor = 1.2345678", "numbat_factor = = 1", "invalid syntax"),
        ("import statistics\n\nnumbers = range(5)\n\nanswer = ...", "import maths\n\nanswer = ...",
         "its start has the line 'import maths', which the solution has not"),
        ("answer = ...  # ", "# ", "its start has no line 'answer = ...'"),
        ("answer = \"b\" if", "reply = \"b\" if", "its solution never sets 'answer'"),
        ("## Slip: You divided by the number itself.", "## Slip", "needs the words a student"),
        ("## Start\n```python\nimport statistics", "## Start\nSo:\n```python\nimport statistics",
         "'Start' holds one ```python block and nothing else"),
        ("```yaml\nid: alpha-claim", "```yaml\n- alpha-claim", "its facts are"),
        ("```yaml\nid: alpha-claim", "id: alpha-claim", "a block ```yaml with its facts"),
        ("kind: compute", "kind: predict", "Lacking: compute"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_file_and_exercise(old: str, new: str, message: str) -> None:
    assert old in SOURCE
    with pytest.raises(HumanlikeError) as problem:
        parse(SOURCE.replace(old, new, 1), "alpha", "book/exercises/alpha.md")
    assert message in str(problem.value)
    assert str(problem.value).startswith("book/exercises/alpha.md")


@pytest.mark.parametrize(
    ("stub", "solution", "well"),
    [
        ("a = 1\nanswer = ...", "a = 1\nb = 2\nanswer = a + b", True),
        ("a = ...\nanswer = ...", "a = 1\nanswer = a", True),
        ("a = 1  # this\nanswer = ...  # number", "a = 1\nanswer = a", True),
        ("answer = {k: ... for k in (1, 2)}", "answer = {k: k + 1 for k in (1, 2)}", True),
        ("a = '#1'\nanswer = ...", "a = '#1'\nanswer = a", True),
        ("a = '#1'\nanswer = ...", "a = '#2'\nanswer = a", False),
        ("a = 1\nb = 2\nanswer = ...", "b = 2\na = 1\nanswer = a", False),
        ("    a = 1\nanswer = ...", "a = 1\nanswer = a", False),
        ("answer = 1", "answer = 1", False),
    ],
)
def test_each_line_of_a_stub_is_in_the_solution(stub: str, solution: str, well: bool) -> None:
    assert (difference(stub, solution) == "") is well


def test_exercises_are_found_by_chapter_session_and_name(project) -> None:
    assert len(exercises("alpha", project)) == 3
    assert exercise("alpha-spread", project).title == "The spread"
    assert list(sessions(project)) == ["1", "2", "3"]
    assert [one.id for one in gather("2", project)] == ["alpha-spread"]
    assert len(gather("1", project)) == len(gather("alpha", project)) == 3
    with pytest.raises(HumanlikeError, match=r"Unknown exercise 'alpha-spred'. Did you mean"):
        gather("3", project)
    with pytest.raises(
        HumanlikeError, match=r"Unknown chapter or session 'alfa'. Did you mean 'alpha'"
    ):
        gather("alfa", project)
    with pytest.raises(HumanlikeError, match="Unknown chapter 'gamma'"):
        exercise("gamma-one", project)


def test_exercises_of_a_chapter_that_does_not_exist_are_named(project) -> None:
    stray = project / "book" / "exercises" / "omega.md"
    stray.write_text(SOURCE, "utf-8")
    try:
        assert strays(project, ["alpha"]) == ["omega.md"]
    finally:
        stray.unlink()


def test_what_students_get_holds_no_solution_and_can_be_built_from(project, tmp_path) -> None:
    written = hand_out(tmp_path, project)
    assert {file.name for file in written} == {"alpha.md", "sessions.yml", "alpha.json"}
    for file in written:
        text = file.read_text("utf-8").lower()
        assert [secret for secret in SECRETS if secret in text] == []
    copied = parse(student_copy(SOURCE), "alpha", "alpha.md")
    assert [one.code for one in copied] == ["", "", ""]
    assert [one.text for one in copied] == [one.text for one in parse(SOURCE, "alpha", "alpha.md")]
