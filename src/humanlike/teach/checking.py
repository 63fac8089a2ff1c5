"""Check one answer from inside a notebook."""

from __future__ import annotations

from typing import Any

from humanlike.errors import HumanlikeError, unknown
from humanlike.teach.answers import plain
from humanlike.teach.seal import sealed
from humanlike.teach.verdict import NOT_YET, SIMULATED, UNCHECKED, Verdict, judge


def check(name: str, answer: Any) -> Verdict:
    """Say whether an answer is right; the verdict shows itself as a sentence.

    Parameters
    ----------
    name : str
        Id of the exercise, such as ``"rsa-mean"``.
    answer : object
        The answer: number, text, list or table, as the exercise says.

    Raises
    ------
    HumanlikeError
        If there is no such exercise.
    """
    from humanlike.data import usage
    from humanlike.data.source import simulation_forced

    entries = sealed(name.partition("-")[0])
    if name not in entries:
        raise HumanlikeError(unknown("exercise", name, entries))
    if simulation_forced() or not all(use.real for use in usage.used()):
        return Verdict(name, UNCHECKED, SIMULATED)
    try:
        return judge(name, entries[name], plain(answer))
    except HumanlikeError as problem:
        return Verdict(name, NOT_YET, str(problem))
