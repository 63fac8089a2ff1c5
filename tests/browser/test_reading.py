"""What helps reading: first page, definitions, citation and report, wide figures."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest

pytestmark = pytest.mark.browser
CHAPTER = "notebooks/rsa.html"


@pytest.fixture(scope="module")
def reading(visit_once):
    """One chapter and the first page, opened once for tests that leave them as they were."""
    opened = {}

    def page(name: str):
        if name not in opened:
            opened[name] = visit_once(name).page
        opened[name].mouse.move(1, 1)
        opened[name].evaluate("document.activeElement.blur()")
        opened[name].keyboard.press("Escape")
        return opened[name]

    return page


def bubble(page):
    return page.locator("#hl-definition")


def test_a_definition_shows_under_the_pointer_and_goes_with_it(reading):
    page = reading(CHAPTER)
    word = page.locator("a.hl-term", has_text="noise ceiling").first
    assert bubble(page).is_hidden()
    word.hover()
    assert bubble(page).is_visible()
    assert "even perfect knowledge" in bubble(page).inner_text()
    bubble(page).hover()  # it stays while it is read
    page.wait_for_timeout(400)
    assert bubble(page).is_visible()
    page.mouse.move(1, 1)
    page.wait_for_function("document.getElementById('hl-definition').hidden")


def test_a_definition_shows_at_the_focus_and_escape_takes_it_away(reading):
    page = reading(CHAPTER)
    word = page.locator("a.hl-term").first
    word.focus()
    assert bubble(page).is_visible()
    page.keyboard.press("Escape")
    assert bubble(page).is_hidden()
    assert page.evaluate("document.activeElement.classList.contains('hl-term')")
    spoken = page.locator(f"#{word.get_attribute('aria-describedby')}")
    assert spoken.text_content() in ("Training a finished model further on examples of one task.",)


def test_a_definition_stays_within_the_window(reading):
    page = reading(CHAPTER)
    page.set_viewport_size({"width": 390, "height": 844})
    for word in page.locator("a.hl-term").all():
        word.scroll_into_view_if_needed()
        word.focus()
        box = bubble(page).bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 390
    page.set_viewport_size({"width": 1280, "height": 900})


def test_a_first_tap_shows_the_definition_and_a_second_one_follows_the_link(browser, book):
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    page.goto((book / CHAPTER).as_uri())
    word = page.locator("a.hl-term").first
    word.tap()
    assert "Tap the word again" in bubble(page).inner_text()
    assert page.url.endswith("rsa.html")
    page.locator(".bd-article h1").tap()
    assert bubble(page).is_hidden()
    word.tap()
    word.tap()
    page.wait_for_url("**/glossary.html#term-*")
    context.close()


def test_a_reader_without_scripts_gets_links_to_the_glossary(browser, book):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((book / CHAPTER).as_uri())
    links = page.locator(".bd-article a[href*='glossary.html#term-']")
    assert links.count() >= 5
    assert page.locator(".hl-colophon a").last.get_attribute("href").startswith("https://")
    page.goto((book / "book" / "which-test.html").as_uri())
    page.get_by_text("Which of the two is nearer to people?").click()
    assert page.get_by_text("Two correlations with the same people").is_visible()
    assert not page.get_by_text("Steiger's test, Zou's interval").is_visible()
    context.close()


def test_the_decision_guide_opens_with_the_keyboard(reading):
    page = reading("book/which-test.html")
    outer = page.locator("details", has=page.locator("details")).first
    outer.locator("summary").first.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    page.keyboard.press("Enter")
    inner = outer.locator("details").first
    assert inner.evaluate("details => details.open")
    assert inner.locator("a").first.is_visible()


@pytest.mark.parametrize("name", ["index.html", CHAPTER, "book/glossary.html"])
def test_every_page_ends_with_its_citation_and_a_report(reading, name):
    page = reading(name)
    end = page.locator(".hl-colophon")
    end.locator("summary").focus()
    page.keyboard.press("Enter")
    entry = end.locator("pre").inner_text()
    assert re.search(r"year = \{20\d\d\}", entry) and "version = {" in entry
    report = urlsplit(end.get_by_role("link", name="Report a problem").get_attribute("href"))
    asked = parse_qs(report.query)
    assert report.path.endswith("/issues/new")
    assert f"Page: {name.removesuffix('.html')} " in asked["body"][0]
    assert ("Key: " in asked["body"][0]) == name.startswith("notebooks/")


def test_the_citation_is_copied_with_the_keyboard(reading):
    page = reading(CHAPTER)
    page.evaluate(
        "document.addEventListener('copy', () => {"
        " window.copied = getSelection().toString() || document.activeElement.value })"
    )
    end = page.locator(".hl-colophon")
    if not end.locator("details").evaluate("details => details.open"):
        end.locator("summary").click()
    end.locator("button.copybtn").focus()
    page.keyboard.press("Enter")
    page.wait_for_function(
        "window.copied && window.copied.startsWith('@incollection{humanlike-rsa')"
    )


def test_the_first_page_shows_findings_verdicts_and_pictures(reading):
    page = reading("index.html")
    assert page.locator(".hl-bars").count() >= 8
    for value in page.locator(".hl-bars b").all_inner_texts():
        assert re.fullmatch(r"[+−]?\d[\d.]*%?", value), value
    strips = page.get_by_role("img", name=re.compile("^Paper [AB], "))
    for strip in strips.all():
        said = [int(n) for n in re.findall(r"\d+", strip.get_attribute("aria-label"))]
        assert said[0] == sum(said[1:]) == sum(map(int, strip.locator("i").all_inner_texts()))
    assert strips.count() == 2
    pictures = page.locator("img.hl-picture")
    assert pictures.count() == 2
    for picture in pictures.all():
        assert picture.get_attribute("loading") == "lazy" and len(picture.get_attribute("alt")) > 40
        picture.scroll_into_view_if_needed()
        page.wait_for_function("image => image.complete && image.naturalWidth > 300",
                               arg=picture.element_handle())  # fmt: skip


def test_every_finding_leads_to_its_chapter(reading):
    page = reading("index.html")
    for card in page.locator(".hl-findings .sd-card").all():
        assert card.locator("a").count() >= 1, card.inner_text()


def test_a_wide_figure_keeps_its_size_on_a_phone_and_is_reached_by_keyboard(visit):
    page = visit(CHAPTER, width=390).page
    box = page.locator(".hl-wide").first
    box.scroll_into_view_if_needed()
    assert box.locator("img").evaluate("image => image.clientWidth") >= 500
    assert box.bounding_box()["width"] <= 390
    assert box.get_attribute("tabindex") == "0"
    box.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("box => box.scrollLeft > 0", arg=box.element_handle())
    page.set_viewport_size({"width": 1280, "height": 900})
    page.wait_for_function("box => !box.hasAttribute('tabindex')", arg=box.element_handle())


SORTED = """tables => tables.filter(table => table.tHead).map(table => {
  const heads = [...table.tHead.rows[0].cells], last = heads[heads.length - 1];
  const button = last.querySelector("button.hl-sort"), caption = table.caption?.textContent ?? "?";
  if (heads.some(head => head.scope && head.scope !== "col")) return `${caption}: scope`;
  if (!button || button.tabIndex < 0 || !button.textContent.trim()) return `${caption}: no button`;
  button.click();
  if (last.getAttribute("aria-sort") !== "ascending") return `${caption}: not ascending`;
  button.click();
  if (last.getAttribute("aria-sort") !== "descending") return `${caption}: not descending`;
  return table.querySelectorAll("th[aria-sort]").length === 1 ? "" : `${caption}: two sorted`;
}).filter(Boolean)"""


def test_every_table_of_the_book_sorts_and_says_how(browser, book):
    context = browser.new_context()
    page = context.new_page()
    page.route(re.compile("/mathjax/|/_images/"), lambda route: route.abort())
    tables = 0
    for file in sorted(
        [*book.glob("*.html"), *book.glob("book/*.html"), *book.glob("notebooks/*.html")]
    ):
        if "hl-table" not in file.read_text(encoding="utf-8"):
            continue
        page.goto(file.as_uri(), wait_until="domcontentloaded")
        assert page.eval_on_selector_all("table.hl-table", SORTED) == [], file.name
        tables += page.locator("table.hl-table").count()
    context.close()
    assert tables > 20


def test_on_paper_the_decision_guide_is_open(visit):
    page = visit("book/which-test.html").page
    answer = page.get_by_text("share of answers that the human space would give").first
    assert answer.evaluate("node => node.checkVisibility({contentVisibilityAuto: true})") is False
    page.emulate_media(media="print")
    assert answer.evaluate("node => node.checkVisibility({contentVisibilityAuto: true})") is True
