"""The search of `_triplet_kernels` for many spaces in one batch, on any device PyTorch knows.

All spaces take their steps side by side; one that needs a shorter step or has ended does not hold
up the others. Sums over triplets run through tables of fixed order instead of atomic additions, so
a device repeats its own numbers exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import FunctionType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from humanlike.stats._ranks_torch import open_device
from humanlike.stats._triplet_kernels import (
    ARMIJO,
    CONVERGED,
    FIRST,
    MEMORY,
    OUT_OF_STEPS,
    RULES,
    SHORTEST,
    STOPPED_EARLY,
    STUCK,
    TINY,
    WINDOW,
)
from humanlike.stats.triplets import Problem

Floats = NDArray[np.float64]
Found = tuple[Floats, Floats, int, int]


def search_batch(
    kind: int,
    constant: float,
    starts: Sequence[Floats],
    problems: Sequence[Problem],
    limits: tuple[int, float, int, float],
    device: str,
) -> list[Found]:
    """Run searches side by side.

    Parameters
    ----------
    kind, constant : int, float
        The loss.
    starts : sequence of ndarray, each (n_items, n_dims)
    problems : sequence of Problem
        One per start.
    limits : tuple (int, float, int, float)
        As for `_triplet_kernels.search`.
    device : str
        Name of a PyTorch device, such as ``"cuda"``.

    Returns
    -------
    list of tuple
        What `_triplet_kernels.search` returns, for each start.

    Raises
    ------
    HumanlikeError
        If the device cannot be used.
    """
    place = open_device(device)
    batch = _Batch(_Losses(kind, constant, problems, starts[0].shape, place), starts, limits)
    while batch.active.any():
        batch.advance()
    return batch.found()


class _Losses:
    """Losses and gradients of several spaces.

    The triplets of all problems are padded with weightless ones to the same number; a pair's
    slopes are gathered through a table (pairs, most triplets of a pair).
    """

    def __init__(
        self, kind: int, constant: float, problems: Sequence[Problem], shape: Any, device: Any
    ) -> None:
        import torch

        self.constant, self.shape, self.device = constant, shape, device
        self.rule: Any = FunctionType(RULES[kind].__code__, {"np": torch, "TINY": TINY})
        self.pairs = self._padded([one.pairs for one in problems])
        self.train = self._padded([one.train for one in problems])
        self.weights = self._padded([one.weights for one in problems])
        self.test = self._padded([one.test for one in problems])
        self.test_weights = self._padded([one.test_weights for one in problems])
        n_pairs, n_triplets = self.pairs.shape[-1], self.train.shape[-1]
        tables = [_table(one.train, n_pairs, n_triplets) for one in problems]
        self.table = self._padded([part.T for part in tables], 2 * n_triplets).transpose(1, 2)

    def _padded(self, parts: Sequence[NDArray[Any]], value: int = 0) -> Any:
        """Stack arrays, filling up their last or, for tables, their first axis."""
        import torch

        sizes = [max(part.shape[axis] for part in parts) for axis in range(parts[0].ndim)]
        kind = np.float64 if parts[0].dtype.kind == "f" else np.int64
        whole = np.full((len(parts), *sizes), value, kind)
        for row, part in zip(whole, parts, strict=True):
            row[tuple(slice(size) for size in part.shape)] = part
        return torch.as_tensor(whole, device=self.device)

    def squared(self, rows: Any, points: Any) -> Any:
        """Return the squared distance of every pair; (rows, pairs)."""
        import torch

        cubes = points.reshape(len(rows), *self.shape)
        inner = cubes @ cubes.transpose(1, 2)
        first, second = self.pairs[rows].unbind(1)
        size = inner.diagonal(dim1=1, dim2=2)
        flat = (first * self.shape[0] + second, inner.flatten(1))
        near = size.gather(1, first) + size.gather(1, second) - 2 * flat[1].gather(1, flat[0])
        return torch.clamp(near, min=0.0)

    def train_loss(self, rows: Any, points: Any) -> tuple[Any, Any, Any]:
        """Return loss (rows,), gradient (rows, coordinates) and squared distances of pairs."""
        import torch

        squared = self.squared(rows, points)
        near, far = (squared.gather(1, number) for number in self.train[rows].unbind(1))
        value, *slopes = self.rule(near, far, self.constant)
        weights = self.weights[rows]
        parts = torch.cat([slope * weights for slope in slopes], dim=1)
        parts = torch.nn.functional.pad(parts, (0, 1))
        table = self.table[rows]
        by_pair = parts.gather(1, table.flatten(1)).reshape(table.shape).sum(dim=2)
        return (value * weights).sum(dim=1), self._pull(rows, points, by_pair), squared

    def _pull(self, rows: Any, points: Any, by_pair: Any) -> Any:
        """Turn derivatives by pairs into the gradient by points; (rows, coordinates)."""
        import torch

        n_items = self.shape[0]
        first, second = self.pairs[rows].unbind(1)
        graph = torch.zeros(len(rows), n_items * n_items, dtype=points.dtype, device=self.device)
        graph.scatter_(1, first * n_items + second, by_pair)
        graph = graph.reshape(-1, n_items, n_items)
        graph = graph + graph.transpose(1, 2)
        cubes = points.reshape(len(rows), *self.shape)
        return (2 * (graph.sum(dim=2, keepdim=True) * cubes - graph @ cubes)).flatten(1)

    def test_losses(self, rows: Any, squared: Any) -> Any:
        """Return the loss of every held-out triplet; (rows, triplets)."""
        near, far = (squared.gather(1, number) for number in self.test[rows].unbind(1))
        return self.rule(near, far, self.constant)[0]


def _table(numbers: NDArray[np.int32], n_pairs: int, n_triplets: int) -> NDArray[np.int64]:
    """List for each pair the triplets that hold it; (pairs, most), filled with 2 n_triplets."""
    flat = numbers.ravel()
    place = np.arange(flat.size) + (n_triplets - numbers.shape[1]) * (
        np.arange(flat.size) >= numbers.shape[1]
    )
    order = np.argsort(flat, kind="stable")
    counts = np.bincount(flat, minlength=n_pairs)
    column = np.arange(flat.size) - np.repeat(np.cumsum(counts) - counts, counts)
    table = np.full((n_pairs, counts.max()), 2 * n_triplets, np.int64)
    table[flat[order], column] = place[order]
    return table


class _Batch:
    """The searches: points, directions and memories of all, one row each."""

    def __init__(
        self, losses: _Losses, starts: Sequence[Floats], limits: tuple[int, float, int, float]
    ) -> None:
        import torch

        self.losses = losses
        self.most, self.tolerance, self.patience, self.slack = limits
        points = torch.as_tensor(np.stack([one.ravel() for one in starts]), device=losses.device)
        count, size = points.shape
        every = torch.arange(count, device=losses.device)
        self.points, self.best = points, points.clone()
        self.value, self.gradient, squared = losses.train_loss(every, points)
        self.direction = -self.gradient
        self.slope = (self.gradient * self.direction).sum(dim=1)
        self.length = self._first_length(every)
        self.steps = points.new_zeros(count, MEMORY, size)
        self.changes = torch.zeros_like(self.steps)
        self.rho = points.new_zeros(count, MEMORY)
        self.kept, self.step, self.best_step = (torch.zeros_like(every) for _ in range(3))
        self.newest = torch.full_like(every, MEMORY - 1)
        self.reason = torch.full_like(every, OUT_OF_STEPS)
        self.active = torch.ones_like(every, dtype=torch.bool)
        self.course = points.new_full((count, self.most + 1, 2), float("nan"))
        self.lowest = losses.test_losses(every, squared)
        self.least = (self.lowest * losses.test_weights).sum(dim=1)
        self.course[:, 0, 0], self.course[:, 0, 1] = self.value, self.least

    def advance(self) -> None:
        """Try one step in every search that has not ended."""
        rows = self.active.nonzero()[:, 0]
        length = self.length[rows, None]
        trial = self.points[rows] + length * self.direction[rows]
        value, gradient, squared = self.losses.train_loss(rows, trial)
        promised = self.value[rows] + ARMIJO * self.length[rows] * self.slope[rows]
        good = value <= promised
        self._shorten(rows[~good], value[~good])
        rows = rows[good]
        self._accept(rows, trial[good], value[good], gradient[good])
        self._keep(rows, self.losses.test_losses(rows, squared[good]))
        self._judge(rows)
        self._turn(rows)

    def _shorten(self, rows: Any, value: Any) -> None:
        """Choose a shorter step; where none helps forget the curvature, then end."""
        import torch

        length, slope = self.length[rows], self.slope[rows]
        bend = 2 * (value - self.value[rows] - length * slope)
        guess = torch.minimum(0.5 * length, torch.maximum(0.1 * length, -slope * length**2 / bend))
        length = torch.where(torch.isfinite(bend) & (bend > 0), guess, 0.1 * length)
        self.length[rows] = length
        lost = rows[length <= SHORTEST]
        ended = lost[self.kept[lost] == 0]
        self.reason[ended], self.active[ended] = STUCK, False
        fresh = lost[self.kept[lost] > 0]
        self.kept[fresh] = 0
        self.direction[fresh] = -self.gradient[fresh]
        self.slope[fresh] = -self.gradient[fresh].square().sum(dim=1)
        self.length[fresh] = self._first_length(fresh)

    def _accept(self, rows: Any, points: Any, value: Any, gradient: Any) -> None:
        """Move, and note step and change of the gradient where the curvature is positive."""
        step = self.length[rows, None] * self.direction[rows]
        change = gradient - self.gradient[rows]
        curvature = (step * change).sum(dim=1)
        sound = curvature > 1e-12 * change.square().sum(dim=1)
        noted = rows[sound]
        slot = (self.newest[noted] + 1) % MEMORY
        self.steps[noted, slot], self.changes[noted, slot] = step[sound], change[sound]
        self.rho[noted, slot] = 1 / curvature[sound]
        self.newest[noted], self.kept[noted] = slot, (self.kept[noted] + 1).clamp(max=MEMORY)
        self.points[rows], self.value[rows], self.gradient[rows] = points, value, gradient
        self.step[rows] += 1

    def _keep(self, rows: Any, tested: Any) -> None:
        """Note the losses, and keep points that are not clearly worse on the test set."""
        step, weights = self.step[rows], self.losses.test_weights[rows]
        mean = (tested * weights).sum(dim=1)
        self.course[rows, step, 0], self.course[rows, step, 1] = self.value[rows], mean
        lower = mean < self.least[rows]
        self.least[rows[lower]], self.lowest[rows[lower]] = mean[lower], tested[lower]
        gap = tested - self.lowest[rows]
        excess = (gap * weights).sum(dim=1)
        spread = ((gap - excess[:, None]) * weights).square().sum(dim=1).sqrt()
        good = rows[excess <= self.slack * spread]
        self.best[good], self.best_step[good] = self.points[good], self.step[good]

    def _judge(self, rows: Any) -> None:
        """End what has converged, become worse or run out of steps."""
        step, value = self.step[rows], self.value[rows]
        earlier = self.course[rows, (step - WINDOW).clamp(min=0), 0]
        settled = (step >= WINDOW) & (earlier - value <= WINDOW * self.tolerance * value.abs())
        turned = step - self.best_step[rows] >= self.patience
        self.reason[rows[settled]] = CONVERGED
        self.reason[rows[turned]] = STOPPED_EARLY
        self.active[rows[settled | turned | (step >= self.most)]] = False

    def _turn(self, rows: Any) -> None:
        """Find the next direction (two-loop recursion) and the first trial of its length."""
        import torch

        out, shares = -self.gradient[rows], []
        slots = [(self.newest[rows] - back) % MEMORY for back in range(MEMORY)]
        for back, slot in enumerate(slots):
            known = (back < self.kept[rows]).to(out.dtype)
            share = known * self.rho[rows, slot] * (self.steps[rows, slot] * out).sum(dim=1)
            out = out - share[:, None] * self.changes[rows, slot]
            shares.append((share, known))
        newest = self.newest[rows]
        scale = self.rho[rows, newest] * self.changes[rows, newest].square().sum(dim=1)
        out = out / scale.where(self.kept[rows] > 0, 1.0)[:, None]
        for slot, (share, known) in zip(reversed(slots), reversed(shares), strict=True):
            done = known * self.rho[rows, slot] * (self.changes[rows, slot] * out).sum(dim=1)
            out = out + (share - done)[:, None] * self.steps[rows, slot]
        self.direction[rows] = out
        self.slope[rows] = (self.gradient[rows] * out).sum(dim=1)
        first = self._first_length(rows)
        self.length[rows] = torch.where(self.kept[rows] > 0, torch.ones_like(first), first)

    def _first_length(self, rows: Any) -> Any:
        """Return the first trial of a step down the gradient."""
        size = self.points[rows].square().sum(dim=1)
        return FIRST * (size / (-self.slope[rows]).clamp(min=1e-300)).sqrt()

    def found(self) -> list[Found]:
        """Return the results as the compiled search does."""
        shape = self.losses.shape
        results = []
        for row in range(len(self.points)):
            last = int(self.step[row])
            course = self.course[row, : last + 1].cpu().numpy()
            points = self.best[row].cpu().numpy().reshape(shape)
            results.append((points, course, int(self.best_step[row]), int(self.reason[row])))
        return results
