"""Plan, say beforehand what it takes, and ask what has not been answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from humanlike.errors import HumanlikeError
from humanlike.evaluate.parameters import Parameters
from humanlike.evaluate.record import Asked
from humanlike.query.plans import Plan, plan
from humanlike.query.run import Result, query
from humanlike.query.summary import UNANSWERED
from humanlike.store.key import canonical
from humanlike.store.store import Store

if TYPE_CHECKING:
    from humanlike.models.base import Form, Mode, Model, ModelInfo

PILOT: Final = 200
"""First prompts that show whether a model answers when it is let write."""
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Asking:
    """How one model is asked.

    Attributes
    ----------
    model : Model
        Open, and left open.
    parameters : Parameters
    store : Path or None
        Another store than the user's own.
    missing : {"raise", "simulate"}
        What to do if words, prompts or concepts cannot be had.
    progress : bool
        Whether to show how far it is.
    tell : callable
        Given lines that say what is going to be done.
    """

    model: Model
    parameters: Parameters
    store: Path | None
    missing: str
    progress: bool
    tell: Tell

    @property
    def form(self) -> Form:
        """The form of prompts wished for, or the one the model takes."""
        wished = self.parameters.form
        if wished != "auto":
            return cast("Form", wished)
        forms = self.model.info().forms
        return "chat" if "chat" in forms else forms[0]

    def plan(self, task: str) -> Plan:
        """Return what one task asks."""
        wished = self.parameters
        if task == "triplets":
            return plan(task, form=self.form, n=wished.n_triplets, seed=wished.seed)
        from humanlike.data.norms import load_ratings

        words = list(dict.fromkeys(load_ratings("English", missing=self.missing)["word"]))
        n = wished.n_words or None
        return plan(task, form=self.form, n=n, words=words, templates=self.templates())

    def templates(self) -> dict[str, str]:
        """Return the template of each dimension to be rated."""
        from humanlike.data.prompts import load_prompts
        from humanlike.tasks.ratings import templates

        return templates(load_prompts(missing=self.missing), "English")

    def temperature(self, made: Plan) -> float | None:
        """Return the temperature at which a plan is asked; None leaves the model's own."""
        wished = self.parameters.temperature
        return made.temperature if wished is None else wished

    def ask(self, made: Plan, mode: Mode, **changes: Any) -> Result:
        """Ask what is missing of a plan; ``changes`` go to `humanlike.query.query`."""
        wished = self.parameters
        settings = {
            "temperature": wished.temperature,
            "max_tokens": wished.max_tokens,
            "sampling_seed": wished.sampling_seed,
        }
        return query(
            made, self.model, mode=mode, store=self.store, progress=self.progress,
            **{**settings, **changes},
        )  # fmt: skip

    def all(self) -> dict[str, tuple[Result, str]]:
        """Ask every task; by its name the result, and why its mode is not the one first tried.

        What is known and what is to be asked, how long it takes and what it costs, is told for all
        tasks before anything is asked.

        Raises
        ------
        HumanlikeError
            If the model cannot do what is wished.
        Interrupted
            After Ctrl-C; what had arrived is stored.
        """
        known = self.estimates()
        return {task: self._one(result) for task, result in known.items()}

    def estimates(self) -> dict[str, Result]:
        """Tell for all tasks what is known and to be asked, how long it takes and what it costs.

        Where earlier answers show that it does not answer when it is let write, the allowed answers
        are scored.
        """
        return {task: self._estimate(self.plan(task)) for task in self.parameters.tasks}

    def _estimate(self, made: Plan) -> Result:
        mode = self._first_mode()
        if why := self._why_score(made, mode, dry_run=True):
            self.tell(f"{made.task}: {why}")
            mode = "score"
        return self.ask(made, mode, dry_run=True, tell=self.tell)

    def _first_mode(self) -> Mode:
        wished, modes = self.parameters.mode, self.model.info().modes
        if wished != "auto":
            return cast("Mode", wished)
        return "generate" if "generate" in modes else modes[0]

    def _one(self, known: Result) -> tuple[Result, str]:
        made = known.plan
        why = self._why_score(made, self._first_mode())
        if why and known.settings.mode != "score":
            known = self._estimate(made)
        if known.estimate.to_ask:
            known = self.ask(made, known.settings.mode)
        return known, why

    @property
    def may_switch(self) -> bool:
        """Whether answers are scored if those that the model writes are mostly none."""
        info = self.model.info()
        can = "score" in info.modes and self.form in info.scored_forms and info.kind != "replay"
        return can and self.parameters.mode == "auto"

    def _why_score(self, made: Plan, mode: Mode, **changes: Any) -> str:
        """Say why answers are scored after all: the first ones, written, are mostly none."""
        if not self.may_switch or mode != "generate":
            return ""
        begun = self.ask(beginning(made, PILOT), mode, **changes).summary
        if begun.invalid.get(UNANSWERED, 0) or begun.valid >= (
            self.parameters.least_valid * begun.prompts
        ):
            return ""
        named = ", ".join(f"{count:,} {name}" for name, count in [*begun.invalid.items()][:3])
        return (
            f"of the first {begun.prompts:,} answers it wrote, {begun.valid:,} are valid ({named}),"
            " so the allowed answers are scored instead"
        )


def beginning(made: Plan, n: int) -> Plan:
    """Return the first n prompts of a plan."""
    return at_places(made, range(min(n, len(made.prompts))))


def at_places(made: Plan, places: Sequence[int]) -> Plan:
    """Return the part of a plan at some places."""
    from dataclasses import replace

    columns: dict[str, Sequence[Any]] = {
        name: [values[place] for place in places] for name, values in made.columns.items()
    }
    return replace(made, prompts=[made.prompts[place] for place in places], columns=columns)


def settled(result: Result) -> bool:
    """Return whether asking again would ask nothing."""
    summary = result.summary
    return result.estimate.to_ask == 0 or summary.valid == summary.prompts


def asked_of(result: Result, why: str, price: Any) -> Asked:
    """Sum up what was asked in one task, all runs together.

    Parameters
    ----------
    result : Result
    why : str
        As in `Asked`.
    price : optional
        Anything with ``of(read, written)`` in US dollars; None where it is unknown.
    """
    summary, answers = result.summary, [one for one in result.answers if one is not None]
    counted = [one.usage for one in answers if one.usage.prompt is not None]
    read = sum(one.prompt or 0 for one in counted) if counted else None
    written = sum(one.completion or 0 for one in counted) if counted else None
    first, last, seconds = _when(result)
    return Asked(
        form=result.plan.prompts[0].form,
        mode=result.settings.mode,
        why=why,
        settings=result.settings.identity(),
        prompts=summary.prompts,
        valid=summary.valid,
        failures=summary.invalid,
        first=first,
        last=last,
        seconds=seconds,
        read=read,
        written=written,
        cost=None if price is None or read is None else float(price.of(read, written)),
        notes=summary.notes,
    )


def _when(result: Result) -> tuple[float | None, float | None, float | None]:
    """Return when the first and last answers of this model and task came, and the time asking."""
    about = (canonical(result.info.identity()), canonical(result.settings.identity()),
             result.plan.task)  # fmt: skip
    with Store(result.store) as store:
        took, count = store.pace(result.info, result.settings, result.plan.task)
        first, last = store.rows(
            "SELECT min(created), max(created) FROM responses WHERE run IN "
            "(SELECT id FROM runs WHERE model = ? AND settings = ? AND task = ?)", about
        )[0]  # fmt: skip
    return first, last, took / count * len(result.answers) if count else None


def check_valid(asked: Asked, least: float, wanted: int) -> str:
    """Say why so few valid answers give no result; empty if they do.

    Parameters
    ----------
    asked : Asked
    least : float
        Share that must be valid.
    wanted : int
        Prompts of the task.
    """
    if asked.valid and asked.valid >= least * wanted:
        return ""
    named = ", ".join(f"{count:,} {name}" for name, count in [*asked.failures.items()][:3])
    return f"only {asked.valid_share:.1%} of {asked.prompts:,} answers are valid ({named})"


def needs_form(info: ModelInfo, parameters: Parameters) -> None:
    """Refuse a form or mode the model does not have, before anything is loaded or asked."""
    if parameters.form not in ("auto", *info.forms):
        raise HumanlikeError(
            f"{info.spec} takes no prompts of form {parameters.form}; use --form "
            f"{' or '.join(info.forms)}, or leave it out."
        )
    if parameters.mode not in ("auto", *info.modes):
        raise HumanlikeError(
            f"{info.spec} cannot {parameters.mode} answers; use --mode "
            f"{' or '.join(info.modes)}, or leave it out."
        )
