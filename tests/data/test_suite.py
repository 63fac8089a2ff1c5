"""The printed table against configurations, groupings, pairs: against cells read by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from humanlike.data import published
from humanlike.data.families import GROUPINGS, group_models
from humanlike.data.stages import pair_base_tuned
from humanlike.data.standard_errors import load_errors
from humanlike.data.suite import printed_cells, with_source
from humanlike.errors import HumanlikeError


@pytest.fixture(scope="module")
def board() -> pd.DataFrame:
    return published.load_leaderboard()


@pytest.fixture(scope="module")
def suite() -> pd.DataFrame:
    return published.load_suite()


def test_disagreements_are_those_noted_row_by_row(board: pd.DataFrame, suite: pd.DataFrame) -> None:
    """The notes of the compiled table were written apart: "paper's suite table prints …"."""
    cells = printed_cells(suite, board)
    noted = board["note"].str.contains("paper's suite table prints|paper's own suite table")
    assert set(cells.loc[~cells["agrees"], "model"]) == set(board.loc[noted, "model"])


def test_cells_read_by_hand(board: pd.DataFrame, suite: pd.DataFrame) -> None:
    cells = printed_cells(suite, board).set_index(["model", "cell"])
    assert tuple(cells.loc[("flan-t5-xxl", "n_heads")]) == (128, 64, False)
    assert tuple(cells.loc[("mamba-1.4b-hf", "attention_type")]) == ("none", "none", True)
    assert cells.loc[("Instella-3B", "training_tokens_trillion"), "agrees"]
    assert not cells.loc[("gpt-oss-20b", "training_tokens_trillion"), "agrees"]
    assert cells.loc[("Yi-9B", "training_tokens_trillion"), "printed"] == 3.1
    assert ("falcon-7b", "n_kv_heads") not in cells.index


def test_printed_cells_replace_only_what_is_printed(
    board: pd.DataFrame, suite: pd.DataFrame
) -> None:
    changed = with_source(board, suite, "printed").set_index("model")
    before = board.set_index("model")
    assert changed.loc["flan-t5-xxl", "hidden_size"] == 1024
    assert changed.loc["gpt-oss-20b", "training_tokens_trillion"] == 0.3
    assert changed.loc["qwen-14b", "attention_type"] == "GQA"
    kept = [c for c in before if c not in {"n_heads", "n_kv_heads", "hidden_size",
            "training_tokens_trillion", "attention_type"}]  # fmt: skip
    pd.testing.assert_frame_equal(changed[kept], before[kept])
    assert np.isnan(changed.loc["mamba-2.8b-hf", "n_heads"])
    assert with_source(board, suite, "compiled") is board
    with pytest.raises(HumanlikeError, match="Unknown source of the table 'real'"):
        with_source(board, suite, "real")


def test_groupings_refine_or_pool_families(board: pd.DataFrame) -> None:
    names = {grouping: pd.Series(group_models(board, grouping)) for grouping in GROUPINGS}
    assert names["family"].tolist() == board["family"].tolist()
    inside = names["family"].groupby(names["generation"]).nunique()
    assert (inside == 1).all() and names["generation"].nunique() > names["family"].nunique()
    by_model = dict(zip(board["model"], names["generation"], strict=True))
    assert by_model["Qwen3-4B-Base"] == by_model["qwen3-8b"] == "qwen 3"
    assert by_model["OLMo-2-0425-1B"] == "olmo" and by_model["AMD-OLMo-1B"] == "amd-olmo"
    makers = dict(zip(board["model"], names["organisation"], strict=True))
    assert makers["t5-3b"] == makers["gemma-2-2b"] == "google"
    assert makers["Llama-3.1-Tulu-3-8B"] == "allenai"
    with pytest.raises(HumanlikeError, match="Unknown grouping 'maker'"):
        group_models(board, "maker")


def test_pairs_share_everything_but_the_tuning(board: pd.DataFrame) -> None:
    pairs, facts = pair_base_tuned(board), board.set_index("model")
    for column in ("n_layers", "hidden_size", "mlp_size", "n_params_billion", "family"):
        base, tuned = (facts.loc[pairs[side], column].tolist() for side in ("base", "tuned"))
        assert base == tuned
    assert not facts.loc[pairs["base"], "instruction_tuned"].any()
    assert facts.loc[pairs["tuned"], "instruction_tuned"].all()
    found = dict(zip(pairs["base"], pairs["tuned"], strict=True))
    assert found["Instella-3B"] == "Instella-3B-Instruct"
    assert found["OLMo-2-1124-7B"] == "OLMo-2-1124-7B-Instruct"
    assert found["AMD-OLMo-1B"] == "AMD-OLMo-1B-SFT-DPO"
    assert "Falcon3-3B-Base" not in found and "phi-1_5" not in found
    gain = pairs.set_index("base").loc["gemma-3-27b-pt", "gain"]
    assert gain == pytest.approx(0.460 - 0.143)


def test_printed_errors_are_read_and_checked(tmp_path: Path) -> None:
    frame = load_errors().set_index("ingredient")
    assert frame.loc["instruction_tuned", "standard_error"] == 0.024
    assert set(frame.index) <= set(published.load_ingredients())
    bad = tmp_path / "errors.csv"
    bad.write_text("ingredient,standard_error\na,0.1\nb,0.1\nc,0\nd,0.2\n")
    with pytest.raises(HumanlikeError, match="c: a standard error should be above 0"):
        load_errors(bad)
