"""Local models of transformers, ``hf:NAME[@REVISION][+ADAPTER][,option=value,…]``.

``spec`` reads the name and the options, ``identity`` settles which weights, ``load`` loads them,
``prompts`` turns prompts into tokens (with ``template``), ``batches`` groups them, ``state`` feeds
a model, ``score`` and ``generate`` (with ``sampling``) answer, ``engine`` drives them, ``model``
puts it together.
"""

from __future__ import annotations

from humanlike.models.hf.model import Hf
from humanlike.models.hf.spec import read_spec


def open_spec(rest: str) -> Hf:
    """Open a model of the hub or of a folder."""
    return Hf(*read_spec(rest))
