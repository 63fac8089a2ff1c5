"""The built book in a real browser, opened from disk."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from book.once import once

from humanlike.doctor.access import find_browser

from .demo import build_demo

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


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    sync_api = pytest.importorskip("playwright.sync_api")
    program = find_browser()
    if program is None:
        if os.environ.get("HUMANLIKE_REQUIRE_BROWSER") == "1":
            pytest.fail(GET_ONE)
        pytest.skip(GET_ONE)
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def book(browser: object, tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Build the repository's own book from data already here; nothing when it is up to date."""
    with once(tmp_path_factory, worker_id, "own-book") as (_, first):
        if first:
            done = subprocess.run(
                [sys.executable, "-m", "humanlike", "build"],
                cwd=ROOT,
                env={"HUMANLIKE_OFFLINE": "1"} | os.environ,
                capture_output=True,
                text=True,
            )
            assert done.returncode == 0, done.stdout + done.stderr
    return HTML


THIN = """async () => {
  document.querySelectorAll("tbody tr:nth-child(n+10)").forEach(row => row.remove());
  document.querySelectorAll("details.hide").forEach((fold, i) => {
    if (i === 0) fold.open = true;
    else fold.querySelectorAll("pre").forEach(code => code.replaceChildren());
  });
  // code that is opened fades in, and has little contrast until it has
  return Promise.all(document.getAnimations().map(animation => animation.finished));
}"""


def serious(page, rules: list[str] | None = None) -> list[str]:
    """Return axe-core's serious and critical findings.

    What only repeats itself is taken out first, because axe looks at each word of folded code: of
    every table the rows after the ninth, and all folded code but the first, which is opened.
    """
    base = pytest.importorskip("axe_playwright_python.base")
    page.evaluate(THIN)
    page.evaluate(base.AXE_SCRIPT)
    options = {"resultTypes": ["violations"]} | ({"runOnly": rules} if rules else {})
    found = page.evaluate("options => axe.run(options)", options)
    return [
        f"{one['id']}: {one['help']} at {[node['target'] for node in one['nodes']][:3]}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ]


class Visit:
    """A page with what went wrong while it was open."""

    def __init__(self, page) -> None:
        self.page = page
        self.problems: list[str] = []
        self.foreign: list[str] = []
        self.loaded: set[str] = set()
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        page.on("requestfailed", lambda request: self.problems.append(f"failed: {request.url}"))
        page.on("request", self._request)

    def _console(self, message) -> None:
        if message.type in ("error", "warning"):
            self.problems.append(f"console {message.type}: {message.text}")

    def _request(self, request) -> None:
        if request.url.startswith("file:"):
            self.loaded.add(request.url)
        if not request.url.startswith(("file:", "data:", "blob:")):
            self.foreign.append(request.url)


@pytest.fixture(scope="session")
def demo(browser: object, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build two pages that hold one of everything, with the book's own settings and assets."""
    return build_demo(ROOT, tmp_path_factory.mktemp("demo"))


SETTLED = """async () => {
  await window.MathJax?.startup?.promise;
  await document.fonts.ready;
  await new Promise(done => requestAnimationFrame(() => setTimeout(done, 50)));
}"""


def opener(browser, folder: Path):
    """Give a function that opens pages as a first visit; the system's setting gives the theme."""
    contexts = []

    def open_page(name: str, *, width: int = 1280, theme: str = "light") -> Visit:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=theme, reduced_motion="reduce"
        )
        contexts.append(context)
        visit = Visit(context.new_page())
        file, _, query = name.partition("?")
        visit.page.goto((folder / file).as_uri() + (f"?{query}" if query else ""))
        visit.page.evaluate(SETTLED)
        return visit

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def visit_once(browser, book):
    """Open a page of the book for several tests that leave it as it is."""
    yield from opener(browser, book)


@pytest.fixture
def visit(browser, book):
    """Open a page of the book: ``visit("notebooks/rsa.html", width=390, theme="dark")``."""
    yield from opener(browser, book)


@pytest.fixture
def visit_demo(browser, demo):
    """Open a page of the demonstration."""
    yield from opener(browser, demo)


@pytest.fixture
def show_widget(browser, tmp_path):
    """Open the markup of one interactive figure with its script, on a telephone; nothing may fail.

    ``page = show_widget(markup, "radar")``
    """
    opened, problems = [], []

    def show(markup: str, script: str):
        assets = ROOT / "book" / "assets"
        css, *scripts = (assets / n for n in ("book.css", "parts.js", f"{script}.js"))
        tags = "".join(f"<script src='{one.as_uri()}'></script>" for one in scripts)
        file = tmp_path / "page.html"
        head = f"<!doctype html><meta charset=utf-8><link rel=stylesheet href='{css.as_uri()}'>"
        file.write_text(f"{head}{markup}{tags}", encoding="utf-8")
        page = browser.new_page(viewport={"width": 390, "height": 844})
        opened.append(page)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("dialog", lambda dialog: problems.append(dialog.message))
        page.goto(file.as_uri())
        return page

    yield show
    for page in opened:
        page.close()
    assert problems == []
