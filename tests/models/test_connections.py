"""HTTP as servers really speak it: chunks, interim answers, encryption, proxies."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pytest

from humanlike.models.openai.connections import Connections, Reply, Unanswered

T = TypeVar("T")

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def saying(*answers: bytes) -> Handler:
    """Return a server that gives one answer after the other on each connection, then closes."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in answers:
            if not await reader.read(65536):
                break
            writer.write(answer)
            await writer.drain()
        writer.close()

    return handle


def in_a_thread(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run in a loop of its own, also where a browser's loop lives in this thread."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(work())).result()


def ask(
    handler: Handler,
    times: int = 1,
    secure: ssl.SSLContext | None = None,
    url: str = "{scheme}://127.0.0.1:{port}/v1",
    seconds: float = 2.0,
) -> list[Reply]:
    """Serve, ask one time after the other, and return what came."""

    async def run() -> list[Reply]:
        server = await asyncio.start_server(handler, "127.0.0.1", 0, ssl=secure)
        port = server.sockets[0].getsockname()[1]
        scheme = "https" if secure else "http"
        lines = Connections(url.format(scheme=scheme, port=port))
        try:
            return [
                await lines.request("POST", "/x", body=b"{}", seconds=seconds) for _ in range(times)
            ]
        finally:
            lines.close()
            server.close()

    return in_a_thread(run)


def plain(body: bytes = b"hello") -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body


CHUNKED = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\nTrailer: 1\r\n\r\n"
)


@pytest.mark.parametrize(
    "answer",
    [
        plain(),
        CHUNKED,
        b"HTTP/1.1 100 Continue\r\n\r\n" + plain(),
        b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + plain(),
        b"HTTP/1.0 200 OK\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello",
    ],
)
def test_every_way_to_frame_an_answer_is_read(answer: bytes) -> None:
    (reply,) = ask(saying(answer))
    assert (reply.status, reply.body) == (200, b"hello")


def test_a_connection_serves_many_requests_and_may_be_closed_between_them() -> None:
    assert [r.body for r in ask(saying(plain(b"1"), CHUNKED), 6)] == [b"1", b"hello"] * 3


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhel", "reset"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel", "reset"),
        (b"SSH-2.0-OpenSSH\r\n", "reset"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx", "reset"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 200_000, "reset"),
        (b"", "reset"),
    ],
)
def test_what_is_no_answer_is_none(answer: bytes, kind: str) -> None:
    with pytest.raises(Unanswered) as problem:
        ask(saying(answer))
    assert problem.value.kind == kind


def test_bytes_that_trickle_do_not_hold_the_time_out_up() -> None:
    async def trickle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for byte in plain() * 50:
            writer.write(bytes([byte]))
            await asyncio.sleep(0.02)
        writer.close()

    with pytest.raises(Unanswered, match=r"within 0\.2 s") as problem:
        ask(trickle, seconds=0.2)
    assert problem.value.kind == "timeout"


def test_an_address_nobody_listens_at_is_unreachable() -> None:
    with pytest.raises(Unanswered) as problem:
        ask(saying(plain()), url="http://127.0.0.1:1/v1")
    assert problem.value.kind == "unreachable"
    with pytest.raises(Unanswered):
        ask(saying(plain()), url="http://no-such-host.invalid/v1")


# --- encryption and proxies -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1, made on the spot."""
    if not shutil.which("openssl"):
        pytest.skip("needs openssl")
    folder = tmp_path_factory.mktemp("tls")
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += ["-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1"]
    command += ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subprocess.run(command, check=True, capture_output=True)
    return folder


def encrypted(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    return context


def test_a_trusted_certificate_is_needed(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Unanswered, match="certificate verify failed") as problem:
        ask(saying(plain()), secure=encrypted(certificate))
    assert problem.value.kind == "unreachable"
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert.pem"))
    replies = ask(saying(plain(b"1"), plain(b"2")), 2, secure=encrypted(certificate))
    assert [reply.body for reply in replies] == [b"1", b"2"]


class Proxy:
    """A proxy that tunnels and forwards; a context manager that sets the variables."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, status: int = 200) -> None:
        self.heard: list[str] = []
        self.status = status
        self.patch = monkeypatch

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.heard.append(head.split("\r\n")[0])
        assert "Proxy-Authorization: Basic bWU6cEBzcw==" in head
        if not head.startswith("CONNECT"):
            writer.write(plain(b"forwarded"))
            return
        writer.write(f"HTTP/1.1 {self.status} X\r\n\r\n".encode())
        if self.status != 200:
            writer.close()
            return
        host, _, port = head.split(" ")[1].partition(":")
        far = await asyncio.open_connection(host, int(port))
        await asyncio.gather(pump(reader, far[1]), pump(far[0], writer))

    def ask(self, handler: Handler, secure: ssl.SSLContext | None) -> Reply:
        """Ask a server of this machine through the proxy."""

        async def run() -> Reply:
            proxy = await asyncio.start_server(self.handle, "127.0.0.1", 0)
            server = await asyncio.start_server(handler, "127.0.0.1", 0, ssl=secure)
            near, far = (s.sockets[0].getsockname()[1] for s in (proxy, server))
            for name in ("https_proxy", "http_proxy"):
                self.patch.setenv(name, f"http://me:p%40ss@127.0.0.1:{near}")
            self.patch.setenv("no_proxy", "elsewhere.example")
            scheme = "https" if secure else "http"
            lines = Connections(f"{scheme}://127.0.0.1:{far}/v1")
            try:
                return await lines.request("POST", "/x", body=b"{}", seconds=3)
            finally:
                lines.close()
                proxy.close()
                server.close()

        return in_a_thread(run)


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
    writer.close()


def test_an_encrypted_server_is_reached_through_a_tunnel(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert.pem"))
    proxy = Proxy(monkeypatch)
    assert proxy.ask(saying(plain()), encrypted(certificate)).body == b"hello"
    assert proxy.heard[0].startswith("CONNECT 127.0.0.1:")


def test_an_open_server_is_reached_by_its_whole_address(monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = Proxy(monkeypatch)
    assert proxy.ask(saying(plain()), None).body == b"forwarded"
    assert proxy.heard[0].startswith("POST http://127.0.0.1:")


def test_a_proxy_that_refuses_is_named(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Unanswered, match=r"the proxy 127\.0\.0\.1:\d+ answered 407"):
        Proxy(monkeypatch, 407).ask(saying(plain()), encrypted(certificate))


def test_no_proxy_is_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    assert ask(saying(plain()))[0].body == b"hello"
