"""Recording: plain values only, declared keys only, simulated data stamped everywhere."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from book.sample import Project
from humanlike.book import record
from humanlike.book.record import FIGURE_KEY, SESSION_MIME, VALUE_MIME, begin, plain_scalar
from humanlike.data import usage
from humanlike.errors import HumanlikeError

Shown = list[tuple[dict[str, Any], dict[str, Any]]]


@pytest.fixture
def shown(project_env: Project, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shown]:
    """Everything that is displayed, as data and metadata; figure settings are put back."""
    import matplotlib as mpl

    found: Shown = []
    monkeypatch.setattr(
        "IPython.display.display",
        lambda data, metadata=None, raw=False: found.append((data, metadata or {})),
    )
    monkeypatch.setattr(record, "_open", None)
    with mpl.rc_context():
        yield found
    usage.clear()


def figure() -> Figure:
    drawing = Figure(figsize=(2, 1))
    drawing.subplots().plot([1, 2])
    return drawing


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (3, 3),
        (0.5, 0.5),
        ("text", "text"),
        (True, True),
        (np.bool_(False), False),
        (np.int8(-3), -3),
        (np.uint64(2**63), 2**63),
        (np.int64(7), 7),
        (np.float16(0.5), 0.5),
        (np.float32(0.25), 0.25),
        (np.float64(1e-300), 1e-300),
        (np.str_("word"), "word"),
        (np.array(4), 4),
        (np.array(0.5), 0.5),
        (np.array("a"), "a"),
        (pd.Series([5]).sum(), 5),
    ],
)
def test_a_scalar_of_any_kind_becomes_a_plain_one(value: Any, plain: Any) -> None:
    got = plain_scalar("k", value)
    assert got == plain
    assert type(got) is type(plain)


@pytest.mark.parametrize("make", [float, np.float64, np.float32, np.array])
@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_number_that_does_not_exist_is_refused(make: Any, bad: float) -> None:
    with pytest.raises(HumanlikeError, match=r"Value 'k' is -?(nan|inf)"):
        plain_scalar("k", make(bad))


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (None, "NoneType"),
        ([1], "list"),
        (np.array([1]), "ndarray"),
        (np.array([[1.0]]), "ndarray"),
        (1j, "complex"),
        (np.complex128(1), "complex"),
        (np.datetime64("2020-01-01"), "date"),
        (Decimal(1), "Decimal"),
        (pd.NA, "NAType"),
        (pd.Series([1]), "Series"),
        ({}, "dict"),
    ],
)
def test_what_is_no_value_is_refused_by_its_type(value: Any, name: str) -> None:
    with pytest.raises(HumanlikeError, match=f"Value 'k' is a {name}; record a number"):
        plain_scalar("k", value)


@given(st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text() | st.booleans())
def test_a_plain_value_stays_as_it_is(value: Any) -> None:
    assert plain_scalar("k", value) is value


def test_a_recorded_value_leaves_as_output_with_its_interval(shown: Shown) -> None:
    page = begin("alpha")
    page.record("mean", np.float64(0.5), interval=(np.float32(0.25), 1))
    page.record("n.all", np.int64(3))
    assert shown[0][0][VALUE_MIME] == {"key": "mean", "value": 0.5, "interval": [0.25, 1]}
    assert shown[1][0][VALUE_MIME] == {"key": "n.all", "value": 3}


def test_a_key_the_card_does_not_declare_is_refused_with_the_nearest_one(shown: Shown) -> None:
    with pytest.raises(HumanlikeError) as caught:
        begin("alpha").record("meen", 1)
    assert "Unknown value of chapter alpha 'meen'. Did you mean 'mean'?" in str(caught.value)
    assert "declared in notebooks/alpha.yml" in str(caught.value)
    assert shown == []


def test_an_interval_that_does_not_exist_is_refused(shown: Shown) -> None:
    with pytest.raises(HumanlikeError, match="Value 'mean' is nan"):
        begin("alpha").record("mean", 1.0, interval=(0.0, math.nan))
    assert shown == []


def test_a_figure_carries_name_caption_and_alternative_text(shown: Shown) -> None:
    begin("alpha").figure(figure(), "fig-a", caption="What.", alt="A line.")
    data, metadata = shown[0]
    assert data["image/svg+xml"].startswith("<?xml")
    assert data["text/plain"] == "A line."
    assert metadata == {FIGURE_KEY: {"name": "fig-a", "caption": "What.", "alt": "A line."}}


def test_the_same_figure_is_the_same_file(shown: Shown) -> None:
    page = begin("alpha")
    for _ in range(2):
        page.figure(figure(), "fig-a", caption="What.", alt="A line.")
    first, second = (data["image/svg+xml"] for data, _ in shown)
    assert first == second
    assert not re.search(r"20\d\d-\d\d-\d\d", first)


@pytest.mark.parametrize(("caption", "alt"), [("", "A line."), ("What.", ""), ("What.", " \n")])
def test_a_figure_without_caption_or_alternative_text_is_refused(
    shown: Shown, caption: str, alt: str
) -> None:
    with pytest.raises(HumanlikeError, match="Figure 'fig-a' needs a caption and an alternative"):
        begin("alpha").figure(figure(), "fig-a", caption=caption, alt=alt)
    assert shown == []


def test_simulated_data_are_stamped_on_figure_caption_alt_and_table(
    shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = begin("beta")
    usage.note("toy", real=False)
    drawing = figure()
    page.figure(drawing, "fig-a", caption="What.", alt="A line.")
    page.table(pd.DataFrame({"a": [1]}), caption="All.")
    note = shown[0][1][FIGURE_KEY]
    assert note["caption"] == "**Simulated data, not a result.** What."
    assert note["alt"] == "Simulated data, not a result. A line."
    assert [text.get_text() for text in drawing.texts] == ["SIMULATED DATA"]
    assert "<caption>Simulated data, not a result. All.</caption>" in shown[1][0]["text/html"]


def test_real_data_are_not_stamped(shown: Shown) -> None:
    page = begin("beta")
    usage.note("toy", ["toy.txt"])
    drawing = figure()
    page.figure(drawing, "fig-a", caption="What.", alt="A line.")
    page.table(pd.DataFrame({"a": [1]}), caption="All.")
    assert drawing.texts == []
    assert "imulated" not in str(shown)


def test_html_is_shown_as_it_is_and_says_when_data_are_simulated(shown: Shown) -> None:
    page = begin("beta")
    page.html("<div>chart</div>", text="A chart.")
    usage.note("toy", real=False)
    page.html("<div>chart</div>", text="A chart.")
    assert shown[0][0] == {"text/html": "<div>chart</div>", "text/plain": "A chart."}
    assert shown[1][0]["text/html"].startswith("<p><strong>Simulated data, not a result.</strong>")
    assert shown[1][0]["text/html"].endswith("<div>chart</div>")
    assert shown[1][0]["text/plain"] == "Simulated data, not a result. A chart."


@pytest.mark.parametrize(("markup", "text"), [(" ", "A chart."), ("<p>chart</p>", "")])
def test_html_without_markup_or_text_is_refused(shown: Shown, markup: str, text: str) -> None:
    with pytest.raises(HumanlikeError, match="needs markup and a text"):
        begin("beta").html(markup, text=text)
    assert shown == []


def test_closing_leaves_a_note_of_the_data_that_were_read(shown: Shown) -> None:
    begin("beta")
    usage.note("toy", ["toy.txt"])
    record.close()
    session = shown[0][0][SESSION_MIME]
    assert (session["chapter"], session["real"]) == ("beta", True)
    assert [(use["id"], list(use["files"])) for use in session["data"]] == [
        ("toy", ["toy/toy.txt"])
    ]


def test_one_simulated_data_set_makes_the_whole_chapter_simulated(shown: Shown) -> None:
    begin("beta")
    usage.note("toy", ["toy.txt"])
    usage.note("toy", real=False)
    record.close()
    assert shown[0][0][SESSION_MIME]["real"] is False


def test_a_new_chapter_forgets_what_the_one_before_it_read(shown: Shown) -> None:
    begin("beta")
    usage.note("toy", real=False)
    assert not begin("alpha").simulated


def test_closing_without_beginning_says_what_is_missing(shown: Shown) -> None:
    with pytest.raises(HumanlikeError, match="never called"):
        record.close()
