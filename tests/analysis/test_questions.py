"""PerceptualQA: counts and comparisons against plain counting, on made-up questions."""

from __future__ import annotations

import pandas as pd
import pytest

from humanlike.analysis.questions import (
    accuracy_table,
    block_table,
    letter_table,
    modality_table,
    pair_table,
    score,
    shared_wording,
    split_facts,
)
from humanlike.data.qa import simulate_answers, simulate_questions


@pytest.fixture(scope="module")
def questions() -> pd.DataFrame:
    return simulate_questions(["train", "test"], 3)


@pytest.fixture(scope="module")
def scored(questions: pd.DataFrame) -> pd.DataFrame:
    worded = questions.copy()
    first = worded.index[worded["part"] == "test"][:100]
    worded.loc[first, "question"] = worded.loc[0, "question"] + " "
    return score(worded, simulate_answers(3))


def test_the_split_is_counted(questions: pd.DataFrame) -> None:
    facts = split_facts(questions)
    assert (facts["n"], facts["train"], facts["test"]) == (1400, 840, 560)
    assert facts["share_train"] == 0.6
    assert facts["shared"] == 0 and facts["twin"] == facts["repeated_option"] == "none"
    assert not facts["visual_blocks"] and not facts["other_blocks"]
    table = block_table(questions)
    assert table["Train"].sum() == 840 and table["Test"].sum() == 560


def test_repeats_are_found(questions: pd.DataFrame) -> None:
    changed = questions.copy()
    train, test = (changed.index[changed["part"] == part] for part in ("train", "test"))
    changed.loc[test[0], "question"] = " " + changed.loc[train[0], "question"]
    changed.loc[test[1], ["question", "A"]] = [changed.loc[train[1], "question"], "else"]
    changed.loc[train[5], "B"] = changed.loc[train[5], "A"]
    facts = split_facts(changed)
    assert facts["shared"] == 2 and shared_wording(changed).sum() == 2
    assert facts["twin"] == str(changed.loc[test[0], "index"])
    assert facts["repeated_option"] == str(changed.loc[train[5], "index"])


def test_blocks_as_printed_are_recognised() -> None:
    rows = [(block, part) for block in range(1, 10) for part in ["train"] * 3 + ["test"] * 2
            for _ in range(40 if block < 6 else 20)]  # fmt: skip
    made = pd.DataFrame(rows, columns=["block", "part"])
    made["modality"] = made["block"].map(lambda block: "visual" if block < 6 else f"m{block}")
    made["index"], made["question"], made["correct"] = range(len(made)), made.index.astype(str), "A"
    made.loc[::2, "correct"] = "B"
    for letter in "ABCD":
        made[letter] = letter
    facts = split_facts(made)
    assert facts["visual_blocks"] and facts["other_blocks"] and facts["blocks_even"]


def test_accuracy_is_a_count_of_matching_letters(scored: pd.DataFrame) -> None:
    table = accuracy_table(scored, 0.95).set_index("key")
    for model, part in scored.groupby("model"):
        right = (part["choice"] == part["correct"]).to_numpy()
        assert table.loc[f"all.{model}", "right"] == right.sum()
        assert table.loc[f"shared.{model}", "right"] == right[part["shared"]].sum()
    assert set(table["of"]) == {560, 460, 100}


def test_pairs_count_disagreements_and_correct_for_three(scored: pd.DataFrame) -> None:
    table = pair_table(scored, 0.95).set_index("key")
    wide = scored.pivot(index="index", columns="model", values="right")
    row = table.loc["all.qa_ft_base"]
    assert row["only first"] == (wide["qa_ft"] & ~wide["base"]).sum()
    assert row["difference"] == pytest.approx(wide["qa_ft"].mean() - wide["base"].mean())
    three = table[table["questions"] == "all"]
    assert three["Holm p"].min() == pytest.approx(min(1, 3 * three["p"].min()))
    assert (three["Holm p"] >= three["p"]).all()


def test_modalities_and_letters_add_up(scored: pd.DataFrame) -> None:
    table = modality_table(scored, 0.95)
    whole = accuracy_table(scored, 0.95).set_index("key")
    for model, part in table.groupby("model_key"):
        assert part["right"].sum() == whole.loc[f"all.{model}", "right"]
    letters, p = letter_table(scored)
    assert (letters[list("ABCD")].sum(axis=1) == 560).all()
    assert set(p) == {"base", "qa_ft", "lancaster_ft"} and all(0 <= one <= 1 for one in p.values())
