"""Which commit a checkout stands at, and what in it differs from that."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Revision:
    """What git says of a checkout.

    Attributes
    ----------
    commit : str
        Empty where this is no checkout.
    changed : list of str
        Files that differ from the commit or are unknown to git.
    """

    commit: str
    changed: list[str]


def revision(root: Path) -> Revision:
    """Return commit and changed files; without git or outside a checkout, no commit."""
    commit = _git(root, "rev-parse", "HEAD")
    status = _git(root, "status", "--porcelain", "--untracked-files=all")
    return Revision(commit.strip(), [line[3:] for line in status.splitlines()] if commit else [])


def _git(root: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *arguments], capture_output=True, text=True,
            stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
    except OSError:
        return ""
    return done.stdout if done.returncode == 0 else ""
