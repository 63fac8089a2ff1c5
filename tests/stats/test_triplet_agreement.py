"""Agreement in triplets: against counting by hand, and against drawing items in fact."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from humanlike.errors import HumanlikeError
from humanlike.stats.rdm_bootstrap import rdm_bootstrap
from humanlike.stats.triplet_agreement import choose, shares, triplet_agreement

SIMILARITY = np.array([[9, 3, 1, 1], [3, 9, 2, 0], [1, 2, 9, 5], [1, 0, 5, 9]], float)
ASKED = np.array([[0, 1, 2], [0, 2, 1], [0, 2, 3], [2, 0, 3]])


def test_choices_by_hand_the_first_of_equals() -> None:
    assert choose(SIMILARITY, ASKED).tolist() == [[0, 1, 2], [0, 1, 2], [0, 2, 3], [2, 3, 0]]
    assert shares(ASKED, SIMILARITY).tolist() == [1, 0, 0.5, 0]


@given(st.integers(0, 1000))
def test_a_judge_and_his_opposite_share_everything(seed: int) -> None:
    random = np.random.default_rng(seed)
    table = random.integers(0, 3, (6, 6)).astype(float)
    rows = np.array([random.permutation(6)[:3] for _ in range(40)])
    turned = rows[:, [0, 2, 1]]
    found = triplet_agreement({"a": rows, "b": turned}, table, 5, 1).estimate
    assert found["a"] + found["b"] == pytest.approx(1)
    own = triplet_agreement({"own": choose(table, rows)}, table, 5, 1).estimate["own"]
    assert own >= max(found.values())


def test_a_resample_counts_each_triplet_as_often_as_its_items_were_drawn_together() -> None:
    random = np.random.default_rng(3)
    table = random.random((7, 7))
    rows = np.array([random.permutation(7)[:3] for _ in range(60)])
    found = triplet_agreement({"a": rows}, table, 4, seed=11).samples["a"]
    draws = np.random.default_rng(11)
    for value in found:
        drawn = draws.integers(7, size=7).tolist()
        hits = [
            float(table[a, b] > table[a, c])
            for a, b, c in rows.tolist()
            for _ in range(drawn.count(a) * drawn.count(b) * drawn.count(c))
        ]
        assert value == pytest.approx(np.mean(hits))


def test_nothing_judged_is_refused() -> None:
    with pytest.raises(HumanlikeError, match="silent judged no triplet"):
        triplet_agreement({"silent": np.empty((0, 3), np.int64)}, SIMILARITY, 5, 1)


# --- RDMs of two kinds ---------------------------------------------------------------------------


def test_rdms_resample_as_features_do() -> None:
    from humanlike.stats import rdm, rsa_bootstrap

    random = np.random.default_rng(0)
    one, two = random.random((30, 5)), random.random((30, 4))
    expected = rsa_bootstrap(one, {"m": two}, 25, 7, self_pairs=False)
    found = rdm_bootstrap(rdm(one), {"m": rdm(two)}, 25, 7)
    assert found.estimate == pytest.approx(expected.rho)
    np.testing.assert_allclose(found.samples["m"], expected.samples[:, 0])


def test_rdms_of_different_items_are_refused() -> None:
    with pytest.raises(HumanlikeError, match="'m' has shape"):
        rdm_bootstrap(np.arange(10.0), {"m": np.arange(6.0)}, 5, 1)
    with pytest.raises(HumanlikeError, match="1 gaps"):
        rdm_bootstrap(np.arange(6.0), {"m": np.r_[np.nan, np.arange(5.0)]}, 5, 1)
