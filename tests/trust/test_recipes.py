"""The recipes for continuous integration: they parse, pin their actions, and call what exists."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from humanlike.cli.main import parser

ROOT = Path(__file__).resolve().parents[2]
RECIPES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
recipes = pytest.mark.parametrize("recipe", RECIPES, ids=lambda file: file.stem)


def read(recipe: Path) -> dict[Any, Any]:
    return dict(yaml.safe_load(recipe.read_text(encoding="utf-8")))


def steps(recipe: Path) -> Iterator[dict[str, Any]]:
    for job in read(recipe)["jobs"].values():
        yield from job["steps"]


def commands(recipe: Path) -> Iterator[list[str]]:
    for step in steps(recipe):
        for line in step.get("run", "").splitlines():
            yield shlex.split(line)


def test_there_is_one_for_changes_one_for_the_week_and_one_for_tags() -> None:
    triggers = {file.stem: set(read(file)[True]) for file in RECIPES}  # YAML reads 'on' as true
    assert triggers == {
        "test": {"push", "pull_request"},
        "weekly": {"schedule", "workflow_dispatch"},
        "release": {"push"},
    }
    assert read(ROOT / ".github/workflows/release.yml")[True]["push"] == {"tags": ["v*"]}
    (timer,) = read(ROOT / ".github/workflows/weekly.yml")[True]["schedule"]
    minute, hour, *rest = timer["cron"].split()
    assert int(minute) < 60
    assert int(hour) < 24
    assert rest == ["*", "*", "1"]


@recipes
def test_every_action_is_pinned_and_every_job_may_do_little(recipe: Path) -> None:
    used = [step["uses"] for step in steps(recipe) if "uses" in step]
    assert used
    for action in used:
        assert re.fullmatch(r"actions/[\w-]+@v\d+\.\d+\.\d+", action), action
    allowed = {"contents": "write" if recipe.stem == "release" else "read"}
    assert read(recipe)["permissions"] == allowed
    for job in read(recipe)["jobs"].values():
        assert job["timeout-minutes"] <= 180


@recipes
def test_no_recipe_needs_a_secret(recipe: Path) -> None:
    assert "secrets." not in recipe.read_text(encoding="utf-8")


@recipes
def test_every_command_of_ours_exists_with_its_options(recipe: Path) -> None:
    called = [words for words in commands(recipe) if words and words[0].endswith("humanlike")]
    assert called
    for words in called:
        assert words[0] == ".venv/bin/humanlike"
        assert callable(parser().parse_args(words[1:]).func), words


@recipes
def test_every_target_of_make_exists(recipe: Path) -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    for words in commands(recipe):
        if words[:1] == ["make"]:
            assert set(words[1:]) <= targets


def test_what_is_kept_is_what_the_commands_write() -> None:
    from humanlike.pdf.make import NAME
    from humanlike.trust.record import FOLDER

    text = (ROOT / ".github/workflows/weekly.yml").read_text(encoding="utf-8")
    assert FOLDER in text
    assert f"_build/{NAME}" in text
    assert "_build/release" in text
