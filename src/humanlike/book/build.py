"""Build the book: fetch what is missing, execute what changed, render when anything changed."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from humanlike.book import remote
from humanlike.book.blocks import Book
from humanlike.book.chapters import Chapter, find_chapters, get_chapter, read_parameters
from humanlike.book.claims import Claim, Finding, count_by_chapter, judge, load_claims
from humanlike.book.execute import Cache, Execution, stop_all
from humanlike.book.fingerprint import fingerprint, versions
from humanlike.book.parameters import resolve
from humanlike.book.progress import Progress
from humanlike.book.render import render
from humanlike.book.stage import Endings, digest, write_chapters, write_pages
from humanlike.book.values import Values
from humanlike.data.fetch import DataUnavailable, available, fetch
from humanlike.data.source import simulation_forced
from humanlike.errors import HumanlikeError
from humanlike.parallel import cores


@dataclass(frozen=True)
class Plan:
    """A chapter with the parameters of this build and its kept execution, if there is one."""

    chapter: Chapter
    parameters: dict[str, Any]
    parts: dict[str, Any]
    kept: Execution | None


@dataclass(frozen=True)
class Pages:
    """The project, the folder its pages are rendered in, and what ends each chapter's page."""

    root: Path
    work: Path
    endings: Endings


@dataclass
class Report:
    """What a build did.

    Attributes
    ----------
    executed, kept : list of str
        Chapters that ran, and those that had not changed.
    rendered : bool
        Whether the pages were rendered anew.
    html : Path
        First page of the book.
    seconds : float
        How long all of it took.
    failures : list of str
        One message per chapter that failed; the book is then not rendered.
    """

    executed: list[str]
    kept: list[str]
    html: Path
    rendered: bool = False
    seconds: float = 0.0
    failures: list[str] = field(default_factory=list)


def build(
    root: Path,
    *,
    endings: Endings,
    profile: str = "quick",
    jobs: int | None = None,
    only: str | None = None,
    scheduler: str = "",
    output: str = "",
) -> Report:
    """Build the book.

    Parameters
    ----------
    root : Path
        The project.
    endings : callable
        Gives for a chapter's name the markdown that ends its page before the provenance.
    profile : str
        ``quick``, ``paper`` or ``thorough``.
    jobs : int, optional
        Chapters executed at once; by default the number of cores.
    only : str, optional
        Execute this chapter alone and show the others as they were last executed.
    scheduler : str
        Address of a Dask scheduler whose workers execute chapters, see `humanlike.book.remote`.
    output : str
        Folder inside ``_build`` for another edition of the pages.

    Returns
    -------
    Report
        With ``failures`` when a chapter failed; all other chapters were still executed and kept.

    Raises
    ------
    HumanlikeError
        If an input is wrong or jupyter-book cannot render the pages.
    """
    with alone(root / "_build"), remote.open_place(scheduler, root) as place:
        pages = Pages(root, root / "_build" / output, endings)
        return _build(pages, profile, jobs, only, place)


@contextmanager
def alone(work: Path) -> Iterator[None]:
    """Let one build at a time into a build folder; a second one waits and says so."""
    from filelock import FileLock, Timeout

    work.mkdir(parents=True, exist_ok=True)
    lock = FileLock(work / "build.lock")
    try:
        lock.acquire(timeout=0.2)
    except Timeout:
        print(f"Another build is at work in {work}; waiting for it.", file=sys.stderr)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _build(
    pages: Pages, profile: str, jobs: int | None, only: str | None, place: remote.Place
) -> Report:
    clock, root = time.perf_counter(), pages.root
    if jobs is not None and jobs < 1:
        raise HumanlikeError(f"--jobs is {jobs}; give at least 1.")
    chapters = find_chapters(root)
    claims = load_claims(root)
    wanted = [get_chapter(only, root)] if only else list(chapters.values())
    fetch_data(wanted)
    cache = Cache()
    plans = [plan(chapter, profile, root, cache) for chapter in wanted]
    executions = {p.chapter.name: p.kept for p in plans if p.kept}
    waiting = [p for p in plans if not p.kept]
    report = Report(
        executed=[p.chapter.name for p in waiting],
        kept=sorted(executions),
        html=pages.work / "html" / "index.html",
    )
    most = jobs or (len(waiting) if place.pool else cores()) or 1
    done, report.failures = execute_all(waiting, profile, root, cache, most, place)
    executions |= done
    stale = _add_earlier(chapters, executions, cache, root) if only else set()
    if not report.failures:
        values = Values(chapters, executions, strict=only is None)
        report.rendered = _render_if_changed(pages, values, claims, stale, profile)
    report.seconds = time.perf_counter() - clock
    return report


def fetch_data(chapters: list[Chapter]) -> None:
    """Get the chapters' data where that is possible; a chapter without them is simulated."""
    missing = sorted({name for c in chapters for name in c.data if not available(name)})
    if not missing or simulation_forced():
        return
    try:
        fetch(missing)
    except DataUnavailable as problem:
        print(f"{problem}\nChapters that need them run on simulated data.", file=sys.stderr)


def plan(
    chapter: Chapter,
    profile: str,
    root: Path,
    cache: Cache,
    overrides: dict[str, str] | None = None,
) -> Plan:
    """Resolve a chapter's parameters and look for a kept execution.

    Raises
    ------
    HumanlikeError
        For an unknown profile or a wrong parameter.
    """
    known = read_parameters(chapter)
    parameters = resolve(known, chapter.profile(profile), overrides or {}, chapter.name)
    parts = fingerprint(chapter, parameters, root)
    return Plan(chapter, parameters, parts, cache.find(chapter, parts))


def execute_all(
    plans: list[Plan],
    profile: str,
    root: Path,
    cache: Cache,
    jobs: int,
    place: remote.Place = remote.HERE,
) -> tuple[dict[str, Execution], list[str]]:
    """Execute chapters, several at once; return those that succeeded, and a message per failure."""
    done: dict[str, Execution] = {}
    failures: list[str] = []
    with Progress([p.chapter.name for p in plans]) as progress:

        def one(p: Plan) -> None:
            name = p.chapter.name
            progress.start(name, cache.why(p.chapter, p.parts))
            try:
                done[name] = place.run(
                    cache.run, p.chapter, p.parameters, profile, root,
                    on_progress=lambda cell, total: progress.step(name, cell, total),
                )  # fmt: skip
            except HumanlikeError as failure:
                failures.append(str(failure))
                progress.finish(name, "FAILED")
            else:
                progress.finish(name, f"done in {done[name].result['seconds']:.1f} s")

        with ThreadPoolExecutor(max_workers=jobs) as pool:
            try:
                futures = [pool.submit(one, p) for p in plans]
                for future in futures:
                    future.result()
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                stop_all()
                raise
    return done, failures


def _add_earlier(
    chapters: dict[str, Chapter], executions: dict[str, Execution], cache: Cache, root: Path
) -> set[str]:
    """Add the last executions of the other chapters; return those that are out of date."""
    stale = set()
    for name, chapter in chapters.items():
        earlier = None if name in executions else cache.newest(chapter)
        if earlier is None:
            continue
        now = fingerprint(chapter, earlier.result["parameters"], root)
        if earlier.parts.get("code") == now["code"]:
            executions[name] = earlier
            if earlier.parts != now:
                stale.add(name)
    return stale


def _render_if_changed(
    pages: Pages, values: Values, claims: list[Claim], stale: set[str], profile: str
) -> bool:
    root, work, html = pages.root, pages.work, pages.work / "html"
    stage = work / "stage"
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(parents=True)
    findings = [judge(claim, values) for claim in claims]
    values.counts = count_by_chapter(findings, values.chapters)
    labels = write_chapters(stage, values, pages.endings)
    write_pages(stage, root, Book(values, findings, labels, stale, stage))
    state = {
        "profile": profile,
        "pages": digest(stage),
        "versions": versions(),
        "theme": digest(Path(__file__).parent, "*.py"),
    }
    record = work / "render.json"
    write_state(root / "_build", values, findings, profile)
    if (html / "index.html").is_file() and _read(record) == state:
        return False
    print(f"  rendering {len(list(stage.rglob('*.md')))} pages of prose and "
          f"{len(values.chapters)} chapters …", file=sys.stderr)  # fmt: skip
    record.unlink(missing_ok=True)
    render(stage, html, strict=values.executions.keys() == values.chapters.keys())
    record.write_text(json.dumps(state), encoding="utf-8")
    return True


def write_state(work: Path, values: Values, findings: list[Finding], profile: str) -> None:
    """Leave on disk which executions the book was made from, for ``humanlike claims``."""
    state = {
        "profile": profile,
        "executions": {name: str(e.folder) for name, e in sorted(values.executions.items())},
        "claims": [finding.as_dict() for finding in findings],
    }
    text = json.dumps(state, indent=1, ensure_ascii=False)
    (work / "book.json").write_text(text + "\n", encoding="utf-8")


def _read(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
