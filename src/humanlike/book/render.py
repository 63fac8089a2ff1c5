"""Call jupyter-book on a staging copy; a warning is an error."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from humanlike.errors import HumanlikeError

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_START = "import humanlike.book; from jupyter_book.cli.main import main; main()"


def render(stage: Path, html: Path, *, strict: bool = True) -> None:
    """Render a staging copy into a folder, which is replaced only when all went well.

    Parameters
    ----------
    stage : Path
        Folder with ``_config.yml``, ``_toc.yml`` and all pages.
    html : Path
        Where the pages go.
    strict : bool
        Whether a warning is an error; a single page may well point to pages it does not have.

    Raises
    ------
    HumanlikeError
        With jupyter-book's warnings; the earlier pages then stay as they were.
    """
    work = stage.with_name(stage.name + "-output")
    shutil.rmtree(work, ignore_errors=True)
    command = [
        sys.executable,
        "-c",
        _START,
        "build",
        str(stage),
        "--path-output",
        str(work),
        "--all",
    ]
    command += ["-W", "-n", "--keep-going"] if strict else []
    environment = os.environ | {"PYTHONWARNINGS": "ignore", "NO_COLOR": "1"}
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        env=environment,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    pages = work / "_build" / "html"
    if done.returncode or not (pages / "index.html").is_file():
        log = stage.with_name(stage.name + ".log")
        log.write_text(done.stdout + done.stderr, encoding="utf-8")
        shutil.rmtree(work, ignore_errors=True)
        raise HumanlikeError(_explain(done.stdout + done.stderr, stage, log))
    old = html.with_name(html.name + "-old")
    shutil.rmtree(old, ignore_errors=True)
    html.parent.mkdir(parents=True, exist_ok=True)
    if html.exists():
        html.rename(old)
    pages.rename(html)
    shutil.rmtree(old, ignore_errors=True)
    shutil.rmtree(work, ignore_errors=True)


def _explain(output: str, stage: Path, log: Path) -> str:
    output = _ANSI.sub("", output)
    marks = ("WARNING", "ERROR", "Error", "Exception")
    found = [line for line in output.splitlines() if any(mark in line for mark in marks)]
    shown = "\n  ".join(line.replace(f"{stage}{os.sep}", "") for line in dict.fromkeys(found[:12]))
    shown = shown or output.strip()[-800:]
    return f"jupyter-book could not render the pages:\n  {shown}\n  Everything it said: {log}"
