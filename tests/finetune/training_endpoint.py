"""The part of a scripted server that takes fine-tuning jobs; a test decides how they end."""

from __future__ import annotations

from email import message_from_bytes
from typing import Any

from models.endpoint import Request, Say, error, triplets

MODEL = "ft:fake-1:lab::abc123"


class TrainingEndpoint:
    """A script for `models.endpoint.Endpoint` with files and fine-tuning jobs.

    Attributes
    ----------
    files : dict of str to bytes
        What was handed over.
    jobs : dict of str to dict
        As the server tells them.
    state : str
        What every job is from now on.
    lose : set of str
        ``METHOD path`` of requests that are done but whose answer gets lost, once each.
    say : dict of str to list of Say
        What to answer instead, once each, by ``METHOD path``.
    """

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.jobs: dict[str, dict[str, Any]] = {}
        self.state = "running"
        self.message = "the file has a line too many"
        self.lose: set[str] = set()
        self.say: dict[str, list[Say]] = {}

    def __call__(self, request: Request) -> Say:
        """Answer, refuse or lose the answer, as a test wants it."""
        path = request.path.removeprefix("/v1").partition("?")[0]
        what = f"{request.method} {path}"
        if self.say.get(what):
            return self.say[what].pop(0)
        said = self.answer(request, path)
        if what in self.lose:
            self.lose.discard(what)
            return Say(said.body, fault="reset")
        return said

    def answer(self, request: Request, path: str) -> Say:
        """Answer a request to files or jobs; anything else is a triplet."""
        if path == "/files":
            return self.take(request)
        if path == "/fine_tuning/jobs" and request.method == "POST":
            return self.start(request.body)
        if path == "/fine_tuning/jobs":
            return Say({"data": list(self.jobs.values())[::-1], "has_more": False})
        if not path.startswith("/fine_tuning/jobs/"):
            return triplets(request)
        name, _, rest = path.removeprefix("/fine_tuning/jobs/").partition("/")
        if name not in self.jobs:
            return error(404, "no such job")
        if rest == "cancel":
            self.state = "cancelled"
        if rest == "events":
            events = [self.event(n) for n in range(3 if self.state == "succeeded" else 1)]
            return Say({"data": events[::-1], "has_more": False})
        if rest == "checkpoints":
            found = {"fine_tuned_model_checkpoint": f"{MODEL}:ckpt-step-9", "step_number": 9,
                     "metrics": {"train_loss": 0.5}}  # fmt: skip
            return Say({"data": [found], "has_more": False})
        return Say(self.told(name))

    @staticmethod
    def event(number: int) -> dict[str, Any]:
        """Return an event."""
        return {"id": f"ev-{number}", "created_at": number, "level": "info",
                "message": f"event {number}", "object": "fine_tuning.job.event"}  # fmt: skip

    def take(self, request: Request) -> Say:
        """Keep an uploaded file, read by the rules of multipart/form-data."""
        head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
        parts = message_from_bytes(head + request.raw).get_payload()
        fields = {p.get_param("name", header="content-disposition"): p for p in parts}  # type: ignore[union-attr]
        assert fields["purpose"].get_payload() == "fine-tune"  # type: ignore[union-attr]
        name = f"file-{len(self.files)}"
        self.files[name] = bytes(fields["file"].get_payload(decode=True))  # type: ignore[union-attr,arg-type]
        return Say({"id": name, "object": "file"})

    def start(self, body: dict[str, Any]) -> Say:
        """Enter a job."""
        assert body["training_file"] in self.files
        name = f"ftjob-{len(self.jobs)}"
        self.jobs[name] = {"id": name, "object": "fine_tuning.job", "status": "validating_files",
                           "fine_tuned_model": None, "error": None, "trained_tokens": None,
                           **body}  # fmt: skip
        return Say(self.jobs[name])

    def told(self, name: str) -> dict[str, Any]:
        """Return a job in today's state."""
        job = self.jobs[name] | {"status": self.state}
        if self.state == "failed":
            job["error"] = {"code": "invalid_file", "message": self.message, "param": None}
        if self.state == "succeeded":
            job |= {"fine_tuned_model": MODEL, "trained_tokens": 1234}
        return job
