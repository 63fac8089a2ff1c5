"""What OpenAI charges per million tokens, as the project knows it."""

from __future__ import annotations

import re
from pathlib import Path

from humanlike.errors import HumanlikeError
from humanlike.paths import project_root
from humanlike.readyaml import read_yaml


def load_prices(path: Path | None = None) -> dict[str, dict[str, float]]:
    """Return prices by name of the model, without a date at its end.

    Parameters
    ----------
    path : Path, optional
        Another file than ``data/prices.yml``.

    Returns
    -------
    dict
        For each model ``read`` and ``written``, US dollars per million tokens, and ``batch``, the
        share of them for requests in a batch.

    Raises
    ------
    HumanlikeError
        If the file is none of prices.
    """
    file = path or project_root() / "data" / "prices.yml"
    found = read_yaml(file)
    try:
        share = float(found["batch"])
        return {
            str(name): {"read": float(p["read"]), "written": float(p["written"]), "batch": share}
            for name, p in found["models"].items()
        }
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise HumanlikeError(
            f"{file} holds no prices: expected 'batch' and, under 'models', 'read' and 'written' "
            f"for each; {problem!r}."
        ) from problem


def training_price(name: str, path: Path | None = None) -> float | None:
    """Return what fine-tuning an OpenAI model costs, in US dollars per million tokens and epoch.

    Parameters
    ----------
    name : str
        The base model; a date at its end is ignored.
    path : Path, optional
        Another file than ``data/prices.yml``.

    Returns
    -------
    float or None
        None where it is not known.

    Raises
    ------
    HumanlikeError
        If the file is none of prices.
    """
    file = path or project_root() / "data" / "prices.yml"
    known = read_yaml(file).get("training") or {}
    value = known.get(re.sub(r"-\d{4}-\d{2}-\d{2}$", "", name))
    if value is not None and not isinstance(value, int | float):
        raise HumanlikeError(f"{file}: 'training' of {name} is a number of dollars; got {value!r}.")
    return None if value is None else float(value)
