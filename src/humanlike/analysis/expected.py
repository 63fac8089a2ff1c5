"""Expected ratings: the mean of a model's own distribution of answers, in place of its answer."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import numpy as np
import pandas as pd

from humanlike.data.norms import MODELS, load_ratings
from humanlike.data.responses import RESPONSES, choose_files, load_responses
from humanlike.data.source import simulation_forced
from humanlike.stats.answers import TOP, answer_distribution, digit_entropy, expected_ratings
from humanlike.tasks.numbers import parse_rating

DIGITS = [f"p{digit}" for digit in range(TOP + 1)]
LETTERS = "ABCD"
ELSEWHERE = 0.5
ON_SCALE = 0.5
KEYS = ["language", "dimension", "model", "word"]


def answer_table(
    language: str | None = None,
    dimensions: Iterable[str] | None = None,
    models: Iterable[str] | None = None,
    *,
    missing: str = "raise",
    seed: int = 0,
) -> pd.DataFrame:
    """Reduce every response to its rating and the distribution it was taken from.

    What was read in this process, by language and model, is not read again.

    Parameters
    ----------
    language, dimensions, models, missing, seed
        As for `humanlike.data.responses.load_responses`.

    Returns
    -------
    DataFrame
        One row per response, by language, model and dimension. Columns:

        - language, dimension, model, index, word, text, model_id, fingerprint, prompt_tokens
        - value, failure: as `humanlike.tasks.numbers.parse_rating` reads the text; failure is empty
          where there is a value
        - p0 … p5: probability of the leading digit; decided, decimals, decimals_mass, off_scale,
          answer, on_scale, covered: see `humanlike.stats.answers.AnswerDistribution`
        - letters: probability of A to D, the answers to the quiz, as first token
        - likeliest: whether each token of the answer is the likeliest one
        - entropy: of the leading digit, in bits; expected: expected rating, 0 to 5

        ``attrs``: ``real``, ``dataset``, ``issues``.

    Raises
    ------
    HumanlikeError
        If a name is unknown or a file is not as described.
    """
    files = choose_files(RESPONSES, language, dimensions, models)
    pairs = dict.fromkeys((part.language, part.model) for part in files)
    forced = simulation_forced()
    tables = [_answers(*pair, missing, seed, forced) for pair in pairs]
    table = pd.concat(tables, ignore_index=True)
    wanted = {part.dimension for part in files}
    if len(wanted) < table["dimension"].nunique():
        table = table[table["dimension"].isin(wanted)].reset_index(drop=True)
    issues = [issue for one in tables for issue in one.attrs["issues"]]
    table.attrs = {**tables[0].attrs, "issues": issues}
    return table


@lru_cache(maxsize=16)
def _answers(language: str, model: str, missing: str, seed: int, _forced: bool) -> pd.DataFrame:
    responses = load_responses(language=language, models=[model], missing=missing, seed=seed)
    attrs = dict(responses.attrs)
    table = responses[[*KEYS, "index", "text", "model_id", "fingerprint", "prompt_tokens"]].copy()
    read = {text: parse_rating(text) for text in table["text"].unique()}
    table["value"] = table["text"].map({text: p.value for text, p in read.items()}).astype(float)
    reasons = {text: p.failure.value if p.failure else "" for text, p in read.items()}
    table["failure"] = table["text"].map(reasons)
    found = [answer_distribution(tokens) for tokens in responses["logprobs"]]
    digits = np.array([one.digits for one in found])
    table[DIGITS] = digits
    names = ("decided", "decimals", "decimals_mass", "off_scale", "answer", "on_scale", "covered")
    for name in names:
        table[name] = [getattr(one, name) for one in found]
    table["letters"] = [
        sum(math.exp(tokens[0][letter]) for letter in LETTERS if letter in tokens[0])
        for tokens in responses["logprobs"]
    ]
    both = zip(table["text"], responses["logprobs"], strict=True)
    table["likeliest"] = [_is_likeliest(text, tokens) for text, tokens in both]
    table["entropy"] = digit_entropy(digits)
    table["expected"] = expected_ratings(digits, table["decided"], table["decimals"], ELSEWHERE)
    table.attrs = attrs
    return table


def _is_likeliest(text: str, tokens: Sequence[Mapping[str, float]]) -> bool:
    """Tell whether a text begins with the likeliest token at each step; equal ones all count."""
    for options in tokens:
        best = max(options.values())
        fitting = [t for t, log in options.items() if log == best and text.startswith(t)]
        if not fitting:
            return False
        text = text[len(max(fitting, key=len)) :]
    return True


def load_expected_ratings(
    language: str = "English",
    *,
    models: Iterable[str] | None = None,
    elsewhere: float = ELSEWHERE,
    min_on_scale: float = ON_SCALE,
    missing: str = "raise",
    seed: int = 0,
) -> pd.DataFrame:
    """Load the rating table with each model's expected rating in place of its answer.

    Parameters
    ----------
    language : {"English", "Dutch"}
        As in `humanlike.data.norms.load_ratings`.
    models : iterable of str, optional
        Only these models' ratings are replaced, the others stay as answered; all by default.
    elsewhere : float
        Decimals assumed after a leading digit that was not the model's choice, 0 to 1.
    min_on_scale : float
        Where less probability than this is on digits from 0 to 5, as when the model asks back, the
        rating is missing.
    missing, seed
        As in `humanlike.data.norms.load_ratings`.

    Returns
    -------
    DataFrame
        Schema and order of rows of `humanlike.data.norms.load_ratings`; models without a response
        to a word have NaN. ``attrs["expected"]`` names the replaced models.

    Raises
    ------
    HumanlikeError
        If a name is unknown or a file is not as described.
    """
    ratings = load_ratings(language, missing=missing, seed=seed)
    asked = [model for model in MODELS if ratings[model].notna().any()]
    wanted = asked if models is None else [m for m in models if m in asked or m not in MODELS]
    answers = answer_table(language, None, wanted, missing=missing, seed=seed)
    values = expected_ratings(answers[DIGITS], answers["decided"], answers["decimals"], elsewhere)
    answers["expected"] = np.where(answers["on_scale"] >= min_on_scale, values, np.nan)
    wide = answers.pivot(index=["word", "dimension"], columns="model", values="expected")
    rows = pd.MultiIndex.from_frame(ratings[["word", "dimension"]])
    for model in wanted:
        ratings[model] = wide[model].reindex(rows).to_numpy()
    ratings.attrs["expected"] = tuple(wanted)
    return ratings
