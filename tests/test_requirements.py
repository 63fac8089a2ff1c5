"""requirements.txt: all that is imported is pinned, every pin is needed, and they fit together."""

from __future__ import annotations

import ast
import sys
import tomllib
from functools import cache
from importlib.metadata import Distribution, distributions, packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PEERS = {"cblearn", "lm_eval", "rsatoolbox", "salmon"}  # of benchmarks, in their own environment
ELSEWHERE = {"dask-jobqueue"}  # for a cluster's own queue; nothing here imports it


def pins() -> dict[str, str]:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    parts = [line.partition("#")[0].partition(";")[0].strip().partition("==") for line in lines]
    return {canonicalize_name(name): version for name, _, version in parts if name}


PINS = pins()


@cache
def installed() -> dict[str, Distribution]:
    return {canonicalize_name(one.metadata["Name"]): one for one in distributions()}


def wants(name: str, *, extras: bool) -> list[Requirement]:
    """Return what an installed package asks for on this machine."""
    one = installed()[name]
    asked = [Requirement(text) for text in one.requires or []]
    given = ["", *(one.metadata.get_all("Provides-Extra") or [])] if extras else [""]
    return [r for r in asked if not r.marker or any(r.marker.evaluate({"extra": e}) for e in given)]


def named() -> set[str]:
    """Return the packages that pyproject.toml names."""
    extras = [text for one in PROJECT["optional-dependencies"].values() for text in one]
    return {canonicalize_name(Requirement(text).name) for text in PROJECT["dependencies"] + extras}


def imported(folder: str) -> set[str]:
    """Return the top-level modules of others that files of a folder import, wherever in a file."""
    names, ours = set(), {"humanlike"}
    for file in (ROOT / folder).rglob("*.py"):
        ours |= {file.stem, file.parent.name}
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.partition(".")[0])
    return names - ours - PEERS - set(sys.stdlib_module_names)


@pytest.mark.parametrize("folder", ["notebooks", "tests", "benchmarks", "src"])
def test_every_import_is_pinned(folder: str) -> None:
    homes = packages_distributions()
    unpinned = {
        module
        for module in imported(folder)
        if not {canonicalize_name(home) for home in homes.get(module, ())} & set(PINS)
    }
    assert unpinned == set()


def test_every_pin_is_named_or_asked_for_by_another() -> None:
    asked = {
        canonicalize_name(r.name) for n in PINS if n in installed() for r in wants(n, extras=True)
    }
    assert set(PINS) - named() - asked == set()
    assert named() - ELSEWHERE - set(PINS) == set()


def test_the_pins_fit_together() -> None:
    here = [name for name in PINS if name in installed()]
    assert len(here) > 100
    wrong = [
        f"{name} wants {one}, pinned is {PINS.get(canonicalize_name(one.name))}"
        for name in here
        for one in wants(name, extras=False)
        if not one.specifier.contains(PINS.get(canonicalize_name(one.name), "nothing"), True)
    ]
    assert wrong == []
