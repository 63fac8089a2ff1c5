"""The arithmetic of a plan against closed forms, and what it rests on against real stores."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from humanlike.cli.main import main
from humanlike.errors import HumanlikeError
from humanlike.evaluate.asking import Asking
from humanlike.evaluate.parameters import Parameters
from humanlike.models import open_model
from humanlike.query import query
from humanlike.query.plans import plan
from humanlike.store import Store
from humanlike.sweep.measured import pace, weigh
from humanlike.sweep.planning import Size, Wish, read_sizes, reckon, steps

COUNTS = st.integers(1, 1000)
RATES = st.floats(0.01, 1e4)


@given(COUNTS, COUNTS, st.integers(1, 5), st.integers(1, 5), RATES, RATES, RATES)
def test_equal_models_take_models_times_prompts_over_pace(
    models: int, prompts: int, ways: int, seeds: int, pace: float, load: float, price: float
) -> None:
    found = reckon(
        Wish(
            models, prompts, 50, 2, ways, seeds, per_second=pace, load=load, devices=4,
            device_price=price, read_price=0.15, written_price=0.6, prompt_bytes=400,
            answer_bytes=150, record_bytes=7,
        )
    )  # fmt: skip
    n = models * ways * seeds
    assert (found.evaluations, found.answers) == (n, n * prompts)
    assert found.hours == pytest.approx((n * prompts / pace + n * load) / 3600)
    rounds = math.ceil(n / 4)
    assert found.wall == pytest.approx(rounds * (prompts / pace + load) / 3600)
    assert found.device_cost == pytest.approx((found.hours or 0) * price)
    assert found.token_cost == pytest.approx(n * prompts * (50 * 0.15 + 2 * 0.6) / 1e6)
    assert found.store == pytest.approx(ways * seeds * prompts * 400 + n * prompts * 150)
    assert found.records == 7 * n


def test_what_no_seed_changes_is_counted_once_as_it_is_asked_once(tmp_path: Path) -> None:
    """The plan of a sweep with two seeds against the answers that such a sweep leaves."""
    path = tmp_path / "store.sqlite"
    for seed in (0, 1):
        chosen = Parameters(n_triplets=40, n_words=3, seed=seed)
        asking = Asking(open_model("simulated"), chosen, path, "simulate", False, lambda _: None)
        for task in chosen.tasks:
            asking.ask(asking.plan(task), "generate")
    with Store(path) as store:
        answers = len(store)
    wish = Wish(1, 40 + 33, 50, 2, seeds=2, unseeded=33, per_second=1, load=7, devices=9)
    found = reckon(wish)
    assert found.answers == answers == 2 * 40 + 33
    assert found.hours == pytest.approx((answers + 2 * 7) / 3600)
    assert found.wall == pytest.approx((40 + 33 + 7) / 3600)
    assert dict(steps(wish))["prompts of a model"].endswith("40 + 33 that no seed changes = 113")


def test_no_more_devices_work_than_there_are_evaluations() -> None:
    wish = Wish(9, 3600, 50, 2, per_second=1, devices=8)
    assert (reckon(wish).hours, reckon(wish).wall) == (9, 2)
    assert "but 2.00 because one device" in dict(steps(wish))["hours"]
    sizes = (Size(70, 1), Size(1, 100))
    mixed = Wish(71, 3600, 50, 2, per_second=1, reference=1, sizes=sizes, devices=10)
    assert (reckon(mixed).hours, reckon(mixed).wall) == (pytest.approx(170), pytest.approx(100))


def test_time_goes_with_size() -> None:
    sizes = (Size(3, 8), Size(1, 80))
    found = reckon(Wish(4, 1000, 50, 2, per_second=10, reference=8, sizes=sizes))
    assert found.hours == pytest.approx((3 * 100 + 1000) / 3600)
    assert found.weights == (3 * 8 + 80) * 2e9


@given(COUNTS, COUNTS, RATES)
def test_every_step_shows_arithmetic_that_holds(models: int, prompts: int, pace: float) -> None:
    wish = Wish(models, prompts, 50, 2, ways=2, seeds=3, per_second=pace, device_price=2.5)
    shown = dict(steps(wish))
    for name in ("evaluations", "answers", "tokens read"):
        left, _, right = shown[name].replace(",", "").rpartition(" = ")
        product = 1.0
        for factor in left.split(" × "):
            product *= float(re.findall(r"[\d.]+", factor)[0])
        assert product == pytest.approx(float(right))


def test_without_pace_the_time_is_said_to_be_unknown() -> None:
    wish = Wish(2, 10, 5, 1)
    assert reckon(wish).hours is None
    assert "unknown" in dict(steps(wish))["time"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"models": 0}, "models must be at least 1"),
        ({"devices": 0}, "devices must be at least 1"),
        ({"per_second": 0.0}, "per_second must be above 0"),
        ({"per_second": float("nan")}, "per_second must be above 0"),
        ({"per_second": float("inf")}, "per_second must be above 0 and finite"),
        ({"device_price": float("inf")}, "device_price must not be negative or infinite"),
        ({"unseeded": 2}, "unseeded must be between 0 and the 1 prompts"),
        ({"load": -1.0}, "load must not be negative"),
        ({"sizes": (Size(3, 8),)}, "do not add up"),
        ({"models": 3, "sizes": (Size(3, 8),), "per_second": 1.0}, "some size: give it in bil"),
    ],
)
def test_impossible_wishes_are_refused(given: dict[str, object], said: str) -> None:
    with pytest.raises(HumanlikeError, match=said):
        Wish(**({"models": 1, "prompts": 1, "read": 1.0, "written": 1.0} | given))  # type: ignore[arg-type]


def test_sizes_are_read() -> None:
    assert read_sizes("700x8, 300x0.5") == (Size(700, 8), Size(300, 0.5))
    for text in ("8", "x8", "3x", "0x8", "3x-1", "3xinf", "3x1e300", "3x4,"):
        with pytest.raises(HumanlikeError, match="written as 700x8"):
            read_sizes(text)


def test_disk_is_foretold(tmp_path: Path) -> None:
    """A store of other models with more prompts is as large as the sample says, within a tenth."""
    made = plan("triplets", n=3000, concepts=[f"concept {n}" for n in range(40)])
    weight = weigh(made.prompts[:1500])
    path = tmp_path / "store.sqlite"
    for seed in range(4):
        query(made, f"simulated:seed={seed}", store=path)
    with Store(path) as store:
        store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    foretold = reckon(Wish(4, 3000, 50, 2, prompt_bytes=weight.prompt, answer_bytes=weight.answer))
    assert path.stat().st_size == pytest.approx(foretold.store, rel=0.1)


def test_pace_is_that_of_the_store(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    with pytest.raises(HumanlikeError, match="has not been asked anything yet"):
        pace("simulated", path)
    made = plan("triplets", n=200, concepts=[f"concept {n}" for n in range(40)])
    query(made, "simulated", store=path)
    with Store(path) as store:
        ((took,),) = store.rows("SELECT ended - started FROM runs")
    known = pace("simulated", path)
    assert (known.answers, known.per_second) == (200, pytest.approx(200 / took))
    assert (known.read, known.written) == (None, 1.0)


def test_the_command_shows_every_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HUMANLIKE_HOME", str(tmp_path))
    monkeypatch.setenv("HUMANLIKE_DATA", "simulated")
    wanted = ["--models", "1000", "--tasks", "triplets", "--n-triplets", "500", "--per-second",
              "100", "--gpus", "8", "--gpu-price", "2", "--api", "gpt-4o-mini", "--batch",
              "--tokens-read", "50", "--tokens-written", "2"]  # fmt: skip
    assert main(["plan", *wanted]) == 0
    said = capsys.readouterr().out
    assert "1,000 × 500 prompts = 500,000" in said
    assert "1,000 × (500 / 100.00 + 0) s / 3,600 = 1.39" in said
    assert "1.39 × 2 = 2.78" in said
    assert "(25,000,000 × 0.075 + 1,000,000 × 0.3) / 1,000,000 = 2.17" in said or "2.18" in said
    assert main(["plan", *wanted, "--json"]) == 0
    takes = json.loads(capsys.readouterr().out)["takes"]
    assert takes["hours"] == pytest.approx(1000 * 500 / 100 / 3600)
    for wrong, text in (
        ([], "Give --models N, or --sizes"),
        (["--models", "1", "--sizes", "1x8"], "Give --models N, or --sizes"),
        (["--models", "1", "--batch"], "--batch goes with --api"),
        (["--models", "1", "--api", "gpt-4o-mnii"], "Did you mean 'gpt-4o-mini'"),
        (["--models", "1", "--tasks", "triplet"], "Did you mean 'triplets'"),
    ):
        assert main(["plan", *wrong]) == 1
        assert text in capsys.readouterr().err
