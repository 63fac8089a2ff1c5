"""Many tests at once: adjusted p-values."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from humanlike.errors import HumanlikeError, unknown

CORRECTIONS = ("none", "bonferroni", "holm", "fdr_bh", "fdr_by")
"""Uncorrected; family-wise error rate (two); false discovery rate (two)."""


def adjust(p: ArrayLike, method: str = "holm") -> NDArray[np.float64]:
    """Adjust the p-values of one family of tests.

    A test is significant after correction when its adjusted p is below the usual threshold.

    Parameters
    ----------
    p : array_like, shape (tests,)
        Values from 0 to 1.
    method : {"none", "bonferroni", "holm", "fdr_bh", "fdr_by"}
        Holm's step-down procedure bounds the probability of any false rejection and is never weaker
        than Bonferroni's; Benjamini & Hochberg bound the expected share of false rejections,
        Benjamini & Yekutieli do so under any dependence.

    Returns
    -------
    ndarray, shape (tests,)
        In the order of ``p``.

    Raises
    ------
    HumanlikeError
        If the method is unknown, or a p is missing or not from 0 to 1.

    References
    ----------
    Holm (1979), Scandinavian Journal of Statistics 6, 65–70. Benjamini & Hochberg (1995), Journal
    of the Royal Statistical Society B 57, 289–300, doi 10.1111/j.2517-6161.1995.tb02031.x.
    Benjamini & Yekutieli (2001), Annals of Statistics 29, 1165–1188, doi 10.1214/aos/1013699998.
    """
    from statsmodels.stats.multitest import multipletests

    if method not in CORRECTIONS:
        raise HumanlikeError(unknown("correction", method, CORRECTIONS))
    values = np.asarray(p, dtype=np.float64).ravel()
    if not ((values >= 0) & (values <= 1)).all():
        raise HumanlikeError("Expected p-values from 0 to 1, none missing; leave other tests out.")
    if method == "none" or not len(values):
        return values.copy()
    return np.asarray(multipletests(values, method=method)[1], dtype=np.float64)
