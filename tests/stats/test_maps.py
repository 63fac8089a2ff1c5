"""Views in two dimensions: the common one by hand and by its properties, t-SNE by what it keeps."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import pdist
from scipy.stats import ortho_group
from sklearn.decomposition import PCA

from humanlike.errors import HumanlikeError
from humanlike.stats.maps import common_view, tsne_view


def test_the_human_view_is_its_principal_components() -> None:
    human = np.random.default_rng(0).normal(size=(40, 6)) * [5, 3, 1, 1, 0.5, 0.1]
    view = common_view(human, {})["human"]
    expected = PCA(2).fit_transform(human)
    np.testing.assert_allclose(np.abs(view), np.abs(expected), atol=1e-10)
    np.testing.assert_array_equal(view, common_view(human, {})["human"])


def test_a_turned_copy_looks_the_same() -> None:
    human = np.random.default_rng(1).normal(size=(30, 5))
    copy = 0.2 * human @ ortho_group.rvs(5, random_state=2) - 7
    views = common_view(human, {"copy": copy, "flat": copy[:, :3]})
    np.testing.assert_allclose(views["copy"], views["human"], atol=1e-10)
    assert list(views) == ["human", "copy", "flat"]
    assert (pdist(views["human"]) <= pdist(human) + 1e-10).all()


def test_a_line_has_no_view() -> None:
    with pytest.raises(HumanlikeError, match="at least two"):
        common_view(np.arange(9.0)[:, None], {})


def test_tsne_keeps_clumps_and_its_seed() -> None:
    random = np.random.default_rng(3)
    labels = np.repeat([0, 1, 2], 15)
    space = random.normal(size=(45, 8)) + 12 * np.eye(3, 8)[labels]
    one, again = (tsne_view(space, seed=5, perplexity=8) for _ in range(2))
    np.testing.assert_array_equal(one, again)
    nearest = np.argsort(((one[:, None] - one[None]) ** 2).sum(-1), axis=1)[:, 1]
    assert (labels[nearest] == labels).all()


@pytest.mark.parametrize("perplexity", [1.0, 15.0, 40.0])
def test_a_perplexity_that_does_not_fit_is_refused(perplexity: float) -> None:
    with pytest.raises(HumanlikeError, match="below a third of the 45 items"):
        tsne_view(np.random.default_rng(0).normal(size=(45, 3)), seed=0, perplexity=perplexity)


def test_a_noisy_model_is_drawn_as_large_as_people() -> None:
    random = np.random.default_rng(4)
    human, model = random.normal(size=(2, 30, 2))
    views = common_view(human, {"model": 5 * model})
    assert np.linalg.norm(views["model"]) == pytest.approx(np.linalg.norm(views["human"]))
