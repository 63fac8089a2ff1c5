"""``humanlike query``: put a task to a model and keep every answer."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from humanlike.query.run import Result

INTERRUPTED = 130
TASKS = ("triplets", "ratings", "qa")
DESIGNS = ("random", "counterbalanced", "exhaustive")
PLAN = ("n", "seed", "design", "held_out", "language", "dimensions", "part", "shuffle")
EXAMPLES = """examples:
  humanlike query triplets encoder:
  humanlike query triplets hf:HuggingFaceTB/SmolLM2-135M-Instruct --mode score
  humanlike query triplets hf:EleutherAI/pythia-70m@main,dtype=bfloat16 --form base --n 1000
  humanlike query ratings hf:./folder,device=cuda:1,tokens=32768
  humanlike query qa simulated:noise=0.2 --shuffle --dry-run
"""
ASK = (
    "mode",
    "temperature",
    "default_sampling",
    "top_p",
    "max_tokens",
    "sampling_seed",
    "top_logprobs",
    "form",
    "trials",
    "limit",
    "store",
    "dry_run",
    "batch",
    "wait",
    "concurrency",
    "timeout",
    "retries",
    "max_cost",
    "price_in",
    "price_out",
)


def register(commands: Any) -> None:
    """Add the command ``query``."""
    parser = commands.add_parser(
        "query",
        help="put a task to a model",
        description="Ask what has not been answered yet, keep every answer, and sum up.\nThe same "
        "command given again goes on where it stopped.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("task", choices=TASKS, metavar="TASK", help=", ".join(TASKS))
    parser.add_argument("model", metavar="MODEL", help="encoder:, hf:NAME[@REVISION], "
                        "hf:FOLDER,dtype=bfloat16, openai:NAME, openai:NAME@URL, "
                        "simulated:noise=0.1, replay:FILE")  # fmt: skip
    _add_plan(parser.add_argument_group("what is asked"))
    _add_settings(parser.add_argument_group("how it is answered"))
    _add_server(parser.add_argument_group("how a server is asked"))
    parser.add_argument("--limit", type=int, metavar="N", help="ask at most N prompts now")
    parser.add_argument("--store", type=Path, metavar="FILE", help="another store than yours")
    parser.add_argument("--dry-run", action="store_true", help="only say what would be done")
    parser.add_argument("--quiet", action="store_true", help="no progress, only the summary")
    parser.add_argument("--json", action="store_true", help="print the summary for machines")
    parser.set_defaults(func=run_query)


def _add_plan(group: Any) -> None:
    group.add_argument("--n", type=int, metavar="N", help="triplets (default 35,000), or the first "
                       "N words or questions")  # fmt: skip
    group.add_argument("--seed", type=int, metavar="S", help="seed of the design (default 0)")
    group.add_argument("--design", choices=DESIGNS, help="of triplets (default random)")
    group.add_argument("--held-out", type=float, metavar="SHARE", help="share of triplets kept "
                       "aside for testing (default 0.2)")  # fmt: skip
    group.add_argument("--language", choices=("English", "Dutch"), help="of words to rate")
    group.add_argument("--dimensions", type=_names, metavar="A,B", help="to rate (default: all)")
    group.add_argument("--part", choices=("test", "train", "all"), help="of the questions")
    group.add_argument("--shuffle", action="store_const", const=True, help="mix the options of "
                       "each question")  # fmt: skip
    group.add_argument("--trials", type=int, default=1, metavar="T", help="ask everything T times")
    group.add_argument("--form", choices=("chat", "base"), default="chat", help="with the model's "
                       "chat template, or as text to be continued (default chat)")  # fmt: skip


def _add_settings(group: Any) -> None:
    group.add_argument("--mode", choices=("generate", "score"), default="generate", help="let it "
                       "write, or score the allowed answers (default generate)")  # fmt: skip
    group.add_argument("--temperature", type=float, metavar="X", help="0 is greedy (default: as in "
                       "the task's paper)")  # fmt: skip
    group.add_argument("--default-sampling", action="store_true", help="the model's own settings")
    group.add_argument("--top-p", type=float, metavar="P", help="probability mass sampled from")
    group.add_argument("--max-tokens", type=int, default=32, metavar="N", help="default 32")
    group.add_argument("--sampling-seed", type=int, default=0, metavar="S", help="default 0")
    group.add_argument("--top-logprobs", type=int, default=0, metavar="N", help="alternatives of "
                       "each token to keep (default 0)")  # fmt: skip


def _add_server(group: Any) -> None:
    group.add_argument("--concurrency", type=int, metavar="N", help="requests at once (default 64)")
    group.add_argument("--timeout", type=float, metavar="S", help="seconds an attempt may take "
                       "(default 120)")  # fmt: skip
    group.add_argument("--retries", type=int, metavar="N", help="attempts after the first "
                       "(default 6)")  # fmt: skip
    group.add_argument("--max-cost", type=float, metavar="USD", help="stop before more is spent")
    group.add_argument("--price-in", type=float, metavar="USD", help="of a million tokens read")
    group.add_argument("--price-out", type=float, metavar="USD", help="of a million written")
    group.add_argument("--batch", action="store_true", help="hand over as a batch, answered within "
                       "a day at a lower price, and fetch what was handed over before")  # fmt: skip
    group.add_argument("--no-wait", dest="wait", action="store_false", help="with --batch: fetch "
                       "what is ready and return")  # fmt: skip


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def run_query(options: argparse.Namespace) -> int:
    """Ask, show how far it is, and print the summary."""
    from humanlike.query.run import Interrupted, query

    silent = options.quiet or options.json
    try:
        result = query(
            options.task,
            asked_spec(options),
            progress=not silent,
            tell=None if silent else print,
            **{name: getattr(options, name) for name in (*PLAN, *ASK)},
        )
    except Interrupted as stop:
        _print(stop.result, options)
        print("Stopped. The same command goes on from here.")
        return INTERRUPTED
    _print(result, options)
    return 0


def asked_spec(options: argparse.Namespace) -> str:
    """Return the model's spec; ``finetuned:`` stands for a model that the store knows."""
    spec = str(options.model)
    if not spec.startswith("finetuned:"):
        return spec
    from humanlike.finetune.jobs import trained_spec

    return trained_spec(spec, options.store)


def _print(result: Result, options: argparse.Namespace) -> None:
    if options.json:
        import json
        from dataclasses import asdict

        shown = {"estimate": asdict(result.estimate), "store": str(result.store)}
        if not options.dry_run:
            shown["summary"] = asdict(result.summary)
        print(json.dumps(shown, indent=1))
    elif options.dry_run:
        print("Nothing was asked.")
    else:
        print("\n".join(result.summary.lines()))
        print(f"stored in {result.store}")
