"""Evaluate one model: ask both tests, measure, and return the record."""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from humanlike import __version__
from humanlike.data import usage
from humanlike.data.source import simulation_forced
from humanlike.errors import HumanlikeError
from humanlike.evaluate.asking import Asking, asked_of, needs_form, settled
from humanlike.evaluate.parameters import Parameters, resolve
from humanlike.evaluate.record import Evaluation
from humanlike.evaluate.whole import Whole
from humanlike.parallel import cores
from humanlike.query.run import REACH
from humanlike.store.store import default_path

if TYPE_CHECKING:
    from humanlike.evaluate.ratings import Norms
    from humanlike.evaluate.triplets import Scale
    from humanlike.models.base import Model
    from humanlike.query.run import Result

Tell = Callable[[str], None]
T = TypeVar("T")
Kept = tuple[T, tuple[usage.DataUse, ...]]
"""Something at hand, and what was read for it."""


def evaluate(
    model: str | Model,
    tasks: tuple[str, ...] | None = None,
    *,
    profile: str = "paper",
    store: Path | None = None,
    missing: str = "raise",
    progress: bool = False,
    tell: Tell | None = None,
    n_jobs: int = -1,
    **given: Any,
) -> Evaluation:
    """Put a model through both tests.

    What has been answered is not asked again, and what was computed from the same answers by the
    same code is not computed again, so that an evaluation that was cut off goes on.

    Parameters
    ----------
    model : str or Model
        A spec, or an open model, which stays open.
    tasks : tuple of str, optional
        Of ``triplets`` and ``ratings``; both by default.
    profile : {"quick", "paper", "thorough"}
        Numbers of resamples; all of them ask the same.
    store : Path, optional
        Another store than the user's own.
    missing : {"raise", "simulate"}
        What to do if norms, prompts or the human space cannot be had. A result on simulated data
        says so.
    progress : bool
        Whether to show how far it is, on the standard error.
    tell : callable, optional
        Given lines that say what is going to be done, before it is done.
    n_jobs : int
        Threads, -1 for all cores; no number depends on it.
    **given
        Fields of `humanlike.evaluate.parameters.Parameters`; and, where the model is given as a
        spec of a server, those of `humanlike.query.run.REACH`.

    Returns
    -------
    Evaluation
        Not written anywhere; see `humanlike.evaluate.files.write_evaluation`.

    Raises
    ------
    HumanlikeError
        If model or parameters are not understood, the model cannot do it, or the store fails.
    DataUnavailable
        If data cannot be had and ``missing`` is ``"raise"``.
    Interrupted
        After Ctrl-C while asking; what had arrived is stored.
    """
    reach = {name: given.pop(name) for name in REACH if name in given}
    parameters = resolve(profile, tasks=tasks, **given)
    begun = time.monotonic()
    with usage.watched() as read:
        with opened(model, reach) as ready:
            info = ready.info()
            needs_form(info, parameters)
            asking = Asking(ready, parameters, store, missing, progress, tell or (lambda _: None))
            whole = Whole(info.identity(), parameters, store or default_path())
            if before := whole.recall():
                asking.tell(f"Nothing has changed since {before.made['at']}; nothing to ask.")
                return before
            answers = asking.all()
        measured = {
            task: _measured(task, result, why, asking, n_jobs)
            for task, (result, why) in answers.items()
        }
    found = Evaluation(
        model=json.loads(json.dumps(asdict(info) | {"versions": dict(info.versions)})),
        identity=info.identity(),
        parameters=parameters,
        simulated=tuple(sorted(use.id for use in read.values() if not use.real)),
        made=_made(time.monotonic() - begun),
        **measured,
    )
    if all(settled(result) for result, _ in answers.values()):
        whole.keep(found, read.values())
    return found


def _measured(task: str, result: Result, why: str, asking: Asking, n_jobs: int) -> Any:
    asked = asked_of(result, why, getattr(asking.model, "price", None))
    asking.tell(f"{task}: measuring {asked.valid:,} valid answers")
    return _MEASURES[task](result, asked, asking.parameters, asking.missing, n_jobs)


@contextmanager
def opened(model: str | Model, reach: dict[str, Any]) -> Iterator[Model]:
    """Open a spec and close it again; leave an open model as it is."""
    from humanlike.models import open_model

    if isinstance(model, str):
        with closing(open_model(model, **reach)) as ready:
            yield ready
    elif any(value is not None for value in reach.values()):
        raise HumanlikeError(f"An open model cannot be given {', '.join(reach)} any more.")
    else:
        yield model


def _triplets(result: Any, asked: Any, parameters: Parameters, missing: str, n_jobs: int) -> Any:
    from humanlike.evaluate.triplets import measure_triplets

    scale = scale_of(parameters, missing, n_jobs)
    return measure_triplets(result, asked, parameters, scale, n_jobs=n_jobs)


def _ratings(result: Any, asked: Any, parameters: Parameters, missing: str, n_jobs: int) -> Any:
    from humanlike.evaluate.ratings import measure_ratings

    return measure_ratings(result, asked, parameters, norms_of(missing), n_jobs=n_jobs)


_MEASURES = {"triplets": _triplets, "ratings": _ratings}


def scale_of(parameters: Parameters, missing: str, n_jobs: int) -> Scale:
    """Return the scale of triplets, loaded once for all models of a process."""
    from dataclasses import replace

    alike = replace(Parameters(), **{name: getattr(parameters, name) for name in _SCALE})
    scale, read = _scale(alike, missing, n_jobs, simulation_forced())
    usage.again(read)
    return scale


_SCALE = ("n_triplets", "seed", "n_dims", "human_space", "n_replicates")


@lru_cache(maxsize=4)
def _scale(parameters: Parameters, missing: str, n_jobs: int, _forced: bool) -> Kept[Scale]:
    from humanlike.evaluate.triplets import load_scale

    with usage.watched() as read:
        scale = load_scale(parameters, missing=missing, n_jobs=n_jobs)
    return scale, tuple(read.values())


def norms_of(missing: str) -> Norms:
    """Return people's ratings, loaded once for all models of a process."""
    norms, read = _norms(missing, simulation_forced())
    usage.again(read)
    return norms


@lru_cache(maxsize=2)
def _norms(missing: str, _forced: bool) -> Kept[Norms]:
    from humanlike.evaluate.ratings import load_norms

    with usage.watched() as read:
        norms = load_norms(missing=missing)
    return norms, tuple(read.values())


def _made(seconds: float) -> dict[str, Any]:
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(seconds, 2),
        "version": __version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()}",
        "machine": platform.processor() or platform.machine(),
        "cores": cores(),
    }
