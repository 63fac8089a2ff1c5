"""Single fitted spaces: what R² may mean, what chance gives their shape, how precise they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from humanlike.analysis import observers as minds_of
from humanlike.analysis.ceilings import Design
from humanlike.analysis.observers import Mind, Observer
from humanlike.stats import (
    OrdinalEmbedding,
    align,
    alignment_bootstrap,
    alignment_null,
    bootstrap_embeddings,
    effective_dimension,
    procrustes_r2,
    variance_shares,
)
from humanlike.stats.alignment import MEASURES
from humanlike.stats.intervals import recentred
from humanlike.stats.procrustes import procrustes
from humanlike.tasks.triplets import design

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
READINGS: Final = (
    "model fitted to the human space, best scale",
    "human space fitted to the model, best scale",
    "without mirroring",
    "human space cut to the model's number of dimensions",
    "both of equal norm, no further scale",
    "model fitted to the human space, no scale",
    "human space fitted to the model, no scale",
)


def fitted_space(
    mind: Mind, observer: Observer, plan: Design, seed: int
) -> tuple[Floats, NDArray[np.int64]]:
    """Let one observer take the test once, and fit a space to the answers.

    Returns
    -------
    space : ndarray, (concepts, dimensions)
    answers : ndarray of int, (triplets, 3)
        Anchor, chosen option, other option.
    """
    asked = design(len(mind.human), plan.n_triplets, seed=seed, held_out=plan.held_out)
    answers = minds_of.answer(observer, mind, asked.triplets, seed)
    fit = OrdinalEmbedding(plan.n_dims, plan.loss, seed)
    return fit.fit(answers, len(mind.human), held_out=asked.held_out).embedding_, answers


def own_chance(
    mind: Mind, observers: Sequence[Observer], plan: Design, n_perm: int, seed: int
) -> pd.DataFrame:
    """Test each observer's space against itself with the concepts shuffled.

    Returns
    -------
    DataFrame
        One row per observer: ``observer``, ``agreement``, ``dimensions`` (effective), ``r2``,
        ``chance`` (mean of the shuffled R²), ``high`` (its 95 % quantile), ``p``,
        ``debiased_cka``.
    """
    import pandas as pd

    rows = []
    for one in observers:
        space, answers = fitted_space(mind, one, plan, seed)
        share = minds_of.agreement(answers, mind.similarities["human"])
        null = alignment_null(mind.human, space, n_perm=n_perm, seed=seed)
        cka = alignment_null(mind.human, space, "debiased_cka", n_perm=n_perm, seed=seed)
        rows.append((one.name, share, effective_dimension(space), null.estimate, null.mean,
                     null.quantile(0.95), null.p, cka.estimate, cka.p))  # fmt: skip
    names = ["observer", "agreement", "dimensions", "r2", "chance", "high", "p", "debiased_cka",
             "p_cka"]  # fmt: skip
    return pd.DataFrame(rows, columns=names)


def invariances(human: Floats, seed: int) -> pd.DataFrame:
    """Compare the human space with changed copies of itself by every measure.

    Returns
    -------
    DataFrame
        ``change``, then one column per measure of `humanlike.stats.alignment.MEASURES`.
    """
    import pandas as pd
    from scipy.stats import ortho_group

    rng = np.random.default_rng(seed)
    centred = human - human.mean(axis=0)
    left, size, _ = np.linalg.svd(centred, full_matrices=False)
    scores = left * size
    mirror = np.r_[-1.0, np.ones(human.shape[1] - 1)]
    changed = {
        "turned": human @ ortho_group.rvs(human.shape[1], random_state=seed),
        "mirrored": human * mirror,
        "three times as large": 3 * human,
        "shifted": human + 5,
        "largest component doubled": scores * np.r_[2.0, np.ones(len(size) - 1)],
        "all components equally large": left,
        "30 largest components": scores[:, :30],
        "2 largest components": scores[:, :2],
        "noise as large as the space": centred + rng.normal(size=human.shape) * centred.std(),
        "concepts shuffled": human[rng.permutation(len(human))],
    }
    rows = [(name, *(align(human, space, one) for one in MEASURES))
            for name, space in changed.items()]  # fmt: skip
    return pd.DataFrame(rows, columns=["change", *MEASURES])


def readings(human: Floats, space: Floats) -> dict[str, float]:
    """Compute R² under each reading of "Procrustes R²" that the wording allows.

    Parameters
    ----------
    human, space : ndarray, (concepts, dimensions)

    Returns
    -------
    dict
        By `READINGS`. The last two depend on the arbitrary units of the spaces.
    """
    centred = human - human.mean(axis=0)
    left, size, _ = np.linalg.svd(centred, full_matrices=False)
    cut = (left * size)[:, : space.shape[1]]
    values = (
        procrustes_r2(human, space),
        procrustes_r2(space, human),
        procrustes(human, space, reflection=False).r2,
        procrustes_r2(cut, space),
        procrustes(human, space, scaling="norm").r2,
        procrustes(human, space, scaling="none").r2,
        procrustes(space, human, scaling="none").r2,
    )
    return dict(zip(READINGS, values, strict=True))


def precision(
    mind: Mind, observer: Observer, plan: Design, n_boot: int, n_refits: int, seed: int
) -> pd.DataFrame:
    """Estimate the precision of one R² in the ways open to somebody with one set of answers.

    Returns
    -------
    DataFrame
        Rows ``items`` (the concepts resampled) and ``answers`` (the judgements resampled and
        fitted again): ``source``, ``r2``, ``sd``, ``low``, ``high``. Resampled values are moved by
        the difference of their mean from the estimate.
    """
    import pandas as pd

    space, answers = fitted_space(mind, observer, plan, seed)
    by_items = alignment_bootstrap(mind.human, {"one": space}, n_boot=n_boot, seed=seed)
    r2 = by_items.estimate["one"]
    refits = bootstrap_embeddings(
        answers, len(mind.human), n_refits, plan.n_dims, plan.loss, seed, n_jobs=-1
    )
    drawn = np.array([procrustes_r2(mind.human, one) for one in refits])
    rows = [
        ("items", r2, by_items.samples.std(), *by_items.interval("one")),
        ("answers", r2, drawn.std(ddof=1), *recentred(drawn, r2)),
    ]
    return pd.DataFrame(rows, columns=["source", "r2", "sd", "low", "high"])


def dimension_ceiling(human: Floats, n_dims: int) -> float:
    """Return the highest R² that any space of so many dimensions can reach.

    It is the share of the human variance on as many largest principal components.
    """
    return float(variance_shares(human)[:n_dims].sum())
