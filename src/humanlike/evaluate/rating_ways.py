"""Do the ratings depend on how they were asked for? The same words, rated in other ways."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
import pandas as pd

from humanlike.analysis.asked import rating_table
from humanlike.data.norms import DIMENSIONS
from humanlike.errors import HumanlikeError
from humanlike.evaluate.asking import Asking, beginning
from humanlike.evaluate.kept import kept
from humanlike.evaluate.parameters import Parameters
from humanlike.evaluate.ratings import LEAST_WORDS, OWN, Norms
from humanlike.evaluate.record import Measured, RatingResult
from humanlike.evaluate.ways import BASELINE, Way, ask_each, common_ways, prompts
from humanlike.query.plans import Plan
from humanlike.stats import rsa_bootstrap
from humanlike.stats.agreement import spearman_scores
from humanlike.stats.repeated import rated_twice
from humanlike.tasks import ratings
from humanlike.tasks.prompt import Prompt, Scale

if TYPE_CHECKING:
    from humanlike.models.base import Mode, ModelInfo
    from humanlike.query.run import Result

SIZES: Final = (100, 200, 400, 800)
RESAMPLES: Final = 300
"""Most resamples of the curve by the number of words."""
TEMPLATES: Final = {
    "word read as “the word …”": ("the word {}", "{}"),
    "dimension read as “experienced by …”": ("{}", "experienced by {}"),
}
"""Texts in which an encoder reads a word and what it is rated by; as published they are bare."""


@dataclass(frozen=True)
class Rerated:
    """What came of one way of asking for ratings.

    Intervals are 95 % over words, and all ways have the same resamples.

    Attributes
    ----------
    kind, label, why_not : str
        As in `humanlike.evaluate.ways.Way`.
    asked : int
        Ratings asked for; 0 where it does not apply.
    valid : Measured or None
        Share of answers with a value.
    near : Measured or None
        Share of the ratings within half a point of those as published, where both are there.
    distance : Measured or None
        Mean absolute difference from those as published, in scale points.
    shift : Measured or None
        Mean difference from those as published, in scale points; above 0 if this way gives more.
    rho : Measured or None
        Spearman's ρ with the ratings as published, all dimensions together.
    people : Measured or None
        Spearman's ρ with people's ratings, mean over the dimensions.
    gain : Measured or None
        The same minus that of the ratings as published of the same words.
    """

    kind: str
    label: str
    why_not: str = ""
    asked: int = 0
    valid: Measured | None = None
    near: Measured | None = None
    distance: Measured | None = None
    shift: Measured | None = None
    rho: Measured | None = None
    people: Measured | None = None
    gain: Measured | None = None

    @property
    def liking(self) -> Measured | None:
        """What is added to every number said, whatever it means, in scale points.

        Only where the scale was turned round: the mean of the numbers said on both scales, before
        any is turned back, less the middle of the scale; this is minus half of the shift. One who
        adds c to every number says t + c on one scale and 5 − t + c on the other, so that it is c.
        Known as net acquiescence over items of both directions (Baumgartner & Steenkamp 2001,
        doi:10.1509/jmkr.38.2.143.18840).
        """
        if self.kind != "turned" or self.shift is None:
            return None
        low, high = (None if one is None else -one / 2 for one in (self.shift.high, self.shift.low))
        return Measured(-self.shift.value / 2, low, high)


def rating_ways(ask: Asking, made: Plan, mode: Mode) -> list[Way]:
    """List the ways of asking, with a reason where one does not apply to this kind of model.

    Parameters
    ----------
    ask : Asking
    made : Plan
        What was asked.
    mode : {"generate", "score"}
        How.
    """
    info, released = ask.model.info(), ask.templates()

    def asked(one: Prompt, **changes: Any) -> Prompt:
        item = ratings.Item(_scale(one).word, _scale(one).dimension)
        return ratings.prompt(item, released, changes.pop("form", one.form), one.trial, **changes)

    why = "it lays a likeness on the scale and turns with it" if info.kind == "encoder" else ""
    turned = prompts(lambda one: asked(one, turned=True))
    common = common_ways(ask, made, mode, lambda one, form: asked(one, form=form))
    scored = mode == "score" or any(way.mode == "score" for way in common)
    mean = Way("mode", "mean of the scored numbers", mode="score", expected=True)
    return [
        BASELINE,
        *_wordings(info, asked),
        Way("turned", "scale turned round, 0 is the most", why, turned),
        *common,
        *([mean] if scored else []),
    ]


def _wordings(info: ModelInfo, asked: Callable[..., Prompt]) -> list[Way]:
    if info.kind == "encoder":
        return [Way("wording", label, plan=prompts(partial(_templated, word=word, phrase=phrase)))
                for label, (word, phrase) in TEMPLATES.items()]  # fmt: skip
    why = "it answers the question as data and reads no wording" if info.reads_question else ""
    return [Way("wording", f"wording “{name}”", why, prompts(partial(asked, wording=name)))
            for name in ratings.WORDINGS]  # fmt: skip


def _templated(one: Prompt, word: str, phrase: str) -> Prompt:
    scale = _scale(one)
    read = phrase.format(scale.description)
    return replace(one, question=replace(scale, word=word.format(scale.word), description=read))


def _scale(one: Prompt) -> Scale:
    return cast("Scale", one.question)


def rerate(ask: Asking, mode: Mode, norms: Norms, n: int) -> list[Rerated]:
    """Ask for the ratings of the first words again in every way that applies.

    Parameters
    ----------
    ask : Asking
    mode : {"generate", "score"}
        How the model was asked.
    norms : Norms
    n : int
        Words, each rated on all dimensions.

    Returns
    -------
    list of Rerated
        The first one as published; ways that do not apply, with the reason.
    """
    made = first_words(ask.plan("ratings"), n)
    found: list[Rerated] = []
    base: pd.DataFrame | None = None
    for way, result in ask_each(ask, made, mode, rating_ways(ask, made, mode)):
        if result is None:
            found.append(Rerated(way.kind, way.label, way.why_not))
            continue
        table = _table(result, way.expected)
        base = table if base is None else base
        found.append(_rerated(way, table, base, norms.tables["human"], ask.parameters))
    return found


def first_words(made: Plan, n: int) -> Plan:
    """Return the part of a plan that asks for the first n words."""
    return beginning(made, n * len(set(made.columns["dimension"])))


def _table(result: Result, expected: bool) -> pd.DataFrame:
    """Return ratings (words, dimensions), words in the order of asking; NaN where there is none."""
    table = rating_table(result)
    own = table.pivot(index="word", columns="dimension",
                      values="expected" if expected else "rating")  # fmt: skip
    return own.reindex(index=table["word"].unique(), columns=list(DIMENSIONS)).astype(float)


def _rerated(
    way: Way, table: pd.DataFrame, base: pd.DataFrame, human: pd.DataFrame, parameters: Parameters
) -> Rerated:
    n_boot, seed = parameters.n_boot, parameters.seed
    shared = [word for word in table.index if word in human.index]
    people = human.loc[shared]

    def compute() -> dict[str, list[float | None]]:
        found = asdict(rated_twice(base, table, n_boot, seed))
        found |= _people(people, table.loc[shared], base.loc[shared], parameters)
        return {name: _finite(one) for name, one in found.items()}

    found = kept("rerated", compute, *(part.to_numpy() for part in (base, table, people)),
                 [list(table.index), shared], n_boot, seed)  # fmt: skip
    measured: dict[str, Any] = {
        name: Measured(*one) for name, one in found.items() if one[0] is not None
    }
    return Rerated(way.kind, way.label, asked=table.size, **measured)


def _people(
    human: pd.DataFrame, table: pd.DataFrame, base: pd.DataFrame, parameters: Parameters
) -> dict[str, tuple[float, float, float]]:
    """Return ρ with people and its gain over the ratings as published; empty for few words."""
    whole = table.notna().all(axis=1) & base.notna().all(axis=1)
    if whole.sum() < LEAST_WORDS:
        return {}
    both = {OWN: table[whole], "base": base[whole]}
    scores = spearman_scores(human[whole], both, parameters.n_boot, parameters.seed)
    return {
        "people": (scores.estimate[OWN], *scores.interval(OWN)),
        "gain": scores.gain(OWN, "base"),
    }


def _finite(values: tuple[float, float, float]) -> list[float | None]:
    return [float(one) if np.isfinite(one) else None for one in values]


def by_words(part: RatingResult, norms: Norms, parameters: Parameters) -> Mapping[int, Measured]:
    """Return the RSA with people over the first words only, by their number.

    Parameters
    ----------
    part : RatingResult
    norms : Norms
    parameters : Parameters

    Returns
    -------
    dict of int to Measured
        For `SIZES` and all words that are compared; intervals over words. Empty without a result.
    """
    if part.rsa is None:
        return {}
    own = pd.DataFrame(part.ratings, index=list(part.words)).astype(float)
    own = own.reindex(columns=list(DIMENSIONS)).dropna()
    human = norms.tables["human"]
    human = human.loc[[word for word in human.index if word in own.index]]
    own = own.loc[human.index]
    sizes = [size for size in SIZES if size < len(own)]
    found = {size: _rsa(human[:size], own[:size], parameters) for size in sizes}
    return {size: one for size, one in found.items() if one} | {len(own): part.rsa}


def _rsa(human: pd.DataFrame, own: pd.DataFrame, parameters: Parameters) -> Measured | None:
    n_boot, seed = min(parameters.n_boot, RESAMPLES), parameters.seed

    def compute() -> list[float]:
        try:
            found = rsa_bootstrap(human, {OWN: own}, n_boot, seed, n_jobs=-1)
        except HumanlikeError:
            return []
        return [found.rho[OWN], *found.interval(OWN)]

    found = kept("rsa by words", compute, human.to_numpy(), own.to_numpy(), n_boot, seed)
    return Measured(*found) if found else None
