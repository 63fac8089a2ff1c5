"""Correlations and their comparison: scipy, published examples, R's own output, simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from humanlike.errors import HumanlikeError
from humanlike.stats.correlation import (
    compare_models,
    correlate,
    dunn_clark_z,
    kendall,
    meng_z,
    partial,
    spearman,
    steiger_z,
    zou_interval,
)

RATINGS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=5, max_size=30)


def three_correlations(seed: int) -> tuple[float, float, float]:
    """Correlations that three variables do have."""
    r = np.corrcoef(np.random.default_rng(seed).normal(size=(3, 7)))
    return float(r[0, 1]), float(r[0, 2]), float(r[1, 2])


def asymptotic_z(r_jk: float, r_jh: float, r_kh: float, n: int, pool: bool) -> float:
    """Z from the covariance matrix of correlations (Pearson & Filon 1898; Steiger formula 2).

    The matrix is written for any four variables, so none of the code under test is used: the
    correlations of (1, 2) and (1, 3) are elements of the whole 3 x 3 matrix.
    """
    if pool:
        r_jk_bar = r_jh_bar = (r_jk + r_jh) / 2
    else:
        r_jk_bar, r_jh_bar = r_jk, r_jh
    r = np.array([[1, r_jk_bar, r_jh_bar], [r_jk_bar, 1, r_kh], [r_jh_bar, r_kh, 1]])

    def psi(j: int, k: int, h: int, m: int) -> float:
        return 0.5 * (
            (r[j, h] - r[j, k] * r[k, h]) * (r[k, m] - r[k, h] * r[h, m])
            + (r[j, m] - r[j, h] * r[h, m]) * (r[k, h] - r[k, j] * r[j, h])
            + (r[j, h] - r[j, m] * r[m, h]) * (r[k, m] - r[k, j] * r[j, m])
            + (r[j, m] - r[j, k] * r[k, m]) * (r[k, h] - r[k, m] * r[m, h])
        )

    scale = np.diag([1 / (1 - r_jk_bar**2), 1 / (1 - r_jh_bar**2)])
    pairs = [(0, 1), (0, 2)]
    covariance = scale @ np.array([[psi(*a, *b) for b in pairs] for a in pairs]) @ scale
    contrast = np.array([1.0, -1.0])
    variance = contrast @ covariance @ contrast / (n - 3)
    return float(contrast @ np.arctanh([r_jk, r_jh]) / math.sqrt(variance))


class TestCorrelate:
    @settings(max_examples=60)
    @given(RATINGS)
    def test_agrees_with_scipy_with_ties(self, pairs: list[tuple[int, int]]) -> None:
        x, y = np.array(pairs, dtype=float).T
        if np.ptp(x) == 0 or np.ptp(y) == 0:
            with pytest.raises(HumanlikeError, match="there is no correlation"):
                spearman(x, y)
            return
        for method, test in (("spearman", stats.spearmanr), ("kendall", stats.kendalltau)):
            ours, theirs = correlate(x, y, method), test(x, y)
            assert ours.estimate == pytest.approx(theirs.statistic, abs=1e-9)
            assert ours.p == pytest.approx(theirs.pvalue, nan_ok=True, abs=1e-9)
            assert -1 <= ours.low <= ours.estimate <= ours.high <= 1

    def test_the_interval_of_pearson_is_scipys(self) -> None:
        x, y = np.random.default_rng(3).normal(size=(2, 40))
        theirs = stats.pearsonr(x, y).confidence_interval(0.9)
        ours = correlate(x, y, "pearson", 0.9)
        assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high))

    def test_the_interval_of_spearman_is_bonett_and_wrights(self) -> None:
        x, y = np.random.default_rng(3).normal(size=(2, 50))
        ours = spearman(x, y)
        se = math.sqrt((1 + ours.estimate**2 / 2) / 47)
        z = math.atanh(ours.estimate)
        expected = math.tanh(z - 1.959964 * se), math.tanh(z + 1.959964 * se)
        assert (ours.low, ours.high) == pytest.approx(expected, abs=1e-6)

    @pytest.mark.parametrize(("method", "truth"), [("spearman", 0.78), ("kendall", 0.59)])
    def test_the_intervals_cover_the_truth_as_often_as_they_say(
        self, method: str, truth: float
    ) -> None:
        rho, random, n = 0.8, np.random.default_rng(7), 80
        truth = (6 if method == "spearman" else 2) / math.pi
        truth *= math.asin(rho / 2) if method == "spearman" else math.asin(rho)
        inside = 0
        for _ in range(600):
            x, e = random.normal(size=(2, n))
            found = correlate(x, rho * x + math.sqrt(1 - rho**2) * e, method)
            inside += found.low <= truth <= found.high
        assert 0.92 <= inside / 600 <= 0.985

    def test_perfect_agreement_has_no_width(self) -> None:
        ours = spearman([1, 2, 3, 4, 5], [2, 4, 6, 8, 10])
        assert (ours.low, ours.estimate, ours.high) == (1, 1, 1)
        assert kendall([1, 2, 3, 4, 5], [5, 4, 3, 2, 1]).high == -1

    @pytest.mark.parametrize(
        ("x", "y", "message"),
        [
            ([1, 2, 3, 4], [1, 2, 3, 4], "at least 5 items"),
            ([1, 2, 3, 4, 5], [1, 2, 3, 4], "5 and 4 values came"),
            ([1, 2, 3, 4, math.nan], [1, 2, 3, 4, 5], "1 of 5 items lack a value"),
            ([1, 1, 1, 1, 1], [1, 2, 3, 4, 5], "All 5 values of one variable are alike"),
        ],
    )
    def test_what_has_no_correlation_is_refused(
        self, x: list[float], y: list[float], message: str
    ) -> None:
        with pytest.raises(HumanlikeError, match=message):
            spearman(x, y)

    def test_unknown_methods_and_levels_are_refused(self) -> None:
        with pytest.raises(HumanlikeError, match="Did you mean 'spearman'"):
            correlate([1, 2, 3, 4, 5], [1, 2, 3, 5, 4], "spearmen")
        with pytest.raises(HumanlikeError, match="Expected a level between 0 and 1"):
            correlate([1, 2, 3, 4, 5], [1, 2, 3, 5, 4], level=95)


def test_partial_is_the_correlation_of_residuals() -> None:
    z, x, y = np.random.default_rng(5).normal(size=(3, 60))
    x, y = x + z, y - 2 * z
    residuals = [v - np.polyval(np.polyfit(z, v, 1), z) for v in (x, y)]
    r = np.corrcoef([x, y, z])
    assert partial(r[0, 1], r[0, 2], r[1, 2]) == pytest.approx(np.corrcoef(residuals)[0, 1])


class TestDependent:
    """Worked examples, with sources, that R's cocor is tested with (its inst/tests/test.r)."""

    def test_steigers_own_example(self) -> None:
        # Steiger (1980), p. 249, case A. He prints -.8913, after rounding his covariance to .0042;
        # cocor's tests give -0.8887185 from unrounded numbers.
        z, p = steiger_z(0.4, 0.5, 0.1, 103)
        assert z == pytest.approx(-0.8887185, abs=5e-8)
        assert p == pytest.approx(2 * stats.norm.cdf(z))

    def test_depcor(self) -> None:
        # DEPCOR (Silver, Hittner & May 2006, doi 10.1177/0146621605277132).
        assert steiger_z(0.3, 0.4, 0.5, 100) == pytest.approx((-1.0718, 0.2838), abs=5e-5)
        assert dunn_clark_z(0.3, 0.4, 0.5, 100) == pytest.approx((-1.0730, 0.2833), abs=5e-5)
        assert meng_z(0.3, 0.4, 0.5, 100) == pytest.approx((-1.0707, 0.2843), abs=5e-5)

    def test_dunn_and_clark_to_ten_digits(self) -> None:
        # Spreadsheet of stat-help.com, as in cocor's tests.
        expected = (-1.5838851123, 0.1132198659)
        assert dunn_clark_z(0.5, 0.6, 0.7, 100) == pytest.approx(expected, abs=5e-11)

    def test_mengs_own_example(self) -> None:
        # Meng, Rosenthal & Rubin (1992), p. 174: z = 1.68, one-sided p = .047.
        z, p = meng_z(0.63, -0.03, -0.19, 15)
        assert (round(z, 2), round(p / 2, 3)) == (1.68, 0.047)

    @pytest.mark.parametrize(
        ("r_jk", "r_jh", "r_kh", "z"),
        [
            (0.5, 0.2, 0.0, 1.62),
            (0.5, 0.2, 0.3, 1.91),
            (0.5, 0.2, 0.8, 3.50),
            (0.7, 0.4, 0.0, 2.03),
            (0.7, 0.4, 0.3, 2.32),
            (0.7, 0.4, 0.8, 4.05),
        ],
    )
    def test_may_and_hittners_table(self, r_jk: float, r_jh: float, r_kh: float, z: float) -> None:
        # May & Hittner (1997), Psychological Reports 80, 475-480.
        assert meng_z(r_jk, r_jh, r_kh, 50)[0] == pytest.approx(z, abs=0.005)

    def test_zous_own_example(self) -> None:
        # Zou (2007), p. 409.
        assert zou_interval(0.396, 0.179, 0.088, 66) == pytest.approx((-0.093, 0.517), abs=5e-4)

    @pytest.mark.parametrize("seed", range(12))
    def test_agrees_with_the_asymptotic_covariance_matrix(self, seed: int) -> None:
        r = three_correlations(seed)
        assert steiger_z(*r, 60)[0] == pytest.approx(asymptotic_z(*r, 60, pool=True))
        assert dunn_clark_z(*r, 60)[0] == pytest.approx(asymptotic_z(*r, 60, pool=False))

    @settings(max_examples=50)
    @given(st.integers(0, 10_000), st.integers(5, 3000))
    def test_swapping_the_models_changes_the_sign_only(self, seed: int, n: int) -> None:
        r_jk, r_jh, r_kh = three_correlations(seed)
        for test in (steiger_z, dunn_clark_z, meng_z):
            there, back = test(r_jk, r_jh, r_kh, n), test(r_jh, r_jk, r_kh, n)
            assert back == pytest.approx((-there[0], there[1]))
        low, high = zou_interval(r_jk, r_jh, r_kh, n)
        assert zou_interval(r_jh, r_jk, r_kh, n) == pytest.approx((-high, -low))
        assert low <= r_jk - r_jh <= high

    @pytest.mark.parametrize("test", [steiger_z, dunn_clark_z, meng_z])
    def test_keeps_its_error_rate_when_the_correlations_are_equal(self, test) -> None:  # type: ignore[no-untyped-def]
        truth = np.array([[1, 0.5, 0.5], [0.5, 1, 0.6], [0.5, 0.6, 1]])
        draws = np.random.default_rng(11).multivariate_normal(np.zeros(3), truth, size=(3000, 60))
        rejected = 0
        for sample in draws:
            r = np.corrcoef(sample.T)
            rejected += test(r[0, 1], r[0, 2], r[1, 2], 60)[1] < 0.05
        assert 0.04 <= rejected / 3000 <= 0.062

    def test_zous_interval_covers_the_true_difference(self) -> None:
        truth = np.array([[1, 0.7, 0.4], [0.7, 1, 0.5], [0.4, 0.5, 1]])
        draws = np.random.default_rng(12).multivariate_normal(np.zeros(3), truth, size=(2000, 60))
        inside = 0
        for sample in draws:
            r = np.corrcoef(sample.T)
            low, high = zou_interval(r[0, 1], r[0, 2], r[1, 2], 60)
            inside += low <= 0.3 <= high
        assert 0.94 <= inside / 2000 <= 0.965

    def test_tiny_p_values_are_not_rounded_to_zero(self) -> None:
        assert 0 < steiger_z(0.87, 0.35, 0.4, 1571)[1] < 1e-150

    @pytest.mark.parametrize(
        ("r", "n", "message"),
        [
            ((1.0, 0.2, 0.2), 50, "between -1 and 1, but 1.0 came"),
            ((0.5, 0.2, math.nan), 50, "between -1 and 1, but nan came"),
            ((0.9, -0.9, 0.9), 50, "No three variables can have the correlations"),
            ((0.5, 0.2, 0.1), 4, "at least 5 items, but 4 came"),
        ],
    )
    def test_impossible_input_is_refused(
        self, r: tuple[float, float, float], n: int, message: str
    ) -> None:
        for test in (steiger_z, dunn_clark_z, meng_z, zou_interval):
            with pytest.raises(HumanlikeError, match=message):
                test(*r, n)

    def test_copies_of_one_variable_are_refused(self) -> None:
        with pytest.raises(HumanlikeError, match="copies of each other"):
            steiger_z(0.5, 0.5, math.nextafter(1, 0), 50)


class TestCompareModels:
    def test_every_pair_once_later_against_earlier(self) -> None:
        human, a, b, c = np.random.default_rng(1).normal(size=(4, 40)) + np.linspace(0, 2, 40)
        found = compare_models(human, {"a": a, "b": b, "c": c})
        assert [(f.a, f.b) for f in found] == [("b", "a"), ("c", "a"), ("c", "b")]
        first, rho = found[0], stats.spearmanr(np.stack([human, a, b]), axis=1).statistic
        r = (float(rho[0, 2]), float(rho[0, 1]), float(rho[1, 2]))
        assert (first.r_a, first.r_b, first.r_ab) == pytest.approx(r)
        assert (first.z, first.p) == pytest.approx(steiger_z(*r, 40))
        assert (first.p_dunn, first.p_meng) == (dunn_clark_z(*r, 40)[1], meng_z(*r, 40)[1])
        assert (first.low, first.high) == pytest.approx(zou_interval(*r, 40))
        assert first.q == pytest.approx(math.atanh(r[0]) - math.atanh(r[1]))


# What R's cocor gave the authors of Paper A: analysis/{en,nl}_correlation_comparison_results.csv of
# their repository (github.com/Minghua5/Sensorimotor-Representation-in-LLMs, commit 7fe62e2).
RELEASED = {
    ("English", "base", "qa_ft"): {
        "Auditory": (5.97892420457379, 2.24616036881287e-09),
        "Gustatory": (-2.217526796751, 0.0265871139855889),
        "Olfactory": (-0.0180206949883455, 0.985622343877802),
        "Foot": (2.29620301402113, 0.0216642762993997),
        "Torso": (-2.0356698110414, 0.0417835224847816),
    },
    ("English", "nl_ft", "qa_ft"): {
        "Gustatory": (0.328628735400063, 0.742436325649595),
        "Head": (-0.676766368385227, 0.498554199735955),
        "Hand": (19.5417132146941, 0),
    },
    ("Dutch", "en_ft", "nl_ft"): {
        "Auditory": (-3.18538537099721, 0.00144561361304119),
        "Gustatory": (2.71405879076698, 0.00664643697343492),
        "Visual": (-10.4870968714211, 0),
    },
}


@pytest.mark.parametrize("key", RELEASED, ids=" ".join)
def test_gives_what_r_gave_the_authors(key: tuple[str, str, str]) -> None:
    from humanlike.data.aligned import by_dimension
    from humanlike.data.norms import load_ratings
    from humanlike.data.problems import DataUnavailable

    language, later, earlier = key
    try:
        table = load_ratings(language)
    except DataUnavailable:
        pytest.skip("the released ratings are not at hand")
    models = ["base", "en_ft", "nl_ft"] + (["qa_ft"] if language == "English" else [])
    for name, (z, p) in RELEASED[key].items():
        frame = by_dimension(table, models, [name])[name]
        (found,) = compare_models(frame["human"], {m: frame[m] for m in (earlier, later)})
        assert (found.z, found.p) == pytest.approx((z, p), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("n", [5, 12, 40])
def test_the_interval_of_kendalls_tau_has_the_variance_of_fieller(n: int) -> None:
    random = np.random.default_rng(n)
    x = random.normal(size=n)
    found = kendall(x, x + random.normal(size=n), level=0.9)
    half = (math.atanh(found.high) - math.atanh(found.low)) / 2
    assert (half / 1.6448536269514722) ** 2 == pytest.approx(0.437 / (n - 4))


def test_mengs_factor_is_at_most_one() -> None:
    """Where (1 - r_kh) / (2 (1 - mean r²)) exceeds one, h is one."""
    z, _ = meng_z(0.8, -0.2, -0.5, 50)
    assert z == pytest.approx((math.atanh(0.8) + math.atanh(0.2)) * math.sqrt(47 / 3))
