"""``humanlike runs list | compare | open | clean``."""

from __future__ import annotations

import argparse
import json
from typing import Any

from humanlike.errors import HumanlikeError


def register(commands: Any) -> None:
    """Add the command ``runs`` with its actions."""
    parser = commands.add_parser("runs", help="list, compare, open and remove runs of your own")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    meant = "CHAPTER for its newest run, CHAPTER~1 for the one before, or the beginning of a name"

    listed = actions.add_parser("list", help="what there is, newest first")
    listed.add_argument("chapter", nargs="?", metavar="CHAPTER", help="only this chapter's")
    listed.add_argument("--json", action="store_true", help="for machines")
    listed.set_defaults(func=list_runs)

    both = actions.add_parser("compare", help="two runs of a chapter side by side")
    both.add_argument("a", metavar="A", help=meant)
    both.add_argument("b", metavar="B", help="likewise")
    both.add_argument("--all", action="store_true", help="also what is the same in both")
    both.add_argument("--json", action="store_true", help="for machines")
    both.set_defaults(func=compare_runs)

    shown = actions.add_parser("open", help="open the page of a run in the browser")
    shown.add_argument("run", metavar="RUN", help=meant)
    shown.add_argument("--no-browser", action="store_true", help="only print where it is")
    shown.set_defaults(func=open_run)

    clean = actions.add_parser("clean", help="remove runs you no longer need")
    clean.add_argument("--older-than", type=float, metavar="DAYS", help="those made before")
    clean.add_argument("--keep", type=int, metavar="N", help="keep the last N of each chapter")
    clean.add_argument("--dry-run", action="store_true", help="only say what would go")
    clean.set_defaults(func=clean_runs)


def list_runs(options: argparse.Namespace) -> int:
    """Print one line per run, newest first."""
    from humanlike.book.runs import find_runs

    runs = [run for run in find_runs() if options.chapter in (None, run.chapter)]
    rows = [_row(run) for run in runs]
    if options.json:
        print(json.dumps(rows, indent=1, ensure_ascii=False))
        return 0
    for row in rows:
        data = "damaged" if "damaged" in row else "real" if row["real"] else "simulated"
        changed = ", ".join(f"{k}={v}" for k, v in row.get("changed", {}).items())
        print(f"{row['run']:<44} {row.get('profile', ''):<9} {row.get('seconds', 0):>8.1f} s  "
              f"{data:<9}  {changed}".rstrip())  # fmt: skip
    if not rows:
        print("No run is kept. 'humanlike run CHAPTER -p NAME=VALUE' makes one.")
    return 0


def _row(run: Any) -> dict[str, Any]:
    row: dict[str, Any] = {"run": f"{run.chapter}/{run.name}", "folder": str(run.folder)}
    try:
        said = run.provenance
        row |= {"profile": said.get("profile", ""), "started": said.get("started", ""),
                "seconds": said.get("seconds", 0), "real": run.real,
                "changed": _changed(run)}  # fmt: skip
    except HumanlikeError as problem:
        row["damaged"] = str(problem)
    return row


def _changed(run: Any) -> dict[str, Any]:
    """The parameters that differ from those of the run's profile as it is today."""
    from humanlike.book.form import typed
    from humanlike.book.run import checked
    from humanlike.paths import project_root

    try:
        profile = run.provenance.get("profile", "paper")
        usual = checked(run.chapter, {}, profile, project_root())[1]
    except HumanlikeError:  # the chapter is no longer there, or has changed
        usual = {}
    return {k: typed(v) for k, v in run.parameters.items() if usual.get(k) != v}


def compare_runs(options: argparse.Namespace) -> int:
    """Print what differs between two runs and write the page that shows all of it."""
    from humanlike.book.compare import compare, write_page
    from humanlike.book.runs import get_run

    a, b = get_run(options.a), get_run(options.b)
    found = compare(a, b, _formats(a.chapter))
    page = write_page(found)
    if options.json:
        print(json.dumps(found.as_dict() | {"page": str(page)}, indent=1, ensure_ascii=False))
        return 0
    print(f"A  {a.chapter}/{a.name}\nB  {b.chapter}/{b.name}")
    for run, letter in ((a, "A"), (b, "B")):
        if not run.real:
            print(f"The values of {letter} come from SIMULATED data.")
    if found.besides:
        print(f"Besides the parameters, these differ: {found.besides}.")
    _print_rows("Parameters", found.parameters, options.all)
    _print_rows("Recorded values", found.values, options.all)
    print(f"\nWith the figures: {page}")
    return 0


def _formats(chapter: str) -> dict[str, str]:
    """How the chapter's card prints its values; nothing when the chapter is gone."""
    from humanlike.book.chapters import get_chapter
    from humanlike.paths import project_root

    try:
        return {k: spec.format for k, spec in get_chapter(chapter, project_root()).values.items()}
    except HumanlikeError:
        return {}


def _print_rows(title: str, rows: Any, everything: bool) -> None:
    shown = [row for row in rows if everything or not row.same]
    print(f"\n{title}")
    lines = [("", "A", "B", "B − A" if any(row.shown_difference for row in shown) else "")]
    lines += [(r.key, r.shown_a, r.shown_b, r.shown_difference) for r in shown]
    widths = [max(len(line[i]) for line in lines) for i in range(4)]
    for line in lines if shown else []:
        print("  " + "  ".join(f"{c:<{w}}" for c, w in zip(line, widths, strict=True)).rstrip())
    same = len(rows) - len(shown)
    if same:
        print(f"  {same} the same in both.")


def open_run(options: argparse.Namespace) -> int:
    """Open a run's page."""
    import webbrowser

    from humanlike.book.runs import get_run

    run = get_run(options.run)
    if not run.page.is_file():
        raise HumanlikeError(f"The run {run.chapter}/{run.name} has no page. Run it again.")
    print(run.page)
    if not options.no_browser and not webbrowser.open(run.page.as_uri()):
        raise HumanlikeError("No browser could be started; open the file named above.")
    return 0


def clean_runs(options: argparse.Namespace) -> int:
    """Remove runs, or say which would go."""
    from humanlike.book.runs import abandoned, removable, remove

    runs, left = removable(options.older_than, options.keep), abandoned()
    freed = sum(run.bytes for run in runs)
    for run in runs:
        print(f"{run.chapter}/{run.name}")
    for folder in [run.folder for run in runs] + left:
        if not options.dry_run:
            remove(folder)
    verb = "Would remove" if options.dry_run else "Removed"
    more = f" and {len(left)} unfinished" if left else ""
    print(f"{verb} {len(runs)} runs{more}, {freed / 1e6:.1f} MB.")
    return 0
