"""Who takes both tests: parts of an encoder, its pupils, stored models, simulated observers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from humanlike.analysis.two_tests import Battery, Judge
from humanlike.errors import HumanlikeError
from humanlike.finetune.encoder import Lesson, Recipe
from humanlike.stats.triplet_agreement import choose
from humanlike.tasks.numbers import SCALE

if TYPE_CHECKING:
    from humanlike.analysis.finetuning import Material
    from humanlike.models.encoder import Encoder

LEAST_SHARE = 0.9
"""Share of the words that a stored model must have rated on every dimension."""


def open_encoder(spec: str) -> Encoder:
    """Open the encoder whose parts and pupils take the tests.

    Raises
    ------
    HumanlikeError
        If the spec names another kind of model.
    """
    from humanlike.models import open_model
    from humanlike.models.encoder import Encoder

    model = open_model(spec)
    if isinstance(model, Encoder):
        return model
    model.close()
    raise HumanlikeError(
        f"{spec} is no text encoder, so it has no layers to compare and is not taught here. It "
        f"joins this chapter when it has been asked both tests: 'humanlike query ratings {spec}' "
        f"and 'humanlike query triplets {spec}'."
    )


def layers(tests: Battery, encoder: Encoder, seed: int) -> list[Judge]:
    """Put every layer of an encoder through both tests, the whole, and a copy never trained.

    Returns
    -------
    list of Judge
        ``random``, then ``layer`` from the vectors of the tokens on; the last one is ``whole``.
    """
    from transformers import AutoConfig

    from humanlike.models.encoder import Encoder, Options

    name = encoder.info().name
    most = AutoConfig.from_pretrained(str(encoder.folder)).num_hidden_layers
    ways = [("random weights", "random", Options(random=seed))]
    ways += [("token vectors" if n == 0 else f"layer {n}", "layer", Options(layer=n))
             for n in range(most)]  # fmt: skip
    found = []
    for label, kind, options in ways:
        part = Encoder(encoder.folder, name, options=options)
        found.append(tests.take(part, label, kind))
        part.close()
    return [*found, tests.take(encoder, name, "whole")]


def ratings_lesson(
    tests: Battery, material: Material, words: int, recipe: Recipe
) -> tuple[Lesson, int]:
    """Plan to teach people's ratings of words that neither test asks about.

    Parameters
    ----------
    tests : Battery
    material : Material
        From `load_tests`.
    words : int
        Training words, drawn by the recipe's seed; 0 takes all of the paper's.
    recipe : Recipe
        How all weights are trained.

    Returns
    -------
    lesson : Lesson
    left_out : int
        Training words that name a concept of the triplets, or share its stem.
    """
    from humanlike.finetune.leaks import find_leaks

    named = [{"English": name} for name in tests.target.concepts]
    leaks = find_leaks(({"English": str(word)} for word in material.paper.index), named)
    out = sorted({*leaks.same, *leaks.related})
    kept = material.paper.drop(material.paper.index[out])
    if words > len(kept):
        raise HumanlikeError(
            f"There are {len(kept):,} training words that neither test asks about; asked for "
            f"{words:,}. Ask for fewer, or 0 for all."
        )
    order = np.random.default_rng([recipe.seed, len(kept)]).permutation(len(kept))
    chosen = kept.iloc[order[: words or len(kept)]]
    dimensions = tuple(tests.phrases[str(name)] for name in chosen.columns)
    asked = str(tests.human.index[0])
    rated = chosen.to_numpy(float)
    lesson = Lesson(tuple(map(str, chosen.index)), rated, dimensions, (asked,), dimensions, recipe)
    return lesson, len(out)


def read_out(tests: Battery, material: Material, encoder: Encoder, words: int, seed: int) -> Judge:
    """Rate by a linear read-out of the frozen encoder, and judge triplets by these ratings alone.

    Of three concepts those two are more alike whose predicted ratings, z-scored over the concepts,
    have the larger cosine. Parameters as for `taught`.
    """
    from scipy.spatial.distance import squareform

    from humanlike.analysis.rated_things import Geometry
    from humanlike.finetune.encoder import teach

    lesson, _ = ratings_lesson(tests, material, words, Recipe(seed=seed))
    names = [str(word) for word in tests.human.index]
    asked = (*names, *tests.target.concepts)
    rated = teach(replace(lesson, recipe=None, asked_words=asked), encoder)
    own, concepts = rated[: len(names)], rated[len(names) :]
    table = pd.DataFrame(own, tests.human.index, tests.human.columns)
    apart = Geometry.of_ratings(pd.DataFrame(concepts, columns=tests.human.columns)).distances
    return Judge("linear read-out", "readout", table, choose(-squareform(apart), tests.asked))


def taught(
    tests: Battery, material: Material, encoder: Encoder, words: int, draws: int, recipe: Recipe
) -> list[Judge]:
    """Teach copies of an encoder ratings, real and shuffled, and put them through both tests.

    Parameters
    ----------
    tests, material
        From `load_tests`.
    encoder : Encoder
        Stays as it is; see `humanlike.analysis.pupils.pupil` for where its pupils are kept.
    words, recipe
        As for `ratings_lesson`.
    draws : int
        How often, each time with another order (and choice) of words.
    """
    from humanlike.analysis.pupils import pupil

    found = []
    for draw in range(draws):
        lesson, _ = ratings_lesson(tests, material, words, replace(recipe, seed=draw))
        for kind, one in (("taught", lesson), ("shuffled", lesson.shuffled(draw))):
            student = pupil(encoder, one, kind)
            label = {"taught": "taught ratings", "shuffled": "taught shuffled ratings"}[kind]
            found.append(tests.take(student, f"{label}, {draw + 1}" if draw else label, kind))
            student.close()
    return found


def stored(tests: Battery, without: Sequence[str]) -> tuple[list[Judge], dict[str, str]]:
    """Return the models of the user's store that answered both tests.

    Parameters
    ----------
    tests : Battery
    without : sequence of str
        Specs of models to leave out.

    Returns
    -------
    judges : list of Judge
    left_out : dict of str to str
        By name, why a model with answers to both is not among them.
    """
    from humanlike.analysis.asked import judgements
    from humanlike.analysis.stored import stored_ratings, stored_triplets

    triplets = {_who(table): table for table in stored_triplets(tests.target.concepts,
                without=without, most=len(tests.asked))}  # fmt: skip
    judges: list[Judge] = []
    left_out: dict[str, str] = {}
    for ratings in stored_ratings(list(tests.human.index), without=without):
        table = triplets.get(_who(ratings))
        if table is None:
            continue
        name = _unlike(ratings.attrs["name"], {*left_out, *(one.name for one in judges)})
        wide = ratings.pivot(index="word", columns="dimension", values="rating")
        wide = wide.reindex(index=tests.human.index, columns=tests.human.columns).dropna()
        rows = judgements(table, tests.target.concepts)
        if len(wide) < LEAST_SHARE * len(tests.human):
            left_out[name] = f"rated {len(wide):,} of {len(tests.human):,} words on all dimensions"
        elif not len(rows):
            left_out[name] = "gave no valid judgement of a triplet"
        else:
            judges.append(Judge(name, "stored", wide, rows))
    return judges, left_out


def _unlike(name: str, taken: set[str]) -> str:
    """Return the name, with a number if it is taken."""
    spelled = (name, *(f"{name} ({number})" for number in range(2, len(taken) + 3)))
    return next(one for one in spelled if one not in taken)


def _who(table: pd.DataFrame) -> tuple[str, ...]:
    return tuple(str(table.attrs[name]) for name in ("model", "revision", "mode", "form"))


def simulated(
    tests: Battery, noises: Sequence[float], n_replicates: int, seed: int
) -> pd.DataFrame:
    """Put observers through both tests whose errors in one have nothing to do with the other.

    They rate as people do plus normal noise, cut to the scale, and judge by people's similarities
    with softmax noise; each noise in standard deviations of what it is added to.

    Returns
    -------
    DataFrame
        One row per pair of noises: ``rating_noise``, ``triplet_noise``, ``rsa``, ``agreement``,
        means over the replicates.
    """
    from humanlike.analysis.observers import Mind, Observer, answer
    from humanlike.stats import rdm, rsa
    from humanlike.stats.triplet_agreement import shares

    people, truth = rdm(tests.human), tests.similarity
    unit = truth[np.triu_indices(len(truth), 1)].std()
    mind = Mind({"human": truth / unit}, tests.target.human)
    values, spread = tests.human.to_numpy(float), tests.human.to_numpy(float).std(axis=0)
    random, rated, judged = np.random.default_rng([seed, 5]), {}, {}
    for noise in noises:
        drawn = [
            np.clip(values + noise * spread * random.standard_normal(values.shape), *SCALE)
            for _ in range(n_replicates)
        ]
        rated[noise] = float(np.mean([rsa(people, rdm(one)) for one in drawn]))
        observer = Observer("simulated", "softmax", noise=noise)
        said = [answer(observer, mind, tests.asked, seed + n) for n in range(n_replicates)]
        judged[noise] = float(np.mean([shares(one, truth).mean() for one in said]))
    rows = [(a, b, rated[a], judged[b]) for a in noises for b in noises]
    return pd.DataFrame(rows, columns=["rating_noise", "triplet_noise", "rsa", "agreement"])
