"""Fixtures of the book's tests: small projects, and one built book that all workers share."""

from __future__ import annotations

import gc
import os
from pathlib import Path
from typing import Any

import pytest
from book.once import once
from book.sample import Project
from hypothesis import settings

settings.register_profile("calm", deadline=None)  # a busy machine is no failure
settings.load_profile("calm")
os.environ.setdefault("OMP_NUM_THREADS", "1")  # workers that each take all cores slow each other
TOGETHER = (
    "tests/browser/test_pages.py",
    "tests/browser/",
    "tests/models/test_hf",
    "tests/models/test_encoder.py",
    "tests/sweep/",
    "tests/classroom/test_pack.py",
    "tests/second/",
    "tests/trust/test_verify_slow.py",
)


def group_of(nodeid: str) -> str:
    """Return what a test must share a worker with: a group of `TOGETHER`, or nothing but itself."""
    return next((group for group in TOGETHER if nodeid.startswith(group)), nodeid)


def pytest_xdist_auto_num_workers() -> int:
    """Count the cores this process may use; pytest-xdist would count those of the machine."""
    from humanlike.parallel import cores

    return cores()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, so that no worker is alone with it at the end.

    The scheduler hands out groups first, the largest first, then single tests in this order.
    """
    items.sort(key=lambda one: group_of(one.nodeid) == one.nodeid and not is_slow(one))


def pytest_collection_finish() -> None:
    """Keep what stays to the end out of garbage collections, which some libraries call often."""
    gc.collect()
    gc.freeze()


def is_slow(item: pytest.Item) -> bool:
    """Whether a test carries the mark."""
    return item.get_closest_marker("slow") is not None


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give tests that share something slow to one worker: a browser, the built book, models.

    What pytest-xdist 3.8 does for its groups has no effect with pytest 9: it writes into a name
    that pytest no longer reads.
    """
    if config.getvalue("dist") != "loadgroup":
        return None
    from xdist.scheduler import LoadScopeScheduling

    class ByGroup(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return group_of(nodeid)

    return ByGroup(config, log)


@pytest.fixture
def fresh(tmp_path: Path) -> Project:
    """The small book, never built."""
    return Project(tmp_path).create()


@pytest.fixture(scope="session")
def built_once(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Project:
    """The small book, built once for all tests and all workers of this session."""
    with once(tmp_path_factory, worker_id, "built-book") as (folder, first):
        if first:
            Project(folder).create().build()
    return Project(folder)


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
