"""What models were asked before: Paper B's triplets as they lie in the user's store."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from humanlike.query.usage import MADE_HERE

if TYPE_CHECKING:
    import pandas as pd

_SELECT = (
    "SELECT runs.model, runs.settings, prompts.form, runs.spec, runs.info, prompts.user, "
    "prompts.system, prompts.question, responses.text, responses.problem "
    "FROM responses JOIN prompts ON prompts.id = prompt JOIN runs ON runs.id = run "
    'WHERE settled = 1 AND trial = 0 AND prompts.question LIKE \'%"kind":"choice"%\' '
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
    from humanlike.store.store import Store, default_path

    path = store or default_path()
    if not path.is_file():
        return []
    left_out, known = set(without), frozenset(concepts)
    groups: dict[tuple[str, str, str], list[tuple[Any, ...]]] = defaultdict(list)
    with Store(path) as opened:
        for row in opened.rows(_SELECT):
            if row[3] in left_out or row[3].partition(":")[0] in MADE_HERE:
                continue
            group = groups[row[:3]]
            if most is None or len(group) < most:
                judged = _judged(row, known)
                if judged is not None:
                    group.append((row[4], judged))
    return [_table(key, rows) for key, rows in groups.items() if rows]


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


def _table(key: tuple[str, str, str], rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    import pandas as pd

    columns = ["anchor", "first", "second", "text", "nearer", "farther", "failure"]
    table = pd.DataFrame([row[1] for row in rows], columns=columns)
    info, settings = json.loads(rows[0][0]), json.loads(key[1])
    valid = table["nearer"].notna()
    firsts = (table["nearer"] == table["first"])[valid]
    table.attrs = {
        "model": info["spec"],
        "name": info["name"],
        "revision": info["revision"],
        "mode": settings["mode"],
        "form": key[2],
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
