"""Whom a key is sent to, what an address is, and what answers cost."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from humanlike.errors import HumanlikeError
from humanlike.models import open_model
from humanlike.models.base import Settings
from humanlike.models.openai import OpenAIModel
from humanlike.models.openai.faults import LONGEST_MESSAGE, redacted
from humanlike.models.openai.spending import Price, known_price
from models.endpoint import Endpoint, Request, Say, triplets
from models.servers import GREEDY, ONE, QUICK, SECRET, asked, some


def test_the_key_of_openai_goes_to_openai_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    monkeypatch.setenv("HUMANLIKE_API_KEY", "other")
    with Endpoint() as server:
        asked(server, ONE)
        assert server.requests[0].headers["authorization"] == "Bearer other"
        monkeypatch.delenv("HUMANLIKE_API_KEY")
        asked(server, ONE)
        assert "authorization" not in server.requests[1].headers
    own = ("https://api.openai.com/v1", "https://eu.api.openai.com/v1")
    others = (
        "http://api.openai.com/v1",
        "https://api.openai.com.evil.org/v1",
        "https://evilapi.openai.com.x/v1",
        "https://notapi.openai.com/v1",
    )
    assert all(OpenAIModel("m", url).at_openai for url in own)
    assert not any(OpenAIModel("m", url).at_openai for url in others)


def test_openai_wants_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(HumanlikeError, match="Set the variable OPENAI_API_KEY"):
        list(OpenAIModel("gpt-4o-mini").answer(ONE, GREEDY))
    monkeypatch.setenv("OPENAI_API_KEY", "a\nb")
    with pytest.raises(HumanlikeError, match="no key has"):
        list(OpenAIModel("gpt-4o-mini").answer(ONE, GREEDY))


def test_messages_hold_no_key_and_are_short() -> None:
    text = f"Incorrect API key: {SECRET}, Authorization: Bearer abcdef, pk-12345678 " + "x" * 1000
    assert SECRET not in (said := redacted(text, SECRET))
    assert "abcdef" not in said
    assert "pk-1234" not in said
    assert len(said) <= LONGEST_MESSAGE + 1


@pytest.mark.parametrize(
    ("spec", "full"),
    [
        ("openai:gpt-4o-mini", "openai:gpt-4o-mini"),
        ("openai:gpt-4o-mini@https://api.openai.com/v1/", "openai:gpt-4o-mini"),
        ("openai:ft:gpt-4o-mini-2024-07-18:org::id", "openai:ft:gpt-4o-mini-2024-07-18:org::id"),
        ("openai:org/m@http://Host:8000", "openai:org/m@http://host:8000/v1"),
        ("openai:m@http://h/v1/chat/completions", "openai:m@http://h/v1"),
        ("openai:a@b@http://h/x/", "openai:a@b@http://h/x"),
    ],
)
def test_specs_have_one_full_form(spec: str, full: str) -> None:
    assert open_model(spec).info().spec == full
    assert open_model(full).info().spec == full


@pytest.mark.parametrize(
    ("spec", "options", "message"),
    [
        ("openai:", {}, "Which model"),
        ("openai:m@localhost:8000", {}, "begins with http"),
        ("openai:m@http://", {}, "begins with http"),
        ("openai:m@http://hôte/v1", {}, "begins with http"),
        ("openai:m@http://u:p@h/v1", {}, "must not hold a password"),
        ("openai:m@http://h/v1?key=1", {}, "ends with its path"),
        ("openai:m@http://h:99999999/v1", {}, "port"),
        ("openai:m", {"concurrency": 0}, "At least one request"),
        ("openai:m", {"timeout": 0.0}, "time-out above 0"),
        ("openai:m", {"retries": -1}, "no fewer than 0"),
        ("openai:m", {"price_in": 1.0}, "both prices"),
        ("openai:m", {"price_in": -1.0, "price_out": 1.0}, "Prices are at least 0"),
        ("openai:m", {"price_in": math.nan, "price_out": 1.0}, "Prices are at least 0"),
        ("openai:m", {"price_in": 1.0, "price_out": math.inf}, "Prices are at least 0"),
        ("openai:gpt-4o-mini", {"max_cost": math.nan}, "at least 0 dollars"),
        ("openai:m", {"max_cost": 1.0}, "price of this model is not known"),
        ("openai:gpt-4o-mini", {"max_cost": -1.0}, "at least 0 dollars"),
        ("openai:m", {"colour": 1}, "Unknown option of openai:"),
        ("simulated:", {"concurrency": 3}, "Unknown option of simulated: 'concurrency'"),
    ],
)
def test_what_makes_no_sense_is_refused(spec: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(HumanlikeError, match=message):
        open_model(spec, **options)


def test_another_address_in_the_environment_must_be_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "https://gate.example/v1")
    with pytest.raises(HumanlikeError, match=r"openai:m@https://gate.example/v1"):
        open_model("openai:m")
    monkeypatch.setenv("OPENAI_BASE_URL", "https://api.openai.com/v1")
    assert open_model("openai:m").info().spec == "openai:m"


def test_prices_are_found_by_name_without_its_date() -> None:
    assert known_price("gpt-4o-mini-2024-07-18") == known_price("gpt-4o-mini") != None  # noqa: E711
    assert known_price("gpt-4o") != known_price("gpt-4o-mini")
    assert known_price("llama") is None
    assert known_price("ft:gpt-4o-mini-2024-07-18:org::id") is None, "fine-tuned models cost more"
    assert OpenAIModel("gpt-4o-mini", "http://localhost:1").price is None


def test_the_cost_limit_holds_with_many_on_their_way() -> None:
    price = Price(1000.0, 10_000.0)
    each = price.of(30, 2)
    limit = 100 * each

    def script(request: Request) -> Say:
        fault = "reset" if request.count == 0 and "5:" in request.prompt else ""
        return Say(triplets(request).body, latency=0.005, fault=fault)

    with Endpoint(script) as server:
        model = OpenAIModel(
            "fake", server.url, limits=replace(QUICK, concurrency=16), price=price, max_cost=limit
        )
        answers = []
        with pytest.raises(HumanlikeError, match="--max-cost"):
            answers += list(model.answer(some(500), GREEDY))
        model.close()
        known = sum(r.prompt in {p.user for p in some(500)} for r in server.requests)
        assert known * each <= limit
        assert known > 20
    assert model.spending.spent <= limit


def test_answers_before_the_cost_limit_arrive() -> None:
    price = Price(1000.0, 10_000.0)
    with Endpoint() as server:
        model = OpenAIModel("fake", server.url, limits=QUICK, price=price, max_cost=1.0)
        arrived = []
        with pytest.raises(HumanlikeError, match="same command"):
            for _, answer in model.answer(some(500), Settings(temperature=0, max_tokens=4)):
                arrived.append(answer)
        assert len(arrived) == len(server.requests)
        assert model.spending.spent == pytest.approx(len(arrived) * price.of(30, 2))
        model.close()
