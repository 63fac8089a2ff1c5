"""What a class's answers give, on simulated classes whose truth is known."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from humanlike.analysis import observers as minds
from humanlike.analysis.learning import euclidean_mind, noisy
from humanlike.analysis.observers import Mind
from humanlike.analysis.people import (
    NOISY_PEOPLE,
    dimensions_for,
    observer_scores,
    place_judges,
    reference_observers,
    sort_answers,
)
from humanlike.classroom.questions import Lesson, asked_of
from humanlike.classroom.rehearsal import rehearse
from humanlike.classroom.report import corrected, report
from humanlike.classroom.results import expected_for, results
from humanlike.errors import HumanlikeError
from humanlike.stats.consistency import between_people, within_people

LESSON = Lesson(tuple(f"thing {n}" for n in range(24)), 60, 0)


@pytest.fixture(scope="module")
def mind() -> Mind:
    space = np.random.default_rng(2).normal(size=(24, 3))
    known = euclidean_mind(space)
    known.similarities["nothing"] = np.zeros((24, 24))
    return known


def test_the_ceiling_is_found_again(mind: Mind) -> None:
    """Over classes, agreement and ceiling come out as in the answers' own probabilities."""
    one = noisy(mind, 0.8)
    asked = asked_of(LESSON, 20)
    shares = minds.first_shares(one, mind, asked)
    same, best = np.mean(shares**2 + (1 - shares) ** 2), np.maximum(shares, 1 - shares).mean()
    lessons = [Lesson(LESSON.concepts, 60, seed) for seed in range(12)]  # other questions too
    found = [sort_answers(rehearse(lesson, mind, one, 20, lesson.seed)) for lesson in lessons]
    between = [between_people(answered.shared) for answered in found]
    within = [within_people(answered.shared, answered.again) for answered in found]
    assert np.mean([one.same for one in between]) == pytest.approx(same, abs=0.02)
    assert np.mean([one.same for one in within]) == pytest.approx(same, abs=0.02)
    assert np.mean([one.ceiling[0] for one in between]) == pytest.approx(best, abs=0.02)
    assert {one.n_pairs for one in between} == {4 * 12 * 10}


def test_a_class_is_placed_above_chance_and_near_its_like(mind: Mind) -> None:
    table = rehearse(LESSON, mind, noisy(mind, 0.85), 20, 1)
    answered = sort_answers(table)
    own = answered.triplets
    truth = minds.answer(minds.PERFECT, mind, own, 0)
    guesses = minds.answer(minds.RANDOM, mind, own, 3)
    silent = guesses.copy()
    silent[::3] = -1
    n_dims = dimensions_for(own, 24)
    judges = place_judges(answered, {"truth": truth, "guesses": guesses, "silent": silent},
                          mind.human, n_dims, n_boot=40, seed=1)  # fmt: skip
    group, perfect, chance, some = judges
    known = {k: v for k, v in reference_observers(mind, 0.85).items() if k != "categories only"}
    scores = observer_scores(mind, known, own, n_dims, 10, 1).groupby("observer")["r2"]
    like, random = scores.get_group(NOISY_PEOPLE), scores.get_group("at random")
    assert like.min() - 0.05 < group.r2 < like.max() + 0.05
    assert group.r2_low > random.max() > chance.r2_low
    assert group.r2_low <= group.r2 <= group.r2_high
    assert (group.same, perfect.same) == (1.0, pytest.approx(0.85, abs=0.04))
    assert chance.same == pytest.approx(0.5, abs=0.06)
    assert some.same == pytest.approx(0.5, abs=0.07)
    with pytest.raises(HumanlikeError, match="did not answer the questions"):
        place_judges(answered, {"other": np.roll(own, 1, axis=0)}, mind.human, n_dims)


def test_people_who_miss_a_check_can_be_left_out_but_are_not_by_default(mind: Mind) -> None:
    table = rehearse(LESSON, mind, noisy(mind, 0.8), 6, 1)
    wrong = (table["person"] == 2) & (table["kind"] == "check")
    table.loc[wrong, ["chosen", "other"]] = table.loc[wrong, ["other", "chosen"]].to_numpy()
    answered = sort_answers(table)
    assert (answered.checks, answered.missed, len(set(answered.people))) == (6, 1, 6)


def test_too_few_answers_are_said(mind: Mind) -> None:
    with pytest.raises(HumanlikeError, match="Nobody has answered"):
        sort_answers(rehearse(LESSON, mind, noisy(mind, 0.8), 1, 1).head(0))
    few = sort_answers(rehearse(LESSON, mind, noisy(mind, 0.8), 1, 1, share=0.3)).triplets
    with pytest.raises(HumanlikeError, match=r"determine no space\. At least 57 are needed"):
        dimensions_for(few, 24)
    with pytest.raises(HumanlikeError, match=r"above 0\.5"):
        expected_for(LESSON, 20, 0.4)


@pytest.fixture(scope="module")
def whole() -> tuple[Lesson, pd.DataFrame]:
    """A class that thinks at random about real concepts; the human space may be simulated."""
    from humanlike.analysis.ceilings import load_minds
    from humanlike.analysis.people import part_of
    from humanlike.data.published import load_concepts

    lesson = Lesson(tuple(load_concepts()["concept"][:16]), 40, 0)
    mind = part_of(load_minds(missing="simulate"), list(range(16)))
    return lesson, rehearse(lesson, mind, noisy(mind, 0.85), 6, 1)


def test_results_and_page_for_a_whole_class(
    whole: tuple[Lesson, pd.DataFrame], tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUMANLIKE_HOME", str(tmp_path))
    monkeypatch.setenv("HUMANLIKE_DATA", "simulated")
    lesson, table = whole
    found = results(table, lesson, ["simulated:"], n_boot=20, n_replicates=4, missing="simulate")
    again = results(table, lesson, ["simulated:"], n_boot=20, n_replicates=4, missing="simulate")
    assert json.dumps(found.as_dict()) == json.dumps(again.as_dict())
    assert not found.real
    assert found.judges[0].name == "class"
    assert "SIMULATED" in found.text()
    assert found.between and found.between.low < found.between.same < found.between.high
    page = report(found, (0.05, 0.5))
    assert "Simulated data, not a result" in page
    assert page.count("<img ") == page.count(' alt="R²') + page.count(' alt="Shares') + page.count(
        ' alt="Maps'
    ) + page.count(' alt="Corrected')
    assert "http" not in page.replace("http-equiv", "")
    assert "never executed" not in page
    assert "not been executed here" in report(found, None) or corrected(found, (0, 0, 0)) is None
