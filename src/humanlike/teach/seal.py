"""Make, keep and read the digests of right answers, ``book/exercises/checks/CHAPTER.json``."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from humanlike.errors import HumanlikeError
from humanlike.paths import project_root
from humanlike.teach.digests import COARSE, cover, grid_point, normal, of_number, of_text
from humanlike.teach.exercise import Exercise
from humanlike.teach.solve import Solved
from humanlike.teach.source import FOLDER

CHECKS = FOLDER / "checks"
JOIN = "|"
NOTE = (
    "Digests of right answers (src/humanlike/teach/digests.py), made by 'humanlike exercises "
    "--seal' from executed solutions on real data. A curtain, not a lock."
)


def seal(exercises: list[Exercise], solved: dict[str, Solved]) -> dict[str, Any]:
    """Return what is needed to check answers, without the answers.

    Parameters
    ----------
    exercises : list of Exercise
        Those of one chapter.
    solved : dict of str to Solved
        Answers of the executed solutions and slips, by id.

    Raises
    ------
    HumanlikeError
        If an answer is not of the announced kind, or a slip would count as right.
    """
    entries = {}
    for one in exercises:
        entry: dict[str, Any] = {"kind": one.kind, "answer": one.answer}
        if one.checked:
            found = solved[one.id]
            entry |= {"tolerance": one.tolerance} if one.answer in ("number", "table") else {}
            entry |= _hidden(one, found.answer)
            entry["slips"] = [
                _hidden(one, answer) | {"says": cover(slip.says, _key(one, answer), one.id)}
                for slip, answer in zip(one.slips, found.slips, strict=True)
            ]
            for slip, answer in zip(one.slips, found.slips, strict=True):
                if same(one, answer, found.answer):
                    raise HumanlikeError(f"{one.id}: the slip '{slip.says}' counts as right.")
        entries[one.id] = entry
    return {"note": NOTE, "exercises": entries}


def _hidden(one: Exercise, answer: Any) -> dict[str, Any]:
    """Return the digests of an answer of the kind an exercise asks for."""
    if one.answer == "number":
        number = _number(one, answer)
        return {
            "is": of_number(number, one.tolerance, one.id),
            "near": of_number(number, COARSE * one.tolerance, f"{one.id}/near"),
        }
    if one.answer == "table":
        if not isinstance(answer, dict):
            raise HumanlikeError(f"{one.id}: the solution's answer is no table with labels.")
        numbers = {label: _number(one, value) for label, value in answer.items()}
        return {"is": {k: of_number(v, one.tolerance, f"{one.id}/{k}") for k, v in numbers.items()}}
    if one.answer == "names":
        if not isinstance(answer, list) or not answer:
            raise HumanlikeError(f"{one.id}: the solution's answer is no list of names.")
        return {"is": sorted({of_text(str(name), one.id) for name in answer})}
    if not isinstance(answer, str):
        raise HumanlikeError(f"{one.id}: the solution's answer is no text.")
    return {"is": of_text(answer, one.id)}


def _key(one: Exercise, answer: Any) -> str:
    """Return what covers the words said to a wrong answer: the answer itself."""
    if one.answer == "number":
        return str(grid_point(answer, one.tolerance))
    if one.answer == "table":
        return JOIN.join(str(grid_point(value, one.tolerance)) for value in answer.values())
    if one.answer == "names":
        return JOIN.join(sorted({normal(str(name)) for name in answer}))
    return normal(answer)


def _number(one: Exercise, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise HumanlikeError(f"{one.id}: the solution's answer is {value!r}, no number.")
    if not one.tolerance and value != int(value):
        raise HumanlikeError(f"{one.id}: the tolerance is 0, but {value!r} is no whole number.")
    if one.answer == "number" and one.tolerance and abs(grid_point(value, one.tolerance)) < 2:
        raise HumanlikeError(
            f"{one.id}: with tolerance {one.tolerance} the answer 0 would be right."
        )
    return float(value)


def same(one: Exercise, first: Any, second: Any) -> bool:
    """Tell whether two answers could not be told apart."""
    if one.answer == "number":
        gap = abs(grid_point(first, one.tolerance) - grid_point(second, one.tolerance))
        return gap <= (2 if one.tolerance else 0)
    if one.answer == "table":
        return all(
            abs(grid_point(first[k], one.tolerance) - grid_point(second[k], one.tolerance)) <= 1
            for k in second
        )
    if one.answer == "names":
        return set(first) == set(second)
    return bool(first == second)


def write(chapter: str, sealed: dict[str, Any], root: Path) -> bool:
    """Write a chapter's digests; return whether the file changed."""
    file = root / CHECKS / f"{chapter}.json"
    text = json.dumps(sealed, indent=1, ensure_ascii=False) + "\n"
    if file.is_file() and file.read_text(encoding="utf-8") == text:
        return False
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return True


def sealed(chapter: str, root: Path | None = None) -> dict[str, dict[str, Any]]:
    """Return the entries of a chapter's digests by exercise.

    Raises
    ------
    HumanlikeError
        If there are none.
    """
    file = (root or project_root()) / CHECKS / f"{chapter}.json"
    try:
        entries = json.loads(file.read_text(encoding="utf-8"))["exercises"]
    except FileNotFoundError:
        raise HumanlikeError(
            f"There is no {CHECKS / file.name}, so answers to '{chapter}' cannot be checked. "
            f"'humanlike exercises {chapter} --seal' makes it from the solutions."
        ) from None
    except (ValueError, KeyError, TypeError):
        raise HumanlikeError(f"{file} is damaged; restore it from the repository.") from None
    return dict(entries)
