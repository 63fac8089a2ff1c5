"""The chapter on the concepts: hand-computed tables, honest null, simulated data."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from humanlike.analysis import concepts as chapter

SIMILARITY = np.array(
    [[1, 0.8, 0.2, 0.1], [0.8, 1, 0.4, 0.3], [0.2, 0.4, 1, 0.6], [0.1, 0.3, 0.6, 1]]
)
NAMES = ["cat", "dog", "cup", "odd"]
GROUPS = ["animal", "animal", "thing", "lone"]


def test_similarity_is_averaged_within_and_between_categories() -> None:
    found = chapter.by_category(SIMILARITY, GROUPS)
    assert found.loc["animal", ["n", "within"]].tolist() == [2, 0.8]
    assert found.loc["animal", "between"] == pytest.approx((0.2 + 0.1 + 0.4 + 0.3) / 4)
    assert np.isnan(found.loc["lone", "within"])


def test_every_concept_is_placed_where_it_is_most_similar() -> None:
    found = chapter.placement(SIMILARITY, GROUPS, NAMES)
    assert found["best_category"].tolist() == ["animal", "animal", "lone", "thing"]
    assert found["nearest"].tolist() == ["dog", "cat", "odd", "cup"]
    assert found["nearest_same"].tolist() == [True, True, False, False]
    assert found.loc["cat", "own"] == 0.8 and np.isnan(found.loc["cup", "own"])
    assert found.loc["cup", "best"] == 0.6


@pytest.fixture(scope="module")
def everything() -> pd.DataFrame:
    values = np.random.default_rng(5).gamma(0.3, size=(200, 6))
    return pd.DataFrame(values, [f"i{n}" for n in range(200)], list("abcdef"))


def test_a_random_choice_is_like_random_ones_and_a_lopsided_one_is_not(
    everything: pd.DataFrame,
) -> None:
    drawn = np.random.default_rng(9).choice(everything.index, 30, replace=False)
    usual = chapter.coverage(everything, list(drawn), 0.9, 300, 0)
    rich = chapter.coverage(everything, list(everything["c"].nlargest(30).index), 0.9, 300, 0)
    assert usual.p > 0.05 and rich.p == 1 / 301
    assert rich.dimensions.loc["c", "outside"]
    assert rich.dimensions.loc["c", "mean"] > rich.dimensions.loc["c", "high"]
    again = chapter.coverage(everything, list(drawn), 0.9, 300, 0)
    pd.testing.assert_frame_equal(usual.dimensions, again.dimensions)


def test_the_null_holds_its_level(everything: pd.DataFrame) -> None:
    """Random choices are called unlike random about as often as the level says."""
    random = np.random.default_rng(1)
    p = [
        chapter.coverage(
            everything, list(random.choice(everything.index, 30, replace=False)), 0.9, 99, n
        ).p
        for n in range(60)
    ]
    assert 0.3 < np.mean(np.array(p) <= 0.5) < 0.7


def test_dimensions_are_described_by_their_strongest_concepts(everything: pd.DataFrame) -> None:
    space = everything.iloc[:20]
    found = chapter.dimension_table(space, everything, 2)
    assert found["concepts"][0] == ", ".join(space["a"].sort_values()[::-1].index[:2])
    assert found["share"].sum() == pytest.approx(1)


def test_twins_are_found_whatever_their_order_and_scale(everything: pd.DataFrame) -> None:
    other = pd.DataFrame({"x": 3 * everything["d"] + 1, "y": everything["b"]})
    found = chapter.twins(everything, other)
    assert found["twin"].tolist() == ["d", "b"]
    assert found["r"].tolist() == pytest.approx([1, 1])


def test_every_reading_is_counted_also_on_simulated_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUMANLIKE_DATA", "simulated")
    found = chapter.readings(0.95, missing="simulate")
    assert len(found) == 8
    for row in found.itertuples():
        held = np.asarray(row.held)
        assert held[int(row.needed) - 1] >= 0.95 > held[int(row.needed) - 2]  # type: ignore[call-overload]
    assert chapter.needed_by_choice(49, 0.95, missing="simulate") == [
        found.query("dims == 49 and items == '128' and centred")["needed"].item()
    ]
