"""Execute one chapter with the reader's own parameters into a folder of its own."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import humanlike.book.build as building
from humanlike.book import remote
from humanlike.book.chapters import Chapter, find_chapters, get_chapter, read_parameters
from humanlike.book.colophon import Origin
from humanlike.book.execute import Execution, execute, scratch, silent
from humanlike.book.fingerprint import fingerprint, key_of
from humanlike.book.form import command, typed
from humanlike.book.parameters import Value, resolve
from humanlike.book.progress import Progress
from humanlike.book.render import render
from humanlike.book.single import write_single
from humanlike.book.values import Values
from humanlike.paths import home
from humanlike.revision import revision


@dataclass(frozen=True)
class Run:
    """A finished run.

    Attributes
    ----------
    folder : Path
        Holds notebook, page, parameters, values and provenance.
    page : Path
        The readable page.
    values : dict
        Recorded values by key.
    seconds : float
        Duration of the execution.
    real : bool
        Whether it ran on real data.
    """

    folder: Path
    page: Path
    values: dict[str, Any]
    seconds: float
    real: bool


def run(
    name: str,
    overrides: dict[str, str],
    profile: str,
    root: Path,
    runs: Path | None = None,
    scheduler: str = "",
    on_progress: Callable[[int, int], None] = silent,
) -> Run:
    """Execute a chapter and leave everything about it in a run folder.

    Parameters
    ----------
    name : str
        The chapter.
    overrides : dict of str to str
        Parameter texts as typed; checked before a kernel starts.
    profile : str
        ``quick``, ``paper`` or ``thorough``.
    root : Path
        The project.
    runs : Path, optional
        Where run folders go; by default under the user's own folder.
    scheduler : str
        Address of a Dask scheduler one of whose workers executes it, see `humanlike.book.remote`.
    on_progress : callable
        Called with the number of finished cells and of all cells.

    Raises
    ------
    HumanlikeError
        For wrong input, or a failing cell. No run folder is left then, nor after Ctrl-C.
    """
    chapter, parameters = checked(name, overrides, profile, root)
    origin = Origin(_command(chapter, profile, parameters), revision(root))
    building.fetch_data([chapter])
    parent = (runs or runs_folder()) / name
    with (
        remote.open_place(scheduler, root) as place,
        scratch(parent, "unfinished") as folder,
        Progress([name]) as progress,
    ):

        def step(done: int, total: int) -> None:
            progress.step(name, done, total)
            on_progress(done, total)

        progress.start(name, "into a run folder")
        execution = place.run(execute, chapter, parameters, profile, folder, root, on_progress=step)
        parts = fingerprint(chapter, parameters, root)
        final = parent / _folder_name(parts)
        execution.result["run"] = final.name
        _write_page(folder, root, execution, parts, origin)
        folder.rename(final)
    return Run(
        folder=final,
        page=final / "page" / "index.html",
        values=execution.result["values"],
        seconds=execution.result["seconds"],
        real=execution.real,
    )


def checked(
    name: str, overrides: dict[str, str], profile: str, root: Path
) -> tuple[Chapter, dict[str, Value]]:
    """Return a chapter and the parameters a run of it gets.

    Raises
    ------
    HumanlikeError
        For an unknown chapter, profile or parameter, a wrong type or a value out of range.
    """
    chapter = get_chapter(name, root)
    known = read_parameters(chapter)
    return chapter, resolve(known, chapter.profile(profile), overrides, name)


def runs_folder() -> Path:
    """Return where run folders go."""
    return home() / "runs"


def _folder_name(parts: dict[str, Any]) -> str:
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{time.time_ns() % 1000:03d}-{key_of(parts)[:6]}"


def _command(chapter: Chapter, profile: str, parameters: dict[str, Value]) -> str:
    """Return what makes a run again: the parameters that its profile does not set."""
    usual = resolve(read_parameters(chapter), chapter.profile(profile), {}, chapter.name)
    texts = {key: typed(value) for key, value in parameters.items() if value != usual[key]}
    return command(chapter.name, profile, texts)


def _write_page(
    folder: Path, root: Path, execution: Execution, parts: dict[str, Any], origin: Origin
) -> None:
    """Write the page and, as separate files, what the notebook carries."""
    _write(folder / "parts.json", parts)
    name, result = execution.chapter, execution.result
    chapters = find_chapters(root)
    stage = folder / "stage"
    stage.mkdir()
    values = Values(chapters, {name: execution}, strict=False)
    write_single(stage, root, chapters[name], values, origin)
    render(stage, folder / "page", strict=False)
    (stage / f"{name}.ipynb").replace(folder / f"{name}.ipynb")
    _write(folder / "parameters.json", result["parameters"])
    _write(folder / "values.json", result["values"])
    provenance = {k: v for k, v in result.items() if k not in ("values", "parameters", "error")}
    provenance |= {"command": origin.command, "revision": asdict(origin.revision)}
    _write(folder / "provenance.json", provenance | {"depends_on": parts})
    for left in ("stage", "executed.ipynb", "result.json", "parts.json"):
        _remove(folder / left)


def _write(file: Path, content: Any) -> None:
    text = json.dumps(content, indent=1, ensure_ascii=False)
    file.write_text(text + "\n", encoding="utf-8")


def _remove(path: Path) -> None:
    import shutil

    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
