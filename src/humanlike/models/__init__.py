"""Models: whoever answers prompts. A spec string ``kind:rest`` opens one.

``base`` holds the protocol and its records; each kind is one module, loaded when it is first
opened.
"""

from __future__ import annotations

import inspect
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from humanlike.errors import HumanlikeError, unknown

if TYPE_CHECKING:
    from humanlike.models.base import Model

KINDS = {
    "encoder": (
        "encoder",
        "a text encoder: encoder: for MiniLM, encoder:FOLDER[,layer=N] for another",
    ),
    "hf": ("hf", "a local transformers model: hf:NAME[@REVISION][,dtype=bfloat16] or hf:FOLDER"),
    "openai": ("openai", "an OpenAI-compatible server: openai:NAME, openai:NAME@URL"),
    "replay": ("replay", "recorded answers: replay:FILE.jsonl, as 'responses export' writes"),
    "scripted": ("scripted", "always the same answer: scripted:TEXT"),
    "simulated": ("simulated", "an observer with a known space: simulated:noise=0.1,lapse=0.02"),
}
"""Module and explanation of each kind."""


def open_model(spec: str, **options: Any) -> Model:
    """Open the model a spec names.

    Parameters
    ----------
    spec : str
        ``kind:rest``; the colon may be left out where nothing follows it.
    **options
        How to reach it, such as ``concurrency``: what changes no answer and is therefore no part of
        the spec. Each kind has its own; None leaves the default.

    Raises
    ------
    HumanlikeError
        If the kind is unknown, what follows the colon is not understood, or
        the kind has no such option.

    Examples
    --------
    >>> open_model("simulated:noise=0.2").info().kind
    'simulated'
    """
    kind, _, rest = spec.strip().partition(":")
    if kind not in KINDS:
        raise HumanlikeError(unknown("kind of model", kind, KINDS))
    module = import_module(f"humanlike.models.{KINDS[kind][0]}")
    given = {name: value for name, value in options.items() if value is not None}
    known = [*inspect.signature(module.open_spec).parameters][1:]
    for name in given:
        if name not in known:
            raise HumanlikeError(unknown(f"option of {kind}:", name, known))
    return cast("Model", module.open_spec(rest, **given))
