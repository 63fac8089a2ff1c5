"""The same work on processes and on Dask gives the same, and survives deaths and failures."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from sweep.helpers import die, die_once, fail, square, variable, wait_long

import humanlike.parallel
from humanlike.errors import HumanlikeError
from humanlike.parallel import Processes, cards, each, open_executor, reason
from humanlike.stats import bootstrap_embeddings, fit_many


def test_the_order_of_results_is_that_of_the_items() -> None:
    with Processes(2) as pool:
        assert list(pool.map(square, range(20))) == [n * n for n in range(20)]
        found = {place: done.result() for place, done in each(pool, square, range(5))}
    assert found == {n: n * n for n in range(5)}
    here = [(place, done.result()) for place, done in each(None, square, range(5))]
    assert here == sorted(found.items())


def test_a_failure_stays_with_its_piece() -> None:
    with Processes(1) as pool:
        said = [str(done.exception()) for _, done in each(pool, fail, [1, 2])]
        assert said == ["no 1", "no 2"]
        unsendable = pool.submit(threading.Lock).exception()
        assert "cannot be sent" in reason(unsendable or ValueError())
        assert pool.submit(square, 3).result() == 9
    assert [str(done.exception()) for _, done in each(None, fail, [3])] == ["no 3"]


def test_a_dead_process_is_replaced_and_its_work_done_again(tmp_path: Path) -> None:
    with Processes(1) as pool:
        first = pool.submit(os.getpid).result()
        assert pool.submit(die_once, tmp_path / "died").result() != first


def test_work_that_always_kills_is_given_up_and_others_go_on() -> None:
    with Processes(2) as pool:
        bad, *good = [pool.submit(die, 0), *(pool.submit(square, n) for n in range(6))]
        assert [one.result() for one in good] == [n * n for n in range(6)]
        with pytest.raises(HumanlikeError, match=r"killed 3 times.*enough memory"):
            bad.result()


def test_stopping_ends_what_is_going_on(tmp_path: Path) -> None:
    begun = time.monotonic()
    file = tmp_path / "begun"
    with pytest.raises(KeyboardInterrupt), open_executor(1) as pool:
        pool.submit(wait_long, file)
        while not (file.exists() and file.read_text(encoding="ascii")):
            time.sleep(0.02)
        raise KeyboardInterrupt
    assert time.monotonic() - begun < 120
    with pytest.raises(ProcessLookupError):
        os.kill(int(file.read_text(encoding="ascii")), 0)


def test_each_process_sees_one_card_and_its_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3,5")
    assert cards() == ["3", "5"]
    with Processes(2, threads=2) as pool:
        seen = {pool._workers[n].environment["CUDA_VISIBLE_DEVICES"] for n in range(2)}
        assert seen == {"3", "5"}
        assert pool.submit(variable, "CUDA_VISIBLE_DEVICES").result() in seen
        assert pool.submit(variable, "OMP_NUM_THREADS").result() == "2"
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    assert cards() == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"workers": 0}, "workers must be at least 1"),
        ({"threads": 0}, "threads must be at least 1"),
        ({"scheduler": "local:none"}, "local: is followed by a number"),
        ({"scheduler": "tcp://127.0.0.1:9"}, "No Dask scheduler answers at 'tcp://127.0.0.1:9'"),
        ({"scheduler": "nowhere"}, "No Dask scheduler answers at 'nowhere'"),
    ],
)
def test_wrong_workers_are_refused(
    given: dict[str, object], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(humanlike.parallel, "CONNECT_SECONDS", 0.5)
    with pytest.raises(HumanlikeError, match=said), open_executor(**given):  # type: ignore[arg-type]
        pass


def test_fits_in_other_processes_are_the_same_bit_by_bit() -> None:
    random = np.random.default_rng(0)
    data = [np.array([random.permutation(12)[:3] for _ in range(200)]) for _ in range(3)]
    options = {"n_restarts": 2, "max_iter": 30}
    alone = fit_many(data, 12, 2, seed=[1, 2, 3], **options)
    resampled = bootstrap_embeddings(data[0], 12, 2, 2, **options)
    steps: list[tuple[int, int]] = []
    with Processes(1) as pool:
        others = fit_many(
            data, 12, 2, seed=[1, 2, 3], executor=pool,
            progress=lambda done, total: steps.append((done, total)), **options,
        )  # fmt: skip
        again = bootstrap_embeddings(data[0], 12, 2, 2, executor=pool, **options)
        with pytest.raises(HumanlikeError, match="Set 1 of 2"):
            fit_many([data[0], [[0, 1, 20]]], 12, 2, executor=pool, **options)
    assert all(
        np.array_equal(one.embedding_, two.embedding_)
        for one, two in zip(alone, others, strict=True)
    )
    assert np.array_equal(resampled, again)
    assert steps == [(1, 3), (2, 3), (3, 3)]
