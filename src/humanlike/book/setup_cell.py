"""The first cell of every notebook: on a bare Colab it gets the book and what it needs.

It stands in the source and in its pair, so that it survives both being saved, and in the notebooks
that pages offer; it is never executed for a page and never shown on one.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from humanlike.readyaml import read_yaml

if TYPE_CHECKING:
    from nbformat import NotebookNode

TAG = "setup"
_MARK = '# %% tags=["setup", "remove-cell"]\n'
_SOURCE = """\
# On a fresh Colab this gets the book and what it needs. Anywhere else it does nothing.
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

if "google.colab" in sys.modules and importlib.util.find_spec("humanlike") is None:
    if not Path("humanlike-book").is_dir():
        clone = ["git", "clone", "--depth=1", "{address}", "humanlike-book"]
        subprocess.run(clone, check=True)
    os.chdir("humanlike-book")
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "-e", "."], check=True)
    sys.path.insert(0, str(Path("src").resolve()))"""
_HEADER = re.compile(r"\A(?:# ---\n(?:#.*\n)*?# ---\n\n*)?")
_CELL = re.compile(re.escape(_MARK) + r".*?\n(?=# %%|\Z)", re.DOTALL)


def is_setup(cell: NotebookNode) -> bool:
    """Whether a cell is the one that installs."""
    return TAG in cell.metadata.get("tags", [])


def setup_source(root: Path) -> str:
    """Return the cell's source for the repository that ``_config.yml`` names, else nothing."""
    config = read_yaml(root / "_config.yml") if (root / "_config.yml").is_file() else {}
    address = str((config.get("repository") or {}).get("url", ""))
    return _SOURCE.format(address=address) if re.fullmatch(r"https://[\w./-]+", address) else ""


def with_setup(text: str, source: str) -> str:
    """Return a jupytext source with the cell in front, in the form it has today."""
    plain = _CELL.sub("", text)
    if not source:
        return plain
    end = _HEADER.match(plain)
    place = end.end() if end else 0
    return f"{plain[:place]}{_MARK}{source}\n\n{plain[place:]}"
