"""Paper B's printed table of models against the real configurations of the ranked models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from humanlike.errors import HumanlikeError, unknown

if TYPE_CHECKING:
    import pandas as pd

SOURCES: Final = ("compiled", "printed")
NUMBERS: Final = ("n_heads", "n_kv_heads", "hidden_size", "training_tokens_trillion")
ATTENTION: Final = {"Multi-Head": "MHA", "(SSM)": "none"}
ROUNDING: Final = 0.05
"""Token counts that differ by less than this share are taken to be one number, rounded."""


def printed_cells(suite: pd.DataFrame, board: pd.DataFrame) -> pd.DataFrame:
    """List every printed cell beside the compiled one.

    Parameters
    ----------
    suite : pandas.DataFrame
        As from :func:`humanlike.data.published.load_suite`. Where two rows describe one ranked
        model, the first counts.
    board : pandas.DataFrame
        As from :func:`humanlike.data.published.load_leaderboard`.

    Returns
    -------
    pandas.DataFrame
        One row per ranked model and printed cell: ``model``, ``cell`` (name of the column of
        ``board``), ``printed`` and ``compiled`` (float, or text for ``attention_type``; NaN if
        unknown), ``agrees`` (bool; tokens may differ by a rounding, and an unknown number agrees
        with nothing).
    """
    import pandas as pd

    real = board.set_index("model").to_dict("index")
    rows = []
    for line in suite.drop_duplicates("ranked_model").to_dict("records"):
        told, model = line["attention_type"], line["ranked_model"]
        printed = {"attention_type": ATTENTION.get(told, told)} if told else {}
        printed |= {cell: line[cell] for cell in NUMBERS if pd.notna(line[cell])}
        for cell, value in printed.items():
            compiled = real[model][cell]
            if cell == "training_tokens_trillion":
                agrees = abs(value - compiled) <= ROUNDING * compiled
            else:
                agrees = value == compiled
            rows.append((model, cell, value, compiled, bool(agrees)))
    return pd.DataFrame(rows, columns=["model", "cell", "printed", "compiled", "agrees"])


def with_source(board: pd.DataFrame, suite: pd.DataFrame, source: str) -> pd.DataFrame:
    """Return the models with the compiled ingredients, or with the printed cells in their place.

    Parameters
    ----------
    board, suite : pandas.DataFrame
        As for `printed_cells`.
    source : {"compiled", "printed"}
        ``printed`` takes heads, width, tokens and kind of attention from the paper's table where it
        prints them; everything else, and every other model, stays as compiled.

    Raises
    ------
    HumanlikeError
        If there is no such source.
    """
    if source not in SOURCES:
        raise HumanlikeError(unknown("source of the table", source, SOURCES))
    if source == "compiled":
        return board
    changed = board.copy()
    cells = printed_cells(suite, board)
    for cell, part in cells.groupby("cell"):
        values = dict(zip(part["model"], part["printed"], strict=True))
        column = str(cell)
        new = board["model"].map(values)
        if column != "attention_type":
            new = new.astype(float)
        changed[column] = new.where(new.notna(), board[column])
    return changed
