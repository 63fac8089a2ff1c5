"""The run folders: find them, name them, remove old ones and nothing else."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from humanlike.book.run import runs_folder
from humanlike.errors import HumanlikeError, unknown

_NAME = re.compile(r"\d{8}-\d{6}-\d{3}-[0-9a-f]{6}")
_BACK = re.compile(r"(?P<chapter>[^~]+)~(?P<steps>\d{1,6})")
COMPARISONS = "comparisons"
DAY = 86_400.0
ABANDONED = 1.0  # days after which an unfinished run is nobody's


@dataclass(frozen=True)
class KeptRun:
    """One run folder.

    Attributes
    ----------
    chapter, name : str
        Names of the two folders it lies in.
    folder : Path
        Where it is.
    """

    chapter: str
    name: str
    folder: Path

    @property
    def page(self) -> Path:
        """Its first page."""
        return self.folder / "page" / "index.html"

    @property
    def notebook(self) -> Path:
        """The executed notebook."""
        return self.folder / f"{self.chapter}.ipynb"

    @cached_property
    def parameters(self) -> dict[str, Any]:
        """Every parameter with its value."""
        return self._read("parameters")

    @cached_property
    def values(self) -> dict[str, Any]:
        """Every recorded value by key, with ``value`` and maybe ``interval``."""
        return self._read("values")

    @cached_property
    def provenance(self) -> dict[str, Any]:
        """Profile, start, duration, data and all it depended on."""
        return self._read("provenance")

    @property
    def real(self) -> bool:
        """Whether it ran on real data."""
        return bool(self.provenance.get("session", {}).get("real"))

    @property
    def bytes(self) -> int:
        """Size on disk."""
        return sum(file.lstat().st_size for file in self.folder.rglob("*"))

    def _read(self, name: str) -> dict[str, Any]:
        file = self.folder / f"{name}.json"
        try:
            found = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            found = None
        if not isinstance(found, dict):
            raise HumanlikeError(
                f"The run {self.chapter}/{self.name} is damaged: {file.name} is missing or cannot "
                "be read. Run the chapter again."
            )
        return found


def find_runs() -> list[KeptRun]:
    """Return all finished runs, newest first; links and other people's files are passed over."""
    found = [
        KeptRun(chapter.name, folder.name, folder)
        for chapter in _folders(runs_folder())
        for folder in _folders(chapter)
        if _NAME.fullmatch(folder.name)
    ]
    return sorted(found, key=lambda run: run.name, reverse=True)


def _folders(parent: Path) -> Iterator[Path]:
    if parent.is_dir():
        yield from (p for p in sorted(parent.iterdir()) if p.is_dir() and not p.is_symlink())


def get_run(text: str) -> KeptRun:
    """Return the run somebody means.

    Parameters
    ----------
    text : str
        ``CHAPTER`` for its newest run, ``CHAPTER~1`` for the one before, or the beginning of a
        run's name with or without ``CHAPTER/``.

    Raises
    ------
    HumanlikeError
        If no run or more than one fits.
    """
    runs = find_runs()
    back = _BACK.fullmatch(text)
    chapter, steps = (back["chapter"], int(back["steps"])) if back else (text, 0)
    own = [run for run in runs if run.chapter == chapter]
    if own and steps < len(own):
        return own[steps]
    if own:
        raise HumanlikeError(
            f"Chapter {chapter} has only {len(own)} kept runs, too few for {text}."
        )
    fitting = [r for r in runs if text and f"{r.chapter}/{r.name}".startswith(text)]
    fitting = fitting or [r for r in runs if text and r.name.startswith(text)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        names = ", ".join(f"{run.chapter}/{run.name}" for run in fitting[:5])
        raise HumanlikeError(f"'{text}' fits {len(fitting)} runs: {names}. Give more of its name.")
    chapters = sorted({run.chapter for run in runs})
    raise HumanlikeError(unknown("run", text, chapters) + " See 'humanlike runs list'.")


def removable(older_than: float | None, keep: int | None) -> list[KeptRun]:
    """Return the runs that are old enough, or not among the last ones of their chapter.

    Parameters
    ----------
    older_than : float or None
        Days since it was made; None takes any age.
    keep : int or None
        How many runs of each chapter stay whatever their age; None takes none.

    Raises
    ------
    HumanlikeError
        If nothing was said, or a number is negative.
    """
    if older_than is None and keep is None:
        raise HumanlikeError("Say which runs may go: --older-than DAYS, --keep N, or both.")
    for option, number in (("--older-than", older_than), ("--keep", keep)):
        if number is not None and not number >= 0:
            raise HumanlikeError(f"{option} is {number:g}; give 0 or more.")
    seen: dict[str, int] = {}
    chosen = []
    for run in find_runs():
        seen[run.chapter] = seen.get(run.chapter, 0) + 1
        age = (time.time() - run.folder.lstat().st_mtime) / DAY
        if seen[run.chapter] > (keep or 0) and (older_than is None or age > older_than):
            chosen.append(run)
    return chosen


def abandoned() -> list[Path]:
    """Return what killed runs left behind more than a day ago."""
    left = [p for chapter in _folders(runs_folder()) for p in _folders(chapter)]
    return [
        path
        for path in left
        if path.name.startswith(".unfinished-")
        and time.time() - path.lstat().st_mtime > ABANDONED * DAY
    ]


def remove(folder: Path) -> None:
    """Remove a run folder and the comparisons it stands in.

    Raises
    ------
    HumanlikeError
        If it is a link, or not a folder two steps below the folder of runs.
    """
    top = runs_folder().resolve()
    if folder.is_symlink() or folder.parent.is_symlink() or folder.resolve().parents[1] != top:
        raise HumanlikeError(f"{folder} is no run folder below {top}; it was left alone.")
    for page in (folder.parent / COMPARISONS).glob(f"*{folder.name}*.html"):
        page.unlink()
    shutil.rmtree(folder)
