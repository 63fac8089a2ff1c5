"""The specifications of Paper A's structural comparison, and what they agree on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import pandas as pd

from humanlike.analysis.expected import load_expected_ratings
from humanlike.data.norms import (
    DIMENSIONS,
    MODELS,
    MOTOR,
    SENSORY,
    complete_words,
    features,
    load_ratings,
)
from humanlike.errors import HumanlikeError
from humanlike.stats import rsa_bootstrap
from humanlike.stats.multiverse import Multiverse, evaluate, main_effects, summarise

GROUPS = {"all": DIMENSIONS, "sensory": SENSORY, "motor": MOTOR}
LOADERS: dict[str, Callable[..., pd.DataFrame]] = {
    "greedy": load_ratings,
    "expected": load_expected_ratings,
}
"""Ways to turn a response into a rating; a further one is a loader with the same signature."""
CHOICES = ("ratings", "words", "scale", "metric", "correlation")
PUBLISHED = {
    "dimensions": "all",
    "ratings": "greedy",
    "words": "left out",
    "scale": "z-scored",
    "metric": "cosine",
    "correlation": "spearman",
}
CONTRASTS = {
    "English": (("en_ft", "base"), ("nl_ft", "base"), ("qa_ft", "base"), ("en_ft", "nl_ft")),
    "Dutch": (("nl_ft", "base"), ("en_ft", "base"), ("nl_ft", "en_ft")),
}


@dataclass(frozen=True)
class Comparison:
    """A comparison the paper draws conclusions from: model a against model b on some words."""

    label: str
    language: str
    a: str
    b: str
    fixed: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Name of its rows in a `Multiverse`."""
        return f"{self.a} - {self.b}"

    @property
    def published(self) -> dict[str, str]:
        """The published specification."""
        dimensions = "sensory" if self.language == "Dutch" else "all"
        return PUBLISHED | {"dimensions": dimensions} | self.fixed


COMPARISONS = {
    "en_gain": Comparison("En_FT − Base, English", "English", "en_ft", "base"),
    "nl_gain": Comparison("Nl_FT − Base, English", "English", "nl_ft", "base"),
    "qa_gain": Comparison("QA_FT − Base, English", "English", "qa_ft", "base"),
    "matched_en": Comparison("En_FT − Nl_FT, English", "English", "en_ft", "nl_ft"),
    "matched_nl": Comparison("Nl_FT − En_FT, Dutch", "Dutch", "nl_ft", "en_ft"),
    "motor_nl": Comparison(
        "Nl_FT − Base, motor", "English", "nl_ft", "base", {"dimensions": "motor"}
    ),
    "motor_qa": Comparison(
        "QA_FT − Base, motor", "English", "qa_ft", "base", {"dimensions": "motor"}
    ),
}


def multiverse(
    language: str,
    choices: Mapping[str, Sequence[str]],
    subset: int,
    kendall_words: int,
    level: float,
    seed: int,
) -> Multiverse:
    """Evaluate every combination of choices in one language.

    Parameters
    ----------
    language : {"English", "Dutch"}
        English crosses all, sensory and motor dimensions; Dutch has the sensory ones only, and no
        incomplete word, so that axis is left out there.
    choices : mapping of str to sequence of str
        Options of the axes in `CHOICES`. ``words`` is ``left out`` (a word with a missing rating is
        left out for all) or ``filled in`` (the gap gets the model's mean on that dimension).
    subset : int
        Words drawn at random before anything else; 0 for all.
    kendall_words : int
        Words on which Kendall's tau is taken; 0 for all.
    level : float
        Of the intervals.
    seed : int
        Of both draws.
    """
    axes: dict[str, Sequence[str]] = {"dimensions": tuple(GROUPS), **choices}
    if language == "Dutch":
        axes = {**axes, "dimensions": ("sensory",), "words": ("left out",)}

    def tables(choice: Mapping[str, str]) -> dict[str, pd.DataFrame]:
        table = _drawn(language, choice["ratings"], subset, seed)
        return _features(table, GROUPS[choice["dimensions"]], choice["words"])

    return evaluate(
        axes, tables, CONTRASTS[language], kendall_items=kendall_words, seed=seed, level=level,
        n_jobs=4,
    )  # fmt: skip


@cache
def _loaded(language: str, ratings: str) -> pd.DataFrame:
    return LOADERS[ratings](language, missing="simulate")


def _drawn(language: str, ratings: str, subset: int, seed: int) -> pd.DataFrame:
    """Load one kind of ratings, of all words or of some drawn at random."""
    table = _loaded(language, ratings)
    words = table["word"].unique()
    if not subset or subset >= len(words):
        return table
    return table[table["word"].isin(np.random.default_rng(seed).choice(words, subset, False))]


def words_effect(subset: int, seed: int) -> float:
    """Return how much filling gaps in moves any comparison of the published specification.

    Returns
    -------
    float
        Largest absolute change of a difference of two models on English words.
    """

    def tables(choice: Mapping[str, str]) -> dict[str, pd.DataFrame]:
        return _features(_drawn("English", "greedy", subset, seed), DIMENSIONS, choice["words"])

    both = evaluate({"words": ("left out", "filled in")}, tables, CONTRASTS["English"])
    rows = both.table[both.table["name"].str.contains(" - ")]
    wide = rows.pivot(index="name", columns="words", values="estimate")
    return float((wide["filled in"] - wide["left out"]).abs().max())


def _features(
    table: pd.DataFrame, dimensions: Sequence[str], words: str
) -> dict[str, pd.DataFrame]:
    who = ["human", *(m for m in MODELS if table[m].notna().any())]
    ratings = {name: features(table, name, dimensions) for name in who}
    if words == "left out":
        complete = complete_words(table, who)
        return {name: one.loc[complete] for name, one in ratings.items()}
    if words == "filled in":
        return {name: one.fillna(one.mean()) for name, one in ratings.items()}
    raise HumanlikeError(f"Words are 'left out' or 'filled in', not '{words}'.")


def is_published(rows: pd.DataFrame, published: Mapping[str, str]) -> pd.Series[bool]:
    """Mark the rows of the published specification."""
    marks = pd.Series(True, index=rows.index)
    for axis, option in published.items():
        if axis in rows:
            marks &= rows[axis] == option
    return marks


def summary_table(found: Mapping[str, Multiverse]) -> pd.DataFrame:
    """Summarise each comparison over its specifications.

    Parameters
    ----------
    found : mapping of str to Multiverse
        By language.

    Returns
    -------
    DataFrame
        Index: keys of `COMPARISONS`. Columns: comparison, n, published, published low, published
        high (NaN if the published specification is not among them), least, median, most, positive
        (share), n_positive, n_interval, n_above, n_below, robust (all above zero, every interval).
    """
    rows = {}
    for key, one in COMPARISONS.items():
        specs = found[one.language].contrast(one.name, **one.fixed)
        total, mark = summarise(specs), is_published(specs, one.published)
        first = specs.loc[mark, ["estimate", "low", "high"]].to_numpy(float)
        estimate, low, high = first[0] if len(first) else (np.nan,) * 3
        sure = total.n_positive == total.n and total.n_above == total.n_interval
        rows[key] = {
            "comparison": one.label, "n": total.n, "published": estimate, "published low": low,
            "published high": high, "least": total.low, "median": total.median,
            "most": total.high, "positive": total.share_positive,
            "n_positive": total.n_positive, "n_interval": total.n_interval,
            "n_above": total.n_above, "n_below": total.n_below,
            "robust": sure,
        }  # fmt: skip
    return pd.DataFrame.from_dict(rows, orient="index")


def effects_table(found: Mapping[str, Multiverse]) -> pd.DataFrame:
    """Say which choices move each comparison, over the specifications with rho or r.

    Kendall's tau is left out: it is smaller than rho for the same agreement, so its distance from
    the others is one of scale.

    Returns
    -------
    DataFrame
        Columns key, comparison, and those of `humanlike.stats.multiverse.main_effects`.
    """
    parts = []
    for key, one in COMPARISONS.items():
        whole = found[one.language]
        specs = whole.contrast(one.name, **one.fixed)
        specs = specs[specs["correlation"] != "kendall"]
        if len(specs) > 1 and specs["estimate"].nunique() > 1:
            effects = main_effects(specs, list(whole.axes))
            parts.append(effects.assign(key=key, comparison=one.label))
    columns = ["key", "comparison", "axis", "option", "n", "mean", "effect", "share"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def interval_table(
    found: Mapping[str, Multiverse], subset: int, n_boot: int, level: float, seed: int
) -> pd.DataFrame:
    """Compare intervals of the published specification: analytic and by two kinds of bootstrap.

    Parameters
    ----------
    found : mapping of str to Multiverse
        By language; for the analytic intervals.
    subset, seed : int
        As in `multiverse`; ``seed`` also draws the resamples.
    n_boot : int
        Resamples.
    level : float
        Of the intervals.

    Returns
    -------
    DataFrame
        Columns key, comparison, how (``analytic``, ``self pairs kept``, ``self pairs removed``),
        estimate, low, high. Comparisons with other dimensions than the published ones of their
        language are left out.
    """
    rows = []
    for language, dimensions in (("English", DIMENSIONS), ("Dutch", SENSORY)):
        models = _features(_drawn(language, "greedy", subset, seed), dimensions, "left out")
        human = models.pop("human")
        runs = {
            how: rsa_bootstrap(human, models, n_boot, seed, kept, n_jobs=-1)
            for how, kept in (("self pairs kept", True), ("self pairs removed", False))
        }
        for key, one in COMPARISONS.items():
            if one.language != language or one.fixed:
                continue
            specs = found[language].contrast(one.name)
            first = specs[is_published(specs, one.published)]
            if len(first):
                analytic = first.iloc[0][["estimate", "low", "high"]]
                rows.append((key, one.label, "analytic", *analytic))
            for how, run in runs.items():
                gap = run.difference(one.a, one.b, level)
                rows.append((key, one.label, how, gap.estimate, gap.low, gap.high))
    return pd.DataFrame(rows, columns=["key", "comparison", "how", "estimate", "low", "high"])
