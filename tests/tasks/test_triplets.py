"""Triplets: which are asked, in which words, and what answers of all sorts mean."""

from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from humanlike.data.published import load_concepts
from humanlike.errors import HumanlikeError
from humanlike.tasks import triplets
from humanlike.tasks.names import forms, mentioned
from humanlike.tasks.prompt import Choice

CAT_CAR = Choice("dog", ("cat", "car"), ("cat", "car"))
LEEK = Choice("potato", ("mashed potato", "leek"), ("mashed potato", "leek"))
BOK = Choice("bread", ("bok choy", "mango"), ("bok choy", "mango"))
GLASS = Choice("cup", ("glass", "glasses"), ("glass", "glasses"))
MOUSE = Choice("owl", ("mouse", "knife"), ("mouse", "knife"))

RIGHT = [
    ("cat", 0),
    ("car", 1),
    ("Cat", 0),
    ("CAT.", 0),
    ("  cat\n", 0),
    ("cat!", 0),
    ('"cat"', 0),
    ("'car'", 1),
    ("“Cat”", 0),
    ("`cat`", 0),
    ("**Cat**", 0),
    ("*car*", 1),
    ("__cat__", 0),
    ("# Cat", 0),
    ("- cat", 0),
    ("(cat)", 0),
    ("[car]", 1),
    ("A cat", 0),
    ("a car.", 1),
    ("The cat", 0),
    ("the cars", 1),
    ("cats", 0),
    ("Cat's", 0),
    ("Cat :)", 0),
    ("item: cat", 0),
    ("Item name: Car", 1),
    ("Answer: cat", 0),
    ("ANSWER: Cat", 0),
    ("Answer:\ncat", 0),
    ("answer is cat", 0),
    ("The answer is cat.", 0),
    ("The answer is: **car**", 1),
    ("Final answer: cat", 0),
    ("The most similar item is the cat.", 0),
    ("Cat is most similar to dog.", 0),
    ("A dog is most similar to a cat.", 0),
    ("The item most similar to dog is cat.", 0),
    ("dog is more similar to cat than to car", 0),
    ("A cat is more similar to a dog than a car is.", 0),
    ("I would choose cat over car.", 0),
    ("Cat rather than car", 0),
    ("cat, not car", 0),
    ("Car instead of cat", 1),
    ("Cat, because both are animals and a car is a machine.", 0),
    ("cat\n\nA cat and a dog are both pets, whereas a car is a vehicle.", 0),
    ("Both a dog and a cat are animals, so the answer is cat, unlike car.", 0),
    ("Which item is most similar to dog: cat or car? Cat", 0),
    (
        "QUESTION: Which item is most similar to dog: cat or car? Respond only with the item "
        "name. Answer: car",
        1,
    ),
    ("cat\nQUESTION: Which item is most similar to sun: moon or car? Answer: moon", 0),
    ("cat\n\nQuestion: what is a car?", 0),
    ("cat\nUser: thanks\nSystem: car", 0),
    ("<think>dog and car... no, cat</think>cat", 0),
    ("<think>\ncar car car\n</think>\n\nCat", 0),
    ("the car is out</think>cat", 0),
    ("<thinking>car</thinking>\n**Cat**", 0),
    ("<|im_start|>cat<|im_end|>", 0),
    ("cat</s>", 0),
    ("cat<eos>", 0),
    ("The first one", 0),
    ("the second item.", 1),
    ("The latter", 1),
    ("former", 0),
    ("Out of cat and car, the answer is car.", 1),
    ("Let me compare cat and car with dog.\n\nCat", 0),
    ("Sure! The item is: cat", 0),
    ("Sorry for the delay: cat", 0),
    ("cat cat cat cat", 0),
    ("\u200acat", 0),
    ("Cat 🐱", 0),
]
WRONG = [
    ("", "empty"),
    ("   \n", "empty"),
    ("...", "empty"),
    ('""', "empty"),
    ("<think>cat is an animal and", "thinking"),
    ("<think>done</think>", "empty"),
    ("cat and car", "both"),
    ("cat or car", "both"),
    ("cat, car", "both"),
    ("Both cat and car are similar to dog.", "both"),
    ("Both", "both"),
    ("Both are equally similar.", "both"),
    ("neither", "neither"),
    ("Neither cat nor car.", "neither"),
    ("None of them", "neither"),
    ("dog", "anchor"),
    ("The dog.", "anchor"),
    ("Dogs", "anchor"),
    ("wolf", "foreign"),
    ("canine", "foreign"),
    ("kat", "foreign"),
    ("Katze", "foreign"),
    ("catalogue", "foreign"),
    ("carpet", "foreign"),
    ("scar", "foreign"),
    ("concatenate", "foreign"),
    ("42", "foreign"),
    ("yes", "foreign"),
    ("I'm sorry, I can't help with that.", "refusal"),
    ("As an AI, I have no opinion.", "refusal"),
    ("I don't know.", "refusal"),
    ("I cannot determine that", "refusal"),
    ("not cat", "ambiguous"),
    ("It is not the car", "ambiguous"),
    ("A cat has fur and purrs a lot and a car has wheels and an engine inside it", "ambiguous"),
]


@pytest.mark.parametrize(("text", "place"), RIGHT)
def test_an_answer_is_understood(text: str, place: int) -> None:
    assert triplets.parse(text, CAT_CAR).value == place


@pytest.mark.parametrize(("text", "failure"), WRONG)
def test_what_is_no_answer_has_a_name(text: str, failure: str) -> None:
    assert triplets.parse(text, CAT_CAR).failure == failure


@pytest.mark.parametrize(
    ("text", "question", "place"),
    [
        ("mashed potato", LEEK, 0),
        ("Mashed potatoes", LEEK, 0),
        ("mashed-potato", LEEK, 0),
        ("A potato is most like mashed potato.", LEEK, 0),
        ("The potato is most similar to the leek", LEEK, 1),
        ("leeks", LEEK, 1),
        ("Bok Choy", BOK, 0),
        ("bok-choy", BOK, 0),
        ("bokchoy", BOK, 0),
        ("bok_choy", BOK, 0),
        ("Mangoes", BOK, 1),
        ("mangos", BOK, 1),
        ("glass", GLASS, 0),
        ("glasses", GLASS, 1),
        ("The glasses.", GLASS, 1),
        ("mice", MOUSE, 0),
        ("The knives", MOUSE, 1),
    ],
)
def test_names_of_several_words_and_odd_plurals(text: str, question: Choice, place: int) -> None:
    assert triplets.parse(text, question).value == place


def test_the_anchor_inside_an_option_is_not_the_option() -> None:
    assert triplets.parse("potato", LEEK).failure == "anchor"


CONCEPTS = tuple(load_concepts()["concept"])
three = st.permutations(range(len(CONCEPTS))).map(lambda order: [CONCEPTS[i] for i in order[:3]])
FRAMES = ["{}", "{}.", "The {}", "**{}**", '"{}"', "Answer: {}", "The answer is {}.", "{}\n", " {}"]


@given(three, st.sampled_from(FRAMES), st.integers(0, 1), st.sampled_from([str.lower, str.upper]))
def test_any_concept_in_any_frame(names: list[str], frame: str, place: int, case: object) -> None:
    question = Choice(names[0], (names[1], names[2]), (names[1], names[2]))
    text = frame.format(case(names[1 + place]))  # type: ignore[operator]
    assert triplets.parse(text, question).value == place


@given(three, st.sampled_from(FRAMES), st.text(max_size=40))
def test_swapping_the_options_swaps_the_place(names: list[str], frame: str, text: str) -> None:
    """Holds for any text but those that say *first* or *second*."""
    said = frame.format(f"{text} {names[1]}")
    one = triplets.parse(said, Choice(names[0], (names[1], names[2]), ("1", "2")))
    two = triplets.parse(said, Choice(names[0], (names[2], names[1]), ("1", "2")))
    assert one.failure == two.failure
    if one.ok:
        assert one.value == 1 - two.value


@given(st.text(max_size=200))
def test_no_text_breaks_the_parser_and_every_failure_has_a_known_name(text: str) -> None:
    outcome = triplets.parse(text, CAT_CAR)
    assert outcome.value in (0, 1) or outcome.failure in triplets.FAILURES


def test_every_pair_of_concepts_is_told_apart() -> None:
    for one, other in combinations(CONCEPTS, 2):
        assert mentioned(f"The {one}", (one, other)) == [0]
        assert mentioned(f"The {other}", (one, other)) == [1]


def test_forms_are_plural_and_singular() -> None:
    assert forms("Bok-choy") == {"bok choy", "bok choys"}
    assert {"butterfly", "butterflies"} <= forms("butterfly")
    assert {"jeans", "jean"} <= forms("jeans")
    assert {"box", "boxes"} <= forms("boxes")


def test_the_prompt_is_that_of_the_paper() -> None:
    asked = triplets.prompt("dog", "cat", "car")
    assert asked.system == "You are a helpful assistant who gives responses to questions"
    assert asked.user == (
        "QUESTION: Which item is most similar to dog: cat or car? Respond only with the item name."
    )
    assert asked.allowed == ("cat", "car")
    assert asked.question == CAT_CAR


def test_a_base_model_continues_after_answer() -> None:
    asked = triplets.prompt("dog", "cat", "car", "base", trial=2)
    assert asked.user.endswith("Respond only with the item name. Answer:")
    assert asked.allowed == (" cat", " car")
    assert (asked.form, asked.trial) == ("base", 2)
    assert asked.text.startswith("You are a helpful assistant")


@pytest.mark.parametrize("names", [("a", "a", "b"), ("a", "b", "a"), ("a", "b", "b")])
def test_three_different_things_are_needed(names: tuple[str, str, str]) -> None:
    with pytest.raises(HumanlikeError, match="Three different things"):
        triplets.prompt(*names)


@given(st.integers(3, 9))
def test_an_exhaustive_design_holds_every_triplet_once(n: int) -> None:
    found = triplets.design(n, kind="exhaustive").triplets
    expected = {
        (anchor, *pair)
        for anchor in range(n)
        for pair in combinations([i for i in range(n) if i != anchor], 2)
    }
    unordered = {(int(a), *sorted((int(b), int(c)))) for a, b, c in found}
    assert unordered == expected
    assert len(found) == n * comb(n - 1, 2)


@given(st.integers(3, 200), st.integers(0, 5), st.data())
def test_a_random_design_repeats_nothing_and_fewer_are_the_beginning_of_more(
    n: int, seed: int, data: st.DataObject
) -> None:
    count = data.draw(st.integers(1, min(n * comb(n - 1, 2), 300)))
    found = triplets.design(n, count, seed=seed).triplets
    unordered = {(int(a), *sorted((int(b), int(c)))) for a, b, c in found}
    assert len(unordered) == count
    assert all(len({*map(int, row)}) == 3 for row in found)
    assert found.min() >= 0
    assert found.max() < n
    fewer = data.draw(st.integers(1, count))
    np.testing.assert_array_equal(triplets.design(n, fewer, seed=seed).triplets, found[:fewer])


def test_a_random_design_is_uniform() -> None:
    """Chi-squared over anchors, and the share of swapped pairs, within four standard errors."""
    found = triplets.design(128, 35_000).triplets
    counts = np.bincount(found[:, 0], minlength=128)
    chi2 = ((counts - 35_000 / 128) ** 2 / (35_000 / 128)).sum()
    assert abs(chi2 - 127) < 4 * np.sqrt(2 * 127)
    assert abs((found[:, 1] < found[:, 2]).mean() - 0.5) < 4 * 0.5 / np.sqrt(35_000)


def test_very_many_concepts_need_no_list_of_all_triplets() -> None:
    found = triplets.design(1854, 5000, seed=3).triplets
    assert len(np.unique(found, axis=0)) == 5000
    fewer = triplets.design(1854, 4000, seed=3).triplets
    np.testing.assert_array_equal(fewer, found[:4000])


def test_a_counterbalanced_design_asks_both_orders() -> None:
    items = triplets.design(20, 100, kind="counterbalanced", held_out=0.2)
    first, second = items.triplets[0::2], items.triplets[1::2]
    np.testing.assert_array_equal(first, second[:, [0, 2, 1]])
    np.testing.assert_array_equal(items.held_out[0::2], items.held_out[1::2])
    assert items.held_out.sum() == 20


@given(st.floats(0, 0.99), st.integers(1, 300))
def test_the_share_held_out_is_kept(share: float, n: int) -> None:
    assert triplets.design(20, n, held_out=share).held_out.sum() == round(share * n)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n_concepts": 2, "n": 1}, "three concepts"),
        ({"n_concepts": 5, "n": 31}, "make 30 different trials; asked for 31"),
        ({"n_concepts": 5, "n": 0}, "asked for 0"),
        ({"n_concepts": 5, "n": 3, "kind": "counterbalanced"}, "even number"),
        ({"n_concepts": 5, "n": 3, "held_out": 1.0}, "below 1"),
        ({"n_concepts": 5, "n": 3, "kind": "randon"}, "Did you mean 'random'"),
        ({"n_concepts": 1854, "kind": "exhaustive"}, "more than 5,000,000"),
    ],
)
def test_impossible_designs_are_refused(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(HumanlikeError, match=message):
        triplets.design(**arguments)  # type: ignore[arg-type]
