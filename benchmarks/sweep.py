"""How a sweep scales: more workers, and a thousand models.

``workers``: 24 models, simulated observers and tiny random Llama and GPT-2 models saved to disk, go
through both tests on a Dask cluster of one worker and of four on this machine, each time from an
empty home, one after the other and again. A worker spends seconds on starting, so that short work
scales less; ``longer`` asks three times as much of each model, and ``whole`` asks all triplets of
the paper and fits spaces of its size, with the resamples of the quick profile. ``thousand``: a
thousand simulated observers are listed, previewed, evaluated on triplets, stored and ranked, and
time and memory are noted on the way; every hundred should take as long, and memory should stay
where it is. Results go to ``benchmarks/results/sweep.json``, each part on its own.

Run as ``OMP_NUM_THREADS=1 python benchmarks/sweep.py workers [REPEATS]``, ``longer [REPEATS]``,
``whole [REPEATS]`` or ``thousand [MODELS]``.
On a machine that others use, the load average beside each figure says how far to believe it.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from humanlike.query import plan
from humanlike.store.store import default_path
from humanlike.sweep.listing import read_list
from humanlike.sweep.preview import preview, total
from humanlike.sweep.run import Row, sweep
from humanlike.sweep.table import lines

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "benchmarks" / "results" / "sweep.json"
WORKERS = 4
PREVIEWED = 50
LESS = {"n_triplets": 4000, "n_words": 60, "n_dims": 8, "n_refits": 30, "n_replicates": 2}
LONGER = LESS | {"n_triplets": 12_000, "n_words": 100}
WHOLE = {"n_words": 100}
LEAST = {"n_triplets": 1500, "n_words": 60, "n_dims": 3, "n_refits": 2, "n_starts": 1,
         "n_replicates": 2, "n_boot": 10, "n_perm": 10}  # fmt: skip
SHAPE = {"vocab_size": 600, "max_position_embeddings": 512, "bos_token_id": 1, "eos_token_id": 2}


def write_list(file: Path, models: list[Any], settings: dict[str, int]) -> Path:
    """Write the list of a sweep."""
    head = {"profile": "quick", "defaults": settings, "models": models}
    file.write_text(json.dumps(head), encoding="utf-8")  # JSON is YAML
    return file


def tiny_models(folder: Path) -> list[str]:
    """Save random Llama and GPT-2 models, and return their specs."""
    import torch
    from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM

    found = []
    for seed in range(4):
        torch.manual_seed(seed)
        llama = LlamaConfig(
            hidden_size=64,
            intermediate_size=128,
            num_hidden_layers=2,
            num_attention_heads=4,
            **SHAPE,
        )
        gpt2 = GPT2Config(n_embd=32, n_layer=2, n_head=4, **SHAPE)
        for made in (LlamaForCausalLM(llama), GPT2LMHeadModel(gpt2)):
            place = folder / f"{made.config.model_type}-{seed}"
            made.save_pretrained(place)
            _tokenizer(place)
            found.append(f"hf:{place},device=cpu")
    return found


def _tokenizer(folder: Path) -> None:
    """Save a small byte-level tokenizer without chat template."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=SHAPE["vocab_size"], special_tokens=["<pad>", "<s>", "</s>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False,
    )  # fmt: skip
    made.train_from_iterator([prompt.text for prompt in plan("triplets", n=500).prompts], trainer)
    fast = PreTrainedTokenizerFast(
        tokenizer_object=made, bos_token="<s>", eos_token="</s>", pad_token="<pad>"
    )
    fast.save_pretrained(folder)


@contextmanager
def empty_home() -> Iterator[Path]:
    """Give a home in which nothing is known."""
    with tempfile.TemporaryDirectory(prefix="humanlike-benchmark-") as name:
        before = os.environ.get("HUMANLIKE_HOME")
        os.environ["HUMANLIKE_HOME"] = name
        try:
            yield Path(name)
        finally:
            os.environ.pop("HUMANLIKE_HOME")
            if before is not None:
                os.environ["HUMANLIKE_HOME"] = before


def load() -> float:
    return round(os.getloadavg()[0], 1)


def scores(rows: list[Row]) -> dict[str, Any]:
    """Return what came of every model, to be compared."""
    return {cell.label: entry.scores or entry.message for cell, entry in rows}


def one_run(file: Path, workers: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Do a whole sweep with so many Dask workers; return figures and scores."""
    with empty_home():
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        before, begun = load(), time.perf_counter()
        rows = sweep(file, scheduler=f"local:{workers}")
        took = time.perf_counter() - begun
        now = resource.getrusage(resource.RUSAGE_CHILDREN)
        busy = [entry.seconds for _, entry in rows]
    figures = {
        "workers": workers,
        "seconds": round(took, 1),
        "cpu_seconds": round(now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime, 1),
        "seconds of all evaluations": round(sum(busy), 1),
        "longest evaluation": round(max(busy), 1),
        "failed": sum(entry.state != "done" for _, entry in rows),
        "load_average before, after": [before, load()],
    }
    print(figures, flush=True)
    return figures, scores(rows)


def longer(repeats: int) -> dict[str, Any]:
    """Compare them where every model is asked a third of the paper's questions."""
    return workers(repeats, LONGER)


def whole(repeats: int) -> dict[str, Any]:
    """Compare them where every model is asked what the paper asks."""
    return workers(repeats, WHOLE)


def workers(repeats: int, settings: dict[str, int] = LESS) -> dict[str, Any]:
    """Compare one worker with four, in turn."""
    runs: list[dict[str, Any]] = []
    said: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as name:
        models: list[Any] = [
            {"spec": spec, "tasks": ["triplets"]} for spec in tiny_models(Path(name))
        ]
        models += [f"simulated:space=things,noise={n / 20:g}" for n in range(16)]
        file = write_list(Path(name) / "models.yml", models, settings)
        for _ in range(repeats):
            for count in (WORKERS, 1):
                figures, found = one_run(file, count)
                runs.append(figures)
                said.append(found)
    ratios = [
        round(one["seconds"] / many["seconds"], 2)
        for many, one in zip(runs[::2], runs[1::2], strict=True)
    ]
    return {
        "models": len(models),
        "settings": settings,
        "runs": runs,
        "times one worker": ratios,
        "same scores in every run": all(found == said[0] for found in said),
    }


def resident(pid: int | str) -> int:
    """Return the memory of a process in MiB; 0 if it has gone."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    except (OSError, IndexError):
        return 0
    return round(pages * resource.getpagesize() / 2**20)


def children() -> list[str]:
    """Return the numbers of this process's children."""
    found = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return [pid for file in found for pid in file.read_text(encoding="ascii").split()]


class Watch(threading.Thread):
    """Notes how many evaluations are done, and how much memory that takes."""

    def __init__(self, home: Path) -> None:
        super().__init__(daemon=True)
        self.home, self.ended = home, threading.Event()
        self.samples: list[dict[str, float]] = []
        self.begun = time.perf_counter()

    def run(self) -> None:
        while not self.ended.wait(1.0):
            done = len(list((self.home / "evaluations").glob("*.json")))
            self.samples.append(
                {
                    "done": done,
                    "seconds": round(time.perf_counter() - self.begun, 1),
                    "sweep MiB": resident(os.getpid()),
                    "largest worker MiB": max(map(resident, children()), default=0),
                    "load_average": load(),
                }
            )

    def by(self, step: int) -> list[dict[str, float]]:
        """Return the first sample at or after every so many evaluations."""
        last = self.samples[-1]["done"] if self.samples else 0
        wanted = [*range(step, int(last) + 1, step)]
        return [next(s for s in self.samples if s["done"] >= mark) for mark in wanted]


def timed(work: Any) -> tuple[Any, float]:
    begun = time.perf_counter()
    found = work()
    return found, round(time.perf_counter() - begun, 2)


def thousand(models: int) -> dict[str, Any]:
    """List, preview, evaluate, store and rank so many observers."""
    from humanlike.cli.main import main as command

    with empty_home() as home:
        specs = [f"simulated:space=things,noise={n / models:g},seed={n}" for n in range(models)]
        entries = [{"spec": spec, "tasks": ["triplets"]} for spec in specs]
        file = write_list(home / "models.yml", entries, LEAST)
        cells, reading = timed(lambda: read_list(file))
        previews, previewed = timed(lambda: [preview(cell, None) for cell in cells[:PREVIEWED]])
        print(*total(previews), sep="\n", flush=True)
        watch = Watch(home)
        watch.start()
        rows, took = timed(lambda: sweep(file, scheduler=f"local:{WORKERS}"))
        watch.ended.set()
        shown, showing = timed(lambda: lines(rows, whole=False))
        print(*shown, sep="\n", flush=True)
        again, resumed = timed(lambda: sweep(file, scheduler=f"local:{WORKERS}"))
        _, ranked = timed(lambda: command(["leaderboard"]))
        size = default_path().stat().st_size
        records = sum(one.stat().st_size for one in (home / "evaluations").glob("*.json"))
        answers = sum(entry.scores.get("asked", 0) for _, entry in rows)
    assert scores(again) == scores(rows)
    return {
        "models": models,
        "settings": LEAST,
        "workers": WORKERS,
        "failed": sum(entry.state != "done" for _, entry in rows),
        "answers": answers,
        "seconds": {
            "read the list": reading,
            f"preview (dry run) of {len(previews)}": previewed,
            "sweep": took,
            "table": showing,
            "the same command again": resumed,
            "leaderboard": ranked,
        },
        "seconds per model, wall": round(took / models, 3),
        "seconds per model, one worker": round(sum(e.seconds for _, e in rows) / models, 3),
        "store MB": round(size / 1e6, 1),
        "bytes per answer": round(size / answers, 1),
        "evaluations MB": round(records / 1e6, 1),
        "course": watch.by(max(models // 10, 1)),
    }


PARTS = {"workers": (workers, 2), "longer": (longer, 1), "whole": (whole, 1),
         "thousand": (thousand, 1000)}  # fmt: skip


def main() -> None:
    """Measure, print and keep."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    part = sys.argv[1] if len(sys.argv) > 1 else "workers"
    measure, usual = PARTS[part]
    found = measure(int(sys.argv[2]) if len(sys.argv) > 2 else usual)
    found |= {
        "cores": os.cpu_count(),
        "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "all"),
        "load_average": load(),
        "python": platform.python_version(),
        "machine": platform.machine(),
    }
    kept = json.loads(TARGET.read_text(encoding="utf-8")) if TARGET.is_file() else {}
    TARGET.write_text(json.dumps(kept | {part: found}, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
