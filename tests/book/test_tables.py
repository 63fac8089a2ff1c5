"""Tables for pages: escaped, numbers marked, missing numbers shown as such."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from humanlike.tables import to_html

EVIL = "<script>alert('x & y')</script>"


class Reader(HTMLParser):
    """Collects the tags of a page and the text of its cells."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.cells: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)
        if tag in ("td", "th", "caption"):
            self.cells.append("")

    def handle_data(self, data: str) -> None:
        self.cells[-1] += data


def test_texts_headings_and_caption_are_escaped() -> None:
    page = to_html(pd.DataFrame({EVIL: [EVIL]}), caption=EVIL)
    assert "<script" not in page
    assert Reader(page).cells == [EVIL, EVIL, EVIL]


def test_what_a_format_function_returns_is_escaped_too() -> None:
    page = to_html(pd.DataFrame({"a": [1]}), caption="", formats={"a": lambda value: EVIL})
    assert Reader(page).cells[-1] == EVIL


@given(st.lists(st.text(st.characters(blacklist_categories=("Cs", "Cc"))), min_size=1))
def test_any_text_comes_back_out_of_its_cell(texts: list[str]) -> None:
    reader = Reader(to_html(pd.DataFrame({"a": texts}, dtype=object), caption="c"))
    assert reader.cells[2:] == texts
    assert set(reader.tags) == {"table", "caption", "thead", "tbody", "tr", "th", "td"}


def test_columns_of_numbers_are_marked_others_are_not() -> None:
    frame = pd.DataFrame({"n": [1], "x": [0.5], "name": ["a"], "flag": [True]})
    page = to_html(frame, caption="c")
    marked = re.findall(r'<th scope="col" class="hl-number">(\w+)</th>', page)
    assert marked == ["n", "x"]
    assert page.count('<td class="hl-number">') == 2


def test_formats_are_a_specification_or_a_function() -> None:
    frame = pd.DataFrame({"x": [0.12345], "n": [3], "y": [0.5]})
    page = to_html(frame, caption="c", formats={"x": ".2f", "n": lambda value: f"no. {value}"})
    assert Reader(page).cells[-3:] == ["0.12", "no. 3", "0.5"]


def test_missing_values_are_a_dash_whatever_the_format() -> None:
    frame = pd.DataFrame({"x": [np.nan], "text": [None], "when": [pd.NaT]})
    page = to_html(frame, caption="c", formats={"x": ".2f", "text": str.upper})
    assert Reader(page).cells[-3:] == ["–", "–", "–"]


def test_truth_values_are_words() -> None:
    assert Reader(to_html(pd.DataFrame({"a": [True, False]}), caption="c")).cells[-2:] == [
        "yes",
        "no",
    ]


def test_search_and_filters_are_offered_only_when_asked_for() -> None:
    frame = pd.DataFrame({"a": ["x"], "b": ["y"]})
    plain, rich = to_html(frame, caption="c"), to_html(frame, caption="c", search=True, filters="b")
    assert "hl-search" not in plain
    assert "data-filter" not in plain
    assert 'class="table hl-table hl-search"' in rich
    assert re.findall(r"data-filter>(\w)<", rich) == ["b"]


def test_the_index_is_not_shown_and_an_empty_table_keeps_its_head() -> None:
    page = to_html(pd.DataFrame({"a": [1]}, index=["secret"]), caption="c")
    assert "secret" not in page
    assert Reader(to_html(pd.DataFrame({"a": []}), caption="c")).cells == ["c", "a"]


def test_numbers_are_printed_with_minus_signs_units_and_no_negative_zero() -> None:
    frame = pd.DataFrame({"x": [-0.25, -0.0004, -1.0, 1e-300], "n": [-1, 0, 1, 2]})
    reader = Reader(to_html(frame, caption="c", formats={"x": ".2f"}))
    assert reader.cells[3::2] == ["−0.25", "0.00", "−1.00", "0.00"]
    share = to_html(frame[["x"]], caption="c", formats={"x": ".0%"})
    assert Reader(share).cells[2:] == ["−25\u00a0%", "0\u00a0%", "−100\u00a0%", "0\u00a0%"]
    small = to_html(frame[["x"]], caption="c", formats={"x": ".0e"})
    assert Reader(small).cells[-1] == "1e−300"


def test_texts_with_hyphens_stay_as_they_are() -> None:
    page = to_html(pd.DataFrame({"a": ["all-MiniLM", "-0"]}), caption="c")
    assert Reader(page).cells[2:] == ["all-MiniLM", "-0"]
