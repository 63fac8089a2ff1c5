"""Values in prose: only what was recorded, never what was simulated elsewhere."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from book.made_up import make_values
from humanlike.book.values import NOT_RUN, Values, render
from humanlike.errors import HumanlikeError


def values(**more: Any) -> Values:
    declared = {"rho": ".2f", "n": "", "name": "", "p": ".1e", "late": ""}
    recorded = {
        "rho": {"value": -0.1234, "interval": [-0.5, 0.25]},
        "n": {"value": 12},
        "name": {"value": "en_ft"},
        "p": {"value": 0.00012},
    }
    return make_values({"rsa": (declared, recorded)}, **more)


def filled(text: str, chapter: str = "rsa") -> str:
    return values().fill(text, "page.md", chapter)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{value}`n` words", "12 words"),
        ("{value}`rho`", "−0.12"),
        ("{value}`rho:.3f`", "−0.123"),
        ("{value}`rsa/rho`", "−0.12"),
        ("{value}`rsa/rho:.0%`", "−12\u00a0%"),
        ("{interval}`rho`", "[−0.50, 0.25]"),
        ("{interval}`rsa/rho:.1f`", "[−0.5, 0.2]"),
        ("{value}`p`", "1.2e−04"),
        ("{value}`name`", r"en\_ft"),
        ("{value}`n`/{value}`n`", "12/12"),
        ("{cite:p}`wu2026` {numref}`fig-a`", "{cite:p}`wu2026` {numref}`fig-a`"),
        ("no role", "no role"),
    ],
)
def test_a_role_becomes_the_recorded_number(text: str, expected: str) -> None:
    assert filled(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{value}`rh`", "Unknown value of chapter rsa 'rh'. Did you mean 'rho'?"),
        ("{value}`rso/rho`", "Unknown chapter 'rso'. Did you mean 'rsa'?"),
        ("{value}`n:.z`", "the format '.z' does not fit the value 12"),
        ("{value}`name:.2f`", "the format '.2f' does not fit the value 'en_ft'"),
        ("{interval}`n`", "the value 'n' was recorded without an interval"),
        ("{value}`late`", "declares the value 'late' but did not record it when it ran"),
    ],
)
def test_a_role_that_cannot_be_filled_names_page_role_and_reason(text: str, message: str) -> None:
    with pytest.raises(HumanlikeError) as caught:
        filled(f"before {text} after")
    assert str(caught.value).startswith(f"page.md, {text}: ")
    assert message in str(caught.value)


def test_claims_of_a_chapter_are_counted_all_of_them_or_by_verdict() -> None:
    book = values()
    text = "{claims}`rsa` {claims}`rsa/not run`"
    assert book.fill(text, "page.md") == f"{NOT_RUN} {NOT_RUN}"
    book.counts = {"rsa": 3, "rsa/not run": 0}
    assert book.fill(text, "page.md") == "3 0"
    with pytest.raises(HumanlikeError, match=r"Unknown count of claims 'rsa/not ran'\. Did you"):
        book.fill("{claims}`rsa/not ran`", "page.md")


def test_verdicts_of_a_chapter_are_listed_and_add_up() -> None:
    book = values()
    text = "{claims}`rsa`: {verdicts}`rsa`"
    assert book.fill(text, "page.md") == f"{NOT_RUN}: {NOT_RUN}"
    kinds = {"reproduced": 2, "contradicted": 0, "not testable": 1}
    book.counts = {"rsa": 3, "rsa2": 9, "rsa2/reproduced": 9}
    book.counts |= {f"rsa/{verdict}": n for verdict, n in kinds.items()}
    assert book.fill(text, "page.md") == "3: 2 reproduced, 1 not testable"


def test_a_key_without_chapter_on_a_prose_page_is_an_unknown_chapter() -> None:
    with pytest.raises(HumanlikeError, match="Unknown chapter ''"):
        filled("{value}`rho`", chapter="")


def test_a_chapter_that_was_not_executed_shows_not_available_and_is_noted() -> None:
    book = values(executed=())
    assert book.fill("{value}`rsa/rho` {interval}`rsa/rho`", "page.md") == f"{NOT_RUN} {NOT_RUN}"
    assert book.missing == {"rsa"}


def test_an_unknown_key_is_an_error_even_when_the_chapter_was_not_executed() -> None:
    with pytest.raises(HumanlikeError, match="Unknown value of chapter rsa 'nothing'"):
        values(executed=()).fill("{value}`rsa/nothing`", "page.md")


def test_simulated_values_stand_on_their_own_page_only() -> None:
    book = values(simulated=("rsa",))
    assert book.fill("{value}`n`", "notebooks/rsa.py", "rsa") == "12"
    assert book.missing == set()
    assert book.fill("{value}`rsa/n`", "index.md") == NOT_RUN
    assert book.missing == {"rsa"}


def test_a_run_with_fewer_models_may_leave_a_declared_value_out() -> None:
    book = values(strict=False)
    assert book.fill("{value}`late` {value}`n`", "page", "rsa") == f"{NOT_RUN} 12"
    with pytest.raises(HumanlikeError, match="Unknown value"):
        book.fill("{value}`nothing`", "page", "rsa")


@pytest.mark.parametrize(
    ("value", "spec", "text"),
    [
        (True, "", "yes"),
        (False, ".3f", "no"),
        (-3, "", "−3"),
        (-1e-7, ".0e", "−1e−07"),
        (1234567, ",", "1,234,567"),
        ("a-b", "", "a-b"),
        (2, ".1f", "2.0"),
    ],
)
def test_values_are_printed_with_typographic_minus_and_words_for_truth(
    value: Any, spec: str, text: str
) -> None:
    assert render(value, spec) == text


@given(st.floats(-1e6, 1e6), st.integers(0, 6))
def test_a_printed_number_reads_back_as_the_rounded_number(number: float, places: int) -> None:
    text = render(number, f".{places}f")
    assert "-" not in text
    assert float(text.replace("−", "-")) == float(format(number, f".{places}f"))


def test_a_simulated_chapter_may_leave_a_value_out():
    values = make_values({"rsa": ({"late": ""}, {})}, simulated=["rsa"])
    assert values.fill("{value}`late`", "p", "rsa") == "n/a"
    assert values.lookup("rsa", "late") is None
