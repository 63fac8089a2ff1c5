"""Ratings and multiple choice: prompts as released, answers of all sorts."""

from __future__ import annotations

import math
import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from humanlike.data.prompts import load_prompts, simulate_prompts
from humanlike.data.qa import simulate_questions
from humanlike.errors import HumanlikeError
from humanlike.tasks import qa, ratings
from humanlike.tasks.prompt import Choice, Form, Scale, question_from
from humanlike.tasks.text import Outcome

ROSE = Scale("rose", "Olfactory", "smelling")
LEMON = Choice("Sour?", ("Sugar", "Lemon", "Bread", "A stone"), qa.LETTERS)
TEMPLATE = (
    "Please indicate how strongly the concept is experienced by smelling on a scale from 0 to 5. "
    'The concept is: "{Word}". Only answer with a number from 0 to 5. '
)
MCQ = 'Read.\n\nQuestion "{index}":\n{question}\n\nChoices:\n{options}\n'

NUMBERS = [
    ("3", 3.0),
    ("0", 0.0),
    ("5", 5.0),
    ("3.5", 3.5),
    ("3,5", 3.5),
    (".5", 0.5),
    ("4.0", 4.0),
    ("4.", 4.0),
    (" 4 \n", 4.0),
    ("**4**", 4.0),
    ('"4"', 4.0),
    ("(4)", 4.0),
    ("Rating: 4", 4.0),
    ("I would say 2.", 2.0),
    ("The rating is 4.5!", 4.5),
    ("Ik zou zeggen 2,5", 2.5),
    ("<think>1 or 2, maybe 3</think>4", 4.0),
    ("4<|im_end|>", 4.0),
    ("+3", 3.0),
]
NOT_NUMBERS = [
    ("", "empty"),
    ("  ", "empty"),
    ("four", "no number"),
    ("high", "no number"),
    ("2-3", "range"),
    ("2 to 3", "range"),
    ("2 tot 3", "range"),
    ("2 or 3", "range"),
    ("6", "out of scale"),
    ("-1", "out of scale"),
    ("100", "out of scale"),
    ("4/5", "several numbers"),
    ("4 out of 5", "several numbers"),
    ("80%", "percentage"),
    ("3x", "malformed number"),
    ("1.2.3", "malformed number"),
    ("<think>4", "thinking"),
    ("I'm sorry, I can't rate that.", "refusal"),
    ("As an AI I do not smell.", "refusal"),
]


@pytest.mark.parametrize(("text", "value"), NUMBERS)
def test_a_rating_is_read(text: str, value: float) -> None:
    assert ratings.parse(text, ROSE) == Outcome(value)


@pytest.mark.parametrize(("text", "failure"), NOT_NUMBERS)
def test_what_is_no_rating_has_a_name(text: str, failure: str) -> None:
    assert ratings.parse(text, ROSE) == Outcome(failure=failure)


@given(st.integers(0, 500).map(lambda n: n / 100), st.sampled_from(["{}", "{}.", "Rating: {}"]))
def test_every_number_on_the_scale_is_read(value: float, frame: str) -> None:
    assert ratings.parse(frame.format(value), ROSE).value == value
    assert ratings.parse(frame.format(str(value).replace(".", ",")), ROSE).value == value


@given(st.text(max_size=100))
def test_no_text_breaks_a_parser(text: str) -> None:
    rating = ratings.parse(text, ROSE)
    assert rating.failure or 0 <= rating.value <= 5
    letter = qa.parse(text, LEMON)
    assert letter.failure in qa.FAILURES or letter.value in range(4)


def test_the_released_template_is_unchanged_but_for_the_word() -> None:
    asked = ratings.prompt(ratings.Item("a{b}\\1", "Olfactory"), {"Olfactory": TEMPLATE})
    assert asked.user == TEMPLATE.replace("{Word}", "a{b}\\1")
    assert asked.system == ""
    assert asked.question == Scale("a{b}\\1", "Olfactory", "smelling")
    assert asked.allowed == ("0", "1", "2", "3", "4", "5")


def test_dutch_templates_name_the_word_otherwise() -> None:
    item = ratings.Item("roos", "Olfactory")
    asked = ratings.prompt(item, {"Olfactory": TEMPLATE.replace("{Word}", "{Woord}")}, "base")
    assert '"roos"' in asked.user
    assert asked.user.endswith("from 0 to 5. Answer:")
    assert asked.allowed is not None
    assert asked.allowed[0] == " 0"


def test_templates_are_chosen_by_task_and_language() -> None:
    table = pd.DataFrame(
        {
            "task": ["rating", "rating", "question"],
            "language": ["English", "Dutch", "English"],
            "dimension": ["Visual", "Visual", ""],
            "template": ["e", "d", "q"],
        }
    )
    assert ratings.templates(table, "Dutch") == {"Visual": "d"}


@pytest.mark.parametrize("released", [{}, {"Olfactory": "no place"}])
def test_a_missing_template_is_refused(released: dict[str, str]) -> None:
    with pytest.raises(HumanlikeError, match="no template with a place for the word"):
        ratings.prompt(ratings.Item("rose", "Olfactory"), released)


def test_items_are_words_by_dimensions() -> None:
    assert ratings.items(["a", "b"], ["X", "Y"]) == [("a", "X"), ("a", "Y"), ("b", "X"), ("b", "Y")]
    with pytest.raises(HumanlikeError, match="A word is named twice"):
        ratings.items(["a", "a"], ["X"])
    with pytest.raises(HumanlikeError, match="A dimension is named twice"):
        ratings.items(["a"], ["X", "X"])


def test_the_expected_rating_is_the_mean_of_the_distribution() -> None:
    scores = {str(n): math.log(p) for n, p in enumerate([0.1, 0.1, 0.2, 0.3, 0.2, 0.1])}
    assert ratings.expected(scores) == pytest.approx(2.7)


@given(st.floats(-500, 500))
def test_the_expected_rating_does_not_depend_on_a_common_factor(shift: float) -> None:
    scores = {" 0": -1.0, " 2,5": -2.0, " 5": -0.5}
    moved = {answer: score + shift for answer, score in scores.items()}
    assert ratings.expected(moved) == pytest.approx(ratings.expected(scores))


@pytest.mark.parametrize(
    ("scores", "message"), [({"x": 0.0}, "Expected numbers"), ({"1": -math.inf}, "above 0"),
                            ({}, "above 0")]
)  # fmt: skip
def test_no_mean_without_numbers_and_probabilities(scores: dict[str, float], message: str) -> None:
    with pytest.raises(HumanlikeError, match=message):
        ratings.expected(scores)


LETTERS = [
    ("B", 1),
    ("b", 1),
    (" B \n", 1),
    ("B.", 1),
    ("B)", 1),
    ("(B)", 1),
    ("[B]", 1),
    ("**B**", 1),
    ('"B"', 1),
    ("B: Lemon", 1),
    ("B. Lemon", 1),
    ("**B.** Lemon", 1),
    ("B - Lemon", 1),
    ("B\nbecause it is sour", 1),
    ("Answer: B", 1),
    ("Answer: (B)", 1),
    ("The answer is B.", 1),
    ("The correct answer is **B**", 1),
    ("The best choice is B.", 1),
    ("Option B", 1),
    ("I choose option B.", 1),
    ("Het antwoord is B", 1),
    ("A", 0),
    ("a.", 0),
    ("D", 3),
    ("<think>A? no</think>\nC", 2),
    ("Lemon", 1),
    ("lemon.", 1),
    ("A stone", 3),
    ("B Lemon", 1),
]
NOT_LETTERS = [
    ("", "empty"),
    ("<think>A", "thinking"),
    ("A or B", "several"),
    ("A, B", "several"),
    ("B and C", "several"),
    ("E", "no such option"),
    ("Answer: X", "no such option"),
    ("A bird in the hand", "no letter"),
    ("maybe", "no letter"),
    ("Banana", "no letter"),
    ("I'm sorry, I can't.", "refusal"),
]


@pytest.mark.parametrize(("text", "place"), LETTERS)
def test_a_letter_is_read(text: str, place: int) -> None:
    assert qa.parse(text, LEMON) == Outcome(place)


@pytest.mark.parametrize(("text", "failure"), NOT_LETTERS)
def test_what_is_no_letter_has_a_name(text: str, failure: str) -> None:
    assert qa.parse(text, LEMON) == Outcome(failure=failure)


def test_the_question_is_put_as_released() -> None:
    item = qa.items(simulate_questions(["test"], 0).head(1))[0]
    asked = qa.prompt(item, MCQ)
    assert asked.user == MCQ.replace("{index}", str(item.index)).replace(
        "{question}", item.question
    ).replace("{options}", "A. option A\nB. option B\nC. option C\nD. option D")
    assert asked.allowed == qa.LETTERS
    base = qa.prompt(item, MCQ, "base")
    assert base.user.endswith("D. option D\nAnswer:")


def test_braces_in_a_question_are_left_alone() -> None:
    item = qa.Item(7, "what is {options}?", ("{index}", "b", "c", "d"), (0, 1, 2, 3), "A")
    assert "what is {options}?" in qa.prompt(item, MCQ).user
    assert "A. {index}" in qa.prompt(item, MCQ).user


def test_a_template_without_a_place_is_refused() -> None:
    item = qa.items(simulate_questions(["test"], 0).head(1))[0]
    with pytest.raises(HumanlikeError, match=r"lacks \{options\}"):
        qa.prompt(item, "{index} {question}")


def test_shuffling_moves_options_and_the_right_letter_together() -> None:
    table = simulate_questions(["train", "test"], 0)
    released, shuffled = qa.items(table), qa.items(table, shuffle=True, seed=1)
    for plain, mixed in zip(released, shuffled, strict=True):
        right = plain.options[qa.LETTERS.index(plain.correct)]
        assert mixed.options[qa.LETTERS.index(mixed.correct)] == right
        assert sorted(mixed.options) == sorted(plain.options)
        assert tuple(plain.options[place] for place in mixed.order) == mixed.options
    counts = pd.Series([item.order for item in shuffled]).value_counts()
    assert len(counts) == 24
    assert counts.max() < 1400 / 24 + 5 * math.sqrt(1400 / 24)
    assert qa.items(table.tail(3), shuffle=True, seed=1) == shuffled[-3:]


@pytest.mark.parametrize("question", [ROSE, LEMON, None])
def test_a_question_survives_being_stored(question: Scale | Choice | None) -> None:
    assert question_from(question.as_dict() if question else None) == question


@pytest.mark.parametrize(
    ("data", "message"),
    [({"kind": "chioce"}, "Did you mean 'choice'"), ({"kind": "scale"}, "A scale was expected")],
)
def test_other_data_is_no_question(data: dict[str, object], message: str) -> None:
    with pytest.raises(HumanlikeError, match=message):
        question_from(data)


def test_a_choice_needs_two_options_and_an_outcome_one_side() -> None:
    with pytest.raises(HumanlikeError, match="at least two options"):
        Choice("a", ("b",), ("b",))
    with pytest.raises(HumanlikeError, match="either a value or a failure"):
        Outcome()


@given(st.integers(0, 500).map(lambda n: n / 100))
def test_answers_on_a_turned_scale_are_turned_back(value: float) -> None:
    turned = Scale("rose", "Olfactory", "smelling", 5.0, 0.0)
    assert turned.ends == (0, 5)
    assert ratings.parse(f"{value}", turned).value == pytest.approx(5 - value)
    assert turned.turned(turned.turned(value)) == pytest.approx(value)
    assert ratings.parse("6", turned) == Outcome(failure="out of scale")
    assert question_from(turned.as_dict()) == turned


def test_a_turned_distribution_is_turned_back() -> None:
    scores = {str(n): math.log(p) for n, p in enumerate([0.1, 0.1, 0.2, 0.3, 0.2, 0.1])}
    turned = Scale("rose", "Olfactory", "smelling", 5.0, 0.0)
    assert ratings.expected(scores, turned) == pytest.approx(5 - 2.7)
    assert ratings.expected(scores, ROSE) == pytest.approx(2.7)


RELEASED = {
    "Olfactory": "How strongly is it experienced by smelling on a scale from 0 (not at all) to 5 "
    '(greatly)? The concept is: "{Word}". Only a number from 0 to 5. '
}
FLOWER = ratings.Item("{rose}", "Olfactory")


@pytest.mark.parametrize("form", ["chat", "base"])
@pytest.mark.parametrize("wording", ratings.WORDINGS)
@pytest.mark.parametrize("turned", [False, True])
def test_other_wordings_name_word_and_phrase_and_what_the_ends_mean(
    form: Form, wording: str, turned: bool
) -> None:
    asked = ratings.prompt(FLOWER, RELEASED, form, 2, wording, turned)
    published = ratings.prompt(FLOWER, RELEASED, form, 2)
    assert "{rose}" in asked.user
    assert "smelling" in asked.user
    least, most = ("greatly", "not at all") if turned else ("not at all", "greatly")
    assert re.search(rf"\b0 (is|means) {least}\b.* 5 (is|means) {most}\b", asked.user)
    assert asked.user != published.user
    assert asked.user.endswith(" Answer:") == (form == "base")
    assert (asked.allowed, asked.form, asked.trial) == (published.allowed, form, 2)
    assert isinstance(asked.question, Scale)
    assert (asked.question.low > asked.question.high) == turned


def test_the_turned_template_differs_in_the_ends_only() -> None:
    asked = ratings.prompt(FLOWER, RELEASED, turned=True).user
    assert "0 (greatly) to 5 (not at all)" in asked
    back = asked.replace("0 (greatly) to 5 (not at all)", "0 (not at all) to 5 (greatly)")
    assert back == ratings.prompt(FLOWER, RELEASED).user


def test_other_words_need_a_template_that_says_what_the_ends_mean() -> None:
    item = ratings.Item("rose", "Olfactory")
    for changes in ({"turned": True}, {"wording": "keywords"}):
        with pytest.raises(HumanlikeError, match="does not say what the ends of the scale mean"):
            ratings.prompt(item, {"Olfactory": TEMPLATE}, **changes)
    with pytest.raises(HumanlikeError, match="Did you mean 'keywords'"):
        ratings.prompt(item, RELEASED, wording="keyword")


def test_every_template_can_be_turned_round_and_put_in_other_words() -> None:
    for table in (simulate_prompts(), load_prompts(missing="simulate")):
        for language in ("English", "Dutch"):
            released = ratings.templates(table, language)
            for dimension in released:
                item, phrase = ratings.Item("rose", dimension), ratings.phrases(table, language)
                assert ratings.ends(released[dimension]) == ("not at all", "greatly")
                for wording in ratings.WORDINGS:
                    asked = ratings.prompt(item, released, wording=wording).user
                    assert phrase[dimension] in asked
