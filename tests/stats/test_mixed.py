"""Random intercepts against lme4's documented fits, closed forms and a direct likelihood."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from humanlike.errors import HumanlikeError
from humanlike.stats.linear import INTERCEPT, least_squares
from humanlike.stats.mixed import MixedFit, random_intercept

# Dyestuff and Dyestuff2 as shipped with R's lme4 (Davies & Goldsmith 1972; Box & Tiao 1973).
DYESTUFF = np.array(
    [[1545, 1440, 1440, 1520, 1580], [1540, 1555, 1490, 1560, 1495],
     [1595, 1550, 1605, 1510, 1560], [1445, 1440, 1595, 1465, 1545],
     [1595, 1630, 1515, 1635, 1625], [1520, 1455, 1450, 1480, 1445]], float,
)  # fmt: skip
DYESTUFF2 = np.array(
    [[7.298, 3.846, 2.434, 9.566, 7.990], [5.220, 6.556, 0.608, 11.788, -0.892],
     [0.110, 10.386, 13.434, 5.510, 8.166], [2.212, 4.852, 7.092, 9.288, 4.980],
     [0.282, 9.014, 4.458, 9.446, 7.198], [1.722, 4.782, 8.106, 0.758, 3.758]]
)  # fmt: skip
BATCH = np.repeat(list("ABCDEF"), 5)
WITHIN = np.tile([-2.0, -1.0, 0.0, 1.0, 2.0], 6)  # balanced, so no part of a batch's mean


def direct(
    y: np.ndarray, x: np.ndarray, groups: np.ndarray
) -> tuple[np.ndarray, np.ndarray, float]:
    """Maximise the restricted likelihood from its formula, over the ratio of deviations."""
    member = (groups[:, None] == np.unique(groups)[None]).astype(float)
    n, p = x.shape

    def parts(theta: float) -> tuple[float, np.ndarray, np.ndarray, float]:
        v = np.eye(n) + theta**2 * member @ member.T
        inverse = np.linalg.inv(v)
        a = x.T @ inverse @ x
        b = np.linalg.solve(a, x.T @ inverse @ y)
        r = y - x @ b
        scale = float(r @ inverse @ r) / (n - p)
        dets = np.linalg.slogdet(v)[1] + np.linalg.slogdet(a)[1]
        return (n - p) * (np.log(2 * np.pi * scale) + 1) + dets, b, np.linalg.inv(a) * scale, scale

    best = minimize_scalar(
        lambda t: parts(t)[0], bounds=(0, 20), method="bounded", options={"xatol": 1e-10}
    )
    theta = best.x if best.fun < parts(0.0)[0] else 0.0
    _, b, cov, scale = parts(theta)
    return b, np.sqrt(np.diag(cov)), theta * np.sqrt(scale)


def fit(values: np.ndarray) -> MixedFit:
    return random_intercept(values.ravel(), {"within": WITHIN}, BATCH)


def made(
    seed: int, n_groups: int, between: float
) -> tuple[np.ndarray, dict[str, np.ndarray], np.ndarray]:
    """Draw unbalanced groups with one predictor between and one within them."""
    random = np.random.default_rng(seed)
    groups = np.repeat(np.arange(n_groups), random.integers(1, 9, n_groups))
    groups = np.append(groups, [0, 1, 2])
    design = {"a": random.normal(size=len(groups)), "b": random.normal(size=n_groups)[groups]}
    noise = random.normal(size=len(groups)) + between * random.normal(size=n_groups)[groups]
    return 2 + 0.5 * design["a"] - design["b"] + noise, design, groups


def test_lme4s_documented_fit_of_dyestuff() -> None:
    found = random_intercept(DYESTUFF.ravel(), {}, BATCH)
    assert found.coefficients[INTERCEPT].estimate == pytest.approx(1527.50, abs=0.005)
    assert found.coefficients[INTERCEPT].se == pytest.approx(19.38, abs=0.005)
    assert found.group_sd == pytest.approx(42.00, abs=0.005)
    assert found.residual_sd == pytest.approx(49.51, abs=0.005)
    assert found.deviance == pytest.approx(319.7, abs=0.05)
    assert (found.n, found.n_groups, found.n_single) == (30, 6, 0)
    assert found.r2_marginal == pytest.approx(0, abs=1e-12)


def test_lme4s_documented_fit_of_dyestuff2_is_singular() -> None:
    found = random_intercept(DYESTUFF2.ravel(), {}, BATCH)
    assert found.singular and found.group_sd == 0 and found.icc == 0 and found.lr_p == 1
    assert found.coefficients[INTERCEPT].estimate == pytest.approx(5.6656, abs=0.00005)
    assert found.coefficients[INTERCEPT].se == pytest.approx(0.6784, abs=0.00005)
    assert found.residual_sd == pytest.approx(3.716, abs=0.0005)
    assert found.deviance == pytest.approx(161.8, abs=0.05)


def test_a_balanced_layout_has_the_variances_of_its_analysis_of_variance() -> None:
    slope = float(WITHIN @ DYESTUFF.ravel() / (WITHIN @ WITHIN))
    rest = (DYESTUFF.ravel() - slope * WITHIN).reshape(6, 5)
    inside = float(((rest - rest.mean(axis=1, keepdims=True)) ** 2).sum()) / (24 - 1)
    between = float(5 * rest.mean(axis=1).var(ddof=1))
    found = fit(DYESTUFF)
    assert found.coefficients["within"].estimate == pytest.approx(slope, rel=1e-6)
    assert found.residual_sd**2 == pytest.approx(inside, rel=1e-3)
    assert found.group_sd**2 == pytest.approx((between - inside) / 5, rel=2e-3)
    assert found.coefficients[INTERCEPT].se == pytest.approx(np.sqrt(between / 30), rel=1e-3)
    assert found.icc == pytest.approx(
        found.group_sd**2 / (found.group_sd**2 + found.residual_sd**2)
    )


def test_a_singular_fit_is_least_squares() -> None:
    found = fit(DYESTUFF2)
    plain = least_squares(DYESTUFF2.ravel(), {"within": WITHIN})
    assert found.singular
    for name, one in plain.coefficients.items():
        assert found.coefficients[name].estimate == pytest.approx(one.estimate)
        assert found.coefficients[name].se == pytest.approx(one.se)
    assert found.r2_marginal == found.r2_conditional


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000), st.integers(4, 9), st.floats(0, 2))
def test_estimates_are_those_of_the_likelihood_maximised_directly(
    seed: int, n_groups: int, between: float
) -> None:
    y, design, groups = made(seed, n_groups, between)
    estimates, errors, sd = direct(y, np.column_stack([np.ones(len(y)), *design.values()]), groups)
    found = random_intercept(y, design, groups)
    assert [c.estimate for c in found.coefficients.values()] == pytest.approx(estimates, abs=1e-4)
    assert [c.se for c in found.coefficients.values()] == pytest.approx(errors, rel=1e-4)
    assert found.group_sd == pytest.approx(sd, abs=1e-3)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_variances_and_estimates_are_those_of_statsmodels(seed: int) -> None:
    from statsmodels.regression.mixed_linear_model import MixedLM

    y, design, groups = made(seed, 9, 1.5)
    other = MixedLM(y, np.column_stack([np.ones(len(y)), *design.values()]), groups=groups).fit()
    found = random_intercept(y, design, groups)
    assert other.converged
    assert [c.estimate for c in found.coefficients.values()] == pytest.approx(
        other.fe_params, abs=1e-3
    )
    assert found.group_sd**2 == pytest.approx(np.asarray(other.cov_re).item(), rel=5e-3)
    assert found.residual_sd**2 == pytest.approx(other.scale, rel=5e-3)
    assert found.deviance == pytest.approx(-2 * other.llf, abs=1e-3)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000))
def test_shifting_and_scaling_the_outcome_shifts_and_scales_the_fit(seed: int) -> None:
    y, design, groups = made(seed, 6, 1.0)
    one, two = random_intercept(y, design, groups), random_intercept(3 * y - 7, design, groups)
    for name in design:
        assert two.coefficients[name].estimate == pytest.approx(
            3 * one.coefficients[name].estimate, abs=1e-5
        )
    assert two.icc == pytest.approx(one.icc, abs=1e-5) and two.singular == one.singular


def test_a_family_with_one_member_is_counted_and_kept() -> None:
    y, design, groups = made(1, 6, 1.0)
    groups = groups.copy()
    groups[-1] = 99
    found = random_intercept(y, design, groups)
    assert found.n == len(y) and found.n_single >= 1 and found.n_groups == len(set(groups))


def test_what_cannot_be_fitted_is_said() -> None:
    y, design, groups = made(2, 6, 1.0)
    with pytest.raises(HumanlikeError, match="of one group"):
        random_intercept(y, design, ["a"] * len(y))
    with pytest.raises(HumanlikeError, match="a group of its own"):
        random_intercept(y, design, range(len(y)))
    with pytest.raises(HumanlikeError, match="one group per row"):
        random_intercept(y, design, groups[1:])
    with pytest.raises(HumanlikeError, match="groups determine the outcome"):
        random_intercept(groups.astype(float) ** 2, {}, groups)
    with pytest.raises(HumanlikeError, match="determine the outcome exactly"):
        random_intercept(2 * design["a"], design, groups)
    with pytest.raises(HumanlikeError, match="level between 0 and 1"):
        random_intercept(y, design, groups, level=1.0)


def test_designs_that_cannot_be_told_apart_are_refused() -> None:
    y, design, groups = made(3, 6, 1.0)
    with pytest.raises(HumanlikeError, match="'c' is a combination of intercept, a, b"):
        random_intercept(y, {**design, "c": design["a"] + design["b"] - 1}, groups)
    with pytest.raises(HumanlikeError, match="'flat' is 1 in all"):
        least_squares(y, {"flat": np.ones(len(y))})
    with pytest.raises(HumanlikeError, match="'a' has"):
        least_squares(y, {"a": design["a"][1:]})
    with pytest.raises(HumanlikeError, match="1 missing"):
        least_squares(y, {"a": np.where(np.arange(len(y)) == 3, np.nan, design["a"])})
    with pytest.raises(HumanlikeError, match="at least 4 finite numbers"):
        least_squares(y[:3], {name: column[:3] for name, column in design.items()})
