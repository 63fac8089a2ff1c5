"""Log-probabilities of allowed answers: each prompt is read once for all of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from humanlike.models.hf.prompts import Request
from humanlike.models.hf.state import State

Tokens = tuple[int, ...]


def score(state: State, requests: Sequence[Request]) -> list[dict[str, float]]:
    """Return the log-probability of every allowed answer of every prompt.

    Parameters
    ----------
    state : State
        The prompts, read, one row each; used up.
    requests : sequence of Request
        The same prompts.

    Returns
    -------
    list of dict of str to float
        Natural logarithms.

    Notes
    -----
    An answer's probability is the product over its tokens of their probabilities given the prompt
    and the tokens before. The answers of a prompt form a tree of tokens; each inner node is read
    once. What an answer ends with is not asked: its score is the probability that the text begins
    with the answer and with no longer allowed one. Where one answer's tokens begin another's (*egg*
    and *eggplant*, *1* and *1.5*), the longer answer's probability is therefore taken off the
    shorter's, so that the two are different events; otherwise the shorter one would always win.
    """
    raw: list[dict[Tokens, float]] = [{(): 0.0} for _ in requests]
    nodes: list[tuple[int, Tokens]] = [(row, ()) for row in range(len(requests))]
    while nodes:
        wanted = [_children(requests[row], begun) for row, begun in nodes]
        found = _logprobs(state, wanted)
        parents, inner = [], []
        for place, (row, begun) in enumerate(nodes):
            for token, logprob in found[place].items():
                longer = (*begun, token)
                raw[row][longer] = raw[row][begun] + logprob
                if _children(requests[row], longer):
                    parents.append(place)
                    inner.append((row, longer))
        nodes = inner
        if nodes:
            state.select(parents)
            state.push([begun[-1] for _, begun in nodes])
    return [_disjoint(request.answers, raw[row]) for row, request in enumerate(requests)]


def depth(requests: Sequence[Request]) -> int:
    """Return the number of tokens of the longest allowed answer."""
    return max(len(tokens) for request in requests for tokens in request.answers.values())


def _children(request: Request, begun: Tokens) -> list[int]:
    size = len(begun)
    after = [t[size] for t in request.answers.values() if len(t) > size and t[:size] == begun]
    return list(dict.fromkeys(after))


def _logprobs(state: State, wanted: Sequence[Sequence[int]]) -> list[dict[int, float]]:
    """Return the log-probability of each wanted next token of each row."""
    rows = [row for row, tokens in enumerate(wanted) for _ in tokens]
    flat = [token for tokens in wanted for token in tokens]
    total = state.logits.logsumexp(-1)
    values = iter((state.logits[rows, flat] - total[rows]).tolist())
    return [{token: next(values) for token in tokens} for tokens in wanted]


def _disjoint(answers: Mapping[str, Tokens], raw: Mapping[Tokens, float]) -> dict[str, float]:
    """Take longer answers' probabilities off those of the answers they begin with."""
    known = set(answers.values())
    scores = {}
    for answer, tokens in answers.items():
        if raw[tokens] == -math.inf:
            scores[answer] = -math.inf
            continue
        longer = [t for t in known if len(t) > len(tokens) and t[: len(tokens)] == tokens]
        nearest = [t for t in longer if not any(t != o and t[: len(o)] == o for o in longer)]
        share = math.fsum(math.exp(raw[t] - raw[tokens]) for t in nearest) if nearest else 0.0
        scores[answer] = raw[tokens] + (math.log1p(-share) if share < 1 else -math.inf)
    return scores
