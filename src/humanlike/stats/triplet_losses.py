"""Losses for triplet judgements: what an embedding pays when an anchor's nearer item is far.

Each loss is a function of two squared Euclidean distances: of the anchor to the item judged nearer
and to the one judged farther. The arithmetic of all stands in `_triplet_kernels`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from humanlike.errors import HumanlikeError, unknown

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class TripletLoss:
    """What all losses share.

    Attributes
    ----------
    kind : int
        Number of the rule in `_triplet_kernels.RULES`.
    constant : float
        The constant the rule takes.
    indifferent : float
        Loss of a triplet whose two distances are equal and, where that matters, zero.
    """

    kind: ClassVar[int]

    @property
    def constant(self) -> float:
        """The constant of the rule."""
        raise NotImplementedError

    def value(self, near: ArrayLike, far: ArrayLike) -> Floats:
        """Return the loss of each triplet from its squared distances; (triplets,)."""
        return self._rule(near, far)[0]

    def slopes(self, near: ArrayLike, far: ArrayLike) -> tuple[Floats, Floats]:
        """Return the derivatives by both squared distances; two of (triplets,)."""
        return self._rule(near, far)[1:]

    def _rule(self, near: ArrayLike, far: ArrayLike) -> tuple[Floats, Floats, Floats]:
        from humanlike.stats._triplet_kernels import RULES

        close, wide = np.asarray(near, np.float64), np.asarray(far, np.float64)
        return RULES[self.kind](close, wide, self.constant)


@dataclass(frozen=True)
class CrowdKernel(TripletLoss):
    """Crowd-kernel loss: the surprise at a choice made in proportion to the other's distance.

    ``p(nearer) = (far + offset) / (near + far + 2 offset)``, and the loss is ``-log p`` in nats:
    Tamuz, Liu, Belongie, Shamir & Kalai (2011), Adaptively learning the crowd kernel, ICML, section
    3. With an offset of zero it knows distances only up to a common factor.

    Parameters
    ----------
    offset : float
        Their regulariser mu, at least 0, in squared units of the space.
    """

    offset: float = 0.0
    kind: ClassVar[int] = 0

    @property
    def constant(self) -> float:
        """The offset."""
        return _least(self.offset, "offset", 0.0, strict=False)


@dataclass(frozen=True)
class StochasticTriplet(TripletLoss):
    """Stochastic triplet embedding: a logistic choice by the difference of squared distances.

    ``p(nearer) = exp(-near) / (exp(-near) + exp(-far))``, loss ``-log p`` in nats: van der Maaten &
    Weinberger (2012), doi:10.1109/MLSP.2012.6349720, equation 1.
    """

    kind: ClassVar[int] = 1

    @property
    def constant(self) -> float:
        """The factor of the distances; the points' own scale makes another one needless."""
        return 1.0


@dataclass(frozen=True)
class HeavyTailedTriplet(TripletLoss):
    """t-distributed stochastic triplet embedding: the same with the kernel of Student's t.

    ``p(nearer) = k(near) / (k(near) + k(far))`` with ``k(D) = (1 + D / alpha)^(-(alpha + 1) / 2)``,
    loss ``-log p`` in nats: van der Maaten & Weinberger (2012), doi:10.1109/MLSP.2012.6349720,
    equation 4. With alpha = 1 this is the crowd-kernel loss with an offset of 1.

    Parameters
    ----------
    alpha : float
        Degrees of freedom, above 0; the authors take the number of dimensions less one.
    """

    alpha: float
    kind: ClassVar[int] = 2

    @property
    def constant(self) -> float:
        """The degrees of freedom."""
        return _least(self.alpha, "alpha", 0.0)


@dataclass(frozen=True)
class SoftOrdinal(TripletLoss):
    """Soft ordinal embedding: the squared amount by which a distance misses its margin.

    ``max(0, sqrt(near) + margin - sqrt(far))^2``: Terada & von Luxburg (2014), Local ordinal
    embedding, ICML, equation 1.

    Parameters
    ----------
    margin : float
        Above 0; it fixes the scale of the space.
    """

    margin: float = 0.1
    kind: ClassVar[int] = 3

    @property
    def constant(self) -> float:
        """The margin."""
        return _least(self.margin, "margin", 0.0)


@dataclass(frozen=True)
class Hinge(TripletLoss):
    """Generalised non-metric scaling: the amount by which a squared distance misses its margin.

    ``max(0, near + margin - far)``: Agarwal, Wills, Cayton, Lanckriet, Kriegman & Belongie (2007),
    Generalized non-metric multidimensional scaling, AISTATS, section 2; here on the points, and
    without their penalty on the trace, in whose place the search stops early.

    Parameters
    ----------
    margin : float
        Above 0; it fixes the scale of the space.
    """

    margin: float = 1.0
    kind: ClassVar[int] = 4

    @property
    def constant(self) -> float:
        """The margin."""
        return _least(self.margin, "margin", 0.0)


LOSSES = ("crowd_kernel", "ste", "t_ste", "soe", "gnmds")


def open_loss(loss: str | TripletLoss, n_dims: int) -> TripletLoss:
    """Return a loss by its name, or the loss itself.

    Parameters
    ----------
    loss : str or TripletLoss
        One of `LOSSES`, with its usual constants, or one with constants of your own.
    n_dims : int
        Dimensions of the space, on which the default of t-STE depends.

    Raises
    ------
    HumanlikeError
        If no loss has this name, or its constant is out of range.
    """
    if isinstance(loss, str):
        if loss not in LOSSES:
            raise HumanlikeError(unknown("loss", loss, LOSSES))
        heavy = HeavyTailedTriplet(max(n_dims - 1, 1))
        losses = (CrowdKernel(), StochasticTriplet(), heavy, SoftOrdinal(), Hinge())
        loss = losses[LOSSES.index(loss)]
    if not isinstance(loss, TripletLoss):
        raise HumanlikeError(f"Expected the name of a loss or a TripletLoss, but {loss!r} came.")
    _ = loss.constant
    return loss


def _least(value: float, name: str, bound: float, strict: bool = True) -> float:
    """Check a constant against its lower bound."""
    if not math.isfinite(value) or value < bound or (strict and value == bound):
        raise HumanlikeError(
            f"Expected {name} {'above' if strict else 'of at least'} {bound:g}, but {value!r} came."
        )
    return float(value)
