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
        mean, spread = inputs[train].mean(axis=0), inputs[train].std(axis=0)
        if not (spread > 0).all():
            raise HumanlikeError("An input does not vary over the training items. Use more items.")
        z, centre = (inputs[train] - mean) / spread, outputs[train].mean(axis=0)
        coefficients, penalty = _fit(z, outputs[train] - centre, penalties)
        predicted[part] = centre + (new[part] - mean) / spread @ coefficients
        chosen.append(penalty)
    residual = ((outputs - predicted) ** 2).sum(axis=0)
    total = ((outputs - outputs.mean(axis=0)) ** 2).sum(axis=0)
    return RidgePrediction(predicted, tuple(chosen), 1 - residual / total)


def _fit(z: Floats, y: Floats, penalties: Sequence[float]) -> tuple[Floats, float]:
    """Return coefficients (inputs, outputs) and the penalty with the least leave-one-out error."""
    left, singular, right = np.linalg.svd(z, full_matrices=False)
    projected = left.T @ y
    errors = []
    for penalty in penalties:
        shrink = singular**2 / (singular**2 + penalty)
        hat = (left**2) @ shrink + 1 / len(z)
        residual = y - left @ (shrink[:, None] * projected)
        errors.append(float(((residual / (1 - hat)[:, None]) ** 2).sum()))
    best = float(penalties[int(np.argmin(errors))])
    coefficients: Floats = right.T @ ((singular / (singular**2 + best))[:, None] * projected)
    return coefficients, best


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
