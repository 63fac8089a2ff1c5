"""Stand-ins for the API's answers, built on the simulated ratings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from humanlike.data.norms import LANGUAGES, features
from humanlike.data.simulated import simulate_ratings

if TYPE_CHECKING:
    from humanlike.data.responses import Part

DIGITS = np.arange(6)
WIDTH = 0.6


def simulate_parsed(parts: list[Part], *, seed: int = 0) -> pd.DataFrame:
    """Give the models' ratings of `simulate_ratings` the schema of `load_parsed`."""
    from humanlike.data.responses import PARSED

    tables = {name: simulate_ratings(name, seed=seed) for name in LANGUAGES}
    pieces = []
    for part in parts:
        values = features(tables[part.language], part.model, [part.dimension])[part.dimension]
        pieces.append(
            pd.DataFrame(
                {
                    **part._asdict(),
                    "index": range(len(values)),
                    "word": values.index,
                    "value": values.to_numpy(),
                }
            )
        )
    table = pd.concat(pieces, ignore_index=True)
    table.attrs = {"real": False, "dataset": PARSED, "issues": []}
    return table


def simulate_responses(parts: list[Part], *, logprobs: bool = True, seed: int = 0) -> pd.DataFrame:
    r"""Give simulated ratings the schema of `load_responses`.

    A rating v is answered as text, an integer by base and qa_ft, with a decimal point otherwise.
    The digit k = 0 to 5 of the first token has probability :math:`p_k \propto
    \exp(-(k - v)^2 / (2 \cdot 0.6^2))`, of which the five likeliest are listed; later tokens have
    no alternatives.
    """
    from humanlike.data.responses import RESPONSES

    table = simulate_parsed(parts, seed=seed)
    values = table.pop("value").to_numpy()
    whole = table["model"].isin(["base", "qa_ft"]).to_numpy()
    answers = zip(values, whole, strict=True)
    table["text"] = [f"{value:.0f}" if integer else str(float(value)) for value, integer in answers]
    if logprobs:
        table["logprobs"] = pd.Series(_first_token(values), dtype=object)
    table["finish_reason"] = "stop"
    table["model_id"] = "simulated-" + table["model"]
    table["created"] = pd.Timestamp("2000-01-01", tz="UTC").as_unit("us")
    table["fingerprint"] = ""
    table["prompt_tokens"] = 0
    table["completion_tokens"] = np.where(whole, 1, 3)
    table.attrs = {"real": False, "dataset": RESPONSES, "issues": []}
    return table


def _first_token(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> list[object]:
    score = -((DIGITS - values[:, None]) ** 2) / (2 * WIDTH**2)
    score -= np.log(np.exp(score).sum(axis=1, keepdims=True))
    likeliest = np.argsort(-score, axis=1)[:, :5]
    return [
        ({str(digit): float(row[digit]) for digit in order},)
        for row, order in zip(score, likeliest, strict=True)
    ]
