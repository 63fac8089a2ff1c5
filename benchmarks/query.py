"""How fast the querying engine is, beside floors measured in the same run.

Store: answers inserted in batches, beside the same rows put into one plain SQLite table with no
index at all; one million rows looked up again, keys included. Encoder: 35,000 triplets judged by
MiniLM after it is loaded, beside embedding the 128 concepts alone; the same through the whole
engine, store included. Each figure stands with the processor time it took, because machines are
shared. Results go to ``benchmarks/results/query.json``.

Run as ``OMP_NUM_THREADS=1 python benchmarks/query.py [ROWS]`` (one million by default). One thread,
because on a machine that others use, threads that wait for each other take longer than one alone.
"""

from __future__ import annotations

import json
import os
import platform
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from humanlike.data.published import load_concepts
from humanlike.models import open_model
from humanlike.models.base import Answer, ModelInfo, Prompt, Settings, Usage
from humanlike.query import query
from humanlike.store import Store
from humanlike.store.key import Keys
from humanlike.store.rows import Entry
from humanlike.tasks import triplets

ROOT = Path(__file__).resolve().parents[1]
ROWS = 1_000_000
BATCH = 20_000
TRIPLETS = 35_000
INFO = ModelInfo("scripted:bench", "scripted", "bench")
ANSWER = Answer("item", finish="stop", usage=Usage(40, 2), seconds=0.1)


def timed(work: Callable[[], object]) -> dict[str, float]:
    """Return wall and processor seconds of a call."""
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return {
        "seconds": round(time.perf_counter() - wall, 3),
        "cpu_seconds": round(time.process_time() - processor, 3),
    }


def made_up(rows: int) -> list[Prompt]:
    """Return prompts of the length of real triplets, all different."""
    return [
        Prompt(
            f"QUESTION: Which item is most similar to thing {n}: apple or car? Respond only with "
            "the item name.",
            triplets.SYSTEM,
            allowed=("apple", "car"),
        )
        for n in range(rows)
    ]


def plain_floor(folder: Path, prompts: list[Prompt]) -> dict[str, float]:
    """Insert text and answer into one table without any key, in the same batches."""
    connection = sqlite3.connect(folder / "plain.sqlite", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE plain (user TEXT, system TEXT, answer TEXT)")

    def work() -> None:
        for start in range(0, len(prompts), BATCH):
            part = [(p.user, p.system, "item") for p in prompts[start : start + BATCH]]
            connection.execute("BEGIN")
            connection.executemany("INSERT INTO plain VALUES (?, ?, ?)", part)
            connection.execute("COMMIT")

    found = timed(work)
    connection.close()
    return found


def store_figures(folder: Path, rows: int) -> dict[str, dict[str, float]]:
    """Measure insertion, resume and the floor of insertion."""
    prompts = made_up(rows)
    keys = Keys.of_model(INFO, Settings()).of(prompts)
    store = Store(folder / "store.sqlite")
    run = store.start(INFO, Settings(), "bench")

    def insert() -> None:
        for start in range(0, rows, BATCH):
            part = range(start, min(start + BATCH, rows))
            store.add(run, [Entry(keys[n], prompts[n], ANSWER) for n in part])

    def resume() -> None:
        again = Keys.of_model(INFO, Settings()).of(prompts)
        assert len(store.settled(again)) == rows

    found = {"insert": timed(insert)}
    found["look up keys"] = timed(lambda: store.settled(keys))
    found["resume (make keys, look them up)"] = timed(resume)
    found["floor: plain table without keys"] = plain_floor(folder, prompts)
    for name in ("insert", "floor: plain table without keys"):
        found[name]["rows_per_second"] = round(rows / found[name]["seconds"])
        found[name]["rows_per_cpu_second"] = round(rows / found[name]["cpu_seconds"])
    store.close()
    return found


def encoder_figures(folder: Path) -> dict[str, dict[str, float]]:
    """Measure the encoder alone and through the engine."""
    concepts = list(load_concepts()["concept"])
    design = triplets.design(len(concepts), TRIPLETS)
    prompts = [triplets.prompt(*(concepts[n] for n in row)) for row in design.triplets]
    model = open_model("encoder:")
    load = timed(lambda: list(model.answer(prompts[:1], Settings())))
    judged = timed(lambda: list(model.answer(prompts, Settings())))
    model.close()
    model = open_model("encoder:")
    list(model.answer(prompts[:1], Settings()))
    floor = timed(lambda: model.embed(concepts))  # type: ignore[attr-defined]
    asked = timed(lambda: query("triplets", model, store=folder / "encoder.sqlite"))
    again = timed(lambda: query("triplets", model, store=folder / "encoder.sqlite"))
    return {
        "load": load,
        "35,000 triplets after load": judged,
        "floor: embed 128 concepts": floor,
        "whole query, stored and summed up": asked,
        "the same query again": again,
    }


def main() -> None:
    """Measure, print and keep."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with tempfile.TemporaryDirectory() as name:
        result = {
            "rows": rows,
            "store": store_figures(Path(name), rows),
            "encoder": encoder_figures(Path(name)),
            "cores": os.cpu_count(),
            "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "all"),
            "load_average": round(os.getloadavg()[0], 1),
            "python": platform.python_version(),
            "sqlite": sqlite3.sqlite_version,
            "machine": platform.machine(),
        }
    for part in ("store", "encoder"):
        for label, figures in result[part].items():  # type: ignore[attr-defined]
            shown = "  ".join(f"{key} {value:,}" for key, value in figures.items())
            print(f"{label:<36}{shown}")
    target = ROOT / "benchmarks" / "results" / "query.json"
    target.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(
        f"load average {result['load_average']} on {result['cores']} cores; {target.name} written"
    )


if __name__ == "__main__":
    main()
