"""Execute one chapter with papermill; run as a process of its own.

Called as ``python -m humanlike.book.worker REQUEST.json``. Prints one JSON line per finished
cell, so that the caller can show progress, and leaves ``executed.ipynb`` and ``result.json`` in the
folder the request names. The caller owns that folder and throws it away when anything goes wrong.
"""

from __future__ import annotations

import json
import os
import re
import resource
import sys
import tempfile
import time
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from humanlike.book.chapters import load_chapter, read_notebook
from humanlike.book.record import SESSION_MIME, VALUE_MIME

if TYPE_CHECKING:
    from nbformat import NotebookNode

_CLOSING = "from humanlike.book.record import close\n\nclose()"
LONGEST_SOCKET_FOLDER = 90  # a socket address holds 107 bytes on Linux, 103 on macOS
_ANSI = re.compile(r"\x1b\[[0-9;]*m")


def main(request_file: str) -> int:
    """Carry out the request and write its result."""
    import nbformat

    request = json.loads(Path(request_file).read_text(encoding="utf-8"))
    out = Path(request["out"])
    chapter = load_chapter(Path(request["root"]), request["chapter"])
    notebook = read_notebook(chapter)
    notebook.cells.append(nbformat.v4.new_code_cell(_CLOSING, id="closing"))
    source = out / "source.ipynb"
    nbformat.write(notebook, source)
    started, clock = datetime.now(UTC), time.perf_counter()
    error = _execute(source, out / "executed.ipynb", request)
    if not (out / "executed.ipynb").is_file():
        nbformat.write(notebook, out / "executed.ipynb")
    source.unlink()
    executed = clean(nbformat.read(out / "executed.ipynb", as_version=4))
    nbformat.write(executed, out / "executed.ipynb")
    result = {
        "chapter": chapter.name,
        "parameters": request["parameters"],
        "profile": request["profile"],
        "values": collect_values(executed),
        "session": collect_session(executed),
        "started": started.isoformat(timespec="seconds"),
        "seconds": round(time.perf_counter() - clock, 2),
        "peak_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024,
        "error": error,
    }
    (out / "result.json").write_text(json.dumps(result, indent=1, ensure_ascii=False), "utf-8")
    return 1 if error else 0


def _execute(source: Path, target: Path, request: dict[str, Any]) -> dict[str, Any] | None:
    import nbformat
    from papermill.exceptions import PapermillExecutionError

    try:
        _run_cells(source, target, request)
    except PapermillExecutionError as failure:
        return {
            "cell": _failing_cell(nbformat.read(target, as_version=4)),
            "code": failure.source,
            "type": failure.ename,
            "message": failure.evalue,
            "traceback": _ANSI.sub("", "\n".join(failure.traceback)),
        }
    except Exception as problem:  # the kernel did not start, or died: no cell is to blame
        traceback.print_exc()
        return {"cell": 0, "code": "", "type": type(problem).__name__, "message": str(problem)}
    return None


def _run_cells(source: Path, target: Path, request: dict[str, Any]) -> None:
    import papermill
    from papermill.engines import papermill_engines

    papermill_engines.register("humanlike", _engine())
    with tempfile.TemporaryDirectory(prefix="hl-") as sockets:
        papermill.execute_notebook(
            source,
            target,
            parameters=request["parameters"],
            engine_name="humanlike",
            kernel_name="python3",
            cwd=request["root"],
            progress_bar=False,
            autosave_cell_every=0,
            request_save_on_cell_execute=False,
            config=transport(Path(sockets)),
        )


def transport(folder: Path) -> Any:
    """Let the kernel listen on sockets in a folder of its own.

    TCP ports are chosen free but taken only when the kernel is up; of several kernels that start at
    once, two may then want the same one, and the second dies.
    """
    from traitlets.config import Config

    if os.name != "posix" or len(str(folder)) > LONGEST_SOCKET_FOLDER:
        return Config()
    return Config(KernelManager={"transport": "ipc", "ip": str(folder / "kernel")})


def _engine() -> Any:
    from papermill.engines import NBClientEngine

    class ReportingEngine(NBClientEngine):  # type: ignore[misc]
        """papermill's own engine, saying after each cell how far it is."""

        @classmethod
        def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> None:
            total = len(nb_man.nb.cells)
            finish = nb_man.cell_complete

            def complete(cell: Any, cell_index: int | None = None, **kwargs: Any) -> None:
                finish(cell, cell_index=cell_index, **kwargs)
                print(json.dumps({"done": (cell_index or 0) + 1, "total": total}), flush=True)

            nb_man.cell_complete = complete
            super().execute_managed_notebook(nb_man, kernel_name, **options)

    return ReportingEngine


def _failing_cell(executed: NotebookNode) -> int:
    """Return the number, from 1, that the first failing cell has in the chapter's source."""
    added = {"injected-parameters", "papermill-error-cell-tag"}
    own = [c for c in executed.cells if not added & set(c.metadata.get("tags", []))]
    for number, cell in enumerate(own, start=1):
        if any(output.output_type == "error" for output in cell.get("outputs", [])):
            return number
    return len(own)


def clean(notebook: NotebookNode) -> NotebookNode:
    """Drop papermill's and the kernel's time stamps, so that equal results are equal files."""
    notebook.metadata.pop("papermill", None)
    for cell in notebook.cells:
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
    return notebook


def collect_values(notebook: NotebookNode) -> dict[str, Any]:
    """Return the recorded values by key, the last one where a key was recorded twice."""
    values = {}
    for data in _outputs(notebook, VALUE_MIME):
        values[data["key"]] = {k: v for k, v in data.items() if k != "key"}
    return values


def collect_session(notebook: NotebookNode) -> dict[str, Any]:
    """Return what the closing cell said about the data; empty when it was not reached."""
    return next(_outputs(notebook, SESSION_MIME), {})


def _outputs(notebook: NotebookNode, mime: str) -> Any:
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if mime in output.get("data", {}):
                yield output["data"][mime]


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
