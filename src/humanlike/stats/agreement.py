"""Agreement of two rating matrices: per dimension, and word by word, with resampled items."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata

from humanlike.errors import HumanlikeError, unknown
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
    items = np.arange(len(one))
    stacked = np.stack(list(others.values()))
    drawn = (np.repeat(items, counts) for counts in resamples(len(one), n_boot, seed))
    samples = np.array([score(one[rows], stacked[:, rows]) for rows in drawn])
    whole = np.asarray(score(one, stacked)).tolist()
    return Scores(dict(zip(others, whole, strict=True)), dict(zip(others, samples.T, strict=True)))


def percentiles(values: Floats, level: float = 0.95) -> tuple[float, float]:
    """Cut the same share off both ends of the defined values; NaN if there are none."""
    if not 0 < level < 1:
        raise HumanlikeError(f"Expected a level between 0 and 1, such as 0.95, but {level} came.")
    defined = values[np.isfinite(values)]
    if not defined.size:
        return float("nan"), float("nan")
    low, high = np.quantile(defined, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def _standard(values: Floats) -> Floats:
    spread = values.std(axis=-2, keepdims=True)
    standard: Floats = values - values.mean(axis=-2, keepdims=True)
    standard /= np.where(spread > 0, spread, np.nan)
    return standard
