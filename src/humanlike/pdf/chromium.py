"""Print a document with the Chromium of this machine; nothing is fetched from anywhere."""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
import tempfile
from pathlib import Path

from humanlike.doctor.access import BROWSER_VARIABLE, find_browser
from humanlike.errors import HumanlikeError

SECONDS = 600
_FLAGS = (
    "--headless", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-extensions", "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND", "--no-pdf-header-footer", "--window-size=794,1123",
    "--virtual-time-budget=120000", "--dump-dom",
)  # fmt: skip
_ROOT = re.compile(r"<html[^>]*>")


def chromium() -> str:
    """Return the path of Chromium.

    Raises
    ------
    HumanlikeError
        If there is none.
    """
    program = find_browser()
    if program is None:
        raise HumanlikeError(
            "The PDF is printed by Chromium, and none was found on the path. Install one (Debian: "
            f"apt-get install chromium), or name its program in the variable {BROWSER_VARIABLE}."
        )
    return program


def print_page(document: Path, target: Path) -> list[str]:
    """Print an HTML file, and say what is wider than the paper.

    The document says itself that it is complete (``data-ready``) and what did not fit
    (``data-overfull``), as ``book/assets/paper.js`` does.

    Returns
    -------
    list of str
        Elements that stand out of the page.

    Raises
    ------
    HumanlikeError
        If Chromium is missing, fails, takes too long, or stops before the page is complete.
    """
    program = chromium()
    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory(prefix="hl-chromium-", ignore_cleanup_errors=True) as profile:
        command = [
            program, *_FLAGS, *root, f"--user-data-dir={profile}", f"--print-to-pdf={target}",
            document.resolve().as_uri(),
        ]  # fmt: skip
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, encoding="utf-8", errors="replace",
                stdin=subprocess.DEVNULL, timeout=SECONDS, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise HumanlikeError(
                f"Chromium did not finish printing within {SECONDS} s. Is the machine busy or "
                "short of memory? Try again."
            ) from None
    top = _ROOT.search(done.stdout)
    if done.returncode or not target.is_file() or not top or 'data-ready="yes"' not in top[0]:
        said = "\n  ".join(done.stderr.strip().splitlines()[-4:])
        raise HumanlikeError(
            f"Chromium ({program}, exit status {done.returncode}) did not print the book. It said:"
            f"\n  {said or 'nothing'}\n  'humanlike doctor' looks over browser, memory and disk."
        )
    return _overfull(top[0])


def _overfull(root: str) -> list[str]:
    found = re.search(r'data-overfull="([^"]*)"', root)
    return [str(one) for one in json.loads(html.unescape(found[1]))] if found else []
