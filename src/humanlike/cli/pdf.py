"""``humanlike pdf``: the book as one file."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from humanlike.book.chapters import PROFILES


def register(commands: Any) -> None:
    """Add the command ``pdf``."""
    parser = commands.add_parser(
        "pdf",
        help="the whole book as one PDF",
        description="Build what changed, then print the whole book with the Chromium of this "
        "machine. Works without a network. Returns 1 when something is wider than its page.",
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="default: _build/humanlike.pdf")
    parser.add_argument("--code", action="store_true", help="print folded code too")
    parser.add_argument("--profile", choices=PROFILES, default="quick", help="of the build; "
                        "default: quick")  # fmt: skip
    parser.add_argument("--as-built", action="store_true", help="print the pages as they are")
    parser.set_defaults(func=print_book)


def print_book(options: argparse.Namespace) -> int:
    """Build, print, and say where the file is."""
    from humanlike.book.build import build
    from humanlike.paths import project_root
    from humanlike.pdf.make import make_pdf
    from humanlike.teach.page import endings

    root = project_root()
    if not options.as_built:
        report = build(root, endings=endings("student", root), profile=options.profile)
        for failure in report.failures:
            print(f"humanlike: {failure}", file=sys.stderr)
        if report.failures:
            return 1
    print("  printing …", file=sys.stderr)
    printed = make_pdf(root, options.out, code=options.code)
    for one in printed.overfull:
        print(f"humanlike: wider than its page: {one}", file=sys.stderr)
    print(f"{printed.pages} pages, {printed.file.stat().st_size / 1e6:.1f} MB.\n"
          f"Open {printed.file}")  # fmt: skip
    return 1 if printed.overfull else 0
