"""A server that fails: what is asked again, what is given up, what stops everything."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import replace
from email.utils import formatdate
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from humanlike.errors import HumanlikeError
from humanlike.models.base import Settings
from humanlike.models.openai import OpenAIModel
from humanlike.models.openai.connections import Reply
from humanlike.models.openai.faults import Malformed, of_reply
from humanlike.models.openai.wire import Wire
from humanlike.tasks.triplets import prompt
from models.endpoint import Endpoint, Request, Say, completion, error, expected, triplets
from models.servers import GREEDY, ONE, QUICK, SECRET, asked, once, some

GOOD = completion(
    Request("POST", "/v1/chat/completions", {}, b'{"messages": [{"content": "x"}]}'), "x"
)


@pytest.mark.parametrize(
    "first",
    [
        Say(b"slow down", 429),
        error(500, "oops"),
        error(502, "oops"),
        Say(b"<html>", 503),
        error(529, "overloaded"),
        error(408, "late"),
        Say(fault="reset"),
        Say(GOOD, fault="cut"),
        Say(GOOD, fault="hang"),
        Say(GOOD, fault="slow"),
        Say(json.dumps(GOOD).encode()[:-5]),
        Say(b""),
        Say(b"\xff\xfe"),
        Say(GOOD | {"choices": []}),
        Say(GOOD | {"choices": None}),
        Say(GOOD | {"choices": [{"message": {"content": 7}}]}),
        Say(GOOD | {"choices": [{"message": "dog"}]}),
        Say([GOOD]),
        Say({"error": {"message": "upstream failed", "code": 502}}),
        Say(b"[" * 100_000),
    ],
    ids=lambda say: f"{say.status} {say.fault} {str(say.body)[:20]}",
)
def test_what_may_pass_is_asked_again(first: Say) -> None:
    with Endpoint(once(first)) as server:
        (answer,) = asked(server, ONE)
        assert len(server.requests) == 2
    assert answer.problem is None
    assert answer.text == expected(ONE[0].user)


@pytest.mark.parametrize(
    "header",
    [
        {"Retry-After": "0.3"},
        {"retry-after-ms": "300"},
        {"Retry-After": "later"},
    ],
)
def test_retry_after_is_obeyed_by_all(header: dict[str, str]) -> None:
    moments: list[float] = []
    lock = threading.Lock()

    def script(request: Request) -> Say:
        with lock:
            moments.append(time.monotonic())
            return Say(b"", 429, header) if len(moments) == 1 else triplets(request)

    with Endpoint(script) as server:
        asked(server, some(20), limits=replace(QUICK, concurrency=1))
    waited = moments[1] - moments[0]
    assert waited >= (0.3 if "later" not in header.values() else 0.0)


def test_retry_after_may_be_a_date() -> None:
    reply = Reply(429, {"retry-after": formatdate(time.time() + 100, usegmt=True)}, b"")
    assert of_reply(reply).wait == pytest.approx(100, abs=2)
    past = Reply(503, {"retry-after": formatdate(time.time() - 100, usegmt=True)}, b"")
    assert of_reply(past).wait == 0.0
    for odd in ("nan", "-5", "soon", ""):
        assert of_reply(Reply(429, {"retry-after": odd}, b"")).wait in (None, 0.0)


def test_turned_away_because_of_the_rate_is_not_failing_while_others_are_answered() -> None:
    def script(request: Request) -> Say:
        return Say(b"", 429) if request.count < 8 else triplets(request)

    with Endpoint(script) as server:
        answers = asked(server, some(60), limits=replace(QUICK, concurrency=3, retries=9))
    assert all(a.problem is None for a in answers)


def test_what_does_not_pass_is_given_up_and_may_be_asked_later() -> None:
    def script(request: Request) -> Say:
        return error(500, "always") if "thing 3:" in request.prompt else triplets(request)

    with Endpoint(script) as server:
        answers = asked(server, some(6), limits=replace(QUICK, retries=2))
        assert server.asked[some(6)[3].user] == 3
    assert answers[3].problem is not None
    assert (answers[3].problem.kind, answers[3].problem.final) == ("server error", False)
    assert sum(a.problem is None for a in answers) == 5


def test_a_wait_beyond_all_patience_is_not_waited_for() -> None:
    def script(request: Request) -> Say:
        return (
            Say(b"", 429, {"Retry-After": "86400"})
            if "thing 0:" in request.prompt
            else triplets(request)
        )

    with Endpoint(script) as server:
        answers = asked(server, some(2))
    assert answers[0].problem is not None
    assert answers[0].problem.kind == "rate limit"


def test_a_kept_connection_that_the_server_closed_is_no_failure() -> None:
    with Endpoint(lambda r: Say(triplets(r).body, headers={"Connection": "close"})) as server:
        asked(server, some(10), limits=replace(QUICK, concurrency=1, retries=0))
        assert server.lines == 10
    closing = Endpoint()
    with closing as server:
        model = OpenAIModel("fake", server.url, limits=replace(QUICK, retries=0))
        assert all(a.problem is None for _, a in model.answer(some(3), GREEDY))
        for line in list(closing.open_lines):
            closing.drop(line)
        time.sleep(0.05)
        assert all(a.problem is None for _, a in model.answer(some(3), GREEDY))
        model.close()


@pytest.mark.parametrize(
    ("say", "message"),
    [
        (error(401, f"Incorrect API key provided: {SECRET}"), "does not accept the key"),
        (error(403, "country not supported"), "does not allow this"),
        (error(429, "quota", code="insufficient_quota"), "no credit left"),
        (error(429, "quota", type="insufficient_quota"), "no credit left"),
        (error(404, "The model 'fake' does not exist"), "is not there"),
        (Say(b"", 301, {"Location": "http://elsewhere"}), "no OpenAI-compatible server"),
        (Say(b"<html>", 405), "no OpenAI-compatible server"),
    ],
)
def test_what_concerns_everybody_stops_at_once_with_one_message(
    say: Say, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUMANLIKE_API_KEY", SECRET)
    with Endpoint(lambda request: say) as server:
        with pytest.raises(HumanlikeError, match=message) as problem:
            asked(server, some(500), limits=replace(QUICK, concurrency=4))
        assert len(server.requests) <= 12
    assert SECRET not in str(problem.value)


def test_an_unknown_model_is_told_which_there_are() -> None:
    def script(request: Request) -> Say:
        if request.path == "/v1/models":
            return Say({"object": "list", "data": [{"id": "llama"}, {"id": "qwen"}]})
        return error(404, "no such model")

    with Endpoint(script) as server, pytest.raises(HumanlikeError, match="has: llama, qwen"):
        asked(server, ONE)


def test_a_refused_prompt_is_its_own_failure() -> None:
    def script(request: Request) -> Say:
        return error(400, "too long") if "thing 2:" in request.prompt else triplets(request)

    with Endpoint(script) as server:
        answers = asked(server, some(5), limits=replace(QUICK, concurrency=1))
        assert server.asked[some(5)[2].user] == 1
    assert answers[2].problem is not None
    assert (answers[2].problem.kind, answers[2].problem.final) == ("request refused", True)
    assert sum(a.problem is None for a in answers) == 4


def test_a_refusal_before_the_first_answer_waits_for_it() -> None:
    def script(request: Request) -> Say:
        return error(400, "too long") if "thing 0:" in request.prompt else triplets(request)

    with Endpoint(script) as server:
        answers = asked(server, some(5), limits=replace(QUICK, concurrency=1))
    assert answers[0].problem is not None
    assert answers[0].problem.final


def test_refusing_everybody_does_not_burn_all_prompts() -> None:
    with Endpoint(lambda request: error(400, "bad template")) as server:
        with pytest.raises(HumanlikeError, match=r"refused the first 10 prompts .* bad template"):
            asked(server, some(2000), limits=replace(QUICK, concurrency=4))
        assert len(server.requests) <= 14


def test_few_refusals_and_no_answer_decide_nothing() -> None:
    with Endpoint(lambda request: error(400, "bad")) as server:
        answers = asked(server, some(3))
    assert [a.problem and a.problem.final for a in answers] == [False] * 3


def test_a_server_that_dies_does_not_burn_all_prompts() -> None:
    with Endpoint(
        lambda r: triplets(r) if "thing 1:" in r.prompt else error(500, "dead")
    ) as server:
        with pytest.raises(HumanlikeError, match="has stopped answering: 20 prompts in a row"):
            asked(server, some(2000), limits=replace(QUICK, concurrency=4, retries=1))
        assert len(server.requests) < 80


def test_nobody_there_is_said_soon() -> None:
    with Endpoint() as server:
        pass
    with pytest.raises(HumanlikeError, match=r"Nobody answers for fake at 127.0.0.1"):
        asked(server, some(100))


def test_filters_refusals_and_lengths_are_kept_as_such() -> None:
    choices = [
        {"message": {"content": None, "refusal": "I cannot."}, "finish_reason": "stop"},
        {"message": {"content": None}, "finish_reason": "content_filter"},
        {"message": {"content": "do"}, "finish_reason": "length"},
        {"message": {"content": [{"type": "text", "text": "do"}, {"type": "text", "text": "g"}]}},
    ]

    def script(request: Request) -> Say:
        number = int(request.prompt.split("thing ")[1].split(":")[0])
        return Say(completion(request, "", choices=[choices[number]]))

    with Endpoint(script) as server:
        answers = asked(server, some(4))
    assert [(a.text, a.finish) for a in answers] == [
        ("I cannot.", "refusal"),
        ("", "content_filter"),
        ("do", "length"),
        ("dog", ""),
    ]
    assert all(a.settled and a.problem is None for a in answers)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "choices",
                        "message",
                        "content",
                        "text",
                        "usage",
                        "logprobs",
                        "tokens",
                        "error",
                        "model",
                    ]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    ),
    st.booleans(),
)
def test_no_answer_breaks_the_reader(body: Any, chat: bool) -> None:
    wire = Wire("m")
    sent = wire.body(ONE[0] if chat else prompt("a", "b", "c", "base"), Settings(top_logprobs=1))
    try:
        answer = wire.read(sent, json.dumps(body).encode())
    except Malformed as problem:
        assert problem.kind in ("malformed", "empty", "server error")
    else:
        assert isinstance(answer.text, str)


@given(st.binary(max_size=200), st.integers(300, 599), st.text(max_size=30))
def test_no_error_breaks_the_reader(body: bytes, status: int, after: str) -> None:
    fault = of_reply(Reply(status, {"retry-after": after}, body), SECRET)
    assert fault.action in ("again", "refused", "stop")
    assert SECRET not in fault.message


def test_closing_the_iterator_stops_the_work() -> None:
    with Endpoint(lambda r: Say(triplets(r).body, latency=0.01)) as server:
        model = OpenAIModel("fake", server.url, limits=replace(QUICK, concurrency=4))
        answers = model.answer(some(500), GREEDY)
        next(answers)
        answers.close()  # type: ignore[attr-defined]
        count = len(server.requests)
        time.sleep(0.1)
        assert len(server.requests) == count < 50
        assert len(list(model.answer(some(5), GREEDY))) == 5, "and it can be asked again"
        model.close()
        model.close()
