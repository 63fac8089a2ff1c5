"""A tiny data set, and a server of it that misbehaves when told to."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

CONTENT = {"one.txt": b"one\n" * 5000, "sub/two.txt": b"two\n" * 3000}


class Server:
    """Serves bytes by path; ``mode`` says how a path misbehaves."""

    def __init__(self) -> None:
        self.content = {f"/base/{name}": data for name, data in CONTENT.items()}
        self.mode: dict[str, str] = {}
        self.hits: Counter[str] = Counter()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.answer(self)

            def log_message(self, *args: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.http.server_port}/base"
        threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        path = request.path
        self.hits[path] += 1
        mode, data = self.mode.get(path, "good"), self.content[path]
        if mode == "once busy" and self.hits[path] > 1:
            mode = "good"
        if mode in ("absent", "once busy"):
            request.send_error(404 if mode == "absent" else 503)
            return
        body = data[:-1] + b"X" if mode == "wrong" else data
        request.send_response(200)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body[: len(body) // 2] if mode == "cut" else body)

    def close(self) -> None:
        self.http.shutdown()
        self.http.server_close()


def make_project(folder: Path) -> Path:
    """Create what `project_root` accepts as a project."""
    (folder / "notebooks").mkdir(parents=True)
    (folder / "_toc.yml").touch()
    (folder / "data" / "registry").mkdir(parents=True)
    return folder


def write_registry(project: Path, base: str) -> None:
    lines = ["datasets:", "- id: tiny", "  title: Tiny", f"  base: {base}", "  licence: none"]
    lines += ["  citation: {keys: [nobody2020], text: Nobody (2020)}", "  chapters: [norms]"]
    lines += ["  files:"]
    for name, data in CONTENT.items():
        digest = hashlib.sha256(data).hexdigest()
        lines.append(
            f"  - {{path: tiny/{name}, source: {name}, sha256: {digest}, bytes: {len(data)}}}"
        )
    path = project / "data" / "registry" / "tiny.yml"
    path.write_text("\n".join(lines), encoding="utf-8")
