"""A thousand requests that are wrong in every way: each is refused, and nothing is written."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from book.sample import Project

from humanlike.book.run import checked
from humanlike.errors import HumanlikeError
from humanlike.web.serve import Chapters

from .running import Client, Said, running

EACH = 100  # of eleven kinds
GOOD = {"chapter": "alpha", "profile": "quick", "parameters": {"n": "3", "label": "fancy"}}
TRICKS = [
    "../alpha", "alpha/../beta", "/etc/passwd", "..\\alpha", "alpha\0", "alpha\n", ".", "..", "",
    "~root", "%2e%2e/alpha", "notebooks/alpha", "file:///etc/passwd", "alpha.py", "ALPHA", " alpha",
]  # fmt: skip
SCRIPTS = [
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "javascript:alert(1)", "{{7*7}}",
    "'; import os; os.system('touch x') #", "$(touch x)", "`touch x`", "; touch x", "| touch x",
    "__import__('os')", "</script><script>", "\u202e<b>", "${jndi:ldap://x}",
    "%0d%0aSet-Cookie:a=b",
]  # fmt: skip
WRONG = ["0", "1001", "-5", "1e3", "5.0", "five", "", " ", "nan", "0x5", "5;", "٥", "9" * 40, "[5]"]
OTHER_TYPES: list[Any] = [3, 3.5, True, None, [], ["3"], {}, {"a": 1}, -1, 10**30]


def changed(**changes: Any) -> dict[str, Any]:
    return GOOD | changes


def wishes(draw: random.Random) -> Iterator[Any]:
    """Bodies that are JSON and no run."""
    for _ in range(EACH):
        value = draw.choice(OTHER_TYPES)
        yield draw.choice(
            [
                value,
                changed(parameters={"n": value}),
                changed(**{draw.choice(["chapter", "profile"]): value}),
                changed(parameters=draw.choice([value, "n=3"]) if value != {} else "{}"),
                {k: v for k, v in GOOD.items() if k != draw.choice(list(GOOD))} | {"x": value},
                changed(more=value),
            ]
        )
    for _ in range(EACH):
        yield changed(parameters={"n": draw.choice(WRONG) + " " * draw.randint(0, 3)})
    for _ in range(EACH):
        trick = draw.choice(TRICKS) + draw.choice(["", "/", "x", "/."])
        yield changed(**{draw.choice(["chapter", "profile"]): trick})
    for _ in range(EACH):
        script = draw.choice(SCRIPTS) * draw.randint(1, 3)
        yield draw.choice(
            [
                changed(chapter=script), changed(profile=script), changed(parameters={script: "1"}),
                changed(parameters={"n": script}), changed(parameters={"label": script}),
            ]
        )  # fmt: skip


def foreign(client: Client, draw: random.Random) -> Said:
    """A good wish from the wrong place."""
    port = client.port
    origins = ["http://evil.example", "null", f"http://evil.example:{port}", "https://x",
               f"https://127.0.0.1:{port}", f"http://127.0.0.1:{port + 1}", "file://"]  # fmt: skip
    hosts = ["evil.example", f"evil.example:{port}", f"10.0.0.{draw.randint(1, 9)}:{port}",
             f"localhost.evil.example:{port}", "127.0.0.1", f"127.0.0.1:{port}0"]  # fmt: skip
    sites = ["cross-site", "same-site", "none", "x"]
    kinds = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", None, "json"]
    changes: list[dict[str, str | None]] = [
        {"Origin": draw.choice(origins)},
        {"Host": draw.choice(hosts)},
        {"Sec_Fetch_Site": draw.choice(sites)},
        {"Content_Type": draw.choice(kinds)},
        {"X_Humanlike_Token": draw.choice([None, "", "x" * 43, client.app.guard.secret])},
        {"Cookie": draw.choice([None, "", "a=b", f"humanlike-{port}=x"])},
    ]
    return client.post("/jobs", GOOD, **draw.choice(changes))


def broken(draw: random.Random) -> bytes:
    """A good body that was damaged so that it is no JSON any more."""
    body = bytearray(json.dumps(GOOD).encode())
    while True:
        damaged = bytearray(body)
        for _ in range(draw.randint(1, 4)):
            damaged[draw.randrange(len(damaged))] = draw.randrange(256)
        damaged = damaged[: draw.randint(0, len(damaged))]
        try:
            json.loads(bytes(damaged).decode())
        except ValueError:
            return bytes(damaged)


def paths(draw: random.Random) -> Iterator[str]:
    """Addresses of files that are none of a visitor's business, or of nothing."""
    up = ["..", "%2e%2e", "%2E.", "..%2f..", "..%5c..", "....//", "%252e%252e", ".", "//"]
    ends = ["etc/passwd", "home/.env", "_toc.yml", "notebooks/alpha.py", "x.html", ".serve.lock",
            "runs/.jobs.json", "%00", "<script>", "con", "a" * 300]  # fmt: skip
    for _ in range(EACH):
        start = draw.choice(["/book", "/runs", "/assets", "/jobs", "/chapters", ""])
        steps = [draw.choice(up) for _ in range(draw.randint(1, 5))]
        yield "/".join([start, *steps, draw.choice(ends)])


def requests(client: Client, draw: random.Random) -> Iterator[tuple[str, Said]]:
    """Every kind of wrong request, with what came back."""
    for wish in wishes(draw):
        yield f"wish {wish}", client.post("/jobs", wish)
    for _ in range(EACH):
        yield "foreign", foreign(client, draw)
    for _ in range(EACH):
        body = broken(draw)
        yield f"broken {body!r}", client.send("POST", "/jobs", body, client.headers())
    for path in paths(draw):
        yield f"path {path}", client.get(quote(path, safe="/%."))
    for _ in range(EACH):
        method = draw.choice(["PUT", "DELETE", "PATCH", "OPTIONS", "BREW", "get", "CONNECT"])
        path = draw.choice(["/", "/jobs", "/chapters/alpha", "/book/index.html", "/jobs/x/stop"])
        yield f"{method} {path}", client.send(method, path, b"{}", client.headers())
    for _ in range(EACH):
        size = draw.randint(65_537, 400_000)
        wish = changed(parameters={"label": "x" * size})
        yield f"{size} bytes", client.post("/jobs", wish)
    for _ in range(EACH):
        size = draw.randint(17_000, 200_000)
        said = client.send("POST", "/jobs", b"{}", client.headers(X_Long="x" * size))
        yield f"headers of {size} bytes", said
    for _ in range(EACH):
        name = draw.choice([*TRICKS, *SCRIPTS, "0" * 16, "f" * 400])
        end = draw.choice(["", "/state", "/stop"])
        path = f"/jobs/{quote(name, safe='')}x{end}"
        yield path, client.post(path, None) if end == "/stop" else client.get(path)


def snapshot(folder: Path) -> dict[str, str]:
    """Every file below a folder with its checksum."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink()
    }


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    project = Project(tmp_path_factory.mktemp("served")).create()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in project.environment().items():
            if name.startswith("HUMANLIKE_"):
                patch.setenv(name, value)
        yield project


def test_a_thousand_wrong_requests_are_refused_and_write_nothing(project: Project) -> None:
    chapters = Chapters(project.root)
    with running(chapters.app()) as client:
        before = snapshot(project.folder)
        tried = 0
        for what, said in requests(client, random.Random(1)):
            tried += 1
            assert 400 <= said.status < 500, (what, said)
            if said.body:
                assert len(said.error) > 10, what
                assert said.headers["Content-Type"] == "application/json", what
            else:
                assert said.status == 400, what  # no HTTP at all
        assert tried >= 1000
        assert json.loads(client.get("/jobs").body) == []
        assert snapshot(project.folder) == before


@pytest.mark.parametrize("texts", [{"n": "0"}, {"n": "x"}, {"m": "1"}, {"label": "fansy"}])
def test_the_server_says_what_the_command_line_says(
    project: Project, texts: dict[str, str]
) -> None:
    with pytest.raises(HumanlikeError) as caught:
        checked("alpha", texts, "quick", project.root)
    with running(Chapters(project.root).app()) as client:
        said = client.post("/jobs", changed(parameters=texts))
    assert (said.status, said.error) == (400, str(caught.value))
