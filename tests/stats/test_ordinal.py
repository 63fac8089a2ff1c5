"""A space fitted to triplets predicts them, the same in every process, and says what is wrong."""

from __future__ import annotations

import numpy as np
import pytest

from humanlike.errors import HumanlikeError
from humanlike.stats import OrdinalEmbedding


def judgements(n_items: int = 20, n_dims: int = 2, n: int = 3000, seed: int = 0):
    """Points, and what an observer without noise says about random triplets of them."""
    random = np.random.default_rng(seed)
    points = random.normal(size=(n_items, n_dims))
    rows = np.array([random.choice(n_items, 3, replace=False) for _ in range(n)])
    near, far = (((points[rows[:, 0]] - points[rows[:, k]]) ** 2).sum(axis=1) for k in (1, 2))
    rows[near > far] = rows[near > far][:, [0, 2, 1]]
    return points, rows


@pytest.mark.parametrize("loss", ["crowd_kernel", "ste", "t_ste", "soe", "gnmds"])
def test_a_noiseless_observer_is_predicted(loss):
    _, rows = judgements()
    fit = OrdinalEmbedding(2, loss, seed=1, n_restarts=3).fit(rows[:2000], 20)
    assert fit.embedding_.shape == (20, 2)
    assert fit.score(rows[2000:]) > 0.9


def test_unknown_items_are_named():
    with pytest.raises(HumanlikeError, match="1 of 3 triplets hold an item outside 0 to 4"):
        OrdinalEmbedding(2).fit([[0, 1, 2], [0, 1, 7], [2, 3, 4]], 5)
