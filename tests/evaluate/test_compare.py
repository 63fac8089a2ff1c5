"""Paired intervals against a bootstrap written out, and the leaderboard's round trip."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.spatial import procrustes
from scipy.stats import spearmanr

from humanlike.cli.main import main
from humanlike.data.norms import DIMENSIONS
from humanlike.errors import HumanlikeError
from humanlike.evaluate import Evaluation, evaluate, write_evaluation
from humanlike.evaluate.agreement import values_of
from humanlike.evaluate.compare import Comparison, Row, compare, put_together
from humanlike.evaluate.leaderboard import COLUMNS, leaderboard, read_csv, write_csv
from humanlike.evaluate.ratings import paired_scores
from humanlike.evaluate.record import Measured
from humanlike.stats.similarity import resamples
from humanlike.tasks.triplets import design

from .conftest import COINS, LIKING, PERFECT, SMALL

N_BOOT = 60
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def folder(found: dict[str, Evaluation], tmp_path: Path) -> Path:
    for one in found.values():
        write_evaluation(one, tmp_path)
    return tmp_path


@pytest.fixture
def both(folder: Path) -> Comparison:
    return compare([PERFECT_NAME, LIKING_NAME], folder, n_boot=N_BOOT, missing="simulate")


PERFECT_NAME, LIKING_NAME = "human", "human, noise 0.1, bias 1"


def row(found: Comparison, measure: str) -> Row:
    return next(one for one in found.rows if one.measure == measure)


def ends(drawn: np.ndarray) -> tuple[float, float]:
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(low), float(high)


def check(one: Row, drawn: np.ndarray) -> None:
    low, high = ends(drawn)
    assert one.difference.value == pytest.approx(one.value_a - one.value_b)
    assert (one.difference.low, one.difference.high) == pytest.approx((low, high), abs=2e-6)


def test_agreement_is_paired_over_concepts(found: dict[str, Evaluation], both: Comparison) -> None:
    asked = design(128, SMALL["n_triplets"], seed=0).triplets
    parts = [found[spec].triplets for spec in (PERFECT, LIKING)]
    marks = [values_of(part.marks) for part in parts if part]
    drawn = []
    for counts in resamples(128, N_BOOT, 0):
        weight = np.prod(counts[asked], axis=1)
        drawn.append(np.average(marks[0], weights=weight) - np.average(marks[1], weights=weight))
    check(row(both, "Agreement with people's similarities"), np.array(drawn))


def test_r2_is_paired_over_concepts(found: dict[str, Evaluation], both: Comparison) -> None:
    from humanlike.analysis.placing import load_target

    human = load_target(66, missing="simulate").human
    spaces = [np.pad(part.triplets.space, ((0, 0), (0, 63)))  # type: ignore[union-attr,arg-type]
              for part in (found[PERFECT], found[LIKING])]  # fmt: skip
    drawn = []
    for counts in resamples(128, N_BOOT, 0):
        rows = np.repeat(np.arange(128), counts)
        r2 = [1 - procrustes(human[rows], space[rows])[2] for space in spaces]
        drawn.append(r2[0] - r2[1])
    one = row(both, "Procrustes R², other concepts")
    centred = np.array(drawn) - np.mean(drawn) + one.difference.value
    check(one, centred)


def test_ratings_are_paired_over_words(found: dict[str, Evaluation], both: Comparison) -> None:
    from humanlike.evaluate.run import norms_of

    parts = [found[spec].ratings for spec in (PERFECT, LIKING)]
    tables = [pd.DataFrame(p.ratings, index=list(p.words), dtype=float) for p in parts if p]
    words = [w for w in norms_of("simulate").tables["human"].index if w in tables[0].index]
    human = norms_of("simulate").tables["human"].loc[words].to_numpy()
    models = [table.loc[words].to_numpy() for table in tables]
    place, drawn, mean = DIMENSIONS.index("Foot"), [], []
    for counts in resamples(len(words), N_BOOT, 0):
        rows = np.repeat(np.arange(len(words)), counts)
        rho = np.array([[spearmanr(human[rows, d], model[rows, d]).statistic
                         for d in range(len(DIMENSIONS))] for model in models])  # fmt: skip
        drawn.append(rho[0, place] - rho[1, place])
        mean.append(rho[0].mean() - rho[1].mean())
    check(row(both, "ρ, Foot"), np.array(drawn))
    check(row(both, "Mean ρ per dimension"), np.array(mean))


def test_intervals_put_together_by_hand() -> None:
    one = put_together(Measured(0.5, 0.4, 0.7), Measured(0.2, 0.1, 0.25))
    low, high = 0.3 - np.hypot(0.1, 0.05), 0.3 + np.hypot(0.2, 0.1)
    assert (one.value, one.low, one.high) == pytest.approx((0.3, low, high))
    assert put_together(Measured(0.5), Measured(0.2)) == Measured(0.3)
    fixed = put_together(Measured(0.5, 0.4, 0.7), Measured(0.2))
    assert (fixed.low, fixed.high) == pytest.approx((0.2, 0.5))


def test_what_differs_is_listed(both: Comparison) -> None:
    assert both.differs["name"] == (PERFECT_NAME, LIKING_NAME)
    assert "n_triplets" not in both.differs


def test_published_models_and_versions_of_gpt_can_be_compared(folder: Path) -> None:
    found = compare(["human", "base"], folder, n_boot=20, missing="simulate")
    assert "RSA of words (ρ)" in {one.measure for one in found.rows}
    listed = compare(["human", "olmo-2-1124-13b-dpo"], folder, n_boot=20, missing="simulate")
    (only,) = listed.rows
    assert "taken as fixed" in only.method
    assert only.value_b == 0.406
    two = compare(["OLMo-2-1124-13B-DPO", "gpt-j-6b"], folder, missing="simulate")
    assert two.rows[0].difference == Measured(pytest.approx(0.406 - 0.025))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["human"], "at least two"),
        (["human", "human"], "named twice"),
        (["human", "humann"], "Did you mean 'human'.*'humanlike leaderboard' lists all"),
        (["human", "hf:some/model"], "has not been evaluated. Do so first: humanlike evaluate hf"),
        (["gpt-j-6b", "base"], "no measure in common"),
    ],
)
def test_wrong_names_are_refused(names: list[str], message: str, folder: Path) -> None:
    with pytest.raises(HumanlikeError, match=message):
        compare(names, folder, missing="simulate")


def test_answers_to_other_questions_are_not_paired_but_all_else_is(folder: Path) -> None:
    other = evaluate(COINS, **SMALL | {"n_triplets": 300})
    write_evaluation(other, folder)
    found = compare(["human", other.id], folder, n_boot=20, missing="simulate")
    assert "different designs of triplets (n_triplets 1600 and 300)" in found.notes[0]
    measures = {one.measure for one in found.rows}
    assert "RSA of words (ρ)" in measures
    assert "Agreement with people's similarities" not in measures


def test_published_own_and_gpt_together(folder: Path) -> None:
    """Two of them have nothing in common; that keeps nobody from being compared with the third."""
    found = compare(["gpt-j-6b", "human", "base"], folder, n_boot=20, missing="simulate")
    assert {(one.a, one.b) for one in found.rows} == {
        ("gpt-j-6b", "human"), ("human", "GPT-4o-mini, Base"),
    }  # fmt: skip
    (note,) = found.notes
    assert "gpt-j-6b and GPT-4o-mini, Base have no measure in common" in note
    assert found.differs == {}, "only one of them was evaluated here"


def test_a_spec_is_found_as_it_was_given(folder: Path) -> None:
    found = compare([PERFECT, COINS], folder, n_boot=20, missing="simulate")
    assert found.names[0] == PERFECT_NAME


def test_a_model_named_like_a_published_one_is_pointed_out(
    found: dict[str, Evaluation], folder: Path
) -> None:
    own = replace(found[PERFECT], model=found[PERFECT].model | {"name": "gpt-j-6b"})
    write_evaluation(own, folder)
    told = compare(["gpt-j-6b", own.id], folder, n_boot=20, missing="simulate")
    assert told.names == ("gpt-j-6b (published)", f"gpt-j-6b ({own.id})")
    assert f"that you evaluated is {own.id}" in told.notes[0]


def test_evaluations_on_simulated_data_are_not_held_against_real_ones(
    found: dict[str, Evaluation], folder: Path
) -> None:
    real = replace(found[COINS], simulated=())
    write_evaluation(real, folder)
    with pytest.raises(HumanlikeError, match=r"real data .* those at hand are simulated"):
        compare([real.id, "base"], folder, n_boot=20, missing="simulate")
    told = compare([real.id, "human"], folder, n_boot=20, missing="simulate")
    assert {one.measure.partition(",")[0] for one in told.rows} == {"Valid answers"}
    assert "was evaluated on simulated data, the other on real" in " ".join(told.notes)


@pytest.mark.parametrize("wrong", [{"n_boot": 1}, {"n_boot": -1}, {"seed": -1}])
def test_impossible_numbers_are_refused(wrong: dict[str, int], folder: Path) -> None:
    with pytest.raises(HumanlikeError, match="at least 2 resamples"):
        compare(["human", "base"], folder, missing="simulate", **wrong)  # type: ignore[arg-type]


def test_resamples_without_a_value_are_left_out_of_the_interval(home: Path) -> None:
    """A model that finds one word of twelve loud: a third of the resamples have no ρ at all."""
    rng = np.random.default_rng(0)
    human = pd.DataFrame(rng.random((12, 11)), columns=list(DIMENSIONS))
    model = human.copy()
    model[DIMENSIONS[0]] = np.eye(12)[int(human[DIMENSIONS[0]].argmax())]
    scores = paired_scores({"human": human, "m": model}, 400, 1)[f"dimension {DIMENSIONS[0]}"]
    rho = []
    for counts in resamples(12, 400, 1):
        rows = np.repeat(np.arange(12), counts)
        if model[DIMENSIONS[0]].iloc[rows].nunique() > 1:
            column = human[DIMENSIONS[0]].iloc[rows]
            rho.append(spearmanr(column, model[DIMENSIONS[0]].iloc[rows]).statistic)
    assert len(rho) < 300
    assert scores.interval("m") == pytest.approx(ends(np.array(rho)), abs=2e-6)


def test_the_leaderboard_is_sorted_and_comes_back_from_its_export(
    folder: Path, tmp_path: Path
) -> None:
    table = leaderboard("rsa", folder, missing="simulate")
    assert list(table.columns) == list(COLUMNS)
    assert len(table) == 75 + 4 + 3
    assert table["rsa"].dropna().is_monotonic_decreasing
    assert table["source"][0] in ("evaluated here", "GPT-4o-mini")
    write_csv(table, tmp_path / "board.csv")
    pd.testing.assert_frame_equal(read_csv(tmp_path / "board.csv"), table)
    ranked = leaderboard("r2", folder, missing="simulate")
    published = ranked[ranked["source"] == "published"]
    assert list(published["rank"]) == list(range(1, 76))
    with pytest.raises(HumanlikeError, match=r"Unknown measure 'r3'\. Did you mean 'r2'"):
        leaderboard("r3", folder)
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    with pytest.raises(HumanlikeError, match="no leaderboard"):
        read_csv(tmp_path / "other.csv")


def test_without_data_the_leaderboard_shows_what_it_can(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from humanlike.data.problems import DataUnavailable
    from humanlike.evaluate.run import _norms

    monkeypatch.delenv("HUMANLIKE_DATA")
    monkeypatch.setenv("HUMANLIKE_OFFLINE", "1")
    monkeypatch.delenv("HUMANLIKE_DATA_MIRROR", raising=False)
    _norms.cache_clear()
    problems: list[str] = []
    table = leaderboard(folder=folder, problems=problems)
    assert set(table["source"]) == {"published", "evaluated here"}
    assert "versions of GPT-4o-mini are left out" in problems[0]
    with pytest.raises(DataUnavailable):
        leaderboard(folder=folder)


def test_the_commands_print_export_and_explain(
    found: dict[str, Evaluation], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("HUMANLIKE_HOME", str(tmp_path))
    assert main(["leaderboard"]) == 0
    assert "Nothing evaluated here yet" in capsys.readouterr().out
    assert main(["compare", "human", "base"]) == 1
    assert "'humanlike leaderboard' lists all" in capsys.readouterr().err
    for one in found.values():
        write_evaluation(one)
    (tmp_path / "evaluations" / "torn.json").write_text("{")
    assert main(["leaderboard", "--mine", "--sort", "agreement"]) == 0
    said = capsys.readouterr()
    assert "torn.json is not complete JSON" in said.err
    assert said.out.splitlines()[1].split()[1] == "human"
    assert main(["leaderboard", "--csv", str(tmp_path / "b.csv")]) == 0
    assert len(read_csv(tmp_path / "b.csv")) == 82
    capsys.readouterr()
    assert main(["leaderboard", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == 82
    assert main(["leaderboard", "--sort", "size"]) == 1
    assert "Unknown measure 'size'" in capsys.readouterr().err
    assert main(["compare", "human", LIKING_NAME, "--n-boot", "20"]) == 0
    shown = capsys.readouterr().out
    assert "What else differs" in shown
    assert "the same resamples of the words for both" in shown


def test_valid_answers_of_both_tests_are_counted_together(found: dict[str, Evaluation]) -> None:
    one = found[COINS]
    assert one.triplets and one.ratings
    few = replace(one.triplets.asked, prompts=100, valid=50)
    many = replace(one.ratings.asked, prompts=300, valid=300)
    parts = {
        "triplets": replace(one.triplets, asked=few),
        "ratings": replace(one.ratings, asked=many),
    }
    table = leaderboard("rsa", missing="simulate", own=[replace(one, **parts)])
    assert table.loc[table["id"] == one.id, "valid"].tolist() == [350 / 400]
