"""Batches: hand over, wait, fetch; cut off anywhere, the same command goes on.

A batch is entered into the store, with all its prompts, before anything is sent. The server is told
its label, so that after a cut nobody has to guess whether it was taken. Answers are stored and the
prompts freed in one transaction.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from humanlike.errors import HumanlikeError
from humanlike.models.openai import wire
from humanlike.models.openai.batch import (
    MOST_BYTES,
    MOST_REQUESTS,
    BatchServer,
    Status,
)
from humanlike.models.openai.calls import Fruitless
from humanlike.store import batches
from humanlike.store.batches import Batch
from humanlike.store.rows import Entry

if TYPE_CHECKING:
    from humanlike.models.base import Model, Prompt, Settings
    from humanlike.models.openai.model import OpenAIModel
    from humanlike.store.store import Store

FIRST_POLL, LONGEST_POLL = 5.0, 60.0
BEAT_SECONDS = 2.0
Asked = tuple[bytes, "Prompt"]


def batch_model(model: Model) -> OpenAIModel:
    """Return the model if it has batches.

    Raises
    ------
    HumanlikeError
        If it has none.
    """
    from humanlike.models.openai.model import OpenAIModel

    if not isinstance(model, OpenAIModel):
        raise HumanlikeError(f"{model.info().spec} has no batches; only openai: models have.")
    return model


class Handover:
    """Looks after the batches of one model with one group of settings and one task.

    Parameters
    ----------
    store : Store
        Where everything is kept.
    run : int
        The run that does it.
    model : OpenAIModel
        Who is asked.
    settings : Settings
        How.
    task : str
        Name of the task.
    tell : callable
        Given lines that say how it goes.
    poll : float, optional
        Seconds between two looks at a batch; from five seconds to a minute by default.
    """

    def __init__(
        self,
        store: Store,
        run: int,
        model: OpenAIModel,
        settings: Settings,
        task: str,
        tell: Callable[[str], None],
        poll: float | None = None,
    ) -> None:
        self.store, self.run, self.model, self.settings = store, run, model, settings
        self.task = task
        self.server = BatchServer(model)
        self.poll = poll
        self._tell, self._told = tell, ""

    def go(self, asked: Sequence[Asked], wait: bool) -> None:
        """Hand over what nobody was asked yet, then fetch what has been answered.

        Parameters
        ----------
        asked : sequence of (key, Prompt)
            What is to be asked now.
        wait : bool
            Whether to wait until all batches of this model have ended.
        """
        if self.settings.mode != "generate":
            raise HumanlikeError("In a batch a model can write, but not score answers.")
        mine = [b for b in self._going_on() if batches.take_over(self.store, b, self.run)]
        self._check_cost([prompt for _, prompt in asked])
        for part in self._parts(asked):
            made, _ = batches.make(self.store, self.run, wire.path(part[0][1]), part)
            mine += [made] if made else []
        mine = [self._sent(batch) for batch in mine]
        pause = self.poll or FIRST_POLL
        while mine:
            mine = [batch for batch in mine if not self._fetched(batch)]
            if not mine or not wait:
                break
            self._sleep(pause)
            pause = self.poll or min(pause * 1.5, LONGEST_POLL)

    def tell(self, line: str) -> None:
        """Say how it goes, once."""
        if line != self._told:
            self._tell(line)
        self._told = line

    def _going_on(self) -> list[Batch]:
        return batches.going_on(self.store, (self.model.info(), self.settings, self.task))

    def _check_cost(self, prompts: Sequence[Prompt]) -> None:
        """Refuse what could cost more than the limit; a batch cannot be stopped half-way."""
        spending = self.model.spending
        if spending.limit is None or spending.price is None or not prompts:
            return
        bodies = (self.model.wire.body(prompt, self.settings) for prompt in prompts)
        most = sum(spending.worst(body, self.settings.max_tokens) for body in bodies)
        most *= spending.price.batch
        if most > spending.limit:
            raise HumanlikeError(
                f"A batch of {len(prompts):,} prompts could cost up to {most:.4f} dollars, if "
                "every byte were a token and every answer as long as allowed; --max-cost is "
                f"{spending.limit:g}. Lower --max-tokens, hand over fewer with --limit, or raise "
                "the limit."
            )

    def _parts(self, asked: Sequence[Asked]) -> Iterator[list[Asked]]:
        """Cut into batches of one form, small enough for the server."""
        for path in dict.fromkeys(wire.path(prompt) for _, prompt in asked):
            part: list[Asked] = []
            size = 0
            for key, prompt in (both for both in asked if wire.path(both[1]) == path):
                length = len(self.server.line(key, prompt, self.settings, path))
                if part and (len(part) == MOST_REQUESTS or size + length > MOST_BYTES):
                    yield part
                    part, size = [], 0
                part.append((key, prompt))
                size += length
            if part:
                yield part

    def _sent(self, batch: Batch) -> Batch:
        """Hand a batch over, unless that has been done; each step is written down."""
        if batch.name is not None:
            return batch
        cut_off = batch.file is not None
        if batch.file is None:
            lines = (
                self.server.line(key, prompt, self.settings, batch.path)
                for key, prompt in batches.prompts_of(self.store, batch).items()
            )
            file = self.server.upload(batch.label, b"".join(lines))
            batch = batches.note(self.store, batch, file=file)
        status = self.server.find(batch.label) if cut_off else None
        if status is None:
            status = self.server.submit(batch.label, str(batch.file), batch.path)
        self.tell(f"batch {status.name} with {batch.requests:,} prompts handed over")
        return batches.note(self.store, batch, name=status.name, state="sent")

    def _fetched(self, batch: Batch) -> bool:
        """Fetch a batch if it has ended; True if nothing is left to wait for."""
        try:
            status = self.server.status(str(batch.name))
            if status.ended:
                self._take_in(batch, status)
        except Fruitless as problem:
            batches.end(self.store, batch, self.run, [])
            raise HumanlikeError(f"{problem} Its prompts can be asked again.") from problem
        if not status.ended:
            self.tell(f"batch {status.name}: {status.state}, {status.done:,} of {status.total:,}")
        return status.ended

    def _take_in(self, batch: Batch, status: Status) -> None:
        asked = batches.prompts_of(self.store, batch)
        found = self.server.answers(status, asked, self.settings)
        entries = [Entry(key, asked[key], answer) for key, answer in found.items()]
        batches.end(self.store, batch, self.run, entries)
        left = len(asked) - len(entries)
        self.tell(
            f"batch {status.name}: {status.state}, {len(entries):,} answers fetched"
            + (f", {left:,} prompts without one can be asked again" if left else "")
        )
        if status.state == "failed":
            raise HumanlikeError(
                f"The server did not accept batch {status.name}: {status.message or 'no reason'} "
                "Its prompts can be asked again."
            )

    def _sleep(self, seconds: float) -> None:
        """Wait, and show meanwhile that this run is alive."""
        until = time.monotonic() + seconds
        while (rest := until - time.monotonic()) > 0:
            time.sleep(min(rest, BEAT_SECONDS))
            self.store.beat(self.run)


def cancel(store: Store, number: int) -> str:
    """Have a batch stopped, and say what became of it.

    Parameters
    ----------
    store : Store
        Where it is entered.
    number : int
        Its number there.

    Raises
    ------
    HumanlikeError
        If there is no such batch, or its server does not answer.
    """
    from contextlib import closing

    from humanlike.models import open_model

    found = [batch for batch in batches.going_on(store) if batch.id == number]
    if not found:
        raise HumanlikeError(f"No batch {number} is going on; 'humanlike batches list' shows them.")
    batch = found[0]
    with closing(open_model(batch.spec)) as model:
        server = BatchServer(batch_model(model))
        handed = server.find(batch.label) if batch.name is None and batch.file else None
        name = batch.name or (handed.name if handed else None)
        try:
            state = server.cancel(name).state if name else ""
        except Fruitless:
            state = ""
    if not state:
        batches.end(store, batch, batch.run, [])
        return f"Batch {number} is dropped; its prompts can be asked again."
    return f"Batch {number} is {state}; the same query with --batch fetches what is answered."
