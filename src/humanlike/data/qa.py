"""PerceptualQA: multiple-choice questions about perception, and three models' answers.

Source: Yang, Wang, Mo, Zhao & Hu (2025), Findings of EMNLP 2025, 16960-16978, in the version that
Wu et al. (2026) released.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from humanlike.data.excel import need_columns, need_rows, need_unique, read_excel
from humanlike.data.fetch import path_of
from humanlike.data.source import real_or_simulated
from humanlike.errors import HumanlikeError, unknown

QUESTIONS, ANSWERS = "wu2026-qa", "wu2026-earlier"
FILES = {"train": "train_60.json", "test": "test_40.json"}
COUNTS = {"train": 840, "test": 560}
CHOICES = ("A", "B", "C", "D")
MODALITIES = {6: "auditory", 7: "tactile", 8: "gustatory", 9: "olfactory"}
"""Modality by the thousands of a question's number; 1 to 5 are visual."""
ANSWER_FILES = {
    "base": "3_base_gpt_QA_test.xlsx",
    "qa_ft": "3_QA_ft_QA_test.xlsx",
    "lancaster_ft": "3_lancaster_ft_QA_test.xlsx",
}


def load_questions(part: str = "all", *, missing: str = "raise", seed: int = 0) -> pd.DataFrame:
    """Load the questions.

    Parameters
    ----------
    part : {"all", "train", "test"}
        Which part of the split.
    missing : {"raise", "simulate"}
        What to do if the data cannot be had.
    seed : int
        Seed of the simulation.

    Returns
    -------
    DataFrame
        One row per question in the order of the files. Columns: part; index (the question's
        number); block (its thousands, 1 to 9); modality (read from the block: the files do not
        state it); question; A, B, C, D (the options); correct (a letter). ``attrs``: ``real``,
        ``dataset``, ``issues``.

    Raises
    ------
    HumanlikeError
        If the part is unknown or a file is not as described.
    """
    if part not in ("all", *FILES):
        raise HumanlikeError(unknown("part", part, ["all", *FILES]))
    parts = list(FILES) if part == "all" else [part]

    def read() -> pd.DataFrame:
        tables = [
            parse_questions(_json(path_of(QUESTIONS, FILES[name])), name, COUNTS[name])
            for name in parts
        ]
        table = pd.concat(tables, ignore_index=True)
        need_unique(table["index"], "PerceptualQA, question numbers")
        table.attrs = {"real": True, "dataset": QUESTIONS, "issues": question_issues(table)}
        return table

    return real_or_simulated(
        QUESTIONS,
        [FILES[name] for name in parts],
        missing,
        read,
        lambda: simulate_questions(parts, seed),
    )


def load_answers(*, missing: str = "raise", seed: int = 0) -> pd.DataFrame:
    """Load what three models answered to the 560 test questions (earlier commit).

    Returns
    -------
    DataFrame
        Columns: model (``base``, ``qa_ft``, ``lancaster_ft``), index (the question's number),
        choice (a letter). ``attrs``: ``real``, ``dataset``, ``issues``.

    Raises
    ------
    HumanlikeError
        If a file is not as described.
    """

    def read() -> pd.DataFrame:
        tables = [
            parse_answers(read_excel(path_of(ANSWERS, name)), model)
            for model, name in ANSWER_FILES.items()
        ]
        table = pd.concat(tables, ignore_index=True)
        table.attrs = {"real": True, "dataset": ANSWERS, "issues": []}
        return table

    return real_or_simulated(
        ANSWERS, ANSWER_FILES.values(), missing, read, lambda: simulate_answers(seed)
    )


def parse_questions(content: Any, part: str, expected_rows: int | None = None) -> pd.DataFrame:
    """Turn a released list of questions into the form of `load_questions`.

    Parameters
    ----------
    content : list of dict
        With ``index``, ``question``, ``options`` (A to D) and ``correct_option``.
    part : str
        Name of the part.
    expected_rows : int or None
        Number of questions; None accepts any.

    Raises
    ------
    HumanlikeError
        If an entry lacks a field or an option, the right answer is no option, a number is repeated,
        or the count differs.
    """
    what = f"PerceptualQA {part}"
    if not isinstance(content, list):
        raise HumanlikeError(f"{what}: expected a list of questions.")
    table = pd.DataFrame([_question(entry, what) for entry in content])
    need_rows(table, expected_rows, what)
    need_unique(table["index"], f"{what}, question numbers")
    table.insert(0, "part", part)
    return table


def _question(entry: Any, what: str) -> dict[str, Any]:
    try:
        number, options = int(entry["index"]), entry["options"]
        row = {
            "index": number,
            "block": number // 1000,
            "modality": MODALITIES.get(number // 1000, "visual"),
            "question": entry["question"],
            **{letter: options[letter] for letter in CHOICES},
            "correct": entry["correct_option"],
        }
    except (KeyError, TypeError, ValueError) as problem:
        shown = str(entry)[:80]
        raise HumanlikeError(f"{what}: not a question with options A to D: {shown}") from problem
    if row["correct"] not in CHOICES:
        raise HumanlikeError(f"{what}: question {number} has the right answer '{row['correct']}'.")
    return row


def parse_answers(
    table: pd.DataFrame, model: str, expected_rows: int | None = COUNTS["test"]
) -> pd.DataFrame:
    """Turn one answer workbook (question number, letter) into the form of `load_answers`.

    Raises
    ------
    HumanlikeError
        If it has other columns, another number of rows, a repeated number or an unknown letter.
    """
    what = f"PerceptualQA answers of {model}"
    need_columns(table, ["index"], what)
    if table.shape[1] != 2:
        raise HumanlikeError(f"{what}: expected two columns, found {table.shape[1]}.")
    need_rows(table, expected_rows, what)
    need_unique(table["index"], f"{what}, question numbers")
    letters = table.drop(columns="index").iloc[:, 0]
    wrong = ~letters.isin(CHOICES)
    if wrong.any():
        first = table.loc[wrong, "index"].iloc[0]
        raise HumanlikeError(f"{what}: {wrong.sum()} answers are not A to D, first at {first}.")
    return pd.DataFrame({"model": model, "index": table["index"], "choice": letters})


def question_issues(table: pd.DataFrame) -> list[str]:
    """Describe repeated options, repeated questions and questions in both parts."""
    found = []
    for row in table[table[list(CHOICES)].nunique(axis="columns") < len(CHOICES)].itertuples():
        found.append(f"Question {row.index} has the same option twice.")
    text = table["question"].str.strip()
    options = [frozenset(row) for row in table[list(CHOICES)].to_numpy()]
    train, test = table["part"] == "train", table["part"] == "test"
    same = test & text.isin(text[train])
    if same.any():
        found.append(
            f"{int(same.sum())} test questions ({text[same].nunique()} different texts) have the "
            "wording of a training question."
        )
    whole = pd.Series(list(zip(text, options, strict=True)), index=table.index)
    twins = test & whole.isin(whole[train])
    if twins.any():
        numbers = ", ".join(map(str, table.loc[twins, "index"]))
        found.append(f"{int(twins.sum())} of them also have the same options ({numbers}).")
    return found


def simulate_questions(parts: Iterable[str], seed: int) -> pd.DataFrame:
    """Simulate questions that carry no content; the right letter is drawn at random."""
    random = np.random.default_rng([seed, 1])
    rows: list[Mapping[str, Any]] = []
    for part, (first, last) in {"train": (0, 840), "test": (840, 1400)}.items():
        for place in range(first, last):
            number = 1000 * (1 + place % 9) + place // 9
            options = {letter: f"option {letter}" for letter in CHOICES}
            rows.append(
                {
                    "part": part,
                    "index": number,
                    "block": number // 1000,
                    "modality": MODALITIES.get(number // 1000, "visual"),
                    "question": f"simulated question {place + 1:04d}",
                    **options,
                    "correct": random.choice(CHOICES),
                }
            )
    table = pd.DataFrame(rows)
    table = table[table["part"].isin(list(parts))].reset_index(drop=True)
    table.attrs = {"real": False, "dataset": QUESTIONS, "issues": []}
    return table


def simulate_answers(seed: int) -> pd.DataFrame:
    """Simulate answers: right with probability 0.6 (qa_ft 0.75), otherwise a random letter."""
    questions = simulate_questions(["test"], seed)
    random = np.random.default_rng([seed, 2])
    tables = []
    for model in ANSWER_FILES:
        right = random.random(len(questions)) < (0.75 if model == "qa_ft" else 0.6)
        choice = np.where(right, questions["correct"], random.choice(CHOICES, len(questions)))
        columns = {"model": model, "index": questions["index"], "choice": choice}
        tables.append(pd.DataFrame(columns))
    table = pd.concat(tables, ignore_index=True)
    table.attrs = {"real": False, "dataset": ANSWERS, "issues": []}
    return table


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as problem:
        raise HumanlikeError(f"{path} is not readable JSON ({problem}).") from problem
