"""A pandas Series as the model reads it, and the periods that come after it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecaster.domain.errors import CannotForecast
from forecaster.domain.indicator import Family
from forecaster.domain.period import Frequency, Period
from forecaster.model.family import FloatArray, settle
from forecaster.model.panel import History

_SPANS = (  # days from one period to the next, and the numpy unit that counts them
    (Frequency.DAY, 1, 1, "D", 1),
    (Frequency.WEEK, 7, 7, "D", 7),
    (Frequency.MONTH, 28, 31, "M", 1),
    (Frequency.QUARTER, 89, 92, "M", 3),
    (Frequency.YEAR, 365, 366, "Y", 1),
)
_PERIODS = {
    "D": Frequency.DAY,
    "W": Frequency.WEEK,
    "M": Frequency.MONTH,
    "Q": Frequency.QUARTER,
    "Y": Frequency.YEAR,
}
_YEAR_ONE = np.datetime64("0001-01-01", "D")
_DAY = pd.Timedelta(days=1)
_SHORTEST_DAY = np.timedelta64(23, "h")  # where clocks go forward
_WORKDAYS = 5
_NO_NUMBERS = "cmM"  # kinds of dtype: complex, times and their differences
_STEP = 0.01  # of a period: times that are apart by whole periods but for this are regular

Index = pd.DatetimeIndex | pd.PeriodIndex


@dataclass(frozen=True)
class Reading:
    """A series as the model reads it: its history, and its calendar."""

    history: History
    index: Index
    """From its first to its last value, in order."""

    def ahead(self, steps: int) -> Index:
        """Return the periods after the last value, in the manner of the index."""
        index = self.index
        last: Any = index[-1]
        if isinstance(index, pd.PeriodIndex):
            return pd.period_range(last, periods=steps + 1, freq=index.freq)[1:]
        step: Any = index.freq or _offset(index, self.history.frequency)
        return pd.date_range(last, periods=steps + 1, freq=step)[1:]

    @property
    def past(self) -> "pd.Series[float]":
        """Return the values from the first to the last one, on the series' own index."""
        numbers, _ = _ordinals(self.index)
        panel = self.history.at(np.inf)
        return pd.Series(panel.values[numbers - numbers[0]], index=self.index)  # noqa: PD011

    def extended(self, new: "pd.Series[Any]") -> "Reading":
        """Return the series with later values behind it, of which no base is known.

        Raise `TypeError` for another kind of index, `ValueError` where the values are not later,
        and `CannotForecast` for what `read` refuses.
        """
        values, index = _told(new)
        last: Any = self.index[-1]
        whole: Any = self.index.append(index)
        kinds = {(type(one), getattr(one, "tz", None)) for one in (whole, self.index)}
        if len(kinds) > 1:
            raise TypeError(f"new values stand on {index.dtype}, the series on {self.index.dtype}")
        if not index.size or index[0] <= last:
            raise ValueError(f"new values begin after {last}")
        held = np.isfinite(values)
        history, end = self.history, 0
        if held.any():
            settle(history.family, values[held], np.full(int(held.sum()), np.nan), history.whole)
            end = int(np.flatnonzero(held)[-1]) + 1
        ordinals, _ = _ordinals(whole)
        # Numbers of an odd frequency begin at the first stamp, which may have held no value.
        ordinals = ordinals + history.ordinals[-1] - ordinals[self.index.size - 1]
        after = ordinals[self.index.size :][held]
        return Reading(history.extended(values[held], after), whole[: self.index.size + end])


def read(
    series: "pd.Series[Any]",
    *,
    family: Family = Family.AUTO,
    season: int | None = None,
    whole: float = 1.0,
    base: "pd.Series[Any] | float | None" = None,
) -> Reading:
    """Read a series (n,) on a DatetimeIndex or PeriodIndex; NaN is a missing value.

    Raise `TypeError` for another index, and `CannotForecast` where the periods are irregular, one
    of them comes twice, or a value is none that the family can have.
    """
    if season is not None and (season < 0 or season != int(season)):
        raise ValueError(f"a season is a whole number of periods, not {season}")
    values, index = _told(series)
    bases = np.full(values.size, np.nan)
    if base is not None:
        bases[:] = base if isinstance(base, float | int) else base.reindex(index).to_numpy()
    held = np.flatnonzero(np.isfinite(values))
    if not held.size:
        raise CannotForecast("no value is known")
    ordinals, frequency = _ordinals(index)
    history = History(
        frequency=frequency,
        family=settle(family, values[held], bases[held], whole),
        whole=whole,
        ordinals=ordinals[held],
        known=ordinals[held].astype(np.float64),  # each period at its own end
        values=values[held],
        bases=bases[held],
        partial=np.zeros(held.size, dtype=bool),
        covered=np.ones(held.size, dtype=bool),
        cycle=int(season or (_WORKDAYS if _is_of_workdays(index, frequency) else 0)),
    )
    first, end = int(held[0]), int(held[-1]) + 1
    return Reading(history, index if end - first == index.size else index[first:end])


def _told(series: "pd.Series[Any]") -> tuple[FloatArray, Index]:
    """Return values and periods, in time; NaN is a missing value."""
    if not isinstance(series.index, pd.DatetimeIndex | pd.PeriodIndex):
        raise TypeError(f"a DatetimeIndex or PeriodIndex is needed, not {type(series.index)}")
    if series.dtype.kind in _NO_NUMBERS:
        raise TypeError(f"numbers are needed, not {series.dtype}")
    if series.index.hasnans:
        raise CannotForecast("a value has no period: its index is NaT")
    if not series.index.is_monotonic_increasing:
        series = series.sort_index()
    try:
        values: FloatArray = np.asarray(series.to_numpy(dtype=np.float64, na_value=np.nan))
    except ValueError as error:
        raise TypeError(f"numbers are needed: {error}") from error
    if np.isinf(values).any():
        raise CannotForecast("an infinite value is no value: missing ones are NaN")
    index: Index = series.index  # type: ignore[assignment]  # seen above
    return values, index


def _ordinals(index: Index) -> tuple[NDArray[np.int64], Frequency]:
    """Number the periods without gaps."""
    if isinstance(index, pd.PeriodIndex):
        numbered = _numbered(index)
        if numbered is not None:
            return numbered
        index = index.to_timestamp()
    stamps = _without_zone(index).to_numpy()
    apart = np.diff(stamps) / np.timedelta64(1, "D")
    if (apart == 0).any():
        raise CannotForecast(f"two values are given for {index[1:][apart == 0][0]}")
    usual = float(np.median(apart)) if apart.size else 1.0
    for frequency, low, high, unit, length in _SPANS:
        if low <= usual <= high:
            kind = f"datetime64[{unit}]"
            count = (stamps.astype(kind) - _YEAR_ONE.astype(kind)).astype(np.int64)
            ordinals = count // length
            if _is_of_workdays(index, frequency):
                ordinals = np.busday_count(stamps[0].astype(kind), stamps.astype(kind))
            return _placed(ordinals, index, frequency), frequency
    steps = (stamps - stamps[0]) / np.timedelta64(1, "D") / usual
    if np.abs(steps - np.rint(steps)).max() > _STEP:
        raise CannotForecast(f"the periods are irregular: about {usual:g} days, but not always")
    first = (stamps[0].astype("datetime64[D]") - _YEAR_ONE).astype(np.int64)
    return first + np.rint(steps).astype(np.int64), Frequency.DAY


def _without_zone(index: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """Keep the days of the index's zone; what is shorter is counted through its clock changes."""
    if index.tz is None:
        return index
    everywhere = index.tz_convert(None)
    apart = np.diff(everywhere.to_numpy())
    is_short = apart.size > 0 and np.median(apart) < _SHORTEST_DAY
    return everywhere if is_short else index.tz_localize(None)


def _is_of_workdays(index: Index, frequency: Frequency) -> bool:
    """Say whether days come without their weekends: six days in a row would hold one of them."""
    if frequency is not Frequency.DAY or index.size <= _WORKDAYS:
        return False
    if (index.day_of_week >= _WORKDAYS).any():
        return False
    stamps = index.to_timestamp() if isinstance(index, pd.PeriodIndex) else index
    return bool(np.median(np.diff(_without_zone(stamps).to_numpy())) == _DAY.to_timedelta64())


def _placed(
    ordinals: NDArray[np.int64], index: pd.DatetimeIndex, frequency: Frequency
) -> NDArray[np.int64]:
    """Let the first period have the number that its calendar gives it."""
    if (np.diff(ordinals) == 0).any():
        raise CannotForecast(f"two values are given for one {frequency}")
    first = Period.containing(index[0].date(), frequency).ordinal
    return np.asarray(ordinals - ordinals[0] + first)


def _numbered(index: pd.PeriodIndex) -> tuple[NDArray[np.int64], Frequency] | None:
    """Take the index's own numbers, where its periods are ours and mostly follow one another."""
    frequency = _PERIODS.get(index.freqstr.partition("-")[0])
    apart = np.diff(index.asi8)
    if frequency is None or (apart == 0).any() or 2 * (apart == 1).sum() <= apart.size:
        return None
    first = Period.containing(index[0].start_time.date(), frequency).ordinal
    return index.asi8 - index.asi8[0] + first, frequency


def _offset(index: pd.DatetimeIndex, frequency: Frequency) -> Any:
    """Return how far the next stamp is: at the starts or the ends of months where they all are."""
    months = {Frequency.MONTH: 1, Frequency.QUARTER: 3, Frequency.YEAR: 12}.get(frequency)
    if months is None and _is_of_workdays(index, frequency):
        return pd.offsets.BusinessDay()
    if months is None:
        usual = pd.Timedelta(np.median(np.diff(index.to_numpy())))
        # A day of the zone may have 23 hours or 25.
        return usual if usual % _DAY else pd.DateOffset(days=usual // _DAY)
    if index.is_month_end.all():
        return pd.offsets.MonthEnd(months)
    return (
        pd.offsets.MonthBegin(months) if (index.day == 1).all() else pd.DateOffset(months=months)
    )
