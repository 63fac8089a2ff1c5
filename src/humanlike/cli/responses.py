"""``humanlike responses``: what was answered so far, and by whom."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any


def register(commands: Any) -> None:
    """Add the command ``responses`` with its actions."""
    parser = commands.add_parser("responses", help="list, show, export and check stored answers")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")

    listed = actions.add_parser("list", help="what is there, by task, model and settings")
    listed.add_argument("--json", action="store_true", help="for machines")
    listed.set_defaults(func=list_responses)

    show = actions.add_parser("show", help="one answer with its prompt and what produced it")
    show.add_argument("key", metavar="KEY", help="beginning of its key")
    show.set_defaults(func=show_response)

    out = actions.add_parser("export", help="write answers to FILE.jsonl or FILE.parquet")
    out.add_argument("file", type=Path, metavar="FILE")
    out.add_argument("--model", default="", metavar="SPEC", help="only this model's")
    out.add_argument("--task", default="", help="only this task's")
    out.set_defaults(func=export_responses)

    into = actions.add_parser("import", help="bring answers from an exported FILE.jsonl")
    into.add_argument("file", type=Path, metavar="FILE")
    into.set_defaults(func=import_responses)

    check = actions.add_parser("verify", help="check every page, checksum and key")
    check.add_argument("--repair", action="store_true", help="save what can be read of a damaged "
                       "store into a new one")  # fmt: skip
    check.set_defaults(func=verify_responses)
    for action in (listed, show, out, into, check):
        action.add_argument("--store", type=Path, metavar="FILE", help="another store than yours")


def list_responses(options: argparse.Namespace) -> int:
    """Print one line per task, model and settings."""
    import json
    from dataclasses import asdict
    from datetime import UTC, datetime

    from humanlike.store import Store
    from humanlike.store.overview import groups

    with Store(options.store) as store:
        found, path = groups(store), store.path
    if options.json:
        print(json.dumps([asdict(group) for group in found], indent=1, ensure_ascii=False))
        return 0
    for group in found:
        day = datetime.fromtimestamp(group.last, UTC).strftime("%Y-%m-%d %H:%M")
        mode = group.settings.get("mode", "")
        bad = f"  {group.problems:,} problems" if group.problems else ""
        print(f"{day}  {group.answers:>9,}  {group.task:<9} {mode:<9} {group.spec}{bad}")
    print(f"{sum(group.answers for group in found):,} answers in {path}")
    return 0


def show_response(options: argparse.Namespace) -> int:
    """Print every answer whose key begins so."""
    import json

    from humanlike.store import Store
    from humanlike.store.overview import find

    with Store(options.store) as store:
        print(json.dumps(find(store, options.key), indent=1, ensure_ascii=False))
    return 0


def export_responses(options: argparse.Namespace) -> int:
    """Write answers to a file."""
    from humanlike.store import Store
    from humanlike.store.transfer import export

    with Store(options.store) as store:
        count = export(store, options.file, options.model, options.task)
    print(f"{count:,} answers written to {options.file}")
    return 0


def import_responses(options: argparse.Namespace) -> int:
    """Bring answers from a file."""
    from humanlike.store import Store
    from humanlike.store.transfer import load

    with Store(options.store) as store:
        done = load(store, options.file)
    print(
        f"{done.new:,} new answers, {done.known:,} were here already"
        + (f", {done.different:,} differ from those here, which stay" if done.different else "")
    )
    return 0


def verify_responses(options: argparse.Namespace) -> int:
    """Check the store; 1 when something is wrong and was not repaired."""
    from humanlike.store.store import default_path
    from humanlike.store.verify import repair, verify

    path = options.store or default_path()
    if options.repair:
        done = repair(path)
        print(f"{done.saved:,} answers saved. The damaged file is kept as {done.kept}")
        return 0
    report = verify(path)
    for problem in report.problems:
        print(f"humanlike: {problem}", file=sys.stderr)
    if report.problems:
        print("humanlike: 'humanlike responses verify --repair' saves all that can be read.",
              file=sys.stderr)  # fmt: skip
        return 1
    print(f"{report.answers:,} answers, all whole, in {path}")
    return 0
