"""Judges, their fits and what is said when no space can be fitted."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from humanlike.analysis import embedding as study
from humanlike.analysis import measured
from humanlike.errors import HumanlikeError
from humanlike.models.base import Answer, Usage
from humanlike.models.scripted import Scripted
from humanlike.stats.procrustes import procrustes_r2

LINE = np.linspace(0, 1, 10)[:, None] ** 2


def judge(n: int = 1500, seed: int = 0, name: str = "line") -> study.Judge:
    """Somebody who orders ten things on a line."""
    random = np.random.default_rng(seed)
    rows = random.permuted(np.tile(np.arange(10), (n, 1)), axis=1)[:, :3]
    near, far = (np.abs(LINE[rows[:, 0]] - LINE[rows[:, k]])[:, 0] for k in (1, 2))
    rows[near > far] = rows[near > far][:, [0, 2, 1]]
    return study.Judge(name, rows, np.arange(n) % 5 == 0, 10, 1.0, LINE)


def test_a_table_says_what_fits_predict_use_and_find() -> None:
    judges = [judge(), judge(seed=1, name="another")]
    fits = study.fit_judges(judges, ["soe", "ste"], [1, 4], 0, n_restarts=3)
    table = study.summarise_fits(judges, fits)
    assert len(table) == 8 and set(table["judge"]) == {"line", "another"}
    row = table.set_index(["judge", "loss", "n_dims"]).loc[("line", "soe", 4)]
    fit = fits["line", "soe", 4]
    assert row["accuracy"] == fit.score(judges[0].aside) > 0.9
    assert row["low"] < row["accuracy"] <= row["high"] + 1e-9
    assert row["r2"] == procrustes_r2(LINE, fit.embedding_)
    assert 1 <= row["used"] <= 4


def test_the_fewest_dimensions_within_the_interval_of_the_best() -> None:
    table = pd.DataFrame(
        {"n_dims": [1, 2, 3], "accuracy": [0.5, 0.79, 0.8], "low": [0.45, 0.74, 0.75]}
    )
    assert study.enough(table) == 2
    assert study.feasible([judge(50)], [1, 2, 5, 9]) == [1, 2, 5]


def test_refits_are_compared_with_the_fit() -> None:
    one = judge()
    fit = study.fit_judges([one], ["ste"], [2], 0)["line", "ste", 2]
    table = study.summarise_spread(one, fit, study.sources_of_spread(one, 2, "ste", 0, 4, 3))
    assert list(table["source"]) == ["starts", "splits", "resamples"]
    assert list(table["n"]) == [3, 3, 4]
    assert (table["r2_low"] <= table["r2_median"]).all() and (table["r2_high"] <= 1).all()
    assert study.pulled_together(one, fit) < -0.8


def test_known_judges_answer_from_the_human_space(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUMANLIKE_DATA", "simulated")
    consistent, noisy = study.known_judges(4000, 2, missing="simulate")
    assert consistent.ceiling == 1 and 0.5 < noisy.ceiling < 1
    assert len(consistent.aside) == 800 and (consistent.held_out == noisy.held_out).all()
    space = consistent.space
    unit = space / np.linalg.norm(space, axis=1, keepdims=True)
    anchor, near, far = unit[consistent.triplets.T]
    assert ((anchor * near).sum(axis=1) >= (anchor * far).sum(axis=1) - 1e-12).all()


class TestAskedModels:
    @pytest.fixture(autouse=True)
    def own_home(self, tmp_path, monkeypatch):
        monkeypatch.setenv("HUMANLIKE_HOME", str(tmp_path))

    def test_one_that_mostly_refuses_has_no_space(self):
        says = iter(range(10**9))

        def reply(prompt):
            said = prompt.question.options[0] if next(says) % 5 < 2 else "I would rather not."
            return Answer(said, finish="stop", usage=Usage(1, 1))

        found, said = study.asked_judge(Scripted(reply), 6000, 5, 0)
        assert found is None
        assert "2,400 valid answers to 6,000 questions" in said
        assert "The others (60.0%) by reason" in said
        assert "No space is fitted, and no number of this model is shown." in said

    def test_too_few_answers_for_the_dimensions_are_said_to_be_too_few(self):
        found, said = study.asked_judge("simulated:", 2000, 30, 0)
        assert found is None
        assert "1,600 triplets cannot determine 3,375 free coordinates" in said

    def test_one_that_answers_becomes_a_judge(self):
        found, said = study.asked_judge("simulated:noise=0.1", 3000, 5, 0)
        assert found is not None and len(found.triplets) == 3000
        assert len(found.aside) == 600 and said.endswith("to 3,000 questions.")


def test_the_judge_whose_answers_do_not_suffice_is_named() -> None:
    with pytest.raises(HumanlikeError, match=r"line: .*triplets cannot determine"):
        study.fit_judges([judge(20)], ["ste"], [9], 0)


def test_charges_are_relative_to_a_tie() -> None:
    values = study.charges(np.array([0.5, 1.0, 2.0]), 30)
    for charge in values.values():
        assert charge[1] == pytest.approx(1)
        assert charge[0] > 1 > charge[2] >= 0
    expected = -np.log(np.array([1 / 5, 1 / 2, 4 / 5])) / np.log(2)  # squared ratio 1/4, 1, 4
    np.testing.assert_allclose(values["crowd_kernel"], expected)
    larger = study.charges(np.array([0.5, 1.0, 2.0]), 30, 4.0)
    np.testing.assert_allclose(larger["crowd_kernel"], expected)
    assert larger["ste"][0] > values["ste"][0] and larger["ste"][2] < values["ste"][2]


def test_the_recorded_measurement_becomes_a_table(monkeypatch, tmp_path) -> None:
    one = {
        "seconds": 2.0,
        "processor_seconds": 1.5,
        "times_ours": 4.0,
        "peak_mb": 80,
        "load_before": 1,
        "load_after": 3,
    }
    one |= {"loss": [0.5, 0.7], "accuracy": [0.8, 0.8], "r2": [0.1, 0.3]}
    table = measured.benchmark_table({"contestants": {"peer": one}})
    assert table.loc[0, ["program", "seconds", "load"]].tolist() == ["peer", 2.0, 2.0]
    assert table.loc[0, "loss"] == pytest.approx(0.6)
    monkeypatch.setattr("humanlike.paths.project_root", lambda: tmp_path)
    with pytest.raises(HumanlikeError, match=r"run benchmarks/ordinal\.py"):
        measured.load_benchmark()


def test_answers_are_described_with_their_failures() -> None:
    attrs = {"name": "m", "valid": 3, "asked": 4, "valid_share": 0.75, "failures": {"both": 1}}
    said = study.describe_answers(SimpleNamespace(attrs=attrs))
    assert said == "m gave 3 valid answers to 4 questions. The others (25.0%) by reason: both 1."
