"""What the numbers say, in a few fixed words that hold for any model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from humanlike.evaluate.record import Evaluation, Measured

ALPHA: Final = 0.05
VERDICTS: Final = {
    "none": "no result",
    "chance": "not distinguishable from chance",
    "against": "further from people than chance",
    "between": "above chance, below the ceiling",
    "ceiling": "at the ceiling",
}


def triplet_verdict(agreement: Measured, ceilings: Mapping[str, float]) -> str:
    """Judge the share of answers that people's similarities give too.

    Not distinguishable from chance if shuffled concepts lie as far out in more than 5 % of cases.
    At the ceiling if the interval reaches the share of answers on which two human spaces agree that
    were got from different people's answers, and that of people with their noise: nothing in the
    data tells such a model from people.

    Parameters
    ----------
    agreement : Measured
        With ``p`` from shuffled concepts.
    ceilings : mapping of str to float
        Of `humanlike.evaluate.record.TripletResult`.

    Returns
    -------
    str
        A key of `VERDICTS`.
    """
    if agreement.p is None or agreement.p > ALPHA:
        return "chance"
    if agreement.value < ceilings["chance_low"]:
        return "against"
    top = agreement.high if agreement.high is not None else agreement.value
    return "ceiling" if top >= max(ceilings["other"], ceilings["crowd"]) else "between"


def rating_verdict(rsa: Measured, ceilings: Mapping[str, float]) -> str:
    """Judge the correlation of two dissimilarity matrices of words.

    Not distinguishable from chance if shuffled words correlate as highly in more than 5 % of cases.
    At the ceiling if the interval reaches the mean correlation of two samples of raters: the model
    then agrees with people as well as other people do.
    """
    if rsa.p is None or rsa.p > ALPHA:
        return "chance"
    top = rsa.high if rsa.high is not None else rsa.value
    return "ceiling" if top >= ceilings.get("raters", 1.0) else "between"


def sentences(evaluation: Evaluation) -> list[str]:
    """Say in a few sentences what came out, for a terminal.

    Returns
    -------
    list of str
        One per test that was made.
    """
    found = []
    one, two = evaluation.triplets, evaluation.ratings
    if one is not None:
        said = f"triplets: {VERDICTS[one.verdict]}; {one.asked.valid_share:.1%} of answers valid"
        if one.agreement is not None:
            said += f"; agrees with people in {_shown(one.agreement)} of them"
        if one.r2 is not None and one.rank is not None:
            said += f"; R² {_shown(one.r2)}, rank {one.rank.value:.0f} among the published models"
        found.append(said + (f" ({one.reason})" if one.reason else ""))
    if two is not None:
        said = f"ratings: {VERDICTS[two.verdict]}; {two.asked.valid_share:.1%} of answers valid"
        for name, value in (("RSA", two.rsa), ("ρ per dimension", two.spearman),
                            ("similarity", two.similarity)):  # fmt: skip
            said += f"; {name} {_shown(value)}" if value is not None else ""
        found.append(said + (f" ({two.reason})" if two.reason else ""))
    return found


def _shown(one: Measured) -> str:
    if one.low is None or one.high is None:
        return f"{one.value:.3f}"
    return f"{one.value:.3f} [{one.low:.3f}, {one.high:.3f}]"
