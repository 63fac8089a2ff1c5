"""Ask a model the tasks of both papers, or look up what it said before, as tidy tables.

Answers come from the user's store where they are; only what is missing is asked, and kept there.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from humanlike.query.plans import PAPER_HELD_OUT, PAPER_TRIPLETS

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from humanlike.models.base import Form, Mode, Model
    from humanlike.query.run import Result
    from humanlike.tasks.triplets import Design

DEFAULT_MODEL = "encoder:"


def ask_triplets(
    model: str | Model = DEFAULT_MODEL,
    n: int = PAPER_TRIPLETS,
    seed: int = 0,
    *,
    design: Design = "random",
    held_out: float = PAPER_HELD_OUT,
    concepts: Sequence[str] | None = None,
    form: Form = "chat",
    mode: Mode = "generate",
    trials: int = 1,
    store: Path | None = None,
    progress: bool = False,
) -> pd.DataFrame:
    """Ask a model which of two things is most like a third.

    Parameters
    ----------
    model : str or Model
        A spec such as ``encoder:``, the small sentence encoder that runs anywhere.
    n, seed, design, held_out, concepts
        As for `humanlike.query.plans.plan_triplets`: the paper's 35,000 over its 128 concepts, a
        fifth of them held out.
    form, mode, trials, store, progress
        As for `humanlike.query.query`.

    Returns
    -------
    DataFrame
        One row per trial, in the order of asking. Columns:

        - anchor, first, second: the concepts, as named in the prompt
        - item: the same for both orders of a triplet; order: 0 or 1; trial: from 0
        - held_out: whether kept aside for testing
        - text: the answer as it came; None where there is none
        - nearer, farther: the option chosen and the other; None for an answer without a value
        - failure: the reason, by name; empty for a valid answer

        ``attrs``: see `outcome`.

    Raises
    ------
    HumanlikeError
        If the model cannot be asked, or the store fails.
    """
    from humanlike.query.run import query

    result = query(
        "triplets", model, n=n, seed=seed, design=design, held_out=held_out, concepts=concepts,
        form=form, mode=mode, trials=trials, store=store, progress=progress,
    )  # fmt: skip
    return triplet_table(result)


def triplet_table(result: Result) -> pd.DataFrame:
    """Return the answers of a query for triplets as `ask_triplets` gives them."""
    table = result.frame().rename(columns={"chosen": "nearer"})
    other = table["second"].where(table["nearer"] == table["first"], table["first"])
    table["farther"] = other.where(table["nearer"].notna(), None)
    columns = ["anchor", "first", "second", "item", "order", "trial", "held_out"]
    table = table[[*columns, "text", "nearer", "farther", "failure"]]
    table.attrs.update(outcome(result))
    return table


def ask_ratings(
    model: str | Model = DEFAULT_MODEL,
    words: Sequence[str] | None = None,
    *,
    language: str = "English",
    dimensions: Sequence[str] | None = None,
    form: Form = "chat",
    mode: Mode = "generate",
    missing: str = "raise",
    store: Path | None = None,
    progress: bool = False,
) -> pd.DataFrame:
    """Ask a model how strongly words are experienced through each sense and body part.

    Parameters
    ----------
    model : str or Model
        A spec.
    words : sequence of str, optional
        What is rated; by default the 1,572 evaluated words of Paper A.
    language : {"English", "Dutch"}
        Language of the words.
    dimensions : sequence of str, optional
        Lancaster names; all that were rated in the language by default.
    form, mode, store, progress
        As for `humanlike.query.query`.
    missing : {"raise", "simulate"}
        What to do if the words or the released prompts cannot be had.

    Returns
    -------
    DataFrame
        One row per word and dimension, words in the order given. Columns: word; dimension; text;
        rating (0 to 5, NaN for an answer without a value); failure (the reason, by name; empty for
        a valid answer); in scoring mode expected, the mean rating under the scores. ``attrs``: see
        `outcome`.

    Raises
    ------
    HumanlikeError
        If the model cannot be asked, or the store fails.
    DataUnavailable
        If words or prompts cannot be had and ``missing`` is ``"raise"``.
    """
    from humanlike.data.norms import load_ratings
    from humanlike.data.prompts import load_prompts
    from humanlike.query.run import query
    from humanlike.tasks.ratings import templates

    if words is None:
        words = list(dict.fromkeys(load_ratings(language, missing=missing)["word"]))
    released = templates(load_prompts(missing=missing), language)
    result = query(
        "ratings", model, words=words, language=language, dimensions=dimensions,
        templates=released, form=form, mode=mode, store=store, progress=progress,
    )  # fmt: skip
    return rating_table(result)


def rating_table(result: Result) -> pd.DataFrame:
    """Return the answers of a query for ratings as `ask_ratings` gives them."""
    table = result.frame().rename(columns={"value": "rating"})
    table["rating"] = table["rating"].astype(float)
    table = table.drop(columns=["item", "order", "trial"])
    table.attrs.update(outcome(result))
    return table


def outcome(result: Result) -> dict[str, Any]:
    """Return who answered and how much of it is valid, as kept in a table's ``attrs``.

    Returns
    -------
    dict
        ``model`` (spec), ``name``, ``revision`` (version or checksum of the weights), ``asked``
        (prompts), ``new`` (asked now, not found in the store), ``valid`` (answers with a value),
        ``valid_share`` (0 to 1), ``failures`` (count of each reason, most frequent first),
        ``positions`` (share of valid answers at each place of the options; empty for ratings).
    """
    summary = result.summary
    return {
        "model": result.info.spec,
        "name": result.info.name,
        "revision": result.info.revision,
        "asked": summary.prompts,
        "new": summary.new,
        "valid": summary.valid,
        "valid_share": summary.valid / summary.prompts,
        "failures": summary.invalid,
        "positions": summary.positions,
    }


def judgements(
    table: pd.DataFrame, concepts: Sequence[str], *, held_out: bool | None = None
) -> NDArray[np.int64]:
    """Turn the valid answers into triplets of numbers, as an ordinal embedding takes them.

    Parameters
    ----------
    table : DataFrame
        As from `ask_triplets`.
    concepts : sequence of str
        What the numbers are places in.
    held_out : bool, optional
        Only those held out (True) or not (False); all by default.

    Returns
    -------
    ndarray of int, shape (n_valid, 3)
        Anchor, nearer, farther.

    Raises
    ------
    HumanlikeError
        If an answer is about something that is not among the concepts.
    """
    from humanlike.errors import HumanlikeError

    valid = table[table["nearer"].notna()]
    if held_out is not None:
        valid = valid[valid["held_out"] == held_out]
    place = {concept: number for number, concept in enumerate(concepts)}
    named = valid[["anchor", "nearer", "farther"]]
    foreign = sorted(set(named.stack()) - set(place))
    if foreign:
        raise HumanlikeError(
            f"Judgements about things that are not among the {len(place)} concepts: "
            f"{', '.join(foreign[:5])}. Give the concepts that were asked about."
        )
    return named.map(place.__getitem__).to_numpy("int64").reshape(-1, 3)
