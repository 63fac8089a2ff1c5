"""From a task's name and options to the prompts, in the order in which they are asked."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from humanlike.errors import HumanlikeError, unknown
from humanlike.tasks import qa, ratings, triplets
from humanlike.tasks.prompt import FORMS, Form, Prompt
from humanlike.tasks.text import Outcome

if TYPE_CHECKING:
    import pandas as pd

PAPER_TRIPLETS = 35_000
PAPER_HELD_OUT = 0.2


@dataclass(frozen=True)
class Plan:
    """What is to be asked.

    Attributes
    ----------
    task : str
        Name of the task.
    prompts : list of Prompt
        In the order of asking.
    columns : dict of str to sequence
        What each prompt is about, one entry per prompt. ``item`` is the same for prompts that ask
        the same thing, ``order`` tells their orders of options apart, ``trial`` the repetitions.
    parse : callable
        From text and question to an `Outcome`.
    choice : bool
        Whether an answer is one of several options.
    temperature : float or None
        What the task's paper used.
    """

    task: str
    prompts: list[Prompt]
    columns: dict[str, Sequence[Any]]
    parse: Callable[[str, Any], Outcome]
    choice: bool
    temperature: float | None


def plan(task: str, *, form: Form = "chat", trials: int = 1, **options: Any) -> Plan:
    """Make the plan of a task.

    Parameters
    ----------
    task : {"triplets", "ratings", "qa"}
        Which task.
    form : {"chat", "base"}
        For models with a chat template, or models that continue text.
    trials : int
        How often each prompt is asked; all prompts once, then all again.
    **options
        Those of `plan_triplets`, `plan_ratings` or `plan_qa`; None leaves the default.

    Raises
    ------
    HumanlikeError
        If the task or an option is unknown, or a value impossible.
    """
    if task not in TASKS:
        raise HumanlikeError(unknown("task", task, TASKS))
    if form not in FORMS:
        raise HumanlikeError(unknown("form of prompt", form, FORMS))
    if trials < 1:
        raise HumanlikeError(f"Each prompt is asked at least once; got trials={trials}.")
    if (options.get("seed") or 0) < 0:
        raise HumanlikeError(f"A seed is a whole number of at least 0; got {options['seed']}.")
    known = [name for name in inspect.signature(TASKS[task]).parameters if name != "form"]
    given = {name: value for name, value in options.items() if value is not None}
    for name in given:
        if name not in known:
            raise HumanlikeError(unknown(f"option of {task}", name, known))
    return _repeated(TASKS[task](form=form, **given), trials)


def _repeated(once: Plan, trials: int) -> Plan:
    from dataclasses import replace

    count = len(once.prompts)
    again = [replace(p, trial=trial) for trial in range(1, trials) for p in once.prompts]
    columns: dict[str, Sequence[Any]] = {
        name: list(values) * trials for name, values in once.columns.items()
    }
    columns["trial"] = [trial for trial in range(trials) for _ in range(count)]
    return replace(once, prompts=once.prompts + again, columns=columns)


def plan_triplets(
    *,
    form: Form = "chat",
    n: int = PAPER_TRIPLETS,
    seed: int = 0,
    design: triplets.Design = "random",
    held_out: float = PAPER_HELD_OUT,
    concepts: Sequence[str] | None = None,
) -> Plan:
    """Plan Paper B's triplets.

    Parameters
    ----------
    form : {"chat", "base"}
        Form of the prompts.
    n : int
        How many trials; the paper asked 35,000.
    seed, design, held_out
        As for `humanlike.tasks.triplets.design`; the paper held out a fifth.
    concepts : sequence of str, optional
        What is compared; by default the 128 concepts of the paper.
    """
    if concepts is None:
        from humanlike.data.published import load_concepts

        concepts = list(load_concepts()["concept"])
    items = triplets.design(len(concepts), n, kind=design, seed=seed, held_out=held_out)
    rows = items.triplets.tolist()
    named = [[concepts[place] for place in row] for row in rows]
    numbers: dict[tuple[int, ...], int] = {}
    unordered = [(row[0], *sorted(row[1:])) for row in rows]
    columns: dict[str, Sequence[Any]] = {
        "item": [numbers.setdefault(triplet, len(numbers)) for triplet in unordered],
        "order": [int(row[1] > row[2]) for row in rows],
        "anchor": [row[0] for row in named],
        "first": [row[1] for row in named],
        "second": [row[2] for row in named],
        "held_out": items.held_out.tolist(),
    }
    prompts = [triplets.prompt(anchor, first, second, form) for anchor, first, second in named]
    return Plan("triplets", prompts, columns, triplets.parse, True, None)


def plan_ratings(
    *,
    form: Form = "chat",
    n: int | None = None,
    language: str = "English",
    dimensions: Sequence[str] | None = None,
    words: Sequence[str] | None = None,
    templates: dict[str, str] | None = None,
) -> Plan:
    """Plan Paper A's ratings.

    Parameters
    ----------
    form : {"chat", "base"}
        Form of the prompts.
    n : int, optional
        Only the first n words; all by default.
    language : {"English", "Dutch"}
        Language of the words.
    dimensions : sequence of str, optional
        Lancaster names; all that were rated in the language by default.
    words : sequence of str, optional
        What is rated; by default the paper's 1,572 test words.
    templates : dict of str to str, optional
        Template by dimension; by default those released.
    """
    from humanlike.data.norms import dimensions_of

    rated = dimensions_of(language)
    for name in dimensions or ():
        if name not in rated:
            raise HumanlikeError(unknown("dimension", name, rated))
    if words is None:
        from humanlike.data.norms import load_ratings

        words = list(dict.fromkeys(load_ratings(language)["word"]))
    if templates is None:
        from humanlike.data.prompts import load_prompts

        templates = ratings.templates(load_prompts(), language)
    items = ratings.items(_first(words, n, "words"), dimensions or rated)
    columns: dict[str, Sequence[Any]] = {
        "item": range(len(items)),
        "order": [0] * len(items),
        "word": [item.word for item in items],
        "dimension": [item.dimension for item in items],
    }
    prompts = [ratings.prompt(item, templates, form) for item in items]
    return Plan("ratings", prompts, columns, ratings.parse, False, 0.0)


def plan_qa(
    *,
    form: Form = "chat",
    n: int | None = None,
    part: str = "test",
    shuffle: bool = False,
    seed: int = 0,
    questions: pd.DataFrame | None = None,
    template: str | None = None,
) -> Plan:
    """Plan the questions of PerceptualQA.

    Parameters
    ----------
    form : {"chat", "base"}
        Form of the prompts.
    n : int, optional
        Only the first n questions; all by default.
    part : {"test", "train", "all"}
        Which part of the split.
    shuffle, seed
        As for `humanlike.tasks.qa.items`.
    questions : DataFrame, optional
        Other questions, in the form of `humanlike.data.qa.load_questions`.
    template : str, optional
        Another template than that released.
    """
    if questions is None:
        from humanlike.data.qa import load_questions

        questions = load_questions(part)
    if template is None:
        from humanlike.data.prompts import load_prompts

        table = load_prompts()
        template = str(table.loc[table["task"] == "question", "template"].iloc[0])
    items = _first(qa.items(questions, shuffle=shuffle, seed=seed), n, "questions")
    columns: dict[str, Sequence[Any]] = {
        "item": range(len(items)),
        "order": [0] * len(items),
        "index": [item.index for item in items],
        "correct": [item.correct for item in items],
        "options_order": ["".join(qa.LETTERS[place] for place in item.order) for item in items],
    }
    prompts = [qa.prompt(item, template, form) for item in items]
    return Plan("qa", prompts, columns, qa.parse, True, 0.0)


def _first(found: Sequence[Any], n: int | None, what: str) -> Sequence[Any]:
    if n is None:
        return found
    if not 1 <= n <= len(found):
        raise HumanlikeError(f"There are {len(found):,} {what}; asked for {n:,}.")
    return found[:n]


TASKS: dict[str, Callable[..., Plan]] = {
    "triplets": plan_triplets,
    "ratings": plan_ratings,
    "qa": plan_qa,
}
