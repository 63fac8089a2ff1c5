"""Who is compared: evaluated and published models and versions of GPT-4o-mini, by any name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from humanlike.errors import HumanlikeError, unknown
from humanlike.evaluate.files import evaluations, find_evaluation
from humanlike.evaluate.leaderboard import GPT_LABELS
from humanlike.evaluate.record import Evaluation

if TYPE_CHECKING:
    import pandas as pd


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


def find_side(
    name: str, folder: Path | None = None, missing: str = "raise", notes: list[str] | None = None
) -> Side:
    """Return the model that a name, spec or id means; see `compare`.

    A name of a published model or a version of GPT-4o-mini means that one; ``notes`` takes word of
    an evaluated model that has the same.
    """
    from humanlike.data.published import load_ranking
    from humanlike.evaluate.run import norms_of

    wanted = name.strip().casefold()
    labels = {key: f"GPT-4o-mini, {label}" for key, label in GPT_LABELS.items()}
    for key, label in labels.items():
        if wanted in (key, label.casefold(), f"gpt-4o-mini {key}"):
            _note_namesake(name, label, folder, notes)
            return Side(label, ratings=norms_of(missing).tables[key])
    ranking = load_ranking()
    published = dict(zip(ranking["model"].str.casefold(), ranking.index, strict=True))
    if wanted in published:
        row = ranking.loc[published[wanted]]
        _note_namesake(name, "the published model", folder, notes)
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


def _note_namesake(name: str, taken: str, folder: Path | None, notes: list[str] | None) -> None:
    if notes is None:
        return
    wanted = name.strip().casefold()
    same = [one.id for one in evaluations(folder, problems=[]) if one.name.casefold() == wanted]
    if same:
        notes.append(f"'{name}' is {taken}; the model of that name that you evaluated is "
                     f"{' or '.join(same)}.")  # fmt: skip


def _unknown(name: str, known: Sequence[str]) -> str:
    text = unknown("model", name, known)
    return text.partition(" Known: ")[0] + " 'humanlike leaderboard' lists all."


def labelled(sides: Sequence[Side]) -> list[Side]:
    """Give evaluations of one name their ids; refuse the same model twice."""
    from dataclasses import replace

    ids = [side.evaluation.id if side.evaluation else f"{side.name}, published" for side in sides]
    for place, one in enumerate(ids):
        if one in ids[:place]:
            raise HumanlikeError(
                f"{sides[place].name} is named twice. Name different models or, by their ids from "
                "'humanlike leaderboard', different evaluations of one model."
            )
    names = [side.name for side in sides]
    marks = [side.evaluation.id if side.evaluation else "published" for side in sides]
    return [
        replace(side, name=f"{side.name} ({mark})") if names.count(side.name) > 1 else side
        for side, mark in zip(sides, marks, strict=True)
    ]


def _ratings(one: Evaluation) -> pd.DataFrame | None:
    import pandas as pd

    if one.ratings is None or one.ratings.rsa is None:
        return None
    return pd.DataFrame(one.ratings.ratings, index=list(one.ratings.words), dtype=float)


def differences(sides: Sequence[Side]) -> dict[str, tuple[str, ...]]:
    """List facts, parameters and settings in which evaluated models differ, as text.

    A published model and a version of GPT-4o-mini have a dash.
    """
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
    own = [place for place, side in enumerate(sides) if side.evaluation]
    return {
        name: shown for name, shown in texts.items() if len({shown[place] for place in own}) > 1
    }


def _text(known: dict[str, Any], name: str) -> str:
    if name not in known:
        return "–"
    value = known[name]
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(value)[:16] if name in ("revision", "template") else str(value)
