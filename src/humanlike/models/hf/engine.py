"""Answer requests with a loaded model: read what they share, batch, score or write."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from humanlike.errors import HumanlikeError
from humanlike.models.base import Answer, Problem, Settings, Usage
from humanlike.models.hf.batches import MAX_WASTE, Work, in_batches
from humanlike.models.hf.generate import Spelling, generate
from humanlike.models.hf.prompts import Request
from humanlike.models.hf.sampling import sampling_of
from humanlike.models.hf.score import depth, score
from humanlike.models.hf.state import Decoder, EncoderDecoder, Shared, State, share, traits_of

NO_MEMORY = Problem("memory", "memory does not suffice for this prompt, even alone")
Compute = Callable[[list[Request], Shared], list[Answer]]


class Engine:
    """A loaded model at work.

    Parameters
    ----------
    model : PreTrainedModel
        The model, where it runs.
    tokenizer : tokenizer of transformers
        Its tokenizer.
    work : Work
        Counts what is computed and holds the size of batches.
    name : str
        The model's name, for messages.
    """

    def __init__(self, model: Any, tokenizer: Any, work: Work, name: str) -> None:
        self.model, self.tokenizer, self.work, self.name = model, tokenizer, work, name
        self.traits = traits_of(model)
        self._spelling = Spelling(tokenizer)

    def answer(
        self, requests: Sequence[Request], settings: Settings
    ) -> Iterator[tuple[int, Answer]]:
        """Yield place and answer of every request, the longest first."""
        scored = settings.mode == "score"
        more = depth(requests) if scored else settings.max_tokens
        fitting: list[Request] = []
        for request in requests:
            problem = self._unfit(request, more)
            if problem is None:
                fitting.append(request)
            else:
                yield request.place, Answer(problem=problem)
        if fitting:
            compute = self._score if scored else self._writer(settings)
            yield from self._answers(fitting, more, compute)

    def _unfit(self, request: Request, more: int) -> Problem | None:
        """Return why a prompt cannot be put to the model at all."""
        if not request.ids:
            return Problem("empty prompt", "the prompt has no tokens", final=True)
        size, most = len(request.ids) + more, self.traits.longest
        if most is not None and size > most:
            said = f"{size:,} tokens with the answer; the model reads {most:,}"
            return Problem("too long", said, final=True)
        return None

    def _answers(
        self, requests: list[Request], more: int, compute: Compute
    ) -> Iterator[tuple[int, Answer]]:
        import torch

        with torch.inference_mode():
            texts = [request.ids for request in requests]
            shared = share(self.model, self.traits, texts, more)

        def own(request: Request) -> int:
            return len(request.ids) - shared.size

        def timed(batch: list[Request]) -> list[Answer]:
            begun = time.perf_counter()
            with torch.inference_mode():
                answers = compute(batch, shared)
            each = (time.perf_counter() - begun) / len(batch)
            return [replace(answer, seconds=each) for answer in answers]

        waste = MAX_WASTE if self.traits.paddable else 0.0
        for batch, answers in in_batches(requests, own, timed, self.work, waste):
            found = answers or [Answer(problem=NO_MEMORY) for _ in batch]
            for request, answer in zip(batch, found, strict=True):
                yield request.place, answer

    def _begun(self, batch: Sequence[Request], shared: Shared, keep: bool) -> State:
        texts = [request.ids[shared.size :] for request in batch]
        state: State
        if self.traits.separate:
            state = EncoderDecoder(
                self.model, self.traits, texts, start_token(self.model, self.name), keep
            )
        else:
            state = Decoder(self.model, self.traits, texts, shared, keep)
        if state.logits.isnan().any():
            raise HumanlikeError(
                f"{self.name} computes what is no number in {self.model.dtype}. Its numbers "
                "are too large or too small for that format: use dtype=bfloat16 or dtype=float32."
            )
        return state

    def _score(self, batch: list[Request], shared: Shared) -> list[Answer]:
        scores = score(self._begun(batch, shared, keep=depth(batch) > 1), batch)
        return [
            Answer.of_scores(found, finish="stop", usage=Usage(len(request.ids), 0))
            for request, found in zip(batch, scores, strict=True)
        ]

    def _writer(self, settings: Settings) -> Compute:
        end = self.tokenizer.eos_token_id
        sampling = sampling_of(self.model.generation_config, settings, end, self.name)
        start = start_token(self.model, self.name) if self.traits.separate else None

        def write(batch: list[Request], shared: Shared) -> list[Answer]:
            state = self._begun(batch, shared, keep=settings.max_tokens > 1)
            return generate(state, batch, settings, sampling, self._spelling, start)

        return write


def start_token(model: Any, name: str) -> int:
    """Return the token a decoder begins with.

    Raises
    ------
    HumanlikeError
        If neither the model's configuration nor that of its writing names one.
    """
    for config in (model.generation_config, model.config):
        for entry in ("decoder_start_token_id", "bos_token_id"):
            token = getattr(config, entry, None)
            if isinstance(token, int):
                return token
    raise HumanlikeError(f"{name} does not say which token its answers begin with.")
