"""The released prompts of Paper A (Wu et al., 2026), compared with each other and with the text."""

from __future__ import annotations

import re
from typing import Final

import pandas as pd

from humanlike.data.norms import LANGUAGES

PRINTED: Final = {
    "rating": "Complete the following task as a native speaker of English. Please indicate how "
    "strongly the concept is experienced by seeing on a scale from 0 (not at all) to 5 (greatly), "
    "with the midpoint representing moderate strength. The concept is: ‘apple’. Only answer with a "
    "number from 0 to 5.",
    "question": "Read the question and the answer choices below. Choose the single best answer and "
    "reply with exactly one uppercase letter from the set {A, B, C, D} — and nothing else.\n"
    "Question\n{index}: {question}\nChoices: {options}",
}
"""Both prompts as the paper prints them; the one on vision stands for all ratings."""
_EXPERIENCE = re.compile(r"experienced by (?P<what>.+?) on a scale")
_QUOTES = re.compile("[\"'‘’“”]")


def describe_prompts(prompts: pd.DataFrame) -> pd.DataFrame:
    """Take the rating prompts apart: what is asked for, and the rest.

    Parameters
    ----------
    prompts : DataFrame
        As from `humanlike.data.prompts.load_prompts`.

    Returns
    -------
    DataFrame
        One row per rating prompt. Columns: language, dimension, experience (what the prompt asks
        for), blank (whether the text ends in a blank), rest (the text with the experience replaced
        by three dots), template.
    """
    ratings = prompts[prompts["task"] == "rating"].reset_index(drop=True)
    found = [_EXPERIENCE.search(text) for text in ratings["template"]]
    return pd.DataFrame(
        {
            "language": ratings["language"],
            "dimension": ratings["dimension"],
            "experience": [match["what"] if match else "" for match in found],
            "blank": ratings["trailing_space"],
            "rest": [
                _EXPERIENCE.sub("experienced by … on a scale", t) for t in ratings["template"]
            ],
            "template": ratings["template"],
        }
    )


def as_printed(prompts: pd.DataFrame) -> dict[str, bool]:
    """Tell whether the prompts that the paper prints are the released ones.

    Quotation marks are left aside, runs of blanks and line breaks count as one blank.

    Returns
    -------
    dict of str to bool
        By task, ``rating`` and ``question``.
    """
    vision = (prompts["language"] == "English") & (prompts["dimension"] == "Visual")
    chosen = {"rating": vision, "question": prompts["task"] == "question"}
    released = {task: str(prompts.loc[rows, "template"].iloc[0]) for task, rows in chosen.items()}
    released["rating"] = released["rating"].replace("{Word}", "apple")
    return {task: _plain(released[task]) == _plain(text) for task, text in PRINTED.items()}


def only_language_differs(described: pd.DataFrame) -> bool:
    """Tell whether Dutch prompts differ from English ones in the name of the language only.

    Parameters
    ----------
    described : DataFrame
        As from `describe_prompts`.
    """
    texts = described.assign(template=described["template"].str.replace("{Woord}", "{Word}"))
    english, dutch = (
        texts[texts["language"] == language].set_index("dimension")["template"]
        for language in LANGUAGES
    )
    same = english.loc[dutch.index].str.replace("of English", "of Dutch") == dutch
    return bool(same.all())


def _plain(text: str) -> str:
    return " ".join(_QUOTES.sub("", text).split())
