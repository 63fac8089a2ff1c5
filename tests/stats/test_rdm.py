"""Dissimilarity matrices: invariances, known answers, scipy as reference, every error."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.distance import cdist, squareform
from scipy.stats import rankdata

from humanlike.errors import HumanlikeError
from humanlike.stats.dissimilarity import METRICS, rdm


def table(seed: int = 0, n_items: int = 7, n_dims: int = 3) -> pd.DataFrame:
    values = np.random.default_rng(seed).normal(size=(n_items, n_dims))
    return pd.DataFrame(values, [f"w{i}" for i in range(n_items)], [f"d{i}" for i in range(n_dims)])


@given(arrays(float, (6, 3), elements=st.integers(-9, 9).map(float)), st.integers(1, 9))
def test_standardised_distances_ignore_shift_and_scale(values, scale):
    assume((np.ptp(values, axis=0) > 0).all())
    # Powers of two and a shift by whole numbers keep the arithmetic exact enough to compare.
    moved = values * 2.0**scale + np.array([3, -5, 8])
    np.testing.assert_allclose(rdm(values, "euclidean"), rdm(moved, "euclidean"), atol=1e-12)


def test_permuting_items_permutes_the_matrix():
    features = table()
    order = [3, 1, 6, 0, 2, 5, 4]
    square = squareform(rdm(features))
    np.testing.assert_allclose(squareform(rdm(features.iloc[order])), square[np.ix_(order, order)])


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("standardize", [True, False])
def test_agrees_with_cdist(metric, standardize):
    features = table(1)
    values = features.to_numpy()
    if standardize:
        values = (values - values.mean(axis=0)) / values.std(axis=0, ddof=0)
    full = cdist(values, values, metric)
    expected = full[np.triu_indices(len(values), 1)]
    np.testing.assert_allclose(rdm(features, metric, standardize), expected, atol=1e-12)


def test_known_answer():
    corners = np.array([[0.0, 1], [0, 3], [2, 1], [2, 3]])
    np.testing.assert_allclose(rdm(corners), [1, 1, 2, 2, 1, 1], atol=1e-12)
    np.testing.assert_allclose(rdm(corners, "cityblock", False), [2, 2, 4, 4, 2, 2])


def test_zero_vector_has_no_cosine_distance():
    features = np.array([[0.0, 0], [1, 2], [2, 1], [3, 3]])
    distances = rdm(features, standardize=False)
    assert np.isnan(distances[:3]).all()
    assert np.isfinite(distances[3:]).all()


def test_array_and_frame_and_nullable_frame_agree():
    features = table(2).round()
    np.testing.assert_array_equal(rdm(features), rdm(features.to_numpy()))
    np.testing.assert_array_equal(rdm(features), rdm(features.convert_dtypes()))


def spoiled(change) -> pd.DataFrame:
    features = table()
    change(features)
    return features


@pytest.mark.parametrize(
    ("features", "options", "message"),
    [
        (table(), {"metric": "cosin"}, "Unknown metric 'cosin'. Did you mean 'cosine'.*cityblock"),
        (table(n_items=3), {}, r"at least 4 items.*\(3, 3\)"),
        (np.ones((5, 0)), {}, r"one dimension.*\(5, 0\)"),
        (np.arange(5.0), {}, r"shape \(items, dimensions\).*\(5,\)"),
        (spoiled(lambda t: t.__setitem__("d1", 2.0)), {}, "same value in column 'd1'"),
        (np.c_[np.arange(5.0), np.full(5, 0.1)], {}, "same value in column 1"),
        (spoiled(lambda t: t.__setitem__("d2", np.nan)), {}, "7 values.*'w4' and 2 more.*'d2'"),
        (spoiled(lambda t: t.iloc.__setitem__((2, 0), np.inf)), {}, "rows 'w2'; columns 'd0'"),
        (table().astype({"d0": object}).replace({"d0": {table().iloc[0, 0]: "x"}}), {}, "numbers"),
        (table().rename({"w1": "w0"}), {}, "must be unique, but 'w0'"),
    ],
)
def test_errors_say_what_to_do(features, options, message):
    with pytest.raises(HumanlikeError, match=message):
        rdm(features, **options)


def test_constant_column_is_fine_without_standardising():
    assert np.isfinite(rdm(spoiled(lambda t: t.__setitem__("d1", 2.0)), standardize=False)).all()


@pytest.mark.parametrize("metric", ["cosine", "euclidean", "cityblock"])
def test_pairs_with_the_same_ratings_tie_in_whatever_order_dimensions_are_added(
    metric: str,
) -> None:
    ratings = np.random.default_rng(3).integers(0, 4, (60, 5)).astype(float)
    orders = [[0, 1, 2, 3, 4], [4, 2, 0, 3, 1], [3, 4, 1, 0, 2]]
    ranks = [rankdata(rdm(ratings[:, order], metric)) for order in orders]
    np.testing.assert_array_equal(ranks[0], ranks[1])
    np.testing.assert_array_equal(ranks[0], ranks[2])


def test_tiny_and_huge_features_keep_their_digits() -> None:
    features = np.random.default_rng(4).random((20, 3))
    plain = rdm(features, "euclidean", standardize=False)
    for scale in (1e-30, 1e30):
        scaled = rdm(scale * features, "euclidean", standardize=False)
        np.testing.assert_allclose(scaled / scale, plain, rtol=1e-9)
