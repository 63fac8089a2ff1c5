"""The guarded server: what it answers, whom it refuses, what it shows of a folder."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import humanlike.web.server as server
from humanlike.errors import HumanlikeError
from humanlike.web.exchange import Request, Route, data, page
from humanlike.web.guard import Guard, Refused
from humanlike.web.server import LocalApp

from .running import Client, running


def home(request: Request) -> Any:
    return page(f"<p>hello {request.client}</p>")


async def echo(request: Request) -> Any:
    return data({"place": request.places["id"], "body": request.body, "query": request.query})


def broken(request: Request) -> Any:
    raise RuntimeError("a secret of the machine")


def refusing(request: Request) -> Any:
    raise HumanlikeError("Not <b>this</b> one.")


ROUTES = [
    Route("GET", "/", home),
    Route("POST", "/things/{id}", echo),
    Route("GET", "/open", home, owner=False),
    Route("POST", "/open/{id}", echo, owner=False),
    Route("GET", "/broken", broken),
    Route("GET", "/refusing", refusing),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    top = tmp_path_factory.mktemp("served")
    shown = top / "shown"
    (shown / "deep").mkdir(parents=True)
    (top / "private.txt").write_text("private")
    (shown / "a page.html").write_text("<p>shown")
    (shown / "deep" / "picture.svg").write_text("<svg/>")
    (shown / "deep" / "index.html").write_text("<p>deep")
    (shown / ".hidden").write_text("private")
    (shown / "link.txt").symlink_to(top / "private.txt")
    (shown / "inner.txt").symlink_to(shown / "a page.html")
    (shown / "up").symlink_to(top)
    os.mkfifo(shown / "pipe")
    return shown


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[Client]:
    with running(LocalApp(ROUTES, static={"/files": folder}, max_body=1000)) as client:
        yield client


def test_it_answers_its_owner_and_dresses_every_answer(client: Client) -> None:
    for said in (client.get("/"), client.get("/nowhere"), client.get("/", Cookie=None)):
        assert said.headers["X-Content-Type-Options"] == "nosniff"
        assert said.headers["X-Frame-Options"] == "DENY"
        assert said.headers["Cache-Control"] == "no-store"
        policy = said.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "Server" not in said.headers
    assert client.get("/").body == b"<p>hello 127.0.0.1</p>"


def test_a_write_takes_and_gives_json(client: Client) -> None:
    said = client.post("/things/a.b-1", {"x": [1, "é"]})
    assert said.status == 200
    assert said.body == b'{"place": "a.b-1", "body": {"x": [1, "\\u00e9"]}, "query": {}}'


def test_a_head_has_no_content(client: Client) -> None:
    asked = f"HEAD /open HTTP/1.1\r\nHost: {client.host}\r\nConnection: close\r\n\r\n"
    said = client.raw(asked.encode())
    assert said is not None
    assert (said.status, said.body) == (200, b"")


def test_the_secret_of_the_start_address_becomes_a_cookie(client: Client) -> None:
    secret = client.app.guard.secret
    said = client.get(f"/?secret={secret}", Cookie=None)
    assert (said.status, said.headers["Location"]) == (303, "/")
    cookie = said.headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
    assert client.get("/", Cookie=cookie.partition(";")[0]).status == 200
    assert client.app.start_address == f"http://127.0.0.1:{client.port}/?secret={secret}"


@pytest.mark.parametrize("cookie", [None, "", "{name}=", "{name}=wrong", "other={secret}"])
def test_without_the_secret_only_what_is_open_is_answered(
    client: Client, cookie: str | None
) -> None:
    guard = client.app.guard
    shown = cookie and cookie.format(name=guard.cookie, secret=guard.secret)
    for said in (client.get("/", Cookie=shown), client.post("/things/1", {}, Cookie=shown)):
        assert said.status == 403
        assert "address that the terminal shows" in said.error
    assert client.get("/files/deep/index.html", Cookie=shown).status == 403
    assert client.get("/?secret=wrong", Cookie=shown).status == 403
    assert client.get("/open", Cookie=shown).status == 200
    assert client.post("/open/1", {}, Cookie=shown).status == 200


@pytest.mark.parametrize(
    "changes,status,words",
    [
        ({"Host": "evil.example"}, 421, "not called 'evil.example'"),
        ({"Host": "127.0.0.1"}, 421, "not called"),
        ({"Host": "127.0.0.1:1"}, 421, "not called"),
        ({"Host": "127.0.0.1.evil.example:{port}"}, 421, "not called"),
        ({"Host": "10.0.0.1:{port}"}, 421, "not called"),
        ({"Origin": "http://evil.example"}, 403, "another origin"),
        ({"Origin": "null"}, 403, "another origin"),
        ({"Origin": "http://127.0.0.1:1"}, 403, "another origin"),
        ({"Origin": "https://127.0.0.1:{port}"}, 403, "another origin"),
        ({"Sec_Fetch_Site": "cross-site"}, 403, "another site"),
        ({"Sec_Fetch_Site": "same-site"}, 403, "another site"),
        ({"Sec_Fetch_Site": "none"}, 403, "another site"),
        ({"X_Humanlike_Token": None}, 403, "Open it once more"),
        ({"X_Humanlike_Token": "x"}, 403, "Open it once more"),
        ({"X_Humanlike_Token": "é"}, 403, "Open it once more"),
        ({"Content_Type": "text/plain"}, 415, "takes application/json; got 'text/plain'"),
        ({"Content_Type": None}, 415, "takes application/json"),
        ({"Content_Type": "application/x-www-form-urlencoded"}, 415, "application/json"),
    ],
)
def test_a_write_of_another_page_is_refused(
    client: Client, changes: dict[str, Any], status: int, words: str
) -> None:
    given = {k: v and v.format(port=client.port) for k, v in changes.items()}
    said = client.post("/things/1", {}, **given)
    assert said.status == status
    assert words in said.error


@pytest.mark.parametrize("host", ["localhost:{port}", "127.0.0.1:{port}", "[::1]:{port}"])
def test_every_name_of_this_machine_will_do(client: Client, host: str) -> None:
    name = host.format(port=client.port)
    assert client.get("/", Host=name, Origin=f"http://{name}").status == 200


@pytest.mark.parametrize(
    "bound,host,fine",
    [
        ("0.0.0.0", "192.168.1.7:80", True),
        ("0.0.0.0", "192.168.1.7", True),
        ("0.0.0.0", f"{socket.gethostname()}:80", True),
        ("0.0.0.0", "evil.example:80", False),
        ("::", "[fe80::1]:80", True),
        ("192.168.1.7", "192.168.1.7:80", True),
        ("192.168.1.7", "192.168.1.8:80", False),
        ("192.168.1.7", "localhost:80", False),
        ("127.0.0.1", "", False),
        ("127.0.0.1", "[", False),
        ("127.0.0.1", "user@127.0.0.1:80", False),
        ("127.0.0.1", "localhost:99999999", False),
    ],
)
def test_in_a_class_room_bare_addresses_will_do_but_no_foreign_name(
    bound: str, host: str, fine: bool
) -> None:
    guard = Guard(bound, 80, 10)
    try:
        guard.check_place({"Host": host})
    except Refused as refused:
        assert (refused.status, fine) == (421, False)
    else:
        assert fine


@pytest.mark.parametrize(
    "body,words",
    [
        (b"{", "no JSON"),
        (b"", "no JSON"),
        (b"\xff\xfe", "no JSON"),
        (b'{"a": NaN}', "NaN is no number"),
        (b'{"a": -Infinity}', "-Infinity is no number"),
        (b'{"a": 1, "a": 2}', "stands there twice"),
        (b'{"a": "\\ud800"}', "no JSON"),
        (b"[" * 900, "no JSON"),
        (b"1" * 990 + b"x", "no JSON"),
    ],
)
def test_a_broken_body_is_refused(client: Client, body: bytes, words: str) -> None:
    said = client.send("POST", "/things/1", body, client.headers())
    assert said.status == 400
    assert words in said.error


def test_what_is_too_long_is_refused_with_a_reason(client: Client) -> None:
    long = client.send("POST", "/things/1", b"1" * 1001, client.headers())
    assert (long.status, "1,000 bytes" in long.error) == (413, True)
    huge = client.send("POST", "/things/1", b"1" * 3_000_000, client.headers())
    assert huge.status == 413
    head = client.get("/", X_Long="x" * 20_000)
    assert (head.status, "16,384 bytes" in head.error) == (431, True)
    assert client.get("/" + "x" * 3000).status == 414
    assert client.raw(b"GET / HTTP/1.1\r\nX: " + b"x" * 2_000_000) is None


def test_a_body_without_a_length_may_not_be_too_long_either(client: Client) -> None:
    headers = "".join(f"{n}: {v}\r\n" for n, v in client.headers().items())
    start = f"POST /things/1 HTTP/1.1\r\n{headers}Transfer-Encoding: chunked\r\n\r\n".encode()
    said = client.raw(start + b"400\r\n" + b"1" * 1024 + b"\r\n0\r\n\r\n")
    assert said is not None
    assert said.status == 413
    fine = client.raw(start + b"2\r\n{}\r\n0\r\n\r\n")
    assert fine is not None
    assert fine.status == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "POST"])
def test_a_wrong_method_names_the_right_one(client: Client, method: str) -> None:
    said = client.send(method, "/", b"{}", client.headers())
    assert (said.status, said.headers["Allow"]) == (405, "GET")
    assert said.error == f"This address takes GET, not {method}."


def test_an_unknown_method_is_refused(client: Client) -> None:
    assert client.send("BREW", "/", b"", client.headers()).status == 405


@pytest.mark.parametrize("message", [b"\r\n\r\n", b"GET\r\n\r\n", b"\x16\x03\x01\x02\r\n\r\n",
                                     b"GET / HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\nA\r\n\r\n",
                                     b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"])  # fmt: skip
def test_what_is_no_http_is_refused(client: Client, message: bytes) -> None:
    said = client.raw(message)
    assert said is None or said.status >= 400


def test_a_mistake_of_ours_shows_nothing_of_the_machine(
    client: Client, capfd: pytest.CaptureFixture[str]
) -> None:
    said = client.get("/broken")
    assert said.status == 500
    assert b"secret" not in said.body
    assert "a secret of the machine" in capfd.readouterr().err


def test_a_refusal_is_a_page_to_people_and_escaped(client: Client) -> None:
    assert client.get("/refusing").error == "Not <b>this</b> one."
    seen = client.get("/refusing", Accept="text/html,*/*")
    assert seen.status == 400
    assert b"Not &lt;b&gt;this&lt;/b&gt; one." in seen.body


@pytest.mark.parametrize(
    "path,kind",
    [("a%20page.html", "text/html; charset=utf-8"), ("deep/picture.svg", "image/svg+xml")],
)
def test_a_file_is_shown_with_its_type(client: Client, path: str, kind: str) -> None:
    said = client.get(f"/files/{path}")
    assert (said.status, said.headers["Content-Type"]) == (200, kind)


def test_a_drawing_may_run_nothing(client: Client) -> None:
    said = client.get("/files/deep/picture.svg")
    assert "sandbox" in said.headers["Content-Security-Policy"]


def test_a_folder_leads_to_its_first_page_and_is_never_listed(client: Client) -> None:
    assert client.get("/files/deep/").headers["Location"] == "/files/deep/index.html"
    assert client.get("/files//evil.example/").headers["Location"].startswith("/files/")
    assert client.get("/files/deep").status == 404
    assert client.get("/files/index.html").status == 404


@pytest.mark.parametrize(
    "path",
    [
        "../private.txt", "..%2fprivate.txt", "%2e%2e/private.txt", "deep/../../private.txt",
        "deep/..%5c..%5cprivate.txt", "/etc/passwd", "%2fetc/passwd", "//etc/passwd", ".hidden",
        "link.txt", "inner.txt", "up/private.txt", "up/shown/a%20page.html", "pipe",
        "a%20page.html%00", "a%20page.html/", "a%20page.html/x", "deep//index.html", "%ff", "%",
        "C:%5cx", "x" * 300, "\ud800", "a page.html", "file:///etc/passwd", "~/x", "%0d%0aX:1",
    ],
)  # fmt: skip
def test_nothing_but_plain_files_of_the_folder_is_shown(client: Client, path: str) -> None:
    said = client.send("GET", f"/files/{path}", b"", client.headers())
    assert said.status in (303, 400, 404)
    assert b"private" not in said.body
    assert "X" not in said.headers


def test_a_link_to_the_folder_itself_is_followed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "here").symlink_to(folder)
    with running(LocalApp([], static={"/files": tmp_path / "here"})) as client:
        assert client.get("/files/deep/index.html").status == 200


def test_who_is_slow_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "SLOWEST_HEADERS", 0.2)
    monkeypatch.setattr(server, "SLOWEST_BODY", 0.2)
    with running(LocalApp(ROUTES)) as client:
        assert client.raw(b"GET / HTTP/1.1\r\nHost: ") is None
        head = "".join(f"{n}: {v}\r\n" for n, v in client.headers().items())
        slow = f"POST /things/1 HTTP/1.1\r\n{head}Content-Length: 10\r\n\r\n{{".encode()
        assert client.raw(slow) is None
        assert client.get("/").status == 200


def test_a_taken_port_is_named(client: Client) -> None:
    with pytest.raises(HumanlikeError, match=f"Port {client.port} is taken"):
        LocalApp(ROUTES, port=client.port)


@pytest.mark.parametrize(
    "host,port,words",
    [
        ("127.0.0.1", 65536, "a port is 0"),
        ("127.0.0.1", -1, "a port is 0"),
        ("no such host", 0, "no address of this machine"),
        ("192.0.2.1", 0, "no address of this machine"),
    ],
)
def test_an_address_that_cannot_be_had_is_named(host: str, port: int, words: str) -> None:
    with pytest.raises(HumanlikeError, match=words):
        LocalApp(ROUTES, host=host, port=port)


def test_the_address_of_a_class_room_is_no_wildcard() -> None:
    app = LocalApp(ROUTES, host="0.0.0.0")
    try:
        assert app.address != f"http://0.0.0.0:{app.guard.port}/"
        assert app.guard.secret not in app.address
        assert app.guard.secret not in repr(app.guard)
    finally:
        for one in app.sockets:
            one.close()
