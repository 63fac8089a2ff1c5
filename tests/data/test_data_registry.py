"""The registry says exactly what is wrong with itself."""

from __future__ import annotations

import pytest

from humanlike.data import usage
from humanlike.data.registry import dataset, load_registry, select
from humanlike.errors import HumanlikeError

DIGEST = "a" * 64
GOOD = f"""
datasets:
- id: x
  title: X
  base: https://example.org/y
  licence: none
  citation: {{keys: [k], text: t}}
  chapters: [norms]
  files:
  - {{path: x/a.txt, source: a b.txt, sha256: {DIGEST}, bytes: 3}}
"""


def write(folder, text, name="x.yml"):
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_reads_an_entry(tmp_path):
    data = load_registry(write(tmp_path, GOOD))["x"]
    assert data.files[0].url == "https://example.org/y/a%20b.txt"
    assert data.bytes == 3
    assert data.file("a.txt") is data.file("x/a.txt")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("title: X", "name: X", "data set 'x': the field 'title' is missing"),
        ("base: https", "base: ftp", "'base' must be an http address"),
        (DIGEST, "abc", "'sha256' must be 64 hexadecimal digits, not 'abc'"),
        ("bytes: 3", "bytes: three", "'bytes' must be of type int, not str"),
        ("bytes: 3", "bytes: -3", "must not be negative"),
        ("path: x/a.txt", "path: ../a.txt", "must be relative"),
        ("path: x/a.txt", "path: x/a.txt.xz", "without '..' and '.xz'"),
        ("chapters: [norms]", "chapters: norms", "'chapters' must be of type list"),
        ("keys: [k]", "keys: [1]", "'keys' must be a list of names"),
        ("datasets:", "data:", "the field 'datasets' is missing"),
        ("datasets:", "datasets: [", "not readable YAML"),
        ("- id: x", "- 3\n- id: x", "expected named fields, found int"),
    ],
)
def test_names_the_mistake(tmp_path, old, new, message):
    with pytest.raises(HumanlikeError, match=r"x\.yml") as caught:
        load_registry(write(tmp_path, GOOD.replace(old, new)))
    assert message in str(caught.value)


def test_no_files_in_a_data_set(tmp_path):
    text = GOOD[: GOOD.index("  files:")] + "  files: []\n"
    with pytest.raises(HumanlikeError, match="'files' is empty"):
        load_registry(write(tmp_path, text))


def test_refuses_doubles(tmp_path):
    write(tmp_path, GOOD)
    with pytest.raises(HumanlikeError, match="'x' is defined twice"):
        load_registry(write(tmp_path, GOOD, "y.yml"))
    with pytest.raises(HumanlikeError, match=r"x/a\.txt is listed twice, in 'x' and 'z'"):
        load_registry(write(tmp_path, GOOD.replace("id: x", "id: z"), "y.yml"))


def test_empty_folder(tmp_path):
    with pytest.raises(HumanlikeError, match=r"holds no \.yml"):
        load_registry(tmp_path)


def test_wrong_names_get_the_nearest(tiny):
    with pytest.raises(HumanlikeError, match="Did you mean 'tiny'"):
        dataset("tinny")
    with pytest.raises(HumanlikeError, match=r"Did you mean 'one\.txt'"):
        dataset("tiny").file("on.txt")


def test_the_projects_registry(registered):
    known = load_registry()
    counts = {name: len(data.files) for name, data in known.items()}
    assert counts == {
        "wu2026-ratings": 2,
        "wu2026-responses": 62,
        "wu2026-parsed": 62,
        "wu2026-prompts": 18,
        "wu2026-splits": 3,
        "wu2026-qa": 2,
        "wu2026-earlier": 6,
        "things-spose": 5,
    }
    for data in select():
        assert data.chapters and data.citation_keys and data.licence
        for file in data.files:
            assert file.url.startswith("https://raw.githubusercontent.com/")
            assert not file.path.endswith(".xz")


def test_usage_keeps_real_and_simulated_apart(tiny):
    usage.note("tiny", ["one.txt"])
    usage.note("tiny", ["two.txt"])
    usage.note("tiny", ["one.txt"], real=False)
    first, second = usage.used()
    assert (first.real, second.real) == (True, False)
    assert [len(first.sha256), len(second.sha256)] == [2, 0]
    assert first.citation_keys == ("nobody2020",)
    usage.clear()
    assert usage.used() == []


def test_usage_refuses_unknown_data(tiny):
    with pytest.raises(HumanlikeError, match="Unknown data set"):
        usage.note("nothing")
