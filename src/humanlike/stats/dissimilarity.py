"""Representational dissimilarity matrices: how far apart items lie in a space of features."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial.distance import pdist

from humanlike.errors import HumanlikeError, unknown

METRICS = ("cosine", "correlation", "euclidean", "sqeuclidean", "cityblock", "chebyshev")
MIN_ITEMS = 4
SHOWN = 5  # labels listed in an error before it says "and n more"
DIGITS = 12  # kept of the largest distance, so that rounding noise ranks nothing

Features = NDArray[Any] | pd.DataFrame


class Items(NamedTuple):
    """Features that passed every check.

    ``values`` is (items, dimensions); ``labels`` are the items' names, None for a bare array;
    ``dimensions`` are the columns' names or positions.
    """

    values: NDArray[np.float64]
    labels: list[Any] | None
    dimensions: list[Any]


def rdm(
    features: Features, metric: str = "cosine", standardize: bool = True
) -> NDArray[np.float64]:
    """Compute a representational dissimilarity matrix.

    Each dimension is first turned into z-scores over the items, z = (x - mean) / s with the
    population standard deviation s (divisor: number of items), so that no dimension dominates by
    its scale. The distance between two items is then taken between their rows, by default
    d(u, v) = 1 - u.v / (|u| |v|).

    Parameters
    ----------
    features : ndarray or DataFrame, (items, dimensions)
        At least four items; no missing values.
    metric : str
        One of ``METRICS``, as `scipy.spatial.distance.pdist` defines them.
    standardize : bool
        Whether to turn each dimension into z-scores. A constant dimension is then an error.

    Returns
    -------
    ndarray, (items * (items - 1) / 2,)
        Distances in the order (0, 1), (0, 2), ... (1, 2), ...; see
        `scipy.spatial.distance.squareform`. Where the metric is undefined, which is the case for an
        all-zero row under cosine and for a constant row under correlation, the distance is NaN.
        Distances are rounded to 12 digits of the largest: pairs whose ratings are the same are then
        tied, whatever the order in which their coordinates were added up.

    References
    ----------
    Kriegeskorte, Mur & Bandettini (2008), doi:10.3389/neuro.06.004.2008.

    Examples
    --------
    >>> import numpy as np
    >>> rdm(np.array([[0.0, 1], [0, 3], [2, 1], [2, 3]])).round(6).tolist()
    [1.0, 1.0, 2.0, 2.0, 1.0, 1.0]
    """
    return distances(check_features(features, "features"), metric, standardize, "features")


def distances(items: Items, metric: str, standardize: bool, what: str) -> NDArray[np.float64]:
    """Compute the condensed distances (pairs,) of features that are checked already.

    Parameters
    ----------
    items : Items
        From `check_features`.
    metric, standardize
        As in `rdm`.
    what : str
        How errors call the features.

    Raises
    ------
    HumanlikeError
        If the metric is unknown, or a dimension to be standardised is constant.
    """
    if metric not in METRICS:
        raise HumanlikeError(unknown("metric", metric, METRICS))
    values = z_scores(items, what) if standardize else items.values
    condensed: NDArray[np.float64] = pdist(values, metric)  # type: ignore[call-overload]
    largest = float(np.nanmax(condensed, initial=0))
    return condensed.round(DIGITS - math.ceil(math.log10(largest))) if largest else condensed


def check_features(features: Features, what: str) -> Items:
    """Check that features are a numeric table of named items without gaps.

    Parameters
    ----------
    features : ndarray or DataFrame, (items, dimensions)
    what : str
        How errors call the table, such as ``"human"``.

    Returns
    -------
    Items
        The table as float64, with its labels.

    Raises
    ------
    HumanlikeError
        If labels repeat, the shape is another one, items are too few, or a value is no finite
        number.
    """
    labels: list[Any] | None = None
    names: list[Any]
    raw: Any = features
    if isinstance(features, pd.DataFrame):
        labels, names = features.index.tolist(), features.columns.tolist()
        repeated = list(features.index[features.index.duplicated()].unique())
        if repeated:
            raise HumanlikeError(
                f"Item labels of {what} must be unique, but {listed(repeated)} occur more than "
                "once. Keep one row per item."
            )
    else:
        raw = np.asarray(features)
        if raw.ndim != 2:
            raise HumanlikeError(
                f"Expected {what} as a table of shape (items, dimensions), but it has shape "
                f"{raw.shape}. Pass one row per item and one column per dimension."
            )
        names = list(range(raw.shape[1]))
    values = _numbers(raw, what)
    if values.shape[0] < MIN_ITEMS or values.shape[1] < 1:
        raise HumanlikeError(
            f"Expected {what} with at least {MIN_ITEMS} items and one dimension, but its shape is "
            f"{values.shape}. Rows are items, columns are dimensions; add items."
        )
    _check_gaps(values, labels, names, what)
    return Items(values, labels, names)


def _numbers(table: Any, what: str) -> NDArray[np.float64]:
    """Turn a table into float64, or say which part of it is no number."""
    try:
        if isinstance(table, pd.DataFrame):
            table = table.to_numpy(dtype=np.float64, na_value=np.nan)
        values: NDArray[np.float64] = np.ascontiguousarray(table, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise HumanlikeError(
            f"Expected numbers in {what}, but: {error}. Keep only the rated dimensions as columns."
        ) from error
    return values


def _check_gaps(
    values: NDArray[np.float64], labels: list[Any] | None, names: list[Any], what: str
) -> None:
    """Refuse missing and infinite values, naming their rows and columns."""
    bad = ~np.isfinite(values)
    if bad.any():
        rows = np.flatnonzero(bad.any(axis=1))
        items = [labels[row] for row in rows] if labels is not None else rows.tolist()
        columns = [names[column] for column in np.flatnonzero(bad.any(axis=0))]
        raise HumanlikeError(
            f"Expected finite numbers in {what}, but {int(bad.sum())} values are missing or "
            f"infinite: rows {listed(items)}; columns {listed(columns)}. Drop these items from the "
            "human data and from every model, or fill them in."
        )


def z_scores(items: Items, what: str) -> NDArray[np.float64]:
    """Standardise each dimension over the items with the population standard deviation.

    Parameters
    ----------
    items : Items
        From `check_features`.
    what : str
        How errors call the features.

    Returns
    -------
    ndarray, (items, dimensions)

    Raises
    ------
    HumanlikeError
        If a dimension is constant.
    """
    values = items.values
    constant = np.flatnonzero(values.max(axis=0) == values.min(axis=0))
    if constant.size:
        columns = listed([items.dimensions[column] for column in constant])
        raise HumanlikeError(
            f"Cannot standardise {what}: every item has the same value in column {columns}. Drop "
            "the column, or pass standardize=False."
        )
    z: NDArray[np.float64] = (values - values.mean(axis=0)) / values.std(axis=0)
    return z


def listed(names: list[Any]) -> str:
    """Join the first few names for an error message.

    Parameters
    ----------
    names : list
        Labels or positions.
    """
    shown = ", ".join(f"'{name}'" if isinstance(name, str) else str(name) for name in names[:SHOWN])
    rest = len(names) - SHOWN
    return f"{shown} and {rest} more" if rest > 0 else shown
