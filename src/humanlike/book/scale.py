"""Generated parts of the page on many models: a worked plan, and what the benchmark measured."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from humanlike.book.markdown import escape, table
from humanlike.errors import HumanlikeError
from humanlike.paths import project_root

if TYPE_CHECKING:
    from humanlike.book.blocks import Book

MODELS, CORES = 1000, 64
BENCHMARKED = "small, float32 on cpu"


def plan_example(_: Book, _body: str = "") -> str:
    """Return a plan for many small models on processor cores, at the pace of the benchmark."""
    from humanlike.evaluate.parameters import Parameters
    from humanlike.sweep.measured import prompts_of, weigh
    from humanlike.sweep.planning import Wish, steps

    measured = _results("local")[BENCHMARKED]
    usual = Parameters()
    prompts = prompts_of(usual.tasks, usual.n_triplets, usual.n_words)
    weight = weigh(prompts)
    wish = Wish(
        models=MODELS,
        prompts=len(prompts),
        read=measured["tokens per prompt"],
        written=1,
        per_second=measured["score"]["prompts_per_second"],
        devices=CORES,
        prompt_bytes=weight.prompt,
        answer_bytes=weight.answer,
    )
    rows = [[escape(name), escape(text)] for name, text in steps(wish)]
    return table(["Step", "Arithmetic"], rows, caption="A worked plan", classes="hl-table")


def sweep_benchmark(_: Book, _body: str = "") -> str:
    """Return what ``benchmarks/sweep.py`` measured last."""
    if not _file("sweep").is_file():
        return "Not measured yet: run `benchmarks/sweep.py`."
    found = _results("sweep")
    rows = [
        row for part in ("workers", "longer", "thousand") for row in _ROWS[part](found.get(part))
    ]
    head = ["Measured", "Value", "Load average"]
    return table(head, rows, caption="Sweeps on one machine", classes="hl-table")


def _of_workers(part: dict[str, Any] | None) -> list[list[str]]:
    if part is None:
        return []
    rows = []
    for run in part["runs"]:
        before, after = run["load_average before, after"]
        asked = part["settings"]["n_triplets"]
        name = f"{part['models']} models, {asked:,} triplets each, workers: {run['workers']}"
        rows.append([name, f"{run['seconds']:,.0f} s", f"{before:g} to {after:g}"])
    for times in part["times one worker"]:
        rows.append(["one worker's time over that of four", f"{times:.2f}", ""])
    same = "yes" if part["same scores in every run"] else "no"
    return [*rows, ["same scores in every run", same, ""]]


def _of_thousand(part: dict[str, Any] | None) -> list[list[str]]:
    if part is None:
        return []
    models, course = part["models"], part["course"]
    load = f"{part['load_average']:g}"
    rows = [
        [f"{models:,} models, {part['workers']} workers: {escape(name)}", f"{value:,.2f} s", load]
        for name, value in part["seconds"].items()
    ]
    rows += [
        ["time per model", f"{part['seconds per model, wall']:.2f} s", load],
        ["answers", f"{part['answers']:,.0f}", ""],
        ["store", f"{part['store MB']:,.0f} MB", ""],
        ["evaluations on disk", f"{part['evaluations MB']:,.0f} MB", ""],
    ]
    for mark in (course[0], course[-1]):
        done, memory = int(mark["done"]), mark["sweep MiB"]
        rows.append([f"memory of the sweep after {done:,} models", f"{memory:,.0f} MiB", ""])
        worker = mark["largest worker MiB"]
        rows.append(["memory of the largest worker then", f"{worker:,.0f} MiB", ""])
    return rows


_ROWS = {"workers": _of_workers, "longer": _of_workers, "thousand": _of_thousand}


def _file(name: str) -> Path:
    return project_root() / "benchmarks" / "results" / f"{name}.json"


def _results(name: str) -> dict[str, Any]:
    file = _file(name)
    try:
        found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise HumanlikeError(
            f"{file} cannot be read ({problem}). Restore it, or run benchmarks/{name}.py."
        ) from None
    return found
