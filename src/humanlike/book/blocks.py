"""Generated parts of the prose pages: ledger, totals, status, data, parameters, findings.

A page asks for one with a fenced block; some read what the block holds::

    ```{hl} ledger
    ```

    ```{hl} bars
    before: rsa/rho.en.all.base
    after: rsa/rho.en.all.en_ft
    ```
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from humanlike.book import scale
from humanlike.book.assemble import render_parameter
from humanlike.book.chapters import read_parameters
from humanlike.book.claims import NOT_RUN, VERDICTS, Finding, totals
from humanlike.book.glance import bars, picture, verdicts
from humanlike.book.markdown import escape, table
from humanlike.book.values import Values
from humanlike.data.registry import load_registry
from humanlike.errors import HumanlikeError, unknown

_BLOCK = re.compile(r"^```\{hl\} *([\w-]+) *\n((?:(?!```).*\n)*)```[ \t]*$", re.MULTILINE)


@dataclass(frozen=True)
class Book:
    """What the generated parts are made from.

    Attributes
    ----------
    values : Values
        Chapters, executions and recorded values.
    findings : list of Finding
        The ledger.
    labels : set of str
        Every label a page of this build defines.
    stale : set of str
        Chapters shown from an execution whose sources have changed since.
    stage : Path
        The staging copy, which holds the chapters' pages already.
    """

    values: Values
    findings: list[Finding]
    labels: set[str]
    stale: set[str]
    stage: Path

    def picture(self, chapter: str, label: str) -> tuple[str, str] | None:
        """Return a figure of a chapter's page as SVG, with its alternative text."""
        import nbformat

        page = self.stage / f"{self.values.chapters[chapter].docname}.ipynb"
        for cell in nbformat.read(page, as_version=4).cells:
            about = cell.metadata.get("mystnb", {})
            if about.get("figure", {}).get("name") == label:
                drawn = (o.get("data", {}).get("image/svg+xml") for o in cell.outputs)
                return next(svg for svg in drawn if svg), about["image"]["alt"]
        return None


def fill_blocks(text: str, book: Book, where: str) -> str:
    """Replace every generated block of a page.

    Raises
    ------
    HumanlikeError
        If a page asks for a block that does not exist.
    """

    def one(match: re.Match[str]) -> str:
        if match[1] not in BLOCKS:
            raise HumanlikeError(f"{where}: " + unknown("generated block", match[1], BLOCKS))
        try:
            return BLOCKS[match[1]](book, match[2])
        except HumanlikeError as error:
            raise HumanlikeError(f"{where}, block {match[1]}: {error}") from None

    return _BLOCK.sub(one, text)


def link(finding: Finding, book: Book) -> str:
    """Return a link to the figure or page that shows the claim's value."""
    claim = finding.claim
    if not claim.chapter:
        return "–"
    chapter = book.values.chapters[claim.chapter]
    if claim.anchor in book.labels:
        return f"{{ref}}`{chapter.name} <{claim.anchor}>`"
    if claim.anchor and claim.chapter in book.values.executions:
        raise HumanlikeError(
            f"Claim '{claim.id}' points to '{claim.anchor}', which chapter {claim.chapter} lacks."
        )
    return f"{{doc}}`{chapter.name} </{chapter.docname}>`"


def ledger(book: Book, _body: str) -> str:
    """The whole ledger as one searchable, sortable, filterable table."""
    head = ["Paper", "Claim", "Published", "Recomputed", "Verdict", "Where"]
    rows = []
    for finding in book.findings:
        claim = finding.claim
        note = f" *{escape(finding.note)}*" if finding.note else ""
        rows.append(
            [
                claim.paper,
                f"{escape(claim.statement)}{note} ({escape(claim.section)}; `{claim.id}`)",
                escape(claim.printed),
                escape(finding.recomputed) or "–",
                finding.verdict,
                link(finding, book),
            ]
        )
    if not rows:
        return "No claim has been entered yet."
    classes = "hl-table hl-search hl-ledger hl-filter-1 hl-filter-5"
    return table(head, rows, caption="The ledger of claims", name="tab-ledger", classes=classes)


def ledger_totals(book: Book, _body: str) -> str:
    """How many claims of each paper got which verdict."""
    rows = []
    by_paper = {p: totals([f for f in book.findings if f.claim.paper == p]) for p in ("A", "B")}
    every = totals(book.findings)
    for verdict in VERDICTS:
        counts = [str(by_paper[paper][verdict]) for paper in ("A", "B")]
        rows.append([verdict, *counts, str(every[verdict])])
    rows.append(
        ["all", *(str(sum(by_paper[p].values())) for p in ("A", "B")), str(len(book.findings))]
    )
    text = table(["Verdict", "Paper A", "Paper B", "Both"], rows, caption="Claims by verdict")
    if every[NOT_RUN]:
        text += (
            f"\n\n{every[NOT_RUN]} claims were not run in this build: their chapter was not "
            "executed, or its data could not be had."
        )
    return text


def status(book: Book, _body: str) -> str:
    """One row per chapter: what it ran on, when, how long."""
    rows = []
    for chapter in book.values.chapters.values():
        execution = book.values.executions.get(chapter.name)
        page = f"{{doc}}`{escape(chapter.title)} </{chapter.docname}>`"
        if execution is None:
            rows.append([page, chapter.paper, "not executed", "–", "–", "–", "–"])
            continue
        result = execution.result
        state = "**out of date**" if chapter.name in book.stale else "up to date"
        rows.append(
            [
                page,
                chapter.paper,
                state,
                "real" if execution.real else "**simulated**",
                result["profile"],
                result["started"].replace("T", " ")[:16],
                f"{result['seconds']:.1f}",
            ]
        )
    head = ["Chapter", "Paper", "State", "Data", "Profile", "Executed (UTC)", "Seconds"]
    return table(head, rows, caption="All chapters", name="tab-status", classes="hl-table")


def data_sets(book: Book, _body: str) -> str:
    """Every registered data set with its size, licence and chapters."""
    rows = []
    for one in load_registry().values():
        here = [n for n in one.chapters if n in book.values.chapters]
        size = sum(file.bytes for file in one.files) / 1e6
        rows.append(
            [
                f"`{one.id}`",
                escape(one.title),
                str(len(one.files)),
                f"{size:.1f}",
                escape(one.licence),
                ", ".join(here) or "later chapters",
            ]
        )
    head = ["Name", "What it is", "Files", "MB", "Licence", "Used by"]
    return table(head, rows, caption="Registered data", name="tab-data", classes="hl-table")


def parameters(book: Book, _body: str) -> str:
    """Every parameter of every chapter, with its default and its values in the profiles."""
    rows = []
    for chapter in book.values.chapters.values():
        for name, parameter in read_parameters(chapter).items():
            others = [
                f"{profile} {escape(render_parameter(settings[name]))}"
                for profile, settings in chapter.profiles.items()
                if name in settings
            ]
            rows.append(
                [
                    chapter.name,
                    f"`{name}`",
                    escape(parameter.doc),
                    escape(render_parameter(parameter.default)),
                    ", ".join(others) or "–",
                    escape(parameter.allowed) or "any",
                    f"`{parameter.type}`",
                ]
            )
    head = ["Chapter", "Parameter", "What it does", "Default", "Profiles", "Allowed", "Type"]
    return table(
        head, rows, caption="Parameters", name="tab-parameters", classes="hl-table hl-search"
    )


BLOCKS: dict[str, Callable[[Book, str], str]] = {
    "bars": bars,
    "picture": picture,
    "verdicts": verdicts,
    "ledger": ledger,
    "ledger-totals": ledger_totals,
    "status": status,
    "data-sets": data_sets,
    "parameters": parameters,
    "plan-example": scale.plan_example,
    "sweep-benchmark": scale.sweep_benchmark,
}
