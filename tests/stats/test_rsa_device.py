"""Resampling through PyTorch gives the numbers of the compiled loops."""

from __future__ import annotations

import numpy as np
import pytest

from humanlike.errors import HumanlikeError
from humanlike.stats import rsa_bootstrap


def _features(items: int = 60, seed: int = 4):
    random = np.random.default_rng(seed)
    human = random.normal(size=(items, 5))
    close = human + random.normal(size=human.shape)
    tied = np.clip(np.round(human + random.normal(size=human.shape)), 0, 2)
    return human, {"close": close, "tied": tied}


def _compare(device: str, **options) -> None:
    human, models = _features()
    loops = rsa_bootstrap(human, models, 40, 7, **options)
    torch = rsa_bootstrap(human, models, 40, 7, device=device, **options)
    assert torch.rho == pytest.approx(loops.rho, abs=1e-9)
    np.testing.assert_allclose(torch.samples, loops.samples, rtol=0, atol=1e-9)


@pytest.mark.parametrize("self_pairs", [True, False])
@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_the_device_changes_no_number(self_pairs, metric):
    _compare("cpu", self_pairs=self_pairs, metric=metric)


def test_unknown_distances_are_left_out_on_the_device_too():
    # without standardising, an all-zero row has no cosine distance
    _compare("cpu", standardize=False)


def test_several_blocks_give_the_same_as_one(monkeypatch):
    import humanlike.stats._ranks_torch as engine

    human, models = _features()
    whole = rsa_bootstrap(human, models, 25, 7, device="cpu").samples
    monkeypatch.setattr(engine, "PAIRS_PER_BLOCK", 4000)
    np.testing.assert_array_equal(rsa_bootstrap(human, models, 25, 7, device="cpu").samples, whole)


@pytest.mark.parametrize("name", ["cuda:99", "toaster"])
def test_a_device_that_is_not_there_is_named(name):
    human, models = _features(12)
    with pytest.raises(HumanlikeError, match=f"The device '{name}' cannot be used here"):
        rsa_bootstrap(human, models, 5, 1, device=name)


@pytest.mark.gpu
def test_a_gpu_changes_no_number():
    torch = pytest.importorskip("torch")
    if not torch.cuda.is_available():
        pytest.skip("No NVIDIA GPU here.")
    _compare("cuda")
