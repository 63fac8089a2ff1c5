"""Killed at random moments, started again, two at once: each prompt answered exactly once."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

import pytest

from humanlike.query import plan
from humanlike.store import Store
from humanlike.store.verify import verify
from query.worker import expected

pytestmark = pytest.mark.slow
WORKER = Path(__file__).with_name("worker.py")
KILLS = 20
GRACE_SECONDS = 0.05
"""A commit is dated when its transaction is prepared; asking within that time is no repetition."""


def start(path: Path, log: Path, n: int, delay: float) -> subprocess.Popen[bytes]:
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    command = [sys.executable, str(WORKER), str(path), str(log), str(n), str(delay)]
    return subprocess.Popen(command, env=environment)


def check(path: Path, log: Path, n: int) -> None:
    """Every prompt has exactly one answer, the right one, and none was asked after its commit."""
    prompts = plan("triplets", n=n).prompts
    with Store(path) as store:
        rows = store.rows(
            "SELECT user, text, created FROM responses JOIN prompts ON prompts.id = prompt"
        )
        assert store.rows("SELECT count(*) FROM claims") == [(0,)]
    assert {user: text for user, text, _ in rows} == {p.user: expected(p) for p in prompts}
    assert len(rows) == n
    asked = defaultdict(list)
    for line in log.read_text(encoding="utf-8").splitlines():
        moment, _, user = line.partition(" ")
        asked[user].append(float(moment))
    committed = {user: created for user, _, created in rows}
    late = [u for u, times in asked.items() if max(times) > committed[u] + GRACE_SECONDS]
    assert late == []
    assert verify(path).problems == ()


def test_killed_twenty_times_and_nothing_is_lost_or_asked_twice(tmp_path: Path) -> None:
    path, log, n = tmp_path / "store.sqlite", tmp_path / "log", 1500
    dice, kills = random.Random(0), 0
    for _ in range(200):
        process = start(path, log, n, 0.004)
        begun = time.monotonic()
        before = log.stat().st_size if log.exists() else 0
        while process.poll() is None and (not log.exists() or log.stat().st_size == before):
            if time.monotonic() - begun > 60:
                pytest.fail("the worker never began")
            time.sleep(0.01)
        if kills < KILLS:
            time.sleep(dice.uniform(0, 0.4))
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
                kills += 1
                process.wait()
                continue
        assert process.wait(timeout=300) == 0
        break
    assert kills >= 15
    check(path, log, n)


def test_two_at_once_share_the_work(tmp_path: Path) -> None:
    path, log, n = tmp_path / "store.sqlite", tmp_path / "log", 600
    processes = [start(path, log, n, 0.004) for _ in range(2)]
    assert [process.wait(timeout=300) for process in processes] == [0, 0]
    check(path, log, n)
    assert len(log.read_text(encoding="utf-8").splitlines()) == n, "each prompt was asked once"


def test_one_of_two_is_killed_and_the_other_takes_over(tmp_path: Path) -> None:
    path, log, n = tmp_path / "store.sqlite", tmp_path / "log", 600
    victim, survivor = start(path, log, n, 0.01), start(path, log, n, 0.01)
    while not log.exists() or log.stat().st_size < 5000:
        time.sleep(0.02)
    victim.kill()
    victim.wait()
    assert survivor.wait(timeout=300) == 0
    check(path, log, n)
