"""``humanlike links | verify | release``."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from humanlike.book.chapters import PROFILES

if TYPE_CHECKING:
    from humanlike.trust.links import Links
    from humanlike.trust.online import Answer


def register(commands: Any) -> None:
    """Add the commands."""
    links = commands.add_parser(
        "links",
        help="check every link of the built book",
        description="Follow every link, anchor, image and download of the built pages, without a "
        "network. Returns 1 when one leads nowhere.",
    )
    links.add_argument("--online", action="store_true", help="also ask other hosts whether what "
                       "the book links to is there; answers are kept for a week")  # fmt: skip
    links.add_argument("--fresh", action="store_true", help="with --online: ask all of them again")
    links.add_argument("--list", action="store_true", help="print the addresses of other hosts")
    links.add_argument("--json", action="store_true", help="for machines")
    links.set_defaults(func=check_links)
    _add_verify(commands)
    release = commands.add_parser(
        "release",
        help="pack the built book with manifest and checksums",
        description="Pack pages, PDF, notebooks with results, recorded values, ledger and record "
        "of verification into one archive. The same build gives the same bytes.",
    )
    release.add_argument("--out", type=Path, metavar="FOLDER", help="default: _build/release")
    release.add_argument("--check", type=Path, metavar="FILE", help="compare an archive with its "
                         "manifest instead")  # fmt: skip
    release.set_defaults(func=pack_release)


def _add_verify(commands: Any) -> None:
    verify = commands.add_parser(
        "verify",
        help="derive the ledger anew from a clean state and sign it off",
        description="Execute all chapters with nothing kept within reach, judge all claims, and "
        "write what is signed off and what is not. Returns 1 when a chapter that was asked for "
        "failed or had no real data, or a verdict differs from the committed one. A verification "
        "that is stopped leaves nothing and begins again from the start.",
    )
    verify.add_argument("--only", metavar="CHAPTER", help="this chapter alone")
    verify.add_argument("--profile", choices=PROFILES, default="quick", help="default: quick")
    verify.add_argument("--jobs", type=int, metavar="N", help="chapters at once (default: cores)")
    verify.add_argument("--out", type=Path, metavar="FOLDER", help="default: _build/verify")
    verify.add_argument("--fresh-environment", action="store_true", help="install requirements.txt "
                        "into a new environment and verify there (needs a network)")  # fmt: skip
    verify.add_argument("--inside-fresh-environment", action="store_true", help=argparse.SUPPRESS)
    verify.set_defaults(func=verify_ledger)


def verify_ledger(options: argparse.Namespace) -> int:
    """Verify, write the record, and say what is signed off."""
    from humanlike.parallel import cores
    from humanlike.paths import project_root
    from humanlike.trust import record as records
    from humanlike.trust.verify import verify

    root = project_root()
    folder = options.out or root / records.FOLDER
    if options.fresh_environment:
        return _verify_fresh(root, folder, options)
    jobs = cores() if options.jobs is None else options.jobs
    earlier = records.read_record(folder / records.NAME)
    record = verify(
        root, profile=options.profile, only=options.only, jobs=jobs,
        fresh=options.inside_fresh_environment,
    )  # fmt: skip
    if earlier:
        record["compared_with"] = records.compare(earlier, record)
    records.write_record(record, folder)
    print(records.as_text(record).partition("\n\nLedger")[0])
    print(f"\nAll of it: {folder / records.TEXT}, for machines: {folder / records.NAME}")
    return 1 if records.problems(record) else 0


def _verify_fresh(root: Path, folder: Path, options: argparse.Namespace) -> int:
    from humanlike.trust.environment import INSIDE, run_fresh

    arguments = ["verify", INSIDE, "--profile", options.profile, "--out", str(folder.resolve())]
    arguments += ["--only", options.only] if options.only else []
    arguments += ["--jobs", str(options.jobs)] if options.jobs is not None else []
    return run_fresh(root, arguments)


def check_links(options: argparse.Namespace) -> int:
    """Check the links and report."""
    from humanlike.book.built import PAGES
    from humanlike.paths import home, project_root
    from humanlike.trust.links import check_links as check
    from humanlike.trust.online import check_online

    found = check(project_root() / PAGES)
    answers: list[Answer] = []
    if options.online:
        answers = check_online(
            found.external, home() / "cache" / "links.json", fresh=options.fresh,
            tell=lambda address: print(f"  asking {address}", file=sys.stderr),
        )  # fmt: skip
    if options.json:
        _print_json(found, answers)
    else:
        _print_links(found, answers, options.list)
    return 1 if found.broken or any(a.state == "gone" for a in answers) else 0


def _print_json(found: Links, answers: list[Answer]) -> None:
    broken = [vars(one.use) | {"why": one.why} for one in found.broken]
    online = {a.address: {"state": a.state, "said": a.said} for a in answers}
    report = {"pages": found.pages, "checked": found.checked, "broken": broken,
              "external": found.external, "online": online}  # fmt: skip
    print(json.dumps(report, indent=1, ensure_ascii=False))


def _print_links(found: Links, answers: list[Answer], listed: bool) -> None:
    for one in found.broken:
        print(f"broken     {one}")
    for answer in answers:
        if answer.state != "ok":
            pages = ", ".join(found.external[answer.address][:3])
            print(f"{answer.state:<10} {answer.address}: {answer.said} (on {pages})")
    if listed:
        print("\n".join(found.external))
    print(f"{found.pages} pages, {found.checked} addresses inside the book, "
          f"{len(found.broken)} broken.")  # fmt: skip
    states = [a.state for a in answers]
    asked = ", ".join(f"{states.count(s)} {s}" for s in ("ok", "gone", "undecided"))
    print(f"{len(found.external)} addresses of other hosts"
          + (f": {asked}." if answers else "; --online asks for them."))  # fmt: skip


def pack_release(options: argparse.Namespace) -> int:
    """Pack a release, or check one."""
    if options.check:
        return _check_release(options.check)
    from humanlike.paths import project_root
    from humanlike.trust.release import release

    root = project_root()
    packed = release(root, options.out or root / "_build" / "release")
    for part, why in packed.left_out.items():
        print(f"humanlike: without {part}: {why}", file=sys.stderr)
    size = packed.file.stat().st_size / 1e6
    print(
        f"{packed.sha256}  {packed.file.name}\n{packed.files} files, {size:.1f} MB: {packed.file}"
    )
    return 0


def _check_release(file: Path) -> int:
    from humanlike.data.digest import sha256_of
    from humanlike.trust.archive import check

    count, problems = check(file)
    for problem in problems:
        print(f"humanlike: {problem}", file=sys.stderr)
    print(f"{sha256_of(file)}  {file.name}\n{count} files agree with the manifest, "
          f"{len(problems)} do not.")  # fmt: skip
    return 1 if problems else 0
