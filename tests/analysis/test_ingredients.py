"""Ingredients as predictors: coding, gaps, joint fits and specifications against other programs."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from humanlike.analysis import ingredients as ing
from humanlike.analysis.ingredient_multiverse import (
    AXES,
    DESCRIBED,
    ingredient_multiverse,
    is_described,
    summary,
)
from humanlike.book.chapters import get_chapter, read_parameters
from humanlike.data.families import GROUPINGS
from humanlike.errors import HumanlikeError

ONE_EACH = {axis: [DESCRIBED[axis]] for axis in AXES}


@pytest.fixture(scope="module")
def models() -> pd.DataFrame:
    return ing.load_models()


def test_numbers_are_standardised_and_flags_are_not(models: pd.DataFrame) -> None:
    coded = ing.code(models, ["mlp_size", "instruction_tuned", "release_year"], "log")
    widths = np.log(models["mlp_size"].to_numpy(float))
    assert coded.design["mlp_size"] == pytest.approx(stats.zscore(widths, ddof=1))
    assert set(coded.design["instruction_tuned"]) == {0.0, 1.0}
    raw = ing.code(models, ["release_year"], "raw").design["release_year"]
    assert coded.design["release_year"] == pytest.approx(raw)
    assert coded.left_out == () and coded.filled == ()


def test_models_with_gaps_are_left_out_or_filled_by_name(models: pd.DataFrame) -> None:
    names = ["n_heads", "training_tokens_trillion"]
    left = ing.code(models, names)
    assert set(left.left_out) == {
        "Falcon3-Mamba-7B-Base", "gpt-oss-20b", "mamba-1.4b-hf", "mamba-2.8b-hf"
    }  # fmt: skip
    assert len(left.table) == 71 and left.table[names].notna().all(axis=None)
    filled = ing.code(models, names, missing="median")
    assert len(filled.table) == 75 and filled.left_out == ()
    assert "gpt-oss-20b: training_tokens_trillion" in filled.filled and len(filled.filled) == 4
    heads = filled.table.set_index("model")["n_heads"]
    middle = models["n_heads"].fillna(models["n_heads"].median())
    assert heads["mamba-1.4b-hf"] == pytest.approx(
        (models["n_heads"].median() - middle.mean()) / middle.std()
    )


def test_the_joint_model_is_that_of_statsmodels(models: pd.DataFrame) -> None:
    from statsmodels.regression.mixed_linear_model import MixedLM

    coded = ing.code(models, ing.PAPER)
    x = np.column_stack([np.ones(len(coded.outcome)), *coded.design.values()])
    with warnings.catch_warnings(record=True):
        other = MixedLM(coded.outcome, x, groups=coded.groups).fit(reml=True)
    assert other.converged
    found, table = ing.fit(coded), ing.effects(coded).set_index("name")
    assert table["estimate"].to_numpy() == pytest.approx(other.fe_params[1:], abs=2e-5)
    assert found.group_sd**2 == pytest.approx(np.asarray(other.cov_re).item(), rel=2e-3)
    assert found.n_single == 2  # gpt-j and yi have one ranked model each
    assert (table["p_holm"] >= table["p"]).all()
    assert ((table["least"] <= table["estimate"]) & (table["estimate"] <= table["most"])).all()


def test_an_ingredient_that_only_one_group_varies_in_has_no_effect_without_it(
    models: pd.DataFrame,
) -> None:
    chosen = models[~models["multimodal"] | (models["family"] == "gemma")]
    without = ing.leave_one_group_out(ing.code(chosen, ["multimodal", "n_layers"]))
    assert np.isnan(without.loc["gemma", "multimodal"])
    assert without.drop("gemma").notna().all(axis=None)
    table = ing.effects(ing.code(chosen, ["multimodal", "n_layers"])).set_index("name")
    assert np.isfinite(table.loc["multimodal", "least"])


def test_each_alone_is_scipys_pearson_and_spearman(models: pd.DataFrame) -> None:
    table = ing.associations(models, ["n_heads", "multimodal"], "family", 200, 1).set_index("name")
    have = models.dropna(subset=["n_heads"])
    r = stats.pearsonr(have["n_heads"], have["r2"])
    assert table.loc["n_heads", ["r", "p"]].tolist() == pytest.approx([r.statistic, r.pvalue])
    assert table.loc["n_heads", "rho"] == pytest.approx(
        stats.spearmanr(have["n_heads"], have["r2"]).statistic
    )
    assert table.loc["n_heads", "n"] == 72
    # Without Gemma and Phi no model saw images, so too many resamples have no correlation.
    assert np.isnan(table.loc["multimodal", ["group_low", "group_high"]].astype(float)).all()


def test_unknown_choices_name_the_known_ones(models: pd.DataFrame) -> None:
    with pytest.raises(HumanlikeError, match="Unknown ingredient 'head_count'"):
        ing.code(models, ["head_count"])
    with pytest.raises(HumanlikeError, match="Unknown coding 'rank'"):
        ing.code(models, ["n_heads"], "rank")
    with pytest.raises(HumanlikeError, match="Unknown way 'zero'"):
        ing.code(models, ["n_heads"], missing="zero")
    with pytest.raises(HumanlikeError, match="Unknown sample of models 'big'"):
        ing.choose(models, "big")
    with pytest.raises(HumanlikeError, match="'decoder_only' is 1 in all"):
        ing.fit(ing.code(ing.choose(models, "plain decoders"), ["decoder_only", "n_layers"]))


def test_specifications_hold_the_fits_they_name(models: pd.DataFrame) -> None:
    axes = {**ONE_EACH, "groups": ["family", "none"], "others": ["all", "none"]}
    found = ingredient_multiverse(["instruction_tuned", "n_layers"], axes)
    assert len(found.table) == 2 * 2 * 2 and (found.table["problem"] == "").all()
    assert not found.table.loc[found.table["groups"] == "none", "singular"].any()
    coded = ing.code(models, ["instruction_tuned", "n_layers"])
    first = found.table[is_described(found.table)].set_index("name")
    for name, one in ing.fit(coded).coefficients.items():
        if name != "intercept":
            row = first.loc[ing.INGREDIENTS[name].label]
            assert row[["estimate", "low", "high"]].tolist() == [one.estimate, one.low, one.high]
    alone = found.contrast("layers", groups="none", others="none")["estimate"].item()
    assert alone == pytest.approx(stats.linregress(coded.design["n_layers"], coded.outcome).slope)
    table = summary(found, ["n_layers"])
    assert table.loc["n_layers", "described"] == first.loc["layers", "estimate"]
    assert table.loc["n_layers", ["n", "failed"]].tolist() == [4, 0]


def test_a_singular_fit_is_marked_and_is_least_squares() -> None:
    """Families of decoder-only models do not differ beyond the amount of their training data."""
    axes = {
        **ONE_EACH,
        "models": ["plain decoders"],
        "groups": ["family", "none"],
        "others": ["none"],
    }
    found = ingredient_multiverse(["training_tokens_trillion"], axes).table.set_index("groups")
    assert found["singular"].to_dict() == {"family": True, "none": False}
    assert found.loc["family", "estimate"] == pytest.approx(found.loc["none", "estimate"])


def test_a_fit_that_fails_is_counted_and_has_no_number() -> None:
    axes = {**ONE_EACH, "models": ["all", "plain decoders"], "others": ["none"]}
    found = ingredient_multiverse(["decoder_only"], axes)
    lost = found.table[found.table["models"] == "plain decoders"]
    assert lost[["estimate", "low", "high"]].isna().all(axis=None)
    assert "explains nothing" in lost["problem"].item()
    assert summary(found, ["decoder_only"]).loc["decoder_only", ["n", "failed"]].tolist() == [1, 1]
    none = ingredient_multiverse(["decoder_only"], {**axes, "models": ["plain decoders"]})
    row = summary(none, ["decoder_only"]).loc["decoder_only"]
    assert (row["n"], row["failed"], row["n_above"]) == (0, 1, 0) and np.isnan(row["least"])


def test_axes_are_checked() -> None:
    with pytest.raises(HumanlikeError, match="Expected the axes table, coding"):
        ingredient_multiverse(["n_layers"], {"table": ["compiled"]})
    with pytest.raises(HumanlikeError, match="Expected others among"):
        ingredient_multiverse(["n_layers"], {**ONE_EACH, "others": ["some"]})


def test_the_chapters_parameters_are_the_known_choices() -> None:
    root = Path(__file__).resolve().parents[2]
    parameters = read_parameters(get_chapter("ingredients", root))
    assert set(parameters["ingredients"].choices or ()) == set(ing.INGREDIENTS)
    assert parameters["ingredients"].default == list(ing.PAPER)
    assert set(parameters["samples"].choices or ()) == set(ing.SAMPLES)
    assert set(parameters["family_grouping"].choices or ()) == set(GROUPINGS)
    with pytest.raises(HumanlikeError, match="Unknown value for 'ingredients' 'head_count'"):
        parameters["ingredients"].parse("instruction_tuned, head_count")
    with pytest.raises(HumanlikeError, match="'ingredients' repeats n_heads"):
        parameters["ingredients"].parse("n_heads, n_heads")
