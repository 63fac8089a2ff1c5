"""The section *Exercises* at the end of a chapter's page, for students or for instructors."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from humanlike.errors import HumanlikeError, unknown
from humanlike.teach.exercise import KINDS, LEVELS, Exercise
from humanlike.teach.solve import Solved, solve
from humanlike.teach.source import exercises

EDITIONS = ("student", "instructor")
INTRODUCTION = """\
## Exercises

Work in a notebook of your own, and let it be checked:

```console
$ humanlike exercises {name} --out my_{name}.ipynb
$ humanlike check {name} my_{name}.ipynb
```
"""
INSTRUCTOR = """\
:::{admonition} Instructor edition
:class: warning
This page shows solutions. Students get the edition that `humanlike build` makes.
:::
"""
LONGEST_PRINT = 1500


def endings(edition: str, root: Path) -> Callable[[str], str]:
    """Return the function that gives each chapter's last section in an edition.

    Parameters
    ----------
    edition : str
        ``student`` or ``instructor``. In the latter every solution is executed.
    root : Path
        The project.

    Raises
    ------
    HumanlikeError
        If there is no such edition. The function raises it for a mistake in a source.
    """
    if edition not in EDITIONS:
        raise HumanlikeError(unknown("edition", edition, EDITIONS))
    return lambda chapter: section(exercises(chapter, root), edition)


def section(found: list[Exercise], edition: str = "student") -> str:
    """Return the section as MyST markdown; nothing for a chapter without exercises."""
    if not found:
        return ""
    instructor = edition == "instructor"
    solved = solve(found) if instructor else {}
    parts = [INTRODUCTION.format(name=found[0].chapter)] + ([INSTRUCTOR] if instructor else [])
    return "\n".join([*parts, *(_one(e, instructor, solved.get(e.id)) for e in found)])


def _one(one: Exercise, instructor: bool, solved: Solved | None) -> str:
    facts = f"*{KINDS[one.kind]}, {one.minutes} minutes, {LEVELS[one.level]}* (`{one.id}`)"
    parts = [f"::::::{{exercise}} {one.title}\n:label: ex-{one.id}\n", facts, one.text]
    if one.stub:
        parts.append(_python(one.stub))
    for number, hint in enumerate(one.hints, start=1):
        parts.append(_dropdown("Hint" if len(one.hints) == 1 else f"Hint {number}", hint))
    if one.rubric:
        parts.append(_dropdown("Judge your answer", one.rubric))
    if instructor:
        parts.append(_dropdown("Solution", _solution(one, solved), "hl-solution"))
    return "\n\n".join([*parts, "::::::\n"])


def _solution(one: Exercise, solved: Solved | None) -> str:
    parts = [one.solution]
    if one.code:
        parts.append(_python(one.code))
    if solved:
        printed = solved.printed.strip()[:LONGEST_PRINT]
        parts += [f"```text\n{printed}\n```"] if printed else []
        parts.append(f"The code gives `answer = {shown(solved.answer)}`.")
    for slip in one.slips:
        parts.append(f"*A slip, and what is said to it:* {slip.says}")
    return "\n\n".join(parts)


def shown(answer: object) -> str:
    """Return an answer as an instructor wants to read it."""
    if isinstance(answer, float):
        return f"{answer:.4g}"
    if isinstance(answer, dict):
        return "{" + ", ".join(f"{k!r}: {shown(v)}" for k, v in answer.items()) + "}"
    return repr(answer)


def _python(code: str) -> str:
    return f"```python\n{code.strip()}\n```"


def _dropdown(title: str, body: str, classes: str = "") -> str:
    extra = f":class-container: {classes}\n" if classes else ""
    return f":::::{{dropdown}} {title}\n{extra}\n{body}\n:::::"
