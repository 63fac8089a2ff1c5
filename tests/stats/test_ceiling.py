"""The noise ceiling against simulations whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from humanlike.errors import HumanlikeError
from humanlike.stats import rdm, rsa
from humanlike.stats.ceiling import rsa_noise_ceiling


def _world(noise: float, items: int = 60, seed: int = 3):
    random = np.random.default_rng(seed)
    truth = random.normal(size=(items, 6)) @ random.normal(size=(6, 6))
    se = np.full(truth.shape, noise)
    return random, truth, se


@pytest.mark.parametrize("noise", [0.3, 1.0, 2.0])
def test_it_predicts_what_perfect_knowledge_and_other_raters_reach(noise):
    random, truth, se = _world(noise, items=900)
    observed = truth + se * random.normal(size=truth.shape)
    other = truth + se * random.normal(size=truth.shape)
    ceiling = rsa_noise_ceiling(observed, se, n_sim=6, seed=1)
    assert ceiling.perfect == pytest.approx(rsa(rdm(truth), rdm(observed)), abs=0.03)
    assert ceiling.raters == pytest.approx(rsa(rdm(other), rdm(observed)), abs=0.03)
    assert ceiling.raters < ceiling.perfect


def test_reliability_is_the_true_share_of_variance():
    random, truth, se = _world(1.0, items=5000)
    observed = truth + se * random.normal(size=truth.shape)
    expected = truth.var(axis=0) / (truth.var(axis=0) + 1.0)
    got = rsa_noise_ceiling(observed[:, :], se, n_sim=2, seed=1).reliability
    assert got == pytest.approx(expected, abs=0.02)


def test_without_noise_the_ceiling_is_one():
    _, truth, se = _world(0.0)
    ceiling = rsa_noise_ceiling(truth, se, n_sim=2, seed=1)
    assert ceiling.perfect == pytest.approx(1.0)
    assert ceiling.raters == pytest.approx(1.0)


def test_the_same_seed_gives_the_same_ceiling():
    _, truth, se = _world(0.5, items=60)
    first, again = (rsa_noise_ceiling(truth, se, n_sim=3, seed=9) for _ in range(2))
    assert (first.perfect, first.raters) == (again.perfect, again.raters)
    assert rsa_noise_ceiling(truth, se, n_sim=3, seed=8).perfect != first.perfect


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda x, se: (x, se[:, :2], 5), "same shape"),
        (lambda x, se: (np.where(x == x.max(), np.nan, x), se, 5), "no missing mean"),
        (lambda x, se: (x, -se, 5), "negative standard error"),
        (lambda x, se: (x, se * 100, 5), "varies no more"),
        (lambda x, se: (x, se, 1), "at least 2"),
    ],
)
def test_wrong_input_is_named(change, message):
    _, truth, se = _world(0.5, items=40)
    x, errors, n_sim = change(truth, se)
    with pytest.raises(HumanlikeError, match=message):
        rsa_noise_ceiling(x, errors, n_sim, 1)
