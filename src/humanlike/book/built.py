"""What the last build left: profile, executions, ledger, pages."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from humanlike.book.execute import Execution, load_execution
from humanlike.errors import HumanlikeError

PAGES = "_build/html"


@dataclass(frozen=True)
class Built:
    """A built book.

    Attributes
    ----------
    html : Path
        Folder of the pages.
    profile : str
        Profile it was built with.
    executions : dict of str to Execution
        Those the pages show, by chapter.
    claims : list of dict
        The ledger as the build judged it.
    state : str
        Checksum of everything the pages were rendered from.
    """

    html: Path
    profile: str
    executions: dict[str, Execution]
    claims: list[dict[str, Any]]
    state: str

    @property
    def date(self) -> str:
        """When the newest execution began, as ISO date and time; empty without executions."""
        return max((e.result["started"] for e in self.executions.values()), default="")

    @property
    def simulated(self) -> list[str]:
        """Chapters that ran on simulated data."""
        return sorted(name for name, e in self.executions.items() if not e.real)


def read_built(root: Path) -> Built:
    """Read what the last build left in ``_build``.

    Raises
    ------
    HumanlikeError
        If there is no whole build.
    """
    work = root / "_build"
    try:
        book = json.loads((work / "book.json").read_text(encoding="utf-8"))
        render = json.loads((work / "render.json").read_text(encoding="utf-8"))
        executions = {n: load_execution(Path(f)) for n, f in book["executions"].items()}
        built = Built(
            root / PAGES, book["profile"], executions, book["claims"], str(render["pages"])
        )
    except (OSError, ValueError, KeyError, TypeError):
        built = None
    if built is None or not (built.html / "index.html").is_file():
        raise HumanlikeError(
            f"There is no finished book in {work}. Build it first: humanlike build"
        )
    return built
