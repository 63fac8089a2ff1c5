"""What a student's ``answer`` holds, as plain numbers, texts, lists and tables."""

from __future__ import annotations

from typing import Any

from humanlike.errors import HumanlikeError

ANSWER_MIME = "application/vnd.humanlike.answer+json"
MOST = 64


def plain(value: Any) -> Any:
    """Return an answer without the types of numpy and pandas; ``None`` where there is none yet.

    Parameters
    ----------
    value : object
        ``...`` or ``None`` (nothing yet), a number, a text, a sequence or set of them, a dict or
        pandas Series (a table: labels become texts), a data frame of one column.

    Returns
    -------
    None, bool, int, float, str, list or dict
        A dict has texts as keys.

    Raises
    ------
    HumanlikeError
        For anything else, or more than 64 values.
    """
    if value is None or value is ...:
        return None
    if isinstance(value, bool | int | float | str):
        return value.item() if hasattr(value, "item") else value
    if hasattr(value, "columns"):
        value = _one_column(value)
    if hasattr(value, "items"):
        return _table(value)
    if getattr(value, "ndim", None) == 0 or (
        hasattr(value, "item") and getattr(value, "size", 0) == 1
    ):
        return plain(value.item())
    if isinstance(value, list | tuple | set | frozenset) or hasattr(value, "tolist"):
        return _sequence(value)
    raise HumanlikeError(
        f"An answer is a number, a text, a list or a table; this is a {type(value).__name__}."
    )


def _one_column(frame: Any) -> Any:
    if len(frame.columns) == 1:
        return frame.iloc[:, 0]
    if len(frame) == 1:
        return frame.iloc[0]
    raise HumanlikeError(
        f"A table as an answer has one column of numbers; this one has {len(frame.columns)}."
    )


def _table(value: Any) -> dict[str, Any]:
    pairs = [(str(label), plain(number)) for label, number in value.items()]
    _not_too_many(len(pairs))
    if len({label for label, _ in pairs}) < len(pairs):
        raise HumanlikeError("Some labels of this table stand there twice.")
    return dict(pairs)


def _sequence(value: Any) -> list[Any]:
    if getattr(value, "ndim", 1) != 1:
        raise HumanlikeError(f"An array as an answer has one axis; this one has {value.ndim}.")
    _not_too_many(len(value))
    members = sorted(value, key=str) if isinstance(value, set | frozenset) else value
    return [plain(one) for one in members]


def _not_too_many(n: int) -> None:
    if n > MOST:
        raise HumanlikeError(f"An answer has at most {MOST} values; this one has {n}.")


def tell(value: Any) -> None:
    """Show an answer to the program that executes the notebook; nobody else sees it."""
    import json

    from IPython.display import display

    from humanlike.data import usage

    try:
        told = {"value": plain(value), "problem": ""}
    except HumanlikeError as problem:
        told = {"value": None, "problem": str(problem)}
    told["real"] = all(use.real for use in usage.used())
    display({ANSWER_MIME: json.dumps(told), "text/plain": ""}, raw=True)
