"""Asking a server: what is sent, what is made of the answers, what follows from each failure."""

from __future__ import annotations

import json
import math
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from email.utils import formatdate
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from humanlike.errors import HumanlikeError
from humanlike.models import open_model
from humanlike.models.base import Answer, Prompt, Settings, Token, Usage
from humanlike.models.openai import OpenAIModel
from humanlike.models.openai.asking import Limits
from humanlike.models.openai.connections import Reply
from humanlike.models.openai.faults import LONGEST_MESSAGE, Malformed, of_reply, redacted
from humanlike.models.openai.spending import Price, known_price
from humanlike.models.openai.wire import Wire, derived_seed
from humanlike.tasks.triplets import prompt
from models.endpoint import Endpoint, Request, Say, completion, error, expected, triplets

QUICK = Limits(timeout=0.4, first_wait=0.005, longest_wait=0.02)
ONE = [prompt("cat", "dog", "car")]
GREEDY = Settings(temperature=0)
SECRET = "sk-test-0123456789abcdef"


def some(n: int) -> list[Prompt]:
    return [prompt(f"thing {i}", f"left {i}", f"right {i}") for i in range(n)]


def asked(
    endpoint: Endpoint, prompts: list[Prompt], settings: Settings = GREEDY, **more: Any
) -> list[Answer]:
    """Ask, and return the answers in the order of the prompts; each place comes once."""
    model = OpenAIModel("fake", endpoint.url, **({"limits": QUICK} | more))
    try:
        pairs = list(model.answer(prompts, settings))
    finally:
        model.close()
    assert sorted(place for place, _ in pairs) == list(range(len(prompts)))
    found = dict(pairs)
    return [found[n] for n in range(len(prompts))]


def once(first: Say | Callable[[Request], Say]) -> Callable[[Request], Say]:
    """Return a script that fails the first time a prompt is asked."""

    def script(request: Request) -> Say:
        if request.count == 0:
            return first if isinstance(first, Say) else first(request)
        return triplets(request)

    return script


# --- what is sent ---------------------------------------------------------------------------------


def test_a_chat_is_sent_as_the_sdk_would_and_its_answer_read() -> None:
    from openai.types.chat import completion_create_params

    known = set(completion_create_params.CompletionCreateParamsBase.__annotations__)
    settings = Settings(temperature=0.7, top_p=0.9, max_tokens=5, top_logprobs=2, seed=3)
    with Endpoint() as server:
        (answer,) = asked(server, ONE, settings)
        (request,) = server.requests
    body = request.body
    assert request.path == "/v1/chat/completions"
    assert set(body) <= known
    assert body["messages"] == [
        {"role": "system", "content": ONE[0].system},
        {"role": "user", "content": ONE[0].user},
    ]
    assert (body["temperature"], body["top_p"], body["max_tokens"]) == (0.7, 0.9, 5)
    assert (body["logprobs"], body["top_logprobs"]) == (True, 2)
    assert body["seed"] == derived_seed(settings, ONE[0])
    assert answer.text == expected(ONE[0].user)
    assert answer.usage == Usage(30, 2)
    assert answer.finish == "stop"
    assert answer.seconds is not None
    assert answer.origin["model"] == "fake-2026-01-01"
    assert answer.origin["system_fingerprint"] == "fp_1"


def test_a_base_prompt_is_continued_as_it_stands() -> None:
    from openai.types import completion_create_params

    known = set(completion_create_params.CompletionCreateParamsBase.__annotations__)
    base = prompt("cat", "dog", "car", "base")
    with Endpoint(lambda request: Say(completion(request, " dog"))) as server:
        (answer,) = asked(server, [base], Settings(temperature=0, top_logprobs=3))
        (request,) = server.requests
    assert request.path == "/v1/completions"
    assert set(request.body) <= known
    assert request.body["prompt"] == base.text
    assert request.body["logprobs"] == 3
    assert answer.text == " dog"


def test_the_models_own_sampling_sends_no_temperature_but_a_seed() -> None:
    body = Wire("m").body(ONE[0], Settings())
    assert not {"temperature", "top_p", "logprobs"} & set(body)
    assert body["seed"] == derived_seed(Settings(), ONE[0])
    assert "seed" not in Wire("m").body(ONE[0], GREEDY)


def test_every_prompt_trial_and_seed_has_a_seed_of_its_own() -> None:
    prompts = [replace(p, trial=trial) for p in some(50) for trial in range(4)]
    seeds = {derived_seed(Settings(seed=s), p) for p in prompts for s in range(3)}
    assert len(seeds) == 600
    assert all(0 <= seed < 2**31 for seed in seeds)


def test_the_sdk_reads_our_test_server_as_openai() -> None:
    """The imitation is judged by OpenAI's own client, which knows nothing of it."""
    from openai import OpenAI

    with Endpoint() as server, OpenAI(base_url=server.url, api_key="x") as client:
        found = client.chat.completions.create(
            model="fake", messages=[{"role": "user", "content": ONE[0].user}]
        )
    assert found.choices[0].message.content == expected(ONE[0].user)
    assert found.usage is not None
    assert found.usage.prompt_tokens == 30


def test_concurrency_is_bounded_and_used_and_connections_are_kept() -> None:
    def script(request: Request) -> Say:
        return Say(completion(request, "x"), latency=0.02)

    with Endpoint(script) as server:
        asked(server, some(120), limits=replace(QUICK, concurrency=8))
        assert server.most == 8
        assert server.lines == 8


# --- log-probabilities ----------------------------------------------------------------------------


def test_log_probabilities_of_chats_and_completions_are_kept() -> None:
    tops = [{"token": "do", "logprob": -0.5}, {"token": "ca", "logprob": -1.5}]
    chat = {
        "content": [
            {"token": "do", "logprob": -0.5, "top_logprobs": tops},
            {"token": "g", "logprob": -0.1, "top_logprobs": []},
        ]
    }
    base = {
        "tokens": ["do", "g"],
        "token_logprobs": [-0.5, -0.1],
        "top_logprobs": [{"do": -0.5, "ca": -1.5}, {}],
    }
    for form, logprobs in (("chat", chat), ("base", base)):
        asking = prompt("cat", "dog", "car", form)  # type: ignore[arg-type]

        def script(request: Request, logprobs: Any = logprobs) -> Say:
            body = completion(request, "dog")
            body["choices"][0]["logprobs"] = logprobs
            return Say(body)

        with Endpoint(script) as server:
            (answer,) = asked(server, [asking], Settings(temperature=0, top_logprobs=2))
        assert answer.tokens == (Token("do", -0.5, {"do": -0.5, "ca": -1.5}), Token("g", -0.1, {}))
        assert "not given" not in answer.origin


def test_a_server_that_ignores_log_probabilities_is_recorded() -> None:
    with Endpoint() as server:
        (answer,) = asked(server, ONE, Settings(temperature=0, top_logprobs=2))
    assert answer.tokens == ()
    assert answer.origin["not given"] == ["logprobs"]


@pytest.mark.parametrize(
    ("refusal", "parameter"),
    [
        (error(400, "logprobs are not supported", param="logprobs"), "logprobs"),
        (error(400, "This model does not support 'logprobs'."), "logprobs"),
        (
            Say({"detail": "Unexpected fields in the request: {'top_logprobs'}"}, 422),
            "top_logprobs",
        ),
        (error(400, "Unrecognized request argument supplied: seed", param="seed"), "seed"),
    ],
)
def test_a_refused_wish_is_dropped_for_all_and_recorded(refusal: Say, parameter: str) -> None:
    def script(request: Request) -> Say:
        return refusal if parameter in request.body else triplets(request)

    with Endpoint(script) as server:
        answers = asked(
            server, some(40), Settings(top_logprobs=2), limits=replace(QUICK, concurrency=4)
        )
        assert len(server.requests) <= 40 + 4
    assert all(parameter in a.origin["not sent"] for a in answers)
    assert [a.text for a in answers] == [expected(p.user) for p in some(40)]


@pytest.mark.parametrize("wanted", ["max_tokens", "max_completion_tokens"])
def test_either_name_for_the_most_tokens_is_found(wanted: str) -> None:
    other = {"max_tokens": "max_completion_tokens"}.get(wanted, "max_tokens")

    def script(request: Request) -> Say:
        if other in request.body:
            return error(
                400, f"Unsupported parameter: '{other}'. Use '{wanted}' instead.", param=other
            )
        assert request.body[wanted] == 7
        return triplets(request)

    with Endpoint(script) as server:
        model = OpenAIModel("fake", server.url, limits=QUICK)
        model.wire = Wire("fake", other)
        answers = [a for _, a in model.answer(some(3), Settings(temperature=0, max_tokens=7))]
        model.close()
    assert all(a.problem is None for a in answers)


def test_a_refused_temperature_stops_before_many_are_asked() -> None:
    def script(request: Request) -> Say:
        return error(400, "Only the default is supported.", param="temperature")

    with Endpoint(script) as server:
        with pytest.raises(
            HumanlikeError, match=r"does not take temperature=0.*--default-sampling"
        ):
            asked(server, some(500), limits=replace(QUICK, concurrency=4))
        assert len(server.requests) <= 8


# --- failures that pass ---------------------------------------------------------------------------

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


# --- failures that stay ---------------------------------------------------------------------------


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


# --- scoring --------------------------------------------------------------------------------------


def echoing(request: Request, tokens: int = 3) -> Say:
    """Read back a text in pieces of some letters, each with a log-probability of its own."""
    text = request.body["prompt"]
    cut = text.rindex(" ") if tokens else len(text) - 2
    pieces = [text[:5], *(text[i : min(i + 3, cut)] for i in range(5, cut, 3))]
    pieces += [text[i : i + 3] for i in range(cut, len(text), 3)]
    offsets = [sum(map(len, pieces[:n])) for n in range(len(pieces))]
    logprobs = [None, *(-0.01 * len(p) * (1 + len(p)) for p in pieces[1:])]
    read = {
        "tokens": [*pieces, "!"],
        "token_logprobs": [*logprobs, -3.0],
        "text_offset": [*offsets, len(text)],
    }
    body = completion(request, text + "!")
    body["choices"][0]["logprobs"] = read
    return Say(body)


def test_scores_are_sums_over_the_answers_own_tokens() -> None:
    asking = prompt("cat", "dog", "elephant", "base")
    with Endpoint(echoing) as server:
        (answer,) = asked(server, [asking], Settings(mode="score"))
        bodies = [request.body for request in server.requests]
    assert [b["prompt"] for b in bodies] == [asking.text + a for a in asking.allowed or ()]
    assert all(b["echo"] and b["max_tokens"] == 1 for b in bodies)
    by_hand = {}
    for allowed in asking.allowed or ():
        lengths = [len(allowed[i : i + 3]) for i in range(0, len(allowed), 3)]
        by_hand[allowed] = math.fsum(-0.01 * n * (1 + n) for n in lengths)
    assert answer.scores == pytest.approx(by_hand)
    assert answer.text == " dog"
    assert answer.usage.prompt == 60


@pytest.mark.parametrize(
    ("script", "message"),
    [
        (lambda r: Say(completion(r, "dog")), "does not give log-probabilities"),
        (lambda r: echoing(r, 0), "do not part at the end of the prompt"),
    ],
)
def test_a_server_that_cannot_score_says_what_to_use(script: Any, message: str) -> None:
    asking = prompt("cat", "dog", "elephant", "base")
    with Endpoint(script) as server:
        with pytest.raises(HumanlikeError, match=f"cannot score answers: .*{message}.*vLLM"):
            asked(
                server, [asking] * 50, Settings(mode="score"), limits=replace(QUICK, concurrency=2)
            )
        assert len(server.requests) <= 4


def test_chats_cannot_be_scored() -> None:
    model = OpenAIModel("fake", "http://localhost:1")
    with pytest.raises(HumanlikeError, match="only of form base"):
        list(model.answer(ONE, Settings(mode="score")))


# --- keys, addresses, prices ----------------------------------------------------------------------


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
        ("openai:m@http://u:p@h/v1", {}, "must not hold a password"),
        ("openai:m@http://h/v1?key=1", {}, "ends with its path"),
        ("openai:m@http://h:99999999/v1", {}, "port"),
        ("openai:m", {"concurrency": 0}, "At least one request"),
        ("openai:m", {"timeout": 0.0}, "time-out above 0"),
        ("openai:m", {"retries": -1}, "no fewer than 0"),
        ("openai:m", {"price_in": 1.0}, "both prices"),
        ("openai:m", {"price_in": -1.0, "price_out": 1.0}, "Prices are at least 0"),
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
