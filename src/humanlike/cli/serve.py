"""``humanlike serve | lab``."""

from __future__ import annotations

import argparse
from typing import Any

PORT = 8717
LAB_PORT = 8888


def register(commands: Any) -> None:
    """Add the commands that open something in a browser."""
    serve = commands.add_parser("serve", help="the book with a button that runs its chapters")
    serve.add_argument("--port", type=int, default=PORT, help=f"0 takes any free one; "
                       f"default: {PORT}")  # fmt: skip
    serve.add_argument("--host", default="127.0.0.1", metavar="ADDRESS", help="listen at this "
                       "address; default: reachable from this machine only")  # fmt: skip
    serve.add_argument("--no-browser", action="store_true", help="only print the address")
    serve.set_defaults(func=serve_book)
    lab = commands.add_parser("lab", help="open a chapter as a notebook in JupyterLab")
    lab.add_argument("chapter", nargs="?", metavar="CHAPTER")
    lab.add_argument("--port", type=int, default=LAB_PORT, help=f"default: {LAB_PORT}")
    lab.add_argument("--no-browser", action="store_true", help="only print the address")
    lab.set_defaults(func=open_lab)


def serve_book(options: argparse.Namespace) -> int:
    """Serve the book and run its chapters until Ctrl-C."""
    from humanlike.paths import project_root
    from humanlike.web.serve import serve

    browser = not options.no_browser
    serve(project_root(), host=options.host, port=options.port, browser=browser)
    return 0


def open_lab(options: argparse.Namespace) -> int:
    """Become JupyterLab, which ends with Ctrl-C."""
    import os

    from humanlike.book.lab import command, environment
    from humanlike.paths import project_root

    root = project_root()
    words = command(root, options.chapter, port=options.port, browser=not options.no_browser)
    os.execve(words[0], words, os.environ | environment(root))  # noqa: S606
