"""The chapter's plan and tables, against scipy and by hand; no encoder is needed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr, t

from humanlike.analysis.finetuning import (
    METHODS,
    Material,
    Run,
    compared_words,
    comparison,
    labels,
    main_tables,
    plan_runs,
)
from humanlike.analysis.finetuning_scores import dose_response, enough_words, score_runs
from humanlike.data.norms import DIMENSIONS, MODELS, MOTOR, SENSORY
from humanlike.errors import HumanlikeError
from humanlike.finetune.encoder import Recipe

RANDOM = np.random.default_rng(3)


def table(prefix: str, rows: int) -> pd.DataFrame:
    values = RANDOM.uniform(0, 5, (rows, len(DIMENSIONS)))
    words = pd.Index([f"{prefix}{n}" for n in range(rows)], name="word")
    return pd.DataFrame(values, index=words, columns=list(DIMENSIONS))


PHRASES = {name: name.lower() for name in DIMENSIONS}
MATERIAL = Material(table("p", 30), table("r", 20), table("t", 40), PHRASES, 2)


def plan(**options):
    given = {"words": 0, "doses": [5, 10, 0, 50], "draws": 3, "recipe": Recipe(), "seed": 1}
    return plan_runs(MATERIAL, **given | options)


def test_fewer_words_are_the_beginning_of_more_and_the_rest_comes_last() -> None:
    planned = plan()
    for draw in range(3):
        small = planned[Run("all", "readout", 5, draw)].words
        large = planned[Run("all", "readout", 10, draw)].words
        assert large[:5] == small
    everything = planned[Run("all", "tuned", 50, 0)].words
    assert set(everything[:30]) == set(MATERIAL.paper.index)
    assert set(everything[30:]) == set(MATERIAL.rest.index)
    assert len({planned[Run("all", "readout", 5, draw)].words for draw in range(3)}) == 3


def test_where_nothing_can_be_drawn_nothing_is_repeated_but_the_seed() -> None:
    planned = plan()
    draws = {m: sum(r[:3] == ("all", m, 30) for r in planned) for m in METHODS}
    assert draws == {"readout": 1, "tuned": 3}
    assert sum(run.words == 50 for run in planned) == 2
    seeds = [planned[Run("all", "tuned", 30, draw)].recipe.seed for draw in range(3)]
    assert seeds == [0, 1, 2]


def test_lessons_carry_the_ratings_of_their_words() -> None:
    planned = plan()
    for run, lesson in planned.items():
        rated = MATERIAL.paper.loc[list(lesson.words[:30])] if run.words <= 30 else None
        if run.training == "all" and rated is not None:
            np.testing.assert_array_equal(lesson.ratings, rated)
        if run.training == "sensory":
            np.testing.assert_array_equal(lesson.ratings, rated[list(SENSORY)])
            assert lesson.dimensions == tuple(d.lower() for d in SENSORY)
        if run.training == "shuffled":
            assert (lesson.ratings != rated.to_numpy()).any()
            assert sorted(map(tuple, lesson.ratings)) == sorted(map(tuple, rated.to_numpy()))
        assert lesson.asked_words == tuple(MATERIAL.human.index)
        assert len(lesson.asked_dimensions) == 11
        assert (lesson.recipe is None) == (run.method == "readout")
    with pytest.raises(HumanlikeError, match=r"50 rated words .* asked for 51"):
        plan(words=51)


def test_scores_are_those_of_scipy() -> None:
    human = MATERIAL.human
    noisy = human + RANDOM.normal(0, 1, human.shape)
    (row,) = score_runs({Run("all", "tuned", 5, 0): noisy}, human).itertuples()
    rho = np.mean([spearmanr(human[d], noisy[d])[0] for d in DIMENSIONS])
    assert row.spearman == pytest.approx(rho)
    distance = np.linalg.norm(human.to_numpy() - noisy.to_numpy(), axis=1)
    assert row.similarity == pytest.approx(np.mean(1 / (1 + distance)))
    same = score_runs({Run("all", "tuned", 5, 0): human}, human)
    assert same.loc[0, ["rsa", "spearman", "similarity", "motor"]].tolist() == pytest.approx(
        [1] * 4
    )
    flat = human.assign(Foot=1.0)
    gone = score_runs({Run("all", "tuned", 5, 0): flat}, human)
    assert gone[["rsa", "motor"]].isna().all(axis=None)


def test_the_curve_averages_draws_with_student_s_interval() -> None:
    values = [0.2, 0.3, 0.7]
    rows = [("all", "tuned", 5, n, v, v, v, v) for n, v in enumerate(values)]
    rows += [("all", "tuned", 9, 0, 0.9, 0.9, 0.9, 0.9), ("sensory", "tuned", 5, 0, 9, 9, 9, 9)]
    columns = ["training", "method", "words", "draw", "rsa", "spearman", "similarity", "motor"]
    curve = dose_response(pd.DataFrame(rows, columns=columns), [5, 9])
    first = curve[(curve["words"] == 5) & (curve["short"] == "rsa")].iloc[0]
    low, high = t.interval(0.95, 2, np.mean(values), np.std(values, ddof=1) / np.sqrt(3))
    assert (first["draws"], first["mean"]) == (3, pytest.approx(0.4))
    assert (first["low"], first["high"]) == pytest.approx((low, high))
    single = curve[(curve["words"] == 9) & (curve["short"] == "rsa")].iloc[0]
    assert single["low"] == single["high"] == 0.9
    assert [enough_words(curve, "tuned", "rsa", level) for level in (0.1, 0.5, 0.95)] == [5, 9, 0]


def test_tables_and_figures_hold_the_same_words_for_everybody() -> None:
    import matplotlib as mpl

    mpl.use("agg")
    from humanlike.analysis.transfer import MEASURES, measure
    from humanlike.plots.finetuning import compared, dose_curves

    human = MATERIAL.human
    noisy = {n: human + np.random.default_rng(n).normal(0, 1, human.shape) for n in range(9)}
    long = human.stack().rename_axis(["word", "dimension"]).rename("human").reset_index()
    for number, model in enumerate(MODELS):
        long[model] = noisy[number].stack().to_numpy()
    long.loc[0, "base"] = np.nan
    zero = noisy[7].copy()
    zero.iloc[3, 2] = np.nan
    left = human.index.delete([0, 3])
    spelled = labels("MiniLM")
    runs = [Run(a, m, 30, 0) for a in ("all", "sensory", "shuffled") for m in METHODS]
    taught = dict(zip(runs, (noisy[n] for n in range(6)), strict=True))
    for dimensions in (DIMENSIONS, MOTOR):
        found = main_tables(taught, zero, long, 30, dimensions)
        assert set(found) == {"human", *spelled}
        assert {tuple(frame.index) for frame in found.values()} == {tuple(left)}
        assert {tuple(frame.columns) for frame in found.values()} == {tuple(dimensions)}
        own = taught[Run("sensory", "tuned", 30, 0)].loc[left, list(dimensions)]
        np.testing.assert_array_equal(found["sensory.tuned"], own)
    results = measure(found, 5, 1)
    shown = comparison(results, list(spelled), spelled)
    figure = compared(shown)
    assert len(figure.axes) == 3
    ticks = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    assert ticks == list(spelled.values())
    scores = score_runs(taught, human)
    curve = dose_response(scores, [30])
    drawn = dose_curves(curve, scores, {"rsa": {"Base": 0.1}}, MEASURES)
    assert [axes.get_title() for axes in drawn.axes] == list(MEASURES.values())


def test_too_few_common_words_are_one_message() -> None:
    human = MATERIAL.human
    long = human.stack().rename_axis(["word", "dimension"]).rename("human").reset_index()
    long = long.assign(**dict.fromkeys(MODELS, 1.0))
    zero = human.copy()
    zero.iloc[:20] = np.nan
    with pytest.raises(HumanlikeError, match=r'Only 20 words .*50% .*mode="score"'):
        compared_words({}, zero, long)


def test_gaps_leave_the_same_words_to_every_training() -> None:
    human = MATERIAL.human
    noisy = [human + np.random.default_rng(n).normal(0, 1, human.shape) for n in range(2)]
    gaps = [noisy[0].copy(), noisy[1].copy()]
    gaps[0].iloc[5, 1] = gaps[1].iloc[9, 4] = np.nan
    kept = human.index.delete([5, 9])
    runs = [Run("all", "readout", 5, n) for n in range(2)]
    found = score_runs(dict(zip(runs, gaps, strict=True)), human)
    whole = {r: t.loc[kept] for r, t in zip(runs, noisy, strict=True)}
    pd.testing.assert_frame_equal(found, score_runs(whole, human.loc[kept]))
