"""The ledger outside the book: judge the claims by what the last build recorded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from humanlike.book.chapters import find_chapters
from humanlike.book.claims import NOT_RUN, Finding, judge, load_claims
from humanlike.book.execute import Execution, load_execution
from humanlike.book.fingerprint import fingerprint
from humanlike.book.values import Values


def current_findings(root: Path) -> tuple[list[Finding], dict[str, str]]:
    """Judge every claim with the executions of the last build that are still up to date.

    Parameters
    ----------
    root : Path
        The project.

    Returns
    -------
    findings : list of Finding
        One per claim.
    missing : dict of str to str
        For each chapter without a usable result, why.

    Raises
    ------
    HumanlikeError
        If a claim or a chapter's card is wrong.
    """
    values, missing = current_values(root)
    return [judge(claim, values) for claim in load_claims(root)], missing


def current_values(root: Path) -> tuple[Values, dict[str, str]]:
    """Return what the executions of the last build recorded that are still up to date.

    Returns
    -------
    values : Values
        Those executed on simulated data are included.
    missing : dict of str to str
        For each chapter without a usable result, why.
    """
    chapters = find_chapters(root)
    folders = _last_build(root)
    executions: dict[str, Execution] = {}
    missing: dict[str, str] = {}
    for name, chapter in chapters.items():
        folder = Path(folders.get(name, root / "nowhere"))
        if not (folder / "result.json").is_file():
            missing[name] = "was not executed by the last build"
            continue
        execution = load_execution(folder)
        if execution.parts != fingerprint(chapter, execution.result["parameters"], root):
            missing[name] = "has changed since the last build"
            continue
        executions[name] = execution
        if not execution.real:
            missing[name] = "ran on simulated data"
    return Values(chapters, executions), missing


def _last_build(root: Path) -> dict[str, Any]:
    try:
        state = json.loads((root / "_build" / "book.json").read_text(encoding="utf-8"))
        return dict(state["executions"])
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def describe(findings: list[Finding], missing: dict[str, str]) -> list[str]:
    """Say which verdicts differ from the committed ones.

    Returns
    -------
    list of str
        One sentence per claim that was judged, and one per chapter whose claims were not run.
    """
    changed = [finding for finding in findings if finding.changed]
    lines = [
        f"{f.claim.id}: {f.verdict} (recomputed {f.recomputed or 'nothing'}, published "
        f"{f.claim.printed}), committed as {f.claim.verdict}."
        for f in changed
        if f.verdict != NOT_RUN
    ]
    for chapter, why in missing.items():
        count = sum(f.verdict == NOT_RUN and f.claim.chapter == chapter for f in changed)
        if count:
            lines.append(f"{count} claims of chapter {chapter} were not run: it {why}.")
    return lines
