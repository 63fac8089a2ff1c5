"""How long the book's own machinery takes, beside the floor nobody can go under.

Measured in one run: ``humanlike --help`` against starting Python; a quick build of the whole book
from an empty cache; the same build again with nothing changed; and, as the floor of an execution,
papermill running an empty notebook in this process. Results go to
``benchmarks/results/build.json``.

Run as ``python benchmarks/build.py``.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def timed(command: list[str], environment: dict[str, str], repeats: int = 1) -> list[float]:
    """Return the seconds of each of several runs of a command that must succeed."""
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        subprocess.run(command, env=environment, cwd=ROOT, check=True, capture_output=True)
        seconds.append(time.perf_counter() - start)
    return seconds


def papermill_floor(repeats: int = 3) -> float:
    """Return the median seconds papermill takes for a notebook whose only cell is empty."""
    import nbformat
    import papermill

    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("None")])
    seconds = []
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "empty.ipynb"
        nbformat.write(notebook, source)
        for _ in range(repeats):
            start = time.perf_counter()
            papermill.execute_notebook(
                str(source), str(Path(folder) / "out.ipynb"), kernel_name="python3",
                progress_bar=False,
            )  # fmt: skip
            seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def main() -> None:
    """Measure, print and store."""
    humanlike = [sys.executable, "-m", "humanlike"]
    with tempfile.TemporaryDirectory() as home:
        environment = os.environ | {"HUMANLIKE_HOME": home}
        python = statistics.median(timed([sys.executable, "-c", "pass"], environment, 7))
        command_help = statistics.median(timed([*humanlike, "--help"], environment, 7))
        build = [*humanlike, "build", "--profile", "quick"]
        first = timed(build, environment)[0]
        again = statistics.median(timed(build, environment, 3))
    floor = papermill_floor()
    rows = {
        "python -c pass": python,
        "humanlike --help": command_help,
        "papermill, empty notebook": floor,
        "quick build, empty cache": first,
        "quick build, nothing changed": again,
    }
    for name, seconds in rows.items():
        print(f"{name:<32}{seconds:8.2f} s{seconds / floor:8.2f} x papermill floor")
    result = {
        "seconds": {name: round(seconds, 3) for name, seconds in rows.items()},
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "data": "mirror" if os.environ.get("HUMANLIKE_DATA_MIRROR") else "downloaded or simulated",
    }
    target = ROOT / "benchmarks" / "results" / "build.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(f"written to {target.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
