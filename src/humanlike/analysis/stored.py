"""What models were asked before: both papers' questions as they lie in the user's store."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from humanlike.query.usage import MADE_HERE

if TYPE_CHECKING:
    import pandas as pd

_SELECT = (
    "SELECT runs.model, runs.settings, prompts.form, runs.spec, runs.info, prompts.user, "
    "prompts.system, prompts.question, responses.text, responses.problem "
    "FROM responses JOIN prompts ON prompts.id = prompt JOIN runs ON runs.id = run "
    'WHERE settled = 1 AND trial = 0 AND prompts.question LIKE \'%"kind":"{kind}"%\' '
    "ORDER BY responses.id"
)


def stored_triplets(
    concepts: Sequence[str],
    *,
    store: Path | None = None,
    without: Iterable[str] = (),
    most: int | None = None,
) -> list[pd.DataFrame]:
    """Return the answers of every model in the store to Paper B's question about the concepts.

    Answers count that were given to the published wording, in the first trial. Models that are code
    of this package (`MADE_HERE`) are left out: they are no models of language.

    Parameters
    ----------
    concepts : sequence of str
        All three things of a question must be among them.
    store : Path, optional
        Another store than the user's own; one that does not exist holds nothing.
    without : iterable of str
        Specs of models to leave out.
    most : int, optional
        At most so many answers of each model, the first ones.

    Returns
    -------
    list of DataFrame
        One per model, way of answering and form of prompt, in the order of the first answer, as
        `humanlike.analysis.asked.ask_triplets` gives it, without ``item``, ``order``, ``trial`` and
        ``held_out``. Also ``attrs`` are those, with ``mode`` and ``form``; ``new`` is 0.
    """
    known = frozenset(concepts)
    groups = _grouped("choice", lambda row: _judged(row, known), store, without, most)
    return [_table(key, rows) for key, rows in groups.items() if rows]


def stored_ratings(
    words: Sequence[str], *, store: Path | None = None, without: Iterable[str] = ()
) -> list[pd.DataFrame]:
    """Return the ratings of English words by every model in the store.

    Answers count that were given to the released wording, in the first trial; `MADE_HERE` are left
    out.

    Parameters
    ----------
    words : sequence of str
        Words that count, as they were asked.
    store, without
        As for `stored_triplets`.

    Returns
    -------
    list of DataFrame
        One per model, way of answering and form of prompt: columns ``word``, ``dimension``,
        ``rating`` (NaN for an answer without a value), ``failure``. ``attrs``: ``model`` (spec),
        ``name``, ``revision``, ``mode``, ``form``.

    """
    import pandas as pd

    known, templates = frozenset(words), _released()
    groups = _grouped("scale", lambda row: _rated(row, known, templates), store, without, None)
    found = []
    for key, rows in groups.items():
        if rows:
            columns = ["word", "dimension", "rating", "failure"]
            table = pd.DataFrame([row[1] for row in rows], columns=columns)
            table = table.drop_duplicates(["word", "dimension"])
            table.attrs = _origin(key, rows[0][0])
            found.append(table)
    return found


def _grouped(
    kind: str,
    read: Callable[[tuple[Any, ...]], tuple[Any, ...] | None],
    store: Path | None,
    without: Iterable[str],
    most: int | None,
) -> dict[tuple[str, str, str], list[tuple[str, tuple[Any, ...]]]]:
    """Collect the answers to one kind of question by model, settings and form."""
    from humanlike.store.store import Store, default_path

    path = store or default_path()
    groups: dict[tuple[str, str, str], list[tuple[str, tuple[Any, ...]]]] = defaultdict(list)
    if not path.is_file():
        return groups
    left_out = set(without)
    with Store(path) as opened:
        for row in opened.rows(_SELECT.format(kind=kind)):
            if row[3] in left_out or row[3].partition(":")[0] in MADE_HERE:
                continue
            group = groups[row[:3]]
            if most is None or len(group) < most:
                answer = read(row)
                if answer is not None:
                    group.append((row[4], answer))
    return groups


def _released() -> dict[str, str]:
    """Return the released English templates; simulated ones match no stored question."""
    from humanlike.data.prompts import load_prompts
    from humanlike.tasks.ratings import templates

    return templates(load_prompts(missing="simulate"), "English")


def _rated(
    row: tuple[Any, ...], known: frozenset[str], templates: Mapping[str, str]
) -> tuple[Any, ...] | None:
    """Return the columns of one rating; None if the question is not Paper A's."""
    from humanlike.tasks import ratings
    from humanlike.tasks.prompt import Scale, question_from

    question = question_from(json.loads(row[7]))
    if not isinstance(question, Scale) or question.word not in known:
        return None
    if question.dimension not in templates:
        return None
    item = ratings.Item(question.word, question.dimension)
    asked = ratings.prompt(item, templates, row[2])
    if (asked.user, asked.system) != (row[5], row[6]):
        return None
    if row[9]:
        return (*item, float("nan"), row[9])
    found = ratings.parse(row[8], question)
    if found.value is None:
        return (*item, float("nan"), found.failure)
    return (*item, float(found.value), "")


def _judged(row: tuple[Any, ...], known: frozenset[str]) -> tuple[Any, ...] | None:
    """Return the columns of one answer; None if the question is not Paper B's."""
    from humanlike.tasks import triplets
    from humanlike.tasks.prompt import Choice, question_from

    form, user, system, text, problem = row[2], row[5], row[6], row[8], row[9]
    question = question_from(json.loads(row[7]))
    if not isinstance(question, Choice) or len(question.options) != 2:
        return None
    names = (question.anchor, *question.options)
    if not known.issuperset(names):
        return None
    asked = triplets.prompt(*names, form)
    if (asked.user, asked.system) != (user, system):
        return None
    if problem:
        return (*names, text, None, None, problem)
    found = triplets.parse(text, question)
    if found.value is None:
        return (*names, text, None, None, found.failure)
    options = question.options
    return (*names, text, options[found.value], options[1 - found.value], "")


def _origin(key: tuple[str, str, str], about: str) -> dict[Any, Any]:
    info, settings = json.loads(about), json.loads(key[1])
    return {
        "model": info["spec"],
        "name": info["name"],
        "revision": info["revision"],
        "mode": settings["mode"],
        "form": key[2],
    }


def _table(key: tuple[str, str, str], rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    import pandas as pd

    columns = ["anchor", "first", "second", "text", "nearer", "farther", "failure"]
    table = pd.DataFrame([row[1] for row in rows], columns=columns)
    valid = table["nearer"].notna()
    firsts = (table["nearer"] == table["first"])[valid]
    table.attrs = {
        **_origin(key, rows[0][0]),
        "asked": len(table),
        "new": 0,
        "valid": int(valid.sum()),
        "valid_share": float(valid.mean()),
        "failures": dict(Counter(table["failure"][~valid]).most_common()),
        "positions": _shares(firsts.to_list()),
    }
    return table


def _shares(firsts: list[bool]) -> dict[str, float]:
    if not firsts:
        return {}
    share = sum(firsts) / len(firsts)
    return {"first": share, "second": 1 - share}
