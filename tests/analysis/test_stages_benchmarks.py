"""Stages and benchmarks against the printed averages, numpy and what the data's notes say."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from humanlike.analysis import benchmarks as bench
from humanlike.analysis import stages
from humanlike.data.published import load_leaderboard, load_stages
from humanlike.data.stages import STAGES, match_stages, pair_base_tuned
from humanlike.errors import HumanlikeError


@pytest.fixture(scope="module")
def matched() -> pd.DataFrame:
    return match_stages(load_stages(), load_leaderboard())


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return bench.load_scores()


def test_means_as_printed_are_the_printed_averages(matched: pd.DataFrame) -> None:
    printed = load_stages()
    averages = printed[printed["is_average"]].set_index("stage")["r2_printed"]
    means = stages.by_series(matched, "printed").mean()
    for name, short in STAGES.items():
        assert f"{means[short]:.3f}" == averages[name]


def test_real_stages_leave_out_the_model_of_no_stage(matched: pd.DataFrame) -> None:
    real = stages.by_series(matched, "real")
    assert real.loc["Llama 3.1 8B"].dropna().to_dict() == {
        "sft": 0.301,
        "dpo": 0.352,
        "rlvr": 0.358,
    }
    steps = stages.changes(real)
    last = steps[steps["step"] == "dpo to rlvr"].set_index("series")["change"]
    assert last.round(3).to_dict() == {"Llama 3.1 8B": 0.006, "OLMo 13B": 0.008, "OLMo 7B": -0.116}
    tests = stages.step_tests(steps).set_index("step")
    assert tests.loc["base to sft", ["n", "n_up", "p", "p_least"]].tolist() == [3, 3, 0.25, 0.25]
    assert np.isnan(tests.loc["base-stage1 to base", "low"])
    low, high = tests.loc["dpo to rlvr", ["low", "high"]]
    assert low < last.mean() < high
    n, p = stages.trend(real, ["base", "sft", "dpo"])
    assert (n, p) == (3, pytest.approx(1 / 6**3))
    with pytest.raises(HumanlikeError, match="Unknown mapping 'true'"):
        stages.by_series(matched, "true")


def test_families_are_resampled_with_all_their_pairs() -> None:
    pairs = pair_base_tuned(load_leaderboard())
    low, high = stages.family_interval(pairs, 500, 3)
    assert (low, high) == stages.family_interval(pairs, 500, 3)
    means = pairs.groupby("family")["gain"].mean()
    assert means.min() <= low < pairs["gain"].mean() < high <= means.max()


def test_scores_are_those_of_the_leaderboard(frame: pd.DataFrame) -> None:
    names = list(bench.LABELS)
    assert frame[names].notna().sum().tolist() == [40] * 6
    scaled = bench.load_scores("normalised")
    gpqa = ((frame["gpqa"] - 0.25) / 0.75 * 100).clip(lower=0)
    assert scaled["gpqa"].dropna().to_numpy() == pytest.approx(gpqa.dropna(), abs=0.01)
    assert bench.load_scores("one protocol")[names].notna().sum().tolist() == [33] * 6
    found = bench.load_scores("all found")[names].notna().sum()
    assert found.tolist() == [43, 61, 43, 55, 55, 61]
    with pytest.raises(HumanlikeError, match="Unknown kind of scores 'mine'"):
        bench.load_scores("mine")


def test_correlations_are_numpys(frame: pd.DataFrame) -> None:
    table = bench.correlations(frame, ["bbh", "musr"], 100, 1).set_index("name")
    have = frame.dropna(subset=["bbh"])
    assert table.loc["bbh", "r"] == pytest.approx(np.corrcoef(have["bbh"], have["r2"])[0, 1])
    assert table.loc["bbh", ["n", "groups"]].tolist() == [40, 10]
    assert (table["low"] < table["r"]).all() and (table["r"] < table["high"]).all()
    few = frame.dropna(subset=["bbh"]).head(4)
    assert bench.correlations(few, ["bbh"], 100, 1).empty
    one_family = frame[frame["group"] == "gemma"]
    assert np.isnan(bench.correlations(one_family, ["bbh"], 100, 1)["group_low"]).all()


def test_differences_put_the_higher_first_and_places_add_up(frame: pd.DataFrame) -> None:
    table, boot = bench.differences(frame, list(bench.LABELS), 200, 1)
    assert len(table) == 15 and (table["difference"] >= 0).all()
    assert sum(bench.first_places(boot).values()) == pytest.approx(1)
    both = bench.compare_links(frame, "bbh", "ifeval").set_index("name")
    have = frame.dropna(subset=["bbh", "ifeval"])
    r = np.corrcoef([have["r2"], have["bbh"], have["ifeval"]])
    assert both.loc["bbh", ["with_r2", "between"]].tolist() == pytest.approx([r[0, 1], r[1, 2]])
    with pytest.raises(HumanlikeError, match="Only 4 models have a score on all of bbh"):
        bench.differences(frame.dropna(subset=["bbh"]).head(4), ["bbh", "musr"], 100, 1)


def test_what_a_line_leaves_over_is_uncorrelated_with_it(frame: pd.DataFrame) -> None:
    rest = bench.residuals(frame, "bbh")
    assert rest.sum() == pytest.approx(0, abs=1e-9)
    assert rest @ frame.loc[rest.index, "bbh"] == pytest.approx(0, abs=1e-9)
    fits = bench.joint_fits(frame, ["bbh"]).iloc[0]
    have = frame.dropna(subset=["bbh"])
    r = np.corrcoef(have["bbh"], have["r2"])[0, 1]
    assert fits["alone"] == pytest.approx(r**2) and fits["with_tuning"] >= fits["alone"]


def test_two_kinds_of_scores_are_compared_on_the_same_models() -> None:
    same = bench.same_models("leaderboard", "one protocol", ["musr"]).iloc[0]
    assert same["n"] == 18  # 11 with and 7 without a chat template, says the data's README
    alike = bench.same_models("leaderboard", "leaderboard", ["musr"]).iloc[0]
    assert alike["first"] == alike["second"]


def test_benchmarks_are_known_and_at_least_two() -> None:
    assert bench.in_order(["musr", "ifeval"]) == ["ifeval", "musr"]
    with pytest.raises(HumanlikeError, match="at least two benchmarks"):
        bench.in_order(["bbh"])
    with pytest.raises(HumanlikeError, match=r"Unknown benchmark 'mmlu'\. Did you mean 'mmlu_pro'"):
        bench.in_order(["bbh", "mmlu"])
