"""Killed at random moments, started again, two at once: each prompt answered exactly once."""

from __future__ import annotations

import random
import time
from collections import defaultdict
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from models.endpoint import expected, start_process

from humanlike.query import plan
from humanlike.store import Store
from humanlike.store.verify import repair, verify
from query.worker import start

pytestmark = pytest.mark.slow
KILLS = 20
TORN_BYTES = 8 * 4096
"""So many that answers are among them, whatever SQLite put on its very last page."""
GRACE_SECONDS = 0.05
"""A commit is dated when its transaction is prepared; asking within that time is no repetition."""


def ended(process: BaseProcess) -> int | None:
    process.join(300)
    return process.exitcode


def check(path: Path, log: Path, n: int) -> int:
    """Every prompt has exactly one answer, the right one, and none was asked after its commit.

    Returns how many requests it took.
    """
    prompts = plan("triplets", n=n).prompts
    with Store(path) as store:
        rows = store.rows(
            "SELECT user, text, created FROM responses JOIN prompts ON prompts.id = prompt "
            "WHERE problem IS NULL"
        )
        assert store.rows("SELECT count(*) FROM responses") == [(n,)]
        assert store.rows("SELECT count(*) FROM claims") == [(0,)]
    assert {user: text for user, text, _ in rows} == {p.user: expected(p.user) for p in prompts}
    assert len(rows) == n
    asked = defaultdict(list)
    for line in log.read_text(encoding="utf-8").splitlines():
        moment, _, user = line.partition(" ")
        asked[user].append(float(moment))
    committed = {user: created for user, _, created in rows}
    late = [u for u, times in asked.items() if max(times) > committed[u] + GRACE_SECONDS]
    assert late == []
    assert verify(path).problems == ()
    return sum(map(len, asked.values()))


def killed_and_finished(path: Path, log: Path, n: int, longest: float, url: str = "") -> int:
    """Start again and again, kill at random moments, let the last one finish; count the kills."""
    dice, kills = random.Random(0), 0
    for _ in range(200):
        process = start(path, log, n, delay=0.004, url=url)
        begun = time.monotonic()
        before = log.stat().st_size if log.exists() else 0
        while process.is_alive() and (not log.exists() or log.stat().st_size == before):
            if time.monotonic() - begun > 60:
                pytest.fail("the worker never began")
            time.sleep(0.01)
        if kills < KILLS:
            process.join(dice.uniform(0, longest))
            if process.is_alive():
                process.kill()
                process.join()
                kills += 1
                continue
        assert ended(process) == 0
        break
    return kills


def test_killed_twenty_times_and_nothing_is_lost_or_asked_twice(tmp_path: Path) -> None:
    path, log, n = tmp_path / "store.sqlite", tmp_path / "log", 1500
    assert killed_and_finished(path, log, n, 0.4) >= 15
    check(path, log, n)


def test_a_faulty_server_and_twenty_kills_lose_nothing_and_ask_nothing_twice(
    tmp_path: Path,
) -> None:
    """5,000 requests, up to 30 % of which fail in every way a server can."""
    path, log, n = tmp_path / "store.sqlite", tmp_path / "log", 5000
    with start_process(0.3, 0, str(log)) as url:
        assert killed_and_finished(path, log, n, 0.5, url) == KILLS
    assert check(path, log, n) > n * 1.25


def test_two_clients_share_a_faulty_server_and_one_store(tmp_path: Path) -> None:
    path, log, n = tmp_path / "store.sqlite", tmp_path / "log", 1000
    with start_process(0.3, 1, str(log)) as url:
        processes = [start(path, log, n, url=url, chunk=100) for _ in range(2)]
        assert [ended(process) for process in processes] == [0, 0]
    check(path, log, n)
    with Store(path) as store:
        shares = store.rows("SELECT count(*) FROM responses GROUP BY run")
    assert len(shares) >= 2, "both brought answers"


def test_the_last_pages_are_torn_and_only_what_was_on_them_is_asked_again(tmp_path: Path) -> None:
    path, log, n = tmp_path / "store.sqlite", tmp_path / "log", 1000
    with start_process(0.3, 2, str(log)) as url:
        assert ended(start(path, log, n, url=url)) == 0
        with path.open("r+b") as file:
            file.seek(-TORN_BYTES, 2)
            file.write(bytes(TORN_BYTES))
        saved = repair(path).saved
        assert n // 2 < saved < n
        before = len(log.read_text(encoding="utf-8").splitlines())
        assert ended(start(path, log, n, url=url)) == 0
        again = log.read_text(encoding="utf-8").splitlines()[before:]
    assert len({line.partition(" ")[2] for line in again}) == n - saved
    with Store(path) as store:
        assert store.rows("SELECT count(*) FROM responses WHERE problem IS NULL") == [(n,)]
    assert verify(path).problems == ()


def test_two_at_once_share_the_work(tmp_path: Path) -> None:
    path, log, n = tmp_path / "store.sqlite", tmp_path / "log", 600
    processes = [start(path, log, n, delay=0.004) for _ in range(2)]
    assert [ended(process) for process in processes] == [0, 0]
    assert check(path, log, n) == n, "each prompt was asked once"


def test_one_of_two_is_killed_and_the_other_takes_over(tmp_path: Path) -> None:
    path, log, n = tmp_path / "store.sqlite", tmp_path / "log", 600
    victim, survivor = start(path, log, n, delay=0.01), start(path, log, n, delay=0.01)
    while not log.exists() or log.stat().st_size < 5000:
        time.sleep(0.02)
    victim.kill()
    victim.join()
    assert ended(survivor) == 0
    check(path, log, n)
