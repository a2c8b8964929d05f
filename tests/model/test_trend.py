"""Where a series stands and moves."""

from collections.abc import Callable

import numpy as np
import pytest

from forecaster.domain.forecast import Trend
from forecaster.domain.indicator import Family
from forecaster.domain.period import Frequency
from forecaster.model.family import FloatArray
from forecaster.model.panel import Panel
from forecaster.model.trend import trend_now
from tests.model.series import definition, panel, random

HORIZON = 12
SERIES = 250  # simulated ones of each kind

World = Callable[[np.random.Generator, int], tuple[FloatArray, FloatArray]]
"""Dice and a length → the level, a horizon longer than that, and the values seen."""


def test_a_clear_trend_is_seen_with_its_slope() -> None:
    trend = now(2.0 * np.arange(60) + random(1).normal(size=60))

    assert trend.slope == pytest.approx(2.0, abs=0.1)
    assert trend.level == pytest.approx(118.0, abs=2)
    assert trend.slope_90[0] < trend.slope < trend.slope_90[1]
    assert trend.p_rising > 0.99


def test_it_is_told_on_the_series_own_scale() -> None:
    values = np.exp(0.05 * np.arange(60) + 0.02 * random(2).normal(size=60))

    trend = now(values, Family.POSITIVE)

    assert trend.slope == pytest.approx(0.05 * values[-1], rel=0.2)


def test_a_trend_that_turned_is_not_said_to_go_on() -> None:
    values = np.concatenate([np.arange(80.0), 79 - np.arange(40.0)]) + random(3).normal(size=120)

    assert now(values).p_rising < 0.05


def test_a_slow_trend_is_seen_over_a_long_past() -> None:
    values = 0.05 * np.arange(300) + random(4).normal(size=300)

    assert now(values[-24:]).p_rising < 0.9
    assert now(values).p_rising > 0.95


def test_one_wild_value_turns_nothing() -> None:
    values = -1.0 * np.arange(60) + random(4).normal(size=60)
    values[50] = 500.0

    trend = now(values)

    assert trend.slope == pytest.approx(-1.0, abs=0.1)
    assert trend.level == pytest.approx(-59.0, abs=2)
    assert trend.p_rising < 0.01


@pytest.mark.parametrize("slope", [1.0, -1.0])
def test_an_exact_line_leaves_no_doubt(slope: float) -> None:
    trend = now(50 + slope * np.arange(20.0))

    assert trend.slope == pytest.approx(slope)
    assert trend.p_rising == pytest.approx(0.5 + slope / 2)


def test_a_season_neither_hides_a_trend_nor_is_one() -> None:
    season = 5.0 * np.sin(2 * np.pi * np.arange(75) / 12)
    noise = random(9).normal(size=75)

    rising, still = now(0.2 * np.arange(75) + season + noise), now(season + noise)

    assert rising.slope == pytest.approx(0.2, abs=0.03)
    assert rising.level == pytest.approx(0.2 * 74, abs=1.2)
    assert rising.p_rising > 0.95
    assert 0.2 < still.p_rising < 0.8


def test_a_season_with_gaps_is_taken_out_too() -> None:
    values = 0.2 * np.arange(75) + 5.0 * np.sin(2 * np.pi * np.arange(75) / 12)
    values = values + 0.5 * random(9).normal(size=75)
    values[[5, 6, 30, 51]] = np.nan

    assert now(values).slope == pytest.approx(0.2, abs=0.03)


def test_what_stands_still_does_neither() -> None:
    values = np.concatenate([random(5).normal(size=40), np.full(24, 3.0)])

    assert now(values) == Trend(level=3.0, slope=0.0, slope_90=(0.0, 0.0), p_rising=0.5)


def test_upside_down_it_falls_as_it_rose() -> None:
    values = random(6).normal(size=80).cumsum()

    trend, mirrored = now(values), now(-values)

    assert mirrored.slope == pytest.approx(-trend.slope)
    assert mirrored.slope_90 == pytest.approx((-trend.slope_90[1], -trend.slope_90[0]), rel=1e-4)
    assert mirrored.p_rising == pytest.approx(1 - trend.p_rising)


@pytest.mark.parametrize("unit", [1e-150, 1e90])
def test_the_unit_of_the_series_is_of_no_matter(unit: float) -> None:
    values = random(7).normal(size=80).cumsum()

    trend, scaled = now(values), now(values * unit)

    assert scaled.slope == pytest.approx(trend.slope * unit)
    assert scaled.p_rising == pytest.approx(trend.p_rising)


def test_values_of_every_other_period_have_half_the_slope_a_period() -> None:
    values = 2.0 * np.arange(60) + random(8).normal(size=60)
    sparse = np.full(119, np.nan)
    sparse[::2] = values

    assert now(sparse).slope == pytest.approx(now(values).slope / 2, rel=0.01)


@pytest.mark.parametrize("size", [4, 8, 9, 24, 25, 49])
def test_any_length_has_a_trend(size: int) -> None:
    trend = now(random(size).normal(size=size))

    assert 0 < trend.p_rising < 1
    assert trend.slope_90[0] < 0 < trend.slope_90[1]


def noise(rng: np.random.Generator, n: int) -> tuple[FloatArray, FloatArray]:
    return np.zeros(n + HORIZON), rng.normal(size=n)


def walk(rng: np.random.Generator, n: int) -> tuple[FloatArray, FloatArray]:
    level = rng.normal(size=n + HORIZON).cumsum()
    return level, level[:n]


def walk_in_noise(rng: np.random.Generator, n: int) -> tuple[FloatArray, FloatArray]:
    level = 0.4 * rng.normal(size=n + HORIZON).cumsum()
    return level, level[:n] + rng.normal(size=n)


def mean_reverting(rng: np.random.Generator, n: int) -> tuple[FloatArray, FloatArray]:
    level = rng.normal(size=n + HORIZON)
    level[0] /= np.sqrt(1 - 0.9**2)
    for place in range(1, level.size):
        level[place] += 0.9 * level[place - 1]
    return level, level[:n]


def counts(rng: np.random.Generator, n: int) -> tuple[FloatArray, FloatArray]:
    return np.full(n + HORIZON, 3.0), rng.poisson(3.0, n).astype(float)


def line_in_noise(rng: np.random.Generator, n: int) -> tuple[FloatArray, FloatArray]:
    level = 0.05 * rng.normal() * np.arange(n + HORIZON)
    return level, level[:n] + rng.normal(size=n)


def walk_that_drifts(rng: np.random.Generator, n: int) -> tuple[FloatArray, FloatArray]:
    level = (rng.normal(size=n + HORIZON) + 0.2 * rng.normal()).cumsum()
    return level, level[:n]


def slope_that_wanders(rng: np.random.Generator, n: int) -> tuple[FloatArray, FloatArray]:
    slope = (0.05 * rng.normal(size=n + HORIZON)).cumsum() + 0.1 * rng.normal()
    level = (slope + 0.2 * rng.normal(size=n + HORIZON)).cumsum()
    return level, level[:n] + rng.normal(size=n)


STAYING = (noise, walk, walk_in_noise, mean_reverting, counts)
MOVING = (line_in_noise, walk_that_drifts, slope_that_wanders)


@pytest.mark.parametrize("n", [30, 100, 300])
def test_wandering_is_seldom_taken_for_a_trend(n: int) -> None:
    for world in STAYING:
        said, _ = simulated(world, n)
        assert (np.abs(said - 0.5) > 0.4).mean() <= 0.05, world.__name__


def test_what_is_said_to_rise_does_so_as_often_as_said() -> None:
    every = [simulated(world, n) for world in (*STAYING, *MOVING) for n in (30, 100, 300)]
    said, came = (np.concatenate(column) for column in zip(*every, strict=True))
    sure = np.maximum(said, 1 - said)
    right = np.where(said > 0.5, came, 1 - came)

    for low, high in ((0.5, 0.6), (0.6, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 0.98), (0.98, 1.01)):
        inside = (sure >= low) & (sure < high)
        assert inside.sum() > 100
        assert right[inside].mean() == pytest.approx(sure[inside].mean(), abs=0.08)


@pytest.mark.parametrize("world", [noise, walk, walk_in_noise, mean_reverting, line_in_noise])
def test_the_slope_s_interval_holds_the_move_of_the_level(world: World) -> None:
    held = 0
    for seed in range(SERIES):
        level, values = world(random(seed), 60)
        low, high = now(values).slope_90
        held += low <= (level[-1] - level[59]) / HORIZON <= high

    assert held / SERIES >= 0.8


def simulated(world: World, n: int) -> tuple[FloatArray, FloatArray]:
    """Return what is said of rising, and whether the level did (half: it stayed)."""
    said, came = np.empty(SERIES), np.empty(SERIES)
    family = Family.COUNT if world is counts else Family.REAL
    unknown = np.full(n, np.nan)
    for seed in range(SERIES):
        level, values = world(random(seed), n)
        seen = Panel(Frequency.MONTH, family, 1.0, 0, values, unknown)
        said[seed] = trend_now(seen, HORIZON).p_rising
        came[seed] = 0.5 + 0.5 * np.sign(level[-1] - level[n - 1])
    return said, came


def now(values: FloatArray, family: Family = Family.REAL) -> Trend:
    return trend_now(panel(values, definition(family=family)), HORIZON)
