"""Where a batch of texts stands in a model: what it has read, and what it expects next."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from humanlike.errors import HumanlikeError
from humanlike.models.hf.prompts import common_start

LEAST_SHARED = 8
CACHES = ("past_key_values", "cache_params")


@dataclass(frozen=True)
class Traits:
    """What of a model decides how it is fed.

    Attributes
    ----------
    separate : bool
        Whether an encoder reads the prompt and a decoder writes the answer.
    recurrent : bool
        Whether it keeps a state instead of, or beside, all it has read.
    placeable : bool
        Whether it can be told where a text begins.
    last_only : bool
        Whether it can be asked for the last position's logits alone.
    window : int or None
        How many tokens back its shortest attention reaches; None is all.
    longest : int or None
        Most tokens it can read; None is no limit.
    """

    separate: bool
    recurrent: bool
    placeable: bool
    last_only: bool
    window: int | None
    longest: int | None

    @property
    def paddable(self) -> bool:
        """Whether texts of different lengths may share a batch."""
        return self.separate or (self.placeable and not self.recurrent)


def traits_of(model: Any) -> Traits:
    """Look at a model's class and configuration."""
    from transformers import DynamicCache

    config = model.config
    text = config.get_text_config(decoder=True)
    separate = bool(getattr(config, "is_encoder_decoder", False))
    known = set(inspect.signature(model.forward).parameters)
    recurrent = bool(getattr(model, "_is_stateful", False))
    if not separate and not recurrent:
        recurrent = any(DynamicCache(config=config).is_linear)
    spans = [getattr(text, name, None) for name in ("sliding_window", "attention_chunk_size")]
    return Traits(
        separate,
        recurrent,
        "position_ids" in known,
        "logits_to_keep" in known,
        min((span for span in spans if isinstance(span, int)), default=None),
        getattr(text, "max_position_embeddings", None),
    )


@dataclass
class Shared:
    """The common beginning of many texts, read once.

    Attributes
    ----------
    size : int
        Its length in tokens.
    cache : Cache or None
        What the model keeps of it; None if nothing is shared.
    """

    size: int = 0
    cache: Any = None


def share(model: Any, traits: Traits, texts: Sequence[Sequence[int]], more: int) -> Shared:
    """Read the longest common beginning of texts, where the model allows to go on from it.

    Parameters
    ----------
    model, traits
        The model.
    texts : sequence of sequence of int
        Tokens; each keeps at least one of its own.
    more : int
        Most tokens that will follow a text.

    Notes
    -----
    Between the shared beginning and a shorter text of the batch lies padding that is masked. A
    window counts places and would take it for text, so that nothing is shared where the window is
    shorter than the longest text; nor is it by recurrent models, whose states cannot be continued
    by several tokens at once in all implementations.
    """
    if len(texts) < 2 or traits.separate or not traits.paddable:
        return Shared()
    lengths = [len(text) for text in texts]
    size = min(common_start(texts), min(lengths) - 1)
    longest = max(lengths) + more
    if size < LEAST_SHARED or (traits.window is not None and 2 * longest > traits.window):
        return Shared()
    out = _run(model, traits, input_ids=_tensor(model, [texts[0][:size]]), use_cache=True)
    cache = getattr(out, "past_key_values", None)
    return Shared(size, cache) if cache is not None else Shared()


class State(Protocol):
    """A batch of texts in a model.

    Attributes
    ----------
    logits : tensor, shape (n_rows, n_vocabulary)
        What the model expects next, float32.
    """

    logits: Any

    def select(self, rows: Sequence[int]) -> None:
        """Keep these rows, in this order; a row may be repeated."""

    def push(self, tokens: Sequence[int]) -> None:
        """Read one more token in every row."""


@dataclass
class Decoder:
    """Texts in a model that goes on writing what it reads.

    Parameters
    ----------
    model, traits
        The model.
    texts : list of list of int
        Tokens of each row, without the shared beginning.
    shared : Shared
        The shared beginning.
    keep : bool
        Whether more tokens will follow.

    Notes
    -----
    Shorter texts are padded on the left; attention leaves the padding out and positions count from
    each text's own beginning. Texts of equal length need neither mask nor positions. Of a model
    that hands out no cache (RWKV, RecurrentGemma) texts are read again for each further token.
    """

    model: Any
    traits: Traits
    texts: list[list[int]]
    shared: Shared
    keep: bool
    logits: Any = field(init=False)
    _cache: Any = field(init=False)
    _mask: Any = field(init=False, default=None)
    _next: Any = field(init=False, default=None)

    def __post_init__(self) -> None:
        import torch

        lengths = [len(text) for text in self.texts]
        width = max(lengths)
        ids = _tensor(self.model, [[0] * (width - len(text)) + text for text in self.texts])
        feed: dict[str, Any] = {"input_ids": ids, "use_cache": self.keep}
        if min(lengths) < width:
            size = _tensor(self.model, lengths)[:, None]
            real = torch.arange(width, device=ids.device) >= width - size
            start = real.new_ones((len(lengths), self.shared.size))
            self._mask = torch.cat([start, real], dim=1).long()
            feed["attention_mask"] = self._mask
            places = (self._mask.cumsum(1) - 1).clamp(min=0)
            feed["position_ids"] = places[:, self.shared.size :]
            self._next = places[:, -1:] + 1
        if self.shared.size:
            cache = copy.deepcopy(self.shared.cache)
            cache.reorder_cache(ids.new_zeros(len(lengths)))
            feed["past_key_values"] = cache
        self._read(feed)

    def _read(self, feed: dict[str, Any]) -> None:
        out = _run(self.model, self.traits, **feed)
        self.logits = out.logits[:, -1].float()
        self._cache = next(((n, out[n]) for n in CACHES if out.get(n) is not None), None)

    def select(self, rows: Sequence[int]) -> None:
        """Keep these rows, in this order."""
        index = _tensor(self.model, list(rows))
        self.logits = self.logits[index.to(self.logits.device)]
        if self._cache is None:
            self.texts = [self.texts[row] for row in rows]
            return
        self._cache[1].reorder_cache(index)
        if self._mask is not None:
            self._mask, self._next = self._mask[index], self._next[index]

    def push(self, tokens: Sequence[int]) -> None:
        """Read one more token in every row."""
        import torch

        if self._cache is None:
            self._read_again(tokens)
            return
        ids = _tensor(self.model, tokens)[:, None]
        feed: dict[str, Any] = {"input_ids": ids, "use_cache": True, self._cache[0]: self._cache[1]}
        if self._mask is not None:
            self._mask = torch.cat([self._mask, torch.ones_like(ids)], dim=1)
            feed |= {"attention_mask": self._mask, "position_ids": self._next}
            self._next = self._next + 1
        self._read(feed)

    def _read_again(self, tokens: Sequence[int]) -> None:
        """Read the whole texts once more, where a model keeps nothing that could be used."""
        if self._mask is not None:
            raise HumanlikeError(
                f"{type(self.model).__name__} keeps no cache that is known here. Score answers of "
                "one token, or serve it with another program and use openai:NAME@URL."
            )
        self.texts = [[*text, token] for text, token in zip(self.texts, tokens, strict=True)]
        self._read({"input_ids": _tensor(self.model, self.texts), "use_cache": False})


@dataclass
class EncoderDecoder:
    """Texts in an encoder, and their answers in its decoder.

    Parameters
    ----------
    model, traits
        The model.
    texts : list of list of int
        Tokens of each row; shorter ones are padded on the right, which attention leaves out.
    start : int
        The token a decoder begins with.
    keep : bool
        Whether more tokens will follow.
    """

    model: Any
    traits: Traits
    texts: list[list[int]]
    start: int
    keep: bool
    logits: Any = field(init=False)
    _cache: Any = field(init=False, default=None)

    def __post_init__(self) -> None:
        width = max(len(text) for text in self.texts)
        gaps = [width - len(text) for text in self.texts]
        padded = zip(self.texts, gaps, strict=True)
        ids = _tensor(self.model, [text + [0] * gap for text, gap in padded])
        self._mask = _tensor(self.model, [[1] * (width - gap) + [0] * gap for gap in gaps])
        encoder = self.model.get_encoder()
        self._encoded = encoder(input_ids=ids, attention_mask=self._mask, return_dict=True)
        self.push([self.start] * len(self.texts))

    def select(self, rows: Sequence[int]) -> None:
        """Keep these rows, in this order."""
        index = _tensor(self.model, list(rows))
        self._cache.reorder_cache(index)
        self._mask = self._mask[index]
        self._encoded.last_hidden_state = self._encoded.last_hidden_state[index]
        self.logits = self.logits[index.to(self.logits.device)]

    def push(self, tokens: Sequence[int]) -> None:
        """Let the decoder read one more token in every row."""
        out = _run(
            self.model,
            self.traits,
            encoder_outputs=self._encoded,
            attention_mask=self._mask,
            decoder_input_ids=_tensor(self.model, tokens)[:, None],
            past_key_values=self._cache,
            use_cache=self.keep,
        )
        self.logits, self._cache = out.logits[:, -1].float(), out.get("past_key_values")


def _run(model: Any, traits: Traits, **feed: Any) -> Any:
    if traits.last_only:
        feed["logits_to_keep"] = 1
    return model(**feed, return_dict=True)


def _tensor(model: Any, values: Any) -> Any:
    import torch

    return torch.tensor(values, dtype=torch.long, device=model.device)
