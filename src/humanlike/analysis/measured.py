"""What benchmarks recorded, for a page that shows it; nothing is measured here."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from humanlike.errors import HumanlikeError

if TYPE_CHECKING:
    import pandas as pd


def load_benchmark() -> dict[str, Any]:
    """Load the recorded measurement of this package's fits beside those of other packages.

    Returns
    -------
    dict
        As ``benchmarks/ordinal.py`` wrote it; nothing is measured here.
    """
    from humanlike.paths import project_root

    path = project_root() / "benchmarks" / "results" / "ordinal.json"
    if not path.is_file():
        raise HumanlikeError(f"There is no {path.name}: run benchmarks/ordinal.py to measure.")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def benchmark_table(measured: dict[str, Any]) -> pd.DataFrame:
    """Put the recorded measurement into a table.

    Returns
    -------
    DataFrame
        One row per contestant. Columns: program; seconds and processor, the same of processor time
        (medians over seeds); times, processor time as a multiple of ours; peak_mb; loss, accuracy,
        r2 (means over seeds); load, of the machine at the time.
    """
    import pandas as pd

    rows = [
        {
            "program": name,
            "seconds": one["seconds"],
            "processor": one["processor_seconds"],
            "times": one["times_ours"],
            "peak_mb": one["peak_mb"],
            **{key: float(np.mean(one[key])) for key in ("loss", "accuracy", "r2")},
            "load": (one["load_before"] + one["load_after"]) / 2,
        }
        for name, one in measured["contestants"].items()
    ]
    return pd.DataFrame(rows)
