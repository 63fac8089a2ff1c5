"""How a correlation of distances hangs on each item, and the interval that follows.

A resampled item changes all pairs it belongs to. The derivative of the correlation with respect to
the weight of each item (its empirical influence) is known in closed form, so a standard error costs
one pass over the pairs instead of hundreds of resamples: the infinitesimal jackknife.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from humanlike.errors import HumanlikeError, unknown

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
METHODS = ("spearman", "pearson")


@dataclass(frozen=True, eq=False)
class Influence:
    """A correlation of two RDMs and what each item contributes to its uncertainty.

    ``estimate`` is the correlation; ``items`` (items,) its derivative with respect to the weight of
    each item; ``pairs`` the number of pairs compared.
    """

    estimate: float
    items: Floats
    pairs: int

    @property
    def standard_error(self) -> float:
        """Square root of the sum of squared derivatives."""
        return float(np.sqrt(self.items @ self.items))


@njit(nogil=True, cache=True)
def _sums_above(values, order, starts):  # type: ignore[no-untyped-def]
    """Sum the values above each pair in the given order, and half of those of its tied group."""
    sums = np.zeros(values.size)
    higher, end = 0.0, order.size
    for group in range(starts.size - 1, -1, -1):
        own = 0.0
        for place in range(starts[group], end):
            own += values[order[place]]
        for place in range(starts[group], end):
            sums[order[place]] = higher + own / 2
        higher += own
        end = starts[group]
    return sums


@njit(nogil=True, cache=True)
def _dot(first, second):  # type: ignore[no-untyped-def]
    """Sum the products without the threads of a linear algebra library."""
    total = 0.0
    for place in range(first.size):
        total += first[place] * second[place]
    return total


@njit(nogil=True, cache=True)
def _pearson_sums(a, b, known, r, n_items):  # type: ignore[no-untyped-def]
    """Sum the influence of the known pairs of each item."""
    items, pair = np.zeros(n_items), 0
    for i in range(n_items):
        for j in range(i + 1, n_items):
            if known[pair]:
                own = a[pair] * b[pair] - r / 2 * (a[pair] * a[pair] + b[pair] * b[pair])
                items[i] += own
                items[j] += own
            pair += 1
    return items


@njit(nogil=True, cache=True)
def _spearman_sums(u, v, above_v, above_u, above_uu, above_vv, known, means, rho, n_items):  # type: ignore[no-untyped-def]
    """Sum the influence of the known pairs of each item; means are of uv, uu and vv."""
    items, pair = np.zeros(n_items), 0
    first, second = means[1] - 0.25, means[2] - 0.25
    spread = np.sqrt(first * second)
    for i in range(n_items):
        for j in range(i + 1, n_items):
            if known[pair]:
                cross = u[pair] * v[pair] + above_v[pair] + above_u[pair] - 3 * means[0]
                own_u = u[pair] * u[pair] + 2 * above_uu[pair] - 3 * means[1]
                own_v = v[pair] * v[pair] + 2 * above_vv[pair] - 3 * means[2]
                own = cross / spread - rho / 2 * (own_u / first + own_v / second)
                items[i] += own
                items[j] += own
            pair += 1
    return items


class Ranked:
    """One condensed RDM with its pairs sorted once, for any number of comparisons.

    Parameters
    ----------
    distances : array_like, (pairs,)
        Distances; NaN where unknown.
    known : ndarray of bool, (pairs,), optional
        Pairs to use; those with a distance by default.
    """

    def __init__(self, distances: ArrayLike, known: NDArray[np.bool_] | None = None) -> None:
        self.values: Floats = np.asarray(distances, dtype=np.float64)
        self.known = ~np.isnan(self.values) if known is None else known & ~np.isnan(self.values)
        self.pairs = int(self.known.sum())
        self.n_items = round((1 + np.sqrt(1 + 8 * self.values.size)) / 2)

    @cached_property
    def scores(self) -> Floats:
        """Return z-scores of the distances (pairs,), zero where unknown."""
        some = self.values[self.known]
        scores = np.zeros(self.values.size)
        scores[self.known] = (some - some.mean()) / some.std()
        return scores

    @cached_property
    def grades(self) -> Floats:
        """Return mid-ranks over the number of known pairs (pairs,), zero where unknown."""
        return self._spread((self._starts + self._sizes / 2) / self.pairs)

    @cached_property
    def mean_square(self) -> float:
        """Return the mean square of the grades."""
        return float(_dot(self.grades, self.grades) / self.pairs)

    @cached_property
    def above_own(self) -> Floats:
        """Return E[h(x, X) U] for every pair, U being the grades themselves."""
        return self.above(self.grades)

    def above(self, values: Floats) -> Floats:
        """Return E[h(x, X) V] for every pair: the sum of V above, half of it where tied, over N."""
        means: Floats = _sums_above(values, self._order, self._starts) / self.pairs
        return means

    @cached_property
    def _order(self) -> Integers:
        if self.pairs == self.values.size:
            return np.argsort(self.values)
        places = np.flatnonzero(self.known)
        return places[np.argsort(self.values[places])]

    @cached_property
    def _starts(self) -> Integers:
        ordered = self.values[self._order]
        return np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))

    @cached_property
    def _sizes(self) -> Integers:
        return np.diff(np.append(self._starts, self.pairs))

    def _spread(self, by_group: Floats) -> Floats:
        """Give every pair (pairs,) the value of its group of tied pairs."""
        values = np.zeros(self.values.size)
        values[self._order] = np.repeat(by_group, self._sizes)
        return values


def rsa_influence(human: Ranked, model: Ranked, method: str = "spearman") -> Influence:
    r"""Correlate two RDMs and differentiate the correlation by the weight of each item.

    With item weights w, the pair (i, j) weighs w_i w_j. At w = 1 the derivative for item i is the
    sum of the pair influences IF(i, j) over its pairs, divided by the number N of pairs. For
    Pearson's r of z-scores a, b the pair influence is IF = a b - r (a^2 + b^2) / 2. For Spearman's
    rho the grades u = F(x), v = G(y) (mid-ranks over N) change with the weights as well, so

        d E[uv] = u v + E[h(x, X) V] + E[h(y, Y) U] - 3 E[uv],   h(s, t) = 1{s < t} + 1{s = t} / 2

    and likewise for E[u^2] and E[v^2]; rho = (E[uv] - 1/4) / sqrt((E[u^2] - 1/4)(E[v^2] - 1/4)).

    Parameters
    ----------
    human, model : Ranked
        Condensed RDMs of the same items. Pairs that one of them does not know are left out.
    method : {"spearman", "pearson"}

    Returns
    -------
    Influence

    Raises
    ------
    HumanlikeError
        If the method is unknown, the RDMs differ in size, or one of them does not vary.

    References
    ----------
    Efron (1982), The Jackknife, the Bootstrap and Other Resampling Plans, chapter 6,
    doi:10.1137/1.9781611970319; Hampel (1974), doi:10.1080/01621459.1974.10482962.
    """
    if method not in METHODS:
        raise HumanlikeError(unknown("method", method, METHODS))
    if human.values.shape != model.values.shape:
        raise HumanlikeError(
            f"Expected two RDMs of the same items, but they have {human.values.size} and "
            f"{model.values.size} pairs. Keep the items that both have."
        )
    if not np.array_equal(human.known, model.known):
        both = human.known & model.known
        human, model = Ranked(human.values, both), Ranked(model.values, both)
    for name, one in (("first", human), ("second", model)):
        some = one.values[one.known]
        if not some.size or some.min() == some.max():
            raise HumanlikeError(
                f"The {some.size} distances of the {name} RDM that both know are all alike, so "
                "there is no correlation. Use more items, or another distance."
            )
    estimate, sums = (_spearman if method == "spearman" else _pearson)(human, model)
    return Influence(estimate, sums / human.pairs, human.pairs)


def _pearson(human: Ranked, model: Ranked) -> tuple[float, Floats]:
    """Return r and the summed influence of every item's pairs."""
    r = float(np.clip(_dot(human.scores, model.scores) / human.pairs, -1, 1))
    return r, _pearson_sums(human.scores, model.scores, human.known, r, human.n_items)


def _spearman(human: Ranked, model: Ranked) -> tuple[float, Floats]:
    """Return rho and the summed influence of every item's pairs."""
    u, v = human.grades, model.grades
    means = np.array([_dot(u, v) / human.pairs, human.mean_square, model.mean_square])
    rho = (means[0] - 0.25) / np.sqrt((means[1] - 0.25) * (means[2] - 0.25))
    arrays = (u, v, human.above(v), model.above(u), human.above_own, model.above_own)
    rho = float(np.clip(rho, -1, 1))
    return rho, _spearman_sums(*arrays, human.known, means, rho, human.n_items)
