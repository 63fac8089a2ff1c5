"""The page on many models shows what was measured, and nothing where nothing was."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from humanlike.book import scale
from humanlike.errors import HumanlikeError


def _run(seconds: float, workers: int) -> dict[str, Any]:
    return {"seconds": seconds, "workers": workers, "load_average before, after": [0.5, 3.25]}


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the file of results, not there yet."""
    monkeypatch.setattr(scale, "project_root", lambda: tmp_path)
    file = tmp_path / "benchmarks" / "results" / "sweep.json"
    file.parent.mkdir(parents=True)
    return file


def test_one_row_for_each_comparison(results: Path) -> None:
    part = {
        "models": 24,
        "settings": {"n_words": 60},
        "runs": [_run(30.0, 4), _run(100.0, 1)],
        "times one worker": [3.33],
        "same scores in every run": False,
    }
    results.write_text(json.dumps({"whole": part}), encoding="utf-8")
    shown = scale.sweep_benchmark(None)  # type: ignore[arg-type]
    assert "| 24 | 35,000 | 100 s | 30 s | 3.33 | no | 0.5 to 3.25 |" in shown
    assert shown.count(":::{table}") == 1


def test_without_results_it_says_what_to_run(results: Path) -> None:
    assert "benchmarks/sweep.py" in scale.sweep_benchmark(None)  # type: ignore[arg-type]
    results.write_text('{"whole": ', encoding="utf-8")
    with pytest.raises(HumanlikeError, match=r"cannot be read.*benchmarks/sweep\.py"):
        scale.sweep_benchmark(None)  # type: ignore[arg-type]
