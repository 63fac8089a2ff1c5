"""Make the page of a chapter: today's prose, the kept outputs, a banner, the provenance."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from humanlike.book import form
from humanlike.book.chapters import Chapter, read_notebook, read_parameters
from humanlike.book.execute import Execution
from humanlike.book.fingerprint import versions
from humanlike.book.markdown import escape, table
from humanlike.book.record import FIGURE_KEY, SESSION_MIME, VALUE_MIME
from humanlike.book.setup_cell import TAG, setup_source
from humanlike.book.values import Values, render
from humanlike.errors import HumanlikeError

if TYPE_CHECKING:
    from nbformat import NotebookNode

BANNER = """:::{admonition} Simulated data, not a result
:class: danger
The data of this chapter could not be had, so it ran on simulated data of the same shape. Nothing on
this page says anything about people or models, and no claim is checked against it. How to get the
data: `humanlike data where`.
:::"""
REMINDER = """:::{admonition} Written for the real data
:class: danger
These sentences were written for the real data; the numbers in them are simulated here.
:::"""
SHOWN_FILES = 3
NOT_EXECUTED = """:::{admonition} Not executed in this build
:class: warning
This page shows the chapter without results.
:::"""


def assemble(
    chapter: Chapter, execution: Execution | None, values: Values, ending: str = ""
) -> NotebookNode:
    """Return the notebook that becomes the chapter's page.

    Markdown comes from the source as it is now, outputs from the execution; both belong together
    because an execution is found by the code cells. Recorded values are filled into the prose.

    Parameters
    ----------
    chapter : Chapter
        The chapter.
    execution : Execution or None
        Its result; None gives the page without outputs and says so.
    values : Values
        The recorded values of the book.
    ending : str
        Markdown for the end of the page, before the provenance.

    Raises
    ------
    HumanlikeError
        If prose uses a value that does not exist, or a cell shows more than one figure.
    """
    from nbformat.v4 import new_markdown_cell

    notebook = read_notebook(chapter)
    where = f"notebooks/{chapter.name}.py"
    outputs = _outputs_by_cell(execution) if execution else []
    code_number = 0
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = values.fill(cell.source, where, chapter.name)
            continue
        if execution:
            cell.outputs, cell.execution_count = outputs[code_number], code_number + 1
        code_number += 1
        _dress(cell, where)
    if ending:
        text = values.fill(ending, f"the end of {where}", chapter.name)
        notebook.cells.append(new_markdown_cell(text, id="ending"))
    _add_notes(notebook, chapter, execution)
    _add_setup(notebook, chapter)
    return notebook


def _add_setup(notebook: NotebookNode, chapter: Chapter) -> None:
    """Put the cell that installs on Colab in front, for who takes the notebook away."""
    import nbformat

    if source := setup_source(chapter.source.parents[1]):
        tags = {"tags": [TAG, "remove-cell"]}
        notebook.cells.insert(0, nbformat.v4.new_code_cell(source, metadata=tags, id=TAG))


def _outputs_by_cell(execution: Execution) -> list[list[Any]]:
    import nbformat

    executed = nbformat.read(execution.notebook, as_version=4)
    own = [c for c in executed.cells if c.cell_type == "code" and not _is_injected(c)]
    return [_shown(cell.outputs) for cell in own]


def _is_injected(cell: NotebookNode) -> bool:
    return "injected-parameters" in cell.metadata.get("tags", [])


def _shown(outputs: list[Any]) -> list[Any]:
    hidden = {VALUE_MIME, SESSION_MIME}
    return [copy.deepcopy(o) for o in outputs if not hidden & set(o.get("data", {}))]


def _dress(cell: NotebookNode, where: str) -> None:
    """Fold the source, and give the cell the caption and alternative text of its figure."""
    tags = cell.metadata.setdefault("tags", [])
    if not {"remove-cell", "remove-input", "show-input"} & set(tags):
        tags.append("hide-input")
    figures = [o for o in cell.get("outputs", []) if FIGURE_KEY in o.get("metadata", {})]
    if len(figures) > 1:
        names = ", ".join(o["metadata"][FIGURE_KEY]["name"] for o in figures)
        raise HumanlikeError(
            f"{where}: one cell shows several figures ({names}); give each its own."
        )
    for output in figures:
        note = output["metadata"].pop(FIGURE_KEY)
        cell.metadata["mystnb"] = {
            "figure": {"name": note["name"], "caption": note["caption"]},
            "image": {"alt": note["alt"]},
        }


def figure_names(notebook: NotebookNode) -> list[str]:
    """Return the labels of all figures of an assembled page."""
    found = (c.metadata.get("mystnb", {}).get("figure", {}).get("name") for c in notebook.cells)
    return [name for name in found if name]


def _add_notes(notebook: NotebookNode, chapter: Chapter, execution: Execution | None) -> None:
    import nbformat

    if choose := form.section(chapter):
        notebook.cells.append(nbformat.v4.new_markdown_cell(choose, id="parameter-form"))
    if execution is None:
        below_heading(notebook, "# ", NOT_EXECUTED)
        return
    if not execution.real:
        below_heading(notebook, "# ", BANNER)
        below_heading(notebook, "## What was found", REMINDER)
    text = provenance(chapter, execution)
    notebook.cells.append(nbformat.v4.new_markdown_cell(text, id="provenance"))


def below_heading(notebook: NotebookNode, heading: str, note: str) -> None:
    """Put a note below the first heading that starts like this."""
    for cell in notebook.cells:
        lines = cell.source.splitlines()
        for number, line in enumerate(lines):
            if cell.cell_type == "markdown" and line.startswith(heading):
                cell.source = "\n".join([*lines[: number + 1], "", note, *lines[number + 1 :]])
                return


def provenance(chapter: Chapter, execution: Execution) -> str:
    """Return the section that ends a chapter's page: data, parameters, versions, when, how long."""
    result = execution.result
    real = "real data" if execution.real else "**simulated data**"
    lines = [
        "## Provenance",
        f"Executed on {real}, profile `{result['profile']}`, {result['started'][:10]}, "
        f"in {result['seconds']:.1f} s with at most {result['peak_mb']:,} MB of memory.",
        "",
        _data_list(result["session"].get("data", [])),
        "",
        *_model_list(result["session"].get("models", [])),
        _parameter_table(chapter, result["parameters"]),
        "",
        _version_line(execution),
    ]
    return "\n".join(lines)


def _data_list(data: list[dict[str, Any]]) -> str:
    if not data:
        return "Data: only what stands in the repository's `data/` folder."
    lines = ["Data, with the start of each file's SHA-256:", ""]
    for use in data:
        sums = [f"`{Path(p).name}` {digest[:12]}…" for p, digest in use["files"].items()]
        more = [f"and {len(sums) - SHOWN_FILES} more"] if len(sums) > SHOWN_FILES else []
        kind = "real" if use["real"] else "**simulated**"
        files = f" {'; '.join([*sums[:SHOWN_FILES], *more])}." if sums else ""
        lines.append(
            f"- {escape(use['title'])} ({kind}; licence: {escape(use['licence'])}).{files}"
        )
    return "\n".join(lines)


def _model_list(models: list[dict[str, Any]]) -> list[str]:
    """Name every model once, with all it was asked."""
    if not models:
        return []
    asked: dict[str, list[str]] = {}
    for use in models:
        revision = use["identity"].get("revision", "")
        named = f" {escape(revision[:12])}…" if revision else ""
        share = f"{use['valid'] / use['prompts']:.1%} valid" if use["prompts"] else "nothing asked"
        model = f"`{use['spec'].replace('`', '')}`{named}"
        asked.setdefault(model, []).append(
            f"{escape(use['task'])}, {use['prompts']:,} prompts, {share}"
        )
    lines = ["Models asked, with the start of the version or checksum of their weights:", ""]
    return [*lines, *(f"- {model}: {'; '.join(said)}" for model, said in asked.items()), ""]


def _parameter_table(chapter: Chapter, parameters: dict[str, Any]) -> str:
    if not parameters:
        return "This chapter has no parameters."
    known = read_parameters(chapter)
    rows = [
        [f"`{name}`", escape(render_parameter(value)), escape(known[name].doc)]
        for name, value in parameters.items()
    ]
    return table(["Parameter", "Value", "What it does"], rows)


def render_parameter(value: Any) -> str:
    """Show a parameter's value as it is typed on the command line."""
    return ", ".join(map(str, value)) if isinstance(value, list) else render(value, "")


def _version_line(execution: Execution) -> str:
    from humanlike import __version__

    shown = ("python", "numpy", "scipy", "pandas", "numba", "statsmodels", "torch", "transformers")
    installed = execution.parts.get("versions") or versions()
    found = [f"{name} {installed[name]}" for name in shown if name in installed]
    return f"Versions: humanlike {__version__}, {', '.join(found)}. Key `{execution.key}`."
