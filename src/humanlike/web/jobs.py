"""The queue of a server: one chapter runs, the others wait; what became of each is kept."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import signal
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from humanlike.book.run import checked, runs_folder
from humanlike.errors import HumanlikeError
from humanlike.paths import PROJECT_VARIABLE
from humanlike.web.exchange import Refused

WAITING, RUNNING, DONE, FAILED, STOPPED = "waiting", "running", "done", "failed", "stopped"
ENDED = (DONE, FAILED, STOPPED)
COMMAND = (sys.executable, "-m", "humanlike.web.job")
MOST_WAITING = 50
KEPT = 200
MESSAGES, MESSAGE = 20, 500
SIMULATED = "These values come from SIMULATED data: the real data could not be had."
PATIENCE = 12  # seconds a job has to end its kernel before it is killed


@dataclass
class Job:
    """One run that was asked for.

    Attributes
    ----------
    id : str
        Its name in addresses.
    chapter, profile : str
        What is run.
    texts : dict of str to str
        Parameters as typed.
    state : str
        ``waiting``, ``running``, ``done``, ``failed`` or ``stopped``.
    done, total : int
        Cells that are finished, and all.
    section : str
        Heading above the cell that is executed.
    messages : list of str
        The last lines it printed.
    error : str
        What went wrong.
    folder : str
        Name of the run's folder.
    asked, started, ended : float
        When, in seconds since 1970; 0 where it has not.
    """

    id: str
    chapter: str
    profile: str
    texts: dict[str, str]
    state: str = WAITING
    done: int = 0
    total: int = 0
    section: str = ""
    messages: list[str] = field(default_factory=list)
    error: str = ""
    folder: str = ""
    asked: float = 0.0
    started: float = 0.0
    ended: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """Return all of it, with the addresses of its page and of its run's page."""
        run = f"/runs/{self.chapter}/{self.folder}/page/index.html" if self.folder else ""
        return asdict(self) | {"page": f"/jobs/{self.id}", "run_page": run}


class Queue:
    """The jobs of one runs folder.

    Parameters
    ----------
    root : Path
        The project.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = runs_folder()
        self.jobs: dict[str, Job] = {}
        self._file = self.folder / ".jobs.json"
        self._news = asyncio.Event()
        self._closing = False
        self._process: asyncio.subprocess.Process | None = None

    def add(self, chapter: str, profile: str, texts: dict[str, str]) -> Job:
        """Put a run at the end of the queue.

        Raises
        ------
        HumanlikeError
            For what ``humanlike run`` would refuse.
        Refused
            If too many wait.
        """
        checked(chapter, texts, profile, self.root)
        if sum(job.state == WAITING for job in self.jobs.values()) >= MOST_WAITING:
            raise Refused(429, f"{MOST_WAITING} runs are waiting already; try again later.")
        job = Job(secrets.token_hex(8), chapter, profile, texts, asked=time.time())
        self.jobs[job.id] = job
        self._save()
        self._news.set()
        return job

    def get(self, name: str) -> Job:
        """Return a job.

        Raises
        ------
        Refused
            If there is none of that name.
        """
        if name not in self.jobs:
            raise Refused(404, "There is no such job.")
        return self.jobs[name]

    def stop(self, job: Job) -> None:
        """Stop a job, or take it out of the queue; one that has ended stays as it is."""
        if job.state in ENDED:
            return
        running = job.state == RUNNING
        self._end(job, STOPPED, "Stopped on request.")
        if running:
            self._interrupt()

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Run the jobs one after the other while this is open, and stop cleanly.

        Raises
        ------
        HumanlikeError
            If another server works on the same folder of runs.
        """
        with self._alone():
            self.jobs = self._read()
            work = asyncio.create_task(self._work())
            try:
                yield
            finally:
                for job in self.jobs.values():
                    if job.state not in ENDED:
                        self._end(job, STOPPED, "The server was stopped before it was through.")
                self._closing = True  # a cancellation that meets the end of a process is lost
                work.cancel()
                with suppress(asyncio.CancelledError):
                    await work

    @contextmanager
    def _alone(self) -> Iterator[None]:
        from filelock import FileLock, Timeout

        self.folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.folder / ".serve.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise HumanlikeError(
                f"Another 'humanlike serve' works on {self.folder}. Stop it first, or set "
                "HUMANLIKE_HOME to another folder for this one."
            ) from None
        try:
            yield
        finally:
            lock.release()

    async def _work(self) -> None:
        while not self._closing:
            waiting = [job for job in self.jobs.values() if job.state == WAITING]
            if not waiting:
                self._news.clear()
                await self._news.wait()
                continue
            await self._run(waiting[0])

    async def _run(self, job: Job) -> None:
        job.state, job.started = RUNNING, time.time()
        self._save()
        self._process = process = await asyncio.create_subprocess_exec(
            *COMMAND,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT, start_new_session=True, limit=1 << 20,
            env=os.environ | {PROJECT_VARIABLE: str(self.root)},
        )  # fmt: skip
        try:
            if job.state == RUNNING:  # it may have been stopped while its process was made
                await self._follow(job, process)
        finally:
            await _gone(process)
            self._process = None
        if job.state == RUNNING:
            said = job.messages[-1] if job.messages else "It said nothing."
            self._end(job, FAILED, f"The run ended without a result. {said}")

    async def _follow(self, job: Job, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None  # noqa: S101
        assert process.stdout is not None  # noqa: S101
        request = asdict(job) | {"root": str(self.root)}
        with suppress(ConnectionError):
            process.stdin.write(json.dumps(request).encode() + b"\n")
            await process.stdin.drain()
        while line := await _line(process.stdout):
            self._take(job, line)
        await process.wait()

    def _take(self, job: Job, line: str) -> None:
        """Note what a job says; after it was stopped, nothing."""
        news = _object(line)
        if job.state != RUNNING:
            return
        if news is None:
            job.messages = [*job.messages, line[:MESSAGE]][-MESSAGES:]
        elif "error" in news:
            self._end(job, FAILED, str(news["error"]))
        elif "folder" in news:
            job.folder, job.done = str(news["folder"]), job.total
            if not news["real"]:
                job.messages.append(SIMULATED)
            self._end(job, DONE, "")
        else:
            job.done, job.total = int(news["done"]), int(news["total"])
            job.section = str(news["section"])

    def _end(self, job: Job, state: str, error: str) -> None:
        job.state, job.error, job.ended = state, error, time.time()
        self._save()

    def _interrupt(self) -> None:
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGINT)

    def _read(self) -> dict[str, Job]:
        """Return the jobs of earlier servers; what these did not get through is stopped."""
        try:
            kept = json.loads(self._file.read_text(encoding="utf-8"))
            jobs = [Job(**one) for one in kept]
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, TypeError):
            self._file.replace(self._file.with_suffix(".unreadable"))
            return {}
        for job in jobs:
            if job.state not in ENDED:
                job.state, job.error = STOPPED, "The server was stopped before it was through."
        return {job.id: job for job in jobs}

    def _save(self) -> None:
        ended = [job for job in self.jobs.values() if job.state in ENDED]
        for job in ended[: max(0, len(ended) - KEPT)]:
            del self.jobs[job.id]
        text = json.dumps([asdict(job) for job in self.jobs.values()], indent=1)
        draft = self._file.with_suffix(".draft")
        draft.write_text(text + "\n", encoding="utf-8")
        draft.replace(self._file)


async def _line(stream: asyncio.StreamReader) -> str:
    """Return the next line that is not empty, shortened when it has no end; empty at the end."""
    while True:
        try:
            line = await stream.readline()
        except ValueError:
            return "(a line too long to show)"
        text = line.decode("utf-8", "replace").strip()
        if text or not line:
            return text


def _object(line: str) -> dict[str, Any] | None:
    """Return what a line of JSON says; None for a line of words."""
    try:
        news = json.loads(line)
    except ValueError:
        return None
    known = isinstance(news, dict) and ({"error"}, {"folder", "real"}, {"done", "total", "section"})
    return news if known and any(keys <= set(news) for keys in known) else None


async def _gone(process: asyncio.subprocess.Process) -> None:
    """Wait for a process that was told to end, and make sure."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGINT)
    try:
        await asyncio.wait_for(process.wait(), PATIENCE)
    except TimeoutError:
        process.kill()
        await process.wait()
