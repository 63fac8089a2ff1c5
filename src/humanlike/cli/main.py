"""The command ``humanlike``; heavy imports stand inside the functions that need them."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from typing import Any, NoReturn

from humanlike import __version__
from humanlike.cli import (
    batches,
    book,
    classroom,
    data,
    doctor,
    evaluate,
    finetune,
    pdf,
    plan,
    query,
    responses,
    runs,
    serve,
    sweep,
    teach,
    trust,
)
from humanlike.errors import HumanlikeError

INTERRUPTED = 130


class Parser(argparse.ArgumentParser):
    """argparse with our tone: one line, the nearest command, no usage dump."""

    def error(self, message: str) -> NoReturn:
        """Print one clear message and stop."""
        print(f"{self.prog}: {_plain(message)} See '{self.prog} --help'.", file=sys.stderr)
        raise SystemExit(2)


def _plain(message: str) -> str:
    if "invalid choice: " in message:
        from humanlike.errors import unknown

        came, _, rest = message.partition("invalid choice: ")[2].partition(" (choose from ")
        known = [word.strip().strip("'") for word in rest.rstrip(")").split(",")]
        return unknown("command or value", came.strip("'"), known)
    return message[:1].upper() + message[1:] + "."


def parser() -> argparse.ArgumentParser:
    """Return the parser with every command."""
    top = Parser(
        prog="humanlike",
        description="Build, execute and check the book on human-like representations in language "
        "models.",
    )
    top.add_argument("--version", action="version", version=f"humanlike {__version__}")
    commands: Any = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    book.register(commands)
    pdf.register(commands)
    trust.register(commands)
    data.register(commands)
    query.register(commands)
    batches.register(commands)
    responses.register(commands)
    finetune.register(commands)
    evaluate.register(commands)
    sweep.register(commands)
    runs.register(commands)
    serve.register(commands)
    teach.register(commands)
    classroom.register(commands)
    plan.register(commands)
    doctor.register(commands)
    return top


def main(arguments: list[str] | None = None) -> int:
    """Run the command; problems the user can solve are one message without a traceback.

    Parameters
    ----------
    arguments : list of str, optional
        By default those of the process.

    Returns
    -------
    int
        0 when all went well, 1 for a problem, 2 for wrong usage, 130 after Ctrl-C.
    """
    options = parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return int(options.func(options) or 0)
    except HumanlikeError as error:
        print(f"humanlike: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nhumanlike: stopped; nothing half-done was left.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except MemoryError as error:
        said = f" ({error})" if str(error) else ""
        print(f"humanlike: There is not enough memory for this{said}.", file=sys.stderr)
        return 1
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        print(f"humanlike: {place}{error.strerror or error}.", file=sys.stderr)
        return 1
