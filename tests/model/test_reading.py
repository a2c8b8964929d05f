"""How the periods of an index are numbered."""

import numpy as np
import pandas as pd
import pytest

from forecaster.domain.errors import CannotForecast
from forecaster.domain.indicator import Family
from forecaster.model import forecast, forecast_many
from forecaster.model.reading import read
from forecaster.model.result import Forecast
from tests.model.series import random


@pytest.mark.parametrize("freq", ["D", "W-SUN", "W-WED", "M", "Q", "Y", "2D", "h"])
def test_periods_have_the_numbers_that_their_first_days_have(freq: str) -> None:
    index = pd.period_range("2001-01-01", periods=20, freq=freq).delete([3, 4])
    y = pd.Series(np.arange(18.0), index=index)
    stamped = y.set_axis(index.to_timestamp())
    mine, other = read(y, family=Family.REAL), read(stamped, family=Family.REAL)
    assert mine.history.frequency is other.history.frequency
    assert mine.history.ordinals.tolist() == other.history.ordinals.tolist()


@pytest.mark.parametrize("freq", ["h", "2D", "D", "W-SUN", "MS", "QE"])
def test_later_values_follow_those_of_a_series_that_began_with_gaps(freq: str) -> None:
    index = pd.date_range("2001-01-01", periods=40, freq=freq)
    y = pd.Series(np.arange(40.0), index=index).where(np.arange(40) >= 9)

    later = read(y[:30], family=Family.REAL).extended(y[30:])

    whole = read(y, family=Family.REAL)
    assert np.diff(later.history.ordinals).tolist() == [1] * 30
    np.testing.assert_array_equal(later.history.at(np.inf).values, whole.history.at(np.inf).values)


@pytest.mark.parametrize(
    ("values", "reason"),
    [([-1.0], "-1 is not a value"), ([2.5], "2.5 is not a value"), ([np.inf], "infinite")],
)
def test_a_later_value_that_no_count_can_have_is_refused(values: list[float], reason: str) -> None:
    y = pd.Series(np.arange(20.0), index=pd.date_range("2001-01-01", periods=20, freq="MS"))
    new = pd.Series(values, index=pd.date_range("2002-09-01", periods=1, freq="MS"))

    with pytest.raises(CannotForecast, match=reason):
        read(y, family=Family.COUNT).extended(new)


def test_later_values_are_put_in_order() -> None:
    y = pd.Series(np.arange(25.0), index=pd.date_range("2001-01-01", periods=25, freq="MS"))

    later = read(y[:20], family=Family.REAL).extended(y[20:][::-1])

    assert later.past.tolist() == y.tolist()


@pytest.mark.parametrize(
    ("index", "error", "reason"),
    [
        (pd.RangeIndex(2), TypeError, "a DatetimeIndex or PeriodIndex"),
        (pd.period_range("2002-09", periods=2, freq="M"), TypeError, "stand on"),
        (pd.date_range("2002-09-01", periods=2, freq="MS", tz="UTC"), TypeError, "stand on"),
        (pd.date_range("2002-08-01", periods=2, freq="MS"), ValueError, "begin after"),
    ],
)
def test_later_values_on_another_index_or_not_later_are_refused(
    index: pd.Index, error: type[Exception], reason: str
) -> None:
    y = pd.Series(np.arange(20.0), index=pd.date_range("2001-01-01", periods=20, freq="MS"))

    with pytest.raises(error, match=reason):
        read(y, family=Family.REAL).extended(pd.Series([1.0, 2.0], index=index))


def test_what_is_no_number_is_refused_by_name() -> None:
    index = pd.date_range("2001-01-01", periods=20, freq="MS")

    with pytest.raises(TypeError, match="numbers are needed, not complex128"):
        read(pd.Series(np.arange(20) + 1j, index=index))
    with pytest.raises(TypeError, match="numbers are needed, not datetime64"):
        read(pd.Series(index, index=index))
    with pytest.raises(CannotForecast, match="NaT"):
        read(pd.Series(np.arange(20.0), index=[*index[:-1], pd.NaT]))
    with pytest.raises(ValueError, match="a season is a whole number of periods, not -3"):
        read(pd.Series(np.arange(20.0), index=index), season=-3)


def test_a_series_with_rows_left_out_and_a_break_is_drawn() -> None:
    values = random(1).normal(size=120) + np.where(np.arange(120) < 60, 0.0, 50.0)
    y = pd.Series(values, index=pd.date_range("2001-01-01", periods=120, freq="MS"))
    y = y.drop(y.index[[3, 70, 100]])

    said = forecast(y, 4)

    assert said.panel.places.size < y.size
    pd.testing.assert_series_equal(said.reading.past, y, check_freq=False)
    assert said.plot().to_dict()["layer"]


@pytest.mark.parametrize("tiny", [1e-320, 1e-300, 1e-160])
def test_tiny_values_are_forecast(tiny: float) -> None:
    index = pd.date_range("2001-01-01", periods=60, freq="MS")

    said = forecast(pd.Series(tiny * np.arange(1, 61), index=index), 4)

    assert np.isfinite(said.quantiles.to_numpy()).all()


def test_values_of_every_magnitude_are_forecast() -> None:
    mixed = np.where(random(1).random(60) < 0.5, 1e-200, 1e50)

    said = forecast(pd.Series(mixed, index=pd.date_range("2001-01-01", periods=60, freq="MS")), 12)

    assert np.isfinite(said.quantiles.to_numpy()).all()


@pytest.mark.parametrize("freq", ["B", None])
def test_workdays_follow_one_another(freq: str | None) -> None:
    days = pd.date_range("2001-01-01", periods=43, freq="B").delete([20])
    index = pd.date_range("2001-01-01", periods=42, freq="B") if freq else days
    y = pd.Series(np.arange(42.0), index=index)

    whole, later = read(y), read(y[:30]).extended(y[30:])

    gaps = [] if freq else [20]
    assert np.flatnonzero(np.isnan(whole.history.at(np.inf).values)).tolist() == gaps
    assert later.history.ordinals.tolist() == whole.history.ordinals.tolist()
    assert whole.history.cycle == 5
    assert (whole.ahead(9).day_of_week < 5).all()


def test_days_of_a_zone_begin_at_its_midnights() -> None:
    days = pd.date_range("2023-01-01", "2023-03-20", tz="Europe/Berlin")
    index = pd.DatetimeIndex(list(days))

    said = read(pd.Series(np.arange(79.0), index=index)).ahead(14)

    assert set(said.hour) == {0}
    assert said[-1] == pd.Timestamp("2023-04-03", tz="Europe/Berlin")


def test_hours_of_a_zone_go_on_when_its_clocks_change() -> None:
    hours = pd.date_range("2023-10-20", periods=400, freq="h", tz="Europe/Berlin")

    seen = read(pd.Series(np.arange(400.0), index=hours))

    assert np.diff(seen.history.ordinals).tolist() == [1] * 399


@pytest.mark.parametrize("quick", [False, True])
def test_one_series_that_is_none_does_not_end_the_others(quick: bool) -> None:
    good = pd.Series(np.arange(40.0) % 7, index=pd.period_range("2020-01", periods=40, freq="M"))
    bad = {"no calendar": pd.Series([1.0, 2.0]), "no numbers": good.astype(str) + "x"}

    found = forecast_many({"good": good, **bad}, 3, quick=quick)

    assert isinstance(found["good"], Forecast)
    assert all(isinstance(found[name], CannotForecast) for name in bad)
