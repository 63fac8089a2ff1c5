"""What an execution depends on, and the key that stands for it.

The key covers the notebook's code cells, its parameters, every module of this package the cells can
reach through imports, the project's own data files, the registered data sets and whether they are
at hand, the models it asks, what it shows of the store, and the versions of Python and all
installed distributions. Prose is left out: an edited sentence does not execute a chapter again.
"""

from __future__ import annotations

import ast
import hashlib
import json
import platform
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

from humanlike.book.asked import model_modules, models_asked, others_stored
from humanlike.book.chapters import Chapter, read_notebook
from humanlike.data.fetch import available
from humanlike.data.registry import dataset
from humanlike.data.source import simulation_forced
from humanlike.errors import HumanlikeError
from humanlike.query.usage import MADE_HERE

PACKAGE = "humanlike"
_BOOK_ONLY = ("claims", "registry")


def fingerprint(chapter: Chapter, parameters: dict[str, Any], root: Path) -> dict[str, Any]:
    """Return everything the result of executing a chapter depends on, by part.

    Parameters
    ----------
    chapter : Chapter
        The chapter.
    parameters : dict
        Resolved parameter values.
    root : Path
        The project.

    Returns
    -------
    dict
        Parts ``code``, ``parameters``, ``package``, ``files``, ``data``, ``models``, ``store``,
        ``versions``; hashable by :func:`key_of`, comparable part by part to say what changed.
    """
    cells = [cell.source for cell in read_notebook(chapter).cells if cell.cell_type == "code"]
    asked = models_asked(chapter, parameters)
    return {
        "code": cells,
        "card": _digest(chapter.source.with_suffix(".yml")),
        "parameters": parameters,
        "package": {name: _digest(file) for name, file in _modules(cells, asked).items()},
        "files": project_files(root) | named_files(chapter, root),
        "data": {name: _data_state(name) for name in chapter.data},
        "models": asked,
        "store": others_stored(asked) if chapter.store else [],
        "versions": versions(),
    }


def key_of(parts: dict[str, Any]) -> str:
    """Return the short hash that names a cached execution."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def what_changed(old: dict[str, Any], new: dict[str, Any]) -> str:
    """Say in a few words why a chapter must be executed again."""
    words = {
        "code": "its code cells",
        "card": "its card",
        "parameters": "its parameters",
        "package": "the package",
        "files": "the project's data files",
        "data": "the registered data",
        "models": "the models asked",
        "store": "the store of answers",
        "versions": "installed versions",
    }
    changed = []
    for part, name in words.items():
        before, after = old.get(part), new.get(part)
        if before == after:
            continue
        if isinstance(before, dict) and isinstance(after, dict):
            keys = sorted(k for k in {*before, *after} if before.get(k) != after.get(k))
            name += f" ({', '.join(keys[:3])}{', …' if len(keys) > 3 else ''})"
        changed.append(name)
    return ", ".join(changed) or "nothing known"


def _modules(cells: list[str], asked: dict[str, Any]) -> dict[str, Path]:
    """Return the modules that cells and models run; those of models are opened by name."""
    own = reachable_modules(cells)
    here = MADE_HERE if "humanlike.models" in own else ()
    by_name = model_modules([*asked, *here])
    return own | reachable_modules([f"import {name}" for name in by_name])


def _data_state(name: str) -> dict[str, Any]:
    pinned = dataset(name)
    at_hand = available(name) and not simulation_forced()
    return {"at hand": at_hand, "files": {f.path: f.sha256 for f in pinned.files}}


def project_files(root: Path) -> dict[str, str]:
    """Return the checksums of the project's own data files, claims and registry excepted."""
    folder = root / "data"
    files = (f for f in sorted(folder.rglob("*")) if f.is_file() and f.suffix != ".md")
    kept = (f for f in files if f.relative_to(folder).parts[0] not in _BOOK_ONLY)
    return {str(f.relative_to(root)): _digest(f) for f in kept}


def named_files(chapter: Chapter, root: Path) -> dict[str, str]:
    """Return the checksums of further files that a chapter's card names.

    Raises
    ------
    HumanlikeError
        If one does not exist.
    """
    for name in chapter.files:
        if not (root / name).is_file():
            raise HumanlikeError(
                f"notebooks/{chapter.name}.yml says that the chapter reads {name}, which does not "
                "exist. Correct the entry under 'files', or make the file."
            )
    return {name: _digest(root / name) for name in chapter.files}


@cache
def versions() -> dict[str, str]:
    """Return the versions of Python and of every installed distribution but this one."""
    found = {"python": platform.python_version(), "system": platform.system()}
    for dist in metadata.distributions():
        name = dist.metadata["Name"]
        if name and name.lower() != PACKAGE:
            found[name.lower()] = dist.version
    return dict(sorted(found.items()))


def reachable_modules(cells: list[str]) -> dict[str, Path]:
    """Return the modules of this package that some code cells can reach, and their files.

    Imports are followed wherever they stand, inside functions too, except those for type checkers
    only. Importing ``a.b.c`` reaches the packages ``a`` and ``a.b`` as well. A name that a package
    loads on first use is followed to its module through the package's imports for type checkers.
    """
    waiting = [name for cell in cells for name in _imports(_parse(cell), "").real]
    found: dict[str, Path] = {}
    while waiting:
        name = waiting.pop()
        parent, _, last = name.rpartition(".")
        file = _module_file(name)
        if file is None:
            package = _module_file(parent) if parent else None
            lazy = _module_imports(package, parent, _digest(package)).lazy if package else {}
            waiting += [lazy[last]] if last in lazy else []
        elif name not in found:
            found[name] = file
            waiting += [parent] if parent else []
            waiting += _module_imports(file, name, _digest(file)).real
    return dict(sorted(found.items()))


class _Imports(NamedTuple):
    real: list[str]
    lazy: dict[str, str]


@cache
def _module_imports(file: Path, name: str, digest: str) -> _Imports:
    del digest  # part of the key only: a changed file is parsed again
    base = name if file.name == "__init__.py" else name.rpartition(".")[0]
    return _imports(ast.parse(file.read_text(encoding="utf-8")), base)


def _parse(cell: str) -> ast.Module:
    lines = [line for line in cell.splitlines() if not line.lstrip().startswith(("%", "!"))]
    try:
        return ast.parse("\n".join(lines))
    except SyntaxError:
        return ast.Module(body=[], type_ignores=[])


def _imports(tree: ast.Module, base: str) -> _Imports:
    """Collect a module's imports from this package; ``base`` is what relative ones start from."""
    real: list[str] = []
    lazy: dict[str, str] = {}
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
        for statement in node.body
        for inner in ast.walk(statement)
    }
    for node in ast.walk(tree):
        for name, alias in _imported(node, base):
            if name.split(".")[0] != PACKAGE:
                continue
            if id(node) in typing_only:
                lazy[alias] = name.rpartition(".")[0]
            else:
                real.append(name)
    return _Imports(real, lazy)


def _imported(node: ast.AST, base: str) -> list[tuple[str, str]]:
    if isinstance(node, ast.Import):
        return [(alias.name, alias.name) for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    module = node.module or ""
    if node.level:
        parents = base.split(".")[: len(base.split(".")) - node.level + 1]
        module = ".".join([*parents, module]).rstrip(".")
    return [(module, ""), *((f"{module}.{alias.name}", alias.name) for alias in node.names)]


def _module_file(name: str) -> Path | None:
    relative = Path(*name.split(".")[1:]) if "." in name else Path()
    base = Path(__file__).resolve().parents[1] / relative
    for file in (base.with_suffix(".py"), base / "__init__.py"):
        if file.is_file() and file.resolve().is_relative_to(Path(__file__).resolve().parents[1]):
            return file
    return None


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
