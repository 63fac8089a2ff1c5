"""Ratings side by side: per dimension over sources, or over the two languages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from humanlike.data.norms import complete_words, features
from humanlike.errors import HumanlikeError


def by_dimension(
    table: pd.DataFrame,
    models: Sequence[str],
    dimensions: Iterable[str],
    subset: int = 0,
    seed: int = 0,
) -> dict[str, pd.DataFrame]:
    """Put people and models side by side on each dimension, without words that lack a rating.

    A word is left out on a dimension when people or one of the models have no rating of it there;
    on other dimensions it stays.

    Parameters
    ----------
    table : DataFrame
        As `humanlike.data.norms.load_ratings` gives it.
    models : sequence of str
        Models that were asked in this language.
    dimensions : iterable of str
        Dimensions rated in this language.
    subset : int
        Number of words drawn at random before anything is left out; 0 takes all.
    seed : int
        Seed of that draw.

    Returns
    -------
    dict of str to DataFrame
        By dimension: index ``word`` in the order of the table; columns ``human`` and the models.

    Raises
    ------
    HumanlikeError
        If a name is unknown or was not evaluated in this language, or fewer than five words remain.
    """
    sources = ["human", *models]
    complete_words(table, sources)
    words = table["word"].unique()
    if 0 < subset < len(words):
        chosen = set(np.random.default_rng(seed).choice(words, subset, replace=False))
        words = np.array([word for word in words if word in chosen], dtype=object)
    wide = {source: features(table, source, dimensions) for source in sources}
    frames = {}
    for name in wide["human"].columns:
        frame = pd.DataFrame({source: wide[source][name] for source in sources}).loc[words].dropna()
        if len(frame) < 5:
            raise HumanlikeError(
                f"Only {len(frame)} words have a rating of {name} from {', '.join(sources)}; at "
                "least five are needed. Raise 'subset' or compare other models."
            )
        frames[name] = frame
    return frames


def comparable(frames: dict[str, pd.DataFrame]) -> tuple[dict[str, pd.DataFrame], list[str]]:
    """Keep the dimensions on which every two columns can be compared by rank.

    Among few words a source may give hardly more than one answer, or two sources agree perfectly.
    Then there is no correlation, or no test of it.

    Parameters
    ----------
    frames : dict of str to DataFrame
        As `by_dimension` gives them.

    Returns
    -------
    kept : dict of str to DataFrame
        Those in which each column has at least three different values and no two columns have the
        same or the opposite order throughout.
    left : list of str
        Names of the others.
    """
    kept = {}
    for name, frame in frames.items():
        order = frame.rank().corr().abs().to_numpy()
        others = order[~np.eye(len(order), dtype=bool)]
        if (frame.nunique() > 2).all() and (others < 1 - 1e-9).all():
            kept[name] = frame
    return kept, [name for name in frames if name not in kept]


def other_people(english: pd.DataFrame, dutch: pd.DataFrame) -> pd.DataFrame:
    """Put what people said of a word beside what people said of its translation.

    Parameters
    ----------
    english, dutch : DataFrame
        As `humanlike.data.norms.load_ratings` gives them.

    Returns
    -------
    DataFrame
        One row per English word and sensory dimension: word, dimension, human (of the word), other
        (mean rating of its Dutch translation by Dutch-speaking people).

    Raises
    ------
    HumanlikeError
        If no English word has its translation among the Dutch ones.
    """
    own = english[["word", "translation", "dimension", "human"]]
    other = dutch[["word", "dimension", "human"]].rename(
        columns={"word": "translation", "human": "other"}
    )
    joined = own.merge(other, on=["translation", "dimension"], validate="many_to_one")
    if joined.empty:
        raise HumanlikeError("No English word has its translation among the Dutch words.")
    return joined[["word", "dimension", "human", "other"]]


def leading_digit(responses: pd.DataFrame) -> pd.Series:
    r"""Mean of the leading digit of each answer under the model's own probabilities.

    .. math:: E = \sum_{k=0}^{5} k p_k / \sum_{k=0}^{5} p_k

    with :math:`p_k` the probability of the digit k as first token. Answers that are equal as text
    rarely have equal means, so ties are resolved as the model itself would.

    Parameters
    ----------
    responses : DataFrame
        As `humanlike.data.responses.load_responses` gives it, with log-probabilities.

    Returns
    -------
    Series
        Index ``word``; 0 to 5, NaN where no digit is among the reported tokens.

    Raises
    ------
    HumanlikeError
        If the table has no log-probabilities.
    """
    if "logprobs" not in responses:
        raise HumanlikeError(
            "These responses have no log-probabilities; load them with logprobs=True."
        )
    means = []
    for tokens in responses["logprobs"]:
        options = tokens[0] if len(tokens) else {}
        known = {int(t): np.exp(p) for t, p in options.items() if t in "012345" and len(t) == 1}
        total = sum(known.values())
        means.append(sum(k * p for k, p in known.items()) / total if total else np.nan)
    return pd.Series(means, index=pd.Index(responses["word"], name="word"), dtype=float)
