"""The cell that installs on a bare Colab, and the files that start the book on other machines."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import nbformat
import pytest
import yaml

from humanlike.book.chapters import find_chapters, pair_difference, read_notebook, write_pair
from humanlike.book.setup_cell import TAG, is_setup, setup_source, with_setup
from humanlike.cli.serve import LAB_PORT, PORT

from .sample import Project

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = find_chapters(ROOT)
ADDRESS = "https://github.com/humanlike-book/humanlike"


@pytest.mark.parametrize("chapter", CHAPTERS.values(), ids=CHAPTERS)
def test_every_notebook_begins_with_it_and_no_chapter_contains_it(chapter: Any) -> None:
    notebook = nbformat.read(chapter.notebook, as_version=4)
    first = notebook.cells[0]
    assert first.metadata.tags == [TAG, "remove-cell"]
    assert first.source == setup_source(ROOT)
    assert not any(is_setup(cell) for cell in notebook.cells[1:])
    assert not any(is_setup(cell) for cell in read_notebook(chapter).cells)


def run_cell(
    monkeypatch: pytest.MonkeyPatch, place: Path, *, colab: bool, installed: bool
) -> list[list[str]]:
    """Execute the cell where programs are only noted down; return what it would have run."""
    called: list[list[str]] = []

    def note(command: list[str], check: bool) -> None:
        assert check
        called.append(command)
        if command[0] == "git":
            (place / command[-1]).mkdir()

    monkeypatch.chdir(place)
    monkeypatch.setattr(subprocess, "run", note)
    monkeypatch.setattr(sys, "path", list(sys.path))
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name: find(name) if installed or name != "humanlike" else None,
    )
    if colab:
        monkeypatch.setitem(sys.modules, "google.colab", ModuleType("google.colab"))
    exec(compile(setup_source(ROOT), "cell", "exec"), {})
    return called


def test_on_a_bare_colab_it_gets_the_book_and_what_it_needs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert run_cell(monkeypatch, tmp_path, colab=True, installed=False) == [
        ["git", "clone", "--depth=1", ADDRESS, "humanlike-book"],
        [sys.executable, "-m", "pip", "install", "--quiet", "-e", "."],
    ]
    assert Path.cwd() == tmp_path / "humanlike-book"
    assert sys.path[0] == str(tmp_path / "humanlike-book" / "src")


def test_a_second_try_does_not_get_the_book_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "humanlike-book").mkdir()
    called = run_cell(monkeypatch, tmp_path, colab=True, installed=False)
    assert [command[0] for command in called] == [sys.executable]


@pytest.mark.parametrize("colab,installed", [(True, True), (False, True), (False, False)])
def test_anywhere_else_it_does_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, colab: bool, installed: bool
) -> None:
    before = list(sys.path)
    assert run_cell(monkeypatch, tmp_path, colab=colab, installed=installed) == []
    assert (Path.cwd(), sys.path, list(tmp_path.iterdir())) == (tmp_path, before, [])


def test_pairing_adds_it_once_and_keeps_everything_else(fresh: Project) -> None:
    chapter = find_chapters(fresh.root)["alpha"]
    before = fresh.read("notebooks/alpha.py")
    cells = read_notebook(chapter).cells
    assert write_pair(chapter)
    after = fresh.read("notebooks/alpha.py")
    assert with_setup(after, "") == before
    assert with_setup(after, setup_source(fresh.root)) == after
    assert read_notebook(chapter).cells == cells
    assert pair_difference(chapter) == ""
    assert not write_pair(chapter)


def test_an_old_one_is_replaced_and_a_project_without_address_has_none(fresh: Project) -> None:
    chapter = find_chapters(fresh.root)["alpha"]
    write_pair(chapter)
    fresh.edit("_config.yml", ADDRESS, "https://example.org/moved")
    assert "lacks the cell that installs on Colab, or has an old one" in pair_difference(chapter)
    write_pair(chapter)
    assert fresh.read("notebooks/alpha.py").count('# %% tags=["setup"') == 1
    assert "https://example.org/moved" in fresh.read("notebooks/alpha.ipynb")
    fresh.edit("_config.yml", "https://example.org/moved", "x'; import os; '")
    write_pair(chapter)
    assert "setup" not in fresh.read("notebooks/alpha.py")


def test_the_button_opens_the_pair_on_colab() -> None:
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    assert config["launch_buttons"]["colab_url"] == "https://colab.research.google.com"
    assert config["repository"]["url"] == ADDRESS


def test_binder_reads_its_files_as_meant() -> None:
    """The rules of repo2docker: a binder folder is used alone, paths count from the top."""
    folder = ROOT / "binder"
    names = {path.name for path in folder.iterdir()}
    assert names == {"requirements.txt", "runtime.txt", "postBuild"}
    assert re.fullmatch(r"python-3\.1[1-9]\n?", (folder / "runtime.txt").read_text())
    lines = (folder / "requirements.txt").read_text().split("\n")
    # a nested file counts from the file that names it, an editable folder from where pip is called
    assert lines[:2] == ["-r ../requirements.txt", "-e ."]
    assert (folder / "../requirements.txt").resolve() == ROOT / "requirements.txt"
    pins = (ROOT / "requirements.txt").read_text().lower()
    assert all(
        f"\n{name}==" in pins for name in ("jupyterlab", "jupytext", "ipykernel", "notebook_shim")
    )
    start = folder / "postBuild"
    assert os.access(start, os.X_OK)
    assert start.read_text().startswith("#!/bin/bash\n")
    subprocess.run(["bash", "-n", str(start)], check=True)


def test_the_dev_container_calls_what_exists() -> None:
    said = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
    assert said["forwardPorts"] == [PORT, LAB_PORT]
    assert set(said["portsAttributes"]) == {str(PORT), str(LAB_PORT)}
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "make install" in said["postCreateCommand"]
    assert re.search(r"^install:", makefile, re.MULTILINE)
    assert said["image"].startswith("python:3.1")
