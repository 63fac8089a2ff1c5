"""Ask a model all that has not been answered yet, and lose nothing on the way."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from humanlike.errors import HumanlikeError
from humanlike.models import open_model
from humanlike.models.base import Answer, Form, Mode, Model, ModelInfo, Settings
from humanlike.query import usage
from humanlike.query.estimate import Estimate, estimate
from humanlike.query.meter import Meter
from humanlike.query.plans import Plan, plan
from humanlike.query.summary import Summary, outcome_of, summarise
from humanlike.store.key import Keys
from humanlike.store.problems import StoreError
from humanlike.store.rows import Entry
from humanlike.store.store import Store, default_path
from humanlike.store.writer import Writer

if TYPE_CHECKING:
    import pandas as pd

WAIT_SECONDS = 0.2
REST = 4  # times as long as a look takes, until the next one
REACH = ("concurrency", "timeout", "retries", "max_cost", "price_in", "price_out")
"""Options that say how a model is reached, not what it is asked."""


@dataclass(frozen=True)
class Result:
    """What a query gave.

    Attributes
    ----------
    plan : Plan
        What was asked.
    info : ModelInfo
        Who was asked.
    settings : Settings
        How.
    estimate : Estimate
        What was to be done.
    summary : Summary
        What came of it.
    answers : list of Answer or None
        One per prompt of the plan; None where there is none yet.
    store : Path
        Where they lie.
    """

    plan: Plan
    info: ModelInfo
    settings: Settings
    estimate: Estimate
    summary: Summary
    answers: list[Answer | None] = field(repr=False)
    store: Path

    def frame(self) -> pd.DataFrame:
        """Return one row per prompt.

        Returns
        -------
        DataFrame
            The plan's columns, then text (as answered), value (place of the chosen option from 0,
            or the rating), failure (name of the reason where there is no value), chosen (the option
            itself, for choices), expected (mean rating under the scores, for scored ratings).
        """
        import pandas as pd

        outcomes = [outcome_of(self.plan, n, answer) for n, answer in enumerate(self.answers)]
        table = pd.DataFrame(self.plan.columns)
        table["text"] = [answer.text if answer else None for answer in self.answers]
        table["value"] = pd.array([outcome.value for outcome in outcomes], dtype="Float64")
        table["failure"] = [outcome.failure for outcome in outcomes]
        if self.plan.choice:
            questions = [prompt.question for prompt in self.plan.prompts]
            table["chosen"] = [
                None if outcome.value is None else cast("Any", question).options[outcome.value]
                for outcome, question in zip(outcomes, questions, strict=True)
            ]
        elif self.settings.mode == "score":
            from humanlike.tasks.ratings import expected

            table["expected"] = [
                expected(a.scores, cast("Any", p.question)) if a and a.scores else None
                for a, p in zip(self.answers, self.plan.prompts, strict=True)
            ]
        return table


class Interrupted(KeyboardInterrupt):
    """Ctrl-C while asking; everything that had arrived is stored.

    Attributes
    ----------
    result : Result
        What is there.
    """

    def __init__(self, result: Result) -> None:
        super().__init__("stopped; the same command goes on where it stopped")
        self.result = result


def query(
    task: str | Plan,
    model: str | Model,
    *,
    mode: Mode = "generate",
    temperature: float | None = None,
    default_sampling: bool = False,
    top_p: float | None = None,
    max_tokens: int = 32,
    sampling_seed: int = 0,
    top_logprobs: int = 0,
    form: Form = "chat",
    trials: int = 1,
    limit: int | None = None,
    store: Path | None = None,
    dry_run: bool = False,
    batch: bool = False,
    wait: bool = True,
    progress: bool = False,
    tell: Callable[[str], None] | None = None,
    **options: Any,
) -> Result:
    """Put a task to a model and return every answer, old and new.

    Parameters
    ----------
    task : {"triplets", "ratings", "qa"} or Plan
        What to ask; a plan of your own must fit the model's form.
    model : str or Model
        A spec, or an open model, which stays open.
    mode, temperature, top_p, max_tokens, top_logprobs
        As in `Settings`. Without a temperature the task's own paper decides: greedy for ratings and
        questions, the model's default sampling for triplets.
    default_sampling : bool
        True leaves the model's own sampling even where the paper was greedy.
    sampling_seed : int
        Seed of the sampling; ``seed`` among the options is that of the design.
    form, trials, **options
        As for `humanlike.query.plan`; and, where the model is given as a spec of a server, those of
        `REACH`, as for `humanlike.models.openai.model.open_spec`.
    limit : int, optional
        Ask at most so many prompts now.
    store : Path, optional
        Another store than the user's own.
    dry_run : bool
        True asks nothing and writes nothing but an empty store.
    batch : bool
        True hands the prompts over as batches, to be answered within a day at a lower price, and
        fetches those handed over before.
    wait : bool
        False does not wait until the batches have ended.
    progress : bool
        Whether to show how far it is, on the standard error.
    tell : callable, optional
        Given the lines that say what is going to be done, before it is done.

    Raises
    ------
    HumanlikeError
        If task, model or options are not understood, the model cannot do it, or the store fails.
    Interrupted
        After Ctrl-C.
    """
    if limit is not None and limit < 0:
        raise HumanlikeError(f"limit must not be negative; got {limit}.")
    reach = {name: options.pop(name) for name in REACH if name in options}
    made = plan(task, form=form, trials=trials, **options) if isinstance(task, str) else task
    if temperature is None and not default_sampling:
        temperature = made.temperature
    settings = Settings(mode, temperature, top_p, max_tokens, sampling_seed, top_logprobs)
    with _opened(model, {k: v for k, v in reach.items() if v is not None}) as opened:
        path = store or default_path()
        asking = _Asking(made, opened, settings, path, progress, tell or (lambda _: None))
        return asking.run(limit, dry_run, batch, wait)


@contextmanager
def _opened(model: str | Model, reach: dict[str, Any]) -> Iterator[Model]:
    """Open a spec and close it again; leave an open model as it is."""
    if isinstance(model, str):
        with closing(open_model(model, **reach)) as opened:
            yield opened
    elif reach:
        raise HumanlikeError(f"An open model cannot be given {', '.join(reach)} any more.")
    else:
        yield model


class _Asking:
    """One query from estimate to summary."""

    def __init__(
        self,
        made: Plan,
        model: Model,
        settings: Settings,
        path: Path,
        progress: bool,
        tell: Callable[[str], None],
    ) -> None:
        self.plan, self.model, self.settings, self.path = made, model, settings, path
        self.progress, self.tell = progress, tell
        self.info = model.info()
        self.info.check(made.prompts, settings)
        self.keys = Keys.of_model(self.info, settings).of(made.prompts)
        self.place_of = {key: place for place, key in enumerate(self.keys)}
        self.price = getattr(model, "price", None)
        self.asked: list[int] = []
        self.seconds = 0.0

    def run(self, limit: int | None, dry_run: bool, batch: bool, wait: bool) -> Result:
        """Estimate, ask unless it is a dry run, and collect every answer."""
        with Store(self.path) as store:
            found, todo = self._estimate(store, limit, batch)
            for line in (f"{self.plan.task} for {self.info.spec}", *found.lines()):
                self.tell(line)
            begun = time.monotonic()
            try:
                if batch and not dry_run:
                    self._hand_over(store, todo, wait)
                elif todo and not dry_run:
                    self._ask(store, todo)
            except KeyboardInterrupt:
                self.seconds = time.monotonic() - begun
                raise Interrupted(self._result(store, found)) from None
            self.seconds = time.monotonic() - begun
            return self._result(store, found)

    def _estimate(self, store: Store, limit: int | None, batch: bool) -> tuple[Estimate, list[int]]:
        known = store.settled(self.keys)
        waiting = store.waiting(set(self.keys) - known)
        off = known | waiting
        todo = [place for key, place in self.place_of.items() if key not in off]
        todo = todo if limit is None else todo[:limit]
        if batch and self.price is not None:
            self.price = self.price.in_batch()
        about = (self.info, self.settings, self.plan, len(known), len(waiting), todo, self.price)
        return estimate(store, *about), todo

    def _hand_over(self, store: Store, todo: Sequence[int], wait: bool) -> None:
        """Put what is missing into batches, and take in what has been answered."""
        from humanlike.query.handover import Handover, batch_model

        model = batch_model(self.model)
        run = store.start(self.info, self.settings, self.plan.task)
        state = "failed"
        try:
            before = store.settled(self.keys)
            asked = [(self.keys[n], self.plan.prompts[n]) for n in todo]
            about = (self.settings, self.plan.task, self.tell)
            Handover(store, run, model, *about).go(asked, wait)
            now = store.settled(self.keys) - before
            self.asked = [place for key, place in self.place_of.items() if key in now]
            state = "finished"
        except KeyboardInterrupt:
            state = "stopped"
            raise
        finally:
            self._finish(store, run, state)

    def _result(self, store: Store, estimate: Estimate) -> Result:
        found = store.answers(list(self.place_of))
        answers = [found.get(key) for key in self.keys]
        new = [n for n in self.asked if (answer := answers[n]) is not None and answer.settled]
        about = (self.plan, answers, estimate.known, new, self.seconds)
        summary = summarise(*about, self.price)
        usage.note(self.plan.task, self.info, summary)
        return Result(self.plan, self.info, self.settings, estimate, summary, answers, self.path)

    def _ask(self, store: Store, todo: list[int]) -> None:
        run = store.start(self.info, self.settings, self.plan.task)
        state = "failed"
        with Meter(len(todo), shown=self.progress) as meter:
            writer = Writer(self.path, run, lambda batch: self._count(meter, batch))
            try:
                try:
                    self._work(store, writer, run, todo)
                    state = "finished"
                except KeyboardInterrupt:
                    state = "stopped"
                    raise
                finally:
                    writer.close()
            except StoreError as problem:
                raise self._rescued(store, run, writer, problem) from problem
            finally:
                self._finish(store, run, state)

    def _work(self, store: Store, writer: Writer, run: int, todo: list[int]) -> None:
        """Ask chunk by chunk; what another run is asking is waited for at the end."""
        later: list[int] = []
        for start in range(0, len(todo), self.info.chunk):
            chunk = todo[start : start + self.info.chunk]
            mine = store.claim(run, [self.keys[n] for n in chunk])
            self._put(writer, [n for n in chunk if self.keys[n] in mine])
            later += [n for n in chunk if self.keys[n] not in mine]
        while later:
            begun = time.monotonic()
            mine = store.claim(run, [self.keys[n] for n in later])
            self._put(writer, [n for n in later if self.keys[n] in mine])
            done = mine | store.settled([self.keys[n] for n in later])
            done |= store.waiting(self.keys[n] for n in later)
            later = [n for n in later if self.keys[n] not in done]
            if later:
                time.sleep(max(WAIT_SECONDS, REST * (time.monotonic() - begun)))

    def _put(self, writer: Writer, places: list[int]) -> None:
        if not places:
            return
        prompts = [self.plan.prompts[n] for n in places]
        answers = self.model.answer(prompts, self.settings)
        try:
            for number, answer in answers:
                if not isinstance(answer, Answer):
                    raise HumanlikeError(
                        f"{self.info.spec} should yield an Answer for each place; got a "
                        f"{type(answer).__name__}. See humanlike.models.base.Model."
                    )
                place = places[number]
                self.asked.append(place)
                writer.put(Entry(self.keys[place], self.plan.prompts[place], answer))
        finally:
            close = getattr(answers, "close", None)
            if close is not None:
                close()

    def _count(self, meter: Meter, batch: list[Entry]) -> None:
        places = [(self.place_of[entry.key], entry.answer) for entry in batch]
        meter.add(len(batch), sum(outcome_of(self.plan, n, answer).ok for n, answer in places))

    def _rescued(
        self, store: Store, run: int, writer: Writer, problem: StoreError
    ) -> HumanlikeError:
        """Write what could not be stored beside the store's disk, and say where."""
        from humanlike.store.transfer import unsaved_records, write_lines

        if not writer.unsaved:
            return problem
        count = len(writer.unsaved)
        try:
            with tempfile.NamedTemporaryFile(
                "w", prefix="humanlike-unsaved-", suffix=".jsonl", delete=False, encoding="utf-8"
            ) as file:
                write_lines(file, unsaved_records(store, run, writer.unsaved))
        except (OSError, HumanlikeError):
            return StoreError(f"{problem} {count:,} answers that had arrived are asked for again.")
        return StoreError(
            f"{problem} {count:,} answers that had arrived are in {file.name}; "
            "'humanlike responses import' takes them in."
        )

    def _finish(self, store: Store, run: int, state: str) -> None:
        try:
            store.finish(run, state)
        except StoreError:
            if state == "finished":
                raise
