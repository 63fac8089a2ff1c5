"""Representational similarity analysis: do two spaces put the same items close together?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.spatial.distance import squareform

from humanlike.errors import HumanlikeError, unknown
from humanlike.stats._ranks import centred_ranks, permuted_sums, weighted_spearman
from humanlike.stats.checks import threads, whole
from humanlike.stats.dissimilarity import MIN_ITEMS, Features, Items, check_features, distances
from humanlike.stats.intervals import percentiles, two_sided_p

Floats = NDArray[np.float64]

MAX_ITEMS = 46_340  # doubled ranks of all pairs fit 32 bits
ROUNDING = 1e-12  # two correlations closer than this count as equal


@dataclass(frozen=True)
class Difference:
    """How much better model ``a`` matches the humans than model ``b``.

    ``estimate`` is rho(a) - rho(b) on all items; ``low`` and ``high`` bound the percentile interval
    of that ``level``; ``p`` is the two-sided bootstrap p-value.
    """

    a: str
    b: str
    estimate: float
    low: float
    high: float
    p: float
    level: float

    def __str__(self) -> str:
        return (
            f"{self.a} - {self.b}: {self.estimate:+.3f}, {100 * self.level:g} % interval "
            f"[{self.low:+.3f}, {self.high:+.3f}], p = {self.p:.3g}"
        )


@dataclass(frozen=True, repr=False, eq=False)
class RsaBootstrap:
    """Spearman correlations of model RDMs with the human RDM, with every resample.

    ``names`` are the models; ``rho`` maps each to its correlation on all items; ``samples`` is
    (resamples, models), NaN where a resample left no two different distances; ``self_pairs`` says
    whether a resample holds the pairs of an item with its own copy; ``n_items``, ``n_boot`` and
    ``seed`` are what was asked for.
    """

    names: tuple[str, ...]
    rho: dict[str, float]
    samples: Floats
    n_items: int
    n_boot: int
    seed: int
    self_pairs: bool

    def interval(self, name: str, level: float = 0.95) -> tuple[float, float]:
        """Percentile interval of a model's correlation; undefined resamples are left out."""
        return percentiles(self._sample(name), level)

    def difference(self, a: str, b: str, level: float = 0.95) -> Difference:
        """Compare two models in the same resamples; p as `intervals.two_sided_p` gives it."""
        drawn = self._sample(a) - self._sample(b)
        low, high = percentiles(drawn, level)
        gap = self.rho[a] - self.rho[b]
        return Difference(a, b, gap, low, high, two_sided_p(drawn), level)

    def table(self, level: float = 0.95) -> pd.DataFrame:
        """List every model, then every pair of models as later minus earlier.

        Returns
        -------
        DataFrame
            Columns ``kind`` ("model" or "difference"), ``name``, ``estimate``, ``low``, ``high``
            and ``p`` (differences only).
        """
        rows: list[tuple[Any, ...]] = [
            ("model", name, self.rho[name], *self.interval(name, level), np.nan)
            for name in self.names
        ]
        for b, a in combinations(self.names, 2):
            gap = self.difference(a, b, level)
            rows.append(("difference", f"{a} - {b}", gap.estimate, gap.low, gap.high, gap.p))
        return pd.DataFrame(rows, columns=["kind", "name", "estimate", "low", "high", "p"])

    def _sample(self, name: str) -> Floats:
        if name not in self.names:
            raise HumanlikeError(unknown("model", name, self.names))
        sample: Floats = self.samples[:, self.names.index(name)]
        return sample

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={self.rho[name]:.3f}" for name in self.names)
        return f"RsaBootstrap({values}; n_items={self.n_items}, n_boot={self.n_boot})"

    def __str__(self) -> str:
        pairs = "with" if self.self_pairs else "without"
        undefined = int(np.isnan(self.samples).any(axis=1).sum())
        head = (
            f"RSA (Spearman's rho) of {self.n_items} items, {self.n_boot} resamples {pairs} self "
            f"pairs, seed {self.seed}" + (f", {undefined} undefined" if undefined else "")
        )
        body = self.table().to_string(index=False, float_format="{:.3f}".format, na_rep="")
        return f"{head}\n{body}"


@dataclass(frozen=True, repr=False, eq=False)
class Mantel:
    """A correlation ``rho`` of two RDMs, its one-sided permutation ``p``, and the ``null``.

    The null is (permutations,); ``n_perm`` and ``seed`` are what was asked for.
    """

    rho: float
    p: float
    null: Floats
    n_perm: int
    seed: int

    def __repr__(self) -> str:
        return f"Mantel(rho={self.rho:.3f}, p={self.p:.3g}, n_perm={self.n_perm}, seed={self.seed})"


def rsa(human: ArrayLike, model: ArrayLike) -> float:
    """Correlate two RDMs by rank.

    Spearman's rho, the Pearson correlation of the mid-ranks of the distances. Pairs that are NaN in
    either RDM leave both before ranking.

    Parameters
    ----------
    human, model : array_like, (pairs,)
        Condensed RDMs of the same items in the same order, as `humanlike.stats.rdm` gives.

    Returns
    -------
    float

    References
    ----------
    Kriegeskorte, Mur & Bandettini (2008), doi:10.3389/neuro.06.004.2008; Nili et al. (2014),
    doi:10.1371/journal.pcbi.1003553.

    Examples
    --------
    >>> round(rsa([1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 6, 5]), 3)
    0.943
    """
    one, two, _ = _condensed(human, model)
    known = _comparable(one, two, "human", "model")
    return _correlation(centred_ranks(one[known]), centred_ranks(two[known]))


def resamples(n_items: int, n_boot: int, seed: int) -> NDArray[np.int32]:
    """Draw bootstrap samples of the items, with replacement.

    Resample b counts ``numpy.random.default_rng(seed).integers(n_items, size=n_items)`` in its
    b-th call, so a longer run begins with the resamples of a shorter one.

    Parameters
    ----------
    n_items, n_boot, seed : int
        Numbers of items and of resamples, and the seed.

    Returns
    -------
    ndarray of int, (n_boot, n_items)
        How often each item occurs in each resample; every row adds up to ``n_items``.
    """
    rng = np.random.default_rng(seed)
    counts = np.empty((n_boot, n_items), np.int32)
    for row in counts:
        row[:] = np.bincount(rng.integers(n_items, size=n_items), minlength=n_items)
    return counts


def rsa_bootstrap(
    human: Features,
    models: Mapping[str, Features],
    n_boot: int,
    seed: int,
    self_pairs: bool = True,
    *,
    metric: str = "cosine",
    standardize: bool = True,
    n_jobs: int = 1,
    device: str | None = None,
) -> RsaBootstrap:
    """Correlate models' RDMs with the human RDM, and resample the items with replacement.

    Features are standardised and distances computed once, on all items. A resample selects from
    them, the same items for every model (see `resamples`), and its correlations equal those of
    `scipy.stats.spearmanr` on the selected distances.

    Parameters
    ----------
    human : ndarray or DataFrame, (items, dimensions)
    models : mapping of str to ndarray or DataFrame, (items, dimensions)
        The same items in the same order; the dimensions may differ.
    n_boot, seed : int
        Number of resamples, at least 2, and the seed of drawing them.
    self_pairs : bool
        An item drawn twice makes a pair with its own copy, at distance 0 in both RDMs (NaN, and
        dropped, if the item is all-zero under cosine). True keeps these pairs, as published; they
        raise every correlation a little. False leaves them out.
    metric, standardize
        As in `humanlike.stats.rdm`.
    n_jobs : int
        Threads, or -1 for all cores; the numbers do not depend on it.
    device : str, optional
        A PyTorch device such as ``"cuda"``: the same numbers to 1e-9. Default: compiled loops.

    Raises
    ------
    HumanlikeError
        If items do not match, values are missing, or the device cannot be used.

    References
    ----------
    Nili et al. (2014), doi:10.1371/journal.pcbi.1003553.
    """
    whole("n_boot", n_boot, 2)
    whole("seed", seed, 0)
    items = check_features(human, "human")
    checked = _aligned(items, models)
    n_items = len(items.values)
    one = distances(items, metric, standardize, "human")
    others = []
    for name, other in checked.items():
        others.append(distances(other, metric, standardize, f"model '{name}'"))
        _comparable(one, others[-1], "human", f"model '{name}'")
    if self_pairs:
        one, *others = (_with_selves(condensed, n_items) for condensed in (one, *others))
    everyone = np.ones((1, n_items), np.int32)
    counts = np.concatenate([everyone, resamples(n_items, n_boot, seed)])
    if device:
        from humanlike.stats._ranks_torch import weighted_spearman as on_device

        values = on_device(one, others, counts, device)
    else:
        values = weighted_spearman(one, others, counts, threads(n_jobs))
    values.setflags(write=False)
    rho = dict(zip(checked, values[0].tolist(), strict=True))
    return RsaBootstrap(tuple(checked), rho, values[1:], n_items, n_boot, seed, self_pairs)


def mantel(
    human: ArrayLike, model: ArrayLike, n_perm: int, seed: int, *, n_jobs: int = 1
) -> Mantel:
    """Test the correlation of two RDMs by permuting the items of the model.

    Ranks are computed once and their rows and columns permuted together. The p-value is one-sided,
    (1 + #{null >= rho}) / (1 + n_perm). An item without any known distance is left out first.

    Parameters
    ----------
    human, model : array_like, (pairs,)
        Condensed RDMs of the same items in the same order.
    n_perm, seed : int
        Permutation k is the k-th ``numpy.random.default_rng(seed).permutation(items left)``.
    n_jobs : int
        Threads, or -1 for all cores; the numbers do not depend on it.

    Returns
    -------
    Mantel

    Raises
    ------
    HumanlikeError
        If the RDMs do not fit or do not vary, or a distance between known items is missing.
    """
    whole("n_perm", n_perm, 1)
    whole("seed", seed, 0)
    one, two, n_items = _condensed(human, model)
    keep = ~(_undefined(one, n_items) | _undefined(two, n_items))
    squares = [squareform(part, checks=False)[np.ix_(keep, keep)] for part in (one, two)]
    one, two = (squareform(square, checks=False) for square in squares)
    if np.isnan(one).any() or np.isnan(two).any():
        raise HumanlikeError(
            "Expected every distance between items that have any, but some are NaN, and a "
            "permutation would move them. Drop the items concerned from both RDMs."
        )
    _comparable(one, two, "human", "model")
    ranks = [centred_ranks(part) for part in (one, two)]
    rho = _correlation(*ranks)
    scale = np.sqrt(np.prod([np.sum(part.astype(np.float64) ** 2) for part in ranks]))
    rng = np.random.default_rng(seed)
    orders = np.stack([rng.permutation(int(keep.sum())) for _ in range(n_perm)]).astype(np.uint32)
    spread = [squareform(part.astype(np.int32), checks=False) for part in ranks]
    null = permuted_sums(spread[0], spread[1], orders, threads(n_jobs)) / scale
    p = (1 + int(np.sum(null >= rho - ROUNDING))) / (1 + n_perm)
    return Mantel(rho, p, null, n_perm, seed)


def _correlation(one: NDArray[np.int64], two: NDArray[np.int64]) -> float:
    """Correlate centred ranks (pairs,), within the bounds that rounding might break."""
    x, y = one.astype(np.float64), two.astype(np.float64)
    return float(np.clip(x @ y / np.sqrt((x @ x) * (y @ y)), -1.0, 1.0))


def _condensed(human: ArrayLike, model: ArrayLike) -> tuple[Floats, Floats, int]:
    """Check that two arrays are condensed RDMs of equally many items, and count these."""
    one, two = np.asarray(human, np.float64), np.asarray(model, np.float64)
    n_items = round((1 + np.sqrt(1 + 8 * one.size)) / 2)
    if one.ndim != 1 or one.shape != two.shape or n_items * (n_items - 1) // 2 != one.size:
        raise HumanlikeError(
            "Expected two condensed RDMs of the same items, of shape (items * (items - 1) / 2,), "
            f"but their shapes are {one.shape} and {two.shape}. Compute both with rdm()."
        )
    if n_items < MIN_ITEMS:
        raise HumanlikeError(
            f"Expected RDMs of at least {MIN_ITEMS} items, but {n_items} came. Add items."
        )
    return one, two, n_items


def _comparable(one: Floats, two: Floats, first: str, second: str) -> NDArray[np.bool_]:
    """Find the pairs (pairs,) known to both RDMs, and check that a correlation exists."""
    known = ~(np.isnan(one) | np.isnan(two))
    for name, part in ((first, one[known]), (second, two[known])):
        if not part.size or part.min() == part.max():
            raise HumanlikeError(
                f"Expected different distances in the RDM of {name}, but its {part.size} pairs "
                f"that are defined for both {first} and {second} are all alike, so there is no "
                "rank correlation. Check that the items differ and are not all-zero."
            )
    return known


def _undefined(condensed: Floats, n_items: int) -> NDArray[np.bool_]:
    """Find the items (items,) without any known distance, such as all-zero rows under cosine."""
    missing = np.isnan(condensed)
    if not missing.any():
        return np.zeros(n_items, bool)
    every: NDArray[np.bool_] = squareform(missing, checks=False).sum(axis=1) == n_items - 1
    return every


def _with_selves(condensed: Floats, n_items: int) -> Floats:
    """Append each item's distance to its own copy: (pairs + items,)."""
    selves = np.where(_undefined(condensed, n_items), np.nan, 0.0)
    return np.concatenate([condensed, selves])


def _aligned(human: Items, models: Mapping[str, Features]) -> dict[str, Items]:
    """Check every model's features, and that they describe the human items in the same order."""
    if not models:
        raise HumanlikeError("Expected at least one model, but none came. Pass {name: features}.")
    n_items = len(human.values)
    if n_items > MAX_ITEMS:
        raise HumanlikeError(
            f"Expected at most {MAX_ITEMS} items, but {n_items} came. Analyse a random subset."
        )
    checked = {name: check_features(table, f"model '{name}'") for name, table in models.items()}
    for name, items in checked.items():
        if len(items.values) != n_items:
            raise HumanlikeError(
                f"Expected the {n_items} human items in model '{name}', but it has "
                f"{len(items.values)}. Keep the items that both have, in the same order."
            )
        if human.labels is None or items.labels is None or human.labels == items.labels:
            continue
        pairs = zip(human.labels, items.labels, strict=True)
        wrong = [f"{ours!r} is {theirs!r}" for ours, theirs in pairs if ours != theirs]
        raise HumanlikeError(
            f"Expected the human items in the same order in model '{name}', but {len(wrong)} "
            f"labels differ: {'; '.join(wrong[:3])}. Reorder with features.loc[human.index]."
        )
    return checked
