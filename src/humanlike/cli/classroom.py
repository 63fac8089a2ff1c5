"""``humanlike classroom | slides``: questions to the class, a pack for students, slides."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from humanlike.classroom.questions import Lesson

HERE = "127.0.0.1"
N, CONCEPTS = 60, 32


def register(commands: Any) -> None:
    """Add the command ``classroom`` with its actions."""
    parser = commands.add_parser("classroom", help="a pack for a class, and questions it answers")
    _add_pack(parser)
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    _add_serve(actions)
    _add_results(actions)
    gone = actions.add_parser("erase", help="delete the answers of one person")
    gone.add_argument("code", metavar="CODE", help="the code that the person was shown")
    _add_name(gone)
    gone.set_defaults(func=erase)
    plan = actions.add_parser("rehearse", help="what so many people would give, by simulation")
    plan.add_argument("--people", type=int, default=20, metavar="N", help="default: 20")
    plan.add_argument("--agree", type=float, default=0.7, metavar="SHARE",
                      help="how often two people agree (default: 0.7)")  # fmt: skip
    _add_lesson(plan)
    plan.set_defaults(func=rehearse)
    slides = commands.add_parser("slides", help="write one deck of slides per part of the book")
    slides.add_argument("--out", type=Path, metavar="FOLDER", help="default: _build/slides")
    slides.set_defaults(func=write_slides)


def _add_pack(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, metavar="FILE.zip", help="write the pack for students")
    parser.add_argument("--check", type=Path, metavar="FILE.zip", help="check a pack")
    parser.add_argument("--with-data", action="store_true", help="include data that may not be "
                        "passed on, for use in class only")  # fmt: skip
    parser.add_argument("--wheels", action="store_true", help="include every Python package, for "
                        "machines like this one (several GB)")  # fmt: skip
    parser.add_argument("--no-model", action="store_true", help="leave out the small model (90 MB)")
    parser.set_defaults(func=make_pack)


def _add_serve(actions: Any) -> None:
    serve = actions.add_parser("serve", help="show the page on which the class answers")
    serve.add_argument("--host", default=HERE, metavar="ADDRESS", help="0.0.0.0 lets telephones "
                       f"and laptops in (default: {HERE}, this machine only)")  # fmt: skip
    serve.add_argument("--port", type=int, default=8321, metavar="N", help="default: 8321")
    _add_lesson(serve)
    _add_name(serve)
    serve.set_defaults(func=serve_class)


def _add_results(actions: Any) -> None:
    found = actions.add_parser("results", help="agreement, ceiling, R² of the class and of models")
    found.add_argument("--json", action="store_true", help="everything, for machines")
    found.add_argument("--csv", type=Path, metavar="FILE", help="write every answer, without codes")
    found.set_defaults(func=show_results)

    page = actions.add_parser("page", help="write the page that shows the class its results")
    page.add_argument("--out", type=Path, metavar="FILE", help="default: beside the answers")
    page.set_defaults(func=write_page)
    for action in (found, page):
        action.add_argument(
            "--model", action="append", metavar="SPEC",
            help="put the class's questions to this model too; repeatable (default: encoder:)",
        )  # fmt: skip
        action.add_argument(
            "--attentive", action="store_true",
            help="leave out people who missed a question with an obvious answer",
        )  # fmt: skip
        _add_name(action)


def _add_name(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--name", default="class", help="which class (default: class)")


def make_pack(options: argparse.Namespace) -> int:
    """Write or check the pack; 1 when a pack is not as it should be."""
    import sys

    from humanlike.classroom.pack import check, pack
    from humanlike.errors import HumanlikeError
    from humanlike.paths import project_root

    if options.check:
        problems = check(options.check)
        for problem in problems:
            print(f"humanlike: {problem}", file=sys.stderr)
        print(f"{options.check}: {'not as packed' if problems else 'whole, without solutions'}")
        return 1 if problems else 0
    if not options.out:
        raise HumanlikeError(
            "Say what to do: --out class.zip, --check class.zip, or one of serve, results, page, "
            "erase, rehearse."
        )
    done = pack(project_root(), options.out, with_data=options.with_data, wheels=options.wheels,
                model=not options.no_model)  # fmt: skip
    print(f"{done.files:,} files, {done.bytes / 1e6:.0f} MB, in {done.path} "
          f"({done.path.stat().st_size / 1e6:.0f} MB)")  # fmt: skip
    for one in done.left_out:
        print(f"Not in it: {one}")
    return 0


def _add_lesson(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--n", type=int, metavar="N", help=f"questions per person (default: {N})")
    parser.add_argument("--concepts", type=int, metavar="N", help="how many of the 128 concepts "
                        f"(default: {CONCEPTS})")  # fmt: skip
    parser.add_argument("--seed", type=int, metavar="N", help="of all that is drawn (default: 0)")


def _lesson(options: argparse.Namespace) -> Lesson:
    from humanlike.classroom.questions import Lesson, choose_concepts
    from humanlike.data.published import load_concepts

    table, seed = load_concepts(), options.seed or 0
    n = options.concepts or CONCEPTS
    names = choose_concepts(list(table["concept"]), list(table["category"]), n, seed)
    return Lesson(names, options.n or N, seed)


def serve_class(options: argparse.Namespace) -> int:
    """Answer the class until Ctrl-C, and say how it goes."""
    from humanlike.classroom.answers import Answers, place_of
    from humanlike.classroom.server import SHOW_AT, open_class

    path = place_of(options.name)
    wanted = (options.n, options.concepts, options.seed) != (None, None, None)
    lesson = None if path.is_file() and not wanted else _lesson(options)
    answers = Answers(path, lesson)
    app = open_class(answers, options.name, options.host, options.port)
    people, given = answers.counts()
    print(
        f"{_code(app.address)}The class answers at  {app.address}\n"
        f"To be projected       {app.address}{SHOW_AT}\n"
        f"{answers.lesson.n} questions about {len(answers.lesson.concepts)} concepts. Here "
        f"already: {given:,} answers from {people} taking part, in {path}\n"
        "Ctrl-C ends it; the same command goes on.",
        flush=True,
    )
    app.serve()
    people, given = answers.counts()
    print(
        f"\n{given:,} answers from {people} taking part. 'humanlike classroom page' shows what "
        "they give."
    )
    return 0


def _code(address: str) -> str:
    """The address for the cameras of telephones, or why there is none."""
    import sys

    from humanlike.classroom.poster import ALONE, as_text, reachable

    return as_text(address, sys.stdout) if reachable(address) else f"{ALONE}\n"


def _found(options: argparse.Namespace) -> Any:
    from humanlike.classroom.answers import Answers, place_of
    from humanlike.classroom.results import results

    answers = Answers(place_of(options.name))
    models = options.model or ["encoder:"]
    return results(answers.table(), answers.lesson, models, attentive=options.attentive,
                   missing="simulate")  # fmt: skip


def show_results(options: argparse.Namespace) -> int:
    """Print what the answers give, or write the answers themselves."""
    import json

    if options.csv:
        from humanlike.classroom.answers import Answers, place_of

        answers = Answers(place_of(options.name))
        table, names = answers.table(), answers.lesson.concepts
        for column in ("anchor", "chosen", "other"):
            table[column] = [names[place] for place in table[column]]
        table.to_csv(options.csv, index=False)
        print(f"{len(table):,} answers written to {options.csv}, without codes")
        return 0
    found = _found(options)
    if options.json:
        print(json.dumps(found.as_dict(), indent=1, ensure_ascii=False))
        return 0
    print(found.text())
    return 0


def write_page(options: argparse.Namespace) -> int:
    """Write the page of results."""
    from humanlike.classroom.answers import place_of
    from humanlike.classroom.report import leaderboard_limits, report

    out = options.out or place_of(options.name).with_suffix(".html")
    text = report(_found(options), leaderboard_limits())
    out.write_text(text, encoding="utf-8")
    print(f"Open {out}")
    return 0


def erase(options: argparse.Namespace) -> int:
    """Delete the answers of one person."""
    from humanlike.classroom.answers import Answers, place_of

    count = Answers(place_of(options.name)).erase(options.code.strip())
    print(f"Deleted: {count} answers and the code. Pages written before still show what they gave.")
    return 0


def rehearse(options: argparse.Namespace) -> int:
    """Print what classes of several sizes would give."""
    from humanlike.classroom.results import expected_for

    table = expected_for(_lesson(options), options.people, options.agree)
    print(f"Simulated classes in which two people agree in {options.agree:.0%} of the questions:\n"
          "people  answers  dimensions  R² if they think as THINGS says  R² at random")  # fmt: skip
    for one in table.itertuples(index=False):
        print(f"{one.people:>6}  {one.answers:>7,}  {one.dimensions:>10}  {one.r2:>31.2f}  "
              f"{one.random:>12.2f}")  # fmt: skip
    return 0


def write_slides(options: argparse.Namespace) -> int:
    """Write one deck per part."""
    from humanlike.classroom.deck import write_decks
    from humanlike.paths import project_root

    root = project_root()
    for file in write_decks(root, options.out or root / "_build" / "slides"):
        print(f"Open {file}")
    return 0
