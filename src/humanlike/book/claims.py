"""The ledger: what the papers claim, what the data give, and the verdict.

Each claim is an entry of ``data/claims/*.yml``. Its verdict is computed from the value the named
chapter recorded; the file also holds the verdict that was committed, so that a change is noticed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from humanlike.book.values import Values, render
from humanlike.errors import HumanlikeError, unknown
from humanlike.readyaml import read_yaml

REPRODUCED = "reproduced"
CAVEAT = "reproduced with a caveat"
CONTRADICTED = "contradicted"
INCONSISTENT = "inconsistent within the paper"
NOT_TESTABLE = "not testable"
NOT_RUN = "not run"
VERDICTS = (REPRODUCED, CAVEAT, CONTRADICTED, INCONSISTENT, NOT_TESTABLE, NOT_RUN)

COMPARISONS = {
    "digits": "the recomputed number rounds to the printed one",
    "tolerance": "the recomputed number is within the stated tolerance",
    "equal": "the recomputed value equals the printed one",
    "above": "the recomputed number is larger than the printed one",
    "below": "the recomputed number is smaller than the printed one",
    "holds": "the recomputed statement is true",
    "conflict": "the paper's own statements agree with each other",
}
_REQUIRED = ("id", "paper", "section", "statement", "published", "verdict")
_OPTIONAL = ("compare", "tolerance", "chapter", "key", "anchor", "caveat", "reason")


@dataclass(frozen=True)
class Claim:
    """One published claim.

    Attributes
    ----------
    id, paper, section, statement : str
        Name, ``"A"`` or ``"B"``, where it stands, and what it says in our own words.
    published : str or list of str
        The printed value or values, digits kept.
    verdict : str
        The verdict as committed.
    compare : str
        One of :data:`COMPARISONS`; empty for claims that cannot be tested.
    tolerance : float
        For the comparison ``tolerance``, in the unit of the value.
    chapter, key, anchor : str
        Who records the value, under which key, and the label of the figure or section showing it.
    caveat : str
        What limits a claim that holds.
    reason : str
        Why a claim cannot be tested.
    """

    id: str
    paper: str
    section: str
    statement: str
    published: str | list[str]
    verdict: str
    compare: str = ""
    tolerance: float = 0.0
    chapter: str = ""
    key: str = ""
    anchor: str = ""
    caveat: str = ""
    reason: str = ""
    file: str = field(default="", compare=False)

    @property
    def printed(self) -> str:
        """The published value or values as one text."""
        return " · ".join(self.published) if isinstance(self.published, list) else self.published


@dataclass(frozen=True)
class Finding:
    """A claim with what came out."""

    claim: Claim
    recomputed: str
    verdict: str
    page: str

    @property
    def changed(self) -> bool:
        """Whether the verdict differs from the committed one."""
        return self.verdict != self.claim.verdict

    @property
    def note(self) -> str:
        """The caveat, the reason it cannot be tested, or nothing."""
        return self.claim.reason or self.claim.caveat

    def as_dict(self) -> dict[str, Any]:
        """Return the finding for machines."""
        claim = self.claim
        return {
            "id": claim.id,
            "paper": claim.paper,
            "section": claim.section,
            "statement": claim.statement,
            "published": claim.published,
            "recomputed": self.recomputed or None,
            "comparison": COMPARISONS.get(claim.compare, ""),
            "verdict": self.verdict,
            "committed_verdict": claim.verdict,
            "note": self.note,
            "chapter": claim.chapter,
            "key": claim.key,
            "page": self.page,
        }


def load_claims(root: Path) -> list[Claim]:
    """Read every claim of ``data/claims``.

    Raises
    ------
    HumanlikeError
        Naming file and claim when an entry is missing, unknown, repeated or makes no sense.
    """
    claims: list[Claim] = []
    for file in sorted((root / "data" / "claims").glob("*.yml")):
        entries = read_yaml(file) or []
        if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
            raise HumanlikeError(f"data/claims/{file.name} is not a list of claims.")
        claims += [_read(entry, file.name) for entry in entries]
    repeated = {c.id for c in claims if sum(other.id == c.id for other in claims) > 1}
    if repeated:
        raise HumanlikeError(f"Claims with the same id: {', '.join(sorted(repeated))}.")
    return claims


def _read(entry: dict[str, Any], file: str) -> Claim:
    where = f"data/claims/{file}, claim '{entry.get('id', '?')}'"
    for key in entry:
        if key not in (*_REQUIRED, *_OPTIONAL):
            raise HumanlikeError(
                f"{where}: " + unknown("entry", str(key), (*_REQUIRED, *_OPTIONAL))
            )
    for key in _REQUIRED:
        if key not in entry:
            raise HumanlikeError(f"{where}: the entry '{key}' is missing.")
    published = entry["published"]
    several = published if isinstance(published, list) else [published]
    if not all(isinstance(text, str) for text in several):
        raise HumanlikeError(
            f"{where}: put 'published' in quotes, so that the printed digits are kept."
        )
    tolerance = entry.get("tolerance", 0)
    if not isinstance(tolerance, int | float):
        raise HumanlikeError(f"{where}: the tolerance '{tolerance}' is not a number.")
    texts = {k: str(v).strip() for k, v in entry.items() if k not in ("published", "tolerance")}
    claim = Claim(**texts, published=published, tolerance=float(tolerance), file=file)
    _check(claim, where)
    return claim


def _check(claim: Claim, where: str) -> None:
    if claim.paper not in ("A", "B"):
        raise HumanlikeError(f"{where}: paper is '{claim.paper}', not A or B.")
    if claim.verdict not in VERDICTS:
        raise HumanlikeError(f"{where}: " + unknown("verdict", claim.verdict, VERDICTS))
    if bool(claim.reason) == bool(claim.compare):
        raise HumanlikeError(
            f"{where}: give either 'compare' (how to test it) or 'reason' (why it cannot be)."
        )
    if claim.compare and claim.compare not in COMPARISONS:
        raise HumanlikeError(f"{where}: " + unknown("comparison", claim.compare, COMPARISONS))
    if claim.compare not in ("", "conflict") and not (claim.chapter and claim.key):
        raise HumanlikeError(f"{where}: a claim that is tested names its 'chapter' and 'key'.")
    if claim.compare == "conflict" and (
        not isinstance(claim.published, list) or len(claim.published) < 2
    ):
        raise HumanlikeError(f"{where}: a conflict needs a list of at least two published values.")
    if claim.compare in ("digits", "tolerance", "above", "below"):
        _number(claim.printed, where)
    if claim.compare == "tolerance" and claim.tolerance <= 0:
        raise HumanlikeError(f"{where}: the comparison 'tolerance' needs a positive 'tolerance'.")


def judge(claim: Claim, values: Values) -> Finding:
    """Compare a claim with what its chapter recorded.

    Only values from real data are compared; without one the verdict is ``not run``.

    Raises
    ------
    HumanlikeError
        If the chapter or the key does not exist.
    """
    page, recomputed, verdict = "", "", NOT_RUN
    if claim.chapter:
        if claim.chapter not in values.chapters:
            raise HumanlikeError(
                f"Claim '{claim.id}': " + unknown("chapter", claim.chapter, values.chapters)
            )
        page = f"{values.chapters[claim.chapter].docname}.html"
        page += f"#{claim.anchor}" if claim.anchor else ""
    value = _recorded(claim, values)
    if value is not None:
        spec = values.chapters[claim.chapter].values[claim.key].format
        recomputed = render(value, spec)
    if claim.reason:
        verdict = NOT_TESTABLE
    elif claim.compare == "conflict":
        verdict = INCONSISTENT if len(set(claim.published)) > 1 else REPRODUCED
    elif value is not None:
        good = CAVEAT if claim.caveat else REPRODUCED
        verdict = good if holds(claim, value) else CONTRADICTED
    return Finding(claim, recomputed, verdict, page)


def _recorded(claim: Claim, values: Values) -> Any:
    if not claim.key:
        return None
    try:
        entry = values.lookup(claim.chapter, claim.key)
    except HumanlikeError as error:
        raise HumanlikeError(f"Claim '{claim.id}': {error}") from None
    if entry is None or not values.executions[claim.chapter].real:
        return None
    return entry["value"]


def holds(claim: Claim, value: Any) -> bool:
    """Return whether a recorded value bears the claim out."""
    where = f"claim '{claim.id}'"
    if claim.compare == "holds":
        return value is True
    if claim.compare == "equal":
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value) == float(_number(claim.printed, where))
        return str(value) == claim.printed
    printed = _number(claim.printed, where)
    if isinstance(value, str):
        raise HumanlikeError(f"{where} compares numbers, but its chapter recorded '{value}'.")
    number = float(value)
    if claim.compare == "digits":
        places = -int(printed.as_tuple().exponent)
        half = Decimal(5).scaleb(-places - 1)
        return abs(number - float(printed)) <= float(half) * (1 + 1e-9)
    if claim.compare == "tolerance":
        return abs(number - float(printed)) <= claim.tolerance * (1 + 1e-9)
    return number > float(printed) if claim.compare == "above" else number < float(printed)


def _number(text: str, where: str) -> Decimal:
    try:
        number = Decimal(text.replace("−", "-").replace(",", "").strip())
    except InvalidOperation:
        number = Decimal("nan")
    if not math.isfinite(number):
        raise HumanlikeError(f"{where}: the published value '{text}' is not a number.")
    return number


def totals(findings: list[Finding]) -> dict[str, int]:
    """Count the findings by verdict, every verdict listed."""
    return {v: sum(finding.verdict == v for finding in findings) for v in VERDICTS}


def count_by_chapter(findings: list[Finding], chapters: Iterable[str]) -> dict[str, int]:
    """Count the claims of each chapter, all of them and by verdict.

    Returns
    -------
    dict of str to int
        Keys ``chapter`` and ``chapter/verdict``.
    """
    counts = {}
    for chapter in chapters:
        own = [finding for finding in findings if finding.claim.chapter == chapter]
        counts[chapter] = len(own)
        counts |= {f"{chapter}/{verdict}": n for verdict, n in totals(own).items()}
    return counts
