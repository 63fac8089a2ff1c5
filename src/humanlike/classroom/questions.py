"""Which triplets each person of a class is asked, from a seed and the person's number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from humanlike.errors import HumanlikeError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

KINDS: Final = ("own", "shared", "repeat", "check")
LEAST: Final = 20
MOST: Final = 400
TOGETHER: Final = 5
"""So many people have their shared questions in common; the next ones have others. Agreement is
known better from many questions with few answers each than from few with many."""
_CANDIDATES: Final = 50


@dataclass(frozen=True)
class Lesson:
    """A round of questions to a class.

    Attributes
    ----------
    concepts : tuple of str
        What is compared.
    n : int
        Questions to each person.
    seed : int
        Of all that is drawn.
    """

    concepts: tuple[str, ...]
    n: int = 60
    seed: int = 0

    def __post_init__(self) -> None:
        if len(set(self.concepts)) != len(self.concepts) or len(self.concepts) < 8:
            raise HumanlikeError("A lesson needs at least 8 different concepts.")
        if not LEAST <= self.n <= MOST:
            raise HumanlikeError(
                f"A person is asked {LEAST} to {MOST} questions, not {self.n}. Sixty take about "
                "five minutes."
            )

    @property
    def n_shared(self) -> int:
        """Questions that a person has in common with others, see `TOGETHER`: a fifth."""
        return self.n // 5

    @property
    def n_repeats(self) -> int:
        """Shared questions that come again, with the options in the other order: half of them."""
        return self.n_shared // 2

    @property
    def n_checks(self) -> int:
        """Questions with an obvious answer: one option is the anchor itself."""
        return 1 + self.n // 60

    @property
    def n_own(self) -> int:
        """Questions that nobody else gets."""
        return self.n - self.n_shared - self.n_repeats - self.n_checks

    def as_dict(self) -> dict[str, Any]:
        """Return what it takes to make the same lesson again."""
        return asdict(self)


@dataclass(frozen=True)
class Question:
    """One question; concepts are places in the lesson's list.

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    item : int
        Number of the shared question, for ``shared`` and ``repeat``; -1 for others.
    anchor, first, second : int
        For a check, the first or second is the anchor itself.
    """

    kind: str
    item: int
    anchor: int
    first: int
    second: int


def balanced(n_concepts: int, n: int, seed: int) -> NDArray[np.int64]:
    """Draw different triplets that use all concepts alike.

    They come in rounds. In each, every concept is the anchor once and an option twice, so that any
    run of answers covers the concepts about evenly; options stand in random order.

    Parameters
    ----------
    n_concepts : int
        At least 3.
    n : int
        How many. Fewer are the beginning of more.
    seed : int

    Returns
    -------
    ndarray of int, (n, 3)
        Anchor, first and second option.

    Raises
    ------
    HumanlikeError
        If so many different triplets cannot be found.
    """
    import numpy as np

    from humanlike.tasks.triplets import count_triplets

    if n > count_triplets(n_concepts) // 4:
        raise HumanlikeError(
            f"{n_concepts} concepts make too few triplets for {n:,} different questions. Use more "
            "concepts, or fewer questions."
        )
    seen: set[tuple[int, ...]] = set()
    rows: list[tuple[int, ...]] = []
    for number in count():
        if len(rows) >= n:
            break
        for row in _round(n_concepts, np.random.default_rng([seed, number])):
            key = (row[0], *sorted(row[1:]))
            if key not in seen:
                seen.add(key)
                rows.append(row)
    return np.array(rows[:n], dtype=np.int64).reshape(-1, 3)


def _round(n: int, random: np.random.Generator) -> list[tuple[int, ...]]:
    """Lay three orders of all concepts side by side so that no row names one twice."""
    columns = [random.permutation(n)]
    while len(columns) < 3:
        fresh = random.permutation(n)
        for _ in range(_CANDIDATES * n):
            clash = [row for row in range(n) if any(c[row] == fresh[row] for c in columns)]
            if not clash:
                columns.append(fresh)
                break
            one, other = clash[0], int(random.integers(n))
            fresh[one], fresh[other] = fresh[other], fresh[one]
    return [tuple(int(column[row]) for column in columns) for row in range(n)]


@lru_cache(maxsize=1024)
def questions(lesson: Lesson, number: int) -> tuple[Question, ...]:
    """Return the questions of a person, in order.

    The shared questions that come again stand in the first third, their repetitions in the last:
    at least a third of all questions lies between.

    Parameters
    ----------
    lesson : Lesson
    number : int
        The person's number, from 0; the same number gets the same questions.

    Raises
    ------
    HumanlikeError
        If there are not so many different questions.
    """
    import numpy as np

    block, seat = divmod(number, TOGETHER)
    begin = block * (lesson.n_shared + TOGETHER * lesson.n_own)
    start = begin + lesson.n_shared + seat * lesson.n_own
    drawn = balanced(len(lesson.concepts), start + lesson.n_own, lesson.seed).tolist()
    random = np.random.default_rng([lesson.seed, 1, number])
    shared = [Question("shared", block * lesson.n_shared + place, *_turned(row, random))
              for place, row in enumerate(drawn[begin : begin + lesson.n_shared])]  # fmt: skip
    early, late = shared[: lesson.n_repeats], shared[lesson.n_repeats :]
    again = [Question("repeat", q.item, q.anchor, q.second, q.first) for q in early]
    rest = [Question("own", -1, *row) for row in drawn[start:]]
    rest += [*late, *(_check(len(lesson.concepts), random) for _ in range(lesson.n_checks))]
    rest = _shuffled(rest, random)
    third = lesson.n // 3
    cut = third - len(early)
    tail = len(rest) - (third - len(again))
    parts = [early + rest[:cut], rest[cut:tail], rest[tail:] + again]
    return tuple(one for part in parts for one in _shuffled(part, random))


def asked_of(lesson: Lesson, n_people: int) -> NDArray[np.int64]:
    """Return what the first people are asked, without the questions that only check attention.

    Returns
    -------
    ndarray of int, (answers, 3)
        Anchor, first and second option.
    """
    import numpy as np

    asked = (one for number in range(n_people) for one in questions(lesson, number))
    rows = [(one.anchor, one.first, one.second) for one in asked if one.kind != "check"]
    return np.array(rows, dtype=np.int64)


def _turned(row: Sequence[int], random: np.random.Generator) -> tuple[int, int, int]:
    """Return a triplet with its options in random order."""
    anchor, first, second = row
    return (anchor, first, second) if random.random() < 0.5 else (anchor, second, first)


def _check(n_concepts: int, random: np.random.Generator) -> Question:
    anchor, other = (int(one) for one in random.choice(n_concepts, 2, replace=False))
    options = (anchor, other) if random.random() < 0.5 else (other, anchor)
    return Question("check", -1, anchor, *options)


def _shuffled(given: list[Question], random: np.random.Generator) -> list[Question]:
    return [given[place] for place in random.permutation(len(given))]


def choose_concepts(
    names: Sequence[str], categories: Sequence[str], n: int, seed: int
) -> tuple[str, ...]:
    """Choose concepts for a lesson, about as many of each category as there are among all.

    Parameters
    ----------
    names, categories : sequence of str
        All concepts and their categories.
    n : int
        How many, at least 8.
    seed : int

    Returns
    -------
    tuple of str
        In the order of the names.
    """
    import numpy as np

    if not 8 <= n <= len(names):
        raise HumanlikeError(f"Choose 8 to {len(names)} concepts, not {n}.")
    order = np.random.default_rng([seed, 2]).permutation(len(names))
    kinds = np.asarray(categories)
    place = np.empty(len(names))
    for kind in np.unique(kinds):
        own = order[kinds[order] == kind]
        place[own] = (np.arange(len(own)) + 0.5) / len(own)  # spread each category over 0 to 1
    chosen = sorted(np.argsort(place, kind="stable")[:n])
    return tuple(names[one] for one in chosen)
