"""Agreement of two rating matrices: per dimension, and word by word, with resampled items."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata

from humanlike.errors import HumanlikeError, unknown
from humanlike.stats.intervals import percentiles
from humanlike.stats.similarity import resamples

Floats = NDArray[np.float64]
Score = Callable[[Floats, Floats], Any]


@dataclass(frozen=True, eq=False)
class Scores:
    """One score per model, with every resample.

    ``estimate`` maps each model to its score on all items; ``samples`` to its resampled scores
    (resamples,), in which all models saw the same items; NaN where a score is undefined.
    """

    estimate: dict[str, float]
    samples: dict[str, Floats]

    def interval(self, name: str, level: float = 0.95) -> tuple[float, float]:
        """Percentile interval of a model's score."""
        return percentiles(self._of(name), level)

    def gain(self, a: str, b: str, level: float = 0.95) -> tuple[float, float, float]:
        """Return the score of a minus that of b, and its percentile interval."""
        low, high = percentiles(self._of(a) - self._of(b), level)
        return self.estimate[a] - self.estimate[b], low, high

    def recovery(
        self, a: str, b: str, base: str, level: float = 0.95
    ) -> tuple[float, float, float]:
        """Return which share of the gain of b over the base a reaches, and its interval.

        The share is (a - base) / (b - base); resamples use the same items in all three places. It
        means nothing where b gains nothing, so the interval of b - base must exclude zero.

        Raises
        ------
        HumanlikeError
            If it does not.
        """
        _, low, high = self.gain(b, base, level)
        if not (low > 0 or high < 0):
            raise HumanlikeError(
                f"'{b}' does not gain on '{base}' beyond doubt ({low:.3g} to {high:.3g}), so there "
                "is nothing to be a share of. Use more items."
            )
        share = self.estimate[a] - self.estimate[base]
        share /= self.estimate[b] - self.estimate[base]
        drawn = self._of(a) - self._of(base)
        drawn = drawn / (self._of(b) - self._of(base))
        return float(share), *percentiles(drawn, level)

    def _of(self, name: str) -> Floats:
        if name not in self.samples:
            raise HumanlikeError(unknown("model", name, self.samples))
        return self.samples[name]


def mean_spearman(human: Floats, model: Floats) -> Any:
    """Return Spearman's rho over the items for each dimension, averaged over the dimensions.

    Parameters
    ----------
    human : ndarray, (items, dimensions)
    model : ndarray, (items, dimensions) or (models, items, dimensions)

    Returns
    -------
    float or ndarray, (models,)
        In [-1, 1]; NaN if a dimension does not vary.
    """
    one, two = (_standard(rankdata(part, axis=-2)) for part in (human, model))
    return (one * two).mean(axis=(-2, -1))


def mean_similarity(human: Floats, model: Floats) -> Any:
    """Return the mean over items of 1 / (1 + d), d the Euclidean distance of the two ratings.

    Parameters
    ----------
    human : ndarray, (items, dimensions)
    model : ndarray, (items, dimensions) or (models, items, dimensions)
        In the same units.

    Returns
    -------
    float or ndarray, (models,)
        In (0, 1]; 1 if all ratings are equal. It falls with the number of dimensions.
    """
    distance = np.sqrt(((human - model) ** 2).sum(axis=-1))
    return (1 / (1 + distance)).mean(axis=-1)


def bootstrap_scores(
    score: Score, human: ArrayLike, models: Mapping[str, ArrayLike], n_boot: int, seed: int
) -> Scores:
    """Score every model against the humans on all items and on resamples of the items.

    The resamples are those of `humanlike.stats.rsa_bootstrap` with the same seed.

    Parameters
    ----------
    score : callable
        From (items, dimensions) and (models, items, dimensions) to (models,), such as
        `mean_spearman`.
    human : array_like, (items, dimensions)
    models : mapping of str to array_like, (items, dimensions)
        The same items in the same order.
    n_boot, seed : int
        Number of resamples, at least 2, and their seed.

    Returns
    -------
    Scores

    Raises
    ------
    HumanlikeError
        If shapes differ, a rating is missing, or there are fewer than 2 resamples.
    """
    one, others = _checked(human, models, n_boot)
    items = np.arange(len(one))
    stacked = np.stack(list(others.values()))
    drawn = (np.repeat(items, counts) for counts in resamples(len(one), n_boot, seed))
    samples = np.array([score(one[rows], stacked[:, rows]) for rows in drawn])
    whole = np.asarray(score(one, stacked)).tolist()
    return Scores(dict(zip(others, whole, strict=True)), dict(zip(others, samples.T, strict=True)))


def bootstrap_spearman(
    human: ArrayLike, models: Mapping[str, ArrayLike], n_boot: int, seed: int
) -> dict[str, NDArray[np.float64]]:
    """Return Spearman's rho of each dimension on all items and on resamples of the items.

    What `bootstrap_scores` does with `mean_spearman`, one dimension at a time and without sorting
    again: the mid-rank of a value in a resample is the number of items drawn below it, plus half of
    one more than the number drawn at it.

    Parameters
    ----------
    human, models, n_boot, seed
        As for `bootstrap_scores`; the resamples are the same.

    Returns
    -------
    dict of str to ndarray, each (1 + resamples, dimensions)
        By model; all items first. NaN where a dimension does not vary.

    Raises
    ------
    HumanlikeError
        As `bootstrap_scores`.
    """
    one, others = _checked(human, models, n_boot)
    n, size = one.shape
    values = np.concatenate([one, *others.values()], axis=1)
    levels = np.column_stack([np.unique(v, return_inverse=True)[1] for v in values.T])
    place = levels + n * np.arange(levels.shape[1])
    found = np.empty((1 + n_boot, len(others), size))
    for row, counts in enumerate(chain([np.ones(n, int)], resamples(n, n_boot, seed))):
        drawn = np.flatnonzero(counts)
        weights, at = counts[drawn].astype(float), place[drawn]
        many = np.repeat(weights, at.shape[1])
        held = np.bincount(at.ravel(), many, n * at.shape[1]).reshape(-1, n)
        middle = held.cumsum(axis=1) - held / 2 - n / 2
        ranks = middle.ravel()[at]
        scaled = ranks * np.sqrt(weights)[:, None]
        with np.errstate(invalid="ignore"):  # 0 / 0 where nothing varies
            scaled = scaled / np.sqrt(np.einsum("ij,ij->j", scaled, scaled))
        parts = scaled.reshape(len(drawn), 1 + len(others), size)
        found[row] = np.einsum("id,imd->md", parts[:, 0], parts[:, 1:])
    return {name: found[:, at] for at, name in enumerate(others)}


def spearman_scores(
    human: ArrayLike, models: Mapping[str, ArrayLike], n_boot: int, seed: int
) -> Scores:
    """Return what `bootstrap_scores` gives for `mean_spearman`, by `bootstrap_spearman`.

    Parameters and errors as for `bootstrap_scores`.
    """
    drawn = bootstrap_spearman(human, models, n_boot, seed)
    means = {name: one.mean(axis=1) for name, one in drawn.items()}
    return Scores({n: float(m[0]) for n, m in means.items()}, {n: m[1:] for n, m in means.items()})


def _checked(
    human: ArrayLike, models: Mapping[str, ArrayLike], n_boot: int
) -> tuple[Floats, dict[str, Floats]]:
    if n_boot < 2:
        raise HumanlikeError(f"Expected at least 2 resamples, but {n_boot} came.")
    one = np.asarray(human, dtype=float)
    others = {name: np.asarray(model, dtype=float) for name, model in models.items()}
    for name, other in (("human", one), *others.items()):
        if other.ndim != 2 or other.shape != one.shape or not np.isfinite(other).all():
            raise HumanlikeError(
                f"Expected a complete table of shape {one.shape} for '{name}', but its shape is "
                f"{other.shape} or ratings are missing. Keep the items that all have."
            )
    return one, others


def _standard(values: Floats) -> Floats:
    spread = values.std(axis=-2, keepdims=True)
    standard: Floats = values - values.mean(axis=-2, keepdims=True)
    standard /= np.where(spread > 0, spread, np.nan)
    return standard
