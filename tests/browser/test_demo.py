"""What every page may use, on pages made for it: awkward values, wide things, margin notes."""

from __future__ import annotations

import pytest

from .conftest import serious
from .test_interaction import column, contrast


def sort(page, table: int, heading: str) -> None:
    page.locator("table.hl-table").nth(table).get_by_role("button", name=heading).click()


def mark(page) -> None:
    """Give each table the id t0, t1, … so that tests can name it."""
    page.evaluate(
        "document.querySelectorAll('table.hl-table').forEach((t, i) => { t.id = `t${i}` })"
    )


@pytest.mark.parametrize("name", ["index.html", "other.html"])
def test_no_problem_and_no_other_host(visit_demo, name):
    seen = visit_demo(name)
    assert seen.problems == []
    assert seen.foreign == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_too_wide_or_hard_to_read(visit_demo, width, theme):
    page = visit_demo("index.html", width=width, theme=theme).page
    assert page.evaluate("document.documentElement.dataset.theme") == theme
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert serious(page) == []


def test_numbers_sort_as_numbers_and_what_is_empty_stays_last(visit_demo):
    page = visit_demo("index.html").page
    mark(page)
    rising = ["−3.00", "9.50", "10.25", "1,200.00"]
    sort(page, 0, "Score")
    assert column(page, "#t0", 2) == [*rising, "–"]
    sort(page, 0, "Score")
    assert column(page, "#t0", 2) == [*rising[::-1], "–"]


def test_words_sort_as_words_and_what_is_empty_stays_last(visit_demo):
    page = visit_demo("index.html").page
    mark(page)
    sort(page, 0, "Remark")
    rising = column(page, "#t0", 4)
    assert rising[1:4] == ["one", "ten", "two"]
    assert rising[4] == "–"
    sort(page, 0, "Remark")
    assert column(page, "#t0", 4) == [*rising[3::-1], "–"]


def test_a_value_with_an_interval_sorts_by_the_value(visit_demo):
    page = visit_demo("index.html").page
    mark(page)
    sort(page, 2, "Recomputed")
    assert column(page, "#t2", 2) == ["least", "middle [Hebart et al., 2019]", "most", "absent"]


def test_only_one_column_is_marked_as_sorted(visit_demo):
    page = visit_demo("index.html").page
    mark(page)
    for heading in ("Model", "Score"):
        sort(page, 0, heading)
    assert page.locator("#t0 th[aria-sort]").all_inner_texts() == ["Score"]


def test_a_filtered_table_stays_filtered_when_it_is_sorted(visit_demo):
    page = visit_demo("index.html").page
    mark(page)
    page.get_by_label("Family").select_option("y")
    sort(page, 0, "Model")
    assert column(page, "#t0", 1) == ["alpha", "bravo"]
    assert page.get_by_role("status").first.inner_text() == "2 of 5 rows"


def test_a_long_table_scrolls_in_its_box_under_its_headings(visit_demo):
    page = visit_demo("index.html").page
    box = page.locator(".hl-scroll").nth(1)
    assert box.get_attribute("role") == "region"
    assert box.get_attribute("aria-label") == "A long and wide table"
    assert box.bounding_box()["height"] < 700
    box.focus()
    page.keyboard.press("End")
    page.wait_for_function("document.querySelectorAll('.hl-scroll')[1].scrollTop > 1000")
    heading = box.locator("th").first.bounding_box()["y"]
    assert abs(heading - box.bounding_box()["y"]) <= 1


def test_the_focus_is_seen(visit_demo):
    page = visit_demo("index.html").page
    page.locator(".hl-tools input").first.focus()
    stops = set()
    for _ in range(6):
        page.keyboard.press("Tab")
        stop = page.evaluate("""() => {
          const at = document.activeElement, style = getComputedStyle(at);
          const seen = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
          return [at.className || at.tagName, seen || style.boxShadow !== 'none'];
        }""")
        assert stop[1], f"nothing shows that {stop[0]} has the focus"
        stops.add(stop[0])
    assert {"hl-scroll", "hl-sort"} <= stops


def test_paper_shows_whole_tables_and_dark_words_on_white(visit_demo):
    page = visit_demo("index.html", theme="dark").page
    page.emulate_media(media="print", color_scheme="dark")
    assert not page.locator(".hl-tools").first.is_visible()
    box = page.locator(".hl-scroll").nth(1)
    assert box.evaluate("box => box.scrollHeight - box.clientHeight") <= 1
    assert page.locator("details.hide:visible").count() == 0
    for selector in ("article p", "table.hl-table td", "table.hl-table caption", "figcaption"):
        assert contrast(page, selector) >= 4.5, selector
    colour = page.eval_on_selector("article p", "p => getComputedStyle(p).color")
    assert max(int(part) for part in colour[4:-1].split(",")[:3]) < 130


def test_a_folded_answer_opens(visit_demo):
    page = visit_demo("index.html").page
    answer = page.get_by_text("Hidden until asked for.")
    assert not answer.is_visible()
    page.get_by_text("Solution", exact=True).click()
    assert answer.is_visible()


def test_mathematics_is_set_and_a_long_formula_scrolls(visit_demo):
    page = visit_demo("index.html", width=390).page
    assert page.locator("mjx-container").count() == 3
    assert page.locator("mjx-merror").count() == 0


def test_the_search_finds_a_rare_word_and_marks_it(visit_demo):
    page = visit_demo("search.html?q=pangolinity").page
    page.wait_for_selector("#search-results li a", timeout=10_000)
    assert page.locator("#search-results li").count() == 1
