"""Models side by side: every measure with a paired interval, and what else differs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np

from humanlike.data import usage
from humanlike.errors import HumanlikeError
from humanlike.evaluate.leaderboard import MEASURES
from humanlike.evaluate.parameters import Parameters
from humanlike.evaluate.record import Measured
from humanlike.evaluate.sides import Side, differences, find_side, labelled

if TYPE_CHECKING:
    from numpy.typing import NDArray

T = TypeVar("T")
CONCEPTS: Final = "the same resamples of the concepts for both"
WORDS: Final = "the same resamples of the words for both"
APART: Final = "the intervals of both, put together"
FIXED: Final = "the interval of one; the published value is taken as fixed"
NONE: Final = "published values have no interval"
DESIGN: Final = ("n_triplets", "seed", "human_space", "n_dims")
"""Parameters that must be equal where triplets are compared."""
BIAS: Final = {"bias.first": "Names the first option", "bias.liking": "Follows a fixed liking"}


@dataclass(frozen=True)
class Row:
    """One measure of two models.

    Attributes
    ----------
    measure : str
        In words.
    a, b : str
        The models.
    value_a, value_b : float
    difference : Measured
        Of a minus b.
    method : str
        Where the interval comes from.
    """

    measure: str
    a: str
    b: str
    value_a: float
    value_b: float
    difference: Measured
    method: str


@dataclass(frozen=True)
class Comparison:
    """Models side by side.

    Attributes
    ----------
    names : tuple of str
    rows : tuple of Row
        Every measure both of a pair have, for every pair.
    differs : dict of str to tuple of str, each (models,)
        Facts, parameters and settings in which the models differ, as text.
    notes : tuple of str
        What could not be compared and why, and which of two models of one name was taken.
    """

    names: tuple[str, ...]
    rows: tuple[Row, ...]
    differs: dict[str, tuple[str, ...]]
    notes: tuple[str, ...] = ()


class Apart(HumanlikeError):
    """Two models cannot be compared in some measure; in others they may."""


def compare(
    names: Sequence[str],
    folder: Path | None = None,
    *,
    n_boot: int = 1000,
    seed: int = 0,
    missing: str = "raise",
) -> Comparison:
    """Set models side by side.

    Differences of R² and of agreement are resampled over the concepts, those of the ratings over
    the words: the same draws for both models, so that what makes a draw easy or hard for both
    cancels. R² differences are recentred (`humanlike.stats.alignment.AlignmentBootstrap`). How far
    R² moves with other *answers* is a second row: the intervals of the refits put together,
    :math:`d - \\sqrt{(a - l_a)^2 + (u_b - b)^2}` to :math:`d + \\sqrt{(u_a - a)^2 + (b - l_b)^2}`.

    Parameters
    ----------
    names : sequence of str
        At least two of: evaluated models by name, spec or id; published models by name; versions
        of GPT-4o-mini, as ``base`` or ``GPT-4o-mini, Base``.
    folder : Path, optional
        Where evaluations lie.
    n_boot, seed : int
        Resamples and their seed.
    missing : {"raise", "simulate"}
        What to do if the human space or the norms cannot be had.

    Raises
    ------
    HumanlikeError
        If a model is unknown, named twice or compared with itself, or no two of them can be
        compared in anything: they have no measure in common, were asked different triplets, or one
        on simulated and one on real data.

    References
    ----------
    Zou & Donner (2008), doi:10.1002/sim.3095, for putting intervals together.
    """
    if len(names) < 2:
        raise HumanlikeError("Name at least two models to compare.")
    if n_boot < 2 or seed < 0:
        raise HumanlikeError(
            f"There are at least 2 resamples, and their seed is not negative; got {n_boot:,} with "
            f"seed {seed}."
        )
    notes: list[str] = []
    sides = labelled([find_side(name, folder, missing, notes) for name in names])
    rows: list[Row] = []
    for a, b in combinations(sides, 2):
        found, why = _pair(a, b, n_boot, seed, missing)
        rows += found
        notes += why
    if not rows:
        raise HumanlikeError(" ".join(notes))
    shown = tuple(dict.fromkeys(notes))
    return Comparison(tuple(side.name for side in sides), tuple(rows), differences(sides), shown)


def _pair(a: Side, b: Side, n_boot: int, seed: int, missing: str) -> tuple[list[Row], list[str]]:
    """Return every measure both have, and why some could not be compared."""
    parts: list[Callable[[], list[Row]]] = [
        lambda: _r2(a, b, n_boot, seed, missing),
        lambda: _answers(a, b, n_boot, seed),
        lambda: _rated(a, b, n_boot, seed, missing),
        lambda: _validity(a, b),
    ]
    rows: list[Row] = []
    why: list[str] = []
    for part in parts:
        try:
            rows += part()
        except Apart as problem:
            why.append(str(problem))
    if not rows and not why:
        why.append(
            f"{a.name} and {b.name} have no measure in common: published models have triplets "
            "only, the versions of GPT-4o-mini ratings only. Compare both with an evaluated model."
        )
    return rows, why


def _r2(a: Side, b: Side, n_boot: int, seed: int, missing: str) -> list[Row]:
    one, two = (_r2_of(side) for side in (a, b))
    if one is None or two is None:
        return []
    gap, known = one.value - two.value, [side for side in (a, b) if side.evaluation]
    name = MEASURES["r2"]

    def row(measure: str, difference: Measured, method: str) -> Row:
        return Row(measure, a.name, b.name, one.value, two.value, difference, method)

    together = put_together(one, two)
    if len(known) < 2:
        return [row(f"{name}, other answers", together, FIXED if known else NONE)]
    _same_design(a, b)
    from humanlike.analysis.placing import load_target
    from humanlike.stats import alignment_bootstrap

    spaces = {side.name: side.evaluation.triplets.space for side in known}  # type: ignore[union-attr]
    space = _parameters(a).human_space
    human = _same_data(known, lambda: load_target(space, missing=missing)).human
    found = alignment_bootstrap(human, spaces, n_boot=n_boot, seed=seed)  # type: ignore[arg-type]
    drawn = found.difference(a.name, b.name)
    move = gap - drawn.estimate
    paired = Measured(gap, drawn.low + move, drawn.high + move, drawn.p)
    return [row(f"{name}, other concepts", paired, CONCEPTS),
            row(f"{name}, other answers", together, APART)]  # fmt: skip


def _r2_of(side: Side) -> Measured | None:
    if side.r2 is not None:
        return Measured(side.r2)
    part = side.evaluation.triplets if side.evaluation else None
    return part.r2 if part else None


def put_together(one: Measured, two: Measured) -> Measured:
    """Return the difference of two values with the interval that follows from theirs.

    A value without interval is taken as fixed; of two such nothing follows.
    """
    gap = one.value - two.value
    if one.low is None and two.low is None:
        return Measured(gap)
    a, b = ((m.low, m.high) if m.low is not None and m.high is not None else (m.value,) * 2
            for m in (one, two))  # fmt: skip
    below = np.hypot(one.value - a[0], b[1] - two.value)
    above = np.hypot(a[1] - one.value, two.value - b[0])
    return Measured(gap, float(gap - below), float(gap + above))


def _answers(a: Side, b: Side, n_boot: int, seed: int) -> list[Row]:
    """Compare agreement with people, prediction and likings of two evaluated models."""
    parts = [side.evaluation.triplets if side.evaluation else None for side in (a, b)]
    one, two = parts
    if one is None or two is None or one.agreement is None or two.agreement is None:
        return []
    _same_design(a, b)
    drawn = [_resampled(part, _parameters(a), n_boot, seed) for part in (one, two)]
    rows = [_row(MEASURES["agreement"], a, b, one.agreement, two.agreement,
                 _paired(one.agreement, two.agreement, drawn[0] - drawn[1]), CONCEPTS)]  # fmt: skip
    if one.held_out and two.held_out:
        together = put_together(one.held_out, two.held_out)
        rows.append(_row(MEASURES["held_out"], a, b, one.held_out, two.held_out, together, APART))
    for key, label in BIAS.items():
        m, n = (part.bias[key.removeprefix("bias.")] for part in (one, two))
        rows.append(_row(label, a, b, m, n, put_together(m, n), APART))
    return rows


def _resampled(part: Any, parameters: Parameters, n_boot: int, seed: int) -> NDArray[np.float64]:
    from humanlike.evaluate.agreement import resampled_agreement, values_of
    from humanlike.tasks.triplets import design

    n = len(part.concepts)
    questions = design(n, parameters.n_triplets, seed=parameters.seed).triplets
    return resampled_agreement(questions, values_of(part.marks), n, n_boot, seed)


def _paired(one: Measured, two: Measured, drawn: NDArray[np.float64]) -> Measured:
    from humanlike.stats.intervals import percentiles, two_sided_p

    return Measured(one.value - two.value, *percentiles(drawn), two_sided_p(drawn))


def _rated(a: Side, b: Side, n_boot: int, seed: int, missing: str) -> list[Row]:
    """Compare ratings on the words both rated on all dimensions."""
    from humanlike.evaluate.ratings import EACH, paired_scores
    from humanlike.evaluate.run import norms_of

    if a.ratings is None or b.ratings is None:
        return []
    human = _same_data((a, b), lambda: norms_of(missing)).tables["human"]
    whole = [side.dropna().index for side in (a.ratings, b.ratings)]
    words = [word for word in human.index if all(word in one for one in whole)]
    if len(words) < 3:
        return []
    tables = {"human": human, "a": a.ratings, "b": b.ratings}
    tables = {name: part.loc[words, list(human.columns)] for name, part in tables.items()}
    rows = []
    for short, scores in paired_scores(tables, n_boot, seed).items():
        label = f"ρ, {short.removeprefix(EACH)}" if short.startswith(EACH) else MEASURES[short]
        one, two = (Measured(scores.estimate[side]) for side in ("a", "b"))
        paired = _paired(one, two, scores.samples["a"] - scores.samples["b"])
        rows.append(_row(label, a, b, one, two, paired, WORDS))
    return rows


def _validity(a: Side, b: Side) -> list[Row]:
    from humanlike.stats.proportions import wilson

    if a.evaluation is None or b.evaluation is None:
        return []
    rows = []
    for task in ("triplets", "ratings"):
        parts = [getattr(side.evaluation, task) for side in (a, b)]
        if all(parts):
            shares = [wilson(part.asked.valid, part.asked.prompts) for part in parts]
            one, two = (Measured(s.share, s.low, s.high) for s in shares)
            label = f"{MEASURES['valid']}, {task}"
            rows.append(_row(label, a, b, one, two, put_together(one, two), APART))
    return rows


def _row(
    measure: str, a: Side, b: Side, one: Measured, two: Measured, gap: Measured, method: str
) -> Row:
    return Row(measure, a.name, b.name, one.value, two.value, gap, method)


def _parameters(side: Side) -> Parameters:
    if side.evaluation is None:
        raise HumanlikeError(f"{side.name} was not evaluated here.")
    return side.evaluation.parameters


def _same_design(a: Side, b: Side) -> None:
    """Refuse to compare answers to different questions."""
    one, two = (asdict(_parameters(side)) for side in (a, b))
    apart = [f"{name} {one[name]} and {two[name]}" for name in DESIGN if one[name] != two[name]]
    if apart:
        raise Apart(
            f"{a.name} and {b.name} were put to different designs of triplets "
            f"({'; '.join(apart)}), so their answers cannot be paired. Evaluate one of them again "
            "with the settings of the other; what is answered is not asked again."
        )
    simulated = [bool(side.evaluation and side.evaluation.simulated) for side in (a, b)]
    if simulated[0] != simulated[1]:
        raise Apart(
            f"One of {a.name} and {b.name} was evaluated on simulated data, the other on real "
            "ones. Evaluate it again on real data."
        )


def _same_data(sides: Sequence[Side], load: Callable[[], T]) -> T:
    """Load data, and refuse them where an evaluation had simulated ones and these are real."""
    with usage.watched() as read:
        loaded = load()
    for use in read.values():
        for side in sides:
            if side.evaluation and (use.id in side.evaluation.simulated) == use.real:
                was, now = ("simulated", "real") if use.real else ("real", "simulated")
                raise Apart(
                    f"{side.name} was evaluated on {was} data ({use.id}), and those at hand are "
                    f"{now}. Evaluate it again on these."
                )
    return loaded
