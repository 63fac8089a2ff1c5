"""Reading a rating: what is accepted, what is refused and why."""

from __future__ import annotations

import math
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from humanlike.errors import HumanlikeError
from humanlike.tasks.numbers import Failure, Parsed, parse_rating


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("5", 5),
        ("3.94", 3.94),
        ("3,94", 3.94),
        (".5", 0.5),
        (",5", 0.5),
        (" 4\n", 4),
        ("4.", 4),
        ("+2", 2),
        ("-0", 0),
        ("05", 5),
        ('"2.5"', 2.5),
        ("**3**", 3),
        ("(1)", 1),
        ("Rating: 4", 4),
        ("Rating:4", 4),
        ("I would say 3.", 3),
        ("Het cijfer is 2,5, denk ik.", 2.5),
    ],
)
def test_a_single_number_on_the_scale_is_read(text, value):
    assert parse_rating(text) == Parsed(value=value)


@pytest.mark.parametrize(
    ("text", "failure"),
    [
        ("", Failure.EMPTY),
        (" \n\t", Failure.EMPTY),
        ("Please provide the concept you would like me to evaluate.", Failure.NO_NUMBER),
        ("four", Failure.NO_NUMBER),
        ("五", Failure.NO_NUMBER),
        ("４", Failure.NO_NUMBER),
        ("A", Failure.NO_NUMBER),
        ("3rd", Failure.MALFORMED),
        ("B2", Failure.MALFORMED),
        ("1.2.3", Failure.MALFORMED),
        ("1e1", Failure.MALFORMED),
        ("3..5", Failure.MALFORMED),
        ("60%", Failure.PERCENTAGE),
        ("3 percent", Failure.PERCENTAGE),
        ("2-3", Failure.RANGE),
        ("2–3", Failure.RANGE),
        ("2 to 3", Failure.RANGE),
        ("2 tot 3", Failure.RANGE),
        ("2 or 3", Failure.RANGE),
        ("3 or 4.5", Failure.RANGE),
        ("4/5", Failure.SEVERAL),
        ("4 out of 5", Failure.SEVERAL),
        ("3, 5", Failure.SEVERAL),
        ("2\n3", Failure.SEVERAL),
        ("6", Failure.OUT_OF_SCALE),
        ("5.01", Failure.OUT_OF_SCALE),
        ("-1", Failure.OUT_OF_SCALE),
        ("−0.5", Failure.OUT_OF_SCALE),
        ("100", Failure.OUT_OF_SCALE),
    ],
)
def test_everything_else_is_refused_with_its_reason(text, failure):
    assert parse_rating(text) == Parsed(failure=failure)


@given(st.integers(0, 500), st.sampled_from(".,"), st.text(" \n\t", max_size=3))
def test_every_number_on_the_scale_survives(hundredths, comma, blank):
    text = f"{blank}{hundredths // 100}{comma}{hundredths % 100:02d}{blank}"
    assert parse_rating(text).value == pytest.approx(hundredths / 100)


@given(st.text())
def test_any_text_gives_a_rating_on_the_scale_or_a_reason(text):
    parsed = parse_rating(text)
    assert parsed.ok == (parsed.failure is None)
    if parsed.value is not None:
        assert 0 <= parsed.value <= 5
        assert math.copysign(1, parsed.value) == 1


@given(st.text(string.ascii_letters + " ", max_size=20), st.integers(0, 5))
def test_words_around_a_number_change_nothing(words, number):
    assert parse_rating(f"{words} {number}").value == number


@given(st.text(string.printable, max_size=12))
def test_two_ratings_are_never_read_as_one(text):
    one = parse_rating(text)
    if one.ok:
        assert not parse_rating(f"{text}; {text}").ok


@given(st.integers(6, 10_000))
def test_numbers_above_the_scale_are_never_read(number):
    assert parse_rating(str(number)).failure is Failure.OUT_OF_SCALE


def test_another_scale():
    assert parse_rating("7", 1, 7).value == 7
    assert parse_rating("0", 1, 7).failure is Failure.OUT_OF_SCALE
    with pytest.raises(HumanlikeError, match="it is 5 to 0"):
        parse_rating("3", 5, 0)


def test_a_result_is_either_value_or_failure():
    with pytest.raises(HumanlikeError, match="either a value or a failure"):
        Parsed()
    with pytest.raises(HumanlikeError, match="either a value or a failure"):
        Parsed(1.0, Failure.EMPTY)
