"""Language models as pupils: frozen states, read-outs and adapters, by the same lessons."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from models.tiny import make

from finetune.test_local import EXAMPLES, HELD, TRAIN, WORDS, rule
from humanlike.errors import HumanlikeError
from humanlike.finetune.encoder import Lesson, Recipe, read_out
from humanlike.finetune.language import CARRIER, DEPTHS, LanguageModel, open_pupil, recipe_for
from humanlike.finetune.lessons import key, teach_all
from humanlike.finetune.local import Recipe as AdapterRecipe
from humanlike.models.encoder import Encoder

pytest.importorskip("peft")
TEMPLATES = {
    "Visual": "Rate {word} experienced by seeing on a scale .",
    "Auditory": "Rate {word} experienced by hearing on a scale .",
}
RECIPE = AdapterRecipe(epochs=30, batch=16, learning_rate=1e-2, rank=8, save=1000)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("base"))


@pytest.fixture
def pupil(base: Path, tmp_path: Path) -> LanguageModel:
    return LanguageModel(f"hf:{base},device=cpu", TEMPLATES, store=tmp_path / "store.sqlite")


def lesson(recipe: AdapterRecipe | None) -> Lesson:
    ratings = np.array([[float(rule(word))] for word in TRAIN])
    return Lesson(tuple(TRAIN), ratings, ("seeing",), tuple(HELD), ("seeing",), recipe)


RIGHT = np.array([rule(word) for word in HELD])


def agreement(ratings: np.ndarray) -> float:
    return float(np.corrcoef(ratings[:, 0], RIGHT)[0, 1])


# --- adapters ------------------------------------------------------------------------------------


def test_an_adapter_learns_the_planted_rule_and_nothing_from_shuffled_ratings(
    pupil: LanguageModel, tmp_path: Path
) -> None:
    taught = {"right": lesson(RECIPE), "shuffled": lesson(RECIPE).shuffled(3)}
    lines: list[str] = []
    found = teach_all(taught, pupil, folder=tmp_path / "kept", tell=lines.append)
    assert agreement(found["right"]) > 0.9
    assert agreement(found["shuffled"]) < 0.6
    assert lines[0].startswith("2 adapters to train on 96 examples a pass in all, and 32 ratings")
    again = teach_all(taught, pupil, folder=tmp_path / "kept", tell=lines.append)
    assert lines[-1] == "2 of 2 lessons were taught before."
    for name in found:
        np.testing.assert_array_equal(again[name], found[name])


def test_the_examples_are_the_questions_the_model_is_asked(pupil: LanguageModel) -> None:
    made = pupil.examples(lesson(RECIPE))
    assert [e.unit for e in made.examples] == list(TRAIN)
    assert made.examples[0].prompt.text == f"Rate {TRAIN[0]} experienced by seeing on a scale ."
    assert [e.answer for e in made.examples] == [e.answer for e in EXAMPLES.examples]


def test_a_stopped_training_goes_on_in_the_same_lesson(
    pupil: LanguageModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from humanlike.finetune import during

    short = {"one": lesson(replace(RECIPE, epochs=6, save=5))}

    def stop(self, args, state, control, **_):
        if state.global_step == 12:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(during.Report, "on_step_end", stop)
        teach_all(short, pupil, folder=tmp_path / "kept")
    lines: list[str] = []
    found = teach_all(short, pupil, folder=tmp_path / "kept", tell=lines.append)
    assert "goes on from checkpoint-10" in lines
    whole = teach_all(short, pupil, folder=tmp_path / "whole")
    np.testing.assert_allclose(found["one"], whole["one"], atol=1e-4)


def test_written_answers_without_a_number_are_gaps(base: Path, tmp_path: Path) -> None:
    writer = LanguageModel(
        f"hf:{base},device=cpu", TEMPLATES, mode="generate", store=tmp_path / "store.sqlite"
    )
    found = writer.rate(WORDS[:6], ["Visual", "Auditory"])
    assert found.shape == (6, 2)
    assert np.isnan(found).any()
    scored = LanguageModel(f"hf:{base},device=cpu", TEMPLATES, store=tmp_path / "store.sqlite")
    valid = scored.rate(WORDS[:6], ["Visual", "Auditory"])
    assert ((valid > 0) & (valid < 5)).all()


# --- frozen --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["llama", "gpt2", "gemma2", "mamba"])
def test_a_state_is_that_of_the_last_token_alone_or_in_a_batch(kind: str, tmp_path: Path) -> None:
    """Against transformers, one text at a time and without padding."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder = make(tmp_path / kind, kind)
    pupil = LanguageModel(f"hf:{folder},device=cpu", TEMPLATES)
    texts = ["rose", "a b", "a very long concept indeed", "x"]
    found = pupil.states(texts)
    model = AutoModelForCausalLM.from_pretrained(str(folder)).eval()
    tokenizer = AutoTokenizer.from_pretrained(str(folder))
    for text, states in zip(texts, found, strict=True):
        ids = tokenizer([CARRIER.format(text)], return_tensors="pt")["input_ids"]
        with torch.no_grad():
            layers = model(ids, output_hidden_states=True).hidden_states
        expected = [layers[round(d * (len(layers) - 1))][0, -1].numpy() for d in DEPTHS]
        np.testing.assert_allclose(states, expected, atol=2e-5)


def test_an_encoder_decoder_is_read_by_its_encoder(tmp_path: Path) -> None:
    import torch
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    folder = make(tmp_path / "t5", "t5")
    pupil = LanguageModel(f"hf:{folder},device=cpu", TEMPLATES, form="base")
    found = pupil.states(["rose", "a longer one"])
    model = AutoModelForSeq2SeqLM.from_pretrained(str(folder)).eval()
    ids = AutoTokenizer.from_pretrained(str(folder))(CARRIER.format("rose"))["input_ids"]
    with torch.no_grad():
        last = model.get_encoder()(torch.tensor([ids])).last_hidden_state[0]
    np.testing.assert_allclose(found[0, -1], last.mean(0).numpy(), atol=2e-5)


def test_a_read_out_takes_the_depth_with_the_least_leave_one_out_error(
    pupil: LanguageModel, tmp_path: Path
) -> None:
    taught = lesson(None)
    found = teach_all({"read": taught}, pupil, folder=tmp_path)["read"]
    tried = []
    for depth in range(len(DEPTHS)):
        states = dict(zip(WORDS, pupil.states(WORDS)[:, depth].astype(float), strict=True))
        known = np.array([states[word] for word in TRAIN])
        states["seeing"] = pupil.states(["seeing"])[0, depth].astype(float)

        def embed(texts, states=states, known=known):
            scaled = (np.array([states[t] for t in texts]) - known.mean(0)) / known.std(0)
            return scaled / np.linalg.norm(scaled, axis=1, keepdims=True)

        tried.append(read_out(taught, embed))
    best = min(tried, key=lambda outcome: outcome.error)
    np.testing.assert_allclose(found, best.ratings.clip(0, 5), atol=1e-6)
    assert len({round(outcome.error, 6) for outcome in tried}) > 1


# --- opening -------------------------------------------------------------------------------------


def test_whatever_can_change_an_outcome_changes_its_key(base: Path, pupil: LanguageModel) -> None:
    spec = f"hf:{base},device=cpu"
    others = [
        LanguageModel(spec, TEMPLATES, mode="generate"),
        LanguageModel(spec, TEMPLATES, form="base"),
        LanguageModel(spec, TEMPLATES | {"Visual": "Rate {word} by seeing"}),
        LanguageModel(f"{spec},dtype=bfloat16", TEMPLATES),
    ]
    one = lesson(RECIPE)
    keys = {key(one, who) for who in (pupil, *others)}
    keys |= {key(lesson(replace(RECIPE, rank=4)), pupil), key(lesson(None), pupil)}
    assert len(keys) == 7
    assert key(one, LanguageModel(spec, TEMPLATES)) == key(one, pupil)


def test_pupils_are_encoders_and_local_language_models(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUMANLIKE_DATA", "simulated")
    model = open_pupil(f"hf:{base}", missing="simulate")
    assert isinstance(model, LanguageModel)
    assert recipe_for(model, 2, 60, 0.0, 4) == AdapterRecipe(epochs=2, rank=4, alpha=8)
    encoder = open_pupil("encoder:")
    assert isinstance(encoder, Encoder)
    assert recipe_for(encoder, 2, 9, 0.5, 4) == Recipe(epochs=2, steps=9, learning_rate=0.5)
    with pytest.raises(HumanlikeError, match=r"scripted:x cannot be taught here.*submit"):
        open_pupil("scripted:x")
    with pytest.raises(HumanlikeError, match="has an adapter already"):
        open_pupil(f"hf:{base}+{tmp_path}")
    bare = make(tmp_path / "bare")
    (bare / "chat_template.jinja").unlink()
    with pytest.raises(HumanlikeError, match="no chat template"):
        open_pupil(f"hf:{bare}", missing="simulate")


# --- the chapter ---------------------------------------------------------------------------------


def test_the_chapter_s_plan_runs_with_a_language_model(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pandas as pd

    from humanlike.analysis.finetuning import (
        Material,
        labels,
        main_tables,
        plan_runs,
        teach_runs,
        untrained,
    )
    from humanlike.analysis.finetuning_scores import score_runs
    from humanlike.data.norms import DIMENSIONS, MODELS

    monkeypatch.setenv("HUMANLIKE_HOME", str(tmp_path))
    random = np.random.default_rng(1)

    def rated(words: list[str]) -> pd.DataFrame:
        values = random.uniform(0, 5, (len(words), len(DIMENSIONS)))
        return pd.DataFrame(values, pd.Index(words, name="word"), list(DIMENSIONS))

    released = {name: f"Rate {{word}} experienced by {name} on a scale" for name in DIMENSIONS}
    pupil = LanguageModel(f"hf:{base},device=cpu", released)
    own = {name: name for name in DIMENSIONS}
    material = Material(rated(WORDS[:6]), rated(WORDS[6:8]), rated(WORDS[20:54]), own, 0)
    recipe = recipe_for(pupil, 1, 0, 0.0, 2)
    planned = plan_runs(material, 5, [4], 1, recipe, seed=1)
    taught = teach_runs(planned, material.human, pupil)
    zero = untrained(pupil, material.human)
    table = material.human.stack().rename_axis(["word", "dimension"]).rename("human").reset_index()
    found = main_tables(taught, zero, table.assign(**dict.fromkeys(MODELS, 1.0)), 5, DIMENSIONS)
    assert set(found) == {"human", *labels("tiny")}
    assert all(frame.shape == (34, 11) for frame in found.values())
    assert not np.allclose(found["all.tuned"], found["zero"])
    assert len(score_runs(taught, material.human)) == len(planned) == 8
