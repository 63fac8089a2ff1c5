"""PerceptualQA: the split, the scored answers, and comparisons of models."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from humanlike.data.problems import DataUnavailable
from humanlike.data.prompts import load_prompts
from humanlike.data.qa import ANSWER_FILES, CHOICES
from humanlike.data.source import simulation_forced
from humanlike.stats.proportions import paired_proportions, wilson

LABELS = {"base": "Base", "qa_ft": "QA_FT", "lancaster_ft": "Rating_FT"}
PAIRS = (("qa_ft", "base"), ("lancaster_ft", "base"), ("qa_ft", "lancaster_ft"))
GROUPS = {"all": "all", "own": "own wording", "shared": "wording shared with training"}
PRINTED_PROMPT = (
    "Read the question and the answer choices below. Choose the single best answer and reply with "
    "exactly one uppercase letter from the set {A, B, C, D} — and nothing else. "
    "Question {index}: {question} Choices: {options}"
)
"""The prompt as the paper prints it."""


def released_prompt() -> str:
    """Return the released template of a question, empty if the files cannot be had."""
    if simulation_forced():
        return ""
    try:
        prompts = load_prompts()
    except DataUnavailable:
        return ""
    return str(prompts.loc[prompts["task"] == "question", "template"].iloc[0])


def block_table(questions: pd.DataFrame) -> pd.DataFrame:
    """Count questions by block of numbers and part.

    Parameters
    ----------
    questions : DataFrame
        As `humanlike.data.qa.load_questions` gives it.

    Returns
    -------
    DataFrame
        Columns Block, Modality, Train, Test, Share for training (as text), one row per block.
    """
    counts = questions.groupby(["block", "modality", "part"]).size().unstack(fill_value=0)
    table = counts.reset_index()[["block", "modality", "train", "test"]]
    share = table["train"] / (table["train"] + table["test"])
    table["share"] = [f"{100 * value:.0f} %" for value in share]
    return table.set_axis(["Block", "Modality", "Train", "Test", "For training"], axis="columns")


def split_facts(questions: pd.DataFrame) -> dict[str, Any]:
    """Say what the files hold, for comparison with what the paper states.

    Returns
    -------
    dict
        ``n``, ``train``, ``test`` (counts); ``share_train``; ``visual_blocks`` (five visual blocks
        of 200), ``other_blocks`` (four others of 100), ``blocks_even`` (each block split as the
        whole); ``p_letters`` (chi-squared test of the right letter by part, without continuity
        correction); ``shared`` (test questions worded like a training question), ``twin`` and
        ``repeated_option`` (numbers of questions with the same options in both parts, and of those
        with the same option twice).
    """
    from scipy.stats import chi2_contingency

    train, test = (questions[questions["part"] == part] for part in ("train", "test"))
    sizes = questions.groupby("block").size()
    visual = sizes[questions[questions["modality"] == "visual"]["block"].unique()]
    shares = (questions["part"] == "train").groupby(questions["block"]).mean()
    letters = pd.crosstab(questions["part"], questions["correct"])
    shared, twins = shared_wording(questions), _twins(train, test)
    repeated = questions.loc[questions[list(CHOICES)].nunique(axis=1) < len(CHOICES), "index"]
    return {
        "n": len(questions),
        "train": len(train),
        "test": len(test),
        "share_train": len(train) / len(questions),
        "visual_blocks": bool(len(visual) == 5 and (visual == 200).all()),
        "other_blocks": bool(len(sizes) == 9 and (sizes.drop(visual.index) == 100).all()),
        "blocks_even": bool(np.allclose(shares, len(train) / len(questions))),
        "p_letters": float(chi2_contingency(letters, correction=False).pvalue),
        "shared": int(shared.sum()),
        "twin": ", ".join(map(str, twins)) or "none",
        "repeated_option": ", ".join(map(str, repeated)) or "none",
    }


def shared_wording(questions: pd.DataFrame) -> pd.Series[bool]:
    """Mark test questions whose text, options aside, is that of a training question."""
    text, test = questions["question"].str.strip(), questions["part"] == "test"
    return test & text.isin(text[~test])


def _twins(train: pd.DataFrame, test: pd.DataFrame) -> list[int]:
    """Number the test questions that stand in training with the same options in any order."""

    def content(part: pd.DataFrame) -> list[tuple[str, frozenset[str]]]:
        options = map(frozenset, part[list(CHOICES)].to_numpy())
        return list(zip(part["question"].str.strip(), options, strict=True))

    known = set(content(train))
    pairs = zip(test["index"], content(test), strict=True)
    return [int(number) for number, one in pairs if one in known]


def score(questions: pd.DataFrame, answers: pd.DataFrame) -> pd.DataFrame:
    """Join answers with the key.

    Returns
    -------
    DataFrame
        The answers with the questions' columns, ``right`` and ``shared`` (bool), sorted by question
        within each model.
    """
    marked = questions.assign(shared=shared_wording(questions))
    table = answers.merge(marked, on="index", validate="many_to_one").sort_values(
        ["model", "index"]
    )
    return table.assign(right=table["choice"] == table["correct"]).reset_index(drop=True)


def _groups(scored: pd.DataFrame) -> dict[str, pd.DataFrame]:
    parts = {"all": scored, "own": scored[~scored["shared"]], "shared": scored[scored["shared"]]}
    return {name: part for name, part in parts.items() if len(part)}


def accuracy_table(scored: pd.DataFrame, level: float) -> pd.DataFrame:
    """Give each model's accuracy on all questions and by shared wording, with Wilson intervals.

    Returns
    -------
    DataFrame
        Columns key, model, questions, right, of, share, low, high.
    """
    rows = []
    for group, part in _groups(scored).items():
        for model in ANSWER_FILES:
            right = part.loc[part["model"] == model, "right"]
            found = wilson(int(right.sum()), len(right), level)
            counts = (found.count, found.n, found.share, found.low, found.high)
            rows.append((f"{group}.{model}", LABELS[model], GROUPS[group], *counts))
    columns = ["key", "model", "questions", "right", "of", "share", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def pair_table(scored: pd.DataFrame, level: float) -> pd.DataFrame:
    """Compare the models on the same questions.

    Returns
    -------
    DataFrame
        Columns key, comparison, questions, only first, only second, difference, low, high, p, Holm
        p (over the three comparisons of the same questions).
    """
    from statsmodels.stats.multitest import multipletests

    rows = []
    for group, part in _groups(scored).items():
        wide = part.pivot(index="index", columns="model", values="right").astype(bool)
        found = [paired_proportions(wide[a], wide[b], level) for a, b in PAIRS]
        holm = multipletests([one.p for one in found], method="holm")[1]
        for (a, b), one, corrected in zip(PAIRS, found, holm, strict=True):
            name = f"{LABELS[a]} − {LABELS[b]}"
            gap = (one.only_a, one.only_b, one.difference, one.low, one.high, one.p, corrected)
            rows.append((f"{group}.{a}_{b}", name, GROUPS[group], *gap))
    columns = ["key", "comparison", "questions", "only first", "only second", "difference"]
    return pd.DataFrame(rows, columns=[*columns, "low", "high", "p", "Holm p"])


def modality_table(scored: pd.DataFrame, level: float) -> pd.DataFrame:
    """Give each model's accuracy by modality, and McNemar's p against the base model.

    Returns
    -------
    DataFrame
        Columns modality, model (label), model_key, right, of, share, low, high, p; the largest
        modality first.
    """
    rows = []
    for modality in scored["modality"].value_counts(sort=True).index:
        part = scored[scored["modality"] == modality]
        wide = part.pivot(index="index", columns="model", values="right").astype(bool)
        for model in ANSWER_FILES:
            found = wilson(int(wide[model].sum()), len(wide), level)
            p = np.nan if model == "base" else paired_proportions(wide[model], wide["base"]).p
            counts = (found.count, found.n, found.share, found.low, found.high, p)
            rows.append((modality, LABELS[model], model, *counts))
    columns = ["modality", "model", "model_key", "right", "of", "share", "low", "high", "p"]
    return pd.DataFrame(rows, columns=columns)


def letter_table(scored: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, float]]:
    """Count the letters of the key and of each model, and test whether their shares agree.

    Returns
    -------
    table : DataFrame
        Columns Source, A, B, C, D.
    p : dict of str to float
        By model: Stuart and Maxwell's test that letters of answers and key have the same shares.
    """
    from statsmodels.stats.contingency_tables import SquareTable

    key = scored.loc[scored["model"] == "base", "correct"].value_counts()
    rows, p = [("Key", *(int(key.get(letter, 0)) for letter in CHOICES))], {}
    for model in ANSWER_FILES:
        own = scored[scored["model"] == model]
        crossed = pd.crosstab(own["correct"], own["choice"])
        crossed = crossed.reindex(index=CHOICES, columns=CHOICES, fill_value=0)
        p[model] = float(SquareTable(crossed, shift_zeros=False).homogeneity().pvalue)
        rows.append((LABELS[model], *(int(count) for count in crossed.sum())))
    return pd.DataFrame(rows, columns=["Source", *CHOICES]), p
