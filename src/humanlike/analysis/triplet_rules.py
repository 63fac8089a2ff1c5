"""How many triplets a study needs: the rules of Paper B, written out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from humanlike.errors import HumanlikeError
from humanlike.stats.triplets import free_coordinates
from humanlike.tasks.triplets import count_triplets

if TYPE_CHECKING:
    import pandas as pd

LOGARITHMS: Final = {"2": math.log2, "e": math.log, "10": math.log10}
N_ITEMS, COLLECTED, HELD_OUT = 128, 35_000, 0.2


def scale(n_items: int, n_dims: int) -> float:
    """Return n d log2(n), the number that the rules count triplets in.

    Sorting the places of n items on each of d axes takes about as many yes-or-no answers. Jain,
    Jamieson & Nowak (2016, arXiv:1606.07081) prove the growth with n and d, up to a constant.

    Raises
    ------
    HumanlikeError
        If there are fewer than three items or no dimension.
    """
    if n_items < 3 or n_dims < 1:
        raise HumanlikeError(
            f"A design has at least 3 items and 1 dimension; got {n_items} and {n_dims}."
        )
    return n_items * n_dims * math.log2(n_items)


@dataclass(frozen=True)
class Rule:
    """One reading of a rule, ``factor * n * dims * log_base(n)``.

    Attributes
    ----------
    where : str
        Who gives it.
    factor, dims : int
        The constant and the dimension d.
    base : str
        Base of the logarithm, a key of `LOGARITHMS`.
    printed : str
        The number printed for it; empty if none is.
    """

    where: str
    factor: int
    dims: int
    base: str
    printed: str = ""

    @property
    def number(self) -> float:
        """Triplets it asks for with the 128 concepts."""
        return self.factor * N_ITEMS * self.dims * LOGARITHMS[self.base](N_ITEMS)

    @property
    def formula(self) -> str:
        """The rule as text."""
        sign = {"2": "log₂", "e": "ln", "10": "log₁₀"}[self.base]
        return f"{'' if self.factor == 1 else f'{self.factor} '}n d {sign} n"


RULES: Final = {
    "section": Rule("Section 3", 1, 30, "2", "26,900"),
    "appendix": Rule("Appendix A.7", 4, 29, "10", "31,288"),
    "section_29": Rule("Section 3 with the appendix's d", 1, 29, "2"),
    "appendix_30": Rule("Appendix A.7 with the section's d", 4, 30, "10"),
    "natural": Rule("Section 3 with the natural logarithm", 1, 30, "e"),
    "low": Rule("Documentation of the tool, random questions, at best", 10, 30, "2"),
    "high": Rule("Documentation of the tool, random questions", 20, 30, "2"),
}
"""Readings that give the printed numbers, their mixtures, and the advice for random questions in
the documentation of Salmon, the tool of Sievert et al. (2023, doi 10.21105/joss.04517)."""


def rule_table() -> pd.DataFrame:
    """List the rules with the numbers they give.

    Returns
    -------
    DataFrame
        Index: keys of `RULES`. ``where``, ``formula``, ``dims``, ``number`` (triplets), ``printed``
        (text), ``training`` (the number beside what Paper B trained on, as a ratio).
    """
    import pandas as pd

    trained = COLLECTED * (1 - HELD_OUT)
    rows = {
        key: (rule.where, rule.formula, rule.dims, rule.number, rule.printed, trained / rule.number)
        for key, rule in RULES.items()
    }
    columns = ["where", "formula", "dims", "number", "printed", "training"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


@dataclass(frozen=True)
class Budget:
    """What a number of triplets amounts to.

    Attributes
    ----------
    possible : int
        Different triplets of an anchor and an unordered pair.
    share : float
        Part of them asked.
    free : int
        Coordinates to be found, shifts and rotations taken off.
    per_coordinate : float
        Training triplets per free coordinate.
    bits : float
        Yes-or-no answers that it takes at least to know each anchor's order of all the others,
        n log2((n - 1)!), if nothing ties the orders together.
    repeats : float
        Triplets expected to be asked again if they are drawn with replacement.
    per_anchor : float
        Times each item is the anchor, on average.
    """

    possible: int
    share: float
    free: int
    per_coordinate: float
    bits: float
    repeats: float
    per_anchor: float


def budget(n_items: int, n_dims: int, n_triplets: int, held_out: float) -> Budget:
    """Say what a number of triplets amounts to.

    Parameters
    ----------
    n_items, n_dims : int
        Items and dimensions of the space to be fitted.
    n_triplets : int
        Triplets asked.
    held_out : float
        Share kept aside for testing, in [0, 1).
    """
    possible = count_triplets(n_items)
    free = free_coordinates(n_items, n_dims)
    # expected number of distinct values among draws with replacement
    distinct = -possible * math.expm1(n_triplets * math.log1p(-1 / possible))
    return Budget(
        possible, n_triplets / possible, free, n_triplets * (1 - held_out) / free,
        n_items * math.lgamma(n_items) / math.log(2), n_triplets - distinct, n_triplets / n_items,
    )  # fmt: skip
