"""The class's page as a server: what it does, and what it refuses."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from web.running import Client, running

from humanlike.classroom.answers import Answers
from humanlike.classroom.questions import Lesson
from humanlike.classroom.server import open_class

LESSON = Lesson((*(f"thing {n}" for n in range(15)), "<script>alert(1)</script>"), 20, 0)


@pytest.fixture
def answers(tmp_path: Path) -> Answers:
    return Answers(tmp_path / "class.sqlite", LESSON)


@pytest.fixture
def client(answers: Answers) -> Iterator[Client]:
    with running(open_class(answers, "test", "127.0.0.1", 0)) as found:
        found.cookie = ""  # a pupil has no secret
        yield found


def ask(client: Client, path: str, body: Any, **headers: Any) -> Any:
    return client.post(path, body, Cookie=None, **headers)


def test_a_person_answers_everything_and_leaves(client: Client, answers: Answers) -> None:
    joined = json.loads(ask(client, "/join", {"consent": True}).body)
    code = joined["code"]
    assert joined["done"] == 0
    assert set(joined["question"]) == {"place", "anchor", "first", "second"}
    for place in range(20):
        body = {"code": code, "place": place, "choice": 1 + place % 2}
        once, twice = ask(client, "/answer", body), ask(client, "/answer", body)
        assert once.body == twice.body
    assert json.loads(twice.body) == {"done": 20, "question": None}
    assert json.loads(ask(client, "/state", {"code": code}).body)["done"] == 20
    assert answers.counts() == (1, 20)
    assert json.loads(ask(client, "/erase", {"code": code}).body) == {"erased": 20}
    assert ask(client, "/state", {"code": code}).status == 410
    assert answers.counts() == (0, 0)


def test_the_page_asks_for_consent_and_names_no_question(client: Client) -> None:
    said = client.get("/", Cookie=None)
    text = said.body.decode()
    assert said.status == 200
    assert "voluntary" in text and "delete" in text
    assert "thing 3" not in text
    assert "Set-Cookie" not in said.headers
    for name in ("classroom.css", "classroom.js"):
        assert client.get(f"/files/{name}", Cookie=None).status == 200


JUNK: list[Any] = [None, True, 0, -1, 1.5, 10**30, "", "x" * 300, [], ["a"], {}, {"a": 1}, "\x00",
                   "../../etc/passwd", "<script>", "abcd-abcd-abc!", "' OR 1=1 --"]  # fmt: skip


def malformed(code: str) -> list[tuple[str, str, bytes]]:
    """Method, path and body of requests that none may be fulfilled."""
    chance = random.Random(1)
    good = {
        "/join": {"consent": True},
        "/state": {"code": code},
        "/answer": {"code": code, "place": 0, "choice": 1},
        "/erase": {"code": code},
    }
    found: list[tuple[str, str, bytes]] = []
    for path, body in good.items():
        for junk in JUNK:
            found.append(("POST", path, json.dumps(junk).encode()))
            for name in body:
                if junk == 0 and name == "place":
                    continue
                if not (junk is True and name == "consent"):
                    found.append(("POST", path, json.dumps(body | {name: junk}).encode()))
        found.append(("POST", path, json.dumps(body | {"more": 1}).encode()))
        whole = json.dumps(body).encode()
        found += [("POST", path, whole[:cut]) for cut in range(0, len(whole), 3)]
        found.append(("POST", path, whole + b" " * 2000))
        found.append(("POST", path, b"\xff" + whole))
        found += [(method, path, whole) for method in ("GET", "PUT", "DELETE", "PATCH")]
    found += [("POST", "/answer", json.dumps({"code": code, "place": 0, "choice": n}).encode())
              for n in (0, 3, -1, 100)]  # fmt: skip
    outside = ("../answers.py", "%2e%2e/guide.md", "..%2f..%2f_toc.yml", "/etc/passwd", "absent")
    found += [("GET", f"/files/{path}", b"") for path in outside]
    chance.shuffle(found)
    return found


def test_malformed_requests_are_refused_with_a_reason(client: Client, answers: Answers) -> None:
    code = answers.join()
    before = answers.counts()
    tried = malformed(code)
    assert len(tried) > 200
    for method, path, body in tried:
        said = client.send(method, path, body, client.headers(Cookie=None))
        assert 400 <= said.status < 500, (method, path, body)
        assert len(said.error) > 10
    assert answers.counts() == before
    assert answers.standing(code).done == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Origin": "http://evil.example"},
        {"Sec_Fetch_Site": "cross-site"},
        {"X_Humanlike_Token": None},
        {"X_Humanlike_Token": "wrong"},
        {"Content_Type": "text/plain"},
    ],
)
def test_pages_of_others_cannot_write(
    client: Client, answers: Answers, headers: dict[str, Any]
) -> None:
    assert 400 <= ask(client, "/join", {"consent": True}, **headers).status < 500
    assert answers.counts() == (0, 0)


def test_a_full_class_says_so(
    client: Client, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("humanlike.classroom.answers.MOST_PEOPLE", 2)
    said = [ask(client, "/join", {"consent": True}) for _ in range(3)]
    assert [one.status for one in said] == [200, 200, 409]
    assert "full" in said[2].error
