"""The chooser of specifications in a real browser: right numbers, keyboard, no markup from data."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from humanlike.plots.multiverse import chooser

pytestmark = pytest.mark.browser
EVIL = "<img src=x onerror=alert(1)>"
AXES = {"scale": ("raw", "z"), "metric": ("cosine", "euclidean", EVIL)}


def table(shift: float) -> pd.DataFrame:
    """Six specifications of one model and one contrast; the estimate tells which one it is."""
    rows = [
        {"spec": spec, "name": name, "estimate": shift + sign * (spec + 1) / 10, "low": low,
         "high": 0.95}
        for spec, low in enumerate([0.0, 0.1, np.nan, 0.2, 0.3, 0.4])
        for name, sign in (("en_ft", 1), ("en_ft - base", -1))
    ]  # fmt: skip
    return pd.DataFrame(rows)


@pytest.fixture
def page(show_widget: Any) -> Any:
    sets = {
        label: {
            "axes": AXES,
            "table": table(shift),
            "published": {"scale": "z", "metric": "cosine"},
        }
        for label, shift in (("English words", 0.0), ("Dutch words", 0.01))
    }
    return show_widget(chooser(sets, "<p>Still.</p>", EVIL), "multiverse")


def rows(page: Any) -> dict[str, list[str]]:
    found = page.locator(".hl-multiverse-table tbody tr").all()
    return {row.locator("th").inner_text(): row.locator("td").all_inner_texts() for row in found}


def choose(page: Any, label: str, option: str) -> None:
    page.locator(f"select[aria-label='{label}']").select_option(label=option)


def status(page: Any) -> str:
    return str(page.locator(".hl-multiverse output").inner_text())


def test_it_begins_with_the_published_specification(page: Any) -> None:
    assert rows(page) == {
        "En_FT": ["0.400", "0.200", "0.950"],
        "En_FT − Base": ["−0.400", "+0.200", "+0.950"],
    }
    assert "place 3 of 6" in status(page) and "the published specification" in status(page)
    assert page.locator(".hl-still").count() == 0


def test_options_select_the_specification_they_name(page: Any) -> None:
    choose(page, "scale", "raw")
    choose(page, "metric", EVIL)
    assert rows(page)["En_FT"] == ["0.300", "–", "0.950"]
    assert status(page) == "En_FT − Base: −0.300, place 4 of 6 from below; published −0.400."
    assert page.locator("svg circle.hl-multiverse-chosen").count() == 1
    assert page.locator("svg path.hl-multiverse-first").count() == 1


def test_another_set_starts_at_its_published_specification(page: Any) -> None:
    choose(page, "scale", "raw")
    choose(page, "words", "Dutch words")
    assert rows(page)["En_FT"][0] == "0.410"


def test_it_can_be_used_with_the_keyboard_alone(page: Any) -> None:
    page.keyboard.press("Tab")
    names = []
    for _ in range(5):
        names.append(page.evaluate("document.activeElement.tagName"))
        page.keyboard.press("Tab")
    assert names == ["SELECT"] * 4 + ["BUTTON"]
    page.locator("select[aria-label='metric']").focus()
    page.keyboard.press("ArrowDown")
    assert rows(page)["En_FT"][0] == "0.500"
    page.get_by_role("button").focus()
    page.keyboard.press("Enter")
    assert rows(page)["En_FT"][0] == "0.400"
    assert page.evaluate("document.activeElement.tagName") == "BUTTON"


def test_data_are_text_and_the_page_fits_a_telephone(page: Any) -> None:
    assert page.locator("img").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("svg").get_attribute("aria-label") == "Specification curve of En_FT − Base"


def test_arrow_keys_and_clicks_walk_along_the_curve(page: Any) -> None:
    curve = page.get_by_role("slider")
    curve.focus()
    page.keyboard.press("Home")
    assert rows(page)["En_FT − Base"][0] == "−0.600"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert rows(page)["En_FT − Base"][0] == "−0.400"
    assert curve.get_attribute("aria-valuenow") == "3"
    assert curve.get_attribute("aria-valuetext").endswith("scale z, metric cosine.")
    page.keyboard.press("End")
    page.keyboard.press("ArrowUp")
    assert rows(page)["En_FT"][0] == "0.100"
    assert (
        page.locator("select[aria-label='scale']").evaluate("s => s.selectedOptions[0].text")
        == "raw"
    )
    box = curve.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.12, box["y"] + box["height"] / 2)
    assert rows(page)["En_FT"][0] == "0.600"


def test_one_set_of_plain_effects_has_words_of_its_own(show_widget: Any) -> None:
    rows_of = [
        {"spec": spec, "name": name, "estimate": spec / 10 - 0.2, "low": -0.3, "high": 0.5}
        for spec in range(6)
        for name in ("size", "width")
    ]
    one = {"axes": AXES, "table": pd.DataFrame(rows_of), "published": {"scale": "raw"}}
    markup = chooser({"all": one}, "", words={"caption": "Effects", "marked": "described"})
    opened = show_widget(markup, "multiverse")
    assert rows(opened)["width"] == ["−0.200", "−0.300", "+0.500"]
    assert opened.locator("caption").inner_text() == "Effects"
    assert opened.get_by_role("button").inner_text() == "Described specification"
    assert opened.locator("select[aria-label='words']").count() == 0
    choose(opened, "curve of", "width")
    assert status(opened).startswith("width: −0.200, place 1 of 6")
