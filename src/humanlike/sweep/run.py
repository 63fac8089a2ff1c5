"""Do a sweep: what is finished stays, the rest is spread over workers, failures are noted."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from humanlike.data.source import simulation_forced
from humanlike.errors import HumanlikeError
from humanlike.evaluate.files import folder_of_evaluations, write_evaluation
from humanlike.evaluate.record import from_json
from humanlike.parallel import LOCAL, each, open_executor, reason
from humanlike.store.store import default_path
from humanlike.sweep.journal import Entry, Journal, journal_of
from humanlike.sweep.listing import ENDPOINT, Cell, read_list
from humanlike.sweep.machine import mark
from humanlike.sweep.meter import Meter
from humanlike.sweep.work import Done, Job, unpack, work

Row = tuple[Cell, Entry]


@dataclass(frozen=True)
class Sweep:
    """A list of models and what is known of each.

    Attributes
    ----------
    cells : list of Cell
    journal : Journal
    """

    cells: list[Cell]
    journal: Journal

    def rows(self) -> list[Row]:
        """Return every cell with what is known of it now."""
        known = self.journal.read(cell.id for cell in self.cells)
        return [(cell, _still_there(known[cell.id])) for cell in self.cells]


def open_sweep(listing: Path) -> Sweep:
    """Read the list of a sweep and open its journal.

    Raises
    ------
    HumanlikeError
        If the list is wrong.
    """
    return Sweep(read_list(listing), journal_of(listing))


def sweep(
    listing: Path,
    *,
    workers: int = 1,
    scheduler: str = "",
    threads: int = 1,
    retry_failed: bool = False,
    store: Path | None = None,
    progress: bool = False,
    do: Callable[[Job], Done] = work,
) -> list[Row]:
    """Evaluate all models of a list that have not been.

    Parameters
    ----------
    listing : Path
        The list, as `humanlike.sweep.listing.read_list` reads it.
    workers, scheduler, threads
        As for `humanlike.parallel.open_executor`. Models of a server are asked by ``workers``
        processes of this machine even when there is a scheduler: they need no other machine, and
        no key leaves this one.
    retry_failed : bool
        Whether to do those again that failed, or were done on simulated data that nobody asked for.
    store : Path, optional
        Another store than the user's own.
    progress : bool
        Whether to show how far it is, on the standard error.
    do : callable
        What a worker does with a `Job`.

    Returns
    -------
    list of (Cell, Entry)
        Every cell, in the order of the list, with what is known of it.

    Raises
    ------
    HumanlikeError
        If the list is wrong, no scheduler answers or it ends, the store fails, or the sweep is
        going on.
    """
    opened = open_sweep(listing)
    path = store or default_path()
    with opened.journal.alone():
        todo = [cell for cell, entry in opened.rows() if _is_left(entry, retry_failed)]
        if todo:
            target = mark(path)
            jobs = [Job(cell, target, str(opened.journal.file)) for cell in todo]
            with (
                _workers(jobs, workers, scheduler, threads) as pool,
                Meter(len(jobs), shown=progress) as meter,
            ):
                for place, future in each(pool, do, jobs):
                    entry = _taken_in(jobs[place], future, path)
                    opened.journal.note(entry)
                    meter.add(todo[place].label, entry)
        return opened.rows()


def _taken_in(job: Job, future: Future[Done], store: Path) -> Entry:
    """Keep what a worker gave back, and say what came of the cell."""
    try:
        done = future.result()
    except CancelledError:
        raise HumanlikeError(
            "The work was taken back before it was done, as when the scheduler ends. What is done "
            "is kept; the same command goes on from here."
        ) from None
    except Exception as problem:
        now = time.time()
        return Entry(job.cell.id, "failed", now, platform.node(), message=reason(problem))
    if done.answers:
        unpack(store, done.answers)
    if done.evaluation:
        write_evaluation(from_json(done.evaluation, job.cell.label))
    return done.entry


def _is_left(entry: Entry, retry_failed: bool) -> bool:
    if entry.state == "failed" or (entry.simulated and not simulation_forced()):
        return retry_failed
    return entry.state != "done"


def _still_there(entry: Entry) -> Entry:
    """A cell whose evaluation was deleted is to be done again."""
    if entry.state != "done" or (folder_of_evaluations() / f"{entry.evaluation}.json").is_file():
        return entry
    return replace(entry, state="waiting")


@contextmanager
def _workers(jobs: list[Job], workers: int, scheduler: str, threads: int) -> Iterator[Executor]:
    """Give the workers; with a scheduler models of servers are asked by processes here."""
    here = [job for job in jobs if job.cell.kind == ENDPOINT]
    if not scheduler or scheduler.startswith(LOCAL) or not here:
        count = workers if scheduler else min(workers, len(jobs))
        with open_executor(count, scheduler, threads=threads) as pool:
            yield pool
        return
    with (
        open_executor(min(workers, len(here)), threads=threads) as near,
        open_executor(scheduler=scheduler) as far,
    ):
        yield _Split(near, far)


class _Split(Executor):
    """Sends jobs for servers to workers that are near, all others to those far away."""

    def __init__(self, near: Executor, far: Executor) -> None:
        self.near, self.far = near, far

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Have a function called."""
        pool = self.near if args[0].cell.kind == ENDPOINT else self.far
        return pool.submit(fn, *args, **kwargs)
