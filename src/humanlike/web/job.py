"""Run one chapter for a server, as a process of its own.

Called as ``python -m humanlike.web.job``; the request is the first line of the standard input. Each
line of the standard output is a JSON object: how far it is, and at last where the run is or what
went wrong. When the standard input ends, the server is gone, and this ends too.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from humanlike.book.chapters import get_chapter, read_notebook
from humanlike.errors import HumanlikeError


def main() -> int:
    """Carry out the request."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop_once)
    request = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_the_server, daemon=True).start()
    try:
        return _run(request)
    except HumanlikeError as error:
        _say(error=str(error))
        return 1
    except OSError as error:
        _say(error=f"{error.filename or 'The run'}: {error.strerror or error}.")
        return 1
    except KeyboardInterrupt:
        return 130


def _run(request: dict[str, Any]) -> int:
    from humanlike.book.run import run

    root = Path(request["root"])
    sections = section_of_cells(request["chapter"], root)

    def step(done: int, total: int) -> None:
        _say(done=done, total=total, section=sections[min(done, len(sections) - 1)])

    finished = run(request["chapter"], request["texts"], request["profile"], root, on_progress=step)
    _say(folder=finished.folder.name, seconds=finished.seconds, real=finished.real)
    return 0


def section_of_cells(chapter: str, root: Path) -> list[str]:
    """Return the heading above each cell that is executed, the parameters set for it included."""
    cells = read_notebook(get_chapter(chapter, root)).cells
    found: list[str] = []
    for cell in cells:
        here = _heading(cell.source) if cell.cell_type == "markdown" else ""
        found.append(here or (found[-1] if found else ""))
    tagged = [i for i, c in enumerate(cells) if "parameters" in c.metadata.get("tags", [])]
    place = tagged[0] + 1 if tagged else 0
    return [*found[:place], *found[max(0, place - 1) : place], *found[place:], "the last touches"]


def _heading(markdown: str) -> str:
    lines = [line for line in markdown.splitlines() if line.startswith("#")]
    return lines[-1].lstrip("# ") if lines else ""


def _say(**news: Any) -> None:
    print(json.dumps(news), flush=True)


def _stop_once(_number: int, _frame: Any) -> None:
    """Stop, and let nothing disturb the cleaning up."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def _end_with_the_server() -> None:
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGINT)


if __name__ == "__main__":
    raise SystemExit(main())
