"""A process that asks: run by the tests, killed by them, and looked over the shoulder."""

from __future__ import annotations

import multiprocessing
import os
import resource
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from models.endpoint import expected

from humanlike.models.base import Answer, Model, Prompt
from humanlike.models.openai import OpenAIModel
from humanlike.models.openai import model as openai_model
from humanlike.models.openai.asking import Limits
from humanlike.models.scripted import Scripted
from humanlike.query import query

QUICK = Limits(
    concurrency=32, timeout=0.25, retries=12, first_wait=0.01, longest_wait=0.05, patience=5
)
COMMANDS = 5
"""On a busy machine a time-out as short as this may give a prompt up; the same command asks it."""
PATIENT = Limits(concurrency=8, timeout=60)


def start(store: Path, log: Path, n: int, **how: Any) -> BaseProcess:
    """Ask n triplets in a process of its own.

    Without ``url`` a scripted model answers after ``delay`` seconds and writes each prompt it is
    asked to the log; otherwise the server there is asked, which writes its own, with ``limits``.
    The command is given again as long as prompts are left, `COMMANDS` times at most. With
    ``most_bytes`` no file of the process can grow beyond them.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["humanlike.query.run", "humanlike.models.openai", "pandas"])
    process = context.Process(target=_ask, args=(store, log, n), kwargs=how)
    process.start()
    return process


def _ask(
    store: Path,
    log: Path,
    n: int,
    *,
    delay: float = 0.0,
    url: str = "",
    limits: Limits = QUICK,
    most_bytes: int = 0,
    max_tokens: int = 32,
    chunk: int = 500,
) -> None:
    if most_bytes:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
    model: Model
    if url:
        openai_model.CHUNK = chunk
        model = OpenAIModel("fake", url, limits=limits)
    else:
        model = Scripted(_script(log, delay), name="worker", chunk=100)
    for _ in range(COMMANDS):
        result = query("triplets", model, n=n, max_tokens=max_tokens, store=store)
        if all(answer is not None and answer.problem is None for answer in result.answers):
            return
    raise SystemExit(f"{result.summary}")


def _script(log: Path, delay: float) -> Callable[[Prompt], Answer]:
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def script(prompt: Prompt) -> Answer:
        os.write(file, f"{time.time()} {prompt.user}\n".encode())
        time.sleep(delay)
        return Answer(expected(prompt.user), finish="stop")

    return script
