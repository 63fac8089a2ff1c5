"""Who takes both tests: the same answers as when asked, pupils kept whole, nothing leaked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("torch")

from finetune.tiny import DIMENSIONS, WORDS, make_encoder, planted

from humanlike.analysis import judges as takers
from humanlike.analysis.asked import ask_ratings, ask_triplets
from humanlike.analysis.finetuning import Material
from humanlike.analysis.placing import Target
from humanlike.analysis.pupils import pupil
from humanlike.analysis.stored import stored_ratings
from humanlike.analysis.two_tests import (
    Battery,
    both_table,
    by_category,
    fitted_r2,
    rating_scores,
    triplet_scores,
    way,
)
from humanlike.errors import HumanlikeError
from humanlike.finetune.encoder import Recipe, teach
from humanlike.models.base import Answer, ModelInfo, Prompt, Scale, Settings
from humanlike.models.encoder import Encoder
from humanlike.models.scripted import Scripted
from humanlike.tasks import triplets

ORDER = np.random.default_rng(1).permutation(len(WORDS))
NAMES = tuple(WORDS[n] for n in ORDER)
CONCEPTS = NAMES[:16]
KINDS = ("one", "one", "two", "other") * 4
RECIPE = Recipe(epochs=40, learning_rate=2e-3, batch=16)


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    return Encoder(make_encoder(tmp_path_factory.mktemp("encoder")), "tiny")


def table() -> pd.DataFrame:
    index = pd.Index(NAMES, name="word")
    return pd.DataFrame(planted()[ORDER], index=index, columns=list(DIMENSIONS))


@pytest.fixture(scope="module")
def tests() -> Battery:
    """People rate as planted, and judge by the same ratings."""
    rated = table()
    asked = triplets.design(16, 700, seed=2, held_out=0.2)
    target = Target(CONCEPTS, KINDS, rated.to_numpy()[:16])
    phrases = {name: name for name in DIMENSIONS}
    return Battery(rated.iloc[48:], phrases, target, asked.triplets, asked.held_out)


@pytest.fixture(scope="module")
def material() -> Material:
    rated = table()
    return Material(rated.iloc[:48], rated.iloc[:0], rated.iloc[48:], {}, 0)


def test_taking_the_tests_is_answering_the_questions(tests: Battery, encoder: Encoder) -> None:
    judge = tests.take(encoder, "tiny", "whole")
    prompts = [triplets.prompt(*(CONCEPTS[i] for i in row)) for row in tests.asked]
    said = dict(encoder.answer(prompts, Settings()))
    chosen = [CONCEPTS[i] for i in judge.judged[:, 1]]
    assert np.mean([said[n].text == chosen[n] for n in range(len(chosen))]) > 0.995  # near ties
    scales = [Scale(str(w), d, d) for w in tests.human.index for d in DIMENSIONS]
    rated = dict(encoder.answer([Prompt("?", question=one) for one in scales], Settings()))
    values = np.array([float(rated[n].text) for n in range(len(scales))]).reshape(-1, 3)
    np.testing.assert_allclose(judge.ratings, values, atol=0.0011)


def test_every_state_of_the_network_takes_them(tests: Battery, encoder: Encoder) -> None:
    found = takers.layers(tests, encoder, seed=1)
    assert [one.name for one in found] == ["random weights", "token vectors", "layer 1", "tiny"]
    assert [one.kind for one in found] == ["random", "layer", "layer", "whole"]
    same = [(one.judged == found[-1].judged).all() for one in found]
    assert same == [False, False, False, True]


def test_no_word_of_the_triplets_is_taught(tests: Battery, material: Material) -> None:
    lesson, left_out = takers.ratings_lesson(tests, material, 0, RECIPE)
    assert left_out == 16
    assert sorted(lesson.words) == sorted(NAMES[16:48])
    fewer, _ = takers.ratings_lesson(tests, material, 10, RECIPE)
    assert fewer.words == lesson.words[:10]
    np.testing.assert_allclose(fewer.ratings[3], table().loc[fewer.words[3]])
    with pytest.raises(HumanlikeError, match="32 training words that neither test"):
        takers.ratings_lesson(tests, material, 33, RECIPE)


def test_an_inflected_concept_is_no_training_word(tests: Battery, material: Material) -> None:
    named = replace(tests, target=replace(tests.target, concepts=("house", *CONCEPTS[1:])))
    rated = material.paper.rename(index={NAMES[20]: "HOUSES", NAMES[21]: "House"})
    lesson, left_out = takers.ratings_lesson(named, replace(material, paper=rated), 0, RECIPE)
    assert left_out == 17
    assert not {"HOUSES", "House"} & set(lesson.words)


def test_a_pupil_is_kept_whole_and_taught_once(
    tests: Battery, material: Material, encoder: Encoder, tmp_path: Path
) -> None:
    """The folder opens as a model that answers exactly as the student did when it was taught."""
    lesson, _ = takers.ratings_lesson(tests, material, 0, RECIPE)
    words = tuple(str(word) for word in tests.human.index)
    expected = teach(replace(lesson, asked_words=words), encoder)
    student = pupil(encoder, lesson, "taught", tmp_path)
    np.testing.assert_allclose(tests.take(student, "s", "taught").ratings, expected, atol=0.0011)
    weights = student.folder / "model.safetensors"
    before = weights.stat().st_mtime_ns
    again = pupil(encoder, lesson, "taught", tmp_path)
    assert weights.stat().st_mtime_ns == before
    assert again.info().identity() == student.info().identity() != encoder.info().identity()
    assert [one.name for one in tmp_path.iterdir()] == [student.folder.name]


def test_learning_moves_both_tests_and_shuffled_ratings_do_not(
    tests: Battery, material: Material, encoder: Encoder, monkeypatch, tmp_path: Path
) -> None:
    """Here people judge triplets by the very ratings that are taught, so both must rise."""
    monkeypatch.setenv("HUMANLIKE_HOME", str(tmp_path))
    whole = tests.take(encoder, "tiny", "whole")
    found = takers.taught(tests, material, encoder, 0, 2, RECIPE)
    assert [one.name for one in found] == [
        "taught ratings", "taught shuffled ratings", "taught ratings, 2",
        "taught shuffled ratings, 2",
    ]  # fmt: skip
    everybody = [whole, takers.read_out(tests, material, encoder, 0, 0), *found]
    rated, chosen = (score(everybody, tests, 20, 1) for score in (rating_scores, triplet_scores))
    found_table = both_table(everybody, rated, chosen, fitted_r2(everybody, tests, 2, 0))
    by_name = found_table.set_index("name")
    for measure in ("rsa", "agreement"):
        assert by_name.loc["taught ratings", measure] > by_name.loc["tiny", measure] + 0.1
        assert (
            by_name.loc["taught ratings", measure]
            > by_name.loc["taught shuffled ratings", measure] + 0.1
        )
    assert by_name.loc["linear read-out", "agreement"] > by_name.loc["tiny", "agreement"] + 0.1
    assert found_table[["r2", "r2_chosen"]].stack().between(0, 1).all()
    assert set(found_table["tail"]) <= {1.0, 3.0, 10.0, 30.0}


def test_which_triplets_the_categories_decide() -> None:
    kinds = ("a", "a", "b", "other", "other")
    rows = np.array([[0, 1, 2], [0, 2, 1], [0, 2, 3], [3, 4, 0], [2, 0, 1]])
    assert by_category(rows, kinds).tolist() == [True, True, False, False, False]


def test_decided_and_open_triplets_make_up_all(tests: Battery, encoder: Encoder) -> None:
    judge = tests.take(encoder, "tiny", "whole")
    whole, decided, left = (
        triplet_scores([judge], tests, 5, 1, decided=which).estimate["tiny"]
        for which in (None, True, False)
    )
    share = by_category(judge.judged, KINDS).mean()
    assert whole == pytest.approx(share * decided + (1 - share) * left)


def test_simulated_observers_err_in_one_test_only(tests: Battery) -> None:
    found = takers.simulated(tests, (0.0, 1.0, 4.0), 2, 1)
    assert len(found) == 9
    grid = found.pivot(index="rating_noise", columns="triplet_noise")
    assert (grid["rsa"].nunique(axis=1) == 1).all()
    assert (grid["agreement"].nunique(axis=0) == 1).all()
    assert grid["rsa"].loc[0.0].iloc[0] == pytest.approx(1)
    assert grid["agreement"][0.0].iloc[0] == 1
    assert (np.diff(grid["rsa"][0.0]) < 0).all()
    assert (np.diff(grid["agreement"].loc[0.0]) < 0).all()


def test_a_change_of_r2_has_a_way_if_it_is_more_than_the_starts_make() -> None:
    assert [way(c, 0.04) for c in (0.03, -0.03, 0.005)] == [
        "the same way",
        "the other way",
        "nowhere",
    ]


def test_other_models_are_sent_to_the_store() -> None:
    with pytest.raises(HumanlikeError, match="humanlike query ratings simulated:"):
        takers.open_encoder("simulated:")


# --- what lies in the store ----------------------------------------------------------------------


class Outsider(Scripted):
    """A fake that passes for a model from elsewhere."""

    def info(self) -> ModelInfo:
        return replace(super().info(), spec=f"hf:{self._name}", kind="hf")


def answers(prompt: Prompt) -> Answer:
    """Rate by the length of the word, say nothing of one of them; choose the first option."""
    question = prompt.question
    if isinstance(question, Scale):
        silent = question.word == "SILENT"
        return Answer("?!" if silent else str(len(question.word) % 6), finish="stop")
    assert prompt.allowed is not None
    return Answer(prompt.allowed[0].strip(), finish="stop")


def test_models_with_answers_to_both_tests_join(
    tests: Battery, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUMANLIKE_HOME", str(tmp_path))
    words = [f"{'W' * n}ORD" for n in range(1, 12)]
    human = pd.DataFrame(
        np.random.default_rng(1).uniform(0, 5, (11, 11)), index=words,
        columns=list(takers_dimensions()),
    )  # fmt: skip
    battery = replace(tests, human=human, phrases={})
    assert takers.stored(battery, without=[]) == ([], {})
    both, one = Outsider(answers, name="x"), Outsider(answers, name="y")
    ask_ratings(both, [*words, "SILENT"], missing="simulate")
    ask_ratings(one, words, missing="simulate")
    ask_triplets(both, 200, concepts=CONCEPTS)
    (judge,), left_out = takers.stored(battery, without=[])
    assert (judge.name, judge.kind, left_out) == ("x", "stored", {})
    assert (judge.ratings["Visual"] == [len(word) % 6 for word in words]).all()
    assert judge.judged.shape == (200, 3)
    assert takers.stored(battery, without=["hf:x"])[0] == []
    more = replace(battery, human=human.rename(index={words[n]: f"NEW{n}" for n in range(3)}))
    assert takers.stored(more, without=[]) == (
        [], {"x": "rated 8 of 11 words on all dimensions"},
    )  # fmt: skip
    asked = stored_ratings([*words, "SILENT"])[0]
    assert asked.loc[asked["word"] == "SILENT", "rating"].isna().all()
    assert (asked.loc[asked["word"] == "SILENT", "failure"] != "").all()
    assert asked.attrs["mode"] == "generate"


def takers_dimensions() -> tuple[str, ...]:
    from humanlike.data.norms import DIMENSIONS as LANCASTER

    return LANCASTER
