"""Do the items of a category lie together in a space?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from humanlike.errors import HumanlikeError
from humanlike.stats.checks import matrix, whole

Floats = NDArray[np.float64]
ROUNDING: Final = 1e-12


@dataclass(frozen=True)
class CategoryStructure:
    """How far categories show in a space.

    Attributes
    ----------
    silhouette : float
        Mean over the items, -1 to 1: near 1 where categories are apart, near 0 where they overlap,
        below 0 where items are nearer to another category than to their own.
    by_category : dict of str to float
        Mean over the items of each category.
    within, between : float
        Mean distance of pairs of the same category, and of pairs of different ones.
    p : float
        One-sided, (1 + #{shuffled >= silhouette}) / (1 + permutations); NaN without permutations.
    """

    silhouette: float
    by_category: dict[str, float]
    within: float
    between: float
    p: float

    @property
    def ratio(self) -> float:
        """Mean distance within categories divided by that between them; 1 without structure."""
        return self.within / self.between


def silhouettes(distances: Floats, labels: NDArray[np.int64]) -> Floats:
    r"""Compute the silhouette of every item.

    With :math:`a_i` the mean distance of item i to the others of its category and :math:`b_i` the
    smallest of its mean distances to the other categories,

    .. math:: s_i = \frac{b_i - a_i}{\max(a_i, b_i)}.

    An item alone in its category has 0, as have items without any distance.

    Parameters
    ----------
    distances : ndarray, (items, items)
        Symmetric, zero on the diagonal.
    labels : ndarray of int, (items,)
        Category of each item, from 0 without gaps, at least two.

    Returns
    -------
    ndarray, (items,)

    References
    ----------
    Rousseeuw (1987), doi:10.1016/0377-0427(87)90125-7.
    """
    member = np.eye(int(labels.max()) + 1)[labels]  # (items, categories)
    sizes = member.sum(axis=0)
    totals = distances @ member
    items = np.arange(len(labels))
    own = totals[items, labels] / np.maximum(sizes[labels] - 1, 1)
    means = totals / sizes
    means[items, labels] = np.inf
    nearest = means.min(axis=1)
    larger = np.maximum(own, nearest)
    found: Floats = np.divide(nearest - own, larger, out=np.zeros_like(own), where=larger > 0)
    found[sizes[labels] == 1] = 0.0
    return found


def category_structure(
    space: ArrayLike, categories: Sequence[str], *, n_perm: int = 0, seed: int = 0
) -> CategoryStructure:
    """Measure how far categories show in a space, by Euclidean distances.

    Nothing changes when the space is turned, mirrored, shifted or scaled.

    Parameters
    ----------
    space : array_like, (items, dimensions)
    categories : sequence of str, (items,)
        Category of each item; at least two different ones.
    n_perm, seed : int
        Permutations of the categories for the p-value, and their seed.

    Raises
    ------
    HumanlikeError
        If items and categories do not fit, there is only one category, or all points coincide.
    """
    points = matrix(space, "the space")
    whole("n_perm", n_perm, 0)
    names, labels = np.unique(np.asarray(categories, str), return_inverse=True)
    if len(labels) != len(points) or len(names) < 2:
        raise HumanlikeError(
            f"Expected one category for each of the {len(points)} items and at least two different "
            f"ones; {len(labels)} with {len(names)} different ones came."
        )
    distances = np.sqrt(np.maximum(_squares(points), 0.0))
    if not distances.any():
        raise HumanlikeError("All points of the space coincide: it has no structure to measure.")
    single = silhouettes(distances, labels)
    same = labels[:, None] == labels[None, :]
    pairs = np.triu(np.ones_like(same), 1)
    random = np.random.default_rng(seed)
    null = [silhouettes(distances, random.permutation(labels)).mean() for _ in range(n_perm)]
    above = int(np.sum(np.array(null) >= single.mean() - ROUNDING))
    by_category = {str(name): float(single[labels == k].mean()) for k, name in enumerate(names)}
    return CategoryStructure(
        float(single.mean()),
        by_category,
        float(distances[same & pairs].mean()) if (same & pairs).any() else 0.0,
        float(distances[~same & pairs].mean()),
        (1 + above) / (1 + n_perm) if n_perm else float("nan"),
    )


def _squares(points: Floats) -> Floats:
    """Return the squared distances of all pairs."""
    from scipy.spatial.distance import pdist, squareform

    found: Floats = squareform(pdist(points, "sqeuclidean"))
    return found
