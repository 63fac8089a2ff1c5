"""Put a task to a model: plan, ask what is missing, keep every answer, sum up.

``plans`` turns a task's name and options into prompts, ``run`` asks, ``summary`` counts, ``meter``
shows how far it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from humanlike.query.plans import plan as plan
    from humanlike.query.run import Interrupted as Interrupted
    from humanlike.query.run import Result as Result
    from humanlike.query.run import query as query

_HOME = {"query": "run", "Result": "run", "Interrupted": "run", "plan": "plans"}
__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _HOME:
        raise AttributeError(f"humanlike.query has no '{name}'; it has {', '.join(__all__)}.")
    return getattr(import_module(f"humanlike.query.{_HOME[name]}"), name)
