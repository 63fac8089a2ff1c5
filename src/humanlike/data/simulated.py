"""Stand-ins with the schema of the real tables, for a machine that has none of the real data.

They obey known equations, so that a chapter can be read and tested anywhere. They are never
evidence: words are called ``word-0001`` so that nobody takes them for real ones.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from humanlike.data import norms

FACTORS = 4
LEVEL = np.array([-0.9, -3.4, -1.4, -1.5, -3.1, 0.7, -2.0, -0.9, 0.0, -1.2, -1.9])
SPREAD = 1.1
RATER_SD = 1.3
Array = NDArray[np.float64]


def simulate_ratings(
    language: str = "English", *, n_words: int = norms.WORDS, seed: int = 0
) -> pd.DataFrame:
    r"""Simulate a rating table with the schema of `humanlike.data.norms.load_ratings`.

    Word w has four latent traits :math:`z_w \sim N(0, I)`, dimension d has loadings
    :math:`\lambda_d \sim N(0, I/4)` and a level :math:`a_d` (low for taste and smell, high for
    vision). Its true strength is

    .. math:: s_{wd} = 5 / (1 + \exp(-(a_d + 1.1 \cdot 2 \lambda_d^\top z_w + 0.4\, u_{wd}))),

    with :math:`u, e \sim N(0, 1)` throughout. Of :math:`n_w = 10 + \mathrm{Poisson}(9)` raters,
    rater r answers :math:`\mathrm{round}(\mathrm{clip}(s_{wd} + 1.3\, e_{wdr}, 0, 5))`; ``human``
    and ``human_sd`` are mean and standard deviation over raters. The models answer, rounded and
    clipped to 0 to 5:

    - base: :math:`b_d + c_d s_{wd} + 0.8\, e`, integers, with :math:`b_d \sim U(2, 3)` and
      :math:`c_d \sim U(-0.1, 0.4)`: compressed and biased;
    - qa_ft: :math:`b_d - 1 + (c_d + 0.1) s_{wd} + 0.9\, e`, integers;
    - nl_ft: :math:`0.85 s_{wd} - 0.1 + 0.9\, e`, halves;
    - en_ft: :math:`s_{wd} + 0.7\, e`, twentieths.

    In Dutch the same words are rated by other people, and nl_ft and en_ft change places. The
    missing values of the real tables are not imitated.

    Parameters
    ----------
    language : {"English", "Dutch"}
        As in `load_ratings`.
    n_words : int
        Number of words.
    seed : int
        The same seed gives the same table; both languages share the latent traits.
    """
    dimensions = norms.dimensions_of(language)
    latent, own = np.random.default_rng([seed, 0]), np.random.default_rng([seed, len(dimensions)])
    strength = _strength(latent, n_words)[:, : len(dimensions)]
    known = np.repeat(10 + own.poisson(9, size=(n_words, 1)), len(dimensions), axis=1)
    mean, sd = _people(own, strength, known)
    models = _models(own, strength)
    if language == "Dutch":
        models["en_ft"], models["nl_ft"] = models["nl_ft"], models["en_ft"]
        nothing = np.full(strength.shape, np.nan)
        models["qa_ft"], sd, known = nothing, nothing, nothing
    numbers = [f"{number:04d}" for number in range(1, n_words + 1)]
    names = {"English": "word", "Dutch": "woord"}
    other = "Dutch" if language == "English" else "English"
    table = pd.DataFrame(
        {
            "word": np.repeat([f"{names[language]}-{n}" for n in numbers], len(dimensions)),
            "translation": np.repeat([f"{names[other]}-{n}" for n in numbers], len(dimensions)),
            "dimension": np.tile(dimensions, n_words),
            "group": np.tile(
                ["sensory" if d in norms.SENSORY else "motor" for d in dimensions], n_words
            ),
            "human": mean.ravel(),
            "human_sd": sd.ravel(),
            "n_known": known.astype(float).ravel(),
            **{model: models[model].ravel() for model in norms.MODELS},
        }
    )
    table.attrs = {"real": False, "dataset": norms.DATASET, "language": language, "issues": []}
    return table


def _strength(random: np.random.Generator, n_words: int) -> Array:
    """True strength, shape (words, eleven dimensions), 0 to 5."""
    loadings = random.normal(scale=0.5, size=(len(norms.DIMENSIONS), FACTORS))
    traits = random.normal(size=(n_words, FACTORS))
    noise = random.normal(size=(n_words, len(norms.DIMENSIONS)))
    logit = LEVEL + SPREAD * 2 * traits @ loadings.T + 0.4 * noise
    return np.asarray(5 / (1 + np.exp(-logit)), dtype=float)


def _people(
    random: np.random.Generator, strength: Array, known: NDArray[np.int_]
) -> tuple[Array, Array]:
    """Mean and standard deviation over each word's raters, both (words, dimensions)."""
    raters = int(known.max())
    noise = random.normal(scale=RATER_SD, size=(raters, *strength.shape))
    answers = np.round(np.clip(strength + noise, *norms.SCALE))
    answers[np.arange(raters)[:, None, None] >= known] = np.nan
    return np.nanmean(answers, axis=0), np.nanstd(answers, axis=0, ddof=1)


def _models(random: np.random.Generator, strength: Array) -> dict[str, Array]:
    width = strength.shape[1]
    bias, slope = random.uniform(2.0, 3.0, width), random.uniform(-0.1, 0.4, width)

    def answer(expected: Array, noise: float, step: float) -> Array:
        values = expected + random.normal(scale=noise, size=strength.shape)
        return np.clip(np.round(values / step) * step, *norms.SCALE)

    return {
        "base": answer(bias + slope * strength, 0.8, 1.0),
        "en_ft": answer(strength, 0.7, 0.05),
        "nl_ft": answer(0.85 * strength - 0.1, 0.9, 0.5),
        "qa_ft": answer(bias - 1 + (slope + 0.1) * strength, 0.9, 1.0),
    }


def simulate_spose(n_items: int = 1854, n_dims: int = 66, seed: int = 0) -> pd.DataFrame:
    r"""Simulate a concept embedding: sparse, non-negative, dimensions of falling weight.

    Item i loads on dimension k by :math:`x_{ik} = g_{ik} w_k`, where :math:`g_{ik} \sim
    \mathrm{Gamma}(0.25, 1)`, so that most loadings are near zero and a few are large, and
    :math:`w_k = (1 + k)^{-0.3}`, rescaled so that dimension 0 has mean 0.3. Items are called
    ``item-0001``, dimensions ``dimension-01``.

    Returns
    -------
    DataFrame
        Shape (n_items, n_dims), index ``unique_id``; ``attrs["real"]`` is False.
    """
    random = np.random.default_rng([seed, n_items, n_dims])
    weight = (1.0 + np.arange(n_dims)) ** -0.3
    values = random.gamma(0.25, 1.0, size=(n_items, n_dims)) * weight * 1.2
    items = pd.Index([f"item-{number:04d}" for number in range(1, n_items + 1)], name="unique_id")
    table = pd.DataFrame(values, index=items)
    table.columns = pd.Index([f"dimension-{number:02d}" for number in range(1, n_dims + 1)])
    table.attrs = {"real": False, "dataset": "things-spose", "issues": []}
    return table
