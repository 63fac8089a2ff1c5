"""Least squares on named predictors: coefficients, collinearity, leverage.

A design is a mapping of names to columns; the intercept is added here. `humanlike.stats.mixed` fits
the same designs with a random intercept.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from humanlike.errors import HumanlikeError
from humanlike.stats.checks import vector
from humanlike.stats.intervals import normal_reach

Floats = NDArray[np.float64]
Design = Mapping[str, ArrayLike]
INTERCEPT = "intercept"


@dataclass(frozen=True)
class Coefficient:
    """A coefficient with its Wald test.

    Attributes
    ----------
    estimate : float
        In units of the outcome per unit of the predictor.
    se : float
        Standard error.
    z, p : float
        Estimate in standard errors; two-sided p of the normal distribution.
    low, high : float
        Bounds of the Wald interval.
    """

    estimate: float
    se: float
    z: float
    p: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class LinearFit:
    """Least squares.

    Attributes
    ----------
    coefficients : dict of str to Coefficient
        By predictor; ``intercept`` first.
    r2 : float
        Share of the outcome's variance, 0 to 1.
    n : int
        Rows.
    leverage : ndarray, shape (rows,)
        Diagonal of the hat matrix, 0 to 1; the mean is predictors (with intercept) over rows.
    cook : ndarray, shape (rows,)
        Cook's distance: how far all fitted values move when the row is left out. NaN where the fit
        goes through the row whatever its value (leverage 1).
    """

    coefficients: dict[str, Coefficient]
    r2: float
    n: int
    leverage: Floats
    cook: Floats


def least_squares(outcome: ArrayLike, design: Design, level: float = 0.95) -> LinearFit:
    r"""Fit :math:`y = X\beta + e` by ordinary least squares.

    With the hat matrix :math:`H = X (X'X)^{-1} X'`, :math:`p` columns and residual variance
    :math:`s^2`, leverage is :math:`h_i = H_{ii}` and Cook's distance
    :math:`D_i = e_i^2 h_i / (p s^2 (1 - h_i)^2)`.

    Parameters
    ----------
    outcome : array_like, shape (rows,)
        Finite numbers.
    design : mapping of str to array_like, shape (rows,)
        Predictors without intercept, none constant, none a combination of the others; may be empty.
    level : float
        Level of the Wald intervals, between 0 and 1.

    Raises
    ------
    HumanlikeError
        If values are missing, a predictor is constant or repeats others, or rows are too few.

    References
    ----------
    Cook (1977), Technometrics 19, 15–18, doi 10.1080/00401706.1977.10489493.

    Examples
    --------
    >>> fit = least_squares([1.0, 2.0, 2.0, 4.0], {"x": [0.0, 1.0, 2.0, 3.0]})
    >>> round(fit.coefficients["x"].estimate, 6)
    0.9
    """
    import statsmodels.api as sm

    y, names, x = prepare(outcome, design)
    fit = sm.OLS(y, x).fit()
    hat = np.einsum("ij,ji->i", x, np.linalg.pinv(x))
    with np.errstate(divide="ignore", invalid="ignore"):
        cook = fit.resid**2 * hat / (len(names) * fit.scale * (1 - hat) ** 2)
    cook[hat > 1 - 1e-9] = np.nan
    found = coefficients(names, fit.params, fit.bse, level)
    return LinearFit(found, float(fit.rsquared), len(y), hat, cook)


def variance_inflation(design: Design) -> dict[str, float]:
    r"""Say how much collinearity widens the interval of each predictor's coefficient.

    The factor is :math:`1 / (1 - R_j^2)`, with :math:`R_j^2` from the regression of predictor j on
    the others; it is the j-th diagonal element of the inverse of their correlation matrix. 1 means
    no collinearity; the interval is wider by the factor's square root.

    Parameters
    ----------
    design : mapping of str to array_like, shape (rows,)
        As for `least_squares`, at least two predictors.

    Raises
    ------
    HumanlikeError
        As `least_squares`, or if there is but one predictor.

    References
    ----------
    Marquardt (1970), Technometrics 12, 591–612, doi 10.1080/00401706.1970.10488699.

    Examples
    --------
    >>> variance_inflation({"a": [1, 1, -1, -1], "b": [1, -1, 1, -1]})
    {'a': 1.0, 'b': 1.0}
    """
    if len(design) < 2:
        raise HumanlikeError(
            "Collinearity is between predictors, but only one came. Give two or more."
        )
    rows = len(np.asarray(next(iter(design.values()))))
    _, names, x = prepare(np.zeros(rows), design)
    inverse = np.linalg.inv(np.corrcoef(x[:, 1:], rowvar=False))
    return {name: float(factor) for name, factor in zip(names[1:], np.diag(inverse), strict=True)}


def prepare(outcome: ArrayLike, design: Design) -> tuple[Floats, list[str], Floats]:
    """Return the outcome, the names of the columns and the matrix, intercept first.

    Parameters
    ----------
    outcome, design
        As in `least_squares`.

    Raises
    ------
    HumanlikeError
        If values are missing, a predictor is constant or repeats others, or rows are too few.
    """
    names = [INTERCEPT, *design]
    y = vector(outcome, "the outcome", len(names) + 1)
    columns = [np.ones(len(y))]
    for name, values in design.items():
        column = vector(np.asarray(values, float), f"the predictor '{name}'", len(names) + 1)
        if len(column) != len(y):
            raise HumanlikeError(
                f"The predictor '{name}' has {len(column)} values, the outcome {len(y)}. Give "
                "both for the same rows."
            )
        if np.ptp(column) == 0:
            raise HumanlikeError(
                f"The predictor '{name}' is {column[0]:g} in all {len(y)} rows, so it explains "
                "nothing. Leave it out, or use rows in which it varies."
            )
        columns.append(column)
    x = np.column_stack(columns)
    _check_rank(names, x)
    return y, names, x


def _check_rank(names: list[str], x: Floats) -> None:
    scaled = x / np.linalg.norm(x, axis=0)
    if np.linalg.matrix_rank(scaled, tol=1e-8) == len(names):
        return
    for last in range(2, len(names) + 1):
        if np.linalg.matrix_rank(scaled[:, :last], tol=1e-8) < last:
            raise HumanlikeError(
                f"The predictor '{names[last - 1]}' is a combination of "
                f"{', '.join(names[: last - 1])}, so their effects cannot be told apart. Leave one "
                "of them out."
            )


def coefficients(
    names: list[str], estimates: ArrayLike, errors: ArrayLike, level: float
) -> dict[str, Coefficient]:
    """Put estimates and standard errors into records with Wald tests and intervals.

    Parameters
    ----------
    names : list of str
        The coefficients.
    estimates, errors : array_like, shape (coefficients,)
        Their values and standard errors.
    level : float
        Level of the intervals, between 0 and 1.

    Raises
    ------
    HumanlikeError
        If the level is not between 0 and 1, or an estimate or its error is no positive number.
    """
    from scipy.stats import norm

    reach, found = normal_reach(level), {}
    pairs = zip(names, np.asarray(estimates, float), np.asarray(errors, float), strict=True)
    for name, b, se in pairs:
        if not (math.isfinite(b) and math.isfinite(se) and se > 0):
            raise HumanlikeError(
                f"The coefficient of '{name}' has no standard error ({b:g} ± {se:g}): the rows "
                "determine it exactly or not at all. Use fewer predictors or more rows."
            )
        z = float(b / se)
        p = float(2 * norm.sf(abs(z)))
        found[name] = Coefficient(
            float(b), float(se), z, p, float(b - reach * se), float(b + reach * se)
        )
    return found
