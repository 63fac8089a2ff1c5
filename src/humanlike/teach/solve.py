"""Execute the solutions of a chapter, in this process, each by itself."""

from __future__ import annotations

import contextlib
import io
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from humanlike.errors import HumanlikeError
from humanlike.teach.answers import plain
from humanlike.teach.exercise import Exercise


@dataclass(frozen=True)
class Solved:
    """What an exercise's code gave.

    Attributes
    ----------
    answer : object
        The right answer, plain.
    slips : tuple
        The answers of its slips.
    printed : str
        What the solution printed.
    """

    answer: Any
    slips: tuple[Any, ...]
    printed: str


def solve(exercises: list[Exercise]) -> dict[str, Solved]:
    """Execute solutions and slips.

    Parameters
    ----------
    exercises : list of Exercise
        Those that ask for words are passed over.

    Returns
    -------
    dict of str to Solved
        By id.

    Raises
    ------
    HumanlikeError
        If code raises, sets no answer, or ran on simulated data.
    """
    found = {}
    with tempfile.TemporaryDirectory(prefix="hl-solutions-") as folder:
        for one in exercises:
            if not one.checked:
                continue
            if not one.code:
                raise HumanlikeError(f"{one.id}: this copy of the sources holds no solutions.")
            file = Path(folder) / f"{one.id.replace('-', '_')}.py"
            left, answer, printed = _run(one.code, file, one.id, {})
            slips = tuple(_run(slip.code, file, one.id, left)[1] for slip in one.slips)
            found[one.id] = Solved(answer, slips, printed)
    return found


def _run(
    code: str, file: Path, name: str, given: dict[str, Any]
) -> tuple[dict[str, Any], Any, str]:
    """Execute code with names given to it; return what it leaves, the answer, and its prints."""
    import runpy

    from humanlike.data import usage

    file.write_text(code, encoding="utf-8")
    known = {key: value for key, value in given.items() if not key.startswith("__")}
    usage.clear()
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            left = runpy.run_path(str(file), known)
    except HumanlikeError:
        raise
    except Exception as error:
        raise HumanlikeError(f"{name}: its code raises {type(error).__name__}: {error}") from error
    if not all(use.real for use in usage.used()):
        raise HumanlikeError(f"{name}: its code ran on simulated data, which gives no answer.")
    answer = plain(left.get("answer"))
    if answer is None:
        raise HumanlikeError(f"{name}: its code leaves no answer.")
    return left, answer, printed.getvalue()
