"""Paper A's training sets, made from the tasks' own prompts, without any evaluated word."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, get_args

from humanlike.data.norms import dimensions_of
from humanlike.errors import HumanlikeError, unknown
from humanlike.finetune.training_words import Pool, Related, TrainingWords, draw, training_words
from humanlike.tasks import qa, ratings
from humanlike.tasks.prompt import Form, Prompt

if TYPE_CHECKING:
    import pandas as pd

SETS = {"en_ft": "English", "nl_ft": "Dutch", "qa_ft": "questions"}
"""Name of each set and what it is made of."""
PAPER_COUNTS = {"en_ft": 2358 * 11, "nl_ft": 2358 * 6, "qa_ft": 800}
"""How many examples Wu et al. (2026, Methods) give."""


@dataclass(frozen=True, slots=True)
class Example:
    """A prompt and the answer to learn.

    Attributes
    ----------
    prompt : Prompt
        As the task asks it.
    answer : str
        What the model is to say.
    unit : str
        What must not stand on both sides of a split: the word, or the question's number.
    """

    prompt: Prompt
    answer: str
    unit: str


@dataclass(frozen=True)
class ExampleSet:
    """A training set and how it came about.

    Attributes
    ----------
    name : str
        ``en_ft``, ``nl_ft`` or ``qa_ft``.
    examples : tuple of Example
        All examples of a unit stand together.
    groups : dict of str to int
        Group of each unit; units of a group stay on one side of a split.
    notes : tuple of str
        Counts, what was left out and why, in plain sentences.
    """

    name: str
    examples: tuple[Example, ...]
    groups: dict[str, int] = field(repr=False)
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.examples)

    def split(self, share: float, seed: int) -> tuple[ExampleSet, ExampleSet]:
        """Put a share of the units aside; related words stay together.

        Parameters
        ----------
        share : float
            Of the units, above 0 and below 1.
        seed : int
            Seed of the draw.

        Returns
        -------
        tuple of ExampleSet
            What to train on, and what was put aside.

        Raises
        ------
        HumanlikeError
            If the share is impossible or one side would be empty.
        """
        import numpy as np

        if not 0 < share < 1:
            raise HumanlikeError(f"The share put aside must lie between 0 and 1; got {share:g}.")
        numbers = np.unique(list(self.groups.values()))
        held = set(np.random.default_rng(seed).permutation(numbers)[: round(share * len(numbers))])
        sides: tuple[list[Example], list[Example]] = ([], [])
        for example in self.examples:
            sides[self.groups[example.unit] in held].append(example)
        if not all(sides):
            raise HumanlikeError(
                f"A share of {share:g} of {len(numbers):,} groups of words leaves one side empty."
            )
        first, second = (replace(self, examples=tuple(side), notes=()) for side in sides)
        return first, second

    def chat_lines(self) -> Iterator[str]:
        """Yield one line of JSON per example, in the form OpenAI's service reads."""
        for example in self.examples:
            messages = [{"role": "user", "content": example.prompt.user}]
            if example.prompt.system:
                messages.insert(0, {"role": "system", "content": example.prompt.system})
            messages.append({"role": "assistant", "content": example.answer})
            yield json.dumps({"messages": messages}, ensure_ascii=False)


def example_set(
    name: str,
    *,
    pool: Pool = "paper",
    n: int = 0,
    seed: int = 0,
    dimensions: Sequence[str] = (),
    related: Related = "drop",
    decimals: int = 2,
    form: Form = "chat",
    missing: str = "raise",
) -> ExampleSet:
    """Make one of Paper A's training sets.

    Parameters
    ----------
    name : {"en_ft", "nl_ft", "qa_ft"}
        Ratings of English words, ratings of Dutch words, or questions of PerceptualQA.
    pool : {"paper", "all"}
        The paper's 2,358 training words, or all rated pairs that are not evaluated. Without effect
        on questions.
    n : int
        Take so many words or questions, drawn at random; fewer are the beginning of more. 0 takes
        all.
    seed : int
        Seed of the draw.
    dimensions : sequence of str
        Lancaster names to train on; empty takes all that were rated in the language.
    related : {"drop", "keep", "stop"}
        What to do with words that share their stem with an evaluated word, and with questions that
        are word for word among those tested. The paper kept them. A word that is itself evaluated
        always stops the run.
    decimals : int
        Digits after the point of a rating, 0 to 3. The paper does not state them; its tuned models
        answer with up to two.
    form : {"chat", "base"}
        Form of the prompts.
    missing : {"raise", "simulate"}
        What to do if the data cannot be had.

    Raises
    ------
    HumanlikeError
        If a name or number is impossible, or an evaluated word would be trained on.
    """
    if name not in SETS:
        raise HumanlikeError(unknown("training set", name, SETS))
    for what, value, known in (("way with related words", related, Related), ("pool", pool, Pool)):
        if value not in get_args(known):
            raise HumanlikeError(unknown(what, value, get_args(known)))
    if not 0 <= decimals <= 3:
        raise HumanlikeError(f"Ratings are written with 0 to 3 decimals; got {decimals}.")
    if name == "qa_ft":
        return _questions(n, seed, related, form, missing)
    language = SETS[name]
    for dimension in dimensions:
        if dimension not in dimensions_of(language):
            raise HumanlikeError(unknown("dimension", dimension, dimensions_of(language)))
    chosen = list(dimensions) or list(dimensions_of(language))
    words = training_words(language, pool=pool, n=n, seed=seed, related=related, missing=missing)
    return _rated(name, words, language, chosen, decimals, form, missing)


# --- ratings -------------------------------------------------------------------------------------


def _rated(
    name: str,
    words: TrainingWords,
    language: str,
    dimensions: list[str],
    decimals: int,
    form: Form,
    missing: str,
) -> ExampleSet:
    from humanlike.data.prompts import load_prompts

    released = ratings.templates(load_prompts(missing=missing), language)
    examples = rating_examples(words.ratings[dimensions], released, decimals=decimals, form=form)
    return ExampleSet(name, tuple(examples), words.groups, (*words.notes, _counted(name, examples)))


def rating_examples(
    rated: pd.DataFrame,
    templates: Mapping[str, str],
    *,
    decimals: int = 2,
    form: Form = "chat",
) -> list[Example]:
    """Return one example per rating, word by word.

    Parameters
    ----------
    rated : DataFrame, shape (words, dimensions)
        Ratings, 0 to 5; index words, columns Lancaster names.
    templates : dict of str to str
        Template of each dimension's prompts.
    decimals, form
        As for `example_set`.
    """
    examples = []
    for word, row in rated.iterrows():
        for dimension, value in row.items():
            item = ratings.Item(str(word), str(dimension))
            prompt = ratings.prompt(item, templates, form)
            examples.append(Example(prompt, _lead(form) + written(value, decimals), str(word)))
    return examples


def check_answers(examples: ExampleSet) -> None:
    """Refuse a set from which nothing can be learned.

    Raises
    ------
    HumanlikeError
        If it is empty, every example has the same answer, or a letter is never the right one.
    """
    answers = {example.answer.strip() for example in examples.examples}
    if len(answers) < 2:
        said = f"the answer '{answers.pop()}' only" if answers else "no examples"
        raise HumanlikeError(f"{examples.name} has {said}; there is nothing to learn. Take more.")
    absent = [letter for letter in qa.LETTERS if letter not in answers]
    if examples.name == "qa_ft" and absent:
        raise HumanlikeError(
            f"None of the {len(examples)} questions has the right answer {' or '.join(absent)}, so "
            "the model would learn never to say it. Take more questions, or another seed."
        )


def written(value: float, decimals: int = 2) -> str:
    """Write a rating as shortly as its decimals allow.

    Examples
    --------
    >>> written(2.5), written(3.0), written(0.3333)
    ('2.5', '3', '0.33')
    """
    text = f"{value:.{decimals}f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


# --- questions -----------------------------------------------------------------------------------


def _questions(n: int, seed: int, related: Related, form: Form, missing: str) -> ExampleSet:
    from humanlike.data.prompts import load_prompts
    from humanlike.data.qa import load_questions

    prompts = load_prompts(missing=missing)
    template = str(prompts.loc[prompts["task"] == "question", "template"].iloc[0])
    table = load_questions(missing=missing)
    items = {part: qa.items(rows) for part, rows in table.groupby("part", sort=False)}
    tested = {_content(item) for item in items["test"]}
    train = items["train"]
    twins = {i: str(item.index) for i, item in enumerate(train) if _content(item) in tested}
    notes = [f"{len(train):,} questions are for training."]
    if twins:
        found = (
            f"Word for word among those tested, with the same options: {', '.join(twins.values())}"
        )
        if related == "stop":
            raise HumanlikeError(f"{found}. Leave them out, or keep them as the paper did.")
        notes.append(f"{found} ({'left out' if related == 'drop' else 'kept'}).")
    keep = [i for i in range(len(train)) if related == "keep" or i not in twins]
    chosen = [train[place] for place in draw(keep, n, seed, "questions")]
    examples = [
        Example(qa.prompt(item, template, form), _lead(form) + item.correct, str(item.index))
        for item in chosen
    ]
    texts: dict[str, int] = {}
    groups = {str(i.index): texts.setdefault(i.question.strip(), len(texts)) for i in chosen}
    return ExampleSet("qa_ft", tuple(examples), groups, (*notes, _counted("qa_ft", examples)))


def _content(item: qa.Item) -> tuple[str, frozenset[str]]:
    return item.question.strip(), frozenset(item.options)


def _lead(form: Form) -> str:
    """Return the blank between a base model's ``Answer:`` and what follows."""
    return " " if form == "base" else ""


def _counted(name: str, examples: Sequence[Example]) -> str:
    paper = PAPER_COUNTS[name]
    same = "the paper's number" if len(examples) == paper else f"the paper gives {paper:,}"
    return f"{len(examples):,} examples; {same}."
