"""Paper A's way: fine-tune a model at OpenAI, or a server that offers the same, never twice."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from humanlike.errors import HumanlikeError
from humanlike.finetune.cost import Cost, affordable, cost_of
from humanlike.finetune.examples import ExampleSet, check_answers
from humanlike.store import Store
from humanlike.store.key import canonical
from humanlike.store.trainings import Training, begin, every, one, update

if TYPE_CHECKING:
    from humanlike.models.openai.model import OpenAIModel
    from humanlike.models.openai.training import Job, TrainingServer

FEWEST_EXAMPLES = 10
PREFIX = "finetuned:"


@dataclass(frozen=True)
class Settings:
    """How the server is to train.

    Attributes
    ----------
    epochs : int
        Passes through the examples; the paper does not state its number, OpenAI's usual one is 3.
    seed : int
        The job's seed; another one makes another job.
    suffix : str
        Part of the trained model's name, up to 18 signs.
    batch_size : int
        Examples per step; 0 leaves it to the server.
    learning_rate_multiplier : float
        Factor of the server's own learning rate; 0 leaves it to the server.
    """

    epochs: int = 3
    seed: int = 0
    suffix: str = ""
    batch_size: int = 0
    learning_rate_multiplier: float = 0.0

    def __post_init__(self) -> None:
        if self.epochs < 1 or self.batch_size < 0 or self.learning_rate_multiplier < 0:
            raise HumanlikeError("A job has at least one epoch, and no negative settings.")
        if not re.fullmatch(r"[\w-]{0,18}", self.suffix, re.ASCII):
            raise HumanlikeError("A suffix has up to 18 letters, digits, '-' or '_'.")

    def more(self) -> dict[str, float]:
        """Return what is not left to the server."""
        named = ("batch_size", "learning_rate_multiplier")
        return {name: getattr(self, name) for name in named if getattr(self, name)}


def submit(
    base: str,
    examples: ExampleSet,
    settings: Settings,
    *,
    held: ExampleSet | None = None,
    max_cost: float | None = None,
    price: float | None = None,
    dry_run: bool = False,
    store: Path | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Training | None:
    """Hand a training set over and start a job, unless this very job was started before.

    Every step is recorded before the next is taken: cut off anywhere, the same call goes on, and
    finds a job that was started while its answer was lost.

    Parameters
    ----------
    base : str
        ``openai:NAME`` or ``openai:NAME@URL``.
    examples : ExampleSet
        What is learned, of form chat.
    settings : Settings
        How.
    held : ExampleSet, optional
        Put aside; the server computes the loss on it.
    max_cost : float, optional
        Most US dollars it may cost. OpenAI itself is not asked without it.
    price : float, optional
        US dollars per million tokens; by default as known.
    dry_run : bool
        True says what it would cost and sends nothing.
    store : Path, optional
        Another store than the user's own.
    tell : callable
        Given a line per step.

    Returns
    -------
    Training or None
        The job as recorded; None for a dry run.

    Raises
    ------
    HumanlikeError
        If it may cost more than allowed, there is no key or no money, a file is refused, or there
        is nothing to learn.
    """
    check_answers(examples)
    if len(examples) < FEWEST_EXAMPLES:
        raise HumanlikeError(f"A job needs {FEWEST_EXAMPLES} examples; there are {len(examples)}.")
    files = {"training_file": _content(examples)}
    files |= {"validation_file": _content(held)} if held else {}
    with closing(_opened(base)) as model:
        price = _price(model) if price is None else price
        cost = cost_of(files["training_file"], len(examples), settings.epochs, price)
        tell(f"{len(examples):,} examples, {settings.epochs} epochs: {cost}.")
        if dry_run:
            return None
        affordable(cost, max_cost, model.name, needed=model.at_openai)
        with Store(store) as kept:
            training, known = _entered(kept, model, examples, settings, files, cost)
            if known and training.name:
                tell(f"This job was started before: training {training.id}, {training.state}.")
                return training
            return _handed_over(kept, model, training, files, settings, tell)


def _handed_over(
    store: Store,
    model: OpenAIModel,
    training: Training,
    files: dict[str, bytes],
    settings: Settings,
    tell: Callable[[str], None],
) -> Training:
    from humanlike.models.openai.training import TrainingServer, Wish

    server = TrainingServer(model)
    job = server.find(training.label) if training.files else None
    for kind, content in files.items():
        if kind not in training.files and job is None:
            name = server.upload(f"{training.label}-{kind}", content)
            training = update(store, training.id, files=training.files | {kind: name})
            tell(f"{kind.replace('_', ' ')} handed over: {name}")
    if job is None:
        wish = Wish(training.label, model.name, training.files, settings.epochs, settings.seed,
                    settings.suffix, settings.more())  # fmt: skip
        job = server.submit(wish)
    tell(f"training {training.id} started: {job.name}, {job.state}")
    return update(store, training.id, name=job.name, state=job.state)


def refresh(
    number: int | None = None,
    *,
    store: Path | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> list[Training]:
    """Ask the servers how far jobs are, and record what they say.

    Parameters
    ----------
    number : int, optional
        Only this job; all by default. Those that had ended are not asked for again.
    store : Path, optional
        Another store than the user's own.
    tell : callable
        Given a line per new event.

    Raises
    ------
    HumanlikeError
        If there is no such job or its server does not answer.
    """
    with Store(store) as kept:
        chosen = every(kept) if number is None else [one(kept, number)]
        return [_refreshed(kept, training, tell) for training in chosen]


def fetch(
    number: int,
    *,
    wait: bool = False,
    pause: float = 30.0,
    store: Path | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Training:
    """Return a job that succeeded, with the spec of its model; perhaps after waiting for it.

    Raises
    ------
    HumanlikeError
        If it failed, was cancelled, or is not ready.
    """
    while True:
        (training,) = refresh(number, store=store, tell=tell)
        if training.state == "succeeded" and training.result:
            return training
        if training.state in ("failed", "cancelled"):
            said = training.told.get("message") or "the server gives no reason"
            raise HumanlikeError(
                f"Training {number} {_ENDED[training.state]}: {said} Its files stay at the "
                "server; the same 'finetune submit' starts it anew."
            )
        if training.name is None:
            raise HumanlikeError(f"Training {number} was not handed over. Submit it again.")
        if not wait:
            raise HumanlikeError(f"Training {number} is not ready: {training.state}.")
        time.sleep(pause)


_ENDED = {"failed": "failed", "cancelled": "was cancelled"}


def cancel(number: int, *, store: Path | None = None) -> Training:
    """Have a job stopped at its server.

    Raises
    ------
    HumanlikeError
        If there is no such job, or it was never handed over.
    """
    from humanlike.models.openai.training import TrainingServer

    with Store(store) as kept:
        training = one(kept, number)
        if training.name is None:
            return update(kept, number, state="cancelled")
        with closing(_opened(training.base)) as model:
            job = TrainingServer(model).cancel(training.name)
        return update(kept, number, state=job.state)


def trained_spec(spec: str, store: Path | None = None) -> str:
    """Return the spec of a trained model by ``finetuned:NUMBER`` or ``finetuned:SET``.

    Parameters
    ----------
    spec : str
        Any spec; others are returned as they are. With the name of a set, its last job counts.
    store : Path, optional
        Another store than the user's own.

    Raises
    ------
    HumanlikeError
        If there is no such job or it has no model yet.
    """
    if not spec.startswith(PREFIX):
        return spec
    wanted = spec.removeprefix(PREFIX)
    with Store(store) as kept:
        found = [t for t in every(kept) if wanted in (str(t.id), t.examples.get("set"))]
    ready = [training for training in found if training.result]
    if not ready:
        state = f"it is {found[-1].state}" if found else "there is no such training"
        raise HumanlikeError(
            f"{spec}: {state}. 'humanlike finetune status' lists all; 'fetch' gets the model."
        )
    return str(ready[-1].result)


def _refreshed(store: Store, training: Training, tell: Callable[[str], None]) -> Training:
    from humanlike.models.openai.training import ENDED, TrainingServer

    if training.name is None or training.state in ENDED:
        return training
    with closing(_opened(training.base)) as model:
        server = TrainingServer(model)
        job, said = server.status(training.name)
        told = _told(server, job, said)
        known = {event["id"] for event in training.told.get("events", [])}
        for event in told["events"]:
            if event["id"] not in known:
                tell(f"training {training.id}: {event['message']}")
        values: dict[str, Any] = {"told": told}
        if job.model:
            values["result"] = _spec_of(model, job.model)
        return update(store, training.id, **values, state=job.state)


def _told(server: TrainingServer, job: Job, said: dict[str, Any]) -> dict[str, Any]:
    named = ("model", "seed", "hyperparameters", "method", "trained_tokens", "finished_at")
    return {
        "message": job.message,
        "job": {name: said.get(name) for name in named},
        "events": server.events(job.name),
        "checkpoints": server.checkpoints(job.name) if job.state == "succeeded" else [],
    }


def _spec_of(model: OpenAIModel, name: str) -> str:
    own = model.info().spec
    _, at, url = own.partition("@")
    return f"openai:{name}{at}{url}"


def _opened(base: str) -> OpenAIModel:
    from humanlike.models.openai.model import open_spec

    kind, _, rest = base.strip().partition(":")
    if kind != "openai" or not rest:
        raise HumanlikeError(f"Jobs run at a server, openai:NAME or openai:NAME@URL; got '{base}'.")
    return open_spec(rest)


def _price(model: OpenAIModel) -> float | None:
    from humanlike.data.prices import training_price

    return training_price(model.name) if model.at_openai else None


def _entered(
    store: Store,
    model: OpenAIModel,
    examples: ExampleSet,
    settings: Settings,
    files: dict[str, bytes],
    cost: Cost,
) -> tuple[Training, bool]:
    base = model.info().spec
    sums = {kind: hashlib.sha256(content).hexdigest() for kind, content in files.items()}
    about = {"set": examples.name, "count": len(examples), "notes": list(examples.notes), **sums}
    parts = {"base": base, "files": sums, "settings": asdict(settings)}
    digest = hashlib.sha256(canonical(parts).encode()).hexdigest()
    return begin(store, digest, base, about, asdict(settings), cost.dollars)


def _content(examples: ExampleSet) -> bytes:
    return "".join(f"{line}\n" for line in examples.chat_lines()).encode()
