"""Where chapters are executed: here, or on the workers of a Dask scheduler.

A worker needs the same disk: it reads the project and leaves the execution where the build looks
for it. A chapter that asks a model, or shows the store of answers, is executed here: the store is
one file that only processes of one machine can share.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from humanlike.errors import HumanlikeError
from humanlike.parallel import open_executor, reason
from humanlike.paths import home

if TYPE_CHECKING:
    from humanlike.book.chapters import Chapter
    from humanlike.book.execute import Execution, Progress


@dataclass(frozen=True)
class Place:
    """Where a chapter is executed.

    Attributes
    ----------
    pool : Executor or None
        Workers; None for this machine.
    """

    pool: Executor | None = None

    def run(
        self,
        function: Callable[..., Execution],
        chapter: Chapter,
        *given: Any,
        on_progress: Progress,
    ) -> Execution:
        """Execute a chapter by a function of `humanlike.book.execute`.

        Raises
        ------
        HumanlikeError
            If a cell fails, or the worker does.
        """
        if self.pool is None or chapter.asks or chapter.store:
            return function(chapter, *given, on_progress=on_progress)
        try:
            found: Execution = self.pool.submit(function, chapter, *given).result()
        except HumanlikeError:
            raise
        except Exception as problem:
            raise HumanlikeError(f"Chapter {chapter.name}: {reason(problem)}") from problem
        return found


HERE = Place()
"""This machine."""


@contextmanager
def open_place(scheduler: str, root: Path) -> Iterator[Place]:
    """Give the place a scheduler stands for; none stands for this machine.

    Raises
    ------
    HumanlikeError
        If no scheduler answers, or its workers do not see the project and the user's own folder.
    """
    if not scheduler:
        yield HERE
        return
    with open_executor(scheduler=scheduler) as pool:
        _check(pool, root)
        yield Place(pool)


def _check(pool: Executor, root: Path) -> None:
    """Refuse workers without the same disk: they would read and write something else."""
    mark = home() / f".seen-{uuid4().hex}"
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.touch()
    try:
        for path in (root / "_toc.yml", mark):
            if not pool.submit(Path.is_file, path).result():
                raise HumanlikeError(
                    f"The workers do not see {path.parent}. Chapters are executed on machines "
                    "that share the disk with this one; 'humanlike sweep' also works without."
                )
    finally:
        with suppress(OSError):
            mark.unlink()
