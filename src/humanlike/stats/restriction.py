"""Is a correlation low because the values hardly vary? Corrections, matching and ceilings."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from humanlike.errors import HumanlikeError
from humanlike.stats.correlation import correlate, paired
from humanlike.stats.intervals import percentiles

Floats = NDArray[np.float64]

MIN_MATCHED = 30


@dataclass(frozen=True)
class Matched:
    """Spearman's rho in subsamples that share a given distribution of the human values.

    ``rho`` is the mean over subsamples, ``low`` and ``high`` bound the middle 95 % of them; ``n``
    is the number of items in each.
    """

    rho: float
    low: float
    high: float
    n: int


def unrestricted(r: float, sd_ratio: float) -> float:
    r"""Correct a Pearson correlation for direct restriction of the range of one variable.

    .. math:: r' = r u / \sqrt{1 + r^2 (u^2 - 1)}

    It assumes a linear relation of equal spread over the whole range.

    Parameters
    ----------
    r : float
        Correlation in the restricted sample, -1 to 1.
    sd_ratio : float
        u, the standard deviation in the reference divided by the one in the sample; positive.

    Raises
    ------
    HumanlikeError
        If r or the ratio is out of range.

    References
    ----------
    Thorndike (1949), Personnel selection, case 2; Sackett & Yang (2000), Journal of Applied
    Psychology 85, 112–118, doi 10.1037/0021-9010.85.1.112.
    """
    if not -1 <= r <= 1 or not sd_ratio > 0:
        raise HumanlikeError(
            f"Expected a correlation from -1 to 1 and a positive ratio; {r} and {sd_ratio} came."
        )
    return r * sd_ratio / math.sqrt(1 + r * r * (sd_ratio**2 - 1))


def matched_spearman(
    human: ArrayLike,
    model: ArrayLike,
    target: ArrayLike,
    n_draws: int,
    seed: int,
    n_bins: int = 10,
) -> Matched | None:
    """Correlate in subsamples whose human values are distributed as the target's.

    The target is cut at its quantiles (equal cuts merged). Each subsample takes from every bin the
    share that the target has there, without replacement, and is as large as the scarcest bin
    allows. Within a bin the distributions may differ.

    Parameters
    ----------
    human, model : array_like, shape (items,)
        The variables to correlate.
    target : array_like, shape (other items,)
        Human values whose distribution is wanted.
    n_draws : int
        Number of subsamples, at least 1.
    seed : int
        Seed of the draws.
    n_bins : int
        Number of quantile bins before equal cuts are merged.

    Returns
    -------
    Matched or None
        None where a subsample would hold fewer than 30 items.

    Raises
    ------
    HumanlikeError
        If the items do not fit, or n_draws or n_bins is below 1.
    """
    x, y = paired(human, model)
    if n_draws < 1 or n_bins < 1:
        raise HumanlikeError(f"Expected at least 1 draw and 1 bin; {n_draws} and {n_bins} came.")
    wanted = np.asarray(target, dtype=np.float64).ravel()
    cuts = np.unique(np.quantile(wanted, np.linspace(0, 1, n_bins + 1)))[1:-1]
    share = np.bincount(np.digitize(wanted, cuts), minlength=len(cuts) + 1) / len(wanted)
    bins = [np.flatnonzero(np.digitize(x, cuts) == b) for b in range(len(cuts) + 1)]
    size = min(len(own) / part for own, part in zip(bins, share, strict=True) if part)
    take = [int(size * part + 1e-9) for part in share]
    if sum(take) < MIN_MATCHED:
        return None
    random = np.random.default_rng(seed)
    found = []
    for _ in range(n_draws):
        pick = np.concatenate(
            [random.choice(own, k, replace=False) for own, k in zip(bins, take, strict=True)]
        )
        if np.ptp(y[pick]):
            found.append(correlate(x[pick], y[pick]).estimate)
    if not found:
        return None
    return Matched(float(np.mean(found)), *percentiles(found), sum(take))


def tie_ceiling(human: ArrayLike, model: ArrayLike) -> float:
    """Best Spearman correlation a model could reach with the answers it gave, well distributed.

    Its values are handed out anew so that their order agrees with the human one. What is missing to
    1 is the price of ties.

    Parameters
    ----------
    human, model : array_like, shape (items,)
        Values of the same items.
    """
    x, y = paired(human, model)
    return correlate(np.sort(x), np.sort(y)).estimate


def noise_ceiling(
    mean: ArrayLike,
    sd: ArrayLike,
    n_raters: ArrayLike,
    n_sim: int,
    seed: int,
    scale: tuple[float, float] = (0.0, 5.0),
) -> float:
    r"""Spearman correlation that a perfect predictor would have with a noisy panel, on average.

    The observed means stand in for the true values; another panel's means are drawn from
    :math:`N(m_i, s_i^2 / n_i)` and clipped to the scale. Observed means vary more than true ones
    and an item whose raters all agreed gets no noise, so this errs on the high side.

    Parameters
    ----------
    mean, sd, n_raters : array_like, shape (items,)
        Mean and standard deviation over an item's raters, in scale points, and their number.
    n_sim : int
        Number of simulated panels, at least 1.
    seed : int
        Seed of the noise.
    scale : tuple of float
        Lowest and highest possible mean.

    Raises
    ------
    HumanlikeError
        If values are missing, a spread is negative, or an item has no rater.
    """
    m, s, n = (np.asarray(part, dtype=np.float64).ravel() for part in (mean, sd, n_raters))
    fits = len(m) == len(s) == len(n) and (s >= 0).all() and (n >= 1).all()
    if not fits or n_sim < 1:
        raise HumanlikeError(
            "A noise ceiling needs for every item a spread of at least 0 and at least one rater, "
            f"and at least one simulation; {len(m)} means, {len(n)} counts and n_sim={n_sim} came."
        )
    random = np.random.default_rng(seed)
    noise = random.normal(size=(n_sim, len(m))) * s / np.sqrt(n)
    panels = np.clip(m + noise, *scale)
    return float(np.mean([correlate(m, panel).estimate for panel in panels]))
