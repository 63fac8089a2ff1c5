"""Parameters: what a cell may hold, what a user may type, and what every mistake says."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from humanlike.book.parameters import Parameter, parse_cell, resolve
from humanlike.errors import HumanlikeError

CELL = """\
n: int = 5  # how many, in [1, 100]
share: float = 0.5  # which share, in [0, 1]
name: str = "a"  # which name, in {"a", "b"}
fast: bool = True  # whether to hurry
words: list[str] = ["x", "y"]  # the words, in {"x", "y", "z"}
sizes: list[int] = [1, 2]  # the sizes, in [1, 9]
rates: list[float] = [0.5]  # the rates
"""
NUMBERS = {"n": 5, "share": 0.5}


def known() -> dict[str, Parameter]:
    return parse_cell(CELL, "demo")


def chosen(**texts: str) -> dict[str, Any]:
    return resolve(known(), {}, texts, "demo")


def test_a_cell_gives_name_type_default_and_explanation_of_each_parameter() -> None:
    n = known()["n"]
    assert (n.name, n.type, n.default, n.doc, n.bounds) == ("n", "int", 5, "how many", (1, 100))
    assert known()["name"].choices == ("a", "b")
    assert list(known()) == ["n", "share", "name", "fast", "words", "sizes", "rates"]


def test_allowed_values_are_put_in_words() -> None:
    large = parse_cell("n: int = 5  # how many, in [1, 1000000]", "demo")["n"]
    assert large.allowed == "1 to 1,000,000"
    assert known()["name"].allowed == "a, b"
    assert known()["fast"].allowed == ""


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("n", "7", 7),
        ("n", " 1_0 ", 10),
        ("share", "0.25", 0.25),
        ("share", "1", 1.0),
        ("share", "1e-3", 0.001),
        ("name", "b", "b"),
        ("fast", "false", False),
        ("fast", "Yes", True),
        ("words", "z", ["z"]),
        ("words", "[x, 'z']", ["x", "z"]),
        ("words", '["z","y"]', ["z", "y"]),
        ("sizes", "3,4", [3, 4]),
        ("rates", "[0.1, 2]", [0.1, 2.0]),
    ],
)
def test_a_typed_text_becomes_a_value_of_the_parameters_type(
    name: str, text: str, value: object
) -> None:
    got = chosen(**{name: text})[name]
    assert got == value
    assert type(got) is type(value)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("n", "many", "'n' takes int (how many); got 'many'"),
        ("n", "2.5", "'n' takes int (how many); got '2.5'"),
        ("n", "", "'n' takes int (how many); got ''"),
        ("n", "true", "'n' takes int (how many); got 'true'"),
        ("share", "half", "'share' takes float (which share); got 'half'"),
        ("share", "nan", "'share' takes float (which share); got 'nan'"),
        ("share", "inf", "'share' takes float (which share); got 'inf'"),
        ("fast", "1", "'fast' takes bool (whether to hurry); got '1'"),
        ("sizes", "1,x", "'sizes' takes list[int] (the sizes); got 'x'"),
        ("rates", "0.1,-inf", "'rates' takes list[float] (the rates); got '-inf'"),
        ("n", "0", "'n' is 0, outside its range 1 to 100"),
        ("n", "101", "'n' is 101, outside its range 1 to 100"),
        ("share", "1.01", "'share' is 1.01, outside its range 0 to 1"),
        ("sizes", "1,10", "'sizes' is 10, outside its range 1 to 9"),
        ("name", "c", "Unknown value for 'name' 'c'. Known: a, b."),
        ("words", "x,w", "Unknown value for 'words' 'w'. Known: x, y, z."),
        ("words", "x,y,x", "'words' repeats x."),
        ("rates", "0.1,0.10", "'rates' repeats 0.1."),
        ("words", "", "'words' is empty; name at least one value."),
        ("sizes", "[]", "'sizes' is empty; name at least one value."),
    ],
)
def test_a_wrong_text_names_the_parameter_what_it_takes_and_what_came(
    name: str, text: str, message: str
) -> None:
    with pytest.raises(HumanlikeError) as caught:
        chosen(**{name: text})
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n", True),
        ("n", 5.0),
        ("n", "5"),
        ("n", None),
        ("share", True),
        ("share", math.nan),
        ("name", 1),
        ("fast", 1),
        ("words", "x"),
        ("words", [1]),
        ("words", ("x",)),
        ("sizes", [1.0]),
        ("sizes", [True]),
        ("rates", [math.inf]),
    ],
)
def test_a_profile_with_a_value_of_another_type_is_refused(name: str, value: object) -> None:
    with pytest.raises(HumanlikeError, match=f"Parameter '{name}' takes "):
        resolve(known(), {name: value}, {}, "demo")


def test_a_whole_number_is_taken_where_a_float_is_wanted() -> None:
    share = resolve(known(), {"share": 1}, {}, "demo")["share"]
    assert share == 1.0
    assert isinstance(share, float)


def test_an_unknown_parameter_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(HumanlikeError) as caught:
        chosen(shar="1")
    assert "Unknown parameter of chapter demo 'shar'. Did you mean 'share'?" in str(caught.value)
    with pytest.raises(HumanlikeError, match=r"chapter demo 'zzz'\. Known: fast, n,"):
        resolve(known(), {"zzz": 1}, {}, "demo")


def test_overrides_win_over_the_profile_and_the_profile_over_the_default() -> None:
    values = resolve(known(), {"n": 6, "share": 0.6}, {"n": "7"}, "demo")
    assert (values["n"], values["share"], values["name"]) == (7, 0.6, "a")


def test_a_wrong_profile_value_is_refused_even_when_it_is_overridden() -> None:
    with pytest.raises(HumanlikeError, match="outside its range"):
        resolve(known(), {"n": 0}, {"n": "7"}, "demo")


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("n = 5  # how many", "line 1 of the parameters cell is not 'name: type = value"),
        ("n: int  # how many", "line 1 of the parameters cell is not 'name: type = value"),
        ("import os  # no", "line 1 of the parameters cell is not 'name: type = value"),
        ("m: int = 1  # m\n\nprint(m)", "line 3 of the parameters cell is not 'name: type"),
        ("n: int = 5", "parameter 'n' has no comment saying what it does"),
        ("n: dict = {}  # a dict", "parameter 'n' has type dict; allowed are int, float"),
        ("n: list = []  # a list", "parameter 'n' has type list; allowed are"),
        ("n: int = = 5", "demo: the parameters cell is not valid Python"),
        ("n: int = 'five'  # how many", "Parameter 'n' takes int (how many); got 'five'"),
        ("n: int = 0  # how many, in [1, 9]", "Parameter 'n' is 0, outside its range 1 to 9"),
        ('s: str = "d"  # which, in {"a", "b"}', "Unknown value for 's' 'd'. Known: a, b."),
        ("w: list[str] = []  # words", "Parameter 'w' is empty"),
    ],
)
def test_a_malformed_cell_says_what_is_wrong(cell: str, message: str) -> None:
    with pytest.raises(HumanlikeError) as caught:
        parse_cell(cell, "demo")
    assert message in str(caught.value)


def test_a_default_over_several_lines_has_its_comment_on_the_last_one() -> None:
    cell = 'words: list[str] = [\n    "x",\n    "y",\n]  # the words\n'
    assert parse_cell(cell, "demo")["words"].doc == "the words"


def test_a_hash_sign_inside_a_text_is_no_comment() -> None:
    parameter = parse_cell('s: str = "# no"  # which one', "demo")["s"]
    assert (parameter.default, parameter.doc) == ("# no", "which one")


@given(st.integers(1, 100))
def test_every_whole_number_within_the_bounds_survives_being_typed(number: int) -> None:
    assert chosen(n=str(number))["n"] == number


@given(st.integers().filter(lambda number: not 1 <= number <= 100))
def test_every_whole_number_beyond_the_bounds_is_refused(number: int) -> None:
    with pytest.raises(HumanlikeError, match="outside its range"):
        chosen(n=str(number))


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, unique=True))
def test_every_list_of_finite_numbers_survives_being_typed(numbers: list[float]) -> None:
    assert chosen(rates=str(numbers))["rates"] == numbers


@given(st.text(), st.sampled_from(["n", "share", "fast", "sizes", "rates", "words"]))
def test_any_text_is_either_a_checked_value_or_a_message_for_people(text: str, name: str) -> None:
    try:
        value = chosen(**{name: text})[name]
    except HumanlikeError as error:
        assert f"'{name}'" in str(error)
    else:
        assert known()[name].check(value) == value
