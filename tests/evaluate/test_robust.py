"""Asked in other ways: models whose likings are known, and what is said of it beforehand."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from scipy.spatial.distance import pdist
from scipy.stats import spearmanr, zscore

from humanlike.cli.main import main
from humanlike.data.norms import DIMENSIONS
from humanlike.evaluate import Evaluation, evaluate, rating_ways, said, tables
from humanlike.evaluate.parameters import Parameters, resolve
from humanlike.evaluate.planned import planned
from humanlike.evaluate.rating_ways import Rerated, by_words, rerate
from humanlike.evaluate.robust import asking, robustness
from humanlike.evaluate.run import norms_of, scale_of
from humanlike.evaluate.triplet_ways import triplet_ways, vary
from humanlike.models import open_model
from humanlike.models.base import Answer, Mode, Model, Prompt
from humanlike.models.chance import uniform
from humanlike.models.scripted import Scripted
from humanlike.store.store import Store
from humanlike.tasks.prompt import Scale

from .conftest import PERFECT, SMALL

WORDS = 16
PLAIN = {name: value for name, value in SMALL.items() if name not in ("n_jobs", "missing")}


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Save a tiny Llama with random weights."""
    from models.tiny import make

    return make(tmp_path_factory.mktemp("models") / "tiny-llama")


@pytest.fixture
def parameters() -> Parameters:
    """Few questions, few resamples."""
    return resolve("quick", **PLAIN)


def truth(scale: Scale) -> float:
    """Return a made-up rating from 1 to 4, of quarters."""
    return 1 + round(12 * uniform(1, scale.word, scale.dimension)[0]) / 4


def speaking(say: Callable[[Prompt, Scale], float], name: str) -> Scripted:
    """Return a model that says a number."""
    return Scripted(
        lambda one: Answer(f"{say(one, cast('Scale', one.question)):g}", finish="stop"), name=name
    )


def rated(model: str | Model, parameters: Parameters, mode: Mode = "generate") -> list[Rerated]:
    """Ask for ratings in all ways."""
    with asking(model, parameters, missing="simulate") as ask:
        return rerate(ask, mode, norms_of("simulate"), WORDS)


def of_kind(found: list[Rerated], kind: str) -> Rerated:
    """Return the first way of a kind."""
    return next(one for one in found if one.kind == kind)


def numbers(one: Any) -> tuple[float, float, float]:
    """Return a value and the ends of its interval."""
    return one.value, one.low, one.high


def test_who_always_says_four_likes_high_numbers_and_nothing_else(parameters: Parameters) -> None:
    found = rated(Scripted("4"), parameters)
    turned = of_kind(found, "turned")
    assert numbers(turned.liking) == (1.5, 1.5, 1.5)
    assert numbers(turned.shift) == (-3, -3, -3)
    assert turned.rho is None
    assert turned.people is None
    assert numbers(of_kind(found, "wording").near) == (1, 1, 1)
    assert of_kind(found, "wording").liking is None
    assert "a liking for high numbers: +1.50 points [1.50, 1.50]" in said.rerated(found)


@pytest.mark.parametrize(("liking", "words"), [(0.0, "no liking for"), (0.5, "liking for high"),
                                               (-1.0, "liking for low")])  # fmt: skip
def test_a_known_liking_is_found_and_meaning_alone_shows_none(
    liking: float, words: str, parameters: Parameters
) -> None:
    model = speaking(lambda _, scale: scale.turned(truth(scale)) + liking, f"likes {liking}")
    found = rated(model, parameters)
    turned = of_kind(found, "turned")
    assert numbers(turned.liking) == pytest.approx((liking,) * 3)
    assert numbers(turned.rho) == pytest.approx((1, 1, 1))
    assert numbers(turned.distance) == pytest.approx((2 * abs(liking),) * 3)
    assert words in said.rerated(found)


def test_an_unread_turn_is_no_liking(parameters: Parameters) -> None:
    found = rated(speaking(lambda _, scale: truth(scale), "does not read"), parameters)
    assert numbers(of_kind(found, "turned").rho) == pytest.approx((-1, -1, -1))
    assert "answers as if it were not" in said.rerated(found)
    assert "liking for high" not in said.rerated(found)


def test_a_known_shift_of_one_wording_is_found_there_only(parameters: Parameters) -> None:
    found = rated(
        speaking(lambda one, scale: scale.turned(truth(scale)) + one.user.startswith("Concept:"),
                 "shifts"), parameters,
    )  # fmt: skip
    base, first, second, *_ = found
    assert (base.kind, first.label, second.label) == (
        "baseline", "wording “word first”", "wording “keywords”",
    )  # fmt: skip
    assert numbers(second.shift) == pytest.approx((1, 1, 1))
    assert numbers(second.near) == (0, 0, 0)
    assert numbers(second.rho) == pytest.approx((1, 1, 1))
    assert numbers(second.gain) == pytest.approx((0, 0, 0))
    assert numbers(first.distance) == (0, 0, 0)
    assert second.people and base.people and second.people.value == base.people.value
    assert "most: wording “keywords”. They move by 1.00 points" in said.rerated(found)


def test_missing_ratings_are_left_out_and_counted(parameters: Parameters) -> None:
    model = Scripted(
        lambda one: Answer("2" if "Visual" in one.user else "well"), name="mostly nothing"
    )
    found = rated(model, parameters)
    assert of_kind(found, "turned").valid
    assert numbers(of_kind(found, "turned").valid) == pytest.approx((1 / 11,) * 3)
    none = rated(Scripted("well"), parameters)
    assert none[1].distance is None
    assert said.rerated(none).startswith("No other way of asking gave a rating.")


def test_a_simulated_observer_turns_with_the_scale(parameters: Parameters) -> None:
    found = rated(PERFECT, parameters)
    turned = of_kind(found, "turned")
    assert numbers(turned.near) == (1, 1, 1)
    assert turned.liking and turned.liking.value == 0
    mean = found[-1]
    assert mean.label == "mean of the scored numbers"
    assert mean.distance and mean.distance.value == 0
    noisy = {way.label: way for way in rated("simulated:noise=2", parameters)}
    assert noisy["scored instead of written"].distance
    assert noisy["mean of the scored numbers"].distance
    assert noisy["wording “keywords”"].why_not


def test_what_cannot_be_varied_is_said_for_every_kind(llama: Path, parameters: Parameters) -> None:
    common = {"baseline", "wording", "form", "mode", "temperature", "again"}
    simulated = {"baseline", "mode", "again"}
    kinds: list[tuple[str, Mode, tuple[set[str], set[str]]]] = [
        ("simulated:noise=0.1", "generate", (simulated | {"order"}, simulated | {"turned"})),
        ("encoder:", "generate", ({"baseline", "wording", "order"}, {"baseline", "wording"})),
        (f"hf:{llama}", "generate", (common | {"order"}, common - {"again"} | {"turned"})),
        (f"hf:{llama}", "score", (common - {"temperature", "again"} | {"order"},
                                  common - {"temperature", "again"} | {"turned"})),
    ]  # fmt: skip
    for spec, mode, applies in kinds:
        with asking(spec, parameters, missing="simulate") as ask:
            both = (triplet_ways(ask, ask.plan("triplets"), mode),
                    rating_ways.rating_ways(ask, ask.plan("ratings"), mode))  # fmt: skip
        for ways, wanted in zip(both, applies, strict=True):
            assert {way.kind for way in ways if not way.why_not} == wanted
            assert {way.kind for way in ways} >= common
    reasons = {way.label: way.why_not for way in both[1]}
    assert reasons["temperature 1"] == "scores do not depend on the temperature"
    assert reasons["written instead of scored"] == ""
    with asking(f"hf:{llama}", parameters, missing="simulate") as ask:
        ways = rating_ways.rating_ways(ask, ask.plan("ratings"), "generate")
    reasons = {way.label: way.why_not for way in ways}
    assert reasons["temperature 0"] == "it was asked at this temperature"
    assert reasons["temperature 1"] == ""


def test_an_encoder_turns_with_the_scale_as_is_said_of_it() -> None:
    model = open_model("encoder:")
    scales = [Scale("perfume", "Olfactory", "smelling", *ends) for ends in ((0, 5), (5, 0))]
    from humanlike.models.base import Settings

    prompts = [Prompt("", question=scale) for scale in scales]
    told = [float(one.text) for _, one in model.answer(prompts, Settings())]
    assert told[0] == pytest.approx(scales[1].turned(told[1]))
    assert told[0] != told[1]
    model.close()


def test_swapped_options_show_a_liking_for_the_first_one(parameters: Parameters) -> None:
    """One who always names the first option never makes the same choice in the other order."""
    scale = scale_of(parameters, "simulate", 1)
    for spec, same, first in ((PERFECT, 1.0, 0.5), ("simulated:noise=1,bias=60", 0.0, 1.0)):
        with asking(spec, parameters, missing="simulate") as ask:
            found = {one.kind: one for one in vary(ask, "generate", scale, 400, n_jobs=1)}
        assert found["baseline"].same and found["order"].same and found["order"].first
        assert found["baseline"].same.value == 1
        assert found["order"].same.value == same
        assert found["order"].first.value == pytest.approx(first, abs=0.1)


def test_the_curve_by_words_is_the_rsa_of_the_first_words(
    found: dict[str, Evaluation], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rating_ways, "SIZES", (20, 40, 100))
    one, norms = next(one for spec, one in found.items() if "noise" in spec), norms_of("simulate")
    part = one.ratings
    assert part and part.rsa
    curve = by_words(part, norms, one.parameters)
    assert list(curve) == [20, 40, part.n_words]
    assert curve[part.n_words] == part.rsa
    people = norms.tables["human"]
    words = [word for word in people.index if word in part.words][:20]
    own = [[part.ratings[name][part.words.index(word)] for name in DIMENSIONS] for word in words]
    spaces = [zscore(np.array(table, float)) for table in (people.loc[words], own)]
    rho = spearmanr(*(pdist(space, "cosine") for space in spaces)).statistic
    assert curve[20].value == pytest.approx(rho)
    assert curve[20].low is not None and curve[20].high is not None
    assert curve[20].low < curve[20].value < curve[20].high
    assert said.stable(curve, "RSA", "words").startswith("RSA ")


def test_a_page_has_a_row_for_every_way(found: dict[str, Evaluation]) -> None:
    one = found[PERFECT]
    robust = robustness(PERFECT, one, {"triplets": 100, "ratings": WORDS}, missing="simulate",
                        n_jobs=1)  # fmt: skip
    table = tables.rerated_table(robust.ratings)
    left_out = tables.left_out_table(triplets=robust.triplets, ratings=robust.ratings)
    assert len(left_out)
    assert left_out["Why not"].str.len().min() > 0
    assert len(table) + (left_out["Test"] == "ratings").sum() == len(robust.ratings)
    assert table["Shift, points"].iloc[0] == "+0.00 [+0.00, +0.00]"
    asked = len(tables.variant_table(robust.triplets))
    assert asked + (left_out["Test"] == "triplets").sum() == len(robust.triplets)
    assert robustness(PERFECT, one, {}, missing="simulate", n_jobs=1).ratings == []
    assert said.rerated([]) == "Ratings were not asked for in other ways."


def told(spec: str, store: Path, again: dict[str, int]) -> list[str]:
    """Return what is said of an evaluation beforehand."""
    lines: list[str] = []
    planned(spec, again, store=store, missing="simulate", tell=lines.append, **PLAIN)
    return lines


@pytest.mark.parametrize("spec", ["simulated:space=human,noise=0.3", "simulated:silent=1"])
def test_what_is_said_beforehand_is_what_is_asked(spec: str, tmp_path: Path) -> None:
    """Also of one who says nothing when it is let write, once the first answers show it."""
    store, again = tmp_path / "store.sqlite", {"triplets": 100, "ratings": 5}
    silent = "silent" in spec
    lines = told(spec, store, again)
    assert any(line.startswith("If the first 200 answers") for line in lines)
    if silent:
        with asking(spec, resolve(**PLAIN), store=store, missing="simulate") as ask:
            for task in ("triplets", "ratings"):
                ask._why_score(ask.plan(task), "generate")
        lines = told(spec, store, again)
        assert not any(line.startswith("If the first 200 answers") for line in lines)
    before = count(store)
    (text,) = [line for line in lines if line.startswith("in all")]
    (said_so,) = re.findall(r"in all: ([\d,]+) to ask", text)
    found = evaluate(spec, store=store, **SMALL)
    assert found.ratings and found.ratings.asked.mode == ("score" if silent else "generate")
    assert bool(found.ratings.asked.why) == silent
    robustness(spec, found, again, store=store, missing="simulate", n_jobs=1)
    assert count(store) - before == int(said_so.replace(",", ""))
    assert "in all: nothing to ask" in told(spec, store, again)


def count(store: Path) -> int:
    """Return how many answers there are."""
    with Store(store) as opened:
        return int(opened.rows("SELECT count(*) FROM responses")[0][0])


def test_the_command_says_what_its_page_would_ask(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ["evaluate", "simulated:noise=0.1", "--n-triplets", "700", "--n-words", "24",
                 "--dry-run"]  # fmt: skip
    assert main(arguments) == 0
    whole = capsys.readouterr().out
    assert "triplets, options in the other order: 700 prompts" in whole
    assert "ratings, scale turned round, 0 is the most: 264 prompts" in whole
    assert main([*arguments, "--robust", "0", "--robust-words", "3"]) == 0
    part = capsys.readouterr().out
    assert "ratings, scale turned round, 0 is the most: 33 prompts" in part
    assert "options in the other order" not in part
    assert main([*arguments, "--no-page"]) == 0
    assert "asked once more" not in capsys.readouterr().out
    assert main([*arguments, "--robust", "-1"]) == 1
    assert "n_robust" in capsys.readouterr().err
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    server = ["evaluate", "openai:gpt-4o-mini", *arguments[2:]]
    assert main(server) == 0
    out = capsys.readouterr().out
    assert "Other ways of asking are left out for a server" in out
    assert "scale turned round" not in out
    assert main([*server, "--robust-words", "2"]) == 0
    out = capsys.readouterr().out
    assert "scale turned round, 0 is the most: 22 prompts" in out
    assert "options in the other order" not in out
