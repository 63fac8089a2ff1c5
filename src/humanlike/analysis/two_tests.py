"""Judges who took both papers' tests: ratings of words (A), and triplets of things (B)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from humanlike.stats.agreement import Scores
from humanlike.stats.triplet_agreement import choose
from humanlike.tasks.numbers import SCALE

if TYPE_CHECKING:
    from humanlike.analysis.finetuning import Material
    from humanlike.analysis.placing import Target
    from humanlike.models.encoder import Encoder

STILL = 0.01
"""How far the R² of one set of judgements moves with the start of the fit."""
Floats = NDArray[np.float64]
Triplets = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Judge:
    """One model's answers to both tests.

    Attributes
    ----------
    name : str
        What figures call it.
    kind : str
        ``layer``, ``whole``, ``random``, ``readout``, ``taught``, ``shuffled`` or ``stored``.
    ratings : DataFrame, (words, dimensions)
        0 to 5.
    judged : ndarray of int, (triplets, 3)
        Anchor, chosen concept, other concept.
    """

    name: str
    kind: str
    ratings: pd.DataFrame
    judged: Triplets


@dataclass(frozen=True, eq=False)
class Battery:
    """What is asked, and what people say.

    Attributes
    ----------
    human : DataFrame, (words, dimensions)
        People's ratings.
    phrases : dict of str to str
        Phrase that describes each dimension.
    target : Target
        The concepts and people's space.
    asked : ndarray of int, (triplets, 3)
        Anchor, first option, second option.
    held_out : ndarray of bool, (triplets,)
        Kept aside when a space is fitted.
    """

    human: pd.DataFrame
    phrases: Mapping[str, str]
    target: Target
    asked: Triplets
    held_out: NDArray[np.bool_]

    @property
    def similarity(self) -> Floats:
        """People's similarities: cosines of their space."""
        from humanlike.analysis.observers import similarities

        return similarities(self.target.human)

    def take(self, encoder: Encoder, name: str, kind: str) -> Judge:
        """Put an encoder through both tests.

        It answers by its own rules (`humanlike.models.encoder.Encoder`), here for all questions at
        once.
        """
        words = encoder.embed([str(word) for word in self.human.index])
        phrases = encoder.embed([self.phrases[str(name)] for name in self.human.columns])
        low, high = SCALE
        rated = low + (high - low) * np.clip(words @ phrases.T, 0, 1).astype(float)
        concepts = encoder.embed(self.target.concepts)
        table = pd.DataFrame(rated.round(3), self.human.index, self.human.columns)
        return Judge(name, kind, table, choose(concepts @ concepts.T, self.asked))


def load_tests(
    words: int, n_triplets: int, human_space: int, seed: int, *, missing: str = "raise"
) -> tuple[Battery, Material]:
    """Load both tests and what may be taught before them.

    Parameters
    ----------
    words : int
        Evaluated words to draw; 0 takes all of Paper A's.
    n_triplets : int
        Questions about Paper B's concepts.
    human_space : {66, 49}
        Dimensions of people's space.
    seed : int
        Of the draw of words and of the questions.
    missing : {"raise", "simulate"}
        What to do if data cannot be had.
    """
    from humanlike.analysis.finetuning import load_material
    from humanlike.analysis.placing import load_target
    from humanlike.query.plans import PAPER_HELD_OUT
    from humanlike.tasks.triplets import design

    material, target = load_material(missing=missing), load_target(human_space, missing=missing)
    human = material.human
    if 0 < words < len(human):
        rows = np.random.default_rng(seed).choice(len(human), words, replace=False)
        human = human.iloc[np.sort(rows)]
    asked = design(len(target.concepts), n_triplets, seed=seed, held_out=PAPER_HELD_OUT)
    tests = Battery(human, material.phrases, target, asked.triplets, asked.held_out)
    return tests, material


def rating_scores(
    judges: Sequence[Judge], tests: Battery, n_boot: int, seed: int
) -> dict[str, Scores]:
    """Score all judges by Paper A's measures on the words that all of them rated.

    Returns
    -------
    dict of str to Scores
        ``rsa`` (intervals without pairs of a word with its own copy) and ``spearman``, the mean ρ
        per dimension.
    """
    from humanlike.stats import rsa_bootstrap
    from humanlike.stats.agreement import spearman_scores

    words = tests.human.index
    for judge in judges:
        words = words[words.isin(judge.ratings.index)]
    human = tests.human.loc[words]
    tables = {judge.name: judge.ratings.loc[words] for judge in judges}
    drawn = rsa_bootstrap(human, tables, n_boot, seed, self_pairs=False, n_jobs=-1)
    columns = {name: drawn.samples[:, place] for place, name in enumerate(drawn.names)}
    return {
        "rsa": Scores(drawn.rho, columns),
        "spearman": spearman_scores(human, tables, n_boot, seed),
    }


def triplet_scores(
    judges: Sequence[Judge], tests: Battery, n_boot: int, seed: int, *, decided: bool | None = None
) -> Scores:
    """Score all judges by the share of triplets judged as people's space does.

    Parameters
    ----------
    judges, tests
    n_boot, seed : int
        Resamples of the concepts.
    decided : bool, optional
        Only triplets that categories decide (True), or leave open (False): see `by_category`.
    """
    from humanlike.stats.triplet_agreement import triplet_agreement

    categories = tests.target.categories
    rows = {
        one.name: one.judged
        if decided is None
        else one.judged[by_category(one.judged, categories) == decided]
        for one in judges
    }
    return triplet_agreement(rows, tests.similarity, n_boot, seed)


def by_category(triplets: Triplets, categories: Sequence[str]) -> NDArray[np.bool_]:
    """Say of which triplets the categories alone decide: one option is of the anchor's, one not.

    `humanlike.analysis.placing.NOT_A_KIND` is no category in this sense.
    """
    from humanlike.analysis.placing import NOT_A_KIND

    labels = np.asarray(categories)
    anchor, first, second = (labels[triplets[:, column]] for column in range(3))
    decided: NDArray[np.bool_] = ((anchor == first) != (anchor == second)) & (anchor != NOT_A_KIND)
    return decided


def fitted_r2(judges: Sequence[Judge], tests: Battery, n_dims: int, seed: int) -> pd.DataFrame:
    """Return Paper B's score: Procrustes R² of people's space with that fitted to the judgements.

    Only judges who answered all questions of the design are fitted.

    Returns
    -------
    DataFrame
        Index the judges' names; ``r2`` with the paper's loss, ``r2_chosen`` with the tail of the
        t-distributed loss that predicts the judge's own held-out answers best (1, which is the
        paper's, and `humanlike.analysis.ceilings.TAILS`), ``tail``. People's space takes no part in
        the choice.
    """
    from humanlike.analysis.ceilings import TAILS
    from humanlike.stats import fit_many, procrustes_r2
    from humanlike.stats.triplet_losses import HeavyTailedTriplet, TripletLoss

    whole = [one for one in judges if len(one.judged) == len(tests.asked)]
    rows = [one.judged for one in whole]
    marks, n_items = [tests.held_out] * len(whole), len(tests.target.concepts)
    losses: dict[float, str | TripletLoss] = {1.0: "crowd_kernel"}
    losses |= {tail: HeavyTailedTriplet(tail) for tail in TAILS}
    fits = {
        tail: fit_many(rows, n_items, n_dims, loss, seed, held_out=marks, n_jobs=-1)
        for tail, loss in losses.items()
    }
    found = []
    for place, judged in enumerate(rows):
        held = judged[tests.held_out]
        best = min(fits, key=lambda tail: fits[tail][place].loss(held))
        spaces = (fits[tail][place].embedding_ for tail in (1.0, best))
        found.append((*(procrustes_r2(tests.target.human, one) for one in spaces), best))
    names = [one.name for one in whole]
    return pd.DataFrame(found, index=names, columns=["r2", "r2_chosen", "tail"])


def way(change: float, beside: float) -> str:
    """Say whether a change of R² goes with another change, in words for a page.

    Below `STILL` it goes nowhere: fits from other starts differ by as much.
    """
    if abs(change) < STILL:
        return "nowhere"
    return "the same way" if change * beside > 0 else "the other way"


def both_table(
    judges: Sequence[Judge],
    rated: Mapping[str, Scores],
    triplets: Scores,
    fitted: pd.DataFrame,
) -> pd.DataFrame:
    """List all judges with both results.

    Returns
    -------
    DataFrame
        Columns name, kind, rsa, rsa_low, rsa_high, rho (mean over dimensions), agreement,
        agreement_low, agreement_high, and those of `fitted_r2` (NaN where nothing was fitted).
    """
    rows = [
        (one.name, one.kind, rated["rsa"].estimate[one.name], *rated["rsa"].interval(one.name),
         rated["spearman"].estimate[one.name], triplets.estimate[one.name],
         *triplets.interval(one.name))
        for one in judges
    ]  # fmt: skip
    columns = ["name", "kind", "rsa", "rsa_low", "rsa_high", "rho"]
    columns += ["agreement", "agreement_low", "agreement_high"]
    return pd.DataFrame(rows, columns=columns).join(fitted, on="name")


def with_ranges(table: pd.DataFrame) -> pd.DataFrame:
    """Return `both_table` as a page shows it, intervals as text.

    Returns
    -------
    DataFrame
        Columns name, rsa, rsa_range, rho, agreement, agreement_range, r2, r2_chosen.
    """
    shown = table.copy()
    for name in ("rsa", "agreement"):
        ends = zip(table[f"{name}_low"], table[f"{name}_high"], strict=True)
        shown[f"{name}_range"] = [f"{low:.3f} to {high:.3f}" for low, high in ends]
    ranges = ["rsa", "rsa_range", "rho", "agreement", "agreement_range"]
    return shown[["name", *ranges, "r2", "r2_chosen"]]


def score_rows(scores: Scores, labels: Mapping[str, str]) -> pd.DataFrame:
    """List scores with 95 % intervals, in the order of the labels.

    Parameters
    ----------
    scores : Scores
    labels : mapping of str to str
        What to call each; names that have no score are left out.

    Returns
    -------
    DataFrame
        Columns label, estimate, low, high.
    """
    rows = [
        (label, scores.estimate[name], *scores.interval(name))
        for name, label in labels.items()
        if name in scores.estimate
    ]
    return pd.DataFrame(rows, columns=["label", "estimate", "low", "high"])
