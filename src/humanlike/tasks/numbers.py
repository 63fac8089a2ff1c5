"""Read a rating out of the text of an answer, strictly: one number on the scale, or a reason."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from humanlike.errors import HumanlikeError

SCALE = (0.0, 5.0)
_NUMBER = r"(?:\d+(?:[.,]\d+)?|[.,]\d+)"
_ALONE = re.compile(rf"(?<![\w.,])(?P<sign>[-−+]?){_NUMBER}(?!\w|[.,]\d)", re.ASCII)
_DIGIT = re.compile(r"[0-9]")
_RANGE = re.compile(rf"{_NUMBER}\s*(?:[-–—]|to|tot|or|of)\s*{_NUMBER}(?!\w)", re.ASCII)
_PERCENT = re.compile(rf"{_NUMBER}\s*(?:%|percent\b|procent\b)", re.ASCII | re.IGNORECASE)


class Failure(Enum):
    """Why a text holds no rating."""

    EMPTY = "empty"
    NO_NUMBER = "no number"
    MALFORMED = "malformed number"
    PERCENTAGE = "percentage"
    RANGE = "range"
    SEVERAL = "several numbers"
    OUT_OF_SCALE = "out of scale"


@dataclass(frozen=True)
class Parsed:
    """A rating, or the reason why there is none.

    Attributes
    ----------
    value : float or None
        The rating, in scale points.
    failure : Failure or None
        Set exactly when there is no value.
    """

    value: float | None = None
    failure: Failure | None = None

    def __post_init__(self) -> None:
        if (self.value is None) == (self.failure is None):
            raise HumanlikeError(
                "A parsed answer has either a value or a failure; got "
                f"{self.value!r} and {self.failure!r}."
            )

    @property
    def ok(self) -> bool:
        """Whether there is a rating."""
        return self.value is not None


def parse_rating(text: str, low: float = SCALE[0], high: float = SCALE[1]) -> Parsed:
    """Read the one number a text holds, if it lies on the scale.

    Accepted are whole numbers and decimals with a point or a comma, with words, quotation marks and
    blanks around them. Nothing is guessed: numbers in words, several numbers, ranges, percentages
    and numbers off the scale are refused with a reason, as are digits that touch letters.

    Parameters
    ----------
    text : str
        The answer.
    low, high : float
        Ends of the scale, both included, in scale points.

    Raises
    ------
    HumanlikeError
        If ``low`` is not below ``high``.

    Examples
    --------
    >>> parse_rating("3,5").value
    3.5
    >>> parse_rating("2 to 3").failure.value
    'range'
    """
    if not low < high:
        raise HumanlikeError(f"Expected a scale from low to high, but it is {low:g} to {high:g}.")
    if not text.strip():
        return Parsed(failure=Failure.EMPTY)
    if not _DIGIT.search(text):
        return Parsed(failure=Failure.NO_NUMBER)
    for pattern, reason in ((_PERCENT, Failure.PERCENTAGE), (_RANGE, Failure.RANGE)):
        if pattern.search(text):
            return Parsed(failure=reason)
    found = [match.group() for match in _ALONE.finditer(text)]
    if sum(len(_DIGIT.findall(number)) for number in found) != len(_DIGIT.findall(text)):
        return Parsed(failure=Failure.MALFORMED)
    if len(found) > 1:
        return Parsed(failure=Failure.SEVERAL)
    value = float(found[0].replace(",", ".").replace("−", "-"))
    if not low <= value <= high:
        return Parsed(failure=Failure.OUT_OF_SCALE)
    return Parsed(value=value + 0.0)
