"""Similarity of the odd-one-out task: against direct enumeration and closed forms."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest

from humanlike.errors import HumanlikeError
from humanlike.stats.pair_similarity import pair_similarity


def by_enumeration(x: np.ndarray) -> np.ndarray:
    """The definition, one triplet and one softmax at a time."""
    total = np.zeros((len(x), len(x)))
    for triplet in combinations(range(len(x)), 3):
        pairs = list(combinations(triplet, 2))
        weights = [math.exp(float(x[i] @ x[j])) for i, j in pairs]
        for (i, j), weight in zip(pairs, weights, strict=True):
            total[i, j] += weight / sum(weights)
            total[j, i] = total[i, j]
    return total / (len(x) - 2) + np.eye(len(x))


def test_it_is_the_mean_softmax_over_all_thirds() -> None:
    x = np.random.default_rng(0).gamma(0.5, size=(9, 4))
    np.testing.assert_allclose(pair_similarity(x), by_enumeration(x), rtol=1e-12)


def test_large_loadings_do_not_overflow() -> None:
    x = np.array([[60.0, 0], [60, 0], [0, 1], [0, 2]])
    found = pair_similarity(x)
    assert np.isfinite(found).all()
    assert found[0, 1] == pytest.approx(1.0)


def test_gaps_are_refused() -> None:
    with pytest.raises(HumanlikeError, match="missing or infinite"):
        pair_similarity(np.array([[1.0, np.nan], [1, 2], [3, 4], [5, 6]]))
