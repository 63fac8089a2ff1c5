"""A class that does not exist: simulated people answer a lesson, to rehearse and to test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from humanlike.classroom.questions import Lesson, questions

if TYPE_CHECKING:
    import pandas as pd

    from humanlike.analysis.observers import Mind, Observer


def rehearse(
    lesson: Lesson, mind: Mind, observer: Observer, n_people: int, seed: int, *, share: float = 1.0
) -> pd.DataFrame:
    """Let simulated people answer a lesson.

    Parameters
    ----------
    lesson : Lesson
    mind : Mind
        Of the lesson's concepts.
    observer : Observer
        How each person answers; questions with an obvious answer are answered rightly.
    n_people, seed : int
    share : float
        Share of the questions that each person gets to.

    Returns
    -------
    DataFrame
        As `humanlike.classroom.answers.Answers.table` gives it.
    """
    import numpy as np
    import pandas as pd

    from humanlike.analysis.observers import first_shares

    random = np.random.default_rng([seed, 9])
    rows = []
    for number in range(n_people):
        asked = questions(lesson, number)[: round(share * lesson.n)]
        shown = np.array([(q.anchor, q.first, q.second) for q in asked])
        chance = first_shares(observer, mind, shown)
        for place, (one, p, draw) in enumerate(
            zip(asked, chance, random.random(len(asked)), strict=True)
        ):
            first = draw < p if one.kind != "check" else one.first == one.anchor
            pair = (one.first, one.second) if first else (one.second, one.first)
            rows.append((number, place, one.kind, one.item, one.anchor, *pair, bool(first)))
    columns = ["person", "place", "kind", "item", "anchor", "chosen", "other", "first"]
    return pd.DataFrame(rows, columns=columns)
