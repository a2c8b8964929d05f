"""First forecasts of many series at once: as smoothing says alone, whoever keeps company."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest

from forecaster.domain.errors import CannotForecast
from forecaster.model import forecast_many, linear
from forecaster.model.methods.smoothing import Smoothed, Smoothing, run
from forecaster.model.recursion import free_of, grid, start_of, window_of
from forecaster.model.result import LEVELS, Forecast
from forecaster.model.sweep import sweep
from tests.model.series import random

NAN = float("nan")
STEPS = 14


def monthly(values: np.ndarray | list[float]) -> pd.Series:
    return pd.Series(values, index=pd.period_range("2001-01", periods=len(values), freq="M"))


def wave(n: int, seed: int = 1) -> np.ndarray:
    """Return a positive series with a season and a wandering level."""
    level = 100 + random(seed).normal(size=n).cumsum()
    return level + 8 * np.sin(np.arange(n) * np.pi / 6)


def gapped(n: int, *places: int) -> np.ndarray:
    values = wave(n)
    values[list(places)] = NAN
    return values


def quick(values: np.ndarray | list[float], **told: object) -> Forecast:
    (said,) = forecast_many({"y": monthly(values)}, STEPS, quick=True, **told).values()
    assert isinstance(said, Forecast)
    return said


CROWD = {
    "long": wave(150, seed=2),
    "ragged": wave(71, seed=3),
    "gaps in the first window": gapped(90, 3, 4, 17),
    "gaps later": gapped(90, 40, 41, 88),
    "too short for its season": wave(20, seed=4),
    "ten": wave(10, seed=5),
    "below zero": wave(60) - 100,
}


@pytest.mark.parametrize("name", CROWD)
def test_a_series_in_a_crowd_is_fitted_as_smoothing_fits_it_alone(name: str) -> None:
    said = forecast_many({key: monthly(one) for key, one in CROWD.items()}, STEPS, quick=True)
    one = said[name]
    assert isinstance(one, Forecast)
    values = one.panel.moved
    lanes = grid(seasonal=values.size >= window_of(12), coarse=True)
    first = start_of(values[:10], 1)
    season = start_of(values[: window_of(12)], 12) if values.size >= window_of(12) else None
    errors, _ = run(values, lanes, (first, season), 12, np.array([], dtype=np.intp))
    free, squares = free_of(lanes, 12), np.square(errors).sum(axis=0)
    best, aicc = linear.best(squares, int(np.isfinite(values).sum()), free)

    kept = Smoothed.model_validate(one.fitted.parameters["smoothing"])
    assert np.allclose(kept.lanes, lanes[best])
    assert np.allclose(kept.shares, linear.shared(aicc[best]))
    assert kept.plain.level == pytest.approx(first.level)
    assert (kept.seasonal is None) == (season is None)


@pytest.mark.parametrize("name", CROWD)
def test_the_moments_are_those_of_smoothings_own_outlook(name: str) -> None:
    one = quick(CROWD[name])
    outlook = Smoothing().outlook(
        one.panel, [one.fitted.parameters["smoothing"]], one.panel.whole_length, STEPS
    )
    shares = outlook.shares[0][:, None]
    widths = outlook.spreads[0][:, None] ** 2 * np.cumsum(outlook.responses[0] ** 2, axis=1)
    means = (shares * outlook.means[0]).sum(axis=0)
    apart = np.square(outlook.means[0] - means)

    lanes = grid(seasonal=one.panel.moved.size >= window_of(12), coarse=True)
    found = sweep([one.panel.moved], lanes, 12, STEPS)
    assert np.allclose(found.means[0], means)
    assert np.allclose(found.deviations[0] ** 2, (shares * (widths + apart)).sum(axis=0))


def test_what_is_said_of_a_series_does_not_depend_on_its_company() -> None:
    together = forecast_many({key: monthly(one) for key, one in CROWD.items()}, STEPS, quick=True)
    for name, values in CROWD.items():
        said = together[name]
        assert isinstance(said, Forecast)
        pd.testing.assert_frame_equal(said.to_frame(), quick(values).to_frame(), check_exact=True)


def test_series_keep_their_order_and_a_refusal_takes_the_place_of_one() -> None:
    said = forecast_many(
        {
            "few": monthly([1.5, 2.0, 1.0]),
            "good": monthly(wave(60)),
            "still": monthly([5.5] * 30),
            "none": monthly([NAN] * 20),
        },
        STEPS,
        quick=True,
    )
    assert list(said) == ["few", "good", "still", "none"]
    reasons = [str(one) for one in said.values() if isinstance(one, CannotForecast)]
    assert reasons == [
        "3 values are known; 8 are needed",
        "all 30 values are 5.5: nothing shows their spread",
        "no value is known",
    ]


def test_a_first_forecast_says_that_it_is_one() -> None:
    said = quick(wave(60))
    assert said.method == "smoothing"
    assert said.skill is None
    assert "first forecast" in said.warnings[-1]


@pytest.mark.parametrize(
    ("values", "family"),
    [
        (wave(100), "auto"),
        (wave(100) - 100, "real"),
        (np.clip(wave(100) / 200, 0, 1), "share"),
        (random(6).poisson(30, size=100).astype(float), "count"),
    ],
)
def test_paths_drawn_later_show_the_quantiles_that_were_told(
    values: np.ndarray, family: str
) -> None:
    said = quick(values, family=family)
    drawn = np.quantile(said.paths, [0.1, 0.5, 0.9], axis=0).T
    width = (said.quantiles[0.9] - said.quantiles[0.1]).to_numpy()
    apart = np.abs(drawn - said.quantiles[[0.1, 0.5, 0.9]].to_numpy()) / width[:, None]
    assert apart.max() < 0.12  # of paths, and of normal distributions for their mixture
    assert np.abs(said.paths.mean(axis=0) - said.mean).max() < 0.1 * width.max()
    assert said.probability(above=float(said.quantiles[0.5].iloc[0])) > 0.4


def test_counts_are_forecast_in_whole_numbers() -> None:
    told = quick(random(7).poisson(4, size=80).astype(float)).quantiles.to_numpy()
    assert (told == np.rint(told)).all()
    assert (told >= 0).all()


@pytest.mark.parametrize(
    "values",
    [[0.0] * 30, [0.0, 1.0, 1.0] * 10, [1.5, 2.0, 1.0, 4.0, 3.0, 2.5, 4.5, 3.5]],
    ids=["counts that never moved", "binary", "eight values"],
)
def test_what_smoothing_cannot_serve_is_given_climatology(values: list[float]) -> None:
    said = quick(values)
    assert said.method == "climatology"
    assert said.quantiles.shape == (STEPS, len(LEVELS))


def test_quantiles_stay_within_reach_of_what_was_seen() -> None:
    said = quick(np.exp(np.arange(30) * 0.9), family="positive").quantiles
    log = np.arange(30) * 0.9
    assert np.log(said.to_numpy().max()) <= log[-1] + 2 * np.ptp(log) + 1e-9


def test_a_first_forecast_is_updated_with_what_it_learnt() -> None:
    values = wave(120)
    before = quick(values[:-1])
    after = before.update(float(values[-1]))
    assert after.fitted is before.fitted
    assert after.index[0] == before.index[1]
    anew = quick(values)
    apart = np.abs(after.quantiles[0.5] - anew.quantiles[0.5])
    assert (apart < 0.2 * (anew.quantiles[0.9] - anew.quantiles[0.1])).all()


def test_the_first_zero_does_not_make_a_first_forecast_certain() -> None:
    before = quick(1000 * np.exp(0.2 * random(1).normal(size=60)), season=1)

    after = before.update(0.0)

    wide, now = (
        np.log(one.quantiles[0.9] / one.quantiles[0.1]).to_numpy() for one in (before, after)
    )
    assert (now > 0.8 * wide).all()


def test_a_series_that_shows_no_season_is_forecast_without_one() -> None:
    said = quick(wave(60), season=1)
    kept = Smoothed.model_validate(said.fitted.parameters["smoothing"])
    assert kept.seasonal is None


def test_a_pool_answers_as_one_process_does() -> None:
    series = {number: monthly(wave(40, seed=number)) for number in range(3)}
    with ThreadPoolExecutor(1) as pool:
        shared = forecast_many(series, STEPS, quick=True, executor=pool)
    alone = forecast_many(series, STEPS, quick=True)
    for key, one in alone.items():
        other = shared[key]
        assert isinstance(one, Forecast)
        assert isinstance(other, Forecast)
        pd.testing.assert_frame_equal(one.quantiles, other.quantiles, check_exact=True)


def test_options_of_a_judged_forecast_are_refused() -> None:
    with pytest.raises(TypeError, match="methods"):
        forecast_many({"y": monthly(wave(60))}, STEPS, quick=True, methods=("naive",))
    with pytest.raises(ValueError, match="a horizon is at least 1"):
        forecast_many({"y": monthly(wave(60))}, 0, quick=True)
