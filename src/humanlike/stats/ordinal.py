"""Ordinal embedding: a space whose distances predict which of two items is nearer to a third."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from humanlike.errors import HumanlikeError
from humanlike.stats.checks import whole
from humanlike.stats.triplet_losses import TripletLoss, open_loss
from humanlike.stats.triplets import Problem, check_design, check_triplets, prepare, split

Floats = NDArray[np.float64]

RADIUS = 0.1
"""Typical distance of the starting points from the origin: small, so that little chance remains."""
ENDS = ("converged", "stopped early", "out of steps", "stuck")


@dataclass(frozen=True)
class Search:
    """How one search went.

    Attributes
    ----------
    embedding : ndarray, shape (n_items, n_dims)
        The points kept: see ``slack`` of `OrdinalEmbedding`; the last where nothing is held out.
    course : ndarray, shape (n_steps + 1, 2)
        Mean loss per training and per held-out triplet after each step; the first row is the start.
    best_step : int
        Step of the best points.
    ended : {"converged", "stopped early", "out of steps", "stuck"}
        The loss hardly fell any more; the held-out loss rose clearly; the most steps were made; no
        shorter step lowered the loss.
    """

    embedding: Floats
    course: Floats
    best_step: int
    ended: str

    @property
    def train_loss(self) -> float:
        """Mean loss per training triplet, of the best points."""
        return float(self.course[self.best_step, 0])

    @property
    def held_out_loss(self) -> float:
        """Mean loss per held-out triplet, of the best points; NaN where nothing is held out."""
        return float(self.course[self.best_step, 1])


class OrdinalEmbedding:
    """A Euclidean space fitted to judgements which of two items is nearer to an anchor.

    Minimises the mean of a loss over the training triplets by limited-memory BFGS with analytic
    gradients, and keeps points that predict the held-out triplets well. Crowd-kernel loss:
    Tamuz et al. (2011); for the others see `humanlike.stats.triplet_losses`.

    Parameters
    ----------
    n_dims : int
        Dimensions of the space, at least 1.
    loss : str or TripletLoss
        ``"crowd_kernel"``, ``"ste"``, ``"t_ste"``, ``"soe"``, ``"gnmds"``, or one with constants of
        your own such as ``CrowdKernel(offset=0.05)``.
    seed : int
        Of the starts and of the choice of held-out triplets. Same seed, same numbers.
    held_out : float
        Share of the questions held out, in [0, 0.9]; with 0 all triplets train and nothing stops
        the search early.
    n_restarts : int
        Searches from different random starts; the best is kept.
    max_iter : int
        Most steps of a search.
    tolerance : float
        A search has converged when the loss falls by less than this share of itself per step.
    patience : int
        Steps after the kept one after which a search ends.
    slack : float
        The kept points are the last whose held-out loss exceeds the lowest one by no more than this
        many standard errors of the difference, taken judgement by judgement: what is no worse but
        for chance is preferred when nearer to convergence (the one-standard-error rule: Breiman,
        Friedman, Olshen & Stone 1984, doi:10.1201/9781315139470, section 3.4.3).
    allow_few : bool
        Fit even if there are fewer triplets than free coordinates.
    device : str, optional
        PyTorch's name of a device that runs all searches as one batch; default: compiled loops.

    Attributes
    ----------
    embedding_ : ndarray, shape (n_items, n_dims)
        Points, centred, axes by decreasing variance, largest loading of each axis positive.
    held_out_ : ndarray of bool, shape (n_triplets,)
        Which triplets were held out.
    search_ : Search
        The search whose points are kept.
    searches_ : tuple of Search
        All of them, in the order of the starts.
    """

    def __init__(
        self,
        n_dims: int,
        loss: str | TripletLoss = "crowd_kernel",
        seed: int = 0,
        *,
        held_out: float = 0.2,
        n_restarts: int = 1,
        max_iter: int = 2000,
        tolerance: float = 1e-7,
        patience: int = 20,
        slack: float = 1.0,
        allow_few: bool = False,
        device: str | None = None,
    ) -> None:
        _check_options(
            {
                "n_dims": n_dims,
                "n_restarts": n_restarts,
                "max_iter": max_iter,
                "patience": patience,
            },
            {"tolerance": tolerance, "slack": slack},
            held_out,
            seed,
        )
        self.n_dims, self.seed, self.held_out, self.n_restarts = n_dims, seed, held_out, n_restarts
        self.max_iter, self.tolerance, self.patience = max_iter, tolerance, patience
        self.slack, self.allow_few, self.device = slack, allow_few, device
        self.triplet_loss = open_loss(loss, n_dims)

    def fit(
        self,
        triplets: ArrayLike,
        n_items: int,
        *,
        weights: ArrayLike | None = None,
        held_out: ArrayLike | None = None,
    ) -> Self:
        """Fit the space.

        Parameters
        ----------
        triplets : array_like of int, shape (n_triplets, 3)
            Anchor, nearer item, farther item; numbers of items from 0.
        n_items : int
            How many items there are.
        weights : array_like, shape (n_triplets,), optional
            Weight of each judgement, such as how often a resample holds it.
        held_out : array_like of bool, shape (n_triplets,), optional
            Which triplets to hold out; default: a random share of the questions.

        Returns
        -------
        OrdinalEmbedding
            Itself.

        Raises
        ------
        HumanlikeError
            If the triplets have another shape, gaps or unknown items, leave items unconnected, or
            are fewer than the free coordinates; if weights or held-out marks do not fit them.
        """
        problem = self._problem(triplets, n_items, weights, held_out)
        return self._keep(self._run([problem] * self.n_restarts, self._starts(n_items)))

    def score(self, triplets: ArrayLike) -> float:
        """Return the share of triplets the space has in the same order; ties count half."""
        near, far = self._squared(triplets)
        return float(np.mean((near < far) + 0.5 * (near == far)))

    def loss(self, triplets: ArrayLike) -> float:
        """Return the mean loss per triplet, in nats for the losses that are surprises."""
        return float(self.triplet_loss.value(*self._squared(triplets)).mean())

    def _squared(self, triplets: ArrayLike) -> tuple[Floats, Floats]:
        """Return the squared distances of each triplet; two of (n_triplets,)."""
        if not hasattr(self, "embedding_"):
            raise HumanlikeError("There is no space yet: call fit(triplets, n_items) first.")
        rows = check_triplets(triplets, len(self.embedding_))
        anchor, near, far = self.embedding_[rows.T]
        return ((anchor - near) ** 2).sum(axis=1), ((anchor - far) ** 2).sum(axis=1)

    def _problem(
        self,
        triplets: ArrayLike,
        n_items: int,
        weights: ArrayLike | None,
        held_out: ArrayLike | None,
    ) -> Problem:
        """Check what came and bring it into the form of the loops."""
        whole("n_items", n_items, 3)
        rows = check_triplets(triplets, n_items)
        load = np.ones(len(rows)) if weights is None else np.asarray(weights, np.float64)
        if load.shape != (len(rows),) or not np.isfinite(load).all() or (load < 0).any():
            raise HumanlikeError(
                f"Expected {len(rows)} finite weights of at least 0, one per triplet, but the "
                f"shape {load.shape} with values like {load.flat[:1]} came."
            )
        if held_out is None:
            self.held_out_ = split(rows, n_items, self.held_out, self.seed)
        else:
            self.held_out_ = np.asarray(held_out, bool)
        if self.held_out_.shape != (len(rows),):
            raise HumanlikeError(
                f"Expected {len(rows)} held-out marks, but {self.held_out_.shape} came."
            )
        training = rows[~self.held_out_ & (load > 0)]
        check_design(training, n_items, 1 if self.allow_few else self.n_dims)
        return prepare(rows, n_items, load, self.held_out_)

    def _starts(self, n_items: int) -> list[Floats]:
        """Return the random points the searches begin with; each (n_items, n_dims)."""
        spread = RADIUS / np.sqrt(self.n_dims)
        return [
            np.random.default_rng([self.seed, 2, number]).normal(
                scale=spread, size=(n_items, self.n_dims)
            )
            for number in range(self.n_restarts)
        ]

    def _run(self, problems: list[Problem], starts: list[Floats]) -> list[Search]:
        """Search from every start, one after the other or as a batch on a device."""
        loss = self.triplet_loss
        limits = (self.max_iter, self.tolerance, self.patience, float(self.slack))
        if self.device is not None:
            from humanlike.stats._triplets_torch import search_batch

            found = search_batch(loss.kind, loss.constant, starts, problems, limits, self.device)
        else:
            from humanlike.stats._triplet_kernels import search

            found = [
                search(
                    loss.kind, loss.constant, start, one.pairs, one.train, one.weights,
                    one.test, one.test_weights, limits,
                )
                for one, start in zip(problems, starts, strict=True)
            ]  # fmt: skip
        has_test = [one.test.size > 0 for one in problems]
        return [as_search(*both) for both in zip(found, has_test, strict=True)]

    def _keep(self, searches: Sequence[Search]) -> Self:
        """Note all searches and keep the best."""
        self.searches_ = tuple(searches)
        column = 1 if np.isfinite(searches[0].held_out_loss) else 0
        self.search_ = min(searches, key=lambda one: float(one.course[one.best_step, column]))
        self.embedding_ = self.search_.embedding
        return self


def _check_options(
    counts: dict[str, int], shares: dict[str, float], held_out: float, seed: int
) -> None:
    """Check the options of `OrdinalEmbedding`."""
    for name, count in counts.items():
        whole(name, count, 1)
    whole("seed", seed, 0)
    if not 0 <= held_out <= 0.9:
        raise HumanlikeError(f"Expected held_out in [0, 0.9], but {held_out!r} came.")
    for name, share in shares.items():
        if not share >= 0:
            raise HumanlikeError(f"Expected {name} of at least 0, but {share!r} came.")


def as_search(found: tuple[Floats, Floats, int, int], has_test: bool) -> Search:
    """Turn what the loops return into a record.

    Parameters
    ----------
    found : tuple
        Points (items, dimensions), losses (steps, 2), best step and number of the reason to stop.
    has_test : bool
        Whether any triplet was held out.
    """
    points, course, best_step, reason = found
    if not has_test:
        course[:, 1] = np.nan
    return Search(principal_axes(points), course, int(best_step), ENDS[reason])


def principal_axes(points: Floats) -> Floats:
    """Centre points, rotate them to their principal axes and fix the signs; same shape.

    Axes are ordered by decreasing variance, and the largest loading of each is positive.

    Parameters
    ----------
    points : ndarray, shape (items, dimensions)
        Coordinates.
    """
    centred = points - points.mean(axis=0)
    left, size, _ = np.linalg.svd(centred, full_matrices=False)
    turned = np.zeros_like(points)
    turned[:, : size.size] = left * size
    largest = np.take_along_axis(turned, np.abs(turned).argmax(axis=0)[None], axis=0)
    flipped: Floats = turned * np.where(largest < 0, -1.0, 1.0)
    return flipped


def report(searches: tuple[Search, ...]) -> list[dict[str, Any]]:
    """Return one row per search: steps, losses and how it ended.

    Parameters
    ----------
    searches : tuple of Search
        As `OrdinalEmbedding` notes them in ``searches_``.
    """
    return [
        {
            "steps": len(one.course) - 1,
            "best_step": one.best_step,
            "train_loss": one.train_loss,
            "held_out_loss": one.held_out_loss,
            "ended": one.ended,
        }
        for one in searches
    ]
