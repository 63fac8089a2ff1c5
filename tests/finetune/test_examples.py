"""Training sets: the paper's counts, the released prompts, and no word that is evaluated."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from humanlike.cli.main import main
from humanlike.data.norms import load_ratings
from humanlike.data.problems import DataUnavailable
from humanlike.data.prompts import load_prompts
from humanlike.data.splits import load_splits
from humanlike.errors import HumanlikeError
from humanlike.finetune import examples
from humanlike.finetune.examples import PAPER_COUNTS, SETS, ExampleSet, example_set, written
from humanlike.finetune.leaks import families, find_leaks, plain
from humanlike.tasks import ratings


def real() -> None:
    """Skip where the released data are not at hand."""
    try:
        load_splits("earlier")
    except DataUnavailable:
        pytest.skip("the released data are not at hand")


@pytest.fixture
def simulated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUMANLIKE_DATA", "simulated")


def words_of(made: ExampleSet) -> set[str]:
    return {example.unit for example in made.examples}


# --- leaks ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("training", "evaluated", "same", "related"),
    [
        ({"English": "ROSE"}, {"English": "rose"}, True, False),
        ({"English": "CAFÉ"}, {"English": "cafe"}, True, False),
        ({"English": "ice  cream"}, {"English": "ICE CREAM"}, True, False),
        ({"English": "HOUSES"}, {"English": "HOUSE"}, False, True),
        ({"English": "DANCING"}, {"English": "DANCED"}, False, True),
        ({"English": "ice creams"}, {"English": "ICE CREAM"}, False, True),
        ({"Dutch": "huizen"}, {"Dutch": "huis"}, False, True),
        ({"English": "x", "Dutch": "roos"}, {"English": "y", "Dutch": "Roos"}, True, False),
        ({"English": "pond"}, {"Dutch": "pond"}, False, False),
        ({"English": "MOUSE"}, {"English": "MICE"}, False, True),
        ({"English": "WENT"}, {"English": "GOING"}, False, True),
        ({"Dutch": "steden"}, {"Dutch": "stad"}, False, True),
        ({"English": "ICE"}, {"English": "ICE CREAM"}, False, False),
    ],
)
def test_a_word_is_known_again_in_another_dress(
    training: dict[str, str], evaluated: dict[str, str], same: bool, related: bool
) -> None:
    found = find_leaks([training], [evaluated])
    assert (bool(found.same), bool(found.related)) == (same, related)


def test_a_leak_stops_and_names_the_words() -> None:
    words = [f"word{chr(97 + n)}" for n in range(12)]
    found = find_leaks([{"English": w} for w in words], [{"English": w.upper()} for w in words])
    with pytest.raises(HumanlikeError, match=r"12 words .*worda, wordb.* and 4 more"):
        found.refuse(words)
    find_leaks([{"English": "a"}], [{"English": "b"}]).refuse(["a"])


@given(st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=8))
def test_any_text_is_its_own_leak(words: list[str]) -> None:
    forms = [{"English": word} for word in words]
    assert set(find_leaks(forms, forms).same) == set(range(len(words)))


def test_families_join_what_any_language_joins() -> None:
    words = [
        {"English": "house", "Dutch": "huis"},
        {"English": "rose", "Dutch": "roos"},
        {"English": "home", "Dutch": "huizen"},
        {"English": "homes", "Dutch": "thuis"},
    ]
    assert families(words) == [0, 1, 0, 0]


# --- sets ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["en_ft", "nl_ft"])
def test_the_paper_s_own_sets_have_its_counts(name: str) -> None:
    real()
    assert len(example_set(name, related="keep")) == PAPER_COUNTS[name]


def test_the_released_questions_are_not_the_800_of_the_paper_and_it_says_so() -> None:
    real()
    made = example_set("qa_ft", related="keep")
    assert len(made) == 840
    assert "the paper gives 800" in made.notes[-1]
    fewer = example_set("qa_ft")
    assert len(fewer) == 839
    assert "6099" in " ".join(fewer.notes)


def test_nothing_evaluated_is_trained_on_in_either_language() -> None:
    real()
    tested = {plain(w) for lang in ("English", "Dutch") for w in load_ratings(lang)["word"]}
    pairs = load_splits("earlier").set_index("word")["translation"]
    for pool in ("paper", "all"):
        made = examples.training_words("English", pool=pool)
        assert not {plain(w) for w in made.ratings.index} & {
            plain(w) for w in load_ratings("English")["word"]
        }
        own = pairs.reindex(made.ratings.index).dropna()
        assert not {plain(w) for w in own} & {plain(w) for w in load_ratings("Dutch")["word"]}
    assert tested


def test_an_evaluated_word_in_the_training_split_stops_the_run(
    monkeypatch: pytest.MonkeyPatch, simulated: None
) -> None:
    from humanlike.data import splits

    table = splits.load_splits("earlier", missing="simulate")
    train = table.index[table["part"] == "train"]
    bad = table.copy()
    bad.loc[train[:2], "word"] = ["WORD-0003", "Word-0004"]
    bad.loc[train[2], "translation"] = "woord-0009"
    monkeypatch.setattr(splits, "load_splits", lambda *_, **__: bad)
    with pytest.raises(HumanlikeError, match=r"3 words .*WORD-0003, Word-0004"):
        example_set("en_ft", missing="simulate")


def test_an_example_asks_as_the_task_asks_and_answers_as_people_did() -> None:
    real()
    made = example_set("en_ft", n=5)
    table = load_splits("earlier").set_index("word")
    templates = ratings.templates(load_prompts(), "English")
    assert len(made) == 55
    for example in made.examples:
        question = example.prompt.question
        assert example.prompt == ratings.prompt(
            ratings.Item(question.word, question.dimension), templates
        )
        value = ratings.parse(example.answer, question).value
        assert value == pytest.approx(table.loc[question.word, question.dimension], abs=0.00501)


def test_dutch_examples_carry_dutch_ratings() -> None:
    real()
    made = example_set("nl_ft", n=3, dimensions=["Visual"])
    table = load_splits("earlier").set_index("translation")
    assert [float(e.answer) for e in made.examples] == pytest.approx(
        [table.loc[e.unit, "Zien"] for e in made.examples], abs=0.00501
    )
    assert all("native speaker of Dutch" in e.prompt.user for e in made.examples)


def test_fewer_are_the_beginning_of_more(simulated: None) -> None:
    draws = [words_of(example_set("en_ft", n=n, seed=3, missing="simulate")) for n in (5, 50, 500)]
    assert draws[0] < draws[1] < draws[2]
    other = words_of(example_set("en_ft", n=50, seed=4, missing="simulate"))
    assert other != draws[1]


def test_a_split_keeps_families_together(simulated: None) -> None:
    made = example_set("qa_ft", missing="simulate")
    first, second = made.split(0.2, seed=1)
    assert len(first) + len(second) == len(made)
    assert not words_of(first) & words_of(second)
    groups = [{made.groups[unit] for unit in words_of(side)} for side in (first, second)]
    assert not groups[0] & groups[1]
    assert 0.15 < len(second) / len(made) < 0.25


def test_questions_with_the_same_text_stay_on_one_side() -> None:
    real()
    made = example_set("qa_ft")
    text = {e.unit: e.prompt.question.anchor.strip() for e in made.examples}
    sides = [{text[e.unit] for e in side.examples} for side in made.split(0.3, seed=0)]
    assert not sides[0] & sides[1]
    assert len(set(text.values())) < len(text), "there are questions with the same text"


@pytest.mark.parametrize("name", SETS)
def test_chat_lines_are_what_the_service_reads(name: str, simulated: None) -> None:
    made = example_set(name, n=2, missing="simulate")
    lines = [json.loads(line) for line in made.chat_lines()]
    assert len(lines) == len(made)
    for line, example in zip(lines, made.examples, strict=True):
        assert list(line) == ["messages"]
        assert [m["role"] for m in line["messages"]] == ["user", "assistant"]
        assert [m["content"] for m in line["messages"]] == [example.prompt.user, example.answer]


def test_a_base_model_continues_after_answer(simulated: None) -> None:
    example = example_set("en_ft", n=1, form="base", missing="simulate").examples[0]
    assert example.prompt.user.endswith("Answer:")
    assert example.answer.startswith(" ")
    assert example.answer.strip()


@given(st.floats(0, 5), st.integers(0, 3))
def test_written_ratings_read_back(value: float, decimals: int) -> None:
    assert abs(float(written(value, decimals)) - value) <= 0.5 * 10**-decimals + 1e-9
    assert len(written(value, decimals).partition(".")[2]) <= decimals


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"name": "en"}, "Unknown training set 'en'"),
        ({"related": "maybe"}, "Unknown way with related words"),
        ({"pool": "some"}, "Unknown pool"),
        ({"n": 99_999}, "asked for 99,999"),
        ({"decimals": 9}, "0 to 3 decimals"),
        ({"name": "nl_ft", "dimensions": ["Foot"]}, "Unknown dimension 'Foot'"),
    ],
)
def test_impossible_wishes_are_refused(
    options: dict[str, object], message: str, simulated: None
) -> None:
    with pytest.raises(HumanlikeError, match=message):
        example_set(**({"name": "en_ft", "missing": "simulate"} | options))  # type: ignore[arg-type]


def test_related_words_can_stop_the_run() -> None:
    real()
    with pytest.raises(HumanlikeError, match="share a stem"):
        example_set("en_ft", related="stop")
    with pytest.raises(HumanlikeError, match="6099"):
        example_set("qa_ft", related="stop")


@pytest.mark.parametrize("share", [0.0, 1.0, 1e-9])
def test_a_split_needs_two_sides(share: float, simulated: None) -> None:
    with pytest.raises(HumanlikeError, match="share"):
        example_set("en_ft", n=3, missing="simulate").split(share, 0)


def test_the_command_writes_the_set_and_what_was_put_aside(
    simulated: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr(examples, "example_set", partial(example_set, missing="simulate"))
    out = tmp_path / "nl.jsonl"
    ask = ["finetune", "examples", "nl_ft", "--n", "10", "--out", str(out)]
    assert main([*ask, "--dry-run"]) == 0
    assert not out.exists()
    assert main([*ask, "--validation", "0.2"]) == 0
    held = tmp_path / "nl.validation.jsonl"
    lines = [len(file.read_text(encoding="utf-8").splitlines()) for file in (out, held)]
    assert lines == [48, 12]
    assert "48 examples in" in capsys.readouterr().out
    assert main([*ask, "--n", "99999"]) == 1
    assert "asked for 99,999" in capsys.readouterr().err
