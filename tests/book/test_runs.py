"""Kept runs: found by name, compared, removed, and nothing else ever removed."""

from __future__ import annotations

import base64
import json
import os
import re
import time
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from humanlike.book.compare import compare, figures, page, write_page
from humanlike.book.runs import abandoned, find_runs, get_run, removable, remove
from humanlike.cli.main import main
from humanlike.errors import HumanlikeError

NAMES = [f"2026110{day}-120000-00{day}-abcde{day}" for day in range(1, 6)]
EVIL = "<script>alert(1)</script>&\"'"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="2" height="2"><script>alert(1)</script></svg>'


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HUMANLIKE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def keep(home: Path, chapter: str, name: str, *, days: float = 0, **contents: Any) -> Path:
    """Write a run folder as a run leaves it."""
    folder = home / "runs" / chapter / name
    (folder / "page").mkdir(parents=True)
    (folder / "page" / "index.html").write_text("<p>")
    provenance = {"profile": "paper", "started": "2026-11-01T12:00:00+00:00", "seconds": 1.5,
                  "session": {"real": True}, "depends_on": {"code": ["a"], "versions": {"x": "1"},
                                                            "parameters": {"n": 1}}}  # fmt: skip
    usual: dict[str, Any] = {"parameters": {}, "values": {}, "provenance": provenance}
    for key, content in (usual | contents).items():
        (folder / f"{key}.json").write_text(json.dumps(content))
    then = time.time() - 86_400 * days
    os.utime(folder, (then, then))
    return folder


def keep_notebook(folder: Path, chapter: str, label: str, data: dict[str, str], alt: str) -> None:
    from nbformat import v4, write

    note = {"mystnb": {"figure": {"name": label, "caption": "c"}, "image": {"alt": alt}}}
    cell = v4.new_code_cell("x", metadata=note, outputs=[v4.new_output("display_data", data)])
    write(v4.new_notebook(cells=[cell]), folder / f"{chapter}.ipynb")


def tree(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def test_runs_are_found_newest_first_and_nothing_else_is(home: Path) -> None:
    assert find_runs() == []
    for name in NAMES[:2]:
        keep(home, "alpha", name)
    keep(home, "beta", NAMES[2])
    for other in ("failed", ".unfinished-x", "comparisons", "notes", f"{NAMES[3]}x"):
        (home / "runs" / "alpha" / other).mkdir()
    (home / "runs" / "alpha" / NAMES[4]).symlink_to(home / "runs" / "alpha" / NAMES[0])
    (home / "runs" / "gamma").symlink_to(home / "runs" / "alpha")
    (home / "runs" / ".jobs.json").write_text("[]")
    found = [(run.chapter, run.name) for run in find_runs()]
    assert found == [("beta", NAMES[2]), ("alpha", NAMES[1]), ("alpha", NAMES[0])]


def test_a_run_is_meant_by_chapter_by_steps_back_or_by_the_beginning_of_its_name(
    home: Path,
) -> None:
    for name in NAMES[:3]:
        keep(home, "alpha", name)
    keep(home, "beta", NAMES[3])
    names = ["alpha", "alpha~0", "alpha~2", "20261102", f"alpha/{NAMES[0]}", "beta/2026"]
    meant = [NAMES[2], NAMES[2], NAMES[0], NAMES[1], NAMES[0], NAMES[3]]
    assert [get_run(name).name for name in names] == meant


@pytest.mark.parametrize(
    "text,words",
    [
        ("gamma", "Unknown run 'gamma'. Known: alpha, beta."),
        ("alpa", "Did you mean 'alpha'?"),
        ("alpha~3", "has only 3 kept runs"),
        ("2026110", "fits 4 runs"),
        ("alpha/2026", "fits 3 runs"),
        ("", "Unknown run ''"),
        ("../../etc", "Unknown run"),
        ("/etc/passwd", "Unknown run"),
        ("alpha/../beta", "Unknown run"),
    ],
)
def test_what_means_no_run_or_several_is_refused(home: Path, text: str, words: str) -> None:
    for name in NAMES[:3]:
        keep(home, "alpha", name)
    keep(home, "beta", NAMES[3])
    with pytest.raises(HumanlikeError, match=re.escape(words)):
        get_run(text)


def test_a_damaged_run_is_listed_and_named(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = keep(home, "alpha", NAMES[0])
    keep(home, "alpha", NAMES[1], values={"a": {"value": 1}})
    for content in ("", "{", "[]", '"x"'):
        (folder / "values.json").write_text(content)
        with pytest.raises(HumanlikeError, match=r"damaged: values\.json"):
            compare(get_run("alpha~1"), get_run("alpha"), {})
    (folder / "provenance.json").unlink()
    assert main(["runs", "list"]) == 0
    assert "damaged" in capsys.readouterr().out


def test_two_runs_side_by_side(home: Path) -> None:
    first = {"r": {"value": 0.5, "interval": [0.4, 0.6]}, "n": {"value": 3}, "ok": {"value": True},
             "word": {"value": "a"}, "gone": {"value": 1.0}, "same": {"value": 2}}  # fmt: skip
    second = {"r": {"value": 0.25, "interval": [0.1, 0.4]}, "n": {"value": 7},
              "ok": {"value": False}, "word": {"value": "b"}, "new": {"value": 1},
              "same": {"value": 2}}  # fmt: skip
    other = {"profile": "quick", "started": "x", "seconds": 2, "session": {"real": False},
             "depends_on": {"code": ["a"], "versions": {"x": "2"}, "parameters": {}}}  # fmt: skip
    keep(home, "alpha", NAMES[0], values=first, parameters={"n": 3, "m": ["a", "b"]})
    keep(home, "alpha", NAMES[1], values=second, parameters={"n": 7, "m": ["a", "b"]},
         provenance=other)  # fmt: skip
    found = compare(get_run("alpha~1"), get_run("alpha"), {"r": ".2f", "n": ","})
    rows = {row.key: (row.shown_a, row.shown_b, row.shown_difference) for row in found.values}
    assert rows == {
        "r": ("0.50 [0.40, 0.60]", "0.25 [0.10, 0.40]", "−0.25"),
        "n": ("3", "7", "+4"),
        "ok": ("yes", "no", ""),
        "word": ("a", "b", ""),
        "gone": ("1.0", "–", ""),
        "same": ("2", "2", "0"),
        "new": ("–", "1", ""),
    }
    assert [row.key for row in found.values if row.same] == ["same"]
    assert [(row.key, row.same) for row in found.parameters] == [("n", False), ("m", True)]
    assert found.besides == "installed versions (x)"
    assert "Simulated data in B." in page(found)
    plain = found.as_dict()
    assert plain["values"]["r"]["difference"] == -0.25
    assert plain["values"]["new"] == {"a": None, "b": {"value": 1}}
    json.dumps(plain)


def test_a_format_of_today_need_not_fit_a_value_of_yesterday(home: Path) -> None:
    keep(home, "alpha", NAMES[0], values={"x": {"value": "word"}})
    keep(home, "alpha", NAMES[1], values={"x": {"value": 2.5}})
    (row,) = compare(get_run("alpha~1"), get_run("alpha"), {"x": ".1f"}).values
    assert (row.shown_a, row.shown_b, row.difference) == ("word", "2.5", None)


def test_only_two_runs_of_one_chapter_are_compared(home: Path) -> None:
    keep(home, "alpha", NAMES[0])
    keep(home, "beta", NAMES[1])
    with pytest.raises(HumanlikeError, match="the first is of alpha, the second of beta"):
        compare(get_run("alpha"), get_run("beta"), {})
    with pytest.raises(HumanlikeError, match="mean the same run"):
        compare(get_run("alpha"), get_run("alpha"), {})


class Elements(HTMLParser):
    """Names every element, and collects the texts and the images."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.texts: list[str] = []
        self.images: list[dict[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        assert not [name for name, _ in attrs if name.startswith("on")]
        if tag == "img":
            self.images.append(dict(attrs))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_the_page_of_a_comparison_runs_nothing(home: Path) -> None:
    values = {EVIL: {"value": EVIL}}
    folders = [keep(home, "alpha", n, values=values, parameters={"p": EVIL}) for n in NAMES[:2]]
    for folder in folders:
        keep_notebook(folder, "alpha", EVIL, {"image/svg+xml": SVG}, EVIL)
    seen = Elements(write_page(compare(get_run("alpha~1"), get_run("alpha"), {})).read_text())
    assert not {"script", "svg", "iframe", "object"} & seen.names
    assert seen.texts.count(EVIL) >= 6
    assert [image["alt"] for image in seen.images] == [EVIL, EVIL]
    kind, _, code = str(seen.images[0]["src"]).partition(",")
    assert kind == "data:image/svg+xml;base64"
    assert base64.b64decode(code).decode() == SVG


def test_figures_stand_side_by_side_and_a_missing_one_is_named(home: Path) -> None:
    first, second = (keep(home, "alpha", name) for name in NAMES[:2])
    keep_notebook(first, "alpha", "fig-a", {"image/png": "iVBO\nRw0K\n"}, "A.")
    keep_notebook(second, "alpha", "fig-b", {"image/svg+xml": SVG}, "B.")
    assert list(figures(get_run("alpha~1"))) == ["fig-a"]
    text = page(compare(get_run("alpha~1"), get_run("alpha"), {}))
    assert text.count("This run has no such figure.") == 2
    assert "data:image/png;base64,iVBORw0K" in text
    (second / "alpha.ipynb").write_text("{")
    assert figures(get_run("alpha")) == {}


def test_old_runs_go_and_the_last_ones_stay(home: Path) -> None:
    for days, name in zip((40, 30, 20, 10, 0), NAMES, strict=True):
        keep(home, "alpha", name, days=days)
    keep(home, "beta", NAMES[0], days=40)

    def chosen(older: float | None, kept: int | None) -> list[str]:
        return [f"{run.chapter[0]}{NAMES.index(run.name)}" for run in removable(older, kept)]

    assert chosen(15, None) == ["a2", "a1", "a0", "b0"]
    assert chosen(None, 2) == ["a2", "a1", "a0"]
    assert chosen(25, 4) == ["a0"]
    assert chosen(0.5, 0) == ["a3", "a2", "a1", "a0", "b0"]


@pytest.mark.parametrize(
    "arguments,words",
    [
        ([], "Say which runs may go"),
        (["--keep", "-1"], "--keep is -1"),
        (["--older-than", "-2"], "--older-than is -2"),
        (["--older-than", "nan"], "--older-than is nan"),
    ],
)
def test_clean_wants_to_be_told_what(
    home: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    keep(home, "alpha", NAMES[0], days=99)
    assert main(["runs", "clean", *arguments]) == 1
    assert words in capsys.readouterr().err
    assert len(find_runs()) == 1


def test_clean_removes_runs_their_comparisons_and_leftovers_only(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious.txt").write_text("x")
    for days, name in zip((40, 30, 0), NAMES, strict=False):
        (keep(home, "alpha", name, days=days) / "page" / "out").symlink_to(outside)
    write_page(compare(get_run("alpha~2"), get_run("alpha"), {}))
    own = home / "runs" / "alpha"
    (own / NAMES[4]).symlink_to(outside)
    (home / "runs" / "linked").symlink_to(outside)
    (own / "notes").mkdir()
    (own / ".unfinished-new").mkdir()
    (own / ".unfinished-old").mkdir()
    os.utime(own / ".unfinished-old", (0, 0))
    before = tree(home)
    assert main(["runs", "clean", "--older-than", "5", "--dry-run"]) == 0
    assert tree(home) == before
    assert main(["runs", "clean", "--older-than", "5"]) == 0
    assert "Removed 2 runs and 1 unfinished" in capsys.readouterr().out
    assert {path.name for path in own.iterdir()} == {
        NAMES[2], NAMES[4], "notes", ".unfinished-new", "comparisons",
    }  # fmt: skip
    assert list((own / "comparisons").iterdir()) == []
    assert (outside / "precious.txt").read_text() == "x"
    assert abandoned() == []


def test_nothing_outside_the_folder_of_runs_is_ever_removed(home: Path, tmp_path: Path) -> None:
    keep(home, "alpha", NAMES[0])
    outside = tmp_path / "outside" / "alpha" / NAMES[0]
    outside.mkdir(parents=True)
    (home / "runs" / "linked").symlink_to(outside.parent)
    (home / "runs" / "alpha" / NAMES[1]).symlink_to(outside)
    wrong = [
        outside, home / "runs" / "linked" / NAMES[0], home / "runs" / "alpha" / NAMES[1],
        home / "runs" / "alpha", home / "runs", home / "runs" / "alpha" / NAMES[0] / "page",
        home / "runs" / "alpha" / ".." / ".." / "runs",
    ]  # fmt: skip
    before = tree(tmp_path)
    for folder in wrong:
        with pytest.raises(HumanlikeError, match="left alone"):
            remove(folder)
    assert tree(tmp_path) == before


def test_a_folder_of_runs_on_another_disk_may_be_a_link(home: Path, tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    home.mkdir()
    (home / "runs").symlink_to(tmp_path / "disk")
    remove(keep(home, "alpha", NAMES[0]))
    assert list((tmp_path / "disk" / "alpha").iterdir()) == []


def test_the_commands_on_the_small_book(
    project_env: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = project_env.home
    assert main(["runs", "list"]) == 0
    assert "No run is kept" in capsys.readouterr().out
    for name, n in zip(NAMES, (5, 9), strict=False):
        keep(home, "alpha", name, parameters={"n": n, "label": "plain"},
             values={"mean": {"value": n / 3, "interval": [0.0, 9.0]}})  # fmt: skip
    assert main(["runs", "list", "alpha", "--json"]) == 0
    assert [row["changed"] for row in json.loads(capsys.readouterr().out)] == [{"n": "9"}, {}]
    assert main(["runs", "compare", "alpha~1", "alpha"]) == 0
    said = capsys.readouterr().out
    assert "mean  1.67 [0.00, 9.00]  3.00 [0.00, 9.00]  +1.33" in said
    assert "1 the same in both." in said
    assert Path(said.rpartition("With the figures: ")[2].strip()).is_file()
    assert main(["runs", "compare", "alpha~1", "alpha", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["parameters"]["n"] == {"a": 5, "b": 9}
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda address: bool(opened.append(address)) or True)
    assert main(["runs", "open", "alpha"]) == 0
    assert opened == [get_run("alpha").page.as_uri()]
    get_run("alpha").page.unlink()
    assert main(["runs", "open", "alpha"]) == 1
    assert "has no page" in capsys.readouterr().err
