"""Teach a text encoder people's ratings: a linear read-out, or training of all its weights.

The rating of a word on a dimension is read from two texts, the word and the phrase that describes
the dimension in the prompt (*smelling*), so that a model can be asked about dimensions it was
never trained on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from humanlike.errors import HumanlikeError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from humanlike.finetune import local
    from humanlike.models.encoder import Encoder

LOW, HIGH = 0.0, 5.0
PENALTIES = tuple(10.0**power for power in range(-1, 7))
RULE = 1


@dataclass(frozen=True)
class Recipe:
    """How all weights are trained.

    Attributes
    ----------
    epochs : int
        Passes through the words, at least one.
    steps : int
        Fewest steps; few words are passed through more often until it is reached.
    batch : int
        Words per step.
    learning_rate : float
        Largest learning rate of AdamW; it rises over the first tenth of the steps and falls
        linearly to zero.
    weight_decay : float
        Of AdamW (Loshchilov & Hutter, 2019).
    seed : int
        Seed of the order of the words.
    """

    epochs: int = 4
    steps: int = 60
    batch: int = 32
    learning_rate: float = 1e-4
    weight_decay: float = 0.01
    seed: int = 0

    def __post_init__(self) -> None:
        if min(self.epochs, self.batch) < 1 or self.steps < 0:
            raise HumanlikeError("Training needs at least one epoch and one word per step.")
        if self.learning_rate <= 0:
            raise HumanlikeError("The learning rate must be above 0.")


@dataclass(frozen=True, eq=False)
class Lesson:
    """What is taught and what is asked afterwards.

    Attributes
    ----------
    words : tuple of str
        Training words.
    ratings : ndarray, shape (words, dimensions)
        People's ratings of them, 0 to 5.
    dimensions : tuple of str
        Phrases that describe the rated dimensions.
    asked_words, asked_dimensions : tuple of str
        What to predict afterwards: every word on every phrase.
    recipe : Recipe or None
        How to train, an encoder or (`humanlike.finetune.local.Recipe`) an adapter; None fits a
        linear read-out of the frozen model.
    """

    words: tuple[str, ...]
    ratings: NDArray[np.float64]
    dimensions: tuple[str, ...]
    asked_words: tuple[str, ...]
    asked_dimensions: tuple[str, ...]
    recipe: Recipe | local.Recipe | None = None

    def __post_init__(self) -> None:
        import numpy as np

        expected = (len(self.words), len(self.dimensions))
        if self.ratings.shape != expected or not np.isfinite(self.ratings).all():
            raise HumanlikeError(
                f"Expected ratings of {expected[0]:,} words on {expected[1]} dimensions without "
                f"gaps; got an array of shape {self.ratings.shape}."
            )
        if len(self.words) < 4:
            raise HumanlikeError(f"Training needs at least 4 words; got {len(self.words)}.")

    def shuffled(self, seed: int) -> Lesson:
        """Return the same lesson with the ratings dealt to other words, whole rows at a time."""
        from dataclasses import replace

        import numpy as np

        order = np.random.default_rng(seed).permutation(len(self.words))
        return replace(self, ratings=self.ratings[order])

    def identity(self) -> dict[str, Any]:
        """Return all that can change the outcome, as plain data."""
        import hashlib

        return {
            "rule": RULE,
            "words": list(self.words),
            "ratings": hashlib.sha256(self.ratings.astype("<f8").tobytes()).hexdigest(),
            "dimensions": list(self.dimensions),
            "asked": [list(self.asked_words), list(self.asked_dimensions)],
            "recipe": asdict(self.recipe) if self.recipe else None,
        }


def teach(lesson: Lesson, encoder: Encoder) -> NDArray[np.float64]:
    """Teach a copy of the encoder and ask it.

    Returns
    -------
    ndarray, shape (asked words, asked dimensions)
        Ratings, clipped to 0 to 5.

    Raises
    ------
    HumanlikeError
        If the loss is no longer a number.
    """
    import numpy as np

    if lesson.recipe is None:
        found = read_out(lesson, encoder.embed).ratings
    else:
        assert isinstance(lesson.recipe, Recipe)  # noqa: S101
        found = _tuned(lesson, encoder, lesson.recipe)
    clipped: NDArray[np.float64] = np.clip(found, LOW, HIGH)
    return clipped


# --- a linear read-out ---------------------------------------------------------------------------


class ReadOut(NamedTuple):
    """A linear read-out's predictions.

    Attributes
    ----------
    ratings : ndarray, shape (asked words, asked dimensions)
        Not clipped.
    error : float
        Sum of the squared leave-one-out errors of the training words.
    """

    ratings: NDArray[np.float64]
    error: float


def read_out(lesson: Lesson, embed: Callable[[Sequence[str]], NDArray[Any]]) -> ReadOut:
    r"""Fit one ridge regression per dimension on frozen embeddings.

    A dimension that was not trained is the mixture of those that were, with the weights that a
    second ridge regression gives to the embeddings of the phrases: for phrases :math:`e_d` and a
    new one :math:`e`, :math:`w = (E E^\top + I)^{-1} E e` (two-step kernel ridge regression, Stock
    et al., 2018, doi:10.1162/neco_a_01096), scaled to sum to one.

    Parameters
    ----------
    lesson : Lesson
        What is taught and what is asked.
    embed : callable
        Turns texts into vectors, (texts, dimensions).
    """
    import numpy as np

    from humanlike.stats.ridge import fit_ridge

    inputs = embed(_texts(lesson.words)).astype(float)
    model = fit_ridge(inputs, lesson.ratings, standardize=False, penalties=PENALTIES)
    known = model.predict(embed(_texts(lesson.asked_words)))
    phrases = embed(lesson.dimensions).astype(float)
    columns = []
    for phrase in lesson.asked_dimensions:
        if phrase in lesson.dimensions:
            columns.append(known[:, lesson.dimensions.index(phrase)])
            continue
        gram = phrases @ phrases.T + np.eye(len(phrases))
        weights = np.linalg.solve(gram, phrases @ embed([phrase])[0])
        columns.append(known @ (weights / weights.sum()))
    error = float(((model.fitted - lesson.ratings) ** 2).sum())
    return ReadOut(np.column_stack(columns), error)


# --- all weights ---------------------------------------------------------------------------------


def _tuned(lesson: Lesson, encoder: Encoder, recipe: Recipe) -> NDArray[np.float64]:
    r"""Train every weight so that :math:`5 \cos(word, phrase)` becomes the rating.

    This is the rule by which `humanlike.models.encoder.Encoder` answers before any training, so
    training changes the weights and nothing else. The loss is the mean squared error over words and
    dimensions. Dropout is off: the seed's only part is the order of the words.
    """
    import torch

    torch.manual_seed(recipe.seed)
    student = Student(*encoder.copy(), recipe)
    words, targets = _texts(lesson.words), torch.tensor(lesson.ratings, dtype=torch.float32)
    batches = _batches(len(words), recipe)
    for step, places in enumerate(batches):
        predicted = student.rate([words[place] for place in places], lesson.dimensions)
        loss = torch.nn.functional.mse_loss(predicted, targets[places])
        if not torch.isfinite(loss):
            raise HumanlikeError(
                f"The loss became {loss.item()} at step {step + 1} of {len(batches)}. Try a lower "
                f"learning rate than {recipe.learning_rate:g}."
            )
        student.step(loss, recipe.learning_rate * _pace(step, len(batches)))
    return student.ratings(_texts(lesson.asked_words), lesson.asked_dimensions)


class Student:
    """A copy of an encoder that learns, with its optimiser."""

    def __init__(self, tokenizer: Any, model: Any, recipe: Recipe) -> None:
        import torch

        self._tokenizer, self._model = tokenizer, model
        self._weights = [p for name, p in model.named_parameters() if "pooler" not in name]
        self._optimiser = torch.optim.AdamW(
            self._weights, weight_decay=recipe.weight_decay, fused=True
        )

    def rate(self, words: Sequence[str], phrases: Sequence[str]) -> Any:
        """Return the ratings, not clipped: a tensor of shape (words, phrases)."""
        return LOW + (HIGH - LOW) * self._embed(words) @ self._embed(phrases).T

    def ratings(self, words: Sequence[str], phrases: Sequence[str]) -> NDArray[np.float64]:
        """Return the ratings of any number of words, not clipped: (words, phrases)."""
        import numpy as np
        import torch

        from humanlike.models.encoder import like_lengths

        known: dict[str, NDArray[np.float64]] = {}
        with torch.inference_mode():
            for part in like_lengths(self._tokenizer, list(dict.fromkeys(words))):
                known.update(zip(part, self.rate(part, phrases).double().numpy(), strict=True))
        return np.stack([known[word] for word in words])

    def _embed(self, texts: Sequence[str]) -> Any:
        from humanlike.models.encoder import mean_pooled

        return mean_pooled(self._tokenizer, self._model, list(texts))

    def step(self, loss: Any, rate: float) -> None:
        """Go one step down the gradient."""
        import torch

        self._optimiser.zero_grad()
        loss.backward()
        for group in self._optimiser.param_groups:
            group["lr"] = rate
        torch.nn.utils.clip_grad_norm_(self._weights, 1.0)
        self._optimiser.step()


def _batches(count: int, recipe: Recipe) -> list[list[int]]:
    """Return the places of the words of every step; each pass takes all words once."""
    import numpy as np

    random = np.random.default_rng(recipe.seed)
    found: list[list[int]] = []
    passes = 0
    while passes < recipe.epochs or len(found) < recipe.steps:
        order = random.permutation(count)
        parts = np.array_split(order, -(-count // recipe.batch))
        found += [part.tolist() for part in parts]
        passes += 1
    return found


def _pace(step: int, steps: int) -> float:
    """Return the share of the largest learning rate: up for a tenth, then down to zero."""
    return min((step + 1) / (0.1 * steps), 1.0) * (1 - step / steps)


def _texts(words: Sequence[str]) -> list[str]:
    """Write words as in running text: the norms print them in capitals."""
    return [word.lower() for word in words]
