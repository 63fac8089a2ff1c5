"""A server asked from beginning to end: estimate, money, notes, the command line, a full disk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from models.endpoint import (
    Endpoint,
    Request,
    Say,
    completion,
    error,
    expected,
    start_process,
    triplets,
)

from humanlike.cli.main import main
from humanlike.errors import HumanlikeError
from humanlike.models.openai import OpenAIModel
from humanlike.models.openai.spending import Price
from humanlike.query import query
from humanlike.store import Store
from query.test_kill_slow import check, ended
from query.worker import QUICK, start

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.sqlite"


def ask(server: Endpoint, path: Path, n: int, model: dict[str, Any] | None = None, **more: Any):  # type: ignore[no-untyped-def]
    opened = OpenAIModel("fake", server.url, **({"limits": QUICK} | (model or {})))
    try:
        return query("triplets", opened, n=n, store=path, **more)
    finally:
        opened.close()


def test_the_estimate_learns_from_what_was_counted(path: Path) -> None:
    price = {"price": Price(1.0, 10.0)}
    with Endpoint() as server:
        first = ask(server, path, 50, price).estimate
        later = ask(server, path, 150, price, dry_run=True).estimate
        result = ask(server, path, 150, price)
    assert first.written == 50 * 32, "before anything is known, as many tokens as are allowed"
    assert later.tokens == pytest.approx(100 * 30, rel=0.03)
    assert later.written == 100 * 2
    assert later.cost == pytest.approx((later.tokens * 1 + 200 * 10) / 1e6)
    assert result.summary.cost == pytest.approx((100 * 30 * 1 + 200 * 10) / 1e6)
    assert any("US dollars with 200 tokens" in line for line in later.lines())


def test_what_a_server_left_out_is_in_the_summary(path: Path) -> None:
    def script(request: Request) -> Say:
        if "seed" in request.body:
            return error(400, "Unknown parameter: 'seed'", param="seed")
        old = len(request.prompt) % 2
        return Say(completion(request, expected(request.prompt), system_fingerprint=f"fp_{old}"))

    with Endpoint(script) as server:
        summary = ask(server, path, 40, top_logprobs=2).summary
    assert summary.notes["logprobs not given"] == summary.notes["seed not sent"] == 40
    served = {k: n for k, n in summary.notes.items() if k.startswith("served by")}
    assert len(served) == 2
    assert sum(served.values()) == 40
    assert any(line.startswith("note: ") for line in summary.lines())


def test_the_cost_limit_stops_and_a_higher_one_goes_on(path: Path) -> None:
    price = {"price": Price(1000.0, 1000.0)}
    with Endpoint() as server:
        with pytest.raises(HumanlikeError, match="with a higher limit goes on"):
            ask(server, path, 300, price | {"max_cost": 3.0}, max_tokens=2)
        with Store(path) as store:
            stored = len(store)
        assert 0 < stored < 300
        result = ask(server, path, 300, price | {"max_cost": 100.0}, max_tokens=2)
        assert (result.summary.before, result.summary.valid) == (stored, 300)
        assert len(server.requests) == 300


def test_a_wrong_key_loses_nothing_and_is_in_no_file(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    secret = "sk-very-secret-0123456789"
    monkeypatch.setenv("HUMANLIKE_API_KEY", secret)
    left = iter(range(1000))

    def script(request: Request) -> Say:
        if next(left) < 25:
            return triplets(request)
        return error(401, f"Incorrect API key provided: {secret}.")

    with Endpoint(script) as server:
        command = ["query", "triplets", f"openai:fake@{server.url}", "--n", "60", "--quiet"]
        command += ["--concurrency", "1", "--store", str(path)]
        assert main(command) == 1
        said = capsys.readouterr()
        assert said.err.count("\n") == 1
        assert "does not accept the key" in said.err
        with Store(path) as store:
            assert len(store) == 25
        server.script = triplets
        assert main(command) == 0
    assert secret not in said.err + said.out
    assert not any(secret.encode() in f.read_bytes() for f in path.parent.iterdir())


def test_the_command_estimates_costs_without_a_key(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    command = ["query", "triplets", "openai:gpt-4o-mini", "--n", "100", "--store", str(path)]
    assert main([*command, "--dry-run"]) == 0
    assert "US dollars" in capsys.readouterr().out
    assert main([*command, "--dry-run", "--price-in", "0", "--price-out", "0"]) == 0
    assert "about 0.0000 US dollars" in capsys.readouterr().out
    assert main(command) == 1
    assert "OPENAI_API_KEY" in capsys.readouterr().err
    assert main(["query", "triplets", "simulated:", "--max-cost", "1", "--store", str(path)]) == 1
    assert "Unknown option of simulated: 'max_cost'" in capsys.readouterr().err


def test_the_command_asks_a_server(path: Path, capsys: Captured) -> None:
    with Endpoint() as server:
        command = ["query", "triplets", f"openai:fake@{server.url}", "--n", "30", "--json"]
        command += ["--concurrency", "4", "--timeout", "5", "--retries", "2"]
        command += ["--max-cost", "1", "--price-in", "0.1", "--price-out", "0.2"]
        assert main([*command, "--store", str(path)]) == 0
        assert server.most <= 4
    shown = json.loads(capsys.readouterr().out)
    assert shown["summary"]["valid"] == 30
    assert shown["summary"]["cost"] == pytest.approx((900 * 0.1 + 60 * 0.2) / 1e6)


def test_an_open_model_takes_no_options_of_reaching_it(path: Path) -> None:
    with pytest.raises(HumanlikeError, match="open model cannot be given concurrency"):
        query("triplets", OpenAIModel("m", "http://localhost:1"), n=3, store=path, concurrency=3)


def test_it_works_inside_a_running_loop_as_in_notebooks(path: Path) -> None:
    import asyncio
    from concurrent.futures import ThreadPoolExecutor

    async def cell(server: Endpoint) -> int:
        return int(ask(server, path, 10).summary.valid)

    with Endpoint() as server, ThreadPoolExecutor(1) as notebook:
        assert notebook.submit(lambda: asyncio.run(cell(server))).result() == 10


@pytest.mark.slow
def test_a_disk_that_fills_up_stops_and_nothing_stored_is_asked_again(tmp_path: Path) -> None:
    """The system itself refuses to let any file of the client grow beyond a limit."""
    path, log, n = tmp_path / "store.sqlite", tmp_path / "log", 2000
    with start_process(0.1, 3, str(log)) as url:
        full = start(path, tmp_path / "unused", n, url=url, most_bytes=400_000)
        assert ended(full) not in (0, None)
        with Store(path) as store:
            stored = len(store)
            assert 0 < stored < n
        assert ended(start(path, tmp_path / "unused", n, url=url)) == 0
    check(path, log, n)
