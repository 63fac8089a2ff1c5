"""The calculator of triplets in a real browser: the package's own numbers, honest about limits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from humanlike.analysis.forecast import DIMS, HELD_OUT, Forecast
from humanlike.analysis.triplet_rules import scale
from humanlike.plots.triplets import calculator

pytestmark = pytest.mark.browser
RISING = np.sort(np.random.default_rng(0).random((len(DIMS), 3, 4)), axis=2).round(3)
GRID = Forecast(
    np.array([0.5, 1, 2, 8]), np.array([0.7, 0.9, 1.0]),
    {"ste": {"r2": RISING, "fresh": 0.5 + RISING / 2}},
)  # fmt: skip


@pytest.fixture
def page(show_widget: Any) -> Any:
    start = {"items": 64, "dims": 12, "triplets": 9000, "agreement": 83}
    return show_widget(calculator(GRID, {"ste": 0.05}, start, "<p>-</p>"), "calculator")


def put(page: Any, label: str, value: float) -> None:
    page.locator(f"input[aria-label='{label}']").fill(str(value))


def cells(page: Any) -> list[str]:
    return list(page.locator(".hl-calculator-table tbody td").all_inner_texts())


def status(page: Any) -> str:
    return str(page.locator("output").inner_text())


@pytest.mark.parametrize(
    "dims,agreement,triplets", [(12, 83, 9000), (30, 100, 20000), (5, 70, 2000)]
)
def test_it_gives_the_forecast_of_the_package(
    page: Any, dims: int, agreement: int, triplets: int
) -> None:
    put(page, "Dimensions", dims)
    put(page, "Agreement, %", agreement)
    put(page, "Triplets asked", triplets)
    factor = triplets * (1 - HELD_OUT) / scale(64, dims)
    expected = GRID.predict("ste", dims, factor, agreement / 100)
    needed = GRID.needed("ste", dims, agreement / 100, 0.5)
    put(page, "Target R²", 0.5)
    assert cells(page) == [
        f"{expected['r2']:.2f} ± 0.05", f"{100 * expected['fresh']:.0f} %",
        GRID.written(needed, scale(64, dims) / (1 - HELD_OUT)),
    ]  # fmt: skip
    assert f"{factor:.2f} times n d log₂ n" in status(page)


@pytest.mark.parametrize(
    ("label", "value", "said"),
    [
        ("Items", 200, "items from 48 to 128"),
        ("Dimensions", 40, "dimensions from 5 to 30"),
        ("Agreement, %", 60, "agreement from 70 to 100 %"),
        ("Triplets asked", 500, "2,880 to 46,080 triplets for this design"),
        ("Triplets asked", 999999, "at most 124,992 triplets, which is all there are"),
    ],
)
def test_outside_the_simulated_range_it_gives_no_number(
    page: Any, label: str, value: float, said: str
) -> None:
    put(page, label, value)
    assert said in status(page) and status(page).startswith("No forecast")
    assert cells(page) == []


def test_a_target_out_of_reach_is_said_and_the_page_fits_a_telephone(page: Any) -> None:
    put(page, "Target R²", 0.9999)
    assert cells(page)[-1] == "not reached"
    assert page.locator(".hl-still").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def curve(page: Any) -> list[tuple[float, float]]:
    points = page.locator(".hl-calculator-svg polyline").get_attribute("points")
    return [tuple(map(float, point.split(","))) for point in points.split()]


def test_the_learning_curve_passes_through_the_forecast(page: Any) -> None:
    put(page, "Target R²", 0.5)
    across, down = (
        page.locator(".hl-calculator-mark")
        .nth(n)
        .evaluate("l => [l.x1, l.y1].map(v => v.baseVal.value)")
        for n in (1, 0)
    )
    grid = page.locator(".hl-calculator-grid").evaluate_all(
        "all => all.map(l => l.y1.baseVal.value)"
    )
    at = np.interp(across[0], *zip(*curve(page), strict=True))
    shown = (grid[0] - at) / (grid[0] - grid[-1])
    assert shown == pytest.approx(float(cells(page)[0].split()[0]), abs=0.02)
    assert down[1] == pytest.approx((grid[0] + grid[-1]) / 2)


def test_no_curve_is_drawn_for_a_design_outside_the_range(page: Any) -> None:
    put(page, "Items", 200)
    assert page.locator(".hl-calculator-svg polyline").count() == 0
    assert page.locator(".hl-calculator-svg").get_attribute("aria-label").startswith("No learning")
