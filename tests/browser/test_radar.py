"""The radar chart in a real browser: choosing words, hiding lines, no markup out of the data."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from humanlike.plots.radar import radar_widget

pytestmark = pytest.mark.browser
WORDS = ["SHOUTER", "APPLE", "<img src=x onerror=alert(1)>"]
DIMENSIONS = ["Auditory", "Haptic", "Mouth", "Visual"]


@pytest.fixture
def page(show_widget: Any) -> Any:
    human = pd.DataFrame([[5, 0, 3, 2], [0, 4, 3, 5], [1, 1, 1, 1]], WORDS, DIMENSIONS, float)
    base = human + 0.5
    base.iloc[1, 0] = np.nan
    markup = radar_widget({"human": human, "base": base}, ["roeper", "appel", "x"], "SHOUTER", "-")
    return show_widget(markup, "radar")


def rows(page: Any) -> dict[str, list[str]]:
    found = page.locator(".hl-radar-table tbody tr").all()
    return {row.locator("th").inner_text(): row.locator("td").all_inner_texts() for row in found}


def lines(page: Any) -> list[str]:
    groups = page.locator(".hl-radar-svg .hl-radar-line").all()
    return [group.get_attribute("data-source") for group in groups]


def test_it_begins_with_the_word_given_and_has_its_numbers_in_a_table(page: Any) -> None:
    assert page.locator(".hl-radar input").input_value() == "SHOUTER"
    assert rows(page)["Auditory"] == ["5.00", "5.50"]
    assert rows(page)["Distance d"] == ["–", "1.00"]
    assert rows(page)["Similarity 1/(1+d)"] == ["–", "0.50"]
    assert "SHOUTER (roeper)" in page.locator(".hl-radar output").inner_text()
    assert lines(page) == ["human", "base"]


def test_another_word_is_chosen_with_the_keyboard_in_either_language(page: Any) -> None:
    box = page.locator(".hl-radar input")
    box.focus()
    box.fill("")
    page.keyboard.type("appel")
    page.keyboard.press("Enter")
    assert "Ratings of APPLE" in page.locator(".hl-radar-table caption").inner_text()
    assert rows(page)["Auditory"] == ["0.00", "–"]
    assert rows(page)["Distance d"] == ["–", "–"]
    assert "APPLE" in page.locator(".hl-radar-svg").get_attribute("aria-label")


def test_a_gap_is_not_drawn_as_zero(page: Any) -> None:
    page.locator(".hl-radar input").fill("APPLE")
    base = page.locator(".hl-radar-svg .hl-radar-line[data-source=base]")
    assert base.locator("polygon").count() == 0
    assert base.locator("path").count() == 3


def test_a_line_is_hidden_and_shown_with_the_keyboard(page: Any) -> None:
    button = page.get_by_role("button", name="Base")
    button.focus()
    page.keyboard.press("Space")
    assert lines(page) == ["human"]
    assert button.get_attribute("aria-pressed") == "false"
    page.keyboard.press("Enter")
    assert lines(page) == ["human", "base"]


def test_an_unknown_word_leaves_the_chart_and_names_words_like_it(page: Any) -> None:
    page.locator(".hl-radar input").fill("shout")
    page.keyboard.press("Enter")
    said = page.locator(".hl-radar output").inner_text()
    assert "“shout” is not one of the 3 words. Words like it: SHOUTER." in said
    assert rows(page)["Auditory"] == ["5.00", "5.50"]


def test_a_word_that_looks_like_markup_is_text(page: Any) -> None:
    page.locator(".hl-radar input").fill(WORDS[2])
    assert WORDS[2] in page.locator(".hl-radar-table caption").inner_text()
    assert page.locator("img").count() == 0


def test_nothing_sticks_out_on_a_phone(page: Any) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
