"""The local application in a real browser; a short script stands in for the run."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from book.sample import Project, wait_for
from web.running import Client, running

from humanlike.web import jobs
from humanlike.web.serve import Chapters

from .conftest import Visit, serious

pytestmark = pytest.mark.browser

ACTOR = """
import json, pathlib, sys, time
wish, place = json.loads(sys.stdin.readline()), pathlib.Path({place!r})
(place / "wish").write_text(json.dumps(wish["texts"]))
print(json.dumps(dict(done=1, total=4, section="Which <b>words</b>")), flush=True)
print("said <i>in between</i>", flush=True)
while not (place / "go").exists():
    time.sleep(0.01)
print((place / "go").read_text())
"""
DONE = json.dumps({"folder": "r1", "seconds": 1.0, "real": True})


@pytest.fixture
def stage(project_env: Project, demo: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a rendered page as its book and as the page of its run."""
    place = project_env.folder / "stage"
    place.mkdir()
    command = (sys.executable, "-c", ACTOR.format(place=str(place)))
    monkeypatch.setattr(jobs, "COMMAND", command)
    page = project_env.home / "runs" / "alpha" / "r1" / "page"
    for name in (page, project_env.root / "_build" / "html"):
        name.parent.mkdir(parents=True)
    page.mkdir()
    (page / "index.html").write_text("<head></head><title>The run</title>")
    (project_env.root / "_build" / "html").symlink_to(demo)
    return place


@pytest.fixture
def client(project_env: Project, stage: Path) -> Iterator[Client]:
    with running(Chapters(project_env.root).app()) as client:
        yield client


@pytest.fixture
def visit_app(browser: Any, client: Client) -> Iterator[Any]:
    """Open the start address, then another page: ``visit_app("chapters/alpha", width=390)``."""
    contexts = []

    def visit(path: str = "", *, width: int = 1280, theme: str = "light") -> Visit:
        contexts.append(browser.new_context(viewport={"width": width, "height": 900},
                                            color_scheme=theme))  # fmt: skip
        seen = Visit(contexts[-1].new_page())
        seen.page.goto(client.app.start_address)
        seen.page.goto(client.app.address + path)
        return seen

    yield visit
    for context in contexts:
        context.close()


def start(page: Any, n: int) -> None:
    page.locator(".hl-form input").first.fill(str(n))
    page.get_by_role("button", name="Run").click()
    page.get_by_text("Cell 1 of 4 is finished; now: Which <b>words</b>.").wait_for()


def test_a_run_is_asked_for_watched_and_opened(visit_app: Any, stage: Path) -> None:
    page = visit_app().page
    page.get_by_role("link", name="Alpha").click()
    start(page, 7)
    assert json.loads((stage / "wish").read_text()) == {"n": "7"}
    assert page.get_by_text("said <i>in between</i>").is_visible()
    (stage / "go").write_text(DONE)
    page.wait_for_url("**/runs/alpha/r1/page/index.html")
    assert page.title() == "The run"


def test_a_job_survives_a_reload_and_a_closed_window(visit_app: Any, stage: Path) -> None:
    first = visit_app("chapters/alpha").page
    start(first, 9)
    first.reload()
    first.get_by_text("Cell 1 of 4 is finished").wait_for()
    address = first.url
    first.close()
    second = visit_app().page
    row = second.locator("#hl-jobs tbody tr")
    row.wait_for()
    assert row.inner_text().split("\t")[:3] == ["alpha", "paper, n=9", "cell 1 of 4"]
    row.get_by_role("link", name="alpha").click()
    second.get_by_text("Cell 1 of 4 is finished").wait_for()
    assert second.url == address
    (stage / "go").write_text(DONE)
    second.wait_for_url("**/runs/alpha/r1/page/index.html")
    second.goto(address)  # who comes back is not sent away again
    second.get_by_text("Done.").wait_for()
    assert second.get_by_role("link", name="Open the page of this run").is_visible()


def test_a_run_is_stopped_and_one_that_fails_says_why(visit_app: Any, stage: Path) -> None:
    page = visit_app("chapters/alpha").page
    start(page, 3)
    page.get_by_role("button", name="Stop").click()
    page.get_by_text("It was stopped.").wait_for()
    assert page.get_by_role("button", name="Stop").count() == 0
    (stage / "go").write_text(json.dumps({"error": "Cell 2: <b>no</b> words"}))
    page.go_back()
    page.get_by_role("button", name="Run").click()
    page.get_by_text("It failed.").wait_for()
    assert page.get_by_role("alert").inner_text() == "Cell 2: <b>no</b> words"


def test_a_page_of_the_served_book_runs_a_chapter(visit_app: Any, stage: Path) -> None:
    seen = visit_app("book/index.html")
    page = seen.page
    page.locator(".hl-form input").first.fill("30")
    page.get_by_role("button", name="Run").click()
    # the demonstration's form is of a chapter that this project does not have
    page.get_by_text("Unknown chapter 'choices'. Known: alpha, beta.").wait_for()
    page.locator("mjx-container").first.wait_for()
    assert [
        line for line in seen.problems if not line.startswith("failed") and "400" not in line
    ] == []


def test_a_server_that_has_gone_is_named(visit_app: Any, client: Client) -> None:
    page = visit_app("").page
    page.get_by_text("None yet.").wait_for()
    page.route("**/jobs", lambda route: route.abort())
    page.get_by_role("alert").wait_for()
    assert "The server does not answer" in page.get_by_role("alert").inner_text()
    page.unroute("**/jobs")
    assert wait_for(lambda: page.get_by_role("alert").count() == 0)


def test_without_the_secret_a_page_says_what_to_do(browser: Any, client: Client) -> None:
    page = browser.new_page()
    page.goto(client.app.address)
    assert "Open the address that the terminal shows" in page.locator("body").inner_text()
    page.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", ["", "chapters/alpha", "job"])
def test_every_page_can_be_read_on_a_telephone(
    visit_app: Any, client: Client, stage: Path, path: str, theme: str
) -> None:
    wish = {"chapter": "alpha", "profile": "quick", "parameters": {"n": "5", "label": "fancy"}}
    job = json.loads(client.post("/jobs", wish).body)
    seen = visit_app(job["page"][1:] if path == "job" else path, width=390, theme=theme)
    ready = {"": "#hl-jobs table", "chapters/alpha": ".hl-form-run", "job": "#hl-job pre"}
    seen.page.locator(ready[path]).wait_for()
    assert seen.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert serious(seen.page) == []
    assert [one for one in seen.problems if not one.startswith("failed")] == []
