"""When: periods of the calendar, and the arithmetic on them."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Self

from pydantic import model_validator

from forecaster.domain.base import Frozen, midnight

_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_DAYS = {"day": 1, "week": 7}
_REMEMBERED = 20_000  # periods that recur in series after series: half a century of days
_MONDAY = date(1, 1, 1).toordinal()  # 0001-01-01 was a Monday


class Frequency(StrEnum):
    """How long one period is. Weeks start on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    @property
    def per_year(self) -> int:
        """Count the periods of a year, whole ones."""
        return {"day": 365, "week": 52, "month": 12, "quarter": 4, "year": 1}[self]


class Period(Frozen):
    """One day, week, month, quarter or year, named by its first day."""

    frequency: Frequency
    start: date

    @model_validator(mode="after")
    def _starts_where_periods_start(self) -> Self:
        proper = Period.containing(self.start, self.frequency, checked=True).start
        if self.start != proper:
            raise ValueError(f"no {self.frequency} starts on {self.start}; {proper} does")
        return self

    @classmethod
    def containing(cls, day: date, frequency: Frequency, *, checked: bool = False) -> "Period":
        """Return the period of that frequency in which a day lies."""
        if frequency in _DAYS:
            length = _DAYS[frequency]
            ordinal = day.toordinal()
            start = date.fromordinal(ordinal - (ordinal - _MONDAY) % length)
        else:
            months = _MONTHS[frequency]
            start = date(day.year, (day.month - 1) // months * months + 1, 1)
        if checked:
            return cls.model_construct(frequency=frequency, start=start)
        return cls(frequency=frequency, start=start)

    @classmethod
    def at(cls, ordinal: int, frequency: Frequency) -> "Period":
        """Return the period with that `ordinal`."""
        return _at(ordinal, frequency)

    @property
    def ordinal(self) -> int:
        """Number the periods of a frequency without gaps: differences count periods."""
        if self.frequency in _DAYS:
            return (self.start.toordinal() - _MONDAY) // _DAYS[self.frequency]
        return ((self.start.year - 1) * 12 + self.start.month - 1) // _MONTHS[self.frequency]

    def shift(self, periods: int) -> "Period":
        """Return the period that many periods later (earlier if negative)."""
        return Period.at(self.ordinal + periods, self.frequency)

    @property
    def last_day(self) -> date:
        """Return the last day that belongs to the period."""
        return self.shift(1).start - timedelta(days=1)

    @property
    def ends_at(self) -> datetime:
        """Return the first moment after the period, in UTC."""
        return midnight(self.shift(1).start)

    def through(self, last: "Period") -> Iterator["Period"]:
        """Walk from this period to the last one, both included."""
        for ordinal in range(self.ordinal, last.ordinal + 1):
            yield Period.at(ordinal, self.frequency)

    def __str__(self) -> str:
        return self.start.isoformat()


@lru_cache(maxsize=_REMEMBERED)
def _at(ordinal: int, frequency: Frequency) -> Period:
    if frequency in _DAYS:
        start = date.fromordinal(_MONDAY + ordinal * _DAYS[frequency])
    else:
        year, month = divmod(ordinal * _MONTHS[frequency], 12)
        start = date(year + 1, month + 1, 1)
    return Period.model_construct(frequency=frequency, start=start)
