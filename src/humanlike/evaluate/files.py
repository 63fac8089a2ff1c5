"""Evaluations as files: one each, under the user's own folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from humanlike.data.digest import replacing
from humanlike.errors import HumanlikeError, unknown
from humanlike.evaluate.record import Evaluation, from_json
from humanlike.paths import home


def folder_of_evaluations() -> Path:
    """Return where evaluations lie."""
    return home() / "evaluations"


def write_evaluation(evaluation: Evaluation, folder: Path | None = None) -> Path:
    """Write an evaluation in place of an earlier one of the same model and parameters.

    Whatever happens meanwhile, the file is the old one or the new one, whole.

    Parameters
    ----------
    evaluation : Evaluation
    folder : Path, optional
        Another folder than the user's own.

    Returns
    -------
    Path
        ``<id>.json``.
    """
    target = (folder or folder_of_evaluations()) / f"{evaluation.id}.json"
    with replacing(target) as stream:
        stream.write(evaluation.as_json().encode())
        stream.flush()
        os.fsync(stream.fileno())
    return target


def read_evaluation(file: Path) -> Evaluation:
    """Read one evaluation.

    Raises
    ------
    HumanlikeError
        If there is no such file, or it is torn, foreign, of another schema or changed by hand.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise HumanlikeError(f"There is no evaluation {file}.") from None
    except (OSError, UnicodeDecodeError) as problem:
        raise HumanlikeError(f"{file} cannot be read: {problem}.") from None
    return from_json(text, str(file))


def evaluations(
    folder: Path | None = None, *, problems: list[str] | None = None
) -> Iterator[Evaluation]:
    """Yield all evaluations, one after the other, by id.

    Parameters
    ----------
    folder : Path, optional
        Another folder than the user's own; one that does not exist holds nothing.
    problems : list of str, optional
        Takes what is wrong with files that cannot be read; without it the first one is raised.

    Raises
    ------
    HumanlikeError
        If a file cannot be read and nobody takes note of it.
    """
    folder = folder or folder_of_evaluations()
    for file in sorted(folder.glob("*.json")):
        try:
            yield read_evaluation(file)
        except HumanlikeError as problem:
            if problems is None:
                raise
            problems.append(str(problem))


def find_evaluation(name: str, folder: Path | None = None) -> Evaluation:
    """Return the evaluation that a name, a spec or the beginning of an id means.

    Of several of one model the one with most questions is meant, then the newest.

    Raises
    ------
    HumanlikeError
        If there is none; the nearest names are given.
    """
    found, names = _meant(name.strip().casefold(), folder)
    if not found and names and (whole := _whole_spec(name)):
        found, _ = _meant(whole.casefold(), folder)
    if not found:
        if not names:
            raise HumanlikeError(
                f"'{name}' has not been evaluated, nor has any other model. 'humanlike evaluate "
                f"{name}' does it."
            )
        raise HumanlikeError(unknown("evaluated model", name, names))
    return max(found, key=_weight)


def _meant(wanted: str, folder: Path | None) -> tuple[list[Evaluation], set[str]]:
    """Return the evaluations that are meant, and the names of all."""
    found, names = [], set()
    for one in evaluations(folder, problems=[]):
        known = {one.name.casefold(), one.spec.casefold()}
        names |= {one.name, one.spec}
        if wanted in known or (len(wanted) >= 4 and one.id.startswith(wanted)):
            found.append(one)
    return found, names


def _whole_spec(name: str) -> str:
    """Return a spec with its defaults written out, as evaluations have it; empty if it is none."""
    from contextlib import closing

    from humanlike.models import open_model

    if ":" not in name:
        return ""
    try:
        with closing(open_model(name)) as model:
            return model.info().spec
    except HumanlikeError:
        return ""


def _weight(one: Evaluation) -> tuple[int, int, str]:
    asked = [part.asked.prompts if part else 0 for part in (one.triplets, one.ratings)]
    return sum(value > 0 for value in asked), sum(asked), str(one.made.get("at", ""))
