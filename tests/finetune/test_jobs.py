"""Jobs at a scripted server: nothing is started twice, nothing paid for is lost."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from models.endpoint import Endpoint, Say, error

from finetune.training_endpoint import MODEL, TrainingEndpoint
from humanlike.cli.main import main
from humanlike.data.prices import training_price
from humanlike.errors import HumanlikeError
from humanlike.finetune.cost import cost_of
from humanlike.finetune.examples import ExampleSet, example_set
from humanlike.finetune.jobs import (
    Settings,
    cancel,
    fetch,
    refresh,
    submit,
    trained_spec,
)
from humanlike.models.openai import asking
from humanlike.store import Store
from humanlike.store.trainings import Training, every

SETTINGS = Settings(epochs=2, suffix="en")
KEY = "sk-" + "x" * 20


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own, simulated data, no waiting between attempts."""
    monkeypatch.setenv("HUMANLIKE_HOME", str(tmp_path))
    monkeypatch.setenv("HUMANLIKE_DATA", "simulated")
    monkeypatch.setenv("HUMANLIKE_API_KEY", KEY)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    monkeypatch.setattr(asking.Limits, "wait", lambda *_: 0.0)
    return tmp_path / "store.sqlite"


@pytest.fixture(scope="module")
def examples() -> ExampleSet:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HUMANLIKE_DATA", "simulated")
        return example_set("en_ft", n=4, missing="simulate")


@pytest.fixture
def script() -> TrainingEndpoint:
    return TrainingEndpoint()


@pytest.fixture
def server(script: TrainingEndpoint) -> Iterator[Endpoint]:
    with Endpoint(script) as running:
        yield running


def base(server: Endpoint) -> str:
    return f"openai:fake-1@{server.url}"


def start(server: Endpoint, examples: ExampleSet, place: Path, **more) -> Training:
    started = submit(base(server), examples, SETTINGS, store=place, **more)
    assert started is not None
    return started


def posts(server: Endpoint, path: str) -> int:
    return sum(r.method == "POST" and r.path.endswith(path) for r in server.requests)


def test_from_submission_to_a_model_that_can_be_asked(
    server: Endpoint, script: TrainingEndpoint, examples: ExampleSet, place: Path
) -> None:
    train, held = examples.split(0.25, seed=0)
    lines: list[str] = []
    started = start(server, train, place, held=held, tell=lines.append)
    assert started.state == "validating_files"
    assert "at an unknown price" in lines[0]
    asked = script.jobs["ftjob-0"]
    assert asked["model"] == "fake-1"
    assert asked["suffix"] == "en"
    assert asked["method"]["supervised"]["hyperparameters"] == {"n_epochs": 2}
    sent = script.files[asked["training_file"]].decode().splitlines()
    assert sent == list(train.chat_lines())
    assert script.files[asked["validation_file"]].decode().splitlines() == list(held.chat_lines())

    lines.clear()
    with pytest.raises(HumanlikeError, match="not ready: running"):
        fetch(started.id, store=place, tell=lines.append)
    script.state = "succeeded"
    done = fetch(started.id, store=place, tell=lines.append)
    assert lines == [f"training 1: event {n}" for n in range(3)], "each event is told once"
    assert done.result == f"openai:{MODEL}@{server.url}"
    assert done.told["job"]["trained_tokens"] == 1234
    assert done.told["checkpoints"][0]["step"] == 9
    for name in ("finetuned:1", "finetuned:en_ft"):
        assert trained_spec(name, place) == done.result

    known = len(server.requests)
    assert fetch(started.id, store=place).result == done.result
    assert len(server.requests) == known, "a finished job is not asked for again"


def test_the_same_job_is_not_started_twice_and_another_seed_is_another_job(
    server: Endpoint, examples: ExampleSet, place: Path
) -> None:
    first = start(server, examples, place)
    lines: list[str] = []
    assert start(server, examples, place, tell=lines.append).id == first.id
    assert "started before" in lines[-1]
    submit(base(server), examples, replace(SETTINGS, seed=1), store=place)
    assert posts(server, "/fine_tuning/jobs") == 2


@pytest.mark.parametrize("lost", ["POST /files", "POST /fine_tuning/jobs"])
def test_a_lost_answer_starts_nothing_twice(
    lost: str,
    server: Endpoint,
    script: TrainingEndpoint,
    examples: ExampleSet,
    place: Path,
) -> None:
    script.lose.add(lost)
    started = start(server, examples, place)
    assert started.name == "ftjob-0"
    assert list(script.jobs) == ["ftjob-0"]


def test_cut_off_after_the_job_was_started_it_is_found_again(
    server: Endpoint,
    script: TrainingEndpoint,
    examples: ExampleSet,
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from humanlike.models.openai.training import TrainingServer

    real = TrainingServer.submit

    def cut_off(self, wish):
        real(self, wish)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(TrainingServer, "submit", cut_off)
        start(server, examples, place)
    assert len(script.jobs) == 1
    assert start(server, examples, place).name == "ftjob-0"
    assert len(script.jobs) == 1
    assert len(script.files) == 1


def test_cut_off_after_the_upload_the_file_is_not_sent_again(
    server: Endpoint, script: TrainingEndpoint, examples: ExampleSet, place: Path
) -> None:
    script.say["POST /fine_tuning/jobs"] = [error(403, "not now")]
    with pytest.raises(HumanlikeError, match=r"not now.*goes on from here"):
        start(server, examples, place)
    assert start(server, examples, place).name == "ftjob-0"
    assert len(script.files) == 1


def test_a_failed_job_says_why_and_can_be_started_anew(
    server: Endpoint, script: TrainingEndpoint, examples: ExampleSet, place: Path
) -> None:
    started = start(server, examples, place)
    script.state = "failed"
    with pytest.raises(HumanlikeError, match="Training 1 failed: the file has a line too many"):
        fetch(started.id, store=place)
    script.state = "running"
    again = start(server, examples, place)
    assert (again.id, again.name) == (2, "ftjob-1")
    assert len(every(Store(place))) == 2, "the failed one stays on record"


def test_cancelling(
    server: Endpoint, script: TrainingEndpoint, examples: ExampleSet, place: Path
) -> None:
    started = start(server, examples, place)
    assert cancel(started.id, store=place).state == "cancelled"
    assert script.state == "cancelled"
    with pytest.raises(HumanlikeError, match="was cancelled"):
        fetch(started.id, store=place)
    with pytest.raises(HumanlikeError, match=r"finetuned:1: it is cancelled"):
        trained_spec("finetuned:1", place)


def test_rate_limits_and_faults_of_the_server_are_waited_out(
    server: Endpoint, script: TrainingEndpoint, examples: ExampleSet, place: Path
) -> None:
    slow = Say(b"slow down", 429, {"Retry-After": "0"})
    script.say = {
        "POST /files": [slow, error(500, "oops")],
        "POST /fine_tuning/jobs": [slow, slow],
    }
    started = start(server, examples, place)
    script.say = {f"GET /fine_tuning/jobs/{started.name}": [slow, error(503, "oops")]}
    script.state = "succeeded"
    assert fetch(started.id, store=place).result


@pytest.mark.parametrize(
    ("path", "said", "message"),
    [
        ("POST /files", error(401, f"bad key {KEY}", code="invalid_api_key"), r"\(key\): bad key"),
        (
            "POST /fine_tuning/jobs",
            error(429, "You exceeded your quota", code="insufficient_quota"),
            r"\(no money\): You exceeded your quota",
        ),
        ("POST /files", error(400, "line 3 is no JSON"), "line 3 is no JSON"),
        ("POST /fine_tuning/jobs", error(404, "no such model"), "no such model"),
        ("POST /fine_tuning/jobs", Say(b"<html>", 200), "no object of JSON"),
        ("POST /fine_tuning/jobs", Say({"id": "x"}, 200), "no fine-tuning job"),
    ],
    ids=["key", "quota", "refused file", "unknown model", "no JSON", "no job"],
)
def test_refusals_are_one_message_and_lose_nothing(
    path: str,
    said: Say,
    message: str,
    server: Endpoint,
    script: TrainingEndpoint,
    examples: ExampleSet,
    place: Path,
) -> None:
    script.say[path] = [said]
    with pytest.raises(HumanlikeError, match=message) as caught:
        start(server, examples, place)
    assert KEY not in str(caught.value)
    assert start(server, examples, place).name == "ftjob-0"


def test_no_key_is_one_message_and_nothing_is_sent(examples: ExampleSet, place: Path) -> None:
    with pytest.raises(HumanlikeError, match="Set the variable OPENAI_API_KEY"):
        submit("openai:gpt-4o-mini", examples, SETTINGS, max_cost=99, store=place)


def test_openai_is_not_asked_without_a_limit_it_keeps(
    examples: ExampleSet, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setattr("humanlike.models.openai.calls.Caller.call", None)
    with pytest.raises(HumanlikeError, match=r"Say with --max-cost .* about \$0\.0"):
        submit("openai:gpt-4o-mini-2024-07-18", examples, SETTINGS, store=place)
    with pytest.raises(HumanlikeError, match=r"more than --max-cost 0.0001.*Nothing was sent"):
        submit("openai:gpt-4o-mini", examples, SETTINGS, max_cost=0.0001, store=place)
    with pytest.raises(HumanlikeError, match="--price-train"):
        submit("openai:gpt-9", examples, SETTINGS, max_cost=1, store=place)
    assert submit("openai:gpt-4o", examples, SETTINGS, dry_run=True, store=place) is None


def test_the_estimate_is_the_length_times_epochs_times_price() -> None:
    found = cost_of(b"x" * 1200, 10, 3, price=2.0)
    assert found.tokens == 3 * (300 + 160)
    assert found.dollars == pytest.approx(found.tokens * 2e-6)
    assert found.most == pytest.approx(3 * (400 + 160) * 2e-6)
    assert cost_of(b"x", 1, 1, None).dollars is None


def test_prices_ignore_dates_and_refuse_nonsense(tmp_path: Path) -> None:
    assert training_price("gpt-4o-mini-2024-07-18") == training_price("gpt-4o-mini")
    assert training_price("gpt-9") is None
    bad = tmp_path / "prices.yml"
    bad.write_text("training: {a: much}")
    with pytest.raises(HumanlikeError, match="number of dollars"):
        training_price("a", bad)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda e, p: submit("hf:x", e, SETTINGS, store=p), "openai:NAME"),
        (lambda e, p: submit("openai:", e, SETTINGS, store=p), "openai:NAME"),
        (
            lambda e, p: submit("openai:x", replace(e, examples=e.examples[:5]), SETTINGS, store=p),
            "needs 10 examples",
        ),
        (lambda e, p: submit("openai:x", replace(e, examples=()), SETTINGS), "no examples"),
        (lambda e, p: Settings(epochs=0), "at least one epoch"),
        (lambda e, p: Settings(suffix="a b"), "suffix"),
        (lambda e, p: fetch(7, store=p), "no training 7. Known: none"),
        (lambda e, p: trained_spec("finetuned:en_ft", p), "no such training"),
    ],
)
def test_impossible_wishes_are_refused(
    make, message: str, examples: ExampleSet, place: Path
) -> None:
    with pytest.raises(HumanlikeError, match=message):
        make(examples, place)


def test_the_key_is_kept_nowhere(server: Endpoint, examples: ExampleSet, place: Path) -> None:
    start(server, examples, place)
    refresh(store=place)
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"
    for file in place.parent.rglob("*"):
        assert file.is_dir() or KEY.encode() not in file.read_bytes()


def test_an_older_store_gains_the_table(place: Path) -> None:
    from humanlike.store import schema

    connection = sqlite3.connect(place)
    for table in schema.TABLES[:-1]:
        for statement in (table.statement, *table.indexes):
            connection.execute(statement)
    connection.execute("PRAGMA user_version = 2")
    connection.commit()
    connection.close()
    with Store(place) as store:
        assert every(store) == []


def test_the_commands(
    server: Endpoint, script: TrainingEndpoint, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = ["--store", str(place)]
    ask = ["finetune", "submit", "en_ft", base(server), "--n", "4", *at]
    assert main(["finetune", "status", *at]) == 0
    assert main([*ask, "--dry-run"]) == 0
    assert "Nothing was sent." in capsys.readouterr().out
    assert main(ask) == 0
    script.state = "succeeded"
    assert main(["finetune", "status", *at]) == 0
    assert f"openai:{MODEL}" in capsys.readouterr().out
    assert main(["finetune", "fetch", "1", *at]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "humanlike query ratings finetuned:1"
    assert main(["query", "triplets", "finetuned:en_ft", "--n", "3", "--json", *at]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["summary"]["prompts"] == 3
    assert main(["query", "triplets", "finetuned:9", *at]) == 1
    assert main(["finetune", "cancel", "9", *at]) == 1
