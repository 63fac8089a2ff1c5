"""Dissimilarity matrices to walk about in: every pair of words with its distance by each source."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from humanlike.errors import HumanlikeError
from humanlike.plots.style import MODEL_LABELS
from humanlike.plots.widget import widget

DIGITS = 4


def cluster_order(square: NDArray[np.float64]) -> list[int]:
    """Return an order of items that puts near ones side by side.

    Average-linkage clustering with the order of leaves that keeps neighbours nearest (Bar-Joseph,
    Gifford & Jaakkola, 2001, doi:10.1093/bioinformatics/17.suppl_1.S22), by scipy.

    Parameters
    ----------
    square : ndarray, shape (items, items)
        Distances; at least two items.
    """
    from scipy.cluster.hierarchy import leaves_list, linkage
    from scipy.spatial.distance import squareform

    tree = linkage(squareform(square, checks=False), "average", optimal_ordering=True)
    return [int(place) for place in leaves_list(tree)]


def matrices_widget(
    squares: Mapping[str, NDArray[np.float64]], words: Sequence[str], metric: str, still: str
) -> str:
    """Write the data of two heat maps side by side; ``book/assets/matrices.js`` draws them.

    Parameters
    ----------
    squares : mapping of str to ndarray, shape (words, words)
        By source, ``human`` first: the distance of every two words, finite and symmetric.
    words : sequence of str
        At least two; one per row.
    metric : str
        Name of the distance.
    still : str
        What stands in for the maps where no script runs, as plain text.

    Returns
    -------
    str
        HTML; nothing in it can be taken for markup or end the script element.

    Raises
    ------
    HumanlikeError
        If the matrices do not fit the words, hold a gap, or ``human`` is not the first.
    """
    if next(iter(squares), None) != "human":
        raise HumanlikeError("Expected matrices by source with 'human' first. Reorder them.")
    size = len(words)
    for name, square in squares.items():
        if size < 2 or square.shape != (size, size):
            raise HumanlikeError(
                f"The matrix of '{name}' is {' × '.join(map(str, square.shape))}, but there are "
                f"{size} words. Select the same words, at least two."
            )
        if not np.isfinite(square).all():
            raise HumanlikeError(f"The matrix of '{name}' has a gap. Leave incomplete words out.")
    upper = np.triu_indices(size, 1)
    data: dict[str, Any] = {
        "words": [str(word) for word in words],
        "metric": metric,
        "sources": [MODEL_LABELS.get(name, name) for name in squares],
        "orders": [cluster_order(square) for square in squares.values()],
        "distances": [[round(float(d), DIGITS) for d in s[upper]] for s in squares.values()],
    }
    return widget("matrices", data, f"<p>{html.escape(still)}</p>")
