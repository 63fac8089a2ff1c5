"""Which models this process has put questions to, for the provenance note of a page."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from humanlike.models.base import ModelInfo
    from humanlike.query.summary import Summary

MADE_HERE = ("scripted", "simulated")
"""Kinds of models that are code of this package and nothing else."""
_lock = threading.Lock()
_log: dict[tuple[str, str, str], ModelUse] = {}


@dataclass(frozen=True)
class ModelUse:
    """One model that was asked, with what came of it.

    Attributes
    ----------
    task, spec : str
        What was asked of whom.
    identity : dict
        All of the model that can change an answer, as `ModelInfo.identity` gives it.
    prompts, valid : int
        Prompts of the plan, and answers that give a value.
    """

    task: str
    spec: str
    identity: dict[str, Any]
    prompts: int
    valid: int

    @property
    def made_here(self) -> bool:
        """Whether it is code of this package and nothing else."""
        return self.spec.partition(":")[0] in MADE_HERE


def note(task: str, info: ModelInfo, summary: Summary) -> None:
    """Remember that a model was asked; of equal tasks the one with most prompts counts."""
    use = ModelUse(task, info.spec, info.identity(), summary.prompts, summary.valid)
    key = (task, info.spec, info.revision)
    with _lock:
        known = _log.get(key)
        if known is None or known.prompts <= use.prompts:
            _log[key] = use


def asked() -> list[ModelUse]:
    """Return who was asked since the start or the last `clear`, in order of first use."""
    with _lock:
        return list(_log.values())


def clear() -> None:
    """Forget who was asked, as at the start of a page."""
    with _lock:
        _log.clear()
