"""``humanlike finetune``: training sets, jobs on OpenAI's service, adapters on your own machine."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from humanlike.cli import jobs

SETS = ("en_ft", "nl_ft", "qa_ft")
RECIPE = {
    "epochs": (float, "passes through the examples (default 3)"),
    "batch": (int, "examples per step and device (default 16)"),
    "accumulate": (int, "steps added up before the weights move (default 1)"),
    "learning_rate": (float, "largest learning rate (default 0.0002)"),
    "rank": (int, "rank of the adapter (default 16)"),
    "alpha": (int, "scale of the adapter (default 32)"),
    "dropout": (float, "on what enters the adapter (default 0)"),
    "evaluate": (int, "steps between evaluations (default: at the end only)"),
    "save": (int, "steps between checkpoints (default 200)"),
}


def register(commands: Any) -> None:
    """Add the command ``finetune`` with its actions."""
    parser = commands.add_parser("finetune", help="fine-tune a model on people's ratings")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    _add_examples(actions)
    _add_train(actions)
    jobs.register(actions, add_set)


def _add_examples(actions: Any) -> None:
    made = actions.add_parser(
        "examples",
        help="write a training set as chat JSONL",
        description="Make one of Paper A's training sets from the released prompts. A word that is "
        "evaluated, in either language, stops the command.",
    )
    add_set(made)
    made.add_argument("--out", type=Path, metavar="FILE", help="where to (default SET.jsonl)")
    made.add_argument("--validation", type=float, metavar="SHARE", help="put this share of the "
                      "words aside, into FILE.validation.jsonl")  # fmt: skip
    made.add_argument("--dry-run", action="store_true", help="only count and check")
    made.set_defaults(func=write_examples)


def add_set(parser: Any) -> None:
    """Add the options that say which examples."""
    parser.add_argument("set", choices=SETS, metavar="SET", help=", ".join(SETS))
    parser.add_argument("--n", type=int, default=0, metavar="N", help="so many words or questions, "
                        "drawn at random (default all)")  # fmt: skip
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="of all draws (default 0)")
    parser.add_argument("--pool", choices=("paper", "all"), default="paper", help="the paper's "
                        "training words, or all rated ones that are not evaluated")  # fmt: skip
    parser.add_argument("--dimensions", type=_names, default=[], metavar="A,B", help="ratings to "
                        "train on (default all)")  # fmt: skip
    parser.add_argument("--related", choices=("drop", "keep", "stop"), default="drop",
                        help="words that share a stem with an evaluated word; the paper kept them "
                        "(default drop)")  # fmt: skip


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def chosen_set(options: argparse.Namespace) -> Any:
    """Make the set the options of `add_set` describe."""
    from humanlike.finetune.examples import example_set

    return example_set(
        options.set,
        pool=options.pool,
        n=options.n,
        seed=options.seed,
        dimensions=options.dimensions,
        related=options.related,
        form=getattr(options, "form", "chat"),
    )


def write_examples(options: argparse.Namespace) -> int:
    """Write the set, and what was put aside, and say what is in it."""
    made = chosen_set(options)
    print("\n".join(made.notes))
    out: Path = options.out or Path(f"{options.set}.jsonl")
    sides = {out: made}
    if options.validation is not None:
        train, held = made.split(options.validation, options.seed)
        sides = {out: train, out.with_suffix(f".validation{out.suffix}"): held}
    for path, side in sides.items():
        if options.dry_run:
            continue
        path.write_text("".join(f"{line}\n" for line in side.chat_lines()), encoding="utf-8")
        print(f"{len(side):,} examples in {path}")
    return 0


def _add_train(actions: Any) -> None:
    train = actions.add_parser(
        "train",
        help="train an adapter (LoRA) for a local model",
        description="Learn a training set with an adapter on a model of transformers. Stopped, "
        "even killed, the same command goes on from its last checkpoint. For several GPUs put "
        "'accelerate launch -m' before it.",
        epilog="example: humanlike finetune train en_ft hf:HuggingFaceTB/SmolLM2-135M-Instruct "
        "--out adapters/smol --validation 0.05 --evaluate 200",
    )
    add_set(train)
    train.add_argument("model", metavar="MODEL", help="hf:NAME or hf:FOLDER")
    train.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="for the adapter")
    train.add_argument("--form", choices=("chat", "base"), default="chat", help="base for models "
                       "without a chat template (default chat)")  # fmt: skip
    train.add_argument("--validation", type=float, metavar="SHARE", help="share of words put aside "
                       "and evaluated during training")  # fmt: skip
    train.add_argument("--checkpointing", action="store_true", help="less memory, more time")
    train.add_argument("--targets", default="all-linear", help="layers (default all-linear)")
    for name, (kind, said) in RECIPE.items():
        option = f"--{name.replace('_', '-')}"
        train.add_argument(option, type=kind, metavar="N", help=said)
    train.set_defaults(func=train_adapter)


def train_adapter(options: argparse.Namespace) -> int:
    """Train, and say how to ask the trained model."""
    from humanlike.finetune.local import Recipe, leads, train

    tell = print if leads() else _nothing
    names = (*RECIPE, "checkpointing", "targets")
    given = {name: getattr(options, name) for name in names}
    recipe = Recipe(**{k: v for k, v in given.items() if v is not None}, seed=options.seed)
    made, held = chosen_set(options), None
    tell("\n".join(made.notes))
    if options.validation is not None:
        made, held = made.split(options.validation, options.seed)
    done = train(options.model, made, options.out, recipe=recipe, held=held, tell=tell)
    tell(f"The adapter is in {done.folder}. Ask the trained model with:")
    tell(f"humanlike query ratings {done.spec}")
    return 0


def _nothing(line: str) -> None:
    """Say nothing: another process speaks."""
