"""Figures of the concepts: order, names, and data that are harmless in a page."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pandas as pd
import pytest

from humanlike.analysis.concepts import Coverage
from humanlike.errors import HumanlikeError
from humanlike.plots import concepts as plots

EVIL = "</script><b>"
CONCEPTS = pd.DataFrame(
    {
        "concept": ["cat", "cup", EVIL, "dog"],
        "category": ["animal", "thing", "thing", "animal"],
        "definition": ["a", "b", "<i>", "d"],
    }
)
AXES = pd.DataFrame({"one": [0.0, 1, 2, 3], "red": [1.0, 0, 0, 0.5]}, CONCEPTS["concept"])
SIMILARITY = np.array(
    [[1, 0.1, 0.2, 0.9], [0.1, 1, 0.7, 0.3], [0.2, 0.7, 1, 0.4], [0.9, 0.3, 0.4, 1]]
)


def data_of(markup: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json">(.*?)</script>', markup, re.DOTALL)
    assert found
    return dict(json.loads(found[1]))


def test_the_map_has_every_place_and_neighbours_by_similarity() -> None:
    markup = plots.concept_map_widget(CONCEPTS, AXES, 1, SIMILARITY, "cup", "<u>")
    data = data_of(markup)
    assert markup.count("</script>") == 1 and "<b>" not in markup and "<u>" not in markup
    assert [one["name"] for one in data["concepts"]] == CONCEPTS["concept"].tolist()
    assert data["places"] == AXES.to_numpy().tolist()
    assert data["near"][1] == [[2, 0.7], [3, 0.3], [0, 0.1]]
    assert data["start"] == 1 and data["categories"] == ["animal", "thing"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"start": "car"}, "cannot begin with 'car'"),
        ({"axes": AXES[:3]}, "4 concepts, but places of 3"),
        ({"axes": AXES.replace(2, np.nan)}, "a finite number for every concept"),
        ({"concepts": CONCEPTS.assign(category=list("abcd"))}, None),
    ],
)
def test_what_does_not_fit_is_refused(changes: dict[str, Any], message: str | None) -> None:
    given = {"concepts": CONCEPTS, "axes": AXES, "start": "cup"} | changes
    if message is None:
        plots.concept_map_widget(given["concepts"], AXES, 1, SIMILARITY, "cup", "-")
        return
    with pytest.raises(HumanlikeError, match=message):
        plots.concept_map_widget(
            given["concepts"], given["axes"], 1, SIMILARITY, given["start"], "-"
        )


def test_more_categories_than_marks_are_refused() -> None:
    names = [f"c{n}" for n in range(9)]
    with pytest.raises(HumanlikeError, match="at most 8 categories apart; there are 9"):
        plots.concept_map(np.zeros((9, 2)), names, names, ["x", "y"])


def test_the_matrix_keeps_categories_together_and_leaves_the_diagonal_blank() -> None:
    import matplotlib.pyplot as plt

    figure = plots.similarity_map(SIMILARITY, CONCEPTS["category"].tolist())
    image = np.ma.filled(figure.axes[0].get_images()[0].get_array(), np.nan)
    assert np.isnan(np.diag(image)).all()
    assert image[0, 1] == 0.9 and image[2, 3] == 0.7
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert labels == ["animal (2)", "thing (2)"]
    plt.close(figure)


def test_the_map_writes_no_name_over_a_point() -> None:
    import matplotlib.pyplot as plt

    places = np.array([[0.0, 0], [0.05, 0], [1, 1]])
    figure = plots.concept_map(places, ["covered", "free", "far"], ["a", "b", "a"], ["x", "y"])
    assert [text.get_text() for text in figure.axes[0].texts] == ["free", "far"]
    plt.close(figure)


def test_only_dimensions_outside_the_band_are_drawn() -> None:
    import matplotlib.pyplot as plt

    table = pd.DataFrame(
        {"mean": [5.0, 1, -3], "everything": 1.0, "low": 0.0, "high": 2.0, "outside": [1, 0, 1]},
        index=["red", "round", "flat"],
    ).astype({"outside": bool})
    figure = plots.coverage_plot(Coverage(table, 2, np.array([2]), 0.01))
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["flat", "red"]
    plt.close(figure)
