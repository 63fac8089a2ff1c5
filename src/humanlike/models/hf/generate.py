"""Let a batch of prompts be answered token by token."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from humanlike.models.base import Answer, Settings, Token, Usage
from humanlike.models.chance import uniform
from humanlike.models.hf.prompts import Request
from humanlike.models.hf.sampling import Sampling
from humanlike.models.hf.state import State


@dataclass
class Spelling:
    """What tokens look like as text.

    Parameters
    ----------
    tokenizer : tokenizer of transformers
        The model's own.
    """

    tokenizer: Any
    _known: dict[int, str] = field(default_factory=dict)

    def text(self, tokens: Sequence[int]) -> str:
        """Return the text of an answer, without marks such as its end."""
        return str(
            self.tokenizer.decode(
                list(tokens), skip_special_tokens=True, clean_up_tokenization_spaces=False
            )
        )

    def piece(self, token: int) -> str:
        """Return a token as it reads within a text, with the blank before it if it has one."""
        if token not in self._known:
            before = self.tokenizer("a", add_special_tokens=False)["input_ids"][-1:]
            alone = self.tokenizer.decode(before)
            self._known[token] = self.tokenizer.decode([*before, token])[len(alone) :]
        return self._known[token]


@dataclass
class _Written:
    """An answer on its way."""

    ids: list[int] = field(default_factory=list)
    tokens: list[Token] = field(default_factory=list)
    finish: str = "length"


def generate(
    state: State,
    requests: Sequence[Request],
    settings: Settings,
    sampling: Sampling,
    spelling: Spelling,
    start: int | None = None,
) -> list[Answer]:
    """Return the answer of every prompt.

    Parameters
    ----------
    state : State
        The prompts, read, one row each; used up.
    requests : sequence of Request
        The same prompts.
    settings : Settings
        Most tokens, seed, and how many alternatives to keep.
    sampling : Sampling
        How tokens are chosen.
    spelling : Spelling
        Turns tokens into text.
    start : int, optional
        The token a separate decoder began with; it has not read the prompt.

    Notes
    -----
    A prompt's draws come from a hash of seed, prompt, repetition and place of the token, so that
    the same prompt gets the same answer in any company and order. What remains is the rounding of
    the model itself: in another batch a probability may differ in its last digits, and a draw that
    falls just there may choose another token. In float32 that is rare, in bfloat16 less so.

    Log-probabilities are those of the model, before temperature and the like.
    """
    active = list(range(len(requests)))
    written = [_Written() for _ in requests]
    read = [request.ids if start is None else [start] for request in requests]
    seen = _seen(state.logits, read) if sampling.penalty != 1 else None
    for step in range(settings.max_tokens):
        draws = [_draw(requests[row], settings, step, sampling.greedy) for row in active]
        chosen = sampling.choose(state.logits, None if seen is None else seen[active], draws)
        told = _told(state.logits, chosen, settings.top_logprobs, spelling)
        for row, token, said in zip(active, chosen, told, strict=True):
            if token in sampling.stops:
                written[row].finish = "stop"
            else:
                written[row].ids.append(token)
                written[row].tokens.append(said)
                if seen is not None:
                    seen[row, token] = True
        going = [place for place, token in enumerate(chosen) if token not in sampling.stops]
        if not going or step + 1 == settings.max_tokens:
            break
        if len(going) < len(active):
            state.select(going)
        active = [active[place] for place in going]
        state.push([chosen[place] for place in going])
    return [_answer(r, w, spelling) for r, w in zip(requests, written, strict=True)]


def _draw(request: Request, settings: Settings, step: int, greedy: bool) -> float:
    if greedy:
        return 0.0
    prompt = request.prompt
    parts = (settings.seed, prompt.form, prompt.system, prompt.user, prompt.trial, step)
    return uniform(1, "token", *parts)[0]


def _seen(logits: Any, read: Sequence[Sequence[int]]) -> Any:
    """Mark the tokens that were read."""
    import torch

    seen = torch.zeros_like(logits, dtype=torch.bool)
    for row, tokens in enumerate(read):
        seen[row, torch.tensor(tokens, device=seen.device)] = True
    return seen


def _told(logits: Any, chosen: Sequence[int], count: int, spelling: Spelling) -> list[Token]:
    """Return the chosen tokens with their log-probabilities and alternatives."""
    import torch

    total = logits.logsumexp(-1)
    rows = torch.arange(len(chosen), device=logits.device)
    own = (logits[rows, torch.tensor(chosen, device=logits.device)] - total).tolist()
    tops: list[dict[str, float]] = [{} for _ in chosen]
    if count:
        values, tokens = logits.topk(min(count, logits.shape[-1]), dim=-1)
        for top, line, names in zip(
            tops, (values - total[:, None]).tolist(), tokens.tolist(), strict=True
        ):
            for value, name in zip(line, names, strict=True):
                top.setdefault(spelling.piece(name), value)
    pieces = [spelling.piece(token) for token in chosen]
    return [Token(*entry) for entry in zip(pieces, own, tops, strict=True)]


def _answer(request: Request, written: _Written, spelling: Spelling) -> Answer:
    count = len(written.ids) + (written.finish == "stop")
    usage = Usage(len(request.ids), count)
    text = spelling.text(written.ids)
    return Answer(text, None, tuple(written.tokens), written.finish, usage)
