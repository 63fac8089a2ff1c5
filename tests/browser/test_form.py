"""The parameter form in a real browser: the package's own rules, and a command a shell reads."""

from __future__ import annotations

import random
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest

from humanlike.book.form import command, form, rules
from humanlike.book.parameters import Parameter
from humanlike.errors import HumanlikeError

from .demo import demo_chapter

pytestmark = pytest.mark.browser

TRIED = 600
PIECES = [
    "", "0", "1", "5", "20", "200", "1000000", "1000001", "99", "-1", "+7", "1_000",
    "_1", "1__0", "0x10", "1e3", "1E-5", "1e400", "-1e400", ".5", "5.", ".", "0.1",
    "1e-05", "1e16", "123456789.5", "nan", "inf", "-inf", "Infinity", "NaN", "true",
    "TRUE", "yes", "no", "False", "on", "None", "null", "base", "en", "nl", "en,base",
    "base, en", "[base,en]", "['base', \"en\"]", "base,base", "[1, 2]", "1,2,5",
    "10,10", "0.5,1", "-0.0,0.0", ",", ",,", "[", "]", "[]", "cosine", "Cosine",
    "city block", "citi block", "it's", '"', "'", "\\", "a\tb", "a\nb", " ", "\u00a0",
    "\u2003", "\ufeff", "\x1c", "\x85", "é", "中文", "😀", "\u200b", "١٢", "１２", "²", "𝟙",
    "<script>", "${x}", "`x`", "$(x)", "; rm", "--help", "9" * 40, "9" * 32,
    "1" + "0" * 400, "-", "+", "1-", "--1", "toString", "__proto__", "1n",
]  # fmt: skip


def texts() -> list[str]:
    """Every piece, and pieces put together at random."""
    draw = random.Random(7)
    joined = ("".join(draw.choices(PIECES, k=draw.randint(2, 4))) for _ in range(TRIED))
    listed = (", ".join(draw.choices(PIECES, k=draw.randint(2, 4))) for _ in range(TRIED // 4))
    return [*PIECES, *joined, *listed]


def plain(value: Any) -> Any:
    """A checked value as the browser gives it: whole numbers as text, floats as they are."""
    if isinstance(value, list):
        return [plain(one) for one in value]
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def verdict(parameter: Parameter, text: str) -> dict[str, Any]:
    try:
        return {"value": plain(parameter.parse(text))}
    except HumanlikeError as error:
        return {"error": re.sub(r" Did you mean '.*?'\? Known", " Known", str(error), flags=re.S)}


@pytest.fixture
def chapter(tmp_path: Path) -> Any:
    return demo_chapter(tmp_path)


@pytest.fixture
def page(show_widget: Any, chapter: Any) -> Any:
    return show_widget(form(chapter), "form")


def field(page: Any, name: str) -> Any:
    return page.locator(".hl-form-field", has=page.locator(f"code:text-is('{name}')"))


def fill(page: Any, name: str, text: str) -> None:
    field(page, name).locator("input").fill(text)


def shown(page: Any) -> str:
    return str(page.locator(".hl-form-command").inner_text())


def test_it_says_what_the_command_line_says(page: Any, chapter: Any) -> None:
    from humanlike.book.chapters import read_parameters

    tried = [*texts(), "9" * 4001, "9" * 4002]
    known = list(read_parameters(chapter).values())
    found = page.evaluate(
        """([rules, texts]) => rules.parameters.map(rule => texts.map(text => {
          const found = humanlike.parameters.check(rule, text, rules.numbers);
          return JSON.parse(JSON.stringify(found, (_, v) => typeof v === 'bigint' ? String(v) : v));
        }))""",
        [rules(chapter), tried],
    )
    kinds: dict[str, set[str]] = {}
    for parameter, answers in zip(known, found, strict=True):
        for text, answer in zip(tried, answers, strict=True):
            expected = verdict(parameter, text)
            assert answer == expected, f"{parameter.name}={text!r}"
            kinds.setdefault(parameter.name, set()).add(next(iter(expected)))
    for name, seen in kinds.items():
        assert seen == ({"value"} if name == "word" else {"value", "error"}), name


def test_the_command_is_read_by_a_shell_as_it_was_meant(page: Any) -> None:
    values = {f"p{i}": text.replace("\0", "") for i, text in enumerate(texts()[:1500])}
    line = page.evaluate(
        "v => humanlike.parameters.command('rsa', 'quick', 'paper', v, 'posix')", values
    )
    assert line == command("rsa", "quick", values)
    done = subprocess.run(
        ["sh", "-c", f"humanlike() {{ printf '%s\\0' \"$@\"; }}\n{line}"],
        capture_output=True, check=True,
    )  # fmt: skip
    read = done.stdout.decode().split("\0")[:-1]
    assert read == shlex.split(line)[1:]
    assert read[:4] == ["run", "rsa", "--profile", "quick"]
    assert dict(pair.split("=", 1) for pair in read[5::2]) == values


def unquoted(line: str) -> list[str]:
    """Read a line by PowerShell's rules for single quotes: a doubled one stands for itself."""
    single, words, at = "'\u2018\u2019\u201a\u201b", [""], 0
    inside = False
    while at < len(line):
        here = line[at]
        if here in single and inside and line[at + 1 : at + 2] and line[at + 1] in single:
            words[-1] += here
            at += 1
        elif here in single:
            inside = not inside
        elif here == " " and not inside:
            words.append("")
        else:
            assert inside or here not in '$`"(){};,|&<>@#%\n\t', here
            words[-1] += here
        at += 1
    assert not inside
    return words


def test_the_command_for_powershell_is_quoted_by_its_rules(page: Any) -> None:
    values = {f"p{i}": text for i, text in enumerate([*PIECES, "a’b", "‘", "‚x‛", "a,b", "@x"])}
    line = page.evaluate(
        "v => humanlike.parameters.command('rsa', 'paper', 'paper', v, 'powershell')", values
    )
    read = unquoted(line)
    assert read[:3] == ["humanlike", "run", "rsa"]
    assert dict(pair.split("=", 1) for pair in read[4::2]) == values


def test_it_starts_as_the_paper_has_it(page: Any) -> None:
    assert shown(page) == "humanlike run choices"
    assert page.locator(".hl-still").count() == 0
    assert field(page, "word").locator("input").input_value() == "it's"
    assert field(page, "word").locator(".hl-form-hint").inner_text() == (
        "a word, whatever it is <b>& more</b>"
    )


def test_what_is_changed_stands_in_the_command(page: Any) -> None:
    fill(page, "n", " 500 ")
    field(page, "metric").locator("select").select_option("city block")
    field(page, "fast").locator("select").select_option("false")
    field(page, "models").get_by_label("nl").check()
    fill(page, "word", "a; b")
    assert shlex.split(shown(page)) == [
        "humanlike", "run", "choices", "-p", "n= 500 ", "-p", "metric=city block",
        "-p", "word=a; b", "-p", "fast=false", "-p", "models=base,nl,en",
    ]  # fmt: skip
    assert field(page, "n").locator(".hl-form-changed").inner_text().strip() == "changed"
    page.get_by_role("button", name="Reset").click()
    assert shown(page) == "humanlike run choices"


@pytest.mark.parametrize("text", ["200", "+200", "2_00", " 200"])
def test_the_same_value_in_other_words_is_no_change(page: Any, text: str) -> None:
    fill(page, "n", text)
    assert shown(page) == "humanlike run choices"


def test_a_profile_is_where_one_starts_from(page: Any) -> None:
    page.get_by_label("Profile").select_option("quick")
    assert field(page, "n").locator("input").input_value() == "30"
    assert field(page, "models").get_by_label("nl").is_checked()
    assert shown(page) == "humanlike run choices --profile quick"
    fill(page, "n", "31")
    assert shown(page) == "humanlike run choices --profile quick -p n=31"


def test_a_wrong_value_is_named_and_there_is_no_command(page: Any) -> None:
    fill(page, "n", "5")
    said = field(page, "n").locator(".hl-form-error")
    assert said.inner_text().endswith("Parameter 'n' is 5, outside its range 20 to 1,000,000.")
    box = field(page, "n").locator("input")
    assert box.get_attribute("aria-invalid") == "true"
    described = box.get_attribute("aria-describedby").split()
    assert said.get_attribute("id") in described
    status = page.locator(".hl-form output")
    assert status.get_attribute("aria-live") == "polite"
    assert status.inner_text() == "One value will not do; see above."
    assert shown(page).strip() == ""
    assert page.get_by_role("button", name="Copy").is_disabled()
    fill(page, "n", "50")
    assert status.inner_text() == ""
    assert box.get_attribute("aria-invalid") is None


def test_all_of_it_can_be_reached_with_the_keyboard(page: Any) -> None:
    page.locator("body").press("Tab")
    reached = []
    for _ in range(40):
        reached.append(
            page.evaluate("document.activeElement.id || document.activeElement.textContent")
        )
        page.keyboard.press("Tab")
    controls = page.locator(".hl-form :is(input, select)").evaluate_all("all => all.map(n => n.id)")
    assert set(controls) <= set(reached)
    assert {"Copy", "Reset"} <= set(reached)


def test_every_control_has_a_name_and_nothing_is_too_wide(page: Any) -> None:
    for control in page.locator(".hl-form :is(input, select)").all():
        assert control.evaluate("node => node.labels.length") == 1
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_without_scripts_there_are_the_table_and_the_command(chapter: Any) -> None:
    markup = form(chapter)
    assert "<pre><code>humanlike run choices -p NAME=VALUE</code></pre>" in markup
    assert "a word, whatever it is &lt;b&gt;&amp; more&lt;/b&gt;" in markup
    assert "<b>" not in markup
    assert "20 to 1,000,000" in markup


def test_the_form_stands_in_the_book_and_works_from_disk(visit_demo: Any) -> None:
    seen = visit_demo("index.html", width=390)
    form_box = seen.page.locator(".hl-form")
    form_box.locator("input").first.fill("77")
    assert form_box.locator(".hl-form-command").inner_text() == "humanlike run choices -p n=77"
    assert form_box.get_by_role("button", name="Run").count() == 0
    assert (seen.problems, seen.foreign) == ([], [])
