"""Where things lie: the project's sources, and the user's own state."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from humanlike.errors import HumanlikeError

PROJECT_VARIABLE = "HUMANLIKE_PROJECT"
HOME_VARIABLE = "HUMANLIKE_HOME"


def project_root() -> Path:
    """Return the folder that holds ``_toc.yml`` and ``notebooks/``.

    Looked for in this order: the variable ``HUMANLIKE_PROJECT``, the working folder and the folders
    above it, the repository this package was installed from.

    Raises
    ------
    HumanlikeError
        If none of these is a project.
    """
    named = os.environ.get(PROJECT_VARIABLE)
    if named:
        root = Path(named).expanduser().resolve()
        if _is_project(root):
            return root
        raise HumanlikeError(
            f"{PROJECT_VARIABLE} names {root}, which has no _toc.yml and notebooks/ folder. "
            "Point it at a checkout of the project, or unset it."
        )
    here = Path.cwd()
    for folder in (here, *here.parents, Path(__file__).resolve().parents[2]):
        if _is_project(folder):
            return folder
    raise HumanlikeError(
        f"No project found: {here} and the folders above it have no _toc.yml and notebooks/. "
        f"Run the command inside a checkout of the project, or set {PROJECT_VARIABLE} to one."
    )


def _is_project(folder: Path) -> bool:
    return (folder / "_toc.yml").is_file() and (folder / "notebooks").is_dir()


def home() -> Path:
    """Return the one folder of the user's own state: downloads, caches, run folders.

    It is ``HUMANLIKE_HOME`` when set, otherwise the platform's usual place for user data.
    """
    named = os.environ.get(HOME_VARIABLE)
    if named:
        return Path(named).expanduser().resolve()
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "humanlike"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home())) / "humanlike"
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "humanlike"
