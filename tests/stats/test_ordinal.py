"""A space fitted to triplets predicts them, the same in every process, and says what is wrong."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.spatial import procrustes

from humanlike.errors import HumanlikeError
from humanlike.stats import OrdinalEmbedding, bootstrap_embeddings, fit_many
from humanlike.stats.ordinal import principal_axes
from humanlike.stats.triplet_losses import LOSSES, CrowdKernel
from humanlike.stats.triplets import free_coordinates, prepare, split


def squared(points, rows, column):
    return ((points[rows[:, 0]] - points[rows[:, column]]) ** 2).sum(axis=1)


def questions(n_items: int, n: int, random: np.random.Generator) -> np.ndarray:
    """Random triplets of different items."""
    anchor = random.integers(n_items, size=n)
    first = (anchor + random.integers(1, n_items, size=n)) % n_items
    shift = random.integers(1, n_items - 1, size=n)
    second = (anchor + shift + (shift >= (first - anchor) % n_items)) % n_items
    return np.stack([anchor, first, second], axis=1)


def judgements(n_items=20, n_dims=2, n=3000, seed=0, noisy=False):
    """Points, and what an observer says: the truth, or with the crowd kernel's noise."""
    random = np.random.default_rng(seed)
    points = random.normal(size=(n_items, n_dims))
    rows = questions(n_items, n, random)
    near, far = squared(points, rows, 1), squared(points, rows, 2)
    wrong = random.random(n) > far / (near + far) if noisy else near > far
    rows[wrong] = rows[wrong][:, [0, 2, 1]]
    return points, rows


def r2(human, model) -> float:
    """Share of the variance of one space that the other explains once rotated and scaled."""
    return 1 - procrustes(human, model)[2]


@pytest.mark.parametrize("loss", LOSSES)
def test_a_noiseless_observer_is_predicted(loss):
    _, rows = judgements()
    fit = OrdinalEmbedding(2, loss, seed=1, n_restarts=3).fit(rows[:2000], 20)
    assert fit.embedding_.shape == (20, 2)
    assert fit.score(rows[2000:]) > 0.9
    assert fit.search_.ended in ("converged", "stopped early")
    assert fit.search_.held_out_loss == min(one.held_out_loss for one in fit.searches_)


def test_losses_and_scores_are_those_of_the_points():
    _, rows = judgements(noisy=True)
    fit = OrdinalEmbedding(2).fit(rows, 20)
    near, far = squared(fit.embedding_, rows, 1), squared(fit.embedding_, rows, 2)
    assert fit.score(rows) == np.mean(near < far)
    assert fit.loss(rows) == pytest.approx(-np.log(far / (near + far)).mean())
    aside = fit.held_out_
    assert fit.loss(rows[aside]) == pytest.approx(fit.search_.held_out_loss)
    assert fit.loss(rows[~aside]) == pytest.approx(fit.search_.train_loss)
    assert fit.search_.held_out_loss == fit.search_.course[fit.search_.best_step, 1]


def test_kept_points_are_the_last_that_are_not_clearly_worse_than_the_best():
    rows = judgements(20, 5, 1200, noisy=True)[1]
    best = OrdinalEmbedding(8, "ste", slack=0).fit(rows, 20)
    search = best.search_
    assert search.best_step == np.argmin(search.course[:, 1]) < len(search.course) - 1
    assert search.ended == "stopped early"
    later = OrdinalEmbedding(8, "ste", slack=1).fit(rows, 20)
    assert later.search_.best_step >= search.best_step
    assert later.search_.held_out_loss >= search.held_out_loss
    near, far = (
        np.stack([squared(one.embedding_, rows[one.held_out_], k) for one in (best, later)])
        for k in (1, 2)
    )
    losses = np.logaddexp(0, near - far)
    gap = losses[1] - losses[0]
    assert gap.mean() <= gap.std() / np.sqrt(gap.size) + 1e-12


def test_the_minimum_is_the_one_scipy_finds():
    _, rows = judgements(12, 2, 1500, noisy=True)
    fit = OrdinalEmbedding(2, held_out=0, n_restarts=5, tolerance=1e-12).fit(rows, 12)

    def total(flat):
        points = flat.reshape(12, 2)
        near, far = squared(points, rows, 1), squared(points, rows, 2)
        return -np.log(far / (near + far)).mean()

    starts = np.random.default_rng(0).normal(size=(3, 24))
    best = min(minimize(total, start, method="L-BFGS-B").fun for start in starts)
    assert fit.search_.train_loss == pytest.approx(best, abs=2e-6)
    assert np.isnan(fit.search_.held_out_loss)


def test_names_of_items_do_not_matter_for_the_minimum():
    _, rows = judgements(12, 2, 1500, noisy=True)
    order = np.random.default_rng(5).permutation(12)
    options = {"held_out": 0, "n_restarts": 4, "tolerance": 1e-12}
    one = OrdinalEmbedding(2, **options).fit(rows, 12)
    other = OrdinalEmbedding(2, **options).fit(order[rows], 12)
    assert other.search_.train_loss == pytest.approx(one.search_.train_loss, abs=1e-6)
    assert r2(one.embedding_, other.embedding_[order]) > 0.9999


def test_a_weight_of_two_is_the_same_as_twice_the_row():
    _, rows = judgements(12, 2, 800, noisy=True)
    weights = np.random.default_rng(2).integers(0, 4, len(rows))
    aside = np.arange(len(rows)) % 5 == 0
    one = OrdinalEmbedding(2).fit(rows, 12, weights=weights, held_out=aside)
    many = np.repeat(rows, weights, axis=0)
    other = OrdinalEmbedding(2).fit(many, 12, held_out=np.repeat(aside, weights))
    assert other.search_.held_out_loss == pytest.approx(one.search_.held_out_loss, abs=1e-9)
    assert r2(one.embedding_, other.embedding_) > 0.999999


def test_random_answers_teach_nothing():
    rows = questions(20, 4000, np.random.default_rng(0))
    fresh = questions(20, 4000, np.random.default_rng(1))
    fit = OrdinalEmbedding(5).fit(rows, 20)
    assert abs(fit.score(fresh) - 0.5) < 0.04
    assert fit.search_.held_out_loss > 0.68


def test_judgements_of_one_question_stay_together():
    rows = questions(8, 600, np.random.default_rng(0))
    rows = np.concatenate([rows, rows[:, [0, 2, 1]]])
    aside = split(rows, 8, 0.2, 3)
    assert (aside[:600] == aside[600:]).all()
    assert 0.15 < aside.mean() < 0.25
    assert (split(rows, 8, 0.2, 4) != aside).any()


def test_pairs_are_numbered_the_same_by_table_and_by_sorting(monkeypatch):
    rows = questions(9, 300, np.random.default_rng(0))
    aside, weights = np.arange(300) % 4 == 0, np.arange(300) % 3 * 1.0
    table = prepare(rows, 9, weights, aside)
    monkeypatch.setattr("humanlike.stats.triplets.TABLE", 0)
    assert_equal = np.testing.assert_array_equal
    sorting = prepare(rows, 9, weights, aside)
    for name in ("pairs", "train", "test", "weights"):
        assert_equal(getattr(table, name), getattr(sorting, name))
    kept = rows[~aside & (weights > 0)]
    kept = kept[np.argsort(kept[:, 0], kind="stable")]
    for column, numbers in ((1, table.train[0]), (2, table.train[1])):
        assert_equal(table.pairs[:, numbers], np.sort(kept[:, [0, column]], axis=1).T)


def test_axes_are_principal_and_their_signs_fixed():
    points = np.random.default_rng(0).normal(size=(10, 3)) + 5
    turned = principal_axes(points)
    inner = turned.T @ turned
    np.testing.assert_allclose(inner, np.diag(np.diag(inner)), atol=1e-9)
    assert (np.diff(np.diag(inner)) <= 0).all()
    np.testing.assert_allclose(principal_axes(-points[:, ::-1]), turned * [1, 1, 1], atol=1e-9)
    assert r2(points, turned) == pytest.approx(1)


PROGRAM = """
import sys
import numpy as np
from humanlike.stats import OrdinalEmbedding
rows = np.random.default_rng(4).permuted(np.tile(np.arange(9), (400, 1)), axis=1)[:, :3]
sys.stdout.write(OrdinalEmbedding(3, "ste", seed=2).fit(rows, 9).embedding_.tobytes().hex())
"""


def test_the_same_seed_gives_the_same_numbers_in_every_process():
    rows = np.random.default_rng(4).permuted(np.tile(np.arange(9), (400, 1)), axis=1)[:, :3]
    here = OrdinalEmbedding(3, "ste", seed=2).fit(rows, 9).embedding_
    environment = os.environ | {"PYTHONHASHSEED": "7"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, env=environment
    )
    assert done.stdout == here.tobytes().hex()
    other = OrdinalEmbedding(3, "ste", seed=3).fit(rows, 9).embedding_
    assert not np.array_equal(here, other)


def test_many_fits_are_the_single_ones_whatever_the_threads():
    data = [judgements(15, 2, 600, seed)[1] for seed in range(4)]
    calls = []
    options = {"n_restarts": 2, "progress": lambda *count: calls.append(count)}
    together = fit_many(data, 15, 2, seed=[3, 4, 5, 6], n_jobs=3, **options)
    for rows, seed, fit in zip(data, (3, 4, 5, 6), together, strict=True):
        alone = OrdinalEmbedding(2, seed=seed, n_restarts=2).fit(rows, 15)
        np.testing.assert_array_equal(fit.embedding_, alone.embedding_)
    assert calls == [(1, 4), (2, 4), (3, 4), (4, 4)]


@pytest.mark.parametrize("loss", LOSSES)
def test_a_batch_on_a_device_gives_the_numbers_of_the_loops(loss, monkeypatch):
    import humanlike.stats.ordinal_many as home

    monkeypatch.setattr(home, "BATCH", 4)
    data = [judgements(15, 3, n, n, noisy=True)[1] for n in (500, 800, 650)]
    weights = [None, np.arange(800) % 3, None]
    options = {"n_restarts": 2, "max_iter": 60, "weights": weights}
    loops = fit_many(data, 15, 3, loss, 1, **options)
    batch = fit_many(data, 15, 3, loss, 1, device="cpu", **options)
    for one, other in zip(loops, batch, strict=True):
        assert other.search_.ended == one.search_.ended
        np.testing.assert_allclose(other.search_.course, one.search_.course, rtol=1e-5)
        assert r2(one.embedding_, other.embedding_) > 1 - 1e-6


def test_a_device_that_is_not_there_is_named():
    with pytest.raises(HumanlikeError, match="The device 'toaster' cannot be used here"):
        OrdinalEmbedding(2, device="toaster").fit(judgements()[1], 20)


@pytest.mark.gpu
def test_a_gpu_gives_the_numbers_of_the_loops():
    torch = pytest.importorskip("torch")
    if not torch.cuda.is_available():
        pytest.skip("No NVIDIA GPU here.")
    rows = judgements(noisy=True)[1]
    one, other = (OrdinalEmbedding(2, device=name).fit(rows, 20) for name in (None, "cuda"))
    np.testing.assert_allclose(other.embedding_, one.embedding_, atol=1e-6)


class TestBootstrap:
    def test_resamples_differ_all_beat_chance_and_fewer_are_the_beginning_of_more(self):
        points, rows = judgements(12, 5, 3000, noisy=True)
        ten = bootstrap_embeddings(rows, 12, 10, 5, n_jobs=2)
        four = bootstrap_embeddings(rows, 12, 4, 5)
        np.testing.assert_array_equal(ten[:4], four)
        found = [r2(points, one) for one in ten]
        shuffled = np.random.default_rng(0).permuted(np.tile(np.arange(12), (100, 1)), axis=1)
        assert min(found) > max(r2(points[order], ten[0]) for order in shuffled)
        assert len({round(value, 9) for value in found}) == 10

    def test_the_number_must_be_whole(self):
        with pytest.raises(HumanlikeError, match="n_boot as a whole number of at least 1"):
            bootstrap_embeddings(judgements()[1], 20, 0, 2)


class TestRecovery:
    """A known space in 30 dimensions, judged with known noise, is found as far as the number of
    judgements allows."""

    N_ITEMS, N_DIMS = 128, 30

    def recovered(self, n, seed):
        points, rows = judgements(self.N_ITEMS, self.N_DIMS, n, seed, noisy=True)
        points *= 0.8 ** np.arange(self.N_DIMS)
        random = np.random.default_rng([seed, 1])
        near, far = squared(points, rows, 1), squared(points, rows, 2)
        wrong = random.random(n) > far / (near + far)
        rows[wrong] = rows[wrong][:, [0, 2, 1]]
        return r2(points, OrdinalEmbedding(self.N_DIMS).fit(rows, self.N_ITEMS).embedding_)

    def test_r2_at_a_new_number_of_judgements_lies_in_the_interval_of_the_learning_curve(self):
        sizes = np.repeat([8000, 16000, 32000, 64000], 4)
        found = np.array([self.recovered(n, seed) for seed, n in enumerate(sizes)])
        x = np.log(sizes / 24000)
        fit, covariance = np.polyfit(x, np.log(1 - found), 2, cov="unscaled")
        spread = np.std(np.log(1 - found) - np.polyval(fit, x), ddof=3)
        at = fit[-1] + 2.16 * spread * np.sqrt(1 + covariance[-1, -1]) * np.array([1, -1])
        low, high = 1 - np.exp(at)
        assert 0 < low < self.recovered(24000, 99) < high < 1
        assert high - low < 0.1
        assert np.diff(found.reshape(4, 4).mean(axis=1)).min() > 0


class TestErrors:
    @pytest.mark.parametrize(
        ("rows", "message"),
        [
            ([[0, 1, 2], [0, 1, 7], [2, 3, 4]], "1 of 3 triplets hold an item outside 0 to 4"),
            ([[0, 1, 2], [0, -1, 2]], r"the first is row 1 \(0, -1, 2\)"),
            ([[0, 1, 1]], "hold the same item twice"),
            ([[3, 1, 3]], "hold the same item twice"),
            ([[0, 1, np.nan], [0, 1, 2]], "1 of 2 miss a value"),
            ([[0, 1, 2.5]], "hold a number that is not whole"),
            ([[0, 1, 2, 3]], r"in the shape \(n_triplets, 3\), but \(1, 4\) came"),
            ([], r"in the shape \(n_triplets, 3\)"),
            ([["dog", "cat", "car"]], "but values like 'dog' came"),
        ],
    )
    def test_rows_that_are_no_triplets(self, rows, message):
        with pytest.raises(HumanlikeError, match=message):
            OrdinalEmbedding(1).fit(np.array(rows), 5)

    def test_items_that_nothing_connects(self):
        rows = questions(6, 200, np.random.default_rng(0))
        rows = np.concatenate([rows, [[6, 7, 8]]])
        with pytest.raises(
            HumanlikeError, match=r"2 separate parts.* these 3 with the rest: 6, 7, 8"
        ):
            OrdinalEmbedding(1, held_out=0).fit(rows, 9)
        with pytest.raises(HumanlikeError, match="5 separate parts"):
            OrdinalEmbedding(1, held_out=0).fit(rows[:200], 10)

    def test_fewer_judgements_than_coordinates(self):
        rows = questions(20, 300, np.random.default_rng(0))
        assert free_coordinates(20, 19) == 190
        assert free_coordinates(128, 30) == 3375
        OrdinalEmbedding(10).fit(rows, 20)
        with pytest.raises(HumanlikeError, match="159 triplets cannot determine 190 free coord"):
            OrdinalEmbedding(19).fit(rows[:200], 20)
        OrdinalEmbedding(19, allow_few=True).fit(rows[:200], 20)

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"n_dims": 0}, "n_dims as a whole number of at least 1"),
            ({"n_dims": 2, "seed": -1}, "seed as a whole number"),
            ({"n_dims": 2, "held_out": 1.5}, r"held_out in \[0, 0.9\]"),
            ({"n_dims": 2, "tolerance": np.nan}, "tolerance of at least 0"),
            ({"n_dims": 2, "loss": "crowd"}, "Unknown loss 'crowd'"),
        ],
    )
    def test_options_out_of_range(self, options, message):
        with pytest.raises(HumanlikeError, match=message):
            OrdinalEmbedding(**options)

    def test_weights_and_marks_of_another_length(self):
        rows = judgements()[1]
        with pytest.raises(HumanlikeError, match="Expected 3000 finite weights"):
            OrdinalEmbedding(2).fit(rows, 20, weights=np.ones(5))
        with pytest.raises(HumanlikeError, match="Expected 3000 finite weights"):
            OrdinalEmbedding(2).fit(rows, 20, weights=np.full(3000, -1.0))
        with pytest.raises(HumanlikeError, match="Expected 3000 held-out marks"):
            OrdinalEmbedding(2).fit(rows, 20, held_out=[True])

    def test_nothing_left_to_train_on(self):
        rows = judgements()[1]
        with pytest.raises(HumanlikeError, match="no judgement to train on"):
            OrdinalEmbedding(2).fit(rows, 20, held_out=np.ones(3000, bool))

    def test_asking_before_fitting(self):
        with pytest.raises(HumanlikeError, match="There is no space yet"):
            OrdinalEmbedding(2, CrowdKernel(0.1)).score([[0, 1, 2]])

    def test_the_set_at_fault_is_named(self):
        good = judgements()[1]
        with pytest.raises(HumanlikeError, match=r"Set 1 of 2: .* outside 0 to 19"):
            fit_many([good, [[0, 1, 20]]], 20, 2)
        with pytest.raises(HumanlikeError, match="Expected 2 in seed, one per set, not 1"):
            fit_many([good, good], 20, 2, seed=[1])


def test_an_equidistant_triplet_counts_half():
    _, rows = judgements()
    fit = OrdinalEmbedding(1, seed=1, allow_few=True, max_iter=1).fit(rows, 20)
    fit.embedding_ = np.array([[0.0], [1.0], [-1.0], [3.0]])
    assert [fit.score([row]) for row in ([0, 1, 2], [0, 1, 3], [0, 3, 1])] == [0.5, 1, 0]
