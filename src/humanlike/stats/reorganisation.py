"""What a rank correlation of errors before and after training can and cannot show.

Errors are tables (items, dimensions) of prediction minus truth, in scale points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from humanlike.errors import HumanlikeError
from humanlike.stats.checks import Floats, matrix, whole


@dataclass(frozen=True, eq=False)
class UniformBoost:
    """What a boost that is the same for all items would give.

    Attributes
    ----------
    share : ndarray, shape (shares,)
        Share of every error that is left, 0 to 1.
    rho : ndarray, shape (shares, simulations)
        Simulated rank correlation of the distances before and after.
    """

    share: Floats
    rho: Floats

    @property
    def mean(self) -> Floats:
        """Mean simulated correlation, shape (shares,)."""
        average: Floats = self.rho.mean(axis=1)
        return average

    def band(self, level: float = 0.95) -> tuple[Floats, Floats]:
        """Percentile bounds of the simulated correlations, each of shape (shares,)."""
        low, high = np.quantile(self.rho, [(1 - level) / 2, (1 + level) / 2], axis=1)
        return low, high

    def compatible(self, observed: float, level: float = 0.95) -> list[tuple[float, float]]:
        """Return the ranges of shares in whose band an observed correlation lies.

        Between the simulated shares the bounds of the band are joined by straight lines.
        """
        low, high = self.band(level)
        fine = np.linspace(self.share[0], self.share[-1], 1001)
        floor, roof = np.interp(fine, self.share, low), np.interp(fine, self.share, high)
        inside = (floor <= observed) & (observed <= roof)
        edges = np.flatnonzero(np.diff(np.concatenate([[False], inside, [False]]).astype(int)))
        starts, ends = edges[::2], edges[1::2] - 1
        return [(float(fine[a]), float(fine[b])) for a, b in zip(starts, ends, strict=True)]


def uniform_boost(
    before: ArrayLike, after: ArrayLike, shares: Sequence[float], n_sim: int, seed: int
) -> UniformBoost:
    r"""Simulate a boost that is the same for all items, and correlate distances before and after.

    Of every item's error :math:`e_i` a share c is left, the same for all items and dimensions, and
    noise that knows nothing of the item is added:

    .. math:: e^*_i = c\, e_i + k\, r_{\pi(i)}, \qquad
              k^2 = \max\Big(0, 1 - c^2 \frac{\sum_i |e_i|^2}{\sum_i |r_i|^2}\Big).

    The noise is the real errors :math:`r` after training, dealt to the items by a random
    permutation :math:`\pi`, so they keep their level, spread and correlations between dimensions;
    k keeps the mean squared distance after training as observed. The rank correlation of
    :math:`|e_i|` and :math:`|e^*_i|` over many permutations is its null distribution under a
    uniform boost.

    Parameters
    ----------
    before, after : array_like, shape (items, dimensions)
        Errors before and after training; at least four items.
    shares : sequence of float
        Values of c, rising from 0 to 1 at most.
    n_sim, seed : int
        Permutations per share, at least 2; the same ones for all shares.

    Raises
    ------
    HumanlikeError
        If the tables do not fit, shares do not rise between 0 and 1, or a count is too small.
    """
    from scipy.stats import rankdata

    whole("n_sim", n_sim, 2)
    error, noise = _errors(before, after)
    chosen = np.asarray(shares, np.float64)
    rising = chosen.ndim == 1 and chosen.size > 1 and bool((np.diff(chosen) > 0).all())
    if not rising or not ((chosen >= 0) & (chosen <= 1)).all():
        raise HumanlikeError(
            f"Expected at least 2 rising shares between 0 and 1, but {list(shares)} came."
        )
    ratio = float((error**2).sum() / (noise**2).sum())
    first = rankdata(np.linalg.norm(error, axis=1))
    rng = np.random.default_rng(seed)
    rho = np.empty((len(chosen), n_sim))
    for column in range(n_sim):
        dealt = noise[rng.permutation(len(noise))]
        for row, c in enumerate(chosen):
            k = np.sqrt(max(0.0, 1.0 - c**2 * ratio))
            second = rankdata(np.linalg.norm(c * error + k * dealt, axis=1))
            rho[row, column] = np.corrcoef(first, second)[0, 1]
    return UniformBoost(chosen, rho)


@dataclass(frozen=True)
class Improvement:
    """How the gain of an item goes with its error before training.

    Attributes
    ----------
    raw : float
        Pearson correlation of gain and distance before.
    expected : float
        What `raw` would be if distances before and after were independent, from their spreads.
    oldham : float
        Pearson correlation of gain and the mean of the distances before and after.
    split : float
        Spearman correlation of the distance before on one half of the dimensions and the gain on
        the other half, mean over the splits.
    share_improved : float
        Share of items that came closer, 0 to 1.
    spread_before, spread_after : float
        Standard deviation of the distances over the items.
    """

    raw: float
    expected: float
    oldham: float
    split: float
    share_improved: float
    spread_before: float
    spread_after: float


def improvement(before: ArrayLike, after: ArrayLike, n_splits: int, seed: int) -> Improvement:
    r"""Relate the gain of every item to its error before training.

    With the distances :math:`b_i` before and :math:`a_i` after, the gain is :math:`b_i - a_i`. It
    holds :math:`b_i`, so their correlation is positive even if both are independent, namely

    .. math:: r = s_b / \sqrt{s_b^2 + s_a^2}.

    Oldham's correlation of gain and :math:`(b_i + a_i)/2` is zero when both spreads are alike.
    Splitting the dimensions at random in two halves, one for :math:`b` and the other for the
    gain, takes away errors that the two have in common by construction.

    Parameters
    ----------
    before, after : array_like, shape (items, dimensions)
        Errors before and after training; at least four items.
    n_splits, seed : int
        Random splits of the dimensions; the mean over them is given.

    Raises
    ------
    HumanlikeError
        If the tables do not fit, have one dimension, or the distances do not vary.

    References
    ----------
    Oldham (1962), doi:10.1016/0021-9681(62)90116-9; Tu & Gilthorpe (2007),
    doi:10.1002/sim.2538.
    """
    from scipy.stats import spearmanr

    whole("n_splits", n_splits, 1)
    first, second = _errors(before, after)
    if first.shape[1] < 2:
        raise HumanlikeError("Expected at least 2 dimensions to split, but 1 came. Add dimensions.")
    b, a = (np.linalg.norm(table, axis=1) for table in (first, second))
    if np.ptp(b) == 0 or np.ptp(b - a) == 0:
        raise HumanlikeError(
            "Distances before training, or gains, are the same for all items, so nothing can be "
            "correlated with them. Check the errors."
        )
    rng, halves = np.random.default_rng(seed), []
    for _ in range(n_splits):
        order = rng.permutation(first.shape[1])
        one, two = order[: len(order) // 2], order[len(order) // 2 :]
        gain = np.linalg.norm(first[:, two], axis=1) - np.linalg.norm(second[:, two], axis=1)
        halves.append(float(spearmanr(np.linalg.norm(first[:, one], axis=1), gain).statistic))
    return Improvement(
        raw=float(np.corrcoef(b - a, b)[0, 1]),
        expected=float(b.std() / np.hypot(b.std(), a.std())),
        oldham=float(np.corrcoef(b - a, b + a)[0, 1]),
        split=float(np.mean(halves)), share_improved=float(np.mean(a < b)),
        spread_before=float(b.std(ddof=1)), spread_after=float(a.std(ddof=1)),
    )  # fmt: skip


def split_half(first: ArrayLike, second: ArrayLike, n_splits: int, seed: int) -> float:
    """Correlate one table's distances on half of the dimensions with another's on the other half.

    With the same table twice this is the consistency of its distances over dimensions; what two
    different tables can reach is limited by the consistency of both.

    Parameters
    ----------
    first, second : array_like, shape (items, dimensions)
        Errors of the same items; at least four items and two dimensions.
    n_splits, seed : int
        Random splits of the dimensions.

    Returns
    -------
    float
        Mean Spearman correlation over the splits and both directions.

    Raises
    ------
    HumanlikeError
        If the tables do not fit or have one dimension.
    """
    from scipy.stats import spearmanr

    whole("n_splits", n_splits, 1)
    one, two = _errors(first, second)
    if one.shape[1] < 2:
        raise HumanlikeError("Expected at least 2 dimensions to split, but 1 came. Add dimensions.")
    rng, found = np.random.default_rng(seed), []
    for _ in range(n_splits):
        order = rng.permutation(one.shape[1])
        halves = order[: len(order) // 2], order[len(order) // 2 :]
        for here, there in (halves, halves[::-1]):
            x, y = np.linalg.norm(one[:, here], axis=1), np.linalg.norm(two[:, there], axis=1)
            found.append(float(spearmanr(x, y).statistic))
    return float(np.mean(found))


def recalibrate(model: ArrayLike, human: ArrayLike, folds: int, seed: int) -> Floats:
    r"""Correct level and scale of every dimension, in the same way for all items.

    Per dimension k, a straight line is fitted, :math:`\hat h_{ik} = \alpha_k + \beta_k x_{ik}`. An
    item's own values take no part in the line that corrects it: the items are dealt into folds,
    and each fold is corrected by the lines of the others.

    Parameters
    ----------
    model, human : array_like, shape (items, dimensions)
        Profiles of the same items.
    folds, seed : int
        Number of folds, from 2 to half the number of items, and the seed of dealing them.

    Returns
    -------
    ndarray, shape (items, dimensions)
        Corrected profiles; where a dimension of the model does not vary, the human mean.

    Raises
    ------
    HumanlikeError
        If the tables do not fit or there are too few items for the folds.
    """
    whole("folds", folds, 2)
    y = matrix(human, "the human profiles")
    x = matrix(model, "the model's profiles", y)
    if len(x) < 2 * folds:
        raise HumanlikeError(
            f"Expected at least {2 * folds} items for {folds} folds, but {len(x)} came. Add items."
        )
    fold = np.random.default_rng(seed).permutation(np.arange(len(x)) % folds)
    corrected = np.empty_like(x)
    for number in range(folds):
        out = fold == number
        xm, ym = x[~out].mean(axis=0), y[~out].mean(axis=0)
        spread = ((x[~out] - xm) ** 2).sum(axis=0)
        shared = ((x[~out] - xm) * (y[~out] - ym)).sum(axis=0)
        slope = np.divide(shared, spread, out=np.zeros_like(spread), where=spread > 1e-12)
        corrected[out] = ym + slope * (x[out] - xm)
    return corrected


def _errors(before: ArrayLike, after: ArrayLike) -> tuple[Floats, Floats]:
    first = matrix(before, "the errors before training")
    second = matrix(after, "the errors after training", first)
    if len(first) < 4:
        raise HumanlikeError(f"Expected at least 4 items, but {len(first)} came. Add items.")
    return first, second
