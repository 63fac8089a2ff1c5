"""The ledger: every comparison, every verdict, and what a malformed entry says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from book.made_up import make_values
from humanlike.book.claims import (
    CAVEAT,
    CONTRADICTED,
    INCONSISTENT,
    NOT_RUN,
    NOT_TESTABLE,
    REPRODUCED,
    VERDICTS,
    Claim,
    Finding,
    holds,
    judge,
    load_claims,
    totals,
)
from humanlike.book.values import Values
from humanlike.errors import HumanlikeError

ENTRY = {
    "id": "a-rho",
    "paper": "A",
    "section": "3.1",
    "statement": "They are alike",
    "published": "0.345",
    "compare": "digits",
    "chapter": "rsa",
    "key": "rho",
    "verdict": "reproduced",
}


def load(root: Path, *entries: Any) -> list[Claim]:
    folder = root / "data" / "claims"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "a.yml").write_text(yaml.safe_dump(list(entries)), encoding="utf-8")
    return load_claims(root)


def claim(**changes: Any) -> Claim:
    return Claim(**(ENTRY | changes))


def comparing(compare: str, published: Any, **more: Any) -> Claim:
    return claim(compare=compare, published=published, **more)


def book(value: Any, *, spec: str = ".4f", **more: Any) -> Values:
    return make_values({"rsa": ({"rho": spec}, {"rho": {"value": value}})}, **more)


def verdict(value: Any, checked: Claim) -> str:
    return judge(checked, book(value, spec="")).verdict


@pytest.mark.parametrize(
    ("printed", "value", "expected"),
    [
        ("0.345", 0.345, True),
        ("0.345", 0.3454, True),
        ("0.345", 0.3446, True),
        ("0.345", 0.3455, True),
        ("0.345", 0.3445, True),
        ("0.345", 0.34551, False),
        ("0.345", 0.34449, False),
        ("0.35", 0.3454, True),
        ("0.350", 0.3454, False),
        ("−0.12", -0.1249, True),
        ("−0.12", 0.12, False),
        ("-0.12", -0.1251, False),
        ("77", 77, True),
        ("77", 77.4, True),
        ("77", 78, False),
        ("1,572", 1572, True),
        ("1,572", 1573, False),
        ("1e-3", 0.0014, True),
        ("1e-3", 0.0016, False),
        (" 0.5 ", 0.54, True),
    ],
)
def test_digits_holds_when_the_number_rounds_to_the_printed_one(
    printed: str, value: float, expected: bool
) -> None:
    assert holds(comparing("digits", printed), value) is expected


@pytest.mark.parametrize(
    ("compare", "printed", "value", "expected"),
    [
        ("tolerance", "0.30", 0.319, True),
        ("tolerance", "0.30", 0.281, True),
        ("tolerance", "0.30", 0.3201, False),
        ("tolerance", "−0.30", -0.31, True),
        ("equal", "75", 75, True),
        ("equal", "75", 75.0, True),
        ("equal", "75.0", 75, True),
        ("equal", "75", 75.01, False),
        ("equal", "Qwen", "Qwen", True),
        ("equal", "Qwen", "qwen", False),
        ("equal", "True", True, True),
        ("above", "0.5", 0.51, True),
        ("above", "0.5", 0.5, False),
        ("above", "−0.5", -0.4, True),
        ("below", "0.001", 0.0009, True),
        ("below", "0.001", 0.001, False),
        ("holds", "yes", True, True),
        ("holds", "yes", False, False),
        ("holds", "yes", 1, False),
        ("holds", "yes", "true", False),
    ],
)
def test_every_other_comparison_decides_as_it_says(
    compare: str, printed: str, value: Any, expected: bool
) -> None:
    assert holds(comparing(compare, printed, tolerance=0.02), value) is expected


@given(st.integers(-10_000, 10_000), st.integers(0, 4), st.floats(-0.499, 0.499))
def test_digits_accepts_exactly_half_a_unit_of_the_last_printed_digit(
    units: int, places: int, share: float
) -> None:
    printed = f"{units / 10**places:.{places}f}".replace("-", "−")
    close, far = (units + share) / 10**places, (units + 0.501) / 10**places
    assert holds(comparing("digits", printed), close)
    assert not holds(comparing("digits", printed), far)


def test_a_claim_that_holds_is_reproduced_and_with_a_limit_reproduced_with_a_caveat() -> None:
    assert verdict(0.3449, claim()) == REPRODUCED
    assert verdict(0.3449, claim(caveat="only in English")) == CAVEAT


def test_a_claim_that_does_not_hold_is_contradicted_whatever_its_caveat() -> None:
    assert verdict(0.3, claim()) == CONTRADICTED
    assert verdict(0.3, claim(caveat="only in English")) == CONTRADICTED


def test_a_claim_with_a_reason_is_not_testable_even_with_a_value() -> None:
    assert verdict(0.345, claim(compare="", reason="nothing was released")) == NOT_TESTABLE


def test_statements_of_the_paper_that_differ_are_inconsistent() -> None:
    assert verdict(1, comparing("conflict", ["77", "75"])) == INCONSISTENT
    assert verdict(1, comparing("conflict", ["77", "77"])) == REPRODUCED


def test_without_an_execution_a_claim_is_not_run() -> None:
    finding = judge(claim(), book(0.345, executed=()))
    assert (finding.verdict, finding.recomputed) == (NOT_RUN, "")


def test_on_simulated_data_a_claim_is_not_run_even_if_the_number_fits() -> None:
    finding = judge(claim(), book(0.345, simulated=("rsa",)))
    assert (finding.verdict, finding.recomputed) == (NOT_RUN, "")


def test_a_finding_shows_the_number_in_the_cards_format_and_where_it_stands() -> None:
    finding = judge(claim(anchor="fig-rsa"), book(-0.34496))
    assert finding.recomputed == "−0.3450"
    assert finding.page == "notebooks/rsa.html#fig-rsa"
    assert judge(claim(), book(0.345)).page == "notebooks/rsa.html"


def test_a_finding_says_whether_the_verdict_is_the_committed_one() -> None:
    assert not judge(claim(), book(0.345)).changed
    assert judge(claim(), book(0.9)).changed


def test_a_finding_for_machines_has_every_field() -> None:
    found = judge(claim(caveat="only one"), book(0.345)).as_dict()
    assert found == {
        "id": "a-rho",
        "paper": "A",
        "section": "3.1",
        "statement": "They are alike",
        "published": "0.345",
        "recomputed": "0.3450",
        "comparison": "the recomputed number rounds to the printed one",
        "verdict": CAVEAT,
        "committed_verdict": REPRODUCED,
        "note": "only one",
        "chapter": "rsa",
        "key": "rho",
        "page": "notebooks/rsa.html",
    }
    assert judge(claim(), book(0.345, executed=())).as_dict()["recomputed"] is None


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"chapter": "rsb"}, "Claim 'a-rho': Unknown chapter 'rsb'. Did you mean 'rsa'?"),
        ({"key": "rh"}, "Claim 'a-rho': Unknown value of chapter rsa 'rh'. Did you mean 'rho'?"),
    ],
)
def test_a_claim_about_an_unknown_chapter_or_value_is_named(
    changes: dict[str, str], message: str
) -> None:
    with pytest.raises(HumanlikeError) as caught:
        judge(claim(**changes), book(0.345))
    assert message in str(caught.value)


def test_a_value_that_was_promised_but_not_recorded_is_an_error() -> None:
    values = make_values({"rsa": ({"rho": ""}, {})})
    with pytest.raises(HumanlikeError, match=r"Claim 'a-rho': .* did not record it"):
        judge(claim(), values)


def test_totals_list_every_verdict_also_those_nothing_got() -> None:
    findings = [Finding(claim(), "", given, "") for given in (REPRODUCED, REPRODUCED, NOT_RUN)]
    counts = totals(findings)
    assert list(counts) == list(VERDICTS)
    assert (counts[REPRODUCED], counts[NOT_RUN], counts[CONTRADICTED]) == (2, 1, 0)


def test_claims_are_read_from_every_file_with_their_digits_kept(tmp_path: Path) -> None:
    second = ENTRY | {"id": "a-two", "compare": "conflict", "published": ["77", "75"]}
    first, other = load(tmp_path, ENTRY | {"published": "0.350"}, second)
    assert (first.published, first.printed, first.file) == ("0.350", "0.350", "a.yml")
    assert (other.published, other.printed) == (["77", "75"], "77 · 75")


def test_a_project_without_claims_has_an_empty_ledger(tmp_path: Path) -> None:
    assert load_claims(tmp_path) == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"chaptr": "rsa"}, "Unknown entry 'chaptr'. Did you mean 'chapter'?"),
        ({"paper": "C"}, "paper is 'C', not A or B"),
        ({"verdict": "reproducd"}, "Unknown verdict 'reproducd'. Did you mean 'reproduced'?"),
        ({"compare": "digit"}, "Unknown comparison 'digit'. Did you mean 'digits'?"),
        ({"reason": "none"}, "give either 'compare' (how to test it) or 'reason'"),
        ({"compare": ""}, "give either 'compare' (how to test it) or 'reason'"),
        ({"chapter": ""}, "a claim that is tested names its 'chapter' and 'key'"),
        ({"key": ""}, "a claim that is tested names its 'chapter' and 'key'"),
        ({"published": "about 0.3"}, "the published value 'about 0.3' is not a number"),
        ({"published": "nan"}, "the published value 'nan' is not a number"),
        ({"published": ["0.3", "0.4"]}, "the published value '0.3 · 0.4' is not a number"),
        ({"compare": "above", "published": "x"}, "the published value 'x' is not a number"),
        ({"compare": "tolerance"}, "the comparison 'tolerance' needs a positive 'tolerance'"),
        (
            {"compare": "tolerance", "tolerance": -1},
            "the comparison 'tolerance' needs a positive 'tolerance'",
        ),
    ],
)
def test_a_malformed_entry_names_file_claim_and_problem(
    tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(HumanlikeError) as caught:
        load(tmp_path, ENTRY | changes)
    assert str(caught.value).startswith("data/claims/a.yml, claim 'a-rho': ")
    assert message in str(caught.value)


@pytest.mark.parametrize("key", ["paper", "section", "statement", "published", "verdict"])
def test_a_missing_entry_is_named(tmp_path: Path, key: str) -> None:
    with pytest.raises(HumanlikeError, match=f"claim 'a-rho': the entry '{key}' is missing"):
        load(tmp_path, {k: v for k, v in ENTRY.items() if k != key})


def test_two_claims_with_one_id_are_refused(tmp_path: Path) -> None:
    with pytest.raises(HumanlikeError, match="Claims with the same id: a-rho"):
        load(tmp_path, ENTRY, ENTRY | {"statement": "another"})
