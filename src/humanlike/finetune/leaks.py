"""Does training give away a word that is evaluated: itself, translated, or in another form?"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from humanlike.errors import HumanlikeError

SHOWN = 8
SNOWBALL = {"English": "english", "Dutch": "dutch"}
LEMMAS = {"English": "en", "Dutch": "nl"}

Forms = Mapping[str, str]
"""One word in several languages: language to spelling."""


@dataclass(frozen=True)
class Leaks:
    """What training words have in common with evaluated ones.

    Attributes
    ----------
    same : dict of int to str
        Place of a training word to the evaluated word it is, in either language.
    related : dict of int to str
        Place of a training word to an evaluated word it shares a stem or a lemma with, where it is
        not the same.
    """

    same: Mapping[int, str]
    related: Mapping[int, str]

    def refuse(self, words: Iterable[str]) -> None:
        """Stop if an evaluated word would be trained on.

        Parameters
        ----------
        words : iterable of str
            The training words, as they were checked.

        Raises
        ------
        HumanlikeError
            Naming the words.
        """
        if self.same:
            raise HumanlikeError(
                f"{_count(self.same)} would be trained on and evaluated: "
                f"{pairs(list(words), self.same)}. Take these words out of training; what is "
                "evaluated must be new to the model, in every language."
            )


def find_leaks(training: Iterable[Forms], evaluated: Iterable[Forms]) -> Leaks:
    """Compare every training word with every evaluated word, in all the languages they are in.

    Two words are the *same* if in one language their spelling agrees but for capitals, accents and
    white space; a spelling that two languages share by chance (English *pond*, Dutch *pond*) is no
    leak. They are *related* if in one language all their parts have the same stem: the Snowball
    stem (Porter, 1980, doi:10.1108/eb046814; Porter, 2001) of the word as it is, which joins
    inflected forms and many derived ones, or of its lemma (simplemma's dictionaries; Barbaresi,
    doi:10.5281/zenodo.4673264), which joins irregular forms (*mouse*, *mice*).

    Parameters
    ----------
    training, evaluated : iterable of dict
        Each word as ``{"English": "ROSE", "Dutch": "roos"}``.

    Examples
    --------
    >>> found = find_leaks([{"English": "Mice"}, {"Dutch": "roos"}],
    ...                    [{"English": "MOUSE"}, {"English": "ROSE", "Dutch": "Roos"}])
    >>> dict(found.same), dict(found.related)
    ({1: 'Roos'}, {0: 'MOUSE'})
    """
    spelled: dict[tuple[str, str], str] = {}
    stemmed: dict[tuple[str, str], str] = {}
    for forms in evaluated:
        for language, word in forms.items():
            spelled.setdefault((language, plain(word)), word)
            for root in stems(word, language):
                stemmed.setdefault((language, root), word)
    same: dict[int, str] = {}
    related: dict[int, str] = {}
    for place, forms in enumerate(training):
        equal = (spelled.get((lang, plain(word))) for lang, word in forms.items())
        close = (stemmed.get((lang, r)) for lang, word in forms.items() for r in stems(word, lang))
        if hit := next(filter(None, equal), None):
            same[place] = hit
        elif hit := next(filter(None, close), None):
            related[place] = hit
    return Leaks(same, related)


def families(words: Iterable[Forms]) -> list[int]:
    """Number the groups of words that share a stem or a lemma; parts of a split keep them whole.

    Returns
    -------
    list of int
        Number of each word's group; groups are numbered in the order of their first word.
    """
    words = list(words)
    leader = list(range(len(words)))

    def root(place: int) -> int:
        while leader[place] != place:
            leader[place] = leader[leader[place]]
            place = leader[place]
        return place

    first: dict[tuple[str, str], int] = {}
    for place, forms in enumerate(words):
        for language, word in forms.items():
            for key in stems(word, language):
                other = root(first.setdefault((language, key), place))
                mine = root(place)
                leader[max(mine, other)] = min(mine, other)
    numbers: dict[int, int] = defaultdict(lambda: len(numbers))
    return [numbers[root(place)] for place in range(len(words))]


def plain(word: str) -> str:
    """Return a spelling without capitals, accents and superfluous white space."""
    letters = unicodedata.normalize("NFKD", word.casefold())
    return " ".join("".join(c for c in letters if not unicodedata.combining(c)).split())


@lru_cache(maxsize=100_000)
def stems(word: str, language: str) -> tuple[str, ...]:
    """Return the stems of a word as it is and of its lemma, once if they are the same.

    Parts of a compound written apart are treated one by one and joined by blanks.

    Raises
    ------
    HumanlikeError
        If there is no stemmer for the language.

    Examples
    --------
    >>> stems("Dancing", "English"), stems("mice", "English")
    (('danc',), ('mice', 'mous'))
    """
    if language not in SNOWBALL:
        raise HumanlikeError(f"There are stems of English and Dutch words only, not {language}.")
    from simplemma import lemmatize
    from snowballstemmer import stemmer

    parts = plain(word).split()
    lemmas = [plain(lemmatize(part, lang=LEMMAS[language])) for part in parts]
    snowball = stemmer(SNOWBALL[language])
    found = (" ".join(snowball.stemWords(some)) for some in (parts, lemmas))
    return tuple(dict.fromkeys(found))


def pairs(words: list[str], found: Mapping[int, str]) -> str:
    """Write the first few pairs of training word and evaluated word."""
    shown = [
        words[place] if plain(words[place]) == plain(hit) else f"{words[place]} ({hit})"
        for place, hit in list(found.items())[:SHOWN]
    ]
    more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return ", ".join(shown) + more


def _count(found: Mapping[int, str]) -> str:
    return "One word" if len(found) == 1 else f"{len(found):,} words"
