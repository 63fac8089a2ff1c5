"""Models: whoever answers prompts. A spec string ``kind:rest`` opens one.

``base`` holds the protocol and its records; each kind is one module, loaded when it is first
opened.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

from humanlike.errors import HumanlikeError, unknown

if TYPE_CHECKING:
    from humanlike.models.base import Model

KINDS = {
    "encoder": ("encoder", "a text encoder: encoder: for MiniLM, encoder:PATH for another"),
    "hf": ("hf", "a local transformers model: hf:NAME[@REVISION][,dtype=bfloat16] or hf:FOLDER"),
    "replay": ("replay", "recorded answers: replay:FILE.jsonl, as 'responses export' writes"),
    "scripted": ("scripted", "always the same answer: scripted:TEXT"),
    "simulated": ("simulated", "an observer with a known space: simulated:noise=0.1,lapse=0.02"),
}
"""Module and explanation of each kind."""
LATER = {
    "openai": "an OpenAI-compatible server, openai:NAME[@URL]",
}
"""Kinds that have a place but no module yet."""


def open_model(spec: str) -> Model:
    """Open the model a spec names.

    Parameters
    ----------
    spec : str
        ``kind:rest``; the colon may be left out where nothing follows it.

    Raises
    ------
    HumanlikeError
        If the kind is unknown or not available yet, or what follows the colon is not understood.

    Examples
    --------
    >>> open_model("simulated:noise=0.2").info().kind
    'simulated'
    """
    kind, _, rest = spec.strip().partition(":")
    if kind in LATER:
        raise HumanlikeError(
            f"'{kind}:' ({LATER[kind]}) is not available in this version. Available: "
            f"{', '.join(sorted(KINDS))}."
        )
    if kind not in KINDS:
        raise HumanlikeError(unknown("kind of model", kind, [*KINDS, *LATER]))
    module = import_module(f"humanlike.models.{KINDS[kind][0]}")
    return cast("Model", module.open_spec(rest))
