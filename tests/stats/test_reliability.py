"""Reliability of mean ratings: against an analysis of variance, a closed form and a simulation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from humanlike.errors import HumanlikeError
from humanlike.stats.reliability import rating_reliability, standard_errors


def ratings(items, raters, between, within, seed):
    random = np.random.default_rng(seed)
    true = random.normal(scale=between, size=(items, 1))
    return true[:, 0], true + random.normal(scale=within, size=(items, raters))


def of(answers, **options):
    n = np.full(len(answers), answers.shape[1])
    return rating_reliability(answers.mean(axis=1), answers.std(axis=1, ddof=1), n, **options)


def test_equal_numbers_of_raters_give_the_intraclass_correlation_of_statsmodels():
    pd = pytest.importorskip("pandas")
    from statsmodels.formula.api import ols
    from statsmodels.stats.anova import anova_lm

    _, answers = ratings(12, 7, 1.0, 1.5, seed=1)
    table = pd.DataFrame({"y": answers.ravel(), "item": np.repeat(np.arange(12), 7)})
    squares = anova_lm(ols("y ~ C(item)", table).fit())["mean_sq"]
    assert of(answers).reliability == pytest.approx(1 - squares["Residual"] / squares["C(item)"])


def test_example_of_shrout_and_fleiss():
    # Table 2 of Shrout & Fleiss (1979): six targets, four judges; they print ICC(1, 4) = .44.
    answers = np.array(
        [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    )
    assert of(answers).reliability == pytest.approx(0.44, abs=0.005)


def test_it_recovers_the_share_of_true_variance_of_a_simulation():
    expected = 1 / (1 + 1.5**2 / 20)
    found = of(ratings(20_000, 20, 1.0, 1.5, seed=2)[1])
    assert found.reliability == pytest.approx(expected, abs=0.005)
    assert found.standard_error == pytest.approx(1.5 / np.sqrt(20), abs=0.005)


def test_the_ceiling_is_the_correlation_of_the_means_with_the_truth():
    true, answers = ratings(20_000, 5, 1.0, 2.0, seed=3)
    correlation = np.corrcoef(true, answers.mean(axis=1))[0, 1]
    assert of(answers).ceiling == pytest.approx(correlation, abs=0.01)


def test_without_true_differences_it_is_about_zero_and_the_ceiling_exists():
    found = of(ratings(5_000, 10, 0.0, 1.0, seed=4)[1])
    assert found.reliability == pytest.approx(0, abs=0.06)
    assert rating_reliability([1, 1, 1.1], [2, 2, 2], [4, 4, 4]).ceiling == 0


def test_unequal_numbers_of_raters_are_weighed_by_their_own_error():
    found = rating_reliability([0.0, 1.0, 2.0], [1.0, 2.0, 3.0], [1, 4, 9])
    assert found.error_variance == pytest.approx(1.0)
    assert found.reliability == pytest.approx(0.0)


def test_the_interval_covers_and_repeats():
    answers = ratings(300, 18, 1.0, 1.4, seed=5)[1]
    one, two = of(answers, n_boot=300, seed=7), of(answers, n_boot=300, seed=7)
    assert one == two
    assert one.low < one.reliability < one.high
    assert of(answers, n_boot=300, seed=8).low != one.low
    assert "reliability 0." in str(one)


@given(st.floats(0.1, 10), st.floats(-5, 5))
def test_units_and_origin_do_not_matter(scale, shift):
    mean, sd, n = np.array([1.0, 2.5, 4.0, 3.0]), np.array([1.0, 0.5, 0.7, 1.2]), np.full(4, 15)
    moved = rating_reliability(mean * scale + shift, sd * scale, n)
    assert moved.reliability == pytest.approx(rating_reliability(mean, sd, n).reliability)


def test_standard_error():
    assert standard_errors([2.0, 0.0], [16, 5]) == pytest.approx([0.5, 0.0])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1, 2, 3], [1, 1], [5, 5]), r"the shapes are \(3,\) and \(2,\)"),
        (([1, 2, 3], [1, 1, 1], [5, 5]), "one number of raters per standard deviation"),
        (([1, 2, 3], [1, np.nan, 1], [5, 5, 5]), "some are missing"),
        (([1, 2, 3], [1, -1, 1], [5, 5, 5]), "smallest are -1 and 5"),
        (([1, 2, 3], [1, 1, 1], [5, 0, 5]), "at least 1 rater"),
        (([1, 2], [1, 1], [5, 5]), "at least 3 means, none missing, but 2 came"),
        (([1, 2, np.nan], [1, 1, 1], [5, 5, 5]), "1 of them missing"),
        (([2, 2, 2], [1, 1, 1], [5, 5, 5]), "All means are alike"),
    ],
)
def test_bad_input_is_refused(arguments, message):
    with pytest.raises(HumanlikeError, match=message):
        rating_reliability(*arguments)


def test_the_interval_is_that_of_resampled_items() -> None:
    from statistics import fmean, variance

    random = np.random.default_rng(5)
    means, sds, n = random.normal(2, 1, 15), random.uniform(0.5, 1.5, 15), np.full(15, 9)
    found = rating_reliability(means, sds, n, n_boot=50, seed=4)
    rows = np.random.default_rng(4).integers(15, size=(50, 15))
    drawn = [1 - fmean(sds[row] ** 2 / 9) / variance(means[row].tolist()) for row in rows]
    assert (found.low, found.high) == pytest.approx(np.quantile(drawn, [0.025, 0.975]))
