"""How long a whole evaluation of the small encoder takes: from nothing, and from a full store.

``humanlike evaluate encoder:`` with the papers' own settings asks 35,000 triplets and 17,292
ratings, fits the embedding with its interval, and writes the page with all other ways of asking.
First everything is new: no answer in the store, no result kept. Then the same command again.
Compiled loops and data are there in both cases, as after any earlier use. Results go to
``benchmarks/results/evaluate.json``, with the load of the machine before and after.

Run as ``python benchmarks/evaluate.py``.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COMMAND = [sys.executable, "-m", "humanlike", "evaluate", "encoder:"]
WARM = ["--profile", "quick", "--n-triplets", "7000", "--n-words", "20", "--robust", "0"]
LIMITS = {"empty": 180.0, "full": 20.0}


def timed(arguments: list[str], home: str) -> dict[str, float]:
    """Return wall-clock and processor seconds of one evaluation, kernel and page included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    load, start = os.getloadavg()[0], time.perf_counter()
    environment = os.environ | {"HUMANLIKE_HOME": home}
    subprocess.run([*COMMAND, *arguments], env=environment, cwd=ROOT, check=True,
                   capture_output=True)  # fmt: skip
    seconds = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {
        "seconds": round(seconds, 2),
        "processor_seconds": round(used, 2),
        "load_before": round(load, 2),
        "load_after": round(os.getloadavg()[0], 2),
    }


def main() -> None:
    """Measure, print and store."""
    with tempfile.TemporaryDirectory() as warm:
        timed(WARM, warm)
    with tempfile.TemporaryDirectory() as home:
        rows = {"empty": timed([], home), "full": timed([], home)}
        rows["full, no page"] = timed(["--no-page"], home)
    for name, row in rows.items():
        wanted = f" (wanted: under {LIMITS[name]:g} s)" if name in LIMITS else ""
        print(f"{name:<14}{row['seconds']:8.1f} s {row['processor_seconds']:8.1f} processor s"
              f"   load {row['load_before']:.1f} to {row['load_after']:.1f}{wanted}")  # fmt: skip
    result = {
        "rows": rows,
        "wanted": LIMITS,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "machine": platform.machine(),
    }
    target = ROOT / "benchmarks" / "results" / "evaluate.json"
    target.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
