"""What a worker does: evaluate one cell, and say what came of it, whatever happens."""

from __future__ import annotations

import gzip
import io
import os
import platform
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from humanlike import __version__
from humanlike.errors import HumanlikeError
from humanlike.parallel import reason
from humanlike.sweep.journal import Entry, Journal, started
from humanlike.sweep.listing import Cell
from humanlike.sweep.machine import StoreMark, store_here

if TYPE_CHECKING:
    from humanlike.evaluate.record import Evaluation


@dataclass(frozen=True)
class Job:
    """A cell on its way to a worker.

    Attributes
    ----------
    cell : Cell
    store : StoreMark
        The store of who sends it.
    journal : str
        The journal there.
    version : str
        Version of the package there.
    """

    cell: Cell
    store: StoreMark
    journal: str
    version: str = __version__


@dataclass(frozen=True)
class Done:
    """What came of a cell.

    Attributes
    ----------
    entry : Entry
        For the journal.
    evaluation : str
        The record as JSON; empty after a failure.
    answers : bytes
        From a machine that does not share the store: its answers, exported and packed.
    """

    entry: Entry
    evaluation: str = ""
    answers: bytes = b""


def work(job: Job) -> Done:
    """Evaluate a cell; a failure is a result too."""
    begun = time.time()
    try:
        evaluation, answers = _evaluated(job)
    except Exception as problem:
        return Done(_entry(job, begun, "failed", message=reason(problem)))
    known: dict[str, Any] = {"evaluation": evaluation.id, "scores": scores(evaluation)}
    if evaluation.simulated:
        known["simulated"] = True
        known["message"] = f"on SIMULATED data: {', '.join(evaluation.simulated)}"
    return Done(_entry(job, begun, "done", **known), evaluation.as_json(), answers)


def _evaluated(job: Job) -> tuple[Evaluation, bytes]:
    from humanlike.evaluate.run import evaluate

    if job.version != __version__:
        raise HumanlikeError(
            f"The worker on {platform.node()} has humanlike {__version__}, the sweep "
            f"{job.version}. Install the same version for both."
        )
    path, shared = store_here(job.store)
    if shared:
        Journal(Path(job.journal)).note(started(job.cell.id))
    given = asdict(job.cell.parameters)
    evaluation = evaluate(
        job.cell.spec,
        store=path,
        missing=job.cell.missing,
        n_jobs=_threads(),
        **given,
        **job.cell.reach,
    )
    return evaluation, b"" if shared else packed(path, evaluation.spec)


def _threads() -> int:
    """Return how many threads this worker has."""
    named = os.environ.get("OMP_NUM_THREADS", "")
    return int(named) if named.isdigit() and int(named) else 1


def _entry(job: Job, begun: float, state: Any, **known: Any) -> Entry:
    seconds = round(time.time() - begun, 3)
    return Entry(job.cell.id, state, time.time(), platform.node(), os.getpid(), seconds, **known)


def scores(evaluation: Evaluation) -> dict[str, float]:
    """Return what the table shows of an evaluation, as far as there is a result."""
    parts = [part for part in (evaluation.triplets, evaluation.ratings) if part is not None]
    found: dict[str, float] = {
        "asked": sum(part.asked.prompts for part in parts),
        "valid": sum(part.asked.valid for part in parts),
    }
    if evaluation.triplets is not None and evaluation.triplets.r2 is not None:
        found["r2"] = evaluation.triplets.r2.value
    if evaluation.ratings is not None and evaluation.ratings.rsa is not None:
        found["rsa"] = evaluation.ratings.rsa.value
    return found


def packed(store: Path, spec: str) -> bytes:
    """Return all answers of a model in a store, as `unpack` takes them in."""
    from humanlike.store.store import Store
    from humanlike.store.transfer import records, write_lines

    buffer = io.BytesIO()
    with (
        Store(store) as opened,
        gzip.open(buffer, "wt", encoding="utf-8", compresslevel=3) as stream,
    ):
        write_lines(stream, records(opened, spec))
    return buffer.getvalue()


def unpack(store: Path, answers: bytes) -> None:
    """Take answers of another store in; what is here already stays.

    Raises
    ------
    HumanlikeError
        If they were changed on the way.
    """
    import shutil

    from humanlike.store.store import Store
    from humanlike.store.transfer import load

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "answers.jsonl"
        with gzip.open(io.BytesIO(answers)) as source, file.open("wb") as target:
            shutil.copyfileobj(source, target)
        with Store(store) as opened:
            load(opened, file)
