"""Fine-tuning jobs of an OpenAI-compatible server: hand over, look after, fetch what came of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from humanlike.errors import HumanlikeError
from humanlike.models.openai.calls import Caller, told

LABEL = "humanlike"
PAGES = 50
ENDED = ("succeeded", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class Job:
    """How far a job is.

    Attributes
    ----------
    name : str
        The server's name of it.
    state : str
        What the server calls its state: ``validating_files``, ``queued``, ``running`` or one of
        `ENDED`.
    model : str
        Name of the trained model; empty until there is one.
    tokens : int or None
        Tokens that are charged, once it has ended.
    message : str
        Why it failed.
    """

    name: str
    state: str
    model: str = ""
    tokens: int | None = None
    message: str = ""

    @property
    def ended(self) -> bool:
        """Whether nothing more will come."""
        return self.state in ENDED


@dataclass(frozen=True, slots=True)
class Wish:
    """What a job is to do.

    Attributes
    ----------
    label : str
        Our own name of it, by which it is found again.
    model : str
        The base model.
    files : dict of str to str
        ``training_file`` and perhaps ``validation_file``: the server's names.
    epochs : int
        Passes through the examples.
    seed : int
        The job's seed.
    suffix : str
        Part of the trained model's name.
    more : dict
        Further hyperparameters: ``batch_size``, ``learning_rate_multiplier``.
    """

    label: str
    model: str
    files: Mapping[str, str]
    epochs: int
    seed: int
    suffix: str = ""
    more: Mapping[str, float] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        """Return the request."""
        chosen = {"n_epochs": self.epochs, **self.more}
        named = {"suffix": self.suffix} if self.suffix else {}
        return {
            "model": self.model,
            **self.files,
            "seed": self.seed,
            "method": {"type": "supervised", "supervised": {"hyperparameters": chosen}},
            "metadata": {LABEL: self.label},
            **named,
        }


class TrainingServer(Caller):
    """The fine-tuning jobs of a model's server."""

    purpose = "fine-tune"

    def submit(self, wish: Wish) -> Job:
        """Start a job; one that was started while we were cut off is found, not started twice."""
        body = json.dumps(wish.body()).encode()
        reply = self.call(
            "POST", "/fine_tuning/jobs", body, before_again=lambda: self.find(wish.label)
        )
        return reply if isinstance(reply, Job) else _job(told(reply))

    def find(self, label: str) -> Job | None:
        """Return the job that bears a label, if the server has one."""
        for entry in self._listed("/fine_tuning/jobs"):
            if (entry.get("metadata") or {}).get(LABEL) == label:
                return _job(entry)
        return None

    def status(self, name: str) -> tuple[Job, dict[str, Any]]:
        """Ask how far a job is; also return all the server says of it."""
        said = told(self.call("GET", f"/fine_tuning/jobs/{name}"))
        return _job(said), said

    def events(self, name: str) -> list[dict[str, Any]]:
        """Return what happened, the oldest first: ``created_at``, ``level``, ``message``."""
        found = self._listed(f"/fine_tuning/jobs/{name}/events")
        kept = ("id", "created_at", "level", "message")
        return [{key: entry.get(key) for key in kept} for entry in reversed(found)]

    def checkpoints(self, name: str) -> list[dict[str, Any]]:
        """Return the models at the end of each epoch: name, step and metrics."""
        found = self._listed(f"/fine_tuning/jobs/{name}/checkpoints")
        return [
            {
                "model": entry.get("fine_tuned_model_checkpoint"),
                "step": entry.get("step_number"),
                "metrics": entry.get("metrics"),
            }
            for entry in found
        ]

    def cancel(self, name: str) -> Job:
        """Have a job stopped."""
        return _job(told(self.call("POST", f"/fine_tuning/jobs/{name}/cancel", b"{}")))

    def _listed(self, path: str) -> Sequence[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        after = ""
        for _ in range(PAGES):
            page = told(self.call("GET", f"{path}?limit=100{after}"))
            entries = [entry for entry in page.get("data") or [] if isinstance(entry, dict)]
            found += entries
            if not entries or not page.get("has_more"):
                break
            after = f"&after={entries[-1].get('id')}"
        return found


def _job(said: dict[str, Any]) -> Job:
    error = said.get("error") if isinstance(said.get("error"), dict) else None
    tokens = said.get("trained_tokens")
    try:
        return Job(
            str(said["id"]),
            str(said["status"]),
            str(said.get("fine_tuned_model") or ""),
            int(tokens) if isinstance(tokens, int) else None,
            str((error or {}).get("message") or ""),
        )
    except KeyError as problem:
        raise HumanlikeError(f"The server's answer is no fine-tuning job ({problem!r}).") from None
