"""Paper B's task: which of two things is most similar to a third?

Source of the wording: the section *Model Semantic Embeddings* of Paper B.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from humanlike.errors import HumanlikeError, unknown
from humanlike.tasks.names import mentioned, pattern
from humanlike.tasks.prompt import FORMS, Choice, Form, Prompt
from humanlike.tasks.text import Outcome, after_marker, after_thinking, refuses

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SYSTEM = "You are a helpful assistant who gives responses to questions"
QUESTION = (
    "QUESTION: Which item is most similar to {anchor}: {first} or {second}? "
    "Respond only with the item name."
)
WORDINGS = {
    "paper": QUESTION,
    "alike": (
        "QUESTION: Which one of these is more like {anchor}: {first} or {second}? "
        "Respond only with the item name."
    ),
    "options first": (
        "{first} or {second}: QUESTION: Which of these goes better with {anchor}? "
        "Respond only with the item name."
    ),
}
"""The paper's wording, and others of the same question, to see how much depends on it."""
BASE_SUFFIX = " Answer:"
Design = Literal["random", "counterbalanced", "exhaustive"]
DESIGNS: tuple[Design, ...] = get_args(Design)
FAILURES = ("empty", "thinking", "refusal", "neither", "both", "anchor", "foreign", "ambiguous")
MOST = 5_000_000
"""Most triplets of an exhaustive design."""
SMALL = 4_000_000
BLOCK = 4096

# --- items ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Items:
    """Triplets in the order in which they are asked.

    Attributes
    ----------
    triplets : ndarray of int, shape (n_triplets, 3)
        Places of anchor, first and second option in the list of concepts.
    held_out : ndarray of bool, shape (n_triplets,)
        Which are kept aside for testing; both orders of a pair always together.
    """

    triplets: NDArray[np.int64]
    held_out: NDArray[np.bool_]


def design(
    n_concepts: int,
    n: int | None = None,
    *,
    kind: Design = "random",
    seed: int = 0,
    held_out: float = 0.0,
) -> Items:
    """Choose triplets.

    Parameters
    ----------
    n_concepts : int
        How many concepts there are, at least 3.
    n : int, optional
        How many triplets; both orders of a counterbalanced pair count. All by default and always
        in an exhaustive design.
    kind : {"random", "counterbalanced", "exhaustive"}
        ``random``: without replacement, options in random order, uniform over anchors and pairs.
        ``counterbalanced``: the same triplets, each in both orders, one after the other.
        ``exhaustive``: each once, options in random order.
    seed : int
        Seed. With the same seed, fewer triplets are the beginning of more.
    held_out : float
        Share kept aside, in [0, 1).

    Raises
    ------
    HumanlikeError
        If there are too few concepts, more triplets are wanted than exist, the number is odd where
        pairs are needed, the share is none, or an exhaustive design would be too large.
    """
    import numpy as np

    if kind not in DESIGNS:
        raise HumanlikeError(unknown("design", kind, DESIGNS))
    if not 0 <= held_out < 1:
        raise HumanlikeError(f"The share held out must be at least 0 and below 1; got {held_out}.")
    each = 2 if kind == "counterbalanced" else 1
    pairs = _number(n_concepts, n, kind, each)
    codes = _codes(count_triplets(n_concepts), pairs, seed, in_order=kind == "exhaustive")
    triplets = decode(codes, n_concepts)
    swap = np.random.default_rng([seed, 1]).random(pairs) < 0.5
    triplets[swap] = triplets[swap][:, [0, 2, 1]]
    aside = np.zeros(pairs, dtype=bool)
    chosen = np.random.default_rng([seed, 2]).permutation(pairs)[: round(held_out * pairs)]
    aside[chosen] = True
    if each == 2:
        triplets = np.stack([triplets, triplets[:, [0, 2, 1]]], axis=1).reshape(-1, 3)
        aside = np.repeat(aside, 2)
    return Items(triplets, aside)


def count_triplets(n_concepts: int) -> int:
    """Return how many triplets of an anchor and an unordered pair there are."""
    return n_concepts * (n_concepts - 1) * (n_concepts - 2) // 2


def _number(n_concepts: int, n: int | None, kind: str, each: int) -> int:
    """Return how many different triplets to draw."""
    if n_concepts < 3:
        raise HumanlikeError(f"A triplet needs three concepts; there are {n_concepts}.")
    total = count_triplets(n_concepts)
    if n is None or kind == "exhaustive":
        if total > MOST:
            raise HumanlikeError(
                f"{n_concepts} concepts make {total:,} triplets, more than {MOST:,}. Say how many "
                "you want, in a random or counterbalanced design."
            )
        return total
    if n < 1 or n > total * each:
        raise HumanlikeError(
            f"{n_concepts} concepts make {total * each:,} different trials; asked for {n:,}."
        )
    if n % each:
        raise HumanlikeError(f"A counterbalanced design needs an even number of trials; got {n}.")
    return n // each


def _codes(total: int, n: int, seed: int, in_order: bool) -> NDArray[np.int64]:
    """Draw different numbers below the total; fewer are the beginning of more."""
    import numpy as np

    if in_order:
        return np.arange(total)
    random = np.random.default_rng([seed, 0])
    if total <= SMALL:
        return random.permutation(total)[:n].astype(np.int64)
    seen: dict[int, None] = {}
    while len(seen) < n:
        seen.update(dict.fromkeys(random.integers(total, size=BLOCK).tolist()))
    return np.fromiter(seen, dtype=np.int64, count=len(seen))[:n]


def decode(codes: NDArray[np.int64], n_concepts: int) -> NDArray[np.int64]:
    """Turn numbers below n(n-1)(n-2)/2 into triplets, one to one.

    Parameters
    ----------
    codes : ndarray of int, shape (n_triplets,)
        The numbers.
    n_concepts : int
        n.

    Returns
    -------
    ndarray of int, shape (n_triplets, 3)
        Anchor, then two others, the lower place first.
    """
    import numpy as np

    low, high = np.triu_indices(n_concepts - 1, 1)
    anchor, pair = np.divmod(codes, len(low))
    first, second = low[pair], high[pair]
    return np.stack(
        [anchor, first + (first >= anchor), second + (second >= anchor)], axis=1
    ).astype(np.int64)


# --- prompt --------------------------------------------------------------------------------------


def prompt(
    anchor: str,
    first: str,
    second: str,
    form: Form = "chat",
    trial: int = 0,
    wording: str = "paper",
) -> Prompt:
    """Ask as Paper B does, or in other words.

    Parameters
    ----------
    anchor, first, second : str
        The three things.
    form : {"chat", "base"}
        For a model with a chat template, or one that continues text: then ``Answer:`` follows.
    trial : int
        Which repetition.
    wording : str
        Of `WORDINGS`.

    Raises
    ------
    HumanlikeError
        If form or wording are unknown or two of the things are the same.
    """
    if form not in FORMS:
        raise HumanlikeError(unknown("form of prompt", form, FORMS))
    if len({anchor, first, second}) < 3:
        raise HumanlikeError(f"Three different things are needed: {anchor}, {first}, {second}.")
    if wording not in WORDINGS:
        raise HumanlikeError(unknown("wording", wording, WORDINGS))
    text = WORDINGS[wording].format(anchor=anchor, first=first, second=second)
    lead = " " if form == "base" else ""
    options = (first, second)
    return Prompt(
        text + (BASE_SUFFIX if form == "base" else ""),
        SYSTEM,
        form,
        (lead + first, lead + second),
        trial,
        Choice(anchor, options, options),
    )


# --- parse ---------------------------------------------------------------------------------------

_ASKED = re.compile(
    r"(?:question:?\s*)?which (?:item|one|of these|thing)[^?\n]*\?\s*"
    r"(?:respond only with the item name\.?)?\s*(?:answer:)?",
    re.IGNORECASE,
)
_NEXT = re.compile(r"\n\s*(?:question|system|user|q)\s*:.*", re.IGNORECASE | re.DOTALL)
_NEGATED = re.compile(r"\b(?:not|isn['’]t|neither|nor)\b", re.IGNORECASE)
_CUT = re.compile(
    r"\b(?:rather than|instead of|more (?:so )?than|than|compared (?:to|with)|as opposed to|unlike|"
    r"whereas|while|but not|and not|not|over|because|since)\b",
    re.IGNORECASE,
)
_NEITHER = re.compile(r"\b(?:neither|none|nor)\b", re.IGNORECASE)
_BOTH = re.compile(r"\b(?:both|equally|either)\b", re.IGNORECASE)
_FIRST = re.compile(r"\b(?:the )?(?:first|former)\b", re.IGNORECASE)
_SECOND = re.compile(r"\b(?:the )?(?:second|latter)\b", re.IGNORECASE)
_FILLERS = {"a", "an", "the", "and", "or", "is", "are", "answer", "item", "items"}
_FRAME = " \t\r\n.,;:!?\"'`*_()[]{}“”‘’«»-–—"


def parse(text: str, question: Choice) -> Outcome:
    """Read which option was chosen.

    Articles, plurals, quotation marks, markup, restated questions, explanations and blocks of
    thinking do not hinder; nothing is guessed where both options or neither are meant.

    Parameters
    ----------
    text : str
        The answer.
    question : Choice
        What was asked.

    Returns
    -------
    Outcome
        Place of the chosen option, 0 or 1; or one of `FAILURES`.

    Examples
    --------
    >>> parse("The cats.", Choice("dog", ("cat", "car"), ("cat", "car"))).value
    0
    """
    bare = text.strip(_FRAME).casefold()
    for place, option in enumerate(question.options):
        if bare == option.casefold():
            return Outcome(place)
    answer = after_thinking(text)
    if answer is None:
        return Outcome(failure="thinking")
    answer = _NEXT.sub("", _ASKED.sub("", answer, count=1)).replace("’", "'").strip()
    if not answer.strip(_FRAME):
        return Outcome(failure="empty")
    return _chosen(answer, question)


def _chosen(text: str, question: Choice) -> Outcome:
    names, anchor = question.options, (question.anchor,)
    found = mentioned(text, names, anchor)
    if _NEITHER.search(text) and len(found) != 1:
        return Outcome(failure="neither")
    if not found:
        return _without_names(text, anchor)
    for part in _decisive(text):
        chosen = mentioned(part, names, anchor)
        if len(chosen) == 1 and not _NEGATED.search(part):
            return Outcome(chosen[0])
    if len(found) == 1:
        return _single(text, found[0])
    return Outcome(failure="both" if _BOTH.search(text) or _listed(text, names) else "ambiguous")


def _decisive(text: str) -> Sequence[str]:
    """Return the parts of a text that say the answer most plainly, the plainest first."""
    lines = [line for line in text.splitlines() if line.strip(_FRAME)]
    marked = after_marker(text)
    parts = [_CUT.split(marked.splitlines()[0])[0] if marked else ""]
    if len(lines[0].split()) <= 5:
        parts.append(lines[0])
    if len(lines[-1].split()) <= 5:
        parts.append(lines[-1])
    parts.append(_CUT.split(text)[0])
    return parts


def _single(text: str, place: int) -> Outcome:
    """Judge a text that names one option only: chosen, or ruled out?"""
    if _NEGATED.search(text):
        return Outcome(failure="ambiguous")
    if _BOTH.search(text):
        return Outcome(failure="both")
    return Outcome(place)


def _listed(text: str, names: Sequence[str]) -> bool:
    """Tell whether a text does no more than name the options."""
    for name in names:
        text = pattern(name).sub(" ", text)
    return set(re.findall(r"\w+", text.casefold())) <= _FILLERS


def _without_names(text: str, anchor: tuple[str, ...]) -> Outcome:
    first, second = _FIRST.search(text), _SECOND.search(text)
    if bool(first) != bool(second) and len(text.split()) <= 8:
        return Outcome(0 if first else 1)
    if refuses(text):
        return Outcome(failure="refusal")
    if _BOTH.search(text):
        return Outcome(failure="both")
    return Outcome(failure="anchor" if mentioned(text, anchor) else "foreign")
