"""The models a chapter asks, as far as the key of its execution is concerned."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from humanlike.book.chapters import Chapter, read_parameters
from humanlike.errors import HumanlikeError
from humanlike.query.usage import MADE_HERE


def models_asked(chapter: Chapter, parameters: dict[str, Any]) -> dict[str, Any]:
    """Return the identity of every model a chapter's card says it asks.

    Parameters
    ----------
    chapter : Chapter
        Entries of its ``asks`` are names of parameters, or specs, which have a colon.
    parameters : dict
        Resolved parameter values.

    Returns
    -------
    dict
        By spec, all that can change the model's answers: name, revision or checksum, number format,
        template. A model that cannot be opened is there with the reason. A parameter that an
        earlier execution did not have yet asks nobody.

    Raises
    ------
    HumanlikeError
        If the card names a parameter that the chapter does not have.
    """
    specs: list[str] = []
    known = read_parameters(chapter) if chapter.asks else {}
    for entry in chapter.asks:
        if entry not in known and ":" not in entry:
            raise HumanlikeError(
                f"notebooks/{chapter.name}.yml says under 'asks' that the parameter '{entry}' "
                f"holds a model, but there is no such parameter: {', '.join(known) or 'none'}."
            )
        value = parameters.get(entry, entry if ":" in entry else [])
        specs += value if isinstance(value, list) else [value]
    return {spec: _identity(spec) for spec in dict.fromkeys(specs)}


def _identity(spec: str) -> dict[str, Any]:
    from contextlib import closing

    from humanlike.models import open_model

    try:
        with closing(open_model(spec)) as model:
            return model.info().identity()
    except HumanlikeError as problem:
        return {"problem": str(problem)}


def model_modules(specs: Iterable[str]) -> list[str]:
    """Return the modules that make the answers of these models."""
    from humanlike.models import KINDS

    kinds = {spec.partition(":")[0] for spec in specs} & set(KINDS)
    return [f"humanlike.models.{KINDS[kind][0]}" for kind in sorted(kinds)]


def others_stored(asked: dict[str, Any]) -> list[Any]:
    """Return who else has answers in the user's store, and how many.

    The chapter's own models are left out: asking them does not make its page outdated. So are
    `MADE_HERE`, which are no models of language.
    """
    from humanlike.store.key import canonical
    from humanlike.store.overview import groups
    from humanlike.store.store import Store, default_path

    if not default_path().is_file():
        return []
    try:
        with Store() as store:
            found = groups(store)
    except HumanlikeError as problem:
        return [str(problem)]
    own = list(asked.values())
    others = [g for g in found if g.model not in own and g.spec.partition(":")[0] not in MADE_HERE]
    rows = [[g.task, g.spec, canonical(g.model), canonical(g.settings), g.answers] for g in others]
    return sorted(rows)
