"""Pieces of work for the tests; at the top of a module, so that other processes find them."""

from __future__ import annotations

import os
import time
from pathlib import Path

from humanlike.models.base import Answer, Prompt
from humanlike.models.scripted import Scripted
from humanlike.query import query
from humanlike.sweep.journal import Journal, started
from humanlike.sweep.machine import store_here
from humanlike.sweep.work import Done, Job

SMALL = """
tasks: [triplets, ratings]
profile: quick
defaults: {n_triplets: 1500, n_dims: 2, n_refits: 2, n_starts: 1, n_replicates: 2,
           n_words: 30, n_boot: 5, n_perm: 5}
models:
  - simulated:noise=0.1
  - simulated:noise=0.3
  - spec: simulated:lapse=0.5
    name: distracted
"""
N_SLOW = 300


def square(x: int) -> int:
    return x * x


def fail(x: int) -> int:
    raise ValueError(f"no {x}")


def die(_: int) -> None:
    os.kill(os.getpid(), 9)


def die_once(file: Path) -> int:
    """Die when called for the first time."""
    if not file.exists():
        file.touch()
        os.kill(os.getpid(), 9)
    return os.getpid()


def variable(name: str) -> str:
    return os.environ.get(name, "")


def wait_long(file: Path) -> None:
    """Say that it has begun, then take longer than anybody waits."""
    file.write_text(str(os.getpid()), encoding="ascii")
    time.sleep(600)


def quick_work(job: Job) -> Done:
    """Fail for a model called bad; otherwise be done."""
    if job.cell.model == "bad":
        raise ValueError("the weights are broken")
    from humanlike.sweep.work import _entry

    return Done(_entry(job, time.time(), "done", evaluation=""))


def slow_work(job: Job) -> Done:
    """Ask a model that takes its time and writes down every prompt it is asked."""
    from humanlike.sweep.work import _entry

    path, _ = store_here(job.store)
    log = Path(job.journal).with_suffix(f".{job.cell.model}.log")

    def script(prompt: Prompt) -> Answer:
        with log.open("a", encoding="utf-8") as file:
            file.write(prompt.user + "\n")
        time.sleep(0.005)
        return Answer("yes", finish="stop")

    Journal(Path(job.journal)).note(started(job.cell.id))
    model = Scripted(script, name=job.cell.model, chunk=50)
    query("triplets", model, n=N_SLOW, seed=job.cell.parameters.seed, store=path)
    return Done(_entry(job, time.time(), "done"))
