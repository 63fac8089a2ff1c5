"""Trace every published rating back to the response that produced it."""

from __future__ import annotations

import pandas as pd

from humanlike.analysis.expected import KEYS, answer_table
from humanlike.data.norms import LANGUAGES, MODELS, load_ratings
from humanlike.data.responses import load_parsed

EXACT = 1e-9


def trace_ratings(*, missing: str = "raise", seed: int = 0) -> pd.DataFrame:
    """Join the analysis tables, the authors' parsed files and the raw responses.

    Parameters
    ----------
    missing, seed
        As for `humanlike.data.norms.load_ratings`.

    Returns
    -------
    DataFrame
        One row per word, dimension and model that was asked. Columns: language, dimension, model,
        word; published (analysis table), parsed (authors' file), value (our parser), NaN where
        there is none; text (of the response) and failure (why it is no rating; ``no response``
        where there is none).
    """
    tables = [_long(language, missing, seed) for language in LANGUAGES]
    published = pd.concat(tables, ignore_index=True)
    parsed = load_parsed(missing=missing, seed=seed).rename(columns={"value": "parsed"})
    answers = answer_table(missing=missing, seed=seed)[[*KEYS, "text", "value", "failure"]]
    joined = published.merge(parsed[[*KEYS, "parsed"]], on=KEYS, how="outer", validate="1:1")
    joined = joined.merge(answers, on=KEYS, how="outer", validate="1:1")
    return joined.assign(failure=joined["failure"].fillna("no response"))


def _long(language: str, missing: str, seed: int) -> pd.DataFrame:
    table = load_ratings(language, missing=missing, seed=seed)
    asked = [model for model in MODELS if table[model].notna().any()]
    long = table.melt(["word", "dimension"], asked, "model", "published")
    return long.assign(language=language)


def trace_summary(traced: pd.DataFrame) -> pd.DataFrame:
    """Count, per language and model, what became of the ratings.

    Returns
    -------
    DataFrame
        Columns: language, model; asked (words times dimensions), published, equal (published number
        equals the response's), different, invented (published without a readable response), lost
        (readable response, not published), no_number (response without a number), no_response.
    """
    there, readable = traced["published"].notna(), traced["value"].notna()
    gap = (traced["published"] - traced["value"]).abs()
    absent = traced["failure"] == "no response"
    flags = pd.DataFrame(
        {
            "asked": True,
            "published": there,
            "equal": there & readable & (gap <= EXACT),
            "different": there & readable & (gap > EXACT),
            "invented": there & ~readable,
            "lost": ~there & readable,
            "no_number": ~readable & ~absent,
            "no_response": absent,
        }
    )
    keys = [traced["language"], traced["model"]]
    return flags.groupby(keys, sort=False).sum().astype(int).reset_index()
