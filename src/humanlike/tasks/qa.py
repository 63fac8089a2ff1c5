"""PerceptualQA as Paper A puts it: four options, one letter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from humanlike.errors import HumanlikeError
from humanlike.tasks.prompt import Choice, Form, Prompt
from humanlike.tasks.text import Outcome, after_marker, after_thinking, refuses

if TYPE_CHECKING:
    import pandas as pd

LETTERS = ("A", "B", "C", "D")
FAILURES = ("empty", "thinking", "refusal", "several", "no such option", "no letter")
BASE_SUFFIX = "Answer:"

# --- items ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Item:
    """One question.

    Attributes
    ----------
    index : int
        Its number in the released files.
    question : str
        Its text.
    options : tuple of str
        The four options in the order shown.
    order : tuple of int
        Which released option stands at each place; (0, 1, 2, 3) as released.
    correct : str
        The right letter in the order shown.
    """

    index: int
    question: str
    options: tuple[str, ...]
    order: tuple[int, ...]
    correct: str


def items(questions: pd.DataFrame, *, shuffle: bool = False, seed: int = 0) -> list[Item]:
    """Turn the table of `humanlike.data.qa.load_questions` into questions to ask.

    Parameters
    ----------
    questions : DataFrame
        Columns index, question, A, B, C, D, correct.
    shuffle : bool
        Whether to put the options of each question in a random order of its own, so that a liking
        for a letter can be told from knowledge.
    seed : int
        Seed of the shuffling; a question's order depends on it and on the question's number only.
    """
    import numpy as np

    found = []
    for row in questions.to_dict("records"):
        released = [str(row[letter]) for letter in LETTERS]
        places = list(range(len(LETTERS)))
        if shuffle:
            places = np.random.default_rng([seed, int(row["index"])]).permutation(places).tolist()
        right = places.index(LETTERS.index(str(row["correct"])))
        shown = tuple(released[place] for place in places)
        text = str(row["question"])
        found.append(Item(int(row["index"]), text, shown, tuple(places), LETTERS[right]))
    return found


# --- prompt --------------------------------------------------------------------------------------


def prompt(item: Item, template: str, form: Form = "chat", trial: int = 0) -> Prompt:
    """Ask with the released template.

    Parameters
    ----------
    item : Item
        The question.
    template : str
        With ``{index}``, ``{question}`` and ``{options}``, as `humanlike.data.prompts` gives it.
    form : {"chat", "base"}
        For a base model ``Answer:`` follows.
    trial : int
        Which repetition.

    Raises
    ------
    HumanlikeError
        If the template lacks a placeholder.
    """
    lines = "\n".join(f"{letter}. {o}" for letter, o in zip(LETTERS, item.options, strict=True))
    text = template
    fields = {"{index}": str(item.index), "{question}": item.question, "{options}": lines}
    for placeholder in fields:
        if placeholder not in template:
            raise HumanlikeError(f"The template of the questions lacks {placeholder}.")
    pieces = re.split("|".join(map(re.escape, fields)), template)
    order = re.findall("|".join(map(re.escape, fields)), template)
    text = pieces[0] + "".join(
        fields[name] + piece for name, piece in zip(order, pieces[1:], strict=True)
    )
    lead = " " if form == "base" else ""
    return Prompt(
        text.rstrip("\n") + "\n" + BASE_SUFFIX if form == "base" else text,
        "",
        form,
        tuple(lead + letter for letter in LETTERS),
        trial,
        Choice(item.question, item.options, LETTERS),
    )


# --- parse ---------------------------------------------------------------------------------------

_ALONE = re.compile(r"^[\s\"'`*_(\[{]*([A-Za-z])[\s\"'`*_)\]}.:,;!]*$")
_LEADING = re.compile(r"^[\s\"'`*_(\[{]*([A-Z])(?:[)\]}.:,;]|\s*[-–—]|[*_]{1,2}|\s*\n)")
_NAMED = re.compile(r"\b(?i:option|answer|choice|letter|optie|antwoord)\s*[:*(\"']*\s*([A-Z])\b")
_MARKED = re.compile(r"^[\s\"'`*_(\[{:]*([A-Z])(?![A-Za-z'])")
_SEVERAL = re.compile(r"\b([A-D])\b\s*(?:,|and|or|&|/|\+)\s*(?:also\s+)?\b([A-D])\b")


def parse(text: str, question: Choice) -> Outcome:
    """Read which letter was chosen.

    Parameters
    ----------
    text : str
        The answer.
    question : Choice
        What was asked.

    Returns
    -------
    Outcome
        Place of the chosen option, 0 to 3; or one of `FAILURES`.

    Examples
    --------
    >>> parse("**B.** Lemon", Choice("Sour?", ("a", "Lemon", "c", "d"), LETTERS)).value
    1
    """
    answer = after_thinking(text)
    if answer is None:
        return Outcome(failure="thinking")
    if not answer:
        return Outcome(failure="empty")
    if _SEVERAL.search(answer):
        return Outcome(failure="several")
    letter = _letter(answer)
    if letter:
        if letter not in question.answers:
            return Outcome(failure="no such option")
        return Outcome(question.answers.index(letter))
    same = _as_option(answer, question.options)
    if len(same) == 1:
        return Outcome(same[0])
    return Outcome(failure="refusal" if refuses(answer) else "no letter")


def _letter(text: str) -> str:
    """Return the letter a text gives, in capitals; empty if none or more than one."""
    alone = _ALONE.match(text)
    if alone:
        return alone[1].upper()
    marked = _MARKED.match(after_marker(text))
    if marked:
        return marked[1]
    leading = _LEADING.match(text)
    if leading:
        return leading[1]
    named = set(_NAMED.findall(text))
    return named.pop() if len(named) == 1 else ""


def _as_option(text: str, options: Sequence[str]) -> list[int]:
    """Return the places of the options whose own words are the whole answer, or follow a letter."""
    bare = text.strip(" \t\n.\"'*").casefold()
    without = re.sub(r"^[a-d]\s+", "", bare)
    names = [option.strip(" .").casefold() for option in options]
    return [n for n, name in enumerate(names) if name == bare] or [
        n for n, name in enumerate(names) if name == without
    ]
