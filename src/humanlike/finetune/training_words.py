"""Words that may be trained on, none of them evaluated in any language or form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from humanlike.data.norms import DUTCH, LANGUAGES, dimensions_of
from humanlike.errors import HumanlikeError
from humanlike.finetune.leaks import Forms, Leaks, families, find_leaks, pairs

if TYPE_CHECKING:
    import pandas as pd

Related = Literal["drop", "keep", "stop"]
Pool = Literal["paper", "all"]


@dataclass(frozen=True)
class TrainingWords:
    """Words to train on, with people's ratings.

    Attributes
    ----------
    ratings : DataFrame, shape (words, dimensions)
        Mean ratings, 0 to 5; index ``word``, columns under their Lancaster names.
    groups : dict of str to int
        Group of each word; words of a group share a stem.
    notes : tuple of str
        Counts, and what was left out.
    """

    ratings: pd.DataFrame
    groups: dict[str, int]
    notes: tuple[str, ...]


def training_words(
    language: str = "English",
    *,
    pool: Pool = "paper",
    n: int = 0,
    seed: int = 0,
    related: Related = "drop",
    missing: str = "raise",
) -> TrainingWords:
    """Return words to train on, none of them evaluated; parameters as for
    `humanlike.finetune.examples.example_set`.

    Raises
    ------
    HumanlikeError
        If more words are asked for than there are, or an evaluated word is among them.
    """
    table = _rated_pairs(pool, missing)
    forms = _forms(table)
    leaks = find_leaks(forms, evaluated_words(missing))
    own = list(table["word" if language == "English" else "translation"])
    leaks.refuse(own)
    notes = [f"{len(table):,} words are rated and not evaluated."]
    keep = _without_related(leaks, own, related, notes)
    keep = draw(keep, n, seed, "words")
    numbers = families([forms[place] for place in keep])
    table = table.iloc[keep]
    dimensions = list(dimensions_of(language))
    columns = dimensions if language == "English" else [DUTCH[name] for name in dimensions]
    rated = table[columns].set_axis(dimensions, axis="columns")
    rated.index = table["word" if language == "English" else "translation"].rename("word")
    return TrainingWords(rated, dict(zip(rated.index, numbers, strict=True)), tuple(notes))


def evaluated_words(missing: str = "raise") -> list[Forms]:
    """Return every word that is evaluated, in both languages, with its translation."""
    from humanlike.data.norms import load_ratings

    found: dict[tuple[str, str], Forms] = {}
    for language in LANGUAGES:
        other = "Dutch" if language == "English" else "English"
        table = load_ratings(language, missing=missing).drop_duplicates("word")
        for word, translation in zip(table["word"], table["translation"], strict=True):
            forms = {language: str(word), other: str(translation)}
            found.setdefault((forms["English"], forms["Dutch"]), forms)
    return list(found.values())


def _rated_pairs(pool: Pool, missing: str) -> pd.DataFrame:
    """Return the pairs that may be trained on: the paper's, or all but the test words."""
    from humanlike.data.splits import load_pool, load_splits

    splits = load_splits("earlier", missing=missing)
    if pool == "paper":
        return splits[splits["part"] == "train"].reset_index(drop=True)
    tested = splits.loc[splits["part"] == "test", "word"]
    table = load_pool(missing=missing)
    return table[~table["word"].isin(tested)].reset_index(drop=True)


def _forms(table: pd.DataFrame) -> list[Forms]:
    return [
        {"English": str(word), "Dutch": str(translation)}
        for word, translation in zip(table["word"], table["translation"], strict=True)
    ]


def _without_related(leaks: Leaks, own: list[str], related: Related, notes: list[str]) -> list[int]:
    if not leaks.related:
        return list(range(len(own)))
    found = f"{len(leaks.related):,} share a stem with an evaluated word: "
    found += pairs(own, leaks.related)
    if related == "stop":
        raise HumanlikeError(f"{found}. Leave them out, or keep them as the paper did.")
    notes.append(f"{found}. They were {'left out' if related == 'drop' else 'kept'}.")
    dropped = leaks.related if related == "drop" else {}
    return [place for place in range(len(own)) if place not in dropped]


def draw(places: list[int], n: int, seed: int, what: str) -> list[int]:
    """Draw so many places at random, fewer as the beginning of more; 0 takes all.

    Raises
    ------
    HumanlikeError
        If there are not so many.
    """
    import numpy as np

    if n == 0:
        return places
    if not 1 <= n <= len(places):
        raise HumanlikeError(f"There are {len(places):,} {what} to train on; asked for {n:,}.")
    return sorted(np.random.default_rng(seed).permutation(places)[:n].tolist())
