"""The one protocol every model follows, and the records that cross it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, get_args

from humanlike.errors import HumanlikeError, unknown
from humanlike.tasks.prompt import FORMS, Choice, Form, Prompt, Question, Scale

__all__ = [
    "FORMS",
    "MODES",
    "Answer",
    "Choice",
    "Form",
    "Mode",
    "Model",
    "ModelInfo",
    "Problem",
    "Prompt",
    "Question",
    "Scale",
    "Settings",
    "Token",
    "Usage",
]

Mode = Literal["generate", "score"]
MODES: tuple[Mode, ...] = get_args(Mode)
MAX_TEMPERATURE = 2.0


@dataclass(frozen=True, slots=True)
class Settings:
    """How a model is to answer.

    Attributes
    ----------
    mode : {"generate", "score"}
        Let it write, or take the log-probability of each allowed answer.
    temperature : float or None
        Sampling temperature, 0 to 2; 0 is greedy, None leaves the model's own default settings.
    top_p : float or None
        Probability mass sampled from, above 0 up to 1; None leaves the model's own.
    max_tokens : int
        Most tokens of an answer.
    seed : int
        Seed of the sampling; each trial and prompt derives its own from it.
    top_logprobs : int
        How many likeliest alternatives of each token to keep.
    """

    mode: Mode = "generate"
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int = 32
    seed: int = 0
    top_logprobs: int = 0

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise HumanlikeError(unknown("mode", self.mode, MODES))
        if self.temperature is not None and not 0 <= self.temperature <= MAX_TEMPERATURE:
            raise HumanlikeError(f"temperature must be in [0, 2]; got {self.temperature:g}.")
        if self.top_p is not None and not 0 < self.top_p <= 1:
            raise HumanlikeError(f"top_p must be above 0 and at most 1; got {self.top_p:g}.")
        if self.max_tokens < 1:
            raise HumanlikeError(f"max_tokens must be at least 1; got {self.max_tokens}.")
        if self.top_logprobs < 0:
            raise HumanlikeError(f"top_logprobs must not be negative; got {self.top_logprobs}.")

    def identity(self) -> dict[str, Any]:
        """Return all that can change an answer; sampling settings change no score."""
        if self.mode == "score":
            return {"mode": self.mode, "top_logprobs": self.top_logprobs}
        return {
            "mode": self.mode,
            "temperature": None if self.temperature is None else float(self.temperature),
            "top_p": None if self.top_p is None else float(self.top_p),
            "max_tokens": self.max_tokens,
            "seed": self.seed,
            "top_logprobs": self.top_logprobs,
        }


@dataclass(frozen=True, slots=True)
class Token:
    """One token of an answer.

    Attributes
    ----------
    text : str
        The token.
    logprob : float
        Its natural log-probability given all before it.
    top : dict of str to float
        The likeliest tokens at this place with theirs.
    """

    text: str
    logprob: float
    top: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Usage:
    """What an answer took.

    Attributes
    ----------
    prompt : int or None
        Tokens read.
    completion : int or None
        Tokens written.
    """

    prompt: int | None = None
    completion: int | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Why there is no answer.

    Attributes
    ----------
    kind : str
        Its name, such as ``refused`` or ``timeout``.
    message : str
        What was said, for people.
    final : bool
        True if asking again cannot help: the problem is then this prompt's answer. Otherwise the
        same command asks again.
    """

    kind: str
    message: str = ""
    final: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for one prompt.

    Attributes
    ----------
    text : str
        The answer exactly as it came; in scoring mode the likeliest allowed answer.
    scores : dict of str to float or None
        Natural log-probability of each allowed answer, in scoring mode.
    tokens : tuple of Token
        The answer's tokens, where the model tells them.
    finish : str
        Why it ended: ``stop``, ``length``, or what the model says.
    usage : Usage
        Tokens read and written.
    seconds : float or None
        Time from request to answer; a share of the batch's time where prompts ran together.
    problem : Problem or None
        Set when there is no answer.
    origin : dict of str to str or list
        What a server said of itself, and which of our wishes it did not fulfil; recorded with the
        answer, no part of the key.
    """

    text: str = ""
    scores: Mapping[str, float] | None = None
    tokens: tuple[Token, ...] = ()
    finish: str = ""
    usage: Usage = Usage()
    seconds: float | None = None
    problem: Problem | None = None
    origin: Mapping[str, Any] = field(default_factory=dict)

    @property
    def settled(self) -> bool:
        """Whether there is nothing more to ask."""
        return self.problem is None or self.problem.final

    @classmethod
    def of_scores(cls, scores: Mapping[str, float], **rest: Any) -> Answer:
        """Return the answer whose text is the likeliest of the scored ones; the first of equals.

        Raises
        ------
        HumanlikeError
            If there is no score, or one is not a number.
        """
        if not scores or any(math.isnan(value) for value in scores.values()):
            raise HumanlikeError(f"Expected a log-probability for each answer; got {dict(scores)}.")
        return cls(max(scores, key=scores.__getitem__), scores, **rest)


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """Who answers.

    Attributes
    ----------
    spec : str
        The full spec it was opened with, defaults written out.
    kind : str
        The part before the colon.
    name : str
        What people call it.
    revision : str
        Which version of its weights or data: a commit, a checksum; empty where there is none.
    dtype : str
        Number format of the computation.
    template : str
        Checksum of the chat template; empty where none is applied.
    adapter : str
        Name and checksum of an adapter on top of the weights.
    rule : int
        Version of our own rule where the package itself makes the answer; raised when that changes.
    reads_question : bool
        Whether it answers from `Prompt.question` instead of the text; the question is then part of
        the key.
    modes : tuple of str
        What it can do: ``generate``, ``score``.
    forms : tuple of str
        Forms of prompt it takes: ``chat``, ``base``.
    scored_forms : tuple of str
        Those of them whose allowed answers it can score.
    device : str
        Where it runs. Not part of the key.
    versions : dict of str to str
        Libraries it runs on. Not part of the key.
    chunk : int
        How many prompts it is best handed at once. Not part of the key.
    """

    spec: str
    kind: str
    name: str
    revision: str = ""
    dtype: str = ""
    template: str = ""
    adapter: str = ""
    rule: int = 1
    reads_question: bool = False
    modes: tuple[Mode, ...] = MODES
    forms: tuple[Form, ...] = FORMS
    scored_forms: tuple[Form, ...] = FORMS
    device: str = "cpu"
    versions: Mapping[str, str] = field(default_factory=dict)
    chunk: int = 2000

    def identity(self) -> dict[str, Any]:
        """Return all that can change an answer."""
        return {
            "spec": self.spec,
            "revision": self.revision,
            "dtype": self.dtype,
            "template": self.template,
            "adapter": self.adapter,
            "rule": self.rule,
        }

    def check(self, prompts: Sequence[Prompt], settings: Settings) -> None:
        """Refuse what this model cannot do before anything is asked.

        Raises
        ------
        HumanlikeError
            If the mode or a form is not its own, a prompt to be scored names no allowed answers, or
            it answers from questions and there is none.
        """
        if settings.mode not in self.modes:
            raise HumanlikeError(
                f"{self.spec} cannot {settings.mode} answers; use mode {' or '.join(self.modes)}."
            )
        for form in {prompt.form for prompt in prompts} - set(self.forms):
            why = " because it has no chat template" if form == "chat" else ""
            raise HumanlikeError(
                f"{self.spec} takes no prompts of form {form}{why}; use --form "
                f"{' or '.join(self.forms)}."
            )
        if settings.mode == "score":
            self._check_scoring(prompts)
        if self.reads_question and any(prompt.question is None for prompt in prompts):
            raise HumanlikeError(
                f"{self.spec} answers questions given as data, not text; use a task of "
                "humanlike.tasks, which gives both."
            )

    def _check_scoring(self, prompts: Sequence[Prompt]) -> None:
        if not all(prompt.allowed for prompt in prompts):
            raise HumanlikeError("Scoring needs the allowed answers of every prompt.")
        for form in {prompt.form for prompt in prompts} - set(self.scored_forms):
            raise HumanlikeError(
                f"{self.spec} scores no answers to prompts of form {form}, only of form "
                f"{' or '.join(self.scored_forms)}. Let it write, or use a local model (hf:)."
            )


class Model(Protocol):
    """Whoever answers prompts."""

    def info(self) -> ModelInfo:
        """Say who this is; always the same record for the same open model."""

    def answer(self, prompts: Sequence[Prompt], settings: Settings) -> Iterator[tuple[int, Answer]]:
        """Yield each prompt's place and its answer, in whatever order they finish.

        Every place comes exactly once. What concerns one prompt is an answer with a `Problem`; what
        concerns all of them, such as a wrong key, is a HumanlikeError. Closing the iterator stops
        the work and leaves nothing behind.
        """

    def close(self) -> None:
        """Give back memory, processes and connections; may be called twice."""
