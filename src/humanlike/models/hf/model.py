"""A local model of transformers behind the one protocol."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path

from humanlike.models.base import Answer, ModelInfo, Prompt, Settings
from humanlike.models.hf.batches import Work, release
from humanlike.models.hf.engine import Engine
from humanlike.models.hf.identity import adapter_folder, identify
from humanlike.models.hf.load import load_tokenizer, load_weights, settle
from humanlike.models.hf.prompts import Wording
from humanlike.models.hf.spec import Options, Source

RULE = 1
"""Raised when prompts, scores or draws are made differently."""
CHUNK = 4096
TOKENS = {"cpu": 2048}
TOKENS_ACCELERATED = 32_768
PACKAGES = ("torch", "transformers", "tokenizers")


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
    wording : Wording
        Turns prompts into tokens.
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
        self.wording = Wording(tokenizer, options, separate, source.name)
        self._engine: Engine | None = None
        default = TOKENS.get(self._setup.device, TOKENS_ACCELERATED)
        self.work = Work(options.tokens or default)
        self._info = self._described()

    def _described(self) -> ModelInfo:
        setup, name = self._setup, self._source.name
        added = f"+{self._added.partition('@')[0]}" if self._added else ""
        chosen = f"attention={setup.attention},{self._options.changing()}"
        template = self.wording.checksum
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
        requests = self.wording.requests(prompts, settings.mode == "score")
        yield from self.engine().answer(requests, settings)

    def engine(self) -> Engine:
        """Return the loaded model at work; loads it if it is not."""
        if self._engine is None:
            model = load_weights(
                self._source, self._found, self._setup, self._adapter, self._options.remote_code
            )
            self._engine = Engine(model, self.wording.tokenizer, self.work, self._source.name)
        return self._engine

    def close(self) -> None:
        """Give back the memory."""
        if self._engine is not None:
            self._engine = None
            release()
