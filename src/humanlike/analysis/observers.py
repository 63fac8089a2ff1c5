"""Observers whose minds are known: what they would answer in Paper B's task.

All of them compare similarities to the anchor, as `humanlike.models.Simulated` does; here whole
designs are answered at once, and there are more ways to err.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, ndtr

from humanlike.errors import HumanlikeError, unknown

Floats = NDArray[np.float64]
Triplets = NDArray[np.int64]
Similarity = Literal["cosine", "dot", "euclidean"]
SIMILARITIES: Final[tuple[Similarity, ...]] = get_args(Similarity)


@dataclass(frozen=True)
class Observer:
    """How one observer answers.

    Attributes
    ----------
    name : str
        What figures call it.
    family : str
        Observers that differ in ``level`` only.
    level : float
        How strong its fault is: noise, share of lapses or of the other mind.
    mind : str
        Which similarities it compares: ``human``, ``crowd`` (inner products of the human space),
        ``other`` (another human space), ``categories``, ``stranger`` (the human similarities with
        the concepts shuffled), ``preference`` (an order of liking, whatever the anchor) or
        ``nothing``.
    stranger : float
        Share of the stranger's similarities mixed into its own, 0 to 1.
    noise : float
        Scale of logistic noise on the difference of two similarities: the temperature of a softmax.
        In standard deviations of the human similarities; for the crowd in SPoSE's own units.
    blur : float
        Standard deviation of normal noise on each of the two similarities, in the same unit.
    lapse : float
        Share of random answers, 0 to 1.
    first : float
        Share of answers that name the first option whatever it is, 0 to 1.
    """

    name: str
    family: str
    level: float = 0.0
    mind: str = "human"
    stranger: float = 0.0
    noise: float = 0.0
    blur: float = 0.0
    lapse: float = 0.0
    first: float = 0.0

    @property
    def varies(self) -> bool:
        """Whether every replicate is another mind: strangers and preferences are drawn anew."""
        return self.stranger > 0 or self.mind in DRAWN


@dataclass(frozen=True)
class Mind:
    """What observers may know of the concepts.

    Attributes
    ----------
    similarities : dict of str to ndarray, each (concepts, concepts)
        By the names of `Observer.mind`; all but the crowd's are in standard deviations of the human
        ones over pairs of different concepts.
    human : ndarray, (concepts, dimensions)
        The human space, the target of every comparison.
    """

    similarities: dict[str, Floats]
    human: Floats

    def drawn(self, seed: int) -> Mind:
        """Return the same with another stranger and another order of liking."""
        rng = np.random.default_rng([seed, 77])
        n = len(self.human)
        order, liking = rng.permutation(n), rng.permutation(n).astype(float)
        fresh = {
            "stranger": self.similarities["human"][np.ix_(order, order)],
            "preference": np.tile(liking, (n, 1)),
        }
        return replace(self, similarities=self.similarities | fresh)


DRAWN: Final = ("stranger", "preference")
NOISES: Final = (0.25, 0.5, 1.0, 2.0)
LAPSES: Final = (0.1, 0.3, 0.5, 0.7)
STRANGERS: Final = (0.2, 0.4, 0.6, 0.8)
TEMPERATURES: Final = (0.25, 0.5, 1.0, 2.0)
FAMILIES: Final = ("softmax", "gaussian", "lapses", "crowd", "stranger")
PERFECT: Final = Observer("perfect, noiseless", "perfect")
CROWD: Final = Observer("as noisy as the crowd", "crowd", 1.0, mind="crowd", noise=1.0)
SOFT: Final = Observer("softmax noise, 1 SD", "softmax", 1.0, noise=1.0)
RANDOM: Final = Observer("answers at random", "uninformed", mind="nothing")
FIRST: Final = Observer("always the first option", "uninformed", mind="nothing", first=1.0)
PREFERENCE: Final = Observer("prefers some concepts to others", "uninformed", mind="preference")
STRANGER: Final = Observer("decided, but unrelated", "stranger", 1.0, mind="stranger")
DRIFTING: Final = Observer("unrelated, half of it lapses", "uninformed", mind="stranger", lapse=0.5)
CATEGORIES: Final = Observer("knows the categories only", "partial", mind="categories")
OTHER: Final = Observer("other human space, noiseless", "other", mind="other")


def suite() -> list[Observer]:
    """Return all observers of the chapter: special ones, then five families of imperfect ones."""
    special = [PERFECT, OTHER, CATEGORIES, RANDOM, FIRST, PREFERENCE, STRANGER, DRIFTING]
    soft = [Observer(f"softmax noise, {v:g} SD", "softmax", v, noise=v)
            for v in NOISES if v != SOFT.level]  # fmt: skip
    gauss = [Observer(f"normal noise, {v:g} SD", "gaussian", v, blur=v) for v in NOISES]
    lapsing = [Observer(f"{v:.0%} lapses", "lapses", v, lapse=v) for v in LAPSES]
    other = [Observer(f"{v:.0%} stranger", "stranger", v, stranger=v) for v in STRANGERS]
    crowd = [Observer(f"noise of the crowd × {v:g}", "crowd", v, mind="crowd", noise=v)
             for v in TEMPERATURES if v != CROWD.level]  # fmt: skip
    return [*special, *soft, SOFT, *gauss, *lapsing, *other, *crowd, CROWD]


def similarities(space: Floats, kind: Similarity = "cosine") -> Floats:
    """Compute similarities between all concepts.

    Parameters
    ----------
    space : ndarray, (concepts, dimensions)
    kind : {"cosine", "dot", "euclidean"}
        Cosine; inner product, as SPoSE models people's choices; minus the squared distance.

    Returns
    -------
    ndarray, (concepts, concepts)
    """
    if kind not in SIMILARITIES:
        raise HumanlikeError(unknown("similarity", kind, SIMILARITIES))
    products: Floats = space @ space.T
    squares = np.diag(products)
    if kind == "dot":
        return products
    if kind == "cosine":
        return products / np.sqrt(np.outer(squares, squares))
    return 2 * products - squares[:, None] - squares[None, :]


def minds(human: Floats, other: Floats, categories: list[str], kind: Similarity) -> Mind:
    """Lay out what every kind of observer knows.

    Parameters
    ----------
    human, other : ndarray, (concepts, dimensions)
        The human space and another one, the same concepts in the same order.
    categories : list of str
        Category of each concept.
    kind : {"cosine", "dot", "euclidean"}
        How the human mind compares.
    """
    names, own = np.array(categories), similarities(human, kind)
    unit = own[np.triu_indices(len(human), 1)].std()
    known = {
        "human": own / unit,
        "crowd": similarities(human, "dot"),
        "other": similarities(other, kind) / unit,
        "categories": (names[:, None] == names[None, :]).astype(float),
        "nothing": np.zeros((len(human), len(human))),
    }
    return Mind(known, human).drawn(0)


def first_shares(observer: Observer, mind: Mind, triplets: Triplets) -> Floats:
    r"""Return how likely an observer is to choose the option that is named first.

    With the difference d of the two options' similarities to the anchor, lapse λ and noise ν,

    .. math:: p_1 = \phi + (1 - \phi) (\lambda / 2 + (1 - \lambda) F(d)),

    where φ is the share of answers by position and F is logistic with scale ν, normal with
    standard deviation :math:`\sqrt 2` times the blur, or without noise a step, ½ at a tie.

    Parameters
    ----------
    observer : Observer
    mind : Mind
    triplets : ndarray of int, (triplets, 3)
        Anchor, first option, second option.

    Returns
    -------
    ndarray, (triplets,)
    """
    if observer.mind not in mind.similarities:
        raise HumanlikeError(unknown("mind", observer.mind, mind.similarities))
    table = mind.similarities[observer.mind]
    if observer.stranger:
        strange = mind.similarities["stranger"]
        table = (1 - observer.stranger) * table + observer.stranger * strange
    anchor, first, second = triplets.T
    gap = table[anchor, first] - table[anchor, second]
    if observer.noise:
        chosen = expit(gap / observer.noise)
    elif observer.blur:
        chosen = ndtr(gap / (np.sqrt(2) * observer.blur))
    else:
        chosen = 0.5 + 0.5 * np.sign(gap)
    judged = observer.lapse / 2 + (1 - observer.lapse) * chosen
    shares: Floats = observer.first + (1 - observer.first) * judged
    return shares


def answer(observer: Observer, mind: Mind, triplets: Triplets, seed: int) -> Triplets:
    """Let an observer answer.

    Parameters
    ----------
    observer, mind, triplets
        As for `first_shares`.
    seed : int
        Of the draws.

    Returns
    -------
    ndarray of int, (triplets, 3)
        Anchor, chosen option, other option.
    """
    draw = np.random.default_rng([seed, 78]).random(len(triplets))
    first = draw < first_shares(observer, mind, triplets)
    return np.where(first[:, None], triplets, triplets[:, [0, 2, 1]])


def agreement(answers: Triplets, similarity: Floats) -> float:
    """Return the share of answers that someone with these similarities would give.

    Parameters
    ----------
    answers : ndarray of int, (triplets, 3)
        Anchor, chosen option, other option.
    similarity : ndarray, (concepts, concepts)

    Returns
    -------
    float
        0 to 1; ties count half, guessing gives 0.5.
    """
    anchor, chosen, other = answers.T
    gap = similarity[anchor, chosen] - similarity[anchor, other]
    return float(np.mean(0.5 + 0.5 * np.sign(gap)))
