"""The matrices in a real browser: right pairs by pointer and keyboard, no markup."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.spatial.distance import squareform
from scipy.stats import rankdata

from humanlike.plots.matrices import cluster_order, matrices_widget

pytestmark = pytest.mark.browser
WORDS = ["ant", "bee", "cup", "<img src=x onerror=alert(1)>"]
HUMAN = np.array([0.1, 0.8, 0.9, 0.8, 0.7, 0.3])
MODEL = np.array([0.5, 0.2, 0.9, 0.6, 0.4, 0.8])


@pytest.fixture
def page(show_widget: Any) -> Any:
    made = {"human": squareform(HUMAN), "base": squareform(MODEL), "en_ft": squareform(1 - MODEL)}
    return show_widget(matrices_widget(made, WORDS, "cosine", "-"), "matrices")


def choose(page: Any, label: str, option: str) -> None:
    page.locator(f"select[aria-label='{label}']").select_option(label=option)


def rows(page: Any) -> dict[str, list[str]]:
    found = page.locator(".hl-matrices-table tbody tr").all()
    return {row.locator("th").inner_text(): row.locator("td").all_inner_texts() for row in found}


def caption(page: Any) -> str:
    return str(page.locator(".hl-matrices-table caption").inner_text())


def test_a_pair_chosen_by_name_has_its_distances_ranks_and_neighbours(page: Any) -> None:
    choose(page, "First word", "bee")
    choose(page, "Second word", "cup")
    assert caption(page) == "bee and cup"
    ranks = rankdata(HUMAN)
    assert rows(page)["Human"][:2] == ["0.80", f"{ranks[3]:g}"]
    assert rows(page)["Base"][:2] == ["0.60", f"{rankdata(MODEL)[3]:g}"]
    assert rows(page)["En_FT"][2].startswith("cup, ant")
    assert page.locator("output").inner_text() == "bee and cup: Human 0.80, En_FT 0.40."


def test_the_pair_under_the_pointer_is_the_one_of_row_and_column(page: Any) -> None:
    order = cluster_order(squareform(HUMAN))
    area = page.locator("canvas").first.bounding_box()
    cell = area["width"] / len(WORDS)
    page.mouse.move(area["x"] + 2.5 * cell, area["y"] + 0.5 * cell)
    assert caption(page) == f"{WORDS[order[0]].lower()} and {WORDS[order[2]].lower()}"
    page.mouse.click(area["x"] + 3.5 * cell, area["y"] + 0.5 * cell)
    page.mouse.move(area["x"] + 1.5 * cell, area["y"] + 0.5 * cell)
    assert caption(page) == f"{WORDS[order[0]].lower()} and {WORDS[order[3]].lower()}"


def test_arrow_keys_walk_from_pair_to_pair_and_stop_at_the_ends(page: Any) -> None:
    choose(page, "Order of the words", "alphabet")
    alphabet = sorted(word.lower() for word in WORDS)
    canvas = page.locator("canvas").nth(1)
    canvas.focus()
    for key in ["Home", *["ArrowUp"] * 4, "ArrowRight"]:
        page.keyboard.press(key)
    assert caption(page) == f"{alphabet[0]} and {alphabet[1]}"
    for key in ["ArrowDown", "ArrowDown", "End", "ArrowRight"]:
        page.keyboard.press(key)
    assert caption(page) == f"{alphabet[2]} and {alphabet[3]}"
    assert "Arrow keys" in canvas.get_attribute("aria-label")
    assert page.evaluate("document.activeElement.tagName") == "CANVAS"


def test_another_order_or_model_keeps_the_pair(page: Any) -> None:
    choose(page, "First word", "ant")
    choose(page, "Second word", "cup")
    for label, option in (("Order of the words", "clusters of Base"), ("Model", "Base"),
                          ("Colour", "rank of the pair")):  # fmt: skip
        choose(page, label, option)
        assert caption(page) == "ant and cup"
    assert page.locator("output").inner_text() == "ant and cup: Human 0.80, Base 0.20."


CELL = """([canvas, row, column, n]) => {
  const at = index => Math.floor((index + 0.75) * canvas.width / n);
  return [...canvas.getContext("2d").getImageData(at(column), at(row), 1, 1).data];
}"""


def test_the_nearest_pair_is_the_darkest_and_the_diagonal_is_empty(page: Any) -> None:
    choose(page, "Order of the words", "alphabet")
    choose(page, "Colour", "rank of the pair")
    alphabet = sorted(range(4), key=lambda i: WORDS[i].lower())
    square = squareform(HUMAN)
    canvas = page.locator("canvas").first.element_handle()
    light = {}
    for row, i in enumerate(alphabet):
        for column, j in enumerate(alphabet):
            cell = page.evaluate(CELL, [canvas, row, column, 4])
            if i == j:
                assert cell[3] == 0
            elif i < j:
                light[square[i, j]] = 0.2126 * cell[0] + 0.7152 * cell[1] + 0.0722 * cell[2]
    assert [light[d] for d in sorted(light)] == sorted(light.values())


def test_data_are_text_and_the_page_fits_a_telephone(page: Any) -> None:
    choose(page, "First word", WORDS[3])
    assert page.locator("img").count() == 0
    assert page.locator(".hl-still").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
