"""Weighted Spearman correlation of distances, for many resamples of the items at once.

A resample of the items is a vector of multiplicities w. The pair (i, j) then occurs w_i w_j times,
and item i is paired w_i (w_i - 1) / 2 times with a copy of itself. Nothing is sorted again: along
the pairs in the order of the full sample, the running sum C of the weights gives the doubled
mid-rank (less one) of a group of tied pairs as C before the group plus C after it. With W the sum
of all weights and W_g that of one group g, doubled ranks q have mean W, and

    sum w (q - W)^2 = (W^3 - sum_g W_g^3) / 3       sum w (q - W)(q' - W) = sum w q q' - W^3

Kriegeskorte, Mur & Bandettini (2008), doi:10.3389/neuro.06.004.2008, compare RDMs by rank; Nili et
al. (2014), doi:10.1371/journal.pcbi.1003553, resample the items. Counts are integers, so mid-ranks
are exact. The resamples are lanes of the innermost loop, which touches contiguous memory and
becomes SIMD code. Human ranks (groups x lanes) are kept as a 16-bit remainder over a coarse 32-bit
base, because fetching them in the order of a model is what costs time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import njit, types
from numba.extending import intrinsic
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[Any]

SHIFT = 8  # 2**8 human groups share one coarse base
LANES = 72  # resamples carried in one pass: wide enough to pay for each random access
BUFFER_BYTES = 180_000_000  # the human ranks of one pass stay below this
CONSTANT = 1e-12  # relative spread below which all distances are tied
AHEAD = 4  # pairs between the request for human ranks and their use

Kernel = Callable[..., Any]


def _compiled(function: Kernel) -> Kernel:
    """Compile for use in threads; fused multiply-add is the only liberty taken."""
    kernel: Kernel = njit(nogil=True, cache=True, fastmath={"contract"})(function)
    return kernel


def _prefetch_code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    """Emit the request for one cache line: ``llvm.prefetch`` at row start + offset."""
    array = context.make_array(signature.args[0])(context, builder, args[0])
    wide, narrow, pointer = ir.IntType(64), ir.IntType(32), ir.IntType(8).as_pointer()
    row = args[1] if args[1].type.width == 64 else builder.sext(args[1], wide)
    skip = builder.mul(row, builder.extract_value(array.strides, 0))
    place = builder.add(builder.ptrtoint(array.data, wide), builder.add(skip, args[2]))
    kind = ir.FunctionType(ir.VoidType(), [pointer, narrow, narrow, narrow])
    request = builder.module.declare_intrinsic("llvm.prefetch", [pointer], kind)
    builder.call(request, [builder.inttoptr(place, pointer), narrow(0), narrow(3), narrow(1)])
    return context.get_dummy_value()


@intrinsic
def _prefetch(_typing: Any, array: Any, row: Any, offset: Any) -> Any:
    """Ask for a row of an array before it is needed, which changes no result."""
    return types.void(array, row, offset), _prefetch_code


@_compiled
def _weight(table, i, j, lane):  # type: ignore[no-untyped-def]
    """Count one pair in one resample, in 32 bits so that eight lanes fit a register."""
    return np.int32(np.int32(table[i, lane]) * np.int32(table[j, lane]))


@_compiled
def _cube(count):  # type: ignore[no-untyped-def]
    """Cube a count without overflow."""
    return float(count) * float(count) * float(count)


@_compiled
def _rank(first, second, last, table, base, ranks, total, cubes, excess):  # type: ignore[no-untyped-def]
    """Write the doubled mid-ranks (groups x lanes) of one RDM; sum w, w^3 and W_g^3 - w^3."""
    lanes = table.shape[1]
    before = np.zeros(lanes, np.int32)
    group, start = 0, True
    for pair in range(first.size):
        i, j, block = first[pair], second[pair], group >> SHIFT
        if start:
            for lane in range(lanes):
                before[lane] = total[lane]
            if group & ((1 << SHIFT) - 1) == 0:
                for lane in range(lanes):
                    base[block, lane] = np.int32(2 * total[lane])
        single = start and last[pair]
        for lane in range(lanes):
            weight = _weight(table, i, j, lane)
            cubes[lane] += _cube(weight)
            total[lane] = np.int32(total[lane] + weight)
        if not single:
            for lane in range(lanes):
                excess[lane] -= _cube(_weight(table, i, j, lane))
        if last[pair]:
            for lane in range(lanes):
                ranks[group, lane] = np.int32(before[lane] + total[lane] - base[block, lane])
            if not single:
                for lane in range(lanes):
                    excess[lane] += _cube(np.int32(total[lane] - before[lane]))
            group += 1
        start = last[pair]


@_compiled
def _cross(first, second, last, group, table, base, ranks, cross, excess):  # type: ignore[no-untyped-def]
    """Sum w q q' and W_g^3 - w^3 over the pairs in the order of a model."""
    lanes, final = table.shape[1], first.size - 1
    total, before = np.zeros(lanes, np.int32), np.zeros(lanes, np.int32)
    tied = np.zeros(lanes)
    start = True
    for pair in range(first.size):
        i, j, human = first[pair], second[pair], group[pair]
        block = human >> SHIFT
        for offset in range(0, lanes * ranks.itemsize, 64):
            _prefetch(ranks, group[min(pair + AHEAD, final)], offset)  # type: ignore[call-arg]
        if start and last[pair]:
            for lane in range(lanes):
                weight = _weight(table, i, j, lane)
                rank = np.int32(base[block, lane] + np.int32(ranks[human, lane]))
                own = np.int32(2 * total[lane] + weight)
                cross[lane] += float(weight) * float(rank) * float(own)
                total[lane] = np.int32(total[lane] + weight)
            continue
        if start:
            for lane in range(lanes):
                before[lane], tied[lane] = total[lane], 0.0
        for lane in range(lanes):
            weight = _weight(table, i, j, lane)
            rank = np.int32(base[block, lane] + np.int32(ranks[human, lane]))
            tied[lane] += float(weight) * float(rank)
            excess[lane] -= _cube(weight)
            total[lane] = np.int32(total[lane] + weight)
        if last[pair]:
            for lane in range(lanes):
                cross[lane] += tied[lane] * float(np.int32(before[lane] + total[lane]))
                excess[lane] += _cube(np.int32(total[lane] - before[lane]))
        start = last[pair]


@_compiled
def _permuted(human, model, permutations, sums):  # type: ignore[no-untyped-def]
    """Sum human[i, j] * model[p(i), p(j)] over i < j for every permutation p of the items."""
    for i in range(1, permutations.shape[1]):
        near = human[i]
        for row in range(permutations.shape[0]):
            order = permutations[row]
            far = model[order[i]]
            # Four partial sums, because one would wait for each addition in turn.
            a, b, c, d = 0.0, 0.0, 0.0, 0.0
            for j in range(0, i - 3, 4):
                a += float(near[j]) * float(far[order[j]])
                b += float(near[j + 1]) * float(far[order[j + 1]])
                c += float(near[j + 2]) * float(far[order[j + 2]])
                d += float(near[j + 3]) * float(far[order[j + 3]])
            for j in range(i - i % 4, i):
                a += float(near[j]) * float(far[order[j]])
            sums[row] += a + b + c + d


@dataclass(frozen=True)
class _Sorted:
    """The pairs of one RDM by increasing distance.

    ``first`` and ``second`` are rows of the weight table, ``last`` marks where a group of tied
    pairs ends, ``entry`` says which pair of the unsorted RDM it is; all of shape (pairs,).
    """

    entry: Integers
    first: Integers
    second: Integers
    last: NDArray[np.bool_]

    def groups(self) -> Integers:
        """Number the groups of tied pairs: (pairs,)."""
        numbers = np.cumsum(self.last, dtype=np.int32)
        numbers -= self.last
        return numbers

    def fullest(self, n_items: int) -> int:
        """Count the pairs of two different items above the most crowded coarse base."""
        starts = np.flatnonzero(np.append(True, self.last[:-1]))[:: 1 << SHIFT]
        different = (self.second < 2 * n_items).astype(np.int64)
        return int(np.add.reduceat(different, starts).max())


@dataclass(frozen=True)
class _Shared:
    """The human order on one set of valid pairs, and the models that have this set.

    ``models`` holds, for each, its column in the result, its own order, and the human group of each
    of its pairs.
    """

    human: _Sorted
    models: list[tuple[int, _Sorted, Integers]]


def _rows(n_items: int) -> tuple[Integers, Integers]:
    """Name the two rows of the weight table whose product is the weight of a pair.

    Rows 0..n-1 hold w_i, rows n..2n-1 hold w_i (w_i - 1) / 2, and row 2n holds ones: a self pair is
    (n + i, 2n). The condensed pairs come first, then the self pairs.
    """
    kind = np.dtype(np.uint16 if 2 * n_items < 2**16 else np.uint32)
    items = np.arange(n_items, dtype=kind)
    first = np.repeat(items, n_items - 1 - np.arange(n_items))
    second = np.concatenate([items[i + 1 :] for i in range(n_items)])
    copies = np.full(n_items, 2 * n_items, kind)
    return np.concatenate([first, items + kind.type(n_items)]), np.concatenate([second, copies])


def _sort(
    distances: Floats, valid: NDArray[np.bool_] | None, rows: tuple[Integers, Integers]
) -> _Sorted:
    """Sort the valid pairs once; the order of tied pairs does not matter."""
    entry: Integers
    if valid is None:
        entry = np.argsort(distances)
    else:
        entry = np.flatnonzero(valid)
        entry = entry[np.argsort(distances[entry])]
    entry = entry.astype(np.int32 if distances.size < 2**31 else np.int64)
    ordered = distances[entry]
    last = np.append(ordered[1:] != ordered[:-1], True)
    return _Sorted(entry, rows[0][entry], rows[1][entry], last)


def _prepare(
    human: Floats, models: Sequence[Floats], n_items: int, pool: ThreadPoolExecutor
) -> list[_Shared]:
    """Sort every RDM once, the human one once for each distinct set of valid pairs.

    A distance that is NaN in either RDM leaves both rankings, so human ranks depend on the set.
    """
    first_rows, second_rows = _rows(n_items)
    rows = first_rows[: human.size], second_rows[: human.size]
    known = ~np.isnan(human)
    sets: dict[bytes, list[int]] = {}
    for column, model in enumerate(models):
        valid = known & ~np.isnan(model)
        sets.setdefault(b"" if valid.all() else valid.tobytes(), []).append(column)
    shared = []
    for key, columns in sets.items():
        valid_set = np.frombuffer(key, np.bool_) if key else None
        same = partial(_sort, valid=valid_set, rows=rows)
        first, *others = pool.map(same, [human, *(models[column] for column in columns)])
        group = np.empty(human.size, np.int32)
        group[first.entry] = first.groups()
        linked = [(c, o, group[o.entry]) for c, o in zip(columns, others, strict=True)]
        shared.append(_Shared(first, linked))
    return shared


def _table(multiplicities: Integers, lanes: int) -> Integers:
    """Lay out the weights of one block of resamples: (2 items + 1 x lanes), small integers."""
    n_items = multiplicities.shape[1]
    counts = np.ones((n_items, lanes), np.int64)
    counts[:, : len(multiplicities)] = multiplicities.T
    copies = counts * (counts - 1) // 2
    table = np.concatenate([counts, copies, np.ones((1, lanes), np.int64)])
    return table.astype(np.min_scalar_type(table.max()))


def _rank_kind(human: _Sorted, multiplicities: Integers) -> np.dtype[Any]:
    """Choose 16 bits for the ranks above their base wherever no resample can overflow them."""
    n_items = multiplicities.shape[1]
    counts = multiplicities.astype(np.int64)
    heaviest = np.partition(counts, -2, axis=1)[:, -2:].prod(axis=1)
    copies = (counts * (counts - 1) // 2).sum(axis=1)
    bound = 2 * int((human.fullest(n_items) * heaviest + copies).max())
    return np.dtype(np.uint16 if bound < 2**16 else np.int32)


def _block(shared: _Shared, table: Integers, ranks: Integers, pool: ThreadPoolExecutor) -> Floats:
    """Correlate one block of resamples: (models that share the valid pairs x lanes)."""
    lanes, human = table.shape[1], shared.human
    base = np.empty(((len(ranks) >> SHIFT) + 1, lanes), np.int32)
    counts, cubes, excess = np.zeros(lanes, np.int32), np.zeros(lanes), np.zeros(lanes)
    _rank(human.first, human.second, human.last, table, base, ranks, counts, cubes, excess)
    total = counts.astype(float) ** 3

    def one(model: tuple[int, _Sorted, Integers]) -> Floats:
        own = model[1]
        cross, ties = np.zeros(lanes), np.zeros(lanes)
        _cross(own.first, own.second, own.last, model[2], table, base, ranks, cross, ties)
        spreads = np.stack([total - cubes - excess, total - cubes - ties])
        # All pairs tied leaves only rounding, far below the spread of any two groups.
        spreads[spreads <= CONSTANT * total] = np.nan
        rho: Floats = 3 * (cross - total) / np.sqrt(spreads[0]) / np.sqrt(spreads[1])
        return np.clip(rho, -1.0, 1.0)

    return np.stack(list(pool.map(one, shared.models)))


def _lanes(n_resamples: int, row_bytes: int) -> int:
    """Spread the resamples evenly over the fewest passes that LANES and the buffer allow."""
    widest = min(LANES, max(8, BUFFER_BYTES // row_bytes // 8 * 8))
    passes = -(-n_resamples // widest)
    return -(-n_resamples // (8 * passes)) * 8


def centred_ranks(distances: Floats) -> NDArray[np.int64]:
    """Rank distances (pairs,) from 1, ties at their middle; double, and subtract the mean.

    Doubled mid-ranks are whole numbers, so sums of them are exact.
    """
    order = np.argsort(distances)
    ordered = distances[order]
    ends = np.append(np.flatnonzero(ordered[1:] != ordered[:-1]) + 1, ordered.size)
    starts = np.append(0, ends[:-1])
    ranks = np.empty(ordered.size, np.int64)
    ranks[order] = np.repeat(starts + ends - ordered.size, ends - starts)
    return ranks


def weighted_spearman(
    human: Floats, models: Sequence[Floats], multiplicities: Integers, n_jobs: int
) -> Floats:
    """Correlate a human RDM with model RDMs in every resample of the items.

    Parameters
    ----------
    human : ndarray, (pairs,) or (pairs + items,)
        Condensed distances; with self pairs, followed by each item's distance to itself.
    models : sequence of ndarray
        The same for each model.
    multiplicities : ndarray, (resamples, items)
        How often each item occurs in each resample.
    n_jobs : int
        Number of threads; the numbers do not depend on it.

    Returns
    -------
    ndarray, (resamples, models)
        Spearman's rho; NaN where a resample leaves an RDM without two different distances.
    """
    n_resamples, n_items = multiplicities.shape
    result = np.empty((n_resamples, len(models)))
    with ThreadPoolExecutor(n_jobs) as pool:
        for shared in _prepare(human, models, n_items, pool):
            n_groups = int(shared.human.last.sum())
            kind = _rank_kind(shared.human, multiplicities)
            lanes = _lanes(n_resamples, n_groups * kind.itemsize)
            ranks = np.empty((n_groups, lanes), kind)
            columns = [model[0] for model in shared.models]
            for low in range(0, n_resamples, lanes):
                part = multiplicities[low : low + lanes]
                rho = _block(shared, _table(part, lanes), ranks, pool)
                result[low : low + lanes, columns] = rho[:, : len(part)].T
    return result


def permuted_sums(human: Integers, model: Integers, permutations: Integers, n_jobs: int) -> Floats:
    """Sum ``human[i, j] * model[p(i), p(j)]`` over i < j for each permutation p.

    Parameters
    ----------
    human, model : ndarray of int, (items, items)
        Symmetric matrices.
    permutations : ndarray of unsigned int, (permutations, items)
    n_jobs : int
        Number of threads; the numbers do not depend on it.

    Returns
    -------
    ndarray, (permutations,)
    """
    sums = np.zeros(len(permutations))
    pieces = np.array_split(np.arange(len(permutations)), n_jobs)

    def work(piece: Integers) -> None:
        if piece.size:
            part = slice(piece[0], piece[-1] + 1)
            _permuted(human, model, permutations[part], sums[part])

    with ThreadPoolExecutor(n_jobs) as pool:
        list(pool.map(work, pieces))
    return sums
