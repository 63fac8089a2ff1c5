"""From judgements to a space: judges, losses, dimensions, and what else moves the result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from humanlike.errors import HumanlikeError

if TYPE_CHECKING:
    import pandas as pd

    from humanlike.models.base import Model
    from humanlike.stats.ordinal import OrdinalEmbedding

Floats = NDArray[np.float64]
LOSS_NAMES = {
    "crowd_kernel": "crowd kernel",
    "ste": "STE",
    "t_ste": "t-STE",
    "soe": "SOE",
    "gnmds": "GNMDS",
}
LEAST_VALID = 0.5
"""Below this share of valid answers the rest says more about when a model answers than what."""


@dataclass(frozen=True, eq=False)
class Judge:
    """Answers of one judge.

    Attributes
    ----------
    name : str
        What tables and figures call it.
    triplets : ndarray of int, shape (n_valid, 3)
        Anchor, nearer, farther; places in the list of concepts.
    held_out : ndarray of bool, shape (n_valid,)
        Which are kept aside.
    n_items : int
        Number of concepts.
    ceiling : float
        Accuracy on the held-out answers of someone who knows all the judge knows, 0 to 1; NaN where
        nobody can know.
    space : ndarray, shape (n_items, n_dims), optional
        What the judge's answers come from, where known.
    """

    name: str
    triplets: NDArray[np.int64]
    held_out: NDArray[np.bool_]
    n_items: int
    ceiling: float = float("nan")
    space: Floats | None = None

    @property
    def aside(self) -> NDArray[np.int64]:
        """The held-out triplets."""
        return self.triplets[self.held_out]


def known_judges(n_triplets: int, seed: int, *, missing: str = "raise") -> list[Judge]:
    """Return two judges whose mind is the human space: one consistent, one as noisy as a crowd.

    Parameters
    ----------
    n_triplets : int
        Questions asked, a fifth of them held out.
    seed : int
        Of questions and answers.
    missing : {"raise", "simulate"}
        What to do if the human space cannot be had.
    """
    from humanlike.analysis.ceilings import load_minds
    from humanlike.analysis.observers import CROWD, PERFECT, answer, first_shares
    from humanlike.query.plans import PAPER_HELD_OUT
    from humanlike.tasks.triplets import design

    mind = load_minds(missing=missing)
    n_items = len(mind.human)
    items = design(n_items, n_triplets, seed=seed, held_out=PAPER_HELD_OUT)
    judges = []
    for name, observer in (("consistent judge", PERFECT), ("noisy judge", CROWD)):
        shares = first_shares(observer, mind, items.triplets[items.held_out])
        ceiling = float(np.maximum(shares, 1 - shares).mean())
        said = answer(observer, mind, items.triplets, seed)
        judges.append(Judge(name, said, items.held_out, n_items, ceiling, mind.human))
    return judges


def asked_judge(
    model: str | Model, n_triplets: int, n_dims: int, seed: int
) -> tuple[Judge | None, str]:
    """Ask a model, and judge whether a space can be fitted to its answers.

    Parameters
    ----------
    model : str or Model
        A spec such as ``encoder:``.
    n_triplets, seed : int
        As for `humanlike.analysis.asked.ask_triplets`.
    n_dims : int
        Dimensions that the answers must be able to determine.

    Returns
    -------
    tuple of Judge or None, and str
        The judge, None where no space can be fitted; and a plain sentence on the answers.
    """
    from humanlike.analysis.asked import ask_triplets, judgements
    from humanlike.data.published import load_concepts
    from humanlike.stats.triplets import check_design

    table = ask_triplets(model, n_triplets, seed)
    concepts = list(load_concepts()["concept"])
    said = describe_answers(table)
    none = "No space is fitted, and no number of this model is shown."
    if table.attrs["valid_share"] < LEAST_VALID:
        reason = "What remains tells more about when it answers than about what it finds alike."
        return None, f"{said} {reason} {none}"
    triplets, training = judgements(table, concepts), judgements(table, concepts, held_out=False)
    try:
        check_design(training, len(concepts), n_dims)
    except HumanlikeError as problem:
        return None, f"{said} {problem} {none}"
    held_out = table.loc[table["nearer"].notna(), "held_out"].to_numpy(bool)
    return Judge(table.attrs["name"], triplets, held_out, len(concepts)), said


def describe_answers(table: pd.DataFrame) -> str:
    """Say how many answers of a model are valid and what became of the others."""
    known = table.attrs
    text = f"{known['name']} gave {known['valid']:,} valid answers to {known['asked']:,} questions."
    if known["failures"]:
        reasons = ", ".join(f"{name} {count:,}" for name, count in known["failures"].items())
        text += f" The others ({1 - known['valid_share']:.1%}) by reason: {reasons}."
    return text


def fit_judges(
    judges: Sequence[Judge], losses: Sequence[str], dims: Sequence[int], seed: int, **options: Any
) -> dict[tuple[str, str, int], OrdinalEmbedding]:
    """Fit every loss in every number of dimensions to every judge.

    Parameters
    ----------
    judges : sequence of Judge
    losses : sequence of str
        Names in `humanlike.stats.triplet_losses.LOSSES`.
    dims : sequence of int
    seed : int
    **options
        Of `humanlike.stats.OrdinalEmbedding`.

    Returns
    -------
    dict of tuple to OrdinalEmbedding
        By name of the judge, loss and dimensions.

    Raises
    ------
    HumanlikeError
        If a judge's answers cannot determine a space; the message names the judge.
    """
    from concurrent.futures import ThreadPoolExecutor

    from humanlike.stats.checks import threads
    from humanlike.stats.ordinal import OrdinalEmbedding

    tasks = [(judge, loss, size) for loss in losses for judge in judges for size in dims]

    def fit(task: tuple[Judge, str, int]) -> OrdinalEmbedding:
        judge, loss, size = task
        model = OrdinalEmbedding(size, loss, seed, **options)
        try:
            return model.fit(judge.triplets, judge.n_items, held_out=judge.held_out)
        except HumanlikeError as problem:
            raise HumanlikeError(f"{judge.name}: {problem}") from None

    with ThreadPoolExecutor(threads(-1)) as pool:
        fits = list(pool.map(fit, tasks))
    return {(j.name, loss, size): fit for (j, loss, size), fit in zip(tasks, fits, strict=True)}


def feasible(judges: Sequence[Judge], dims: Sequence[int]) -> list[int]:
    """Return the numbers of dimensions that every judge's training answers can determine."""
    from humanlike.stats.triplets import free_coordinates

    known = min(int((~judge.held_out).sum()) for judge in judges)
    return [size for size in dims if free_coordinates(judges[0].n_items, size) <= known]


def enough(table: pd.DataFrame) -> int:
    """Return the fewest dimensions whose accuracy the best one's interval does not exceed.

    Parameters
    ----------
    table : DataFrame
        Rows of `summarise_fits` for one judge and one loss.
    """
    bound = table.sort_values("accuracy")["low"].iloc[-1]
    return int(table["n_dims"][table["accuracy"] >= bound].min())


def summarise_fits(
    judges: Sequence[Judge], fits: dict[tuple[str, str, int], OrdinalEmbedding]
) -> pd.DataFrame:
    """Put fits into a table.

    Returns
    -------
    DataFrame
        One row per fit. Columns: judge; loss (name); n_dims; accuracy, of held-out answers, with
        Wilson's 95 % interval low and high; ceiling; train_accuracy; held_out_loss; used,
        dimensions that hold 95 % of the space's variance; r2, share of the variance of the judge's
        own space that is found (NaN where unknown); steps; ended.
    """
    import pandas as pd

    from humanlike.stats.procrustes import procrustes_r2
    from humanlike.stats.proportions import wilson
    from humanlike.stats.spectrum import dims_needed, variance_shares

    by_name = {judge.name: judge for judge in judges}
    rows = []
    for (name, loss, size), fit in fits.items():
        judge = by_name[name]
        aside = judge.aside
        accuracy = fit.score(aside)
        share = wilson(round(accuracy * len(aside)), len(aside))
        found = np.nan if judge.space is None else procrustes_r2(judge.space, fit.embedding_)
        rows.append(
            {
                "judge": name,
                "loss": loss,
                "n_dims": size,
                "accuracy": accuracy,
                "low": share.low,
                "high": share.high,
                "ceiling": judge.ceiling,
                "train_accuracy": fit.score(judge.triplets[~judge.held_out]),
                "held_out_loss": fit.search_.held_out_loss,
                "used": dims_needed(variance_shares(fit.embedding_), 0.95),
                "r2": found,
                "steps": len(fit.search_.course) - 1,
                "ended": fit.search_.ended,
            }
        )
    return pd.DataFrame(rows)


def sources_of_spread(
    judge: Judge, n_dims: int, loss: str, seed: int, n_boot: int, n_seeds: int = 10
) -> dict[str, list[OrdinalEmbedding]]:
    """Fit one judge again with other starts, other splits and other answers.

    Parameters
    ----------
    judge : Judge
    n_dims, loss, seed
        Of the fits.
    n_boot : int
        Resamples of the answers.
    n_seeds : int
        Starts and splits.

    Returns
    -------
    dict of str to list of OrdinalEmbedding
        ``starts``: the same split; ``splits``: other answers held out; ``resamples``: answers
        drawn with replacement.
    """
    from humanlike.stats.ordinal_many import fit_many

    seeds = [seed + 1 + n for n in range(n_seeds)]
    random = np.random.default_rng([seed, 5])
    size = len(judge.triplets)
    draws = [np.bincount(random.integers(size, size=size), minlength=size) for _ in range(n_boot)]

    def fit(places: Sequence[int], **options: Any) -> list[OrdinalEmbedding]:
        data = [judge.triplets] * len(places)
        return fit_many(data, judge.n_items, n_dims, loss, places, n_jobs=-1, **options)

    marks = [judge.held_out] * max(n_seeds, n_boot)
    return {
        "starts": fit(seeds, held_out=marks[:n_seeds]),
        "splits": fit(seeds),
        "resamples": fit([seed] * n_boot, held_out=marks[:n_boot], weights=draws),
    }


def summarise_spread(
    judge: Judge, fit: OrdinalEmbedding, spread: dict[str, list[OrdinalEmbedding]]
) -> pd.DataFrame:
    """Compare refits with the fit they vary.

    Returns
    -------
    DataFrame
        One row per source. Columns: source; n; accuracy_low, accuracy_high, range of the accuracy
        on each fit's own held-out answers; r2_low, r2_median, r2_high, quantiles 0, 0.5 and 1 of
        the share of the fit's variance that a refit explains.
    """
    import pandas as pd

    from humanlike.stats.procrustes import procrustes_r2

    rows = []
    for source, fits in spread.items():
        accuracy = [one.score(judge.triplets[one.held_out_]) for one in fits]
        alike = [procrustes_r2(fit.embedding_, one.embedding_) for one in fits]
        rows.append(
            {
                "source": source,
                "n": len(fits),
                "accuracy_low": min(accuracy),
                "accuracy_high": max(accuracy),
                "r2_low": min(alike),
                "r2_median": float(np.median(alike)),
                "r2_high": max(alike),
            }
        )
    return pd.DataFrame(rows)


def pulled_together(judge: Judge, fit: OrdinalEmbedding) -> float:
    """Correlate how often two concepts were chosen as alike with their distance in the space.

    Returns
    -------
    float
        Spearman's ρ over pairs of concepts between the share of judgements in which the pair was
        the nearer one and its distance; -1 where choices and distances agree fully.
    """
    from scipy.stats import spearmanr

    chosen, asked = np.zeros((2, judge.n_items, judge.n_items))
    anchor, near, far = judge.triplets[~judge.held_out].T
    np.add.at(chosen, (anchor, near), 1)
    np.add.at(asked, (anchor, near), 1)
    np.add.at(asked, (anchor, far), 1)
    first, second = np.triu_indices(judge.n_items, 1)
    wins, all_asked = (table[first, second] + table[second, first] for table in (chosen, asked))
    points, known = fit.embedding_, all_asked > 0
    distance = np.linalg.norm(points[first] - points[second], axis=1)
    return float(spearmanr(wins[known] / all_asked[known], distance[known]).statistic)


def charges(ratios: Floats, n_dims: int, size: float = 1.0) -> dict[str, Floats]:
    """Return what each loss charges by the ratio of distances, relative to its charge for a tie.

    Parameters
    ----------
    ratios : ndarray, (points,)
        Distance of the item judged farther over that of the other.
    n_dims : int
        Dimensions of the space, on which the default of t-STE depends.
    size : float
        Geometric mean of the two distances.

    Returns
    -------
    dict of str to ndarray, (points,)
        By the name of the loss.
    """
    from humanlike.stats.triplet_losses import LOSSES, open_loss

    tie = size**2
    losses = {name: open_loss(name, n_dims) for name in LOSSES}
    return {
        name: one.value(tie / ratios, tie * ratios) / one.value(tie, tie)
        for name, one in losses.items()
    }
