"""Matrices to walk about in: every pair's distance, harmless whatever the words are."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest
from scipy.spatial.distance import pdist, squareform

from humanlike.errors import HumanlikeError
from humanlike.plots.matrices import cluster_order, matrices_widget

WORDS = ["</script><b>", "a&b", "cup", "dog", "egg"]


def squares() -> dict[str, Any]:
    random = np.random.default_rng(3)
    return {who: squareform(pdist(random.normal(size=(5, 4)))) for who in ("human", "base")}


def data_of(markup: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json">(.*?)</script>', markup, re.DOTALL)
    assert found
    return dict(json.loads(found[1]))


def test_the_data_hold_the_condensed_matrix_of_each_source() -> None:
    made = squares()
    data = data_of(matrices_widget(made, WORDS, "cosine", "Still."))
    assert data["words"] == WORDS
    assert data["sources"] == ["Human", "Base"]
    for kept, square in zip(data["distances"], made.values(), strict=True):
        np.testing.assert_allclose(kept, squareform(square), atol=5e-5)


def test_clusters_that_lie_apart_stay_together_in_the_order() -> None:
    places = np.array([0.0, 10.0, 0.1, 10.2, 0.25, 10.1])[:, None]
    order = cluster_order(squareform(pdist(places)))
    assert sorted(order) == list(range(6))
    assert {frozenset(order[:3]), frozenset(order[3:])} == {
        frozenset({0, 2, 4}),
        frozenset({1, 3, 5}),
    }


def test_nothing_in_the_words_is_markup() -> None:
    markup = matrices_widget(squares(), WORDS, "<i>", "<u>still</u>")
    assert markup.count("</script>") == 1
    for tag in ("<b>", "<i>", "<u>"):
        assert tag not in markup


def gap(made: dict[str, Any]) -> dict[str, Any]:
    made["base"][0, 1] = np.nan
    return made


@pytest.mark.parametrize(
    ("change", "words", "message"),
    [
        (lambda m: {"base": m["base"]}, 5, "'human' first"),
        (lambda m: {}, 5, "'human' first"),
        (lambda m: m, 4, "The matrix of 'human' is 5 × 5, but there are 4 words"),
        (lambda m: {"human": np.zeros((1, 1))}, 1, "at least two"),
        (gap, 5, "'base' has a gap"),
    ],
)
def test_what_does_not_fit_is_refused(change: Any, words: int, message: str) -> None:
    with pytest.raises(HumanlikeError, match=re.escape(message)):
        matrices_widget(change(squares()), WORDS[:words], "cosine", "-")
