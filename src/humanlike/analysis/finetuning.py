"""How much does an encoder learn from how many rated words, and what does it add to a read-out?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from humanlike.data.norms import DIMENSIONS, MODELS, MOTOR, SENSORY
from humanlike.errors import HumanlikeError
from humanlike.finetune.encoder import Lesson, Recipe

if TYPE_CHECKING:
    from humanlike.models.encoder import Encoder
    from humanlike.stats.agreement import Scores

METHODS = {"readout": "linear read-out", "tuned": "all weights trained"}
MEASURES = ("rsa", "spearman", "similarity")
LABELS = {
    "zero": "MiniLM, untrained",
    "shuffled.readout": "read-out, shuffled ratings",
    "shuffled.tuned": "all weights, shuffled ratings",
    "sensory.readout": "read-out, sensory ratings only",
    "sensory.tuned": "all weights, sensory ratings only",
    "all.readout": "MiniLM, linear read-out",
    "all.tuned": "MiniLM, all weights trained",
    "base": "GPT-4o-mini, Base",
    "qa_ft": "GPT-4o-mini, QA_FT",
    "nl_ft": "GPT-4o-mini, Nl_FT",
    "en_ft": "GPT-4o-mini, En_FT",
}
"""What is compared, by name."""


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


def load_material(*, missing: str = "raise") -> Material:
    """Load training words, evaluated words and the prompts' phrases, without any leak.

    Raises
    ------
    HumanlikeError
        If an evaluated word is among the training words.
    """
    from humanlike.data.norms import features, load_ratings
    from humanlike.data.prompts import load_prompts
    from humanlike.data.splits import load_splits
    from humanlike.finetune.examples import training_words
    from humanlike.tasks.ratings import phrases

    paper = training_words("English", missing=missing).ratings
    pool = training_words("English", pool="all", missing=missing).ratings
    split = load_splits("earlier", missing=missing)["part"]
    human = features(load_ratings("English", missing=missing), "human", DIMENSIONS)
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
    recipe: Recipe,
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
        How all weights are trained; its seed is replaced by the draw's.
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
    encoder: Encoder,
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
    found = teach_all({name: planned[run] for name, run in names.items()}, encoder, tell=tell)
    return {
        names[name]: pd.DataFrame(values, index=human.index, columns=human.columns)
        for name, values in found.items()
    }


def main_tables(
    taught: Mapping[Run, pd.DataFrame],
    zero: pd.DataFrame,
    table: pd.DataFrame,
    main: int,
    dimensions: Sequence[str],
) -> dict[str, pd.DataFrame]:
    """Collect what people, GPT-4o-mini and the encoder say of words that all of them rated.

    Parameters
    ----------
    taught : dict of Run to DataFrame
        From `teach_runs`.
    zero : DataFrame
        From `humanlike.analysis.asked.ask_ratings`: the encoder before training.
    table : DataFrame
        From `humanlike.data.norms.load_ratings`.
    main : int
        Training words of the main comparison.
    dimensions : sequence of str
        Which ones.

    Returns
    -------
    dict of str to DataFrame
        ``human`` and those of `LABELS`: (words, dimensions), the same words.
    """
    from humanlike.data.norms import complete_words, features

    words = complete_words(table, ["human", *MODELS])
    found = {"human": features(table, "human", dimensions)}
    found["zero"] = zero.pivot(index="word", columns="dimension", values="rating")
    for training in ("shuffled", "sensory", "all"):
        for method in METHODS:
            found[f"{training}.{method}"] = taught[Run(training, method, main, 0)]
    found |= {model: features(table, model, dimensions) for model in MODELS}
    return {name: frame.loc[words, list(dimensions)] for name, frame in found.items()}


def comparison(by_measure: Mapping[str, Scores], names: Sequence[str]) -> pd.DataFrame:
    """List the scores of some of `LABELS` with 95 % intervals over words.

    Returns
    -------
    DataFrame
        Columns short, measure, name, label, estimate, low, high.
    """
    from humanlike.analysis.transfer import MEASURES as SPELLED

    rows = [
        (short, SPELLED[short], name, LABELS[name], scores.estimate[name], *scores.interval(name))
        for short, scores in by_measure.items()
        for name in names
    ]
    columns = ["short", "measure", "name", "label", "estimate", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def score_runs(taught: Mapping[Run, pd.DataFrame], human: pd.DataFrame) -> pd.DataFrame:
    """Score every training on all evaluated words.

    Returns
    -------
    DataFrame
        Columns training, method, words, draw, rsa, spearman, similarity, motor (RSA on the motor
        dimensions). A score is NaN where a dimension does not vary.
    """
    from humanlike.stats import rdm

    people = {name: rdm(human[list(names)]) for name, names in _SETS.items()}
    rows = [(*run, *_scores(ratings, human, people)) for run, ratings in taught.items()]
    columns = ["training", "method", "words", "draw", *MEASURES, "motor"]
    return pd.DataFrame(rows, columns=columns)


_SETS = {"all": DIMENSIONS, "motor": MOTOR}


def _scores(
    ratings: pd.DataFrame, human: pd.DataFrame, people: Mapping[str, np.ndarray]
) -> tuple[float, ...]:
    from humanlike.stats import rdm, rsa
    from humanlike.stats.agreement import mean_similarity, mean_spearman

    structure = {
        name: rsa(people[name], rdm(ratings[list(names)]))
        if (ratings[list(names)].nunique() > 1).all()
        else np.nan
        for name, names in _SETS.items()
    }
    one, two = human.to_numpy(float), ratings.to_numpy(float)
    order, near = float(mean_spearman(one, two)), float(mean_similarity(one, two))
    return structure["all"], order, near, structure["motor"]


def dose_response(scores: pd.DataFrame, doses: Sequence[int]) -> pd.DataFrame:
    """Average the draws of every dose.

    Parameters
    ----------
    scores : DataFrame
        From `score_runs`.
    doses : sequence of int
        Numbers of training words.

    Returns
    -------
    DataFrame
        Columns method, words, short (measure), draws, mean, low, high: the 95 % interval of the
        mean over draws by Student's t; the mean itself where there is one draw.
    """
    from scipy.stats import t

    own = scores[(scores["training"] == "all") & scores["words"].isin(list(doses))]
    rows = []
    for (method, words), part in own.groupby(["method", "words"]):
        count = len(part)
        for short in MEASURES:
            mean, wide = float(part[short].mean()), 0.0
            if count > 1:
                wide = float(t.ppf(0.975, count - 1) * part[short].std() / np.sqrt(count))
            rows.append((method, words, short, count, mean, mean - wide, mean + wide))
    columns = ["method", "words", "short", "draws", "mean", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def enough_words(curve: pd.DataFrame, method: str, short: str, level: float) -> int:
    """Return the smallest dose whose mean score reaches a level; 0 if none does."""
    own = curve[(curve["method"] == method) & (curve["short"] == short)].sort_values("words")
    reached = own.loc[own["mean"] >= level, "words"]
    return int(reached.iloc[0]) if len(reached) else 0
