"""``humanlike exercises | check``."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from humanlike.errors import HumanlikeError


def register(commands: Any) -> None:
    """Add the commands to the parser."""
    show = commands.add_parser("exercises", help="list exercises, or write a notebook to work in")
    show.add_argument("name", nargs="?", metavar="CHAPTER|SESSION", help="default: all chapters")
    show.add_argument("--out", type=Path, metavar="FILE.ipynb", help="write the notebook")
    show.add_argument("--seal", action="store_true", help="execute the solutions and write what "
                      "answers are checked by")  # fmt: skip
    show.set_defaults(func=show_exercises)
    check = commands.add_parser("check", help="check the answers in a student's notebook")
    check.add_argument("name", metavar="CHAPTER|SESSION")
    check.add_argument("notebook", nargs="?", type=Path, metavar="NOTEBOOK",
                       help="default: my_NAME.ipynb")  # fmt: skip
    check.add_argument("--seconds", type=float, default=300, metavar="S", help="time limit for the "
                       "whole notebook (default: 300)")  # fmt: skip
    check.add_argument("--json", action="store_true", help="for machines")
    check.set_defaults(func=check_notebook)


def show_exercises(options: argparse.Namespace) -> int:
    """List exercises, write a notebook, or seal answers."""
    from humanlike.book.chapters import find_chapters
    from humanlike.paths import project_root
    from humanlike.teach.sessions import gather
    from humanlike.teach.source import exercises, strays
    from humanlike.teach.workbook import workbook, write

    root = project_root()
    chapters = list(find_chapters(root))
    stray = strays(root, chapters)
    if stray:
        raise HumanlikeError(f"book/exercises/{stray[0]}: there is no chapter of that name.")
    if options.seal:
        return _seal([options.name] if options.name else chapters, root)
    if options.out:
        if not options.name:
            raise HumanlikeError(
                "--out needs a chapter or session: humanlike exercises rsa --out …"
            )
        found = gather(options.name, root)
        write(workbook(options.name, found), options.out)
        minutes = sum(one.minutes for one in found)
        print(f"Wrote {options.out}: {len(found)} exercises, {minutes} minutes.\n"
              f"Work in it, then: humanlike check {options.name} {options.out}")  # fmt: skip
        return 0
    each = [gather(options.name, root)] if options.name else [exercises(c, root) for c in chapters]
    for found in each:
        for one in found:
            print(
                f"{one.id:<28} {one.kind:<10} {one.minutes:>3} min  level {one.level}  {one.title}"
            )
    return 0


def _seal(chapters: list[str], root: Path) -> int:
    from humanlike.teach.seal import seal, write
    from humanlike.teach.solve import solve
    from humanlike.teach.source import exercises

    for chapter in chapters:
        found = exercises(chapter, root)
        if found:
            changed = write(chapter, seal(found, solve(found)), root)
            print(f"{chapter}: {'sealed' if changed else 'unchanged'}, {len(found)} exercises")
    return 0


def check_notebook(options: argparse.Namespace) -> int:
    """Check a notebook; 0 if everything a program can check is right."""
    from humanlike.paths import project_root
    from humanlike.teach.marking import finished, mark, summary
    from humanlike.teach.sessions import gather

    if options.seconds <= 0:
        raise HumanlikeError(f"--seconds is {options.seconds:g}; give a time above 0.")
    root = project_root()
    found = gather(options.name, root)
    file = options.notebook or Path(f"my_{options.name}.ipynb")
    if not options.json:
        print(f"Executing {file} …", file=sys.stderr)
    verdicts = mark(found, file, root, options.seconds)
    if options.json:
        print(json.dumps([asdict(v) for v in verdicts], indent=1, ensure_ascii=False))
    else:
        print("\n".join(map(str, [*verdicts, summary(verdicts)])))
    return 0 if finished(verdicts) else 1
