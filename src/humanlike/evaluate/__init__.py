"""Put a model through both tests, keep the result, rank it, compare it.

``parameters`` says what is asked and how it is analysed, ``asking`` asks, ``triplets`` and
``ratings`` measure, ``bias`` looks at how the answers came about, ``robust`` asks in other ways
(``ways``, ``triplet_ways``, ``rating_ways``), ``record`` is what is kept of it, ``files`` keeps it,
``sides`` finds it, ``leaderboard`` and ``compare`` set models side by side.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from humanlike.evaluate.files import evaluations as evaluations
    from humanlike.evaluate.files import find_evaluation as find_evaluation
    from humanlike.evaluate.files import read_evaluation as read_evaluation
    from humanlike.evaluate.files import write_evaluation as write_evaluation
    from humanlike.evaluate.parameters import Parameters as Parameters
    from humanlike.evaluate.record import Evaluation as Evaluation
    from humanlike.evaluate.run import evaluate as evaluate

_HOME = {
    "evaluate": "run",
    "Evaluation": "record",
    "Parameters": "parameters",
    "evaluations": "files",
    "find_evaluation": "files",
    "read_evaluation": "files",
    "write_evaluation": "files",
}
__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _HOME:
        raise AttributeError(f"humanlike.evaluate has no '{name}'; it has {', '.join(__all__)}.")
    return getattr(import_module(f"humanlike.evaluate.{_HOME[name]}"), name)
