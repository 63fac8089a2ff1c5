"""Spaces of many dimensions drawn in two: one view that is always the same, one by t-SNE."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from humanlike.errors import HumanlikeError
from humanlike.stats.checks import matrix
from humanlike.stats.ordinal import principal_axes
from humanlike.stats.procrustes import procrustes

Floats = NDArray[np.float64]


def common_view(human: ArrayLike, models: Mapping[str, ArrayLike]) -> dict[str, Floats]:
    """Look at all spaces from the same side: along the human space's two widest axes.

    Every model's space is first turned, mirrored, shifted and scaled onto the human one, so that
    both are equally large (`humanlike.stats.procrustes.procrustes`, ``scaling="norm"``). Nothing is
    random, and distances in the view are never larger than in the space.

    Parameters
    ----------
    human : array_like, (items, dimensions)
        At least two dimensions.
    models : mapping of str to array_like, (items, dimensions)
        The same items in the same order.

    Returns
    -------
    dict of str to ndarray, each (items, 2)
        ``human`` first, then the models.

    Raises
    ------
    HumanlikeError
        If the spaces do not fit, or the human one has one dimension only.
    """
    points = matrix(human, "the human space")
    if points.shape[1] < 2:
        raise HumanlikeError("A view in two dimensions needs a human space of at least two.")
    turned = principal_axes(points)
    fitted = {name: procrustes(turned, model, scaling="norm").fitted
              for name, model in models.items()}  # fmt: skip
    return {name: space[:, :2] for name, space in {"human": turned, **fitted}.items()}


def tsne_view(space: ArrayLike, *, seed: int, perplexity: float = 30.0) -> Floats:
    """Lay a space out in two dimensions so that near items stay near, by t-SNE.

    It starts from the principal axes. Distances between groups, and sizes of groups, mean nothing
    in such a map; another seed or perplexity draws another one.

    Parameters
    ----------
    space : array_like, (items, dimensions)
    seed : int
        Of what is random in the method.
    perplexity : float
        Roughly the number of neighbours kept near, above 1 and below a third of the items.

    Returns
    -------
    ndarray, (items, 2)

    Raises
    ------
    HumanlikeError
        If the perplexity does not fit the number of items.

    References
    ----------
    van der Maaten & Hinton (2008), Journal of Machine Learning Research 9, 2579-2605.
    """
    points = matrix(space, "the space")
    if not 1 < perplexity < len(points) / 3:
        raise HumanlikeError(
            f"Perplexity must be above 1 and below a third of the {len(points)} items; got "
            f"{perplexity:g}."
        )
    from sklearn.manifold import TSNE

    method = TSNE(2, init="pca", random_state=seed, perplexity=perplexity)
    return np.asarray(method.fit_transform(points), np.float64)
