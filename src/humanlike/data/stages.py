"""Which ranked checkpoint stands behind each row of Paper B's table of post-training stages."""

from __future__ import annotations

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
