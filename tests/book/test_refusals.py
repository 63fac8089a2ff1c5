"""Wrong cards, claims, parameters and texts are refused with one clear message each."""

from __future__ import annotations

import pandas as pd
import pytest

from book.made_up import make_values
from book.test_claims import ENTRY, claim, load
from book.test_markdown import cells_of
from humanlike.book.chapters import get_chapter, load_chapter
from humanlike.book.claims import holds, judge, load_claims
from humanlike.book.markdown import escape, table
from humanlike.book.parameters import parse_cell
from humanlike.errors import HumanlikeError
from humanlike.tables import to_html


@pytest.mark.parametrize(
    "cell",
    [
        "n: int = 1 + x  # doc",
        "n: int = 2 + 3  # doc",
        "n: int = 1  # doc, in [1]",
        "n: int = 1  # doc, in [low, high]",
        "n: int = 1  # doc, in {}",
        'n: str = "a"  # doc, in ["a", "b"]',
        "n: int = 1  # doc\nn: int = 2  # again",
        "n: int = 5  # doc, in [9, 1]",
    ],
)
def test_a_parameter_that_is_no_plain_value_is_refused(cell):
    with pytest.raises(HumanlikeError, match="parameter 'n'"):
        parse_cell(cell, "demo")


def test_a_tolerance_includes_its_own_bound():
    assert holds(claim(compare="tolerance", published="0.30", tolerance=0.02), 0.32)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"compare": "conflict", "published": "75"}, "at least two"),
        ({"compare": "tolerance", "tolerance": "abc"}, "not a number"),
        ({"published": 0.350}, "in quotes"),
    ],
)
def test_a_claim_that_cannot_be_judged_is_refused(tmp_path, change, message):
    with pytest.raises(HumanlikeError, match=message):
        load(tmp_path, ENTRY | change)


def test_an_entry_that_is_no_claim_is_refused(tmp_path):
    with pytest.raises(HumanlikeError, match="not a list of claims"):
        load(tmp_path, "x")


def test_a_text_is_not_compared_with_a_number():
    values = make_values({"rsa": ({"rho": ""}, {"rho": {"value": "abc"}})})
    with pytest.raises(HumanlikeError, match="compares numbers"):
        judge(claim(), values)


def test_a_broken_claims_file_is_named_with_its_line(tmp_path):
    folder = tmp_path / "data" / "claims"
    folder.mkdir(parents=True)
    (folder / "a.yml").write_text("- {id: [")
    with pytest.raises(HumanlikeError, match=r"a\.yml, line 1 is not valid YAML"):
        load_claims(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "title: [",
        "- a",
        "title: A\npaper: A\ndata: toy\n",
        "title: A\npaper: A\nprofiles: {quick: 3}",
        "title: A\npaper: A\nvalues:\n  n: {dok: x, fromat: .3f}",
        "title: A\npaper: Z",
        "title: A\npaper: A\nvalues: {'a.{x}': 1, a.x: 2}",
    ],
)
def test_a_card_that_makes_no_sense_is_refused(fresh, text):
    fresh.write("notebooks/alpha.yml", text)
    with pytest.raises(HumanlikeError, match=r"alpha\.yml"):
        load_chapter(fresh.root, "alpha")


def test_a_misspelt_chapter_suggests_the_nearest(fresh):
    with pytest.raises(HumanlikeError, match="Did you mean 'alpha'"):
        get_chapter("alfa", fresh.root)


def test_character_references_are_shown_as_written():
    assert cells_of(table(["A"], [[escape("a &lt; b &copy;")]]))[1] == "a &lt; b &copy;"


def test_a_missing_value_of_any_kind_is_a_dash():
    frame = pd.DataFrame({"a": pd.array([1, None], dtype="Int64")})
    assert "<td>–</td>" in to_html(frame, caption="c").replace(' class="hl-number"', "")


@pytest.mark.parametrize("option", [{"filters": ["aa"]}, {"formats": {"aa": ".2f"}}])
def test_a_column_that_does_not_exist_is_refused(option):
    with pytest.raises(HumanlikeError, match="Unknown column 'aa'"):
        to_html(pd.DataFrame({"a": [1]}), caption="c", **option)


def test_a_recorded_text_is_escaped_in_prose():
    values = make_values({"rsa": ({"m": ""}, {"m": {"value": "<script>x</script>|a_b_"}})})
    assert "<script>" not in values.fill("{value}`m`", "p", "rsa")


def test_a_role_shown_as_code_is_left_alone():
    values = make_values({"rsa": ({"m": ""}, {"m": {"value": 1}})})
    text = "write ``{value}`key` `` here"
    assert values.fill(text, "p", "rsa") == text
