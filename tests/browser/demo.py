"""A two-page book in the real book's clothes, holding one of everything the browser must handle.

The real pages change with the science; what sorting, filtering, folding and mathematics are tested
on should not.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from teach.made_up import SOURCE

from humanlike.book.chapters import Chapter, load_chapter
from humanlike.book.form import section as form_section
from humanlike.book.markdown import table
from humanlike.book.render import render
from humanlike.tables import to_html
from humanlike.teach.page import section
from humanlike.teach.source import parse

WORDS = """# Demonstration

## Words and mathematics

Inline $R^2 = 1 - \\frac{d}{s}$ and on its own line

$$
\\rho = \\frac{\\operatorname{cov}(x, y)}{\\sigma_x \\sigma_y},
\\qquad \\mathbb{E}[x] = \\sum_{i=1}^{n} p_i x_i
$$

with a long one that must not widen a phone's page:

$$
a_1 + a_2 + a_3 + a_4 + a_5 + a_6 + a_7 + a_8
+ a_9 + a_{10} + a_{11} + a_{12} + a_{13} + a_{14} + a_{15} + a_{16}
$$

A term that no other page has: *pangolinity* {cite:p}`hebart2019`. A foot note[^one] and a
`path/that/is/so/long/that/it/cannot/be/broken/anywhere/and_would_push_the_page_apart.json`.

[^one]: Here it is.

:::{note}
A note with `code` and a [link](other.md).
:::

:::{admonition} Simulated data, not a result
:class: danger
A banner.
:::

:::{dropdown} Solution
Hidden until asked for.
:::
"""

SCORES = pd.DataFrame(
    {
        "Model": ["echo", "alpha", "delta", "bravo", "charlie"],
        "Score": [9.5, 10.25, np.nan, -3.0, 1200.0],
        "Family": ["x", "y", "x", "y", "z"],
        "Remark": ["ten", None, "a longer remark that takes its room " * 3, "two", "one"],
    }
)


PARAMETERS = """# %% tags=["parameters"]
n: int = 200  # how many words, in [20, 1000000]
share: float = 0.5  # share of them that is drawn, in [0.0, 1.0]
size: float = 1e-05  # size of a step
metric: str = "cosine"  # distance of two words, in {"cosine", "euclidean", "city block"}
word: str = "it's"  # a word, whatever it is <b>& more</b>
fast: bool = True  # whether it may be quick about it
models: list[str] = ["en", "base"]  # versions compared, in {"base", "nl", "en"}
sizes: list[int] = [10, 20]  # numbers of words, in [1, 99]
levels: list[float] = [0.5, 1.0]  # levels of noise
names: list[str] = ["a", "b"]  # any names
steps: list[int] = [1, 5]  # widths of a step, in {1, 2, 5, 10}
"""
CARD = (
    "title: Choices\npaper: A\nprofiles:\n  quick: {n: 30, models: [nl]}\n  thorough: {n: 9000}\n"
)


def demo_chapter(folder: Path) -> Chapter:
    """A chapter with a parameter of every kind."""
    notebooks = folder / "notebooks"
    notebooks.mkdir(parents=True, exist_ok=True)
    (notebooks / "choices.py").write_text(PARAMETERS, encoding="utf-8")
    (notebooks / "choices.yml").write_text(CARD, encoding="utf-8")
    return load_chapter(folder, "choices")


def build_demo(root: Path, folder: Path) -> Path:
    """Render the demonstration with the settings and assets of the repository."""
    import nbformat
    import yaml

    stage = folder / "stage"
    shutil.copytree(root / "book", stage / "book")
    config = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))
    (stage / "_config.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    (stage / "_toc.yml").write_text(
        "format: jb-book\nroot: index\nchapters:\n  - file: other\n  - file: exercises\n",
        encoding="utf-8",
    )
    notebook = _notebook()
    choose = form_section(demo_chapter(folder))
    notebook.cells.append(nbformat.v4.new_markdown_cell(choose))
    nbformat.write(notebook, stage / "index.ipynb")
    other = "# Other\n\n:::{margin}\nA note in the margin.\n:::\n\nOnly words here.\n"
    (stage / "other.md").write_text(other + "\n```{bibliography}\n```\n", encoding="utf-8")
    made_up = section(parse(SOURCE, "alpha", "demo"), "instructor")
    (stage / "exercises.md").write_text(f"# Worked\n\n{made_up}", encoding="utf-8")
    render(stage, folder / "html", strict=False)
    return folder / "html"


def _notebook() -> Any:
    from nbformat import v4

    scores = to_html(
        SCORES, caption="Scores of five models", formats={"Score": ",.2f"},
        search=True, filters=["Family"],
    )  # fmt: skip
    long = pd.DataFrame({f"Column {n}": range(100) for n in range(12)})
    head = ["Paper", "Claim", "Recomputed"]
    rows = [
        ["B", "middle {cite:p}`hebart2019`", "0.30 [0.10, 0.50]"],
        ["A", "least", "−0.20 [−0.30, −0.10]"],
        ["A", "absent", "–"],
        ["B", "most", "12 [11, 13]"],
    ]
    directive = table(head, rows, caption="A written table", name="tab-written",
                      classes="hl-table hl-search hl-filter-1")  # fmt: skip
    picture = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="700" height="300">'
        '<rect width="700" height="300" fill="white"/><circle cx="90" cy="90" r="60"/></svg>'
    )
    figure = v4.new_code_cell("draw()", metadata={
        "tags": ["hide-input"],
        "mystnb": {"figure": {"name": "fig-demo", "caption": "A circle."},
                   "image": {"alt": "A black circle on white."}},
    }, outputs=[v4.new_output("display_data", {"image/svg+xml": picture})])  # fmt: skip
    return v4.new_notebook(
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        cells=[
            v4.new_markdown_cell(WORDS),
            v4.new_markdown_cell("## Tables"),
            _shows(scores),
            _shows(to_html(long, caption="A long and wide table")),
            v4.new_markdown_cell(directive),
            v4.new_markdown_cell("A plain one:\n\n| a | b |\n|---|---|\n| 1 | 2 |"),
            v4.new_markdown_cell("## Figures\n\nSee {numref}`fig-demo`."),
            figure,
            v4.new_code_cell(
                f"print({'x' * 150!r})", metadata={"tags": ["show-input"]},
                outputs=[v4.new_output("stream", name="stdout", text="x" * 150 + "\n")],
            ),
        ],
    )  # fmt: skip


def _shows(html: str) -> Any:
    from nbformat import v4

    output = v4.new_output("display_data", {"text/html": html, "text/plain": "a table"})
    return v4.new_code_cell("show_table()", metadata={"tags": ["hide-input"]}, outputs=[output])
