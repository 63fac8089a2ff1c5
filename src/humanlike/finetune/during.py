"""How good is a model while it is being trained? Valid answers, dimensions and structure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from transformers import TrainerCallback

from humanlike.models.base import Settings
from humanlike.tasks import qa, ratings
from humanlike.tasks.prompt import Scale

if TYPE_CHECKING:
    from humanlike.finetune.examples import Example, ExampleSet
    from humanlike.models.hf.prompts import Wording

MOST_TOKENS = 12
FEWEST_WORDS = 10


class Report(TrainerCallback):  # type: ignore[misc]
    """Evaluates on examples put aside, every so many steps and at the end, into the log.

    Parameters
    ----------
    model : PreTrainedModel
        The model with the adapter inside.
    wording : Wording
        How it wants its prompts.
    name : str
        Its name, for messages.
    held : ExampleSet or None
        What to ask; None evaluates nothing.
    every : int
        Steps between evaluations; 0 evaluates at the end only.
    tell : callable or None
        Given a line per entry of the log.
    """

    def __init__(
        self,
        model: Any,
        wording: Wording,
        name: str,
        held: ExampleSet | None,
        every: int,
        tell: Callable[[str], None] | None,
    ) -> None:
        self._model, self._wording, self._name = model, wording, name
        self._held, self._every, self._tell = held, every, tell

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:  # noqa: ARG002
        """Evaluate if it is time."""
        if self._every and state.global_step % self._every == 0:
            self._evaluate(state)

    def on_train_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:  # noqa: ARG002
        """Evaluate the finished model."""
        if not (self._every and state.global_step % self._every == 0):
            self._evaluate(state)

    def on_log(self, args: Any, state: Any, control: Any, **more: Any) -> None:  # noqa: ARG002
        """Say where the training stands."""
        logs = more.get("logs") or {}
        if self._tell and state.is_world_process_zero and "loss" in logs:
            self._tell(f"step {state.global_step:,} of {state.max_steps:,}: loss {logs['loss']}")

    def _evaluate(self, state: Any) -> None:
        if self._held is None or not state.is_world_process_zero:
            return
        found = evaluate(self._model, self._wording, self._name, self._held.examples)
        state.log_history.append({"step": state.global_step, **found})
        if self._tell:
            said = ", ".join(f"{name} {value:.3f}" for name, value in found.items())
            self._tell(f"step {state.global_step:,}: {said}")


def evaluate(
    model: Any, wording: Wording, name: str, examples: Sequence[Example]
) -> dict[str, float]:
    """Let the model answer greedily and compare.

    Returns
    -------
    dict of str to float
        ``valid``: share of answers with a value. Of questions ``correct``: share of right answers.
        Of ratings ``spearman``, the mean over dimensions of the rank correlation with the answers
        to be learned, and ``rsa``, that of the distances of words; on words with all ratings
        valid, where these are ten or more and vary.
    """
    from humanlike.models.hf.batches import Work
    from humanlike.models.hf.engine import Engine

    was_training = model.training
    model.eval()
    engine = Engine(model, wording.tokenizer, Work(4096), name)
    requests = wording.requests([example.prompt for example in examples], scored=False)
    settings = Settings(temperature=0.0, max_tokens=MOST_TOKENS)
    texts = {place: answer.text for place, answer in engine.answer(requests, settings)}
    model.train(was_training)
    return compare(examples, [texts[place] for place in range(len(examples))])


def compare(examples: Sequence[Example], texts: Sequence[str]) -> dict[str, float]:
    """Score answers; see `evaluate`."""
    rated = [isinstance(example.prompt.question, Scale) for example in examples]
    if not any(rated):
        pairs = zip(examples, texts, strict=True)
        found = [qa.parse(text, example.prompt.question) for example, text in pairs]  # type: ignore[arg-type]
        said = [None if one.value is None else qa.LETTERS[int(one.value)] for one in found]
        right = [a == e.answer.strip() for a, e in zip(said, examples, strict=True)]
        valid = [letter is not None for letter in said]
        return {"valid": sum(valid) / len(valid), "correct": sum(right) / len(right)}
    return _compare_ratings(examples, texts)


def _compare_ratings(examples: Sequence[Example], texts: Sequence[str]) -> dict[str, float]:
    import pandas as pd

    from humanlike.stats import rdm, rsa
    from humanlike.stats.agreement import mean_spearman

    rows = []
    for example, text in zip(examples, texts, strict=True):
        question = example.prompt.question
        assert isinstance(question, Scale)  # noqa: S101
        value = ratings.parse(text, question).value
        rows.append((question.word, question.dimension, float(example.answer), value))
    table = pd.DataFrame(rows, columns=["word", "dimension", "human", "model"])
    found = {"valid": float(table["model"].notna().mean())}
    wide = table.pivot(index="word", columns="dimension").dropna().astype(float)
    human, model = (pd.DataFrame(wide[source]) for source in ("human", "model"))
    varied = all(bool((part.nunique() > 1).all()) for part in (human, model))
    if len(wide) >= FEWEST_WORDS and varied:
        found["spearman"] = float(mean_spearman(human.to_numpy(), model.to_numpy()))
        if human.shape[1] > 1:
            found["rsa"] = rsa(rdm(human), rdm(model))
    return found
