"""Files of a folder: nothing outside it, no links, no hidden files, no listing."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from humanlike.web.exchange import STRICT, Refused, Reply

KINDS = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".ipynb": "application/json",
    ".txt": "text/plain; charset=utf-8",
    ".md": "text/plain; charset=utf-8",
    ".py": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".ico": "image/x-icon",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".ttf": "font/ttf",
    ".pdf": "application/pdf",
}
DRAWING = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


def read_inside(folder: Path, path: str) -> bytes:
    """Return a file's bytes, opened step by step so that no link on the way is followed.

    Parameters
    ----------
    folder : Path
        The folder that is served; may itself be reached through a link.
    path : str
        Path below it, with ``/`` between its parts.

    Raises
    ------
    Refused
        If there is no such regular file, or the path is not a plain one.
    """
    parts = path.split("/")
    if any(not part or part.startswith(".") or {"\\", "\0"} & set(part) for part in parts):
        raise Refused(404, "There is no such page.")
    try:
        return _read(folder, parts)
    except (OSError, UnicodeEncodeError):
        raise Refused(404, "There is no such page.") from None


def _read(folder: Path, parts: list[str]) -> bytes:
    step = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for number, part in enumerate(parts, start=1):
            last = number == len(parts)
            flags = os.O_NONBLOCK if last else os.O_DIRECTORY
            deeper = os.open(part, os.O_RDONLY | os.O_NOFOLLOW | flags, dir_fd=step)
            os.close(step)
            step = deeper
        if not stat.S_ISREG(os.fstat(step).st_mode):
            raise FileNotFoundError
        with os.fdopen(os.dup(step), "rb") as file:
            return file.read()
    finally:
        os.close(step)


def file_reply(folder: Path, path: str) -> Reply:
    """Return a file of a folder with its type; a drawing may run nothing.

    Raises
    ------
    Refused
        As `read_inside`.
    """
    content = read_inside(folder, path)
    ending = Path(path).suffix.lower()
    kind = KINDS.get(ending, "application/octet-stream")
    return Reply(content, kind, policy=DRAWING if ending == ".svg" else STRICT)
