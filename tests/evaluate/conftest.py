"""A home of its own with simulated data, and a few evaluations that several tests look at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from humanlike.data import usage
from humanlike.evaluate import Evaluation, evaluate

SMALL: dict[str, Any] = {
    "n_triplets": 1600,
    "n_words": 60,
    "n_dims": 3,
    "n_refits": 4,
    "n_starts": 2,
    "n_replicates": 2,
    "n_boot": 100,
    "n_perm": 200,
    "n_jobs": 1,
    "missing": "simulate",
}
PERFECT, COINS = "simulated:space=human", "simulated:lapse=1"
LIKING = "simulated:space=human,noise=0.1,bias=1"


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keep what all tests of a session may share: answers and computed results."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(autouse=True)
def home(shared: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a home of one's own, on simulated data."""
    monkeypatch.setenv("HUMANLIKE_HOME", str(shared))
    monkeypatch.setenv("HUMANLIKE_DATA", "simulated")
    usage.clear()
    return shared


@pytest.fixture(scope="session")
def found(shared: Path) -> dict[str, Evaluation]:
    """Return evaluations of three observers whose minds are known."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HUMANLIKE_HOME", str(shared))
        patch.setenv("HUMANLIKE_DATA", "simulated")
        return {spec: evaluate(spec, **SMALL) for spec in (PERFECT, COINS, LIKING)}
