"""The paper's multiverse on simulated ratings: published numbers, gaps, tables."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from humanlike.analysis import multiverse as chapter
from humanlike.data.norms import DIMENSIONS, MODELS, SENSORY, features
from humanlike.data.simulated import simulate_ratings
from humanlike.errors import HumanlikeError
from humanlike.stats import rdm, rsa
from humanlike.stats.multiverse import Multiverse

CHOICES = {
    "ratings": ("greedy",),
    "words": ("left out", "filled in"),
    "scale": ("z-scored", "raw"),
    "metric": ("cosine", "euclidean"),
    "correlation": ("spearman", "pearson", "kendall"),
}


def gappy(language: str, **_: object) -> pd.DataFrame:
    table = simulate_ratings(language, n_words=80, seed=2)
    if language == "English":
        table.loc[table.index[0], "base"] = np.nan
    return table


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(chapter, "LOADERS", {"greedy": gappy})
    chapter._loaded.cache_clear()
    yield
    chapter._loaded.cache_clear()


def found() -> dict[str, Multiverse]:
    return {
        name: chapter.multiverse(name, CHOICES, 0, 30, 0.95, 1) for name in ("English", "Dutch")
    }


def test_the_published_specification_gives_the_published_computation() -> None:
    both = found()
    for language, dimensions in (("English", DIMENSIONS), ("Dutch", SENSORY)):
        table = gappy(language)
        words = table["word"].unique()[1 if language == "English" else 0 :]
        human, model = (
            rdm(features(table, who, dimensions).loc[words]) for who in ("human", "nl_ft")
        )
        rows = both[language].contrast("nl_ft")
        published = chapter.COMPARISONS[
            "en_gain" if language == "English" else "matched_nl"
        ].published
        mark = chapter.is_published(rows, published)
        assert mark.sum() == 1
        assert rows.loc[mark, "estimate"].iloc[0] == pytest.approx(rsa(human, model))


def test_gaps_are_left_out_or_filled_with_the_mean_of_the_dimension() -> None:
    table = gappy("English")
    out = chapter._features(table, DIMENSIONS, "left out")
    filled = chapter._features(table, DIMENSIONS, "filled in")
    assert len(out["base"]) == 79 and len(filled["base"]) == 80
    first = DIMENSIONS[0]
    assert filled["base"][first].iloc[0] == pytest.approx(out["base"][first].mean())
    with pytest.raises(HumanlikeError, match="left out"):
        chapter._features(table, DIMENSIONS, "dropped")
    assert 0 < chapter.words_effect(0, 1) < 0.1


def test_every_comparison_is_summarised_over_its_own_specifications() -> None:
    both = found()
    summary = chapter.summary_table(both)
    assert list(summary.index) == list(chapter.COMPARISONS)
    assert dict(summary["n"]) == {
        "en_gain": 72, "nl_gain": 72, "qa_gain": 72, "matched_en": 72, "matched_nl": 12,
        "motor_nl": 24, "motor_qa": 24,
    }  # fmt: skip
    assert (summary["n_interval"] == summary["n"] * 2 // 3).all()
    effects = chapter.effects_table(both)
    assert set(effects["key"]) == set(chapter.COMPARISONS)
    assert "kendall" not in set(effects["option"])


def test_a_subset_is_the_same_words_everywhere() -> None:
    table = chapter._drawn("English", "greedy", 20, 5)
    assert table["word"].nunique() == 20
    assert set(MODELS) <= set(table)
    assert chapter._drawn("English", "greedy", 20, 5).equals(table)


def test_three_kinds_of_interval_stand_side_by_side() -> None:
    table = chapter.interval_table(found(), 0, 40, 0.95, 1)
    assert set(table["how"]) == {"analytic", "self pairs kept", "self pairs removed"}
    assert table.groupby("key")["estimate"].agg(np.ptp).max() < 1e-12
    assert set(table["key"]) == {"en_gain", "nl_gain", "qa_gain", "matched_en", "matched_nl"}
