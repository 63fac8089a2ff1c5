"""What came out, in sentences that are true of any model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from humanlike.evaluate.leaderboard import GPT_LABELS
from humanlike.evaluate.verdict import VERDICTS

if TYPE_CHECKING:
    from humanlike.evaluate.rating_ways import Rerated
    from humanlike.evaluate.record import Asked, Measured, RatingResult, TripletResult
    from humanlike.evaluate.triplet_ways import Varied

WORDS: Final = {"rsa": "RSA", "spearman": "mean ρ per dimension", "similarity": "mean similarity"}
NOT_ASKED: Final = "This test was not part of the evaluation."


def standing(one: TripletResult | None, n_published: int) -> str:
    """Say how often a model agrees with people, and where it would stand in the paper's list."""
    if one is None:
        return NOT_ASKED
    if one.agreement is None:
        return f"There is no result: {one.reason}."
    shown, chance = one.agreement, one.ceilings
    text = (
        f"By its triplets the model is {VERDICTS[one.verdict]}: of its valid answers "
        f"{100 * shown.value:.1f} % {_interval(shown, 100, 1)} are those that people's "
        f"similarities give. Answers that know nothing of the concepts would be in "
        f"{100 * chance['chance_low']:.1f} % to {100 * chance['chance_high']:.1f} % of cases, and "
        f"two human spaces agree on {100 * chance['other']:.1f} %."
    )
    if one.r2 is None or one.rank is None:
        return f"{text} It has no place in the list: {one.reason}."
    low, high = one.rank.low or one.rank.value, one.rank.high or one.rank.value
    range_ = f"rank {low:.0f}" if low == high else f"ranks {low:.0f} to {high:.0f}"
    return (
        f"{text} Its R² of {one.r2.value:.3f} {_interval(one.r2)} would take rank "
        f"{one.rank.value:.0f} in the paper's list of {n_published}; the interval covers {range_}."
    )


def rated(one: RatingResult | None) -> str:
    """Say how a model's ratings agree with people's, and beside which versions of GPT-4o-mini."""
    if one is None:
        return NOT_ASKED
    if one.rsa is None:
        return f"There is no result: {one.reason}."
    ceiling = ""
    if "raters" in one.ceilings:
        ceiling = f" Two groups of people would reach {one.ceilings['raters']:.3f}."
    parts = [_among(name, {who: gains[name] for who, gains in one.gains.items()}) for name in WORDS]
    return (
        f"By its ratings the model is {VERDICTS[one.verdict]}: the RSA with people over "
        f"{one.n_words:,} words is {one.rsa.value:.3f} {_interval(one.rsa)}.{ceiling} "
        + " ".join(parts)
    )


def _among(name: str, gains: Mapping[str, Measured]) -> str:
    above = [GPT_LABELS[who] for who, g in gains.items() if g.low is not None and g.low > 0]
    below = [GPT_LABELS[who] for who, g in gains.items() if g.high is not None and g.high < 0]
    even = [GPT_LABELS[who] for who in gains if GPT_LABELS[who] not in above + below]
    groups = {"above": above, "below": below, "not told apart from": even}
    said = [f"{verb} {_list(names)}" for verb, names in groups.items() if names]
    return f"In {WORDS[name]} it is {'; '.join(said)}."


def validity(parts: Mapping[str, Asked]) -> str:
    """Say how much of each test was answered, and why the rest is not valid."""
    said = []
    for task, asked in parts.items():
        if asked.valid == asked.prompts:
            text = f"All {asked.prompts:,} answers to {task} are valid."
        else:
            named = ", ".join(f"{n:,} {name}" for name, n in asked.failures.items())
            text = (f"Of {asked.prompts:,} answers to {task} {100 * asked.valid_share:.1f} % are "
                    f"valid; the others: {named}.")  # fmt: skip
        said.append(text + (f" Answers were scored: {asked.why}." if asked.why else ""))
    return " ".join(said)


def place(one: TripletResult | None) -> str:
    """Say whether a model has a liking for a place among the options, or for some concepts."""
    if one is None or not one.bias:
        return "Likings cannot be told without answers to triplets."
    first, liking = one.bias["first"], one.bias["liking"]
    low, high = first.low or 0.0, first.high or 1.0
    if low <= 0.5 <= high:
        text = "It has no liking for a place"
    else:
        text = f"It likes the {'first' if first.value > 0.5 else 'second'} option"
    return (
        f"{text}: the first one is named in {100 * first.value:.1f} % of the answers "
        f"{_interval(first, 100, 1)}. A fixed order of liking, whatever the anchor, predicts "
        f"{100 * liking.value:.1f} % of them; guessing would predict half."
    )


def robust(found: Sequence[Varied]) -> str:
    """Say which way of asking changes most."""
    tried = [one for one in found if one.kind != "baseline" and one.same is not None]
    if not found:
        return "The questions were not asked in other ways."
    rest = _left_out(found)
    if not tried:
        return f"No other way of asking gave an answer.{rest}"
    least = min(tried, key=lambda one: one.same.value if one.same else 1.0)
    values = [one.agreement.value for one in [*tried, found[0]] if one.agreement]
    share = least.same.value if least.same else 0.0
    return (
        f"The largest change comes from {least.label}: {100 * share:.1f} % of the choices stay "
        f"the same. Over all ways the agreement with people lies between {100 * min(values):.1f} % "
        f"and {100 * max(values):.1f} %.{rest}"
    )


def _left_out(found: Sequence[Varied] | Sequence[Rerated]) -> str:
    n = sum(bool(one.why_not) for one in found)
    ways = "way does" if n == 1 else "ways do"
    return f" {n} {ways} not apply to this kind of model; a table says why." if n else ""


def rerated(found: Sequence[Rerated]) -> str:
    """Say which way of asking for ratings changes most, and what the turned scale shows."""
    tried = [one for one in found if one.kind != "baseline" and one.distance is not None]
    if not found:
        return "Ratings were not asked for in other ways."
    if not tried:
        return f"No other way of asking gave a rating.{_left_out(found)}"
    most = max(tried, key=lambda one: one.distance.value if one.distance else 0.0)
    text = f"The way that changes the ratings most: {most.label}."
    if most.distance and most.near:
        text += (
            f" They move by {most.distance.value:.2f} points {_interval(most.distance, 1, 2)} on "
            f"average, and {100 * most.near.value:.1f} % stay within half a point."
        )
    known = [one.people.value for one in found if one.people]
    if len(known) > 1:
        text += (
            f" Over all ways the mean ρ with people lies between {min(known):.3f} and "
            f"{max(known):.3f}."
        )
    return text + _turned(found) + _left_out(found)


def _turned(found: Sequence[Rerated]) -> str:
    one = next((one for one in found if one.kind == "turned"), None)
    if one is None or one.liking is None:
        return ""
    shown, low, high = one.liking, one.liking.low, one.liking.high
    if one.rho and one.rho.high is not None and one.rho.high < 0:
        return (
            " With the scale turned round it answers as if it were not: turned back, its ratings "
            "run against those as published. So nothing can be said of a liking for numbers."
        )
    ends = f"{shown.value:+.2f} points {_interval(shown, 1, 2)}"
    if low is None or high is None or low <= 0 <= high:
        return f" The turned scale shows no liking for high or low numbers ({ends} on each rating)."
    side = "high" if shown.value > 0 else "low"
    return f" The turned scale shows a liking for {side} numbers: {ends} on each rating."


def stable(by_size: Mapping[int, Measured], measure: str = "R²", what: str = "answers") -> str:
    """Say whether a measure has settled by the last step of the number of answers or words."""
    if len(by_size) < 2:
        return f"There are too few {what} to see how {measure} depends on their number."
    (few, before), (many, last) = list(by_size.items())[-2:]
    inside = (
        last.low is not None and last.high is not None and last.low <= before.value <= last.high
    )
    return (
        f"{measure} {'hardly moves' if inside else 'still moves'} from {few:,} to {many:,} {what}: "
        f"{before.value:.3f} {_interval(before)} to {last.value:.3f} {_interval(last)}."
    )


def _interval(one: Measured, factor: float = 1.0, digits: int = 3) -> str:
    if one.low is None or one.high is None:
        return ""
    return f"[{factor * one.low:.{digits}f}, {factor * one.high:.{digits}f}]"


def _list(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
