"""From a built book to its PDF edition."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

from humanlike.book.built import Built, read_built
from humanlike.data.digest import sha256_of
from humanlike.errors import HumanlikeError
from humanlike.pdf.chromium import chromium, print_page
from humanlike.pdf.finish import finish, page_numbers, pypdf
from humanlike.pdf.joined import Document, Title, join
from humanlike.readyaml import read_yaml

NAME, RECORD = "humanlike.pdf", "pdf.json"
ROUNDS = 4


@dataclass(frozen=True)
class Printed:
    """A PDF edition.

    Attributes
    ----------
    file : Path
        Where it is.
    pages : int
        How many pages it has.
    overfull : list of str
        What stands out of its page.
    """

    file: Path
    pages: int
    overfull: list[str]


def make_pdf(root: Path, out: Path | None = None, *, code: bool = False) -> Printed:
    """Print the book as it was last built.

    Parameters
    ----------
    root : Path
        The project.
    out : Path, optional
        The file; by default ``_build/humanlike.pdf``.
    code : bool
        Whether folded code is printed too.

    Raises
    ------
    HumanlikeError
        If there is no built book, no Chromium, or printing fails; an earlier file then stays.
    """
    chromium(), pypdf()
    built = read_built(root)
    work = root / "_build"
    target = out or work / NAME
    if target.is_dir():
        raise HumanlikeError(f"{target} is a folder; name the file, such as {target / NAME}")
    folder = work / "print"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    document = join(root, built.html, "../html", title_of(root, built), code=code)
    overfull = print_document(document, folder)
    pages = finish(folder / "printed.pdf", target, document.title, document.parts)
    shutil.rmtree(folder)
    printed = Printed(target, pages, overfull)
    _remember(work, built, printed, code)
    return printed


def print_document(document: Document, folder: Path) -> list[str]:
    """Print a document until the page numbers in its contents are those of its pages."""
    source, target = folder / "book.html", folder / "printed.pdf"
    numbers: dict[str, int] = {}
    for _ in range(ROUNDS):
        document.write(source, numbers)
        overfull = print_page(source, target)
        found = page_numbers(target)
        if found == numbers:
            return overfull
        numbers = found
    raise HumanlikeError("The page numbers of the contents do not settle; please report this.")


def title_of(root: Path, built: Built) -> Title:
    """Collect what the title page says."""
    from humanlike import __version__

    config = read_yaml(root / "_config.yml")
    notes = [
        f"Executed with the profile “{built.profile}”; {len(built.executions)} chapters.",
        "Text and figures: CC BY 4.0. Code: BSD-3-Clause.",
        str(config.get("repository", {}).get("url", "")),
    ]
    if built.simulated:
        notes.insert(0, f"On SIMULATED data, not results: {', '.join(built.simulated)}.")
    return Title(
        str(config.get("title", "")), str(config.get("author", "")), __version__,
        built.date[:10], tuple(note for note in notes if note),
    )  # fmt: skip


def _remember(work: Path, built: Built, printed: Printed, code: bool) -> None:
    """Leave on disk which build the file was printed from."""
    record = asdict(printed) | {
        "file": str(printed.file.resolve()), "sha256": sha256_of(printed.file),
        "built_from": built.state, "code": code,
    }  # fmt: skip
    (work / RECORD).write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
