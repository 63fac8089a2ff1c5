"""Paper A's task: how strongly is a word's concept experienced through one sense or body part?

The number is read by `humanlike.tasks.numbers`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple, cast

from humanlike.errors import HumanlikeError, unknown
from humanlike.tasks.numbers import SCALE, parse_rating
from humanlike.tasks.prompt import Form, Prompt, Scale
from humanlike.tasks.text import Outcome, after_thinking, refuses

if TYPE_CHECKING:
    import pandas as pd

    from humanlike.tasks.numbers import Failure

BASE_SUFFIX = " Answer:"
ALLOWED = ("0", "1", "2", "3", "4", "5")
"""Answers that are scored; the released prompts ask for a number from 0 to 5."""
_PHRASE = re.compile(r"experienced by (.+?) on a scale")
_PLACEHOLDER = re.compile(r"\{[Ww]o(?:r|or)d\}")
_ENDS = re.compile(r"\b0 \(([^()]+)\) to 5 \(([^()]+)\)")
PAPER = "paper"
WORDINGS = {
    "word first": (
        'Think of the concept "{word}". How strongly do you experience it by {phrase}? Give a '
        "number between 0 and 5, where 0 means {least} and 5 means {most}; the middle of the scale "
        "is a moderate strength. Reply with the number only."
    ),
    "keywords": (
        "Concept: {word}\nExperienced by: {phrase}\nHow strongly? 0 is {least}, 5 is {most}, "
        "halfway is moderate. One number, nothing else."
    ),
}
"""Other wordings of the same question; what it is rated by and what the ends mean is taken from the
released template."""

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


def prompt(
    item: Item,
    released: Mapping[str, str],
    form: Form = "chat",
    trial: int = 0,
    wording: str = PAPER,
    turned: bool = False,
) -> Prompt:
    """Ask with the released template, unchanged but for the word; or in other words.

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
    wording : str
        ``paper`` for the template, or one of `WORDINGS`.
    turned : bool
        True exchanges what the ends of the scale mean: 0 is then the strongest.

    Raises
    ------
    HumanlikeError
        If there is no template for the dimension, it has no place for the word, the wording is
        unknown, or other words are wanted and the template does not say what the ends mean.
    """
    template = released.get(item.dimension, "")
    if not _PLACEHOLDER.search(template):
        raise HumanlikeError(
            f"There is no template with a place for the word for '{item.dimension}'. "
            f"There are templates for: {', '.join(released)}."
        )
    text = _worded(item, template, wording, turned)
    phrase = described(item.dimension, template)
    question = Scale(item.word, item.dimension, phrase, *(SCALE[::-1] if turned else SCALE))
    if form == "base":
        text = text.rstrip() + BASE_SUFFIX
    lead = " " if form == "base" else ""
    return Prompt(text, "", form, tuple(lead + number for number in ALLOWED), trial, question)


def _worded(item: Item, template: str, wording: str, turned: bool) -> str:
    if wording not in (PAPER, *WORDINGS):
        raise HumanlikeError(unknown("wording", wording, (PAPER, *WORDINGS)))
    if wording == PAPER and not turned:
        return _PLACEHOLDER.sub(lambda _: item.word, template)
    least, most = ends(template)[::-1] if turned else ends(template)
    if wording == PAPER:
        template = _ENDS.sub(lambda _: f"0 ({least}) to 5 ({most})", template)
        return _PLACEHOLDER.sub(lambda _: item.word, template)
    phrase = described(item.dimension, template)
    return WORDINGS[wording].format(word=item.word, phrase=phrase, least=least, most=most)


def ends(template: str) -> tuple[str, str]:
    """Return what 0 and 5 mean in a template, such as *not at all* and *greatly*.

    Raises
    ------
    HumanlikeError
        If it does not say so.
    """
    found = _ENDS.search(template)
    if not found:
        raise HumanlikeError(
            "The template does not say what the ends of the scale mean, as in '0 (not at all) to 5 "
            "(greatly)', so the question cannot be put in other words."
        )
    return found[1], found[2]


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
        The rating in scale points, turned back if the scale was turned round; or the name of a
        failure of `parse_rating`, ``thinking`` or ``refusal``.

    Examples
    --------
    >>> parse("I would say 3,5.", Scale("rose", "Olfactory", "smelling")).value
    3.5
    """
    answer = after_thinking(text)
    if answer is None:
        return Outcome(failure="thinking")
    parsed = parse_rating(answer, *question.ends)
    if parsed.value is not None:
        return Outcome(question.turned(parsed.value))
    failure = cast("Failure", parsed.failure).value
    return Outcome(failure="refusal" if failure == "no number" and refuses(answer) else failure)


def expected(scores: Mapping[str, float], question: Scale | None = None) -> float:
    """Return the mean rating under the distribution of the scored answers.

    .. math:: E = \\sum_a v(a) e^{s(a)} / \\sum_a e^{s(a)}

    Parameters
    ----------
    scores : dict of str to float
        Natural log-probability of each answer; each answer must be a number.
    question : Scale, optional
        What was asked; the mean is turned back if its scale was turned round.

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
    mean = sum(value * weight for value, weight in weights.items()) / sum(weights.values())
    return question.turned(mean) if question else mean
