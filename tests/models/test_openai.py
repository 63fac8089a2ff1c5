"""Asking a server: what is sent, what is made of the answers, what is scored."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from humanlike.errors import HumanlikeError
from humanlike.models.base import Settings, Token, Usage
from humanlike.models.openai import OpenAIModel
from humanlike.models.openai.wire import Wire, derived_seed
from humanlike.tasks.triplets import prompt
from models.endpoint import Endpoint, Request, Say, completion, error, expected, triplets
from models.servers import GREEDY, ONE, QUICK, asked, some


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
    usage = {"prompt_tokens": 30, "completion_tokens": 1}
    body = completion(request, text + "!", usage=usage)
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
        (lambda r: Say(completion(r, "dog")), "does not read the text back"),
        (lambda r: Say(completion(r, r.body["prompt"] + "!")), "not give log-probabilities"),
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


def test_an_answer_whose_tokens_begin_in_the_prompt_has_no_score() -> None:
    asking = [prompt(f"cat {n}", "dog", "elephant", "base") for n in range(12)]

    def script(request: Request) -> Say:
        return echoing(request, 0 if "cat 3:" in request.prompt else 3)

    with Endpoint(script) as server:
        answers = asked(server, asking, Settings(mode="score"))
        assert answers[3].problem is not None
        assert (answers[3].problem.kind, answers[3].problem.final) == ("not scorable", True)
        assert sum(a.problem is None for a in answers) == 11
        server.script = lambda request: echoing(request, 0)
        with pytest.raises(HumanlikeError, match="refused the first 10 prompts"):
            asked(server, asking, Settings(mode="score"))


def test_chats_cannot_be_scored() -> None:
    model = OpenAIModel("fake", "http://localhost:1")
    with pytest.raises(HumanlikeError, match="only of form base"):
        list(model.answer(ONE, Settings(mode="score")))
