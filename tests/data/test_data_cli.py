"""``humanlike data`` as a user meets it."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys

import pytest

from humanlike.cli import data as command
from humanlike.errors import HumanlikeError


def run(*words):
    parser = argparse.ArgumentParser()
    command.register(parser.add_subparsers(required=True))
    args = parser.parse_args(["data", *words])
    return args.func(args)


def test_import_is_cheap():
    code = (
        "import sys, humanlike.cli.data; "
        "print([m for m in ('pandas', 'yaml', 'pooch', 'rich') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_list(tiny, capsys):
    assert run("list") == 0
    assert "missing" in capsys.readouterr().out
    assert run("fetch", "tiny", "--quiet") == 0
    assert "tiny: 2 files here and verified" in capsys.readouterr().out
    assert run("list", "--json") == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["id"], row["files"], row["status"]) == ("tiny", 2, "present")


def test_list_tells_half_a_data_set(tiny, capsys, monkeypatch):
    from humanlike.data.fetch import path_of

    path_of("tiny", "one.txt")
    run("list", "--json")
    assert json.loads(capsys.readouterr().out)[0]["status"] == "1 of 2"


def test_fetch_needs_names_or_all(tiny):
    with pytest.raises(HumanlikeError, match="Name data sets to fetch, or say --all"):
        run("fetch")
    with pytest.raises(HumanlikeError, match="not both"):
        run("fetch", "tiny", "--all")
    with pytest.raises(HumanlikeError, match="Did you mean 'tiny'"):
        run("fetch", "tini")
    assert run("fetch", "--all", "--quiet") == 0


def test_verify_names_what_is_bad_or_missing(tiny, capsys):
    from humanlike.data.fetch import path_of

    assert run("verify") == 1
    assert "missing  tiny  tiny/sub/two.txt" in capsys.readouterr().out
    run("fetch", "--all", "--quiet")
    assert run("verify", "tiny") == 0
    path = path_of("tiny", "one.txt")
    path.write_bytes(b"bad")
    assert run("verify") == 1
    out = capsys.readouterr().out
    assert f"wrong    tiny  {path}" in out and "tiny: 1 of 2 files good" in out


def test_where(tiny, capsys):
    assert run("where") == 0
    assert "not here; would be kept at" in capsys.readouterr().out
    run("fetch", "tiny", "--quiet")
    run("where", "tiny")
    assert "[cache]" in capsys.readouterr().out
