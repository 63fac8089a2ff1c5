"""Batches: handed over once whatever happens, fetched, and in nobody else's way."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from models.batch_endpoint import BatchEndpoint
from models.endpoint import Endpoint, expected, triplets

from humanlike.cli.main import main
from humanlike.errors import HumanlikeError
from humanlike.models.openai import OpenAIModel
from humanlike.models.openai.asking import Limits
from humanlike.models.openai.spending import Price
from humanlike.models.scripted import Scripted
from humanlike.query import Interrupted, Result, handover, plan, query
from humanlike.store import Store
from humanlike.store.verify import verify

QUICK = Limits(timeout=2, first_wait=0.01, longest_wait=0.02, retries=3)
Captured = pytest.CaptureFixture[str]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.sqlite"


@pytest.fixture
def server() -> Iterator[Endpoint]:
    with Endpoint(BatchEndpoint()) as endpoint:
        yield endpoint


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handover, "FIRST_POLL", 0.02)
    monkeypatch.setattr(handover, "BEAT_SECONDS", 0.02)


def script(server: Endpoint) -> BatchEndpoint:
    assert isinstance(server.script, BatchEndpoint)
    return server.script


def ask(server: Endpoint, path: Path, n: int = 20, **more: Any) -> Result:
    model = OpenAIModel("fake", server.url, limits=QUICK, **more.pop("model", {}))
    try:
        return query("triplets", model, n=n, store=path, batch=True, **more)
    finally:
        model.close()


def uploads(server: Endpoint) -> int:
    return sum(r.method == "POST" and r.path == "/v1/batches" for r in server.requests)


def test_a_batch_is_handed_over_waited_for_and_fetched(server: Endpoint, path: Path) -> None:
    said: list[str] = []
    result = ask(server, path, tell=said.append)
    assert result.summary.valid == result.summary.new == 20
    assert [a and a.text for a in result.answers] == [expected(p.user) for p in result.plan.prompts]
    assert any("20 answers fetched" in line for line in said)
    lines = [json.loads(x) for x in script(server).files["file-0"].splitlines()]
    assert {tuple(line) for line in lines} == {("custom_id", "method", "url", "body")}
    assert len({line["custom_id"] for line in lines}) == 20
    assert all(a and a.origin["batch"] == "batch-0" for a in result.answers)
    assert verify(path).problems == ()
    again = ask(server, path)
    assert (again.summary.before, again.summary.new, uploads(server)) == (20, 0, 1)


def test_nobody_else_asks_what_waits_in_a_batch(server: Endpoint, path: Path) -> None:
    script(server).state = "in_progress"
    assert ask(server, path, wait=False).summary.invalid == {"unanswered": 20}
    said: list[str] = []
    with Endpoint(triplets) as other:
        model = OpenAIModel("fake", server.url, limits=QUICK)
        model.url = other.url
        result = query("triplets", replace_url(model, server), n=30, store=path, tell=said.append)
        assert len(other.requests) == 10
    assert result.summary.new == 10
    assert any("20 wait in a batch" in line for line in said)
    script(server).state = "completed"
    done = ask(server, path, 30)
    assert (done.summary.before, done.summary.new, done.summary.valid) == (10, 20, 30)
    assert uploads(server) == 1


class Elsewhere(OpenAIModel):
    """A model that says it is the one at another address."""

    said = ""

    def info(self) -> Any:
        return replace(super().info(), spec=self.said)


def replace_url(model: OpenAIModel, server: Endpoint) -> OpenAIModel:
    other = Elsewhere("fake", model.url, limits=QUICK)
    other.said = f"openai:fake@{server.url}"
    return other


def test_ctrl_c_leaves_the_batch_and_the_same_command_fetches_it(
    server: Endpoint, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(server).state = "in_progress"

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(handover.Handover, "_sleep", stop)
        with pytest.raises(Interrupted):
            ask(server, path)
    script(server).state = "completed"
    assert ask(server, path).summary.valid == 20
    assert uploads(server) == 1


@pytest.mark.parametrize("at", ["upload", "submit", "status", "answers"])
@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
def test_killed_at_any_step_it_is_handed_over_once(
    server: Endpoint, path: Path, at: str, done: bool
) -> None:
    """The process dies just before or just after the server has done a step."""
    child = os.fork()
    if child == 0:
        real = getattr(handover.BatchServer, at)

        def dies(*given: Any) -> None:
            if done:
                real(*given)
            os._exit(9)

        setattr(handover.BatchServer, at, dies)
        ask(server, path)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    result = ask(server, path)
    assert result.summary.valid == 20
    assert uploads(server) == 1
    assert len(script(server).batches) == 1
    with Store(path) as store:
        assert store.rows("SELECT count(*) FROM responses") == [(20,)]
        assert store.rows("SELECT count(*) FROM waiting") == [(0,)]


def test_a_lost_answer_to_submitting_does_not_submit_twice(server: Endpoint, path: Path) -> None:
    script(server).lose = {"POST /batches", "POST /files", "GET /batches/batch-0"}
    assert ask(server, path).summary.valid == 20
    assert len(script(server).batches) == 1


def test_a_living_process_keeps_its_batch(server: Endpoint, path: Path) -> None:
    script(server).state = "in_progress"
    ask(server, path, wait=False)
    with Store(path) as store:
        store.rows("UPDATE runs SET ended = NULL, pid = ?", (os.getpid(),))
    script(server).state = "completed"
    assert ask(server, path).summary.new == 0, "somebody else looks after it"
    with Store(path) as store:
        store.rows("UPDATE runs SET ended = NULL, pid = 99999999")
    assert ask(server, path).summary.new == 20


def test_partial_failures_each_get_their_due(server: Endpoint, path: Path) -> None:
    script(server).refuse, script(server).expire = {3}, {5, 6}
    result = ask(server, path)
    assert result.summary.invalid == {"batch expired": 2, "request refused": 1}
    script(server).refuse, script(server).expire = set(), set()
    again = ask(server, path)
    assert (again.summary.valid, again.summary.new) == (19, 2)
    second = [name for name in script(server).files if name.startswith("file-")][-1]
    assert len(script(server).files[second].splitlines()) == 2


def test_a_batch_of_another_task_is_left_to_that_task(server: Endpoint, path: Path) -> None:
    script(server).state = "in_progress"
    ask(server, path, wait=False)
    script(server).state = "completed"
    model = OpenAIModel("fake", server.url, limits=QUICK)
    other = replace(plan("triplets", n=5, seed=1), task="mine")
    assert query(other, model, store=path, batch=True).summary.valid == 5
    model.close()
    with Store(path) as store:
        assert store.rows("SELECT count(*) FROM waiting") == [(20,)]
    assert ask(server, path).summary.new == 20
    with Store(path) as store:
        tasks = "SELECT task, count(*) FROM responses JOIN runs ON run = runs.id GROUP BY task"
        assert store.rows(tasks) == [("mine", 5), ("triplets", 20)]


@pytest.mark.parametrize("state", ["expired", "cancelled"])
def test_what_a_stopped_batch_did_not_answer_is_free_again(
    server: Endpoint, path: Path, state: str
) -> None:
    script(server).state, script(server).expire = state, set(range(7))
    assert ask(server, path).summary.valid == 13
    script(server).state, script(server).expire = "completed", set()
    assert ask(server, path).summary.valid == 20


def test_a_batch_the_server_does_not_accept_says_why(server: Endpoint, path: Path) -> None:
    script(server).state = "failed"
    with pytest.raises(HumanlikeError, match="did not accept batch batch-0: line 1 is wrong"):
        ask(server, path)
    script(server).state = "completed"
    assert ask(server, path).summary.valid == 20


def test_all_refused_stores_nothing(server: Endpoint, path: Path) -> None:
    script(server).refuse = set(range(20))
    with pytest.raises(HumanlikeError, match=r"refused all 20 requests .* too long"):
        ask(server, path)
    with Store(path) as store:
        assert len(store) == 0
    script(server).refuse = set()
    assert ask(server, path).summary.valid == 20


def test_a_forgotten_batch_is_freed(server: Endpoint, path: Path) -> None:
    script(server).state = "in_progress"
    ask(server, path, wait=False)
    script(server).batches.clear()
    with pytest.raises(HumanlikeError, match=r"no such batch .*can be asked again"):
        ask(server, path)
    script(server).state = "completed"
    assert ask(server, path).summary.valid == 20


def test_large_batches_are_cut(
    server: Endpoint, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handover, "MOST_REQUESTS", 8)
    assert ask(server, path).summary.valid == 20
    assert uploads(server) == 3
    monkeypatch.setattr(handover, "MOST_BYTES", 1000)
    assert ask(server, path, 24).summary.valid == 24
    assert uploads(server) > 4


def test_what_can_cost_too_much_is_not_handed_over(server: Endpoint, path: Path) -> None:
    dear = {"price": Price(10, 10, 0.5), "max_cost": 0.01}
    with pytest.raises(HumanlikeError, match=r"could cost up to 0\.\d+ dollars"):
        ask(server, path, model=dear)
    assert server.requests == []
    cheap = {"price": Price(10, 10, 0.5), "max_cost": 1.0}
    result = ask(server, path, model=cheap)
    assert result.summary.valid == 20
    assert result.estimate.cost is not None
    assert 0 < result.estimate.cost < 1


def test_only_servers_have_batches_and_only_for_writing(server: Endpoint, path: Path) -> None:
    with pytest.raises(HumanlikeError, match="only openai: models have"):
        query("triplets", Scripted("x"), n=3, store=path, batch=True)
    with pytest.raises(HumanlikeError, match="not score"):
        ask(server, path, form="base", mode="score")
    with Endpoint(triplets) as plain, pytest.raises(HumanlikeError, match="POST /files"):
        ask(plain, path)


def test_the_commands_list_and_cancel(server: Endpoint, path: Path, capsys: Captured) -> None:
    spec, store = f"openai:fake@{server.url}", ["--store", str(path)]
    command = ["query", "triplets", spec, "--n", "20", "--batch", "--no-wait", *store]
    script(server).state = "in_progress"
    assert main(command) == 0
    assert "batch batch-0: in_progress, 0 of 20" in capsys.readouterr().out
    assert main(["batches", "list", *store]) == 0
    shown = capsys.readouterr().out
    assert "20  triplets" in shown
    assert "batch-0" in shown
    assert main(["batches", "cancel", "1", *store]) == 0
    assert "is cancelled" in capsys.readouterr().out
    assert main(command) == 0
    assert "20 valid" in capsys.readouterr().out
    assert main(["batches", "list", *store]) == 0
    assert "No batch is going on" in capsys.readouterr().out
    assert main(["batches", "cancel", "1", *store]) == 1
    assert "No batch 1 is going on" in capsys.readouterr().err


def test_a_batch_never_handed_over_is_dropped(
    server: Endpoint, path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    def fails(*_: object) -> None:
        raise HumanlikeError("no")

    with monkeypatch.context() as patch, pytest.raises(HumanlikeError, match="no"):
        patch.setattr(handover.BatchServer, "upload", fails)
        ask(server, path)
    assert main(["batches", "cancel", "1", "--store", str(path)]) == 0
    assert "is dropped" in capsys.readouterr().out
    with Store(path) as store:
        assert store.waiting(b"x" for _ in range(1)) == set()
        assert store.rows("SELECT count(*) FROM waiting") == [(0,)]
    assert len(plan("triplets", n=20).prompts) == 20
