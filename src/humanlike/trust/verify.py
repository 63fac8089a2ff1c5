"""Derive the ledger anew from a clean state, and sign off what that bears out.

Nothing that an earlier build, query or training left is within reach. What was not executed here,
or not on real data, is named and not signed off.
"""

from __future__ import annotations

import platform
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import humanlike.book.build as building
from humanlike.book.chapters import Chapter, find_chapters, get_chapter
from humanlike.book.claims import NOT_RUN, Finding, judge, load_claims
from humanlike.book.execute import Cache, Execution
from humanlike.book.fingerprint import fingerprint, versions
from humanlike.book.values import Values
from humanlike.data.fetch import verify as hash_data
from humanlike.errors import HumanlikeError
from humanlike.revision import revision
from humanlike.trust.clean import clean_home
from humanlike.trust.sources import off_pins, sources_digest

FORMAT = 1
VERIFIED, SIMULATED, FAILED = "verified", "on simulated data", "failed"
CHANGED, DAMAGED, NOT_EXECUTED = "changed while it ran", "damaged data", "not executed"


@dataclass(frozen=True)
class Outcome:
    """What became of one chapter: its state, and why if it is not ``verified``."""

    state: str
    why: str = ""
    execution: Execution | None = None


def verify(
    root: Path, *, profile: str = "quick", only: str | None = None, jobs: int = 1,
    fresh: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Execute chapters from a clean state and judge all claims by what they record.

    Parameters
    ----------
    root : Path
        The project.
    profile : str
        ``quick``, ``paper`` or ``thorough``.
    only : str, optional
        This chapter alone; claims of all others are then not signed off.
    jobs : int
        Chapters at once.
    fresh : bool
        Whether this very process runs in an environment made from ``requirements.txt`` for it;
        only noted.

    Returns
    -------
    dict
        The record: ``chapters``, ``claims``, versions, checksums, revision. See
        :mod:`humanlike.trust.record`.

    Raises
    ------
    HumanlikeError
        If a card, a claim or an option is wrong. A failing chapter is part of the record.
    """
    if jobs < 1:
        raise HumanlikeError(f"--jobs is {jobs}; give at least 1.")
    clock, started = time.perf_counter(), datetime.now(UTC)
    chapters = find_chapters(root)
    wanted = [get_chapter(only, root)] if only else list(chapters.values())
    claims, sources, state = load_claims(root), sources_digest(root), revision(root)
    with clean_home() as folder:
        outcomes = _execute(wanted, profile, jobs, root, Cache(folder / "cache" / "chapters"))
        done = {n: o.execution for n, o in outcomes.items() if o.execution}
        values = Values(chapters, done, strict=False)
        findings = [judge(claim, values) for claim in claims]
        rows = {name: _chapter(chapters[name], o) for name, o in outcomes.items()}
    for name in chapters:
        rows.setdefault(name, {"title": chapters[name].title, "state": NOT_EXECUTED,
                               "why": f"only {only} was asked for"})  # fmt: skip
    return {
        "format": FORMAT,
        "started": started.isoformat(timespec="seconds"),
        "seconds": round(time.perf_counter() - clock, 1),
        "profile": profile,
        "asked_for": only or "all chapters",
        "revision": state.commit,
        "changed_files": state.changed,
        "sources": sources,
        "sources_changed_meanwhile": sources_digest(root) != sources,
        "environment": _environment(root, fresh),
        "chapters": {name: rows[name] for name in chapters},
        "claims": [_claim(finding, rows) for finding in findings],
    }


def _environment(root: Path, fresh: bool) -> dict[str, Any]:
    from humanlike import __version__

    return {
        "humanlike": __version__,
        "machine": platform.machine(),
        "made_for_this": fresh,
        "off_pins": off_pins(root),
        "versions": versions(),
    }


def _execute(
    wanted: list[Chapter], profile: str, jobs: int, root: Path, cache: Cache
) -> dict[str, Outcome]:
    building.fetch_data(wanted)
    plans = [building.plan(chapter, profile, root, cache) for chapter in wanted]
    done, failures = building.execute_all(plans, profile, root, cache, jobs)
    damaged = _damaged(done)
    outcomes = {}
    for plan in plans:
        name = plan.chapter.name
        execution = done.get(name)
        outcome = Outcome(VERIFIED, execution=execution)
        if execution is None:
            why = next((f for f in failures if f.startswith(f"Chapter {name}")), "did not run")
            outcome = Outcome(FAILED, why)
        elif not execution.real:
            outcome = Outcome(SIMULATED, "its data could not be had", execution)
        elif name in damaged:
            outcome = Outcome(DAMAGED, f"{damaged[name]} is not the published file", execution)
        elif _moved(plan.parts, fingerprint(plan.chapter, plan.parameters, root)):
            outcome = Outcome(CHANGED, "its sources are not those it began with", execution)
        outcomes[name] = outcome
    return outcomes


def _moved(before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Tell whether anything but the store has changed; chapters themselves write answers there."""
    return any(before[part] != after[part] for part in before if part not in ("store", "models"))


def _damaged(done: dict[str, Execution]) -> dict[str, str]:
    """Hash the files that chapters read once more; return a wrong one for each chapter."""
    read = {n: _files(e) for n, e in done.items()}
    uses = [use for e in done.values() for use in e.result["session"].get("data", [])]
    ids = sorted({use["id"] for use in uses if use["real"]})
    wrong = {state.file.path for state in hash_data(ids) if not state.ok} if ids else set()
    return {n: sorted(wrong & set(f))[0] for n, f in read.items() if wrong & set(f)}


def _files(execution: Execution) -> dict[str, str]:
    """Return the checksum of each data file that a chapter read."""
    uses = execution.result["session"].get("data", [])
    return {path: digest for use in uses for path, digest in use["files"].items()}


def _chapter(chapter: Chapter, outcome: Outcome) -> dict[str, Any]:
    """Return what the record says of a chapter."""
    row: dict[str, Any] = {"title": chapter.title, "state": outcome.state, "why": outcome.why}
    if chapter.files:
        row["taken_as_given"] = list(chapter.files)
    if outcome.execution:
        result = outcome.execution.result
        row |= {
            "seconds": result["seconds"],
            "parameters": result["parameters"],
            "values": result["values"],
            "data": _files(outcome.execution),
            "models": result["session"].get("models", []),
        }
    return row


def _claim(finding: Finding, rows: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return what the record says of a claim; ``why_not`` is empty where it is signed off."""
    claim = finding.claim
    row = finding.as_dict()
    row["computed"] = not claim.reason and claim.compare != "conflict"
    chapter = rows.get(claim.chapter, {})
    why = ""
    if not row["computed"]:
        why = "nothing to run: the verdict follows from the printed text alone"
    elif chapter.get("state") != VERIFIED:
        why = f"chapter {claim.chapter}: {chapter.get('state')}"
    elif finding.verdict == NOT_RUN:
        why = f"chapter {claim.chapter} did not record {claim.key}"
    elif finding.changed:
        why = f"comes out as '{finding.verdict}', committed as '{claim.verdict}'"
    return row | {"signed_off": not why, "why_not": why}
