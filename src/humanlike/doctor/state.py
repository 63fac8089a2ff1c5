"""The project, the published data and the user's store."""

from __future__ import annotations

from collections import Counter

from humanlike.doctor.finding import Finding, size
from humanlike.errors import HumanlikeError

QUICK_BYTES = 100 * 10**6
"""A larger store is checked page by page only when asked to."""


def project() -> list[Finding]:
    """Look for the checkout that commands work on."""
    from humanlike.book.chapters import find_chapters
    from humanlike.paths import project_root

    try:
        root = project_root()
        chapters = find_chapters(root)
    except HumanlikeError as problem:
        return [Finding("project", "problem", str(problem), "Run this inside a whole checkout.")]
    return [Finding("project", "ok", f"{len(chapters)} chapters in {root}")]


def data(verify: bool = False) -> list[Finding]:
    """Look where every registered file lies; on demand also whether it is the published one."""
    from humanlike.data.fetch import mirror, where
    from humanlike.data.fetch import verify as hashed
    from humanlike.data.problems import MIRROR_VARIABLE
    from humanlike.data.source import DATA_VARIABLE, simulation_forced

    found = []
    try:
        if simulation_forced():
            text = f"{DATA_VARIABLE}=simulated: every chapter runs on simulated data"
            found.append(Finding("data", "warning", text, f"Unset {DATA_VARIABLE}."))
        states = hashed() if verify else where()
    except HumanlikeError as problem:
        return [Finding("data", "problem", str(problem), f"Correct or unset {DATA_VARIABLE}.")]
    folder = mirror()
    if folder is not None and not folder.is_dir():
        text = f"{MIRROR_VARIABLE} names {folder}, which is no folder"
        found.append(Finding("data", "warning", text, f"Correct or unset {MIRROR_VARIABLE}."))
    for state in states:
        if state.path is not None and not state.ok:
            text = f"{state.path} is not the published file"
            fix = f"Delete it, then: humanlike data fetch {state.dataset}"
            found.append(Finding("data", "problem", text, fix))
    missing = list(dict.fromkeys(state.dataset for state in states if state.path is None))
    if missing:
        text = f"{len(missing)} data sets are not here, chapters on them run on simulated data: "
        fix = f"humanlike data fetch {' '.join(missing)}"
        found.append(Finding("data", "warning", text + ", ".join(missing), fix))
    counts = Counter(state.source.partition(".")[0] for state in states if state.path is not None)
    places = ", ".join(f"{count} files in the {place}" for place, count in counts.items())
    checked = "checksums right" if verify else "checksums not looked at (--verify)"
    if places:
        found.append(Finding("data", "ok", f"{places}, {checked}"))
    return found


def store(verify: bool = False) -> list[Finding]:
    """Look at the store of answers."""
    from humanlike.store.store import Store, default_path
    from humanlike.store.verify import verify as check

    path = default_path()
    if not path.is_file():
        return [Finding("store", "note", f"no answers yet; they will be kept in {path}")]
    whole = verify or path.stat().st_size <= QUICK_BYTES
    try:
        if whole:
            report = check(path)
            count, wrong = report.answers, report.problems
        else:
            with Store(path) as opened:
                count, wrong = len(opened), ()
    except HumanlikeError as problem:
        return [Finding("store", "problem", str(problem), "humanlike responses verify --repair")]
    if wrong:
        fix = "humanlike responses verify --repair"
        return [Finding("store", "problem", " ".join(wrong), fix)]
    how = "all whole" if whole else "it opens; every answer is looked at with --verify"
    text = f"{count:,} answers in {path} ({size(path.stat().st_size)}), {how}"
    return [Finding("store", "ok", text)]
