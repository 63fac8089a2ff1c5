"""Fixtures: a tiny data set with its own server, and the real data where they are at hand."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tiny_server import Server, make_project, write_registry

from humanlike.data import download, usage

REPOSITORY = Path(__file__).resolve().parents[2]
MIRROR = os.environ.get("HUMANLIKE_DATA_MIRROR")


@pytest.fixture
def clean(tmp_path, monkeypatch):
    """A fresh home and no variable that changes where data come from."""
    for name in ("HUMANLIKE_DATA", "HUMANLIKE_DATA_MIRROR", "HUMANLIKE_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HUMANLIKE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(download, "PAUSES", (0.0, 0.0))
    download.forget_unreachable()
    usage.clear()
    yield tmp_path
    download.forget_unreachable()
    usage.clear()


@pytest.fixture
def server():
    running = Server()
    yield running
    running.close()


@pytest.fixture
def tiny(clean, server, monkeypatch):
    """The data set ``tiny`` of two files, served by ``server``; returns the temporary folder."""
    project = make_project(clean / "project")
    write_registry(project, server.base)
    monkeypatch.setenv("HUMANLIKE_PROJECT", str(project))
    return clean


@pytest.fixture
def registered(clean, monkeypatch):
    """The project's own registry, with no data at hand and no network."""
    project = make_project(clean / "project")
    (project / "data" / "registry").rmdir()
    (project / "data" / "registry").symlink_to(REPOSITORY / "data" / "registry")
    monkeypatch.setenv("HUMANLIKE_PROJECT", str(project))
    monkeypatch.setenv("HUMANLIKE_OFFLINE", "1")
    return clean


@pytest.fixture
def real(registered, monkeypatch):
    """The project's own registry and the real data, or a skipped test."""
    if not MIRROR:
        pytest.skip("needs the real data: HUMANLIKE_DATA_MIRROR is not set")
    monkeypatch.setenv("HUMANLIKE_DATA_MIRROR", MIRROR)
    return Path(MIRROR)
