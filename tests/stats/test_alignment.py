"""One interface to four measures: nulls with known means, intervals that cover, every error."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import pdist
from scipy.stats import ortho_group, spearmanr

from humanlike.errors import HumanlikeError
from humanlike.stats import (
    align,
    align_refits,
    alignment_bootstrap,
    alignment_null,
    cka,
    effective_dimension,
    procrustes_r2,
)
from humanlike.stats.alignment import MEASURES, AlignmentBootstrap

every = pytest.mark.parametrize("measure", MEASURES)


def world(seed: int, items: int = 40, noise: float = 1.0):
    """A space and a noisy copy of it in fewer dimensions."""
    rng = np.random.default_rng(seed)
    human = rng.normal(size=(items, 5)) * [3, 2, 1, 1, 0.5]
    model = human[:, :3] @ ortho_group.rvs(3, random_state=seed) + noise * rng.normal(
        size=(items, 3)
    )
    return human, model


def test_each_name_is_the_measure_it_says():
    human, model = world(0)
    assert align(human, model) == procrustes_r2(human, model)
    assert align(human, model, "cka") == cka(human, model)
    assert align(human, model, "debiased_cka") == cka(human, model, debiased=True)
    expected = spearmanr(pdist(human), pdist(model)).statistic
    assert align(human, model, "rsa") == pytest.approx(expected)


@every
@given(st.integers(0, 2**32 - 1), st.floats(0.1, 10), st.floats(-5, 5))
@settings(max_examples=20)
def test_no_measure_sees_rotation_scale_or_shift(measure, seed, scale, shift):
    human, model = world(seed, items=12)
    moved = scale * model @ ortho_group.rvs(3, random_state=seed) + shift
    assert align(human, moved, measure) == pytest.approx(align(human, model, measure), abs=1e-8)


@every
def test_related_spaces_are_told_from_chance_and_shuffled_ones_are_not(measure):
    human, model = world(1)
    found = alignment_null(human, model, measure, n_perm=199, seed=3)
    assert found.p == 1 / 200 and found.quantile(0.95) < found.estimate
    shuffled = model[np.random.default_rng(0).permutation(len(model))]
    again = alignment_null(human, shuffled, measure, n_perm=199, seed=3)
    assert again.p > 0.05
    assert again.mean == pytest.approx(found.mean, abs=4 * found.null.std() / np.sqrt(199))


def test_chance_of_cka_has_a_closed_form():
    human, model = world(2)
    expected = np.sqrt(effective_dimension(human) * effective_dimension(model)) / 39
    found = alignment_null(human, model, "cka", n_perm=4000, seed=1)
    assert found.mean == pytest.approx(expected, abs=4 * found.null.std() / np.sqrt(4000))


@every
def test_the_same_seed_gives_the_same_numbers_and_more_begin_with_fewer(measure):
    human, model = world(3)
    few, many = (alignment_null(human, model, measure, n_perm=n, seed=5) for n in (20, 40))
    np.testing.assert_array_equal(few.null, many.null[:20])
    few, many = (
        alignment_bootstrap(human, {"m": model}, measure, n_boot=n, seed=5) for n in (20, 40)
    )
    np.testing.assert_allclose(few.samples, many.samples[:20], atol=1e-12)


@every
def test_intervals_over_items_cover_what_other_items_give(measure):
    """Items of one large population: the mean over samples of 40 lies in most intervals."""
    human, model = world(4, items=4000, noise=1.5)
    rng = np.random.default_rng(0)
    samples = [rng.choice(4000, 40, replace=False) for _ in range(60)]
    centre = np.mean([align(human[s], model[s], measure) for s in samples])
    bounds = [
        alignment_bootstrap(human[s], {"m": model[s]}, measure, n_boot=80, seed=1).interval("m")
        for s in samples
    ]
    assert np.mean([low <= centre <= high for low, high in bounds]) > 0.8
    assert min(low for low, _ in bounds) < max(low for low, _ in bounds)


@every
def test_a_better_model_is_found_better_in_the_same_resamples(measure):
    human, poor = world(5, noise=3.0)
    _, good = world(5, noise=0.5)
    found = alignment_bootstrap(human, {"good": good, "poor": poor}, measure, n_boot=200, seed=1)
    gap = found.difference("good", "poor")
    assert gap.estimate == pytest.approx(found.estimate["good"] - found.estimate["poor"])
    assert 0 < gap.low < gap.estimate < gap.high and gap.p < 0.05
    low, high = found.interval("good")
    assert low < found.estimate["good"] < high <= 1


def test_refits_are_measured_one_by_one():
    human, model = world(6)
    refits = np.stack([model, human[:, :3]])
    expected = [procrustes_r2(human, model), procrustes_r2(human, human[:, :3])]
    np.testing.assert_allclose(align_refits(human, refits), expected)


@every
def test_a_collapsed_model_is_at_zero_or_has_no_correlation(measure):
    human = world(7)[0]
    flat = np.zeros((40, 3))
    if measure == "rsa":
        with pytest.raises(HumanlikeError, match="different distances"):
            align(human, flat, measure)
    else:
        found = alignment_null(human, flat, measure, n_perm=5, seed=0)
        assert found.estimate == 0 and not found.null.any() and found.p == 1.0


def test_what_cannot_be_is_refused():
    human, model = world(8)
    with pytest.raises(HumanlikeError, match="Known: cka, debiased_cka, procrustes, rsa"):
        align(human, model, "cosine")  # type: ignore[arg-type]
    with pytest.raises(HumanlikeError, match="n_perm as a whole number of at least 1"):
        alignment_null(human, model, n_perm=0, seed=0)
    with pytest.raises(HumanlikeError, match="n_boot as a whole number of at least 2"):
        alignment_bootstrap(human, {"m": model}, n_boot=1, seed=0)
    with pytest.raises(HumanlikeError, match="at least one model"):
        alignment_bootstrap(human, {}, n_boot=2, seed=0)
    with pytest.raises(HumanlikeError, match=r"as \(refits, items, dimensions\)"):
        align_refits(human, model)
    found = alignment_bootstrap(human, {"m": model}, n_boot=2, seed=0)
    with pytest.raises(HumanlikeError, match="Known: m"):
        found.interval("n")
    with pytest.raises(HumanlikeError, match="level between 0 and 1"):
        found.interval("m", 95)


def test_an_interval_ends_at_one() -> None:
    drawn = np.linspace(0.9, 0.99, 41)[:, None]
    found = AlignmentBootstrap("procrustes", ("a",), {"a": 0.98}, drawn)
    low, high = found.interval("a")
    assert (low, high) == (pytest.approx(0.98 - 0.95 * 0.045), 1.0)
