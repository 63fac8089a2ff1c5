"""Slides of one part of the book, made from its chapters: one file that needs nothing else."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from humanlike.book.chapters import Chapter, find_chapters
from humanlike.book.claims import count_by_chapter, judge, load_claims
from humanlike.book.values import Values, render
from humanlike.classroom.paper import document, figure
from humanlike.classroom.prose import to_html
from humanlike.errors import HumanlikeError
from humanlike.readyaml import read_yaml

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from humanlike.book.execute import Execution
    from humanlike.teach.exercise import Exercise

MOST_FIGURES: Final = 3
MOST_VALUES: Final = 7
MOST_BYTES: Final = 5_000_000
_PART = re.compile(r"(?P<number>[IVX]+)\. (?P<title>.+)")
_QUESTION = re.compile(r"\*\*Question\.\*\*\s*(?P<text>.+?)(?:\n\s*\n|\Z)", re.DOTALL)
_FOUND = re.compile(r"^## What was found\s*\n(?P<text>.*?)(?=^## |\Z)", re.DOTALL | re.MULTILINE)
_KEY = re.compile(r"\{value\}`(?P<key>[\w.-]+)(?::[^`]*)?`")


@dataclass(frozen=True)
class Part:
    """A part of the book.

    Attributes
    ----------
    number : str
        ``I``, ``II`` …
    title : str
    chapters : tuple of str
        Names, in order.
    """

    number: str
    title: str
    chapters: tuple[str, ...]


def parts(root: Path) -> list[Part]:
    """Return the numbered parts of ``_toc.yml``."""
    found = []
    for one in read_yaml(root / "_toc.yml").get("parts", []):
        match = _PART.fullmatch(str(one.get("caption", "")))
        pages = [str(page.get("file", "")) for page in one.get("chapters", [])]
        names = [p.removeprefix("notebooks/") for p in pages if p.startswith("notebooks/")]
        if match and names:
            found.append(Part(match["number"], match["title"], tuple(names)))
    return found


def write_decks(
    root: Path, out: Path, executions: Mapping[str, Execution] | None = None
) -> list[Path]:
    """Write one deck per part.

    Parameters
    ----------
    root : Path
        The project.
    out : Path
        Folder, made if there is none; gets ``part-i.html`` and so on.
    executions : mapping of str to Execution, optional
        By chapter; by default the last kept one of each.

    Returns
    -------
    list of Path

    Raises
    ------
    HumanlikeError
        If a deck would be too large.
    """
    found = parts(root)
    if not found:
        return []
    chapters = find_chapters(root)
    values = Values(chapters, dict(executions or kept(chapters)), strict=False)
    claims = load_claims(root)
    values.counts = count_by_chapter([judge(one, values) for one in claims], chapters)
    anchors = {one.anchor for one in claims if one.anchor}
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for part in found:
        text = deck(part, values, anchors, root)
        if len(text.encode()) > MOST_BYTES:
            raise HumanlikeError(
                f"The slides of part {part.number} take {len(text.encode()) / 1e6:.1f} MB, more "
                f"than {MOST_BYTES / 1e6:.0f} MB. Draw fewer points in its figures."
            )
        written.append(out / f"part-{part.number.lower()}.html")
        written[-1].write_text(text, encoding="utf-8")
    return written


def kept(chapters: Mapping[str, Chapter]) -> dict[str, Execution]:
    """Return the last kept execution of each chapter that has one."""
    from humanlike.book.execute import Cache

    found = ((name, Cache().newest(one)) for name, one in chapters.items())
    return {name: execution for name, execution in found if execution}


def deck(part: Part, values: Values, anchors: set[str], root: Path) -> str:
    """Return the slides of a part as one page; figures with the labels `anchors` come first."""
    titles = {one.docname: one.title for one in values.chapters.values()}
    listed = "".join(f"<li>{html.escape(values.chapters[n].title)}</li>" for n in part.chapters)
    book = html.escape(str(read_yaml(root / "_config.yml").get("title", "")))
    slides = [
        _slide(f"{part.number}. {part.title}", f"<p>{book}</p><ol>{listed}</ol>", kind="title")
    ]
    for name in part.chapters:
        slides += _chapter(values.chapters[name], values, titles, anchors, root)
    slides.append(_slide("Where it comes from", _SOURCE))
    folder = root / "book" / "classroom"
    style, script = ((folder / f"deck.{end}").read_text("utf-8") for end in ("css", "js"))
    total = f'<p id="where" aria-hidden="true"><span id="at">1</span>/{len(slides)}</p>'
    body = "<main>\n" + "\n".join(slides) + f"\n</main>\n{total}"
    return document(f"{part.number}. {part.title}", body, style=style, script=script)


_SOURCE = (
    "<p>Figures and numbers were recorded by the chapters when they were executed. Each chapter "
    "ends with its data, parameters and versions.</p><p>Text and figures: CC BY 4.0.</p>"
)


def _slide(heading: str, body: str, *, over: str = "", kind: str = "") -> str:
    small = f'<p class="over">{html.escape(over)}</p>' if over else ""
    head = f"{small}<h2>{html.escape(heading)}</h2>"
    return f'<section class="{kind}" tabindex="-1">{head}{body}</section>'


def _chapter(
    chapter: Chapter, values: Values, titles: dict[str, str], anchors: set[str], root: Path
) -> list[str]:
    from humanlike.book.assemble import assemble
    from humanlike.book.chapters import read_notebook

    execution = values.executions.get(chapter.name)
    source = "\n\n".join(
        c.source for c in read_notebook(chapter).cells if c.cell_type == "markdown"
    )
    page = assemble(chapter, execution, values)
    prose = "\n\n".join(c.source for c in page.cells if c.cell_type == "markdown")
    asked, found = _QUESTION.search(prose), _FOUND.search(prose)
    tasks = _exercises(chapter.name, root)
    text = _warning(execution) + to_html(asked["text"] if asked else "", titles)
    slides = [_slide(chapter.title, text, over="Question", kind="question")]
    slides += [_task(one, titles) for one in tasks if one.kind == "predict"][:1]
    if execution is not None:
        slides += _figures(page, chapter, titles, anchors)
        slides += _numbers(_FOUND.search(source), chapter, execution)
        slides.append(_slide("What was found", to_html(found["text"] if found else "", titles),
                             over=chapter.title, kind="long"))  # fmt: skip
    slides += [_task(one, titles) for one in tasks if one.kind == "criticise"][:1]
    return slides


def _warning(execution: Execution | None) -> str:
    if execution is None:
        return '<p class="warning">Not executed here: no figures and no numbers.</p>'
    return "" if execution.real else '<p class="warning">Simulated data, not a result.</p>'


def _figures(
    page: NotebookNode, chapter: Chapter, titles: dict[str, str], anchors: set[str]
) -> list[str]:
    """Show the figures that claims point to, then the first others, in the order of the chapter."""
    found: list[tuple[str, Any, str]] = []
    for cell in page.cells:
        about = cell.metadata.get("mystnb", {})
        for output in cell.get("outputs", []):
            svg = output.get("data", {}).get("image/svg+xml")
            if svg and "figure" in about:
                found.append((about["figure"]["name"], about, "".join(svg)))
    ranked = sorted(range(len(found)), key=lambda n: (found[n][0] not in anchors, n))
    return [
        _slide(
            chapter.title,
            figure(svg, caption=to_html(about["figure"]["caption"], titles),
                   alt=about["image"]["alt"]),
            kind="picture",
        )
        for name, about, svg in (found[n] for n in sorted(ranked[:MOST_FIGURES]))
    ]  # fmt: skip


def _numbers(found: re.Match[str] | None, chapter: Chapter, execution: Execution) -> list[str]:
    """Show the recorded values that the chapter's findings name."""
    recorded = execution.result["values"]
    keys = list(dict.fromkeys(_KEY.findall(found["text"] if found else "")))
    rows = []
    for key in [key for key in keys if key in recorded][:MOST_VALUES]:
        spec, entry = chapter.values[key], recorded[key]
        bounds = [render(one, spec.format) for one in entry.get("interval", ())]
        interval = f"[{bounds[0]}, {bounds[1]}]" if bounds else ""
        doc = f"{html.escape(spec.doc)} <code>{html.escape(key)}</code>"
        cells = (doc, html.escape(render(entry["value"], spec.format)), interval)
        rows.append("<tr>" + "".join(f"<td>{one}</td>" for one in cells) + "</tr>")
    if not rows:
        return []
    head = "<tr><th scope=col>Recorded</th><th scope=col>Value</th><th scope=col>95 %</th></tr>"
    table = f"<table><thead>{head}</thead><tbody>{''.join(rows)}</tbody></table>"
    return [_slide("In numbers", table, over=chapter.title)]


def _exercises(name: str, root: Path) -> list[Exercise]:
    from humanlike.teach.source import exercises

    return exercises(name, root)


def _task(one: Exercise, titles: dict[str, str]) -> str:
    from humanlike.teach.exercise import KINDS

    minutes = f"{KINDS[one.kind]}, {one.minutes} minutes"
    return _slide(one.title, to_html(one.text, titles), over=minutes, kind="task")
