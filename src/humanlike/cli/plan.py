"""``humanlike plan``: what a sweep of many models would take."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from humanlike.sweep.planning import Size, Wish

EXAMPLES = """examples:
  humanlike plan --models 1000 --per-second 800 --gpus 8 --gpu-price 2.50
  humanlike plan --sizes 700x8,300x70 --per-second 800 --reference 8 --gpus 64
  humanlike plan --models 75 --measured hf:./my-model
  humanlike plan --models 1 --ways 10 --api gpt-4o-mini --batch
"""
CHARACTERS_PER_TOKEN = 4
ASSUMED = (
    "Devices cost while they work, not while they wait. Ways of asking are taken to share no "
    "prompt.\nDisk is measured on a sample of these prompts with short answers."
)


def register(commands: Any) -> None:
    """Add the command ``plan``."""
    parser = commands.add_parser(
        "plan",
        help="reckon hours, money and disk for many models",
        description="Reckon what a sweep would take, every step shown. Nothing is asked.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    what = parser.add_argument_group("what is asked")
    what.add_argument("--models", type=int, metavar="N", help="how many models")
    what.add_argument("--sizes", metavar="NxB,…", help="models by billions of parameters")
    what.add_argument("--tasks", default="triplets,ratings", metavar="A,B", help="default: both")
    what.add_argument("--n-triplets", type=int, default=35_000, metavar="N", help="default 35,000")
    what.add_argument("--n-words", type=int, default=0, metavar="N", help="default: all")
    what.add_argument("--ways", type=int, default=1, metavar="N", help="ways of asking (default 1)")
    what.add_argument("--seeds", type=int, default=1, metavar="N", help="default 1")
    _add_measures(parser.add_argument_group("what is known"))
    parser.add_argument("--store", type=Path, metavar="FILE", help="another store than yours")
    parser.add_argument("--json", action="store_true", help="for machines")
    parser.set_defaults(func=show_plan)


def _add_measures(group: Any) -> None:
    group.add_argument("--per-second", type=float, metavar="X", help="prompts a second of one GPU")
    group.add_argument("--measured", metavar="SPEC", help="take pace and tokens of this model from "
                       "the store")  # fmt: skip
    group.add_argument("--reference", type=float, metavar="B", help="billions of parameters of the "
                       "model whose pace that is")  # fmt: skip
    group.add_argument("--tokens-read", type=float, metavar="X", help="of a prompt (default: one "
                       "for four characters)")  # fmt: skip
    group.add_argument("--tokens-written", type=float, metavar="X", help="of an answer (default: "
                       "the most allowed, 32)")  # fmt: skip
    group.add_argument("--load", type=float, default=0.0, metavar="S", help="seconds to load a "
                       "model (default 0)")  # fmt: skip
    group.add_argument("--gpus", type=int, default=1, metavar="N", help="that work at once")
    group.add_argument("--gpu-price", type=float, metavar="USD", help="for an hour of one")
    group.add_argument("--api", metavar="NAME", help="price of this model of data/prices.yml")
    group.add_argument("--batch", action="store_true", help="with --api: asked in batches")


def show_plan(options: argparse.Namespace) -> int:
    """Print every step of the reckoning."""
    import json
    from dataclasses import asdict

    from humanlike.sweep.planning import reckon, steps

    wish, notes = _wish(options)
    if options.json:
        print(json.dumps({"given": asdict(wish), "takes": asdict(reckon(wish))}, indent=1))
        return 0
    rows = list(steps(wish))
    width = max(len(name) for name, _ in rows)
    print("\n".join(f"{name:<{width}}  {text}" for name, text in rows))
    print("\n".join(notes))
    return 0


def _wish(options: argparse.Namespace) -> tuple[Wish, list[str]]:
    """Gather what is given and what is measured; the notes say where it comes from."""
    from humanlike.models.base import Settings
    from humanlike.sweep import measured
    from humanlike.sweep.planning import Wish, read_sizes

    sizes = read_sizes(options.sizes) if options.sizes else ()
    models, prices = _models(options, sizes), _prices(options)
    tasks = list(dict.fromkeys(name.strip() for name in options.tasks.split(",")))
    prompts = measured.prompts_of(tasks, options.n_triplets, options.n_words)
    characters = sum(len(prompt.text) for prompt in prompts) / len(prompts)
    weight = measured.weigh(prompts)
    notes = [ASSUMED]
    pace = read = written = None
    if options.measured:
        known = measured.pace(options.measured, options.store)
        pace, read, written = known.per_second, known.read, known.written
        notes.append(f"Pace and tokens are those of {known.answers:,} answers in the store, the "
                     "time to load the model included: --load would count it twice.")  # fmt: skip
    read = _first(options.tokens_read, read, characters / CHARACTERS_PER_TOKEN)
    written = _first(options.tokens_written, written, Settings().max_tokens)
    return Wish(
        models=models,
        prompts=len(prompts),
        read=read,
        written=written,
        ways=options.ways,
        seeds=options.seeds,
        unseeded=len(prompts) - options.n_triplets * ("triplets" in tasks),
        per_second=pace if options.per_second is None else options.per_second,
        reference=options.reference,
        sizes=sizes,
        load=options.load,
        devices=options.gpus,
        device_price=options.gpu_price,
        read_price=prices[0],
        written_price=prices[1],
        prompt_bytes=weight.prompt,
        answer_bytes=weight.answer,
        record_bytes=measured.record_bytes(),
    ), notes


def _first(*values: float | None) -> float:
    """Return the first value that is known."""
    return next(value for value in values if value is not None)


def _models(options: argparse.Namespace, sizes: tuple[Size, ...]) -> int:
    """Return the number of models, which is said in one way."""
    from humanlike.errors import HumanlikeError

    if (options.models is None) == (not sizes):
        raise HumanlikeError("Give --models N, or --sizes such as 700x8,300x70.")
    return options.models or sum(size.models for size in sizes)


def _prices(options: argparse.Namespace) -> tuple[float | None, float | None]:
    """Return the prices of a million tokens read and written."""
    from humanlike.data.prices import load_prices
    from humanlike.errors import HumanlikeError, unknown

    if options.api is None:
        if options.batch:
            raise HumanlikeError("--batch goes with --api NAME.")
        return None, None
    known = load_prices()
    if options.api not in known:
        raise HumanlikeError(unknown("model with a price", options.api, known))
    price = known[options.api]
    share = price["batch"] if options.batch else 1.0
    return price["read"] * share, price["written"] * share
