"""JupyterLab on a chapter: the right folder and kernel, and what is saved reaches the source."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from typing import Any

import pytest

from humanlike.book.chapters import find_chapters, pair_difference, write_pair
from humanlike.book.lab import command, environment
from humanlike.cli.main import main

from .sample import Project, wait_for

TOKEN = "for-this-test"


def test_it_names_what_is_missing(
    project_env: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["lab", "alpa"]) == 1
    assert "Did you mean 'alpha'?" in capsys.readouterr().err
    assert main(["lab", "alpha"]) == 1
    assert "alpha.ipynb does not exist. 'humanlike pair' writes it." in capsys.readouterr().err
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert main(["lab"]) == 1
    assert "JupyterLab is not installed" in capsys.readouterr().err


def test_it_becomes_jupyterlab_in_this_project_with_this_python(
    project_env: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_pair(find_chapters(project_env.root)["alpha"])
    called: list[Any] = []
    monkeypatch.setattr(os, "execve", lambda *all: called.append(all))
    monkeypatch.chdir(project_env.folder)
    main(["lab", "alpha", "--no-browser", "--port", "9"])
    program, words, variables = called[0]
    assert (program, words[:3]) == (sys.executable, [sys.executable, "-m", "jupyterlab"])
    assert {f"--ServerApp.root_dir={project_env.root}", "--ServerApp.port=9",
            "--LabApp.default_url=/lab/tree/notebooks/alpha.ipynb",
            "--ServerApp.open_browser=False"} <= set(words)  # fmt: skip
    assert variables["HUMANLIKE_PROJECT"] == str(project_env.root)
    assert variables["PATH"] == os.environ["PATH"]


class Lab:
    """A running JupyterLab, asked through its own interface."""

    def __init__(self, project: Project) -> None:
        words = command(project.root, "alpha", port=0, browser=False)
        self.log = project.folder / "lab.log"
        self.process = subprocess.Popen(
            [*words, f"--IdentityProvider.token={TOKEN}"],
            env=project.environment() | environment(project.root), cwd=project.folder,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=self.log.open("w"),
            start_new_session=True,
        )  # fmt: skip

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        start = self.log.read_text().partition("http://localhost:")[2].partition("/")[0]
        request = urllib.request.Request(
            f"http://localhost:{start}/api/{path}", method=method,
            data=json.dumps(body).encode() if body else None,
            headers={"Authorization": f"token {TOKEN}", "Content-Type": "application/json"},
        )  # fmt: skip
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def is_up(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        try:
            return bool(self.ask("GET", "status"))
        except (urllib.error.URLError, ValueError, OSError):
            return False


@pytest.mark.slow
def test_what_is_saved_in_jupyterlab_reaches_the_source(fresh: Project) -> None:
    pytest.importorskip("jupyterlab")
    chapter = find_chapters(fresh.root)["alpha"]
    write_pair(chapter)
    os.utime(chapter.source, (0, 0))  # a pair that was written long after its source
    lab = Lab(fresh)
    try:
        assert wait_for(lab.is_up, 180), lab.log.read_text()
        kernels = lab.ask("GET", "kernelspecs")
        argv = kernels["kernelspecs"][kernels["default"]]["spec"]["argv"]
        assert argv[0] in ("python", sys.executable)  # the first means the server's own
        opened = lab.ask("GET", "contents/notebooks/alpha.ipynb")["content"]
        assert opened["cells"][0]["metadata"]["tags"] == ["setup", "remove-cell"]
        opened["cells"][1]["source"] = "# Alpha\n\nSaid in the notebook."
        model = {"type": "notebook", "format": "json", "content": opened}
        lab.ask("PUT", "contents/notebooks/alpha.ipynb", model)
        source = fresh.read("notebooks/alpha.py")
        assert "# Said in the notebook." in source
        assert pair_difference(chapter) == ""
        assert "Extension Manager is 'readonly'" in lab.log.read_text()
    finally:
        os.killpg(lab.process.pid, signal.SIGINT)
        assert lab.process.wait(30) == 0
