"""What a planned study would recover, read off simulated ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import RegularGridInterpolator

from humanlike.analysis.learning import Case, gaussian_mind, noisy
from humanlike.analysis.triplet_rules import scale
from humanlike.errors import HumanlikeError, unknown
from humanlike.tasks.triplets import count_triplets

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
N_ITEMS: Final = 64
DIMS: Final = (5, 10, 30)
"""Items and dimensions of the random spaces that are simulated."""
ITEMS_CHECKED: Final = (48, 128)
"""Forecasts are checked with other numbers of items, between these."""
HELD_OUT: Final = 0.2
MEASURES: Final = ("r2", "fresh")


def grid_cases(
    factors: Sequence[float],
    levels: Sequence[float],
    losses: Sequence[str],
    n_replicates: int,
    seed: int,
) -> list[Case]:
    """List the simulated studies of the calculator.

    Parameters
    ----------
    factors : sequence of float
        Training triplets, in units of n d log2(n).
    levels : sequence of float
        Agreement of the answers with noiseless ones, above 0.5, at most 1.
    losses : sequence of str
        As for `humanlike.stats.OrdinalEmbedding`.
    n_replicates, seed : int
        Studies per cell, each with a space of its own. Fewer are the beginning of more.

    Returns
    -------
    list of Case
        Labelled ``factor``.

    Raises
    ------
    HumanlikeError
        If a factor asks for more triplets than exist.
    """
    cases = []
    for n_dims, replicate in product(DIMS, range(n_replicates)):
        number = seed * 1000 + replicate
        mind = gaussian_mind(N_ITEMS, n_dims, number)
        for level in levels:
            observer = noisy(mind, level)
            for factor, loss in product(factors, losses):
                asked, labels = n_asked(N_ITEMS, n_dims, factor), (("factor", factor),)
                cases.append(Case(mind, observer, asked, n_dims, loss, number, labels=labels))
    return cases


def n_asked(n_items: int, n_dims: int, factor: float) -> int:
    """Return how many triplets to ask so that a factor of n d log2(n) are left for training.

    Raises
    ------
    HumanlikeError
        If that is more than exist.
    """
    asked, total = round(factor * scale(n_items, n_dims) / (1 - HELD_OUT)), count_triplets(n_items)
    if asked > total:
        raise HumanlikeError(
            f"{n_items} items make {total:,} triplets; {factor:g} n d log2(n) in {n_dims} "
            f"dimensions would need {asked:,}. Lower the factor."
        )
    return asked


@dataclass(frozen=True)
class Forecast:
    """Simulated studies on a grid, and what lies between its points.

    Attributes
    ----------
    factors : ndarray, (factors,)
        Training triplets in units of n d log2(n), rising.
    levels : ndarray, (levels,)
        Agreement of the answers with noiseless ones, rising.
    values : dict of str to dict of str to ndarray, each (dims, levels, factors)
        By loss and measure (``r2``: recovered R²; ``fresh``: accuracy on new questions answered
        without noise); means over replicates. The first axis is `DIMS`.
    """

    factors: Floats
    levels: Floats
    values: Mapping[str, Mapping[str, Floats]]

    def predict(
        self, loss: str, n_dims: float, factor: float, agreement: float
    ) -> dict[str, float]:
        """Interpolate, linearly in the logarithms of dimension and factor and in the agreement.

        Parameters
        ----------
        loss : str
        n_dims, factor, agreement : float
            Within the range of the grid.

        Returns
        -------
        dict of str to float
            By measure.

        Raises
        ------
        HumanlikeError
            If the loss was not simulated or the study lies outside the grid.
        """
        if loss not in self.values:
            raise HumanlikeError(unknown("loss", loss, self.values))
        for what, value, axis in (
            ("dimensions", n_dims, DIMS),
            ("times n d log2(n)", factor, self.factors),
            ("agreement", agreement, self.levels),
        ):
            if not axis[0] <= value <= axis[-1]:
                raise HumanlikeError(
                    f"Simulated were {axis[0]:g} to {axis[-1]:g} ({what}), not {value:g}."
                )
        at = (np.log(n_dims), agreement, np.log(factor))
        grid = (np.log(DIMS), self.levels, np.log(self.factors))
        return {
            name: RegularGridInterpolator(grid, table)(at).item()
            for name, table in self.values[loss].items()
        }

    def needed(self, loss: str, n_dims: float, agreement: float, target: float) -> float | None:
        """Return the smallest factor whose R² reaches a target, or None if none simulated does."""
        steps = np.geomspace(self.factors[0], self.factors[-1], 201)
        steps[-1] = self.factors[-1]
        for factor in map(float, steps):
            if self.predict(loss, n_dims, factor, agreement)["r2"] >= target:
                return factor
        return None

    def written(self, factor: float | None, unit: float) -> str:
        """Write what `needed` gives as a number of triplets with two digits that count."""
        if factor is None:
            return "not reached"
        sign = "≤ " if factor == self.factors[0] else ""
        digits = int(np.floor(np.log10(factor * unit))) - 1
        return f"{sign}{round(factor * unit, -digits):,.0f}"


def forecast(simulated: pd.DataFrame) -> Forecast:
    """Bring simulated studies onto their grid.

    Parameters
    ----------
    simulated : DataFrame
        As `humanlike.analysis.learning.simulate` gives for `grid_cases`.
    """
    factors, levels = (np.sort(simulated[name].unique()) for name in ("factor", "level"))
    values: dict[str, dict[str, Floats]] = {}
    for loss, rows in simulated.groupby("loss"):
        mean = rows.groupby(["n_dims", "level", "factor"])[list(MEASURES)].mean()
        table = mean.to_numpy().reshape(len(DIMS), len(levels), len(factors), len(MEASURES))
        values[str(loss)] = {name: table[..., n] for n, name in enumerate(MEASURES)}
    return Forecast(factors, levels, values)


def off_grid_cases(grid: Forecast, n_cases: int, seed: int) -> list[Case]:
    """List studies between the points of the grid, to see whether forecasts hold.

    Parameters
    ----------
    grid : Forecast
    n_cases : int
        Studies per loss. Items, dimensions, factor and agreement are drawn within the range of the
        simulated ones.
    seed : int

    Returns
    -------
    list of Case
        Labelled ``factor``.
    """
    random = np.random.default_rng([seed, 5])
    (least, most), (few, many) = ITEMS_CHECKED, (DIMS[0], DIMS[-1])
    cases: list[Case] = []
    while len(cases) < n_cases * len(grid.values):
        n_items = int(random.integers(least, most + 1))
        n_dims = round(float(np.exp(random.uniform(np.log(few), np.log(many)))))
        factor = float(np.exp(random.uniform(*np.log(grid.factors[[0, -1]]))))
        agreement = float(random.uniform(grid.levels[0], grid.levels[-1]))
        most_factor = count_triplets(n_items) * (1 - HELD_OUT) / scale(n_items, n_dims)
        factor = min(factor, 0.99 * most_factor)
        if factor < grid.factors[0]:
            continue
        asked = n_asked(n_items, n_dims, factor)
        number = seed * 1000 + 500 + len(cases)
        mind = gaussian_mind(n_items, n_dims, number)
        observer, labels = noisy(mind, agreement), (("factor", factor),)
        cases += [
            Case(mind, observer, asked, n_dims, loss, number, labels=labels) for loss in grid.values
        ]
    return cases


def compare(grid: Forecast, simulated: pd.DataFrame) -> pd.DataFrame:
    """Set forecasts beside what came out.

    Parameters
    ----------
    grid : Forecast
    simulated : DataFrame
        As `humanlike.analysis.learning.simulate` gives for `off_grid_cases`.

    Returns
    -------
    DataFrame
        ``loss``, ``n_items``, ``n_dims``, ``n_triplets``, ``factor``, ``level``, ``r2``,
        ``forecast``, ``error`` (R² minus forecast).
    """
    names = ["loss", "n_items", "n_dims", "n_triplets", "factor", "level", "r2"]
    table = simulated[names].copy()
    points = table[["loss", "n_dims", "factor", "level"]].itertuples(index=False, name=None)
    table["forecast"] = [grid.predict(*point)["r2"] for point in points]
    table["error"] = table["r2"] - table["forecast"]
    return table


def needed_table(
    grid: Forecast, n_items: int, n_dims: int, targets: Sequence[float]
) -> pd.DataFrame:
    """List how many triplets reach a target, for each loss and agreement.

    Parameters
    ----------
    grid : Forecast
    n_items, n_dims : int
        The design.
    targets : sequence of float
        Values of R².

    Returns
    -------
    DataFrame
        ``loss``, ``agreement``, and one column per target with the number of triplets to ask (a
        fifth of them held out), as text; ``≤`` where the least simulated is enough, ``not
        reached`` where none is.
    """
    import pandas as pd

    rows = []
    for loss in grid.values:
        for level in grid.levels[::-1]:
            found = [grid.needed(loss, n_dims, float(level), target) for target in targets]
            unit = scale(n_items, n_dims) / (1 - HELD_OUT)
            rows.append([loss, level, *(grid.written(one, unit) for one in found)])
    columns = ["loss", "agreement", *(f"R² {target:g}" for target in targets)]
    return pd.DataFrame(rows, columns=columns)
