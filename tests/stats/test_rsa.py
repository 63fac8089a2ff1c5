"""RSA: properties, brute force on the same resamples, the published values, every error."""

import hashlib
import os
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.distance import cdist, squareform
from scipy.stats import spearmanr

from humanlike.errors import HumanlikeError
from humanlike.stats import _ranks, rdm
from humanlike.stats.similarity import mantel, resamples, rsa, rsa_bootstrap

RELEASE = Path("wu2026/82cb67b/analysis/En_all_models_results.xlsx")
SENSORY = ("Auditory", "Gustatory", "Haptic", "Interoceptive", "Olfactory", "Visual")
MOTOR = ("Foot", "Hand", "Head", "Mouth", "Torso")


def features(seed, n_items=12, n_dims=3):
    return np.random.default_rng(seed).normal(size=(n_items, n_dims))


def ratings(seed, n_items, n_dims=2, top=3):
    return np.random.default_rng(seed).integers(0, top + 1, (n_items, n_dims)).astype(float)


def square(table, metric, standardize):
    """All distances (items x items), each item at 0 or NaN from its own copy."""
    full = squareform(rdm(table, metric, standardize))
    values = (table - table.mean(axis=0)) / table.std(axis=0) if standardize else table
    np.fill_diagonal(full, np.where(np.isnan(np.diag(cdist(values, values, metric))), np.nan, 0))
    return full


def brute_force(human, model, counts, self_pairs, metric="cosine", standardize=True):
    """Select rows and columns of the full matrices, item copies included, and let scipy rank."""
    chosen = np.repeat(np.arange(len(human)), counts)
    i, j = np.triu_indices(len(chosen), 1)
    one, two = (
        square(t, metric, standardize)[np.ix_(chosen, chosen)][i, j] for t in (human, model)
    )
    known = np.isfinite(one) & np.isfinite(two)
    if not self_pairs:
        known &= chosen[i] != chosen[j]
    if known.sum() < 2:
        return np.nan
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return spearmanr(one[known], two[known]).statistic


def agree(human, models, n_boot, seed, self_pairs, **options):
    result = rsa_bootstrap(human, models, n_boot, seed, self_pairs, **options)
    options.pop("n_jobs", None)
    for counts, row in zip(resamples(len(human), n_boot, seed), result.samples, strict=True):
        expected = [brute_force(human, m, counts, self_pairs, **options) for m in models.values()]
        np.testing.assert_allclose(row, expected, rtol=0, atol=1e-9)
    return result


class TestCorrelation:
    def test_identity_reversal_and_symmetry(self):
        one, two = rdm(features(1)), rdm(features(2))
        assert rsa(one, one) == 1
        assert rsa(one, -one) == -1
        assert rsa(one, two) == rsa(two, one)

    def test_ignores_monotone_transforms_and_item_order(self):
        one, two = rdm(features(1)), rdm(features(2))
        assert rsa(one, two) == rsa(np.exp(one), two**3)
        order = np.random.default_rng(3).permutation(12)
        moved = [squareform(squareform(d)[np.ix_(order, order)]) for d in (one, two)]
        assert rsa(*moved) == pytest.approx(rsa(one, two), abs=1e-12)

    @given(arrays(float, 10, elements=st.sampled_from([0.0, 0.5, 1.0, 2.0, np.nan])), st.data())
    def test_agrees_with_scipy_under_ties_and_gaps(self, one, data):
        two = data.draw(arrays(float, 10, elements=st.sampled_from([0.0, 1.0, 3.0, np.nan])))
        known = ~np.isnan(one + two)
        assume(known.any() and np.ptp(one[known]) > 0 and np.ptp(two[known]) > 0)
        expected = spearmanr(one[known], two[known]).statistic
        assert rsa(one, two) == pytest.approx(expected, abs=1e-12)


class TestBootstrapAgainstBruteForce:
    @settings(max_examples=60, deadline=None)
    @given(
        st.integers(4, 9),
        st.integers(0, 10**6),
        st.booleans(),
        st.sampled_from([("cosine", False), ("cosine", True), ("cityblock", False)]),
    )
    def test_ties_gaps_and_self_pairs(self, n_items, seed, self_pairs, how):
        human, *others = (ratings([seed, k], n_items) for k in range(4))
        models = {str(k): other for k, other in enumerate(others)}
        try:
            rsa_bootstrap(human, models, 2, 0, metric=how[0], standardize=how[1])
        except HumanlikeError:
            assume(False)
        agree(human, models, 12, seed, self_pairs, metric=how[0], standardize=how[1])

    @pytest.mark.parametrize("self_pairs", [True, False])
    def test_many_distances_and_several_coarse_bases(self, self_pairs):
        models = {"near": features(1, 60) + features(2, 60), "far": features(3, 60)}
        agree(features(1, 60), models, 20, 5, self_pairs)

    def test_ranks_beyond_sixteen_bits(self, monkeypatch):
        kinds = []
        choose = _ranks._rank_kind
        monkeypatch.setattr(_ranks, "_rank_kind", lambda *a: kinds.append(choose(*a)) or kinds[-1])
        human, model = ratings(1, 150), ratings(2, 150)
        agree(human, {"m": model}, 3, 1, True, metric="cityblock", standardize=False)
        agree(features(1, 60), {"m": features(2, 60)}, 3, 1, True)
        assert kinds == [np.int32, np.uint16]

    def test_models_with_different_gaps_do_not_disturb_each_other(self):
        human = features(1, 20)
        gap, other = features(2, 20), features(3, 20)
        gap[4] = other[[7, 9]] = 0
        models = {"gap": gap, "whole": features(4, 20), "other": other, "again": gap * 2}
        result = agree(human, models, 30, 2, True, standardize=False)
        alone = rsa_bootstrap(human, {"whole": models["whole"]}, 30, 2, standardize=False)
        np.testing.assert_array_equal(result.samples[:, 1], alone.samples[:, 0])

    def test_resample_of_one_item_is_undefined(self):
        counts = np.array([[1, 1, 1, 1, 1], [5, 0, 0, 0, 0]])
        distances = np.append(np.arange(10.0), np.zeros(5))
        values = _ranks.weighted_spearman(distances, [distances], counts, 1)
        assert values[0, 0] == pytest.approx(1, abs=1e-12)
        assert np.isnan(values[1, 0])


class TestBootstrap:
    def test_point_estimate_is_rsa_and_self_comparison_is_one(self):
        human, model = features(1), features(2)
        result = rsa_bootstrap(human, {"m": model, "human": human}, 20, 0)
        assert result.rho["m"] == pytest.approx(rsa(rdm(human), rdm(model)), abs=1e-12)
        np.testing.assert_allclose(result.samples[:, 1], 1, atol=1e-12)

    def test_same_numbers_for_every_thread_lane_and_length(self):
        human, models = features(1, 30), {str(k): features(k, 30) for k in range(2, 6)}
        long = rsa_bootstrap(human, models, 100, 7)
        short = rsa_bootstrap(human, models, 3, 7, n_jobs=3)
        assert short.samples.tobytes() == long.samples[:3].tobytes()
        every = rsa_bootstrap(human, models, 100, 7, n_jobs=-1)
        assert every.samples.tobytes() == long.samples.tobytes()
        assert rsa_bootstrap(human, models, 3, 8).samples.tobytes() != short.samples.tobytes()

    def test_same_numbers_in_another_process(self):
        code = (
            "import hashlib, numpy as np\n"
            "from humanlike.stats.similarity import rsa_bootstrap\n"
            "f = [np.random.default_rng(s).normal(size=(15, 3)) for s in (1, 2)]\n"
            "r = rsa_bootstrap(f[0], {'m': f[1]}, 9, 3, n_jobs=2)\n"
            "print(hashlib.sha256(r.samples.tobytes()).hexdigest())\n"
        )
        run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        here = rsa_bootstrap(features(1, 15), {"m": features(2, 15)}, 9, 3).samples.tobytes()
        assert run.stdout.strip() == hashlib.sha256(here).hexdigest(), run.stderr

    def test_resamples_select_as_many_items_and_repeat(self):
        counts = resamples(50, 40, 3)
        assert (counts.sum(axis=1) == 50).all()
        rng = np.random.default_rng(3)
        np.testing.assert_array_equal(
            counts[0], np.bincount(rng.integers(50, size=50), minlength=50)
        )

    def test_intervals_differences_and_table(self):
        models = {"good": features(1, 30) + 0.3 * features(5, 30), "bad": features(6, 30)}
        result = rsa_bootstrap(features(1, 30), models, 99, 1)
        drawn = result.samples[:, 0] - result.samples[:, 1]
        gap = result.difference("good", "bad")
        assert (gap.low, gap.high) == pytest.approx(np.quantile(drawn, [0.025, 0.975]))
        assert gap.estimate == result.rho["good"] - result.rho["bad"]
        assert gap.p == pytest.approx(2 / 100)
        assert result.difference("bad", "good").estimate == -gap.estimate
        assert result.difference("good", "good").p == 1
        assert result.interval("good", 0.5) == tuple(
            np.quantile(result.samples[:, 0], [0.25, 0.75])
        )
        table = result.table()
        assert list(table["name"]) == ["good", "bad", "bad - good"]
        assert list(table.columns) == ["kind", "name", "estimate", "low", "high", "p"]
        assert table["p"].isna().tolist() == [True, True, False]

    def test_prints_itself(self):
        result = rsa_bootstrap(features(1), {"m": features(2), "k": features(3)}, 9, 1)
        assert "12 items, 9 resamples with self pairs, seed 1" in str(result)
        assert "k - m" in str(result)
        assert repr(result).startswith("RsaBootstrap(m=")
        assert "95 % interval" in str(result.difference("m", "k"))

    def test_samples_cannot_be_changed(self):
        with pytest.raises(ValueError, match="read-only"):
            rsa_bootstrap(features(1), {"m": features(2)}, 2, 0).samples[0, 0] = 1


class TestMantel:
    def test_agrees_with_permuted_matrices(self):
        one, two = rdm(features(1, 9)), rdm(ratings(2, 9, top=2), "cityblock")
        result = mantel(one, two, 40, 6)
        rng, expected = np.random.default_rng(6), []
        for _ in range(40):
            order = rng.permutation(9)
            expected.append(spearmanr(one, squareform(squareform(two)[order][:, order])).statistic)
        np.testing.assert_allclose(result.null, expected, atol=1e-12)
        assert result.rho == pytest.approx(rsa(one, two), abs=1e-12)
        assert result.p == (1 + np.sum(np.array(expected) >= result.rho - 1e-12)) / 41

    def test_threads_do_not_matter_and_relation_is_found(self):
        one, two = rdm(features(1, 20)), rdm(features(1, 20) + 0.1 * features(2, 20))
        results = [mantel(one, two, 50, 0, n_jobs=jobs) for jobs in (1, 3, 64)]
        assert results[0].p == 1 / 51
        assert {r.null.tobytes() for r in results} == {results[0].null.tobytes()}
        assert "n_perm=50" in repr(results[0])

    def test_items_without_distances_are_left_out(self):
        human, model = features(1, 10), features(2, 10)
        human[3] = model[5] = 0
        keep = np.setdiff1d(np.arange(10), [3, 5])
        whole = mantel(*(rdm(f, standardize=False) for f in (human, model)), 20, 0)
        part = mantel(*(rdm(f[keep], standardize=False) for f in (human, model)), 20, 0)
        np.testing.assert_allclose(whole.null, part.null, atol=1e-12)
        assert whole.rho == rsa(*(rdm(f, standardize=False) for f in (human, model)))


def frame(seed, names="abcdef"):
    return pd.DataFrame(features(seed, len(names)), index=list(names), columns=["x", "y", "z"])


GAP = rdm(features(1, 5))
GAP[2] = np.nan


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: rsa_bootstrap(frame(1), {}, 9, 0), "at least one model"),
        (lambda: rsa_bootstrap(frame(1), {"m": frame(2)}, 1, 0), "n_boot.*at least 2, but 1"),
        (lambda: rsa_bootstrap(frame(1), {"m": frame(2)}, 9.5, 0), "n_boot.*whole number.*9.5"),
        (lambda: rsa_bootstrap(frame(1), {"m": frame(2)}, 9, -1), "seed.*at least 0"),
        (lambda: rsa_bootstrap(frame(1), {"m": frame(2)}, 9, 0, n_jobs=0), "n_jobs"),
        (lambda: rsa_bootstrap(frame(1, "abc"), {"m": frame(2, "abc")}, 9, 0), "human.*4 items"),
        (
            lambda: rsa_bootstrap(frame(1), {"m": frame(2, "abcde")}, 9, 0),
            "the 6 human items in model 'm', but it has 5",
        ),
        (
            lambda: rsa_bootstrap(frame(1), {"m": frame(2, "abdcef")}, 9, 0),
            "2 labels differ: 'c' is 'd'; 'd' is 'c'",
        ),
        (lambda: rsa_bootstrap(frame(1), {"m": frame(2, "abcdee")}, 9, 0), "'m' must be unique"),
        (
            lambda: rsa_bootstrap(frame(1), {"m": frame(2).assign(y=np.nan)}, 9, 0),
            "model 'm', but 6 values.*rows 'a'.*columns 'y'",
        ),
        (lambda: rsa_bootstrap(frame(1).assign(z=3), {"m": frame(2)}, 9, 0), "human.*column 'z'"),
        (lambda: rsa_bootstrap(frame(1), {"m": frame(2)}, 9, 0, metric="euclid"), "'euclidean'"),
        (
            lambda: rsa_bootstrap(frame(1), {"m": frame(2) * 0}, 9, 0, standardize=False),
            "0 pairs that are defined for both human and model 'm'",
        ),
        (
            lambda: rsa_bootstrap(frame(1), {"m": frame(2)}, 9, 0).difference("m", "n"),
            "Unknown model 'n'.*Known: m",
        ),
        (
            lambda: rsa_bootstrap(frame(1), {"m": frame(2)}, 9, 0).interval("m", 95),
            "level between 0 and 1",
        ),
        (lambda: rsa([1, 2, 3, 4, 5, 6], [1, 2, 3]), r"\(6,\) and \(3,\)"),
        (lambda: rsa([1, 2, 3, 4, 5], [1, 2, 3, 4, 5]), "condensed"),
        (lambda: rsa([1, 2, 3], [1, 2, 3]), "at least 4 items, but 3"),
        (lambda: rsa([1, 2, 3, 4, 5, 6], [1] * 6), "all alike"),
        (lambda: mantel(GAP, rdm(features(2, 5)), 9, 0), "some are NaN"),
        (lambda: mantel(rdm(features(1, 5)), rdm(features(2, 5)), 0, 0), "n_perm"),
    ],
)
def test_errors_say_what_to_do(call, message):
    with pytest.raises(HumanlikeError, match=message):
        call()


def test_too_many_items_are_refused_before_work():
    huge = np.arange(46_341.0)[:, None]
    with pytest.raises(HumanlikeError, match="at most 46340 items"):
        rsa_bootstrap(huge, {"m": huge}, 2, 0)


@pytest.fixture(scope="module")
def released():
    mirror = os.environ.get("HUMANLIKE_DATA_MIRROR")
    path = Path(mirror or ".") / RELEASE
    if not mirror or not path.exists():
        pytest.skip(f"HUMANLIKE_DATA_MIRROR does not hold {RELEASE}")
    table = pd.read_excel(path).set_index("Word")
    table.columns = table.columns.str.lower()
    return table.dropna(subset=[f"{name.lower()}_base" for name in SENSORY + MOTOR])


def published(table, dimensions, model):
    human = table[[f"{name.lower()}.mean" for name in dimensions]]
    return human, table[[f"{name.lower()}_{model}" for name in dimensions]]


@pytest.mark.parametrize(
    ("dimensions", "model", "rho"),
    [
        (SENSORY + MOTOR, "base", 0.192),
        (SENSORY + MOTOR, "nl_ft", 0.577),
        (SENSORY + MOTOR, "en_ft", 0.724),
        (MOTOR, "base", 0.105),
        (MOTOR, "qa_ft", 0.140),
        (MOTOR, "nl_ft", 0.345),
    ],
)
def test_published_correlations(released, dimensions, model, rho):
    human, other = published(released, dimensions, model)
    assert len(human) == 1570
    assert rsa(rdm(human), rdm(other)) == pytest.approx(rho, abs=5e-4)


def test_published_table_resampled_as_by_brute_force(released):
    human, other = (t.to_numpy(float) for t in published(released, SENSORY + MOTOR, "base"))
    agree(human, {"base": other}, 2, 0, True)


def test_orders_that_tie_with_the_one_at_hand_count_against_it():
    distances = np.array([1.0, 2, 3, 2, 1, 4])  # four items leave many orders with the same rho
    found = mantel(distances, distances, n_perm=200, seed=1)
    square, random = squareform(distances), np.random.default_rng(1)
    orders = [random.permutation(4) for _ in range(200)]
    null = [spearmanr(distances, squareform(square[np.ix_(o, o)])).statistic for o in orders]
    ties = int(np.sum(np.array(null) > 1 - 1e-9))
    assert 3 < ties < 100
    assert found.p == pytest.approx((1 + ties) / 201)
