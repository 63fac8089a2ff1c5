"""Running one chapter, pressing Ctrl-C, and the ledger outside the book, on the small book."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import pytest

from book.sample import Project, alive, interrupt, wait_for

pytestmark = pytest.mark.slow

SLEEPER = """
import os, time
from pathlib import Path

Path({mark!r}).write_text(f"{{os.getpid()}} {{os.getppid()}}")
time.sleep(300)
"""


GLOSSARY = "# Glossary\n\n:::{glossary}\nmean\n  Add and divide.\n:::\n"


def run_folders(project: Project) -> list[str]:
    folder = project.home / "runs" / "alpha"
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def make_sleepy(project: Project, chapter: str = "alpha") -> Path:
    """Let a chapter sleep after telling its process numbers; return where it tells them."""
    mark = project.folder / "mark"
    source = f"notebooks/{chapter}.py"
    sleeper = f"\n# %%\n{SLEEPER.format(mark=str(mark))}"
    project.write(source, project.read(source) + sleeper)
    return mark


def test_a_run_leaves_page_notebook_parameters_values_and_provenance(built: Project) -> None:
    before = built.html_state()
    built.write("book/glossary.md", GLOSSARY)
    built.edit("notebooks/alpha.py", "# The mean is", "# See {doc}`beta`. The mean is")
    answer = built.cli("run", "alpha", "-p", "n=3", "-p", "label=fancy")
    assert answer.code == 0, answer.text
    assert "mean   1.00  [0.00, 2.00]" in answer.out
    (name,) = run_folders(built)
    folder = built.home / "runs" / "alpha" / name
    assert str(folder) in answer.out
    assert sorted(path.name for path in folder.iterdir()) == [
        "alpha.ipynb",
        "page",
        "parameters.json",
        "provenance.json",
        "values.json",
    ]
    contents = {p.stem: json.loads(p.read_text(encoding="utf-8")) for p in folder.glob("*.json")}
    assert contents["parameters"] == {"n": 3, "label": "fancy"}
    assert contents["values"]["mean"] == {"value": 1.0, "interval": [0.0, 2.0]}
    provenance = contents["provenance"]
    assert (provenance["profile"], provenance["session"]["real"]) == ("paper", True)
    assert {"started", "seconds", "peak_mb", "depends_on"} <= set(provenance)
    assert (folder / "page" / "index.html").is_file()
    page = (folder / "page" / "alpha.html").read_text(encoding="utf-8")
    text = " ".join(html.unescape(re.sub("<[^>]*>", "", page)).split())
    assert "See Beta. The mean is 1.00 [0.00, 2.00], the label fancy" in text
    assert 'href="book/glossary.html#term-mean"' in page and "Add and divide." in page
    assert "How to make this run again" in text
    assert "$ humanlike run alpha -p n=3 -p label=fancy" in text
    assert f"Key {name}." in text
    assert provenance["command"] == "humanlike run alpha -p n=3 -p label=fancy"
    assert (provenance["run"], provenance["revision"]) == (name, {"commit": "", "changed": []})
    assert (folder / "page" / "book" / "glossary.html").is_file()
    assert built.html_state() == before


def test_a_run_on_simulated_data_says_so(built: Project) -> None:
    answer = built.cli("run", "beta")
    assert answer.code == 0, answer.text
    assert "SIMULATED" in answer.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("-p", "m=3"), "Unknown parameter of chapter alpha 'm'"),
        (("-p", "labl=x"), "Did you mean 'label'?"),
        (("-p", "n=many"), "'n' takes int (how many numbers); got 'many'"),
        (("-p", "n=0"), "'n' is 0, outside its range"),
        (("-p", "label=loud"), "Unknown value for 'label' 'loud'"),
        (("-p", "n"), "-p takes NAME=VALUE; got 'n'"),
        (("-p", "n=1", "-p", "n=2"), "-p sets 'n' twice"),
    ],
)
def test_a_wrong_parameter_ends_before_anything_starts(
    fresh: Project, arguments: tuple[str, ...], message: str
) -> None:
    answer = fresh.cli("run", "alpha", *arguments)
    assert (answer.code, message in answer.err) == (1, True), answer.text
    assert "executing" not in answer.err
    assert not fresh.home.exists()


def test_a_run_that_fails_names_cell_and_error_and_keeps_the_notebook(built: Project) -> None:
    built.edit("notebooks/alpha.py", "mean = sum(numbers) / n", 'raise ValueError("no luck")')
    answer = built.cli("run", "alpha")
    assert answer.code == 1
    assert "Chapter alpha, cell 4 (numbers = list(range(n))): ValueError: no luck" in answer.err
    notebook = answer.err.partition("The notebook up to the error: ")[2].splitlines()[0]
    assert "no luck" in built.path(notebook).read_text(encoding="utf-8")
    assert run_folders(built) == ["failed"]


@pytest.mark.parametrize("command", [("run", "alpha"), ("build",)])
def test_ctrl_c_leaves_nothing_half_done_and_no_process(
    built: Project, command: tuple[str, ...]
) -> None:
    mark = make_sleepy(built)
    before, kept = built.html_state(), built.kept("alpha")
    process = built.start(*command)
    assert wait_for(mark.exists), "the chapter never started"
    assert wait_for(lambda: len(mark.read_text().split()) == 2)
    kernel, worker = map(int, mark.read_text().split())
    assert alive(kernel)
    answer = interrupt(process)
    assert answer.code == 130, answer.text
    assert "stopped" in answer.err
    assert "Traceback" not in answer.err
    assert wait_for(lambda: not alive(worker), 10), "the worker is still there"
    assert wait_for(lambda: not alive(kernel), 10), "the kernel is still there"
    assert run_folders(built) == []
    assert built.kept("alpha") == kept
    assert built.html_state() == before


def test_claims_are_listed_for_machines_with_what_came_out(built: Project) -> None:
    answer = built.cli("claims", "--json")
    found = {entry["id"]: entry for entry in answer.json()}
    fields = {"id", "paper", "section", "statement", "published", "recomputed", "verdict", "page"}
    assert all(fields <= set(entry) for entry in found.values())
    assert {name: entry["verdict"] for name, entry in found.items()} == {
        "a-mean": "reproduced",
        "a-size": "contradicted",
        "b-total": "not run",
        "b-people": "not testable",
    }
    assert found["a-mean"]["recomputed"] == "2.00"
    assert found["b-total"]["recomputed"] is None
    assert found["b-total"]["page"] == "notebooks/beta.html#fig-beta-line"
    assert answer.code == 1
    assert "1 claims of chapter beta were not run: it ran on simulated data." in answer.err


def test_claims_exit_with_zero_only_while_every_verdict_is_the_committed_one(
    built: Project,
) -> None:
    assert built.cli("claims", "--paper", "A").code == 0
    assert built.cli("claims", "--paper", "B").code == 1
    built.edit("data/claims/a.yml", "verdict: contradicted", "verdict: reproduced")
    answer = built.cli("claims", "--paper", "A")
    assert answer.code == 1
    assert "a-size: contradicted (recomputed 5, published 6), committed as reproduced" in answer.err
    built.edit("notebooks/alpha.py", "sum(numbers)", "sum(numbers) + 1")
    answer = built.cli("claims", "--paper", "A", "--json")
    assert [entry["verdict"] for entry in answer.json()] == ["not run", "not run"]
    assert "2 claims of chapter alpha were not run: it has changed since the last" in answer.err


def test_claims_without_a_build_are_not_run(fresh: Project) -> None:
    answer = fresh.cli("claims")
    assert answer.code == 1
    assert "2 claims of chapter alpha were not run: it was not executed by the" in answer.err
    assert "4 claims: 1 not testable, 3 not run." in answer.out


def test_a_chapter_may_be_run_whose_prose_needs_data_that_are_here(built: Project) -> None:
    built.add_data()
    answer = built.cli("run", "beta", HUMANLIKE_DATA="real")
    assert answer.code == 0, answer.text
    assert "total  10.0" in answer.out
    assert "SIMULATED" not in answer.out
