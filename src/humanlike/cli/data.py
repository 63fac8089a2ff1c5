"""``humanlike data``: which data exist, bring them here, check them, say where they lie."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from humanlike.data.fetch import FileState
    from humanlike.data.registry import Dataset

MEGABYTE = 1e6


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command ``data`` with its actions ``list``, ``fetch``, ``verify`` and ``where``."""
    parser = subparsers.add_parser("data", help="list, fetch and check the published data")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")

    show = actions.add_parser("list", help="which data sets exist, and which are here")
    show.add_argument("--json", action="store_true", help="print JSON instead of a table")
    show.set_defaults(func=list_data)

    get = actions.add_parser("fetch", help="download what is not here yet, and check it")
    get.add_argument("ids", nargs="*", metavar="ID", help="data sets, as 'data list' names them")
    get.add_argument("--all", action="store_true", help="every data set")
    get.add_argument("--quiet", action="store_true", help="no progress bar")
    get.set_defaults(func=fetch_data)

    check = actions.add_parser("verify", help="hash every local copy again (exit 1 if one is bad)")
    check.add_argument("ids", nargs="*", metavar="ID", help="data sets; all by default")
    check.set_defaults(func=verify_data)

    place = actions.add_parser("where", help="in which folder each file lies")
    place.add_argument("ids", nargs="*", metavar="ID", help="data sets; all by default")
    place.set_defaults(func=where_data)


def list_data(args: argparse.Namespace) -> int:
    """Print every data set with its size, licence, chapters and where it is."""
    from humanlike.data.fetch import where
    from humanlike.data.registry import select

    rows = [_row(data, where(data.id)) for data in select()]
    if args.json:
        import json

        print(json.dumps(rows, indent=2, ensure_ascii=False))
        return 0
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for name in ("id", "files", "MB"):
        table.add_column(name, no_wrap=True, justify="left" if name == "id" else "right")
    for name in ("here", "licence", "chapters"):
        table.add_column(name, overflow="fold")
    for row in rows:
        cells = [row["id"], str(row["files"]), f"{row['megabytes']:.1f}", row["status"]]
        table.add_row(*cells, row["licence"], ", ".join(row["chapters"]))
    Console().print(table)
    return 0


def fetch_data(args: argparse.Namespace) -> int:
    """Fetch the named data sets, or all of them, and say where they are."""
    from humanlike.data.fetch import fetch
    from humanlike.data.registry import load_registry
    from humanlike.errors import HumanlikeError

    if args.all == bool(args.ids):
        known = ", ".join(load_registry())
        raise HumanlikeError(f"Name data sets to fetch, or say --all, not both. Known: {known}.")
    found = fetch(args.ids or None, progress=not args.quiet)
    for name, paths in found.items():
        print(f"{name}: {len(paths)} files here and verified")
    return 0


def verify_data(args: argparse.Namespace) -> int:
    """Hash every local copy; name those that are bad or missing and return 1 if there are any."""
    from humanlike.data.fetch import verify
    from humanlike.data.registry import select

    states = verify(args.ids or None)
    for state in states:
        if state.path is None:
            print(f"missing  {state.dataset}  {state.file.path}")
        elif not state.ok:
            print(
                f"wrong    {state.dataset}  {state.path}\n"
                f"         expected sha256 {state.file.sha256}\n"
                f"         found           {state.found}"
            )
    for data in select(args.ids or None):
        own = [state for state in states if state.dataset == data.id]
        print(f"{data.id}: {sum(state.ok for state in own)} of {len(own)} files good")
    return 0 if all(state.ok for state in states) else 1


def where_data(args: argparse.Namespace) -> int:
    """Print, for each file, its source and its place on this machine."""
    from humanlike.data.fetch import cache_path, where

    for state in where(args.ids or None):
        place = state.path or f"not here; would be kept at {cache_path(state.file)}"
        print(f"{state.dataset}  {state.file.path}  [{state.source}]  {place}")
    return 0


def _row(data: Dataset, states: Sequence[FileState]) -> dict[str, Any]:
    return {
        "id": data.id,
        "title": data.title,
        "files": len(data.files),
        "megabytes": round(data.bytes / MEGABYTE, 3),
        "licence": data.licence,
        "chapters": list(data.chapters),
        "citation": data.citation,
        "status": _status(states),
    }


def _status(states: Sequence[FileState]) -> str:
    """``present`` (in the cache), ``mirror``, ``missing``, or how many files are here."""
    here = [state.source for state in states if state.path is not None]
    if not here:
        return "missing"
    if len(here) < len(states):
        return f"{len(here)} of {len(states)}"
    return "mirror" if any(source.startswith("mirror") for source in here) else "present"
