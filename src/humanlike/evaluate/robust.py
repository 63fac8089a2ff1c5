"""Does the result depend on how the questions were put, and how many? Both tests, asked again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from humanlike.evaluate.asking import Asking, Tell, needs_form
from humanlike.evaluate.parameters import Parameters
from humanlike.evaluate.rating_ways import Rerated, by_words, rerate
from humanlike.evaluate.record import Measured
from humanlike.evaluate.triplet_ways import Varied, by_size, vary
from humanlike.evaluate.whole import Whole
from humanlike.query.run import REACH
from humanlike.store.store import default_path

if TYPE_CHECKING:
    from humanlike.evaluate.record import Evaluation
    from humanlike.models.base import Mode, Model


@dataclass(frozen=True)
class Robust:
    """What came of asking in other ways, and of fewer answers.

    Attributes
    ----------
    triplets : list of Varied
        Of `humanlike.evaluate.triplet_ways.vary`; empty where nothing was asked.
    ratings : list of Rerated
        Of `humanlike.evaluate.rating_ways.rerate`; empty where nothing was asked.
    n_triplets : dict of int to Measured
        R² by the number of answers.
    n_words : dict of int to Measured
        RSA by the number of words.
    """

    triplets: list[Varied] = field(default_factory=list)
    ratings: list[Rerated] = field(default_factory=list)
    n_triplets: Mapping[int, Measured] = field(default_factory=dict)
    n_words: Mapping[int, Measured] = field(default_factory=dict)


@contextmanager
def asking(
    model: str | Model,
    parameters: Parameters,
    *,
    store: Path | None = None,
    missing: str = "raise",
    tell: Tell = lambda _: None,
    **reach: Any,
) -> Iterator[Asking]:
    """Open a model to be asked in several ways, and close it again."""
    from humanlike.evaluate.run import opened

    with opened(model, {name: reach[name] for name in REACH if reach.get(name) is not None}) as one:
        needs_form(one.info(), parameters)
        yield Asking(one, parameters, store, missing, False, tell)


def robustness(
    model: str | Model,
    found: Evaluation,
    again: Mapping[str, int],
    *,
    store: Path | None = None,
    missing: str = "raise",
    n_jobs: int = -1,
) -> Robust:
    """Ask an evaluated model in other ways, and judge it by fewer of its answers.

    Parameters
    ----------
    model : str or Model
        The one evaluated.
    found : Evaluation
    again : dict of str to int
        Questions of ``triplets`` and words of ``ratings`` that are asked again; 0 asks nothing.
    store, missing, n_jobs
        As for `humanlike.evaluate.run.evaluate`.
    """
    from humanlike.evaluate.run import norms_of, scale_of

    parameters, made = found.parameters, Robust()
    both = {"triplets": found.triplets, "ratings": found.ratings}
    modes = {task: cast("Mode", one.asked.mode) for task, one in both.items()
             if one and one.asked.valid}  # fmt: skip
    wished = {task: again[task] for task in modes if again.get(task)}
    scale = scale_of(parameters, missing, n_jobs) if "triplets" in modes else None
    norms = norms_of(missing) if "ratings" in modes else None
    if wished:
        whole = Whole(found.identity, parameters, store or default_path())
        with (
            whole.kept_through(),
            asking(model, parameters, store=store, missing=missing) as ask,
        ):
            if scale and "triplets" in wished:
                varied = vary(ask, modes["triplets"], scale, wished["triplets"], n_jobs=n_jobs)
                made = replace(made, triplets=varied)
            if norms and "ratings" in wished:
                rerated = rerate(ask, modes["ratings"], norms, wished["ratings"])
                made = replace(made, ratings=rerated)
    if scale and found.triplets:
        made = replace(made, n_triplets=by_size(found.triplets, scale, parameters, n_jobs=n_jobs))
    if norms and found.ratings:
        made = replace(made, n_words=by_words(found.ratings, norms, parameters))
    return made
