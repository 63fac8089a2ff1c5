"""Correlate RDMs that were made in different ways, with resampled items."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from humanlike.errors import HumanlikeError
from humanlike.stats._ranks import weighted_spearman
from humanlike.stats.agreement import Scores
from humanlike.stats.checks import threads
from humanlike.stats.similarity import resamples

Floats = NDArray[np.float64]


def rdm_bootstrap(
    human: ArrayLike,
    models: Mapping[str, ArrayLike],
    n_boot: int,
    seed: int,
    *,
    n_jobs: int = 1,
) -> Scores:
    """Correlate model RDMs with a human RDM by rank, in resamples of the items.

    As `humanlike.stats.rsa_bootstrap`, from distances instead of features, so that each side may
    have its own; pairs of an item with its own copy are left out.

    Parameters
    ----------
    human : array_like, (pairs,)
        Condensed distances without gaps.
    models : mapping of str to array_like, (pairs,)
        Of the same items in the same order.
    n_boot, seed : int
        Resamples of the items, and their seed.
    n_jobs : int
        Threads, or -1 for all cores; the numbers do not depend on it.

    Returns
    -------
    Scores
        Spearman's rho.

    Raises
    ------
    HumanlikeError
        If RDMs differ in size, or a distance is missing.
    """
    one = np.asarray(human, float)
    others = {name: np.asarray(values, float) for name, values in models.items()}
    n_items = round((1 + np.sqrt(1 + 8 * one.size)) / 2)
    for name, values in {"human": one, **others}.items():
        if values.shape != (n_items * (n_items - 1) // 2,) or not np.isfinite(values).all():
            raise HumanlikeError(
                f"Expected condensed RDMs of the same {n_items} items without gaps, but that of "
                f"'{name}' has shape {values.shape} and {int((~np.isfinite(values)).sum())} gaps."
            )
    everyone = np.ones((1, n_items), np.int32)
    counts = np.concatenate([everyone, resamples(n_items, n_boot, seed)])
    found = weighted_spearman(one, list(others.values()), counts, threads(n_jobs))
    return Scores(
        dict(zip(others, found[0].tolist(), strict=True)),
        {name: found[1:, place] for place, name in enumerate(others)},
    )
