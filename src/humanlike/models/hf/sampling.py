"""How the next token is chosen: the model's own settings, greedy, or a temperature."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from humanlike.errors import HumanlikeError
from humanlike.models.base import Settings

TOP_K = 50
"""What ``generate`` of transformers uses where a model does not say."""
UNSUPPORTED: dict[str, tuple[Any, ...]] = {
    "num_beams": (None, 1),
    "penalty_alpha": (None, 0),
    "guidance_scale": (None, 1),
    "no_repeat_ngram_size": (None, 0),
    "encoder_no_repeat_ngram_size": (None, 0),
    "encoder_repetition_penalty": (None, 1),
    "bad_words_ids": (None, []),
    "sequence_bias": (None, {}),
    "min_length": (None, 0),
    "min_new_tokens": (None, 0),
    "forced_bos_token_id": (None,),
    "forced_eos_token_id": (None,),
    "begin_suppress_tokens": (None, []),
    "exponential_decay_length_penalty": (None,),
    "stop_strings": (None, []),
    "watermarking_config": (None,),
    "top_h": (None,),
}
"""Settings of transformers that change what is written, with the values that change nothing."""


@dataclass(frozen=True)
class Sampling:
    """How the next token is chosen.

    Attributes
    ----------
    greedy : bool
        Whether the likeliest token is taken.
    warpers : tuple of callable
        What is done to the logits before one is drawn, in the order of transformers.
    penalty : float
        Repetition penalty on tokens that were read or written; 1 is none.
    suppressed : tuple of int
        Tokens that are never written.
    stops : frozenset of int
        Tokens that end an answer.
    """

    greedy: bool
    warpers: tuple[Callable[..., Any], ...]
    penalty: float
    suppressed: tuple[int, ...]
    stops: frozenset[int]

    def shaped(self, logits: Any, seen: Any) -> Any:
        """Return the logits that decide, shape (n_rows, n_vocabulary)."""
        if self.suppressed:
            logits = logits.clone()
            logits[:, list(self.suppressed)] = -float("inf")
        if self.penalty != 1:
            lower = logits.where(logits > 0, logits * self.penalty)
            lower = lower.where(logits <= 0, logits / self.penalty)
            logits = lower.where(seen, logits)
        for warper in self.warpers:
            logits = warper(None, logits)
        return logits

    def choose(self, logits: Any, seen: Any, draws: Sequence[float]) -> list[int]:
        """Return the next token of each row.

        Parameters
        ----------
        logits : tensor, shape (n_rows, n_vocabulary)
            What the model expects.
        seen : tensor of bool, shape (n_rows, n_vocabulary)
            Which tokens were read or written; looked at for the penalty only.
        draws : sequence of float
            A number in [0, 1) for each row. Its token is the first at which the cumulated
            probability, in the order of the vocabulary, exceeds the number: what one row gets does
            not depend on the others.
        """
        import torch

        shaped = self.shaped(logits, seen)
        if self.greedy:
            return [int(token) for token in shaped.argmax(-1).tolist()]
        cumulated = shaped.softmax(-1).cumsum(-1)
        total = cumulated[:, -1:]
        level = torch.tensor(draws, dtype=total.dtype, device=total.device)[:, None] * total
        level = level.minimum(torch.nextafter(total, torch.zeros_like(total)))
        found = torch.searchsorted(cumulated, level, right=True)[:, 0]
        return [int(token) for token in found.tolist()]


def sampling_of(config: Any, settings: Settings, extra_stop: int | None, name: str) -> Sampling:
    """Combine a model's generation settings with those asked for.

    Parameters
    ----------
    config : GenerationConfig
        The model's own settings.
    settings : Settings
        Temperature 0 is greedy; None leaves to the model whether and how it samples; any other
        temperature samples, with the model's own remaining settings unless top_p is given.
    extra_stop : int or None
        The tokenizer's end of text, which always ends an answer.
    name : str
        The model's name, for messages.

    Raises
    ------
    HumanlikeError
        If the model's settings ask for what is not done here, such as beams.
    """
    odd = {
        key: value
        for key, usual in UNSUPPORTED.items()
        if (value := getattr(config, key, None)) not in usual
    }
    if odd:
        listed = ", ".join(f"{key}={value}" for key, value in odd.items())
        raise HumanlikeError(
            f"{name} writes with settings that are not supported ({listed}). Score the allowed "
            "answers (--mode score), or serve it with another program and use openai:NAME@URL."
        )
    own = settings.temperature is None
    greedy = not config.do_sample if own else settings.temperature == 0
    stops = config.eos_token_id
    ends = {stops} if isinstance(stops, int) else set(stops or ())
    return Sampling(
        greedy,
        () if greedy else tuple(_warpers(config, settings)),
        config.repetition_penalty or 1.0,
        tuple(config.suppress_tokens or ()),
        frozenset(ends | ({extra_stop} if extra_stop is not None else set())),
    )


def _warpers(config: Any, settings: Settings) -> list[Callable[..., Any]]:
    """Return the same steps in the same order as ``generate`` of transformers."""
    import transformers as hf

    own = 1.0 if config.temperature is None else config.temperature
    heat = own if settings.temperature is None else settings.temperature
    top_p = config.top_p if settings.top_p is None else settings.top_p
    top_k = TOP_K if config.top_k is None else config.top_k
    steps: list[tuple[bool, Callable[[], Any]]] = [
        (heat != 1, lambda: hf.TemperatureLogitsWarper(float(heat))),
        (top_k > 0, lambda: hf.TopKLogitsWarper(top_k)),
        (top_p is not None and top_p < 1, lambda: hf.TopPLogitsWarper(top_p)),
        (config.min_p is not None, lambda: hf.MinPLogitsWarper(config.min_p)),
        ((config.typical_p or 1) < 1, lambda: hf.TypicalLogitsWarper(config.typical_p)),
        ((config.epsilon_cutoff or 0) > 0, lambda: hf.EpsilonLogitsWarper(config.epsilon_cutoff)),
        ((config.eta_cutoff or 0) > 0, lambda: hf.EtaLogitsWarper(config.eta_cutoff)),
    ]
    return [make() for wanted, make in steps if wanted]
