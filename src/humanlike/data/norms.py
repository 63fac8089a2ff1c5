"""Human sensorimotor norms and the models' ratings of the same words.

Sources: Lancaster Sensorimotor Norms (Lynott et al., 2020, doi 10.3758/s13428-019-01316-z); Dutch
sensory modality norms (Speed & Brysbaert, 2022, doi 10.3758/s13428-021-01656-9); ratings of
GPT-4o-mini and its fine-tuned versions (Wu et al., 2026), in the tables those authors released.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from humanlike.data.excel import need_columns, need_rows, need_unique, numbers, read_excel
from humanlike.data.fetch import path_of
from humanlike.data.source import real_or_simulated
from humanlike.errors import HumanlikeError, unknown

SENSORY = ("Auditory", "Gustatory", "Haptic", "Interoceptive", "Olfactory", "Visual")
MOTOR = ("Foot", "Hand", "Head", "Mouth", "Torso")
DIMENSIONS = SENSORY + MOTOR
"""The eleven dimensions, in the order of the Lancaster norms."""
MODELS = ("base", "en_ft", "nl_ft", "qa_ft")
SOURCES = ("human", *MODELS)
"""Who rated: people, or one of the models."""
DUTCH = {
    "Auditory": "Horen",
    "Visual": "Zien",
    "Olfactory": "Ruiken",
    "Gustatory": "Proeven",
    "Haptic": "Voelen",
    "Interoceptive": "Sensaties",
}
"""Name of each sensory dimension in the Dutch norms."""
LANGUAGES = ("English", "Dutch")
DATASET = "wu2026-ratings"
FILES = {"English": "En_all_models_results.xlsx", "Dutch": "Nl_all_models_results.xlsx"}
WORDS = 1572
SCALE = (0.0, 5.0)
COLUMNS = ("word", "translation", "dimension", "group", "human", "human_sd", "n_known", *MODELS)
MANY_RATERS = 1000


def dimensions_of(language: str) -> tuple[str, ...]:
    """Return the dimensions that were rated in a language: all eleven, or six in Dutch.

    Raises
    ------
    HumanlikeError
        If the language is unknown.
    """
    if language not in LANGUAGES:
        raise HumanlikeError(unknown("language", language, LANGUAGES))
    return DIMENSIONS if language == "English" else SENSORY


def load_ratings(
    language: str = "English", *, missing: str = "raise", seed: int = 0
) -> pd.DataFrame:
    """Load how people and models rated the 1,572 evaluated words.

    Parameters
    ----------
    language : {"English", "Dutch"}
        Language of the words and of the human norms.
    missing : {"raise", "simulate"}
        What to do if the data cannot be had. A damaged file is an error in any case.
    seed : int
        Seed of the simulation; without effect on real data.

    Returns
    -------
    DataFrame
        One row per word and dimension, words in the order of the file, dimensions in the order of
        `DIMENSIONS`. Columns:

        - word: in capitals in English, in lower case in Dutch; translation: in the other language
        - dimension: Lancaster name; group: ``sensory`` or ``motor``
        - human: mean rating of people, 0 (not at all) to 5 (greatly)
        - human_sd: standard deviation over raters, in scale points; NaN in Dutch
        - n_known: raters who knew the word; NaN in Dutch
        - base, en_ft, nl_ft, qa_ft: the models' ratings, 0 to 5; NaN where not evaluated (qa_ft in
          Dutch) or where the model gave none

        ``attrs``: ``real`` (bool), ``dataset``, ``language``, ``issues`` (irregularities found, as
        sentences).

    Raises
    ------
    HumanlikeError
        If the language is unknown or the table is not as described above.
    DataUnavailable
        If the data cannot be had and ``missing`` is ``"raise"``.
    """
    from humanlike.data.simulated import simulate_ratings

    dimensions_of(language)
    name = FILES[language]
    return real_or_simulated(
        DATASET,
        [name],
        missing,
        read=lambda: parse_ratings(read_excel(path_of(DATASET, name)), language),
        simulate=lambda: simulate_ratings(language, seed=seed),
    )


def parse_ratings(
    table: pd.DataFrame, language: str, *, expected_words: int | None = WORDS
) -> pd.DataFrame:
    """Turn a released analysis table into the tidy form of `load_ratings`.

    Parameters
    ----------
    table : DataFrame
        One row per word, columns as published: their spelling varies (``Foot.mean``,
        ``Foot_leg.SD``, ``visual_base``, ``Visual_en_ft``) and is matched without regard to case.
    language : {"English", "Dutch"}
        Which of the two tables it is.
    expected_words : int or None
        Number of rows it must have; None accepts any.

    Raises
    ------
    HumanlikeError
        If columns are missing, words are missing or repeated, or values are not numbers in range.
    """
    dimensions = dimensions_of(language)
    what = f"{language} ratings"
    table = table.rename(columns=_plain_name).reset_index(drop=True)
    own, other = ("word", "woord") if language == "English" else ("woord", "word")
    need_columns(table, [own, other, *_needed(language)], what)
    need_rows(table, expected_words, what)
    need_unique(table[own], f"{what}, words")
    parts = [_one_dimension(table, name, language, own, other) for name in dimensions]
    tidy = pd.concat(parts, ignore_index=True)
    order = np.arange(len(tidy)).reshape(len(dimensions), len(table)).T.ravel()
    tidy = tidy.loc[order, list(COLUMNS)].reset_index(drop=True)
    tidy.attrs = {"real": True, "dataset": DATASET, "language": language, "issues": issues(tidy)}
    return tidy


def _plain_name(column: object) -> str:
    return str(column).lower().replace("foot_leg", "foot").replace("hand_arm", "hand")


def _sources(dimension: str, language: str) -> dict[str, str]:
    """Plain column name of each source of one dimension; empty string if not evaluated."""
    if language == "Dutch":
        stem = DUTCH[dimension].lower()
        models = {model: f"{stem}_{model}" for model in MODELS if model != "qa_ft"}
        return {"human": stem, "human_sd": "", "n_known": "", **models, "qa_ft": ""}
    stem = dimension.lower()
    known = "n_known.perceptual" if dimension in SENSORY else "n_known.action"
    models = {model: f"{stem}_{model}" for model in MODELS}
    return {"human": f"{stem}.mean", "human_sd": f"{stem}.sd", "n_known": known, **models}


def _needed(language: str) -> list[str]:
    names = [
        name
        for dimension in dimensions_of(language)
        for name in _sources(dimension, language).values()
        if name
    ]
    return list(dict.fromkeys(names))


def _one_dimension(
    table: pd.DataFrame, dimension: str, language: str, own: str, other: str
) -> pd.DataFrame:
    limits = {"human_sd": (0.0, 5.0), "n_known": (1.0, np.inf)}
    words = table[own]
    columns: dict[str, Any] = {
        "word": words,
        "translation": table[other],
        "dimension": dimension,
        "group": "sensory" if dimension in SENSORY else "motor",
    }
    for source, name in _sources(dimension, language).items():
        low, high = limits.get(source, SCALE)
        what = f"{language} ratings, column {name}"
        columns[source] = numbers(table[name], words, low, high, what) if name else np.nan
    return pd.DataFrame(columns)


def issues(table: pd.DataFrame) -> list[str]:
    """Describe the irregularities of a tidy rating table in plain sentences.

    Reported are missing ratings of sources that were evaluated at all, and words with far more
    raters than the others.
    """
    found = []
    for source in SOURCES:
        gaps = table.loc[table[source].isna(), ["word", "dimension"]]
        if len(gaps) == len(table):
            continue
        for word, names in gaps.groupby("word", sort=False)["dimension"]:
            count = f"{len(names)} {source} rating{'s' if len(names) > 1 else ''}"
            found.append(f"{word} lacks {count} ({', '.join(names)}).")
    crowded = table.loc[table["n_known"] > MANY_RATERS, "word"].unique()
    if len(crowded):
        found.append(
            f"{len(crowded)} words were known to more than {MANY_RATERS:,} raters, the median is "
            f"{table['n_known'].median():.0f} ({', '.join(crowded)})."
        )
    return found


def features(
    table: pd.DataFrame, source: str, dimensions: Iterable[str] | None = None
) -> pd.DataFrame:
    """Return one source's ratings as a matrix, words in rows and dimensions in columns.

    Parameters
    ----------
    table : DataFrame
        As `load_ratings` gives it.
    source : str
        ``human`` or a model of `MODELS`.
    dimensions : iterable of str, optional
        Which ones, in this order; all of the table by default.

    Returns
    -------
    DataFrame
        Shape (words, dimensions), index ``word`` in the order of the table; missing ratings NaN.

    Raises
    ------
    HumanlikeError
        If the source or a dimension is unknown or not in the table, or a word is repeated.
    """
    _evaluated(table, source)
    present = set(table["dimension"])
    if dimensions is None:
        chosen = [name for name in DIMENSIONS if name in present]
    else:
        chosen = [dimensions] if isinstance(dimensions, str) else list(dimensions)
    for name in chosen:
        if name not in DIMENSIONS:
            raise HumanlikeError(unknown("dimension", name, DIMENSIONS))
        if name not in present:
            raise HumanlikeError(f"{name} was not rated in {_language(table)}.")
    repeated = table.duplicated(["word", "dimension"])
    if repeated.any():
        first = table.loc[repeated, ["word", "dimension"]].iloc[0]
        raise HumanlikeError(f"{first['word']} has more than one row for {first['dimension']}.")
    wide = table.pivot(index="word", columns="dimension", values=source)
    return wide.reindex(index=table["word"].unique(), columns=chosen).rename_axis("word")


def complete_words(table: pd.DataFrame, sources: str | Sequence[str]) -> list[str]:
    """Return the words without a missing rating in any of the sources, in the order of the table.

    Raises
    ------
    HumanlikeError
        If a source is unknown or was not evaluated in this language.
    """
    names = [sources] if isinstance(sources, str) else list(sources)
    for name in names:
        _evaluated(table, name)
    whole = table[names].notna().all(axis="columns").groupby(table["word"], sort=False).all()
    return [str(word) for word in whole.index[whole]]


def _evaluated(table: pd.DataFrame, source: str) -> None:
    if source not in SOURCES:
        raise HumanlikeError(unknown("source", source, SOURCES))
    need_columns(table, ["word", "dimension", source], "rating table")
    if len(table) and table[source].isna().all():
        raise HumanlikeError(f"{source} was not evaluated in {_language(table)}.")


def _language(table: pd.DataFrame) -> str:
    return str(table.attrs.get("language", "this table"))
