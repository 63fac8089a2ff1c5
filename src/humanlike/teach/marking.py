"""Execute a student's notebook in a kernel of its own, and judge what it leaves in ``answer``."""

from __future__ import annotations

import json
import os
import queue
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from humanlike.book.worker import transport
from humanlike.errors import HumanlikeError
from humanlike.paths import PROJECT_VARIABLE
from humanlike.teach.answers import ANSWER_MIME
from humanlike.teach.exercise import Exercise
from humanlike.teach.seal import sealed
from humanlike.teach.verdict import (
    EMPTY,
    NOT_YET,
    OWN,
    RAISED,
    SIMULATED,
    UNCHECKED,
    Verdict,
    judge,
)  # fmt: skip
from humanlike.teach.workbook import CHECK_TAG, PLACEHOLDER, TAG

if TYPE_CHECKING:
    from nbformat import NotebookNode

SECONDS = 300.0
START = 60.0
FORGET = "answer = ..."
TELL = "from humanlike.teach.answers import tell as _tell; _tell(globals().get('answer', ...))"
_SECRET = re.compile(r"(_KEY|_TOKEN|_SECRET|PASSWORD)$")
_ANSI = re.compile(r"\x1b\[[0-9;]*m")


@dataclass
class Part:
    """The cells that belong to one exercise: from its own up to that of the next."""

    id: str
    cells: list[str] = field(default_factory=list)
    words: str = ""


@dataclass
class Outcome:
    """What executing a part gave."""

    told: dict[str, Any] | None = None
    error: str = ""


def mark(
    exercises: list[Exercise], file: Path, root: Path, seconds: float = SECONDS
) -> list[Verdict]:
    """Check a student's notebook.

    Parameters
    ----------
    exercises : list of Exercise
        What is checked.
    file : Path
        The notebook; it is only read.
    root : Path
        The project, for the digests and the data's registry.
    seconds : float
        Time for the whole notebook; what was not reached by then counts as an error of its cell.

    Raises
    ------
    HumanlikeError
        If the file is no notebook, holds none of the exercises, or no kernel starts.
    """
    parts = read_parts(file)
    wanted = {one.id for one in exercises}
    if not wanted & {part.id for part in parts}:
        raise HumanlikeError(
            f"{file} holds none of these exercises: {', '.join(sorted(wanted))}. Work in the "
            "notebook that 'humanlike exercises NAME --out FILE.ipynb' writes; its cells are named."
        )
    outcomes = _execute(parts, root, seconds)
    chapters = dict.fromkeys(one.chapter for one in exercises)
    entries = {k: v for name in chapters for k, v in sealed(name, root).items()}
    by_id = {part.id: part for part in parts}
    return [_verdict(one, by_id.get(one.id), outcomes.get(one.id), entries) for one in exercises]


def _verdict(
    one: Exercise, part: Part | None, outcome: Outcome | None, entries: dict[str, Any]
) -> Verdict:
    if part is None:
        return Verdict(one.id, EMPTY, "Its cell is not in this notebook.")
    if not one.checked:
        written = part.words.replace(PLACEHOLDER, "").strip()
        return judge(one.id, {"answer": "free"}, None) if written else Verdict(one.id, EMPTY, "")
    if one.id not in entries:
        return Verdict(one.id, UNCHECKED, "It was changed after the answers were sealed.")
    if outcome is None or outcome.error:
        return Verdict(one.id, RAISED, outcome.error if outcome else "")
    told = outcome.told or {"value": None, "problem": "", "real": True}
    if told["problem"]:
        return Verdict(one.id, NOT_YET, told["problem"])
    if told["value"] is not None and not told["real"]:
        return Verdict(one.id, UNCHECKED, SIMULATED)
    return judge(one.id, entries[one.id], told["value"])


def read_parts(file: Path) -> list[Part]:
    """Return the parts of a notebook; what stands before the first exercise has no id.

    Raises
    ------
    HumanlikeError
        If it cannot be read.
    """
    import nbformat

    try:
        notebook = nbformat.read(file, as_version=4)
    except FileNotFoundError:
        raise HumanlikeError(f"There is no notebook {file}.") from None
    except OSError as error:
        raise HumanlikeError(f"{file} cannot be read: {error.strerror}.") from None
    except Exception:  # whatever a damaged file makes nbformat raise
        raise HumanlikeError(f"{file} is not a readable notebook.") from None
    parts = [Part("")]
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        name = next((t.removeprefix(TAG) for t in tags if t.startswith(TAG)), "")
        if name:
            parts.append(Part(name))
        _add(parts[-1], cell, bool(name), CHECK_TAG in tags)
    return parts


def _add(part: Part, cell: NotebookNode, own: bool, is_check: bool) -> None:
    if cell.cell_type == "code" and not is_check:
        part.cells.append(cell.source)
    elif own and cell.cell_type == "markdown":
        part.words += cell.source


def _execute(parts: list[Part], root: Path, seconds: float) -> dict[str, Outcome]:
    outcomes = {}
    with _kernel(root) as run:
        end = time.monotonic() + seconds
        for part in parts:
            outcomes[part.id] = _execute_part(part, run, end, seconds)
    return outcomes


Run = Callable[[str, float], Outcome]


def _execute_part(part: Part, run: Run, end: float, seconds: float) -> Outcome:
    error = ""
    try:
        run(FORGET, end - time.monotonic())
        for cell in part.cells:
            error = run(cell, end - time.monotonic()).error
            if error:
                break
        told = run(TELL, end - time.monotonic()).told
    except TimeoutError:
        return Outcome(
            error=f"The notebook took longer than {seconds:g} s (--seconds sets this limit)."
        )
    except ConnectionError:
        return Outcome(error="The kernel died here: memory, or a crash in a compiled part.")
    return Outcome(told, error)


@contextmanager
def _kernel(root: Path) -> Iterator[Run]:
    """Start a kernel in an empty folder, offline and without secrets; end it in any case."""
    from jupyter_client.manager import KernelManager

    kept = {k: v for k, v in os.environ.items() if not _SECRET.search(k.upper())}
    own = {PROJECT_VARIABLE: str(root), "HUMANLIKE_OFFLINE": "1", "MPLBACKEND": "agg"}
    with tempfile.TemporaryDirectory(prefix="hl-check-") as folder:
        sockets, scratch = Path(folder, "k"), Path(folder, "here")
        sockets.mkdir()
        scratch.mkdir()
        manager = KernelManager(kernel_name="python3", config=transport(sockets))
        manager.start_kernel(cwd=str(scratch), env=kept | own)
        client = manager.client()
        client.start_channels()
        try:
            client.wait_for_ready(timeout=START)
            yield lambda code, left: _run(client, manager, code, left)
        except RuntimeError as error:
            raise HumanlikeError(f"No kernel could be started: {error}.") from None
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)


def _run(client: Any, manager: Any, code: str, left: float) -> Outcome:
    """Execute one cell and return the answer it told and the error it raised."""
    outcome = Outcome()
    end = time.monotonic() + left
    request = client.execute(code, store_history=False, allow_stdin=False)
    while True:
        if time.monotonic() > end:
            raise TimeoutError
        try:
            message = client.get_iopub_msg(timeout=min(1.0, max(0.05, end - time.monotonic())))
        except queue.Empty:
            if not manager.is_alive():
                raise ConnectionError from None
            continue
        if message["parent_header"].get("msg_id") != request:
            continue
        kind, content = message["msg_type"], message["content"]
        if kind == "display_data" and ANSWER_MIME in content["data"]:
            outcome.told = json.loads(content["data"][ANSWER_MIME])
        elif kind == "error":
            outcome.error = _ANSI.sub("", f"{content['ename']}: {content['evalue']}")[:300]
        elif kind == "status" and content["execution_state"] == "idle":
            return outcome


def summary(verdicts: list[Verdict]) -> str:
    """Return one sentence about all verdicts."""
    counts: dict[str, int] = {}
    for verdict in verdicts:
        counts[verdict.state] = counts.get(verdict.state, 0) + 1
    said = ", ".join(f"{n} {state}" for state, n in counts.items())
    return f"{len(verdicts)} exercises: {said}."


def finished(verdicts: list[Verdict]) -> bool:
    """Tell whether nothing is left that a program could find wrong."""
    return not {v.state for v in verdicts} - {"right", OWN}
