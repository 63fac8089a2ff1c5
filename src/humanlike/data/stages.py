"""Stages of post-training: the printed table against the ranking; base models and their twins."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from humanlike.errors import HumanlikeError

if TYPE_CHECKING:
    import pandas as pd

SERIES: Final = {
    "Instella 3B": "Instella-3B",
    "Llama 3.1 8B": "Llama-3.1",
    "OLMo 13B": "OLMo-2-1124-13B",
    "OLMo 7B": "OLMo-2-1124-7B",
}
STAGES: Final = {
    "Base Stage 1": "base-stage1",
    "Base": "base",
    "SFT": "sft",
    "DPO": "dpo",
    "RLVR": "rlvr",
}
FINISHED: Final = ("instruct", "rlvr", "dpo", "sft")
_SUFFIX: Final = re.compile(r"(-(it|pt|instruct|chat|dpo|sft|base|stage1))+$", re.IGNORECASE)


def match_stages(stages: pd.DataFrame, board: pd.DataFrame) -> pd.DataFrame:
    """Find, for each row of the stage table, the ranked checkpoint of that series with its R².

    Where two checkpoints of a series have the same R², the one of the stage in question is taken.

    Parameters
    ----------
    stages : pandas.DataFrame
        As from :func:`humanlike.data.published.load_stages`.
    board : pandas.DataFrame
        As from :func:`humanlike.data.published.load_leaderboard`.

    Returns
    -------
    pandas.DataFrame
        One row per row of the table that is not an average: ``series``, ``stage`` (short name),
        ``r2``, ``checkpoint`` (ranked model), ``checkpoint_stage`` (its stage by the ingredients),
        ``matched`` (bool, the two stages agree).

    Raises
    ------
    HumanlikeError
        If no checkpoint of the series has the printed R².
    """
    import pandas as pd

    rows = []
    for row in stages[~stages["is_average"]].itertuples():
        stage = STAGES[str(row.stage)]
        same = board["model"].str.startswith(SERIES[str(row.model)])
        found = board[same & (board["r2_printed"] == row.r2_printed)]
        if found.empty:
            raise HumanlikeError(f"No ranked model of {row.model} has R² {row.r2_printed}.")
        exact = found[found["post_training_stage"] == stage]
        best = (exact if len(exact) else found).iloc[0]
        rows.append(
            {
                "series": row.model,
                "stage": stage,
                "r2": row.r2,
                "checkpoint": best["model"],
                "checkpoint_stage": best["post_training_stage"],
                "matched": best["post_training_stage"] == stage,
            }
        )
    return pd.DataFrame(rows)


def pair_base_tuned(board: pd.DataFrame) -> pd.DataFrame:
    """Pair every ranked base model with its own post-trained version, the most finished one ranked.

    Two models belong together if their names agree once words such as ``-it`` or ``-chat`` are
    taken off; so do their sizes, widths and pre-training.

    Parameters
    ----------
    board : pandas.DataFrame
        As from :func:`humanlike.data.published.load_leaderboard`.

    Returns
    -------
    pandas.DataFrame
        One row per pair: ``family``, ``base``, ``tuned`` (models), ``r2_base``, ``r2_tuned``,
        ``gain``.
    """
    import pandas as pd

    rows = []
    stem = board["model"].map(lambda name: _SUFFIX.sub("", name).lower())
    for _, group in board.groupby(stem, sort=False):
        by_stage = group.drop_duplicates("post_training_stage").set_index("post_training_stage")
        stages = [stage for stage in FINISHED if stage in by_stage.index]
        if "base" not in by_stage.index or not stages:
            continue
        base, tuned = by_stage.loc["base"], by_stage.loc[stages[0]]
        gain = tuned["r2"] - base["r2"]
        rows.append((base["family"], base["model"], tuned["model"], base["r2"], tuned["r2"], gain))
    columns = ["family", "base", "tuned", "r2_base", "r2_tuned", "gain"]
    return pd.DataFrame(rows, columns=columns)
