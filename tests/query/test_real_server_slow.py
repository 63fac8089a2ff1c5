"""``transformers serve``, a server nobody here wrote, with a tiny random model."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from models.endpoint import Endpoint, Request, Say
from models.tiny import make

from humanlike.models.base import Answer
from humanlike.query import Result, plan, query
from humanlike.store import Store
from humanlike.store.verify import verify
from query.worker import PATIENT, start

pytestmark = pytest.mark.slow
pytest.importorskip("fastapi", reason="transformers serve needs fastapi and uvicorn")
pytest.importorskip("uvicorn", reason="transformers serve needs fastapi and uvicorn")
N, TOKENS = 40, 4


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("tiny"), "llama")


@pytest.fixture(scope="module")
def served(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The server's address, from the command a user would type."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "transformers.cli.transformers", "serve", str(folder)]
    command += ["--host", "127.0.0.1", "--port", str(port), "--device", "cpu", "--dtype", "float32"]
    log = tmp_path_factory.mktemp("log") / "serve.log"
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    with log.open("wb") as stream:
        process = subprocess.Popen(command, stdout=stream, stderr=stream, env=environment)
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5)
                break
            except OSError:
                assert process.poll() is None, log.read_text()
                time.sleep(0.2)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.kill()
        process.wait()


def ask(spec: str, store: Path, form: str) -> Result:
    return query(
        "triplets", spec, n=N, form=form, temperature=0.0, max_tokens=TOKENS, store=store  # type: ignore[arg-type]
    )  # fmt: skip


def texts(result: Result) -> list[str]:
    assert all(isinstance(a, Answer) and a.problem is None for a in result.answers)
    return [a.text for a in result.answers if a is not None]


@pytest.mark.parametrize("form", ["chat", "base"])
def test_the_server_says_what_the_same_model_says_here(
    folder: Path, served: str, tmp_path: Path, form: str
) -> None:
    there = ask(f"openai:{folder}@{served}", tmp_path / "there.sqlite", form)
    here = ask(f"hf:{folder},dtype=float32,device=cpu", tmp_path / "here.sqlite", form)
    assert texts(there) == texts(here)
    assert len(set(texts(there))) > 3, "the model does not always say the same"
    usage = [(a.usage.prompt, a.usage.completion) for a in there.answers if a]
    assert usage == [(a.usage.prompt, a.usage.completion) for a in here.answers if a]
    assert verify(tmp_path / "there.sqlite").problems == ()


def test_wishes_it_does_not_fulfil_are_told(folder: Path, served: str, tmp_path: Path) -> None:
    spec, store = f"openai:{folder}@{served}", tmp_path / "store.sqlite"
    summary = query("triplets", spec, n=3, top_logprobs=2, max_tokens=2, store=store).summary
    assert summary.notes["logprobs not given"] == 3


def test_a_model_it_does_not_have_stops(served: str, tmp_path: Path) -> None:
    from humanlike.errors import HumanlikeError

    with pytest.raises(HumanlikeError, match=r"refused the first 10 prompts .* pinned to"):
        query("triplets", f"openai:other@{served}", n=100, store=tmp_path / "store.sqlite")


def test_killed_and_started_again_it_is_asked_nothing_twice(
    folder: Path, served: str, tmp_path: Path
) -> None:
    """A forwarder that writes down what is asked stands between client and server."""
    path, log, n = tmp_path / "store.sqlite", tmp_path / "log", 120
    host = served.removeprefix("http://").removesuffix("/v1")

    def forward(request: Request) -> Say:
        line = http.client.HTTPConnection(host, timeout=60)
        body = request.raw.replace(b'"fake"', f'"{folder}"'.encode())
        line.request(request.method, request.path, body, {"Content-Type": "application/json"})
        reply = line.getresponse()
        return Say(reply.read(), reply.status)

    with Endpoint(forward, str(log)) as between:
        kills = 0
        while True:
            before = len(between.requests)
            process = start(path, log, n, url=between.url, limits=PATIENT, max_tokens=TOKENS)
            while process.is_alive() and len(between.requests) < before + 15:
                time.sleep(0.01)
            if kills == 5 or not process.is_alive():
                process.join(120)
                break
            process.kill()
            process.join()
            kills += 1
    assert process.exitcode == 0
    assert kills == 5
    with Store(path) as store:
        rows = store.rows(
            "SELECT user, created FROM responses JOIN prompts ON prompts.id = prompt "
            "WHERE problem IS NULL"
        )
        assert store.rows("SELECT count(*) FROM responses") == [(n,)]
    committed = dict(rows)
    assert set(committed) == {p.user for p in plan("triplets", n=n).prompts}
    for entry in log.read_text(encoding="utf-8").splitlines():
        moment, _, user = entry.partition(" ")
        assert float(moment) < committed[user] + 0.05
    assert verify(path).problems == ()
