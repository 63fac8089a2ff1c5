"""What can be clicked: search, theme, folded code, tables, mathematics."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser


def column(page, table: str, number: int) -> list[str]:
    """Return the texts of a column's visible cells."""
    return page.eval_on_selector_all(
        f"{table} tbody tr:not([hidden]) td:nth-child({number})",
        "cells => cells.map(cell => cell.textContent.trim())",
    )


def named(page, heading: str) -> list[str]:
    """Return the texts of a column of the ranking's visible cells."""
    heads = page.locator("table.hl-search").first.locator("thead th").all_inner_texts()
    (place,) = [n for n, text in enumerate(heads, 1) if text.split("\n")[0].startswith(heading)]
    return column(page, "table.hl-search", place)


def head(page, name: str):
    return page.locator("table.hl-search thead th", has_text=name).first


def test_the_search_page_finds_a_term(visit):
    seen = visit("search.html?q=Procrustes")
    seen.page.wait_for_selector("#search-results li a", timeout=10_000)
    found = " ".join(seen.page.locator("#search-results").all_inner_texts())
    assert "The leaderboard" in found


def test_control_k_opens_the_search_box(visit):
    seen = visit("index.html")
    seen.page.keyboard.press("Control+k")
    box = seen.page.locator("input[type=search]:visible").first
    box.fill("ledger")
    box.press("Enter")
    seen.page.wait_for_selector("#search-results li a", timeout=10_000)
    assert "search.html" in seen.page.url


def test_the_theme_switch_changes_the_theme(visit):
    page = visit("index.html").page
    backgrounds = {}
    for _ in range(3):
        page.locator("button.theme-switch-button:visible").first.click()
        theme = page.evaluate("document.documentElement.dataset.theme")
        backgrounds[theme] = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert set(backgrounds) == {"light", "dark"}
    assert backgrounds["light"] != backgrounds["dark"]


def test_the_chosen_theme_is_kept_on_the_next_page(visit):
    page = visit("index.html").page
    while page.evaluate("document.documentElement.dataset.theme") != "dark":
        page.locator("button.theme-switch-button:visible").first.click()
    page.locator("nav.bd-links a", has_text="Glossary").click()
    page.wait_for_url("**/glossary.html")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_folded_code_opens(visit):
    page = visit("notebooks/leaderboard.html").page
    fold = page.locator("details.hide").first
    code = fold.locator("pre").first
    assert not code.is_visible()
    fold.locator("summary").click()
    assert code.is_visible()


def test_a_column_is_sorted_by_number_by_mouse_and_keyboard(visit):
    page = visit("notebooks/leaderboard.html").page
    size = head(page, "Size (10⁹)")
    size.locator("button").click()
    assert size.get_attribute("aria-sort") == "ascending"
    numbers = [float(text) for text in named(page, "Size (10⁹)")]
    assert len(set(numbers)) > 10
    assert numbers == sorted(numbers)
    size.locator("button").press("Enter")
    assert size.get_attribute("aria-sort") == "descending"
    falling = [float(text) for text in named(page, "Size (10⁹)")]
    assert falling == sorted(numbers, reverse=True)


def test_search_and_filters_narrow_the_rows_and_the_count_says_so(visit):
    page = visit("notebooks/leaderboard.html").page
    tools = page.locator(".hl-tools").first
    tools.locator("input[type=search]").fill("olmo 13b")
    models = named(page, "Model")
    assert models
    assert all("13b" in name.lower() and "olmo" in name.lower() for name in models)
    assert tools.locator("output").inner_text() == f"{len(models)} of 75 rows"
    tools.locator("select").nth(1).select_option("base")
    assert set(named(page, "Training")) == {"base"}
    tools.locator("input[type=search]").fill("no such model")
    assert named(page, "Model") == []


def test_the_ledger_is_filtered_by_paper_and_verdict(visit):
    page = visit("book/ledger.html").page
    tools = page.locator(".hl-tools:has(~ .hl-scroll table.hl-ledger)").last
    paper, verdict = tools.locator("select").nth(0), tools.locator("select").nth(1)
    paper.select_option("B")
    assert set(column(page, "table.hl-ledger", 1)) == {"B"}
    verdict.select_option("inconsistent within the paper")
    assert set(column(page, "table.hl-ledger", 5)) == {"inconsistent within the paper"}


def test_mathematics_is_set_from_the_books_own_files(visit):
    seen = visit("notebooks/rsa.html")
    seen.page.wait_for_selector("mjx-container", timeout=10_000)
    assert seen.problems == []
    assert seen.foreign == []


def contrast(page, selector: str) -> float:
    """Return the contrast ratio of an element's text with the first opaque background behind it."""
    return page.eval_on_selector(
        selector,
        """element => {
          const parse = colour => colour.match(/[\\d.]+/g).map(Number);
          const light = ([r, g, b]) => [r, g, b]
            .map(v => v / 255).map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
            .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
          let back = element;
          while (back && (parse(getComputedStyle(back).backgroundColor)[3] ?? 1) === 0)
            back = back.parentElement;
          const paper = back ? parse(getComputedStyle(back).backgroundColor) : [255, 255, 255];
          const [a, b] = [light(parse(getComputedStyle(element).color)), light(paper)];
          return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        }""",
    )


def test_tables_are_readable_in_both_themes(visit):
    for theme in ("light", "dark"):
        page = visit("notebooks/leaderboard.html", theme=theme).page
        for selector in (
            "table.hl-table td",
            "table.hl-table caption",
            ".hl-tools label",
            ".hl-tools output",
            "figcaption .caption-text",
        ):
            assert contrast(page, selector) >= 4.5, (theme, selector)


def test_the_skip_link_is_the_first_stop_of_the_keyboard(visit):
    page = visit("index.html").page
    page.keyboard.press("Tab")
    assert "skip" in page.evaluate("document.activeElement.textContent").lower()
