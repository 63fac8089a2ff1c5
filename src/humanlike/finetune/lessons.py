"""Many lessons, each once: kept when done; encoders learn in processes of one thread each.

One thread per process makes every number independent of how many cores there are, and a busy
neighbour slows one lesson instead of all: threads of one multiplication wait for the slowest.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from humanlike.data.digest import replacing
from humanlike.finetune.encoder import Lesson, Recipe, teach
from humanlike.models.encoder import Encoder
from humanlike.parallel import cores
from humanlike.paths import home

if TYPE_CHECKING:
    from concurrent.futures import Executor

    import numpy as np
    from numpy.typing import NDArray

    from humanlike.finetune.language import LanguageModel

    Pupil = Encoder | LanguageModel

THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS")


def teach_all(
    lessons: Mapping[str, Lesson],
    pupil: Pupil,
    *,
    workers: int = 0,
    folder: Path | None = None,
    tell: Callable[[str], None] | None = None,
) -> dict[str, NDArray[np.float64]]:
    """Teach every lesson that has not been taught before, longest first.

    Each outcome is written as soon as it is there; a run that was stopped goes on with the lessons
    that are missing.

    Parameters
    ----------
    lessons : dict of str to Lesson
        Lessons by name.
    pupil : Encoder or LanguageModel
        Who is taught; it stays as it is.
    workers : int
        Processes for an encoder; 0 takes all cores of this process but one. A language model learns
        one lesson at a time, on the device it was opened for.
    folder : Path, optional
        Where outcomes and adapters are kept; by default under the user's own folder.
    tell : callable, optional
        Given a line before and after each lesson.

    Returns
    -------
    dict of str to ndarray, each of shape (asked words, asked dimensions)
        Ratings, 0 to 5, by name, in the order of the lessons; NaN where a language model gave no
        number.

    Raises
    ------
    HumanlikeError
        If a lesson is impossible or its loss is no longer a number; outcomes so far are kept.
    """
    folder = folder or home() / "finetune" / pupil.info().kind
    files = {name: folder / f"{key(lesson, pupil)}.npy" for name, lesson in lessons.items()}
    found = {name: kept for name, file in files.items() if (kept := _kept(file, lessons[name]))
             is not None}  # fmt: skip
    todo = {name: lesson for name, lesson in lessons.items() if name not in found}
    if tell and len(found):
        tell(f"{len(found)} of {len(lessons)} lessons were taught before.")
    taught = (
        _side_by_side(todo, pupil, workers)
        if isinstance(pupil, Encoder)
        else _one_by_one(todo, files, pupil, tell)
    )
    for done, (name, outcome) in enumerate(taught, start=1):
        _keep(files[name], outcome)
        found[name] = outcome
        if tell:
            tell(f"{done} of {len(todo)}: {name}")
    return {name: found[name] for name in lessons}


def key(lesson: Lesson, pupil: Pupil) -> str:
    """Return the checksum of all that can change a lesson's outcome."""
    who = pupil.info().identity() if isinstance(pupil, Encoder) else pupil.identity()
    parts = {"encoder": who, "lesson": lesson.identity()}
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def spare_cores() -> int:
    """Return how many processes to use: the cores this process may use, less one for others."""
    return max(1, cores() - 1)


def _effort(lesson: Lesson) -> int:
    """Return a number that grows with the work: words passed through, none for a read-out."""
    recipe = lesson.recipe
    if not isinstance(recipe, Recipe):
        return 0
    return max(recipe.epochs * len(lesson.words), recipe.steps * recipe.batch)


def _one_by_one(
    todo: Mapping[str, Lesson],
    files: Mapping[str, Path],
    pupil: LanguageModel,
    tell: Callable[[str], None] | None,
) -> Iterator[tuple[str, NDArray[np.float64]]]:
    """Yield each lesson's outcome: read-outs first, while the frozen model is loaded."""
    heavy = [lesson for lesson in todo.values() if lesson.recipe is not None]
    if tell and heavy:
        examples = sum(lesson.ratings.size for lesson in heavy)
        asked = sum(len(le.asked_words) * len(le.asked_dimensions) for le in heavy)
        tell(
            f"{len(heavy)} adapters to train on {examples:,} examples a pass in all, and "
            f"{asked:,} ratings to ask for afterwards."
        )
    for name in sorted(todo, key=lambda name: todo[name].recipe is not None):
        yield name, pupil.teach(todo[name], files[name].with_name(files[name].stem[:12]), tell)
    pupil.close()


def _side_by_side(
    todo: Mapping[str, Lesson], encoder: Encoder, workers: int
) -> Iterator[tuple[str, NDArray[np.float64]]]:
    """Yield each lesson's outcome as it is done: read-outs here, the rest in processes."""
    from concurrent.futures import as_completed

    heavy = sorted((n for n in todo if todo[n].recipe), key=lambda n: -_effort(todo[n]))
    with _processes(min(workers or spare_cores(), len(heavy))) as pool:
        running = {}
        if pool:
            path = str(encoder.path)
            running = {pool.submit(_apart, todo[name], path): name for name in heavy}
        for name in todo:
            if todo[name].recipe is None:
                yield name, teach(todo[name], encoder)
        for future in as_completed(running):
            yield running[future], future.result()


@contextmanager
def _processes(count: int) -> Iterator[Executor | None]:
    """Start processes of one thread each; stopping early stops them too."""
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    if count < 1:
        yield None
        return
    before = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, "1"))
    pool = ProcessPoolExecutor(count, multiprocessing.get_context("spawn"))
    try:
        yield pool
    except BaseException:
        children = list((pool._processes or {}).values())
        pool.shutdown(wait=False, cancel_futures=True)
        for child in children:
            child.terminate()
        raise
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
        pool.shutdown()


def _apart(lesson: Lesson, path: str) -> NDArray[np.float64]:
    """Teach in a process of its own."""
    import torch

    torch.set_num_threads(1)
    encoder = Encoder(Path(path), "student")
    return teach(lesson, encoder)


def _kept(file: Path, lesson: Lesson) -> NDArray[np.float64] | None:
    """Return a kept outcome; None if there is none, or it cannot be read."""
    import numpy as np

    try:
        outcome: NDArray[np.float64] = np.load(file, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    expected = (len(lesson.asked_words), len(lesson.asked_dimensions))
    return outcome if outcome.shape == expected and not np.isinf(outcome).any() else None


def _keep(file: Path, outcome: NDArray[np.float64]) -> None:
    import numpy as np

    with replacing(file) as stream:
        np.save(stream, outcome, allow_pickle=False)
