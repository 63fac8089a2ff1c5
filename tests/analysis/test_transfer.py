"""Scores by test and training, shares of gains, and references, on simulated ratings."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from humanlike.analysis.transfer import (
    MEASURES,
    TESTS,
    Ratings,
    measure,
    motor_references,
    ratings_for,
    recovery_table,
    reference_table,
    score_table,
)
from humanlike.data.norms import MODELS, MOTOR, features
from humanlike.data.simulated import simulate_ratings
from humanlike.stats import rdm, rsa
from humanlike.stats.agreement import Scores

TABLES = {name: simulate_ratings(name, n_words=150, seed=1) for name in ("English", "Dutch")}


@pytest.fixture(scope="module")
def tests() -> dict[str, Ratings]:
    return {n: ratings_for(TABLES[t.language], t, list(MODELS), 0, 1) for n, t in TESTS.items()}


@pytest.fixture(scope="module")
def results(tests: dict[str, Ratings]) -> dict[str, dict[str, Scores]]:
    return {name: measure(ratings, 30, 1) for name, ratings in tests.items()}


def test_a_test_holds_the_same_complete_words_of_everybody(tests: dict[str, Ratings]) -> None:
    for name, ratings in tests.items():
        human = ratings["human"]
        assert list(human.columns) == list(TESTS[name].dimensions)
        assert all(table.index.equals(human.index) for table in ratings.values())
        assert not any(table.isna().any(axis=None) for table in ratings.values())
    assert "qa_ft" not in tests["Dutch, sensory"]


def test_gaps_and_subsets_reduce_the_words() -> None:
    table = TABLES["English"].copy()
    table.loc[0, "base"] = np.nan
    test = TESTS["English, motor"]
    assert len(ratings_for(table, test, ["base"], 0, 1)["human"]) == 149
    few = ratings_for(table, test, ["base"], 20, 1)["human"]
    assert len(few) == 20 and few.equals(ratings_for(table, test, ["base"], 20, 1)["human"])


def test_scores_are_those_of_their_definitions(
    tests: dict[str, Ratings], results: dict[str, dict[str, Scores]]
) -> None:
    human, model = (tests["English, motor"][who].to_numpy() for who in ("human", "nl_ft"))
    scores = results["English, motor"]
    assert scores["rsa"].estimate["nl_ft"] == pytest.approx(rsa(rdm(human), rdm(model)))
    each = [spearmanr(human[:, d], model[:, d]).statistic for d in range(len(MOTOR))]
    assert scores["spearman"].estimate["nl_ft"] == pytest.approx(np.mean(each))
    distance = np.linalg.norm(human - model, axis=1)
    assert scores["similarity"].estimate["nl_ft"] == pytest.approx((1 / (1 + distance)).mean())


def test_the_tables_hold_every_test_measure_and_model(
    results: dict[str, dict[str, Scores]],
) -> None:
    table = score_table(results, 0.9)
    assert len(table) == 3 * (4 + 4 + 4 + 3)
    assert set(table["measure"]) == set(MEASURES.values())
    assert table.loc[table["model"] == "base", "gain"].isna().all()
    shares = recovery_table(results, 0.9)
    for row in shares.itertuples():
        known = results[row.test][row.short].estimate
        matched = TESTS[row.test].matched
        gain = known[row.model_key] - known["base"]
        assert row.share == pytest.approx(gain / (known[matched] - known["base"]))


def test_a_gain_in_doubt_has_no_share() -> None:
    flat = Scores({"base": 0.0, "en_ft": 0.1, "nl_ft": 0.1}, dict.fromkeys(
        ("base", "en_ft", "nl_ft"), np.array([-1.0, 0.0, 1.0])))  # fmt: skip
    assert recovery_table({"English, all 11": {"rsa": flat}}, 0.95).empty


def test_a_read_out_finds_a_linear_relation_and_only_that() -> None:
    sensory = {who: features(TABLES["English"], who, TESTS["English, sensory"].dimensions)
               for who in ("human", "base", "nl_ft")}  # fmt: skip
    weights = np.random.default_rng(0).normal(size=(6, 5))
    linear = pd.DataFrame(
        sensory["human"].to_numpy() @ weights, sensory["human"].index, list(MOTOR)
    )
    motor = {"human": linear, "base": linear, "nl_ft": linear}
    found, r2 = motor_references(sensory, motor, 5, 1)
    assert (r2 > 0.99).all()
    assert list(found)[-3:] == ["readout.human", "readout.nl_ft", "readout.base_fitted"]
    noise = linear.sample(frac=1, random_state=1).set_axis(linear.index)
    assert (motor_references(sensory, {"human": noise}, 5, 1)[1] < 0.2).all()
    table = reference_table(measure(found, 10, 1)["rsa"], 0.95)
    assert list(table["kind"]) == ["answer"] * 2 + ["read-out"] * 3
