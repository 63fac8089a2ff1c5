"""Where the real data come from, if they are at hand."""

from __future__ import annotations

import os

import pytest

from humanlike.data import usage


@pytest.fixture
def simulated(monkeypatch):
    """Simulated data, whatever is at hand."""
    monkeypatch.setenv("HUMANLIKE_DATA", "simulated")
    usage.clear()


@pytest.fixture
def real(monkeypatch):
    """The real data, or a skipped test."""
    if not os.environ.get("HUMANLIKE_DATA_MIRROR"):
        pytest.skip("needs the real data: HUMANLIKE_DATA_MIRROR is not set")
    monkeypatch.setenv("HUMANLIKE_DATA", "real")
    usage.clear()
