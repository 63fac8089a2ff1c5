"""A local language model as a pupil: what its frozen layers hold, and what an adapter learns."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from humanlike.errors import HumanlikeError
from humanlike.finetune.encoder import Lesson, Recipe, read_out

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from humanlike.finetune.examples import ExampleSet
    from humanlike.finetune.local import Recipe as AdapterRecipe
    from humanlike.models.base import Form, Mode, ModelInfo
    from humanlike.models.encoder import Encoder

CARRIER = "Word: {}"
"""What a frozen model reads; its state after the last token is the word's embedding."""
DEPTHS = (0.25, 0.5, 0.75, 1.0)
"""Layers a read-out may take, as shares of the whole depth."""
RULE = 1


class LanguageModel:
    """A local model that is read out while frozen, and taught by adapters (LoRA).

    Parameters
    ----------
    spec : str
        ``hf:NAME`` or ``hf:FOLDER`` with its options, without an adapter.
    templates : dict of str to str
        Template of each dimension's prompts, by Lancaster name.
    form : {"chat", "base"}
        Form of the prompts.
    mode : {"generate", "score"}
        How ratings are asked for. Scored, a rating is the mean under the probabilities of the
        answers 0 to 5, and every answer is valid; generated, an answer without a number is NaN.
    store : Path, optional
        Where answers are kept; by default the user's store.

    Raises
    ------
    HumanlikeError
        If the model is not to be had, or takes no prompts of this form.
    """

    def __init__(
        self,
        spec: str,
        templates: Mapping[str, str],
        form: Form = "chat",
        mode: Mode = "score",
        store: Path | None = None,
    ) -> None:
        from humanlike.models import open_model
        from humanlike.models.hf.model import Hf
        from humanlike.tasks.prompt import Prompt

        model = open_model(spec)
        assert isinstance(model, Hf)  # noqa: S101
        self._model: Hf = model
        self.spec, self.form, self.mode = spec, form, mode
        self._templates, self._store = dict(templates), store
        self._states: dict[str, NDArray[np.float32]] = {}
        model.info().check([Prompt("", form=form)], _settings("generate"))

    def info(self) -> ModelInfo:
        """Say who is taught."""
        return self._model.info()

    def identity(self) -> dict[str, Any]:
        """Return all of it that can change what a lesson gives."""
        written = json.dumps(self._templates, sort_keys=True).encode()
        return self.info().identity() | {
            "pupil": RULE,
            "carrier": CARRIER,
            "depths": list(DEPTHS),
            "form": self.form,
            "mode": self.mode,
            "templates": hashlib.sha256(written).hexdigest(),
        }

    def teach(
        self, lesson: Lesson, folder: Path, tell: Callable[[str], None] | None = None
    ) -> NDArray[np.float64]:
        """Teach a lesson and ask for the ratings it wants.

        Parameters
        ----------
        lesson : Lesson
            Without a recipe: a linear read-out of the frozen model. With one, which must be a
            `humanlike.finetune.local.Recipe`: an adapter.
        folder : Path
            Where the adapter is kept; a stopped training goes on there.
        tell : callable, optional
            Given a line now and then.

        Returns
        -------
        ndarray, shape (asked words, asked dimensions)
            Ratings, 0 to 5; NaN for an answer without a number.
        """
        if lesson.recipe is None:
            return self._read(lesson)
        from humanlike.finetune import local

        assert isinstance(lesson.recipe, local.Recipe)  # noqa: S101
        self.close()
        examples = self.examples(lesson)
        done = local.train(self.spec, examples, folder, recipe=lesson.recipe, tell=tell)
        options = self.spec.partition(",")[2]
        spec = f"{done.spec},{options}" if options else done.spec
        return self.rate(lesson.asked_words, self._names(lesson.asked_dimensions), spec)

    def rate(
        self, words: Sequence[str], dimensions: Sequence[str], spec: str = ""
    ) -> NDArray[np.float64]:
        """Ask the model, or another by its spec, for ratings; answers are kept in the store.

        Returns
        -------
        ndarray, shape (words, dimensions)
            Ratings, 0 to 5; NaN for an answer without a number.
        """
        from humanlike.query.run import query

        result = query(
            "ratings", spec or self._model, words=list(words), dimensions=list(dimensions),
            templates=self._templates, form=self.form, mode=self.mode, store=self._store,
        )  # fmt: skip
        column = "expected" if self.mode == "score" else "value"
        wide = result.frame().pivot(index="word", columns="dimension", values=column)
        found: NDArray[np.float64] = wide.loc[list(words), list(dimensions)].to_numpy(float)
        return found

    def examples(self, lesson: Lesson) -> ExampleSet:
        """Return what the adapter learns: every rating of the lesson, as the model is asked."""
        import pandas as pd

        from humanlike.finetune.examples import ExampleSet, rating_examples

        names = self._names(lesson.dimensions)
        ratings = pd.DataFrame(lesson.ratings, index=list(lesson.words), columns=names)
        rows = rating_examples(ratings, self._templates, form=self.form)
        return ExampleSet("ratings", tuple(rows), {w: n for n, w in enumerate(lesson.words)})

    def _names(self, phrases: Sequence[str]) -> list[str]:
        from humanlike.tasks.ratings import described

        known = {described(name, text): name for name, text in self._templates.items()}
        return [known[phrase] for phrase in phrases]

    # --- frozen ----------------------------------------------------------------------------------

    def _read(self, lesson: Lesson) -> NDArray[np.float64]:
        """Read out the depth whose leave-one-out error on the training words is least."""
        import numpy as np

        tried = [read_out(lesson, self._at(depth, lesson.words)) for depth in range(len(DEPTHS))]
        best = min(tried, key=lambda outcome: outcome.error)
        clipped: NDArray[np.float64] = np.clip(best.ratings, 0, 5)
        return clipped

    def _at(
        self, depth: int, words: Sequence[str]
    ) -> Callable[[Sequence[str]], NDArray[np.float64]]:
        """Return an embedding at one depth: z-scored over the training words, of unit length.

        A few dimensions of a language model are orders of magnitude larger than the others and say
        nothing of the word; z-scores take their weight away.
        """
        import numpy as np

        known = self.states([word.lower() for word in words])[:, depth].astype(float)
        mean, spread = known.mean(axis=0), known.std(axis=0)
        spread[spread == 0] = 1

        def embed(texts: Sequence[str]) -> NDArray[np.float64]:
            scaled = (self.states(texts)[:, depth].astype(float) - mean) / spread
            unit: NDArray[np.float64] = scaled / np.linalg.norm(scaled, axis=1, keepdims=True)
            return unit

        return embed

    def states(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return what the frozen model holds after reading each text in `CARRIER`.

        Returns
        -------
        ndarray, shape (texts, depths, dimensions)
            State of the last token (of an encoder-decoder, the mean over the encoder's tokens) at
            `DEPTHS`.

        Raises
        ------
        HumanlikeError
            If the model does not show its hidden states.
        """
        import numpy as np

        from humanlike.models.encoder import like_lengths

        fresh = [text for text in dict.fromkeys(texts) if text not in self._states]
        for part in like_lengths(self._model.wording.tokenizer, fresh):
            self._states.update(zip(part, self._forward(part), strict=True))
        return np.stack([self._states[text] for text in texts])

    def _forward(self, texts: Sequence[str]) -> NDArray[np.float32]:
        import numpy as np
        import torch

        engine = self._model.engine()
        model, separate = engine.model, engine.traits.separate
        rows = engine.tokenizer([CARRIER.format(text) for text in texts])["input_ids"]
        width = max(map(len, rows))
        ids = torch.tensor([row + [0] * (width - len(row)) for row in rows])
        mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in rows])
        ids, mask = ids.to(model.device), mask.to(model.device)
        inner = model.get_encoder() if separate else model.base_model
        with torch.inference_mode():
            layers = inner(ids, attention_mask=mask, output_hidden_states=True).hidden_states
        if not layers:
            raise HumanlikeError(f"{self.info().name} does not show its hidden states.")
        last, places = mask.sum(1) - 1, torch.arange(len(rows))
        found = []
        for depth in DEPTHS:
            hidden = layers[round(depth * (len(layers) - 1))].float()
            weights = (mask / mask.sum(1, keepdim=True)).unsqueeze(-1)
            found.append((hidden * weights).sum(1) if separate else hidden[places, last])
        return np.asarray(torch.stack(found, dim=1).cpu().numpy(), dtype=np.float32)

    def close(self) -> None:
        """Give back the memory of the weights; they are loaded again when needed."""
        self._model.close()


def _settings(mode: Mode) -> Any:
    from humanlike.models.base import Settings

    return Settings(mode=mode)


def open_pupil(
    spec: str, form: Form = "chat", mode: Mode = "score", *, missing: str = "raise"
) -> Encoder | LanguageModel:
    """Open who is to be taught.

    Parameters
    ----------
    spec : str
        ``encoder:``, ``encoder:FOLDER``, ``hf:NAME`` or ``hf:FOLDER``.
    form, mode
        How an ``hf:`` model is asked; see `LanguageModel`.
    missing : {"raise", "simulate"}
        What to do if the prompts cannot be had.

    Raises
    ------
    HumanlikeError
        If the spec names another kind of model, or a model with an adapter.
    """
    from humanlike.models import open_model
    from humanlike.models.encoder import Encoder

    kind, _, rest = spec.strip().partition(":")
    if kind == "hf":
        from humanlike.data.prompts import load_prompts
        from humanlike.models.hf.spec import read_spec
        from humanlike.tasks.ratings import templates

        if read_spec(rest)[1] is not None:
            raise HumanlikeError(f"{spec} has an adapter already. Name the base model alone.")
        released = templates(load_prompts(missing=missing), "English")
        return LanguageModel(spec.strip(), released, form, mode)
    model = open_model(spec)
    if isinstance(model, Encoder):
        return model
    model.close()
    raise HumanlikeError(
        f"{spec} cannot be taught here. Name a text encoder (encoder:, encoder:FOLDER) or a local "
        "language model (hf:NAME, hf:FOLDER); for OpenAI's see 'humanlike finetune submit'."
    )


def recipe_for(
    pupil: Encoder | LanguageModel, epochs: int, steps: int, learning_rate: float, rank: int
) -> Recipe | AdapterRecipe:
    """Return how a pupil is trained: all weights of an encoder, an adapter of a language model.

    Parameters
    ----------
    pupil : Encoder or LanguageModel
        Who is trained.
    epochs : int
        Passes through the words.
    steps : int
        Fewest steps of an encoder's training.
    learning_rate : float
        The largest; 0 takes the usual one.
    rank : int
        Of the adapter.
    """
    from dataclasses import replace

    from humanlike.finetune import local

    usual: Recipe | AdapterRecipe = Recipe(epochs=epochs, steps=steps)
    if isinstance(pupil, LanguageModel):
        usual = local.Recipe(epochs=epochs, rank=rank, alpha=2 * rank)
    return replace(usual, learning_rate=learning_rate) if learning_rate else usual
