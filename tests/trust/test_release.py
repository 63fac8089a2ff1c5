"""A release: the same bytes twice, nothing of anybody else, every tampering noticed."""

from __future__ import annotations

import gzip
import io
import json
import shutil
import tarfile
from pathlib import Path

import pytest
from book.sample import TOY, Project

from humanlike.errors import HumanlikeError
from humanlike.trust.archive import MANIFEST, Item, check, pack

ITEMS = [Item("b.txt", b"two"), Item("a/c.txt", b"three"), Item("a.txt", b"one")]


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    pack(ITEMS, "top", tmp_path / "one.tar.gz")
    return tmp_path / "one.tar.gz"


def members(file: Path) -> dict[str, bytes]:
    with tarfile.open(file) as tar:
        return {m.name: (tar.extractfile(m) or io.BytesIO()).read() for m in tar}


def rewritten(file: Path, content: dict[str, bytes]) -> Path:
    with tarfile.open(file, "w:gz") as tar:
        for name, data in content.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return file


def test_equal_content_gives_equal_bytes_whatever_the_order(archive: Path, tmp_path: Path) -> None:
    on_disk = tmp_path / "c.txt"
    on_disk.write_bytes(b"three")
    other = [Item("a/c.txt", on_disk), *[i for i in ITEMS if i.name != "a/c.txt"]]
    pack(other, "top", tmp_path / "two.tar.gz")
    assert archive.read_bytes() == (tmp_path / "two.tar.gz").read_bytes()


def test_the_manifest_is_what_sha256sum_reads(archive: Path) -> None:
    import hashlib

    lines = members(archive)[f"top/{MANIFEST}"].decode().splitlines()
    assert [line.split()[2] for line in lines] == ["a.txt", "a/c.txt", "b.txt"]
    assert lines[0].split()[:2] == [hashlib.sha256(b"one").hexdigest(), "3"]
    assert check(archive) == (3, [])


@pytest.mark.parametrize(
    "change,words",
    [
        ({"top/a.txt": b"eno"}, "a.txt: has another content"),
        ({"top/new.txt": b""}, "new.txt: is not listed"),
        ({"top/a.txt": None}, "a.txt: is listed and missing"),
        ({"top/../evil.txt": b""}, "not a plain file"),
        ({"/etc/evil.txt": b""}, "not a plain file"),
    ],
)
def test_every_tampering_is_noticed(
    archive: Path, change: dict[str, bytes | None], words: str
) -> None:
    changed = {n: d for n, d in (members(archive) | change).items() if d is not None}
    count, problems = check(rewritten(archive, changed))
    assert any(words in problem for problem in problems), problems
    assert count == 3 - ("top/a.txt" in change)


def test_a_link_and_a_file_that_is_there_twice_are_noticed(archive: Path) -> None:
    content = members(archive)
    with tarfile.open(archive, "w:gz") as tar:
        for name, data in [*content.items(), ("top/a.txt", b"one")]:
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
        link = tarfile.TarInfo("top/link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    problems = " ".join(check(archive)[1])
    assert "a.txt: is there twice" in problems
    assert "top/link: not a plain file" in problems


def test_what_is_no_release_says_so(archive: Path, tmp_path: Path) -> None:
    with pytest.raises(HumanlikeError, match="cannot be read"):
        check(tmp_path / "none.tar.gz")
    archive.write_bytes(archive.read_bytes()[:-40])
    with pytest.raises(HumanlikeError, match="cannot be read"):
        check(archive)
    archive.write_bytes(gzip.compress(b"no archive" * 100))
    with pytest.raises(HumanlikeError, match="cannot be read"):
        check(archive)
    with pytest.raises(HumanlikeError, match="no MANIFEST"):
        check(rewritten(archive, {"top/a.txt": b"one"}))


@pytest.mark.slow
def test_a_built_book_is_packed_twice_to_the_same_bytes(built: Project) -> None:
    first = built.cli("release")
    assert first.code == 0, first.text
    assert "without humanlike.pdf: never printed" in first.err
    assert "without verify: never verified" in first.err
    file = built.root / "_build" / "release"
    (packed,) = file.iterdir()
    before = packed.read_bytes()
    for page in (built.root / "_build" / "html").rglob("*.html"):
        page.touch()
    assert built.cli("release", "--out", str(file)).out == first.out
    assert packed.read_bytes() == before
    names = {name.partition("/")[2] for name in members(packed)}
    assert {"html/index.html", "notebooks/alpha.ipynb", "values.json", "ledger.json",
            "about.json", "README.txt", MANIFEST} <= names  # fmt: skip
    about = json.loads(next(d for n, d in members(packed).items() if n.endswith("about.json")))
    assert set(about["left_out"]) == {"humanlike.pdf", "verify"}
    assert about["simulated"] == ["beta"]
    answer = built.cli("release", "--check", str(packed))
    assert answer.code == 0
    assert "0 do not" in answer.out


@pytest.mark.slow
def test_nothing_of_anybody_else_and_no_path_of_this_machine_is_packed(built: Project) -> None:
    page = built.root / "_build" / "html" / "_static" / "renamed.bin"
    page.write_bytes(TOY)
    answer = built.cli("release")
    assert answer.code == 1
    assert "is a file of somebody else (toy: toy.txt)" in answer.err
    page.unlink()
    leak = built.root / "_build" / "html" / "leak.html"
    leak.write_text(f"<p>{built.root.resolve()}/x</p>", encoding="utf-8")
    answer = built.cli("release")
    assert answer.code == 1
    assert "leak.html names a folder of this machine" in answer.err
    assert not (built.root / "_build" / "release").exists()


@pytest.mark.slow
def test_only_an_up_to_date_book_is_packed(built: Project) -> None:
    built.edit("notebooks/alpha.py", "mean = sum(numbers) / n", "mean = sum(numbers) / n + 0")
    answer = built.cli("release")
    assert answer.code == 1
    assert "Not up to date: alpha" in answer.err
    shutil.rmtree(built.root / "_build")
    answer = built.cli("release")
    assert answer.code == 1
    assert "humanlike build" in answer.err
