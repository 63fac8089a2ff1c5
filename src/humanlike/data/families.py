"""Which models belong together: families, their generations, or who made them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from humanlike.errors import HumanlikeError, unknown

if TYPE_CHECKING:
    import pandas as pd

GROUPINGS: Final = ("family", "generation", "organisation")
GENERATIONS: Final = {
    "AMD-OLMo": "amd-olmo",
    "Falcon3": "falcon 3",
    "Llama-3": "llama 3",
    "Qwen3": "qwen 3",
    "gemma-2": "gemma 2",
    "gemma-3": "gemma 3",
    "llama2": "llama 2",
    "phi-1": "phi 1",
    "qwen-": "qwen 1",
    "qwen2-": "qwen 2",
    "qwen25": "qwen 2.5",
    "qwen3": "qwen 3",
}
"""Beginnings of names in the ranking that tell a generation; any other model has its family's."""


def group_models(board: pd.DataFrame, grouping: str) -> list[str]:
    """Name the group of each model.

    Parameters
    ----------
    board : pandas.DataFrame
        Columns ``model``, ``family`` and ``hf_id``.
    grouping : {"family", "generation", "organisation"}
        The compiled families; families split where a new generation changed architecture and data;
        or the account that published the weights, which is who trained them last.

    Returns
    -------
    list of str
        One per row.

    Raises
    ------
    HumanlikeError
        If there is no such grouping.
    """
    if grouping not in GROUPINGS:
        raise HumanlikeError(unknown("grouping", grouping, GROUPINGS))
    if grouping == "organisation":
        return [str(name).split("/")[0].removesuffix("-t5") for name in board["hf_id"]]
    if grouping == "family":
        return [str(name) for name in board["family"]]
    rows = zip(board["model"], board["family"], strict=True)
    return [_generation(str(model), str(family)) for model, family in rows]


def _generation(model: str, family: str) -> str:
    found = [name for start, name in GENERATIONS.items() if model.startswith(start)]
    return found[0] if found else family
