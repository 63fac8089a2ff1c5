"""Centred kernel alignment: do two spaces have the same inner products?"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from humanlike.errors import HumanlikeError
from humanlike.stats.procrustes import CHUNK, spaces

Floats = NDArray[np.float64]
Ints = NDArray[np.integer]


def cka(human: ArrayLike, model: ArrayLike, *, debiased: bool = False) -> float:
    r"""Compare the inner products of two spaces.

    With the matrices of inner products :math:`K = HH^\top` and :math:`L = MM^\top` of n items,

    .. math:: \mathrm{CKA} = \frac{\mathrm{HSIC}(K, L)}
                              {\sqrt{\mathrm{HSIC}(K, K)\,\mathrm{HSIC}(L, L)}}.

    The plain form takes :math:`\mathrm{HSIC}(K, L) = \operatorname{tr}(K_c L_c) =
    \lVert M_c^\top H_c \rVert_F^2` of centred spaces. It is never 0 for unrelated spaces: over
    permutations of the items its mean is :math:`\sqrt{d_H d_M} / (n - 1)`, where d is the number of
    dimensions a space effectively has (`humanlike.stats.effective_dimension`). The debiased form
    takes the unbiased estimator, with diagonals set to 0 (K̃, L̃),

    .. math:: \mathrm{HSIC}_1 = \frac{1}{n(n-3)} \Big[ \operatorname{tr}(\tilde K \tilde L)
        + \frac{1^\top \tilde K 1 \; 1^\top \tilde L 1}{(n-1)(n-2)}
        - \frac{2}{n-2} 1^\top \tilde K \tilde L 1 \Big],

    whose mean over permutations is exactly 0; it may be negative.

    Parameters
    ----------
    human, model : array_like, (items, dimensions)
        The same items in the same order; dimensions may differ. At least four items.
    debiased : bool
        Which form.

    Returns
    -------
    float
        1 if the spaces are equal up to rotation, reflection, one scale and shift. 0 if all the
        model's points coincide.

    Raises
    ------
    HumanlikeError
        If items differ in number or are fewer than four, values are missing, or all human points
        coincide.

    References
    ----------
    Kornblith et al. (2019), https://proceedings.mlr.press/v97/kornblith19a.html, equations 2-4;
    Song et al. (2012), https://jmlr.org/papers/v13/song12a.html, equation 5, for HSIC_1; Murphy,
    Zylberberg & Fyshe (2024), arXiv:2405.01012, for its use where items are few.
    """
    h, m = spaces(human, model)
    if len(h) < 4:
        raise HumanlikeError(f"CKA needs at least four items, but {len(h)} came. Add items.")
    once = np.ones((1, len(h)), np.int32)
    return float(weighted_cka(h, m, once, debiased=debiased)[0])


def weighted_cka(human: Floats, model: Floats, counts: Ints, *, debiased: bool) -> Floats:
    """Return CKA per resample (resamples,), as `cka` gives it for the drawn items.

    Parameters
    ----------
    human, model : ndarray, (items, dimensions)
        From `humanlike.stats.procrustes.spaces`.
    counts : ndarray of int, (resamples, items)
        How often each item is drawn.
    debiased : bool
        As in `cka`. In the plain form a pair of an item with its own copy counts like any other
        pair; in the debiased form it is set to 0 like the diagonal.
    """
    w = counts.astype(np.float64)
    spread = _unbiased if debiased else _plain
    kernels = [part @ part.T for part in (_centred(human), _centred(model))]
    top, one, two = (spread(kernels[a], kernels[b], w) for a, b in ((0, 1), (0, 0), (1, 1)))
    with np.errstate(invalid="ignore", divide="ignore"):
        values: Floats = top / np.sqrt(np.maximum(one, 0.0) * np.maximum(two, 0.0))
    values[two <= 0] = 0.0
    values[one <= 0] = np.nan
    return np.minimum(values, 1.0)


def permuted_cka(human: Floats, model: Floats, orders: Ints, *, debiased: bool) -> Floats:
    """Return CKA per order of the model's items (permutations,).

    Parameters
    ----------
    human, model, debiased
        As in `weighted_cka`.
    orders : ndarray of int, (permutations, items)
        Which item of the model takes each place.
    """
    h, m = _centred(human), _centred(model)
    once = np.ones((1, len(h)))
    spread = _unbiased if debiased else _plain
    k, l = h @ h.T, m @ m.T  # noqa: E741
    norm = float(np.sqrt(spread(k, k, once)[0] * spread(l, l, once)[0]))
    if not debiased:
        crosses = (h.T @ m[orders[i : i + CHUNK]] for i in range(0, len(orders), CHUNK))
        return np.concatenate([np.sum(cross**2, axis=(1, 2)) for cross in crosses]) / norm
    n = len(h)
    for kernel in (k, l):
        np.fill_diagonal(kernel, 0.0)
    traces = np.array([np.vdot(k, l[np.ix_(order, order)]) for order in orders])
    sums = k.sum(axis=0), l.sum(axis=0)
    ends = sums[0].sum() * sums[1].sum() / ((n - 1) * (n - 2))
    top: Floats = traces + ends - 2 / (n - 2) * (sums[1][orders] @ sums[0])
    return top / norm


def _centred(space: Floats) -> Floats:
    centred: Floats = space - space.mean(axis=0)
    return centred


def _plain(k: Floats, l: Floats, w: Floats) -> Floats:  # noqa: E741
    """Return tr(K_c L_c) over the drawn items, per row of weights (resamples, items)."""
    n = w.sum(axis=1)
    rows_k, rows_l = w @ k, w @ l
    both: Floats = np.sum((w @ (k * l)) * w, axis=1)
    ends = np.sum(rows_k * w, axis=1) * np.sum(rows_l * w, axis=1) / n**2
    found: Floats = both + ends - 2 / n * np.sum(rows_k * rows_l * w, axis=1)
    return found


def _unbiased(k: Floats, l: Floats, w: Floats) -> Floats:  # noqa: E741
    """Return n (n - 3) HSIC_1 over the drawn items, per row of weights (resamples, items)."""
    n = w.sum(axis=1)
    k, l = (part - np.diag(np.diag(part)) for part in (k, l))  # noqa: E741
    rows_k, rows_l = w @ k, w @ l
    both: Floats = np.sum((w @ (k * l)) * w, axis=1)
    ends = np.sum(rows_k * w, axis=1) * np.sum(rows_l * w, axis=1) / ((n - 1) * (n - 2))
    found: Floats = both + ends - 2 / (n - 2) * np.sum(rows_k * rows_l * w, axis=1)
    return found
