"""Where a series stands and moves."""

import numpy as np
import pytest

from forecaster.domain.forecast import Trend
from forecaster.domain.indicator import Family
from forecaster.model.family import FloatArray
from forecaster.model.methods.local_trend import LocalTrend
from forecaster.model.trend import trend_now
from tests.model.series import definition, panel, random


def test_the_state_of_the_local_trend_says_where_the_series_moves() -> None:
    trend = now(2.0 * np.arange(60) + random(1).normal(size=60), Family.REAL, with_state=True)

    assert trend.slope == pytest.approx(2.0, abs=0.3)
    assert trend.level == pytest.approx(118.0, abs=3)
    assert trend.slope_90[0] < trend.slope < trend.slope_90[1]
    assert trend.p_rising > 0.95


def test_the_state_is_told_on_the_series_own_scale() -> None:
    values = np.exp(0.05 * np.arange(60) + 0.02 * random(2).normal(size=60))

    trend = now(values, Family.POSITIVE, with_state=True)

    assert trend.slope == pytest.approx(0.05 * values[-1], rel=0.3)


@pytest.mark.parametrize("with_state", [True, False])
def test_noise_rises_as_likely_as_it_falls(*, with_state: bool) -> None:
    trend = now(random(3).normal(size=80), Family.REAL, with_state=with_state)

    assert 0.05 < trend.p_rising < 0.95
    assert trend.slope_90[0] < 0 < trend.slope_90[1]


def test_without_a_state_a_robust_line_is_drawn() -> None:
    values = -1.0 * np.arange(60) + random(4).normal(size=60)
    values[50] = 500.0

    trend = now(values, Family.REAL, with_state=False)

    assert trend.slope == pytest.approx(-1.0, abs=0.3)
    assert trend.level == pytest.approx(-59.0, abs=2)
    assert trend.p_rising < 0.01


@pytest.mark.parametrize("memory", [0.0, 0.6])
def test_the_line_s_interval_holds_the_slope_as_promised(memory: float) -> None:
    held = 0
    for seed in range(100):
        noise = random(seed).normal(size=40)
        for place in range(1, 40):
            noise[place] += memory * noise[place - 1]
        low, high = now(noise, Family.REAL, with_state=False).slope_90
        held += low <= 0 <= high

    assert 75 <= held <= 99


@pytest.mark.parametrize(("slope", "p"), [(0.0, 0.5), (1.0, 1.0), (-1.0, 0.0)])
def test_an_exact_line_leaves_no_doubt(slope: float, p: float) -> None:
    trend = now(50 + slope * np.arange(20.0), Family.COUNT, with_state=False)

    assert trend.slope == slope
    assert trend.p_rising == p


def now(values: FloatArray, family: Family, *, with_state: bool) -> Trend:
    seen = panel(values, definition(family=family))
    learnt = {"local_trend": LocalTrend().fit(seen).parameters} if with_state else {}
    return trend_now(seen, learnt, 12)
