"""An observer whose mind is known: for teaching, and to test everything that comes after."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from humanlike.errors import HumanlikeError, unknown
from humanlike.models.base import Answer, Choice, ModelInfo, Prompt, Scale, Settings, Usage
from humanlike.models.chance import uniform
from humanlike.models.options import read_options, write_options

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SPACES = ("random", "things", "human")
RULE = 1
UNSURE = "I do not know."


@dataclass(frozen=True)
class Options:
    """How the observer answers.

    Attributes
    ----------
    space : str
        ``random``: every name has a random unit vector; ``things``: the human SPoSE embedding;
        ``human``: that of Paper B's concepts alone, each in the sense the paper gives, and people's
        mean ratings of Paper A's words, so that nobody could agree better with people.
    dims : int
        Dimensions of the random space.
    noise : float
        Scale of the logistic noise on the difference of two similarities (cosines); for ratings the
        standard deviation of normal noise, in scale points. 0 is none.
    lapse : float
        Share of answers that are random: any option, or any whole number of the scale.
    bias : float
        Liking of the option named first, in log-odds, added before the lapses.
    silent : float
        Share of answers that say nothing.
    seed : int
        Seed of space and noise.
    """

    space: str = "random"
    dims: int = 8
    noise: float = 0.0
    lapse: float = 0.0
    bias: float = 0.0
    silent: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        if self.space not in SPACES:
            raise HumanlikeError(unknown("space", self.space, SPACES))
        if self.dims < 1:
            raise HumanlikeError(f"A space has at least one dimension; got dims={self.dims}.")
        if not (self.noise >= 0 and math.isfinite(self.noise)):
            raise HumanlikeError(f"noise must be a number of at least 0; got {self.noise:g}.")
        for name in ("lapse", "silent"):
            share = getattr(self, name)
            if not 0 <= share <= 1:
                raise HumanlikeError(f"{name} is a share between 0 and 1; got {share:g}.")


class Simulated:
    """The observer.

    Parameters
    ----------
    options : Options
        How it answers.
    vectors : dict of str to ndarray, optional
        Its space, instead of the one the options name. Names are given without regard to case.
    name : str
        Names the space if it is given; part of the spec.

    Notes
    -----
    Of two options with similarities :math:`s_1, s_2` to the anchor the first is chosen with
    probability

    .. math:: p_1 = \\lambda / 2 + (1 - \\lambda) / (1 + e^{-((s_1 - s_2) / \\nu + b)})

    with lapse :math:`\\lambda`, noise :math:`\\nu` and bias :math:`b`; more options compete by
    softmax. A rating is the true value, uniform over the scale by name and dimension, plus normal
    noise, rounded and cut to the scale. Every answer depends on the prompt and the seeds only,
    never on the order of asking.
    """

    def __init__(
        self,
        options: Options | None = None,
        vectors: Mapping[str, NDArray[np.float64]] | None = None,
        name: str = "",
    ) -> None:
        self.options = options or Options()
        if vectors is not None and not name:
            raise HumanlikeError("A space of your own needs a name, which becomes part of the key.")
        self._name = name or self.options.space
        given = vectors if vectors is not None else _named_space(self.options.space)
        self._given = {key.casefold(): value for key, value in given.items()}
        self._made: dict[str, NDArray[np.float64]] = {}
        self._open = not self._given
        people = vectors is None and self.options.space == "human"
        self._ratings = _human_ratings() if people else {}
        self._revision = _checksum(self._given, self._ratings)

    def info(self) -> ModelInfo:
        """Say who this is; all options are part of the spec."""
        own = "" if self._name == self.options.space else f"{self._name};"
        spec = f"simulated:{own}{write_options(self.options)}"
        return ModelInfo(
            spec,
            "simulated",
            self._label(),
            self._revision,
            rule=RULE,
            reads_question=True,
            chunk=50_000,
        )

    def _label(self) -> str:
        """Return the name of the space and what is unusual about the observer."""
        usual = Options(self.options.space)
        odd = [f"{entry.name} {getattr(self.options, entry.name):g}" for entry in fields(Options)
               if getattr(self.options, entry.name) != getattr(usual, entry.name)]  # fmt: skip
        return ", ".join([self._name, *odd])

    def answer(self, prompts: Sequence[Prompt], settings: Settings) -> Iterator[tuple[int, Answer]]:
        """Yield the answers in order."""
        self.info().check(prompts, settings)
        for place, prompt in enumerate(prompts):
            yield place, self._answer(prompt, settings)

    def close(self) -> None:
        """Forget the vectors made so far."""
        self._made.clear()

    def similarity(self, one: str, other: str) -> float:
        """Return the cosine of two names' vectors.

        Raises
        ------
        HumanlikeError
            If the space was given and lacks a name.
        """
        import numpy as np

        left, right = self._vector(one), self._vector(other)
        return float(left @ right / math.sqrt(np.vdot(left, left) * np.vdot(right, right)))

    def probabilities(self, question: Choice) -> list[float]:
        """Return the probability of each option, lapses included."""
        options = self.options
        values = [self.similarity(question.anchor, option) for option in question.options]
        if options.noise:
            values = [value / options.noise for value in values]
        else:
            values = [0.0 if value == max(values) else -math.inf for value in values]
        values[0] += options.bias
        top = max(values)
        weights = [math.exp(value - top) for value in values]
        total, share = sum(weights), options.lapse / len(values)
        return [share + (1 - options.lapse) * weight / total for weight in weights]

    def rating(self, question: Scale) -> float:
        """Return the true value of a word on a dimension, in scale points; more means more.

        Raises
        ------
        HumanlikeError
            If people's ratings are taken and they did not rate it.
        """
        if self._ratings:
            known = self._ratings.get((question.word.casefold(), question.dimension))
            if known is None:
                raise HumanlikeError(f"People did not rate '{question.word}' in Paper A's norms.")
            return known
        (u,) = uniform(1, "value", self.options.seed, question.word, question.dimension)
        low, high = question.ends
        return low + (high - low) * u

    def rating_probabilities(self, question: Scale) -> dict[str, float]:
        """Return the probability of each whole number of the scale, lapses included.

        Where the scale is turned round, so are the numbers, after everything else.
        """
        low, high = question.ends
        levels = range(math.ceil(low), math.floor(high) + 1)
        true, noise, lapse = self.rating(question), self.options.noise, self.options.lapse
        bounds = [-math.inf, *(level + 0.5 for level in levels[:-1]), math.inf]
        below = [_normal((bound - true), noise) for bound in bounds]
        return {
            f"{question.turned(level):g}": lapse / len(levels)
            + (1 - lapse) * (below[n + 1] - below[n])
            for n, level in enumerate(levels)
        }

    def _answer(self, prompt: Prompt, settings: Settings) -> Answer:
        question = prompt.question
        if isinstance(question, Choice):
            shares = dict(zip(question.answers, self.probabilities(question), strict=True))
        elif isinstance(question, Scale):
            shares = self.rating_probabilities(question)
        else:
            raise HumanlikeError("The observer answers questions of the package's tasks only.")
        if settings.mode == "score":
            allowed = prompt.allowed or ()
            scores = {answer: _log(shares.get(answer.strip(), 0.0)) for answer in allowed}
            return Answer.of_scores(scores, finish="stop")
        said = (prompt.system, prompt.user, prompt.trial, settings.seed, self.options.seed)
        silent, draw = uniform(2, "answer", *said)
        if silent < self.options.silent:
            return Answer(UNSURE, finish="stop", usage=Usage(completion=4))
        return Answer(_drawn(shares, draw), finish="stop", usage=Usage(completion=1))

    def _vector(self, name: str) -> NDArray[np.float64]:
        key = name.casefold()
        if key in self._given:
            return self._given[key]
        if not self._open:
            raise HumanlikeError(f"The space '{self._name}' has no vector for '{name}'.")
        if key not in self._made:
            self._made[key] = _random_vector(key, self.options)
        return self._made[key]


def _random_vector(name: str, options: Options) -> NDArray[np.float64]:
    import numpy as np

    digest = hashlib.sha256(f"{options.seed}\x1f{name}".encode()).digest()
    random = np.random.default_rng(np.frombuffer(digest, dtype=np.uint32))
    vector = random.standard_normal(options.dims)
    return np.asarray(vector / np.linalg.norm(vector))


def _checksum(
    space: Mapping[str, NDArray[np.float64]], ratings: Mapping[tuple[str, str], float]
) -> str:
    """Return a checksum of a given space; empty for one that is made from names."""
    if not space:
        return ""
    digest = hashlib.sha256()
    for name in sorted(space):
        digest.update(f"{name}\x1f".encode() + space[name].astype("<f8").tobytes())
    for (word, dimension), value in sorted(ratings.items()):
        digest.update(f"{word}\x1f{dimension}\x1f{value!r}".encode())
    return digest.hexdigest()


def _named_space(name: str) -> dict[str, NDArray[np.float64]]:
    if name == "random":
        return {}
    if name == "human":
        from humanlike.data.concepts import load_concept_space

        concepts = load_concept_space(missing="simulate")
        return dict(zip(map(str, concepts.index), concepts.to_numpy(), strict=True))
    from humanlike.data.things import load_spose, load_things_words

    table, words = load_spose(), load_things_words()
    rows = table.to_numpy()
    space: dict[str, NDArray[np.float64]] = {}
    for row, unique, word in zip(rows, words["unique_id"], words["word"], strict=True):
        for key in (str(word), str(unique), str(unique).replace("_", " ")):
            space.setdefault(key, row)
    return space


def _human_ratings() -> dict[tuple[str, str], float]:
    from humanlike.data.norms import load_ratings

    table = load_ratings("English", missing="simulate")
    known = table[table["human"].notna()]
    words = known["word"].str.casefold()
    return dict(zip(zip(words, known["dimension"], strict=True), known["human"], strict=True))


def _drawn(shares: Mapping[str, float], draw: float) -> str:
    total = 0.0
    for answer, share in shares.items():
        total += share
        if draw < total:
            return answer
    return max(shares, key=shares.__getitem__)


def _normal(distance: float, deviation: float) -> float:
    """Return the probability of normal noise below a distance; without noise a step."""
    if math.isinf(distance) or deviation == 0:
        return 1.0 if distance > 0 else 0.0
    return 0.5 * (1 + math.erf(distance / (deviation * math.sqrt(2))))


def _log(probability: float) -> float:
    return math.log(probability) if probability > 0 else -math.inf


def open_spec(rest: str) -> Simulated:
    """Open ``simulated:name=value,…``; what is not named keeps its default."""
    return Simulated(read_options(Options, rest, "simulated:"))
