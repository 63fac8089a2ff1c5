"""Paper A's task: how strongly is a word's concept experienced through one sense or body part?

The number is read by `humanlike.tasks.numbers`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from humanlike.errors import HumanlikeError
from humanlike.tasks.numbers import SCALE, parse_rating
from humanlike.tasks.prompt import Form, Prompt, Scale
from humanlike.tasks.text import Outcome, after_thinking, refuses

if TYPE_CHECKING:
    import pandas as pd

BASE_SUFFIX = " Answer:"
ALLOWED = ("0", "1", "2", "3", "4", "5")
"""Answers that are scored; the released prompts ask for a number from 0 to 5."""
_PHRASE = re.compile(r"experienced by (.+?) on a scale")
_PLACEHOLDER = re.compile(r"\{[Ww]o(?:r|or)d\}")

# --- items ---------------------------------------------------------------------------------------


class Item(NamedTuple):
    """A word to be rated.

    Attributes
    ----------
    word : str
        As it is shown.
    dimension : str
        Lancaster name of what it is rated on.
    """

    word: str
    dimension: str


def items(words: Iterable[str], dimensions: Iterable[str]) -> list[Item]:
    """Pair every word with every dimension, word by word.

    Raises
    ------
    HumanlikeError
        If a word or a dimension is repeated.
    """
    words, dimensions = list(words), list(dimensions)
    for what, names in (("word", words), ("dimension", dimensions)):
        if len(set(names)) < len(names):
            raise HumanlikeError(f"A {what} is named twice; each can be rated once.")
    return [Item(word, dimension) for word in words for dimension in dimensions]


# --- prompt --------------------------------------------------------------------------------------


def templates(table: pd.DataFrame, language: str) -> dict[str, str]:
    """Return the rating templates of a language by dimension.

    Parameters
    ----------
    table : DataFrame
        As `humanlike.data.prompts.load_prompts` gives it.
    language : {"English", "Dutch"}
        Language of the words.
    """
    own = table[(table["task"] == "rating") & (table["language"] == language)]
    return dict(zip(own["dimension"], own["template"], strict=True))


def phrases(table: pd.DataFrame, language: str) -> dict[str, str]:
    """Return what describes each dimension in the templates of a language, such as *smelling*.

    A template without such a phrase gives the dimension's name.
    """
    return {name: described(name, text) for name, text in templates(table, language).items()}


def described(dimension: str, template: str) -> str:
    """Return the phrase in a template that describes a dimension; its name if there is none."""
    found = _PHRASE.search(template)
    return found[1] if found else dimension


def prompt(item: Item, released: Mapping[str, str], form: Form = "chat", trial: int = 0) -> Prompt:
    """Ask with the released template, unchanged but for the word.

    Parameters
    ----------
    item : Item
        What to rate.
    released : dict of str to str
        Template of each dimension.
    form : {"chat", "base"}
        For a base model ``Answer:`` follows.
    trial : int
        Which repetition.

    Raises
    ------
    HumanlikeError
        If there is no template for the dimension, or it has no place for the word.
    """
    template = released.get(item.dimension, "")
    if not _PLACEHOLDER.search(template):
        raise HumanlikeError(
            f"There is no template with a place for the word for '{item.dimension}'. "
            f"There are templates for: {', '.join(released)}."
        )
    text = _PLACEHOLDER.sub(lambda _: item.word, template)
    phrase = described(item.dimension, template)
    question = Scale(item.word, item.dimension, phrase, *SCALE)
    if form == "base":
        text = text.rstrip() + BASE_SUFFIX
    lead = " " if form == "base" else ""
    return Prompt(text, "", form, tuple(lead + number for number in ALLOWED), trial, question)


# --- parse ---------------------------------------------------------------------------------------


def parse(text: str, question: Scale) -> Outcome:
    """Read the rating.

    Parameters
    ----------
    text : str
        The answer.
    question : Scale
        What was asked.

    Returns
    -------
    Outcome
        The rating in scale points, or the name of a failure of `parse_rating`, ``thinking`` or
        ``refusal``.

    Examples
    --------
    >>> parse("I would say 3,5.", Scale("rose", "Olfactory", "smelling")).value
    3.5
    """
    answer = after_thinking(text)
    if answer is None:
        return Outcome(failure="thinking")
    parsed = parse_rating(answer, question.low, question.high)
    if parsed.failure is None:
        return Outcome(parsed.value)
    if parsed.failure.value == "no number" and refuses(answer):
        return Outcome(failure="refusal")
    return Outcome(failure=parsed.failure.value)


def expected(scores: Mapping[str, float]) -> float:
    """Return the mean rating under the distribution of the scored answers.

    .. math:: E = \\sum_a v(a) e^{s(a)} / \\sum_a e^{s(a)}

    Parameters
    ----------
    scores : dict of str to float
        Natural log-probability of each answer; each answer must be a number.

    Returns
    -------
    float
        In scale points.

    Raises
    ------
    HumanlikeError
        If an answer is no number or all probabilities are 0.
    """
    try:
        values = {float(answer.replace(",", ".")): score for answer, score in scores.items()}
    except ValueError as problem:
        raise HumanlikeError(f"Expected numbers as answers; got {', '.join(scores)}.") from problem
    top = max(values.values(), default=-math.inf)
    if top == -math.inf:
        raise HumanlikeError("No answer has a probability above 0, so there is no mean.")
    weights = {value: math.exp(score - top) for value, score in values.items()}
    return sum(value * weight for value, weight in weights.items()) / sum(weights.values())
