"""An evaluation as tables for a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from humanlike.evaluate.bias import RATING_BIAS, TRIPLET_BIAS
from humanlike.evaluate.leaderboard import GPT_LABELS
from humanlike.evaluate.said import WORDS
from humanlike.evaluate.verdict import VERDICTS
from humanlike.query.meter import duration

if TYPE_CHECKING:
    import pandas as pd

    from humanlike.evaluate.rating_ways import Rerated
    from humanlike.evaluate.record import Asked, Evaluation, Measured
    from humanlike.evaluate.triplet_ways import Varied

W = TypeVar("W", "Varied", "Rerated")


def asked_parts(one: Evaluation) -> dict[str, Asked]:
    """Return what was asked, by task."""
    parts = {"triplets": one.triplets, "ratings": one.ratings}
    return {task: part.asked for task, part in parts.items() if part}


def facts_table(one: Evaluation) -> pd.DataFrame:
    """List who was asked, on what and how the result was made; columns Fact and Value."""
    import pandas as pd

    model, made = one.model, one.made
    rows = {
        "Model": one.name,
        "Spec": one.spec,
        "Revision": model["revision"],
        "Number format": model["dtype"],
        "Chat template": model["template"],
        "Adapter": model["adapter"],
        "Device": model["device"],
        "Libraries": ", ".join(f"{k} {v}" for k, v in model["versions"].items()),
        "Machine": f"{made['machine']}, {made['cores']} cores, {made['system']}",
        "Python": made["python"],
        "Package": made["version"],
        "Evaluated": made["at"],
        "Id": one.id,
    }
    known = [(name, str(value)) for name, value in rows.items() if value]
    return pd.DataFrame(known, columns=["Fact", "Value"])


def asked_table(one: Evaluation) -> pd.DataFrame:
    """List what was asked in each task, when, how long it took and what it cost."""
    import pandas as pd

    rows = []
    for task, asked in asked_parts(one).items():
        settings = ", ".join(f"{k} {v}" for k, v in asked.settings.items()
                             if k not in ("mode", "top_logprobs") and v is not None)  # fmt: skip
        rows.append(
            {
                "Task": task,
                "Form": asked.form,
                "Mode": asked.mode,
                "Settings": settings,
                "Prompts": asked.prompts,
                "Valid, %": 100 * asked.valid_share,
                "First answer": _time(asked.first),
                "Last answer": _time(asked.last),
                "Time asking": None if asked.seconds is None else duration(asked.seconds),
                "Tokens read": asked.read,
                "Tokens written": asked.written,
                "US dollars": asked.cost,
            }
        )
    table = pd.DataFrame(rows)
    return table.loc[:, table.notna().any()]


def _time(seconds: float | None) -> str | None:
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")


def failure_table(one: Evaluation) -> pd.DataFrame:
    """List the named causes of answers without a value; columns Task, Cause, Answers, Share."""
    import pandas as pd

    rows = [
        (task, cause, count, 100 * count / asked.prompts)
        for task, asked in asked_parts(one).items()
        for cause, count in (asked.failures or {"none: every answer is valid": 0}).items()
    ]
    return pd.DataFrame(rows, columns=["Task", "Cause", "Answers", "Share, %"])


def bias_table(one: Evaluation) -> pd.DataFrame:
    """List likings and use of the scale, in per cent; columns Task, What, Share, Low, High."""
    import pandas as pd

    rows = []
    for task, part, names in (("triplets", one.triplets, TRIPLET_BIAS),
                              ("ratings", one.ratings, RATING_BIAS)):  # fmt: skip
        for key, value in (part.bias if part else {}).items():
            rows.append((task, names[key], *(100 * (x or 0.0) for x in _three(value))))
    return pd.DataFrame(rows, columns=["Task", "What", "Share, %", "Low", "High"])


def rating_rows(one: Evaluation) -> pd.DataFrame:
    """Set the model's ratings beside the versions of GPT-4o-mini.

    Returns
    -------
    DataFrame
        Columns measure, model, estimate, low, high, gain, gain_low, gain_high; gains are the
        model's over the other.
    """
    import pandas as pd

    columns = ["measure", "model", "estimate", "low", "high", "gain", "gain_low", "gain_high"]
    if one.ratings is None or one.ratings.rsa is None:
        return pd.DataFrame(columns=columns)
    rows: list[tuple[Any, ...]] = []
    for name, label in WORDS.items():
        rows.append((label, one.name, *_three(getattr(one.ratings, name)), None, None, None))
        for who in one.ratings.references:
            shown = GPT_LABELS[who]
            other, gain = one.ratings.references[who][name], one.ratings.gains[who][name]
            rows.append((label, f"GPT-4o-mini, {shown}", *_three(other), *_three(gain)))
    return pd.DataFrame(rows, columns=columns)


MARKS = {
    "knows the categories only": "categories",
    "people, without error": "perfect",
    "people, with their noise": "crowd",
}
RSA_MARKS = {"RSA of a perfect model": "perfect", "RSA between raters": "raters"}


def standing_parts(one: Evaluation) -> dict[str, Any]:
    """Return what `humanlike.plots.evaluate.standing` draws, but for the published models."""
    import pandas as pd

    columns = ["estimate", "low", "high"]
    r2 = one.triplets.r2 if one.triplets else None
    limits = one.triplets.limits if one.triplets else {}
    ceilings = one.ratings.ceilings if one.ratings else {}
    rows = rating_rows(one)
    rsa = rows[rows["measure"] == WORDS["rsa"]].set_index("model")[columns]
    return {
        "triplets": pd.DataFrame([_three(r2)] if r2 else [], [one.name] if r2 else [], columns),
        "chance": (limits.get("chance_low", 0.0), limits.get("chance_high", 0.0)),
        "lines": {name: limits[key] for name, key in MARKS.items() if key in limits},
        "ratings": rsa.astype(float),
        "ceilings": {name: ceilings[key] for name, key in RSA_MARKS.items() if key in ceilings},
    }


def dimension_rows(one: Evaluation, references: Sequence[str]) -> dict[str, pd.DataFrame]:
    """Return ρ of each dimension, of the model and of versions of GPT-4o-mini.

    Returns
    -------
    dict of str to DataFrame
        By name: columns estimate, low, high, one row per dimension.
    """
    import pandas as pd

    from humanlike.evaluate.ratings import EACH

    if one.ratings is None or one.ratings.rsa is None:
        return {}
    names = list(one.ratings.dimensions)
    found = {one.name: [one.ratings.dimensions[name] for name in names]}
    for who in (name for name in references if name in one.ratings.references):
        known = one.ratings.references[who]
        found[f"GPT-4o-mini, {GPT_LABELS[who]}"] = [known[EACH + name] for name in names]
    columns = ["estimate", "low", "high"]
    return {
        name: pd.DataFrame([_three(value) for value in values], names, columns)
        for name, values in found.items()
    }


def variant_table(found: Sequence[Varied]) -> pd.DataFrame:
    """List the ways in which triplets were asked and what came of them, shares in per cent."""
    import pandas as pd

    rows = []
    for one in _asked(found):
        r2 = None if one.r2 is None else f"{one.r2.value:.3f} [{one.r2.low:.3f}, {one.r2.high:.3f}]"
        rows.append(
            {
                "Way of asking": one.label,
                "Valid, %": 100 * one.valid / one.asked if one.asked else None,
                "Same choice, %": _percent(one.same),
                "As people, %": _percent(one.agreement),
                "First named, %": _percent(one.first),
                "R²": r2,
            }
        )
    return pd.DataFrame(rows)


def rerated_table(found: Sequence[Rerated]) -> pd.DataFrame:
    """List the ways in which ratings were asked for and what came of them."""
    import pandas as pd

    return pd.DataFrame(
        [
            {
                "Way of asking": one.label,
                "Valid, %": _percent(one.valid),
                "Within ½ point, %": _percent(one.near),
                "Distance, points": _points(one.distance, ""),
                "Shift, points": _points(one.shift),
                "ρ with published": _points(one.rho, ""),
                "ρ with people": _points(one.people, "", 3),
                "Gain in ρ": _points(one.gain, digits=3),
            }
            for one in _asked(found)
        ]
    )


def left_out_table(**found: Sequence[Varied] | Sequence[Rerated]) -> pd.DataFrame:
    """List the ways in which a model was not asked, by test, with the reason."""
    import pandas as pd

    heads = ["Test", "Way of asking", "Why not"]
    rows = [(test, one.label, one.why_not) for test, ways in found.items()
            for one in ways if one.why_not]  # fmt: skip
    return pd.DataFrame(rows, columns=heads)


def _asked(found: Sequence[W]) -> Iterator[W]:
    return (one for one in found if not one.why_not)


def _points(one: Measured | None, sign: str = "+", digits: int = 2) -> str | None:
    if one is None:
        return None
    value, low, high = (f"{x or 0.0:{sign}.{digits}f}" for x in _three(one))
    return f"{value} [{low}, {high}]".replace("-", "\N{MINUS SIGN}")


def _percent(one: Measured | None) -> str | None:
    if one is None:
        return None
    return f"{100 * one.value:.1f} [{_end(one.low)}, {_end(one.high)}]"


def _end(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f}"


def size_table(found: Mapping[int, Measured]) -> pd.DataFrame:
    """Return a measure by the number of questions; columns estimate, low, high."""
    import pandas as pd

    columns = ["estimate", "low", "high"]
    return pd.DataFrame([_three(one) for one in found.values()], list(found), columns)


def observer_table(known: Mapping[str, str], found: Mapping[str, Evaluation]) -> pd.DataFrame:
    """Set what is known of simulated observers beside what the evaluation says of them.

    Parameters
    ----------
    known : mapping of str to str
        What is known, by spec.
    found : mapping of str to Evaluation
        By spec.
    """
    import pandas as pd

    rows = []
    for spec, one in found.items():
        row: dict[str, Any] = {"Observer": known[spec]}
        if one.triplets and one.triplets.agreement:
            row["As people, %"] = 100 * one.triplets.agreement.value
            row["R²"] = one.triplets.r2.value if one.triplets.r2 else None
            row["Triplets"] = VERDICTS[one.triplets.verdict]
        if one.ratings and one.ratings.rsa:
            row["RSA"] = one.ratings.rsa.value
            row["Ratings"] = VERDICTS[one.ratings.verdict]
        rows.append(row)
    return pd.DataFrame(rows)


def _three(one: Measured) -> tuple[float, float | None, float | None]:
    return one.value, one.low, one.high
