"""Exercises on a page: seen at once, with hints and solutions that the keyboard opens."""

from __future__ import annotations

import pytest

from .conftest import serious


def fold(page, exercise: str, title: str):
    """Return a dropdown of an exercise."""
    box = page.locator(f"#ex-{exercise}")
    return box.locator("details", has=page.locator("summary", has_text=title)).first


def test_a_hint_and_a_solution_open_by_keyboard(visit_demo):
    page = visit_demo("exercises.html").page
    assert page.locator(".exercise.admonition").count() == 3
    assert page.get_by_text("Is the mean of 0 to 4").is_visible()
    for title, hidden in (("Hint 2", "There are two functions"), ("Solution", "Bandicoot prose")):
        one = fold(page, "alpha-spread", title)
        assert not one.get_by_text(hidden).is_visible()
        one.locator("summary").focus()
        page.keyboard.press("Enter")
        assert one.get_by_text(hidden).is_visible()
        page.keyboard.press("Enter")
        assert not one.get_by_text(hidden).is_visible()


def test_an_exercise_can_be_linked_to(visit_demo):
    page = visit_demo("exercises.html").page
    for name in ("alpha-guess", "alpha-spread", "alpha-claim"):
        assert page.locator(f"#ex-{name}").count() == 1


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_too_wide_or_hard_to_read(visit_demo, width, theme):
    seen = visit_demo("exercises.html", width=width, theme=theme)
    seen.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    assert seen.problems == []
    assert seen.foreign == []
    assert seen.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert serious(seen.page) == []
