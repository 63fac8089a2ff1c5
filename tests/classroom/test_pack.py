"""The pack: the same each time, whole, without solutions, and it works after unpacking."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from humanlike.classroom import pack as packing
from humanlike.classroom.pack import MANIFEST, TOP, check, may_be_passed_on, pack
from humanlike.cli.main import main
from humanlike.data.registry import load_registry
from humanlike.errors import HumanlikeError
from humanlike.query.run import query
from humanlike.store.store import Store
from humanlike.store.transfer import records
from humanlike.teach.source import exercises

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str], Path]:
    """A pack without the small model, what it leaves out, and the store it was made from."""
    folder = tmp_path_factory.mktemp("pack")
    store = folder / "store.sqlite"
    query("triplets", "simulated:", n=20, store=store)
    done = pack(ROOT, folder / "class.zip", model=False, store=store)
    return done.path, done.left_out, store


def test_the_pack_is_whole_and_the_same_again(made: tuple[Path, list[str], Path]) -> None:
    path, _, store = made
    assert check(path) == []
    again = path.with_name("again.zip")
    pack(ROOT, again, model=False, store=store)
    assert again.read_bytes() == path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    assert all(name.startswith(f"{TOP}/") and ".." not in name for name in names)
    assert not [name for name in names if "/.git/" in name or "__pycache__" in name]


def test_no_solution_is_anywhere_in_it(made: tuple[Path, list[str], Path]) -> None:
    chapters = sorted(file.stem for file in (ROOT / "book" / "exercises").glob("*.md"))
    secrets = [
        line.strip()
        for chapter in chapters
        for one in exercises(chapter, ROOT)
        for line in one.solution.splitlines()
        if len(line.strip()) > 40
    ]
    assert len(secrets) > 20
    with zipfile.ZipFile(made[0]) as archive:
        everything = [archive.read(name).decode("utf-8", "replace") for name in archive.namelist()]
    found = [secret for secret in secrets if any(secret in text for text in everything)]
    assert found == []
    sealed = [n for n in zipfile.ZipFile(made[0]).namelist() if "/exercises/checks/" in n]
    assert len(sealed) >= len(chapters)


def test_data_are_left_out_unless_their_licence_allows(made: tuple[Path, list[str], Path]) -> None:
    registered = load_registry()
    said = " ".join(made[1])
    with zipfile.ZipFile(made[0]) as archive:
        names = archive.namelist()
    for one in registered.values():
        if not may_be_passed_on(one):
            assert f"`{one.id}`" in said and f"data fetch {one.id}" in said
            assert not [n for n in names if any(n.endswith(file.path) for file in one.files)]


@pytest.mark.parametrize(
    ("licence", "open_"),
    [
        ("CC BY 4.0", True), ("CC0 1.0", True), ("CC BY-SA 4.0", True), ("MIT", True),
        ("CC BY-NC 4.0", False), ("none stated by the repository", False),
        ("not recorded here; CC BY 4.0 for a part", False), ("CC BY-ND 4.0", False),
    ],
)  # fmt: skip
def test_only_open_licences_count(licence: str, open_: bool) -> None:
    from dataclasses import replace

    one = replace(next(iter(load_registry().values())), licence=licence)
    assert may_be_passed_on(one) is open_


def test_stored_answers_travel_without_the_machine(made: tuple[Path, list[str], Path]) -> None:
    path, _, store = made
    with zipfile.ZipFile(path) as archive:
        rows = [json.loads(x) for x in archive.read(f"{TOP}/responses.jsonl").splitlines()]
    with Store(store) as opened:
        assert [row["key"] for row in rows] == [row["key"] for row in records(opened)]
    assert {row["host"] for row in rows} == {""}


def _changed(path: Path, out: Path, change: dict[str, bytes | None]) -> Path:
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = change.get(name.removeprefix(f"{TOP}/"), old.read(name))
            if content is not None:
                new.writestr(name, content)
        for name, content in change.items():
            if content is not None and f"{TOP}/{name}" not in old.namelist():
                new.writestr(f"{TOP}/{name}", content)
    return out


def test_what_was_changed_is_found(
    made: tuple[Path, list[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    path = made[0]
    changes = {"START.md": b"other", "source/README.md": None, "more.txt": b"x", "../out": b"x"}
    problems = " ".join(check(_changed(path, path.with_name("bad.zip"), changes)))
    for part in ("START.md has another content", "source/README.md is missing",
                 "more.txt is not in the manifest", "../out is not in the manifest"):  # fmt: skip
        assert part in problems
    assert main(["classroom", "--check", str(path.with_name("bad.zip"))]) == 1
    assert "missing" in capsys.readouterr().err
    assert main(["classroom", "--check", str(path)]) == 0


def test_what_is_no_pack_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.zip").write_text("no zip")
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("something", "else")
    for name in ("a.zip", "b.zip", "absent.zip"):
        with pytest.raises(HumanlikeError, match="is no pack of this program"):
            check(tmp_path / name)
    with pytest.raises(HumanlikeError, match=r"A pack is a \.zip"):
        pack(ROOT, tmp_path / "class.tar")
    assert main(["classroom"]) == 1
    assert "--out class.zip" in capsys.readouterr().err


def test_a_package_packed_again_can_be_installed(tmp_path: Path) -> None:
    """pip itself takes the wheel; a small package stands for the model's."""
    packing._as_wheel("snowballstemmer", tmp_path)
    (wheel,) = tmp_path.glob("*.whl")
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "--quiet",
         "--disable-pip-version-check", "--target", str(tmp_path / "site"), str(wheel)],
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    code = (
        "import snowballstemmer as s; print(s.__file__, s.stemmer('english').stemWord('running'))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True,
                          env=os.environ | {"PYTHONPATH": str(tmp_path / "site")})  # fmt: skip
    assert str(tmp_path) in told.stdout and told.stdout.split()[-1] == "run"


@pytest.mark.slow
def test_it_works_offline_after_unpacking(
    made: tuple[Path, list[str], Path], tmp_path: Path
) -> None:
    with zipfile.ZipFile(made[0]) as archive:
        archive.extractall(tmp_path)
    source = tmp_path / TOP / "source"
    keep = {n: v for n, v in os.environ.items() if not n.startswith("HUMANLIKE_")}
    environment = keep | {"PYTHONPATH": str(source / "src"), "HUMANLIKE_OFFLINE": "1",
                          "HUMANLIKE_HOME": str(tmp_path / "home")}  # fmt: skip

    def run(*words: str) -> str:
        done = subprocess.run([sys.executable, "-m", "humanlike", *words], cwd=source,
                              env=environment, capture_output=True, text=True)  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    assert f"in {source}" in run("doctor")
    assert "20 new answers" in run("responses", "import", "../responses.jsonl")
    run("exercises", "1", "--out", "my_1.ipynb")
    assert "answer = ..." in (source / "my_1.ipynb").read_text()
    out = run("run", "stages", "--profile", "quick", "-p", "n_boot=100")
    page = Path(re.search(r"^Open (.+)$", out, re.MULTILINE)[1])
    assert page.is_file() and tmp_path in page.parents
    listed = json.loads((source.parent / MANIFEST).read_text())["files"]
    assert "START.md" in listed and "source/book/seminar.md" in listed


@pytest.mark.parametrize("name", ["mine", "theirs"])
def test_data_with_an_open_licence_go_in_and_others_on_request(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The registry of a small project holds a set of each kind; both lie in a mirror."""
    import hashlib

    entry = """
  - id: {0}
    title: {0}
    base: https://example.invalid
    licence: {1}
    citation: {{keys: [], text: Nobody}}
    chapters: []
    files:
      - {{path: {0}/a.txt, source: a.txt, bytes: 2, sha256: {2}}}"""
    digest = hashlib.sha256(b"1\n").hexdigest()
    folder = tmp_path / "project"
    for place in ("data/registry", "notebooks"):
        (folder / place).mkdir(parents=True)
    (folder / "_toc.yml").write_text("format: jb-book\nroot: index\n")
    entries = entry.format("mine", "CC BY 4.0", digest) + entry.format("theirs", "none", digest)
    (folder / "data/registry/all.yml").write_text(f"datasets:{entries}\n")
    for one in ("mine", "theirs"):
        (tmp_path / "mirror" / one).mkdir(parents=True)
        (tmp_path / "mirror" / one / "a.txt").write_text("1\n")
    monkeypatch.setenv("HUMANLIKE_PROJECT", str(folder))
    monkeypatch.setenv("HUMANLIKE_DATA_MIRROR", str(tmp_path / "mirror"))
    left_out = packing._data(tmp_path / "some", with_data=False)
    assert (tmp_path / "some" / name / "a.txt").exists() is (name == "mine")
    assert any("`theirs`" in one and "licence none" in one for one in left_out)
    assert packing._data(tmp_path / "all", with_data=True) == []
    assert (tmp_path / "all" / name / "a.txt").read_text() == "1\n"


def test_packages_that_cannot_be_fetched_are_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(command: list[str], **_: object) -> subprocess.CompletedProcess[bytes]:
        assert "download" in command
        return subprocess.CompletedProcess(command, 1)

    monkeypatch.setattr(packing.subprocess, "run", fails)
    with pytest.raises(HumanlikeError, match="Without --wheels the pack is made"):
        packing._packages(ROOT, tmp_path / "wheels", wheels=True, model=False)
    with pytest.raises(HumanlikeError, match="give --no-model"):
        packing._as_wheel("no-such-package", tmp_path)
