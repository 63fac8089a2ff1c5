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
WORKERS = ("workers", "longer", "whole")
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
    scaled = [row for part in WORKERS for row in _of_workers(found.get(part))]
    head = ["Models", "Triplets of each", "One worker", "Four workers", "Times as fast"]
    tables = [
        ([*head, "Same scores", "Load average"], scaled, "The same sweep with one worker and four"),
        (["Measured", "Value"], _of_thousand(found.get("thousand")), "Many simulated models"),
    ]
    return "\n\n".join(
        table(head, rows, caption=caption, classes="hl-table")
        for head, rows, caption in tables
        if rows
    )


def _of_workers(part: dict[str, Any] | None) -> list[list[str]]:
    from humanlike.evaluate.parameters import resolve

    if part is None:
        return []
    asked = resolve("quick", **part["settings"]).n_triplets
    same = "yes" if part["same scores in every run"] else "no"
    rows = []
    pairs = zip(part["runs"][::2], part["runs"][1::2], part["times one worker"], strict=True)
    for many, one, times in pairs:
        loads = [load for run in (one, many) for load in run["load_average before, after"]]
        seconds = [f"{run['seconds']:,.0f} s" for run in (one, many)]
        span = f"{min(loads):g} to {max(loads):g}"
        rows.append([f"{part['models']}", f"{asked:,}", *seconds, f"{times:.2f}", same, span])
    return rows


def _of_thousand(part: dict[str, Any] | None) -> list[list[str]]:
    if part is None:
        return []
    models, course = part["models"], part["course"]
    rows = [
        ["models", f"{models:,}"],
        ["workers", f"{part['workers']}"],
        ["load average at the end", f"{part['load_average']:g}"],
        *([escape(name), f"{value:,.2f} s"] for name, value in part["seconds"].items()),
    ]
    rows += [
        ["time per model", f"{part['seconds per model, wall']:.2f} s"],
        ["answers", f"{part['answers']:,.0f}"],
        ["store", f"{part['store MB']:,.0f} MB"],
        ["evaluations on disk", f"{part['evaluations MB']:,.0f} MB"],
    ]
    for mark in (course[0], course[-1]):
        done, memory = int(mark["done"]), mark["sweep MiB"]
        rows.append([f"memory of the sweep after {done:,} models", f"{memory:,.0f} MiB"])
        worker = mark["largest worker MiB"]
        rows.append(["memory of the largest worker then", f"{worker:,.0f} MiB"])
    return rows


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
