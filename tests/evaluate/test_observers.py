"""Observers whose minds are known come out as they are; nothing is asked twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from humanlike.errors import HumanlikeError
from humanlike.evaluate import Evaluation, evaluate
from humanlike.evaluate.parameters import PROFILES, resolve
from humanlike.evaluate.said import place, rated, standing, validity
from humanlike.evaluate.tables import asked_parts
from humanlike.evaluate.verdict import rating_verdict, sentences, triplet_verdict
from humanlike.models.base import Answer, Prompt, Settings
from humanlike.models.simulated import Options, Simulated

from .conftest import COINS, LIKING, PERFECT, SMALL


def test_one_who_answers_as_people_do_is_at_the_ceiling(found: dict[str, Evaluation]) -> None:
    one = found[PERFECT]
    assert one.triplets and one.ratings
    assert one.triplets.agreement
    assert one.triplets.agreement.value == 1
    assert (one.triplets.verdict, one.ratings.verdict) == ("ceiling", "ceiling")
    assert one.triplets.marks == "1" * SMALL["n_triplets"]
    assert one.triplets.r2 and one.triplets.rank and one.ratings.rsa
    assert one.triplets.r2.value > one.triplets.limits["chance_high"]
    assert "at the ceiling" in standing(one.triplets, 75)
    assert "at the ceiling" in rated(one.ratings)
    assert one.simulated


def test_one_who_flips_coins_cannot_be_told_from_chance(found: dict[str, Evaluation]) -> None:
    one = found[COINS]
    assert one.triplets and one.ratings
    assert (one.triplets.verdict, one.ratings.verdict) == ("chance", "chance")
    assert "not distinguishable from chance" in standing(one.triplets, 75)
    assert all("not distinguishable from chance" in line for line in sentences(one))


def test_a_liking_for_the_first_option_shows(found: dict[str, Evaluation]) -> None:
    one = found[LIKING].triplets
    assert one and one.agreement
    low = one.bias["first"].low
    assert low is not None
    assert low > 0.6
    assert "likes the first option" in place(one)
    assert one.ceilings["chance_high"] < one.agreement.value < 0.95
    assert "no liking for a place" in place(found[PERFECT].triplets)


def test_the_same_again_gives_the_same_and_asks_nothing(found: dict[str, Evaluation]) -> None:
    told: list[str] = []
    again = evaluate(PERFECT, tell=told.append, **SMALL)
    assert told.count("nothing to ask") == 2
    assert (again.triplets, again.ratings) == (found[PERFECT].triplets, found[PERFECT].ratings)
    assert again.id == found[PERFECT].id


class Stops(Simulated):
    """An observer whose user presses Ctrl-C after some answers."""

    def __init__(self, after: int) -> None:
        super().__init__(Options(seed=5))
        self.after, self.asked = after, 0

    def answer(self, prompts: Sequence[Prompt], settings: Settings) -> Iterator[tuple[int, Answer]]:
        """Stop in the middle."""
        for one in super().answer(prompts, settings):
            if self.asked == self.after:
                self.after = -1
                raise KeyboardInterrupt
            self.asked += 1
            yield one


@pytest.mark.parametrize("after", [0, 700, 1600 + 300])
def test_an_interrupted_evaluation_goes_on_without_asking_twice(after: int, tmp_path: Path) -> None:
    model, wishes = Stops(after), SMALL | {"n_boot": 10, "n_perm": 10}
    store = tmp_path / "store.sqlite"
    with pytest.raises(KeyboardInterrupt):
        evaluate(model, store=store, **wishes)
    assert model.asked == after
    done = evaluate(model, store=store, **wishes)
    assert model.asked == 1600 + 60 * 11
    assert done.triplets and done.triplets.asked.valid == 1600


def test_silence_is_named_and_gives_no_result(found: dict[str, Evaluation]) -> None:
    one = evaluate("simulated:silent=0.8", mode="generate", **SMALL)
    assert one.triplets and one.ratings
    assert one.triplets.verdict == one.ratings.verdict == "none"
    assert one.triplets.r2 is None and one.ratings.rsa is None
    assert one.triplets.asked.failures == {"refusal": 1600 - one.triplets.asked.valid}
    assert "refusal" in validity(asked_parts(one))
    assert "only" in standing(one.triplets, 75)


def test_a_model_that_does_not_answer_when_it_writes_is_scored() -> None:
    """The observer's scores are those of the same mind without the silence."""
    told: list[str] = []
    one = evaluate("simulated:space=human,silent=0.8", ("triplets",), tell=told.append, **SMALL)
    assert one.triplets and one.triplets.agreement
    assert one.triplets.asked.mode == "score"
    assert "valid (" in one.triplets.asked.why
    assert any("scored instead" in line for line in told)
    assert one.triplets.agreement.value == 1


def test_too_few_questions_for_a_space_still_say_how_often_a_model_agrees() -> None:
    one = evaluate(PERFECT, ("triplets",), **SMALL | {"n_triplets": 300})
    assert one.triplets and one.triplets.agreement
    assert one.triplets.r2 is None
    assert "300 questions are too few for a space of 3 dimensions" in one.triplets.reason
    assert one.triplets.verdict == "ceiling"


def test_profiles_differ_in_resamples_only() -> None:
    for name, changed in PROFILES.items():
        assert set(changed) <= {"n_refits", "n_replicates", "n_boot", "n_perm"}, name
    assert resolve("quick").n_triplets == resolve("paper").n_triplets == 35_000


def test_verdicts_follow_their_rules() -> None:
    from humanlike.evaluate.record import Measured

    ceilings = {"chance_low": 0.49, "other": 0.9, "crowd": 0.7}
    assert triplet_verdict(Measured(0.51, 0.45, 0.57, 0.2), ceilings) == "chance"
    assert triplet_verdict(Measured(0.40, 0.35, 0.45, 0.01), ceilings) == "against"
    assert triplet_verdict(Measured(0.60, 0.55, 0.65, 0.01), ceilings) == "between"
    assert triplet_verdict(Measured(0.80, 0.75, 0.85, 0.01), ceilings) == "between"
    assert triplet_verdict(Measured(0.88, 0.85, 0.91, 0.01), ceilings) == "ceiling"
    assert rating_verdict(Measured(0.1, 0.0, 0.2, 0.06), {"raters": 0.7}) == "chance"
    assert rating_verdict(Measured(0.68, 0.66, 0.71, 0.01), {"raters": 0.7}) == "ceiling"
    assert rating_verdict(Measured(0.6, 0.55, 0.65, 0.01), {"raters": 0.7}) == "between"
    assert rating_verdict(Measured(0.9, 0.8, 0.95, 0.01), {}) == "between"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"profile": "quik"}, "Unknown profile 'quik'. Did you mean 'quick'?"),
        ({"tasks": ("triplet",)}, "Unknown test 'triplet'. Did you mean 'triplets'?"),
        ({"tasks": ()}, "Name at least one test"),
        ({"n_boots": 3}, "Unknown parameter of an evaluation 'n_boots'. Did you mean 'n_boot'?"),
        ({"n_boot": 1}, "n_boot must be at least 2; got 1"),
        ({"least_valid": 1.5}, "least_valid is a share"),
        ({"form": "chatt"}, "Unknown form of prompt 'chatt'"),
        ({"mode": "writes"}, "Unknown mode 'writes'"),
        ({"human_space": 50}, "66 or 49 dimensions, not 50"),
        ({"concurrency": 3}, "Unknown option of simulated: 'concurrency'"),
    ],
)
def test_wrong_parameters_are_refused(given: dict[str, object], message: str) -> None:
    with pytest.raises(HumanlikeError, match=message.replace("?", r"\?")):
        evaluate(COINS, **(SMALL | given))  # type: ignore[arg-type]


def test_what_a_model_cannot_do_is_refused_before_anything_is_asked() -> None:
    with pytest.raises(HumanlikeError, match="cannot score answers; use --mode generate"):
        evaluate("encoder:", mode="score", **SMALL)
    with pytest.raises(HumanlikeError, match="Did you mean 'simulated'"):
        evaluate("simulate:", **SMALL)
