"""What is kept of an evaluation: one record that writes itself as JSON and reads itself back."""

from __future__ import annotations

import hashlib
import json
import math
import types
from dataclasses import MISSING, asdict, dataclass, field, fields, is_dataclass
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from humanlike import __version__
from humanlike.errors import HumanlikeError
from humanlike.evaluate.parameters import Parameters

SCHEMA: Final = 1
KIND: Final = "humanlike evaluation"
LEVEL: Final = 0.95
"""Of every interval."""


@dataclass(frozen=True)
class Measured:
    """A value with the ends of its interval; p is the share of chance values as far out."""

    value: float
    low: float | None = None
    high: float | None = None
    p: float | None = None


@dataclass(frozen=True)
class Asked:
    """What was asked in one task and what came back.

    Attributes
    ----------
    form, mode : str
        Form of the prompts, and how the answer was taken.
    why : str
        Why this mode, where it was not the one first tried.
    settings : dict
        All settings of the answers, as they are part of the key.
    prompts, valid : int
        Prompts, and answers with a value.
    failures : dict of str to int
        The other answers by the name of the reason, most frequent first.
    first, last : float or None
        When the first and the last of the answers were stored, in seconds since 1970 (UTC).
    seconds : float or None
        Time spent asking, all runs together.
    read, written : int or None
        Tokens, where the model counts them.
    cost : float or None
        US dollars for these, where the price is known.
    notes : dict of str to int
        What servers left out, as in `humanlike.query.summary.Summary`.
    """

    form: str
    mode: str
    why: str
    settings: dict[str, Any]
    prompts: int
    valid: int
    failures: dict[str, int]
    first: float | None = None
    last: float | None = None
    seconds: float | None = None
    read: int | None = None
    written: int | None = None
    cost: float | None = None
    notes: dict[str, int] = field(default_factory=dict)

    @property
    def valid_share(self) -> float:
        """Share of answers with a value, 0 to 1."""
        return self.valid / self.prompts


@dataclass(frozen=True)
class TripletResult:
    """Paper B's test.

    Attributes
    ----------
    asked : Asked
    reason : str
        Why there is no result; empty if there is one. Without one all that may be None is None.
    verdict : str
        ``none``, ``chance``, ``between`` or ``ceiling``, see `humanlike.evaluate.verdict`.
    r2 : Measured or None
        Procrustes R² with the human space; the interval holds 95 % of the refits, p is the share of
        shuffled concepts with an R² as high.
    agreement : Measured or None
        Share of the answers that the human space gives too; the interval is over concepts, p is
        two-sided, from shuffled concepts.
    held_out : Measured or None
        Share of the held-out answers that the fitted space predicts, Wilson interval.
    rank : Measured or None
        Rank among the published models, 1 for the best; low and high are those of R²'s interval.
    corrected : Measured or None
        R² on the scale from random answers (0) to people's own (1).
    limits : dict of str to float
        Fields of `humanlike.analysis.ceilings.Limits`.
    ceilings : dict of str to float
        Share of answers that the human space gives too, of: ``chance_low`` and ``chance_high``
        (95 % of shuffled concepts), ``other`` (the other human space), ``crowd`` (people's noise).
    bias : dict of str to Measured
        See `humanlike.evaluate.bias`.
    concepts : tuple of str, (concepts,)
    space : list of list of float, (concepts, dimensions), or None
        The fitted space.
    marks : str
        One character per question in the order of asking: 1 if the human space gives the answer
        too, 0 if not, = at a tie, - without an answer.
    """

    asked: Asked
    reason: str = ""
    verdict: str = "none"
    r2: Measured | None = None
    agreement: Measured | None = None
    held_out: Measured | None = None
    rank: Measured | None = None
    corrected: Measured | None = None
    limits: dict[str, float] = field(default_factory=dict)
    ceilings: dict[str, float] = field(default_factory=dict)
    bias: dict[str, Measured] = field(default_factory=dict)
    concepts: tuple[str, ...] = ()
    space: list[list[float]] | None = None
    marks: str = ""


@dataclass(frozen=True)
class RatingResult:
    """Paper A's test.

    Attributes
    ----------
    asked : Asked
    reason : str
        Why there is no result; empty if there is one.
    verdict : str
        As in `TripletResult`.
    n_words : int
        Words that people, the model and all versions of GPT-4o-mini rated on all dimensions.
    rsa, spearman, similarity : Measured or None
        Measures of `humanlike.analysis.transfer.MEASURES`; intervals are over words. p of the RSA
        is one-sided, from shuffled words.
    dimensions : dict of str to Measured
        Spearman's ρ of each dimension.
    references : dict of str to dict of str to Measured
        The same measures of the versions of GPT-4o-mini on the same words; those of dimensions
        under ``dimension`` and their name. A version that rated all of these words alike on a
        dimension is left out.
    gains : dict of str to dict of str to Measured
        The model minus each of them, with paired intervals.
    ceilings : dict of str to float
        RSA of a perfect model and between groups of raters, where raters' spread is known.
    bias : dict of str to Measured
        See `humanlike.evaluate.bias`.
    used : dict of str to int
        How often each value was given, as text, the most frequent first; the first 50.
    words : tuple of str, (words,)
    ratings : dict of str to list of float or None, each (words,)
        By dimension; None for an answer without a value.
    """

    asked: Asked
    reason: str = ""
    verdict: str = "none"
    n_words: int = 0
    rsa: Measured | None = None
    spearman: Measured | None = None
    similarity: Measured | None = None
    dimensions: dict[str, Measured] = field(default_factory=dict)
    references: dict[str, dict[str, Measured]] = field(default_factory=dict)
    gains: dict[str, dict[str, Measured]] = field(default_factory=dict)
    ceilings: dict[str, float] = field(default_factory=dict)
    bias: dict[str, Measured] = field(default_factory=dict)
    used: dict[str, int] = field(default_factory=dict)
    words: tuple[str, ...] = ()
    ratings: dict[str, list[float | None]] = field(default_factory=dict)


@dataclass(frozen=True)
class Evaluation:
    """One model with its results.

    Attributes
    ----------
    model : dict
        All the model says of itself, as `humanlike.models.base.ModelInfo`.
    identity : dict
        What of it can change an answer.
    parameters : Parameters
        Form and mode are the ones wished for; those used stand with the tasks.
    simulated : tuple of str
        Data sets that were simulated because the real ones could not be had.
    made : dict
        ``at`` (when, ISO 8601), ``seconds`` (of asking and analysis now), ``version`` of this
        package, ``python``, ``system``, ``machine``, ``cores``.
    triplets : TripletResult or None
    ratings : RatingResult or None
    """

    model: dict[str, Any]
    identity: dict[str, Any]
    parameters: Parameters
    simulated: tuple[str, ...] = ()
    made: dict[str, Any] = field(default_factory=dict)
    triplets: TripletResult | None = None
    ratings: RatingResult | None = None

    @property
    def id(self) -> str:
        """Short hash of the model's identity and all parameters."""
        known = [self.identity, asdict(self.parameters), list(self.simulated)]
        text = json.dumps(known, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    @property
    def name(self) -> str:
        """What people call the model."""
        return str(self.model["name"])

    @property
    def spec(self) -> str:
        """The spec it was opened with."""
        return str(self.model["spec"])

    def as_json(self) -> str:
        """Return the record as text."""
        head = {"kind": KIND, "schema": SCHEMA, "id": self.id}
        return json.dumps(head | asdict(self), ensure_ascii=False, allow_nan=False) + "\n"


def from_json(text: str, where: str) -> Evaluation:
    """Read a record back.

    Parameters
    ----------
    text : str
        As `Evaluation.as_json` gives it.
    where : str
        Where it comes from, for messages.

    Raises
    ------
    HumanlikeError
        If it is torn, no evaluation, of another schema, incomplete or changed.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise HumanlikeError(
            f"{where} is not complete JSON ({problem}). It was cut off or damaged: delete it and "
            "give the same 'humanlike evaluate' again; its answers are still in the store."
        ) from None
    if not isinstance(found, dict) or found.get("kind") != KIND:
        raise HumanlikeError(f'{where} is no evaluation: expected "kind": "{KIND}" in it.')
    if found.get("schema") != SCHEMA:
        raise HumanlikeError(
            f"{where} is of schema {found.get('schema')}, this version reads {SCHEMA}. Evaluate "
            "the model again; its answers are still in the store."
        )
    noted = found.pop("id", None)
    body = {key: value for key, value in found.items() if key not in ("kind", "schema")}
    evaluation: Evaluation = _built(Evaluation, body, where)
    lacking = [name for name in ("name", "spec") if not isinstance(evaluation.model.get(name), str)]
    if lacking:
        raise HumanlikeError(f"{where} lacks {', '.join(lacking)}. Evaluate the model again.")
    if evaluation.id != noted:
        raise HumanlikeError(
            f"{where} says that it is {noted}, but its model and parameters are those of "
            f"{evaluation.id}. It was changed by hand, or made by another version of the package "
            f"({evaluation.made.get('version')}; this is {__version__}): delete it and evaluate "
            "the model again; its answers are still in the store."
        )
    return evaluation


def _built(kind: Any, value: Any, where: str) -> Any:
    """Turn plain JSON into the records it was made from, and refuse what does not fit."""
    origin, inner = get_origin(kind), get_args(kind)
    if kind is Any:
        return value
    if origin in (Union, types.UnionType):
        if value is None and type(None) in inner:
            return None
        return _built(next(one for one in inner if one is not type(None)), value, where)
    if is_dataclass(kind):
        return _record(kind, value, where)
    if origin is tuple and isinstance(value, list):
        return tuple(_built(inner[0], one, where) for one in value)
    if origin is list and isinstance(value, list):
        return [_built(inner[0], one, where) for one in value]
    if origin is dict and isinstance(value, dict):
        return {str(key): _built(inner[1], one, where) for key, one in value.items()}
    if kind is float and isinstance(value, int | float) and not isinstance(value, bool):
        if math.isfinite(value):
            return float(value)
    elif kind in (int, str, bool) and type(value) is kind:
        return value
    raise HumanlikeError(f"{where} holds {str(value)[:60]!r} where {kind} was expected.")


def _record(kind: Any, value: Any, where: str) -> Any:
    known = {entry.name: entry for entry in fields(kind)}
    if not isinstance(value, dict):
        raise HumanlikeError(f"{where} holds {str(value)[:60]!r} where a record was expected.")
    strange = sorted(set(value) - set(known))
    without = (MISSING, MISSING)
    lacking = sorted(
        name for name, entry in known.items()
        if name not in value and (entry.default, entry.default_factory) == without
    )  # fmt: skip
    if strange or lacking:
        what = f"lacks {', '.join(lacking)}" if lacking else f"has unknown {', '.join(strange)}"
        raise HumanlikeError(f"{where} {what}. Evaluate the model again.")
    hints = get_type_hints(kind)
    given = {name: _built(hints[name], one, where) for name, one in value.items()}
    try:
        return kind(**given)
    except HumanlikeError as problem:
        raise HumanlikeError(f"{where}: {problem}") from None
