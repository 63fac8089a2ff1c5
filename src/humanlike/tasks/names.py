"""Find names of things in text: with articles, as plurals, hyphenated, quoted."""

from __future__ import annotations

import re
from functools import lru_cache

_IRREGULAR = {
    "mouse": "mice",
    "goose": "geese",
    "foot": "feet",
    "tooth": "teeth",
    "child": "children",
    "man": "men",
    "woman": "women",
    "person": "people",
    "knife": "knives",
    "leaf": "leaves",
    "loaf": "loaves",
    "wolf": "wolves",
    "calf": "calves",
    "shelf": "shelves",
    "scarf": "scarves",
    "ox": "oxen",
    "cactus": "cacti",
}
_SINGULAR = {plural: singular for singular, plural in _IRREGULAR.items()}


@lru_cache(maxsize=65536)
def forms(name: str) -> frozenset[str]:
    """Return a name with its plural and its singular, in lower case."""
    name = _plain(name)
    head, space, last = name.rpartition(" ")
    return frozenset({name} | {head + space + form for form in _plurals(last) | _singulars(last)})


def _plurals(word: str) -> set[str]:
    if word in _IRREGULAR:
        return {_IRREGULAR[word]}
    if re.search(r"(?:s|x|z|ch|sh)$", word):
        return {word + "es"}
    if re.search(r"[^aeiou]y$", word):
        return {word[:-1] + "ies"}
    return {word + "s", word + "es"} if word.endswith("o") else {word + "s"}


def _singulars(word: str) -> set[str]:
    if word in _SINGULAR:
        return {_SINGULAR[word]}
    found = set()
    if word.endswith("ies") and len(word) > 4:
        found.add(word[:-3] + "y")
    if re.search(r"(?:s|x|z|ch|sh)es$", word):
        found.add(word[:-2])
    if re.search(r"[^su]s$", word) and len(word) > 3:
        found.add(word[:-1])
    return found


@lru_cache(maxsize=65536)
def pattern(name: str, exact: bool = False) -> re.Pattern[str]:
    """Return an expression that finds a name as whole words.

    Parameters
    ----------
    name : str
        The name.
    exact : bool
        True finds it only as it is written, but for case and hyphens.
    """
    spellings = {_plain(name)} if exact else forms(name)
    longest_first = sorted(spellings, key=lambda form: (-len(form), form))
    words = "|".join(r"[\s_\-]*".join(map(re.escape, form.split())) for form in longest_first)
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)


def _plain(name: str) -> str:
    return " ".join(re.split(r"[\s_\-]+", name.casefold().strip()))


def mentioned(text: str, names: tuple[str, ...], others: tuple[str, ...] = ()) -> list[int]:
    """Return which names a text mentions, in the order of their first mention.

    Parameters
    ----------
    text : str
        Where to look.
    names : tuple of str
        What for.
    others : tuple of str
        Names that count for nothing but hide what they contain: *potato* is not mentioned by
        *mashed potato*.
    """
    first: dict[int, int] = {}
    both = [*enumerate(names), *((-1, name) for name in others)]
    equal = any(forms(a) & forms(b) for i, a in enumerate(names) for b in names[i + 1 :])
    equal = equal or any(forms(a) & forms(b) for a in names for b in others)
    for number, name in sorted(both, key=lambda pair: -len(pair[1])):
        expression = pattern(name, equal)
        for match in expression.finditer(text):
            if number >= 0:
                first[number] = min(first.get(number, match.start()), match.start())
        text = expression.sub(lambda match: "\x00" * len(match.group()), text)
    return sorted(first, key=first.__getitem__)
