"""What students may have: the sources without solutions, and the digests."""

from __future__ import annotations

import shutil
from pathlib import Path

from humanlike.paths import project_root
from humanlike.teach.seal import CHECKS
from humanlike.teach.source import FOLDER, STUDENT_COPY, fence_after

KEPT_BACK = ("## Solution", "## Slip")


def student_copy(text: str) -> str:
    """Return a file of exercises without its solutions and slips; it can still be built from."""
    kept, fence, hidden = [STUDENT_COPY, ""], "", False
    for line in text.splitlines():
        if not fence and line.startswith(("# ", "## ")):
            hidden = line.startswith(KEPT_BACK)
        fence = fence_after(line, fence)
        if not hidden:
            kept.append(line)
    return "\n".join(kept).rstrip("\n") + "\n"


def hand_out(folder: Path, root: Path | None = None) -> list[Path]:
    """Write what students may have of the exercises into a folder with a project's layout.

    Parameters
    ----------
    folder : Path
        Gets ``book/exercises/*.md`` without solutions, ``sessions.yml`` and ``checks/*.json``.
    root : Path, optional
        The project to take them from.

    Returns
    -------
    list of Path
        The files written.
    """
    root = root or project_root()
    target = folder / FOLDER
    (folder / CHECKS).mkdir(parents=True, exist_ok=True)
    written = []
    for source in sorted((root / FOLDER).glob("*.md")):
        written.append(target / source.name)
        text = student_copy(source.read_text(encoding="utf-8"))
        written[-1].write_text(text, encoding="utf-8")
    for source in [*sorted((root / FOLDER).glob("*.yml")), *sorted((root / CHECKS).glob("*.json"))]:
        written.append(folder / source.relative_to(root))
        shutil.copy2(source, written[-1])
    return written
