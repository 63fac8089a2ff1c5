"""Procrustes R²: how much of one space is another, once that is turned, scaled and moved to fit."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from humanlike.errors import HumanlikeError, unknown
from humanlike.stats.checks import matrix

Floats = NDArray[np.float64]
Ints = NDArray[np.integer]
Scaling = Literal["best", "norm", "none"]
SCALINGS: Final = ("best", "norm", "none")
CHUNK: Final = 256
"""Resamples computed at a time."""


@dataclass(frozen=True, repr=False, eq=False)
class Procrustes:
    """A model's space laid onto the human one.

    Attributes
    ----------
    r2 : float
        1 - SS_res / SS_tot, share of the human space's variance that the fitted model explains. At
        least 0 with the best scale; without it there is no lower bound.
    scale : float
        Factor s of the model's coordinates.
    rotation : ndarray, (dimensions, dimensions)
        Orthogonal matrix Q; its determinant is -1 if it mirrors the space.
    translation : ndarray, (dimensions,)
        Shift t.
    fitted : ndarray, (items, dimensions)
        s M Q + t, where M is padded with zeros if the human space has more dimensions.
    """

    r2: float
    scale: float
    rotation: Floats
    translation: Floats
    fitted: Floats

    def __repr__(self) -> str:
        return f"Procrustes(r2={self.r2:.3f}, scale={self.scale:.3g}, items={len(self.fitted)})"


def procrustes(
    human: ArrayLike, model: ArrayLike, *, scaling: Scaling = "best", reflection: bool = True
) -> Procrustes:
    r"""Fit a model's space to the human one by rotation, scale and shift.

    The **model** M is fitted to the **human** space H, and the residual is compared with the
    variance of H:

    .. math:: R^2 = 1 - \frac{\min \lVert H - (s M Q + 1 t^\top) \rVert_F^2}
                             {\lVert H - \bar H \rVert_F^2}, \qquad Q^\top Q = I.

    With centred spaces and the singular values :math:`\sigma_k` of :math:`M^\top H = U \Sigma
    V^\top` the solution is :math:`Q = U V^\top`, :math:`s = \sum_k \sigma_k / \lVert M \rVert^2`,
    and

    .. math:: R^2 = \frac{(\sum_k \sigma_k)^2}{\lVert H \rVert_F^2 \, \lVert M \rVert_F^2},

    which is the same in both directions, and 1 minus the disparity of `scipy.spatial.procrustes`.
    Without the best scale the direction matters. Where dimensions differ, the smaller space is
    padded with zeros; a model of fewer dimensions therefore explains at most the share of the
    human variance on the largest principal components, as many as it has dimensions.

    Parameters
    ----------
    human, model : array_like, (items, dimensions)
        The same items in the same order; dimensions may differ.
    scaling : {"best", "norm", "none"}
        The scale that explains most; the one that makes both spaces equally large in norm
        (then :math:`R^2 = 2\rho - 1`, where :math:`\rho^2` is the R² of the best scale); or 1.
    reflection : bool
        Whether the model may be mirrored. If not, the smallest singular value counts negatively
        where mirroring would be best.

    Raises
    ------
    HumanlikeError
        If items differ in number, values are missing, or all human points coincide.

    References
    ----------
    Schönemann (1966), doi:10.1007/BF02289451; Gower (1975), doi:10.1007/BF02291478.

    Examples
    --------
    >>> square = np.array([[0, 0], [0, 1], [1, 1], [1, 0]])
    >>> round(procrustes(square, 3 * square[:, ::-1] + 7).r2, 6)
    1.0
    """
    if scaling not in SCALINGS:
        raise HumanlikeError(unknown("scaling", scaling, SCALINGS))
    h, m = spaces(human, model)
    width = max(h.shape[1], m.shape[1])
    h, m = (np.pad(part, ((0, 0), (0, width - part.shape[1]))) for part in (h, m))
    centre_h, centre_m = h.mean(axis=0), m.mean(axis=0)
    h, m = h - centre_h, m - centre_m
    u, sigma, vt = np.linalg.svd(m.T @ h)
    signs = np.ones(width)
    if not reflection and np.linalg.det(u @ vt) < 0:
        signs[-1] = -1.0
    rotation = (u * signs) @ vt
    together, own, total = float(sigma @ signs), float(np.sum(m**2)), float(np.sum(h**2))
    scale = _scale(scaling, together, own, total)
    residual = total + scale**2 * own - 2 * scale * together
    shift = centre_h - scale * centre_m @ rotation
    fitted = scale * m @ rotation + centre_h
    return Procrustes(1 - residual / total, scale, rotation, shift, fitted)


def procrustes_r2(human: ArrayLike, model: ArrayLike) -> float:
    """Return the share of the human space's variance that the fitted model explains.

    The model is fitted to the human space by rotation or reflection, best scale and shift: see
    `procrustes`. 0 if all the model's points coincide.

    Parameters
    ----------
    human, model : array_like, (items, dimensions)
        The same items in the same order; dimensions may differ.

    Returns
    -------
    float
        R² in [0, 1].
    """
    h, m = spaces(human, model)
    return float(weighted_r2(h, m, np.ones((1, len(h)), np.int32))[0])


def weighted_r2(human: Floats, model: Floats, counts: Ints) -> Floats:
    """Return R² per resample (resamples,); NaN where the drawn human points coincide.

    Parameters
    ----------
    human, model : ndarray, (items, dimensions)
        From `spaces`.
    counts : ndarray of int, (resamples, items)
        How often each item is drawn.
    """
    chunks = (counts[start : start + CHUNK] for start in range(0, len(counts), CHUNK))
    return np.concatenate([_weighted(human, model, chunk) for chunk in chunks])


def permuted_r2(human: Floats, model: Floats, orders: Ints) -> Floats:
    """Return R² per order of the model's items (permutations,).

    Parameters
    ----------
    human, model : ndarray, (items, dimensions)
        From `spaces`.
    orders : ndarray of int, (permutations, items)
        Which item of the model takes each place.
    """
    h, m = human - human.mean(axis=0), model - model.mean(axis=0)
    norms = np.sum(h**2) * np.sum(m**2)
    crosses = (h.T @ m[orders[k : k + CHUNK]] for k in range(0, len(orders), CHUNK))
    found: Floats = np.concatenate([_squared_sum(cross) for cross in crosses]) / norms
    return found


def spaces(human: ArrayLike, model: ArrayLike) -> tuple[Floats, Floats]:
    """Check two tables of coordinates and return them.

    Parameters
    ----------
    human, model : array_like, (items, dimensions)
        The same items in the same order.

    Raises
    ------
    HumanlikeError
        If items differ in number, values are missing, or all human points coincide.
    """
    h, m = matrix(human, "the human space"), matrix(model, "the model's space")
    if len(h) != len(m):
        raise HumanlikeError(
            f"Expected the same items in both spaces, but the human one has {len(h)} and the "
            f"model's {len(m)}. Keep the items that both have, in the same order."
        )
    if (h == h[0]).all():
        raise HumanlikeError(
            "Expected human points that differ, but all coincide: there is nothing to explain."
        )
    return h, m


def _scale(scaling: Scaling, together: float, own: float, total: float) -> float:
    if scaling == "none":
        return 1.0
    if own == 0:
        return 0.0
    return max(together, 0.0) / own if scaling == "best" else math.sqrt(total / own)


def _weighted(human: Floats, model: Floats, counts: Ints) -> Floats:
    w = counts.astype(np.float64)
    n = w.sum(axis=1)
    # Means are taken out of the whole first, which keeps the difference of squares exact enough.
    h, m = human - human.mean(axis=0), model - model.mean(axis=0)
    mean_h, mean_m = (w @ h) / n[:, None], (w @ m) / n[:, None]
    cross = (w[:, :, None] * h).transpose(0, 2, 1) @ m
    cross -= n[:, None, None] * mean_h[:, :, None] * mean_m[:, None, :]
    squares = [w @ np.sum(part**2, axis=1) - n * np.sum(mean**2, axis=1)
               for part, mean in ((h, mean_h), (m, mean_m))]  # fmt: skip
    norms = squares[0] * squares[1]
    with np.errstate(invalid="ignore", divide="ignore"):
        r2: Floats = np.minimum(_squared_sum(cross) / norms, 1.0)
    r2[squares[1] <= 0] = 0.0
    r2[squares[0] <= 0] = np.nan
    return r2


def _squared_sum(cross: Floats) -> Floats:
    """Square the sum of singular values of each matrix (resamples, dimensions, dimensions)."""
    total: Floats = np.linalg.svd(cross, compute_uv=False).sum(axis=-1) ** 2
    return total
