"""Paper B's concepts in the human space: which THINGS object each of the 128 words names.

``data/concept_senses.csv`` decides what the word alone leaves open. Its ids of homographs were
looked up in the definitions that THINGS gives its objects (Hebart et al. 2019, doi
10.1371/journal.pone.0223792); its remarks on category and definition are the reading of this
project.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from humanlike.data.published import load_concepts
from humanlike.data.things import load_spose, load_things_words
from humanlike.data.typed_table import Schema, check_unique, problem, read_table
from humanlike.errors import HumanlikeError, unknown
from humanlike.paths import project_root

if TYPE_CHECKING:
    import pandas as pd

Senses = Literal["definition", "category"]
SENSES: Final = ("definition", "category")
MISMATCHES: Final = ("", "loose", "contradiction")
N_SENSES: Final = 15
_SENSES: Final[Schema] = dict.fromkeys(
    ("concept", "unique_id", "unique_id_by_category", "mismatch", "note"), "text"
)


def load_senses(path: Path | None = None) -> pd.DataFrame:
    """Load the concepts whose word names several objects, or whose category and definition differ.

    Parameters
    ----------
    path : Path, optional
        Another file with the same columns.

    Returns
    -------
    DataFrame
        15 rows of text: ``concept``; ``unique_id`` of the object that the definition describes and
        ``unique_id_by_category``; ``mismatch``: ``contradiction`` if nothing is both as defined and
        of the category, ``loose`` if it only belongs near it, else empty; ``note``.

    Raises
    ------
    HumanlikeError
        If rows are missing, a concept occurs twice, an id is empty or a mismatch is unknown.
    """
    path = path or project_root() / "data" / "concept_senses.csv"
    frame = read_table(path, _SENSES, N_SENSES)
    check_unique(frame, ["concept"], path)
    for row, one in enumerate(frame.itertuples(index=False), start=1):
        if not one.unique_id or not one.unique_id_by_category:
            raise problem(path, f"row {row} ({one.concept}) needs both ids")
        if one.mismatch not in MISMATCHES:
            raise problem(path, f"row {row}: {unknown('mismatch', str(one.mismatch), MISMATCHES)}")
    return frame


def identify(
    concepts: pd.Series[str], words: pd.DataFrame, senses: pd.DataFrame, by: Senses = "definition"
) -> pd.Series[str]:
    """Find the THINGS object that each word names.

    Parameters
    ----------
    concepts : Series of str
        The words.
    words : DataFrame
        Columns ``unique_id`` and ``word``, as `humanlike.data.things.load_things_words` gives.
    senses : DataFrame
        As `load_senses` gives; needed for words that several objects share.
    by : {"definition", "category"}
        What decides where Paper B's definition and category name different objects.

    Returns
    -------
    Series of str
        ``unique_id`` per word, with the index of ``concepts``.

    Raises
    ------
    HumanlikeError
        If a word names no object, or several and no sense is given, or a sense is of another word,
        or two concepts name the same object.
    """
    if by not in SENSES:
        raise HumanlikeError(unknown("way to choose a sense", by, SENSES))
    column = "unique_id" if by == "definition" else "unique_id_by_category"
    given = dict(zip(senses["concept"], senses[column], strict=True))
    objects = words.groupby(words["word"].str.casefold())["unique_id"].agg(list)
    found = concepts.map(lambda name: _identify(name, objects.get(name.casefold(), []), given))
    if found.duplicated().any():
        pair = concepts[found == found[found.duplicated()].iloc[0]].tolist()
        raise HumanlikeError(f"{' and '.join(pair)} name the same object. Give one another id.")
    return found.rename("unique_id")


def _identify(name: str, objects: list[str], given: dict[str, str]) -> str:
    if not objects:
        raise HumanlikeError(f"THINGS has no object called '{name}'. Correct data/concepts.csv.")
    chosen = given.get(name, objects[0] if len(objects) == 1 else "")
    if chosen not in objects:
        raise HumanlikeError(
            f"'{name}' names {', '.join(objects)} in THINGS, but data/concept_senses.csv says "
            f"'{chosen}'. Name one of them there."
        )
    return chosen


def load_concept_ids(by: Senses = "definition", *, missing: str = "raise") -> pd.DataFrame:
    """Load the 128 concepts with the THINGS object that each of them names.

    Parameters
    ----------
    by : {"definition", "category"}
        What decides where Paper B's definition and category name different objects.
    missing : {"raise", "simulate"}
        What to do if THINGS cannot be had. Simulated objects are assigned in order.

    Returns
    -------
    DataFrame
        Columns ``concept``, ``category``, ``definition``, ``unique_id``, ``n_objects`` (how many
        objects share the word), ``mismatch`` and ``note`` as `load_senses` gives, empty for others.
        ``attrs["real"]`` tells whether the ids are real.
    """
    table, words, senses = load_concepts(), load_things_words(missing=missing), load_senses()
    real = bool(words.attrs["real"])
    if real:
        table["unique_id"] = identify(table["concept"], words, senses, by)
        shared = words["word"].str.casefold().value_counts()
        table["n_objects"] = table["concept"].str.casefold().map(shared)
    else:
        table["unique_id"] = words["unique_id"].to_numpy()[: len(table)]
        table["n_objects"] = 1
    remarks = senses.set_index("concept").reindex(table["concept"]).fillna("")
    for name in ("mismatch", "note"):
        table[name] = remarks[name].to_numpy()
    table.attrs = {"real": real}
    return table


def load_concept_space(
    dims: int = 66, by: Senses = "definition", *, missing: str = "raise"
) -> pd.DataFrame:
    """Load the human embedding of the 128 concepts, joined by THINGS id.

    Parameters
    ----------
    dims : {66, 49}
        Which embedding, see `humanlike.data.things.load_spose`.
    by : {"definition", "category"}
        Which object a word names where Paper B's definition and category differ.
    missing : {"raise", "simulate"}
        What to do if THINGS cannot be had.

    Returns
    -------
    DataFrame
        Shape (128 concepts, dims), index ``concept`` in the order of ``data/concepts.csv``,
        loadings without unit, columns the dimensions. ``attrs`` as `load_spose` gives.
    """
    concepts = load_concept_ids(by, missing=missing)
    everything = load_spose(dims, missing=missing)
    space = everything.loc[concepts["unique_id"]]
    space.index = concepts["concept"].rename("concept").to_list()
    space.index.name = "concept"
    space.attrs = dict(everything.attrs)
    return space
