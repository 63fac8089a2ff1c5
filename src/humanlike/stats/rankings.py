"""Rank correlations between several scores of the same items, with intervals over the items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from humanlike.errors import HumanlikeError, unknown
from humanlike.stats.checks import Floats, vector, whole


@dataclass(frozen=True, eq=False)
class RankMatrix:
    """Spearman correlations of every two scores.

    Attributes
    ----------
    names : tuple of str
        The scores.
    rho, p, low, high : ndarray, shape (scores, scores)
        Correlation, its two-sided p (t approximation), bounds of its bootstrap interval.
    n : int
        Number of items.
    """

    names: tuple[str, ...]
    rho: Floats
    p: Floats
    low: Floats
    high: Floats
    n: int

    def pair(self, a: str, b: str) -> tuple[float, float, float, float]:
        """Return rho, p, low and high of two scores.

        Raises
        ------
        HumanlikeError
            If a score is unknown.
        """
        for name in (a, b):
            if name not in self.names:
                raise HumanlikeError(unknown("score", name, self.names))
        at = self.names.index(a), self.names.index(b)
        return (float(self.rho[at]), float(self.p[at]), float(self.low[at]), float(self.high[at]))


def rank_matrix(
    scores: Mapping[str, ArrayLike],
    n_boot: int,
    seed: int,
    level: float = 0.95,
    given: ArrayLike | None = None,
) -> RankMatrix:
    r"""Correlate several scores of the same items by rank, every two of them.

    With a score z held constant, every correlation becomes the partial one,

    .. math:: \rho_{xy \cdot z} = \frac{\rho_{xy} - \rho_{xz}\rho_{yz}}
              {\sqrt{(1 - \rho_{xz}^2)(1 - \rho_{yz}^2)}}.

    Parameters
    ----------
    scores : mapping of str to array_like, shape (items,)
        At least two scores of at least four items; none may be constant.
    n_boot : int
        Resamples of the items, with replacement; ranks are taken anew in each. All pairs share
        the resamples. The interval lies between percentiles.
    seed : int
        Seed of the resamples.
    level : float
        Level of the intervals.
    given : array_like, shape (items,), optional
        The score held constant.

    Raises
    ------
    HumanlikeError
        If a score is missing values, constant or of another length, a count is too small, or the
        score held constant has the order of one of the others.

    References
    ----------
    Spearman (1904), doi:10.2307/1412159; Conover (1999), Practical Nonparametric Statistics, 3rd
    ed. (partial); Efron & Tibshirani (1993), doi:10.1007/978-1-4899-4541-9.
    """
    whole("n_boot", n_boot, 2)
    if len(scores) < 2:
        raise HumanlikeError(f"Expected at least 2 scores to correlate, but {len(scores)} came.")
    fixed = {} if given is None else {"held constant": given}
    table = _columns({**scores, **fixed})
    n, correlate = len(table), _spearman if given is None else _partial
    rho = correlate(table)
    if not np.isfinite(rho).all():
        raise HumanlikeError(
            "The score held constant has the same order as one of the others, so nothing is left "
            "to correlate. Hold another score constant."
        )
    df = n - 2 - len(fixed)
    rng = np.random.default_rng(seed)
    drawn = np.stack([correlate(table[rng.integers(n, size=n)]) for _ in range(n_boot)])
    low, high = np.nanquantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return RankMatrix(tuple(scores), rho, _p_values(rho, df), low, high, n)


def _p_values(rho: Floats, df: int) -> Floats:
    """Give two-sided p of correlations by the t approximation."""
    from scipy import stats

    with np.errstate(divide="ignore"):
        t = rho * np.sqrt(df / np.maximum(1 - rho**2, 0))
    p: Floats = 2 * stats.t.sf(np.abs(t), df)
    return p


def _columns(scores: Mapping[str, ArrayLike]) -> Floats:
    columns = {name: vector(values, f"score '{name}'", 4) for name, values in scores.items()}
    first, *_ = columns
    for name, column in columns.items():
        if len(column) != len(columns[first]):
            raise HumanlikeError(
                f"Expected scores of the same items, but '{first}' has {len(columns[first])} and "
                f"'{name}' {len(column)}. Keep the items that have all scores."
            )
        if np.ptp(column) == 0:
            raise HumanlikeError(
                f"Score '{name}' is the same for all items, so it has no rank correlation. "
                "Leave it out."
            )
    return np.column_stack(list(columns.values()))


def _spearman(table: Floats) -> Floats:
    """Correlate the mid-ranks of columns (items, scores); NaN for a column without spread."""
    from scipy.stats import rankdata

    ranks = rankdata(table, axis=0)
    ranks -= ranks.mean(axis=0)
    products = ranks.T @ ranks
    length = np.sqrt(np.diag(products))
    with np.errstate(invalid="ignore", divide="ignore"):
        rho: Floats = np.clip(products / np.outer(length, length), -1.0, 1.0)
    return rho


def _partial(table: Floats) -> Floats:
    """Correlate all columns but the last, with the last held constant; NaN if it gives one."""
    rho = _spearman(table)
    with_z = rho[:-1, -1]
    left = 1 - with_z**2
    left = np.where(left > 1e-9, left, np.nan)
    partial: Floats = (rho[:-1, :-1] - np.outer(with_z, with_z)) / np.sqrt(np.outer(left, left))
    return np.clip(partial, -1.0, 1.0)
