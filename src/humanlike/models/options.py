"""Options after a spec's colon, ``name=value,name=value``, read against a frozen dataclass."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, TypeVar

from humanlike.errors import HumanlikeError, unknown

T = TypeVar("T")
TRUE, FALSE = ("true", "yes", "1"), ("false", "no", "0")


def read_options(kind: type[T], text: str, what: str) -> T:
    """Turn ``a=1,b=x`` into a record; what is not named keeps its default.

    Parameters
    ----------
    kind : type
        A dataclass whose fields all have defaults of type int, float, bool or str.
    text : str
        The options.
    what : str
        Whose options they are, for messages.

    Raises
    ------
    HumanlikeError
        If an option is unknown, named twice, or of the wrong type.
    """
    known = {entry.name: entry.default for entry in fields(kind)}  # type: ignore[arg-type]
    given: dict[str, Any] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if not equals:
            raise HumanlikeError(f"{what} takes options as name=value; got '{part}'.")
        if name not in known:
            raise HumanlikeError(unknown(f"option of {what}", name, known))
        if name in given:
            raise HumanlikeError(f"{what} names the option '{name}' twice.")
        given[name] = _typed(value, known[name], f"{what}, option {name}")
    return kind(**given)


def write_options(record: Any) -> str:
    """Return the options as text, defaults included; read back they give the same record."""
    values = {entry.name: getattr(record, entry.name) for entry in fields(record)}
    return ",".join(f"{name}={_shown(value)}" for name, value in values.items())


def _typed(text: str, default: object, what: str) -> object:
    wanted = type(default)
    if wanted is bool:
        if text.lower() not in TRUE + FALSE:
            raise HumanlikeError(f"{what} is yes or no; got '{text}'.")
        return text.lower() in TRUE
    try:
        return wanted(text)  # type: ignore[call-arg]
    except ValueError as problem:
        kinds = {int: "a whole number", float: "a number"}
        raise HumanlikeError(f"{what} is {kinds.get(wanted, 'text')}; got '{text}'.") from problem


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return repr(value) if isinstance(value, float) else str(value)
