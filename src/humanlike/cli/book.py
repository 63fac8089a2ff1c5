"""``humanlike build | run | params | claims | pair``."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from humanlike.book.chapters import PROFILES
from humanlike.errors import HumanlikeError

EDITIONS = ("student", "instructor")


def register(commands: Any) -> None:
    """Add the book's commands to the parser."""
    _add_build(commands)
    _add_run(commands)
    params = commands.add_parser("params", help="explain the parameters of a chapter")
    params.add_argument("chapter", metavar="CHAPTER")
    params.add_argument("--json", action="store_true", help="for machines")
    params.set_defaults(func=show_parameters)
    claims = commands.add_parser("claims", help="the ledger: published, recomputed, verdict")
    claims.add_argument("--json", action="store_true", help="for machines")
    claims.add_argument("--paper", choices=("A", "B"), help="only this paper")
    claims.set_defaults(func=show_claims)
    pair = commands.add_parser("pair", help="write the .ipynb beside each .py of notebooks/")
    pair.add_argument("--check", action="store_true", help="only say which pairs differ")
    pair.set_defaults(func=pair_notebooks)


def _add_build(commands: Any) -> None:
    build = commands.add_parser("build", help="execute what changed and render the book")
    build.add_argument("--jobs", type=int, metavar="N", help="chapters at once (default: cores)")
    build.add_argument("--profile", choices=PROFILES, default="quick", help="default: quick")
    build.add_argument("--only", metavar="CHAPTER", help="execute this chapter, show the others as "
                       "they were last executed")  # fmt: skip
    _add_scheduler(build)
    build.add_argument("--edition", choices=EDITIONS, default="student", help="without solutions "
                       "(default), or with them, in _build/instructor")  # fmt: skip
    build.set_defaults(func=build_book)


def _add_run(commands: Any) -> None:
    run = commands.add_parser("run", help="execute one chapter with your own parameters")
    run.add_argument("chapter", metavar="CHAPTER")
    run.add_argument("-p", dest="parameters", action="append", default=[], metavar="NAME=VALUE",
                     help="set a parameter; repeat for several")  # fmt: skip
    run.add_argument("--profile", choices=PROFILES, default="paper", help="default: paper")
    _add_scheduler(run)
    run.set_defaults(func=run_chapter)


def _add_scheduler(parser: Any) -> None:
    parser.add_argument("--scheduler", default="", metavar="ADDRESS", help="execute on workers of "
                        "this Dask scheduler that share the disk, or local:N")  # fmt: skip


def build_book(options: argparse.Namespace) -> int:
    """Build the book and say what was done."""
    from humanlike.book.build import build
    from humanlike.paths import project_root
    from humanlike.teach.page import endings

    root = project_root()
    report = build(
        root, profile=options.profile, jobs=options.jobs, only=options.only,
        scheduler=options.scheduler,
        endings=endings(options.edition, root),
        output="" if options.edition == "student" else options.edition,
    )  # fmt: skip
    for failure in report.failures:
        print(f"humanlike: {failure}", file=sys.stderr)
    if report.failures:
        print("humanlike: the book was not rendered.", file=sys.stderr)
        return 1
    if report.rendered and options.edition == "student":
        from humanlike.classroom.deck import write_decks

        write_decks(root, report.html.parent / "slides")
    executed = ", ".join(report.executed) or "none"
    print(
        f"Executed: {executed}. Unchanged: {', '.join(report.kept) or 'none'}. "
        f"{'Rendered' if report.rendered else 'Pages were up to date'} in {report.seconds:.1f} s.\n"
        f"Open {report.html}"
    )
    return 0


def run_chapter(options: argparse.Namespace) -> int:
    """Execute one chapter and print where it went and what it recorded."""
    from humanlike.book.chapters import get_chapter
    from humanlike.book.run import run
    from humanlike.book.values import render
    from humanlike.paths import project_root

    root = project_root()
    overrides = _overrides(options.parameters)
    finished = run(options.chapter, overrides, options.profile, root, scheduler=options.scheduler)
    specs = get_chapter(options.chapter, root).values
    width = max((len(key) for key in finished.values), default=0)
    for key, entry in finished.values.items():
        spec = specs[key].format
        bounds = entry.get("interval")
        interval = f"  [{render(bounds[0], spec)}, {render(bounds[1], spec)}]" if bounds else ""
        print(f"{key:<{width}}  {render(entry['value'], spec)}{interval}")
    if not finished.real:
        print("These values come from SIMULATED data: the real data could not be had.")
    print(f"Executed in {finished.seconds:.1f} s. Everything is in {finished.folder}")
    print(f"Open {finished.page}")
    return 0


def _overrides(texts: list[str]) -> dict[str, str]:
    pairs = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise HumanlikeError(f"-p takes NAME=VALUE; got '{text}'.")
        if name.strip() in pairs:
            raise HumanlikeError(f"-p sets '{name.strip()}' twice.")
        pairs[name.strip()] = value
    return pairs


def show_parameters(options: argparse.Namespace) -> int:
    """Print every parameter of a chapter: name, type, default, allowed values, what it does."""
    from humanlike.book.chapters import get_chapter, read_parameters
    from humanlike.paths import project_root

    chapter = get_chapter(options.chapter, project_root())
    known = read_parameters(chapter)
    if options.json:
        rows = [
            {
                "name": p.name,
                "type": p.type,
                "default": p.default,
                "bounds": p.bounds,
                "choices": p.choices,
                "doc": p.doc,
                "profiles": {k: v[p.name] for k, v in chapter.profiles.items() if p.name in v},
            }
            for p in known.values()
        ]
        print(json.dumps(rows, indent=1, ensure_ascii=False))
        return 0
    print(f"{chapter.name}: {chapter.title}" + ("" if known else " has no parameters."))
    for p in known.values():
        print(f"\n  {p.name}: {p.type} = {p.default!r}\n      {p.doc}")
        if p.allowed:
            print(f"      allowed: {p.allowed}")
        for profile, settings in chapter.profiles.items():
            if p.name in settings:
                print(f"      {profile}: {settings[p.name]!r}")
    return 0


def show_claims(options: argparse.Namespace) -> int:
    """Print the ledger; 1 when a verdict differs from the committed one."""
    from humanlike.book.claims import totals
    from humanlike.book.ledger import current_findings, describe
    from humanlike.paths import project_root

    findings, missing = current_findings(project_root())
    if options.paper:
        findings = [f for f in findings if f.claim.paper == options.paper]
    changes = describe(findings, missing)
    if options.json:
        print(json.dumps([f.as_dict() for f in findings], indent=1, ensure_ascii=False))
    else:
        for finding in findings:
            claim = finding.claim
            printed = claim.printed if len(claim.printed) <= 22 else claim.printed[:21] + "…"
            shown = finding.recomputed or "–"
            print(f"{claim.paper}  {claim.id:<30} {printed:>22} {shown:>10}  {finding.verdict}")
        counts = [f"{n} {verdict}" for verdict, n in totals(findings).items() if n]
        print(f"{len(findings)} claims: {', '.join(counts) or 'none'}.")
    for change in changes:
        print(f"humanlike: {change}", file=sys.stderr)
    if changes and missing:
        print("humanlike: 'humanlike build' executes what is missing.", file=sys.stderr)
    return 1 if changes else 0


def pair_notebooks(options: argparse.Namespace) -> int:
    """Write or check the paired notebooks."""
    from humanlike.book.chapters import find_chapters, pair_difference, write_pair
    from humanlike.paths import project_root

    differ = 0
    for chapter in find_chapters(project_root()).values():
        if options.check:
            difference = pair_difference(chapter)
            if difference:
                differ += 1
                print(f"{chapter.name}: {difference}. Run 'humanlike pair'.", file=sys.stderr)
        elif write_pair(chapter):
            print(f"{chapter.name}: wrote {chapter.notebook.name}")
    return 1 if differ else 0
