"""Ridge regression, cross-validated: how much of some ratings a line through others predicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from humanlike.errors import HumanlikeError

Floats = NDArray[np.float64]
PENALTIES = (0.01, 0.1, 1.0, 10.0, 100.0, 1000.0)


@dataclass(frozen=True, eq=False)
class RidgePrediction:
    """Predictions of items the regression did not see.

    ``predicted`` (items, outputs); ``penalties`` (folds,) are those chosen inside each fold; ``r2``
    (outputs,) is 1 - residual / total sum of squares over all held-out items.
    """

    predicted: Floats
    penalties: tuple[float, ...]
    r2: Floats


@dataclass(frozen=True, eq=False)
class Ridge:
    """A fitted ridge regression.

    ``coefficients`` (inputs, outputs) belong to raw inputs; ``intercept`` (outputs,); ``penalty``
    is the one chosen; ``fitted`` (items, outputs) are the predictions of the fitted items, each
    from all the others (exact leave-one-out).
    """

    coefficients: Floats
    intercept: Floats
    penalty: float
    fitted: Floats

    def predict(self, x: ArrayLike) -> Floats:
        """Predict outputs, (items, outputs), from inputs, (items, inputs)."""
        predicted: Floats = self.intercept + np.asarray(x, float) @ self.coefficients
        return predicted


def fit_ridge(
    x: ArrayLike,
    y: ArrayLike,
    *,
    standardize: bool = True,
    penalties: Sequence[float] = PENALTIES,
) -> Ridge:
    """Fit a ridge regression; the penalty is the one with the least exact leave-one-out error.

    Parameters
    ----------
    x : array_like, (items, inputs)
    y : array_like, (items, outputs)
    standardize : bool
        Whether each input is z-scored. False divides all by one number, the root of their mean
        variance: right for embeddings, whose axes have no meaning of their own, and for inputs some
        of which do not vary.
    penalties : sequence of float
        Positive candidates.

    Returns
    -------
    Ridge

    Raises
    ------
    HumanlikeError
        If shapes or penalties make no sense, or an input does not vary and is to be z-scored.

    References
    ----------
    As for `ridge_predictions`.
    """
    inputs, outputs = np.asarray(x, float), np.asarray(y, float)
    _check(inputs, outputs, inputs, 2, penalties)
    mean, centre = inputs.mean(axis=0), outputs.mean(axis=0)
    spread = inputs.std(axis=0)
    if not standardize:
        spread = np.full_like(spread, np.sqrt(np.mean(spread**2)))
    if not (spread > 0).all():
        raise HumanlikeError("An input does not vary over the training items. Use more items.")
    scaled, penalty, residual = _fit((inputs - mean) / spread, outputs - centre, penalties)
    coefficients = scaled / spread[:, None]
    return Ridge(coefficients, centre - mean @ coefficients, penalty, outputs - residual)


def ridge_predictions(
    x: ArrayLike,
    y: ArrayLike,
    folds: int,
    seed: int,
    *,
    x_new: ArrayLike | None = None,
    penalties: Sequence[float] = PENALTIES,
) -> RidgePrediction:
    """Predict each item from a ridge regression fitted to the other folds.

    With z-scored predictors Z and centred outputs Y of the training items, the coefficients
    minimise |Y - Z B|^2 + penalty |B|^2. The penalty is chosen inside the training items, by the
    exact leave-one-out error, e_i / (1 - h_ii - 1 / n), h the diagonal of the hat matrix.

    Parameters
    ----------
    x : array_like, (items, inputs)
    y : array_like, (items, outputs)
    folds : int
        Random parts of equal size, at least 2 and at most the number of items.
    seed : int
        Seed of the parts.
    x_new : array_like, (items, inputs), optional
        Inputs to predict the held-out items from, where they differ from those fitted on: the same
        inputs measured in another way. Standardised with the mean and deviation of ``x``.
    penalties : sequence of float
        Positive candidates.

    Returns
    -------
    RidgePrediction

    Raises
    ------
    HumanlikeError
        If shapes, folds or penalties make no sense or an input does not vary.

    References
    ----------
    Hoerl & Kennard (1970), doi:10.1080/00401706.1970.10488634; Allen (1974),
    doi:10.1080/00401706.1974.10489157.
    """
    inputs, outputs = np.asarray(x, float), np.asarray(y, float)
    new = inputs if x_new is None else np.asarray(x_new, float)
    _check(inputs, outputs, new, folds, penalties)
    parts = np.array_split(np.random.default_rng(seed).permutation(len(inputs)), folds)
    predicted, chosen = np.empty_like(outputs), []
    for part in parts:
        train = np.setdiff1d(np.arange(len(inputs)), part)
        model = fit_ridge(inputs[train], outputs[train], penalties=penalties)
        predicted[part] = model.predict(new[part])
        chosen.append(model.penalty)
    residual = ((outputs - predicted) ** 2).sum(axis=0)
    total = ((outputs - outputs.mean(axis=0)) ** 2).sum(axis=0)
    return RidgePrediction(predicted, tuple(chosen), 1 - residual / total)


def _fit(z: Floats, y: Floats, penalties: Sequence[float]) -> tuple[Floats, float, Floats]:
    """Return coefficients, the penalty with the least leave-one-out error, and those errors."""
    left, singular, right = np.linalg.svd(z, full_matrices=False)
    projected = left.T @ y
    errors = []
    for penalty in penalties:
        shrink = singular**2 / (singular**2 + penalty)
        hat = (left**2) @ shrink + 1 / len(z)
        residual = y - left @ (shrink[:, None] * projected)
        errors.append(residual / (1 - hat)[:, None])
    best = int(np.argmin([float((error**2).sum()) for error in errors]))
    gains = singular / (singular**2 + penalties[best])
    coefficients: Floats = right.T @ (gains[:, None] * projected)
    return coefficients, float(penalties[best]), errors[best]


def _check(x: Floats, y: Floats, new: Floats, folds: int, penalties: Sequence[float]) -> None:
    if x.ndim != 2 or y.ndim != 2 or len(x) != len(y) or new.shape != x.shape:
        raise HumanlikeError(
            "Expected inputs and outputs as tables of the same items, but their shapes are "
            f"{x.shape}, {y.shape} and {new.shape}. Keep the items that all have."
        )
    if not all(np.isfinite(part).all() for part in (x, y, new)):
        raise HumanlikeError("Expected numbers without gaps. Leave incomplete items out.")
    if not 2 <= folds <= len(x) // 2:
        raise HumanlikeError(
            f"Expected 2 to {len(x) // 2} folds for {len(x)} items, but {folds} came."
        )
    if not penalties or min(penalties) <= 0:
        raise HumanlikeError(f"Expected positive penalties, but {list(penalties)} came.")
