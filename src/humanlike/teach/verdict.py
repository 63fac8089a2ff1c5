"""Judge an answer by its digests, and say something helpful without giving it away."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from humanlike.teach.digests import COARSE, around, normal, of_text, uncover
from humanlike.teach.seal import JOIN

RIGHT, NOT_YET, EMPTY, RAISED = "right", "not yet", "not attempted", "raised an error"
OWN, UNCHECKED = "yours to judge", "cannot be checked"
MARKS = {RIGHT: "✓", NOT_YET: "✗", EMPTY: "·", RAISED: "!", OWN: "○", UNCHECKED: "?"}
AGAIN = "Open the hints, and compare what you did step by step with the question."
SIMULATED = (
    "The data here are simulated, and right answers belong to the real ones. "
    "'humanlike data where' says how to get them."
)
Entry = dict[str, Any]


@dataclass(frozen=True)
class Verdict:
    """What is said of one answer.

    Attributes
    ----------
    id : str
        The exercise.
    state : str
        ``right``, ``not yet``, ``not attempted``, ``raised an error``, ``yours to judge`` or
        ``cannot be checked``.
    says : str
        One or two sentences for the student.
    """

    id: str
    state: str
    says: str

    def __str__(self) -> str:
        return f"{MARKS[self.state]} {self.id}: {self.state}" + (
            f". {self.says}" if self.says else ""
        )

    __repr__ = __str__


def judge(name: str, entry: Entry, answer: Any) -> Verdict:
    """Judge a plain answer.

    Parameters
    ----------
    name : str
        Id of the exercise.
    entry : dict
        Its sealed entry.
    answer : object
        As :func:`humanlike.teach.answers.plain` returns it.
    """
    if entry["answer"] == "free":
        return Verdict(name, OWN, "Nobody checks words but you: compare them with the rubric.")
    if answer is None:
        return Verdict(name, EMPTY, "")
    state, says = JUDGES[entry["answer"]](name, entry, answer)
    return Verdict(name, state, says)


def _number(name: str, entry: Entry, answer: Any) -> tuple[str, str]:
    wrong = not_a_number(answer)
    if wrong:
        return NOT_YET, wrong
    step = entry["tolerance"]

    def fits(number: float) -> bool:
        return entry["is"] in around(number, step, name)

    own = around(answer, step, name)
    if entry["is"] in own:
        return RIGHT, ""
    if not step and answer != int(answer):
        return NOT_YET, "A whole number is asked for."
    for slip in entry["slips"]:
        if slip["is"] in own:
            return NOT_YET, uncover(slip["says"], own[slip["is"]], name)
    for other, says in (
        (-answer, "Right but for the sign: which minus which?"),
        (answer / 100, "A hundred times too large: a share is asked for, not per cent."),
        (answer * 100, "A hundred times too small: per cent are asked for, not a share."),
        (
            1 - answer,
            "This is one minus the answer: similarity and distance, or a share and the rest?",
        ),
    ):
        if fits(other):
            return NOT_YET, says
    if step and entry["near"] in around(answer, COARSE * step, f"{name}/near"):
        return NOT_YET, ("Near: within some tens of tolerances. Look at what differs a little: "
                         "rounding on the way, the seed, which items are left out.")  # fmt: skip
    return NOT_YET, AGAIN


def not_a_number(answer: Any) -> str:
    """Say why this is not one finite number; nothing if it is."""
    if isinstance(answer, str):
        return (
            f"A number is asked for, and '{answer[:20]}' is a text. Leave the quotation marks out."
        )
    if isinstance(answer, bool):
        return "A number is asked for, and this is True or False."
    if isinstance(answer, list | dict):
        return f"One number is asked for, and these are {len(answer)} values."
    if math.isnan(answer):
        return "This is NaN, not a number: is a missing value, or a division by zero, part of it?"
    return "" if math.isfinite(answer) else "This is infinite: is something divided by zero?"


def _table(name: str, entry: Entry, answer: Any) -> tuple[str, str]:
    if isinstance(answer, list):
        answer = {str(n): value for n, value in enumerate(answer)}
    if not isinstance(answer, dict):
        return NOT_YET, f"{len(entry['is'])} numbers with their labels are asked for."
    absent = [label for label in entry["is"] if label not in answer]
    if absent:
        return (
            NOT_YET,
            f"No value for {', '.join(absent[:6])}. A table with these labels is asked for.",
        )
    for label in entry["is"]:
        wrong = not_a_number(answer[label])
        if wrong:
            return NOT_YET, f"{label}: {wrong}"
    own = {k: around(answer[k], entry["tolerance"], f"{name}/{k}") for k in entry["is"]}
    bad = [label for label, hidden in entry["is"].items() if hidden not in own[label]]
    if not bad:
        return RIGHT, ""
    for slip in entry["slips"]:
        points = [own[label].get(hidden) for label, hidden in slip["is"].items()]
        if None not in points:
            return NOT_YET, uncover(slip["says"], JOIN.join(map(str, points)), name)
    good = len(own) - len(bad)
    return NOT_YET, f"{good} of {len(own)} are right. Look again at {', '.join(bad[:6])}."


def _names(name: str, entry: Entry, answer: Any) -> tuple[str, str]:
    given = [answer] if isinstance(answer, str | int) else answer
    if not isinstance(given, list) or not all(isinstance(one, str | int) for one in given):
        return NOT_YET, 'A list of names is asked for, such as ["one", "two"].'
    own = {of_text(str(one), name) for one in given}
    if own == set(entry["is"]):
        return RIGHT, ""
    for slip in entry["slips"]:
        if own == set(slip["is"]):
            key = JOIN.join(sorted({normal(str(one)) for one in given}))
            return NOT_YET, uncover(slip["says"], key, name)
    good = len(own & set(entry["is"]))
    return NOT_YET, f"{good} of your {len(own)} belong to the answer, which has {len(entry['is'])}."


def _text(name: str, entry: Entry, answer: Any) -> tuple[str, str]:
    if not isinstance(answer, str):
        return NOT_YET, f"A text in quotation marks is asked for, and this is {answer!r:.40}."
    if entry["answer"] == "choice" and len(answer.strip()) != 1:
        return NOT_YET, 'The letter of one option is asked for, in quotation marks, such as "a".'
    own = of_text(answer, name)
    if own == entry["is"]:
        return RIGHT, ""
    for slip in entry["slips"]:
        if own == slip["is"]:
            return NOT_YET, uncover(slip["says"], normal(answer), name)
    return NOT_YET, AGAIN


JUDGES: dict[str, Callable[[str, Entry, Any], tuple[str, str]]] = {
    "number": _number,
    "table": _table,
    "names": _names,
    "choice": _text,
    "text": _text,
}
