"""``humanlike finetune submit|status|fetch|cancel``: jobs at OpenAI or a server like it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from humanlike.store.trainings import Training


def register(actions: Any, add_set: Any) -> None:
    """Add the actions that concern jobs to the command ``finetune``."""
    _add_submit(actions, add_set)
    status = actions.add_parser("status", help="ask how far jobs are")
    status.add_argument("number", type=int, nargs="?", metavar="NUMBER", help="only this one")
    status.set_defaults(func=show_status)
    fetch = actions.add_parser("fetch", help="get the model of a finished job")
    fetch.add_argument("number", type=int, metavar="NUMBER", help="as 'finetune status' shows it")
    fetch.add_argument("--wait", action="store_true", help="until it is ready")
    fetch.set_defaults(func=fetch_model)
    cancel = actions.add_parser("cancel", help="have the server stop a job")
    cancel.add_argument("number", type=int, metavar="NUMBER", help="as 'finetune status' shows it")
    cancel.set_defaults(func=cancel_job)
    for action in (status, fetch, cancel):
        action.add_argument("--store", type=Path, metavar="FILE", help="another store than yours")


def _add_submit(actions: Any, add_set: Any) -> None:
    submit = actions.add_parser(
        "submit",
        help="start a job at OpenAI, or a server like it",
        description="Estimate the cost, hand the training set over and start a job. The same "
        "command given again starts nothing twice. The key is read from OPENAI_API_KEY.",
        epilog="example: humanlike finetune submit en_ft openai:gpt-4o-mini-2024-07-18 "
        "--related keep --max-cost 30",
    )
    add_set(submit)
    submit.add_argument("model", metavar="MODEL", help="openai:NAME or openai:NAME@URL")
    submit.add_argument("--max-cost", type=float, metavar="DOLLARS", help="most it may cost; "
                        "OpenAI is not asked without it")  # fmt: skip
    submit.add_argument("--price-train", type=float, metavar="DOLLARS", help="per million tokens, "
                        "where the price is not known")  # fmt: skip
    submit.add_argument("--epochs", type=int, default=3, metavar="N", help="default 3")
    submit.add_argument("--job-seed", type=int, default=0, metavar="S", help="another seed makes "
                        "another job (default 0)")  # fmt: skip
    submit.add_argument("--suffix", default="", metavar="TEXT", help="part of the model's name")
    submit.add_argument("--batch-size", type=int, default=0, metavar="N", help="default: the "
                        "server's own")  # fmt: skip
    submit.add_argument("--learning-rate-multiplier", type=float, default=0.0, metavar="X",
                        help="default: the server's own")  # fmt: skip
    submit.add_argument(
        "--validation", type=float, metavar="SHARE", help="share of words put aside"
    )
    submit.add_argument("--dry-run", action="store_true", help="only say what it would cost")
    submit.add_argument("--store", type=Path, metavar="FILE", help="another store than yours")
    submit.set_defaults(func=submit_job)


def submit_job(options: argparse.Namespace) -> int:
    """Hand over and start, or say that it was started."""
    from humanlike.cli.finetune import chosen_set
    from humanlike.finetune.jobs import Settings, submit

    settings = Settings(
        options.epochs,
        options.job_seed,
        options.suffix,
        options.batch_size,
        options.learning_rate_multiplier,
    )
    made, held = chosen_set(options), None
    print("\n".join(made.notes))
    if options.validation is not None:
        made, held = made.split(options.validation, options.seed)
    started = submit(
        options.model,
        made,
        settings,
        held=held,
        max_cost=options.max_cost,
        price=options.price_train,
        dry_run=options.dry_run,
        store=options.store,
        tell=print,
    )
    if started is None:
        print("Nothing was sent.")
    else:
        print(f"'humanlike finetune status {started.id}' tells how far it is.")
    return 0


def show_status(options: argparse.Namespace) -> int:
    """Print one line per job, after its new events."""
    from humanlike.finetune.jobs import refresh

    found = refresh(options.number, store=options.store, tell=print)
    for training in found:
        print(_line(training))
    if not found:
        print("No job was started.")
    return 0


def fetch_model(options: argparse.Namespace) -> int:
    """Print how to ask the trained model."""
    from humanlike.finetune.jobs import fetch

    done = fetch(options.number, wait=options.wait, store=options.store, tell=print)
    print(_line(done))
    for checkpoint in done.told.get("checkpoints", []):
        print(f"  step {checkpoint['step']}: {checkpoint['model']}")
    print(f"humanlike query ratings finetuned:{done.id}")
    return 0


def cancel_job(options: argparse.Namespace) -> int:
    """Cancel a job at its server."""
    from humanlike.finetune.jobs import cancel

    print(_line(cancel(options.number, store=options.store)))
    return 0


def _line(training: Training) -> str:
    from datetime import UTC, datetime

    day = datetime.fromtimestamp(training.created, UTC).strftime("%Y-%m-%d %H:%M")
    about = f"{training.examples['set']} ({training.examples['count']:,})"
    tokens = (training.told.get("job") or {}).get("trained_tokens")
    charged = f"  {tokens:,} tokens charged" if tokens else ""
    result = f"  {training.result}" if training.result else ""
    return f"{training.id:>4}  {day}  {about}  {training.base}  {training.state}{charged}{result}"
