"""The chapters: find them, read them, keep each pair of files equal.

A chapter ``rsa`` is three files in ``notebooks/``: ``rsa.py`` (the source, jupytext percent
format), ``rsa.ipynb`` (its pair, without outputs) and ``rsa.yml`` (its card: title, data, profiles
and the values it records).
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from humanlike.book.parameters import Parameter, parse_cell
from humanlike.book.setup_cell import is_setup, setup_source, with_setup
from humanlike.errors import HumanlikeError, unknown
from humanlike.paths import project_root
from humanlike.readyaml import read_yaml

if TYPE_CHECKING:
    from nbformat import NotebookNode

PROFILES = ("quick", "paper", "thorough")
_CARD_KEYS = {"title", "paper", "data", "files", "asks", "store", "profiles", "values"}
_PAPERS = ("A", "B", "both")
_KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
_BRACES = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class ValueSpec:
    """A value a chapter promises to record: what it is and how it is printed."""

    doc: str
    format: str = ""


@dataclass(frozen=True)
class Chapter:
    """One chapter of the book.

    Attributes
    ----------
    name : str
        File name without ending; also the name on the command line.
    source, notebook : Path
        The jupytext source and its paired notebook.
    title : str
        Title on the page.
    paper : str
        ``"A"``, ``"B"`` or ``"both"``.
    data : tuple of str
        Names of the data sets it reads.
    files : tuple of str
        Files of the project outside ``data/`` that it reads, as paths from the top.
    asks : tuple of str
        Parameters that hold the specs of models it asks.
    store : bool
        Whether it shows what is in the user's store of answers, whoever was asked.
    profiles : dict of str to dict
        Parameter values each profile sets.
    values : dict of str to ValueSpec
        Every key the chapter may record.
    """

    name: str
    source: Path
    notebook: Path
    title: str
    paper: str
    data: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    store: bool = False
    profiles: dict[str, dict[str, Any]] = field(default_factory=dict)
    values: dict[str, ValueSpec] = field(default_factory=dict)

    @property
    def docname(self) -> str:
        """Address of the page inside the book, without ending."""
        return f"{self.source.parent.name}/{self.name}"

    def profile(self, name: str) -> dict[str, Any]:
        """Return the parameter values a profile sets.

        Raises
        ------
        HumanlikeError
            If there is no such profile.
        """
        if name not in PROFILES:
            raise HumanlikeError(unknown("profile", name, PROFILES))
        return self.profiles.get(name, {})


def find_chapters(root: Path | None = None) -> dict[str, Chapter]:
    """Return all chapters of the project, by name, in the order of ``_toc.yml``.

    Raises
    ------
    HumanlikeError
        If a chapter of the table of contents has no source or no card.
    """
    root = root or project_root()
    return {name: load_chapter(root, name) for name in _names_in_toc(root)}


def get_chapter(name: str, root: Path | None = None) -> Chapter:
    """Return one chapter.

    Raises
    ------
    HumanlikeError
        If the table of contents has no such chapter; the nearest name is suggested.
    """
    root = root or project_root()
    names = _names_in_toc(root)
    if name not in names:
        raise HumanlikeError(unknown("chapter", name, names))
    return load_chapter(root, name)


def toc_files(root: Path) -> list[str]:
    """Return every page of ``_toc.yml`` in order, as written there."""
    toc = read_yaml(root / "_toc.yml")
    found: list[str] = []

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            found.extend(str(node[key]) for key in ("root", "file") if key in node)
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(toc)
    return found


def _names_in_toc(root: Path) -> list[str]:
    prefix = "notebooks/"
    return [page.removeprefix(prefix) for page in toc_files(root) if page.startswith(prefix)]


def load_chapter(root: Path, name: str) -> Chapter:
    """Read a chapter's card.

    Raises
    ------
    HumanlikeError
        If the source or the card is missing, or the card has unknown or missing entries.
    """
    folder = root / "notebooks"
    source, card_file = folder / f"{name}.py", folder / f"{name}.yml"
    for file in (source, card_file):
        if not file.is_file():
            raise HumanlikeError(
                f"Chapter '{name}' stands in _toc.yml, but {file.relative_to(root)} does not exist."
            )
    card = read_yaml(card_file) or {}
    where = str(card_file.relative_to(root))
    _check_card(card, where)
    return Chapter(
        name=name,
        source=source,
        notebook=source.with_suffix(".ipynb"),
        title=str(card["title"]),
        paper=str(card["paper"]),
        data=tuple(card.get("data") or ()),
        files=tuple(card.get("files") or ()),
        asks=tuple(card.get("asks") or ()),
        store=bool(card.get("store")),
        profiles={k: dict(v or {}) for k, v in (card.get("profiles") or {}).items()},
        values=_expand_values(card.get("values") or {}, where),
    )


def _check_card(card: Any, where: str) -> None:
    if not isinstance(card, dict):
        raise HumanlikeError(f"{where} is not a card: expected entries such as 'title: …'.")
    for key in card:
        if key not in _CARD_KEYS:
            raise HumanlikeError(f"{where}: " + unknown("entry", str(key), _CARD_KEYS))
    for key in ("title", "paper"):
        if key not in card:
            raise HumanlikeError(f"{where}: the entry '{key}' is missing.")
    if str(card["paper"]) not in _PAPERS:
        raise HumanlikeError(f"{where}: " + unknown("paper", str(card["paper"]), _PAPERS))
    examples = {"data": "wu2026-ratings", "files": "benchmarks/results/rsa.json", "asks": "model"}
    for key, example in examples.items():
        if not isinstance(card.get(key) or [], list):
            raise HumanlikeError(f"{where}: '{key}' is a list of names, such as [{example}].")
    if not isinstance(card.get("store", False), bool):
        raise HumanlikeError(f"{where}: 'store' is true or false.")
    for key in ("profiles", "values"):
        if not isinstance(card.get(key) or {}, dict):
            raise HumanlikeError(f"{where}: '{key}' takes entries 'name: …', not a list or text.")
    for profile, settings in (card.get("profiles") or {}).items():
        if profile not in PROFILES:
            raise HumanlikeError(f"{where}: " + unknown("profile", str(profile), PROFILES))
        if not isinstance(settings or {}, dict):
            raise HumanlikeError(f"{where}: profile '{profile}' takes entries 'parameter: value'.")


def _expand_values(declared: dict[str, Any], where: str) -> dict[str, ValueSpec]:
    """Expand ``rho.{base,en_ft}`` into one key per alternative."""
    values: dict[str, ValueSpec] = {}
    for pattern, spec in declared.items():
        entry = spec if isinstance(spec, dict) else {"doc": str(spec)}
        for name in entry:
            if name not in ("doc", "format"):
                raise HumanlikeError(
                    f"{where}, value '{pattern}': " + unknown("entry", str(name), ("doc", "format"))
                )
        for key in _expand(str(pattern)):
            if key in values:
                raise HumanlikeError(f"{where}: the value '{key}' is declared twice.")
            values[key] = ValueSpec(
                doc=str(entry.get("doc", "")), format=str(entry.get("format", ""))
            )
    return values


def _expand(pattern: str) -> list[str]:
    match = _BRACES.search(pattern)
    if not match:
        return [pattern]
    head, tail = pattern[: match.start()], pattern[match.end() :]
    return [key for part in match[1].split(",") for key in _expand(head + part.strip() + tail)]


def read_notebook(chapter: Chapter) -> NotebookNode:
    """Read a chapter's source as a notebook whose cell ids depend only on its content.

    The cell that installs the package on a bare machine is no part of the chapter.
    """
    notebook = _read_all(chapter)
    notebook.cells = [cell for cell in notebook.cells if not is_setup(cell)]
    return notebook


def _read_all(chapter: Chapter) -> NotebookNode:
    import jupytext

    notebook: NotebookNode = jupytext.read(chapter.source)
    notebook.metadata.setdefault("kernelspec", dict(_KERNEL))
    seen: dict[str, int] = {}
    for cell in notebook.cells:
        digest = hashlib.sha256(cell.source.encode()).hexdigest()[:10]
        seen[digest] = seen.get(digest, 0) + 1
        cell["id"] = f"{digest}-{seen[digest]}"
    return notebook


def read_parameters(chapter: Chapter) -> dict[str, Parameter]:
    """Return the chapter's parameters; empty when it has no cell tagged ``parameters``."""
    cells = [c for c in read_notebook(chapter).cells if "parameters" in c.metadata.get("tags", [])]
    return parse_cell(cells[0].source, chapter.name) if cells else {}


def pair_difference(chapter: Chapter) -> str:
    """Say in one line how source and paired notebook differ; empty when they agree.

    Compared are cell types, sources and metadata, never dates.
    """
    import nbformat

    if not chapter.notebook.is_file():
        return f"{chapter.notebook.name} does not exist"
    source = _read_all(chapter)
    try:
        pair = nbformat.read(chapter.notebook, as_version=4)
    except Exception:  # whatever a damaged file makes nbformat raise
        return f"{chapter.notebook.name} is not a readable notebook"
    text = chapter.source.read_text(encoding="utf-8")
    if text != with_setup(text, setup_source(chapter.source.parents[1])):
        return f"{chapter.source.name} lacks the cell that installs on Colab, or has an old one"
    if len(source.cells) != len(pair.cells):
        return f"{len(source.cells)} cells in the source, {len(pair.cells)} in the notebook"
    for number, (ours, theirs) in enumerate(zip(source.cells, pair.cells, strict=True), start=1):
        if ours.cell_type != theirs.cell_type:
            return (
                f"cell {number} is {ours.cell_type} in the source, {theirs.cell_type} in the pair"
            )
        if ours.source != theirs.source:
            return f"the text of cell {number} differs"
        if ours.metadata != theirs.metadata:
            return f"the tags or other metadata of cell {number} differ"
        if theirs.get("outputs"):
            return f"cell {number} of the notebook has outputs"
    return ""


def write_pair(chapter: Chapter) -> bool:
    """Write the paired notebook from the source; return whether it changed.

    The source itself only gets the cell that installs on Colab where it lacks that.
    """
    import nbformat

    if not pair_difference(chapter):
        return False
    text = chapter.source.read_text(encoding="utf-8")
    complete = with_setup(text, setup_source(chapter.source.parents[1]))
    if text != complete:
        chapter.source.write_text(complete, encoding="utf-8")
    notebook = _read_all(chapter)
    notebook.nbformat_minor = 5
    nbformat.validate(notebook)
    text = nbformat.writes(notebook)
    chapter.notebook.write_text(text.rstrip("\n") + "\n", encoding="utf-8")
    return True
