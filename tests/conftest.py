"""Fixtures of the book's tests: small projects, and one built book that all workers share."""

from __future__ import annotations

import fcntl
import shutil
from pathlib import Path

import pytest
from book.sample import Project


@pytest.fixture
def fresh(tmp_path: Path) -> Project:
    """The small book, never built."""
    return Project(tmp_path).create()


@pytest.fixture(scope="session")
def built_once(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Project:
    """The small book, built once for all tests and all workers of this session."""
    base = tmp_path_factory.getbasetemp()
    shared = (base if worker_id == "master" else base.parent) / "built-book"
    shared.mkdir(exist_ok=True)
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        project, done = Project(shared / "work"), shared / "done"
        if not done.exists():
            shutil.rmtree(project.folder, ignore_errors=True)
            project.create().build()
            done.touch()
    return project


@pytest.fixture
def built(built_once: Project, tmp_path: Path) -> Project:
    """A copy of the built book for one test."""
    return built_once.copy(tmp_path)


@pytest.fixture
def project_env(fresh: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """The small book as the project of this very process."""
    for name, value in fresh.environment().items():
        if name.startswith("HUMANLIKE_"):
            monkeypatch.setenv(name, value)
    monkeypatch.delenv("HUMANLIKE_DATA", raising=False)
    return fresh
