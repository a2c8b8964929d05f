"""First forecasts: many series in one pass, each as if it were alone."""

import numpy as np
import pandas as pd
import pytest

from forecaster.domain.errors import CannotForecast
from forecaster.model.first import First, first_forecasts
from forecaster.model.result import LEVELS


def monthly(values: np.ndarray, end: str = "2025-06") -> pd.Series:
    return pd.Series(values, index=pd.period_range(end=end, periods=values.size, freq="M"))


def wandering(n: int, seed: int) -> pd.Series:
    rng = np.random.default_rng(seed)
    wave = 3 * np.sin(np.arange(n) * np.pi / 6)
    return monthly(50 + np.cumsum(rng.normal(0, 0.4, n)) + wave + rng.normal(0, 0.5, n))


def quantiles_of(one: First | CannotForecast) -> np.ndarray:
    assert isinstance(one, First)
    return one.quantiles.to_numpy()


def test_a_series_gets_the_same_forecast_in_company_as_alone() -> None:
    series = {name: wandering(n, name) for name, n in enumerate((30, 150, 12, 96))}

    together = first_forecasts(series, 6)

    for name, one in series.items():
        alone = first_forecasts({name: one}, 6)[name]
        np.testing.assert_allclose(quantiles_of(together[name]), quantiles_of(alone), rtol=1e-9)


def test_the_same_input_gives_the_same_bytes_and_stays_as_it_was() -> None:
    series = {"a": wandering(60, 1)}
    before = series["a"].copy()

    one, other = (quantiles_of(first_forecasts(series, 12)["a"]) for _ in range(2))

    assert one.tobytes() == other.tobytes()
    pd.testing.assert_series_equal(series["a"], before)


def test_a_season_and_a_trend_go_on() -> None:
    place = np.arange(96)
    said = first_forecasts({"a": monthly(200 + place + 20 * np.sin(place * np.pi / 6))}, 12)["a"]

    ahead = np.arange(96, 108)
    assert isinstance(said, First)
    wanted = 200 + ahead + 20 * np.sin(ahead * np.pi / 6)
    assert said.quantiles[0.5].to_numpy() == pytest.approx(wanted, rel=0.03)


def test_quantiles_stand_on_the_periods_that_follow_and_are_in_order() -> None:
    said = first_forecasts({"a": wandering(60, 2)}, 3)["a"]

    assert isinstance(said, First)
    assert list(said.quantiles.columns) == list(LEVELS)
    assert [str(one) for one in said.quantiles.index] == ["2025-07", "2025-08", "2025-09"]
    assert (np.diff(said.quantiles.to_numpy(), axis=1) > 0).all()


def test_uncertainty_grows_with_the_distance() -> None:
    said = first_forecasts({"a": wandering(120, 3)}, 8)["a"]

    assert isinstance(said, First)
    assert (np.diff(said.spread) > 0).all()


@pytest.mark.parametrize("family", ["auto", "real", "positive"])
def test_a_gap_is_walked_over(family: str) -> None:
    series = wandering(60, 4)
    series.iloc[[20, 21, 40]] = np.nan

    assert np.isfinite(quantiles_of(first_forecasts({"a": series}, 4, family)["a"])).all()


def test_a_positive_series_with_zeros_is_never_negative() -> None:
    values = np.tile([0.0, 0.0, 250.5, 0.0, 310.25], 12)

    told = quantiles_of(first_forecasts({"a": monthly(values)}, 4)["a"])

    assert told.min() == 0.0
    assert told.max() < 2000


def test_counts_come_back_whole() -> None:
    told = quantiles_of(first_forecasts({"a": monthly(np.tile([0.0, 3.0, 1.0], 15))}, 4)["a"])

    assert (told == np.rint(told)).all()
    assert told.min() >= 0


def test_a_refusal_takes_the_place_of_its_series() -> None:
    series = {"short": wandering(5, 5), "good": wandering(40, 6)}

    said = first_forecasts(series, 4)

    assert list(said) == ["short", "good"]
    assert str(said["short"]) == "5 values are known; 8 are needed"
    assert isinstance(said["good"], First)


def test_a_season_that_is_declared_is_used() -> None:
    days = pd.period_range("2025-01-01", periods=70, freq="D")
    series = pd.Series(10.5 + 5 * (np.arange(70) % 5 == 0), index=days)

    said = first_forecasts({"a": series}, 5, season=5)["a"]

    assert isinstance(said, First)
    assert said.quantiles[0.5].to_numpy() == pytest.approx(
        [15.5, 10.5, 10.5, 10.5, 10.5], rel=0.05
    )
