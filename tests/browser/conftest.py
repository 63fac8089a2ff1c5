"""The built book in a real browser, opened from disk."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HTML = ROOT / "_build" / "html"
GET_ONE = (
    "No Chromium was found. Install one (Debian: apt-get install chromium) so that it is on the "
    "path, or name it in HUMANLIKE_CHROMIUM."
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str | None:
    """Return the browser to use, or None."""
    named = os.environ.get("HUMANLIKE_CHROMIUM")
    names = (named,) if named else ("chromium", "chromium-browser", "google-chrome", "chrome")
    return next((found for name in names if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    sync_api = pytest.importorskip("playwright.sync_api")
    program = chromium()
    if program is None:
        if os.environ.get("HUMANLIKE_REQUIRE_BROWSER") == "1":
            pytest.fail(GET_ONE)
        pytest.skip(GET_ONE)
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def book(browser: object) -> Path:
    """Build the repository's own book; nothing happens when it is up to date."""
    done = subprocess.run(
        [sys.executable, "-m", "humanlike", "build"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return HTML


class Visit:
    """A page with what went wrong while it was open."""

    def __init__(self, page) -> None:
        self.page = page
        self.problems: list[str] = []
        self.foreign: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        page.on("requestfailed", lambda request: self.problems.append(f"failed: {request.url}"))
        page.on("request", self._request)

    def _console(self, message) -> None:
        if message.type in ("error", "warning"):
            self.problems.append(f"console {message.type}: {message.text}")

    def _request(self, request) -> None:
        if not request.url.startswith(("file:", "data:", "blob:")):
            self.foreign.append(request.url)


@pytest.fixture
def visit(browser, book):
    """Open a page of the book: ``visit("notebooks/rsa.html", width=390, theme="dark")``."""
    contexts = []

    def open_page(name: str, *, width: int = 1280, theme: str = "light") -> Visit:
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)
        contexts.append(context)
        visit = Visit(context.new_page())
        visit.page.add_init_script(
            f"localStorage.setItem('mode', '{theme}'); localStorage.setItem('theme', '{theme}');"
        )
        visit.page.goto(f"file://{book / name}")
        visit.page.wait_for_timeout(300)
        return visit

    yield open_page
    for context in contexts:
        context.close()
