"""What goes into a release: pages, PDF, notebooks with results, values, ledger, verification."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from humanlike.book.built import Built, read_built
from humanlike.book.chapters import find_chapters
from humanlike.book.fingerprint import fingerprint, versions
from humanlike.data.digest import sha256_of
from humanlike.data.registry import load_registry
from humanlike.errors import HumanlikeError
from humanlike.paths import home
from humanlike.pdf.make import RECORD
from humanlike.readyaml import read_yaml
from humanlike.revision import revision
from humanlike.trust.archive import Item, pack
from humanlike.trust.record import FOLDER as VERIFY
from humanlike.trust.record import NAME, TEXT, problems, read_record
from humanlike.trust.sources import sources_digest

_TEXTS = (".html", ".js", ".css", ".txt", ".json", ".ipynb", ".svg", ".inv", ".md")
README = """\
{title}, version {version}

html/index.html    the book; opens from disk, needs no network
humanlike.pdf      the same as one file, where it was printed
notebooks/         chapters as executed, with their outputs
values.json        every recorded value, with parameters, data checksums and models
ledger.json        claims: published, recomputed, verdict
verify/            what was derived anew from a clean state and signed off, where that was done
about.json         versions, revision, and what was left out and why
MANIFEST.txt       SHA-256, size and name of every other file

Check it with: humanlike release --check FILE
Or, unpacked:  awk '{{print $1 "  " $3}}' MANIFEST.txt | sha256sum --check
"""


@dataclass(frozen=True)
class Release:
    """A written archive.

    Attributes
    ----------
    file : Path
        Where it is.
    sha256 : str
        Its checksum.
    files : int
        Files in it, without the manifest.
    left_out : dict of str to str
        Parts that are not in it, and why.
    """

    file: Path
    sha256: str
    files: int
    left_out: dict[str, str]


def release(root: Path, folder: Path) -> Release:
    """Pack the book as it was last built.

    Parameters
    ----------
    root : Path
        The project.
    folder : Path
        Where the archive goes.

    Returns
    -------
    Release
        Two calls on the same build give the same bytes.

    Raises
    ------
    HumanlikeError
        If there is no up-to-date build, or something would be packed that must not be: somebody
        else's data file, or a path of this machine.
    """
    from humanlike import __version__

    built = read_built(root)
    _refuse_stale(root, built)
    items = [*_pages(built), *_notebooks(root, built), *_tables(built)]
    more, left_out = _editions(root, built)
    title = str(read_yaml(root / "_config.yml").get("title", ""))
    items += [*more, _about(root, built, left_out)]
    items.append(Item("README.txt", README.format(title=title, version=__version__).encode()))
    _refuse_foreign(items)
    _refuse_paths(items, root)
    name = f"humanlike-{__version__}"
    target = folder / f"{name}.tar.gz"
    return Release(target, pack(items, name, target), len(items), left_out)


def _refuse_stale(root: Path, built: Built) -> None:
    chapters = find_chapters(root)
    stale = [n for n in chapters if n not in built.executions] + [
        name
        for name, execution in built.executions.items()
        if name not in chapters
        or execution.parts != fingerprint(chapters[name], execution.result["parameters"], root)
    ]
    if stale:
        raise HumanlikeError(
            f"Not up to date: {', '.join(stale)}. A release packs what is built; first: "
            "humanlike build"
        )


def _pages(built: Built) -> Iterator[Item]:
    for file in built.html.rglob("*"):
        if file.is_file() and file.name not in (".buildinfo", ".DS_Store"):
            yield Item(f"html/{file.relative_to(built.html).as_posix()}", file)


def _notebooks(root: Path, built: Built) -> Iterator[Item]:
    for name in built.executions:
        yield Item(
            f"notebooks/{name}.ipynb", root / "_build" / "stage" / "notebooks" / f"{name}.ipynb"
        )


def _tables(built: Built) -> Iterator[Item]:
    kept = ("parameters", "profile", "values", "session", "started", "seconds")
    rows = {n: {k: e.result[k] for k in kept} for n, e in sorted(built.executions.items())}
    yield Item("values.json", _json(rows))
    yield Item("ledger.json", _json(built.claims))


def _editions(root: Path, built: Built) -> tuple[list[Item], dict[str, str]]:
    """Return PDF and record of verification where they belong to this build, and what does not."""
    items, left_out = [], {}
    why = _why_no_pdf(root, built)
    if why:
        left_out["humanlike.pdf"] = why
    else:
        items.append(Item("humanlike.pdf", Path(_read(root / "_build" / RECORD)["file"])))
    record = read_record(root / VERIFY / NAME)
    if record is None:
        left_out["verify"] = "never verified; humanlike verify"
    elif record["sources"] != sources_digest(root):
        left_out["verify"] = "the record is of other sources; humanlike verify"
    else:
        items += [Item(f"verify/{name}", root / VERIFY / name) for name in (NAME, TEXT)]
        if problems(record):
            left_out["signature"] = "the verification did not sign off; see verify/verify.txt"
    return items, left_out


def _why_no_pdf(root: Path, built: Built) -> str:
    record = _read(root / "_build" / RECORD)
    file = Path(record.get("file", ""))
    if not record or not file.is_file():
        return "never printed; humanlike pdf"
    if record["built_from"] != built.state or record["sha256"] != sha256_of(file):
        return "printed from another build; humanlike pdf"
    return ""


def _read(file: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def _about(root: Path, built: Built, left_out: dict[str, str]) -> Item:
    from humanlike import __version__

    state = revision(root)
    return Item("about.json", _json({
        "humanlike": __version__, "revision": state.commit, "changed_files": state.changed,
        "sources": sources_digest(root), "profile": built.profile, "executed": built.date,
        "simulated": built.simulated, "left_out": left_out, "versions": versions(),
    }))  # fmt: skip


def _json(content: Any) -> bytes:
    return (json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()


def _refuse_foreign(items: list[Item]) -> None:
    """Stop when a registered file of somebody else is among the items, under whatever name."""
    import hashlib

    foreign = {f.sha256: f"{d.id}: {f.name}" for d in load_registry().values() for f in d.files}
    sizes = {f.bytes for d in load_registry().values() for f in d.files}
    for item in items:
        content = item.read()
        found = len(content) in sizes and foreign.get(hashlib.sha256(content).hexdigest())
        if found:
            raise HumanlikeError(
                f"{item.name} is a file of somebody else ({found}), and a release holds none. Take "
                "it out of the pages and build again."
            )


def _refuse_paths(items: list[Item], root: Path) -> None:
    """Stop when a text names a folder of this machine."""
    private = {str(p).encode() for p in (root.resolve(), home(), Path.home()) if len(p.parts) > 2}
    for item in items:
        if item.name.endswith(_TEXTS):
            content = item.read()
            named = next((path for path in private if path in content), None)
            if named:
                raise HumanlikeError(
                    f"{item.name} names a folder of this machine ({named.decode()}), which would "
                    "be published. Take it out of the chapter or page and build again."
                )
