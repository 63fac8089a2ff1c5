"""Words one by one: find one, draw some, and what people said of related words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from humanlike.data.norms import DIMENSIONS, DUTCH, SENSORY, dimensions_of, features
from humanlike.errors import HumanlikeError, unknown

SETS = {"all": DIMENSIONS, "sensory": SENSORY, "motor": DIMENSIONS[len(SENSORY) :]}
FEWEST = 10


def dimension_set(name: str, language: str) -> list[str]:
    """Return the dimensions of a set that were rated in a language.

    Parameters
    ----------
    name : {"all", "sensory", "motor"}
        The set.
    language : {"English", "Dutch"}
        In Dutch only sensory dimensions were rated.

    Raises
    ------
    HumanlikeError
        If a name is unknown, or nothing of the set was rated.
    """
    if name not in SETS:
        raise HumanlikeError(unknown("set of dimensions", name, SETS))
    rated = dimensions_of(language)
    chosen = [dimension for dimension in SETS[name] if dimension in rated]
    if not chosen:
        raise HumanlikeError(
            f"No {name} dimension was rated in {language}. Choose the sensory ones, or English."
        )
    return chosen


def evaluated(table: pd.DataFrame, models: Sequence[str], *, needed: bool = True) -> list[str]:
    """Return the base model and those of the models that were evaluated in a table's language.

    Parameters
    ----------
    table : DataFrame
        As `load_ratings` gives it.
    models : sequence of str
        Tuned versions wanted.
    needed : bool
        Whether it is an error if none of them was evaluated.

    Raises
    ------
    HumanlikeError
        If one is needed and there is none.
    """
    found = [model for model in models if table[model].notna().any()]
    if needed and not found:
        raise HumanlikeError(
            f"None of {', '.join(models)} was evaluated in {table.attrs.get('language')}. Choose "
            "another model, or the other language."
        )
    return ["base", *found]


def draw_words(words: Sequence[str], number: int, seed: int) -> list[str]:
    """Draw some of the words at random, in their old order; 0 takes all.

    Raises
    ------
    HumanlikeError
        If fewer than ten are asked for: too few for the statistics that follow.
    """
    if number == 0 or number >= len(words):
        return list(words)
    if number < FEWEST:
        raise HumanlikeError(f"Draw at least {FEWEST} words, or 0 for all; {number} came.")
    places = np.random.default_rng(seed).choice(len(words), number, replace=False)
    return [words[place] for place in sorted(places)]


def find_word(table: pd.DataFrame, word: str) -> str:
    """Find a word of a rating table by its spelling in either language, whatever the capitals.

    Parameters
    ----------
    table : DataFrame
        As `load_ratings` gives it.
    word : str
        What to look for. A simulated table has no real words; its first one is taken then.

    Raises
    ------
    HumanlikeError
        If the word is not in the table; the nearest spelling is suggested.
    """
    from difflib import get_close_matches

    own = {str(w).lower(): str(w) for w in table["word"].unique()}
    pairs = zip(table["translation"], table["word"], strict=True)
    other = {str(foreign).lower(): str(w) for foreign, w in pairs}
    asked = word.strip().lower()
    if asked in own or asked in other:
        return own.get(asked) or other[asked]
    if not table.attrs.get("real", True):
        return next(iter(own.values()))
    near = get_close_matches(asked, [*own, *other], n=3, cutoff=0.6)
    hint = f" Did you mean {', '.join(near)}?" if near else ""
    raise HumanlikeError(f"'{word}' is not one of the {len(own):,} evaluated words.{hint}")


def training_ratings(splits: pd.DataFrame, language: str) -> pd.DataFrame:
    """Return people's ratings of the training words.

    Parameters
    ----------
    splits : DataFrame
        As `humanlike.data.splits.load_splits` gives it.
    language : {"English", "Dutch"}
        Whose words and ratings.

    Returns
    -------
    DataFrame
        Shape (words, dimensions), index ``word``, columns under their Lancaster names.
    """
    rows = splits[splits["part"] == "train"]
    if language == "English":
        return rows.set_index("word")[list(dimensions_of(language))]
    named = rows.rename(columns={dutch: name for name, dutch in DUTCH.items()} | _dropped())
    return named.set_index("translation")[list(dimensions_of(language))].rename_axis("word")


def _dropped() -> dict[str, str]:
    """Give the English columns other names, so that the Dutch ones can take theirs."""
    return {name: f"English {name}" for name in DIMENSIONS}


def translated_ratings(table: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """Return what people said of each word's translation, on the sensory dimensions.

    Parameters
    ----------
    table, other : DataFrame
        Rating tables of the two languages, as `load_ratings` gives them.

    Returns
    -------
    DataFrame
        Shape (words, 6), index ``word`` of `table`.

    Raises
    ------
    HumanlikeError
        If a translation is not in the other table.
    """
    pairs = table.drop_duplicates("word").set_index("word")["translation"]
    human = features(other, "human", SENSORY)
    absent = [word for word in pairs if word not in human.index]
    if absent:
        raise HumanlikeError(f"{len(absent)} translations were not rated, such as {absent[0]}.")
    return human.loc[pairs].set_axis(pairs.index, axis="index")


def rater_spread(
    table: pd.DataFrame, words: Sequence[str], dimensions: Sequence[str]
) -> tuple[pd.DataFrame, pd.DataFrame] | None:
    """Return standard deviation over raters and number of raters; None where not published.

    Returns
    -------
    tuple of DataFrame or None
        Each of shape (words, dimensions).
    """
    if table["human_sd"].isna().any() or table["n_known"].isna().any():
        return None
    sd, raters = (
        table.pivot(index="word", columns="dimension", values=name).loc[
            list(words), list(dimensions)
        ]
        for name in ("human_sd", "n_known")
    )
    return sd, raters
