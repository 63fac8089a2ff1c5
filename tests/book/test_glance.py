"""Findings at a glance: bars as long as values, strips as wide as counts."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat import v4

from book.made_up import make_values
from humanlike.book.blocks import Book, fill_blocks
from humanlike.book.claims import Claim, Finding
from humanlike.errors import HumanlikeError


def book(rho: float = 0.5, stage: Path = Path("nowhere"), **more: Any) -> Book:
    declared = {"rho": ".2f", "n": "", "name": ""}
    recorded = {"rho": {"value": rho, "interval": [rho - 0.1, rho + 0.1]}, "n": {"value": 8},
                "name": {"value": "<b>"}}  # fmt: skip
    findings = [
        Finding(Claim(str(n), paper, "", "", "", verdict), "", verdict, "")
        for n, (paper, verdict) in enumerate(
            [("A", "reproduced")] * 3 + [("A", "contradicted")] + [("B", "not testable")] * 2
        )
    ]
    return Book(make_values({"rsa": (declared, recorded)}, **more), findings, set(), set(), stage)


def filled(body: str, kind: str = "bars", **more: Any) -> str:
    return fill_blocks(f"```{{hl}} {kind}\n{body}\n```", book(**more), "page.md")


def bar(text: str) -> tuple[float, float]:
    found = re.search(r'hl-bar" style="left:([\d.]+)%;width:([\d.]+)%', text)
    assert found
    return float(found[1]), float(found[2])


@given(st.floats(-3, 3))
def test_a_bar_goes_from_zero_to_its_value_and_never_leaves_its_track(rho: float) -> None:
    left, width = bar(filled("scale: -1 1\nIt: rsa/rho", rho=rho))
    seen = min(max(rho, -1), 1)
    assert left == pytest.approx(50 + 50 * min(seen, 0), abs=0.02)
    assert width == pytest.approx(50 * abs(seen), abs=0.02)


def test_the_written_value_and_the_interval_are_the_recorded_ones() -> None:
    text = filled("A <label>: rsa/rho")
    assert "<dt>A &lt;label&gt;</dt>" in text and "<b>0.50</b>" in text
    assert 'hl-whisker" style="left:40.0%;width:20.00%' in text


def test_a_recorded_value_can_be_the_end_of_the_scale() -> None:
    assert bar(filled("scale: 0 rsa/n\nIt: rsa/n")) == (0, 100)


def test_simulated_or_missing_values_have_no_bar_and_the_page_says_so() -> None:
    for more in ({"simulated": ["rsa"]}, {"executed": []}):
        made = book(**more)
        text = fill_blocks("```{hl} bars\nIt: rsa/rho\n```", made, "page.md")
        assert "n/a" in text and 'hl-bar"' not in text
        assert made.values.missing == {"rsa"}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("It is rsa/rho", "a bar is 'label: chapter/key', not 'It is rsa/rho'"),
        ("It: rsa/rh", "Did you mean 'rho'?"),
        ("It: rsb/rho", "Did you mean 'rsa'?"),
        ("It: rsa/name", "'rsa/name' is no number"),
        ("scale: 1 2\nIt: rsa/rho", "two numbers around zero"),
        ("scale: 0\nIt: rsa/rho", "two numbers around zero"),
    ],
)
def test_a_wrong_line_is_refused_by_page_and_block(body: str, message: str) -> None:
    with pytest.raises(HumanlikeError, match=r"page\.md, block bars: ") as caught:
        filled(body)
    assert message in str(caught.value)


def test_verdicts_are_counted_by_paper_and_said_in_words() -> None:
    text = filled("", "verdicts")
    assert 'aria-label="Paper A, 4 claims: 3 reproduced, 1 contradicted"' in text
    assert 'aria-label="Paper B, 2 claims: 2 not testable"' in text
    assert re.findall(r"flex-grow:(\d+)", text) == ["3", "1", "2"]
    legend = re.findall(r"<b>(\d+)</b> ([\w ]+)<", text)
    assert legend == [("3", "reproduced"), ("1", "contradicted"), ("2", "not testable")]


@pytest.fixture
def stage(tmp_path: Path) -> Path:
    drawn = v4.new_output("display_data", {"image/svg+xml": "<svg/>"})
    cell = v4.new_code_cell("x", outputs=[drawn],
                            metadata={"mystnb": {"figure": {"name": "fig-a", "caption": "C"},
                                                 "image": {"alt": "What\nit shows"}}})  # fmt: skip
    (tmp_path / "notebooks").mkdir()
    nbformat.write(v4.new_notebook(cells=[cell]), tmp_path / "notebooks" / "rsa.ipynb")
    return tmp_path


def test_a_picture_is_the_chapters_own_figure_with_its_words(stage: Path) -> None:
    text = filled("rsa fig-a", "picture", stage=stage)
    assert "```{image} /book/pictures/fig-a.svg\n:alt: What it shows\n" in text
    assert "{numref}`fig-a`" in text and ":loading: lazy" in text
    assert (stage / "book" / "pictures" / "fig-a.svg").read_text(encoding="utf-8") == "<svg/>"


def test_a_simulated_picture_is_not_shown(stage: Path) -> None:
    text = filled("rsa fig-a", "picture", stage=stage, simulated=["rsa"])
    assert "The figure is missing" in text and "{image}" not in text


@pytest.mark.parametrize(
    ("body", "message"),
    [("rsa fig-b", "chapter rsa has no figure 'fig-b'"), ("rsb fig-a", "'rsb' is not a chapter")],
)
def test_a_picture_that_is_not_there_is_refused(stage: Path, body: str, message: str) -> None:
    with pytest.raises(HumanlikeError, match=message):
        filled(body, "picture", stage=stage)
