"""One switch for many pieces of work: one after the other, processes of this machine, or Dask.

Whoever has such work takes an executor of the standard library (`concurrent.futures.Executor`) and
neither knows nor cares which. What comes out does not depend on it: pieces share nothing, and every
worker computes with the same number of threads.
"""

from __future__ import annotations

import _thread
import os
import queue
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any

from humanlike.errors import HumanlikeError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess

LOCAL = "local:"
DEATHS = 3
"""So many processes may die over one piece of work before it is given up."""
PATIENCE = 10.0
"""Seconds a worker has to end what it is doing before it is killed."""
CONNECT_SECONDS = 15
THREAD_VARIABLES = (
    "OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS",
)  # fmt: skip
SETTINGS = {
    "distributed.worker.daemon": False,
    "distributed.scheduler.allowed-failures": DEATHS - 1,
    "distributed.nanny.pre-spawn-environ": {
        **dict.fromkeys(THREAD_VARIABLES, 1),
        "MALLOC_TRIM_THRESHOLD_": None,
    },
    "distributed.worker.profile.enabled": False,
    "logging.distributed": "error",
}
"""Of Dask: workers may have processes of their own, the log keeps out of the way; and memory that
was freed is not given back at once, as Dask would have it, because asking for it anew takes a fifth
of the time of a small model."""


@contextmanager
def open_executor(workers: int = 1, scheduler: str = "", *, threads: int = 1) -> Iterator[Executor]:
    """Give an executor; leaving it by an exception stops what is going on.

    Parameters
    ----------
    workers : int
        Processes of this machine. Where there are graphics cards, each process sees one of them.
    scheduler : str
        Address of a Dask scheduler, such as ``tcp://node:8786``, which takes the place of the
        processes; or ``local:4`` for a Dask cluster of four workers on this machine.
    threads : int
        Threads each process computes with; workers of a scheduler have their own.

    Raises
    ------
    HumanlikeError
        If a number is below one, or no scheduler answers at the address.
    """
    for name, value in (("workers", workers), ("threads", threads)):
        if value < 1:
            raise HumanlikeError(f"{name} must be at least 1; got {value}.")
    if not scheduler:
        with Processes(workers, threads) as pool:
            yield pool
        return
    with _client(scheduler) as client:
        pool = client.get_executor(pure=False)
        try:
            yield pool
        except BaseException:
            pool.shutdown(wait=False)
            raise
        pool.shutdown()


def each(
    executor: Executor | None, function: Callable[[Any], Any], items: Iterable[Any]
) -> Iterator[tuple[int, Future[Any]]]:
    """Yield the place of each item with its finished future, in the order of finishing.

    Parameters
    ----------
    executor : Executor, optional
        Who does it; without one it is done here, one item after the other.
    function : callable
        Of one item; for other processes it must be at the top level of a module.
    items : iterable
        What to do.
    """
    if executor is None:
        for place, item in enumerate(items):
            done: Future[Any] = Future()
            try:
                done.set_result(function(item))
            except Exception as problem:
                done.set_exception(problem)
            yield place, done
        return
    places = {executor.submit(function, item): place for place, item in enumerate(items)}
    try:
        for future in as_completed(list(places)):
            yield places.pop(future), future
    finally:
        for future in places:
            future.cancel()


def reason(problem: BaseException) -> str:
    """Say in a sentence why a piece of work failed."""
    if isinstance(problem, HumanlikeError):
        return str(problem)
    if type(problem).__name__ == "KilledWorker":
        return f"Its worker was killed {DEATHS} times. Is there enough memory?"
    return f"{type(problem).__name__}: {first_line(problem)}"


def first_line(problem: BaseException) -> str:
    """Return the first line of what an error says."""
    return (str(problem).strip().splitlines() or ["no reason given"])[0]


def cores() -> int:
    """Return how many processor cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def cards() -> list[str]:
    """Return the graphics cards this process may use, as ``CUDA_VISIBLE_DEVICES`` names them."""
    named = os.environ.get("CUDA_VISIBLE_DEVICES")
    if named is not None:
        return [card.strip() for card in named.split(",") if card.strip() not in ("", "-1")]
    import shutil
    import subprocess

    program = shutil.which("nvidia-smi")
    if program is None:
        return []
    found = subprocess.run([program, "-L"], capture_output=True, text=True, check=False)
    lines = [line for line in found.stdout.splitlines() if line.startswith("GPU ")]
    return [str(number) for number in range(len(lines))]


class Died(Exception):
    """A process ended in the middle of its work."""


class Processes(Executor):
    """Processes of this machine; one that dies is replaced and its piece of work done again.

    Parameters
    ----------
    workers : int
        How many.
    threads : int
        Threads each computes with.

    Notes
    -----
    The pool of the standard library ends all its processes when one dies, and cannot tell whose
    work it was.
    """

    def __init__(self, workers: int, threads: int = 1) -> None:
        seen = cards()
        common = dict.fromkeys(THREAD_VARIABLES, str(threads))
        self._workers = [
            _Worker(common | ({"CUDA_VISIBLE_DEVICES": seen[n % len(seen)]} if seen else {}))
            for n in range(workers)
        ]
        self._idle: queue.SimpleQueue[_Worker] = queue.SimpleQueue()
        for worker in self._workers:
            self._idle.put(worker)
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="worker")
        self._stopping = threading.Event()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Have a function called in one of the processes."""
        return self._threads.submit(self._call, fn, args, kwargs)

    def _call(self, fn: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        worker = self._idle.get()
        try:
            for _ in range(DEATHS):
                if self._stopping.is_set():
                    break
                with suppress(Died):
                    return worker.call(fn, args, kwargs)
            raise HumanlikeError(
                f"Its process was killed {DEATHS} times (exit {worker.exit}). Is there enough "
                "memory? Fewer --workers leave more for each."
                if not self._stopping.is_set()
                else "Stopped."
            )
        finally:
            self._idle.put(worker)

    def processes(self) -> list[int]:
        """Return the numbers of the processes that are alive."""
        return [worker.pid for worker in self._workers if worker.pid]

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes: after what has been submitted, or at once if told not to wait."""
        if not wait:
            self._stopping.set()
            for worker in self._workers:
                worker.interrupt()
        self._threads.shutdown(wait=True, cancel_futures=cancel_futures or not wait)
        for worker in self._workers:
            worker.end()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.shutdown(wait=kind is None)


class _Worker:
    """One process, started when it is first needed and again after its death."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = dict(environment)
        self.exit: int | None = None
        self._process: SpawnProcess | None = None
        self._connection: Connection[Any, Any] | None = None

    @property
    def pid(self) -> int:
        """Number of the process; 0 if there is none."""
        alive = self._process is not None and self._process.is_alive()
        return int(self._process.pid or 0) if alive and self._process else 0

    def call(self, fn: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """Have the process call a function.

        Raises
        ------
        Died
            If it did not live to tell the result.
        """
        connection = self._connection or self._start()
        try:
            connection.send((fn, args, kwargs))
            good, value = connection.recv()
        except (EOFError, OSError) as problem:
            self.end()
            raise Died from problem
        if not good:
            raise value
        return value

    def _start(self) -> Connection[Any, Any]:
        from multiprocessing import get_context

        context = get_context("spawn")
        mine, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, self.environment), daemon=True)
        self._process.start()
        theirs.close()
        self._connection = mine
        return mine

    def interrupt(self) -> None:
        """Have the process stop as after Ctrl-C, and kill it if it does not."""
        process = self._process
        if process is None or not process.is_alive():
            return
        with suppress(OSError):
            os.kill(int(process.pid or 0), signal.SIGINT)
        process.join(PATIENCE)
        if process.is_alive():
            process.kill()

    def end(self) -> None:
        """Let the process end, which it does when nobody is left to talk to."""
        process, connection = self._process, self._connection
        self._process = self._connection = None
        if connection is not None:
            connection.close()
        if process is not None:
            process.join(PATIENCE)
            if process.is_alive():
                process.kill()
                process.join()
            self.exit = process.exitcode


def _serve(connection: Connection[Any, Any], environment: Mapping[str, str]) -> None:
    """Do what comes, in a process of its own, until nobody is left to send anything."""
    os.environ.update(environment)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background ignores it
    threading.Thread(target=_follow_parent, daemon=True).start()
    try:
        while True:
            fn, args, kwargs = connection.recv()
            try:
                said = (True, fn(*args, **kwargs))
            except Exception as problem:
                said = (False, problem)
            try:
                connection.send(said)
            except OSError:
                return
            except Exception as problem:
                connection.send((False, HumanlikeError(f"{said[1]!r} cannot be sent: {problem}.")))
    except (EOFError, OSError, KeyboardInterrupt):
        return


def _follow_parent() -> None:
    """Stop like after Ctrl-C when the process that gave the work is no more."""
    from multiprocessing import parent_process

    parent = parent_process()
    if parent is not None:
        parent.join()
        _thread.interrupt_main()


@contextmanager
def _client(scheduler: str) -> Iterator[Any]:
    """Connect to a scheduler, or start a small cluster for as long as it is used."""
    try:
        import dask
        from distributed import Client, LocalCluster
    except ImportError as problem:
        raise HumanlikeError(
            "--scheduler needs Dask, which is not installed: pip install distributed."
        ) from problem
    with dask.config.set(SETTINGS):
        if scheduler.startswith(LOCAL):
            count = _count(scheduler)
            with (
                LocalCluster(
                    n_workers=count,
                    threads_per_worker=1,
                    processes=True,
                    dashboard_address="127.0.0.1:0",
                    memory_limit=0,
                    silence_logs="CRITICAL",
                ) as cluster,
                Client(cluster) as client,
            ):
                yield client
            return
        try:
            client = Client(scheduler, timeout=CONNECT_SECONDS)
        except (OSError, ValueError) as problem:
            raise HumanlikeError(
                f"No Dask scheduler answers at '{scheduler}' ({first_line(problem)}). Give the "
                "address that 'dask scheduler' prints, such as tcp://node:8786, or local:4."
            ) from problem
        with client:
            yield client


def _count(scheduler: str) -> int:
    text = scheduler.removeprefix(LOCAL)
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise HumanlikeError(f"local: is followed by a number of workers; got '{scheduler}'.")
    return int(text)
