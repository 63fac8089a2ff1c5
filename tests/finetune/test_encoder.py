"""Teaching encoders: a planted rule is learned, shuffled ratings are not, nothing is done twice."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from finetune.tiny import DIMENSIONS, WORDS, make_encoder, planted, run_script
from humanlike.errors import HumanlikeError
from humanlike.finetune import lessons
from humanlike.finetune.encoder import PENALTIES, Lesson, Recipe, teach
from humanlike.finetune.lessons import key, teach_all
from humanlike.models.encoder import Encoder

RATINGS = planted()
ORDER = np.random.default_rng(1).permutation(len(WORDS))
TRAIN, HELD = ORDER[:48], ORDER[48:]
RECIPE = Recipe(epochs=40, learning_rate=2e-3, batch=16)


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    return Encoder(make_encoder(tmp_path_factory.mktemp("encoder")), "tiny")


def lesson(recipe: Recipe | None = RECIPE, trained: tuple[int, ...] = (0, 1, 2)) -> Lesson:
    return Lesson(
        tuple(WORDS[n].upper() for n in TRAIN),
        RATINGS[TRAIN][:, list(trained)],
        tuple(DIMENSIONS[n] for n in trained),
        tuple(WORDS[n] for n in HELD),
        DIMENSIONS,
        recipe,
    )


def agreement(predicted: np.ndarray) -> float:
    pairs = zip(predicted.T, RATINGS[HELD].T, strict=True)
    return float(np.mean([np.corrcoef(one, two)[0, 1] for one, two in pairs]))


def test_training_learns_the_planted_rule_and_nothing_from_shuffled_ratings(
    encoder: Encoder,
) -> None:
    assert agreement(teach(lesson(), encoder)) > 0.95
    assert abs(agreement(teach(lesson().shuffled(1), encoder))) < 0.5


def test_the_read_out_is_the_closed_form_with_the_best_penalty(encoder: Encoder) -> None:
    """Against normal equations, and against refitting without each word in turn."""
    x = encoder.embed([WORDS[n] for n in TRAIN]).astype(float)
    new = encoder.embed([WORDS[n] for n in HELD]).astype(float)
    y = RATINGS[TRAIN]
    scale = np.sqrt(x.var(axis=0).mean())

    def fit(rows: np.ndarray, at: np.ndarray, penalty: float) -> np.ndarray:
        centre = x[rows].mean(axis=0)
        z = (x[rows] - centre) / scale
        gram = z.T @ z + penalty * np.eye(x.shape[1])
        weights = np.linalg.solve(gram, z.T @ (y[rows] - y[rows].mean(axis=0)))
        return y[rows].mean(axis=0) + (at - centre) / scale @ weights

    everyone = np.arange(len(x))
    errors = []
    for penalty in PENALTIES:
        left_out = [fit(np.delete(everyone, n), x[n : n + 1], penalty)[0] - y[n] for n in everyone]
        errors.append(np.sum(np.square(left_out)))
    expected = fit(everyone, new, PENALTIES[int(np.argmin(errors))])
    found = teach(lesson(None), encoder)
    np.testing.assert_allclose(found, expected.clip(0, 5), atol=1e-6)


def test_a_read_out_mixes_the_trained_dimensions_for_one_it_never_saw(encoder: Encoder) -> None:
    found = teach(lesson(None, trained=(0, 1)), encoder)
    e = encoder.embed(DIMENSIONS).astype(float)
    weights = np.linalg.inv(e[:2] @ e[:2].T + np.eye(2)) @ e[:2] @ e[2]
    expected = found[:, :2] @ (weights / weights.sum())
    np.testing.assert_allclose(found[:, 2], expected.clip(0, 5), atol=1e-6)


def test_training_on_some_dimensions_answers_on_others(encoder: Encoder) -> None:
    found = teach(lesson(replace(RECIPE, epochs=2), trained=(0, 1)), encoder)
    assert found.shape == (len(HELD), 3)
    assert np.isfinite(found).all()
    assert ((found >= 0) & (found <= 5)).all()


def test_the_encoder_itself_stays_as_it_is(encoder: Encoder) -> None:
    before = encoder.embed(["ba pa", "seeing"]).copy()
    encoder._known.clear()
    teach(lesson(replace(RECIPE, epochs=1)), encoder)
    np.testing.assert_allclose(encoder.embed(["ba pa", "seeing"]), before, atol=1e-6)


def test_the_seed_decides_alone(encoder: Encoder) -> None:
    short = replace(RECIPE, epochs=2, steps=0)
    one, two = (teach(lesson(short), encoder) for _ in range(2))
    np.testing.assert_array_equal(one, two)
    other = teach(lesson(replace(short, seed=1)), encoder)
    assert np.abs(other - one).max() > 1e-6


def test_few_words_are_passed_through_more_often() -> None:
    from humanlike.finetune.encoder import _batches

    batches = _batches(10, Recipe(epochs=1, steps=7, batch=4))
    assert len(batches) == 9
    for start in range(0, 9, 3):
        assert sorted(n for part in batches[start : start + 3] for n in part) == list(range(10))
    assert max(map(len, batches)) <= 4


def test_processes_give_what_this_process_gives_and_nothing_is_taught_twice(
    encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    short = replace(RECIPE, epochs=2, steps=0)
    asked = {"tuned": lesson(short), "read": lesson(None)}
    lines: list[str] = []
    found = teach_all(asked, encoder, workers=1, folder=tmp_path, tell=lines.append)
    assert list(found) == list(asked)
    assert len(lines) == 2
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    np.testing.assert_array_equal(found["tuned"], teach(asked["tuned"], encoder))
    torch.set_num_threads(before)
    monkeypatch.setattr(lessons, "_side_by_side", lambda todo, *_: iter([(n, None) for n in todo]))
    again = teach_all({"tuned": asked["tuned"]}, encoder, folder=tmp_path)
    np.testing.assert_array_equal(again["tuned"], found["tuned"])


def test_what_was_done_before_a_failure_is_kept(
    encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {str(n): lesson(None, trained=(n,)) for n in range(3)}
    taught: list[Lesson] = []

    def fail_at_third(one: Lesson, of: Encoder) -> np.ndarray:
        taught.append(one)
        if len(taught) == 3:
            raise KeyboardInterrupt
        return teach(one, of)

    monkeypatch.setattr(lessons, "teach", fail_at_third)
    with pytest.raises(KeyboardInterrupt):
        teach_all(asked, encoder, folder=tmp_path)
    found = teach_all(asked, encoder, folder=tmp_path)
    assert len(taught) == 4
    assert len(found) == 3


def test_a_damaged_outcome_is_taught_again(encoder: Encoder, tmp_path: Path) -> None:
    asked = {"read": lesson(None)}
    found = teach_all(asked, encoder, folder=tmp_path)
    file = tmp_path / f"{key(asked['read'], encoder)}.npy"
    for damage in (b"", file.read_bytes()[:-9], b"nonsense"):
        file.write_bytes(damage)
        again = teach_all(asked, encoder, folder=tmp_path)
        np.testing.assert_array_equal(again["read"], found["read"])


def test_whatever_changes_the_outcome_changes_the_key(encoder: Encoder, tmp_path: Path) -> None:
    base = lesson()
    shorter = replace(base, words=base.words[:9], ratings=base.ratings[:9])
    variants = [
        base,
        base.shuffled(0),
        shorter,
        replace(base, recipe=None),
        replace(base, recipe=replace(RECIPE, seed=3)),
        replace(base, asked_words=base.asked_words[:2]),
        replace(base, asked_dimensions=DIMENSIONS[:1]),
        replace(base, dimensions=DIMENSIONS[::-1]),
    ]
    keys = [key(variant, encoder) for variant in variants]
    other = Encoder(make_encoder(tmp_path, seed=1), "tiny")
    assert len({*keys, key(base, other)}) == len(variants) + 1
    assert key(lesson(), encoder) == keys[0]


def test_a_loss_that_is_no_number_is_one_message(encoder: Encoder) -> None:
    hopeless = lesson(replace(RECIPE, learning_rate=1e30))
    with pytest.raises(HumanlikeError, match=r"loss became (nan|inf) at step \d+ .* lower"):
        teach(hopeless, encoder)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Recipe(epochs=0), "at least one epoch"),
        (lambda: Recipe(learning_rate=0), "above 0"),
        (lambda: replace(lesson(), words=("a",)), "1 words"),
        (lambda: replace(lesson(), ratings=RATINGS[TRAIN] * np.nan), "without gaps"),
        (
            lambda: Lesson(("a", "b"), np.ones((2, 1)), ("x",), ("c",), ("x",)),
            "at least 4 words; got 2",
        ),
    ],
)
def test_impossible_lessons_are_refused(make, message: str) -> None:
    with pytest.raises(HumanlikeError, match=message):
        make()


SCRIPT = """
import sys
from pathlib import Path
from finetune.test_encoder import three
from humanlike.finetune.lessons import teach_all
from humanlike.models.encoder import Encoder
if __name__ == "__main__":
    folder = Path(sys.argv[1])
    teach_all(three(), Encoder(folder / "encoder", "tiny"), workers=1, folder=folder / "kept")
"""


def three() -> dict[str, Lesson]:
    return {str(n): lesson(replace(RECIPE, epochs=8, seed=n)) for n in range(3)}


@pytest.mark.slow
def test_killed_and_started_again_it_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder, kept = Encoder(make_encoder(tmp_path / "encoder"), "tiny"), tmp_path / "kept"
    process = run_script(SCRIPT, tmp_path)
    while not list(kept.glob("*.npy")) and process.poll() is None:
        time.sleep(0.005)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    before = {file.name: file.stat().st_mtime_ns for file in kept.glob("*.npy")}
    assert 1 <= len(before) < 3
    monkeypatch.setattr(
        lessons, "_side_by_side", lambda todo, of, _: ((n, teach(todo[n], of)) for n in todo)
    )
    found = teach_all(three(), encoder, folder=kept)
    assert len(list(kept.glob("*.npy"))) == 3
    assert {n: (kept / n).stat().st_mtime_ns for n in before} == before, "not taught again"
    for name, one in three().items():
        np.testing.assert_allclose(found[name], teach(one, encoder), atol=1e-4)
