"""A book of two small chapters in a folder of its own, driven through the real command line.

``alpha`` reads no data; ``beta`` reads the data set ``toy``, which only a mirror can supply. The
package is copied beside the project, so that a test may edit it, and no test notices an edit of the
repository's own sources while it runs.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
PAGE_FILE = "_build/html/notebooks"
TOY = b"1 2 3 4\n"
TIMEOUT = 180

HEADER = """# ---
# jupyter:
#   jupytext:
#     cell_metadata_filter: tags
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

"""

ALPHA = """# %% [markdown]
# # Alpha
#
# The mean is {value}`mean` {interval}`mean`, the label {value}`label`.

# %% tags=["parameters"]
n: int = 5  # how many numbers, in [1, 1000]
label: str = "plain"  # which label, in {"plain", "fancy"}

# %%
from humanlike.book.record import begin
from humanlike.stats import groups

page = begin("alpha")

# %%
numbers = list(range(n))
mean = sum(numbers) / n
page.record("mean", mean, interval=(mean - 1, mean + 1))
page.record("label", label)
page.record("n.all", n)
"""

BETA = """# %% [markdown]
# # Beta
#
# See {numref}`fig-beta-line`; the total is {value}`total`.

# %%
from pathlib import Path

import pandas as pd

from humanlike.book.record import begin
from humanlike.data.fetch import path_of
from humanlike.data.source import real_or_simulated
from humanlike.plots.style import BLUE

page = begin("beta")


def read() -> list[float]:
    return [float(word) for word in Path(path_of("toy", "toy.txt")).read_text().split()]


numbers = real_or_simulated("toy", ["toy.txt"], "simulate", read, lambda: [5.0, 6.0])

# %%
import matplotlib.pyplot as plt

figure, axes = plt.subplots(figsize=(3, 2))
axes.plot(numbers, color=BLUE)
page.figure(figure, "fig-beta-line", caption="The numbers.", alt="A rising line.")

# %%
page.table(pd.DataFrame({"number": numbers}), caption="All numbers", formats={"number": ".1f"})
page.record("total", sum(numbers))
"""

FILES = {
    "index.md": "# A small book\n\nAlpha: {value}`alpha/mean`. Beta: {value}`beta/total`.\n",
    "book/ledger.md": "# Ledger\n\n```{hl} ledger-totals\n```\n\n```{hl} ledger\n```\n",
    "book/status.md": "# Status\n\n```{hl} status\n```\n\n```{hl} data-sets\n```\n\n"
    "```{hl} parameters\n```\n",
    "book/references.bib": "",
    "_toc.yml": "format: jb-book\nroot: index\nchapters:\n  - file: notebooks/alpha\n"
    "  - file: notebooks/beta\n  - file: book/ledger\n  - file: book/status\n",
    "notebooks/alpha.py": HEADER + ALPHA,
    "notebooks/alpha.yml": "title: Alpha\npaper: A\nprofiles:\n  thorough: {n: 9}\nvalues:\n"
    "  mean: {doc: mean of the numbers, format: .2f}\n  label: the label\n"
    '  "n.{all}": {doc: how many}\n',
    "notebooks/beta.py": HEADER + BETA,
    "notebooks/beta.yml": "title: Beta\npaper: B\ndata: [toy]\nvalues:\n"
    "  total: {doc: sum of the numbers, format: .1f}\n",
    "data/numbers.csv": "a\n1\n",
    "data/claims/a.yml": """\
- {id: a-mean, paper: A, section: "2", statement: The mean is two, published: "2.0",
   compare: digits, chapter: alpha, key: mean, verdict: reproduced}
- {id: a-size, paper: A, section: "3", statement: There are six numbers, published: "6",
   compare: equal, chapter: alpha, key: n.all, verdict: contradicted}
- {id: b-total, paper: B, section: "1", statement: The total is ten, published: "10",
   compare: equal, chapter: beta, key: total, anchor: fig-beta-line, verdict: reproduced}
- {id: b-people, paper: B, section: "4", statement: People agree, published: "yes",
   reason: no answers were released, verdict: not testable}
""",
    "data/registry/toy.yml": f"""\
datasets:
  - id: toy
    title: Four numbers
    base: https://example.invalid/toy
    licence: CC0
    citation: {{keys: [], text: Nobody}}
    chapters: [beta]
    files:
      - {{path: toy/toy.txt, source: toy.txt, bytes: {len(TOY)},
         sha256: {hashlib.sha256(TOY).hexdigest()}}}
""",
}


@dataclass
class Answer:
    """What a command said."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        return self.out + self.err

    def json(self) -> Any:
        return json.loads(self.out)


class Project:
    """A checkout of the small book, with its own user folder and its own copy of the package."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root, self.home, self.mirror = folder / "book", folder / "home", folder / "mirror"

    def create(self) -> Project:
        shutil.copytree(
            REPOSITORY / "src" / "humanlike",
            self.folder / "src" / "humanlike",
            ignore=shutil.ignore_patterns("__pycache__"),
        )
        for name, text in FILES.items():
            self.write(name, text)
        for name in ("assets", "vendor"):
            shutil.copytree(REPOSITORY / "book" / name, self.root / "book" / name)
        shutil.copy2(REPOSITORY / "_config.yml", self.root)
        shutil.copy2(REPOSITORY / ".gitignore", self.root)
        return self

    def copy(self, folder: Path) -> Project:
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return Project(folder)

    def path(self, name: str) -> Path:
        return self.root / name

    def read(self, name: str) -> str:
        return self.path(name).read_text(encoding="utf-8")

    def write(self, name: str, text: str) -> None:
        self.path(name).parent.mkdir(parents=True, exist_ok=True)
        self.path(name).write_text(text, encoding="utf-8")

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace a piece of text that must be there."""
        text = self.read(name)
        assert old in text, f"{name} does not hold {old!r}"
        self.write(name, text.replace(old, new))

    def edit_package(self, module: str, line: str) -> None:
        file = self.folder / "src" / "humanlike" / module
        file.write_text(file.read_text(encoding="utf-8") + f"\n{line}\n", encoding="utf-8")

    def add_data(self) -> None:
        """Make the real data of beta available."""
        (self.mirror / "toy").mkdir(parents=True)
        (self.mirror / "toy" / "toy.txt").write_bytes(TOY)

    def environment(self, **more: str) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("HUMANLIKE_", "PYTHON"))}
        own = {
            "HUMANLIKE_PROJECT": str(self.root),
            "HUMANLIKE_HOME": str(self.home),
            "HUMANLIKE_DATA_MIRROR": str(self.mirror),
            "HUMANLIKE_OFFLINE": "1",
            "PYTHONPATH": str(self.folder / "src"),
        }
        return kept | own | more

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """Start a command in a process group of its own, as a terminal does."""
        return subprocess.Popen(
            [sys.executable, "-m", "humanlike", *arguments],
            cwd=self.folder, env=self.environment(**environment), text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            start_new_session=True,
        )  # fmt: skip

    def cli(self, *arguments: str, **environment: str) -> Answer:
        process = self.start(*arguments, **environment)
        out, err = process.communicate(timeout=TIMEOUT)
        assert "Traceback" not in err, err
        return Answer(process.returncode, out, err)

    def build(self, *arguments: str, **environment: str) -> Answer:
        """Build and expect success."""
        answer = self.cli("build", *arguments, **environment)
        assert answer.code == 0, answer.text
        return answer

    def page(self, name: str) -> str:
        return self.read(f"_build/html/{name}.html")

    def html_state(self) -> dict[str, int]:
        """When each rendered page was written."""
        pages = (self.root / "_build" / "html").rglob("*.html")
        return {str(p.relative_to(self.root)): p.stat().st_mtime_ns for p in pages}

    def kept(self, chapter: str) -> list[str]:
        """Names in the chapter's folder of kept executions, hidden ones too."""
        folder = self.home / "cache" / "chapters" / chapter
        return sorted(p.name for p in folder.iterdir()) if folder.is_dir() else []


def wait_for(condition: Any, seconds: float = 60.0) -> bool:
    """Wait until a condition holds; False when it never did."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return bool(condition())


def alive(pid: int) -> bool:
    """Whether a process runs; one that ended and only waits for its parent does not."""
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except (ProcessLookupError, FileNotFoundError):
        return False
    return state != "Z"


def interrupt(process: subprocess.Popen[str]) -> Answer:
    """Press Ctrl-C and wait for the end."""
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    return Answer(process.returncode, out, err)
