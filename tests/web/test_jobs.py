"""The queue: one at a time, in order, stopped on request, remembered by the next server."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from book.sample import Project, alive, interrupt, wait_for

from humanlike.book.chapters import find_chapters
from humanlike.cli.main import main
from humanlike.errors import HumanlikeError
from humanlike.web import jobs
from humanlike.web.job import section_of_cells
from humanlike.web.jobs import Queue
from humanlike.web.serve import Chapters

from .running import Client, running

WISH = {"chapter": "alpha", "profile": "quick", "parameters": {"n": "3"}}
LONG = 300.0  # seconds a real run may take on a machine that does much else
SLEEPER = """
import os, time
from pathlib import Path

Path({mark!r}).write_text(f"{{os.getpid()}} {{os.getppid()}}")
time.sleep(300)
"""
# stands in for a run: says it began, then does what the file beside it says
ACTOR = """
import json, pathlib, sys, time
wish = json.loads(sys.stdin.readline())
place = pathlib.Path({place!r})
(place / "began").write_text((place / "began").read_text() + wish["texts"]["n"] + " "
                             if (place / "began").exists() else wish["texts"]["n"] + " ")
print(json.dumps(dict(done=1, total=4, section="Which <words>")), flush=True)
print("a word in between \\u2603", flush=True)
while not (place / "go").exists():
    time.sleep(0.01)
exec((place / "go").read_text())
"""
SUCCEED = "print(json.dumps(dict(folder='r1', seconds=1.0, real=False)))"


@pytest.fixture
def actor(project_env: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder: a run begins at once and waits for the file ``go``, whose Python it does."""
    place = tmp_path / "stage"
    place.mkdir()
    script = ACTOR.format(place=str(place))
    monkeypatch.setattr(jobs, "COMMAND", (sys.executable, "-c", script))
    return place


@contextmanager
def served(project: Project) -> Iterator[Client]:
    with running(Chapters(project.root).app()) as client:
        yield client


def all_jobs(client: Client) -> list[dict[str, Any]]:
    return list(json.loads(client.get("/jobs").body))


def state(client: Client, job: dict[str, Any]) -> dict[str, Any]:
    return dict(json.loads(client.get(f"/jobs/{job['id']}/state").body))


def ask(client: Client, n: int = 3) -> dict[str, Any]:
    said = client.post("/jobs", WISH | {"parameters": {"n": str(n)}})
    assert said.status == 201, said
    return dict(json.loads(said.body))


def reaches(client: Client, job: dict[str, Any], *states: str) -> bool:
    return wait_for(lambda: state(client, job)["state"] in states)


def test_runs_wait_for_each_other_and_end_in_order(project_env: Project, actor: Path) -> None:
    with served(project_env) as client:
        first, second, third = ask(client, 1), ask(client, 2), ask(client, 3)
        assert reaches(client, first, "running")
        assert wait_for(lambda: state(client, first)["total"] == 4)
        seen = state(client, first)
        assert (seen["done"], seen["section"]) == (1, "Which <words>")
        assert [one["state"] for one in all_jobs(client)] == ["waiting", "waiting", "running"]
        (actor / "go").write_text(SUCCEED)
        assert reaches(client, third, "done")
        assert state(client, second)["run_page"] == "/runs/alpha/r1/page/index.html"
        assert (actor / "began").read_text() == "1 2 3 "
        messages = state(client, first)["messages"]
        assert messages[0] == "a word in between ☃"
        assert "SIMULATED" in messages[-1]


def test_a_run_that_waits_and_one_that_runs_can_be_stopped(
    project_env: Project, actor: Path
) -> None:
    with served(project_env) as client:
        first, second, third = ask(client, 1), ask(client, 2), ask(client, 3)
        assert wait_for(lambda: (actor / "began").exists())
        assert client.post(f"/jobs/{second['id']}/stop", None).status == 200
        assert client.post(f"/jobs/{first['id']}/stop", None).status == 200
        assert reaches(client, third, "running")
        (actor / "go").write_text(SUCCEED)
        assert reaches(client, third, "done")
        assert [one["state"] for one in all_jobs(client)] == ["done", "stopped", "stopped"]
        assert (actor / "began").read_text().split() == ["1", "3"]
        client.post(f"/jobs/{third['id']}/stop", None)
        assert state(client, third)["state"] == "done"


@pytest.mark.parametrize(
    "act,words",
    [
        ("print(json.dumps(dict(error='Cell 3: it broke')))", "Cell 3: it broke"),
        ("print('last words'); sys.exit(3)", "without a result. last words"),
        ("import os; os.kill(os.getpid(), 9)", "without a result. a word in between"),
        ("print('x' * 3_000_000)", "without a result"),
        ("print(json.dumps({'folder': 1})); print('[1]'); print('null')", "without a result. null"),
    ],
)
def test_a_run_that_fails_says_why_and_the_next_one_starts(
    project_env: Project, actor: Path, act: str, words: str
) -> None:
    (actor / "go").write_text(act)
    with served(project_env) as client:
        job = ask(client)
        assert reaches(client, job, "failed")
        assert words in state(client, job)["error"]
        (actor / "go").write_text(SUCCEED)
        assert reaches(client, ask(client), "done")


def test_a_run_can_be_stopped_before_its_process_is_there(
    project_env: Project, actor: Path
) -> None:
    with served(project_env) as client:
        for _ in range(5):
            job = ask(client)
            client.post(f"/jobs/{job['id']}/stop", None)
            assert state(client, job)["state"] == "stopped"
        (actor / "go").write_text(SUCCEED)
        assert reaches(client, ask(client), "done")


def test_the_next_server_knows_the_jobs(project_env: Project, actor: Path) -> None:
    (actor / "go").write_text(SUCCEED)
    with served(project_env) as client:
        done = ask(client, 1)
        assert reaches(client, done, "done")
        (actor / "go").unlink()
        halted, waiting = ask(client, 2), ask(client, 3)
        assert reaches(client, halted, "running")
    with served(project_env) as client:
        assert client.get(f"/jobs/{done['id']}").status == 200
        found = {one["id"]: one["state"] for one in all_jobs(client)}
        stopped = "stopped"
        assert found == {done["id"]: "done", halted["id"]: stopped, waiting["id"]: stopped}


def test_the_record_survives_a_server_that_was_killed_or_a_damaged_file(
    project_env: Project, actor: Path
) -> None:
    runs = project_env.home / "runs"
    with served(project_env) as client:
        ask(client)
        assert wait_for(lambda: (actor / "began").exists())
        kept = json.loads((runs / ".jobs.json").read_text())
    assert kept[0]["state"] == "running"
    (runs / ".jobs.json").write_text(json.dumps(kept))
    with served(project_env) as client:
        assert [one["state"] for one in all_jobs(client)] == ["stopped"]
    (runs / ".jobs.json").write_text('[{"id": ')
    with served(project_env) as client:
        assert all_jobs(client) == []
    assert (runs / ".jobs.unreadable").read_text() == '[{"id": '


def test_there_is_one_server_per_folder_of_runs(project_env: Project) -> None:
    async def start() -> None:
        async with Queue(project_env.root).at_work():
            pass

    with ThreadPoolExecutor(1) as thread:  # this one may have a loop of the browser's
        with served(project_env), pytest.raises(HumanlikeError, match="Another 'humanlike serve'"):
            thread.submit(asyncio.run, start()).result()
        thread.submit(asyncio.run, start()).result()


def test_a_taken_port_ends_with_a_message(
    project_env: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    with served(project_env) as client:
        assert main(["serve", "--no-browser", "--port", str(client.port)]) == 1
    said = capsys.readouterr().err
    assert f"Port {client.port} is taken by another program. Give another with --port" in said


def test_too_many_waiting_runs_are_refused(
    project_env: Project, actor: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "MOST_WAITING", 2)
    with served(project_env) as client:
        assert reaches(client, ask(client), "running")
        ask(client), ask(client)
        said = client.post("/jobs", WISH)
        assert (said.status, "waiting already" in said.error) == (429, True)


def test_only_the_last_jobs_are_remembered(
    project_env: Project, actor: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "KEPT", 2)
    (actor / "go").write_text(SUCCEED)
    with served(project_env) as client:
        asked = [ask(client, n) for n in (1, 2, 3, 4)]
        assert reaches(client, asked[-1], "done")
        assert [one["texts"]["n"] for one in all_jobs(client)] == ["4", "3"]


def test_the_section_of_a_cell_counts_the_cell_that_papermill_adds(project_env: Project) -> None:
    project_env.edit("notebooks/alpha.py", "# %%\nnumbers", "# %% [markdown]\n# ## Counting\n"
                     "#\n# Now.\n\n# %%\nnumbers")  # fmt: skip
    assert "alpha" in find_chapters(project_env.root)
    assert section_of_cells("alpha", project_env.root) == [
        *["Alpha"] * 4, "Counting", "Counting", "the last touches"
    ]  # fmt: skip


def test_pages_escape_and_name_what_does_not_exist(project_env: Project, actor: Path) -> None:
    project_env.edit("notebooks/alpha.yml", "title: Alpha", 'title: "<i>Alpha</i> & co"')
    with served(project_env) as client:
        for path in ("/", "/chapters/alpha", f"/jobs/{ask(client)['id']}"):
            said = client.get(path)
            assert b"&lt;i&gt;Alpha&lt;/i&gt; &amp; co" in said.body
            assert b"<i>" not in said.body
        assert client.get("/chapters/gamma").error == "There is no such chapter."
        assert client.get("/book/index.html").status == 404
        assert client.get("/runs/.jobs.json").status == 404


def test_a_shown_page_may_run_its_own_scripts_and_no_other(project_env: Project) -> None:
    page = project_env.home / "runs" / "alpha" / "r1" / "page" / "index.html"
    page.parent.mkdir(parents=True)
    page.write_text("<head></head><script>let a = 1</script><script src='/x.js'></script>")
    with served(project_env) as client:
        said = client.get("/runs/alpha/r1/page/index.html")
        token = client.app.guard.token.encode()
    assert b'<meta name="humanlike-token" content="' + token + b'"></head>' in said.body
    policy = said.headers["Content-Security-Policy"]
    scripts = next(part for part in policy.split("; ") if part.startswith("script-src "))
    # the checksum of "let a = 1", made with openssl
    assert scripts == "script-src 'self' 'sha256-LAfYd7pbFUgwfQu8b4q135PeTG2z+/coPEUYCd74eCQ='"


@pytest.mark.slow
def test_a_real_run_ends_on_its_page_and_ctrl_c_stops_the_next_one_cleanly(
    fresh: Project,
) -> None:
    mark, runs = fresh.folder / "mark", fresh.home / "runs"
    source = fresh.read("notebooks/beta.py")
    fresh.write("notebooks/beta.py", f"{source}\n# %%\n{SLEEPER.format(mark=str(mark))}")
    process = fresh.start("serve", "--port", "0", "--no-browser")
    assert process.stdout is not None
    client = Client.from_address(process.stdout.readline().split()[1])
    client.post("/jobs", WISH)
    assert wait_for(lambda: all_jobs(client)[0]["state"] == "done", LONG), all_jobs(client)
    done = all_jobs(client)[0]
    assert (done["done"], done["error"]) == (done["total"], "")
    assert b"The mean is 1.00" in client.get(done["run_page"].replace("index", "alpha")).body
    client.post("/jobs", {"chapter": "beta", "profile": "paper", "parameters": {}})
    client.post("/jobs", WISH)
    assert wait_for(lambda: mark.exists() and len(mark.read_text().split()) == 2, LONG)
    before = {path.name for path in (runs / "alpha").iterdir()}
    answer = interrupt(process)
    assert (answer.code, answer.err) == (0, "")
    assert "Stopped; no run is left half-done." in answer.out
    assert not any(alive(int(number)) for number in mark.read_text().split())
    kept = json.loads((runs / ".jobs.json").read_text())
    assert [one["state"] for one in kept] == ["done", "stopped", "stopped"]
    assert list((runs / "beta").iterdir()) == []
    assert {path.name for path in (runs / "alpha").iterdir()} == before
