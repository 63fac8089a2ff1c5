"""A sweep: failures stay alone, what is finished stays, killed workers cost nothing but time."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from humanlike.cli.main import main
from humanlike.errors import HumanlikeError
from humanlike.parallel import THREAD_VARIABLES, open_executor
from humanlike.store import Store
from humanlike.store.store import default_path
from humanlike.sweep.journal import Entry, Journal, journal_of
from humanlike.sweep.listing import read_list
from humanlike.sweep.machine import StoreMark, mark, store_here
from humanlike.sweep.preview import Preview, preview, total
from humanlike.sweep.run import _is_left, open_sweep, sweep
from humanlike.sweep.work import Job, unpack, work
from sweep.helpers import N_SLOW, SMALL, quick_work, slow_work, variable


@pytest.fixture(scope="module")
def module_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One home for all tests here, so that workers started once know it; simulated data."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("home")
        patch.setenv("HUMANLIKE_HOME", str(folder))
        patch.setenv("HUMANLIKE_DATA", "simulated")
        patch.setenv("OMP_NUM_THREADS", "1")
        yield folder


@pytest.fixture(scope="module")
def cluster(module_home: Path) -> Iterator[Any]:
    """A Dask cluster of two workers, started once."""
    import dask
    from distributed import LocalCluster

    from humanlike.parallel import SETTINGS

    with (
        dask.config.set(SETTINGS),
        LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            dashboard_address="127.0.0.1:0",
            silence_logs="CRITICAL",
        ) as started,
    ):
        yield started


@pytest.fixture
def fresh(module_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own for one test, and a folder for its list."""
    monkeypatch.setenv("HUMANLIKE_HOME", str(tmp_path / "home"))
    return tmp_path


def listing(folder: Path, text: str) -> Path:
    file = folder / "models.yml"
    file.write_text(text, encoding="utf-8")
    return file


def named(*names: str) -> str:
    """A list of models that differ in name and seed only."""
    models = [f"{{spec: simulated, name: {name}, seed: {n}}}" for n, name in enumerate(names)]
    return f"models: [{', '.join(models)}]"


def results(home: Path) -> dict[str, Any]:
    """All evaluations without what differs from run to run: when and how long."""
    found = {}
    for file in sorted((home / "evaluations").glob("*.json")):
        record = json.loads(file.read_text(encoding="utf-8"))
        del record["made"]
        for task in ("triplets", "ratings"):
            for name in ("first", "last", "seconds"):
                del record[task]["asked"][name]
        found[file.stem] = record
    return found


def answers(path: Path) -> list[tuple[Any, ...]]:
    with Store(path) as store:
        return sorted(store.rows("SELECT key, text, finish, settled FROM responses"))


def test_dask_and_processes_give_the_same_bit_by_bit(fresh: Path, cluster: Any) -> None:
    file = listing(fresh, SMALL)
    home = Path(os.environ["HUMANLIKE_HOME"])
    serial = sweep(file, workers=1)
    assert [entry.state for _, entry in serial] == ["done"] * 3
    assert all(entry.message.startswith("on SIMULATED data") for _, entry in serial)
    assert all(entry.scores["valid"] == entry.scores["asked"] for _, entry in serial)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HUMANLIKE_HOME", str(fresh / "other"))
        spread = sweep(file, scheduler=cluster.scheduler_address)
        assert [entry.scores for _, entry in spread] == [entry.scores for _, entry in serial]
        assert results(fresh / "other") == results(home)
        assert answers(default_path()) == answers(home / "store.sqlite")
    assert len(results(home)) == 3


def test_workers_of_dask_have_one_thread_and_keep_their_memory(cluster: Any) -> None:
    with open_executor(scheduler=cluster.scheduler_address) as pool:
        seen = {name: pool.submit(variable, name).result() for name in THREAD_VARIABLES}
        kept = pool.submit(variable, "MALLOC_TRIM_THRESHOLD_").result()
    assert seen == dict.fromkeys(THREAD_VARIABLES, "1")
    assert kept == os.environ.get("MALLOC_TRIM_THRESHOLD_", "")


def test_a_killed_worker_costs_nothing_but_time(fresh: Path, cluster: Any) -> None:
    file = listing(fresh, named("a", "b", "c"))
    journal = journal_of(file)
    killed: list[int] = []

    def kill() -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not killed:
            for log in journal.file.parent.glob("*.a.log"):
                if len(log.read_text(encoding="utf-8").splitlines()) > N_SLOW // 2:
                    first = journal.read([read_list(file)[0].id])
                    killed.extend(entry.pid for entry in first.values())
                    os.kill(killed[0], signal.SIGKILL)
            time.sleep(0.02)

    killer = threading.Thread(target=kill)
    killer.start()
    rows = sweep(file, scheduler=cluster.scheduler_address, do=slow_work)
    killer.join()
    assert killed
    states = journal.read(cell.id for cell, _ in rows).values()
    assert [entry.state for entry in states] == ["done"] * 3
    with Store(default_path()) as store:
        assert store.rows("SELECT count(*), count(DISTINCT key) FROM responses") == [
            (3 * N_SLOW, 3 * N_SLOW)
        ]
        ((broken,),) = store.rows("SELECT count(*) FROM runs WHERE state = 'killed'")
    assert broken == 1
    asked = Counter(journal.file.with_suffix(".a.log").read_text("utf-8").splitlines())
    again = asked.total() - len(asked)
    assert len(asked) <= N_SLOW
    assert again < N_SLOW // 2, "only what was on its way when the worker died is asked again"


def test_a_model_that_fails_does_not_stop_the_others(fresh: Path) -> None:
    file = listing(fresh, named("good", "bad", "ugly"))
    rows = sweep(file, workers=2, do=quick_work)
    known = open_sweep(file).journal.read(cell.id for cell, _ in rows)
    states = {cell.model: known[cell.id] for cell, _ in rows}
    assert [states[name].state for name in ("good", "bad", "ugly")] == ["done", "failed", "done"]
    assert states["bad"].message == "ValueError: the weights are broken"


def test_work_that_a_scheduler_took_back_has_not_failed(
    fresh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When a Dask scheduler ends, every future is cancelled; the models did nothing wrong."""
    file = listing(fresh, named("a", "b"))

    class Lost(Executor):
        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
            future: Future[Any] = Future()
            future.cancel()
            future.set_running_or_notify_cancel()
            return future

    monkeypatch.setattr("humanlike.sweep.run.open_executor", lambda *_, **__: nullcontext(Lost()))
    with pytest.raises(HumanlikeError, match="the same command goes on"):
        sweep(file, scheduler="tcp://127.0.0.1:9")
    assert [entry.state for _, entry in open_sweep(file).rows()] == ["waiting", "waiting"]


def test_what_is_finished_is_not_done_again(
    fresh: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "defaults: {n_words: 12, n_boot: 3, n_perm: 3}\ntasks: [ratings]\nmodels:\n  - simulated"
    file = listing(fresh, text + "\n  - simulated:nois=1\n")
    assert main(["sweep", str(file), "--workers", "1"]) == 1
    shown = capsys.readouterr()
    assert "2 evaluations: 1 done, 1 failed." in shown.out
    assert "Unknown option of simulated: 'nois'" in shown.out
    assert "1 of 2" in shown.err
    before = {cell.label: entry.at for cell, entry in open_sweep(file).rows()}
    listing(fresh, text + "\n  - simulated:nois=1\n  - simulated:noise=2\n")
    assert main(["sweep", str(file), "--workers", "1", "--quiet", "--retry-failed"]) == 1
    after = {cell.label: entry.at for cell, entry in open_sweep(file).rows()}
    assert after["simulated"] == before["simulated"]
    assert after["simulated:nois=1"] > before["simulated:nois=1"]
    assert after["simulated:noise=2"] > 0
    assert main(["sweep", str(file), "--status", "--json"]) == 1
    capsys.readouterr()
    (Path(os.environ["HUMANLIKE_HOME"]) / "evaluations").rename(fresh / "gone")
    states = {cell.label: entry.state for cell, entry in open_sweep(file).rows()}
    assert states["simulated"] == "waiting", "its evaluation is gone"


def test_a_dry_run_asks_nothing(fresh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = listing(fresh, SMALL + "  - hf:./nowhere\n")
    assert main(["sweep", str(file), "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert "simulated:noise=0.1: 1,830 prompts; 0 answered; 1,830 to ask" in said
    assert "hf:./nowhere: There is no folder" in said
    assert "4 evaluations: 5,490 prompts" in said
    assert "1 of them would fail" in said
    with Store(default_path()) as store:
        assert len(store) == 0


def test_answers_of_another_machine_come_home(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = listing(fresh, "tasks: [ratings]\ndefaults: {n_words: 12, n_boot: 3, n_perm: 3}\n"
                          "models: [simulated]")  # fmt: skip
    (cell,) = read_list(file)
    home = mark(default_path())
    here = work(Job(cell, home, str(journal_of(file).file)))
    assert (here.entry.state, here.answers) == ("done", b"")
    monkeypatch.setattr("tempfile.tempdir", str(fresh))
    away = StoreMark(home.path, "elsewhere/0", home.file)
    there = work(Job(cell, away, "/no/such/journal"))
    assert there.entry.state == "done", there.entry.message
    own, shared = store_here(away)
    assert not shared
    assert own.parent.parent == fresh
    assert own.parent.stat().st_mode & 0o077 == 0
    unpack(fresh / "third.sqlite", there.answers)
    assert answers(fresh / "third.sqlite") == answers(own) == answers(default_path())
    assert there.entry.scores == here.entry.scores


def test_real_data_take_the_place_of_simulated_ones_and_servers_wait_for_them(
    fresh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without data a model of this machine is evaluated on simulated ones, a server is not."""
    monkeypatch.delenv("HUMANLIKE_DATA")
    monkeypatch.setenv("HUMANLIKE_OFFLINE", "1")
    monkeypatch.delenv("HUMANLIKE_DATA_MIRROR", raising=False)
    file = listing(fresh, "tasks: [ratings]\ndefaults: {n_words: 12, n_boot: 3, n_perm: 3}\n"
                          "models: [simulated, 'openai:x@http://127.0.0.1:9/v1']")  # fmt: skip
    own, server = read_list(file)
    jobs = [Job(cell, mark(default_path()), str(journal_of(file).file)) for cell in (own, server)]
    made, refused = (work(job).entry for job in jobs)
    assert made.state == "done"
    assert made.message.startswith("on SIMULATED data")
    assert refused.state == "failed"
    assert "are not here" in refused.message
    assert preview(server, None).problem == refused.message
    for retry, wanted in ((False, False), (True, True)):
        assert _is_left(made, retry) is _is_left(refused, retry) is wanted
    monkeypatch.setenv("HUMANLIKE_DATA", "simulated")
    assert not _is_left(made, retry_failed=True), "they are what is wanted"


def test_another_version_is_refused(fresh: Path) -> None:
    (cell,) = read_list(listing(fresh, "models: [simulated]"))
    done = work(Job(cell, mark(default_path()), "", version="0"))
    assert done.entry.state == "failed"
    assert "Install the same version" in done.entry.message


def test_two_sweeps_of_one_list_do_not_run_at_once(fresh: Path) -> None:
    file = listing(fresh, "models: [simulated]")
    with journal_of(file).alone(), pytest.raises(HumanlikeError, match="going on already"):
        sweep(file, do=quick_work)


def test_a_torn_journal_is_read_up_to_the_tear(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "x.jsonl")
    journal.note(Entry("a", "done", 1.0))
    with journal.file.open("a", encoding="utf-8") as file:
        file.write('{"cell": "a", "state": "fai')
    assert journal.read(["a"])["a"].state == "done"
    journal.note(Entry("b", "running", 2.0, "no-such-host", 1))
    assert journal.read(["a", "b"])["b"].at == 2.0
    dead = Entry("c", "running", 3.0, os.uname().nodename, 2**22 + 1)
    journal.note(dead)
    assert journal.read(["c"])["c"].state == "interrupted"


def test_ctrl_c_stops_cleanly_and_the_same_command_goes_on(fresh: Path) -> None:
    file = listing(
        fresh, "models: [{spec: simulated, name: a}, {spec: simulated, name: b, seed: 1}]"
    )
    code = (
        "import sys; from pathlib import Path; from humanlike.sweep.run import sweep\n"
        "from sweep.helpers import slow_work\n"
        "if __name__ == '__main__':\n"
        "    try: sweep(Path(sys.argv[1]), workers=1, do=slow_work)\n"
        "    except KeyboardInterrupt: sys.exit(130)\n"
    )
    script = fresh / "one.py"
    script.write_text(code, encoding="utf-8")
    tests = str(Path(__file__).parents[1])
    paths = os.pathsep.join([tests, os.environ.get("PYTHONPATH", "")])
    process = subprocess.Popen(
        [sys.executable, str(script), str(file)], env=os.environ | {"PYTHONPATH": paths}
    )
    log = journal_of(file).file.with_suffix(".a.log")
    while process.poll() is None and not log.exists():
        time.sleep(0.02)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 130
    with Store(default_path()) as store:
        kept = len(store)
        assert store.rows("SELECT state FROM runs") == [("stopped",)]
        assert store.rows("SELECT count(*) FROM claims") == [(0,)]
    assert 0 < kept < N_SLOW
    assert open_sweep(file).rows()[0][1].state == "interrupted"
    sweep(file, workers=1, do=slow_work)
    asked = Counter(log.read_text(encoding="utf-8").splitlines())
    assert asked.total() - len(asked) <= 50, "no more than what was on its way"
    with Store(default_path()) as store:
        assert len(store) == 2 * N_SLOW


def test_results_that_another_process_removes_do_no_harm(tmp_path: Path) -> None:
    """Workers thin out the same folder of kept results at the same time."""
    from humanlike.evaluate import kept

    (tmp_path / "gone.json").symlink_to(tmp_path / "removed meanwhile")
    kept.keep(tmp_path / "there.json", "{}", 1)
    assert [file.name for file in tmp_path.iterdir()] == ["there.json"]


def test_a_preview_says_what_it_counts_more_than_once() -> None:
    one, two = Preview("a", 10, 4, 6, spec="simulated:"), Preview("b", 5, 0, 5, spec="encoder:")
    assert "15 prompts; 4 answered; 11 to ask" in next(total([one, two]))
    assert not any("asked once" in line for line in total([one, two]))
    assert any("asked once" in line for line in total([one, one]))
