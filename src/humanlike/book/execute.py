"""Execute chapters in worker processes, and keep the results of those that did not change."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from humanlike.book.chapters import Chapter
from humanlike.book.fingerprint import fingerprint, key_of, what_changed
from humanlike.errors import HumanlikeError
from humanlike.paths import PROJECT_VARIABLE, home

KEPT_PER_CHAPTER = 12
Progress = Callable[[int, int], None]


def silent(_done: int, _total: int) -> None:
    """Show no progress."""


@dataclass(frozen=True)
class Execution:
    """One executed chapter.

    Attributes
    ----------
    chapter : str
        Name of the chapter.
    folder : Path
        Holds ``executed.ipynb`` and ``result.json``.
    result : dict
        Parameters, recorded values, data used, start and duration, and the error if there was one.
    """

    chapter: str
    folder: Path
    result: dict[str, Any]

    @property
    def notebook(self) -> Path:
        """The executed notebook."""
        return self.folder / "executed.ipynb"

    @property
    def key(self) -> str:
        """What it is known by: the name of a run, else what it depended on in short."""
        return str(self.result.get("run") or self.folder.name)

    @property
    def parts(self) -> dict[str, Any]:
        """What the execution depended on; empty when that was not kept."""
        try:
            text = (self.folder / "parts.json").read_text(encoding="utf-8")
            return json.loads(text)  # type: ignore[no-any-return]
        except (OSError, ValueError):
            return {}

    @property
    def real(self) -> bool:
        """Whether every data set it read was real."""
        return bool(self.result["session"].get("real"))


PATIENCE = 5  # seconds a worker has to end its kernel before it is killed
_running: set[subprocess.Popen[str]] = set()
_stopping = threading.Event()


def stop_all() -> None:
    """End every chapter that is being executed and start no other; nothing of them is kept."""
    _stopping.set()
    for process in list(_running):
        _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    """Let a worker end its kernel, and all that the kernel started; then make sure."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class ChapterFailed(HumanlikeError):
    """A cell of a chapter raised an error."""


def execute(
    chapter: Chapter,
    parameters: dict[str, Any],
    profile: str,
    out: Path,
    root: Path,
    on_progress: Progress = silent,
) -> Execution:
    """Execute a chapter into a folder.

    Parameters
    ----------
    chapter : Chapter
        The chapter.
    parameters : dict
        Resolved and checked parameter values.
    profile : str
        Name of the profile, kept with the result.
    out : Path
        Existing folder for the result.
    root : Path
        The project.
    on_progress : callable
        Called with the number of finished cells and of all cells.

    Raises
    ------
    ChapterFailed
        Naming chapter, cell and error; the notebook up to the error is kept in ``failed``, a folder
        beside ``out``.
    """
    request = {
        "chapter": chapter.name,
        "parameters": parameters,
        "profile": profile,
        "root": str(root),
        "out": str(out),
    }
    request_file, log_file = out / "request.json", out / "log.txt"
    request_file.write_text(json.dumps(request), encoding="utf-8")
    with log_file.open("w", encoding="utf-8") as log:
        code = _run_worker(request_file, log, root, on_progress)
    request_file.unlink()
    if not (out / "result.json").is_file():
        tail = log_file.read_text(encoding="utf-8").strip()[-1500:]
        raise ChapterFailed(f"Chapter {chapter.name} could not be executed (exit {code}):\n{tail}")
    execution = load_execution(out)
    if execution.result["error"]:
        raise ChapterFailed(_describe(chapter, execution.result["error"], _keep_failed(out)))
    log_file.unlink()
    return execution


def _run_worker(request: Path, log: Any, root: Path, on_progress: Progress) -> int:
    environment = os.environ | {PROJECT_VARIABLE: str(root), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "humanlike.book.worker", str(request)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment,
        stdin=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    _running.add(process)
    try:
        if _stopping.is_set():
            raise KeyboardInterrupt
        for line in process.stdout or ():
            if line.startswith('{"done"'):
                step = json.loads(line)
                on_progress(step["done"], step["total"])
        return process.wait()
    finally:
        _end(process)
        _running.discard(process)


def _describe(chapter: Chapter, error: dict[str, Any], kept: Path) -> str:
    if not error["cell"]:
        return (
            f"Chapter {chapter.name}: the kernel did not start or died ({error['type']}: "
            f"{error['message']}). Is there enough memory? What it printed: {kept / 'log.txt'}"
        )
    first = next((line for line in error["code"].splitlines() if line.strip()), "")
    return (
        f"Chapter {chapter.name}, cell {error['cell']} ({first.strip()[:60]}): "
        f"{error['type']}: {error['message']}\n"
        f"  The notebook up to the error: {kept / 'executed.ipynb'}"
    )


def _keep_failed(out: Path) -> Path:
    failed = out.parent / "failed"
    shutil.rmtree(failed, ignore_errors=True)
    shutil.copytree(out, failed)
    return failed


def load_execution(folder: Path) -> Execution:
    """Read an execution back from its folder."""
    result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    return Execution(result["chapter"], folder, result)


@contextmanager
def scratch(parent: Path, name: str) -> Iterator[Path]:
    """Give a folder beside its final place that is gone when anything goes wrong."""
    parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=parent))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Cache:
    """Executed chapters by what they depend on.

    Parameters
    ----------
    folder : Path, optional
        Where they are kept; by default under the user's own folder.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or home() / "cache" / "chapters"

    def find(self, chapter: Chapter, parts: dict[str, Any]) -> Execution | None:
        """Return the execution with exactly these dependencies, if there is one."""
        folder = self.folder / chapter.name / key_of(parts)
        found = self._load(folder)
        if found:
            os.utime(folder)
        return found

    def newest(self, chapter: Chapter) -> Execution | None:
        """Return the chapter's last execution, whatever has changed since."""
        loaded = (self._load(folder) for folder in self._by_age(chapter))
        return next((execution for execution in loaded if execution), None)

    def why(self, chapter: Chapter, parts: dict[str, Any]) -> str:
        """Say what changed since the last execution of the chapter."""
        last = self.newest(chapter)
        return what_changed(last.parts, parts) if last else "never executed"

    def run(
        self,
        chapter: Chapter,
        parameters: dict[str, Any],
        profile: str,
        root: Path,
        on_progress: Progress = silent,
    ) -> Execution:
        """Execute a chapter and keep the result.

        Raises
        ------
        ChapterFailed
            If a cell fails.
        """
        parts = fingerprint(chapter, parameters, root)
        place = self.folder / chapter.name / key_of(parts)
        with scratch(place.parent, place.name) as folder:
            execute(chapter, parameters, profile, folder, root, on_progress)
            (folder / "parts.json").write_text(json.dumps(parts, ensure_ascii=False), "utf-8")
            if place.exists():
                shutil.rmtree(place)
            folder.rename(place)
        self._prune(chapter)
        return load_execution(place)

    def _by_age(self, chapter: Chapter) -> list[Path]:
        found = (self.folder / chapter.name).glob("[0-9a-f]*/result.json")
        folders = [file.parent for file in found if file.parent.name != "failed"]
        return sorted(folders, key=lambda folder: folder.stat().st_mtime, reverse=True)

    def _prune(self, chapter: Chapter) -> None:
        for folder in self._by_age(chapter)[KEPT_PER_CHAPTER:]:
            shutil.rmtree(folder, ignore_errors=True)

    def _load(self, folder: Path) -> Execution | None:
        try:
            return load_execution(folder) if (folder / "executed.ipynb").is_file() else None
        except (OSError, ValueError, KeyError, TypeError):
            shutil.rmtree(folder, ignore_errors=True)
            return None
