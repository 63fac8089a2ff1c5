"""Sentences about any model: they say what the intervals say."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from humanlike.evaluate.asking import check_valid
from humanlike.evaluate.record import Asked, Measured
from humanlike.evaluate.said import place, rated, stable, validity


def asked(valid: int, prompts: int = 200, **failures: int) -> Asked:
    return Asked("chat", "generate", "", {}, prompts, valid, failures)


def result(**more: Any) -> Any:
    return SimpleNamespace(reason="", ceilings={}, **more)


@pytest.mark.parametrize(
    ("first", "said"),
    [
        (Measured(0.52, 0.47, 0.57), "It has no liking for a place"),
        (Measured(0.50, 0.50, 0.57), "It has no liking for a place"),
        (Measured(0.60, 0.55, 0.65), "It likes the first option"),
        (Measured(0.40, 0.35, 0.45), "It likes the second option"),
    ],
)
def test_a_liking_is_one_whose_interval_leaves_out_a_half(first: Measured, said: str) -> None:
    text = place(result(bias={"first": first, "liking": Measured(0.5)}))
    assert text.startswith(f"{said}: the first one is named in {100 * first.value:.1f} %")


def test_a_model_is_above_or_below_another_where_the_interval_excludes_zero() -> None:
    gains = {
        "base": Measured(0.1, 0.02, 0.2),
        "en_ft": Measured(-0.1, -0.2, -0.02),
        "nl_ft": Measured(0.01, -0.02, 0.04),
    }
    measures = ("rsa", "spearman", "similarity")
    text = rated(result(
        verdict="between", n_words=50, rsa=Measured(0.3, 0.2, 0.4),
        gains={who: dict.fromkeys(measures, gain) for who, gain in gains.items()},
    ))  # fmt: skip
    assert "over 50 words is 0.300 [0.200, 0.400]" in text
    said = "it is above Base; below En_FT; not told apart from Nl_FT."
    assert text.count(said) == len(measures), text


@pytest.mark.parametrize(
    ("last", "said"),
    [
        (Measured(0.30, 0.26, 0.34), "hardly moves"),
        (Measured(0.30, 0.28, 0.34), "still moves"),
        (Measured(0.24, 0.20, 0.26), "still moves"),
        (Measured(0.24), "still moves"),
    ],
)
def test_a_value_has_settled_if_the_last_interval_holds_the_one_before(
    last: Measured, said: str
) -> None:
    text = stable({500: Measured(0.1), 1000: Measured(0.27), 5000: last})
    assert text.startswith(f"R² {said} from 1,000 to 5,000 answers: 0.270  to"), text
    assert "too few" in stable({5000: last})


def test_what_is_not_valid_is_named() -> None:
    parts = {"triplets": asked(200), "ratings": asked(150, off_scale=30, empty=20)}
    assert validity(parts) == (
        "All 200 answers to triplets are valid. Of 200 answers to ratings 75.0 % are valid; the "
        "others: 30 off_scale, 20 empty."
    )


@pytest.mark.parametrize(("valid", "enough"), [(50, True), (49, False), (0, False)])
def test_enough_valid_answers_are_a_share_of_all_that_were_wanted(valid: int, enough: bool) -> None:
    """Of 100 wanted, 60 were asked before it was stopped; half of the wanted must be valid."""
    said = check_valid(asked(valid, 60, empty=60 - valid), 0.5, 100)
    assert (said == "") is enough
    assert enough or f"{valid / 60:.1%} of 60 answers are valid ({60 - valid} empty)" in said
