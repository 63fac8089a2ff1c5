"""Models on the leaderboard's scale: who gets a place, where, and who gets none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from humanlike.analysis.asked import ask_triplets
from humanlike.analysis.ceilings import Limits, load_minds
from humanlike.analysis.placing import (
    Placed,
    Rules,
    Target,
    around,
    labelled,
    people_in_design,
    place,
    placed_table,
    rank_among,
)
from humanlike.analysis.stored import stored_triplets
from humanlike.models.base import Answer, ModelInfo, Prompt
from humanlike.models.scripted import Scripted
from humanlike.models.simulated import Options, Simulated
from humanlike.stats import alignment_null

CONCEPTS = tuple(f"thing{number:02d}" for number in range(24))
CATEGORIES = ("one", "two", "other") * 8
RULES = Rules(n_triplets=3000, n_dims=3, n_refits=20)
LIMITS = Limits(0.1, 0.05, 0.15, 0.0, 0.3, 0.5, 0.6, 0.01, 3)


@pytest.fixture(scope="module")
def target() -> Target:
    space = np.random.default_rng(0).normal(size=(24, 3))
    space += 2 * np.eye(3)[np.tile([0, 1, 2], 8)]
    return Target(CONCEPTS, CATEGORIES, space / np.linalg.norm(space, axis=1, keepdims=True))


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store.sqlite"


class Outsider(Scripted):
    """A fake that passes for a model from elsewhere."""

    def info(self) -> ModelInfo:
        return replace(super().info(), spec=f"hf:{self._name}", kind="hf")


def ask(model: object, store: Path, n: int = 3000, **options: object) -> pd.DataFrame:
    return ask_triplets(model, n, concepts=CONCEPTS, store=store, **options)  # type: ignore[arg-type]


def observer(target: Target, silent: float = 0.0) -> Simulated:
    """One who has the human space."""
    vectors = dict(zip(CONCEPTS, target.human, strict=True))
    return Simulated(Options(noise=0.1, silent=silent), vectors, f"human{silent}")


def test_an_observer_with_the_human_space_stands_high(target: Target, store: Path) -> None:
    """All vectors are of length one, so comparing cosines is comparing distances."""
    found = place(ask(observer(target), store), target, RULES)
    assert found.has_place
    assert found.r2 is not None
    assert found.low is not None
    assert found.high is not None
    assert found.r2 > 0.7
    assert found.low < found.r2 < found.high
    assert found.accuracy is not None
    assert found.accuracy > 0.8
    stranger = place(ask("simulated:seed=3", store), target, RULES)
    assert stranger.r2 is not None
    assert stranger.r2 < found.low
    assert found.structure is not None
    assert set(found.structure.by_category) == {"one", "two"}


def test_the_same_seed_gives_the_same_place_on_any_number_of_threads(
    target: Target, store: Path
) -> None:
    table = ask(observer(target), store)
    one, two = (place(table, target, RULES, seed=5, n_jobs=jobs) for jobs in (1, 3))
    assert (one.r2, one.low, one.high) == (two.r2, two.low, two.high)


def test_most_answers_invalid_gives_a_reason_and_no_number(target: Target, store: Path) -> None:
    found = place(ask(observer(target, silent=0.6), store), target, RULES)
    assert not found.has_place
    assert " % of 3,000 answers are valid (" in found.reason
    assert {found.r2, found.low, found.high, found.accuracy, found.structure} == {None}
    row = placed_table([found], LIMITS, [0.4, 0.2]).iloc[0]
    assert row[["r2", "interval", "rank", "corrected", "accuracy"]].isna().all()
    assert row["reason"] == found.reason
    assert row["valid"] == pytest.approx(found.valid / 3000)


def test_too_few_questions_give_a_reason(target: Target, store: Path) -> None:
    found = place(ask(observer(target), store, n=1000), target, RULES)
    assert found.reason == "asked 1,000 of the design's 3,000 questions, not enough"


def test_judgements_that_determine_no_space_give_a_reason(target: Target, store: Path) -> None:
    table = ask(observer(target), store)
    kept = table[(table[["anchor", "first", "second"]] != CONCEPTS[7]).all(axis=1)].copy()
    kept.attrs = table.attrs
    found = place(kept, target, RULES)
    assert "separate parts" in found.reason
    assert found.r2 is None


def test_an_interval_holds_its_estimate_and_keeps_its_width() -> None:
    drawn = np.random.default_rng(1).normal(0.9, 0.1, 4000)
    low, high = around(0.4, drawn)
    assert (low, high) == pytest.approx((0.4 - 0.196, 0.4 + 0.196), abs=0.01)


def test_the_design_makes_a_space_of_peoples_answers(real: None) -> None:
    mind = load_minds()
    space = people_in_design(mind, Rules(n_triplets=6000, n_dims=5), seed=2)
    assert space.shape == (128, 5)
    near, far = (alignment_null(mind.human, s, n_perm=50, seed=1).p
                 for s in (space, np.random.default_rng(0).normal(size=(128, 5))))  # fmt: skip
    assert near == 1 / 51
    assert far > 0.1


def test_ranks_and_the_corrected_scale() -> None:
    assert [rank_among(r2, [0.4, 0.2]) for r2 in (0.5, 0.3, 0.1)] == [1, 2, 3]
    one = Placed("m", "hf:m", "chat", "generate", 10, 10, r2=0.35, low=0.3, high=0.4, accuracy=0.7)
    row = placed_table([one], LIMITS, [0.4, 0.2]).iloc[0]
    assert (row["rank"], row["corrected"]) == (2, pytest.approx(0.5))
    assert (row["interval"], row["reason"]) == ("0.300 to 0.400", None)


def test_labels_tell_models_apart() -> None:
    plain = Placed("m", "hf:m", "chat", "generate", 1, 1)
    base, scored = replace(plain, form="base"), replace(plain, mode="score")
    found = labelled([plain, base, scored, plain])
    assert list(found) == ["m", "m, base", "m, score", "m (2)"]


# --- what lies in the store ----------------------------------------------------------------------


def first_or_silent(prompt: Prompt) -> Answer:
    """Name the first option, but say nothing sensible about one anchor."""
    assert prompt.allowed is not None
    return Answer("?!" if "similar to thing05" in prompt.user else prompt.allowed[0].strip())


def test_the_store_gives_back_what_was_asked(store: Path) -> None:
    asked = ask(Outsider(first_or_silent, name="x"), store, n=400)
    (found,) = stored_triplets(CONCEPTS, store=store)
    columns = ["anchor", "first", "second", "text", "nearer", "farther", "failure"]
    pd.testing.assert_frame_equal(
        found[columns].sort_values(columns[:3], ignore_index=True),
        asked[columns].sort_values(columns[:3], ignore_index=True),
    )
    same = ("model", "name", "asked", "valid", "valid_share", "failures", "positions")
    assert {key: found.attrs[key] for key in same} == {key: asked.attrs[key] for key in same}
    assert (found.attrs["form"], found.attrs["mode"]) == ("chat", "generate")


def test_forms_and_modes_are_models_of_their_own(store: Path) -> None:
    model = Outsider(first_or_silent, name="x")
    for options in ({}, {"form": "base"}):
        ask(model, store, n=50, **options)
    ask(Outsider(first_or_silent, name="y"), store, n=60)
    found = stored_triplets(CONCEPTS, store=store)
    assert [(t.attrs["name"], t.attrs["form"], len(t)) for t in found] == [
        ("x", "chat", 50), ("x", "base", 50), ("y", "chat", 60),
    ]  # fmt: skip
    assert len(stored_triplets(CONCEPTS, store=store, without=["hf:x"])) == 1
    assert [len(t) for t in stored_triplets(CONCEPTS, store=store, most=20)] == [20, 20, 20]


def test_what_is_not_the_papers_question_is_left_out(store: Path) -> None:
    assert stored_triplets(CONCEPTS, store=store) == []
    model = Outsider(first_or_silent, name="x")
    ask_triplets(model, 30, concepts=[f"else{n}" for n in range(9)], store=store)
    ask("simulated:", store, n=30)
    assert stored_triplets(CONCEPTS, store=store) == []
    ask(model, store, n=10, trials=3)
    (found,) = stored_triplets(CONCEPTS, store=store)
    assert len(found) == 10
