"""The page of a class and the slides in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from web.running import running

from humanlike.classroom.answers import Answers
from humanlike.classroom.paper import document, figure
from humanlike.classroom.questions import Lesson
from humanlike.classroom.server import open_class

from .conftest import ROOT, serious

pytestmark = pytest.mark.browser
LONG = "Worcestershire sauce & <b>more</b>"
LESSON = Lesson((*(f"thing {n}" for n in range(11)), LONG), 20, 0)


@pytest.fixture
def answers(tmp_path: Path) -> Answers:
    return Answers(tmp_path / "class.sqlite", LESSON)


@pytest.fixture
def address(answers: Answers) -> Iterator[str]:
    app = open_class(answers, "test", "127.0.0.1", 0)
    with running(app):
        yield app.address


class Pupil:
    """One browser of a class, with what went wrong in it."""

    def __init__(self, browser, address: str, **options) -> None:
        self.context = browser.new_context(**options)
        self.page = self.context.new_page()
        self.problems: list[str] = []
        self.foreign: list[str] = []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("dialog", lambda dialog: self.problems.append(dialog.message))
        self.page.on("request", lambda r: self.foreign.append(r.url)
                     if not r.url.startswith((address, "data:")) else None)  # fmt: skip
        self.page.goto(address)

    def begin(self) -> None:
        self.page.get_by_role("button", name="I agree, begin").click()
        self.page.get_by_text("Question 1 of 20").wait_for()

    def at(self, number: int) -> None:
        self.page.get_by_text(f"Question {number} of 20").wait_for()


@pytest.fixture
def pupil(browser, address: str) -> Iterator[Pupil]:
    phone = {"viewport": {"width": 360, "height": 640}, "has_touch": True, "is_mobile": True}
    one = Pupil(browser, address, **phone, color_scheme="dark", reduced_motion="reduce")
    yield one
    one.context.close()
    assert one.problems == []
    assert one.foreign == []


@pytest.fixture
def typist(browser, address: str) -> Iterator[Pupil]:
    one = Pupil(browser, address, viewport={"width": 1280, "height": 800})
    yield one
    one.context.close()
    assert one.problems == []


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 1280), ("dark", 360)])
def test_the_code_is_large_and_black_on_white(
    browser, answers: Answers, monkeypatch: pytest.MonkeyPatch, theme: str, width: int
) -> None:
    monkeypatch.setattr("humanlike.web.server.own_address", lambda: "192.0.2.7")
    with running(open_class(answers, "test", "0.0.0.0", 0)) as client:
        page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=theme)
        try:
            page.goto(f"http://127.0.0.1:{client.port}/show")
            code = page.get_by_role("img", name=f"QR code of http://192.0.2.7:{client.port}/")
            box = code.locator("svg").bounding_box()
            assert box["width"] == box["height"] >= min(480, width - 40)
            assert box["y"] + box["height"] <= 800
            ground, modules = code.locator("path").all()
            assert ground.evaluate("e => getComputedStyle(e).fill") == "rgb(255, 255, 255)"
            assert modules.evaluate("e => getComputedStyle(e).stroke") == "rgb(0, 0, 0)"
            assert page.get_by_role("link", name=f"http://192.0.2.7:{client.port}/").is_visible()
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert serious(page) == []
        finally:
            page.close()


def test_nothing_is_asked_or_kept_without_consent(pupil: Pupil, answers: Answers) -> None:
    page = pupil.page
    assert page.locator("#ask").is_hidden()
    assert "voluntary" in page.locator("#consent").inner_text()
    assert serious(page) == []
    page.get_by_role("button", name="I do not take part").click()
    assert "Nothing was kept" in page.locator("main").inner_text()
    assert answers.counts() == (0, 0)
    assert page.evaluate("localStorage.length") == 0


def test_keys_answer_all_questions(typist: Pupil, answers: Answers) -> None:
    page = typist.page
    typist.begin()
    for number in range(1, 21):
        typist.at(number)
        page.keyboard.press(("1", "2", "ArrowLeft", "ArrowRight")[number % 4])
    page.get_by_role("heading", name="Thank you").wait_for()
    page.keyboard.press("1")
    assert answers.counts() == (1, 20)
    assert answers.table()["first"].tolist() == [n % 4 in (0, 2) for n in range(1, 21)]


def test_a_telephone_shows_large_buttons_and_readers_hear_the_question(pupil: Pupil) -> None:
    pupil.begin()
    page = pupil.page
    for name in ("first", "second"):
        box = page.locator(f"#{name}").bounding_box()
        assert box["width"] >= 120 and box["height"] >= 100
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    shown = page.locator("#anchor").inner_text()
    assert page.get_by_role("heading", name=f"Which is more like {shown}?").count() == 1
    assert page.locator("#question").get_attribute("aria-live") == "polite"
    assert page.get_by_role("progressbar").count() == 1
    assert serious(page) == []
    page.locator("#second").tap()
    pupil.at(2)


def test_a_reload_goes_on_and_double_clicks_count_once(pupil: Pupil, answers: Answers) -> None:
    pupil.begin()
    page = pupil.page
    page.locator("#first").dblclick()
    page.evaluate("for (let n = 0; n < 5; n++) document.getElementById('first').click()")
    page.wait_for_timeout(150)
    before = answers.counts()[1]
    assert 1 <= before <= 3  # at most one for each time the page had shown a new question
    page.reload()
    pupil.at(before + 1)
    page.locator("#first").click()
    pupil.at(before + 2)
    assert answers.counts() == (1, before + 1)


def test_names_of_things_are_text_and_fit(pupil: Pupil, answers: Answers) -> None:
    pupil.begin()
    seen = set()
    for number in range(1, 20):
        texts = pupil.page.locator("#ask").inner_text()
        seen |= {LONG} if LONG in texts else set()
        assert pupil.page.evaluate("document.documentElement.scrollWidth") <= 360
        pupil.page.locator("#first").click()
        pupil.at(number + 1)
    assert seen == {LONG}


def test_answers_can_be_deleted_from_the_page(pupil: Pupil, answers: Answers) -> None:
    pupil.begin()
    page = pupil.page
    page.locator("#first").click()
    pupil.at(2)
    assert page.locator("#code").inner_text()
    page.get_by_role("button", name="Stop and delete").click()
    page.get_by_role("button", name="No", exact=True).click()
    assert answers.counts() == (1, 1)
    page.get_by_role("button", name="Stop and delete").click()
    page.get_by_role("button", name="Yes, delete").click()
    page.get_by_role("heading", name="Deleted").wait_for()
    assert answers.counts() == (0, 0)
    page.reload()
    assert page.locator("#consent").is_visible()


def test_a_lost_server_loses_no_answer(pupil: Pupil, answers: Answers) -> None:
    pupil.begin()
    page = pupil.page
    page.route("**/answer", lambda route: route.abort())
    page.locator("#second").click()
    page.get_by_role("alert").get_by_text("cannot be reached").wait_for()
    page.unroute("**/answer")
    page.get_by_role("button", name="Try again").click()
    pupil.at(2)
    assert page.get_by_role("alert").count() == 0
    assert answers.table()["first"].tolist() == [False]


def test_an_erased_code_begins_anew(pupil: Pupil, answers: Answers) -> None:
    pupil.begin()
    answers.erase(pupil.page.locator("#code").inner_text())
    pupil.page.locator("#first").click()
    pupil.page.get_by_role("button", name="I agree, begin").wait_for()
    assert "Nobody here has the code" in pupil.page.get_by_role("alert").inner_text()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_slides_turn_by_keys_and_print_one_to_a_page(browser, tmp_path: Path, theme: str) -> None:
    folder = ROOT / "book" / "classroom"
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="700" height="300"><circle r="90"/></svg>'
    slides = [f"<section tabindex='-1'><h2>Slide {n}</h2><p>Words</p></section>" for n in range(4)]
    picture = figure(svg, caption="A circle.", alt="A circle & more")
    slides.append(f"<section tabindex='-1' class='picture'><h2>Picture</h2>{picture}</section>")
    style, script = ((folder / f"deck.{end}").read_text() for end in ("css", "js"))
    total = '<p id="where" aria-hidden="true"><span id="at">1</span>/5</p>'
    file = tmp_path / "deck.html"
    file.write_text(
        document("T", f"<main>{''.join(slides)}</main>{total}", style=style, script=script)
    )
    page = browser.new_page(viewport={"width": 1280, "height": 720}, color_scheme=theme)
    try:
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda message: problems.append(message.text))
        page.goto(file.as_uri())
        for key, slide in (("ArrowRight", 2), ("PageDown", 3), (" ", 4), ("ArrowLeft", 3),
                           ("End", 5), ("ArrowDown", 5), ("Home", 1), ("ArrowUp", 1)):  # fmt: skip
            page.keyboard.press(key)
            assert page.locator("#at").inner_text() == str(slide), key
            assert page.evaluate("document.activeElement.tagName") == "SECTION"
        assert page.get_by_role("img", name="A circle & more").count() == 1
        page.goto(file.as_uri() + "#3")
        page.reload()
        assert page.evaluate(
            "document.querySelectorAll('section')[2].getBoundingClientRect().top"
        ) == pytest.approx(0, abs=2)
        page.set_viewport_size({"width": 360, "height": 640})
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        assert serious(page) == []
        pypdf = pytest.importorskip("pypdf")
        page.pdf(path=str(tmp_path / "deck.pdf"), prefer_css_page_size=True)
        assert len(pypdf.PdfReader(tmp_path / "deck.pdf").pages) == 5
        assert problems == []
    finally:
        page.close()
