"""Two runs of a chapter side by side: parameters, recorded values, figures."""

from __future__ import annotations

import base64
import html
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from humanlike.book.fingerprint import what_changed
from humanlike.book.runs import COMPARISONS, KeptRun
from humanlike.book.values import render
from humanlike.errors import HumanlikeError

NONE = "–"
STYLE = """
:root { color-scheme: light dark; }
body { max-width: 80rem; margin: 0 auto; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif; }
.box { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.9rem; }
caption { text-align: left; font-weight: bold; padding: 0.5rem 0; }
th, td { padding: 0.3rem 0.6rem; border-bottom: 1px solid gray; text-align: left; }
th, td { vertical-align: top; overflow-wrap: anywhere; }
td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
tr.same { opacity: 0.75; }
.pair { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); }
figure { margin: 0 0 1.5rem; }
figure img { width: 100%; height: auto; background: #fff; }
.simulated { border-left: 4px solid #d55e00; padding-left: 0.75rem; }
"""
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


@dataclass(frozen=True)
class Row:
    """A parameter or recorded value in both runs; texts as shown, empty where a run lacks it.

    Attributes
    ----------
    key : str
        Its name.
    a, b : Any
        The values, None where there is none.
    shown_a, shown_b : str
        The values as printed, with their intervals.
    difference : float or None
        b minus a for numbers.
    shown_difference : str
        The difference as printed.
    """

    key: str
    a: Any
    b: Any
    shown_a: str
    shown_b: str
    difference: float | None = None
    shown_difference: str = ""

    @property
    def same(self) -> bool:
        """Whether both runs agree, their intervals included."""
        return bool(self.a == self.b) and self.shown_a == self.shown_b


@dataclass(frozen=True)
class Comparison:
    """Two runs of a chapter.

    Attributes
    ----------
    a, b : KeptRun
        The runs.
    parameters, values : tuple of Row
        What was set and what was recorded, in the order of the runs.
    besides : str
        What else differs: code, package, data, versions; empty when nothing does.
    """

    a: KeptRun
    b: KeptRun
    parameters: tuple[Row, ...]
    values: tuple[Row, ...]
    besides: str

    def as_dict(self) -> dict[str, Any]:
        """Return all of it as plain data."""
        return {
            "chapter": self.a.chapter,
            "a": _facts(self.a),
            "b": _facts(self.b),
            "parameters": {row.key: {"a": row.a, "b": row.b} for row in self.parameters},
            "values": {
                row.key: {"a": self.a.values.get(row.key), "b": self.b.values.get(row.key)}
                | ({"difference": row.difference} if row.difference is not None else {})
                for row in self.values
            },
            "besides": self.besides,
        }


def _facts(run: KeptRun) -> dict[str, Any]:
    said = run.provenance
    kept = {key: said.get(key) for key in ("profile", "started", "seconds")}
    return {"name": run.name, "real": run.real, **kept}


def compare(a: KeptRun, b: KeptRun, formats: dict[str, str]) -> Comparison:
    """Put two runs side by side.

    Parameters
    ----------
    a, b : KeptRun
        Two runs of one chapter.
    formats : dict of str to str
        How each recorded value is printed.

    Raises
    ------
    HumanlikeError
        If they are of different chapters or the same run, or one is damaged.
    """
    if a == b:
        raise HumanlikeError(f"Both names mean the same run, {a.chapter}/{a.name}.")
    if a.chapter != b.chapter:
        raise HumanlikeError(
            f"Only runs of one chapter can be compared; the first is of {a.chapter}, the second "
            f"of {b.chapter}."
        )
    keys = dict.fromkeys([*a.values, *b.values])
    values = [_value_row(k, a.values.get(k), b.values.get(k), formats.get(k, "")) for k in keys]
    names = dict.fromkeys([*a.parameters, *b.parameters])
    parameters = [_parameter_row(n, a.parameters.get(n), b.parameters.get(n)) for n in names]
    old, new = (dict(run.provenance.get("depends_on") or {}) for run in (a, b))
    for parts in (old, new):
        parts.pop("parameters", None)
    besides = what_changed(old, new) if old != new else ""
    return Comparison(a, b, tuple(parameters), tuple(values), besides)


def _parameter_row(name: str, a: Any, b: Any) -> Row:
    def shown(value: Any) -> str:
        if value is None:
            return NONE
        return ", ".join(map(str, value)) if isinstance(value, list) else render(value, "")

    return Row(name, a, b, shown(a), shown(b))


def _value_row(key: str, a: Any, b: Any, spec: str) -> Row:
    def shown(entry: Any) -> str:
        if entry is None:
            return NONE
        bounds = entry.get("interval")
        interval = f" [{_print(bounds[0], spec)}, {_print(bounds[1], spec)}]" if bounds else ""
        return _print(entry["value"], spec) + interval

    left, right = (entry and entry["value"] for entry in (a, b))
    difference = right - left if _is_number(left) and _is_number(right) else None
    words = ""
    if difference is not None:
        words = ("+" if difference > 0 else "") + _print(difference, spec)
    return Row(key, left, right, shown(a), shown(b), difference, words)


def _print(value: Any, spec: str) -> str:
    """Print a value by a format of today's card, which may not fit a run of yesterday."""
    try:
        return render(value, spec)
    except HumanlikeError:
        return render(value, "")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def write_page(comparison: Comparison) -> Path:
    """Write the comparison as a page of its own beside the runs, and return where."""
    a, b = comparison.a, comparison.b
    folder = a.folder.parent / COMPARISONS
    folder.mkdir(exist_ok=True)
    file = folder / f"{a.name}--{b.name}.html"
    file.write_text(page(comparison), encoding="utf-8")
    return file


def page(comparison: Comparison) -> str:
    """Return the comparison as HTML; every text is escaped, figures are images."""
    c = comparison
    title = f"{html.escape(c.a.chapter)}: two runs"
    simulated = [name for name, run in (("A", c.a), ("B", c.b)) if not run.real]
    warning = f"<p class='simulated'>Simulated data in {' and '.join(simulated)}.</p>"
    besides = f"<p>Besides the parameters, these differ: {html.escape(c.besides)}.</p>"
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{STYLE}</style></head><body><main><h1>{title}</h1>"
        f"<ul><li>A: {_words(c.a)}</li><li>B: {_words(c.b)}</li></ul>"
        f"{warning if simulated else ''}{besides if c.besides else ''}"
        f"{_table('Parameters', c.parameters)}{_table('Recorded values', c.values)}"
        f"{_figures(c.a, c.b)}</main></body></html>"
    )


def _words(run: KeptRun) -> str:
    facts = _facts(run)
    page = f"../{run.name}/page/index.html"
    words = f"profile {facts['profile']}, {facts['started']}, {facts['seconds']} s"
    return f'<a href="{html.escape(page)}">{html.escape(run.name)}</a> ({html.escape(words)})'


def _table(caption: str, rows: Iterable[Row]) -> str:
    heads = "".join(f'<th scope="col">{h}</th>' for h in ("Name", "A", "B", "B − A"))
    lines = "".join(
        f"<tr{' class=same' if row.same else ''}><th scope='row'>{html.escape(row.key)}</th>"
        f"<td>{html.escape(row.shown_a)}</td><td>{html.escape(row.shown_b)}</td>"
        f"<td class='number'>{html.escape(_last(row))}</td></tr>"
        for row in rows
    )
    return (
        f'<div class="box" tabindex="0" role="region" aria-label="{caption}"><table>'
        f"<caption>{caption}</caption><thead><tr>{heads}</tr></thead>"
        f"<tbody>{lines}</tbody></table></div>"
    )


def _last(row: Row) -> str:
    return "same" if row.same else row.shown_difference or "differs"


def _figures(a: KeptRun, b: KeptRun) -> str:
    found = [figures(a), figures(b)]
    parts = []
    for name in dict.fromkeys([*found[0], *found[1]]):
        sides = "".join(
            f"<figure>{own.get(name, '<p>This run has no such figure.</p>')}"
            f"<figcaption>{letter}</figcaption></figure>"
            for letter, own in zip("AB", found, strict=True)
        )
        parts.append(f"<h3>{html.escape(name)}</h3><div class='pair'>{sides}</div>")
    return f"<h2>Figures</h2>{''.join(parts)}" if parts else ""


def figures(run: KeptRun) -> dict[str, str]:
    """Return a run's figures by label, each as an image element that can run nothing."""
    import nbformat

    try:
        notebook = nbformat.read(run.notebook, as_version=4)
    except Exception:  # whatever a damaged file makes nbformat raise
        return {}
    found = {}
    for cell in notebook.cells:
        note = cell.metadata.get("mystnb", {})
        name, alt = note.get("figure", {}).get("name"), note.get("image", {}).get("alt", "")
        for output in cell.get("outputs", []) if name else []:
            if image := _image(output.get("data", {}), alt):
                found[str(name)] = image
    return found


def _image(data: dict[str, Any], alt: str) -> str:
    if "image/svg+xml" in data:
        code = base64.b64encode(str(data["image/svg+xml"]).encode()).decode()
        return f'<img alt="{html.escape(alt)}" src="data:image/svg+xml;base64,{code}">'
    if "image/png" in data:
        code = html.escape("".join(str(data["image/png"]).split()))
        return f'<img alt="{html.escape(alt)}" src="data:image/png;base64,{code}">'
    return ""
