"""What is asked of a model and how its answers are analysed; the defaults are the papers'."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Final

from humanlike.errors import HumanlikeError, unknown
from humanlike.models.base import Settings
from humanlike.query.plans import PAPER_TRIPLETS

if TYPE_CHECKING:
    from humanlike.analysis.ceilings import Design
    from humanlike.analysis.placing import Rules

TASKS: Final = ("triplets", "ratings")
PROFILES: Final[dict[str, dict[str, Any]]] = {
    "quick": {"n_refits": 50, "n_replicates": 3, "n_boot": 300, "n_perm": 500},
    "paper": {},
    "thorough": {"n_refits": 1000, "n_replicates": 20, "n_boot": 5000, "n_perm": 10_000},
}
FORMS: Final = ("auto", "chat", "base")
MODES: Final = ("auto", "generate", "score")


@dataclass(frozen=True)
class Parameters:
    """What is asked and how it is analysed.

    Attributes
    ----------
    tasks : tuple of str
        Of `TASKS`.
    n_triplets, seed : int
        Questions of the triplet design, and the seed of design, starts and resamples.
    n_dims, human_space : int
        Dimensions of the fitted space, and of the human one (66 or 49).
    n_refits, n_starts, n_replicates : int
        As in `humanlike.analysis.placing.Rules`; and times each observer of known agreement goes
        through the design, for chance and ceiling.
    n_words : int
        Only the first words to rate; 0 for all.
    n_boot, n_perm : int
        Resamples of concepts and of words, and shuffles of them for the tests against chance.
    least_valid : float
        Share of valid answers below which a test gives no result.
    form : {"auto", "chat", "base"}
        Form of the prompts; ``auto`` takes the chat template where there is one.
    mode : {"auto", "generate", "score"}
        Let the model write, or score the allowed answers; ``auto`` lets it write unless the first
        answers show that it does not answer that way.
    temperature : float or None
        As for `humanlike.query.query`: by default as in the papers.
    max_tokens, sampling_seed : int
        As for `humanlike.query.query`.
    """

    tasks: tuple[str, ...] = TASKS
    n_triplets: int = PAPER_TRIPLETS
    seed: int = 0
    n_dims: int = 30
    human_space: int = 66
    n_refits: int = 200
    n_starts: int = 10
    n_replicates: int = 5
    n_words: int = 0
    n_boot: int = 1000
    n_perm: int = 1000
    least_valid: float = 0.5
    form: str = "auto"
    mode: str = "auto"
    temperature: float | None = None
    max_tokens: int = 32
    sampling_seed: int = 0

    def __post_init__(self) -> None:
        if not self.tasks:
            raise HumanlikeError(f"Name at least one test: {', '.join(TASKS)}.")
        for name in self.tasks:
            if name not in TASKS:
                raise HumanlikeError(unknown("test", str(name), TASKS))
        if self.form not in FORMS:
            raise HumanlikeError(unknown("form of prompt", self.form, FORMS))
        if self.mode not in MODES:
            raise HumanlikeError(unknown("mode", self.mode, MODES))
        if self.human_space not in (66, 49):
            raise HumanlikeError(
                f"The human space has 66 or 49 dimensions, not {self.human_space}."
            )
        for name, least in _LEAST.items():
            value = getattr(self, name)
            if value < least:
                raise HumanlikeError(f"{name} must be at least {least}; got {value:g}.")
        Settings(temperature=self.temperature, max_tokens=self.max_tokens)
        if not 0 <= self.least_valid < 1:
            raise HumanlikeError(
                f"least_valid is a share, at least 0 and below 1; got {self.least_valid:g}."
            )

    @property
    def rules(self) -> Rules:
        """How the model is placed on Paper B's scale."""
        from humanlike.analysis.placing import Rules

        return Rules(self.n_triplets, self.n_dims, self.least_valid, self.n_refits, self.n_starts)

    @property
    def design(self) -> Design:
        """The design whose chance and ceiling are wanted."""
        from humanlike.analysis.ceilings import Design

        return Design(self.n_triplets, self.n_dims)


_LEAST: Final = {
    "n_triplets": 1, "n_dims": 1, "n_refits": 2, "n_starts": 1, "n_replicates": 2, "n_words": 0,
    "n_boot": 2, "n_perm": 1, "seed": 0,
}  # fmt: skip


def resolve(profile: str = "paper", **given: Any) -> Parameters:
    """Return the parameters of a profile with some changed.

    Parameters
    ----------
    profile : {"quick", "paper", "thorough"}
        The papers' own settings, fewer or more resamples.
    **given
        Fields of `Parameters`; None leaves the profile's value, but for ``temperature``.

    Raises
    ------
    HumanlikeError
        If the profile or a parameter is unknown, or a value impossible.
    """
    if profile not in PROFILES:
        raise HumanlikeError(unknown("profile", profile, PROFILES))
    known = [field.name for field in fields(Parameters)]
    for name in given:
        if name not in known:
            raise HumanlikeError(unknown("parameter of an evaluation", name, known))
    chosen = PROFILES[profile] | {k: v for k, v in given.items() if v is not None}
    if "tasks" in chosen:
        named = [chosen["tasks"]] if isinstance(chosen["tasks"], str) else chosen["tasks"]
        chosen["tasks"] = tuple(name for name in TASKS if name in named) + tuple(
            name for name in named if name not in TASKS
        )
    return replace(Parameters(), **chosen)
