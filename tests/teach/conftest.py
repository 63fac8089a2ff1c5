from __future__ import annotations

from pathlib import Path

import pytest

from humanlike.teach.seal import seal, write
from humanlike.teach.solve import solve
from humanlike.teach.source import parse

from .made_up import SOURCE


@pytest.fixture(scope="session")
def found():
    """The made-up exercises."""
    return parse(SOURCE, "alpha", "alpha.md")


@pytest.fixture(scope="session")
def solved(found):
    return solve(found)


@pytest.fixture(scope="session")
def entries(found, solved):
    """What the made-up answers are checked by."""
    return seal(found, solved)["exercises"]


@pytest.fixture(scope="session")
def project(tmp_path_factory, found, solved) -> Path:
    """A folder with the layout of a project, as far as exercises need it."""
    root = tmp_path_factory.mktemp("project")
    for folder in ("notebooks", "book/exercises"):
        (root / folder).mkdir(parents=True)
    (root / "_toc.yml").write_text(
        "format: jb-book\nroot: index\nchapters:\n  - file: notebooks/alpha\n", "utf-8"
    )
    (root / "notebooks" / "alpha.py").write_text("# %%\n", "utf-8")
    (root / "notebooks" / "alpha.yml").write_text("title: Alpha\npaper: A\n", "utf-8")
    (root / "book" / "exercises" / "alpha.md").write_text(SOURCE, "utf-8")
    (root / "book" / "exercises" / "sessions.yml").write_text(
        "1: [alpha]\n2: [alpha-spread]\n3: [alpha-spred]\n", "utf-8"
    )
    write("alpha", seal(found, solved), root)
    return root
