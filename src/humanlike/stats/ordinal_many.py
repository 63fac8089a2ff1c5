"""Many ordinal embeddings at once: models, seeds, bootstrap resamples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import nullcontext
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
    executor: Executor | None = None,
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
    executor : concurrent.futures.Executor, optional
        Who fits instead of threads of this process: processes, or a cluster, as
        `humanlike.parallel.open_executor` gives them. The numbers do not depend on it either.
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
    sets = [
        [(f"Set {n} of {count}", models[n], (data[n], n_items, loads[n], marks[n])) for n in group]
        for group in groups
    ]
    found: list[OrdinalEmbedding] = []
    pool = nullcontext(executor) if executor else ThreadPoolExecutor(threads(n_jobs))
    with pool as workers:
        for fits in workers.map(_fit_group, sets):
            found += fits
            if progress:
                progress(len(found), count)
    return found


def _each(name: str, given: Sequence[Any], count: int) -> Sequence[Any]:
    """Check that there is one value per set."""
    if len(given) != count:
        raise HumanlikeError(f"Expected {count} in {name}, one per set, not {len(given)}.")
    return given


def _fit_group(sets: Sequence[tuple[str, OrdinalEmbedding, Any]]) -> list[OrdinalEmbedding]:
    """Fit the models of a group, all their searches in one go; may run in another process."""
    problems: list[Problem] = []
    for name, model, given in sets:
        try:
            problems += [model._problem(*given)] * model.n_restarts
        except HumanlikeError as error:
            raise HumanlikeError(f"{name}: {error}") from None
    models, n_items = [model for _, model, _ in sets], sets[0][2][1]
    starts = [start for model in models for start in model._starts(n_items)]
    searches = models[0]._run(problems, starts)
    for model in models:
        model._keep(searches[: model.n_restarts])
        searches = searches[model.n_restarts :]
    return models


def bootstrap_embeddings(
    triplets: ArrayLike,
    n_items: int,
    n_boot: int,
    n_dims: int,
    loss: str | TripletLoss = "crowd_kernel",
    seed: int = 0,
    *,
    n_jobs: int = 1,
    executor: Executor | None = None,
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
    loss, seed, n_jobs, executor, progress, options
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
        executor=executor,
        progress=progress,
        **options,
    )
    return np.stack([fit.embedding_ for fit in fits])
