"""THINGS, responses, prompts, splits and questions: strict readers, honest stand-ins."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from humanlike.data import prompts, qa, responses, simulated, splits, things, usage
from humanlike.data.norms import load_ratings
from humanlike.data.responses import Part
from humanlike.errors import HumanlikeError

PART = Part("English", "Foot", "base")


# THINGS


def embedding(folder, text="0.1 0.2\n0.3 0.4\n"):
    path = folder / "embedding.txt"
    path.write_text(text)
    return path


def spose(path, ids=("a", "b"), dims=2, labels=None):
    return things.parse_spose(path, list(ids), dims, labels, expected_rows=2)


def test_embedding_is_named(tmp_path):
    table = spose(embedding(tmp_path), labels=["red", "round"])
    assert table.loc["b", "round"] == 0.4
    assert table.attrs["issues"] == []


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("0.1 0.2\n", {}, "expected 2 rows, found 1"),
        ("1\n2\n", {}, "expected 2 dimensions, found 1"),
        ("1 x\n2 3\n", {}, "not a table of numbers"),
        ("1 -1\n2 3\n", {}, "loadings must be >= -0.01, found -1.0 for a in column 2"),
        ("1 nan\n2 3\n", {}, "found nan for a"),
        ("1 2\n3 4\n", {"ids": ("a", "a")}, "ids: 1 labels appear twice or more: a"),
        ("1 2\n3 4\n", {"ids": ("a",)}, "2 rows, but 1 ids"),
        ("1 2\n3 4\n", {"labels": ["x"]}, "2 dimensions, but 1 labels"),
        ("1 2\n3 4\n", {"labels": ["x", "x"]}, "labels: 1 labels appear twice"),
    ],
)
def test_tampered_embeddings_are_refused(tmp_path, text, options, message):
    with pytest.raises(HumanlikeError, match=message):
        spose(embedding(tmp_path, text), **options)


def test_slightly_negative_loadings_are_reported(tmp_path):
    table = spose(embedding(tmp_path, "0.1 -0.001\n0.3 0.4\n"))
    assert table.attrs["issues"] == ["1 of 4 loadings are negative, down to -0.0010."]


def test_words_are_joined_by_id_not_by_row():
    words = pd.DataFrame({"unique_id": ["a", "c", "b1"], "word": ["A", "C", "B"]})
    aligned = things.align_words(words, ["a", "b1", "c"])
    assert list(aligned["word"]) == ["A", "B", "C"]
    assert aligned.attrs["issues"][0].startswith("2 of 3 rows of words.csv")
    with pytest.raises(HumanlikeError, match=r"words\.csv lacks 1 of the concepts: d"):
        things.align_words(words, ["a", "b1", "c", "d"])
    with pytest.raises(HumanlikeError, match=r"unique_id\.txt lacks 1 of the concepts: c"):
        things.align_words(words, ["a", "b1"])


def test_word_table_is_checked(tmp_path):
    path = tmp_path / "words.csv"
    path.write_text("id,word\na,a\n")
    with pytest.raises(HumanlikeError, match="2 columns are missing: new_category"):
        things.parse_words(path)


def test_only_two_embeddings_exist():
    with pytest.raises(HumanlikeError, match="of 49 and of 66 dimensions, not of 50"):
        things.load_spose(50)


def test_simulated_things(registered):
    table = things.load_spose(missing="simulate", seed=2)
    assert table.shape == (1854, 66) and (table >= 0).to_numpy().all()
    assert table.attrs["real"] is False
    words = things.load_things_words(missing="simulate")
    assert list(words["unique_id"]) == list(table.index)
    assert simulated.simulate_spose(5, 3).equals(simulated.simulate_spose(5, 3))


def test_real_things(real):
    for dims in things.DIMS:
        table = things.load_spose(dims)
        assert table.shape == (1854, dims)
        assert table.sum().is_monotonic_decreasing
    words = things.load_things_words()
    table = things.load_spose()
    assert list(words["unique_id"]) == list(table.index)
    assert table["animal-related"].idxmax() == "rat"


# Responses


def record(number, text="3", **changes):
    tokens = [
        {
            "token": "3",
            "top_logprobs": [{"token": "3", "logprob": -0.1}, {"token": "4", "logprob": -3}],
        }
    ]
    body = {
        "created": 1765411647,
        "model": "gpt",
        "choices": [
            {
                "message": {"content": text},
                "logprobs": {"content": tokens},
                "finish_reason": "stop",
            }
        ],
        "usage": {"prompt_tokens": 76, "completion_tokens": 1},
        "system_fingerprint": "fp",
    }
    return {"custom_id": f"Finetuning_task_{number}", "response": {"body": body}, **changes}


def jsonl(folder, records):
    path = folder / "foot_base_test_results.jsonl"
    path.write_text("\n".join(map(json.dumps, records)))
    return path


def test_responses_are_tidy(tmp_path):
    path = jsonl(tmp_path, [record(1), record(3, "no idea")])
    table = responses.parse_responses(path, PART, ["cat", "dog"])
    assert list(table["index"]) == [0, 2]
    assert table["logprobs"][0] == ({"3": -0.1, "4": -3},)
    assert str(table["created"][0]) == "2025-12-11 00:07:27+00:00"
    assert list(table.columns[:5]) == ["language", "dimension", "model", "index", "word"]
    assert "logprobs" not in responses.parse_responses(path, PART, ["cat", "dog"], logprobs=False)


@pytest.mark.parametrize(
    ("records", "message"),
    [
        ([record(1)], "1 responses, but 2 words"),
        ([record(1), record(1)], "repeated or out of order"),
        ([record(2), record(1)], "repeated or out of order"),
        ([record(1), {"custom_id": "x_2"}], r"line 2 is not a response \(KeyError"),
        ([record(1), record("x")], r"line 2 is not a response \(ValueError"),
        ([record(1), record(2, response=None)], r"line 2 is not a response \(TypeError"),
    ],
)
def test_tampered_responses_are_refused(tmp_path, records, message):
    with pytest.raises(HumanlikeError, match=message):
        responses.parse_responses(jsonl(tmp_path, records), PART, ["cat", "dog"])


def test_broken_json_is_named(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_text("{broken")
    with pytest.raises(HumanlikeError, match=r"x\.jsonl, line 1 is not a response"):
        responses.parse_responses(path, PART, ["cat"])


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"woord": ["a"], "foot_base": [1]}, "1 columns are missing: word"),
        ({"word": ["a"], "hand_base": [1]}, "expected the word and one rating"),
        ({"word": ["a"], "foot_base": [6]}, "outside 0 to 5"),
        ({"word": ["a", "a"], "foot_base": [1, 2]}, "appear twice"),
        ({"word": ["a"], "foot_base": ["x"]}, "not a number"),
    ],
)
def test_tampered_parsed_ratings_are_refused(columns, message):
    with pytest.raises(HumanlikeError, match=message):
        responses.parse_parsed(pd.DataFrame(columns), PART)


def test_file_names_are_read():
    assert responses.part_of("Horen_nl_ft_output_1.xlsx") == ("Dutch", "Auditory", "nl_ft")
    assert responses.part_of("torso_QA_ft_test_results.jsonl") == ("English", "Torso", "qa_ft")
    with pytest.raises(HumanlikeError, match="does not name a dimension"):
        responses.part_of("notes.txt")


def test_filters_are_checked(registered):
    with pytest.raises(HumanlikeError, match="Did you mean 'base'"):
        responses.load_parsed(models=["bass"])
    with pytest.raises(HumanlikeError, match="No file has this combination"):
        responses.load_parsed(language="Dutch", models=["qa_ft"])


def test_simulated_answers_have_the_same_schema(registered):
    table = responses.load_responses(dimensions=["Foot"], missing="simulate")
    assert not table.attrs["real"]
    parsed = responses.load_parsed(dimensions=["Foot"], missing="simulate")
    assert (table["text"].astype(float) == parsed["value"]).all()
    assert all(len(first[0]) == 5 for first in table["logprobs"])


def test_real_answers(real):
    table = responses.load_responses(dimensions=["Foot", "Auditory"], models=["base"])
    assert len(table) == 1571 + 1572 + 1572
    assert table.attrs["issues"] == [
        "English Auditory base answered 'Please provide the concept you would like me to "
        "evaluate.' for NAME.",
        "English Foot base has no response to request 875 of 1,572.",
    ]
    parsed = responses.load_parsed(dimensions=["Foot", "Auditory"], models=["base"])
    both = table.merge(parsed, on=["language", "dimension", "model", "word"], validate="1:1")
    agree = pd.to_numeric(both["text"], errors="coerce") == both["value"]
    assert len(both) == len(table) and (~agree).sum() == 1


def test_every_simulation_has_the_columns_and_types_of_the_real_table(real, monkeypatch):
    loaders = [
        lambda: load_ratings("English"),
        lambda: load_ratings("Dutch"),
        lambda: responses.load_parsed(dimensions=["Foot"]),
        lambda: responses.load_responses(dimensions=["Foot"]),
        splits.load_splits,
        splits.load_pool,
        splits.load_translations,
        prompts.load_prompts,
        qa.load_questions,
        qa.load_answers,
    ]
    for loader in loaders:
        monkeypatch.setenv("HUMANLIKE_DATA", "real")
        expected = loader()
        monkeypatch.setenv("HUMANLIKE_DATA", "simulated")
        found = loader()
        assert found.attrs["real"] is False
        pd.testing.assert_series_equal(found.dtypes, expected.dtypes)


# Prompts


def test_prompts_are_kept_exactly(tmp_path):
    path = tmp_path / "Zien_prompt.txt"
    path.write_text('The concept is: "{Woord}". ')
    row = prompts.parse_prompts([path]).iloc[0]
    assert (row["language"], row["dimension"]) == ("Dutch", "Visual")
    assert row["template"].endswith(". ") and row["trailing_space"]


def test_tampered_prompts_are_refused(tmp_path):
    path = tmp_path / "foot_prompt.txt"
    path.write_text("no placeholder")
    with pytest.raises(HumanlikeError, match=r"lacks the placeholder \{Word\}"):
        prompts.parse_prompts([path])
    other = tmp_path / "elbow_prompt.txt"
    other.write_text("x")
    with pytest.raises(HumanlikeError, match="Unknown prompt file"):
        prompts.parse_prompts([other])


def test_real_prompts(real):
    table = prompts.load_prompts()
    assert table.groupby(["task", "language"]).size().to_dict() == {
        ("question", "English"): 1,
        ("rating", "Dutch"): 6,
        ("rating", "English"): 11,
    }
    assert usage.used()[0].id == "wu2026-prompts"


# Splits


def pairs():
    means = [f"{name}.mean" for name in (*splits.SENSORY, "Foot_leg", "Hand_arm")]
    means += ["Head.mean", "Mouth.mean", "Torso.mean", *splits.DUTCH.values()]
    means += [name.replace(".mean", ".SD") for name in means if name.endswith(".mean")]
    table = pd.DataFrame({"Word": ["CAT", "DOG"], "Woord": ["kat", "hond"]})
    return table.assign(**dict.fromkeys(means, 2.5), **dict.fromkeys(splits.OTHER, 1))


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("Woord", "kat", "Dutch words: 1 labels appear twice"),
        ("Foot_leg.mean", 7.0, r"Foot_leg\.mean: 1 values are outside 0 to 5 \(hond: 7.0\)"),
        ("Zien", np.nan, "Zien: no rating of hond"),
        ("Torso.SD", -1.0, r"Torso\.SD: 1 values are outside 0 to 5 \(hond: -1.0\)"),
    ],
)
def test_tampered_pairs_are_refused(column, value, message):
    table = pairs()
    assert len(splits.parse_pairs(table, "pairs", 2)) == 2
    table.loc[1, column] = value
    with pytest.raises(HumanlikeError, match=message):
        splits.parse_pairs(table, "pairs")


def test_pairs_need_rows_and_columns():
    with pytest.raises(HumanlikeError, match="expected 3 rows, found 2"):
        splits.parse_pairs(pairs(), "pairs", 3)
    with pytest.raises(HumanlikeError, match="1 columns are missing: PoS"):
        splits.parse_pairs(pairs().drop(columns="PoS"), "pairs")
    with pytest.raises(HumanlikeError, match="Did you mean 'earlier'"):
        splits.load_splits("earlyer")


def test_overlaps_are_reported():
    table = pd.DataFrame(
        {
            "part": ["train", "train", "test"],
            "word": ["CAT", "CAT", "CAT"],
            "translation": ["kat", "poes", "kat"],
        }
    )
    assert splits.split_issues(table) == [
        "train: 1 of 2 rows repeat an English word.",
        "1 English words are in both train and test.",
        "1 Dutch words are in both train and test.",
    ]


def test_translations_are_checked():
    table = pd.DataFrame(
        {
            "Original_word": ["a", "b"],
            "Deepl_translation_English": ["x", "y"],
            "Back_translation": ["a", "B"],
            "Include?": [1, 1],
        }
    )
    tidy = splits.parse_translations(table, None)
    assert tidy.attrs["issues"][1].startswith("1 of them do not come back exactly")
    with pytest.raises(HumanlikeError, match="must hold 0 or 1"):
        splits.parse_translations(table.assign(**{"Include?": 2}), None)


def test_real_splits(real):
    current, earlier = splits.load_splits("current"), splits.load_splits("earlier")
    assert current["part"].value_counts().to_dict() == {"train": 5436, "test": 3625}
    assert current.attrs["issues"] == [
        "train: 794 of 5,436 rows repeat an English word.",
        "test: 386 of 3,625 rows repeat an English word.",
        "838 English words are in both train and test.",
    ]
    assert earlier["part"].value_counts().to_dict() == {"train": 2358, "test": 1572}
    assert earlier.attrs["issues"] == []
    assert set(earlier["word"]) <= set(splits.load_pool()["word"])
    assert splits.load_translations()["included"].sum() == 10677


# Questions


def question(**changes):
    options = dict(zip("ABCD", ["w", "x", "y", "z"], strict=True))
    entry = {"index": 6001, "question": "Which?", "options": options, "correct_option": "B"}
    return entry | changes


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({}, "expected a list of questions"),
        ([question(options={"A": "x"})], "not a question with options A to D"),
        ([question(correct_option="E")], "question 6001 has the right answer 'E'"),
        ([question(index="x")], "not a question"),
        ([question(), question()], "question numbers: 1 labels appear twice"),
    ],
)
def test_tampered_questions_are_refused(content, message):
    with pytest.raises(HumanlikeError, match=message):
        qa.parse_questions(content, "train")


def test_questions_are_tidy_and_counted():
    table = qa.parse_questions([question()], "train", 1)
    assert table.iloc[0][["block", "modality", "C"]].tolist() == [6, "auditory", "y"]
    with pytest.raises(HumanlikeError, match="expected 840 rows, found 1"):
        qa.parse_questions([question()], "train", 840)


def test_repeated_questions_are_reported():
    train = qa.parse_questions([question()], "train")
    twin = question(index=6002, correct_option="A")
    test = qa.parse_questions([twin], "test")
    assert len(qa.question_issues(pd.concat([train, test], ignore_index=True))) == 2
    double = question(options=dict.fromkeys("ABCD", "w"))
    assert qa.question_issues(qa.parse_questions([double], "train")) == [
        "Question 6001 has the same option twice."
    ]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"number": [1], "x": ["A"]}, "columns are missing: index"),
        ({"index": [1], "x": ["A"], "y": ["B"]}, "expected two columns, found 3"),
        ({"index": [1, 1], "x": ["A", "B"]}, "appear twice"),
        ({"index": [1, 2], "x": ["A", "E"]}, "1 answers are not A to D, first at 2"),
    ],
)
def test_tampered_answers_are_refused(columns, message):
    with pytest.raises(HumanlikeError, match=message):
        qa.parse_answers(pd.DataFrame(columns), "base", None)


def test_simulated_questions_and_answers(registered):
    table = qa.load_questions(missing="simulate")
    assert table["part"].value_counts().to_dict() == qa.COUNTS
    assert table["index"].is_unique
    answers = qa.load_answers(missing="simulate")
    assert set(answers["index"]) == set(table.loc[table["part"] == "test", "index"])
    assert len(splits.load_pool(missing="simulate")) == 7861
    with pytest.raises(HumanlikeError, match="Unknown part 'testing'"):
        qa.load_questions("testing")


def test_real_questions(real):
    table = qa.load_questions()
    assert table["part"].value_counts().to_dict() == {"train": 840, "test": 560}
    assert table.attrs["issues"][1].startswith("136 test questions (42 different texts)")
    answers = qa.load_answers().merge(table, on="index", validate="m:1")
    assert (answers["part"] == "test").all()
    right = (answers["choice"] == answers["correct"]).groupby(answers["model"]).sum()
    assert right.to_dict() == {"base": 327, "lancaster_ft": 330, "qa_ft": 430}
