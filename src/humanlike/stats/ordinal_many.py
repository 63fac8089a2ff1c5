"""Many ordinal embeddings at once: models, seeds, bootstrap resamples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from humanlike.errors import HumanlikeError
from humanlike.stats.checks import threads, whole
from humanlike.stats.ordinal import OrdinalEmbedding
from humanlike.stats.triplet_losses import TripletLoss
from humanlike.stats.triplets import Problem, check_triplets, split

Floats = NDArray[np.float64]
Progress = Callable[[int, int], None]
BATCH = 256  # searches that a device runs side by side


def fit_many(
    data: Sequence[ArrayLike],
    n_items: int,
    n_dims: int,
    loss: str | TripletLoss = "crowd_kernel",
    seed: int | Sequence[int] = 0,
    *,
    weights: Sequence[ArrayLike | None] | None = None,
    held_out: Sequence[ArrayLike | None] | None = None,
    n_jobs: int = 1,
    progress: Progress | None = None,
    **options: Any,
) -> list[OrdinalEmbedding]:
    """Fit one space to each of many sets of triplets over the same items.

    Parameters
    ----------
    data : sequence of array_like of int, each (n_triplets, 3)
        Triplets of each model, or one object many times with different weights or seeds.
    n_items, n_dims : int
        Size of every space.
    loss : str or TripletLoss
        As for `OrdinalEmbedding`.
    seed : int or sequence of int
        One for all fits, or one for each. Each fit is the one `OrdinalEmbedding` makes alone.
    weights, held_out : sequence, optional
        What `OrdinalEmbedding.fit` takes, for each set.
    n_jobs : int
        Threads; -1 takes every core. The numbers do not depend on it.
    progress : callable, optional
        Called with the number of fits done and of all fits.
    **options
        Further options of `OrdinalEmbedding`, such as ``n_restarts`` or ``device``; a device runs
        all fits as one batch.

    Returns
    -------
    list of OrdinalEmbedding
        In the order of the data.

    Raises
    ------
    HumanlikeError
        As `OrdinalEmbedding.fit`, naming the set; or if the sequences differ in length.
    """
    count = len(data)
    seeds = _each("seed", seed if isinstance(seed, Sequence) else [seed] * count, count)
    loads = _each("weights", [None] * count if weights is None else weights, count)
    marks = _each("held_out", [None] * count if held_out is None else held_out, count)
    models = [OrdinalEmbedding(n_dims, loss, one, **options) for one in seeds]
    side_by_side = bool(models) and models[0].device is not None
    size = max(1, BATCH // models[0].n_restarts) if side_by_side else 1
    groups = [range(low, min(low + size, count)) for low in range(0, count, size)]

    def problem(place: int) -> Problem:
        try:
            return models[place]._problem(data[place], n_items, loads[place], marks[place])
        except HumanlikeError as error:
            raise HumanlikeError(f"Set {place} of {count}: {error}") from None

    with ThreadPoolExecutor(threads(n_jobs)) as pool:
        done = pool.map(lambda group: _fit_group(models, group, problem, n_items), groups)
        for group, _ in zip(groups, done, strict=True):
            if progress:
                progress(group.stop, count)
    return models


def _each(name: str, given: Sequence[Any], count: int) -> Sequence[Any]:
    """Check that there is one value per set."""
    if len(given) != count:
        raise HumanlikeError(f"Expected {count} in {name}, one per set, not {len(given)}.")
    return given


def _fit_group(
    models: Sequence[OrdinalEmbedding],
    group: range,
    problem: Callable[[int], Problem],
    n_items: int,
) -> None:
    """Fit the models of a group, all their searches in one go."""
    many = models[group.start].n_restarts
    problems = [one for place in group for one in [problem(place)] * many]
    starts = [start for place in group for start in models[place]._starts(n_items)]
    searches = models[group.start]._run(problems, starts)
    for number, place in enumerate(group):
        models[place]._keep(searches[number * many : (number + 1) * many])


def bootstrap_embeddings(
    triplets: ArrayLike,
    n_items: int,
    n_boot: int,
    n_dims: int,
    loss: str | TripletLoss = "crowd_kernel",
    seed: int = 0,
    *,
    n_jobs: int = 1,
    progress: Progress | None = None,
    **options: Any,
) -> Floats:
    """Fit a space to each of many resamples of the judgements.

    A resample draws as many judgements with replacement; a judgement drawn twice has weight two.
    The held-out questions are the same in every resample, so none ever trains and tests at once.

    Parameters
    ----------
    triplets : array_like of int, shape (n_triplets, 3)
        Anchor, nearer item, farther item.
    n_items, n_dims : int
        Size of every space.
    n_boot : int
        Number of resamples, at least 1. Fewer are the beginning of more.
    loss, seed, n_jobs, progress, options
        As for `fit_many`.

    Returns
    -------
    ndarray, shape (n_boot, n_items, n_dims)
        Points of each resample, each in its own principal axes.

    Raises
    ------
    HumanlikeError
        As `OrdinalEmbedding.fit`.
    """
    whole("n_boot", n_boot, 1)
    rows = check_triplets(triplets, n_items)
    share = options.get("held_out", 0.2)
    aside = split(rows, n_items, share, seed)
    draws = [np.random.default_rng([seed, 3, n]).integers(len(rows), size=len(rows))
             for n in range(n_boot)]  # fmt: skip
    fits = fit_many(
        [rows] * n_boot,
        n_items,
        n_dims,
        loss,
        [seed + n for n in range(n_boot)],
        weights=[np.bincount(draw, minlength=len(rows)) for draw in draws],
        held_out=[aside] * n_boot,
        n_jobs=n_jobs,
        progress=progress,
        **options,
    )
    return np.stack([fit.embedding_ for fit in fits])
