"""``humanlike batches``: what was handed to a server for later."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any


def register(commands: Any) -> None:
    """Add the command ``batches`` with its actions."""
    parser = commands.add_parser("batches", help="list and cancel what was handed to a server")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listed = actions.add_parser("list", help="batches that have not been fetched")
    listed.set_defaults(func=list_batches)
    cancel = actions.add_parser("cancel", help="have the server stop one; the same query with "
                                "--batch fetches what is answered")  # fmt: skip
    cancel.add_argument("number", type=int, metavar="NUMBER", help="as 'batches list' shows it")
    cancel.set_defaults(func=cancel_batch)
    for action in (listed, cancel):
        action.add_argument("--store", type=Path, metavar="FILE", help="another store than yours")


def list_batches(options: argparse.Namespace) -> int:
    """Print one line per batch."""
    from datetime import UTC, datetime

    from humanlike.store import Store
    from humanlike.store.batches import going_on

    with Store(options.store) as store:
        found = going_on(store)
    for batch in found:
        day = datetime.fromtimestamp(batch.created, UTC).strftime("%Y-%m-%d %H:%M")
        name = batch.name or "not handed over yet"
        print(f"{batch.id:>4}  {day}  {batch.requests:>7,}  {batch.task}  {batch.spec}  {name}")
    if not found:
        print("No batch is going on.")
    return 0


def cancel_batch(options: argparse.Namespace) -> int:
    """Cancel a batch at its server; one that was never handed over is dropped."""
    from humanlike.query.handover import cancel
    from humanlike.store import Store

    with Store(options.store) as store:
        print(cancel(store, options.number))
    return 0
