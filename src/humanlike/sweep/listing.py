"""Read the list of a sweep: models, how each is asked, and with which seeds; strictly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from humanlike.errors import HumanlikeError, unknown
from humanlike.evaluate.parameters import TASKS, Parameters, resolve
from humanlike.query.run import REACH
from humanlike.store.key import canonical, digest
from humanlike.sweep.yaml_lines import Place, read_with_lines

TOP: Final = ("tasks", "profile", "defaults", "prompts", "seeds", "models")
OF_A_MODEL: Final = ("spec", "name", "tasks", "prompts", "seeds")
ENDPOINT: Final = "openai"
_REACH_TYPES: Final[dict[str, type]] = {
    "concurrency": int, "timeout": float, "retries": int,
    "max_cost": float, "price_in": float, "price_out": float,
}  # fmt: skip
_WORDS: Final = {int: "a whole number", float: "a number", str: "a text", tuple: "a list of texts"}
_OPTIONAL: Final = {"temperature": float}
"""Parameters whose default says nothing of their type."""


@dataclass(frozen=True)
class Cell:
    """One evaluation of a sweep: a model, asked in one way with one seed.

    Attributes
    ----------
    model : str
        What the list calls the model.
    spec : str
        As for `humanlike.models.open_model`.
    prompt : str
        Name of the way of asking; empty where there is only one.
    parameters : Parameters
        What is asked and how it is analysed.
    reach : dict
        How a server is reached.
    """

    model: str
    spec: str
    prompt: str
    parameters: Parameters
    reach: dict[str, Any]

    @property
    def id(self) -> str:
        """Short hash of the spec and all parameters."""
        return digest((self.spec, canonical(asdict(self.parameters)))).hex()[:12]

    @property
    def kind(self) -> str:
        """Kind of model."""
        return self.spec.partition(":")[0]

    @property
    def missing(self) -> str:
        """What is done where data cannot be had; a server that may cost money is asked nothing."""
        return "raise" if self.kind == ENDPOINT else "simulate"

    @property
    def label(self) -> str:
        """Model, way of asking and seed, where they tell cells apart."""
        seed = f"seed {self.parameters.seed}" if self.parameters.seed else ""
        return ", ".join(part for part in (self.model, self.prompt, seed) if part)


def read_list(file: Path) -> list[Cell]:
    """Return the cells of a sweep, in the order of the file.

    Parameters
    ----------
    file : Path
        YAML, explained on the page *Many models*.

    Raises
    ------
    HumanlikeError
        Naming file, line and place, if anything in it is unknown, of another type, impossible, or
        there twice.
    """
    found, top = read_with_lines(file)
    _mapping(found, top, "tasks, defaults, models …")
    _known(found, TOP, top, "key")
    if "models" not in found:
        raise top.error("Expected 'models', a list of them.")
    _list(found["models"], top / "models", "models")
    cells: list[Cell] = []
    for number, entry in enumerate(found["models"]):
        cells += _cells(entry, top / "models" / number, found, top)
    _check_unique(cells, file)
    return cells


def _cells(entry: Any, place: Place, found: Mapping[str, Any], top: Place) -> Iterator[Cell]:
    """Yield one cell for each way of asking and seed of a model."""
    from humanlike.models import KINDS

    own = {"spec": entry} if isinstance(entry, str) else entry
    _mapping(own, place, "a spec, or spec: with settings")
    if not isinstance(own.get("spec"), str):
        raise place.error(_no_spec(own, KINDS))
    kind = own["spec"].partition(":")[0]
    if kind not in KINDS:
        raise (place / "spec").error(unknown("kind of model", kind, KINDS))
    name = _typed(own.get("name", own["spec"]), str, place / "name")
    if not name.strip() or not name.isprintable():
        raise (place / "name").error(f"Expected a name of one line; got {name!r}.")
    ways = _ways(own, place, found, top)
    settings = {key: value for key, value in own.items() if key not in OF_A_MODEL}
    common = _settings(found.get("defaults") or {}, top / "defaults")
    special = _settings(settings, place, OF_A_MODEL)
    for key in special:
        if key in REACH and kind != ENDPOINT:
            raise (place / key).error(f"'{key}' says how a server is asked; {kind}: is none.")
    base = {"tasks": found.get("tasks", list(TASKS))} | common
    base |= {"tasks": own["tasks"]} if "tasks" in own else {}
    for seed in _seeds(own, place, found, top):
        for way, extra in ways.items():
            given = base | extra | special | ({} if seed is None else {"seed": seed})
            reach = {key: given.pop(key) for key in REACH if key in given}
            profile = _typed(found.get("profile", "paper"), str, top / "profile")
            parameters = _resolved(profile, given, place)
            reach = reach if kind == ENDPOINT else {}
            yield Cell(name, own["spec"], way if len(ways) > 1 else "", parameters, reach)


def _no_spec(own: Mapping[str, Any], kinds: Iterable[str]) -> str:
    """Say what is wrong where there is no spec; YAML takes ``- encoder:`` for a key."""
    kind = next((kind for kind in kinds if kind in own), "")
    if not kind:
        return "Expected 'spec', such as hf:NAME or simulated:noise=0.1."
    rest = own[kind] if isinstance(own[kind], str) else ""
    return f'Without quotes YAML takes this for a key and a value; write "{kind}:{rest}".'


def _ways(
    own: Mapping[str, Any], place: Place, found: Mapping[str, Any], top: Place
) -> dict[str, dict[str, Any]]:
    """Return the settings of each way in which a model is asked, by name."""
    given = found.get("prompts") or {}
    _mapping(given, top / "prompts", "names of ways of asking, each with settings")
    ways = {
        str(name): _settings(value or {}, top / "prompts" / name) for name, value in given.items()
    }
    if "prompts" not in own:
        return ways or {"": {}}
    _list(own["prompts"], place / "prompts", "names of prompts")
    named = [str(name) for name in own["prompts"]]
    for number, name in enumerate(named):
        if name not in ways:
            raise (place / "prompts" / number).error(unknown("prompt", name, ways))
    return {name: ways[name] for name in named}


def _seeds(
    own: Mapping[str, Any], place: Place, found: Mapping[str, Any], top: Place
) -> list[int | None]:
    where, seeds = (place, own) if "seeds" in own else (top, found)
    if "seeds" not in seeds:
        return [None]
    _list(seeds["seeds"], where / "seeds", "seeds")
    return [_typed(seed, int, where / "seeds" / n) for n, seed in enumerate(seeds["seeds"])]


def _settings(given: Any, place: Place, also: Sequence[str] = ()) -> dict[str, Any]:
    """Check names and types of settings; ``also`` could have been given beside them."""
    _mapping(given, place, "settings")
    types = {name: type(value) for name, value in asdict(Parameters()).items()}
    types = types | _OPTIONAL | _REACH_TYPES
    del types["tasks"]
    _known(given, [*types, *also], place, "setting")
    return {name: _typed(value, types[name], place / name) for name, value in given.items()}


def _resolved(profile: str, given: dict[str, Any], place: Place) -> Parameters:
    tasks = given["tasks"]
    if not isinstance(tasks, list) or not all(isinstance(task, str) for task in tasks):
        raise place.error(f"'tasks' should be a list of {', '.join(TASKS)}; got {tasks!r}.")
    try:
        return resolve(profile, **given)
    except HumanlikeError as problem:
        raise place.error(str(problem)) from None


def _typed(value: Any, kind: type, place: Place) -> Any:
    """Return a value if it is of a type; a whole number also is a number."""
    if kind is float and type(value) is int:
        return float(value)
    if type(value) is not kind:
        raise place.error(f"Expected {_WORDS[kind]}; got {value!r}.")
    return value


def _mapping(value: Any, place: Place, what: str) -> None:
    if not isinstance(value, dict):
        raise place.error(f"Expected {what}; got {value!r}.")


def _list(value: Any, place: Place, what: str) -> None:
    if not isinstance(value, list) or not value:
        raise place.error(f"Expected a list of {what}, at least one; got {value!r}.")


def _known(given: Mapping[str, Any], names: Iterable[str], place: Place, what: str) -> None:
    for name in given:
        if name not in names:
            raise (place / name).error(unknown(what, str(name), names))


def _check_unique(cells: list[Cell], file: Path) -> None:
    labels = Counter(cell.label for cell in cells)
    twice = next((label for label, count in labels.items() if count > 1), None)
    if twice:
        raise HumanlikeError(
            f"{file}: '{twice}' is there twice. Remove one, or give them names ('name:')."
        )
    same: dict[str, Cell] = {}
    for cell in cells:
        other = same.setdefault(cell.id, cell)
        if other is not cell:
            raise HumanlikeError(
                f"{file}: '{other.label}' and '{cell.label}' are the same model with the same "
                "settings. Remove one."
            )
