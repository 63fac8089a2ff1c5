"""``humanlike exercises`` and ``humanlike check`` as typed."""

from __future__ import annotations

import json

import nbformat
import pytest

from humanlike.cli.main import main
from humanlike.teach.workbook import TAG

from .made_up import SOURCE


@pytest.fixture
def run(project, monkeypatch, tmp_path, capsys):
    """Run a command in an empty folder; return its status, output and messages."""
    monkeypatch.setenv("HUMANLIKE_PROJECT", str(project))
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str) -> tuple[int, str, str]:
        code = main(list(arguments))
        said = capsys.readouterr()
        return code, said.out, said.err

    return command


def test_exercises_are_listed(run) -> None:
    code, out, _ = run("exercises")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == [
        "alpha-guess", "alpha-spread", "alpha-claim",
    ]  # fmt: skip
    assert run("exercises", "2")[1].startswith("alpha-spread")


@pytest.mark.slow
def test_from_an_empty_notebook_to_all_right(run, tmp_path) -> None:
    code, out, _ = run("exercises", "alpha", "--out", "my_alpha.ipynb")
    assert (code, "Wrote my_alpha.ipynb: 3 exercises, 30 minutes." in out) == (0, True)
    assert run("exercises", "alpha", "--out", "my_alpha.ipynb")[0] == 1
    notebook = nbformat.read("my_alpha.ipynb", 4)
    answers = {"alpha-guess": "answer = 'b'", "alpha-spread": "answer = 3.086"}
    for cell in notebook.cells:
        for tag in cell.metadata.get("tags", []):
            cell.source = answers.get(tag.removeprefix(TAG), cell.source)
            if tag == f"{TAG}alpha-claim":
                cell.source = "Enough for what?"
    nbformat.write(notebook, "my_alpha.ipynb")
    code, out, err = run("check", "alpha")
    assert (code, "Executing my_alpha.ipynb" in err) == (0, True)
    assert out.splitlines()[-1] == "3 exercises: 2 right, 1 yours to judge."
    code, out, _ = run("check", "2", "my_alpha.ipynb", "--json")
    assert (code, json.loads(out)) == (0, [{"id": "alpha-spread", "state": "right", "says": ""}])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("exercises", "alfa"), "Unknown chapter or session 'alfa'. Did you mean 'alpha'?"),
        (("exercises", "--out", "x.ipynb"), "--out needs a chapter or session"),
        (("check", "alpha"), "There is no notebook my_alpha.ipynb"),
        (("check", "alpha", "--seconds", "0"), "--seconds is 0; give a time above 0"),
    ],
)
def test_a_mistake_is_one_clear_message(run, arguments, message) -> None:
    code, _, err = run(*arguments)
    assert (code, message in err) == (1, True), err


def test_exercises_of_no_chapter_are_a_clear_error(run, project) -> None:
    stray = project / "book" / "exercises" / "omega.md"
    stray.write_text(SOURCE, "utf-8")
    try:
        assert "book/exercises/omega.md: there is no chapter" in run("exercises")[2]
    finally:
        stray.unlink()
