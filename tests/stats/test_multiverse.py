"""The multiverse: against one-by-one computation, statsmodels and closed forms."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.spatial.distance import pdist
from statsmodels.api import OLS
from statsmodels.formula.api import ols
from statsmodels.stats.anova import anova_lm

from humanlike.errors import HumanlikeError
from humanlike.stats import rsa_bootstrap
from humanlike.stats.multiverse import (
    Multiverse,
    evaluate,
    main_effects,
    specifications,
    summarise,
)

N = 30
RANDOM = np.random.default_rng(11)
HUMAN = pd.DataFrame(RANDOM.random((N, 4)) * 5, index=[f"w{i}" for i in range(N)])
HUMAN.iloc[3] = 0  # no direction, so no cosine distance of the raw ratings
MODELS = {"a": 0.5, "b": 2.0}
NOISY = {name: (HUMAN + RANDOM.normal(0, s, HUMAN.shape)).clip(0) for name, s in MODELS.items()}
AXES = {
    "half": ("first", "all"),
    "scale": ("z-scored", "raw"),
    "metric": ("cosine", "euclidean"),
    "correlation": ("spearman", "pearson", "kendall"),
}


def features(choice: Mapping[str, str]) -> dict[str, pd.DataFrame]:
    columns = list(HUMAN)[:2] if choice["half"] == "first" else list(HUMAN)
    return {name: table[columns] for name, table in {"human": HUMAN, **NOISY}.items()}


@pytest.fixture(scope="module")
def found() -> Multiverse:
    return evaluate(AXES, features, [("a", "b")])


def by_hand(spec: Mapping[str, str], model: str) -> float:
    tables = features(spec)
    parts = {}
    for name, table in tables.items():
        values = table.to_numpy()
        if spec["scale"] == "z-scored":
            values = stats.zscore(values, axis=0)
        parts[name] = pdist(values, spec["metric"]).round(11)  # exact ties stay tied
    known = ~np.isnan(np.stack(list(parts.values()))).any(axis=0)
    measure = {
        "spearman": stats.spearmanr, "pearson": stats.pearsonr, "kendall": stats.kendalltau,
    }[spec["correlation"]]  # fmt: skip
    return float(measure(parts["human"][known], parts[model][known]).statistic)


def test_every_specification_is_what_computing_it_alone_gives(found: Multiverse) -> None:
    table = found.table.set_index(["spec", "name"])
    for number, spec in enumerate(specifications(AXES)):
        values = {model: by_hand(spec, model) for model in MODELS}
        for model, value in values.items():
            assert table.loc[(number, model), "estimate"] == pytest.approx(value, abs=1e-10)
        gap = table.loc[(number, "a - b"), "estimate"]
        assert gap == pytest.approx(values["a"] - values["b"], abs=1e-10)
    assert len(table) == 24 * 3


def test_features_and_matrices_are_computed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from humanlike.stats import multiverse

    calls: list[str] = []
    real = multiverse.rdm
    monkeypatch.setattr(multiverse, "rdm", lambda *args: calls.append("rdm") or real(*args))

    def noted(choice: Mapping[str, str]) -> dict[str, pd.DataFrame]:
        calls.append("features")
        return features(choice)

    evaluate(AXES, noted, [("a", "b")], n_jobs=2)
    assert (calls.count("features"), calls.count("rdm")) == (2, 2 * 2 * 2 * 3)


def test_intervals_of_a_contrast_are_as_wide_as_those_of_the_bootstrap() -> None:
    random = np.random.default_rng(0)
    human = pd.DataFrame(random.normal(size=(300, 3)))
    models = {name: human + random.normal(0, s, human.shape) for name, s in MODELS.items()}
    row = evaluate(
        {"metric": ("euclidean",)}, lambda _: {"human": human, **models}, [("a", "b")]
    ).contrast("a - b").iloc[0]  # fmt: skip
    drawn = rsa_bootstrap(human, models, 2000, 1, False, metric="euclidean").difference("a", "b")
    assert row["estimate"] == pytest.approx(drawn.estimate)
    assert row["high"] - row["low"] == pytest.approx(drawn.high - drawn.low, rel=0.1)


def test_kendall_on_few_items_uses_the_same_items_everywhere() -> None:
    axes = {**AXES, "correlation": ("kendall",)}
    few = evaluate(axes, features, [], kendall_items=10, seed=5).table
    names = [f"w{i}" for i in sorted(np.random.default_rng(5).permutation(N)[:10])]
    row = few[(few["half"] == "all") & (few["scale"] == "raw") & (few["metric"] == "euclidean")]
    one, two = pdist(HUMAN.loc[names]), pdist(NOISY["a"].loc[names])
    expected = stats.kendalltau(one, two).statistic
    assert row.set_index("name").loc["a", "estimate"] == pytest.approx(expected)
    assert few["low"].isna().all()
    assert set(few.loc[few["metric"] == "euclidean", "pairs"]) == {45}


def test_the_number_of_threads_changes_nothing(found: Multiverse) -> None:
    pd.testing.assert_frame_equal(
        found.table, evaluate(AXES, features, [("a", "b")], n_jobs=3).table
    )


def test_a_model_that_a_choice_lacks_has_no_row_there() -> None:
    def some(choice: Mapping[str, str]) -> dict[str, pd.DataFrame]:
        tables = features(choice)
        return tables if choice["half"] == "all" else {k: v for k, v in tables.items() if k != "b"}

    table = evaluate(AXES, some, [("a", "b")]).table
    assert set(table.loc[table["half"] == "first", "name"]) == {"a"}


def test_rows_of_a_contrast_are_sorted_and_fixed_axes_select(found: Multiverse) -> None:
    rows = found.contrast("a - b", metric="cosine", half="all")
    assert rows["estimate"].is_monotonic_increasing and len(rows) == 6
    with pytest.raises(HumanlikeError, match="a - b"):
        found.contrast("a - c")
    with pytest.raises(HumanlikeError, match="metric"):
        found.contrast("a - b", metrik="cosine")
    with pytest.raises(HumanlikeError, match="cosine"):
        found.contrast("a - b", metric="cosin")


def test_the_summary_counts_signs_and_intervals() -> None:
    rows = pd.DataFrame({"estimate": [-0.2, 0.1, 0.2, 0.6], "low": [-0.3, -0.1, 0.1, np.nan],
                         "high": [-0.1, 0.3, 0.3, np.nan]})  # fmt: skip
    found = summarise(rows)
    assert (found.n, found.n_positive, found.n_interval) == (4, 3, 3)
    assert (found.n_above, found.n_below) == (1, 1)
    assert (found.low, found.median, found.high) == pytest.approx((-0.2, 0.15, 0.6))
    assert found.share_positive == 0.75
    with pytest.raises(HumanlikeError, match="at least one"):
        summarise(rows[:0])


def test_shares_of_variance_are_those_of_an_analysis_of_variance(found: Multiverse) -> None:
    rows = found.contrast("a - b")
    effects = main_effects(rows, list(AXES))
    table = anova_lm(ols("estimate ~ C(half) + C(scale) + C(metric) + C(correlation)", rows).fit())
    total = table["sum_sq"].sum()
    for axis, share in effects.groupby("axis")["share"].first().items():
        assert share == pytest.approx(table.loc[f"C({axis})", "sum_sq"] / total)
    assert effects.groupby("axis")["effect"].sum().abs().max() < 1e-12
    assert effects["share"].is_monotonic_decreasing
    dummies = pd.get_dummies(rows["half"]).astype(float)
    means = OLS(rows["estimate"], dummies).fit().params
    half = effects[effects["axis"] == "half"].set_index("option")["mean"]
    assert dict(half) == pytest.approx(dict(means))


def test_main_effects_need_a_full_crossing(found: Multiverse) -> None:
    rows = found.contrast("a - b")
    with pytest.raises(HumanlikeError, match="every combination"):
        main_effects(rows[1:], list(AXES))
    with pytest.raises(HumanlikeError, match="All estimates are alike"):
        main_effects(rows.assign(estimate=1.0), list(AXES))


def test_specifications_are_every_combination_in_order() -> None:
    found = specifications({"x": ("1", "2"), "y": ("a", "b")})
    assert found == [{"x": x, "y": y} for x in "12" for y in "ab"]


@pytest.mark.parametrize(
    ("axes", "level", "message"),
    [
        ({"x": ()}, 0.95, "needs options"),
        ({"x": ("1", "1")}, 0.95, "each once"),
        ({"half": ("all",), "metric": ("cosinus",)}, 0.95, "cosine"),
        ({"half": ("all",), "correlation": ("spearmen",)}, 0.95, "spearman"),
        ({"half": ("all",)}, 95, "level"),
    ],
)
def test_axes_that_make_no_sense_are_refused(
    axes: dict[str, tuple[str, ...]], level: float, message: str
) -> None:
    with pytest.raises(HumanlikeError, match=message):
        evaluate(axes, features, [], level=level)


def test_a_missing_human_table_is_refused() -> None:
    with pytest.raises(HumanlikeError, match="human"):
        evaluate({}, lambda _: {"a": HUMAN}, [])


def test_pairs_without_a_distance_are_missing_from_the_share(found: Multiverse) -> None:
    rows = found.table[(found.table["correlation"] == "spearman") & (found.table["name"] == "a")]
    by_scale = rows[rows["metric"] == "cosine"].groupby("scale")
    assert set(by_scale.get_group("z-scored")["share"]) == {1.0}
    assert set(by_scale.get_group("raw")["pairs"]) == {(N - 1) * (N - 2) // 2}
    assert by_scale.get_group("raw")["share"].to_numpy() == pytest.approx((N - 2) / N)
