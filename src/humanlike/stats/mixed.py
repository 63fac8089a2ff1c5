"""Linear model with a random intercept, by its exact restricted likelihood.

With one random intercept the likelihood has one free parameter, the share of the unexplained
variance that lies between groups; everything else follows in closed form. This is the model, and
these are the standard errors, of R's ``lmer(y ~ x + (1 | group))``. statsmodels' ``MixedLM`` finds
the same variances (tested), but often reports failure where the variance between groups is zero,
and takes its standard errors from the joint Hessian with the variances.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from humanlike.errors import HumanlikeError
from humanlike.stats.linear import Coefficient, Design, Floats, coefficients, prepare

FLAT = 1e-7  # a deviance this close to that of no variance between groups is no better
GRID = np.linspace(0, 1 - 1e-6, 21)


@dataclass(frozen=True, eq=False)
class MixedFit:
    """A linear model with a random intercept per group.

    Attributes
    ----------
    coefficients : dict of str to Coefficient
        Fixed effects by predictor; ``intercept`` first.
    group_sd, residual_sd : float
        Standard deviations of the intercepts and of the residuals, in units of the outcome.
    icc : float
        Share of the unexplained variance that lies between groups, 0 to 1.
    r2_marginal, r2_conditional : float
        Share of the variance explained by the fixed effects alone, and with the intercepts.
    n, n_groups : int
        Rows and groups.
    n_single : int
        Groups with one row; they cannot tell their intercept from their residual.
    singular : bool
        Whether the variance between groups is estimated at zero, so that the model is ordinary
        least squares.
    deviance : float
        Minus twice the restricted log-likelihood.
    lr, lr_p : float
        Likelihood ratio against no variance between groups, and its p: half of that of chi-square
        with one degree of freedom, as a variance cannot be negative.
    """

    coefficients: dict[str, Coefficient]
    group_sd: float
    residual_sd: float
    icc: float
    r2_marginal: float
    r2_conditional: float
    n: int
    n_groups: int
    n_single: int
    singular: bool
    deviance: float
    lr: float
    lr_p: float


@dataclass(frozen=True, eq=False)
class _Solution:
    """What follows from one share of variance between groups."""

    deviance: float
    estimates: Floats
    errors: Floats
    total: float


def random_intercept(
    outcome: ArrayLike, design: Design, groups: Sequence[object], level: float = 0.95
) -> MixedFit:
    r"""Fit :math:`y_{ij} = x_{ij}'\beta + u_j + e_{ij}` by restricted maximum likelihood.

    :math:`u_j \sim N(0, \tau^2)` is the intercept of group j, :math:`e_{ij} \sim N(0, \sigma^2)`.
    With :math:`\rho = \tau^2 / (\tau^2 + \sigma^2)` the rows of a group are correlated by
    :math:`\rho`: :math:`V_\rho = (1 - \rho) I + \rho Z Z'`. The deviance

    .. math::
        (n - p) (\log 2\pi s^2_\rho + 1) + \log |V_\rho| + \log |X' V_\rho^{-1} X|,
        \qquad s^2_\rho = r' V_\rho^{-1} r / (n - p)

    is minimised over :math:`0 \le \rho < 1`. With :math:`\sigma_f^2` the variance of
    :math:`x'\beta` over the rows,

    .. math::
        R^2_m = \frac{\sigma_f^2}{\sigma_f^2 + \tau^2 + \sigma^2}, \qquad
        R^2_c = \frac{\sigma_f^2 + \tau^2}{\sigma_f^2 + \tau^2 + \sigma^2}.

    Parameters
    ----------
    outcome : array_like, shape (rows,)
        Finite numbers.
    design : mapping of str to array_like, shape (rows,)
        Predictors without intercept, none constant, none a combination of the others; may be empty.
    groups : sequence, shape (rows,)
        Group of each row; at least two groups, at least one with two rows.
    level : float
        Level of the Wald intervals, between 0 and 1.

    Raises
    ------
    HumanlikeError
        As `humanlike.stats.linear.least_squares`; if there is one group, or every group has one
        row; or if the likelihood has no maximum because groups leave no variance within.

    References
    ----------
    Lindstrom & Bates (1988), JASA 83, 1014–1022, doi 10.1080/01621459.1988.10478693. Bates,
    Mächler, Bolker & Walker (2015), doi 10.18637/jss.v067.i01 (singular fits). Nakagawa &
    Schielzeth (2013), doi 10.1111/j.2041-210x.2012.00261.x (R²). Self & Liang (1987), doi
    10.1080/01621459.1987.10478472 (test at the boundary).
    """
    from scipy.stats import chi2

    y, names, x = prepare(outcome, design)
    index, n_single = _groups(groups, len(y))
    _check_outcome(y, x)
    rho, best, flat = _maximise(y, x, index)
    singular = rho == 0
    explained = float(np.var(x @ best.estimates, ddof=1))
    between, within, lr = rho * best.total, (1 - rho) * best.total, flat - best.deviance
    whole = explained + best.total
    return MixedFit(
        coefficients=coefficients(names, best.estimates, best.errors, level),
        group_sd=math.sqrt(between), residual_sd=math.sqrt(within), icc=rho,
        r2_marginal=explained / whole, r2_conditional=(explained + between) / whole,
        n=len(y), n_groups=int(index.max()) + 1, n_single=n_single, singular=singular,
        deviance=best.deviance, lr=lr, lr_p=1.0 if singular else float(chi2.sf(lr, 1) / 2),
    )  # fmt: skip


def _groups(groups: Sequence[object], rows: int) -> tuple[NDArray[np.intp], int]:
    labels = [str(group) for group in groups]
    if len(labels) != rows:
        raise HumanlikeError(
            f"{rows} outcomes came with {len(labels)} groups. Give one group per row."
        )
    index = np.unique(labels, return_inverse=True)[1]
    sizes = np.bincount(index)
    if len(sizes) < 2:
        raise HumanlikeError(
            "All rows are of one group, so there is nothing between groups. Use least squares, or "
            "another grouping."
        )
    if sizes.max() < 2:
        raise HumanlikeError(
            f"Each of the {rows} rows is a group of its own, so a group's intercept cannot be told "
            "from its residual. Use least squares, or a coarser grouping."
        )
    return index, int((sizes == 1).sum())


def _check_outcome(y: Floats, x: Floats) -> None:
    rest = y - x @ np.linalg.lstsq(x, y)[0]
    if rest @ rest <= 1e-20 * max(float(y @ y), 1e-300):
        raise HumanlikeError(
            "The predictors determine the outcome exactly, so nothing is left to vary between or "
            "within groups. Check that the outcome is not among the predictors."
        )


def _maximise(y: Floats, x: Floats, index: NDArray[np.intp]) -> tuple[float, _Solution, float]:
    """Return the best share between groups, its solution, and the deviance of share zero."""
    from scipy.optimize import minimize_scalar

    sums = _Sums.of(np.column_stack([x, y]), index)
    deviances = [sums.solve(rho).deviance for rho in GRID]
    at = int(np.argmin(deviances))
    if at == len(GRID) - 1:
        raise HumanlikeError(
            "The mixed model has no estimates: its likelihood keeps growing as the variance within "
            "groups goes to zero. The groups determine the outcome; use a coarser grouping."
        )
    found = minimize_scalar(
        lambda rho: sums.solve(rho).deviance, method="bounded",
        bounds=(GRID[max(at - 1, 0)], GRID[at + 1]), options={"xatol": 1e-9},
    )  # fmt: skip
    if not found.success:
        raise HumanlikeError(
            f"The mixed model did not converge ({found.message}), so it has no estimates. "
            "Standardise the predictors, leave some out, or use a coarser grouping."
        )
    rho = float(found.x) if deviances[0] - found.fun > FLAT else 0.0
    return rho, sums.solve(rho), deviances[0]


@dataclass(frozen=True, eq=False)
class _Sums:
    """All the likelihood needs: products of columns (outcome last), their sums by group, sizes."""

    products: Floats
    by_group: Floats
    sizes: Floats

    @classmethod
    def of(cls, columns: Floats, index: NDArray[np.intp]) -> _Sums:
        sizes = np.bincount(index).astype(np.float64)
        by_group = np.zeros((len(sizes), columns.shape[1]))
        np.add.at(by_group, index, columns)
        return cls(columns.T @ columns, by_group, sizes)

    def solve(self, rho: float) -> _Solution:
        """Solve generalised least squares, V inverted group by group (Sherman & Morrison)."""
        within, n = 1 - rho, float(self.sizes.sum())
        shrink = rho / (within + rho * self.sizes)
        weighted = (self.products - (self.by_group.T * shrink) @ self.by_group) / within
        a, b, c = weighted[:-1, :-1], weighted[:-1, -1], weighted[-1, -1]
        inverse = np.linalg.inv(a)
        estimates, free = inverse @ b, n - len(b)
        total = max(float(c - b @ estimates), np.finfo(float).tiny) / free
        groups = float(np.log1p(rho * self.sizes / within).sum())
        determinants = n * math.log(within) + groups + float(np.linalg.slogdet(a)[1])
        deviance = free * (math.log(2 * math.pi * total) + 1) + determinants
        return _Solution(deviance, estimates, np.sqrt(total * np.diag(inverse)), total)
