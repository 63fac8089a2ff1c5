"""A chapter's parameters: read from the tagged cell, explained, and checked before a kernel starts.

The cell tagged ``parameters`` holds annotated assignments with a comment each. A comment may end in
the set of allowed values, in the usual notation::

    n_boot: int = 200  # bootstrap resamples of the words, in [20, 100000]
    language: str = "English"  # which norms, in {"English", "Dutch"}
"""

from __future__ import annotations

import ast
import io
import math
import re
import tokenize
from dataclasses import dataclass
from typing import Any

from humanlike.errors import HumanlikeError, unknown

Value = int | float | str | bool | list[str] | list[int] | list[float]

_ALLOWED = re.compile(r"^(?P<doc>.*?),?\s+in\s+(?P<set>\[[^\[\]]*\]|\{[^{}]*\})\s*$")
NUMBERS = {  # how a number is typed; the parameter form checks with the same two expressions
    "int": r"[+-]?[0-9][0-9_]{0,4000}",
    "float": r"[+-]?(?:[0-9][0-9_]{0,4000}\.?[0-9]{0,4000}|\.[0-9]{1,4000})"
    r"(?:[eE][+-]?[0-9]{1,9})?",
}
_TYPES = ("int", "float", "str", "bool", "list[str]", "list[int]", "list[float]")


@dataclass(frozen=True)
class Parameter:
    """One parameter of a chapter.

    Attributes
    ----------
    name : str
        Name of the variable in the notebook.
    type : str
        One of ``int``, ``float``, ``str``, ``bool``, ``list[str]``, ``list[int]``, ``list[float]``.
    default : int, float, str, bool or list
        Value in the notebook's cell.
    doc : str
        What the parameter does.
    bounds : tuple of float or None
        Smallest and largest allowed number, both included.
    choices : tuple or None
        The allowed values; for a list, of each of its entries.
    """

    name: str
    type: str
    default: Value
    doc: str
    bounds: tuple[float, float] | None = None
    choices: tuple[Any, ...] | None = None

    @property
    def allowed(self) -> str:
        """The allowed values in words, empty when any value of the type will do."""
        if self.bounds:
            return f"{self.bounds[0]:,.15g} to {self.bounds[1]:,.15g}"
        if self.choices:
            return ", ".join(str(choice) for choice in self.choices)
        return ""

    def parse(self, text: str) -> Value:
        """Turn the text of ``-p name=text`` into a checked value.

        Raises
        ------
        HumanlikeError
            If the text is not of the parameter's type or not allowed.
        """
        if self.type == "str":
            return self.check(text)
        if self.type.startswith("list["):
            inside = text.strip().removeprefix("[").removesuffix("]")
            entries = [part.strip().strip("'\"") for part in inside.split(",") if part.strip()]
            kind = self.type[5:-1]
            return self.check([self._scalar(kind, entry) for entry in entries])
        return self.check(self._scalar(self.type, text.strip()))

    def _scalar(self, kind: str, text: str) -> Any:
        if kind == "str":
            return text
        if kind == "bool":
            known = {"true": True, "false": False, "yes": True, "no": False}
            if text.lower() in known:
                return known[text.lower()]
            raise self._wrong_type(text)
        if not re.fullmatch(NUMBERS[kind], text):
            raise self._wrong_type(text)
        plain = text.replace("_", "")
        return int(plain) if kind == "int" else float(plain)

    def check(self, value: Any) -> Value:
        """Return the value when its type and range are right.

        Raises
        ------
        HumanlikeError
            Naming the parameter, what it takes, and what came.
        """
        if self.type.startswith("list["):
            if not isinstance(value, list):
                raise self._wrong_type(value)
            if not value:
                raise HumanlikeError(f"Parameter '{self.name}' is empty; name at least one value.")
            checked = [self._check_one(self.type[5:-1], entry) for entry in value]
            repeated = sorted({str(entry) for entry in checked if checked.count(entry) > 1})
            if repeated:
                raise HumanlikeError(f"Parameter '{self.name}' repeats {', '.join(repeated)}.")
            return checked
        return self._check_one(self.type, value)  # type: ignore[no-any-return]

    def _check_one(self, kind: str, value: Any) -> Any:
        if kind == "float" and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        expected: Any = {"int": int, "float": float, "str": str, "bool": bool}[kind]
        if not isinstance(value, expected) or (kind == "int" and isinstance(value, bool)):
            raise self._wrong_type(value)
        if isinstance(value, float) and not math.isfinite(value):
            raise self._wrong_type(value)
        if self.bounds and not self.bounds[0] <= value <= self.bounds[1]:
            raise HumanlikeError(
                f"Parameter '{self.name}' is {value}, outside its range {self.allowed}."
            )
        if self.choices and value not in self.choices:
            raise HumanlikeError(
                unknown(f"value for '{self.name}'", str(value), map(str, self.choices))
            )
        return value

    def _wrong_type(self, value: Any) -> HumanlikeError:
        what = f"{self.type} ({self.doc})"
        return HumanlikeError(f"Parameter '{self.name}' takes {what}; got {value!r}.")


def parse_cell(source: str, where: str) -> dict[str, Parameter]:
    """Read the parameters out of the source of the tagged cell.

    Parameters
    ----------
    source : str
        Python source of the cell; only annotated assignments of literals may stand in it.
    where : str
        Name of the chapter, for messages.

    Raises
    ------
    HumanlikeError
        If a line is not ``name: type = literal  # comment``.
    """
    try:
        body = ast.parse(source).body
    except SyntaxError as error:
        raise HumanlikeError(
            f"{where}: the parameters cell is not valid Python: {error}."
        ) from None
    comments = _comments(source)
    parameters = {}
    for node in body:
        parameter = _parse_line(node, comments, where)
        if parameter.name in parameters:
            raise HumanlikeError(f"{where}: parameter '{parameter.name}' stands there twice.")
        parameters[parameter.name] = parameter
    return parameters


def _comments(source: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {
        t.start[0]: t.string.lstrip("# ").rstrip() for t in tokens if t.type == tokenize.COMMENT
    }


def _parse_line(node: ast.stmt, comments: dict[int, str], where: str) -> Parameter:
    line = getattr(node, "end_lineno", 0) or 0
    if not isinstance(node, ast.AnnAssign) or node.value is None:
        raise HumanlikeError(
            f"{where}: line {line} of the parameters cell is not "
            "'name: type = value  # what it does'."
        )
    name, kind = ast.unparse(node.target), ast.unparse(node.annotation)
    if kind not in _TYPES:
        raise HumanlikeError(
            f"{where}: parameter '{name}' has type {kind}; allowed are {', '.join(_TYPES)}."
        )
    if line not in comments:
        raise HumanlikeError(f"{where}: parameter '{name}' has no comment saying what it does.")
    try:
        doc, bounds, choices = _split_comment(comments[line])
        default = ast.literal_eval(node.value)
    except (ValueError, SyntaxError, TypeError):
        raise HumanlikeError(
            f"{where}: parameter '{name}' needs a plain value and, at the end of its comment, "
            "'in [low, high]' or 'in {a, b}' with plain values."
        ) from None
    parameter = Parameter(name, kind, default, doc, bounds, choices)
    parameter.check(default)
    return parameter


def _split_comment(
    comment: str,
) -> tuple[str, tuple[float, float] | None, tuple[Any, ...] | None]:
    match = _ALLOWED.match(comment)
    if not match:
        return comment, None, None
    allowed = match["set"]
    if allowed.startswith("["):
        low, high = ast.literal_eval(allowed)
        if isinstance(low, str) or low > high:
            raise ValueError
        return match["doc"], (low, high), None
    choices = tuple(ast.literal_eval("(" + allowed[1:-1] + ",)"))
    return match["doc"], None, choices


def resolve(
    parameters: dict[str, Parameter],
    profile: dict[str, Any],
    overrides: dict[str, str],
    where: str,
) -> dict[str, Value]:
    """Put defaults, a profile's settings and a user's overrides together, checked.

    Parameters
    ----------
    parameters : dict of str to Parameter
        The chapter's parameters.
    profile : dict
        Values the profile sets.
    overrides : dict of str to str
        Texts as given on the command line; they win.
    where : str
        Name of the chapter, for messages.

    Raises
    ------
    HumanlikeError
        For an unknown name (the nearest one is suggested), a wrong type or a value out of range.
    """
    values: dict[str, Value] = {name: p.default for name, p in parameters.items()}
    for name in (*profile, *overrides):
        if name not in parameters:
            raise HumanlikeError(unknown(f"parameter of chapter {where}", name, parameters))
    values.update({name: parameters[name].check(value) for name, value in profile.items()})
    values.update({name: parameters[name].parse(text) for name, text in overrides.items()})
    return values
