"""Escaping: whatever a text holds, a page shows it as it is."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it.renderer import RendererHTML
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser

from humanlike.book.markdown import escape, table

EXTENSIONS = {"amsmath", "attrs_inline", "colon_fence", "deflist", "dollarmath", "substitution"}
TEXTS = st.text(
    st.characters(blacklist_categories=("Cs", "Cc", "Cn"))
    | st.sampled_from(list("|`*_\\{}[]<>$~^@#!&:;=-+()'\"\n\t 1.")),
    max_size=30,
)


def cells_of(markdown: str) -> list[str]:
    """Render a table as the book does and return the text of its cells."""
    parser = create_md_parser(MdParserConfig(enable_extensions=EXTENSIONS), RendererHTML)
    shown = re.findall(
        r"<t[dh](?:\s[^>]*)?>(.*?)</t[dh]>", parser.render(markdown), flags=re.DOTALL
    )
    return [shown_text(cell) for cell in shown]


def shown_text(cell: str) -> str:
    """Return the text of a cell; a tag that is left becomes a mark no text holds."""
    return html.unescape(re.sub(r"<[^>]*>", "\x00", cell))


@given(TEXTS, TEXTS)
@example("a | b", "`code`")
@example("<script>alert(1)</script>", "{ref}`x`")
@example("$x$", "[a](b) ![c](d)")
@example("a\n\n| b |", "\\|")
def test_no_text_breaks_out_of_its_table_cell(first: str, second: str) -> None:
    first, second = f"x{first}x", f"y{second}y"
    page = table(["One", "Two"], [[escape(first), escape(second)], ["next", "row"]])
    flat = [" ".join(text.split()) for text in (first, second)]
    assert [without_entities(cell) for cell in cells_of(page)] == [
        "One", "Two", *(without_entities(text) for text in flat), "next", "row",
    ]  # fmt: skip


def without_entities(text: str) -> str:
    """Resolve what looks like an HTML entity; see the test of the ampersand below."""
    return html.unescape(text)


@pytest.mark.parametrize("mark", list("\\`*_{}[]<>|$#~@^"))
def test_every_character_with_a_meaning_is_escaped(mark: str) -> None:
    assert escape(f"a{mark}b") == f"a\\{mark}b"


def test_a_text_over_several_lines_becomes_one_line() -> None:
    assert escape(" a\n\n  b\tc ") == "a b c"


def test_a_plain_table_is_rows_between_bars() -> None:
    assert table(["A", "B"], [["1", "2"]]) == "| A | B |\n|---|---|\n| 1 | 2 |"


def test_a_table_with_caption_name_and_classes_is_a_directive() -> None:
    lines = table(["A"], [], caption="All", name="tab-a", classes="wide").splitlines()
    assert lines[:3] == [":::{table} All", ":class: wide", ":name: tab-a"]
    assert lines[-1] == ":::"
