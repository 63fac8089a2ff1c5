"""How much does a model learn from how many rated words, and what does it add to a read-out?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from humanlike.data.norms import DIMENSIONS, MODELS, SENSORY, features
from humanlike.errors import HumanlikeError
from humanlike.finetune.encoder import Lesson, Recipe

if TYPE_CHECKING:
    from humanlike.finetune.lessons import Pupil
    from humanlike.finetune.local import Recipe as AdapterRecipe
    from humanlike.stats.agreement import Scores

METHODS = {"readout": "linear read-out", "tuned": "trained"}
GPT = {
    "base": "GPT-4o-mini, Base",
    "qa_ft": "GPT-4o-mini, QA_FT",
    "nl_ft": "GPT-4o-mini, Nl_FT",
    "en_ft": "GPT-4o-mini, En_FT",
}
FEWEST_WORDS = 30
"""Fewer words that all models rated make no comparison."""


def labels(pupil: str) -> dict[str, str]:
    """Return what is compared, by key; the pupil by its name."""
    own = {
        "zero": f"{pupil}, untrained",
        "shuffled.readout": "read-out, shuffled ratings",
        "shuffled.tuned": "trained, shuffled ratings",
        "sensory.readout": "read-out, sensory ratings only",
        "sensory.tuned": "trained, sensory ratings only",
        "all.readout": f"{pupil}, linear read-out",
        "all.tuned": f"{pupil}, trained",
    }
    return own | GPT


class Run(NamedTuple):
    """One training.

    Attributes
    ----------
    training : str
        ``all`` or ``sensory`` dimensions, or ``shuffled`` ratings of all.
    method : str
        ``readout`` or ``tuned``.
    words : int
        How many words it was taught.
    draw : int
        Which draw of the words.
    """

    training: str
    method: str
    words: int
    draw: int

    def __str__(self) -> str:
        return f"{METHODS[self.method]}, {self.training}, {self.words:,} words, draw {self.draw}"


@dataclass(frozen=True)
class Material:
    """What is taught and what is asked.

    Attributes
    ----------
    paper, rest : DataFrame, (words, dimensions)
        People's ratings of the paper's training words, and of all other words that were rated and
        are not evaluated.
    human : DataFrame, (words, dimensions)
        People's ratings of the evaluated words.
    phrases : dict of str to str
        What describes each dimension in the prompts.
    left_out : int
        Training words left out because they share a stem with an evaluated word.
    """

    paper: pd.DataFrame
    rest: pd.DataFrame
    human: pd.DataFrame
    phrases: dict[str, str]
    left_out: int


def load_material(evaluated: int = 0, seed: int = 0, *, missing: str = "raise") -> Material:
    """Load training words, evaluated words and the prompts' phrases, without any leak.

    Parameters
    ----------
    evaluated : int
        How many of the evaluated words to draw; 0 takes all.
    seed : int
        Seed of that draw.
    missing : {"raise", "simulate"}
        What to do if the data cannot be had.

    Raises
    ------
    HumanlikeError
        If an evaluated word is among the training words.
    """
    from humanlike.data.norms import load_ratings
    from humanlike.data.prompts import load_prompts
    from humanlike.data.splits import load_splits
    from humanlike.finetune.training_words import training_words
    from humanlike.tasks.ratings import phrases

    paper = training_words("English", missing=missing).ratings
    pool = training_words("English", pool="all", missing=missing).ratings
    split = load_splits("earlier", missing=missing)["part"]
    human = features(load_ratings("English", missing=missing), "human", DIMENSIONS)
    if 0 < evaluated < len(human):
        chosen = np.random.default_rng(seed).choice(len(human), evaluated, replace=False)
        human = human.iloc[np.sort(chosen)]
    return Material(
        paper,
        pool[~pool.index.isin(paper.index)],
        human,
        phrases(load_prompts(missing=missing), "English"),
        int((split == "train").sum()) - len(paper),
    )


def plan_runs(
    material: Material,
    words: int,
    doses: Sequence[int],
    draws: int,
    recipe: Recipe | AdapterRecipe,
    seed: int,
) -> dict[Run, Lesson]:
    """Plan every training of the chapter.

    Parameters
    ----------
    material : Material
        From `load_material`.
    words : int
        Training words of the main comparison; 0 takes all of the paper's.
    doses : sequence of int
        Training words of the dose-response curve; 0 takes all of the paper's, more than these adds
        words of the rest.
    draws : int
        Draws of the words at each dose. In one draw, fewer words are the beginning of more. With
        all of the paper's words, draws differ in the order in which they are trained on only; all
        rated words are taught once.
    recipe : Recipe
        How an encoder, or an adapter, is trained; its seed is replaced by the draw's.
    seed : int
        Seed of all draws.

    Raises
    ------
    HumanlikeError
        If there are not so many words.
    """
    from dataclasses import replace

    main = words or len(material.paper)
    planned: dict[Run, Lesson] = {}
    for method in METHODS:
        for training in ("all", "sensory", "shuffled"):
            planned[Run(training, method, main, 0)] = _lesson(material, training, main, seed, 0)
        for dose in (count or len(material.paper) for count in doses):
            alike = {len(material.paper): method == "readout", _most(material): True}
            for draw in range(1 if alike.get(dose, False) else draws):
                run = Run("all", method, dose, draw)
                planned[run] = _lesson(material, "all", dose, seed, draw)
    return {
        run: replace(lesson, recipe=replace(recipe, seed=run.draw))
        if run.method == "tuned"
        else lesson
        for run, lesson in planned.items()
    }


def _lesson(material: Material, training: str, words: int, seed: int, draw: int) -> Lesson:
    """Return what is taught; `Lesson.recipe` is left open."""
    order = _order(material, words, seed, draw)
    dimensions = SENSORY if training == "sensory" else DIMENSIONS
    lesson = Lesson(
        tuple(map(str, order.index)),
        order[list(dimensions)].to_numpy(float),
        tuple(material.phrases[name] for name in dimensions),
        tuple(map(str, material.human.index)),
        tuple(material.phrases[name] for name in DIMENSIONS),
    )
    return lesson.shuffled(seed) if training == "shuffled" else lesson


def _order(material: Material, words: int, seed: int, draw: int) -> pd.DataFrame:
    if words > _most(material):
        raise HumanlikeError(
            f"There are {_most(material):,} rated words to train on; asked for {words:,}."
        )
    random = np.random.default_rng([seed, draw])
    parts = [part.iloc[random.permutation(len(part))] for part in (material.paper, material.rest)]
    return pd.concat(parts).head(words)


def _most(material: Material) -> int:
    return len(material.paper) + len(material.rest)


def teach_runs(
    planned: Mapping[Run, Lesson],
    human: pd.DataFrame,
    pupil: Pupil,
    tell: Callable[[str], None] | None = None,
) -> dict[Run, pd.DataFrame]:
    """Teach every lesson that was not taught before; return the ratings of the evaluated words.

    Returns
    -------
    dict of Run to DataFrame
        Each (words, dimensions), index and columns of `human`.
    """
    from humanlike.finetune.lessons import teach_all

    names = {str(run): run for run in planned}
    found = teach_all({name: planned[run] for name, run in names.items()}, pupil, tell=tell)
    return {
        names[name]: pd.DataFrame(values, index=human.index, columns=human.columns)
        for name, values in found.items()
    }


def untrained(pupil: Pupil, human: pd.DataFrame, *, missing: str = "raise") -> pd.DataFrame:
    """Ask the pupil for its own ratings before any training.

    Returns
    -------
    DataFrame, (words, dimensions)
        Index and columns of `human`; NaN for an answer without a number.
    """
    from humanlike.analysis.asked import ask_ratings
    from humanlike.models.encoder import Encoder

    if isinstance(pupil, Encoder):
        said = ask_ratings(pupil, list(human.index), missing=missing)
        wide = said.pivot(index="word", columns="dimension", values="rating")
        return wide.loc[human.index, human.columns]
    words, dimensions = [list(map(str, axis)) for axis in (human.index, human.columns)]
    return pd.DataFrame(pupil.rate(words, dimensions), human.index, human.columns)


def compared_words(
    taught: Mapping[Run, pd.DataFrame], zero: pd.DataFrame, table: pd.DataFrame
) -> list[str]:
    """Return the words that people, GPT-4o-mini and every state of the pupil rated throughout.

    Parameters
    ----------
    taught, zero
        From `teach_runs` and `untrained`.
    table : DataFrame
        From `humanlike.data.norms.load_ratings`.

    Raises
    ------
    HumanlikeError
        If there are too few of them.
    """
    from humanlike.data.norms import complete_words

    whole = set(zero.dropna().index).intersection(*(t.dropna().index for t in taught.values()))
    words = [str(w) for w in complete_words(table, ["human", *MODELS]) if w in whole]
    if len(words) < FEWEST_WORDS:
        share = float(zero.notna().to_numpy().mean())
        raise HumanlikeError(
            f"Only {len(words)} words have ratings from everybody ({share:.0%} of the untrained "
            'model\'s answers are numbers). Ask with mode="score", where every answer is valid, '
            "or evaluate more words."
        )
    return words


def main_tables(
    taught: Mapping[Run, pd.DataFrame],
    zero: pd.DataFrame,
    table: pd.DataFrame,
    main: int,
    dimensions: Sequence[str],
) -> dict[str, pd.DataFrame]:
    """Collect what people, GPT-4o-mini and the pupil say of words that all of them rated.

    Parameters
    ----------
    taught : dict of Run to DataFrame
        From `teach_runs`.
    zero : DataFrame
        From `untrained`.
    table : DataFrame
        From `humanlike.data.norms.load_ratings`.
    main : int
        Training words of the main comparison.
    dimensions : sequence of str
        Which ones.

    Returns
    -------
    dict of str to DataFrame
        ``human`` and those of `labels`: (words, dimensions), the same words.
    """
    words = compared_words(taught, zero, table)
    found = {"human": features(table, "human", dimensions), "zero": zero}
    for training in ("shuffled", "sensory", "all"):
        for method in METHODS:
            found[f"{training}.{method}"] = taught[Run(training, method, main, 0)]
    found |= {model: features(table, model, dimensions) for model in MODELS}
    return {name: frame.loc[words, list(dimensions)] for name, frame in found.items()}


def comparison(
    by_measure: Mapping[str, Scores], names: Sequence[str], spelled: Mapping[str, str]
) -> pd.DataFrame:
    """List the scores of some of `labels` with 95 % intervals over words.

    Returns
    -------
    DataFrame
        Columns short, measure, name, label, estimate, low, high.
    """
    from humanlike.analysis.transfer import MEASURES as SPELLED

    rows = [
        (short, SPELLED[short], name, spelled[name], scores.estimate[name], *scores.interval(name))
        for short, scores in by_measure.items()
        for name in names
    ]
    columns = ["short", "measure", "name", "label", "estimate", "low", "high"]
    return pd.DataFrame(rows, columns=columns)
