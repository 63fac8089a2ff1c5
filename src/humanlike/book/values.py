"""Recorded values in prose: ``{value}`key``` becomes the number a chapter recorded.

A key may name its chapter (``{value}`rsa/rho.en.all.base```) and a format specification
(``{value}`rho.en.all.base:.2f```); ``{interval}`…``` prints the recorded interval, and
``{claims}`rsa/reproduced``` counts the claims of a chapter with a verdict (without one, all
of them), ``{verdicts}`rsa``` lists the counts of all verdicts it has. Values are filled in when a
page is staged, so a page can never show a number of an earlier execution.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from humanlike.book.chapters import Chapter
from humanlike.book.execute import Execution
from humanlike.book.markdown import escape
from humanlike.errors import HumanlikeError, unknown
from humanlike.tables import typeset

_ROLE = re.compile(r"(?P<code>(?P<ticks>`{2,}).*?(?P=ticks)(?!`))"
                   r"|\{(?P<role>value|interval|claims|verdicts)\}`(?P<key>[^`]+)`",
                   re.DOTALL)  # fmt: skip
NOT_RUN = "n/a"


@dataclass
class Values:
    """The recorded values of all chapters.

    Attributes
    ----------
    chapters : dict of str to Chapter
        All chapters of the book.
    executions : dict of str to Execution
        Those that were executed.
    strict : bool
        Whether a declared value that an execution on real data did not record is an error; a run
        with fewer models, or one on simulated data, may well leave some out.
    counts : dict of str to int
        Number of claims by ``chapter`` and by ``chapter/verdict``; empty where none are judged.
    missing : set of str
        Chapters whose values a page wanted and could not have: not executed, or on simulated data.
    """

    chapters: dict[str, Chapter]
    executions: dict[str, Execution]
    strict: bool = True
    counts: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.missing: set[str] = set()

    def lookup(self, chapter: str, key: str) -> dict[str, Any] | None:
        """Return the recorded entry (``value`` and maybe ``interval``), None if not executed.

        Raises
        ------
        HumanlikeError
            If there is no such chapter, it declares no such key, or it did not record it.
        """
        if chapter not in self.chapters:
            raise HumanlikeError(unknown("chapter", chapter, self.chapters))
        declared = self.chapters[chapter].values
        if key not in declared:
            raise HumanlikeError(unknown(f"value of chapter {chapter}", key, declared))
        if chapter not in self.executions:
            return None
        execution = self.executions[chapter]
        values = execution.result["values"]
        if key not in values and not (self.strict and execution.real):
            return None
        if key not in values:
            raise HumanlikeError(
                f"Chapter {chapter} declares the value '{key}' but did not record it when it ran."
            )
        return values[key]  # type: ignore[no-any-return]

    def fill(self, text: str, where: str, chapter: str = "") -> str:
        """Replace every value, interval, claims and verdicts role in a text; code is left alone.

        Parameters
        ----------
        text : str
            Markdown.
        where : str
            Page, for messages.
        chapter : str
            Chapter meant by keys that name none; its simulated values are shown, since its page
            says that they are simulated. Simulated values of other chapters are not.

        Raises
        ------
        HumanlikeError
            If a key does not exist or its format does not fit the value.
        """

        def one(match: re.Match[str]) -> str:
            if match["code"]:
                return match[0]
            try:
                return self._text(match["role"], match["key"], chapter)
            except HumanlikeError as error:
                raise HumanlikeError(f"{where}, {match[0]}: {error}") from None

        return _ROLE.sub(one, text)

    def _text(self, role: str, reference: str, home: str) -> str:
        if role in ("claims", "verdicts"):
            return self._count(reference, each=role == "verdicts")
        address, _, spec = reference.partition(":")
        chapter, slash, key = address.partition("/")
        if not slash:
            chapter, key = home, address
        entry = self.lookup(chapter, key)
        if entry is None or (chapter != home and not self.executions[chapter].real):
            self.missing.add(chapter)
            return NOT_RUN
        spec = spec or self.chapters[chapter].values[key].format
        if role == "value":
            text = render(entry["value"], spec)
            return escape(text) if isinstance(entry["value"], str) else text
        if "interval" not in entry:
            raise HumanlikeError(f"the value '{key}' was recorded without an interval.")
        low, high = (render(bound, spec) for bound in entry["interval"])
        return f"[{low}, {high}]"

    def _count(self, reference: str, *, each: bool) -> str:
        if not self.counts:
            return NOT_RUN
        if reference not in self.counts:
            raise HumanlikeError(unknown("count of claims", reference, self.counts))
        if not each:
            return str(self.counts[reference])
        of = f"{reference}/"
        own = {k.removeprefix(of): n for k, n in self.counts.items() if k.startswith(of) and n}
        return ", ".join(f"{n} {verdict}" for verdict, n in own.items())


def render(value: Any, spec: str) -> str:
    """Format a recorded value; signs are typographic, truth values are words.

    Raises
    ------
    HumanlikeError
        If the format specification does not fit the value.
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    try:
        text = format(value, spec)
    except ValueError:
        raise HumanlikeError(f"the format '{spec}' does not fit the value {value!r}.") from None
    return typeset(text) if isinstance(value, int | float) else text
