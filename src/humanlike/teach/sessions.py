"""What can be worked on and checked at once: a chapter, or a session of the seminar.

``book/exercises/sessions.yml`` lists for each session the chapters or single exercises it takes.
"""

from __future__ import annotations

from pathlib import Path

from humanlike.book.chapters import find_chapters
from humanlike.errors import HumanlikeError, unknown
from humanlike.paths import project_root
from humanlike.readyaml import read_yaml
from humanlike.teach.exercise import Exercise
from humanlike.teach.source import FOLDER, exercise, exercises

FILE = FOLDER / "sessions.yml"


def sessions(root: Path | None = None) -> dict[str, list[str]]:
    """Return the chapters and exercises of each session, by its name; none without the file.

    Raises
    ------
    HumanlikeError
        If the file is not a list of names for each session.
    """
    root = root or project_root()
    if not (root / FILE).is_file():
        return {}
    found = read_yaml(root / FILE) or {}
    if not isinstance(found, dict) or not all(isinstance(v, list) for v in found.values()):
        raise HumanlikeError(f"{FILE}: expected lines such as '1: [norms, ratings-digits]'.")
    return {str(name): [str(entry) for entry in entries] for name, entries in found.items()}


def gather(name: str, root: Path | None = None) -> list[Exercise]:
    """Return the exercises of a chapter or of a session.

    Raises
    ------
    HumanlikeError
        If there is no chapter, session or exercise of that name, or it has no exercises.
    """
    root = root or project_root()
    known, chapters = sessions(root), find_chapters(root)
    if name not in known and name not in chapters:
        raise HumanlikeError(unknown("chapter or session", name, [*chapters, *known]))
    found: list[Exercise] = []
    for entry in known.get(name, [name]):
        found += exercises(entry, root) if entry in chapters else [exercise(entry, root)]
    if not found:
        raise HumanlikeError(f"There are no exercises for '{name}' yet.")
    return found
