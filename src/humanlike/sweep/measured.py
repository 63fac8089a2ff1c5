"""What a plan rests on: how large prompts and answers are on disk, how fast a model was."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from humanlike.errors import HumanlikeError

if TYPE_CHECKING:
    from humanlike.models.base import Prompt

SAMPLE = 2000
"""Prompts written to see how much they take."""


@dataclass(frozen=True)
class Weight:
    """What a prompt and an answer take on disk, in bytes."""

    prompt: float
    answer: float


@dataclass(frozen=True)
class Pace:
    """How a model answered so far.

    Attributes
    ----------
    answers : int
        On which it rests.
    per_second : float
        Answers a second, loading included.
    read, written : float or None
        Tokens of a prompt and an answer, where they were counted.
    """

    answers: int
    per_second: float
    read: float | None
    written: float | None


def prompts_of(tasks: Sequence[str], n_triplets: int, n_words: int) -> list[Prompt]:
    """Return what one evaluation asks."""
    from humanlike.evaluate.asking import Asking
    from humanlike.evaluate.parameters import Parameters
    from humanlike.models import open_model

    chosen = Parameters(tasks=tuple(tasks), n_triplets=n_triplets, n_words=n_words)
    asking = Asking(open_model("simulated"), chosen, None, "simulate", False, lambda _: None)
    return [prompt for task in chosen.tasks for prompt in asking.plan(task).prompts]


def weigh(prompts: Sequence[Prompt]) -> Weight:
    """Write a sample of prompts with short answers of three models, and see how the store grows.

    Log-probabilities of tokens, where they are asked for, come on top.
    """
    chosen = prompts[:: max(1, len(prompts) // SAMPLE)][:SAMPLE]
    with tempfile.TemporaryDirectory() as folder:
        sizes = [_written(Path(folder) / f"{count}.sqlite", chosen, count) for count in (1, 3)]
    answer = (sizes[1] - sizes[0]) / (2 * len(chosen))
    return Weight(sizes[0] / len(chosen) - answer, answer)


def _written(path: Path, prompts: Sequence[Prompt], models: int) -> int:
    from humanlike.models.base import Answer, ModelInfo, Settings, Usage
    from humanlike.store.key import Keys
    from humanlike.store.rows import Entry
    from humanlike.store.store import Store

    settings = Settings()
    with Store(path) as store:
        for number in range(models):
            info = ModelInfo(f"scripted:{number}", "scripted", str(number))
            run = store.start(info, settings, "triplets")
            keys = Keys.of_model(info, settings).of(prompts)
            answer = Answer("elephant", finish="stop", usage=Usage(50, 2), seconds=0.01)
            store.add(run, [Entry(k, p, answer) for k, p in zip(keys, prompts, strict=True)])
        ((pages, size),) = store.rows("SELECT * FROM pragma_page_count, pragma_page_size")
    return int(pages) * int(size)


def record_bytes() -> float:
    """Return what an evaluation takes on disk, on average of those here; 0 if there is none."""
    from humanlike.evaluate.files import folder_of_evaluations

    sizes = [file.stat().st_size for file in folder_of_evaluations().glob("*.json")]
    return sum(sizes) / len(sizes) if sizes else 0.0


def pace(spec: str, store: Path | None = None) -> Pace:
    """Return how a model answered so far, by what is in the store.

    Raises
    ------
    HumanlikeError
        If it was never asked anything.
    """
    from contextlib import closing

    from humanlike.models import open_model
    from humanlike.store.store import Store

    with closing(open_model(spec)) as model:
        name = model.info().spec
    with Store(store) as opened:
        ((took, answers),) = opened.rows(
            "SELECT coalesce(sum(ended - started), 0), "
            "coalesce(sum((SELECT count(*) FROM responses WHERE run = runs.id)), 0) FROM runs "
            "WHERE spec = ? AND state IN ('finished', 'stopped') "
            "AND id NOT IN (SELECT run FROM batches)",
            (name,),
        )
        ((read, written),) = opened.rows(
            "SELECT avg(prompt_tokens), avg(completion_tokens) FROM responses "
            "WHERE run IN (SELECT id FROM runs WHERE spec = ?)",
            (name,),
        )
    if not answers or took <= 0:
        raise HumanlikeError(
            f"{name} has not been asked anything yet, so that nothing is known of its pace. Try "
            f"'humanlike query triplets {spec} --n 1000' first."
        )
    return Pace(int(answers), answers / took, read, written)
