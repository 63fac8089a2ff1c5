"""The command line: usage, suggestions, exit codes, and never a traceback."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from book.sample import Project

from humanlike.cli.main import main


def run(*arguments: str) -> int:
    """Run a command in this process and return its exit code."""
    try:
        return main(list(arguments))
    except SystemExit as stop:
        return int(stop.code or 0)


Captured = pytest.CaptureFixture[str]


@pytest.mark.parametrize("arguments", [("--help",), ("build", "--help"), ("run", "--help")])
def test_help_explains_the_command(arguments: tuple[str, ...], capsys: Captured) -> None:
    assert run(*arguments) == 0
    assert "usage: humanlike" in capsys.readouterr().out


def test_the_version_is_that_of_the_package(capsys: Captured) -> None:
    from humanlike import __version__

    assert run("--version") == 0
    assert capsys.readouterr().out == f"humanlike {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("biuld",), "Unknown command or value 'biuld'. Did you mean 'build'?"),
        (("zzz",), "Unknown command or value 'zzz'. Known: "),
        (("build", "--profile", "quik"), "'quik'. Did you mean 'quick'?"),
        (("claims", "--paper", "C"), "Known: A, B."),
        (("build", "--jobs", "two"), "invalid int value: 'two'"),
        (("build", "--onlyy", "x"), "--onlyy"),
        (("run",), "The following arguments are required: CHAPTER"),
        ((), "required: COMMAND"),
        (("data",), "required: ACTION"),
    ],
)
def test_wrong_usage_is_one_line_with_a_suggestion_and_exit_2(
    arguments: tuple[str, ...], message: str, capsys: Captured
) -> None:
    assert run(*arguments) == 2
    said = capsys.readouterr()
    assert message in said.err
    assert "--help" in said.err
    assert said.err.count("\n") == 1
    assert said.out == ""


@pytest.mark.parametrize(
    "arguments", [("params", "alfa"), ("run", "alfa"), ("build", "--only", "alfa")]
)
def test_an_unknown_chapter_is_suggested_with_exit_1(
    project_env: Project, arguments: tuple[str, ...], capsys: Captured
) -> None:
    assert run(*arguments) == 1
    said = capsys.readouterr().err
    assert said == "humanlike: Unknown chapter 'alfa'. Did you mean 'alpha'? Known: alpha, beta.\n"


def test_parameters_are_explained_for_people(project_env: Project, capsys: Captured) -> None:
    assert run("params", "alpha") == 0
    said = capsys.readouterr().out
    assert (
        "n: int = 5\n      how many numbers\n      allowed: 1 to 1,000\n      thorough: 9" in said
    )
    assert "label: str = 'plain'\n      which label\n      allowed: plain, fancy" in said
    assert run("params", "beta") == 0
    assert "beta: Beta has no parameters." in capsys.readouterr().out


def test_parameters_are_listed_for_machines(project_env: Project, capsys: Captured) -> None:
    assert run("params", "alpha", "--json") == 0
    n, label = json.loads(capsys.readouterr().out)
    assert n == {
        "name": "n",
        "type": "int",
        "default": 5,
        "bounds": [1, 1000],
        "choices": None,
        "doc": "how many numbers",
        "profiles": {"thorough": 9},
    }
    assert (label["choices"], label["bounds"]) == (["plain", "fancy"], None)


def test_pairs_are_checked_written_and_then_agree(project_env: Project, capsys: Captured) -> None:
    assert run("pair", "--check") == 1
    assert "alpha: alpha.ipynb does not exist. Run 'humanlike pair'." in capsys.readouterr().err
    assert run("pair") == 0
    assert capsys.readouterr().out == "alpha: wrote alpha.ipynb\nbeta: wrote beta.ipynb\n"
    assert run("pair", "--check") == 0
    project_env.edit("notebooks/alpha.py", "The mean is", "On average it is")
    assert run("pair", "--check") == 1
    assert "alpha: the text of cell 2 differs." in capsys.readouterr().err


def test_outside_a_project_the_message_says_where_it_looked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Captured
) -> None:
    monkeypatch.setenv("HUMANLIKE_PROJECT", str(tmp_path))
    assert run("claims") == 1
    said = capsys.readouterr().err
    assert f"HUMANLIKE_PROJECT names {tmp_path}, which has no _toc.yml" in said


def test_a_wrong_choice_of_data_is_refused(
    project_env: Project, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setenv("HUMANLIKE_DATA", "simulate")
    assert run("build") == 1
    assert "HUMANLIKE_DATA 'simulate'. Did you mean 'simulated'?" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [("biuld",), ("params", "x"), ("run", "alpha", "-p", "n=0"), ("build", "--jobs", "0")],
)
def test_the_installed_command_shows_no_traceback(
    fresh: Project, arguments: tuple[str, ...]
) -> None:
    answer = fresh.cli(*arguments)  # fails on a traceback
    assert answer.code in (1, 2)
    assert answer.err.count("\n") == 1
