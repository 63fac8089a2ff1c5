"""The part of the endpoint that takes batches; a test decides when they end, and how."""

from __future__ import annotations

import json
from typing import Any

from models.endpoint import Request, Say, completion, error, expected


class BatchEndpoint:
    """A script for `models.endpoint.Endpoint` with files and batches.

    Attributes
    ----------
    files : dict of str to bytes
        What was handed over, and what can be fetched.
    batches : dict of str to dict
        As the server tells them.
    state : str
        What every batch is from now on.
    lose : set of str
        ``METHOD path`` of requests that are done but whose answer gets lost, once each.
    """

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.batches: dict[str, dict[str, Any]] = {}
        self.state = "completed"
        self.lose: set[str] = set()
        self.refuse: set[int] = set()
        self.expire: set[int] = set()

    def __call__(self, request: Request) -> Say:
        """Answer, and lose the answer where a test wants it."""
        path = request.path.removeprefix("/v1")
        say = self.answer(request, path.partition("?")[0])
        if (what := f"{request.method} {path.partition('?')[0]}") in self.lose:
            self.lose.discard(what)
            return Say(say.body, fault="reset")
        return say

    def answer(self, request: Request, path: str) -> Say:
        """Answer a request to files or batches."""
        if path == "/files":
            return self.take(request)
        if path.startswith("/files/"):
            return Say(self.files[path.split("/")[2]])
        if path == "/batches" and request.method == "POST":
            return self.start(request.body)
        if path == "/batches":
            return Say({"data": list(self.batches.values())[::-1], "has_more": False})
        name = path.split("/")[2]
        if name not in self.batches:
            return error(404, "no such batch")
        if path.endswith("/cancel"):
            self.state = "cancelled"
        return Say(self.told(name))

    def take(self, request: Request) -> Say:
        """Keep an uploaded file, read by the rules of multipart/form-data."""
        from email import message_from_bytes

        head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
        parts = message_from_bytes(head + request.raw).get_payload()
        fields = {p.get_param("name", header="content-disposition"): p for p in parts}  # type: ignore[union-attr]
        assert fields["purpose"].get_payload() == "batch"  # type: ignore[union-attr]
        name = f"file-{len(self.files)}"
        content = fields["file"].get_payload(decode=True)  # type: ignore[union-attr]
        self.files[name] = bytes(content)  # type: ignore[arg-type]
        return Say({"id": name, "object": "file"})

    def start(self, body: dict[str, Any]) -> Say:
        """Enter a batch."""
        assert (body["endpoint"], body["completion_window"]) == ("/v1/chat/completions", "24h")
        name = f"batch-{len(self.batches)}"
        lines = self.files[body["input_file_id"]].splitlines()
        self.batches[name] = {
            "id": name,
            "object": "batch",
            "status": "validating",
            "metadata": body["metadata"],
            "input_file_id": body["input_file_id"],
            "request_counts": {"total": len(lines), "completed": 0, "failed": 0},
        }
        return Say(self.batches[name])

    def told(self, name: str) -> dict[str, Any]:
        """Return a batch in today's state, with its files if it has ended."""
        batch = self.batches[name] | {"status": self.state}
        if self.state == "failed":
            batch["errors"] = {"data": [{"message": "line 1 is wrong"}]}
        elif self.state in ("completed", "expired", "cancelled"):
            good, bad = self.results(batch["input_file_id"])
            self.files |= {f"out-{name}": b"\n".join(good), f"bad-{name}": b"\n".join(bad)}
            batch["output_file_id"] = f"out-{name}" if good else None
            batch["error_file_id"] = f"bad-{name}" if bad else None
        return batch

    def results(self, file: str) -> tuple[list[bytes], list[bytes]]:
        """Return the lines of answers and of failures, out of order."""
        good, bad = [b"{ cut off"], []
        for place, line in enumerate(self.files[file].splitlines()):
            asked = json.loads(line)
            raw = json.dumps(asked["body"]).encode()
            request = Request("POST", asked["url"], {}, raw)
            head = {"id": f"r{place}", "custom_id": asked["custom_id"], "error": None}
            if place in self.expire:
                said = {"code": "batch_expired", "message": "not in time"}
                bad.append(json.dumps(head | {"response": None, "error": said}).encode())
            elif place in self.refuse:
                answer = {"status_code": 400, "body": error(400, "too long").body}
                bad.append(json.dumps(head | {"response": answer}).encode())
            else:
                body = completion(request, expected(request.prompt))
                answer = {"status_code": 200, "body": body}
                good.append(json.dumps(head | {"response": answer}).encode())
        return good[::-1], bad
