"""Benchmark scores of Paper B's ranked models, compiled from public leaderboards."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from humanlike.data.published import N_MODELS, held_file
from humanlike.data.typed_table import Schema, check_unique, problem, read_table
from humanlike.errors import HumanlikeError, unknown

if TYPE_CHECKING:
    import pandas as pd

Scale = Literal["raw", "normalised"]

N_REEVALUATIONS: Final = 45
BENCHMARKS: Final = ("ifeval", "bbh", "math_lvl5", "gpqa", "musr", "mmlu_pro")

_NAMES: Final[Schema] = {"model": "text", "hf_id": "text", "r2_published": "number"}
_SCORES: Final[Schema] = dict.fromkeys(BENCHMARKS, "number")
_ORIGIN: Final[Schema] = {"scale": "text", "source": "text", "note": "text"}
_SETTINGS: Final[Schema] = {
    "protocol": "text",
    "precision": "text",
    "chat_template": "text",
    "math_lvl5_before_rescoring": "number",
}
_REEVALUATIONS: Final[Schema] = {**_NAMES, "set": "text", **_SCORES, **_ORIGIN}
_SCALES: Final[dict[str, tuple[str, Schema, float]]] = {
    "raw": ("open_llm_leaderboard.csv", {**_NAMES, **_SCORES, **_ORIGIN, **_SETTINGS}, 1.0),
    "normalised": (
        "open_llm_leaderboard_normalised.csv",
        {**_NAMES, **_SCORES, **_ORIGIN},
        100.0,
    ),
}


def load_benchmarks(path: Path | None = None, scale: Scale = "raw") -> pd.DataFrame:
    """Load public benchmark scores of the ranked models.

    Parameters
    ----------
    path : Path, optional
        Another file with the same columns.
    scale : {"raw", "normalised"}
        Fractions correct (0 to 1), or the leaderboard's own scale (0 to 100, guessing is 0).

    Returns
    -------
    DataFrame
        75 rows: ``model``, ``hf_id``, ``r2_published``; the scores ``ifeval``, ``bbh``,
        ``math_lvl5``, ``gpqa``, ``musr``, ``mmlu_pro`` (NaN if none was found); ``scale``,
        ``source``, ``note``. On the raw scale also ``protocol``, ``precision``, ``chat_template``
        (text, "" if unknown) and ``math_lvl5_before_rescoring``. Meanings:
        ``data/benchmarks/README.md``.

    Raises
    ------
    HumanlikeError
        If the scale is unknown, rows are missing, a model occurs twice, or a score leaves its
        scale.
    """
    if scale not in _SCALES:
        raise HumanlikeError(unknown("scale", scale, _SCALES))
    name, schema, top = _SCALES[scale]
    path = path or held_file("benchmarks", name)
    frame = read_table(path, schema, N_MODELS)
    check_unique(frame, ["model"], path)
    _check_scores(frame, scale, top, path)
    return frame


def load_reevaluations(path: Path | None = None) -> pd.DataFrame:
    """Load the benchmark scores of two groups that evaluated the ranked models again.

    Parameters
    ----------
    path : Path, optional
        Another file with the same columns.

    Returns
    -------
    DataFrame
        45 rows, one for each model and ``set`` ("B" or "C"), otherwise with the columns of
        `load_benchmarks` up to ``note``; scores are fractions correct (0 to 1).

    Raises
    ------
    HumanlikeError
        If rows are missing, a model and set occur twice, or a score leaves 0 to 1.
    """
    path = path or held_file("benchmarks", "reevaluations.csv")
    frame = read_table(path, _REEVALUATIONS, N_REEVALUATIONS)
    check_unique(frame, ["model", "set"], path)
    _check_scores(frame, "raw", 1.0, path)
    return frame


def _check_scores(frame: pd.DataFrame, scale: str, top: float, path: Path) -> None:
    """Check that filled rows carry the scale's name and that every score lies on the scale."""
    scores = frame[list(BENCHMARKS)]
    filled = scores.notna().any(axis=1)
    other = frame.index[filled & (frame["scale"] != scale)]
    if len(other):
        got = frame["scale"].iloc[other[0]]
        raise problem(path, f"row {other[0] + 1} should have scale '{scale}', got '{got}'")
    for name in BENCHMARKS:
        outside = frame.index[(frame[name] < 0) | (frame[name] > top)]
        if len(outside):
            value = frame[name].iloc[outside[0]]
            raise problem(
                path, f"row {outside[0] + 1}: {name} should lie from 0 to {top:g}, got {value:g}"
            )
