"""Open a chapter as a notebook in JupyterLab: right folder, right kernel, nothing asked for online.

jupytext's extension, which its package switches on, keeps each pair of files equal: what is saved
in the notebook is written into its ``.py`` too.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

from humanlike.book.chapters import get_chapter
from humanlike.errors import HumanlikeError
from humanlike.paths import PROJECT_VARIABLE


def command(root: Path, chapter: str | None, *, port: int, browser: bool) -> list[str]:
    """Return the command that starts JupyterLab.

    Parameters
    ----------
    root : Path
        The project.
    chapter : str or None
        The notebook to open; None shows the folder.
    port : int
        Port to listen at; the next free one is taken.
    browser : bool
        Whether to open it.

    Raises
    ------
    HumanlikeError
        If there is no such chapter, it has no notebook, or JupyterLab is not installed.
    """
    place = "notebooks"
    if chapter:
        notebook = get_chapter(chapter, root).notebook
        if not notebook.is_file():
            raise HumanlikeError(f"{notebook.name} does not exist. 'humanlike pair' writes it.")
        place = str(notebook.relative_to(root))
    if importlib.util.find_spec("jupyterlab") is None:
        raise HumanlikeError(
            f"JupyterLab is not installed. Install it with: {sys.executable} -m pip install "
            "'jupyterlab>=4'"
        )
    return [
        sys.executable, "-m", "jupyterlab",
        f"--ServerApp.root_dir={root}",
        f"--LabApp.default_url=/lab/tree/{place}",
        f"--ServerApp.port={port}",
        f"--ServerApp.open_browser={browser}",
        "--ServerApp.answer_yes=True",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
        *(["--ServerApp.allow_root=True"] if os.name == "posix" and os.geteuid() == 0 else []),
    ]  # fmt: skip


def environment(root: Path) -> dict[str, str]:
    """Return the variables that make a notebook find this project, and this Python its kernel."""
    return {PROJECT_VARIABLE: str(root), "JUPYTER_PREFER_ENV_PATH": "1"}
