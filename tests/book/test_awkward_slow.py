"""Awkward moments on the command line: signals, damaged files, half-declared chapters."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from book.sample import alive, interrupt, wait_for
from book.test_run_slow import make_sleepy, run_folders

pytestmark = pytest.mark.slow


def test_using_other_commands_does_not_render_again(built):
    built.cli("claims")
    assert "up to date" in built.build().out


def test_a_run_may_cite_another_chapter_and_names_its_sources(built):
    source = "@book{ohm1827, author={Ohm, Georg}, title={Die Kette}, year={1827}, publisher={R}}\n"
    built.write("book/references.bib", source)
    cited = "beta {value}`beta/total` {cite:p}`ohm1827`, the label"
    built.edit("notebooks/alpha.py", "the label", cited)
    assert built.cli("run", "alpha").code == 0
    (page,) = (built.home / "runs" / "alpha").glob("*/page/alpha.html")
    text = page.read_text(encoding="utf-8")
    assert ">Ohm, 1827<" in text
    assert "Die Kette" in text


def test_the_notebook_of_a_failed_run_is_kept(built):
    built.edit("notebooks/alpha.py", "mean = sum(numbers) / n", "1 / 0")
    answer = built.cli("run", "alpha")
    path = answer.err.partition("up to the error: ")[2].splitlines()[0]
    assert Path(path).exists(), answer.err


def test_only_works_before_anything_else_was_built(fresh):
    answer = fresh.cli("build", "--only", "alpha")
    assert answer.code == 0, answer.text


def test_only_shows_a_stale_chapter_whose_card_has_grown(built):
    built.edit("notebooks/beta.yml", "  total:", "  fresh: new\n  total:")
    built.edit("notebooks/beta.py", "total is", "total {value}`fresh` is")
    answer = built.cli("build", "--only", "alpha")
    assert answer.code == 0, answer.text


def test_an_interrupt_in_the_first_moments_stops_the_build(built):
    make_sleepy(built)
    process = built.start("build")
    line = ""
    while "executing" not in line:
        line = process.stderr.readline()
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=90)
    assert process.returncode == 130


def test_sigterm_ends_worker_and_kernel(built):
    mark = make_sleepy(built)
    process = built.start("run", "alpha")
    wait_for(mark.exists)
    time.sleep(0.3)
    kernel, worker = map(int, mark.read_text().split())
    os.kill(process.pid, signal.SIGTERM)
    process.communicate(timeout=90)
    assert wait_for(lambda: not alive(worker), 5)
    assert wait_for(lambda: not alive(kernel), 5)
    assert run_folders(built) == []


def test_an_interrupt_ends_what_a_notebook_started(built):
    mark = built.folder / "m"
    cell = f"""
# %%
import subprocess, time
from pathlib import Path
sleeper = subprocess.Popen(["sleep", "100"])
Path({str(mark)!r}).write_text(str(sleeper.pid))
time.sleep(100)
"""
    built.write("notebooks/alpha.py", built.read("notebooks/alpha.py") + cell)
    process = built.start("run", "alpha")
    wait_for(mark.exists)
    time.sleep(0.3)
    sleeper = int(mark.read_text())
    interrupt(process)
    ended = wait_for(lambda: not alive(sleeper), 5)
    if not ended:
        os.kill(sleeper, signal.SIGKILL)
    assert ended


@pytest.mark.parametrize(
    ("path", "command"),
    [
        ("_toc.yml", ["build"]),
        ("_config.yml", ["build"]),
        ("_config.yml", ["run", "alpha"]),
        ("notebooks/alpha.ipynb", ["pair", "--check"]),
    ],
)
def test_a_damaged_file_gives_one_message(built, path, command):
    built.write(path, "a: [")
    answer = built.cli(*command)
    assert answer.code == 1
    assert "Traceback" not in answer.text
    assert path.rpartition("/")[2] in answer.text


def test_a_home_that_is_a_file_gives_one_message(built):
    (built.folder / "f").write_text("")
    answer = built.cli("build", HUMANLIKE_HOME=str(built.folder / "f"))
    assert answer.code == 1
    assert "Traceback" not in answer.text


def test_a_dead_kernel_is_named_as_such(built):
    built.edit("notebooks/alpha.py", "mean = sum(numbers) / n", "import os; os._exit(3)")
    answer = built.cli("build")
    assert answer.code == 1
    assert "the kernel did not start or died" in answer.text
    assert "Traceback" not in answer.text
    log = Path(answer.text.partition("What it printed: ")[2].split("\n")[0])
    assert "DeadKernelError" in log.read_text(encoding="utf-8")


def test_data_that_the_card_does_not_name_are_refused(built):
    built.edit("notebooks/beta.yml", "data: [toy]\n", "")
    answer = built.cli("build")
    assert answer.code == 1
    assert "reads toy, which its card does not name" in answer.text


def test_a_source_without_a_header_renders(built):
    text = built.read("notebooks/alpha.py")
    built.write("notebooks/alpha.py", text[text.index("# %%") :])
    assert built.cli("build").code == 0
