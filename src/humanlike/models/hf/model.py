"""A local model of transformers behind the one protocol."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from humanlike.errors import HumanlikeError
from humanlike.models.base import Answer, ModelInfo, Problem, Prompt, Settings, Usage
from humanlike.models.hf.batches import MAX_WASTE, Work, in_batches, release
from humanlike.models.hf.generate import Spelling, generate
from humanlike.models.hf.identity import adapter_folder, identify
from humanlike.models.hf.load import load_tokenizer, load_weights, settle
from humanlike.models.hf.prompts import Request, Wording
from humanlike.models.hf.sampling import sampling_of
from humanlike.models.hf.score import depth, score
from humanlike.models.hf.spec import Options, Source
from humanlike.models.hf.state import (
    Decoder,
    EncoderDecoder,
    Shared,
    State,
    Traits,
    share,
    traits_of,
)

RULE = 1
"""Raised when prompts, scores or draws are made differently."""
CHUNK = 4096
TOKENS = {"cpu": 2048}
TOKENS_ACCELERATED = 16_384
PACKAGES = ("torch", "transformers", "tokenizers")
NO_MEMORY = Problem("memory", "memory does not suffice for this prompt, even alone")
Compute = Callable[[list[Request], Shared], list[Answer]]


class Hf:
    """A language model that runs here; its weights are loaded when first needed.

    Parameters
    ----------
    source : Source
        Which model.
    adapter : Source, optional
        A peft adapter that is merged into it.
    options : Options
        How it is opened.

    Attributes
    ----------
    work : Work
        What has been computed.

    Raises
    ------
    HumanlikeError
        If the model is not to be had, writes no text, or the machine lacks what was asked for.
    """

    def __init__(self, source: Source, adapter: Source | None, options: Options) -> None:
        self._source, self._options = source, options
        self._found = identify(source, options.remote_code)
        self._setup = settle(source, self._found.config, options)
        self._adapter: Path | None = None
        self._added = ""
        if adapter is not None:
            self._adapter, self._added = adapter_folder(adapter)
        tokenizer = load_tokenizer(source, self._found, options.remote_code)
        separate = bool(getattr(self._found.config, "is_encoder_decoder", False))
        self._wording = Wording(tokenizer, options, separate, source.name)
        self._spelling = Spelling(tokenizer)
        self._model: Any = None
        self._traits: Traits | None = None
        default = TOKENS.get(self._setup.device, TOKENS_ACCELERATED)
        self.work = Work(options.tokens or default)
        self._info = self._described()

    def _described(self) -> ModelInfo:
        setup, name = self._setup, self._source.name
        added = f"+{self._added.partition('@')[0]}" if self._added else ""
        chosen = f"attention={setup.attention},{self._options.changing()}"
        template = self._wording.checksum
        return ModelInfo(
            f"hf:{name}{added},{chosen}",
            "hf",
            name + added,
            revision=self._found.revision,
            dtype=setup.numbers,
            template=template,
            adapter=self._added,
            rule=RULE,
            forms=("chat", "base") if template else ("base",),
            device=setup.device,
            versions={package: version(package) for package in PACKAGES},
            chunk=CHUNK,
        )

    def info(self) -> ModelInfo:
        """Say who this is, without loading the weights."""
        return self._info

    def answer(self, prompts: Sequence[Prompt], settings: Settings) -> Iterator[tuple[int, Answer]]:
        """Answer in batches of like length, the longest prompts first."""
        self._info.check(prompts, settings)
        scored = settings.mode == "score"
        requests = self._wording.requests(prompts, scored)
        model, traits = self._loaded()
        more = depth(requests) if scored else settings.max_tokens
        fitting: list[Request] = []
        for request in requests:
            problem = _unfit(request, traits, more)
            if problem is None:
                fitting.append(request)
            else:
                yield request.place, Answer(problem=problem)
        if fitting:
            compute = self._score if scored else self._writer(settings)
            yield from self._answers(model, traits, fitting, more, compute)

    def _loaded(self) -> tuple[Any, Traits]:
        if self._model is None or self._traits is None:
            remote_code = self._options.remote_code
            self._model = load_weights(
                self._source, self._found, self._setup, self._adapter, remote_code
            )
            self._traits = traits_of(self._model)
        return self._model, self._traits

    def _answers(
        self, model: Any, traits: Traits, requests: list[Request], more: int, compute: Compute
    ) -> Iterator[tuple[int, Answer]]:
        import torch

        with torch.inference_mode():
            shared = share(model, traits, [request.ids for request in requests], more)

        def timed(batch: list[Request]) -> list[Answer]:
            begun = time.perf_counter()
            with torch.inference_mode():
                answers = compute(batch, shared)
            each = (time.perf_counter() - begun) / len(batch)
            return [replace(answer, seconds=each) for answer in answers]

        waste = MAX_WASTE if traits.paddable else 0.0
        length: Callable[[Request], int] = lambda request: len(request.ids) - shared.size  # noqa: E731
        for batch, answers in in_batches(requests, length, timed, self.work, waste):
            for request, answer in zip(batch, answers or [], strict=answers is not None):
                yield request.place, answer
            if answers is None:
                yield from ((request.place, Answer(problem=NO_MEMORY)) for request in batch)

    def _begun(self, batch: Sequence[Request], shared: Shared, keep: bool) -> State:
        model, traits = self._loaded()
        texts = [request.ids[shared.size :] for request in batch]
        if traits.separate:
            return EncoderDecoder(model, traits, texts, _start(model), keep)
        return Decoder(model, traits, texts, shared, keep)

    def _score(self, batch: list[Request], shared: Shared) -> list[Answer]:
        state = self._begun(batch, shared, keep=depth(batch) > 1)
        scores = score(state, batch)
        return [
            Answer.of_scores(found, finish="stop", usage=Usage(len(request.ids), 0))
            for request, found in zip(batch, scores, strict=True)
        ]

    def _writer(self, settings: Settings) -> Compute:
        model, traits = self._loaded()
        end = self._wording.tokenizer.eos_token_id
        sampling = sampling_of(model.generation_config, settings, end, self._source.name)
        start = _start(model) if traits.separate else None

        def write(batch: list[Request], shared: Shared) -> list[Answer]:
            state = self._begun(batch, shared, keep=settings.max_tokens > 1)
            return generate(state, batch, settings, sampling, self._spelling, start)

        return write

    def close(self) -> None:
        """Give back the memory."""
        if self._model is not None:
            self._model = self._traits = None
            release()


def _unfit(request: Request, traits: Traits, more: int) -> Problem | None:
    """Return why a prompt cannot be put to the model at all."""
    if not request.ids:
        return Problem("empty prompt", "the prompt has no tokens", final=True)
    size = len(request.ids) + more
    if traits.longest is not None and size > traits.longest:
        said = f"{size:,} tokens with the answer; the model reads {traits.longest:,}"
        return Problem("too long", said, final=True)
    return None


def _start(model: Any) -> int:
    """Return the token a decoder begins with."""
    for config in (model.generation_config, model.config):
        for name in ("decoder_start_token_id", "bos_token_id"):
            token = getattr(config, name, None)
            if isinstance(token, int):
                return token
    raise HumanlikeError("The model does not say which token its answers begin with.")
