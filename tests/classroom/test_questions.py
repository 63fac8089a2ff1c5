"""Which questions a class is asked: everything is covered, repeated and shared as promised."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from humanlike.classroom.questions import (
    TOGETHER,
    Lesson,
    asked_of,
    balanced,
    choose_concepts,
    questions,
)
from humanlike.errors import HumanlikeError

NAMES = tuple(f"thing {n}" for n in range(32))


@given(st.integers(8, 60), st.integers(1, 300), st.integers(0, 1000))
def test_balanced_triplets_use_all_concepts_alike(n_concepts: int, n: int, seed: int) -> None:
    if n > n_concepts * (n_concepts - 1) * (n_concepts - 2) // 8:
        return
    rows = balanced(n_concepts, n, seed)
    assert rows.shape == (n, 3)
    assert all(len(set(row)) == 3 for row in rows.tolist())
    keys = {(row[0], *sorted(row[1:])) for row in rows.tolist()}
    assert len(keys) == n
    assert (balanced(n_concepts, n // 2 + 1, seed) == rows[: n // 2 + 1]).all()


def test_one_round_is_exactly_balanced() -> None:
    rows = balanced(32, 32, 3)
    assert set(np.bincount(rows[:, 0])) == {1}
    assert set(np.bincount(rows[:, 1:].ravel())) == {2}


@given(st.integers(20, 120), st.integers(0, 12), st.integers(0, 50))
def test_each_person_gets_what_is_promised(n: int, number: int, seed: int) -> None:
    lesson = Lesson(NAMES, n, seed)
    asked = questions(lesson, number)
    kinds = Counter(one.kind for one in asked)
    assert len(asked) == n
    assert (kinds["shared"], kinds["repeat"]) == (lesson.n_shared, lesson.n_repeats)
    assert (kinds["check"], kinds["own"]) == (lesson.n_checks, lesson.n_own)
    first = {one.item: place for place, one in enumerate(asked) if one.kind == "shared"}
    for place, one in enumerate(asked):
        if one.kind == "repeat":
            before = asked[first[one.item]]
            assert (one.anchor, one.first, one.second) == (
                before.anchor,
                before.second,
                before.first,
            )
            assert place - first[one.item] > n / 3
        if one.kind == "check":
            assert (one.first == one.anchor) != (one.second == one.anchor)


def test_neighbours_share_questions_and_nobody_else_does() -> None:
    lesson = Lesson(NAMES, 40, 1)
    items = [{q.item for q in questions(lesson, n) if q.kind == "shared"} for n in range(11)]
    own = [
        {(q.anchor, *sorted((q.first, q.second))) for q in questions(lesson, n) if q.kind == "own"}
        for n in range(11)
    ]
    for a in range(11):
        for b in range(a):
            assert (items[a] == items[b]) == (a // TOGETHER == b // TOGETHER)
            assert not own[a] & own[b]
    pooled = asked_of(lesson, 6)
    assert set(np.unique(pooled)) == set(range(32))


def test_the_same_seed_gives_the_same_questions_in_another_process() -> None:
    code = (
        "from humanlike.classroom.questions import *;"
        "print(questions(Lesson(tuple(f'thing {n}' for n in range(32)), 30, 7), 4))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(questions(Lesson(NAMES, 30, 7), 4))


def test_concepts_are_drawn_from_all_categories() -> None:
    names = [f"{kind}{n}" for kind in "abcd" for n in range(10)]
    chosen = choose_concepts(names, [name[0] for name in names], 20, 5)
    assert Counter(name[0] for name in chosen) == {"a": 5, "b": 5, "c": 5, "d": 5}
    with pytest.raises(HumanlikeError, match="8 to 40"):
        choose_concepts(names, [name[0] for name in names], 41, 5)


def test_what_cannot_be_asked_is_said() -> None:
    with pytest.raises(HumanlikeError, match="20 to 400 questions, not 5"):
        Lesson(NAMES, 5)
    with pytest.raises(HumanlikeError, match="8 different"):
        Lesson(("a", "b", "a") * 4)
    with pytest.raises(HumanlikeError, match="too few triplets"):
        questions(Lesson(tuple("abcdefgh"), 60), 30)
