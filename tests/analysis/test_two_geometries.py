"""Ratings beside triplets for the same things: planted structure is found, noise is not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import pdist
from scipy.stats import chisquare, rankdata, zscore

from humanlike.analysis import two_geometries as geometry
from humanlike.analysis.rated_things import (
    Geometry,
    RatedThings,
    load_rated_things,
    rating_tables,
)
from humanlike.data.norms import DIMENSIONS, load_ratings
from humanlike.data.published import load_concepts

N = 150


@pytest.fixture(scope="module")
def things() -> RatedThings:
    """A space of four dimensions: two mix ratings, one is noise, one is the square of one."""
    random = np.random.default_rng(4)
    names = pd.Index([f"thing{n}" for n in range(N)], name="word")
    words = pd.DataFrame(random.uniform(1, 4, (N, 11)), names, list(DIMENSIONS))
    mixed = words["Visual"] + words["Hand"], words["Olfactory"] - 0.5 * words["Mouth"] + 5
    space = pd.DataFrame(
        {"mixed": mixed[0], "other mix": mixed[1], "noise": random.uniform(0, 5, N),
         "elsewhere": (words["Torso"] - 2.5) ** 2}, index=names,
    )  # fmt: skip
    return RatedThings(words, words * 0 + 0.1, space, space * 2 + 1, N)


def test_what_ratings_hold_of_a_space_and_the_other_way(things: RatedThings) -> None:
    predicted, explained = geometry.predicted_space(things, 1)
    r2 = explained.set_index("dimension")["r2"]
    assert (r2[["mixed", "other mix"]] > 0.99).all()
    assert (r2[["noise", "elsewhere"]] < 0.1).all()
    assert (explained["other_r2"] > 0.99).all()
    residual = ((things.space - predicted) ** 2).sum()
    whole = ((things.space - things.space.mean()) ** 2).sum()
    expected = 1 - residual.sum() / whole.sum()
    assert geometry.explained_share(explained) == pytest.approx(expected)
    back, rated = geometry.predicted_ratings(things, 1)
    reverse = rated.set_index("dimension")["r2"]
    assert reverse[["Visual", "Hand", "Olfactory"]].min() > 0.3
    assert reverse[["Head", "Haptic", "Foot"]].max() < 0.1
    assert ((back >= 0) & (back <= 5)).all(axis=None)
    variance = things.words.to_numpy().var(axis=0)
    np.testing.assert_allclose(rated["reliable"], 1 - 0.01 / variance)


def test_distances_are_those_of_scipy(things: RatedThings) -> None:
    found = Geometry.of_ratings(things.words).distances
    np.testing.assert_allclose(found, pdist(zscore(things.words.to_numpy()), "cosine"))
    space = things.space.to_numpy()
    np.testing.assert_allclose(Geometry.of_space(space).distances, pdist(space, "cosine"))
    np.testing.assert_allclose(things.distances, pdist(space, "cosine"))


def test_people_agree_with_themselves_and_nobody_with_noise(things: RatedThings) -> None:
    random = np.random.default_rng(9).random((N, 6))
    shapes = {"self": Geometry.of_space(things.space), "noise": Geometry.of_space(random)}
    near = geometry.geometry_scores(things, shapes, 20, 1)
    assert near.estimate["self"] == pytest.approx(1)
    assert abs(near.estimate["noise"]) < 0.1
    picked = geometry.triplet_choices(things, shapes, 4000, 20, 1)
    assert picked.estimate["self"] == 1
    assert picked.estimate["noise"] == pytest.approx(0.5, abs=0.05)
    assert 0.5 < picked.estimate["one answer"] < 1
    laid = geometry.space_scores(things, shapes, 99, 1).set_index("name")
    assert laid.loc["self", ["r2", "cka"]].tolist() == pytest.approx([1, 1])
    assert laid.loc["self", ["p", "mantel_p"]].tolist() == [0.01, 0.01]
    assert laid.loc["noise", "p"] > 0.05
    assert laid.loc["noise", "r2"] == pytest.approx(laid.loc["noise", "chance"], abs=0.03)


def test_triplets_are_of_three_items_each_as_likely() -> None:
    rows = geometry.draw_triplets(5, 60_000, 3)
    assert (np.sort(rows, axis=1)[:, :-1] != np.sort(rows, axis=1)[:, 1:]).all()
    codes, counts = np.unique(rows @ [25, 5, 1], return_counts=True)
    assert len(codes) == 5 * 4 * 3
    assert chisquare(counts).pvalue > 0.001
    np.testing.assert_array_equal(geometry.draw_triplets(5, 100, 3).shape, (100, 3))


def test_category_is_held_fixed_as_by_regression(things: RatedThings) -> None:
    """The partial correlation of ranks is that of the residuals after regression on the third."""
    kinds = dict(zip(things.words.index, ["a", "b", "other"] * (N // 3), strict=True))
    shape = Geometry.of_ratings(things.words)
    found = geometry.within_categories(things, {"people": shape}, kinds).iloc[0]
    labels = np.array(list(kinds.values()))
    upper = np.triu_indices(N, 1)
    same = ((labels[:, None] == labels) & (labels != "other"))[upper]
    one, two, third = (rankdata(part) for part in (things.distances, shape.distances, ~same))
    x = np.column_stack([np.ones_like(third), third])
    left = [part - x @ np.linalg.lstsq(x, part, rcond=None)[0] for part in (one, two)]
    assert found["partial"] == pytest.approx(np.corrcoef(*left)[0, 1])
    inside = np.corrcoef(rankdata(things.distances[same]), rankdata(shape.distances[same]))[0, 1]
    assert found["within"] == pytest.approx(inside)
    assert found["n_within"] == same.sum() == 2 * 50 * 49 / 2
    assert found["n_within"] + found["n_between"] == N * (N - 1) / 2


def test_some_of_the_things_stay_in_order(things: RatedThings) -> None:
    few = things.only(["thing7", "thing3", "unknown"])
    assert list(few.words.index) == list(few.space.index) == ["thing3", "thing7"]


@pytest.mark.usefixtures("real")
def test_real_things_are_joined_by_name_and_homographs_left_out() -> None:
    things = load_rated_things()
    assert "bat" not in things.words.index
    assert things.words.index.is_unique
    assert len(things.words) < things.n_named
    assert things.words.loc["lemon", "Gustatory"] > things.words.loc["hammer", "Gustatory"] + 2
    assert things.space.loc["lemon", "food-related"] > things.space.loc["hammer", "food-related"]
    ratings = load_ratings("English")
    tables = rating_tables(things, ratings)
    names = tables["human"].index
    np.testing.assert_allclose(tables["human"], things.words.loc[names], atol=0.0051)


@pytest.mark.usefixtures("simulated")
def test_simulated_things_have_simulated_ratings() -> None:
    things = load_rated_things(missing="simulate")
    assert len(things.words) == len(things.space) > 128
    assert set(load_concepts()["concept"].str.lower()) <= set(things.words.index)
    assert len(rating_tables(things, load_ratings("English"))["human"]) > 20
