"""Learning curves: what is recovered of a known space from so many answers about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from humanlike.analysis.observers import Mind, Observer, answer, first_shares, similarities
from humanlike.analysis.triplet_rules import scale
from humanlike.errors import HumanlikeError
from humanlike.stats.ordinal_many import fit_many
from humanlike.stats.procrustes import procrustes_r2
from humanlike.tasks.triplets import Design, count_triplets, design

if TYPE_CHECKING:
    import pandas as pd

    from humanlike.stats.ordinal import OrdinalEmbedding

Floats = NDArray[np.float64]
Progress = Callable[[int, int], None]
FRESH: Final = 20_000
"""New questions, answered without noise, on which a fitted space is tested."""
PERFECT: Final = Observer("noiseless", "noiseless", 1.0)


@dataclass(frozen=True)
class Case:
    """One simulated study.

    Attributes
    ----------
    mind : Mind
        The space that is asked about.
    observer : Observer
        Who answers.
    n_triplets, n_dims : int
        Questions asked; dimensions fitted.
    loss : str
        As for `humanlike.stats.OrdinalEmbedding`.
    seed : int
        Of questions, answers and the fit.
    kind : {"random", "counterbalanced"}
        Design of the questions.
    labels : dict of str to object
        Columns of its own in the table of results.
    """

    mind: Mind
    observer: Observer
    n_triplets: int
    n_dims: int
    loss: str = "crowd_kernel"
    seed: int = 0
    kind: Design = "random"
    labels: tuple[tuple[str, Any], ...] = ()


def euclidean_mind(space: Floats) -> Mind:
    """Return a mind that compares squared distances in a space, so that a fit can be perfect."""
    return Mind({"human": similarities(space, "euclidean")}, space)


def gaussian_mind(n_items: int, n_dims: int, seed: int) -> Mind:
    """Return the mind of a random space: independent standard normal coordinates."""
    values = np.random.default_rng([seed, n_items, n_dims]).normal(size=(n_items, n_dims))
    return euclidean_mind(values)


def noisy(mind: Mind, agreement: float) -> Observer:
    """Return an observer with logistic noise that answers as without noise with a given share.

    Parameters
    ----------
    mind : Mind
    agreement : float
        Expected share of answers that are those of the noiseless observer, above 0.5, at most 1.

    Raises
    ------
    HumanlikeError
        If the agreement is none.
    """
    if not 0.5 < agreement <= 1:
        raise HumanlikeError(f"Agreement is above 0.5 (guessing), at most 1; got {agreement}.")
    if agreement == 1:
        return PERFECT
    n_items = len(mind.human)
    asked = design(n_items, min(FRESH, count_triplets(n_items)), seed=0).triplets
    low, high = -12.0, 12.0  # of the noise's logarithm, in units of a typical difference
    typical = np.median(np.abs(_gaps(mind, asked)))
    base = Observer(f"{agreement:.0%} agreement", "noise", agreement)
    for _ in range(40):
        middle = (low + high) / 2
        tried = replace(base, noise=float(typical * np.exp(middle)))
        chosen = first_shares(tried, mind, asked)
        low, high = (
            (middle, high) if np.maximum(chosen, 1 - chosen).mean() > agreement else (low, middle)
        )
    return tried


def _gaps(mind: Mind, asked: NDArray[np.int64]) -> Floats:
    table = mind.similarities["human"]
    gaps: Floats = table[asked[:, 0], asked[:, 1]] - table[asked[:, 0], asked[:, 2]]
    return gaps


def simulate(
    cases: Sequence[Case], *, n_jobs: int = -1, progress: Progress | None = None
) -> pd.DataFrame:
    """Ask, fit and compare, for many studies at once.

    Each study holds out a fifth of its questions, as Paper B does, and fits the rest.

    Parameters
    ----------
    cases : sequence of Case
    n_jobs : int
        Threads, -1 for all cores. The numbers do not depend on it.
    progress : callable, optional
        Called with the number of studies done and of all.

    Returns
    -------
    DataFrame
        One row per case, in order: its labels; ``observer``, ``family``, ``level``, ``n_items``,
        ``n_triplets``, ``n_dims``, ``loss``, ``seed``, ``kind``; ``x`` (training triplets over n d
        log2 n); ``r2`` (Procrustes R² with the space asked about); ``accuracy`` and
        ``held_out_loss`` (on the held-out answers), ``fresh`` (accuracy on new questions, answered
        without noise), ``truth_loss`` (held-out loss of the space asked about), ``agreement`` (of
        the answers with noiseless ones).
    """
    import pandas as pd

    rows: dict[int, dict[str, Any]] = {}
    groups: dict[tuple[int, int, str], list[int]] = {}
    for place, case in enumerate(cases):
        groups.setdefault((len(case.mind.human), case.n_dims, case.loss), []).append(place)
    for (n_items, n_dims, loss), places in groups.items():
        data = [ask(cases[place]) for place in places]
        fits = fit_many(
            data, n_items, n_dims, loss, [cases[place].seed for place in places],
            n_jobs=n_jobs, allow_few=True,
        )  # fmt: skip
        for place, answers, fit in zip(places, data, fits, strict=True):
            rows[place] = _measure(cases[place], answers, fit)
        if progress:
            progress(len(rows), len(cases))
    return pd.DataFrame([rows[place] for place in range(len(cases))])


def ask(case: Case) -> NDArray[np.int64]:
    """Return a study's answers: anchor, chosen and other option; (n_triplets, 3)."""
    asked = design(len(case.mind.human), case.n_triplets, kind=case.kind, seed=case.seed).triplets
    return answer(case.observer, case.mind, asked, case.seed)


def _measure(case: Case, answers: NDArray[np.int64], fit: OrdinalEmbedding) -> dict[str, Any]:
    mind, n_items = case.mind, len(case.mind.human)
    kept, aside = answers[~fit.held_out_], answers[fit.held_out_]
    new = design(n_items, min(FRESH, count_triplets(n_items)), seed=case.seed + 1_000_003).triplets
    new = answer(PERFECT, mind, new, 0)
    near, far = (-mind.similarities["human"][aside[:, 0], aside[:, place]] for place in (1, 2))
    return {
        **dict(case.labels),
        "observer": case.observer.name, "family": case.observer.family,
        "level": case.observer.level, "n_items": n_items, "n_triplets": case.n_triplets,
        "n_dims": case.n_dims, "loss": case.loss, "seed": case.seed, "kind": case.kind,
        "x": len(kept) / scale(n_items, case.n_dims),
        "r2": procrustes_r2(mind.human, fit.embedding_),
        "accuracy": fit.score(aside), "fresh": fit.score(new),
        "held_out_loss": fit.loss(aside),
        "truth_loss": float(fit.triplet_loss.value(near, far).mean()),
        "agreement": float((_gaps(mind, answers) > 0).mean()),
    }  # fmt: skip
