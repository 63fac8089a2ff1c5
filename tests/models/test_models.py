"""Models that need no weights: who they are, what they answer, how they refuse."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from store.sample import begin, entries, keys_of

from humanlike.data.published import load_concepts
from humanlike.errors import HumanlikeError
from humanlike.models import KINDS, open_model
from humanlike.models.base import Answer, Choice, Prompt, Scale, Settings
from humanlike.models.options import read_options, write_options
from humanlike.models.replay import Replay
from humanlike.models.scripted import Scripted
from humanlike.models.simulated import UNSURE, Options, Simulated
from humanlike.store import Store
from humanlike.store.transfer import export
from humanlike.tasks import ratings, triplets

CONCEPTS = list(load_concepts()["concept"])
GENERATE, SCORE = Settings(), Settings(mode="score")


def asked(n: int, seed: int = 0, kind: str = "random") -> list[Prompt]:
    items = triplets.design(len(CONCEPTS), n, seed=seed, kind=kind)  # type: ignore[arg-type]
    return [triplets.prompt(*(CONCEPTS[i] for i in row)) for row in items.triplets]


def question(prompt: Prompt) -> Choice:
    assert isinstance(prompt.question, Choice)
    return prompt.question


def chosen(model: Simulated, prompts: list[Prompt]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    found = dict(model.answer(prompts, GENERATE))
    return np.array([question(p).answers.index(found[n].text) for n, p in enumerate(prompts)])


def within(observed: float, probabilities: list[float], errors: float = 4.0) -> bool:
    """Tell whether a mean is within standard errors of independent draws' expectation."""
    p = np.array(probabilities)
    return bool(abs(observed - p.mean()) <= errors * math.sqrt((p * (1 - p)).sum()) / len(p))


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("encodr:", "Did you mean 'encoder'"),
        ("simulated:nois=1", "Did you mean 'noise'"),
        ("simulated:noise=much", "is a number; got 'much'"),
        ("simulated:noise", "options as name=value"),
        ("simulated:noise=1,noise=2", "twice"),
        ("simulated:space=thing", "Did you mean 'things'"),
        ("simulated:lapse=2", "between 0 and 1"),
        ("simulated:noise=-1", "at least 0"),
        ("simulated:noise=nan", "at least 0"),
        ("simulated:dims=0", "at least one dimension"),
        ("simulated:dims=1.5", "a whole number"),
        ("encoder:nowhere", "there is no folder nowhere"),
        ("replay:nothing.jsonl", "there is no nothing.jsonl"),
    ],
)
def test_a_wrong_spec_says_what_is_wrong(spec: str, message: str) -> None:
    with pytest.raises(HumanlikeError, match=message):
        open_model(spec)


def test_every_kind_is_explained() -> None:
    assert all(module and doc for module, doc in KINDS.values())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"mode": "generat"}, "Did you mean 'generate'"),
        ({"temperature": 2.5}, r"in \[0, 2\]"),
        ({"top_p": 0.0}, "above 0"),
        ({"max_tokens": 0}, "at least 1"),
        ({"top_logprobs": -1}, "not be negative"),
    ],
)
def test_impossible_settings_are_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(HumanlikeError, match=message):
        replace(GENERATE, **change)  # type: ignore[arg-type]


@given(st.floats(0, 10), st.floats(0, 1), st.floats(-3, 3), st.integers(1, 99), st.integers(0, 999))
def test_options_written_and_read_are_the_same(
    noise: float, lapse: float, bias: float, dims: int, seed: int
) -> None:
    options = Options(noise=noise, lapse=lapse, bias=bias, dims=dims, seed=seed)
    assert read_options(Options, write_options(options), "test") == options


def test_the_spec_of_an_open_model_opens_the_same_model() -> None:
    info = open_model("simulated:noise=0.5").info()
    assert "lapse=0.0" in info.spec
    assert open_model(info.spec).info() == info


def test_the_likeliest_answer_is_the_text_and_the_first_of_equals() -> None:
    assert Answer.of_scores({"a": -2.0, "b": -1.0}).text == "b"
    assert Answer.of_scores({"a": -1.0, "b": -1.0}).text == "a"
    with pytest.raises(HumanlikeError, match="log-probability for each"):
        Answer.of_scores({"a": math.nan})
    with pytest.raises(HumanlikeError, match="log-probability for each"):
        Answer.of_scores({})


def test_without_noise_the_nearer_option_is_always_chosen() -> None:
    model, prompts = Simulated(), asked(300)
    for prompt, place in zip(prompts, chosen(model, prompts), strict=True):
        near = [model.similarity(question(prompt).anchor, o) for o in question(prompt).options]
        assert near[place] == max(near)


@pytest.mark.parametrize(
    "options",
    [
        Options(noise=0.3),
        Options(noise=0.3, lapse=0.2),
        Options(lapse=0.5),
        Options(noise=1.0, bias=0.7),
        Options(noise=0.2, lapse=0.1, bias=-0.4, seed=5),
    ],
    ids=write_options,
)
def test_choices_come_as_often_as_the_formula_says(options: Options) -> None:
    """Closed form: lapse / 2 + (1 - lapse) * logistic((s1 - s2) / noise + bias)."""
    model, prompts = Simulated(options), asked(8000, seed=1)
    first, correct = [], []
    for prompt in prompts:
        q = question(prompt)
        one, two = (model.similarity(q.anchor, option) for option in q.options)
        noise = options.noise or 1e-12
        logit = np.clip((one - two) / noise + options.bias, -700, 700)
        p = options.lapse / 2 + (1 - options.lapse) / (1 + math.exp(-logit))
        first.append(p)
        correct.append(p if one > two else 1 - p)
    places = chosen(model, prompts)
    assert within(float((places == 0).mean()), first)
    nearer = np.array([p == c for p, c in zip(first, correct, strict=True)])
    assert within(float(((places == 0) == nearer).mean()), correct)


def test_scores_are_the_logarithms_of_the_probabilities() -> None:
    model = Simulated(Options(noise=0.4, lapse=0.1))
    for form in ("chat", "base"):
        prompt = triplets.prompt("dog", "cat", "car", form)  # type: ignore[arg-type]
        ((_, answer),) = model.answer([prompt], SCORE)
        assert answer.scores is not None
        assert list(answer.scores) == list(prompt.allowed or ())
        assert sum(map(math.exp, answer.scores.values())) == pytest.approx(1)


def test_answers_do_not_depend_on_order_or_company() -> None:
    model, prompts = Simulated(Options(noise=1.0, lapse=0.3)), asked(200)
    forward = dict(model.answer(prompts, GENERATE))
    backward = dict(model.answer(prompts[::-1], GENERATE))
    assert [forward[n] for n in range(200)] == [backward[199 - n] for n in range(200)]


def test_trials_and_seeds_differ() -> None:
    model, prompts = Simulated(Options(noise=5.0)), asked(400)
    again = [replace(prompt, trial=1) for prompt in prompts]
    first = chosen(model, prompts)
    assert 0.3 < (first == chosen(model, again)).mean() < 0.7
    assert 0.3 < (first == chosen(Simulated(Options(noise=5.0, seed=1)), prompts)).mean() < 0.7


def test_silence_comes_as_often_as_asked_for() -> None:
    model, prompts = Simulated(Options(silent=0.25)), asked(4000)
    silent = [answer.text == UNSURE for _, answer in model.answer(prompts, GENERATE)]
    assert within(float(np.mean(silent)), [0.25] * 4000)
    assert triplets.parse(UNSURE, question(prompts[0])).failure == "refusal"


def test_ratings_come_as_often_as_the_normal_distribution_says() -> None:
    """Reference: scipy's normal distribution, cut at half points."""
    from scipy.stats import norm

    model = Simulated(Options(noise=0.8, lapse=0.1))
    scale = Scale("rose", "Olfactory", "smelling")
    true = model.rating(scale)
    bounds = np.array([-np.inf, 0.5, 1.5, 2.5, 3.5, 4.5, np.inf])
    p = 0.1 / 6 + 0.9 * np.diff(norm.cdf(bounds, true, 0.8))
    np.testing.assert_allclose(list(model.rating_probabilities(scale).values()), p, atol=1e-12)
    prompts = [Prompt("rate", trial=n, question=scale) for n in range(5000)]
    said = np.array([int(answer.text) for _, answer in model.answer(prompts, GENERATE)])
    for level in range(6):
        assert within(float((said == level).mean()), [p[level]] * 5000)


def test_without_noise_a_rating_is_the_true_value_rounded() -> None:
    model = Simulated()
    items = [Scale(f"word {n}", "Visual", "seeing") for n in range(300)]
    prompts = [Prompt("rate", question=item) for item in items]
    for item, (_, answer) in zip(items, model.answer(prompts, GENERATE), strict=True):
        assert abs(float(answer.text) - model.rating(item)) <= 0.5


def test_a_space_of_ones_own() -> None:
    space = {"Dog": np.array([1.0, 0.0]), "cat": np.array([1.0, 0.1]), "car": np.array([0.0, 1.0])}
    model = Simulated(vectors=space, name="pets")
    ((_, answer),) = model.answer([triplets.prompt("dog", "car", "cat")], GENERATE)
    assert answer.text == "cat"
    assert model.info().spec.startswith("simulated:pets;")
    moved = Simulated(vectors=space | {"car": np.array([0.5, 0.5])}, name="pets")
    assert moved.info().identity() != model.info().identity()
    with pytest.raises(HumanlikeError, match="no vector for 'sun'"):
        list(model.answer([triplets.prompt("dog", "car", "sun")], GENERATE))
    with pytest.raises(HumanlikeError, match="needs a name"):
        Simulated(vectors=space)


def test_a_model_that_reads_questions_refuses_bare_text() -> None:
    with pytest.raises(HumanlikeError, match="given as data"):
        list(Simulated().answer([Prompt("hello")], GENERATE))
    with pytest.raises(HumanlikeError, match="allowed answers"):
        bare = Prompt("?", question=question(asked(1)[0]))
        list(Simulated().answer([bare], SCORE))


def test_a_scripted_model_does_as_it_is_told() -> None:
    model = Scripted(lambda prompt: Answer(prompt.user[:2]), order=lambda places: places[::-1])
    found = list(model.answer([Prompt("abc"), Prompt("def")], GENERATE))
    assert found == [(1, Answer("de")), (0, Answer("ab"))]
    assert [prompt.user for prompt in model.asked] == ["def", "abc"]
    model.close()
    assert model.closed
    spoken = open_model("scripted:yes")
    assert [answer.text for _, answer in spoken.answer([Prompt("?")], GENERATE)] == ["yes"]


def test_replay_tells_again_what_was_recorded(tmp_path: Path) -> None:
    found, file = entries(20), tmp_path / "recorded.jsonl"
    with Store(tmp_path / "store.sqlite") as store:
        store.add(begin(store), found)
        export(store, file)
        recorded = store.answers(keys_of(found))
    model = Replay(file)
    prompts = [entry.prompt for entry in found]
    told = dict(model.answer([*prompts, Prompt("unknown")], GENERATE))
    assert [told[n] for n in range(20)] == [recorded[entry.key] for entry in found]
    assert told[20].problem is not None
    assert told[20].problem.kind == "not recorded"
    assert len(model.info().revision) == 64
    other = dict(model.answer([replace(prompts[0], trial=1)], GENERATE))
    assert other[0].problem is not None


def test_replay_refuses_other_files(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": "x"}), encoding="utf-8")
    with pytest.raises(HumanlikeError, match="line 1 is no record"):
        Replay(tmp_path / "a.jsonl")


def test_closing_an_answer_iterator_stops_it() -> None:
    model = Scripted("x")
    running = model.answer([Prompt(str(n)) for n in range(10)], GENERATE)
    assert len(list(islice(running, 3))) == 3
    running.close()  # type: ignore[attr-defined]
    assert len(model.asked) == 3


def test_ratings_prompt_and_observer_fit_together() -> None:
    template = {"Visual": 'Experienced by seeing on a scale. The concept is: "{Word}".'}
    prompt = ratings.prompt(ratings.Item("sun", "Visual"), template)
    ((_, answer),) = Simulated(Options(noise=1.0)).answer([prompt], SCORE)
    assert answer.scores is not None
    assert 0 <= ratings.expected(answer.scores) <= 5
