"""The tables the project holds: what Paper B printed, and its models' ingredients.

Every loader takes an optional path, so that a re-executor can bring a table of their own, and
checks what it reads: a file that was cut, re-sorted or mistyped is an error, never silently
another result.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from humanlike.data.typed_table import (
    Schema,
    check_unique,
    listed,
    parts,
    problem,
    read_table,
    typed,
)
from humanlike.errors import HumanlikeError
from humanlike.paths import project_root

if TYPE_CHECKING:
    import pandas as pd

N_MODELS: Final = 75
N_STAGES: Final = 21
N_SUITE: Final = 55
N_CONCEPTS: Final = 128

_RANKING: Final[Schema] = {"rank": "whole", "model": "text", "r2": "number"}
_STAGES: Final[Schema] = {"model": "text", "stage": "text", "r2": "number"}
_CONCEPTS: Final[Schema] = {"concept": "text", "category": "text", "definition": "text"}
_SUITE: Final[Schema] = dict.fromkeys(
    (
        "model",
        "citation",
        "attention_type",
        "training_tokens",
        "heads",
        "hidden_dim",
        "ranked_model",
    ),
    "text",
)
_INGREDIENTS: Final[Schema] = {
    "model": "text",
    "hf_id": "text",
    "r2_published": "number",
    "rank_published": "whole",
    "family": "text",
    "architecture": "text",
    "n_params_billion": "number",
    "n_params_active_billion": "number",
    "n_layers": "whole",
    "hidden_size": "whole",
    "n_heads": "number",
    "n_kv_heads": "number",
    "head_dim": "number",
    "attention_dim": "number",
    "mlp_size": "whole",
    "vocab_size": "whole",
    "context_length": "number",
    "activation": "text",
    "attention_type": "text",
    "training_tokens_trillion": "number",
    "instruction_tuned": "flag",
    "post_training_stage": "text",
    "multimodal": "flag",
    "release_date": "month",
    "license": "text",
    "source": "text",
    "confidence": "text",
    "note": "text",
}


def load_ranking(path: Path | None = None) -> pd.DataFrame:
    """Load the ranking of models that Paper B prints.

    Parameters
    ----------
    path : Path, optional
        Another file with the same columns.

    Returns
    -------
    DataFrame
        75 rows, best first: ``rank`` (1 to 75), ``model`` (the paper's spelling), ``r2``
        (Procrustes R², 0 to 1), ``r2_printed`` (its printed digits, text).

    Raises
    ------
    HumanlikeError
        If rows are missing, a model occurs twice, ranks have gaps, R² leaves 0 to 1 or rises.
    """
    path = path or held_file("published", "paper_b_ranking.csv")
    frame = _with_printed_r2(path, _RANKING, N_MODELS)
    check_unique(frame, ["model"], path)
    expected = list(range(1, N_MODELS + 1))
    for row, (rank, found) in enumerate(zip(expected, frame["rank"], strict=True), start=1):
        if rank != found:
            raise problem(
                path, f"row {row} should have rank {rank}, ranks without gaps; got {found}"
            )
    rises = frame["model"][frame["r2"].diff() > 0]
    if len(rises):
        raise problem(path, f"r2 should not rise with rank, but it does at {rises.iloc[0]}")
    return frame


def load_stages(path: Path | None = None) -> pd.DataFrame:
    """Load Paper B's table of R² by stage of post-training, averages included.

    Parameters
    ----------
    path : Path, optional
        Another file with the same columns.

    Returns
    -------
    DataFrame
        21 rows: ``model`` (the series, or "Average"), ``stage``, ``r2`` (Procrustes R², 0 to 1),
        ``r2_printed`` (its printed digits, text), ``is_average`` (bool).

    Raises
    ------
    HumanlikeError
        If rows are missing, a model and stage occur twice, or R² leaves 0 to 1.
    """
    path = path or held_file("published", "paper_b_stages.csv")
    frame = _with_printed_r2(path, _STAGES, N_STAGES)
    check_unique(frame, ["model", "stage"], path)
    return frame.assign(is_average=frame["model"] == "Average")


def load_suite(path: Path | None = None) -> pd.DataFrame:
    """Load the table of models that Paper B prints in its appendix, which is not its ranking.

    Parameters
    ----------
    path : Path, optional
        Another file with the same columns.

    Returns
    -------
    DataFrame
        55 rows. As printed, text: ``model``, ``citation``, ``attention_type``, ``training_tokens``,
        ``heads``, ``hidden_dim``. Ours: ``ranked_model``, the ranked model the row describes.
        Read from the printed text, NaN where nothing is printed: ``training_tokens_trillion``
        (10¹²), ``n_heads``, ``n_kv_heads`` (NaN for "shared KV"), ``hidden_size``.

    Raises
    ------
    HumanlikeError
        If rows are missing, a model occurs twice, or a cell cannot be read.
    """
    path = path or held_file("published", "paper_b_suite.csv")
    frame = read_table(path, _SUITE, N_SUITE)
    check_unique(frame, ["model"], path)
    tokens = parts(frame, "training_tokens", r"([\d.]+)([BT])", path)
    heads = parts(frame, "heads", r"(\d+)(?: \((\d+|shared) KV\))?", path)
    hidden = parts(frame, "hidden_dim", r"(\d+)()", path)
    return frame.assign(
        training_tokens_trillion=tokens[0].astype(float) / tokens[1].map({"T": 1, "B": 1000}),
        n_heads=heads[0].astype(float),
        n_kv_heads=heads[1].where(heads[1] != "shared").astype(float),
        hidden_size=hidden[0].astype(float),
    )


def load_concepts(path: Path | None = None) -> pd.DataFrame:
    """Load the concepts that were compared, with Paper B's categories and definitions.

    Parameters
    ----------
    path : Path, optional
        Another file with the same columns.

    Returns
    -------
    DataFrame
        128 rows: ``concept``, ``category``, ``definition``; text, exactly as printed, also where
        the definition is of another sense of the word than the category.

    Raises
    ------
    HumanlikeError
        If rows are missing, a concept occurs twice, or a cell is empty.
    """
    path = path or held_file("concepts.csv")
    frame = read_table(path, _CONCEPTS, N_CONCEPTS)
    check_unique(frame, ["concept"], path)
    for column in _CONCEPTS:
        empty = frame.index[frame[column].str.strip() == ""]
        if len(empty):
            raise problem(path, f"row {empty[0] + 1} has no {column}")
    return frame


def load_ingredients(path: Path | None = None) -> pd.DataFrame:
    """Load the compiled ingredients of the ranked models.

    Parameters
    ----------
    path : Path, optional
        Another file with the same columns.

    Returns
    -------
    DataFrame
        75 rows. Text, "" if unknown: ``model``, ``hf_id``, ``family``, ``architecture``,
        ``activation``, ``attention_type``, ``post_training_stage``, ``license``, ``source``,
        ``confidence``, ``note``. Counts: ``rank_published``, ``n_layers``, ``hidden_size``,
        ``mlp_size``, ``vocab_size``. Numbers, NaN if unknown or not applicable:
        ``r2_published``, ``n_params_billion`` and ``n_params_active_billion`` (10⁹), ``n_heads``,
        ``n_kv_heads``, ``head_dim``, ``attention_dim``, ``context_length`` (tokens),
        ``training_tokens_trillion`` (10¹²). Bool: ``instruction_tuned``, ``multimodal``. Date:
        ``release_date`` (first day of the month). Meanings: ``data/ingredients/README.md``.

    Raises
    ------
    HumanlikeError
        If rows or columns are missing, a model occurs twice, or a cell cannot be read.
    """
    path = path or held_file("ingredients", "models.csv")
    frame = read_table(path, _INGREDIENTS, N_MODELS)
    check_unique(frame, ["model"], path)
    return frame


def load_leaderboard(ranking: Path | None = None, ingredients: Path | None = None) -> pd.DataFrame:
    """Load the ranking with the ingredients of each model beside it.

    Parameters
    ----------
    ranking, ingredients : Path, optional
        Other files with the same columns.

    Returns
    -------
    DataFrame
        75 rows, best first: the columns of `load_ranking`, then those of `load_ingredients` except
        ``rank_published`` and ``r2_published``, which repeat the ranking.

    Raises
    ------
    HumanlikeError
        If the tables do not name the same models, or give a model another rank or R².
    """
    left, right = load_ranking(ranking), load_ingredients(ingredients)
    alone = set(left["model"]) - set(right["model"])
    unranked = set(right["model"]) - set(left["model"])
    if alone or unranked:
        raise HumanlikeError(
            "The ranking and the ingredients should name the same models. "
            f"Ranked without ingredients: {listed(alone)}. Not ranked: {listed(unranked)}."
        )
    both = left.merge(right, on="model", how="left", validate="one_to_one")
    differs = (both["rank"] != both["rank_published"]) | (both["r2"] != both["r2_published"])
    if differs.any():
        raise HumanlikeError(
            "The ranking and the ingredients should give each model the same rank and R². "
            f"They differ for: {listed(both.loc[differs, 'model'])}."
        )
    return both.drop(columns=["rank_published", "r2_published"])


def held_file(*parts: str) -> Path:
    """Return the place of a table the project holds."""
    return project_root().joinpath("data", *parts)


def _with_printed_r2(path: Path, schema: Schema, rows: int) -> pd.DataFrame:
    """Read a table with R², keep its printed digits beside it, and check its range."""
    printed = read_table(path, {**schema, "r2": "text"}, rows)
    frame = printed.assign(r2=typed(printed["r2"], "number", path), r2_printed=printed["r2"])
    outside = ~frame["r2"].between(0, 1)
    if outside.any():
        row = int(outside.to_numpy().argmax())
        got = printed["r2"].iloc[row]
        raise problem(path, f"row {row + 1}: r2 should lie from 0 to 1, got '{got}'")
    return frame
