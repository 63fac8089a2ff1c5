"""Ridge predictions: against normal equations, least squares and brute-force leaving out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.api import OLS, add_constant

from humanlike.errors import HumanlikeError
from humanlike.stats.ridge import PENALTIES, ridge_predictions

RANDOM = np.random.default_rng(4)
X = RANDOM.normal(size=(60, 4)) * [1, 5, 0.2, 2] + 3
Y = X[:, :2] @ [[1.0, -1.0], [0.3, 0.2]] + RANDOM.normal(size=(60, 2))


def fold_of(n_items: int, folds: int, seed: int) -> list[np.ndarray]:
    return np.array_split(np.random.default_rng(seed).permutation(n_items), folds)


def by_normal_equations(
    x: np.ndarray, y: np.ndarray, new: np.ndarray, penalty: float
) -> np.ndarray:
    z = (x - x.mean(axis=0)) / x.std(axis=0)
    weights = np.linalg.solve(z.T @ z + penalty * np.eye(x.shape[1]), z.T @ (y - y.mean(axis=0)))
    return y.mean(axis=0) + (new - x.mean(axis=0)) / x.std(axis=0) @ weights


def test_a_vanishing_penalty_gives_least_squares() -> None:
    found = ridge_predictions(X, Y, 5, 1, penalties=(1e-9,))
    for part in fold_of(60, 5, 1):
        train = np.setdiff1d(np.arange(60), part)
        for output in range(2):
            fit = OLS(Y[train, output], add_constant(X[train])).fit()
            expected = fit.predict(add_constant(X[part], has_constant="add"))
            np.testing.assert_allclose(found.predicted[part, output], expected, atol=1e-6)


@settings(max_examples=10)
@given(st.floats(0.1, 500), st.integers(2, 9))
def test_a_fixed_penalty_gives_the_normal_equations(penalty: float, folds: int) -> None:
    found = ridge_predictions(X, Y, folds, 3, penalties=(penalty,))
    assert found.penalties == (penalty,) * folds
    for part in fold_of(60, folds, 3):
        train = np.setdiff1d(np.arange(60), part)
        expected = by_normal_equations(X[train], Y[train], X[part], penalty)
        np.testing.assert_allclose(found.predicted[part], expected, atol=1e-9)


def test_the_penalty_has_the_least_error_when_items_are_left_out() -> None:
    """Standardisation is that of all training items, as in the closed form."""
    found = ridge_predictions(X[:, 1:], Y, 2, 9)
    for part, chosen in zip(fold_of(60, 2, 9), found.penalties, strict=True):
        train = np.setdiff1d(np.arange(60), part)
        z = (X[train, 1:] - X[train, 1:].mean(axis=0)) / X[train, 1:].std(axis=0)
        design = np.column_stack([np.ones(len(train)), z])
        errors = []
        for penalty in PENALTIES:
            shrink = penalty * np.diag([0.0, 1, 1, 1])
            total = 0.0
            for out in range(len(train)):
                keep = np.arange(len(train)) != out
                left = design[keep]
                weights = np.linalg.solve(left.T @ left + shrink, left.T @ Y[train][keep])
                total += ((Y[train][out] - design[out] @ weights) ** 2).sum()
            errors.append(total)
        assert chosen == PENALTIES[int(np.argmin(errors))]


def test_other_measurements_of_the_inputs_only_change_the_predictions() -> None:
    same = ridge_predictions(X, Y, 5, 1, x_new=X)
    np.testing.assert_array_equal(same.predicted, ridge_predictions(X, Y, 5, 1).predicted)
    mean = ridge_predictions(X, Y, 5, 1, x_new=np.tile(X.mean(axis=0), (60, 1))).predicted
    assert mean.std(axis=0).max() < 0.5 * Y.std(axis=0).min()


def test_noise_predicts_nothing_and_a_copy_everything() -> None:
    noise = ridge_predictions(RANDOM.normal(size=(60, 3)), Y, 10, 1)
    assert (noise.r2 < 0.1).all()
    assert (ridge_predictions(Y, Y, 10, 1).r2 > 0.99).all()


@pytest.mark.parametrize(
    ("x", "y", "folds", "penalties", "message"),
    [
        (X, Y[:5], 5, PENALTIES, "tables of the same items"),
        (np.where(X[0, 0] == X, np.nan, X), Y, 5, PENALTIES, "without gaps"),
        (X, Y, 1, PENALTIES, "2 to 30 folds"),
        (X, Y, 31, PENALTIES, "2 to 30 folds"),
        (X, Y, 5, (0.0,), "positive penalties"),
        (np.ones((60, 2)), Y, 5, PENALTIES, "does not vary"),
    ],
)
def test_tables_that_cannot_be_fitted_are_refused(
    x: np.ndarray, y: np.ndarray, folds: int, penalties: tuple[float, ...], message: str
) -> None:
    with pytest.raises(HumanlikeError, match=message):
        ridge_predictions(x, y, folds, 0, penalties=penalties)
