"""The map of concepts in a real browser: choosing, axes, categories, no markup out of the data."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from humanlike.plots.concepts import concept_map_widget

pytestmark = pytest.mark.browser
EVIL = "<img src=x onerror=alert(1)>"


@pytest.fixture
def page(show_widget: Any) -> Any:
    concepts = pd.DataFrame(
        {
            "concept": ["lion", "cup", EVIL, "owl"],
            "category": ["animal", "thing", EVIL, "animal"],
            "definition": ["big cat", "to drink from", EVIL, "bird"],
        }
    )
    axes = pd.DataFrame(
        {
            "axis 1": [0.0, 1, 2, 3],
            "axis 2": [0, 1, 0, 1],
            "red": [1.5, 0, 2, 0.5],
            EVIL: [1, 1, 1, 0.25],
        }
    )
    similarity = np.array(
        [[1, 0.1, 0.2, 0.9], [0.1, 1, 0.7, 0.3], [0.2, 0.7, 1, 0.4], [0.9, 0.3, 0.4, 1]]
    )
    markup = concept_map_widget(concepts, axes, 2, similarity, "lion", "-")
    return show_widget(markup, "concepts")


def table(page: Any, number: int) -> dict[str, str]:
    rows = page.locator(".hl-concepts-table").nth(number).locator("tbody tr").all()
    return {row.locator("th").inner_text(): row.locator("td").inner_text() for row in rows}


def mark(page: Any, place: int) -> Any:
    return page.locator(f".hl-concepts-svg [data-concept='{place}']")


def test_it_begins_with_the_concept_given_its_neighbours_and_dimensions(page: Any) -> None:
    assert table(page, 0) == {"owl": "0.90", EVIL: "0.20", "cup": "0.10"}
    assert table(page, 1) == {"red": "1.50", EVIL: "1.00"}
    assert page.locator(".hl-widget output").inner_text().startswith("lion: most like owl")
    assert page.locator(".hl-still").count() == 0


def test_a_neighbour_is_visited_with_the_keyboard(page: Any) -> None:
    page.get_by_role("button", name="owl").focus()
    page.keyboard.press("Enter")
    assert next(iter(table(page, 0))) == "lion"
    assert page.evaluate("document.activeElement.textContent") == "lion"


def test_a_concept_is_found_by_name_and_an_unknown_one_leaves_the_map(page: Any) -> None:
    page.locator("input").fill("cup")
    assert next(iter(table(page, 0))) == EVIL
    page.locator("input").fill("li")
    page.keyboard.press("Enter")
    said = page.locator(".hl-widget output").inner_text()
    assert said == "“li” is not one of the 4 concepts. Like it: lion."
    assert next(iter(table(page, 0))) == EVIL


def test_another_axis_moves_the_marks(page: Any) -> None:
    before = mark(page, 2).get_attribute("transform")
    page.locator("select[aria-label=Across]").select_option(label="red")
    assert mark(page, 2).get_attribute("transform") != before
    assert "red across, axis 2 upwards" in page.locator(".hl-concepts-svg").get_attribute(
        "aria-label"
    )


def test_a_category_is_hidden_but_for_the_chosen_concept(page: Any) -> None:
    button = page.get_by_role("button", name="animal")
    button.focus()
    page.keyboard.press("Space")
    assert button.get_attribute("aria-pressed") == "false"
    assert [mark(page, place).count() for place in range(4)] == [1, 1, 1, 0]


def test_a_click_on_a_mark_chooses_it_and_data_are_text(page: Any) -> None:
    mark(page, 2).click()
    assert EVIL in page.locator(".hl-widget > p").last.inner_text()
    assert page.locator("img").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
