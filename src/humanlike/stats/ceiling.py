"""How high a correlation with noisy ratings can get: the noise ceiling of an RSA."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from humanlike.errors import HumanlikeError
from humanlike.stats.dissimilarity import rdm
from humanlike.stats.similarity import rsa

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class NoiseCeiling:
    """What perfect knowledge and what another group of raters would reach.

    Attributes
    ----------
    perfect : float
        Mean Spearman's rho of the true ratings' RDM with that of a noisy sample of raters: no model
        can be expected to do better.
    raters : float
        Mean Spearman's rho of the RDMs of two independent noisy samples of raters.
    reliability : ndarray, (dimensions,)
        Share of each dimension's variance over items that is not rater noise, 0 to 1.
    n_sim : int
        Number of simulated samples.
    """

    perfect: float
    raters: float
    reliability: Floats
    n_sim: int


def rsa_noise_ceiling(
    mean: ArrayLike,
    standard_error: ArrayLike,
    n_sim: int,
    seed: int,
    *,
    metric: str = "cosine",
    standardize: bool = True,
) -> NoiseCeiling:
    r"""Simulate the noise ceiling of an RSA from mean ratings and their standard errors.

    Each observed mean is a true value plus rater noise of known variance,
    :math:`x_{id} = t_{id} + e_{id}`, :math:`\mathrm{Var}(e_{id}) = s_{id}^2`. True values are
    estimated by the linear map of the observed ones whose covariance over items is what the noise
    leaves,

    .. math:: \hat t_i = \bar x + T^{1/2} X^{-1/2} (x_i - \bar x), \qquad
              T = X - \mathrm{diag}(\overline{s_d^2}),

    where :math:`X` is the covariance of the observed means. Samples of raters are
    :math:`\hat t_{id} + s_{id} z` with standard normal :math:`z`. The bounds of the scale are
    ignored, which makes the ceiling slightly too low where ratings crowd at an end.

    Parameters
    ----------
    mean, standard_error : array_like, (items, dimensions)
        Mean ratings and their standard errors (SD over raters divided by the root of their number),
        in scale points.
    n_sim : int
        Number of simulated samples, at least 2.
    seed : int
        Seed of the simulation.
    metric, standardize
        As in `humanlike.stats.rdm`.

    Raises
    ------
    HumanlikeError
        If shapes differ, a value is missing or negative, or a dimension varies no more than its
        noise.

    References
    ----------
    Nili et al. (2014), doi 10.1371/journal.pcbi.1003553, for the idea of a ceiling; the
    model of the ratings is that of classical test theory: Lord & Novick (1968), Statistical
    theories of mental test scores.
    """
    x, se = _checked(mean, standard_error, n_sim)
    reliability = 1 - (se**2).mean(axis=0) / x.var(axis=0)
    if (reliability <= 0).any():
        worst = int(reliability.argmin())
        raise HumanlikeError(
            f"Dimension {worst} varies no more over items than its rater noise explains; it has no "
            "reliable part, so leave it out."
        )
    truth = _true_values(x, se)
    random = np.random.default_rng(seed)
    of_truth = rdm(truth, metric, standardize)
    samples = (rdm(truth + se * random.standard_normal(x.shape), metric, standardize)
               for _ in range(n_sim))  # fmt: skip
    perfect, raters, previous = [], [], None
    for sample in samples:
        perfect.append(rsa(of_truth, sample))
        if previous is not None:
            raters.append(rsa(previous, sample))
        previous = sample
    return NoiseCeiling(float(np.mean(perfect)), float(np.mean(raters)), reliability, n_sim)


def _true_values(x: Floats, se: Floats) -> Floats:
    centre = x.mean(axis=0)
    observed = np.atleast_2d(np.cov(x.T, ddof=0))
    left = observed - np.diag((se**2).mean(axis=0))
    map_back = _root(left) @ np.linalg.pinv(_root(observed))
    truth: Floats = centre + (x - centre) @ map_back.T
    return truth


def _root(symmetric: Floats) -> Floats:
    """Return the symmetric square root; directions without variance left stay without."""
    values, vectors = np.linalg.eigh(symmetric)
    root: Floats = (vectors * np.sqrt(np.clip(values, 0, None))) @ vectors.T
    return root


def _checked(mean: ArrayLike, standard_error: ArrayLike, n_sim: int) -> tuple[Floats, Floats]:
    x, se = np.asarray(mean, dtype=float), np.asarray(standard_error, dtype=float)
    if x.ndim != 2 or x.shape != se.shape:
        raise HumanlikeError(
            f"Expected means and standard errors of the same shape (items, dimensions); got "
            f"{x.shape} and {se.shape}."
        )
    if np.isnan(x).any() or np.isnan(se).any() or (se < 0).any():
        raise HumanlikeError(
            f"Expected no missing mean and no missing or negative standard error; got "
            f"{int(np.isnan(x).sum())} and {int((np.isnan(se) | (se < 0)).sum())}."
        )
    if n_sim < 2:
        raise HumanlikeError(f"Expected n_sim of at least 2, but {n_sim} came.")
    return x, se
