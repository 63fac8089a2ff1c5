"""What is put to a model: one prompt, and the question it carries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

from humanlike.errors import HumanlikeError, unknown

Form = Literal["chat", "base"]
FORMS: tuple[Form, ...] = get_args(Form)


@dataclass(frozen=True, slots=True)
class Choice:
    """Which option is nearest to the anchor?

    Attributes
    ----------
    anchor : str
        What the options are compared with: a concept, or the text of a question.
    options : tuple of str
        What can be chosen, in the order shown.
    answers : tuple of str
        What to say to choose each option: its name, or its letter.
    """

    anchor: str
    options: tuple[str, ...]
    answers: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(self.options) < 2 or len(self.options) != len(self.answers):
            raise HumanlikeError(
                "A choice needs at least two options with one answer each; got "
                f"{len(self.options)} options and {len(self.answers)} answers."
            )

    def as_dict(self) -> dict[str, Any]:
        """Return plain data, as kept in the store."""
        return {
            "kind": "choice",
            "anchor": self.anchor,
            "options": list(self.options),
            "answers": list(self.answers),
        }


@dataclass(frozen=True, slots=True)
class Scale:
    """How much of something has a word?

    Attributes
    ----------
    word : str
        What is rated.
    dimension : str
        Name of what it is rated on.
    description : str
        The same in the words of the prompt.
    low, high : float
        Numbers that mean *not at all* and *greatly*, in scale points; low is above high where the
        scale is turned round.
    """

    word: str
    dimension: str
    description: str
    low: float = 0.0
    high: float = 5.0

    @property
    def ends(self) -> tuple[float, float]:
        """The smallest and the largest number that can be said."""
        return min(self.low, self.high), max(self.low, self.high)

    def turned(self, number: float) -> float:
        """Turn a number round where the scale is: what is said into what it means, and back.

        The meaning is on the scale whose larger numbers mean more.
        """
        return number if self.low < self.high else self.low + self.high - number

    def as_dict(self) -> dict[str, Any]:
        """Return plain data, as kept in the store."""
        return {
            "kind": "scale",
            "word": self.word,
            "dimension": self.dimension,
            "description": self.description,
            "low": self.low,
            "high": self.high,
        }


Question = Choice | Scale


def question_from(data: dict[str, Any] | None) -> Question | None:
    """Return the question that `Choice.as_dict` or `Scale.as_dict` was made from.

    Raises
    ------
    HumanlikeError
        If it is neither.
    """
    if data is None:
        return None
    fields = dict(data)
    kind = fields.pop("kind", "")
    try:
        if kind == "choice":
            options, answers = tuple(fields["options"]), tuple(fields["answers"])
            return Choice(fields["anchor"], options, answers)
        if kind == "scale":
            return Scale(**fields)
    except (KeyError, TypeError) as problem:
        raise HumanlikeError(f"A {kind} was expected; this is none: {data}.") from problem
    raise HumanlikeError(unknown("kind of question", str(kind), ["choice", "scale"]))


@dataclass(frozen=True, slots=True)
class Prompt:
    """One request to a model.

    Attributes
    ----------
    user : str
        The text that asks; the whole text for a base model.
    system : str
        The instruction before it; empty for none.
    form : {"chat", "base"}
        Whether the model's chat template is applied, or the text is continued as it stands.
    allowed : tuple of str or None
        The answers whose log-probability is wanted in scoring mode.
    trial : int
        Which repetition this is, from 0.
    question : Choice or Scale or None
        What is asked, as data, for models that read no text. It changes no answer of a model that
        reads text and is then no part of the key.
    """

    user: str
    system: str = ""
    form: Form = "chat"
    allowed: tuple[str, ...] | None = None
    trial: int = 0
    question: Question | None = None

    @property
    def text(self) -> str:
        """The text as a base model sees it: instruction, line break, request."""
        return f"{self.system}\n{self.user}" if self.system else self.user
