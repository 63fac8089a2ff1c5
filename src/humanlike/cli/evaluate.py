"""``humanlike evaluate | leaderboard | compare``."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from humanlike.evaluate.compare import Comparison, Row
    from humanlike.evaluate.record import Measured

INTERRUPTED = 130
PROFILES = ("quick", "paper", "thorough")
EXAMPLES = """examples:
  humanlike evaluate encoder:
  humanlike evaluate hf:HuggingFaceTB/SmolLM2-135M-Instruct --dry-run
  humanlike evaluate openai:gpt-4o-mini --tasks ratings --max-cost 5
  humanlike evaluate simulated:space=human,noise=0.2
"""
WISHES = ("n_triplets", "n_words", "seed", "form", "mode", "temperature", "max_tokens",
          "sampling_seed")  # fmt: skip
"""Options of the command that are parameters of chapter 17 too."""
ROBUST = {"triplets": "n_robust", "ratings": "n_robust_words"}
"""Options that say how much of each test the page asks in other ways."""
REACH = ("concurrency", "timeout", "retries", "max_cost", "price_in", "price_out")
SHOWN = {"r2": "R²", "agreement": "agree", "rsa": "RSA", "spearman": "ρ", "similarity": "sim."}


def register(commands: Any) -> None:
    """Add the commands."""
    _add_evaluate(commands)
    board = commands.add_parser("leaderboard", help="all models: published ones, GPT-4o-mini's "
                                "versions and those you evaluated")  # fmt: skip
    board.add_argument("--sort", default="r2", metavar="MEASURE", help="r2 (default), agreement, "
                       "held_out, rsa, spearman, similarity or valid")  # fmt: skip
    board.add_argument("--mine", action="store_true", help="only the models you evaluated")
    out = board.add_mutually_exclusive_group()
    out.add_argument("--csv", type=Path, metavar="FILE", help="write it as a table")
    out.add_argument("--json", action="store_true", help="for machines")
    board.set_defaults(func=show_leaderboard)
    both = commands.add_parser("compare", help="models side by side, with paired intervals")
    both.add_argument("models", nargs="+", metavar="MODEL", help="evaluated models by name, spec "
                      "or id; published models by name; base, qa_ft, nl_ft, en_ft")  # fmt: skip
    both.add_argument("--n-boot", type=int, default=1000, metavar="N", help="resamples "
                      "(default 1,000)")  # fmt: skip
    both.add_argument("--seed", type=int, default=0, metavar="S", help="of the resamples")
    both.add_argument("--json", action="store_true", help="for machines")
    both.set_defaults(func=compare_models)


def _add_evaluate(commands: Any) -> None:
    one = commands.add_parser(
        "evaluate",
        help="put a model through both tests",
        description="Ask Paper B's triplets and Paper A's ratings, measure, add the model to your "
        "leaderboard,\nand write a page. The same command given again goes on where it stopped.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    one.add_argument("model", metavar="MODEL", help="a spec, as for 'humanlike query'")
    one.add_argument("--tasks", type=_names, metavar="A,B", help="triplets, ratings or both "
                     "(default)")  # fmt: skip
    one.add_argument("--profile", choices=PROFILES, default="paper", help="how many resamples "
                     "(default: paper)")  # fmt: skip
    _add_wishes(one.add_argument_group("what is asked and how"))
    _add_reach(one.add_argument_group("how a server is asked"))
    one.add_argument("--store", type=Path, metavar="FILE", help="another store than yours")
    one.add_argument("--no-page", action="store_true", help="measure only")
    one.add_argument("--quiet", action="store_true", help="no progress, only the result")
    out = one.add_mutually_exclusive_group()
    out.add_argument("--dry-run", action="store_true", help="only say what would be done")
    out.add_argument("--json", action="store_true", help="print the result for machines, no page")
    one.set_defaults(func=evaluate_model)


def _add_wishes(group: Any) -> None:
    group.add_argument("--n-triplets", type=int, metavar="N", help="default 35,000")
    group.add_argument("--n-words", type=int, metavar="N", help="only the first N words")
    group.add_argument("--seed", type=int, metavar="S", help="of design and resamples (default 0)")
    group.add_argument("--form", choices=("auto", "chat", "base"), help="chat template, or text to "
                       "be continued (default: what the model has)")  # fmt: skip
    group.add_argument("--mode", choices=("auto", "generate", "score"), help="let it write, or "
                       "score the allowed answers (default: let it write, score if it does not "
                       "answer)")  # fmt: skip
    group.add_argument("--temperature", type=float, metavar="X", help="default: as in the papers")
    group.add_argument("--max-tokens", type=int, metavar="N", help="default 32")
    group.add_argument("--sampling-seed", type=int, metavar="S", help="default 0")
    group.add_argument("--robust", dest="n_robust", type=int, metavar="N", help="triplets the page "
                       "asks in other ways (default 5,000, of a server none)")  # fmt: skip
    group.add_argument("--robust-words", dest="n_robust_words", type=int, metavar="N", help="words "
                       "it has rated in other ways (default 60, of a server none)")  # fmt: skip


def _add_reach(group: Any) -> None:
    group.add_argument("--concurrency", type=int, metavar="N", help="requests at once")
    group.add_argument("--timeout", type=float, metavar="S", help="seconds an attempt may take")
    group.add_argument("--retries", type=int, metavar="N", help="attempts after the first")
    group.add_argument("--max-cost", type=float, metavar="USD", help="stop before more is spent")
    group.add_argument("--price-in", type=float, metavar="USD", help="of a million tokens read")
    group.add_argument("--price-out", type=float, metavar="USD", help="of a million written")


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def evaluate_model(options: argparse.Namespace) -> int:
    """Evaluate, keep the result, print it, and write the page."""
    from humanlike.book.run import run
    from humanlike.cli.query import asked_spec
    from humanlike.evaluate.files import write_evaluation
    from humanlike.evaluate.planned import planned
    from humanlike.evaluate.run import evaluate
    from humanlike.evaluate.verdict import sentences
    from humanlike.paths import project_root
    from humanlike.query.run import Interrupted

    silent = options.quiet or options.json
    spec = asked_spec(options)
    given = {name: getattr(options, name) for name in (*WISHES, *REACH)}
    given |= {"profile": options.profile, "tasks": options.tasks, "store": options.store}
    page = {} if options.no_page or options.json else _page_of(spec, options)
    if options.dry_run:
        planned(
            spec, {test: page.get(name, 0) for test, name in ROBUST.items()}, tell=print, **given
        )
        print("Nothing was asked.")
        return 0
    try:
        found = evaluate(spec, progress=not silent, tell=None if silent else print, **given)
    except Interrupted as stop:
        print("\n".join(stop.result.summary.lines()))
        print("Stopped. The same command goes on from here.")
        return INTERRUPTED
    file = write_evaluation(found)
    if options.json:
        print(found.as_json(), end="")
        return 0
    print("\n".join([f"{found.name} ({found.spec})", *sentences(found)]))
    print(f"kept in {file}")
    if page:
        finished = run("evaluate", _texts(spec, options), options.profile, project_root())
        print(f"Open {finished.page}")
    return 0


def _page_of(spec: str, options: argparse.Namespace) -> dict[str, Any]:
    """Return the parameters of chapter 17 about this model; a wrong one is refused now."""
    from humanlike.book.run import checked
    from humanlike.paths import project_root

    again = [getattr(options, name) for name in ROBUST.values()]
    if _is_server(spec) and None in again:
        print("Other ways of asking are left out for a server; --robust N and --robust-words N "
              "ask them.")  # fmt: skip
    return checked("evaluate", _texts(spec, options), options.profile, project_root())[1]


def _texts(spec: str, options: argparse.Namespace) -> dict[str, str]:
    """Return the chapter's parameters as typed; asked and computed things are not done again."""
    texts = {"model": spec, "observers": "0", "effort": options.profile}
    if _is_server(spec):  # which may cost money: nothing that was not announced
        texts |= dict.fromkeys(ROBUST.values(), "0")
    if options.tasks:
        texts["tasks"] = ",".join(options.tasks)
    for name in (*WISHES, *ROBUST.values()):
        value = getattr(options, name)
        if value is not None:
            texts[name] = str(value)
    if options.store:
        texts["store"] = str(options.store.resolve())
    return texts


def _is_server(spec: str) -> bool:
    return spec.partition(":")[0] == "openai"


def show_leaderboard(options: argparse.Namespace) -> int:
    """Print or export all models, best first."""
    from humanlike.evaluate.leaderboard import HERE, leaderboard, write_csv

    problems: list[str] = []
    table = leaderboard(options.sort, problems=problems)
    for problem in problems:
        print(f"humanlike: {problem}", file=sys.stderr)
    if options.mine:
        table = table[table["source"] == HERE]
    if options.csv:
        write_csv(table, options.csv)
        print(f"{len(table)} models written to {options.csv}")
    elif options.json:
        print(table.to_json(orient="records", indent=1, force_ascii=False))
    else:
        _print_board(table)
        if not (table["source"] == HERE).any():
            print("Nothing evaluated here yet: 'humanlike evaluate MODEL' adds a model.")
    return 0


def _print_board(table: pd.DataFrame) -> None:
    width = max([len(name) for name in table["model"]], default=5)
    heads = "".join(f"{label:>23}" for label in SHOWN.values())
    print(f"{'rank':>4}  {'model':<{width}}{heads}  {'valid':>6}  {'id':<12}")
    for row in table.to_dict("records"):
        rank = "" if row["rank"] != row["rank"] else f"{row['rank']:.0f}"
        cells = "".join(
            f"{_cell(row[name], row[f'{name}_low'], row[f'{name}_high']):>23}" for name in SHOWN
        )
        valid = "" if row["valid"] != row["valid"] else f"{row['valid']:.1%}"
        note = "  simulated data" if row["simulated"] else ""
        line = f"{rank:>4}  {row['model']:<{width}}{cells}  {valid:>6}  {row['id']:<12}{note}"
        print(line.rstrip())


def _cell(value: float, low: float, high: float) -> str:
    if value != value:
        return ""
    return f"{value:.3f}" if low != low else f"{value:.3f} [{low:.3f}, {high:.3f}]"


def compare_models(options: argparse.Namespace) -> int:
    """Print every measure of every pair, and what else differs."""
    from dataclasses import asdict

    from humanlike.evaluate.compare import compare

    found = compare(options.models, n_boot=options.n_boot, seed=options.seed)
    if options.json:
        print(json.dumps(asdict(found), indent=1, ensure_ascii=False))
    else:
        _print_comparison(found)
    for note in found.notes:
        print(f"humanlike: {note}", file=sys.stderr)
    return 0


def _print_comparison(found: Comparison) -> None:
    pairs: dict[tuple[str, str], list[Row]] = {}
    for row in found.rows:
        pairs.setdefault((row.a, row.b), []).append(row)
    for (a, b), rows in pairs.items():
        print(f"{a} minus {b}")
        width = max(len(row.measure) for row in rows)
        for row in rows:
            values = f"{row.value_a:>7.3f} {row.value_b:>7.3f}"
            print(f"  {row.measure:<{width}} {values}  {_gap(row.difference):<28} {row.method}")
    if found.differs:
        print("What else differs")
        width = max(map(len, found.differs))
        for name, shown in found.differs.items():
            print(f"  {name:<{width}}  {' | '.join(shown)}")


def _gap(one: Measured) -> str:
    if one.low is None or one.high is None:
        return f"{one.value:+.3f}"
    return f"{one.value:+.3f} [{one.low:+.3f}, {one.high:+.3f}]"
