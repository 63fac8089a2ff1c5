"""Learning curves and forecasts: known observers, same numbers in any order, known surfaces."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from humanlike.analysis import forecast as module
from humanlike.analysis.forecast import Forecast, compare, forecast, grid_cases, n_asked
from humanlike.analysis.learning import PERFECT, Case, ask, gaussian_mind, noisy, simulate
from humanlike.analysis.observers import Observer, first_shares
from humanlike.errors import HumanlikeError
from humanlike.tasks.triplets import design

MIND = gaussian_mind(20, 3, 0)
ALL = design(20, kind="exhaustive").triplets


@pytest.mark.parametrize("agreement", [0.6, 0.75, 0.95])
def test_noise_is_as_strong_as_asked(agreement: float) -> None:
    shares = first_shares(noisy(MIND, agreement), MIND, ALL)
    assert np.maximum(shares, 1 - shares).mean() == pytest.approx(agreement, abs=0.005)


def test_full_agreement_is_no_noise_and_guessing_is_refused() -> None:
    assert noisy(MIND, 1.0) == PERFECT
    for wrong in (0.5, 1.01):
        with pytest.raises(HumanlikeError, match=r"above 0.5 \(guessing\), at most 1"):
            noisy(MIND, wrong)


def test_a_liking_for_the_first_option_adds_to_its_share() -> None:
    judged = first_shares(PERFECT, MIND, ALL)
    biased = first_shares(Observer("b", "b", first=0.3), MIND, ALL)
    np.testing.assert_allclose(biased, 0.3 + 0.7 * judged)
    both = first_shares(Observer("b", "b", first=0.3, lapse=0.5), MIND, ALL)
    np.testing.assert_allclose(both, 0.3 + 0.7 * (0.25 + 0.5 * judged))


def test_answers_follow_the_distances_of_the_space() -> None:
    rows, x = ask(Case(MIND, PERFECT, 500, 3)), MIND.human
    near, far = (np.linalg.norm(x[rows[:, 0]] - x[rows[:, k]], axis=1) for k in (1, 2))
    assert (near < far).all()


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    rough = noisy(MIND, 0.8)
    made = [Case(MIND, PERFECT, 2500, 3, "ste", 1), Case(MIND, rough, 2500, 3, "ste", 1)]
    return [*made, replace(made[0], n_triplets=150, labels=(("why", "few"),)),
            replace(made[0], loss="crowd_kernel")]  # fmt: skip


def test_a_known_space_is_recovered_from_enough_answers(cases: list[Case]) -> None:
    clean, rough, few, _ = simulate(cases, n_jobs=1).to_dict("records")
    assert clean["r2"] > 0.98 and clean["fresh"] > 0.95
    assert few["r2"] < rough["r2"] < clean["r2"]
    assert clean["agreement"] == 1 and rough["agreement"] == pytest.approx(0.8, abs=0.03)
    assert few["why"] == "few"


def test_the_numbers_depend_neither_on_order_nor_on_threads(cases: list[Case]) -> None:
    one = simulate(cases, n_jobs=1)
    other = simulate(cases[::-1], n_jobs=3)[::-1].reset_index(drop=True)
    pd.testing.assert_frame_equal(one.drop(columns="why"), other[one.columns].drop(columns="why"))


# forecasts


def surface(d: np.ndarray, level: np.ndarray, factor: np.ndarray) -> np.ndarray:
    """Linear in each of the coordinates in which forecasts interpolate."""
    return 0.1 * np.log(d) * level + 0.05 * np.log(factor) * level


@pytest.fixture
def grid() -> Forecast:
    factors, levels = np.array([0.5, 1.0, 4.0]), np.array([0.7, 1.0])
    points = np.meshgrid(np.array(module.DIMS, float), levels, factors, indexing="ij")
    return Forecast(factors, levels, {"ste": {"r2": surface(*points)}})


def test_forecasts_are_exact_on_a_surface_of_their_kind(grid: Forecast) -> None:
    for d, level, factor in [(5, 0.7, 0.5), (7, 0.85, 2.2), (30, 1.0, 4.0)]:
        expected = surface(np.array(d), np.array(level), np.array(factor))
        assert grid.predict("ste", d, factor, level)["r2"] == pytest.approx(float(expected))


@pytest.mark.parametrize(
    ("point", "message"),
    [
        (("soe", 5, 1, 0.8), "Unknown loss 'soe'"),
        (("ste", 4, 1, 0.8), r"5 to 30 \(dimensions\), not 4"),
        (("ste", 5, 9, 0.8), r"0.5 to 4 \(times n d log2\(n\)\), not 9"),
        (("ste", 5, 1, 0.6), r"0.7 to 1 \(agreement\), not 0.6"),
    ],
)
def test_there_is_no_forecast_outside_what_was_simulated(
    grid: Forecast, point: tuple[str, float, float, float], message: str
) -> None:
    with pytest.raises(HumanlikeError, match=message):
        grid.predict(*point)


def test_the_number_needed_reaches_its_target_and_not_much_less_does(grid: Forecast) -> None:
    target = grid.predict("ste", 10, 2.0, 0.9)["r2"]
    found = grid.needed("ste", 10, 0.9, target)
    assert found is not None and found == pytest.approx(2.0, rel=0.02)
    assert grid.needed("ste", 10, 0.9, 0.99) is None
    assert grid.written(None, 100) == "not reached"
    assert grid.written(0.5, 24_680) == "≤ 12,000" and grid.written(2.0, 24_680) == "49,000"


def test_more_triplets_than_exist_are_refused() -> None:
    with pytest.raises(HumanlikeError, match="64 items make 124,992 triplets"):
        n_asked(64, 30, 20)


def test_a_fresh_study_lies_where_the_curve_predicts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spaces, questions and answers are new; the interval is that of the simulated studies."""
    monkeypatch.setattr(module, "N_ITEMS", 24)
    monkeypatch.setattr(module, "DIMS", (2, 4))
    settings = ([1.0, 4.0], [0.8, 1.0], ["ste"])
    known = simulate(grid_cases(*settings, 12, 0))
    new = simulate(grid_cases(*settings, 3, 7))
    table = compare(forecast(known), new)
    spread = known.groupby(["n_dims", "level", "factor"])["r2"].std().mean()
    assert abs(table["error"].mean()) < 3 * spread / np.sqrt(len(table))
    assert (table["error"].abs() < 4 * spread).mean() > 0.85
