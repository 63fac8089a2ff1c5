"""``humanlike sweep``: many models through the tests, on one machine or many."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from humanlike.sweep.journal import Entry
    from humanlike.sweep.listing import Cell

INTERRUPTED = 130
EXAMPLES = """examples:
  humanlike sweep models.yml --dry-run
  humanlike sweep models.yml --workers 4
  humanlike sweep models.yml --scheduler tcp://node:8786
  humanlike sweep models.yml --status
"""


def register(commands: Any) -> None:
    """Add the command ``sweep``."""
    parser = commands.add_parser(
        "sweep",
        help="evaluate many models, on one machine or many",
        description="Evaluate every model of a list. One that fails does not stop the others. The "
        "same\ncommand given again does what is left.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("list", type=Path, metavar="LIST", help="YAML file of models and settings")
    parser.add_argument("--workers", type=int, metavar="N", help="processes (default: one for each "
                        "graphics card; without one, as many as cores)")  # fmt: skip
    parser.add_argument("--threads", type=int, default=1, metavar="N", help="of each process "
                        "(default 1)")  # fmt: skip
    parser.add_argument("--scheduler", default="", metavar="ADDRESS", help="workers of this Dask "
                        "scheduler instead, or local:N")  # fmt: skip
    parser.add_argument("--retry-failed", action="store_true", help="try again what failed, or "
                        "was done on simulated data")  # fmt: skip
    parser.add_argument("--status", action="store_true", help="only show how far it is")
    parser.add_argument("--dry-run", action="store_true", help="only say what would be asked")
    parser.add_argument("--store", type=Path, metavar="FILE", help="another store than yours")
    parser.add_argument("--quiet", action="store_true", help="no progress, only the table")
    parser.add_argument("--json", action="store_true", help="print the table for machines")
    parser.set_defaults(func=run_sweep)


def run_sweep(options: argparse.Namespace) -> int:
    """Evaluate what is left, and print the table; 1 if something failed."""
    from humanlike.sweep.run import open_sweep, sweep

    if options.dry_run:
        return _preview(options)
    if options.status:
        return _print(open_sweep(options.list).rows(), options, whole=True)
    try:
        rows = sweep(
            options.list,
            workers=default_workers() if options.workers is None else options.workers,
            scheduler=options.scheduler,
            threads=options.threads,
            retry_failed=options.retry_failed,
            store=options.store,
            progress=not (options.quiet or options.json),
        )
    except KeyboardInterrupt:
        _print(open_sweep(options.list).rows(), options, whole=False)
        print("Stopped; every answer that had come is kept. The same command goes on from here.")
        return INTERRUPTED
    return _print(rows, options, whole=False)


def default_workers() -> int:
    """Return one worker for each graphics card; without one, as many as cores."""
    from humanlike.parallel import cards, cores

    return len(cards()) or cores()


def _print(rows: Sequence[tuple[Cell, Entry]], options: argparse.Namespace, whole: bool) -> int:
    from humanlike.sweep.table import lines

    if options.json:
        print(json.dumps([{"label": cell.label, "spec": cell.spec} | asdict(entry)
                          for cell, entry in rows], indent=1, ensure_ascii=False))  # fmt: skip
    else:
        print("\n".join(lines(rows, whole)))
    return int(any(entry.state == "failed" for _, entry in rows))


def _preview(options: argparse.Namespace) -> int:
    """Say what would be asked of each model, and of all."""
    from humanlike.sweep.preview import preview, total
    from humanlike.sweep.run import open_sweep

    found = []
    for cell, entry in open_sweep(options.list).rows():
        if entry.state == "done":
            continue
        found.append(preview(cell, options.store))
        if not options.json:
            print(found[-1].line(), flush=True)
    if options.json:
        print(json.dumps([asdict(one) for one in found], indent=1, ensure_ascii=False))
    else:
        print("\n".join(total(found)), "Nothing was asked.", sep="\n")
    return 0
