"""How many components hold a share of the variance: against scikit-learn and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from humanlike.errors import HumanlikeError
from humanlike.stats.spectrum import dims_needed, variance_shares


@pytest.mark.parametrize("share", [0.5, 0.8, 0.95, 0.999])
def test_it_is_what_scikit_learn_keeps(share: float) -> None:
    decomposition = pytest.importorskip("sklearn.decomposition")
    x = np.random.default_rng(3).gamma(0.3, size=(60, 20))
    kept = decomposition.PCA(share, svd_solver="full").fit(x)
    shares = variance_shares(x)
    assert dims_needed(shares, share) == kept.n_components_
    np.testing.assert_allclose(shares[: kept.n_components_], kept.explained_variance_ratio_)


@given(st.integers(1, 40))
def test_equal_shares_need_all_of_a_whole(n: int) -> None:
    assert dims_needed(np.full(n, 1 / n), 1) == n
    assert dims_needed(np.full(n, 1 / n), 1 / n) == 1


def test_without_centring_the_mean_counts() -> None:
    x = np.array([[10.0, 1], [10, -1], [10, 1], [10, -1]])
    assert variance_shares(x).tolist() == [1.0, 0.0]
    assert variance_shares(x, centred=False).tolist() == pytest.approx([400 / 404, 4 / 404])


@pytest.mark.parametrize(
    ("shares", "share", "message"),
    [([1.0], 0, "above 0"), ([1.0], 1.1, "at most 1"), ([np.nan], 0.5, "does not vary")],
)
def test_what_has_no_answer_is_refused(shares: list[float], share: float, message: str) -> None:
    with pytest.raises(HumanlikeError, match=message):
        dims_needed(shares, share)
