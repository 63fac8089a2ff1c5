"""How alike are two spaces, beyond chance and with what precision? Four measures, one interface."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from humanlike.errors import HumanlikeError, unknown
from humanlike.stats.checks import matrix, whole
from humanlike.stats.dissimilarity import rdm
from humanlike.stats.intervals import recentred, two_sided_p
from humanlike.stats.kernel_alignment import cka, permuted_cka, weighted_cka
from humanlike.stats.procrustes import permuted_r2, procrustes_r2, spaces, weighted_r2
from humanlike.stats.similarity import Difference, mantel, resamples, rsa, rsa_bootstrap

Floats = NDArray[np.float64]
Measure = Literal["procrustes", "cka", "debiased_cka", "rsa"]
MEASURES: Final[tuple[Measure, ...]] = ("procrustes", "cka", "debiased_cka", "rsa")
ROUNDING: Final = 1e-12


@dataclass(frozen=True, repr=False, eq=False)
class AlignmentNull:
    """What a measure gives when the model's items are shuffled.

    Attributes
    ----------
    measure : str
    estimate : float
        Value with the items in place.
    null : ndarray, (permutations,)
        Values with the items shuffled.
    p : float
        One-sided, (1 + #{null >= estimate}) / (1 + permutations).
    """

    measure: Measure
    estimate: float
    null: Floats
    p: float

    @property
    def mean(self) -> float:
        """Chance level: mean of the null."""
        return float(self.null.mean())

    def quantile(self, share: float) -> float:
        """Value that the given share of the null stays below."""
        return float(np.quantile(self.null, share))

    def __repr__(self) -> str:
        return (
            f"AlignmentNull({self.measure}={self.estimate:.3f}, chance={self.mean:.3f}, "
            f"p={self.p:.3g}, n_perm={len(self.null)})"
        )


@dataclass(frozen=True, repr=False, eq=False)
class AlignmentBootstrap:
    """Values of a measure for several models, with the same items resampled for all.

    Attributes
    ----------
    measure : str
    names : tuple of str
    estimate : dict of str to float
        Value on all items.
    samples : ndarray, (resamples, models)
        Value in each resample.
    """

    measure: Measure
    names: tuple[str, ...]
    estimate: dict[str, float]
    samples: Floats

    def interval(self, name: str, level: float = 0.95) -> tuple[float, float]:
        """Interval of a model's value, at most 1.

        Resampling doubles items, which makes spaces easier to fit, so resampled values lie too
        high as a whole. Their mean is moved to the estimate before the percentiles are taken.
        """
        low, high = recentred(self._sample(name), self.estimate[name], level)
        return min(low, 1.0), min(high, 1.0)

    def difference(self, a: str, b: str, level: float = 0.95) -> Difference:
        """Compare two models in the same resamples, re-centred as in `interval`.

        The p-value is that of `intervals.two_sided_p` for the re-centred differences.
        """
        drawn = self._sample(a) - self._sample(b)
        gap = self.estimate[a] - self.estimate[b]
        low, high = recentred(drawn, gap, level)
        p = two_sided_p(drawn - np.nanmean(drawn) + gap)
        return Difference(a, b, gap, low, high, p, level)

    def _sample(self, name: str) -> Floats:
        if name not in self.names:
            raise HumanlikeError(unknown("model", name, self.names))
        sample: Floats = self.samples[:, self.names.index(name)]
        return sample

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={self.estimate[name]:.3f}" for name in self.names)
        return f"AlignmentBootstrap({self.measure}: {values}; n_boot={len(self.samples)})"


def align(human: ArrayLike, model: ArrayLike, measure: Measure = "procrustes") -> float:
    """Measure how alike two spaces are.

    Parameters
    ----------
    human, model : array_like, (items, dimensions)
        The same items in the same order; dimensions may differ.
    measure : {"procrustes", "cka", "debiased_cka", "rsa"}
        Procrustes R² (`humanlike.stats.procrustes_r2`), linear CKA plain or debiased
        (`humanlike.stats.cka`), or Spearman's ρ of Euclidean distances (`humanlike.stats.rsa`).

    Returns
    -------
    float
        1 for spaces that are equal up to rotation, reflection, one scale and shift.

    Raises
    ------
    HumanlikeError
        If the measure is unknown or the spaces do not fit.
    """
    _known(measure)
    if measure == "procrustes":
        return procrustes_r2(human, model)
    if measure == "rsa":
        h, m = spaces(human, model)
        return rsa(*(rdm(space, "euclidean", standardize=False) for space in (h, m)))
    return cka(human, model, debiased=measure == "debiased_cka")


def align_refits(human: ArrayLike, refits: ArrayLike, measure: Measure = "procrustes") -> Floats:
    """Measure each of many embeddings of one model, such as fits to resampled answers.

    Parameters
    ----------
    human : array_like, (items, dimensions)
    refits : array_like, (refits, items, dimensions)
    measure
        As in `align`.

    Returns
    -------
    ndarray, (refits,)
        Its percentiles bound what new answers and new fits would give.

    Raises
    ------
    HumanlikeError
        If there is no embedding, or one does not fit.
    """
    stack = np.asarray(refits, np.float64)
    if stack.ndim != 3 or not len(stack):
        raise HumanlikeError(
            f"Expected embeddings as (refits, items, dimensions), but the shape is {stack.shape}. "
            "Stack them with numpy.stack."
        )
    return np.array([align(human, one, measure) for one in stack])


def alignment_null(
    human: ArrayLike, model: ArrayLike, measure: Measure = "procrustes", *, n_perm: int, seed: int
) -> AlignmentNull:
    """Test a measure of alignment by shuffling which item is which in the model's space.

    Shuffling keeps both spaces as they are, so the null shows what two unrelated spaces of just
    these shapes give. Order k is the k-th ``numpy.random.default_rng(seed).permutation(items)``.

    Parameters
    ----------
    human, model, measure
        As in `align`.
    n_perm, seed : int
        Number of permutations, at least 1, and their seed.

    Returns
    -------
    AlignmentNull
    """
    _known(measure)
    whole("n_perm", n_perm, 1)
    whole("seed", seed, 0)
    estimate = align(human, model, measure)
    h, m = spaces(human, model)
    if measure == "rsa":
        one, two = (rdm(space, "euclidean", standardize=False) for space in (h, m))
        null = mantel(one, two, n_perm, seed).null
    else:
        rng = np.random.default_rng(seed)
        orders = np.stack([rng.permutation(len(h)) for _ in range(n_perm)])
        null = _permuted(h, m, orders, measure)
    p = (1 + int(np.sum(null >= estimate - ROUNDING))) / (1 + n_perm)
    return AlignmentNull(measure, estimate, null, p)


def alignment_bootstrap(
    human: ArrayLike,
    models: Mapping[str, ArrayLike],
    measure: Measure = "procrustes",
    *,
    n_boot: int,
    seed: int,
) -> AlignmentBootstrap:
    """Resample the items with replacement, the same for every model.

    Parameters
    ----------
    human : array_like, (items, dimensions)
    models : mapping of str to array_like, (items, dimensions)
    measure
        As in `align`. For RSA and debiased CKA, pairs of an item with its own copy are left out.
    n_boot, seed : int
        Number of resamples, at least 2, and their seed, see `humanlike.stats.similarity.resamples`.

    Returns
    -------
    AlignmentBootstrap

    Raises
    ------
    HumanlikeError
        If a number is out of range, the measure unknown, or the tables do not fit.

    References
    ----------
    Efron & Tibshirani (1993), An Introduction to the Bootstrap, chapter 10 (bias).
    """
    _known(measure)
    whole("n_boot", n_boot, 2)
    whole("seed", seed, 0)
    if not models:
        raise HumanlikeError("Expected at least one model, but none came. Pass {name: space}.")
    estimate = {name: align(human, model, measure) for name, model in models.items()}
    fitting = {name: spaces(human, model) for name, model in models.items()}
    if measure == "rsa":
        tables = {name: model for name, (_, model) in fitting.items()}
        samples = rsa_bootstrap(
            matrix(human, "the human space"), tables, n_boot, seed, self_pairs=False,
            metric="euclidean", standardize=False,
        ).samples  # fmt: skip
    else:
        counts = resamples(len(np.asarray(human)), n_boot, seed)
        drawn = [_weighted(h, m, counts, measure) for h, m in fitting.values()]
        samples = np.stack(drawn, axis=1)
    return AlignmentBootstrap(measure, tuple(models), estimate, samples)


def _permuted(h: Floats, m: Floats, orders: NDArray[np.integer], measure: Measure) -> Floats:
    """Return the measure per order of the model's items (permutations,)."""
    if (m == m[0]).all():
        return np.zeros(len(orders))
    if measure == "procrustes":
        return permuted_r2(h, m, orders)
    return permuted_cka(h, m, orders, debiased=measure == "debiased_cka")


def _weighted(h: Floats, m: Floats, counts: NDArray[np.integer], measure: Measure) -> Floats:
    """Return the measure per resample (resamples,)."""
    if measure == "procrustes":
        return weighted_r2(h, m, counts)
    return weighted_cka(h, m, counts, debiased=measure == "debiased_cka")


def _known(measure: str) -> None:
    if measure not in MEASURES:
        raise HumanlikeError(unknown("measure", measure, MEASURES))
