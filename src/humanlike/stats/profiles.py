"""One item at a time: how far a profile is from another, and whether it has the same shape."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from humanlike.errors import HumanlikeError
from humanlike.stats.checks import Floats, matrix


def profile_distance(model: ArrayLike, human: ArrayLike) -> Floats:
    r"""Measure the Euclidean distance of every item's profile to its human one.

    .. math:: d_i = \sqrt{\sum_k (x_{ik} - h_{ik})^2}

    It grows with the number of dimensions and, however well the shapes agree, with a difference
    in level.

    Parameters
    ----------
    model, human : array_like, shape (items, dimensions)
        Profiles of the same items, in scale points.

    Returns
    -------
    ndarray, shape (items,)
        In scale points, 0 and up.
    """
    target = matrix(human, "the human profiles")
    distances: Floats = np.linalg.norm(
        matrix(model, "the model's profiles", target) - target, axis=1
    )
    return distances


def similarity(distance: ArrayLike) -> Floats:
    """Turn distances d into similarities 1/(1 + d), between 0 and 1.

    Parameters
    ----------
    distance : array_like, (items,) or any other shape
        Distances, 0 and up.

    Raises
    ------
    HumanlikeError
        If a distance is negative or missing.

    Examples
    --------
    >>> similarity([0.0, 1.0, 4.0]).tolist()
    [1.0, 0.5, 0.2]
    """
    d = np.asarray(distance, np.float64)
    if not (d >= 0).all():
        raise HumanlikeError(
            "Expected distances of 0 or more, but a negative or missing one came. Compute them "
            "with profile_distance()."
        )
    return np.asarray(1.0 / (1.0 + d))


def shape_agreement(model: ArrayLike, human: ArrayLike) -> Floats:
    r"""Correlate the shape of every item's profile with its human one, whatever the level.

    Every dimension is turned into z-scores over the items, in each table by itself, which takes
    away what holds for all items: a dimension rated too high or too widely. The agreement of item
    i is the Pearson correlation of its two profiles of z-scores over the dimensions. Errors that
    shift or stretch a dimension for all items, or a whole profile, leave it unchanged.

    Parameters
    ----------
    model, human : array_like, shape (items, dimensions)
        Profiles of the same items, at least three dimensions.

    Returns
    -------
    ndarray, shape (items,)
        Between -1 and 1; NaN for an item whose z-scores are all alike, in particular for every
        item of a table whose dimensions do not vary.

    Raises
    ------
    HumanlikeError
        If the tables do not fit or have fewer than three dimensions.
    """
    target = matrix(human, "the human profiles")
    other = matrix(model, "the model's profiles", target)
    if target.shape[1] < 3:
        raise HumanlikeError(
            f"Expected at least 3 dimensions for a correlation of profiles, but "
            f"{target.shape[1]} came. Add dimensions."
        )
    x, y = _centred(other), _centred(target)
    length = np.linalg.norm(x, axis=1) * np.linalg.norm(y, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        agreement = np.where(length > 1e-9, (x * y).sum(axis=1) / length, np.nan)
    return np.asarray(np.clip(agreement, -1.0, 1.0))


def profile_strength(human: ArrayLike) -> Floats:
    """Measure how pronounced every item's profile is: the length of what `shape_agreement` uses.

    Parameters
    ----------
    human : array_like, shape (items, dimensions)
        Profiles.

    Returns
    -------
    ndarray, shape (items,)
        Length of the vector of z-scores less their mean; 0 for a flat profile.
    """
    strength: Floats = np.linalg.norm(_centred(matrix(human, "the profiles")), axis=1)
    return strength


@dataclass(frozen=True)
class ProfileFit:
    """How well predicted profiles fit the human ones, by measures that forgive different things.

    Attributes
    ----------
    similarity : float
        Mean of 1/(1 + d) over the items.
    rmse : float
        Root mean squared error per rating, in scale points.
    dimension_rho : float or None
        Spearman correlation over the items, mean over the dimensions; None if one does not vary.
    rsa : float or None
        Rank correlation of the dissimilarity matrices; None if a dimension does not vary.
    shape : float or None
        Mean shape agreement of the items that have one; None if none has.
    """

    similarity: float
    rmse: float
    dimension_rho: float | None
    rsa: float | None
    shape: float | None


def profile_fit(model: ArrayLike, human: ArrayLike) -> ProfileFit:
    """Score predicted profiles by level, by order and by structure.

    Parameters
    ----------
    model, human : array_like, shape (items, dimensions)
        Profiles of the same items; at least four items and three dimensions.

    Raises
    ------
    HumanlikeError
        If the tables do not fit.
    """
    from scipy.stats import spearmanr

    from humanlike.stats.dissimilarity import rdm
    from humanlike.stats.similarity import rsa

    target = matrix(human, "the human profiles")
    other = matrix(model, "the model's profiles", target)
    distance = profile_distance(other, target)
    varies = bool((np.ptp(other, axis=0) > 0).all() and (np.ptp(target, axis=0) > 0).all())
    order = [
        float(spearmanr(x, y).statistic) for x, y in zip(other.T, target.T, strict=True) if varies
    ]
    shape = shape_agreement(other, target)
    known = np.isfinite(shape)
    return ProfileFit(
        similarity=float(similarity(distance).mean()),
        rmse=float(np.sqrt(np.mean(distance**2) / target.shape[1])),
        dimension_rho=float(np.mean(order)) if varies else None,
        rsa=rsa(rdm(target), rdm(other)) if varies else None,
        shape=float(shape[known].mean()) if known.any() else None,
    )


def _centred(table: Floats) -> Floats:
    """Turn dimensions into z-scores, and take away each row's mean; what does not vary gives 0."""
    spread = table.std(axis=0)
    varies = spread > 1e-12
    z = np.where(varies, (table - table.mean(axis=0)) / np.where(varies, spread, 1.0), 0.0)
    centred: Floats = z - z.mean(axis=1, keepdims=True)
    return centred
