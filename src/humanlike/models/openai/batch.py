"""Many requests in one file, answered by the server when it likes, at a lower price.

Source: the Batch API of OpenAI. A file holds at most 50,000 requests and 200 MB; a batch bears our
own label as metadata, so that it is found again when we were cut off while handing it over.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from humanlike.errors import HumanlikeError
from humanlike.models.base import Answer, Problem, Prompt, Settings
from humanlike.models.openai.asking import OK
from humanlike.models.openai.calls import Caller, Fruitless, told
from humanlike.models.openai.connections import Reply
from humanlike.models.openai.faults import Malformed, of_reply

MOST_REQUESTS = 50_000
MOST_BYTES = 190_000_000
ENDED = ("completed", "failed", "expired", "cancelled")
LABEL = "humanlike"
PAGES = 50


@dataclass(frozen=True, slots=True)
class Status:
    """How far a batch is.

    Attributes
    ----------
    name : str
        The server's name of it.
    state : str
        What the server calls its state, such as ``in_progress``.
    done, total : int
        Requests that have an answer or failed, and all.
    output, errors : str or None
        Files of answers and of failures.
    message : str
        What was wrong with it as a whole.
    """

    name: str
    state: str
    done: int = 0
    total: int = 0
    output: str | None = None
    errors: str | None = None
    message: str = ""

    @property
    def ended(self) -> bool:
        """Whether nothing more will come."""
        return self.state in ENDED


class BatchServer(Caller):
    """The batches of a model's server."""

    purpose = "batch"

    def line(self, key: bytes, prompt: Prompt, settings: Settings, path: str) -> bytes:
        """Return one request of the file; its name is the key its answer will have."""
        body = self.model.wire.body(prompt, settings)
        request = {"custom_id": key.hex(), "method": "POST", "url": f"/v1{path}", "body": body}
        return json.dumps(request).encode() + b"\n"

    def submit(self, label: str, file: str, path: str) -> Status:
        """Start a batch; one that was started while we were cut off is found, not started twice."""
        request = {
            "input_file_id": file,
            "endpoint": f"/v1{path}",
            "completion_window": "24h",
            "metadata": {LABEL: label},
        }
        body = json.dumps(request).encode()
        reply = self.call("POST", "/batches", body, before_again=lambda: self.find(label))
        return reply if isinstance(reply, Status) else _status(told(reply))

    def find(self, label: str) -> Status | None:
        """Return the batch that bears a label, if the server has one."""
        after = ""
        for _ in range(PAGES):
            page = told(self.call("GET", f"/batches?limit=100{after}"))
            found = [entry for entry in page.get("data") or [] if isinstance(entry, dict)]
            for entry in found:
                if (entry.get("metadata") or {}).get(LABEL) == label:
                    return _status(entry)
            if not found or not page.get("has_more"):
                return None
            after = f"&after={found[-1].get('id')}"
        return None

    def status(self, name: str) -> Status:
        """Ask how far a batch is."""
        return _status(told(self.call("GET", f"/batches/{name}")))

    def cancel(self, name: str) -> Status:
        """Have a batch stopped; what is answered already can still be fetched."""
        return _status(told(self.call("POST", f"/batches/{name}/cancel", b"{}")))

    def answers(
        self, status: Status, asked: Mapping[bytes, Prompt], settings: Settings
    ) -> dict[bytes, Answer]:
        """Fetch the answers of a batch, by key; lines that are none of ours are left out.

        Raises
        ------
        Fruitless
            If the server refused every single request: then it is not the prompts.
        """
        found: dict[bytes, Answer] = {}
        for file in (status.output, status.errors):
            if file:
                content = self.call("GET", f"/files/{file}/content").body
                for key, answer in self._read(content, asked, settings):
                    found.setdefault(
                        key, replace(answer, origin={**answer.origin, "batch": status.name})
                    )
        refused = [a.problem for a in found.values() if a.problem is not None and a.problem.final]
        if refused and len(refused) == len(found) and len(found) > 1:
            raise Fruitless(
                f"{self.model.name} refused all {len(refused):,} requests of the batch: "
                f"{refused[0].message} None of them was stored."
            )
        return found

    def _read(
        self, content: bytes, asked: Mapping[bytes, Prompt], settings: Settings
    ) -> Iterator[tuple[bytes, Answer]]:
        for line in content.splitlines():
            try:
                record = json.loads(line)
                key = bytes.fromhex(record["custom_id"])
                prompt = asked[key]
            except (ValueError, KeyError, TypeError):
                continue
            yield key, self._answer(record, self.model.wire.body(prompt, settings))

    def _answer(self, record: dict[str, Any], body: dict[str, Any]) -> Answer:
        response, error = record.get("response"), record.get("error")
        if not isinstance(response, dict):
            said = error if isinstance(error, dict) else {}
            kind = str(said.get("code") or "no answer").replace("_", " ")
            return Answer(problem=Problem(kind, str(said.get("message") or "")))
        data = json.dumps(response.get("body")).encode()
        status = response.get("status_code")
        if status == OK:
            try:
                return self.model.wire.read(body, data)
            except Malformed as problem:
                return Answer(problem=Problem(problem.kind, str(problem)))
        fault = of_reply(Reply(status if isinstance(status, int) else 500, {}, data))
        return Answer(problem=Problem(fault.kind, fault.message, fault.action == "refused"))


def _status(found: dict[str, Any]) -> Status:
    counts = found.get("request_counts") or {}
    errors = (found.get("errors") or {}).get("data") or []
    said = [str(e.get("message")) for e in errors if isinstance(e, dict)]
    try:
        return Status(
            str(found["id"]),
            str(found["status"]),
            int(counts.get("completed") or 0) + int(counts.get("failed") or 0),
            int(counts.get("total") or 0),
            found.get("output_file_id"),
            found.get("error_file_id"),
            " ".join(said[:3]),
        )
    except (KeyError, TypeError, ValueError) as problem:
        raise HumanlikeError(f"The server's answer is no batch ({problem!r}).") from problem
