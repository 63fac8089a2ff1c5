"""What an alignment score tells: how it goes with agreement, and which scores differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import kendalltau

from humanlike.analysis import observers as minds_of
from humanlike.analysis.ceilings import Design
from humanlike.analysis.observers import FAMILIES, Mind, Observer
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


def curves(table: pd.DataFrame, loss: str, measure: str = "procrustes") -> pd.DataFrame:
    """Average over replicates, and complete every family from perfect to nothing human.

    Parameters
    ----------
    table : DataFrame
        From `humanlike.analysis.ceilings.measure_observers`.
    loss : {"design", "chosen"}
    measure : str
        Column to average.

    Returns
    -------
    DataFrame
        One row per family and observer, each family from its best observer to its worst:
        ``family``, ``observer``, ``agreement``, ``value``, ``low``, ``high`` (95 % interval of the
        mean, from the spread pooled over observers), ``end`` (borrowed from another family).
    """
    import pandas as pd

    chosen = table[table["loss"] == loss]
    groups = chosen.groupby("observer")
    mean = groups[["agreement", measure]].mean().rename(columns={measure: "value"})
    mean["family"], mean["level"] = groups["family"].first(), groups["level"].first()
    half = 1.96 * spread(chosen, measure) / np.sqrt(chosen["replicate"].nunique())
    mean["low"], mean["high"] = mean["value"] - half, mean["value"] + half
    mean = mean.reset_index()
    ends = {name: mean[mean["observer"] == name] for name in
            (minds_of.PERFECT.name, minds_of.RANDOM.name)}  # fmt: skip
    parts = []
    for family in FAMILIES:
        own = mean[mean["family"] == family].assign(end=False)
        first = ends[minds_of.PERFECT.name].assign(end=True)
        last = ends[minds_of.RANDOM.name].assign(end=True)
        joined = [own] if family == "crowd" else [first, own]
        joined += [] if family == "stranger" else [last]
        parts.append(pd.concat(joined).assign(family=family))
    full = pd.concat(parts, ignore_index=True)
    order = full["family"].map(FAMILIES.index)
    return full.assign(order=order).sort_values(
        ["order", "agreement"], ascending=[True, False], ignore_index=True
    ).drop(columns=["order", "level"])  # fmt: skip


def spread(table: pd.DataFrame, measure: str = "procrustes") -> float:
    """Return the standard deviation between replicates, pooled over observers."""
    variances = table.groupby("observer")[measure].var()
    return float(np.sqrt(variances.mean()))


def rank_agreement(
    table: pd.DataFrame, loss: str, measure: str, n_boot: int, seed: int
) -> pd.DataFrame:
    """Correlate a measure with agreement by rank, in each family and over all observers.

    Kendall's τ-b of the means over replicates. Intervals come from a bootstrap of residuals: each
    mean is moved by the mean of as many draws from the pooled deviations of replicates from their
    observer's mean as there are replicates.

    Parameters
    ----------
    table, loss, measure
        As in `curves`.
    n_boot, seed : int
        Resamples and their seed.

    Returns
    -------
    DataFrame
        Columns ``family`` (or "all observers"), ``tau``, ``low``, ``high`` (95 %).
    """
    import pandas as pd

    full = curves(table, loss, measure)
    everyone = table[table["loss"] == loss].groupby("observer")[["agreement", measure]].mean()
    sets = {family: part[["agreement", "value"]].to_numpy()
            for family, part in full.groupby("family", sort=False)}  # fmt: skip
    sets["all observers"] = everyone.to_numpy()
    noise = _residual_means(table[table["loss"] == loss], measure, n_boot, seed)
    rows = []
    for name, pairs in sets.items():
        moved = (pairs[:, 1] + noise(len(pairs)) for _ in range(n_boot))
        drawn = [kendalltau(pairs[:, 0], values).statistic for values in moved]
        low, high = np.quantile(drawn, [0.025, 0.975])
        rows.append((name, kendalltau(pairs[:, 0], pairs[:, 1]).statistic, low, high))
    return pd.DataFrame(rows, columns=["family", "tau", "low", "high"])


def peaks(table: pd.DataFrame, loss: str, n_boot: int, seed: int) -> pd.DataFrame:
    """Compare the best observer of each family with the one of the highest R².

    Returns
    -------
    DataFrame
        One row per family: ``family``, ``best`` (R² of its most agreeing observer), ``peak``
        (highest R²), ``agreement`` (at the peak), ``gain`` (peak minus best), ``low``, ``high``
        (95 % interval of the gain; as in `rank_agreement`, with the observer of the peak fixed).
    """
    import pandas as pd

    noise = _residual_means(table[table["loss"] == loss], "procrustes", n_boot, seed)
    rows = []
    for family, part in curves(table, loss).groupby("family", sort=False):
        values, at = part["value"].to_numpy(), int(part["value"].to_numpy().argmax())
        gain = float(values[at] - values[0])
        drawn = [gain + np.subtract(*noise(2)) for _ in range(n_boot)]
        low, high = np.quantile(drawn, [0.025, 0.975]) if at else (0.0, 0.0)
        agreement = float(part["agreement"].iloc[at])
        rows.append((family, values[0], values[at], agreement, gain, low, high))
    names = ["family", "best", "peak", "agreement", "gain", "low", "high"]
    return pd.DataFrame(rows, columns=names)


def compatible(table: pd.DataFrame, loss: str, r2: float) -> pd.DataFrame:
    """Find the agreements at which each family of observers has a given R².

    Between two neighbouring observers of a family R² and agreement are taken to change in
    proportion.

    Returns
    -------
    DataFrame
        Columns ``family`` and ``agreement``, one row per crossing; empty if no family has this R².
    """
    import pandas as pd

    rows = []
    for family, part in curves(table, loss).groupby("family", sort=False):
        x, y = part["agreement"].to_numpy(), part["value"].to_numpy()
        rows += [(family, at) for at in _crossings(x, y, r2)]
    return pd.DataFrame(rows, columns=["family", "agreement"])


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

    asked = design(len(mind.human), plan.n_triplets, seed=seed, held_out=plan.held_out)
    rows = []
    for place, one in enumerate(observers):
        answers = minds_of.answer(one, mind, asked.triplets, seed + place)
        fit = OrdinalEmbedding(plan.n_dims, plan.loss, seed)
        space = fit.fit(answers, len(mind.human), held_out=asked.held_out).embedding_
        null = alignment_null(mind.human, space, n_perm=n_perm, seed=seed)
        cka = alignment_null(mind.human, space, "debiased_cka", n_perm=n_perm, seed=seed)
        share = minds_of.agreement(answers, mind.similarities["human"])
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

    asked = design(len(mind.human), plan.n_triplets, seed=seed, held_out=plan.held_out)
    answers = minds_of.answer(observer, mind, asked.triplets, seed)
    fit = OrdinalEmbedding(plan.n_dims, plan.loss, seed)
    space = fit.fit(answers, len(mind.human), held_out=asked.held_out).embedding_
    by_items = alignment_bootstrap(mind.human, {"one": space}, n_boot=n_boot, seed=seed)
    r2 = by_items.estimate["one"]
    refits = bootstrap_embeddings(
        answers, len(mind.human), n_refits, plan.n_dims, plan.loss, seed, n_jobs=-1
    )
    drawn = np.array([procrustes_r2(mind.human, one) for one in refits])
    low, high = np.quantile(drawn - drawn.mean() + r2, [0.025, 0.975])
    rows = [
        ("items", r2, by_items.samples.std(), *by_items.interval("one")),
        ("answers", r2, drawn.std(ddof=1), low, high),
    ]
    return pd.DataFrame(rows, columns=["source", "r2", "sd", "low", "high"])


def dimension_ceiling(human: Floats, n_dims: int) -> float:
    """Return the highest R² that any space of so many dimensions can reach.

    It is the share of the human variance on as many largest principal components.
    """
    return float(variance_shares(human)[:n_dims].sum())


def _residual_means(table: pd.DataFrame, measure: str, n_boot: int, seed: int) -> Any:
    """Return a function that draws how far the means of replicates are off; (observers,)."""
    groups = table.groupby("observer")[measure]
    count = int(groups.size().min())
    pool = (table[measure] - groups.transform("mean")).to_numpy() * np.sqrt(count / (count - 1))
    rng = np.random.default_rng([seed, n_boot])
    return lambda size: rng.choice(pool, size=(count, size)).mean(axis=0)


def _crossings(x: Floats, y: Floats, level: float) -> Iterator[float]:
    for k in range(len(x) - 1):
        a, b = y[k] - level, y[k + 1] - level
        if a == 0 or a * b < 0:
            yield float(x[k] + (x[k + 1] - x[k]) * a / (a - b)) if a else float(x[k])
    if len(y) and y[-1] == level:
        yield float(x[-1])


def standing(r2: Floats, chance: tuple[float, float], resolution: float) -> Mapping[str, Any]:
    """Say which of many scores differ from chance and from each other.

    Parameters
    ----------
    r2 : ndarray, (models,)
    chance : tuple of float
        Interval that holds 95 % of random observers.
    resolution : float
        Smallest difference that counts.

    Returns
    -------
    dict
        ``above``, ``within``, ``below`` (models above, within and below the interval),
        ``with_best`` (models that cannot be told from the best, itself included), ``pairs`` (share
        of pairs that can be told apart), ``steps`` (how often the resolution fits between best and
        worst).
    """
    low, high = chance
    gaps = np.abs(r2[:, None] - r2[None, :])[np.triu_indices(len(r2), 1)]
    return {
        "above": int(np.sum(r2 > high)),
        "within": int(np.sum((r2 >= low) & (r2 <= high))),
        "below": int(np.sum(r2 < low)),
        "with_best": int(np.sum(r2 >= r2.max() - resolution)),
        "pairs": float(np.mean(gaps > resolution)),
        "steps": float((r2.max() - r2.min()) / resolution),
    }
