"""Compiled loops of the ordinal embedding: the losses, their gradient and the quasi-Newton search.

Triplets enter as numbers of pairs: every pair of items that occurs is measured once, each triplet
looks up two squared distances, and the slopes of a pair are summed before they reach the points.
So a triplet costs the same in any number of dimensions. All that is compiled stands in this file,
because the cache of compiled code notices a change in this file only.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit

TINY = 1e-12  # added to squared distances below a logarithm or root
MEMORY = 10  # pairs of steps and gradient changes that approximate the curvature
ARMIJO = 1e-4  # share of the promised decrease that a step must bring
SHORTEST = 1e-10  # a step length below this ends the search
WINDOW = 10  # steps over which the decrease of the loss is judged
FIRST = 0.1  # first trial of a step without known curvature, as a share of the points' length
CONVERGED, STOPPED_EARLY, OUT_OF_STEPS, STUCK = 0, 1, 2, 3

Rule = Callable[[Any, Any, float], tuple[Any, Any, Any]]


# A rule takes two squared distances (numbers, arrays or tensors) and the constant of its loss, and
# returns the loss and its derivatives by both distances.


def crowd_kernel(near: Any, far: Any, offset: float) -> tuple[Any, Any, Any]:
    """Loss ``log((near + far + 2 offset) / (far + offset))``."""
    other = far + (offset + TINY)
    total = near + offset + other
    share = 1 / (total * other)
    return np.log(total * total * share), other * share, (other - total) * share


def ste(near: Any, far: Any, scale: float) -> tuple[Any, Any, Any]:
    """Loss ``log(1 + exp(scale (near - far)))``."""
    gap = scale * (near - far)
    weight = np.exp(-np.abs(gap))
    value = 0.5 * (gap + np.abs(gap)) + np.log1p(weight)
    slope = scale * (0.5 + 0.5 * np.tanh(0.5 * gap))
    return value, slope, -slope


def t_ste(near: Any, far: Any, alpha: float) -> tuple[Any, Any, Any]:
    """Loss ``log(1 + (k(far) / k(near)))`` with ``k(D) = (1 + D / alpha)^(-(alpha + 1) / 2)``."""
    power = 0.5 * (alpha + 1)
    gap = power * np.log((alpha + near) / (alpha + far))
    weight = np.exp(-np.abs(gap))
    value = 0.5 * (gap + np.abs(gap)) + np.log1p(weight)
    slope = power * (0.5 + 0.5 * np.tanh(0.5 * gap))
    return value, slope / (alpha + near), -slope / (alpha + far)


def soe(near: Any, far: Any, margin: float) -> tuple[Any, Any, Any]:
    """Loss ``max(0, sqrt(near) + margin - sqrt(far))^2``."""
    close, wide = np.sqrt(near + TINY), np.sqrt(far + TINY)
    gap = close + margin - wide
    gap = 0.5 * (gap + np.abs(gap))
    return gap * gap, gap / close, -gap / wide


def gnmds(near: Any, far: Any, margin: float) -> tuple[Any, Any, Any]:
    """Loss ``max(0, near + margin - far)``."""
    gap = near + margin - far
    slope = 1.0 * (gap > 0)
    return gap * slope, slope, -slope


RULES: tuple[Rule, ...] = (crowd_kernel, ste, t_ste, soe, gnmds)


def _compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile for use in threads; sums may be reordered, special values may not be ignored."""
    options = {"contract", "reassoc", "nsz"}
    kernel: Callable[..., Any] = njit(nogil=True, cache=True, fastmath=options)(function)
    return kernel


_crowd_kernel, _ste, _t_ste, _soe, _gnmds = (_compiled(rule) for rule in RULES)


@_compiled
def _terms(kind, near, far, constant):  # type: ignore[no-untyped-def]
    """Return loss and derivatives of one triplet."""
    if kind == 0:
        return _crowd_kernel(near, far, constant)
    if kind == 1:
        return _ste(near, far, constant)
    if kind == 2:
        return _t_ste(near, far, constant)
    if kind == 3:
        return _soe(near, far, constant)
    return _gnmds(near, far, constant)


@_compiled
def distances(points, first, second, out):  # type: ignore[no-untyped-def]
    """Write the squared distance of every pair."""
    for pair in range(first.size):
        one, other = points[first[pair]], points[second[pair]]
        total = 0.0
        for axis in range(points.shape[1]):
            gap = one[axis] - other[axis]
            total += gap * gap
        out[pair] = total


@_compiled
def each_loss(kind, constant, squared, near, far, out):  # type: ignore[no-untyped-def]
    """Write the loss of every triplet whose pairs are measured."""
    for row in range(near.size):
        out[row] = _terms(kind, squared[near[row]], squared[far[row]], constant)[0]


@_compiled
def _clearly_worse(fresh, lowest, weights, slack):  # type: ignore[no-untyped-def]
    """Say whether losses exceed the lowest so far by more than chance; lower ones take its place.

    Chance is the given number of standard errors of the mean difference, triplet by triplet.
    """
    mean, spread = 0.0, 0.0
    for row in range(weights.size):
        mean += weights[row] * (fresh[row] - lowest[row])
    if mean < 0:
        lowest[:] = fresh
        return False
    for row in range(weights.size):
        gap = weights[row] * (fresh[row] - lowest[row] - mean)
        spread += gap * gap
    return mean > slack * np.sqrt(spread)


@_compiled
def loss_and_slopes(kind, constant, squared, near, far, weights, slopes):  # type: ignore[no-untyped-def]
    """Return the weighted sum of the losses and write its derivative by every pair."""
    slopes[:] = 0.0
    total = 0.0
    for row in range(near.size):
        close, wide = near[row], far[row]
        value, by_near, by_far = _terms(kind, squared[close], squared[wide], constant)
        total += weights[row] * value
        slopes[close] += weights[row] * by_near
        slopes[wide] += weights[row] * by_far
    return total


@_compiled
def pull(points, first, second, slopes, gradient):  # type: ignore[no-untyped-def]
    """Turn derivatives by pairs into the gradient by points."""
    gradient[:] = 0.0
    for pair in range(first.size):
        one, other, slope = first[pair], second[pair], 2.0 * slopes[pair]
        for axis in range(points.shape[1]):
            part = slope * (points[one, axis] - points[other, axis])
            gradient[one, axis] += part
            gradient[other, axis] -= part


@_compiled
def _dot(one, other):  # type: ignore[no-untyped-def]
    total = 0.0
    for place in range(one.size):
        total += one[place] * other[place]
    return total


@_compiled
def _direction(points, gradient, steps, changes, rho, kept, newest, out):  # type: ignore[no-untyped-def]
    """Write where to go (two-loop recursion); return the slope and the first length to try.

    Without known curvature that is straight down the gradient, and the length a share of the size
    of the space.
    """
    out[:] = -gradient
    share = np.empty(MEMORY)
    for back in range(kept):
        slot = (newest - back) % MEMORY
        share[slot] = rho[slot] * _dot(steps[slot], out)
        for place in range(out.size):
            out[place] -= share[slot] * changes[slot, place]
    if kept:
        scale = 1.0 / (rho[newest] * _dot(changes[newest], changes[newest]))
        for place in range(out.size):
            out[place] *= scale
    for back in range(kept - 1, -1, -1):
        slot = (newest - back) % MEMORY
        excess = share[slot] - rho[slot] * _dot(changes[slot], out)
        for place in range(out.size):
            out[place] += excess * steps[slot, place]
    slope = _dot(gradient, out)
    if kept:
        return slope, 1.0
    return slope, FIRST * np.sqrt(_dot(points, points) / max(-slope, 1e-300))


@_compiled
def _shorter(length, value, trial, slope):  # type: ignore[no-untyped-def]
    """Return the next step length to try: the lowest point of a parabola, within bounds."""
    bend = 2.0 * (trial - value - length * slope)
    if not np.isfinite(bend) or bend <= 0:
        return 0.1 * length
    return min(0.5 * length, max(0.1 * length, -slope * length * length / bend))


@_compiled
def _remember(steps, changes, rho, slot, length, direction, fresh, gradient):  # type: ignore[no-untyped-def]
    """Note a step and the change of the gradient; return whether its curvature is positive."""
    for place in range(direction.size):
        steps[slot, place] = length * direction[place]
        changes[slot, place] = fresh[place] - gradient[place]
    curvature = _dot(steps[slot], changes[slot])
    if curvature <= 1e-12 * _dot(changes[slot], changes[slot]):
        return False
    rho[slot] = 1.0 / curvature
    return True


@_compiled
def _evaluate(kind, constant, points, pairs, train, weights, squared, slopes):  # type: ignore[no-untyped-def]
    """Measure all pairs, write the derivatives by them, return the training loss."""
    distances(points, pairs[0], pairs[1], squared)
    return loss_and_slopes(kind, constant, squared, train[0], train[1], weights, slopes)


@_compiled
def _verdict(course, step, best_step, tolerance, patience):  # type: ignore[no-untyped-def]
    """Say why the search ends after a step, or that it goes on."""
    if step - best_step >= patience:
        return STOPPED_EARLY
    value, earlier = course[step, 0], course[max(step - WINDOW, 0), 0]
    if step >= WINDOW and earlier - value <= WINDOW * tolerance * abs(value):
        return CONVERGED
    return OUT_OF_STEPS


@_compiled
def search(kind, constant, start, pairs, train, weights, test, test_weights, limits):  # type: ignore[no-untyped-def]
    """Minimise the loss of the training triplets from a start; keep the best point on the test set.

    Limited-memory BFGS with backtracking (Nocedal & Wright 2006, doi:10.1007/978-0-387-40065-5,
    algorithms 3.1, 7.4 and 7.5).

    Parameters
    ----------
    kind, constant : int, float
        The loss.
    start : ndarray, shape (items, dims)
    pairs : ndarray of int, shape (2, pairs)
        Every pair of items that occurs.
    train, test : ndarray of int, shape (2, triplets)
        Pair of anchor and nearer, and of anchor and farther item; the test set may be empty.
    weights, test_weights : ndarray, shape (triplets,)
        Each sums to one.
    limits : tuple (int, float, int, float)
        Most steps; relative decrease per step below which it has converged; steps after the best
        one after which it stops; standard errors by which the test loss of the best step may exceed
        the lowest one.

    Returns
    -------
    tuple
        Best points; training and test loss after each step (first row: at the start); the best row;
        why it ended.
    """
    most, tolerance, patience, slack = limits
    kept, newest, step, best_step, reason = 0, MEMORY - 1, 0, 0, OUT_OF_STEPS
    points, trial, best = start.copy(), start.copy(), start.copy()
    gradient, fresh, direction = start.copy(), start.copy(), np.empty(start.size)
    squared, slopes, rho = np.empty(pairs.shape[1]), np.empty(pairs.shape[1]), np.empty(MEMORY)
    steps, changes = np.empty((MEMORY, start.size)), np.empty((MEMORY, start.size))
    course = np.full((most + 1, 2), np.nan)
    tested, lowest = np.empty(test.shape[1]), np.empty(test.shape[1])
    value = _evaluate(kind, constant, points, pairs, train, weights, squared, slopes)
    pull(points, pairs[0], pairs[1], slopes, gradient)
    each_loss(kind, constant, squared, test[0], test[1], lowest)
    course[0, 0], course[0, 1] = value, _dot(lowest, test_weights)
    slope, length = _direction(
        points.ravel(), gradient.ravel(), steps, changes, rho, kept, newest, direction
    )
    while step < most and reason == OUT_OF_STEPS:
        trial[:] = points + length * direction.reshape(start.shape)
        found = _evaluate(kind, constant, trial, pairs, train, weights, squared, slopes)
        if found <= value + ARMIJO * length * slope:
            pull(trial, pairs[0], pairs[1], slopes, fresh)
            slot, old, new = (newest + 1) % MEMORY, gradient.ravel(), fresh.ravel()
            if _remember(steps, changes, rho, slot, length, direction, new, old):
                newest, kept = slot, min(kept + 1, MEMORY)
            points, trial, gradient, fresh = trial, points, fresh, gradient
            each_loss(kind, constant, squared, test[0], test[1], tested)
            step, value = step + 1, found
            course[step, 0], course[step, 1] = value, _dot(tested, test_weights)
            if not _clearly_worse(tested, lowest, test_weights, slack):
                best_step, best[:] = step, points
            reason = _verdict(course, step, best_step, tolerance, patience)
        else:
            length = _shorter(length, value, found, slope)
            if length > SHORTEST:
                continue
            reason, kept = (OUT_OF_STEPS if kept else STUCK), 0
        slope, length = _direction(
            points.ravel(), gradient.ravel(), steps, changes, rho, kept, newest, direction
        )
    return best, course[: step + 1], best_step, reason
