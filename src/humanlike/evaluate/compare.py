"""Models side by side: every measure with a paired interval, and what else differs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from humanlike.errors import HumanlikeError, unknown
from humanlike.evaluate.files import evaluations, find_evaluation
from humanlike.evaluate.leaderboard import GPT_LABELS, MEASURES
from humanlike.evaluate.parameters import Parameters
from humanlike.evaluate.record import Evaluation, Measured

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

CONCEPTS: Final = "the same resamples of the concepts for both"
WORDS: Final = "the same resamples of the words for both"
APART: Final = "the intervals of both, put together"
FIXED: Final = "the interval of one; the published value is taken as fixed"
NONE: Final = "published values have no interval"
DESIGN: Final = ("n_triplets", "seed", "human_space", "n_dims")
"""Parameters that must be equal where triplets are compared."""
BIAS: Final = {"bias.first": "Names the first option", "bias.liking": "Follows a fixed liking"}


@dataclass(frozen=True)
class Side:
    """One of the models compared.

    Attributes
    ----------
    name : str
        What it is called in the comparison.
    evaluation : Evaluation or None
        None for a published model and a version of GPT-4o-mini.
    r2 : float or None
        Of a published model.
    ratings : DataFrame or None, (words, dimensions)
    """

    name: str
    evaluation: Evaluation | None = None
    r2: float | None = None
    ratings: pd.DataFrame | None = None


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
    """

    names: tuple[str, ...]
    rows: tuple[Row, ...]
    differs: dict[str, tuple[str, ...]]


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
        If a model is unknown, named twice or compared with itself, or two have nothing in common,
        or were asked different triplets.

    References
    ----------
    Zou & Donner (2008), doi:10.1002/sim.3095, for putting intervals together.
    """
    if len(names) < 2:
        raise HumanlikeError("Name at least two models to compare.")
    sides = _labelled([find_side(name, folder, missing) for name in names])
    rows = [row for a, b in combinations(sides, 2) for row in _pair(a, b, n_boot, seed, missing)]
    return Comparison(tuple(side.name for side in sides), tuple(rows), differences(sides))


def find_side(name: str, folder: Path | None = None, missing: str = "raise") -> Side:
    """Return the model that a name, spec or id means; see `compare`."""
    from humanlike.data.published import load_ranking
    from humanlike.evaluate.run import norms_of

    wanted = name.strip().casefold()
    labels = {key: f"GPT-4o-mini, {label}" for key, label in GPT_LABELS.items()}
    for key, label in labels.items():
        if wanted in (key, label.casefold(), f"gpt-4o-mini {key}"):
            return Side(label, ratings=norms_of(missing).tables[key])
    ranking = load_ranking()
    published = dict(zip(ranking["model"].str.casefold(), ranking.index, strict=True))
    if wanted in published:
        row = ranking.loc[published[wanted]]
        return Side(str(row["model"]), r2=float(row["r2"]))
    try:
        found = find_evaluation(name, folder)
    except HumanlikeError:
        own = [one.name for one in evaluations(folder, problems=[])]
        if ":" in name:
            raise HumanlikeError(
                f"{name} has not been evaluated. Do so first: humanlike evaluate {name}"
                + (f" (evaluated are: {', '.join(sorted(set(own)))})" if own else "")
            ) from None
        known = [*own, *ranking["model"], *labels.values()]
        raise HumanlikeError(_unknown(name, known)) from None
    return Side(found.name, found, ratings=_ratings(found))


def _unknown(name: str, known: Sequence[str]) -> str:
    text = unknown("model", name, known)
    return text.partition(" Known: ")[0] + " 'humanlike leaderboard' lists all."


def _labelled(sides: Sequence[Side]) -> list[Side]:
    """Give evaluations of one name their ids; refuse the same model twice."""
    from dataclasses import replace

    ids = [side.evaluation.id if side.evaluation else side.name for side in sides]
    for place, one in enumerate(ids):
        if one in ids[:place]:
            raise HumanlikeError(
                f"{sides[place].name} is named twice. Name different models or, by their ids from "
                "'humanlike leaderboard', different evaluations of one model."
            )
    names = [side.name for side in sides]
    return [
        replace(side, name=f"{side.name} ({one})") if names.count(side.name) > 1 else side
        for side, one in zip(sides, ids, strict=True)
    ]


def _ratings(one: Evaluation) -> pd.DataFrame | None:
    import pandas as pd

    if one.ratings is None or one.ratings.rsa is None:
        return None
    return pd.DataFrame(one.ratings.ratings, index=list(one.ratings.words), dtype=float)


def _pair(a: Side, b: Side, n_boot: int, seed: int, missing: str) -> list[Row]:
    rows = _r2(a, b, n_boot, seed, missing) + _answers(a, b, n_boot, seed)
    rows += _rated(a, b, n_boot, seed, missing) + _validity(a, b)
    if not rows:
        raise HumanlikeError(
            f"{a.name} and {b.name} have no measure in common: published models have triplets "
            "only, the versions of GPT-4o-mini ratings only. Compare both with an evaluated model."
        )
    return rows


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
    human = load_target(_parameters(a).human_space, missing=missing).human
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
    human = norms_of(missing).tables["human"]
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
        raise HumanlikeError(
            f"{a.name} and {b.name} were put to different designs of triplets "
            f"({'; '.join(apart)}), so their answers cannot be paired. Evaluate one of them again "
            "with the settings of the other; what is answered is not asked again."
        )
    if bool(a.evaluation and a.evaluation.simulated) != bool(
        b.evaluation and b.evaluation.simulated
    ):
        raise HumanlikeError(
            f"One of {a.name} and {b.name} was evaluated on simulated data, the other on real "
            "ones. Evaluate it again on real data."
        )


def differences(sides: Sequence[Side]) -> dict[str, tuple[str, ...]]:
    """List facts, parameters and settings in which evaluated models differ, as text."""
    facts: list[Callable[[Evaluation], dict[str, Any]]] = [
        lambda one: {k: v for k, v in one.model.items() if k not in ("versions", "chunk")},
        lambda one: asdict(one.parameters),
        lambda one: {f"{task}: {k}": v for task, part in (("triplets", one.triplets),
                     ("ratings", one.ratings)) if part
                     for k, v in ({"form": part.asked.form} | part.asked.settings).items()},
        lambda one: {k: one.made.get(k) for k in ("version", "python", "machine", "cores")},
    ]  # fmt: skip
    known = [
        {key: value for fact in facts for key, value in fact(side.evaluation).items()}
        if side.evaluation else {}
        for side in sides
    ]  # fmt: skip
    names = dict.fromkeys(name for one in known for name in one)
    texts = {name: tuple(_text(one, name) for one in known) for name in names}
    return {name: shown for name, shown in texts.items() if len(set(shown)) > 1}


def _text(known: dict[str, Any], name: str) -> str:
    if name not in known:
        return "–"
    value = known[name]
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(value)[:16] if name in ("revision", "template") else str(value)
